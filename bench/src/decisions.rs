//! The decision point: in process beside a hash lookup and Cedar on the same rule, and over HTTP beside bare axum routes that
//! parse the same body and apply it.

mod bare;
#[cfg(feature = "cedar")]
mod cedar;
mod memory;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{Connection, Script, drive, request};
use crate::machine::Machine;
use crate::rounds::{Goal, Series, judged, line};
use crate::world::{Served, serve};

/// Connections that ask at once.
const CLIENTS: usize = 16;
/// Questions of one batch.
const BATCH: usize = 100;
/// Live grants of the small and of the large memory.
const FEW: usize = 1_000;
const MANY: usize = 1_000_000;

/// Measures and prints.
pub(crate) async fn run(folder: &Path, rounds: usize, seconds: u64) {
    let machine = Machine::watch();
    machine.print(folder);
    in_process(rounds);
    over_http(folder, rounds, Duration::from_secs(seconds)).await;
    machine.print_end();
}

/// Nanoseconds of processor time a decision.
fn in_process(rounds: usize) {
    let (few, many) = (memory::Memory::of(FEW), memory::Memory::of(MANY));
    let mut figures: [Series; 4] = Default::default();
    #[cfg(feature = "cedar")]
    let (cedar, mut of_cedar) = (cedar::Cedar::of(FEW), Series::default());
    for _ in 0..rounds {
        figures[0].0.push(few.lookups());
        figures[1].0.push(few.decisions());
        figures[2].0.push(many.lookups());
        figures[3].0.push(many.decisions());
        #[cfg(feature = "cedar")]
        of_cedar.0.push(cedar.decisions());
    }
    println!("\na decision in process, random keys; {rounds} rounds\n");
    line(&format!("one look into a HashMap, {FEW} live grants"), "ns", &figures[0]);
    judged(&format!("decision, {FEW} live grants"), "ns", &figures[1], Goal::AtMost(150.0));
    line(&format!("one look into a HashMap, {MANY} live grants"), "ns", &figures[2]);
    judged(&format!("decision, {MANY} live grants"), "ns", &figures[3], Goal::AtMost(400.0));
    #[cfg(feature = "cedar")]
    {
        line(&format!("Cedar, the same rule, {FEW} cases, request ready"), "ns", &of_cedar);
        judged("Cedar / decision", "x", &of_cedar.over(&figures[1]), Goal::AtLeast(20.0));
    }
    #[cfg(not(feature = "cedar"))]
    println!("Cedar is measured with --features cedar.");
}

async fn over_http(folder: &Path, rounds: usize, lasts: Duration) {
    let served = serve(folder, 300).await;
    let (question, token) = permitted(&served).await;
    let bare = bare::serve(question.clone()).await;
    let one = question.to_string();
    let batch = batch(&question);
    let mut figures: [Series; 5] = Default::default();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        for (n, address, path, body) in [
            (0, bare, "/hello", ""),
            (1, bare, "/evaluation", one.as_str()),
            (2, served.address, "/access/v1/evaluation", one.as_str()),
            (3, bare, "/evaluations", batch.as_str()),
            (4, served.address, "/access/v1/evaluations", batch.as_str()),
        ] {
            let method = if body.is_empty() { "GET" } else { "POST" };
            let script = Script { requests: vec![request(method, path, &token, body)] };
            figures[n].0.push(drive(address, vec![script; CLIENTS], lasts).await);
        }
    }
    println!("\nover HTTP, {CLIENTS} connections; {rounds} rounds of {lasts:?}\n");
    line("axum, hello", "/s", &figures[0]);
    line("axum, body parsed and rule applied", "/s", &figures[1]);
    line("Vouchsafe, evaluation", "/s", &figures[2]);
    line(&format!("axum, {BATCH} parsed and decided"), "/s", &figures[3]);
    line(&format!("Vouchsafe, evaluations of {BATCH}"), "/s", &figures[4]);
    println!();
    judged("one: Vouchsafe / bare axum", "x", &figures[2].over(&figures[1]), Goal::AtLeast(0.9));
    judged("batch: Vouchsafe / bare axum", "x", &figures[4].over(&figures[3]), Goal::AtLeast(0.8));
}

/// A question that is permitted, and the token of a service that may ask it.
async fn permitted(served: &Served) -> (Value, String) {
    let world = &served.world;
    let token = world.tokens.iter().find(|token| token.purpose == "decisionPoint").unwrap().token.clone();
    let mut connection = Connection::open(served.address).await;
    for engineer in
        world.people.iter().filter(|person| person.roles.iter().any(|role| role == "Support Engineer"))
    {
        let ask = request("GET", "/v1.0/support/grants", &engineer.token, "");
        let grants: Value = serde_json::from_slice(connection.ask(&ask).await.body).unwrap();
        for grant in grants["value"].as_array().unwrap() {
            if grant["status"] == "live" && grant["source"] != "collection" {
                let question = json!({
                    "subject": { "type": "engineer", "id": engineer.who.user.to_string() },
                    "action": { "name": "read" },
                    "resource": {
                        "type": "diagnosticData", "id": "any",
                        "properties": { "tenantId": grant["tenantId"], "category": grant["dataCategories"][0] },
                    },
                    "context": { "supportRequestId": grant["supportRequestId"] },
                });
                let ask = request("POST", "/access/v1/evaluation", &token, &question.to_string());
                assert_eq!(connection.ask(&ask).await.body, br#"{"decision":true}"#);
                return (question, token);
            }
        }
    }
    panic!("nobody has access in the demo's world");
}

/// A batch: what all have in common, and what is each one's own.
fn batch(question: &Value) -> String {
    let own = json!({ "resource": question["resource"] });
    json!({
        "subject": question["subject"], "action": question["action"], "context": question["context"],
        "evaluations": vec![own; BATCH],
    })
    .to_string()
}
