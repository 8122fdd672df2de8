//! Cases that came by phone, by mail or from another ticket system: entered with the provider's intake token, read only
//! with an approval, closed by the same token; and all that this token cannot do.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::house::*;
use crate::rows::*;

const REQUESTS: &str = "/v1.0/support/requests";

/// What another ticket system sends for Adatum.
fn entered(house: &House, external_id: &str) -> Value {
    json!({
        "tenantId": house.tenant(Org::Adatum), "origin": "phone", "externalId": external_id,
        "title": "Nobody in Gdansk gets in", "description": "Noor called at nine.", "severity": "critical",
        "service": "identity", "problemType": "signIn/conditionalAccess",
        "contact": { "name": "Noor Aziz", "email": "noor.aziz@adatum.example", "timeZone": "Europe/Warsaw" },
    })
}

fn without(mut body: Value, member: &str) -> Value {
    body.as_object_mut().unwrap().remove(member);
    body
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

async fn enter(house: &House, external_id: &str) -> String {
    let case = house.ok(Somebody::Intake, Ask::post(REQUESTS, &entered(house, external_id))).await;
    text(&case["id"])
}

async fn asked(house: &House, case: &str) -> String {
    let ask = json!({
        "resourceTenantId": house.tenant(Org::Adatum), "dataCategories": ["tenantProfile", "signInLogs"],
        "reasonCode": "troubleshooting", "justification": "The log should show which policy refuses them.",
    });
    let asked = house.ok(INES, Ask::post(format!("{REQUESTS}/{case}/accessRequests"), &ask)).await;
    text(&asked["id"])
}

#[tokio::test]
async fn a_case_by_phone_is_read_only_with_an_approval_and_closed_by_the_token_that_entered_it() {
    let house = House::new().await;
    let before = house.log_sizes().await;
    let id = enter(&house, "T-1001").await;
    let of_customer = house.ok(MARTA, Ask::get(format!("{REQUESTS}/{id}"))).await;
    assert_eq!((&of_customer["origin"], &of_customer["externalId"]), (&json!("phone"), &json!("T-1001")));
    assert_eq!(of_customer["tenantId"], json!(house.tenant(Org::Adatum)));
    assert_eq!(of_customer["consent"]["status"], "notOffered");
    assert_eq!(of_customer["allowAdvancedDiagnostics"], false);
    assert_eq!(of_customer["assignedTo"]["displayName"], "Ines Okafor");
    let after = house.log_sizes().await;
    let grown: Vec<bool> = before.iter().zip(&after).map(|(before, after)| after > before).collect();
    assert_eq!(grown, [false, false, false, true], "the customer's log alone tells of it");

    // Not even what needs no grant otherwise: nobody of the customer has opened this case.
    let base = house.base(&id, Org::Adatum);
    for path in ["organization", "auditLogs/signIns", "users"] {
        house.refused(INES, Ask::get(format!("{base}/{path}")), "403 noLiveGrant").await;
    }
    let access = asked(&house, &id).await;
    house.refused(INES, Ask::get(format!("{base}/organization")), "403 noLiveGrant").await;
    house.ok(YUKI, Ask::post(format!("/v1.0/support/accessRequests/{access}/approve"), &json!({}))).await;
    for path in ["organization", "auditLogs/signIns"] {
        let reply = house.send(INES, Ask::get(format!("{base}/{path}"))).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        assert_ne!(reply.header("vouchsafe-grant"), Some("none"), "{path} rests on the approval");
    }

    let by_name = Ask::get(REQUESTS).query(&[("$filter", "origin eq 'phone' and externalId eq 'T-1001'")]);
    let found = house.ok(Somebody::Intake, by_name).await;
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
    assert_eq!(found["value"][0]["id"], json!(id));
    let close = Ask::post(format!("{REQUESTS}/{id}/close"), &json!({ "resolution": "resolved" }));
    let closed = house.ok(Somebody::Intake, close).await;
    assert_eq!((&closed["status"], &closed["resolution"]), (&json!("closed"), &json!("resolved")));
    house.refused(INES, Ask::get(format!("{base}/auditLogs/signIns")), "403 noLiveGrant").await;
    let access = house.ok(YUKI, Ask::get(format!("/v1.0/support/accessRequests/{access}"))).await;
    assert_eq!(access["status"], "completed");
    assert_eq!(house.ok(MARTA, Ask::get(format!("{REQUESTS}/{id}"))).await["status"], "closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_case_has_one_record_however_often_and_at_once_it_is_sent() {
    let house = Arc::new(House::new().await);
    let body = entered(&house, "T-7");
    let mut sends = JoinSet::new();
    for _ in 0..20 {
        let (house, ask) = (Arc::clone(&house), Ask::post(REQUESTS, &body));
        sends.spawn(async move { house.send(Somebody::Intake, ask).await });
    }
    let mut ids = BTreeSet::new();
    for reply in sends.join_all().await {
        assert_eq!(reply.status, 201, "{}", reply.text());
        ids.insert(text(&reply.json()["id"]));
    }
    assert_eq!(ids.len(), 1, "{ids:?}");
    let id = ids.pop_first().unwrap();
    let close = Ask::post(format!("{REQUESTS}/{id}/close"), &json!({ "resolution": "duplicate" }));
    house.ok(Somebody::Intake, close).await;
    let sizes = house.log_sizes().await;
    let again = house.ok(Somebody::Intake, Ask::post(REQUESTS, &body)).await;
    assert_eq!((&again["id"], &again["status"]), (&json!(id), &json!("closed")));
    assert_eq!(house.log_sizes().await, sizes, "what is there already is no news");
    // Another system's case, and another tenant's, are others.
    let other =
        house.ok(Somebody::Intake, Ask::post(REQUESTS, &with(body.clone(), "origin", json!("mail")))).await;
    let fabrikam = with(body, "tenantId", json!(house.tenant(Org::Fabrikam)));
    let third = house.ok(Somebody::Intake, Ask::post(REQUESTS, &fabrikam)).await;
    assert_eq!(BTreeSet::from([id, text(&other["id"]), text(&third["id"])]).len(), 3);
}

#[tokio::test]
async fn who_is_no_customer_cannot_be_told_from_who_does_not_exist() {
    let house = House::new().await;
    let before = house.snapshot().await;
    let of = |tenant: Value, title: &str| {
        Ask::post(REQUESTS, &with(with(entered(&house, "T-1"), "tenantId", tenant), "title", json!(title)))
            .with("x-request-id", "one")
    };
    let unknown = json!("0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11");
    let provider = json!(house.tenant(Org::Provider));
    let nobody = house.send(Somebody::Intake, of(unknown.clone(), "Title")).await;
    let ourselves = house.send(Somebody::Intake, of(provider.clone(), "Title")).await;
    assert_eq!(nobody.verdict(), "400 invalidRequest");
    assert_eq!(nobody.json()["errors"][0]["pointer"], "/tenantId");
    assert_eq!(nobody.bytes, ourselves.bytes);
    // Whatever else is wrong is said first: no bad request finds out whether a tenant exists.
    let mut answers = BTreeSet::new();
    for tenant in [unknown, provider, json!(house.tenant(Org::Adatum))] {
        answers.insert(house.send(Somebody::Intake, of(tenant, " ")).await.bytes);
    }
    assert_eq!(answers.len(), 1);
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn a_body_is_the_customers_or_the_intakes_and_nothing_between() {
    let house = House::new().await;
    let before = house.snapshot().await;
    let good = entered(&house, "T-1");
    for (body, place) in [
        (with(good.clone(), "allowAdvancedDiagnostics", json!(false)), "/allowAdvancedDiagnostics"),
        (with(good.clone(), "resourceTenantIds", json!([house.tenant(Org::Contoso)])), "/resourceTenantIds"),
        (with(good.clone(), "origin", json!(" ")), "/origin"),
        (with(good.clone(), "origin", json!("x".repeat(65))), "/origin"),
        (with(good.clone(), "externalId", json!("")), "/externalId"),
        (with(good.clone(), "externalId", json!("x".repeat(129))), "/externalId"),
        (with(good.clone(), "externalId", json!("noor@adatum.example")), "/externalId"),
        (with(good.clone(), "externalId", json!("T 1")), "/externalId"),
        (with(good.clone(), "tenantId", json!("adatum")), "/tenantId"),
        (without(good.clone(), "tenantId"), "/tenantId"),
        (without(good.clone(), "origin"), "/origin"),
        (without(good.clone(), "externalId"), "/externalId"),
    ] {
        let said = house.refused(Somebody::Intake, Ask::post(REQUESTS, &body), "400 invalidRequest").await;
        assert_eq!(said["errors"][0]["pointer"], place, "{body}");
    }
    let stage = new_case_body();
    for missing in ["allowAdvancedDiagnostics", "contact"] {
        let said = house
            .refused(MARTA, Ask::post(REQUESTS, &without(stage.clone(), missing)), "400 invalidRequest")
            .await;
        assert_eq!(said["errors"][0]["pointer"], format!("/{missing}"));
    }
    // Only the intake enters cases, and it opens none as a customer would.
    house.refused(Somebody::Intake, Ask::post(REQUESTS, &stage), "403 forbidden").await;
    for (who, verdict) in [
        (INES, "403 forbidden"),
        (RUTH, "403 forbidden"),
        (DMITRI, "403 forbidden"),
        (MARTA, "403 forbidden"),
        (BEN, "403 forbidden"),
        (Somebody::Feed(Org::Adatum), "403 forbidden"),
    ] {
        house.refused(who, Ask::post(REQUESTS, &good), verdict).await;
    }
    assert_eq!(house.snapshot().await, before);
}

fn new_case_body() -> Value {
    json!({
        "title": "Codes arrive late", "description": "", "severity": "moderate", "service": "identity",
        "problemType": "signIn/conditionalAccess", "allowAdvancedDiagnostics": false,
        "contact": { "name": "Marta Kowal", "email": "marta.kowal@adatum.example" },
    })
}

#[tokio::test]
async fn the_intake_token_does_nothing_else_on_its_own_cases_or_on_others() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let own = enter(&house, "T-1").await;
    let before = house.snapshot().await;
    for row in rows() {
        let open = [
            "GET /v1.0/me",
            "GET /v1.0/organization",
            // Tells of what it may see.
            "GET /v1.0/events",
            "GET /v1.0/support/problemTypes",
            "GET /v1.0/support/problemTypes/{id}",
        ];
        let healthy = row.operation.ends_with("/healthz") || row.operation.ends_with("/readyz");
        if open.contains(&row.operation) || healthy {
            continue;
        }
        let reply = house.send(Somebody::Intake, row.good(&stage)).await;
        if row.operation == "GET /v1.0/support/requests" {
            let listed: Vec<Value> = reply.json()["value"].as_array().unwrap().clone();
            assert!(listed.iter().all(|case| case["id"] == json!(own)), "{listed:?}");
            continue;
        }
        assert!([403, 404].contains(&reply.status), "{}: {}", row.operation, reply.text());
        // The same, on the case that the token has entered.
        let on_case =
            row.operation.contains("/support/requests/{id}") || row.operation.contains("/diagnostics/");
        let allowed = ["GET /v1.0/support/requests/{id}", "GET /v1.0/support/requests/{id}/assignment"];
        if on_case
            && !row.is_import()
            && !allowed.contains(&row.operation)
            && !row.operation.ends_with("/close")
        {
            let mut ids = row.ids(&stage);
            ids[0].clone_from(&own);
            let ask = Ask { path: row.path(&ids), ..row.good(&stage) };
            let reply = house.send(Somebody::Intake, ask).await;
            assert!([403, 404].contains(&reply.status), "{} on its own: {}", row.operation, reply.text());
        }
    }
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn nobody_says_yes_to_advanced_diagnostics_on_a_case_from_elsewhere() {
    let house = House::new().await;
    let id = enter(&house, "T-1").await;
    let path = format!("{REQUESTS}/{id}");
    let yes = json!({ "allowAdvancedDiagnostics": true });
    house.refused(YUKI, Ask::patch(&path, &yes), "403 forbidden").await;
    house
        .ok(YUKI, Ask::patch(&path, &json!({ "allowAdvancedDiagnostics": false, "severity": "minimal" })))
        .await;
    for act in ["approve", "reject"] {
        house.refused(YUKI, Ask::post(format!("{path}/consent/{act}"), &json!({})), "409 alreadyEnded").await;
    }
    // The conversation is between the customer and the engineer.
    house.ok(MARTA, Ask::post(format!("{path}/messages"), &json!({ "body": "It goes on." }))).await;
    house.refused(Somebody::Intake, Ask::get(format!("{path}/messages")), "403 forbidden").await;
}
