//! Lifecycle writes: `PATCH …/support/requests/{id}` changes the severity, which writes the request's row, an audit
//! entry with its leaf, the log head and the outbox.

use std::path::Path;
use std::time::Duration;

use crate::bare::{Bare, Sample};
use crate::http::{Connection, Script, drive, request};
use crate::postgres::Postgres;
use crate::rounds::{Series, line, ratio};
use crate::world::{Served, serve};

/// Clients at most. Each writes to a support request of its own, so that every request changes something.
pub(crate) const CLIENTS_MAX: usize = 256;

/// Measures and prints.
pub(crate) async fn run(folder: &Path, rounds: usize, seconds: u64) {
    let lasts = Duration::from_secs(seconds);
    let served = serve(folder, 300).await;
    let (cases, token) = open_cases(&served).await;
    let scripts = |clients: usize| -> Vec<Script> {
        cases[..clients].iter().map(|case| script(case, &token)).collect()
    };
    drive(served.address, scripts(CLIENTS_MAX), Duration::from_millis(300)).await;
    // Two files, so that what the groups leave behind does not slow the single commits down.
    let sample = || Sample::of(&folder.join("vouchsafe/state.sqlite"));
    let mut bare = Bare::like(sample(), &folder.join("bare.sqlite"));
    let mut grouped = Bare::like(sample(), &folder.join("grouped.sqlite"));
    let mut postgres = Postgres::start(folder, &sample());
    let mut figures: [Series; 7] = Default::default();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        figures[0].0.push(bare.write(1, lasts));
        figures[1].0.push(drive(served.address, scripts(1), lasts).await);
        figures[2].0.push(grouped.write(512, lasts));
        figures[3].0.push(drive(served.address, scripts(256), lasts).await);
        figures[4].0.push(drive(served.address, scripts(32), lasts).await);
        if let Some(postgres) = &mut postgres {
            figures[5].0.push(postgres.plain(32, seconds));
            figures[6].0.push(postgres.chained(32, seconds));
        }
    }
    println!(
        "lifecycle write (row, audit entry, leaf, outbox), durable before the answer; {rounds} rounds of {seconds} s\n"
    );
    let sample = sample();
    println!(
        "a document of {} bytes, an entry of {} with its leaf; SQLite also {} bytes of openings, two outbox items, the log head once a group\n",
        sample.document().len(),
        sample.entry().0.len(),
        sample.openings().len(),
    );
    line("bare SQLite, the same rows, one commit each", "/s", &figures[0]);
    line("Vouchsafe over HTTP, 1 client", "/s", &figures[1]);
    line("bare SQLite, groups of 512", "/s", &figures[2]);
    line("Vouchsafe over HTTP, 256 clients", "/s", &figures[3]);
    line("Vouchsafe over HTTP, 32 clients", "/s", &figures[4]);
    if postgres.is_some() {
        line("PostgreSQL, the same rows, 32 clients", "/s", &figures[5]);
        line("PostgreSQL, the same with a hash chain under a lock, 32 clients", "/s", &figures[6]);
    }
    println!();
    ratio("1 client / bare SQLite", &figures[1].over(&figures[0]), ">= 0.6");
    ratio("256 clients / bare SQLite in groups of 512", &figures[3].over(&figures[2]), ">= 0.3");
    if postgres.is_some() {
        ratio("32 clients / plain PostgreSQL", &figures[4].over(&figures[5]), ">= 2.5");
        ratio("32 clients / PostgreSQL with a locked chain", &figures[4].over(&figures[6]), ">= 15");
    } else {
        println!("PostgreSQL was not found on this machine: its two ratios are not measured.");
    }
}

/// Measures Vouchsafe without its peers, and what a request costs: time of both cores, load included.
pub(crate) async fn alone(folder: &Path, rounds: usize, seconds: u64, clients: usize) {
    let served = serve(folder, 300).await;
    let (cases, token) = open_cases(&served).await;
    let scripts = || cases[..clients].iter().map(|case| script(case, &token)).collect();
    drive(served.address, scripts(), Duration::from_millis(300)).await;
    let (mut rates, mut costs) = (Series::default(), Series::default());
    for _ in 0..rounds {
        let before = processor_micros();
        let rate = drive(served.address, scripts(), Duration::from_secs(seconds)).await;
        costs.0.push((processor_micros() - before) / (rate * seconds as f64));
        rates.0.push(rate);
    }
    line(&format!("Vouchsafe over HTTP, {clients} clients"), "/s", &rates);
    line("processor time of a request and its load", "us", &costs);
}

/// Processor time of this process so far, user and system.
fn processor_micros() -> f64 {
    /// Length of the kernel's clock tick (`sysconf(_SC_CLK_TCK)` is 100 on Linux).
    const TICK_MICROS: f64 = 10_000.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) * TICK_MICROS
}

/// Opens a support request for every client, all of one tenant; also gives the token of somebody who may change them.
pub(crate) async fn open_cases(served: &Served) -> (Vec<String>, String) {
    let person = served
        .world
        .people
        .iter()
        .find(|person| person.roles.iter().any(|role| role == "Global Administrator"));
    let token = person.unwrap().token.clone();
    let case = r#"{"title": "Sign-ins fail", "description": "People at one site cannot sign in since this morning.",
        "severity": "moderate", "service": "identity", "problemType": "signIn/conditionalAccess",
        "allowAdvancedDiagnostics": false,
        "contact": {"name": "Uta Brandt", "email": "uta@example.com", "language": "en", "timeZone": "Europe/Berlin"}}"#;
    let open = request("POST", "/v1.0/support/requests", &token, case);
    let mut connection = Connection::open(served.address).await;
    let mut cases = Vec::with_capacity(CLIENTS_MAX);
    for _ in 0..CLIENTS_MAX {
        let answer = connection.ask(&open).await;
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(answer.body));
        let opened: serde_json::Value = serde_json::from_slice(answer.body).unwrap();
        cases.push(opened["id"].as_str().unwrap().to_owned());
    }
    (cases, token)
}

pub(crate) fn script(case: &str, token: &str) -> Script {
    let path = format!("/v1.0/support/requests/{case}");
    let change = |severity: &str| request("PATCH", &path, token, &format!(r#"{{"severity":"{severity}"}}"#));
    Script { requests: vec![change("minimal"), change("moderate"), change("critical")] }
}
