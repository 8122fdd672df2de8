//! Three server processes on one PostgreSQL database, while nodes are stopped, killed, cut off from the database and have
//! wrong clocks: whoever has been told that access has ended, on any node, never sees it used again on another
//! (`lifecycle.md`, *Effective access*; `quality.md`, *remove access → refused read*).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;
use vouchsafe_app::App;
use vouchsafe_core::id::{Id as _, TenantId};
use vouchsafe_server::demo::{DemoClock, Sizes, World, build};
use vouchsafe_store::edge::{Entropy as _, SystemEntropy};
use vouchsafe_store::{Database, Options, PostgresUrl, Store};
use vouchsafe_testkit::database::schema;

use crate::house::Folder;

const SERVER: &str = env!("CARGO_BIN_EXE_vouchsafe-server");
/// A node that is stopped does not answer; whoever asks turns to another.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long reading goes on after its access has ended.
const AFTERWARDS: Duration = Duration::from_millis(600);

/// How long the load lasts: `VOUCHSAFE_NODES_SECONDS`, else short, or ten minutes in the long form.
fn lasts() -> Duration {
    let asked = std::env::var("VOUCHSAFE_NODES_SECONDS").ok().and_then(|number| number.parse().ok());
    Duration::from_secs(asked.unwrap_or(if vouchsafe_testkit::long() { 600 } else { 20 }))
}

/// The library that gives a process a false clock: the Debian package `faketime`.
fn false_clock() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let mut libraries = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    libraries.find(|library| library.exists())
}

/// A number below `end`, another one each time.
fn random(end: u64) -> u64 {
    let mut bytes = [0; 8];
    SystemEntropy.fill(TenantId::from_uuid(uuid::Uuid::nil()), &mut bytes);
    u64::from_le_bytes(bytes) % end
}

/// Where the database is.
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) schema: Option<String>,
}

impl Place {
    /// The schema of a folder on the server that tests use.
    pub(crate) fn of(data: &Path) -> Self {
        let url = std::env::var("VOUCHSAFE_TEST_POSTGRES").unwrap();
        let _named = schema(data);
        Self { url, schema: Some(std::fs::read_to_string(data.join("schema-of-the-test")).unwrap()) }
    }

    pub(crate) fn database(&self) -> Database {
        let url = PostgresUrl::parse(&self.url).unwrap();
        let url = match &self.schema {
            Some(schema) => url.in_schema(schema).unwrap(),
            None => url,
        };
        Database::Postgres(Box::new(url))
    }
}

/// What stands between a node and the database.
struct Line {
    port: u16,
    cut: watch::Sender<bool>,
    server: watch::Sender<String>,
}

impl Line {
    /// Passes on what comes, to the server, as long as it is not cut.
    async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (cut, server) = (watch::Sender::new(false), watch::Sender::new(server));
        let (state, leads_to) = (cut.subscribe(), server.subscribe());
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (server, mut state) = (leads_to.borrow().clone(), state.clone());
                if *state.borrow() {
                    continue;
                }
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = state.wait_for(|cut| *cut) => {}
                    }
                });
            }
        });
        Self { port, cut, server }
    }
}

/// A server process.
pub(crate) struct Node {
    child: Mutex<Child>,
    config: PathBuf,
    /// Added to its clock, where that can be done.
    skew: &'static str,
    url: String,
    line: Line,
}

impl Node {
    pub(crate) async fn new(base: &Path, place: &Place, number: usize, skew: &'static str) -> Self {
        let (user, rest) = place.url.strip_prefix("postgres://").unwrap().split_once('@').unwrap();
        let (server, database) = rest.split_once('/').unwrap();
        let line = Line::to(server.to_owned()).await;
        let folder = base.join(format!("node-{number}"));
        std::fs::create_dir_all(&folder).unwrap();
        for part in ["records", "master.key"] {
            let copied = Command::new("cp").arg("-r").arg(base.join("data").join(part)).arg(&folder).status();
            assert!(copied.unwrap().success());
        }
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut text = format!(
            "listen = \"127.0.0.1:{free}\"\npublic_url = \"http://127.0.0.1:{free}\"\n[database]\nurl = \"postgres://{user}@127.0.0.1:{}/{database}\"\nfolder = \"{}\"\n",
            line.port,
            folder.display(),
        );
        if let Some(schema) = &place.schema {
            text.push_str(&format!("schema = \"{schema}\"\n"));
        }
        let config = base.join(format!("node-{number}.toml"));
        std::fs::write(&config, text).unwrap();
        let child = Mutex::new(Self::process(&config, skew));
        Self { child, config, skew, url: format!("http://127.0.0.1:{free}"), line }
    }

    fn process(config: &Path, skew: &str) -> Child {
        let mut command = Command::new(SERVER);
        command.args(["serve", "--config"]).arg(config).env("RUST_LOG", "off");
        if let Some(library) = false_clock() {
            command.env("LD_PRELOAD", library).env("FAKETIME", skew);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Its process id.
    pub(crate) fn process_id(&self) -> u32 {
        self.child.lock().unwrap().id()
    }

    fn signal(&self, name: &str) {
        let id = self.process_id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    fn end(&self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }

    pub(crate) async fn ready(&self, http: &Client) {
        let path = format!("{}/readyz", self.url);
        for _ in 0..300 {
            if http.get(&path).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("a node does not get ready");
    }

    /// The database is somewhere else from now on.
    pub(crate) fn follow(&self, server: &str) {
        self.line.server.send_replace(server.to_owned());
    }

    /// Something goes wrong with it, and is over at the end.
    async fn suffer(&self) {
        let a_while = Duration::from_millis(200 + random(2_300));
        match random(3) {
            0 => {
                self.signal("-STOP");
                tokio::time::sleep(a_while).await;
                self.signal("-CONT");
            }
            1 => {
                self.end();
                *self.child.lock().unwrap() = Self::process(&self.config, self.skew);
            }
            _ => {
                self.line.cut.send_replace(true);
                tokio::time::sleep(a_while).await;
                self.line.cut.send_replace(false);
            }
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.end();
    }
}

/// Everybody who calls, and whom they call.
pub(crate) struct Scene {
    http: Client,
    nodes: Vec<Node>,
    world: World,
    over: AtomicBool,
    /// From the request to end access to its answer.
    ended: Mutex<Vec<Duration>>,
    reads: Mutex<u64>,
    refused: Mutex<u64>,
    permits: Mutex<u64>,
    denied: Mutex<u64>,
    /// Cases of which somebody was told that they are open.
    opened: Mutex<Vec<String>>,
}

impl Scene {
    pub(crate) fn of(http: Client, nodes: Vec<Node>, world: World) -> Arc<Self> {
        let over = AtomicBool::new(false);
        let (ended, reads, refused, permits, denied, opened) = Default::default();
        Arc::new(Self { http, nodes, world, over, ended, reads, refused, permits, denied, opened })
    }

    /// Someone who asks HTTP, and turns to another node if one does not answer.
    pub(crate) fn client() -> Client {
        // Fails only if a provider is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::builder().no_proxy().tls_certs_only([]).timeout(PATIENCE).build().unwrap()
    }

    /// How many ends of access there were, and reads and questions that were let through.
    pub(crate) fn counts(&self) -> (usize, u64, u64) {
        (self.ended.lock().unwrap().len(), *self.reads.lock().unwrap(), *self.permits.lock().unwrap())
    }

    /// Asks everybody to end after what they are at.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Whether every case is there of which somebody was told that it is open.
    pub(crate) async fn all_are_there(&self) {
        let marta = self.token("Marta Kowal", 3);
        let opened = self.opened.lock().unwrap().clone();
        assert!(opened.len() > 2, "{opened:?}");
        for id in opened {
            let url = format!("{}/v1.0/support/requests/{id}", self.any().url);
            let answer = self.http.get(url).bearer_auth(&marta).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{id}");
        }
    }

    fn token(&self, name: &str, tenant: usize) -> String {
        self.world.account(name, self.world.tenants[tenant]).unwrap().token.clone()
    }

    fn token_of(&self, id: &str) -> String {
        let mut accounts = self.world.people.iter();
        accounts.find(|account| account.who.user.to_string() == id).unwrap().token.clone()
    }

    fn any(&self) -> &Node {
        &self.nodes[usize::try_from(random(self.nodes.len() as u64)).unwrap()]
    }

    /// Posts to one node after another until one answers. A change may have been made by one that did not.
    async fn post(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        loop {
            let request = self.http.post(format!("{}{path}", self.any().url)).bearer_auth(token).json(body);
            if let Ok(answer) = request.send().await {
                let status = answer.status().as_u16();
                if status != 503
                    && let Ok(body) = answer.bytes().await
                {
                    return (status, serde_json::from_slice(&body).unwrap_or_default());
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Reads for a case until told to stop; gives when each read that was let through was asked for.
    async fn read(
        self: Arc<Self>,
        token: String,
        path: String,
        mut stop: watch::Receiver<bool>,
    ) -> Vec<Instant> {
        let mut let_through = Vec::new();
        while !*stop.borrow_and_update() {
            let asked = Instant::now();
            let request = self.http.get(format!("{}{path}", self.any().url)).bearer_auth(&token);
            match request.send().await {
                Ok(answer) if answer.status() == 200 => {
                    let_through.push(asked);
                    *self.reads.lock().unwrap() += 1;
                }
                Ok(answer) if answer.status() == 403 || answer.status() == 404 => {
                    *self.refused.lock().unwrap() += 1;
                }
                Ok(answer) => assert_eq!(answer.status(), 503, "{path}"),
                // Stopped, killed, or cut off.
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let_through
    }

    /// Asks the decision point until told to stop; gives when each question was asked that was permitted.
    async fn decide(self: Arc<Self>, question: Value, mut stop: watch::Receiver<bool>) -> Vec<Instant> {
        let mut tokens = self.world.tokens.iter();
        let token = tokens.find(|token| token.purpose == "decisionPoint").unwrap().token.clone();
        let mut permitted = Vec::new();
        while !*stop.borrow_and_update() {
            let asked = Instant::now();
            let url = format!("{}/access/v1/evaluation", self.any().url);
            let answer = self.http.post(url).bearer_auth(&token).json(&question).send().await;
            // Stopped, killed, or cut off: then there is none, or a 503 that says no more.
            if let Ok(answer) = answer
                && answer.status() == 200
                && let Ok(body) = answer.bytes().await
            {
                match &body[..] {
                    br#"{"decision":true}"# => {
                        permitted.push(asked);
                        *self.permits.lock().unwrap() += 1;
                    }
                    br#"{"decision":false}"# => *self.denied.lock().unwrap() += 1,
                    other => panic!("{}", String::from_utf8_lossy(other)),
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        permitted
    }

    /// A case that is opened, read for, and ended, in one of the ways there are.
    pub(crate) async fn case(self: &Arc<Self>) {
        let (marta, adatum) = (self.token("Marta Kowal", 3), self.world.tenants[3]);
        let body = json!({
            "title": "Sign-in fails", "description": "Since this morning.", "severity": "moderate", "service": "identity",
            "problemType": "signIn/conditionalAccess", "allowAdvancedDiagnostics": true,
            "contact": { "name": "Marta Kowal", "email": "marta@adatum.example", "language": "en", "timeZone": "Europe/Berlin" },
        });
        let (status, case) = self.post(&marta, "/v1.0/support/requests", &body).await;
        assert_eq!(status, 201, "{case}");
        let (id, engineer) = (case["id"].as_str().unwrap(), &case["assignedTo"]["id"]);
        self.opened.lock().unwrap().push(id.to_owned());
        let Some(engineer) = engineer.as_str() else { return };
        let grant = case["consent"]["grantId"].as_str().unwrap().to_owned();
        let path = format!("/diagnostics/{id}/{adatum}/v1.0/auditLogs/signIns?$top=3");
        let (stop, stopped) = watch::channel(false);
        let readers: Vec<_> = (0..2)
            .map(|_| {
                tokio::spawn(Arc::clone(self).read(self.token_of(engineer), path.clone(), stopped.clone()))
            })
            .collect();
        let question = json!({
            "subject": { "type": "engineer", "id": engineer }, "action": { "name": "read" },
            "resource": { "type": "diagnosticData", "id": "any", "properties": { "tenantId": adatum, "category": "signInLogs" } },
            "context": { "supportRequestId": id },
        });
        let deciders: Vec<_> = (0..2)
            .map(|_| tokio::spawn(Arc::clone(self).decide(question.clone(), stopped.clone())))
            .collect();
        tokio::time::sleep(Duration::from_millis(200 + random(800))).await;
        let asked = Instant::now();
        let (way, status, answer) = match random(3) {
            0 => {
                let remove = format!("/v1.0/support/grants/{grant}/remove");
                let (status, answer) = self.post(&marta, &remove, &json!({})).await;
                ("removed", status, answer)
            }
            1 => {
                let close = format!("/v1.0/support/requests/{id}/close");
                let (status, answer) = self.post(&marta, &close, &json!({ "resolution": "resolved" })).await;
                ("closed", status, answer)
            }
            _ => {
                let manager = self.token("Ruth Castellanos", 0);
                let ids = ["Ines Okafor", "Jonas Lindqvist"].map(|name| {
                    self.world.account(name, self.world.tenants[0]).unwrap().who.user.to_string()
                });
                let next = ids.iter().find(|id| *id != engineer).unwrap();
                let assign = format!("/v1.0/support/requests/{id}/assign");
                let body = json!({ "engineerId": next, "reason": "The shift is over." });
                let (status, answer) = self.post(&manager, &assign, &body).await;
                ("reassigned", status, answer)
            }
        };
        let told = Instant::now();
        // A node that did not answer may have done it before; then there is nothing left to do.
        assert!(matches!(status, 200 | 400 | 409), "{way}: {status} {answer}");
        self.ended.lock().unwrap().push(told - asked);
        tokio::time::sleep(AFTERWARDS).await;
        stop.send_replace(true);
        for reader in readers {
            for asked in reader.await.unwrap() {
                assert!(asked <= told, "{way}, and {:?} after that was answered it was read", asked - told);
            }
        }
        // Where another node has done it and died before it could say so, the bound holds.
        let bound = if status == 200 { told } else { told + Duration::from_secs(2) };
        for decider in deciders {
            for asked in decider.await.unwrap() {
                assert!(asked <= bound, "{way}, and {:?} after the bound it was permitted", asked - bound);
            }
        }
        let close = format!("/v1.0/support/requests/{id}/close");
        self.post(&marta, &close, &json!({ "resolution": "resolved" })).await;
    }
}

/// The demo's world in a database, before any node serves it.
pub(crate) async fn made(data: &Path, place: &Place) -> World {
    let clock = DemoClock::default();
    let options =
        Options { clock: Arc::new(clock.clone()), database: place.database(), ..Options::default() };
    let app = App::new(Arc::new(Store::open(data, options).unwrap()));
    build(&app, &clock, 7, Sizes { people: 30, sign_ins: 200 }).await.unwrap()
}

/// Every log against the rows and against what the first node has published, and in every log no read behind the end of what
/// it rested on.
pub(crate) async fn check(data: &Path, place: &Place) {
    let store = Store::open(data, Options { database: place.database(), ..Options::default() }).unwrap();
    let heads = data.with_file_name("node-0.heads");
    let app = App::new(Arc::new(store)).among_nodes().publishing("localhost", &heads).await.unwrap();
    app.publish().await.unwrap();
    let report = app.fsck(Some(&heads)).await.unwrap();
    assert!(report.faults.is_empty(), "{:#?}", report.faults);
    assert!(report.entries > 100, "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_told_that_access_has_ended_never_sees_it_used_again_on_any_node() {
    if std::env::var_os("VOUCHSAFE_TEST_POSTGRES").is_none() {
        println!("without a PostgreSQL server there is nothing to try");
        return;
    }
    let http = Scene::client();
    let folder = Folder::new();
    let data = folder.path().join("data");
    let place = Place::of(&data);
    let world = made(&data, &place).await;
    let can_skew = false_clock().is_some();
    let mut nodes = Vec::new();
    for (number, skew) in ["+0s", "+90s", "-90s"].into_iter().enumerate() {
        nodes.push(Node::new(folder.path(), &place, number, skew).await);
    }
    for node in &nodes {
        node.ready(&http).await;
    }
    let scene = Scene::of(http, nodes, world);
    let mut tasks = Vec::new();
    for _ in 0..3 {
        let scene = Arc::clone(&scene);
        tasks.push(tokio::spawn(async move {
            while !scene.is_over() {
                scene.case().await;
            }
        }));
    }
    let begun = Instant::now();
    let mut suffered = 0;
    while begun.elapsed() < lasts() {
        scene.any().suffer().await;
        suffered += 1;
        tokio::time::sleep(Duration::from_millis(300 + random(500))).await;
    }
    scene.end();
    for task in tasks {
        task.await.unwrap();
    }
    let mut ended = scene.ended.lock().unwrap().clone();
    ended.sort_unstable();
    let (reads, refused) = (*scene.reads.lock().unwrap(), *scene.refused.lock().unwrap());
    let (permits, denied) = (*scene.permits.lock().unwrap(), *scene.denied.lock().unwrap());
    println!(
        "{} ends of access, {suffered} faults, {reads} reads let through, {refused} refused, {permits} questions permitted, {denied} denied; told after {:?} (median), {:?} (p99), {:?} at most{}",
        ended.len(),
        ended[ended.len() / 2],
        ended[ended.len() * 99 / 100],
        ended[ended.len() - 1],
        if can_skew { ", clocks 90 s apart from the database's" } else { "" },
    );
    assert!(ended.len() >= 3 && reads > 8 && refused > 20, "too little load");
    assert!(permits > 20 && denied > 20, "too few questions");
    drop(scene);
    check(&data, &place).await;
}

/// Every entry of every log, as it is stored.
async fn logs(store: &Store, tenants: &[TenantId]) -> Vec<Vec<u8>> {
    let mut reader = store.read().unwrap();
    let mut all = Vec::new();
    for tenant in tenants {
        let entries = reader.entries_from(*tenant, 0, 1_000_000).await.unwrap();
        all.extend(entries.into_iter().map(|entry| entry.bytes));
    }
    all
}

#[tokio::test]
async fn a_deployment_moves_from_sqlite_to_postgresql_with_its_logs() {
    let Ok(server) = std::env::var("VOUCHSAFE_TEST_POSTGRES") else { return };
    let folder = Folder::new();
    let data = folder.path().join("data");
    let clock = DemoClock::default();
    let options = Options { clock: Arc::new(clock.clone()), ..Options::default() };
    let store = Arc::new(Store::open(&data, options).unwrap());
    let world =
        build(&App::new(Arc::clone(&store)), &clock, 7, Sizes { people: 30, sign_ins: 40 }).await.unwrap();
    let before = logs(&store, &world.tenants).await;
    store.close().await;
    drop(store);
    drop(schema(&data));
    let name = std::fs::read_to_string(data.join("schema-of-the-test")).unwrap();
    let copy = || {
        let mut command = Command::new(SERVER);
        command.args([
            "copy",
            "--from",
            &format!("sqlite:{}", data.display()),
            "--to",
            &server,
            "--schema",
            &name,
        ]);
        command.output().unwrap()
    };
    let copied = copy();
    let said = String::from_utf8_lossy(&copied.stdout);
    assert!(copied.status.success(), "{said} {}", String::from_utf8_lossy(&copied.stderr));
    assert!(said.contains("rows were copied"), "{said}");
    let database = Database::Postgres(Box::new(schema(&data)));
    let moved = Arc::new(Store::open(&data, Options { database, ..Options::default() }).unwrap());
    assert_eq!(moved.provider(), world.tenants[0]);
    assert!(before.len() > 50);
    assert_eq!(logs(&moved, &world.tenants).await, before);
    let marta = world.account("Marta Kowal", world.tenants[3]).unwrap();
    let app = App::new(moved);
    let who = app.authenticate(&marta.token).await.unwrap();
    assert_eq!((who.tenant, who.user), (marta.who.tenant, marta.who.user));
    // A second time there is something there already.
    let again = copy();
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("holds another deployment"));
}
