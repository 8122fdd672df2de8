//! Files of collections and of messages: saved whole or not at all, and sent along.

use crate::fake::{FakeServer, Reply};
use crate::program::Program;

const COLLECTION: &str = "dc_018bcfe568007707870707070707070a";
const CASE: &str = "sr_018bcfe5680077078707070707070701";
const MESSAGE: &str = "msg_018bcfe5680077078707070707070702";
const LOG: &str = "nothing to see here\n";

/// A collection with one log in it, of this hash.
fn collection(sha256: &str) -> Reply {
    Reply::json(&format!(
        r#"{{"id":"{COLLECTION}","supportRequestId":"{CASE}","supportRequestNumber":"2611230040001234","tenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11","status":"submitted","requestedBy":{{"id":"usr_018bcfe5680077078707070707070703","displayName":"Ines Duarte","employer":"Vouchsafe","location":"PT"}},"dataCategories":["clientLogs"],"filter":null,"instructions":"Please send the log.","files":[{{"name":"trace.log","bytes":{},"sha256":"{sha256}","removed":{{}},"places":[],"records":0,"entries":[],"receivedDateTime":"2026-11-23T08:00:00Z"}}],"grantId":null,"reason":null,"createdDateTime":"2026-11-23T08:00:00Z","deletedDateTime":null}}"#,
        LOG.len()
    ))
}

fn file() -> Reply {
    Reply(200, "content-type: text/plain; charset=utf-8\r\n", LOG.to_owned())
}

fn sent(attachments: &str) -> Reply {
    Reply::json(&format!(
        r#"{{"id":"{MESSAGE}","supportRequestId":"{CASE}","sender":null,"party":"customer","body":"Here.","attachments":{attachments},"createdDateTime":"2026-11-23T08:00:00Z"}}"#
    ))
}

fn sha256(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_file_is_saved_under_its_name_if_it_is_the_one_that_was_told() {
    let server = FakeServer::start(vec![
        collection(&sha256(LOG)),
        file(),
        collection(&sha256(LOG)),
        collection(&sha256("something else")),
        file(),
    ]);
    let program = Program::signed_in("files-download", &server);
    let to = program.folder().join("saved.log");
    let to = to.to_str().unwrap();
    let ran = program.run(&["collections", "download", COLLECTION, "trace.log", "--to", to]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, &*format!("Wrote {to}, {} bytes.\n", LOG.len())),
        "{}",
        ran.err
    );
    assert_eq!(std::fs::read_to_string(to).unwrap(), LOG);
    // What is there stays.
    let again = program.run(&["collections", "download", COLLECTION, "trace.log", "--to", to]);
    assert!(again.code != 0 && again.err.contains("exists already"), "{}", again.err);
    // What is not what was told is not kept.
    let other = program.folder().join("other.log");
    let wrong =
        program.run(&["collections", "download", COLLECTION, "trace.log", "--to", other.to_str().unwrap()]);
    assert!(wrong.code != 0 && wrong.err.contains("trace.log"), "{}", wrong.err);
    assert!(!other.exists());
    let asked = server.asked();
    let line = format!("GET /v1.0/support/dataCollections/{COLLECTION}/files/trace.log HTTP/1.1");
    assert_eq!(asked[1].line, line);
}

#[test]
fn an_entry_of_an_archive_is_named_by_its_path() {
    let server = FakeServer::start(vec![collection(""), file()]);
    let program = Program::signed_in("files-entry", &server);
    let ran = program.run(&[
        "collections",
        "download",
        COLLECTION,
        "logs.zip",
        "--entry",
        "a/trace.log",
        "--to",
        "-",
    ]);
    assert_eq!((ran.code, ran.out.as_str()), (0, LOG), "{}", ran.err);
    let line = format!(
        "GET /v1.0/support/dataCollections/{COLLECTION}/files/logs.zip/entries/a%2Ftrace.log HTTP/1.1"
    );
    assert_eq!(server.asked()[1].line, line);
}

#[test]
fn files_go_along_with_a_message_and_are_saved_from_it() {
    let attached = r#"[{"name":"trace.log","bytes":20,"sha256":"00","removed":{"jwt":2},"deleted":false}]"#;
    let server = FakeServer::start(vec![sent(attached), sent("[]"), file()]);
    let program = Program::signed_in("files-attach", &server);
    let path = program.folder().join("trace.log");
    std::fs::write(&path, LOG).unwrap();
    let ran = program.run(&["requests", "message", CASE, "Here.", "--attach", path.to_str().unwrap()]);
    assert_eq!(ran.out, format!("Sent {MESSAGE}, with a file; 2 secrets taken out.\n"), "{}", ran.err);
    let ran = program.run(&["requests", "message", CASE, "Here."]);
    assert_eq!(ran.out, format!("Sent {MESSAGE}.\n"), "{}", ran.err);
    let missing = program.run(&["requests", "message", CASE, "Here.", "--attach", "/nowhere/a.log"]);
    assert!(missing.code != 0 && missing.err.contains("/nowhere/a.log"), "{}", missing.err);
    let ran = program.run(&["requests", "attachment", CASE, MESSAGE, "trace.log", "--to", "-"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, LOG), "{}", ran.err);
    let asked = server.asked();
    assert!(asked[0].header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
    for part in ["name=\"body\"\r\n\r\nHere.", "name=\"file\"; filename=\"trace.log\"\r\n\r\nnothing to see"]
    {
        assert!(asked[0].body.contains(part), "{part}: {}", asked[0].body);
    }
    assert_eq!(asked[1].header("content-type"), Some("application/json"));
    let line = format!("GET /v1.0/support/requests/{CASE}/messages/{MESSAGE}/attachments/trace.log HTTP/1.1");
    assert_eq!(asked[2].line, line);
}
