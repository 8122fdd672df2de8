//! `ETag` and `If-Match`; `Idempotency-Key`.

use serde_json::{Value, json};
use vouchsafe_core::time::Duration;

use crate::house::*;
use crate::rows::*;

#[tokio::test]
async fn every_change_of_a_resource_gives_it_another_tag_and_a_stale_one_changes_nothing() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let case = |name: &str, act: &str| format!("/v1.0/support/requests/{}{act}", stage.id(name));
    let access = |name: &str, act: &str| format!("/v1.0/support/accessRequests/{}{act}", stage.id(name));
    let grant = |act: &str| format!("/v1.0/support/grants/{}{act}", stage.id("removing"));
    let policy = "/v1.0/policies/supportAccess";
    let hand_over = json!({ "engineerId": stage.id("jonas"), "reason": "Shift." });
    for (who, thing, act) in [
        (MARTA, case("laptops", ""), Ask::patch(case("laptops", ""), &json!({ "severity": "critical" }))),
        (
            MARTA,
            case("closing", ""),
            Ask::post(case("closing", "/close"), &json!({ "resolution": "resolved" })),
        ),
        (MARTA, case("closed", ""), Ask::post(case("closed", "/reopen"), &json!({}))),
        (INES, case("handed", ""), Ask::post(case("handed", "/assign"), &hand_over)),
        (YUKI, access("approving", ""), Ask::post(access("approving", "/approve"), &json!({}))),
        (YUKI, access("rejecting", ""), Ask::post(access("rejecting", "/reject"), &json!({}))),
        (YUKI, access("revoking", ""), Ask::post(access("revoking", "/revoke"), &json!({}))),
        (YUKI, grant(""), Ask::post(grant("/remove"), &json!({}))),
        (YUKI, policy.to_owned(), Ask::patch(policy, &json!({ "maxDuration": "P9D" }))),
    ] {
        let line = format!("{} {}", act.method, act.path);
        let seen = house.send(who, Ask::get(&thing)).await;
        let tag = seen.header("etag").unwrap_or_else(|| panic!("{thing} has no ETag")).to_owned();
        let before = house.log_sizes().await;
        let stale = act.clone().with("if-match", "\"999999\"");
        house.refused(who, stale, "412 preconditionFailed").await;
        assert_eq!(house.log_sizes().await, before, "{line}");
        let done = house.send(who, act.with("if-match", tag.clone())).await;
        assert_eq!(done.status, 200, "{line}: {}", done.text());
        let after = house.send(MARTA, Ask::get(&thing)).await;
        assert_ne!(after.header("etag"), Some(tag.as_str()), "{line}");
        if done.header("etag").is_some() {
            assert_eq!(done.header("etag"), after.header("etag"), "{line}: the answer carries the new tag");
        }
    }
}

#[tokio::test]
async fn a_star_matches_any_version_and_a_vote_on_consent_looks_at_the_tag_too() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let path = format!("/v1.0/support/requests/{}", stage.id("payroll"));
    house.ok(MARTA, Ask::patch(&path, &json!({ "severity": "minimal" })).with("if-match", "*")).await;
    for act in ["approve", "reject"] {
        let vote = Ask::post(format!("{path}/consent/{act}"), &json!({})).with("if-match", "\"999999\"");
        house.refused(MARTA, vote, "412 preconditionFailed").await;
    }
}

#[tokio::test]
async fn two_writers_with_the_same_tag_one_is_told() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let path = format!("/v1.0/support/requests/{}", stage.id("laptops"));
    let tag = house.send(MARTA, Ask::get(&path)).await.header("etag").unwrap().to_owned();
    let write =
        |severity: &str| Ask::patch(&path, &json!({ "severity": severity })).with("if-match", tag.clone());
    let (one, other) = tokio::join!(house.send(MARTA, write("minimal")), house.send(YUKI, write("critical")));
    let mut verdicts = [one.verdict(), other.verdict()];
    verdicts.sort();
    assert_eq!(verdicts, ["200", "412 preconditionFailed"]);
}

/// An answer without what is shown once.
fn kept(reply: &Reply) -> String {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&reply.bytes) else { return reply.text() };
    for once in ["temporaryAccessPass", "enrolmentUrl", "token", "code"] {
        body.remove(once);
    }
    Value::Object(body).to_string()
}

#[tokio::test]
async fn a_repeated_call_with_its_key_gets_the_first_answer_and_happens_once() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    for row in rows().filter(|row| row.method() == http::Method::POST && !row.is_import()) {
        if row.answers.starts_with('4') {
            continue;
        }
        let ask = row.good(&stage).with("idempotency-key", "one-key");
        // Who has handed a case over sees no more of it, not even the answer.
        let by = if row.template().ends_with("/assign") { RUTH } else { row.by };
        let first = house.send(by, ask.clone()).await;
        assert_eq!(first.verdict(), row.answers, "{}: {}", row.operation, first.text());
        let before = house.log_sizes().await;
        let again = house.send(by, ask.clone()).await;
        assert_eq!((again.status, kept(&again)), (first.status, kept(&first)), "{}", row.operation);
        assert_eq!(again.header("etag"), first.header("etag"), "{}", row.operation);
        let mut other = (row.body.unwrap())(&stage);
        let text = if other.get("reason").is_some() || other == json!({}) { "reason" } else { "title" };
        let known = other.get(text).is_some();
        if known {
            other[text] = json!("Something else altogether.");
            house.refused(by, ask.json(&other), "422 idempotencyMismatch").await;
        } else {
            let spaced = format!("{} ", (row.body.unwrap())(&stage));
            house.refused(by, ask.raw("application/json", spaced), "422 idempotencyMismatch").await;
        }
        assert_eq!(house.log_sizes().await, before, "{}", row.operation);
    }
}

#[tokio::test]
async fn keys_are_of_one_person_and_one_path_and_last_a_day() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let open = Ask::post("/v1.0/support/requests", &new_case(&stage)).with("idempotency-key", "k");
    let first = text(&house.ok(MARTA, open.clone()).await["id"]);
    let hers = text(&house.ok(YUKI, open.clone()).await["id"]);
    assert_ne!(first, hers, "the same key of somebody else is another key");
    let message = json!({ "body": "Hello." });
    let to = |case: &str| {
        Ask::post(format!("/v1.0/support/requests/{case}/messages"), &message).with("idempotency-key", "k")
    };
    let (one, other) = (house.ok(MARTA, to(&first)).await, house.ok(MARTA, to(&hers)).await);
    assert_ne!(one["id"], other["id"], "the same key on another path is another key");
    house.clock.advance(Duration::hours(23));
    assert_eq!(house.ok(MARTA, open.clone()).await["id"], json!(first));
    house.clock.advance(Duration::hours(2));
    let later = text(&house.ok(MARTA, open.clone()).await["id"]);
    assert_ne!(later, first, "a key is forgotten after 24 hours");
    assert_eq!(house.ok(MARTA, open).await["id"], json!(later), "and may be used anew");
}

#[tokio::test]
async fn a_refused_call_does_not_use_its_key_up() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let mut body = new_case(&stage);
    body["problemType"] = json!("signIn/nothing");
    let open = |body| Ask::post("/v1.0/support/requests", body).with("idempotency-key", "k");
    house.refused(MARTA, open(&body), "400 invalidRequest").await;
    house.ok(MARTA, open(&new_case(&stage))).await;
}

#[tokio::test]
async fn a_repeated_call_is_authorised_anew() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let path = format!("/v1.0/support/requests/{}", stage.id("handed"));
    let message =
        Ask::post(format!("{path}/messages"), &json!({ "body": "Hello." })).with("idempotency-key", "k");
    house.ok(INES, message.clone()).await;
    let hand_over = json!({ "engineerId": stage.id("jonas"), "reason": "Shift." });
    house.ok(INES, Ask::post(format!("{path}/assign"), &hand_over)).await;
    let again = house.send(INES, message).await.verdict();
    assert!(["403 forbidden", "404 notFound"].contains(&again.as_str()), "{again}");
}

#[tokio::test]
async fn two_calls_at_once_with_one_key_happen_once() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let open = Ask::post("/v1.0/support/requests", &new_case(&stage)).with("idempotency-key", "k");
    let (one, other) = tokio::join!(house.ok(MARTA, open.clone()), house.ok(MARTA, open));
    assert_eq!(one, other);
}
