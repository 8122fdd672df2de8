//! Receipts over HTTP: `GET /v1.0/auditLogs/directoryAudits/{id}/receipt` of entries of a log that has some thousands of
//! them, one after the other on one connection, beside the same connection asking for the entry alone.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::{Connection, drive, request};
use crate::rounds::{Goal, Series, Times, judged, line};
use crate::world::serve_published;
use crate::writes::{CLIENTS_MAX, open_cases, script};

/// How long the log grows before anything is timed.
const GROWS: Duration = Duration::from_secs(3);
/// Until every entry is under a checkpoint.
const PUBLISHED_AFTER: Duration = Duration::from_secs(3);
/// Entries whose receipts are asked for, in turn.
const ENTRIES: usize = 1_000;

/// Measures and prints.
pub(crate) async fn run(folder: &Path, rounds: usize, seconds: u64) {
    let served = serve_published(folder, 300).await;
    let (cases, token) = open_cases(&served).await;
    let scripts = cases[..CLIENTS_MAX].iter().map(|case| script(case, &token)).collect();
    drive(served.address, scripts, GROWS).await;
    tokio::time::sleep(PUBLISHED_AFTER).await;
    let mut connection = Connection::open(served.address).await;
    let log = format!("/v1.0/auditLogs/directoryAudits?$top={ENTRIES}&$count=true");
    let answer = connection.ask(&request("GET", &log, &token, "")).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(answer.body));
    let list: Value = serde_json::from_slice(answer.body).unwrap();
    let entries: Vec<String> = list["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| format!("/v1.0/auditLogs/directoryAudits/{}", entry["id"].as_str().unwrap()))
        .collect();
    let receipts: Vec<_> =
        entries.iter().map(|path| request("GET", &format!("{path}/receipt"), &token, "")).collect();
    let alone: Vec<_> = entries.iter().map(|path| request("GET", path, &token, "")).collect();
    let lasts = Duration::from_secs(seconds);
    let (mut with, mut without) = (Times::default(), Times::default());
    for _ in 0..rounds {
        without.push(timed(&mut connection, &alone, lasts).await);
        with.push(timed(&mut connection, &receipts, lasts).await);
    }
    println!(
        "receipts over HTTP, one client, a log of {} entries; {rounds} rounds of {seconds} s, {} receipts\n",
        list["@odata.count"],
        with.count()
    );
    judged("a receipt, p50", "ms", &with.medians(), Goal::Below(5.0));
    judged("a receipt, p99 over all", "ms", &Series(vec![with.percentile(0.99)]), Goal::Below(5.0));
    line("the entry alone, p50", "us", &Series(without.medians().0.iter().map(|ms| ms * 1_000.0).collect()));
}

/// Milliseconds of each request.
async fn timed(connection: &mut Connection, requests: &[Vec<u8>], lasts: Duration) -> Vec<f64> {
    let until = Instant::now() + lasts;
    let mut times = Vec::new();
    for request in requests.iter().cycle() {
        let begun = Instant::now();
        if begun >= until {
            break;
        }
        let answer = connection.ask(request).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(answer.body));
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    times
}
