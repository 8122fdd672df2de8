//! Reads the demo with Microsoft's own Graph SDK for Python, where `./test --prepare` has put it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::house::Folder;
use crate::tour::Demo;

/// The Python that has the packages of `tests/requirements.txt`.
fn python() -> Option<PathBuf> {
    let prepared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.test/python/bin/python");
    let python = std::env::var_os("VOUCHSAFE_PYTHON").map_or_else(|| PathBuf::from(prepared), PathBuf::from);
    let imports = Command::new(&python).args(["-c", "import msgraph"]).output();
    imports.is_ok_and(|output| output.status.success()).then_some(python)
}

#[test]
fn microsofts_own_sdk_lists_filters_pages_and_gets() {
    let Some(python) = python() else {
        println!("skipped: msgraph-sdk is not there (`./test --prepare`)");
        return;
    };
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let _demo = Demo::start(folder.path());
    let world = std::fs::read(folder.path().join("demo.json")).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/graph_sdk.py");
    let mut reading =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    reading.stdin.take().unwrap().write_all(&world).unwrap();
    let output = reading.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert_eq!(said.lines().filter(|line| line.ends_with(": as Graph")).count(), 3, "{said}");
}
