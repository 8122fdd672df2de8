//! Files of customers in an S3-compatible store, configured as an operator would: moto's server on loopback, where
//! `./test --prepare` has put it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use vouchsafe_app::App;
use vouchsafe_server::demo::{DemoClock, Sizes, World, build};
use vouchsafe_store::{Options, Store};

use crate::house::Folder;
use crate::nodes::Scene;

const SERVER: &str = env!("CARGO_BIN_EXE_vouchsafe-server");
const LINE: &str = "2026-10-01T09:00:00.000Z INFO broker plain words that nobody may find in the bucket\n";
const BUCKET: &str = "customers-files";

/// The Python that has the packages of `tests/requirements.txt`.
fn python() -> Option<PathBuf> {
    let prepared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.test/python/bin/python");
    let python = std::env::var_os("VOUCHSAFE_PYTHON").map_or_else(|| PathBuf::from(prepared), PathBuf::from);
    let imports = Command::new(&python).args(["-c", "import moto.server"]).output();
    imports.is_ok_and(|output| output.status.success()).then_some(python)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn ready(http: &Client, url: &str) {
    for _ in 0..300 {
        if http.get(url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{url} does not get ready");
}

/// The store, and what lies in it.
struct Bucket {
    _server: Running,
    http: Client,
    port: u16,
}

impl Bucket {
    async fn start(python: &Path) -> Self {
        let (port, http) = (free_port(), Scene::client());
        let server = Command::new(python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let bucket = Self { _server: Running(server), http, port };
        ready(&bucket.http, &bucket.address("/moto-api/")).await;
        let made = bucket.http.put(bucket.address(&format!("/{BUCKET}"))).send().await.unwrap();
        assert!(made.status().is_success(), "{}", made.status());
        bucket
    }

    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The keys of all objects.
    async fn keys(&self) -> Vec<String> {
        let listed = self.http.get(self.address(&format!("/{BUCKET}?list-type=2"))).send().await.unwrap();
        let text = listed.text().await.unwrap();
        let keys = text.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
        keys.map(str::to_owned).collect()
    }

    async fn object(&self, key: &str) -> Vec<u8> {
        // Anonymous readers have none of it; moto believes whoever says who they are.
        let anybody = "AWS4-HMAC-SHA256 Credential=AKIAOFTHETEST/20261001/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00";
        let got = self.http.get(self.address(&format!("/{BUCKET}/{key}"))).header("authorization", anybody);
        let got = got.send().await.unwrap();
        assert!(got.status().is_success(), "{key}: {}", got.status());
        got.bytes().await.unwrap().to_vec()
    }
}

/// The demo's world, served by the configuration file of an operator.
struct Served {
    _server: Running,
    http: Client,
    url: String,
    world: World,
}

impl Served {
    async fn start(folder: &Path, bucket: &Bucket) -> Self {
        let data = folder.join("data");
        let clock = DemoClock::default();
        let options = Options { clock: Arc::new(clock.clone()), ..Options::default() };
        let app = App::new(Arc::new(Store::open(&data, options).unwrap()));
        let world = build(&app, &clock, 7, Sizes { people: 30, sign_ins: 200 }).await.unwrap();
        drop(app);
        let (port, secret) = (free_port(), folder.join("bucket.secret"));
        std::fs::write(&secret, "a-secret-of-the-test\n").unwrap();
        let config = folder.join("vouchsafe.toml");
        let text = format!(
            "listen = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n\
             [database]\nurl = \"sqlite:{}\"\n\
             [files]\nbucket = \"{BUCKET}\"\nendpoint = \"http://127.0.0.1:{}\"\naccess_key_id = \"AKIAOFTHETEST\"\n\
             secret_access_key_file = \"{}\"\n",
            data.display(),
            bucket.port,
            secret.display(),
        );
        std::fs::write(&config, text).unwrap();
        let server = Command::new(SERVER)
            .args(["serve", "--config"])
            .arg(&config)
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let served = Self {
            _server: Running(server),
            http: Scene::client(),
            url: format!("http://127.0.0.1:{port}"),
            world,
        };
        ready(&served.http, &format!("{}/readyz", served.url)).await;
        served
    }

    fn request(&self, by: &str, method: Method, path: &str) -> RequestBuilder {
        let person = self.world.people.iter().find(|person| person.name == by).unwrap();
        let request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&person.token);
        // Three objects are written and looked through by a build that is not optimised.
        request.timeout(Duration::from_secs(90))
    }

    async fn ok(&self, request: RequestBuilder) -> Value {
        let answer = request.send().await.unwrap();
        let (status, answer) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{status} {answer}");
        serde_json::from_str(&answer).unwrap()
    }
}

#[tokio::test]
async fn files_lie_sealed_in_a_bucket_go_on_after_a_cut_and_are_read_and_deleted_there() {
    let Some(python) = python() else {
        println!("skipped: moto's server is not there (`./test --prepare`)");
        return;
    };
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let bucket = Bucket::start(&python).await;
    let served = Served::start(folder.path(), &bucket).await;
    let marta = |method, path: &str| served.request("Marta Kowal", method, path);
    let ines = |method, path: &str| served.request("Ines Okafor", method, path);
    let yuki = |method, path: &str| served.request("Yuki Tanabe", method, path);
    let cases = served.ok(marta(Method::GET, "/v1.0/support/requests")).await;
    let open = |case: &&Value| case["status"] == "open" && case["assignedTo"]["displayName"] == "Ines Okafor";
    let case = cases["value"].as_array().unwrap().iter().find(open).unwrap();
    let ask = json!({ "tenantId": case["tenantId"], "dataCategories": ["clientLogs"], "instructions": "Please send the log." });
    let path = format!("/v1.0/support/requests/{}/dataCollections", case["id"].as_str().unwrap());
    let asked = served.ok(ines(Method::POST, &path).json(&ask)).await;
    let path = format!("/v1.0/support/dataCollections/{}", asked["id"].as_str().unwrap());
    let file = format!("{path}/files/broker.log");
    let content = LINE.repeat((3 << 20) / LINE.len());
    let (first, total) = (2 << 20, content.len());
    // The first two pieces come, then the rest.
    let part = |from: usize, to: usize| {
        let range = format!("bytes {from}-{}/{total}", to - 1);
        yuki(Method::PUT, &file).header("content-range", range).body(content[from..to].to_owned())
    };
    let more = served.ok(part(0, first)).await;
    assert_eq!(more["nextExpectedRanges"], json!([format!("{first}-")]));
    assert_eq!(bucket.keys().await.len(), 2);
    let whole = served.ok(part(first, total)).await;
    assert_eq!(whole["files"][0]["bytes"], total);
    let keys = bucket.keys().await;
    assert_eq!(keys.len(), 3, "{keys:?}");
    for key in &keys {
        let sealed = bucket.object(key).await;
        let words = b"plain words that nobody";
        assert!(!sealed.windows(words.len()).any(|window| window == words), "{key} is readable");
        assert!(!key.contains("broker"), "{key}");
    }
    served.ok(yuki(Method::POST, &format!("{path}/submit")).json(&json!({}))).await;
    let read = ines(Method::GET, &file).send().await.unwrap();
    assert_eq!(read.status(), StatusCode::OK);
    assert_eq!(read.text().await.unwrap(), content);
    // Given back, it can be taken out, and nothing of it stays.
    served.ok(ines(Method::POST, &format!("{path}/return")).json(&json!({}))).await;
    served.ok(yuki(Method::DELETE, &file)).await;
    assert_eq!(bucket.keys().await, Vec::<String>::new());
}
