//! Tests of the importers.

use std::io::{self, BufReader, Read};

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::record::ColumnValue;

mod golden;

macro_rules! samples {
    ($($name:literal),*) => { &[$(($name, include_bytes!(concat!("samples/", $name)))),*] };
}

/// A small source of each format.
const SAMPLES: &[(&str, &[u8])] = samples!(
    "diagnostic-settings.json",
    "graph-pages.json",
    "log-analytics-audits.csv",
    "log-analytics-rows.json",
    "log-analytics-sign-ins.csv",
    "mixed.ndjson",
    "portal-app-sign-ins.csv",
    "portal-audits.csv",
    "portal-sign-ins.csv"
);

/// A real export, beside the project and not part of it.
const EXPORT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/entra/signin-log-analytics.csv");

const ADA: &str = r#"{"id":"1","createdDateTime":"2026-11-23T09:00:00Z","userPrincipalName":"Ada@contoso.example","userId":"a"}"#;
const BOB: &str = r#"{"id":"2","createdDateTime":"2026-11-23T09:00:01Z","userId":null}"#;

/// What an import yields, in short: `line id` or `line ! reason`, and at last a fatal error.
fn outcome(source: impl Read) -> Vec<String> {
    read(BufReader::new(source))
        .map(|item| match item {
            Ok(Imported::Record { line, record, .. }) => format!("{line} {}", record.id),
            Ok(Imported::Rejected { line, reason }) => format!("{line} ! {reason}"),
            Err(error) => format!("fatal: {error}"),
        })
        .collect()
}

fn one(source: &str) -> Record {
    match read(source.as_bytes()).next() {
        Some(Ok(Imported::Record { record, .. })) => *record,
        other => panic!("{other:?}"),
    }
}

/// The one value of a column.
fn value(record: &Record, path: &str) -> Option<ColumnValue> {
    let place = record.resource.schema().columns.iter().position(|column| column.path == path).unwrap();
    record.values_of(place).next().cloned()
}

/// The columns of a record, a line each.
fn columns(record: &Record) -> String {
    let columns = record.resource.schema().columns;
    let lines = record.values.iter().map(|(place, value)| format!("{} = {value:?}", columns[*place].path));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn graph_objects_come_as_arrays_pages_and_lines() {
    let both = ["1 1", "1 2"];
    assert_eq!(outcome(format!("[{ADA},{BOB}]").as_bytes()), both);
    assert_eq!(outcome(format!("\u{feff} [ {ADA} , {BOB} ] \n").as_bytes()), both);
    let page =
        format!(r#"{{"@odata.context":"$metadata#[}}\"","value":[{ADA},{BOB}],"@odata.nextLink":"x"}}"#);
    assert_eq!(outcome(page.as_bytes()), both);
    assert_eq!(outcome(format!("{page}\n{page}").as_bytes()), ["1 1", "1 2", "2 1", "2 2"]);
    assert_eq!(outcome(format!("{{\n\"value\":[\n{ADA},\n\n{BOB}\n]\n}}").as_bytes()), ["3 1", "5 2"]);
    assert_eq!(outcome(format!("{ADA}\n\r\n{BOB}\r\n").as_bytes()), ["1 1", "3 2"]);
    assert_eq!(outcome(ADA.as_bytes()), ["1 1"]);
    assert_eq!(outcome(ADA.replace(',', ",\n").as_bytes()), ["1 1"]);
    for nothing in ["", "\u{feff}", " \n", "[]", "{\"value\":[]}", "[ ]\n[\n]"] {
        assert_eq!(outcome(nothing.as_bytes()), [""; 0], "{nothing:?}");
    }
}

#[test]
fn graph_bytes_stay_unchanged() {
    let odd = "{ \"id\" : \"\\u0031\",\n\t\"createdDateTime\":\"2026-11-23T09:00:00.1234567Z\", \"userId\":null, \"z\":1.50, \"a\":[ ] }";
    assert_eq!(one(&format!("[ {odd} ]")).json, odd);
    assert_eq!(one(odd).json, odd);
    let one_line = odd.replace('\n', " ");
    assert_eq!(one(&one_line).json, one_line);
    assert_eq!(one(odd).original, None);
    assert_eq!(one(odd).at.unwrap().to_string(), "2026-11-23T09:00:00.123456Z");
}

#[test]
fn a_bad_record_never_stops_the_rest() {
    let source = format!("[{ADA},\n{{\"id\":5}},\n{{\"id\":}},\n[1,[2]],\n7,\n{BOB}]");
    insta::assert_snapshot!("bad_source", outcome(source.as_bytes()).join("\n"));
    let lines = format!("{ADA}\n{{\"id\":\n\n\"x\"\n{BOB}\n");
    insta::assert_snapshot!("bad_lines", outcome(lines.as_bytes()).join("\n"));
    let first_line_is_broken = format!("{{\"id\":\"x\n{BOB}\n");
    insta::assert_snapshot!("bad_first_line_is_broken", outcome(first_line_is_broken.as_bytes()).join("\n"));
    let large = format!("[{{\"id\":\"{}\"}},\n{BOB}]", "x".repeat(MAX_RECORD_BYTES));
    assert_eq!(outcome(large.as_bytes()), ["1 ! the record is larger than 256 KiB", "2 2"]);
    let large = format!("{{\"id\":\"{}\"}}\n{BOB}", "x".repeat(MAX_RECORD_BYTES));
    assert_eq!(outcome(large.as_bytes()), ["1 ! the record is larger than 256 KiB", "2 2"]);
    let deep = format!("[{{\"id\":{}1{}}},{BOB}]", "[".repeat(100_000), "]".repeat(100_000));
    let found = outcome(deep.as_bytes());
    assert!(found[0].starts_with("1 ! not JSON: recursion limit") && found[1] == "1 2", "{found:?}");
}

#[test]
fn a_broken_structure_ends_the_import_with_its_line() {
    let cases = [
        format!("[{ADA},\n{BOB}"),
        format!("[{ADA},\n{{\"id\":\"2"),
        format!("[{ADA}\n{BOB}]"),
        format!("{{\"value\":[{ADA}],\n\"x\"}}"),
        format!("{{\"value\":[{ADA}]\n"),
        format!("[{ADA}]\nx"),
        "<html>".to_owned(),
        "Date,Who\n1,2".to_owned(),
        "CreatedDateTime [Local Time],Id,AppId\n".to_owned(),
        "{\"records\":[{}".to_owned(),
    ];
    let table = cases.map(|source| format!("{source}\n  => {}", outcome(source.as_bytes()).join("\n     ")));
    insta::assert_snapshot!("broken", table.join("\n\n"));
    assert_eq!(
        outcome(&b"\xff\xfe[\0"[..]),
        ["fatal: the format is not known: it looks like UTF-16; save it as UTF-8"]
    );
}

#[test]
fn a_source_that_fails_ends_the_import() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("cable"))
        }
    }
    assert_eq!(outcome(Failing), ["fatal: line 1: the source could not be read"]);
    let filler = format!("[{}", format!("{ADA},\n").repeat(5_000));
    let found = outcome(filler.as_bytes().chain(Failing));
    assert_eq!(
        (found.len(), found[5_000].as_str()),
        (5_001, "fatal: line 5001: the source could not be read")
    );
}

#[test]
fn compressed_sources_are_read_as_what_they_hold() {
    let gzip = |text: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut encoder, text).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |text: &[u8]| zstd::encode_all(text, 1).unwrap();
    for (name, sample) in SAMPLES {
        let plain = outcome(*sample);
        for compressed in [gzip(sample), zstd(sample), gzip(&zstd(sample)), zstd(&gzip(sample))] {
            assert_eq!(outcome(&compressed[..]), plain, "{name}");
        }
    }
    let whole = gzip(format!("{ADA}\n{BOB}\n").as_bytes());
    let cut = outcome(&whole[..whole.len() - 4]);
    assert_eq!(cut, ["1 1", "2 2", "fatal: line 3: the gzip stream is cut off"]);
    let deep = outcome(&gzip(&gzip(&gzip(b"{}")))[..]);
    assert_eq!(deep, ["fatal: the format is not known: it is compressed more than twice"]);
}

#[test]
fn one_byte_at_a_time_gives_the_same() {
    for source in [
        format!("\u{feff}{{\"@odata.context\":\"x\",\"value\":[{ADA},{{\"id\":3}},{BOB}]}}"),
        format!("\u{feff}{ADA}\n{BOB}"),
        "\u{feff}CreatedDateTime [UTC],Id,AppId\r\n\"4/28/2021, 2:08:45.221 PM\",\"a\"\"b\",c".to_owned(),
    ] {
        let slow: Vec<_> =
            read(BufReader::with_capacity(1, source.as_bytes())).map(|item| item.unwrap()).collect();
        let fast: Vec<_> = read(source.as_bytes()).map(|item| item.unwrap()).collect();
        assert_eq!(slow, fast);
        assert!(!fast.is_empty());
    }
}

#[test]
fn hostile_tables_are_refused_row_by_row() {
    let header =
        "CreatedDateTime [UTC],Id,AppId,Status_string,IsInteractive,DeviceDetail_dynamic,UserDisplayName\n";
    let time = "\"4/28/2021, 2:08:45.221 PM\"";
    let rows = [
        format!("{time},good,a,,TRUE,,\n"),
        format!("{time},short,a\n"),
        format!("{time},long,a,,TRUE,,,,\n"),
        "13/45/2021,bad date,a,,,,\n".to_owned(),
        ",no date,a,,,,\n".to_owned(),
        format!("{time},,a,,,,\n"),
        format!("{time},bad bool,a,,maybe,,\n"),
        format!("{time},bad json,a,,,\"{{\"\"x\n\",\n"),
        format!("{time},wrong json,a,,,[],\n"),
        format!("{time},bad code,a,\"{{\"\"errorCode\"\":\"\"x\"\"}}\",,,\n"),
        format!("{time},nul,a,,,,a\0b\n"),
        format!("{time},wide,a,,,,{}\n", "w".repeat(2_000)),
        format!("{time},huge,a,,,,{}\n", "h".repeat(MAX_RECORD_BYTES)),
        format!("{time},escapes,a,\"{{\"\"x\"\":\"\"{}\"\"}}\",,,\n", "\\u0001".repeat(40_000)),
        format!("{time},good too,a,,,,ö\n"),
    ];
    let source = header.to_owned() + &rows.concat();
    insta::assert_snapshot!("hostile_rows", outcome(source.as_bytes()).join("\n"));
    let mut bytes = source.into_bytes();
    bytes.truncate(bytes.len() - 3);
    bytes.extend(b"\xc3\n");
    assert_eq!(outcome(&bytes[..]).last().unwrap(), "17 ! the record is not UTF-8");
}

#[test]
fn the_real_export_imports_whole() {
    let Ok(export) = std::fs::read(EXPORT) else {
        println!("skipped: the shared folder with the real export is not beside the project");
        return;
    };
    let mut ids = std::collections::BTreeSet::new();
    for item in read(&export[..]).of_directory("0c1d2e3f-0000-4000-8000-000000000000") {
        let Ok(Imported::Record { record, foreign_tenant, .. }) = item else { panic!("{item:?}") };
        let text = |path: &str| value(&record, path);
        assert_eq!(
            text("userPrincipalName"),
            Some(ColumnValue::Text("adelev@m365x816222.onmicrosoft.com".into()))
        );
        assert_eq!(text("userDisplayName"), Some(ColumnValue::Text("adele vance".into())));
        assert_eq!(text("ipAddress"), Some(ColumnValue::Text("175.45.176.99".into())));
        assert!(matches!(text("status/errorCode"), Some(ColumnValue::Int(0 | 16_000 | 50_058))));
        assert_eq!(text("isInteractive"), Some(ColumnValue::Bool(true)));
        assert!(record.at.unwrap().to_string().starts_with("2021-0"));
        let json: Value = serde_json::from_str(&record.json).unwrap();
        assert_eq!(json["location"]["city"], "Azor");
        assert_eq!(foreign_tenant.as_deref(), Some("2ad3fc79-1859-42fa-9011-6f8df2251b22"));
        let original: Value = serde_json::from_str(record.original.as_ref().unwrap()).unwrap();
        assert_eq!(original["Type"], "SigninLogs");
        let again = Record::from_graph(Resource::SignIn, &record.json).unwrap();
        assert_eq!(Record { original: record.original.clone(), ..again }, *record);
        ids.insert(record.id);
    }
    assert_eq!(ids.len(), 56);
}

/// What a source yields in chunks, in short.
fn outcome_in_chunks(source: impl Read) -> Vec<String> {
    let short = |item| match item {
        Imported::Record { line, record, .. } => format!("{line} {}", record.id),
        Imported::Rejected { line, reason } => format!("{line} ! {reason}"),
    };
    match split(BufReader::new(source), None) {
        Ok(Split::Chunks(chunks)) => chunks
            .flat_map(|chunk| match chunk {
                Ok(chunk) => chunk.records().map(short).collect(),
                Err(error) => vec![format!("fatal: {error}")],
            })
            .collect(),
        Ok(Split::Whole(records)) => records.map(|item| short(item.unwrap())).collect(),
        Err(error) => vec![format!("fatal: {error}")],
    }
}

#[test]
fn chunks_hold_what_the_whole_holds() {
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(MAX_RECORD_BYTES));
    let lines: Vec<String> = (0..9_000)
        .map(|n| match n % 3_000 {
            7 => long.clone(),
            8 => String::new(),
            _ => ADA.replace("\"1\"", &format!("\"{n}\"")),
        })
        .collect();
    let source = format!("\u{feff}{}", lines.join("\n"));
    let whole = outcome(source.as_bytes());
    assert_eq!(whole.len(), 8_997);
    assert_eq!(outcome_in_chunks(source.as_bytes()), whole);
    let Ok(Split::Chunks(chunks)) = split(source.as_bytes(), None) else { panic!("lines can be cut") };
    assert!(chunks.count() > 1);
    for (name, sample) in SAMPLES {
        assert_eq!(outcome_in_chunks(*sample), outcome(*sample), "{name}");
    }
    let gzip = zstd::encode_all(source.as_bytes(), 1).unwrap();
    let cut = &gzip[..gzip.len() - 2];
    assert_eq!(outcome_in_chunks(cut), outcome(cut));
    assert!(outcome_in_chunks(cut).last().unwrap().ends_with("the zstd stream is cut off"));
}

/// A source that hands out its bytes in pieces of these sizes, again and again.
struct Pieces<'s> {
    rest: &'s [u8],
    sizes: std::iter::Cycle<std::vec::IntoIter<usize>>,
    piece: usize,
}

impl<'s> Pieces<'s> {
    fn of(source: &'s [u8], sizes: Vec<usize>) -> Self {
        Self { rest: source, sizes: sizes.into_iter().cycle(), piece: 0 }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = io::Read::read(&mut self.fill_buf()?, buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Pieces<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece == 0 {
            self.piece = self.sizes.next().unwrap_or(1).min(self.rest.len());
        }
        Ok(&self.rest[..self.piece])
    }

    fn consume(&mut self, amount: usize) {
        self.rest = &self.rest[amount..];
        self.piece -= amount;
    }
}

proptest! {
    #[test]
    fn any_pieces_give_the_same(
        which in any::<prop::sample::Index>(),
        sizes in prop::collection::vec(1usize..200, 1..20),
        is_compressed in any::<bool>(),
    ) {
        let (_, sample) = which.get(SAMPLES);
        let source = if is_compressed { zstd::encode_all(*sample, 1).unwrap() } else { sample.to_vec() };
        let pieces: Vec<_> = read(Pieces::of(&source, sizes)).map(|item| item.unwrap()).collect();
        let whole: Vec<_> = read(*sample).map(|item| item.unwrap()).collect();
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn any_order_gives_the_same_records(
        order in Just((0..15).collect::<Vec<usize>>()).prop_shuffle(),
        as_array in any::<bool>(),
    ) {
        let lines: Vec<&str> = include_str!("samples/mixed.ndjson").lines().collect();
        let shuffled: Vec<&str> = order.iter().map(|&at| lines[at]).collect();
        let source = if as_array {
            format!("[\n{}\n]", shuffled.join(",\n"))
        } else {
            shuffled.join("\n")
        };
        let first_line = 1 + usize::from(as_array);
        let expected: Vec<String> = outcome(include_bytes!("samples/mixed.ndjson").as_slice())
            .into_iter()
            .map(|item| item.split_once(' ').unwrap().1.to_owned())
            .collect();
        let expected: Vec<String> =
            order.iter().enumerate().map(|(at, &from)| format!("{} {}", at + first_line, expected[from])).collect();
        prop_assert_eq!(outcome(source.as_bytes()), expected);
    }

    /// Whatever happens to a file, each line of it is a record, or is counted with its number.
    #[test]
    fn damaged_lines_are_counted_and_the_rest_is_taken(
        damage in prop::collection::btree_map(0usize..15, "[^\n\r{}\\[\\] \t\u{b}\u{c}]{1,30}", 0..6),
    ) {
        let mut lines: Vec<&str> = include_str!("samples/mixed.ndjson").lines().collect();
        let whole = outcome(lines.join("\n").as_bytes());
        for (line, text) in &damage {
            lines[*line] = text;
        }
        // What a file begins with tells its format, so that line stays.
        lines[0] = include_str!("samples/mixed.ndjson").lines().next().unwrap();
        let found = outcome(lines.join("\n").as_bytes());
        prop_assert_eq!(found.len(), 15);
        for (line, (found, whole)) in found.iter().zip(&whole).enumerate() {
            if line > 0 && damage.contains_key(&line) {
                prop_assert!(found.starts_with(&format!("{} ! ", line + 1)), "{}", found);
            } else {
                prop_assert_eq!(found, whole);
            }
        }
    }

    #[test]
    fn mutated_samples_never_panic(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut source = which.get(SAMPLES).1.to_vec();
        for (at, byte) in changes {
            let at = at.index(source.len());
            source[at] = byte;
        }
        // Each item ends at a line or at an error; there are never more than lines and elements.
        prop_assert!(read(&source[..]).count() <= source.len());
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(&bytes[..]).count() <= bytes.len() + 1);
    }

    #[test]
    fn any_brackets_are_read_without_panic(text in "[\\[\\]{},:\"\\\\ \n1a]{0,80}", table in any::<bool>()) {
        let start = if table { "CreatedDateTime,Id,AppId\n" } else { "" };
        let _ = outcome(format!("{start}{text}").as_bytes());
    }

    #[test]
    fn a_cut_source_yields_a_prefix(cut in 0usize..400) {
        let source = format!("{{\"value\":[{ADA},{BOB},{ADA}]}}");
        let whole = outcome(source.as_bytes());
        let part = outcome(&source.as_bytes()[..cut.min(source.len())]);
        let records = part.iter().filter(|item| !item.contains("fatal") && !item.contains('!')).count();
        prop_assert_eq!(&part[..records], &whole[..records]);
    }
}
