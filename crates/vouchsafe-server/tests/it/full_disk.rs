//! A disk that is full: changes and reads of diagnostic data are refused with 503 and a time to try again, the rest goes on, and
//! once there is room, so does everything, by itself (`quality.md`, *Faults and attacks*).

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::Folder;
use crate::nodes::Scene;

const SERVER: &str = env!("CARGO_BIN_EXE_vouchsafe-server");
/// Changes that find the limit, at most: what was freed in the files is written first.
const CHANGES_MAX: u32 = 400;

/// A server whose files cannot grow any more once a test says so.
struct Limited(Child, Value);

impl Limited {
    fn start(data: &Path) -> Self {
        // A process that ignores SIGXFSZ is told of a file that is too large, as of a disk that is full.
        let mut child = Command::new("bash")
            .args(["-c", "trap '' XFSZ; exec \"$0\" demo --listen 127.0.0.1:0 --json --data \"$1\"", SERVER])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self(child, serde_json::from_str(&line).unwrap())
    }

    /// Bytes that a file of the process may have.
    fn files_may_have(&self, bytes: &str) {
        let pid = self.0.id().to_string();
        let set = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}")]).status();
        assert!(set.unwrap().success());
    }

    async fn ask(&self, token: &str, method: Method, path: &str, body: Option<&Value>) -> (u16, bool, Value) {
        let url = format!("{}{path}", self.1["url"].as_str().unwrap());
        let mut request = Scene::client().request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let (status, later) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
        (status, later, answer.json().await.unwrap_or_default())
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_what_must_be_written_and_recovers_by_itself() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let data = folder.path().join("data");
    let server = Limited::start(&data);
    let mut people = server.1["people"].as_array().unwrap().iter();
    let token = people.find(|person| person["name"] == "Marta Kowal").unwrap()["token"].as_str().unwrap();
    let case = json!({
        "title": "Sign-in fails", "description": "Since this morning.", "severity": "moderate", "service": "identity",
        "problemType": "signIn/conditionalAccess", "allowAdvancedDiagnostics": false,
        "contact": { "name": "Marta Kowal", "email": "marta@adatum.example", "language": "en", "timeZone": "Europe/Berlin" },
    });
    let (status, _, opened) = server.ask(token, Method::POST, "/v1.0/support/requests", Some(&case)).await;
    assert_eq!(status, 201, "{opened}");
    let id = opened["id"].as_str().unwrap();
    let messages = format!("/v1.0/support/requests/{id}/messages");
    let message = |n: u32| json!({ "body": format!("{n} {}", "It still fails. ".repeat(200)) });
    server.files_may_have("65536:unlimited");
    let (mut written, mut refused) = (0, 0);
    for n in 0..CHANGES_MAX {
        match server.ask(token, Method::POST, &messages, Some(&message(n))).await {
            (201, _, _) => written += 1,
            (status, later, problem) => {
                assert_eq!((status, later), (503, true), "{problem}");
                assert_eq!(problem["detail"], "Try again in a moment.");
                refused += 1;
            }
        }
        if refused == 3 {
            break;
        }
    }
    assert_eq!(refused, 3, "{written} messages were written");
    // What is there is still shown, and holds what was acknowledged.
    let list = format!("{messages}?$top=1000");
    let (status, _, shown) = server.ask(token, Method::GET, &list, None).await;
    assert_eq!(status, 200, "{shown}");
    assert_eq!(shown["value"].as_array().unwrap().len(), written);
    server.files_may_have("unlimited:unlimited");
    let (status, _, answer) = server.ask(token, Method::POST, &messages, Some(&message(0))).await;
    assert_eq!(status, 201, "there is room again: {answer}");
    let (_, _, shown) = server.ask(token, Method::GET, &list, None).await;
    assert_eq!(shown["value"].as_array().unwrap().len(), written + 1);
}
