//! `vouchsafe collect`: what is made of exports and of a source that speaks like Graph, what is shown, what is sent.

use crate::fake::{FakeServer, Reply};
use crate::program::{Program, Ran};

const ID: &str = "dc_018bcfe568007707870707070707070a";
const WISH: &str = r#"{"id":"dc_018bcfe568007707870707070707070a","supportRequestId":"sr_018bcfe5680077078707070707070701","supportRequestNumber":"2611230040001234","tenantId":"0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11","status":"requested","requestedBy":{"id":"usr_018bcfe5680077078707070707070703","displayName":"Ines Duarte","employer":"Vouchsafe","location":"PT"},"dataCategories":["signInLogs"],"filter":{"dataFrom":"2026-10-01T00:00:00Z"},"instructions":"Please send the sign-ins of the night shift.","files":[],"grantId":null,"reason":null,"createdDateTime":"2026-11-23T08:00:00Z","deletedDateTime":null}"#;

fn sign_in(id: u8, time: &str) -> String {
    format!(
        r#"{{"id":"00000000-0000-4000-8000-0000000000{id:02x}","createdDateTime":"{time}","userId":"11111111-0000-4000-8000-000000000001","userPrincipalName":"hana@contoso.example","userDisplayName":"Hana Sato","appDisplayName":"Portal","appId":"22222222-0000-4000-8000-000000000001","ipAddress":"203.0.113.{id}","status":{{"errorCode":53003}}}}"#
    )
}

fn page(objects: &[String], next: Option<&str>) -> Reply {
    let next = next.map(|next| format!(r#","@odata.nextLink":"{next}""#)).unwrap_or_default();
    Reply::json(&format!(r#"{{"value":[{}]{next}}}"#, objects.join(",")))
}

fn done(status: &str) -> Reply {
    Reply::json(&WISH.replace("\"requested\"", &format!("\"{status}\"")))
}

/// A program in a folder of its own, with files in it.
fn program(name: &str, server: &FakeServer, files: &[(&str, &str)]) -> Program {
    let program = Program::signed_in(name, server);
    for (file, content) in files {
        std::fs::write(program.folder().join(file), content).unwrap();
    }
    program
}

fn collect(program: &Program, rest: &[&str], input: &str) -> Ran {
    let bundle = program.folder().join("bundle");
    let arguments = ["collect", ID, "--bundle", bundle.to_str().unwrap()];
    program.run_with(&[&arguments, rest].concat(), input)
}

#[test]
fn records_are_narrowed_masked_and_cleaned_and_nothing_is_sent_before_a_yes() {
    let server = FakeServer::start(vec![
        done("requested"),
        done("requested"),
        done("inPreparation"),
        done("inPreparation"),
        done("submitted"),
    ]);
    let export = format!(
        r#"{{"value":[{},{}]}}"#,
        sign_in(1, "2026-10-02T08:00:00Z"),
        sign_in(2, "2026-09-30T08:00:00Z")
    );
    let trace =
        "2026-10-02T09:00:00Z GET /me Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln\n";
    let program = program("collect-files", &server, &[("export.json", &export), ("trace.log", trace)]);
    let at = |name: &str| program.folder().join(name).to_str().unwrap().to_owned();
    let no = collect(&program, &[&at("export.json"), &at("trace.log")], "n\n");
    assert_eq!(no.code, 0, "{}", no.err);
    for said in [
        "Ines Duarte asks for signInLogs",
        "Please send the sign-ins of the night shift.",
        "export.json.ndjson",
        "1 records, masked; 1 not asked for, left out",
        "trace.log, line 1",
        "Nothing was sent.",
    ] {
        assert!(no.err.contains(said), "{said}: {}", no.err);
    }
    // What would be sent can be looked at.
    let bundle = program.folder().join("bundle/files");
    let lines = std::fs::read_to_string(bundle.join("export.json.ndjson")).unwrap();
    for secret in ["hana", "Hana", "11111111", "203.0.113.1\""] {
        assert!(!lines.contains(secret), "{secret}: {lines}");
    }
    assert!(lines.contains("\"errorCode\":53003") && lines.contains("203.0.113.0/24~"), "{lines}");
    assert!(!std::fs::read_to_string(bundle.join("trace.log")).unwrap().contains("eyJzdWIi"));
    // A second start says that it is there; --resume sends it, and it is gone.
    let yes = collect(&program, &["--resume", "--yes"], "");
    assert_eq!(
        (yes.code, yes.out.as_str()),
        (0, &*format!("{ID} is submitted, with 0 files.\n")),
        "{}",
        yes.err
    );
    assert!(!program.folder().join("bundle").exists());
    let asked = server.asked();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(asked.iter().all(|asked| !asked.body.contains("hana")));
}

#[test]
fn an_upload_goes_on_where_it_was_cut() {
    let more =
        Reply(202, "content-type: application/json\r\n", r#"{"nextExpectedRanges":["7-"]}"#.to_owned());
    let server = FakeServer::start(vec![
        done("requested"),
        Reply::silence(),
        more,
        done("inPreparation"),
        done("submitted"),
    ]);
    let program = program("collect-cut", &server, &[("trace.log", "one\ntwo\nthree\n")]);
    let path = program.folder().join("trace.log");
    let ran = collect(&program, &["--yes", path.to_str().unwrap()], "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let asked = server.asked();
    let ranges: Vec<Option<&str>> = asked.iter().map(|asked| asked.header("content-range")).collect();
    assert_eq!(ranges, [None, Some("bytes 0-13/14"), Some("bytes */*"), Some("bytes 7-13/14"), None]);
    assert_eq!((asked[1].body.as_str(), asked[3].body.as_str()), ("one\ntwo\nthree\n", "\nthree\n"));
}

#[test]
fn graph_is_read_page_by_page_though_it_is_busy_and_breaks_off() {
    let busy = Reply(429, "retry-after: 0\r\n", String::new());
    let first = [sign_in(1, "2026-10-02T08:00:00Z"), sign_in(2, "2026-10-02T09:00:00Z")];
    let graph = FakeServer::start(vec![
        busy,
        page(&first, Some("/v1.0/auditLogs/signIns?$skiptoken=2")),
        Reply::cut(r#"{"value":["#),
        Reply::silence(),
        page(&[sign_in(3, "2026-10-03T08:00:00Z")], None),
    ]);
    let server = FakeServer::start(vec![done("requested"), done("inPreparation"), done("submitted")]);
    let program = program("collect-graph", &server, &[]).env("VOUCHSAFE_GRAPH_TOKEN", "own-token");
    let ran = collect(&program, &[&format!("--graph={}/v1.0", graph.url)], "y\n");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("3 records, masked"), "{}", ran.err);
    let asked = graph.asked();
    assert_eq!(
        asked[0].line,
        "GET /v1.0/auditLogs/signIns?%24filter=createdDateTime+ge+2026-10-01T00%3A00%3A00Z HTTP/1.1"
    );
    assert_eq!(asked[4].line, "GET /v1.0/auditLogs/signIns?$skiptoken=2 HTTP/1.1");
    assert!(asked.iter().all(|asked| asked.header("authorization") == Some("Bearer own-token")));
    let sent = server.asked();
    assert_eq!(
        sent[1].line,
        format!("PUT /v1.0/support/dataCollections/{ID}/files/auditLogs-signIns.ndjson HTTP/1.1")
    );
    assert_eq!(sent[1].body.lines().count(), 3);
    assert!(
        sent[1].body.lines().all(|line| line.starts_with(r##"{"@odata.type":"#microsoft.graph.signIn""##))
    );
    assert!(sent.iter().all(|asked| asked.header("authorization") == Some("Bearer vst_secret")));
}

#[test]
fn a_source_is_not_followed_elsewhere_nor_trusted_in_plain_text() {
    let other = "http://127.0.0.1:9/v1.0/auditLogs/signIns?$skiptoken=2";
    let graph = FakeServer::start(vec![page(&[], Some(other)), Reply(401, "", String::new())]);
    let server = FakeServer::start((0..3).map(|_| done("requested")).collect());
    let program = program("collect-foreign", &server, &[]).env("VOUCHSAFE_GRAPH_TOKEN", "own-token");
    for (base, said) in [
        (graph.url.as_str(), "on another server"),
        (graph.url.as_str(), "does not take the token"),
        ("http://graph.example", "would show the token"),
    ] {
        let ran = collect(&program, &[&format!("--graph={base}"), "--yes"], "");
        assert!(ran.code != 0 && ran.err.contains(said), "{said}: {}", ran.err);
        // Nothing is left behind.
        assert!(!program.folder().join("bundle").exists());
    }
}

#[test]
fn a_value_has_the_same_pseudonym_under_a_kept_key_only() {
    let server = FakeServer::start((0..3).map(|_| done("requested")).collect());
    let program = program("collect-key", &server, &[("a.json", &sign_in(1, "2026-10-02T08:00:00Z"))]);
    let at = |name: &str| program.folder().join(name).to_str().unwrap().to_owned();
    let masked = |rest: &[&str]| {
        let ran = collect(&program, &[&[at("a.json").as_str()], rest].concat(), "n\n");
        assert_eq!(ran.code, 0, "{}", ran.err);
        let lines = std::fs::read_to_string(program.folder().join("bundle/files/a.json.ndjson")).unwrap();
        std::fs::remove_dir_all(program.folder().join("bundle")).unwrap();
        lines
    };
    let key = at("key");
    let (first, again, other) = (masked(&["--mask-key", &key]), masked(&["--mask-key", &key]), masked(&[]));
    assert_eq!(first, again);
    assert_ne!(first, other);
}
