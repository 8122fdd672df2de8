//! `kill -9` at random moments under mixed load (`quality.md`, *Faults and attacks*): whatever was answered stands with
//! its entry, whatever stands in a log stands in the rows, and no checkpoint that anybody saw is contradicted.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use vouchsafe_app::App;
use vouchsafe_core::id::TenantId;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::Note;
use vouchsafe_store::edge::{Entropy as _, SystemEntropy};
use vouchsafe_store::{Options, Store};

use crate::demo_process::DemoProcess;
use crate::house::Folder;

/// Kills before the world is made anew: what a round checks grows with it.
const KILLS_PER_WORLD: u32 = 20;

/// How many kills: `VOUCHSAFE_KILLS`, else few, or the 500 of the specification in the long form.
fn kills() -> u32 {
    let asked = std::env::var("VOUCHSAFE_KILLS").ok().and_then(|number| number.parse().ok());
    asked.unwrap_or(if vouchsafe_testkit::long() { 500 } else { 6 })
}

/// A server process, killed without warning at the end of its life.
struct Victim(DemoProcess);

impl Victim {
    fn start(data: &Path) -> Self {
        Self(DemoProcess::start(|command| command.arg("--data").arg(data)))
    }

    fn url(&self) -> String {
        self.0.world["url"].as_str().unwrap().to_owned()
    }

    fn token(&self, name: &str, tenant: &str) -> String {
        let mut people = self.0.world["people"].as_array().unwrap().iter();
        let person = people.find(|person| person["name"] == name && person["tenantId"] == tenant).unwrap();
        person["token"].as_str().unwrap().to_owned()
    }

    fn log_token(&self, tenant: &str) -> String {
        let mut tokens = self.0.world["tokens"].as_array().unwrap().iter();
        let token = tokens.find(|token| token["purpose"] == "logReader" && token["tenantId"] == tenant);
        token.unwrap()["token"].as_str().unwrap().to_owned()
    }
}

/// What the server has answered, over all of its lives.
#[derive(Debug, Default, Clone)]
struct Answered {
    opened: BTreeSet<String>,
    closed: BTreeSet<String>,
    reads: BTreeSet<String>,
    /// Checkpoints that were served.
    seen: BTreeSet<(u64, [u8; 32])>,
}

type Shared = Arc<Mutex<Answered>>;

/// Somebody who calls until the server dies; each call says what was answered.
struct Caller {
    http: Client,
    url: String,
    token: String,
    answered: Shared,
}

impl Caller {
    async fn post(&self, path: &str, body: &Value) -> Option<Value> {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.token).json(body);
        let answer = request.send().await.ok()?;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.ok()?).ok()
    }

    /// Opens cases with consent and closes every other one.
    async fn customer(self) {
        for n in 0u32.. {
            let body = json!({
                "title": "Sign-in fails", "description": "Since this morning.", "severity": "moderate", "service": "identity",
                "problemType": "signIn/conditionalAccess", "allowAdvancedDiagnostics": n.is_multiple_of(3),
                "contact": { "name": "Marta Kowal", "email": "marta@adatum.example", "language": "en", "timeZone": "Europe/Berlin" },
            });
            let Some(case) = self.post("/v1.0/support/requests", &body).await else { return };
            let id = case["id"].as_str().unwrap().to_owned();
            self.answered.lock().unwrap().opened.insert(id.clone());
            if n.is_multiple_of(2) {
                let path = format!("/v1.0/support/requests/{id}/close");
                let Some(_) = self.post(&path, &json!({ "resolution": "resolved" })).await else { return };
                self.answered.lock().unwrap().closed.insert(id);
            }
        }
    }

    /// Reads sign-ins for a case.
    async fn engineer(self, path: String) {
        loop {
            let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token);
            let Ok(answer) = request.send().await else { return };
            assert!(answer.status().is_success(), "{path}: {}", answer.status());
            let read = answer.headers()["vouchsafe-read"].to_str().unwrap().to_owned();
            // The record is durable before the first byte, so the head of the answer is enough.
            self.answered.lock().unwrap().reads.insert(read);
            if answer.bytes().await.is_err() {
                return;
            }
        }
    }

    /// Looks at the log's checkpoint.
    async fn reader(self, path: String) {
        loop {
            let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token);
            let Ok(answer) = request.send().await else { return };
            let Ok(text) = answer.text().await else { return };
            let note: Note = text.parse().unwrap();
            let checkpoint: Checkpoint = note.text().parse().unwrap();
            self.answered.lock().unwrap().seen.insert((checkpoint.size, checkpoint.root));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// One life: load for a while, then the end.
async fn live(victim: Victim, lasts: Duration, answered: &Shared) {
    let people = victim.0.world["people"].as_array().unwrap();
    let marta = people.iter().find(|person| person["name"] == "Marta Kowal").unwrap();
    let adatum = marta["tenantId"].as_str().unwrap();
    // Fails only if a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let engineer = people.iter().find(|person| person["name"] == "Ines Okafor").unwrap();
    let provider = engineer["tenantId"].as_str().unwrap();
    let caller = |token: String| Caller {
        http: http.clone(),
        url: victim.url(),
        token,
        answered: Arc::clone(answered),
    };
    let grants = http
        .get(format!("{}/v1.0/support/grants", victim.url()))
        .bearer_auth(victim.token("Ines Okafor", provider));
    let grants: Value = serde_json::from_slice(&grants.send().await.unwrap().bytes().await.unwrap()).unwrap();
    let live = |grant: &&Value| grant["status"] == "live" && grant["tenantId"] == adatum;
    let case =
        grants["value"].as_array().unwrap().iter().find(live).unwrap()["supportRequestId"].as_str().unwrap();
    let sign_ins = format!("/diagnostics/{case}/{adatum}/v1.0/auditLogs/signIns?$top=3");
    let mut tasks = Vec::new();
    for _ in 0..3 {
        tasks.push(tokio::spawn(caller(victim.token("Marta Kowal", adatum)).customer()));
        tasks.push(tokio::spawn(caller(victim.token("Ines Okafor", provider)).engineer(sign_ins.clone())));
    }
    tasks.push(tokio::spawn(caller(victim.log_token(adatum)).reader(format!("/log/{adatum}/checkpoint"))));
    tokio::time::sleep(lasts).await;
    drop(victim);
    for task in tasks {
        task.await.unwrap();
    }
}

/// Holds what is left against what was answered.
async fn check(data: &Path, tenant: TenantId, answered: &Answered) {
    let heads = data.join("heads");
    let store = Arc::new(Store::open(data, Options::default()).unwrap());
    // What was published stands in the file, and the database goes on from it.
    let app = App::new(store).publishing("localhost", &heads).await.unwrap();
    app.publish().await.unwrap();
    let report = app.fsck(Some(&heads)).await.unwrap();
    assert!(report.faults.is_empty(), "{:#?}", report.faults);
    let mut reader = app.store().read().unwrap();
    let (mut opened, mut closed, mut reads) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for entry in reader.entries_from(tenant, 0, 1_000_000).await.unwrap() {
        for event in entry.entry["events"].as_array().unwrap() {
            let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            match (text("/of"), text("/event/type")) {
                ("supportRequest", "opened") => drop(opened.insert(text("/id").to_owned())),
                ("supportRequest", "closed") => drop(closed.insert(text("/id").to_owned())),
                ("read", _) => drop(reads.insert(text("/read/id").to_owned())),
                _ => {}
            }
        }
    }
    for (what, answered, logged) in [
        ("opened", &answered.opened, &opened),
        ("closed", &answered.closed, &closed),
        ("read", &answered.reads, &reads),
    ] {
        let lost: Vec<_> = answered.difference(logged).collect();
        assert!(lost.is_empty(), "{what} and answered, but not in the log: {lost:?}");
    }
    for (size, root) in &answered.seen {
        let edge = reader.frontier(tenant, *size).await.unwrap();
        assert_eq!(edge.root(), *root, "a checkpoint of {size} entries that was served");
    }
    drop(reader);
    app.store().close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_nothing_that_was_answered_is_lost_and_no_log_is_forked() {
    let (mut left, mut total) = (kills(), Answered::default());
    while left > 0 {
        let folder = Folder::new();
        let answered = Shared::default();
        for _ in 0..KILLS_PER_WORLD.min(left) {
            let victim = Victim::start(folder.path());
            let tenant =
                victim.0.world["people"].as_array().unwrap().iter().find(|p| p["name"] == "Marta Kowal");
            let tenant: TenantId = tenant.unwrap()["tenantId"].as_str().unwrap().parse().unwrap();
            // From the first answers to the middle of the load, a different moment each time.
            let mut random = [0; 2];
            SystemEntropy.fill(tenant, &mut random);
            let after = Duration::from_millis(30 + u64::from(u16::from_le_bytes(random)) % 700);
            live(victim, after, &answered).await;
            let so_far = answered.lock().unwrap().clone();
            check(folder.path(), tenant, &so_far).await;
            left -= 1;
        }
        let answered = answered.lock().unwrap().clone();
        total.opened.extend(answered.opened);
        total.closed.extend(answered.closed);
        total.reads.extend(answered.reads);
        total.seen.extend(answered.seen);
    }
    println!(
        "{} kills: {} cases opened, {} closed, {} reads and {} checkpoints were answered, and all are there",
        kills(),
        total.opened.len(),
        total.closed.len(),
        total.reads.len(),
        total.seen.len()
    );
    assert!(total.opened.len() > 3 && total.reads.len() > 3 && !total.seen.is_empty(), "too little load");
}
