//! The database gives a unit of work up in favour of others, at each of its statements in turn: the request succeeds all
//! the same, and has its effect once. Where it goes on giving up, the answer is 503 and nothing has changed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::house::{Ask, House, MARTA, Somebody, YUKI};
use crate::rows::{Stage, new_case};

/// Entries of all logs.
async fn entries(house: &House) -> u64 {
    house.log_sizes().await.iter().sum()
}

/// Sends what `ask` makes, again and again, while one statement more of it is given up each time, until none is left.
/// Gives the number of statements that were given up.
async fn at_every_statement(house: &House, who: Somebody, mut ask: impl AsyncFnMut() -> Ask) -> u32 {
    let mut entries_each = BTreeMap::new();
    for nth in 1..200 {
        let ask = ask().await;
        let before = entries(house).await;
        house.faults.give_up(Some(nth));
        let reply = house.send(who, ask.clone()).await;
        let fired = house.faults.gave_up();
        house.faults.give_up(None);
        assert!(reply.status < 300, "{} without statement {nth}: {}", ask.path, reply.text());
        let more = entries(house).await - before;
        assert_eq!(
            *entries_each.entry(ask.path.clone()).or_insert(more),
            more,
            "{} without statement {nth}",
            ask.path
        );
        if !fired {
            assert!(more > 0, "{} writes", ask.path);
            return nth - 1;
        }
    }
    panic!("there is no end of statements");
}

#[tokio::test]
async fn a_unit_of_work_that_was_given_up_is_done_again_from_its_beginning() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let mut given_up = 0;
    let open = || async { Ask::post("/v1.0/support/requests", &new_case(&stage)) };
    given_up += at_every_statement(&house, MARTA, open).await;
    let case = house.ok(MARTA, open().await).await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1.0/support/requests/{case}");
    let mut number = 0;
    let message = async || {
        number += 1;
        Ask::post(format!("{path}/messages"), &json!({ "body": format!("Any news? {number}") }))
    };
    given_up += at_every_statement(&house, MARTA, message).await;
    let mut open_now = true;
    let close_and_reopen = async || {
        let act = if open_now { "close" } else { "reopen" };
        let body = if open_now { json!({ "resolution": "resolved" }) } else { json!({}) };
        open_now = !open_now;
        Ask::post(format!("{path}/{act}"), &body)
    };
    given_up += at_every_statement(&house, MARTA, close_and_reopen).await;
    let mut days = 1;
    let policy = async || {
        days = days % 20 + 1;
        Ask::patch("/v1.0/policies/supportAccess", &json!({ "idlePause": format!("P{days}D") }))
    };
    given_up += at_every_statement(&house, YUKI, policy).await;
    assert!(given_up > 30, "{given_up} statements");
    let report = house.app.fsck(None).await.unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_given_up_again_and_again_is_503_and_changes_nothing() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let before = house.snapshot().await;
    house.faults.give_up(Some(0));
    let reply = house.send(MARTA, Ask::post("/v1.0/support/requests", &new_case(&stage))).await;
    house.faults.give_up(None);
    assert_eq!(reply.verdict(), "503 unavailable");
    assert!(reply.header("retry-after").is_some());
    assert_eq!(house.snapshot().await, before);
    let answer: Value = house.ok(MARTA, Ask::post("/v1.0/support/requests", &new_case(&stage))).await;
    assert!(answer["id"].is_string());
}
