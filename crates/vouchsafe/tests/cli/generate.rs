//! Making up data: files, compression, choice of kinds, bad numbers. No server is there.

use std::io::Read;

use crate::program::Program;

const TENANT: &str = "6b1c7e0a-35c9-4d3f-9a52-0a8f5d3f6b11";

/// A small organisation.
fn small<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments =
        vec!["generate", "--tenant", TENANT, "--people", "30", "--days", "2", "--sign-ins", "50"];
    arguments.extend(["--directory-audits", "5", "--device-registrations", "2", "--client-logs", "3"]);
    arguments.extend(["--telemetry", "4"]);
    arguments.extend(more);
    arguments
}

#[test]
fn the_same_data_comes_by_pipe_and_in_any_compression() {
    let program = Program::new("generate");
    let piped = program.run(&small(&[]));
    assert_eq!((piped.code, piped.err.as_str()), (0, ""));
    let events = piped.out.lines().filter(|line| line.contains("\"#microsoft.graph.signIn\"")).count();
    assert_eq!(events, 50);
    assert!(piped.out.starts_with("{\"@odata.type\":\"#microsoft.graph.organization\",\"id\":\"6b1c7e0a-"));

    for name in ["plain.ndjson", "packed.ndjson.gz", "packed.ndjson.zst"] {
        let file = program.folder().join(name);
        let path = file.to_str().unwrap();
        let ran = program.run(&small(&[path]));
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
        assert!(
            ran.err.ends_with(&format!("{name}: {} records\n", piped.out.lines().count())),
            "{}",
            ran.err
        );
        let bytes = std::fs::read(&file).unwrap();
        let mut text = String::new();
        match name.rsplit('.').next().unwrap() {
            "gz" => drop(flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap()),
            "zst" => text = String::from_utf8(zstd::decode_all(bytes.as_slice()).unwrap()).unwrap(),
            _ => text = String::from_utf8(bytes).unwrap(),
        }
        assert!(text == piped.out, "{name} differs");
    }
}

#[test]
fn a_file_that_is_there_is_kept_unless_it_is_to_be_replaced() {
    let program = Program::new("generate-force");
    let file = program.folder().join("kept.ndjson");
    std::fs::write(&file, "mine").unwrap();
    let path = file.to_str().unwrap();
    let ran = program.run(&small(&[path]));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.ends_with("kept.ndjson exists already; --force replaces it\n"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");

    assert_eq!(program.run(&small(&["--force", path])).code, 0);
    assert!(std::fs::read_to_string(&file).unwrap().starts_with('{'));
    assert_eq!(std::fs::read_dir(program.folder()).unwrap().count(), 1, "nothing else is left");
}

#[test]
fn chosen_kinds_are_the_same_records_as_among_all() {
    let program = Program::new("generate-only");
    let all = program.run(&small(&[])).out;
    let some = program.run(&small(&["--only", "user,directoryAudit"])).out;
    let wanted =
        |line: &&str| line.contains("\"#microsoft.graph.user\"") || line.contains("graph.directoryAudit\"");
    let expected: Vec<&str> = all.lines().filter(wanted).collect();
    assert_eq!((expected.len(), some.lines().collect::<Vec<_>>()), (30 + 7, expected));
}

#[test]
fn wrong_options_are_named() {
    let program = Program::new("generate-wrong");
    let mut errors = String::new();
    for wrong in [
        &["--people", "29"][..],
        &["--days", "0"],
        &["--end", "1066-10-14T09:00:00Z"],
        &["--domain", "Contoso"],
        &["--sign-ins", "1000000000001"],
    ] {
        let arguments: Vec<&str> = ["generate", "--tenant", TENANT].iter().chain(wrong).copied().collect();
        let ran = program.run(&arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{wrong:?}");
        errors.push_str(&ran.err);
    }
    insta::assert_snapshot!(errors);
    for wrong in [&["--tenant", "contoso"][..], &["--tenant", TENANT, "--only", "people"], &[]] {
        let arguments: Vec<&str> = ["generate"].iter().chain(wrong).copied().collect();
        assert_eq!(program.run(&arguments).code, 2, "{wrong:?}");
    }
}
