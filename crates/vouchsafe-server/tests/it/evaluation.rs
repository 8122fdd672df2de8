//! The decision point, as OpenID AuthZEN Authorization API 1.0 and its certification harness ask for it, and as
//! `lifecycle.md`, *Effective access*, decides.

use http::header;
use serde_json::{Value, json};

use crate::house::*;

const ONE: &str = "/access/v1/evaluation";
const SEVERAL: &str = "/access/v1/evaluations";
const DENIED: &str = r#"{"decision":false}"#;

/// May Ines read Adatum's sign-ins for this case?
fn question(house: &House, case: &str) -> Value {
    json!({
        "subject": { "type": "engineer", "id": house.world.account(INES_NAME, house.tenant(Org::Provider)).unwrap().who.user.to_string() },
        "action": { "name": "read" },
        "resource": { "type": "diagnosticData", "id": "any", "properties": { "tenantId": house.tenant(Org::Adatum), "category": "signInLogs" } },
        "context": { "supportRequestId": case },
    })
}

const INES_NAME: &str = "Ines Okafor";

async fn decides(house: &House, who: Somebody, question: &Value) -> bool {
    let answer = house.ok(who, Ask::post(ONE, question)).await;
    assert_eq!(answer.as_object().unwrap().len(), 1, "{answer}");
    answer["decision"].as_bool().unwrap()
}

#[tokio::test]
async fn access_is_permitted_while_it_is_live_and_no_longer() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let asked = question(&house, &case);
    assert!(decides(&house, INES, &asked).await, "the demo's access is live");
    let all = json!({ "supportRequestId": case });
    house.ok(YUKI, Ask::post("/v1.0/support/grants/removeAll", &all)).await;
    assert!(!decides(&house, INES, &asked).await);
    let ask = json!({
        "resourceTenantId": house.tenant(Org::Adatum), "dataCategories": ["signInLogs"],
        "reasonCode": "troubleshooting", "justification": "The sign-in log should show which policy refuses them.",
    });
    let path = format!("/v1.0/support/requests/{case}/accessRequests");
    let request = text(&house.ok(INES, Ask::post(path, &ask)).await["id"]);
    assert!(!decides(&house, INES, &asked).await, "it is only pending");
    house.ok(YUKI, Ask::post(format!("/v1.0/support/accessRequests/{request}/approve"), &json!({}))).await;
    assert!(decides(&house, INES, &asked).await);
    assert!(decides(&house, YUKI, &asked).await, "a tenant may ask about its own data");
    for (pointer, other) in [
        (
            "/subject/id",
            json!(
                house
                    .world
                    .account("Jonas Lindqvist", house.tenant(Org::Provider))
                    .unwrap()
                    .who
                    .user
                    .to_string()
            ),
        ),
        ("/subject/type", json!("user")),
        ("/action/name", json!("write")),
        ("/resource/type", json!("record")),
        ("/resource/properties/tenantId", json!(house.tenant(Org::Contoso))),
        ("/resource/properties/category", json!("auditLogs")),
        ("/resource/properties/category", json!("everything")),
        ("/context/supportRequestId", json!("sr_nothing")),
    ] {
        let mut changed = asked.clone();
        *changed.pointer_mut(pointer).unwrap() = other;
        let answer = house.send(INES, Ask::post(ONE, &changed)).await;
        assert_eq!((answer.verdict().as_str(), answer.text().as_str()), ("200", DENIED), "{pointer}");
    }
    let remove = format!("/v1.0/support/grants/{}/remove", house.grant_of(YUKI, &case).await);
    house.ok(YUKI, Ask::post(remove, &json!({}))).await;
    assert!(!decides(&house, INES, &asked).await);
}

#[tokio::test]
async fn who_may_not_ask_gets_the_bytes_of_a_no() {
    let house = House::new().await;
    let grants = house.list(INES, "/v1.0/support/grants").await;
    let adatum = house.tenant(Org::Adatum).to_string();
    let live = grants.iter().find(|grant| grant["tenantId"] == adatum && grant["status"] == "live").unwrap();
    let mut asked = question(&house, live["supportRequestId"].as_str().unwrap());
    asked["resource"]["properties"]["category"] = live["dataCategories"][0].clone();
    assert!(decides(&house, INES, &asked).await);
    for who in [JONAS, OMAR, ALEX] {
        let answer = house.send(who, Ask::post(ONE, &asked)).await;
        assert_eq!((answer.verdict().as_str(), answer.text().as_str()), ("200", DENIED), "{who:?}");
    }
    let refused = house.raw(Ask::post(ONE, &asked)).await;
    assert!(refused.verdict().starts_with("401"), "{}", refused.verdict());
}

#[tokio::test]
async fn several_questions_are_answered_in_order_with_what_they_share_taken_whole() {
    let house = House::new().await;
    let grants = house.list(INES, "/v1.0/support/grants").await;
    let adatum = house.tenant(Org::Adatum).to_string();
    let live = grants.iter().find(|grant| grant["tenantId"] == adatum && grant["status"] == "live").unwrap();
    let one = question(&house, live["supportRequestId"].as_str().unwrap());
    let data = |category: &Value| json!({ "type": "diagnosticData", "id": "any", "properties": { "tenantId": adatum, "category": category } });
    let (yes, no) = (data(&live["dataCategories"][0]), data(&json!("clientLogs")));
    let mut asked = one.clone();
    asked["unknown"] = json!({ "is": "ignored" });
    // A resource of its own stands for itself: nothing of the shared one is merged into it.
    asked["resource"] = yes.clone();
    asked["evaluations"] = json!([{}, { "resource": no }, { "resource": { "type": "diagnosticData", "id": "any" } }, { "resource": yes }]);
    let answers = |answer: &Value| {
        let each = answer["evaluations"].as_array().unwrap().iter();
        each.map(|one| one["decision"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    let all = house.ok(INES, Ask::post(SEVERAL, &asked)).await;
    assert_eq!(answers(&all), [true, false, false, true]);
    for (semantic, expected) in [
        ("execute_all", vec![true, false, false, true]),
        ("deny_on_first_deny", vec![true, false]),
        ("permit_on_first_permit", vec![true]),
    ] {
        asked["options"] = json!({ "evaluations_semantic": semantic });
        assert_eq!(answers(&house.ok(INES, Ask::post(SEVERAL, &asked)).await), expected, "{semantic}");
    }
    // Without a list it is one question.
    let mut single = one;
    single["resource"] = yes;
    for list in [Value::Null, json!([])] {
        single["evaluations"] = list;
        assert_eq!(house.ok(INES, Ask::post(SEVERAL, &single)).await, json!({ "decision": true }));
    }
    single["evaluations"] = json!(vec![json!({}); 1_001]);
    house.refused(INES, Ask::post(SEVERAL, &single), "400 invalidRequest").await;
}

#[tokio::test]
async fn everything_malformed_is_400() {
    let house = House::new().await;
    let good = question(&house, "sr_nothing");
    let mut bad = Vec::new();
    for pointer in ["/subject", "/action", "/resource"] {
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(&pointer[1..]);
        bad.push(without.to_string());
    }
    for (pointer, wrong) in [
        ("/subject", json!("alice")),
        ("/subject/id", json!(7)),
        ("/subject/type", Value::Null),
        ("/action/name", json!(123)),
        ("/resource/id", json!([])),
        ("/resource/properties/category", json!(1)),
        ("/context", json!("sr_nothing")),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = wrong;
        bad.push(changed.to_string());
    }
    bad.extend(["", "{", "[]", "null", "\"x\""].map(str::to_owned));
    for body in bad {
        let mut ask = Ask::post(ONE, &good);
        ask.body = body.clone().into_bytes();
        house.refused(INES, ask, "400 invalidRequest").await;
    }
    let mut ask = Ask::post(ONE, &good);
    ask.headers.retain(|(name, _)| *name != "content-type");
    ask.headers.push((header::CONTENT_TYPE.as_str(), "text/plain".to_owned()));
    house.refused(INES, ask, "400 invalidRequest").await;
    let answer = house.send(INES, Ask::post(ONE, &good).with("x-request-id", "a-request")).await;
    assert_eq!(answer.header("x-request-id"), Some("a-request"));
}

#[tokio::test]
async fn the_decision_point_says_where_it_is() {
    let house = House::new().await;
    let described = house.ok(INES, Ask::get("/.well-known/authzen-configuration")).await;
    let point = described["policy_decision_point"].as_str().unwrap();
    assert_eq!(described["access_evaluation_endpoint"], format!("{point}{ONE}"));
    assert_eq!(described["access_evaluations_endpoint"], format!("{point}{SEVERAL}"));
}
