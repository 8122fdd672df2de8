//! Reveals over HTTP: asked by the engineer, decided by the tenant of the data, shown for a quarter of an hour.

use serde_json::{Value, json};
use vouchsafe_core::time::Duration;

use crate::house::*;
use crate::rows::*;

async fn rows(house: &House, stage: &Stage) -> Vec<Value> {
    let path = format!("{}/auditLogs/signIns", house.base(stage.id("payroll"), Org::Adatum));
    let ask = Ask::get(path).with("vouchsafe-grant", stage.id("grant")).query(&[("$top", "1000")]);
    house.ok(INES, ask).await["value"].as_array().unwrap().clone()
}

/// The first sign-in of a person with everything that the tests ask for.
fn of_a_person(rows: &[Value]) -> usize {
    let filled = |row: &Value, name: &str| row[name].as_str().is_some_and(|text| !text.is_empty());
    let whole = |row: &&Value| {
        ["userId", "userPrincipalName", "ipAddress", "userAgent"].iter().all(|name| filled(row, name))
    };
    let first = rows.iter().find(whole).unwrap();
    rows.iter().position(|row| row == first).unwrap()
}

async fn asked(house: &House, stage: &Stage, property: &str, value: &str) -> Value {
    let path = format!("/v1.0/support/grants/{}/reveals", stage.id("grant"));
    house.ok(INES, Ask::post(path, &json!({ "property": property, "value": value }))).await
}

fn decide(reveal: &Value, how: &str) -> Ask {
    Ask::post(format!("/v1.0/support/reveals/{}/{how}", text(&reveal["id"])), &json!({}))
}

#[tokio::test]
async fn one_person_shows_in_clear_for_a_quarter_of_an_hour_and_the_read_says_so() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let truth = house.list(NOOR, "/v1.0/auditLogs/signIns").await;
    let masked = rows(&house, &stage).await;
    let n = of_a_person(&masked);
    let reveal = asked(&house, &stage, "userPrincipalName", &text(&masked[n]["userPrincipalName"])).await;
    assert_eq!((&reveal["status"], &reveal["value"]), (&json!("pending"), &Value::Null));
    assert_eq!(rows(&house, &stage).await, masked, "asking shows nothing");
    let list = format!("/v1.0/support/grants/{}/reveals", stage.id("grant"));
    let own = house.ok(YUKI, Ask::get(&list)).await["value"][2].clone();
    assert_eq!((&own["value"], &own["shown"]), (&truth[n]["userId"], &masked[n]["userPrincipalName"]));
    assert_eq!(house.ok(INES, Ask::get(&list)).await["value"][2]["value"], Value::Null);
    house.ok(YUKI, decide(&reveal, "approve")).await;
    let shown = rows(&house, &stage).await;
    for ((shown, masked), truth) in shown.iter().zip(&masked).zip(&truth) {
        let hers = truth["userId"] == own["value"];
        for name in ["userId", "userPrincipalName", "userDisplayName"] {
            assert_eq!(&shown[name], if hers { &truth[name] } else { &masked[name] }, "{name}");
        }
        assert_eq!((&shown["id"], &shown["ipAddress"]), (&masked["id"], &masked["ipAddress"]));
    }
    let reads = house.list(YUKI, &format!("/v1.0/support/grants/{}/reads", stage.id("grant"))).await;
    let revealed = |read: &Value| {
        let all = read["properties"].as_array().unwrap().iter();
        all.filter(|property| property["revealed"] == true).map(|p| text(&p["name"])).collect::<Vec<_>>()
    };
    assert_eq!(revealed(&reads[0]), ["userDisplayName", "userId", "userPrincipalName"]);
    assert!(revealed(&reads[1]).is_empty());
    house.clock.advance(Duration::minutes(16));
    assert_eq!(rows(&house, &stage).await, masked);
    assert_eq!(house.ok(YUKI, Ask::get(&list)).await["value"][2]["status"], "ended");
    let log = house.list(NOOR, "/v1.0/auditLogs/directoryAudits").await;
    let revealed: Vec<_> =
        log.iter().filter(|entry| entry["activityDisplayName"] == "Value revealed").collect();
    assert_eq!(revealed.len(), 1);
    assert!(revealed[0]["additionalDetails"].to_string().contains(&text(&truth[n]["userId"])));
}

#[tokio::test]
async fn a_rejected_value_stays_masked_and_nobody_decides_twice() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let masked = rows(&house, &stage).await;
    let n = of_a_person(&masked);
    let reveal = asked(&house, &stage, "ipAddress", &text(&masked[n]["ipAddress"])).await;
    assert_eq!(house.ok(YUKI, decide(&reveal, "reject")).await["status"], "rejected");
    assert_eq!(rows(&house, &stage).await, masked);
    house.refused(YUKI, decide(&reveal, "approve"), "409 conflict").await;
    let late = asked(&house, &stage, "ipAddress", &text(&masked[n]["ipAddress"])).await;
    house.ok(YUKI, Ask::post(format!("/v1.0/support/grants/{}/remove", stage.id("grant")), &json!({}))).await;
    house.refused(YUKI, decide(&late, "approve"), "409 alreadyEnded").await;
}

#[tokio::test]
async fn what_cannot_be_asked_for_says_why_and_where() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let masked = rows(&house, &stage).await;
    let n = of_a_person(&masked);
    let path = format!("/v1.0/support/grants/{}/reveals", stage.id("grant"));
    for (property, value, place) in [
        ("appDisplayName", "Payroll".to_owned(), "/property"),
        ("userAgent", text(&masked[n]["userAgent"]), "/value"),
        ("ipAddress", "203.0.113.0/24".to_owned(), "/value"),
        ("userId", " ".to_owned(), "/value"),
    ] {
        let body = json!({ "property": property, "value": value });
        let refused = house.refused(INES, Ask::post(&path, &body), "400 invalidRequest").await;
        assert_eq!(refused["errors"][0]["pointer"], place, "{property}");
    }
    let good = json!({ "property": "userId", "value": masked[n]["userId"] });
    for (who, verdict) in [(YUKI, "403 forbidden"), (JONAS, "404 notFound"), (ALEX, "404 notFound")] {
        house.refused(who, Ask::post(&path, &good), verdict).await;
    }
}
