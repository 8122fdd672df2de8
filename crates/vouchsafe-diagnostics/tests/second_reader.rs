//! A second, independent reader of the real export agrees with the importer (`second_reader.py`).

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use vouchsafe_diagnostics::import::{Imported, read};
use vouchsafe_diagnostics::record::{ColumnValue, Record};

/// A real export, beside the project and not part of it.
const EXPORT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/entra/signin-log-analytics.csv");
/// The other reader.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/second_reader.py");

#[test]
fn two_readers_agree_on_the_real_export() {
    /// What the script prints of a row.
    fn line(record: &Record) -> String {
        let columns = record.resource.schema().columns;
        let text = |path: &str| {
            let place = columns.iter().position(|column| column.path == path).expect("a column");
            match record.values_of(place).next() {
                Some(ColumnValue::Text(text)) => text.clone(),
                Some(ColumnValue::Int(number)) => number.to_string(),
                Some(ColumnValue::Bool(_)) | None => String::new(),
            }
        };
        let json: Value = serde_json::from_str(&record.json).expect("JSON");
        let micros = record.at.expect("a time").as_micros().to_string();
        let city = json["location"]["city"].as_str().unwrap_or_default();
        let columns = ["status/errorCode", "userPrincipalName", "userId", "ipAddress"].map(text);
        [&[record.id.clone(), micros], &columns[..], &[city.to_owned()]].concat().join("\t")
    }

    if !Path::new(EXPORT).exists() {
        println!("skipped: the shared folder with the real export is not beside the project");
        return;
    }
    let Ok(output) = Command::new("python3").args([SCRIPT, EXPORT]).output() else {
        println!("skipped: python3 is not there");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs = String::from_utf8(output.stdout).expect("UTF-8");
    let export = std::fs::read(EXPORT).expect("the export");
    let ours: Vec<String> = read(&export[..])
        .map(|item| match item {
            Ok(Imported::Record { record, .. }) => line(&record),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ours.len(), 56);
    assert_eq!(ours, theirs.lines().collect::<Vec<_>>());
}
