//! Files far larger than what the server may hold, over HTTP to a process of its own, cut and taken up again: they come in
//! whole, or are refused, and the process's memory stays where it was.

use std::path::Path;

use bytes::Bytes;
use futures_util::stream;
use reqwest::{Body, Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::demo_process::DemoProcess;
use crate::house::Folder;
use crate::nodes::Scene;

/// One line of a log; the file is many of it.
const LINE: &[u8] = b"2026-10-01T09:00:00.000Z INFO broker token cache hit for application 00000003\n";
/// Lines that the client sends at a time.
const LINES_AT_ONCE: usize = 1_000;
/// The largest file that is taken.
const FILE_BYTES_MAX: u64 = 512 << 20;

/// Files that are sent, bytes of each, and what the server's memory may grow by at its peak, in KiB: some 10 GB in the long
/// form. The short one is for programs that are not optimised, which clean a megabyte a second.
fn size() -> (u64, u64, u64) {
    if vouchsafe_testkit::long() { (20, FILE_BYTES_MAX, 128 << 10) } else { (1, 64 << 20, 48 << 10) }
}

/// A demo, and a client of it.
struct Served {
    demo: DemoProcess,
    http: Client,
}

impl Served {
    fn start(data: &Path) -> Self {
        let demo = DemoProcess::start(|command| command.arg("--data").arg(data));
        Self { demo, http: Scene::client() }
    }

    fn person(&self, name: &str) -> &Value {
        self.demo.world["people"].as_array().unwrap().iter().find(|person| person["name"] == name).unwrap()
    }

    fn request(&self, by: &str, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.demo.world["url"].as_str().unwrap());
        self.http.request(method, url).bearer_auth(self.person(by)["token"].as_str().unwrap())
    }

    async fn ok(&self, by: &str, method: Method, path: &str, body: Value) -> Value {
        let answer = self.request(by, method, path).json(&body).send().await.unwrap();
        let status = answer.status();
        let answer: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {answer}");
        answer
    }

    /// The most memory that the process has had, in KiB.
    fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.demo.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// A collection of a case that the engineer asked for.
    async fn collection(&self) -> String {
        let cases = self.request("Marta Kowal", Method::GET, "/v1.0/support/requests").send().await.unwrap();
        let cases: Value = cases.json().await.unwrap();
        let open =
            |case: &&Value| case["status"] == "open" && case["assignedTo"]["displayName"] == "Ines Okafor";
        let case = cases["value"].as_array().unwrap().iter().find(open).unwrap()["id"].as_str().unwrap();
        let ask = json!({
            "tenantId": self.person("Marta Kowal")["tenantId"], "dataCategories": ["clientLogs"],
            "instructions": "Please send the whole log of the broker.",
        });
        let path = format!("/v1.0/support/requests/{case}/dataCollections");
        self.ok("Ines Okafor", Method::POST, &path, ask).await["id"].as_str().unwrap().to_owned()
    }

    fn put(&self, path: &str, range: Option<String>, body: Body) -> reqwest::RequestBuilder {
        let request =
            self.request("Yuki Tanabe", Method::PUT, path).timeout(std::time::Duration::from_secs(900));
        let request = match range {
            Some(range) => request.header("content-range", range),
            None => request,
        };
        request.body(body)
    }

    /// Where the upload goes on.
    async fn place(&self, path: &str) -> u64 {
        let asked = self.put(path, Some("bytes */*".to_owned()), Body::default()).send().await.unwrap();
        let progress: Value = asked.json().await.unwrap();
        let next = progress["nextExpectedRanges"][0].as_str().unwrap_or_else(|| panic!("{progress}"));
        next.trim_end_matches('-').parse().unwrap()
    }
}

/// The bytes of the log from `from` to before `to`, made as they are asked for; then an error, if the connection is cut.
fn log(from: u64, to: u64, cut: bool) -> Body {
    let chunk = LINE.repeat(LINES_AT_ONCE);
    let pieces = stream::unfold((from, cut), move |(at, cut)| {
        let chunk = chunk.clone();
        async move {
            if at >= to {
                return cut.then(|| (Err(std::io::Error::other("cut")), (at, false)));
            }
            let inside = usize::try_from(at % LINE.len() as u64).unwrap();
            let most = (chunk.len() - inside) as u64;
            let until = inside + usize::try_from(most.min(to - at)).unwrap();
            Some((Ok(Bytes::copy_from_slice(&chunk[inside..until])), (at + (until - inside) as u64, cut)))
        }
    });
    Body::wrap_stream(pieces)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_far_larger_than_memory_come_in_after_a_cut_and_memory_stays_flat() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let served = Served::start(&folder.path().join("data"));
    let (files, bytes, growth_max) = size();
    let mut before = 0;
    let mut sent = 0;
    for number in 0..files {
        let id = served.collection().await;
        let path = format!("/v1.0/support/dataCollections/{id}/files/broker.log");
        if number == 0 {
            // A small file warms everything up that stays.
            let small = served.put(&format!("{path}.1"), None, log(0, 1 << 20, false)).send().await.unwrap();
            assert_eq!(small.status(), StatusCode::CREATED);
            before = served.peak();
        }
        let cut = bytes / 2 + 99;
        let broken = served.put(&path, None, log(0, cut, true)).send().await;
        assert!(broken.is_err() || !broken.unwrap().status().is_success(), "the connection was cut");
        let next = served.place(&path).await;
        assert!(next > 0 && next <= cut && next.is_multiple_of(1 << 20), "{next}");
        let range = format!("bytes {next}-{}/{bytes}", bytes - 1);
        let whole = served.put(&path, Some(range), log(next, bytes, false)).send().await.unwrap();
        let status = whole.status();
        let whole: Value = whole.json().await.unwrap();
        assert_eq!(status, StatusCode::CREATED, "{whole}");
        let file =
            whole["files"].as_array().unwrap().iter().find(|file| file["name"] == "broker.log").unwrap();
        assert_eq!(
            (&file["bytes"], &file["records"], &file["removed"]),
            (&json!(bytes), &json!(0), &json!({}))
        );
        sent += bytes;
        // Room for the next one on the disk.
        let gone = served.request("Yuki Tanabe", Method::DELETE, &path).send().await.unwrap();
        assert!(gone.status().is_success());
        served
            .ok("Ines Okafor", Method::POST, &format!("/v1.0/support/dataCollections/{id}/cancel"), json!({}))
            .await;
    }
    if vouchsafe_testkit::long() {
        refuses_what_never_ends(&served).await;
    }
    let grown = served.peak().saturating_sub(before);
    println!(
        "{} MB came in; memory grew by {} MiB at its peak, from {} MiB",
        sent / 1_000_000,
        grown >> 10,
        before >> 10
    );
    assert!(grown <= growth_max, "memory grew by {grown} KiB");
}

/// What does not say how long it is, is refused once it is too much.
async fn refuses_what_never_ends(served: &Served) {
    let id = served.collection().await;
    let path = format!("/v1.0/support/dataCollections/{id}/files/endless.log");
    let endless = served.put(&path, None, log(0, 10 << 30, false)).send().await;
    if let Ok(refused) = endless {
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    assert_eq!(served.place(&path).await, 0, "nothing of it is kept");
}
