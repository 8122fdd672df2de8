//! Removing access among three nodes on one PostgreSQL: from the call to its answer, when no node permits any more; beside a
//! commit and a message of PostgreSQL on the same server.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio_postgres::{AsyncMessage, Client, NoTls};
use vouchsafe_app::{App, Call, OpenCommand};
use vouchsafe_core::consent::Consent;
use vouchsafe_core::live_access::{AccessQuestion, AskedAbout, Asker};
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::support_request::command::NewRequest;
use vouchsafe_core::support_request::{Resolution, Severity};
use vouchsafe_core::time::Timestamp;
use vouchsafe_server::demo::{DemoClock, Sizes, World, build};
use vouchsafe_store::{Database, Options, PostgresUrl, Store};

use crate::machine::Machine;
use crate::rounds::Times;
use vouchsafe_testkit::cluster::{Cluster, SUPERUSER};

const NODES: usize = 3;
/// Removals of one round.
const REMOVALS: usize = 60;

/// Measures and prints.
pub(crate) async fn run(folder: &Path, rounds: usize) {
    let machine = Machine::watch();
    machine.print(folder);
    let Some(cluster) = Cluster::start(&folder.join("postgres"), &[]) else {
        println!("PostgreSQL was not found on this machine: nothing is measured.");
        return;
    };
    let host = cluster.socket().to_str().unwrap().replace('/', "%2F");
    let url = format!("postgres://{SUPERUSER}@{host}/postgres");
    let (stop, stopped) = watch::channel(false);
    let (world, nodes) = nodes(folder, &url, &stopped).await;
    let bare = Bare::on(&url).await;
    let (mut removed, mut bared) = (Times::default(), Times::default());
    let mut permitted_after = 0;
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for n in 0..REMOVALS {
            theirs.push(bare.commit_and_notify().await);
            let (took, after) = removal(&world, &nodes, n).await;
            ours.push(took);
            permitted_after += after;
        }
        removed.push(ours);
        bared.push(theirs);
    }
    stop.send_replace(true);
    println!("\nremove access among {NODES} nodes; {rounds} rounds of {REMOVALS} removals; milliseconds\n");
    for (name, times) in
        [("PostgreSQL: commit, then NOTIFY heard", &bared), ("remove, until it is answered", &removed)]
    {
        let [p50, p99, most] = [0.5, 0.99, 1.0].map(|share| times.percentile(share));
        println!("{name:<40} p50 {p50:>8.2}   p99 {p99:>8.2}   max {most:>8.2}   ({} times)", times.count());
    }
    let (ours, theirs) = (removed.percentile(0.99), bared.percentile(0.99));
    let verdict = if ours <= theirs + 10.0 { "reached" } else { "NOT REACHED" };
    println!("p99 over p99 of commit and NOTIFY: {:.2} ms more   to reach: <= 10   {verdict}", ours - theirs);
    println!("questions permitted after an answer: {permitted_after}");
    machine.print_end();
}

/// The demo's world, and three nodes that have joined each other.
async fn nodes(folder: &Path, url: &str, stopped: &watch::Receiver<bool>) -> (World, Vec<App>) {
    let url = PostgresUrl::parse(url).unwrap();
    let open = |clock: Option<DemoClock>| {
        let mut options =
            Options { database: Database::Postgres(Box::new(url.clone())), ..Options::default() };
        if let Some(clock) = clock {
            options.clock = Arc::new(clock);
        }
        App::new(Arc::new(Store::open(&folder.join("vouchsafe"), options).unwrap()))
    };
    let clock = DemoClock::default();
    let world =
        build(&open(Some(clock.clone())), &clock, 1, Sizes { people: 30, sign_ins: 100 }).await.unwrap();
    let nodes: Vec<App> = (0..NODES).map(|_| open(None).among_nodes()).collect();
    for node in &nodes {
        let (node, stopped) = (node.clone(), stopped.clone());
        tokio::spawn(async move { node.remember_live_access(stopped).await });
    }
    while nodes.iter().any(|node| node.store().asking().is_none()) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    (world, nodes)
}

/// Opens a case with consent, lets each node permit, removes the grant. Gives the milliseconds of the removal, and how many
/// nodes permitted after its answer.
async fn removal(world: &World, nodes: &[App], n: usize) -> (f64, usize) {
    let person = world.account("Marta Kowal", world.tenants[3]).unwrap();
    let call = Call::from(person.who);
    let new = NewRequest {
        title: "Sign-ins fail".to_owned(),
        description: "Since this morning.".to_owned(),
        severity: Severity::Moderate,
        service: "identity".to_owned(),
        problem_type: "signIn/conditionalAccess".to_owned(),
        contact: None,
        resource_tenants: Vec::new(),
    };
    let command = OpenCommand { new, allow_advanced_diagnostics: true };
    let case = nodes[n % NODES].open_request(&call, command).await.unwrap().request;
    let Consent::Given { grant, .. } = case.consent else { panic!("{:?}", case.consent) };
    let question = AccessQuestion {
        engineer: case.engineer().unwrap(),
        tenant: case.tenant,
        category: DataCategory::SignInLogs,
        case: case.id,
    };
    let until = Timestamp::from_micros(i64::MAX);
    let asker =
        Asker { tenant: person.who.tenant, user: person.who.user, about: AskedAbout::Everybody, until };
    for node in nodes {
        assert_eq!(node.evaluate(&asker, &[Some(question)], |_| true).await, [true]);
    }
    let begun = Instant::now();
    nodes[n % NODES].remove_grant(&call, grant, None).await.unwrap();
    let took = begun.elapsed().as_secs_f64() * 1_000.0;
    let mut after = 0;
    for node in nodes {
        after += usize::from(node.evaluate(&asker, &[Some(question)], |_| true).await == [true]);
    }
    nodes[n % NODES].close(&call, case.id, Resolution::Resolved).await.unwrap();
    (took, after)
}

/// Two connections: one commits and tells, the other hears.
struct Bare {
    client: Client,
    heard: tokio::sync::Mutex<mpsc::UnboundedReceiver<()>>,
}

impl Bare {
    async fn on(url: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute("CREATE TABLE bare (n BIGINT)").await.unwrap();
        let (listener, mut connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        let (tell, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(Ok(message)) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
                if matches!(message, AsyncMessage::Notification(_)) {
                    let _ = tell.send(());
                }
            }
        });
        listener.batch_execute("LISTEN bare").await.unwrap();
        // Kept to the end of the program.
        std::mem::forget(listener);
        Self { client, heard: tokio::sync::Mutex::new(heard) }
    }

    /// Milliseconds until a row is durable and the other connection has heard of it.
    async fn commit_and_notify(&self) -> f64 {
        let begun = Instant::now();
        self.client.execute("INSERT INTO bare VALUES (1)", &[]).await.unwrap();
        self.client.batch_execute("NOTIFY bare").await.unwrap();
        self.heard.lock().await.recv().await.unwrap();
        begun.elapsed().as_secs_f64() * 1_000.0
    }
}
