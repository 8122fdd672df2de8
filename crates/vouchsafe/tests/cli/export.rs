//! Exports: what is written, what is asked for again, and what an interruption leaves.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::program::{Program, Ran};

const TENANT: &str = "00000000-0001-7000-8000-000000000000";
const PAGE: u64 = 3;

/// A server with a log that grows, which can be told to stop answering.
struct LogServer {
    url: String,
    entries: Arc<AtomicU64>,
    /// Pages that it still answers.
    pages: Arc<AtomicU64>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl LogServer {
    fn start(entries: u64, files: BTreeMap<String, Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Self {
            url: url.clone(),
            entries: Arc::new(entries.into()),
            pages: Arc::new(u64::MAX.into()),
            asked: Arc::default(),
        };
        let (entries, pages, asked) = (server.entries.clone(), server.pages.clone(), server.asked.clone());
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let Some(Ok(first)) = lines.next() else { continue };
                lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
                let path = first.split(' ').nth(1).unwrap().to_owned();
                asked.lock().unwrap().push(path.clone());
                let body = if path == "/v1.0/me" {
                    me().into_bytes()
                } else if let Some(file) = files.get(&path) {
                    file.clone()
                } else {
                    if pages.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_err() {
                        // Never answered: whoever waits for it can be killed.
                        held.push(stream);
                        continue;
                    }
                    page(&url, &path, entries.load(Ordering::SeqCst)).into_bytes()
                };
                let head = format!(
                    "HTTP/1.1 200 X\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
            }
        });
        server
    }

    fn add(&self, entries: u64) {
        self.entries.fetch_add(entries, Ordering::SeqCst);
    }
}

fn me() -> String {
    format!(
        r#"{{"id":"usr_00000000000270008000000000000000","displayName":"A","userPrincipalName":"a@b","tenantId":"{TENANT}","roles":[],"allowedActions":[]}}"#
    )
}

/// The entries from the place that the address names on, as a page of a list.
fn page(url: &str, path: &str, entries: u64) -> String {
    let from = path.split("ge%20").nth(1).or_else(|| path.split("ge+").nth(1)).unwrap();
    let from: u64 = from.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
    assert!(path.contains("orderby=sequence"), "{path}");
    let until = (from + PAGE).min(entries);
    let items: Vec<String> = (from..until).map(entry).collect();
    let next = if until < entries {
        format!(
            r#","@odata.nextLink":"{url}/v1.0/auditLogs/directoryAudits?$filter=sequence%20ge%20{until}&$orderby=sequence""#
        )
    } else {
        String::new()
    };
    format!(r#"{{"@odata.context":"{url}","value":[{}]{next}}}"#, items.join(","))
}

fn entry(place: u64) -> String {
    format!(
        r#"{{"id":"aud_018bcfe56800770787077070{place:08x}","category":"SupportAccessManagement","correlationId":"c","result":"success","resultReason":"","activityDisplayName":"Access approved","activityDateTime":"2026-11-23T09:14:07Z","loggedByService":"Core Directory","operationType":"Add","initiatedBy":{{"user":null,"app":{{"appId":null,"displayName":"Vouchsafe","servicePrincipalId":null,"servicePrincipalName":null}}}},"targetResources":[],"additionalDetails":[{{"key":"sequence","value":"{place}"}}],"tomorrow":1}}"#
    )
}

fn lines(from: u64, until: u64) -> String {
    (from..until).map(|place| format!("{}\n", entry(place))).collect()
}

fn program(name: &str, server: &LogServer) -> Program {
    Program::new(name).env("VOUCHSAFE_SERVER", &server.url).env("VOUCHSAFE_TOKEN", "vst_secret")
}

fn arguments(folder: &Path) -> Vec<String> {
    let path = |name: &str| folder.join(name).display().to_string();
    ["export", "audit", "--since", &path("cursor.toml"), "--to", &path("audit.ndjson")]
        .map(str::to_owned)
        .to_vec()
}

fn run(program: &Program, arguments: &[String]) -> Ran {
    program.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn spawn(server: &LogServer, home: &Path, arguments: &[String]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_vouchsafe"))
        .args(arguments)
        .env_clear()
        .env("XDG_CONFIG_HOME", home)
        .env("VOUCHSAFE_SERVER", &server.url)
        .env("VOUCHSAFE_TOKEN", "vst_secret")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn entries_are_printed_as_the_server_sent_them_or_as_ocsf() {
    let server = LogServer::start(7, BTreeMap::new());
    let program = program("export-print", &server);
    let ran = program.run(&["export", "audit"]);
    assert_eq!((ran.code, ran.out, ran.err.as_str()), (0, lines(0, 7), ""));
    let ran = program.run(&["export", "audit", "--format", "ocsf"]);
    let events: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let places: Vec<u64> =
        events.iter().map(|event| event["metadata"]["sequence"].as_u64().unwrap()).collect();
    assert_eq!(places, (0..7).collect::<Vec<_>>());
    assert!(
        events.iter().all(|event| event["metadata"]["tenant_uid"] == TENANT && event["class_uid"] == 3004)
    );
}

#[test]
fn a_killed_export_goes_on_without_gap_or_duplicate() {
    for answered in 0..4 {
        let server = LogServer::start(10, BTreeMap::new());
        let program = program(&format!("export-kill-{answered}"), &server);
        let (arguments, folder) = (arguments(program.folder()), program.folder());
        server.pages.store(answered, Ordering::SeqCst);
        let mut child = spawn(&server, folder, &arguments);
        // It hangs at the page that is never answered.
        while u64::try_from(server.asked.lock().unwrap().len()).unwrap() < answered + 2 {
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        server.pages.store(u64::MAX, Ordering::SeqCst);
        // What a kill in the middle of a write leaves: lines that the cursor does not know of, the last one cut off.
        let file = folder.join("audit.ndjson");
        let mut text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, lines(0, answered * PAGE));
        if answered > 0 {
            text.push_str(&entry(answered * PAGE)[..100]);
            std::fs::write(&file, &text).unwrap();
        }
        server.add(2);
        let ran = run(&program, &arguments);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), lines(0, 12), "after {answered} pages");
        server.add(4);
        assert_eq!(run(&program, &arguments).code, 0);
        assert_eq!(run(&program, &arguments).code, 0);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), lines(0, 16));
    }
}

#[test]
fn a_rotated_file_goes_on_in_a_new_one_and_a_foreign_one_is_left_alone() {
    let server = LogServer::start(5, BTreeMap::new());
    let program = program("export-rotate", &server);
    let (arguments, file) = (arguments(program.folder()), program.folder().join("audit.ndjson"));
    assert_eq!(run(&program, &arguments).code, 0);
    std::fs::rename(&file, program.folder().join("audit.1")).unwrap();
    server.add(4);
    assert_eq!(run(&program, &arguments).code, 0);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), lines(5, 9));

    std::fs::write(&file, "another's\n").unwrap();
    let ran = run(&program, &arguments);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "another's\n");
    let mut other = arguments.clone();
    other.extend(["--format".to_owned(), "ocsf".to_owned()]);
    let ran = run(&program, &other);
    assert!(ran.code == 2 && ran.err.contains("shape graph"), "{}", ran.err);
}

#[test]
fn without_a_cursor_a_file_is_whole_or_not_there() {
    let server = LogServer::start(10, BTreeMap::new());
    let program = program("export-whole", &server);
    let file = program.folder().join("all.ndjson");
    let name = file.display().to_string();
    assert_eq!(program.run(&["export", "audit", "--to", &name]).code, 0);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), lines(0, 10));
    assert_eq!(program.run(&["export", "audit", "--to", &name]).code, 2);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), lines(0, 10));
}
