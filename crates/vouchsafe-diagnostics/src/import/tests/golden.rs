//! What each sample becomes, pinned. All of it is made up.

use super::*;

/// The tenant that the samples are imported into.
const DIRECTORY: &str = "0c1d2e3f-0000-4000-8000-0000000000fe";

/// What a source becomes: for each record its line, kind, category, columns, and the object as it is served, where that
/// differs from the source.
fn pinned(source: &[u8]) -> String {
    let mut pinned = String::new();
    for item in read(source).of_directory(DIRECTORY) {
        let text = match item {
            Ok(Imported::Record { line, record, foreign_tenant }) => {
                let at = record.at.map(|at| format!(" at {at}")).unwrap_or_default();
                let foreign = foreign_tenant.map(|id| format!(" of tenant {id}")).unwrap_or_default();
                let kind = record.resource.schema().graph_type;
                let head = format!("line {line}: {kind} ({}){at}{foreign}", record.category);
                let served = match &record.original {
                    Some(_) => format!("\n{:#}", serde_json::from_str::<Value>(&record.json).unwrap()),
                    None => String::new(),
                };
                format!("{head}\n{}{served}", columns(&record))
            }
            Ok(Imported::Rejected { line, reason }) => format!("line {line}: REJECTED, {reason}"),
            Err(error) => format!("FATAL: {error}"),
        };
        pinned.push_str(&text);
        pinned.push_str("\n\n");
    }
    pinned
}

#[test]
fn every_format_becomes_what_is_pinned() {
    for (name, source) in SAMPLES {
        insta::assert_snapshot!(*name, pinned(source));
    }
}

/// The source of a record that was no Graph JSON is kept whole.
#[test]
fn originals_are_kept() {
    let source = include_str!("../samples/diagnostic-settings.json");
    let first = source.lines().nth(1).unwrap().trim_end_matches(',');
    let Some(Ok(Imported::Record { record, .. })) = read(source.as_bytes()).next() else { panic!() };
    assert_eq!(record.original.as_deref(), Some(first));
    let source = include_str!("../samples/log-analytics-rows.json");
    let first = source.lines().nth(1).unwrap().trim_end_matches(',');
    let Some(Ok(Imported::Record { record, .. })) = read(source.as_bytes()).next() else { panic!() };
    assert_eq!(record.original.as_deref(), Some(first));
}

/// Records of diagnostic settings come one a line as well.
#[test]
fn envelopes_come_as_lines_too() {
    let whole = include_str!("../samples/diagnostic-settings.json");
    let lines: Vec<&str> = whole.lines().filter(|line| line.starts_with("{ ")).collect();
    let lines = lines.iter().map(|line| line.trim_end_matches(',')).collect::<Vec<_>>().join("\n");
    let without_line = |source: &str| -> Vec<String> {
        outcome(source.as_bytes()).iter().map(|item| item.split_once(' ').unwrap().1.to_owned()).collect()
    };
    assert_eq!(without_line(whole), without_line(&lines));
}

/// A download of audits has no ids: the same row is the same record, another is not.
#[test]
fn rows_without_id_are_named_by_what_they_hold() {
    let ids = |source: &[u8]| -> Vec<String> {
        let records = read(source).map(|item| match item {
            Ok(Imported::Record { record, .. }) => record.id,
            other => panic!("{other:?}"),
        });
        records.collect()
    };
    let source = include_bytes!("../samples/portal-audits.csv");
    let first = ids(source);
    assert_eq!(first, ids(source));
    assert_ne!(first[0], first[1]);
}
