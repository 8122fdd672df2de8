use crate::clean;
use proptest::prelude::*;
use std::io::{Cursor, Read, Write};
use vouchsafe_scrub::{Limits, Reason, Source, scrub};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tarred(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, kind, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        header.set_size(bytes.len() as u64);
        if kind.is_symlink() || kind.is_hard_link() {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn refused(name: &str, bytes: &[u8]) -> (String, Reason) {
    let refusal = clean(name, bytes).unwrap_err();
    (refusal.path, refusal.reason)
}

const LOG: &[u8] = b"ok\npassword=Tulip77x!\n";

#[test]
fn archives_are_cleaned_to_the_bottom() {
    let inner = zipped(&[("deep/a.log", LOG)]);
    let tar = tarred(&[("b.log", tar::EntryType::Regular, LOG), ("in.zip", tar::EntryType::Regular, &inner)]);
    let outer = zipped(&[("logs.tar.gz", &gzipped(&tar)), ("c.log.zst", &zstd::encode_all(LOG, 3).unwrap())]);
    let (out, report) = clean("all.zip", &outer).unwrap();
    assert_eq!(report.total(), 3);
    let paths: Vec<_> = report.findings.iter().map(|finding| finding.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "all.zip!/logs.tar.gz!/logs.tar!/b.log",
            "all.zip!/logs.tar.gz!/logs.tar!/in.zip!/deep/a.log",
            "all.zip!/c.log.zst!/c.log"
        ]
    );
    let mut archive = ZipArchive::new(Cursor::new(out)).unwrap();
    let mut packed = Vec::new();
    archive.by_name("c.log.zst").unwrap().read_to_end(&mut packed).unwrap();
    assert_eq!(zstd::decode_all(packed.as_slice()).unwrap(), b"ok\npassword=[removed:password]\n");
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let limits = Limits { unpacked_bytes: 1 << 20, ..Limits::default() };
    let refused = |name, bytes: Vec<u8>| {
        let refusal =
            scrub(Source { name, declared: None }, Cursor::new(bytes), Vec::new(), &limits).unwrap_err();
        (refusal.path, refusal.reason)
    };
    let lines = [vec![b'.'; 4095], vec![b'\n']].concat().repeat(300);
    let (path, reason) = refused("a.zip", zipped(&[("fine.log", b"x"), ("bomb.log", &lines)]));
    assert!(
        path == "a.zip!/bomb.log" && matches!(reason, Reason::UnpacksToTooMuch { max: 0x10_0000 }),
        "{path} {reason}"
    );
    let (path, reason) = refused("bomb.log.gz", gzipped(&lines));
    assert!(
        path == "bomb.log.gz!/bomb.log" && matches!(reason, Reason::UnpacksToTooMuch { .. }),
        "{path} {reason}"
    );
    let packed = zstd::encode_all(lines.as_slice(), 3).unwrap();
    assert!(matches!(refused("bomb.log.zst", packed).1, Reason::UnpacksToTooMuch { .. }));
}

#[test]
fn an_archive_may_unpack_to_so_many_times_its_size() {
    let lines = [vec![b'.'; 4095], vec![b'\n']].concat().repeat((Limits::FREE_BYTES >> 12) as usize + 1);
    // Inside of a document that is held before it is looked at, so that the test is quick.
    let (path, reason) = refused("bomb.json.zst", &zstd::encode_all(lines.as_slice(), 3).unwrap());
    assert!(
        path == "bomb.json.zst!/bomb.json" && matches!(reason, Reason::UnpacksToTooMuch { .. }),
        "{path} {reason}"
    );
}

#[test]
fn archives_in_archives_and_entries_are_counted() {
    let mut nested = LOG.to_vec();
    let mut name = "a.log".to_owned();
    for _ in 0..6 {
        nested = gzipped(&nested);
        name.push_str(".gz");
    }
    assert!(matches!(refused(&name, &nested).1, Reason::TooDeep(_)));
    let limits = Limits { entries: 2, ..Limits::default() };
    let many = zipped(&[("a.log", b""), ("b.log", b""), ("c.log", b"")]);
    let refusal =
        scrub(Source { name: "a.zip", declared: None }, Cursor::new(many), Vec::new(), &limits).unwrap_err();
    assert!(matches!(refusal.reason, Reason::TooManyEntries(2)));
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [
        "../a.log",
        "/etc/a.log",
        "x/../../a.log",
        "C:/a.log",
        "x\\a.log",
        "x//a.log",
        "x/./a.log",
        "a\n.log",
    ] {
        let zip = zipped(&[(&"N".repeat(name.len()), LOG)]);
        let planted = replaced(&zip, "N".repeat(name.len()).as_bytes(), name.as_bytes());
        assert!(matches!(refused("a.zip", &planted).1, Reason::UnsafeName), "zip {name:?}");
        let tar = tarred(&[(name, tar::EntryType::Regular, LOG)]);
        assert!(matches!(refused("a.tar", &tar).1, Reason::UnsafeName), "tar {name:?}");
    }
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for at in 0..=out.len() - from.len() {
        if &out[at..at + from.len()] == from {
            out[at..at + from.len()].copy_from_slice(to);
        }
    }
    out
}

#[test]
fn links_devices_and_second_names_are_refused() {
    use tar::EntryType;
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Block, EntryType::Fifo] {
        let (path, reason) = refused("a.tar", &tarred(&[("x.log", kind, b"")]));
        assert!(path == "a.tar!/x.log" && matches!(reason, Reason::NotAFile), "{path} {reason}");
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("x.log", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let link = writer.finish().unwrap().into_inner();
    assert!(matches!(refused("a.zip", &link).1, Reason::NotAFile));

    let twice = tarred(&[("x.log", EntryType::Regular, LOG), ("X.LOG", EntryType::Regular, LOG)]);
    assert!(matches!(refused("a.tar", &twice).1, Reason::DuplicateName));
    assert!(matches!(refused("a.zip", &zipped(&[("x.log", LOG), ("X.log", LOG)])).1, Reason::DuplicateName));
    let same = replaced(&zipped(&[("aaa.log", LOG), ("bbb.log", LOG)]), b"bbb.log", b"aaa.log");
    assert!(matches!(refused("a.zip", &same).1, Reason::DuplicateName));
}

#[test]
fn encrypted_damaged_and_wrong_files_are_refused() {
    // Bit 0 of the flags, in the local header (byte 6) and in the list (byte 8) (APPNOTE 4.4.4).
    let mut encrypted = zipped(&[("x.log", LOG)]);
    let list = encrypted.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    encrypted[6] |= 1;
    encrypted[list + 8] |= 1;
    let (path, reason) = refused("a.zip", &encrypted);
    assert!(path == "a.zip!/x.log" && matches!(reason, Reason::Encrypted), "{path} {reason}");

    let whole = zipped(&[("x.log", LOG)]);
    assert!(matches!(refused("a.zip", &whole[..whole.len() - 10]).1, Reason::Damaged(_)));
    assert!(matches!(refused("a.log", &whole).1, Reason::WrongType(_)));
    assert!(matches!(refused("a.zip", LOG).1, Reason::WrongType(_)));
    assert!(matches!(refused("a.exe", LOG).1, Reason::UnknownType));
    assert!(matches!(refused("a.log", b"ok\n\x00\x01").1, Reason::NotText { line: 2 }));
    assert!(matches!(refused("a.log", b"ok\nno\n\xFF\xFE\n").1, Reason::NotText { line: 3 }));
    assert!(matches!(refused("a.har", b"{\"log\":\n{").1, Reason::Malformed { line: 2, .. }));
    assert!(matches!(refused("a.zip", &zipped(&[("x.png", b"\x89PNG")])).1, Reason::UnknownType));
    let refusal = scrub(
        Source { name: "a.zip", declared: Some("text/plain; charset=utf-8") },
        Cursor::new(whole),
        Vec::new(),
        &Limits::default(),
    );
    assert!(matches!(refusal.unwrap_err().reason, Reason::WrongType(_)));
    assert!(matches!(refused("password=Tulip77x!.log", b"x").1, Reason::SecretInName));
}

/// Each takes well under a second; looked into without bound, each would take hours.
#[test]
fn texts_made_to_cost_much_cost_little() {
    for text in [
        "code=",
        "Cookie: ",
        "pw='",
        "\"password\":",
        "%25",
        "<password>",
        "name=\"a\" ",
        "-----BEGIN PRIVATE KEY-----",
    ] {
        clean("a.log", text.repeat((256 << 10) / text.len()).as_bytes()).unwrap();
    }
}

#[test]
fn a_line_without_end_is_refused_in_bounded_memory() {
    let long = std::io::repeat(b'a').take(8 << 20);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::copy(&mut { long }, &mut packed).unwrap();
    let bytes = packed.finish().unwrap();
    assert!(matches!(refused("a.log.gz", &bytes).1, Reason::TooLong { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("VOUCHSAFE_LONG").is_some_and(|value| value != "0") { 20_000 } else { 200 }))]

    #[test]
    fn a_damaged_archive_never_panics_nor_leaks(place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(), kind in 0..3_usize) {
        let (name, mut bytes) = match kind {
            0 => ("a.zip", zipped(&[("a.log", LOG), ("b/c.log", LOG)])),
            1 => ("a.tar", tarred(&[("a.log", tar::EntryType::Regular, LOG), ("c.log", tar::EntryType::Regular, LOG)])),
            _ => ("a.log.gz", gzipped(LOG)),
        };
        let at = place.index(bytes.len());
        bytes[at] = byte;
        let _ = clean(name, &bytes[..=cut.index(bytes.len())]);
        let _ = clean(name, &bytes);
    }
}
