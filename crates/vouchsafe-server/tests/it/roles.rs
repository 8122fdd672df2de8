//! Roles with an end, roles of a tenant's own, and tokens that may less than their account.

use http::Method;
use serde_json::{Value, json};
use vouchsafe_core::time::Duration;
use vouchsafe_store::edge::Clock as _;

use crate::house::*;
use crate::rows::{SUPPORT_ADMINISTRATOR, new_role, new_token};

const DEFINITIONS: &str = "/v1.0/roleManagement/directory/roleDefinitions";
const ASSIGNMENTS: &str = "/v1.0/roleManagement/directory/roleAssignments";
const PENDING: &str = "/v1.0/support/accessRequests";
/// Global Administrator.
const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";

fn user(house: &House, name: &str, org: Org) -> String {
    house.who(name, org).user.to_string()
}

/// Gives a role of Adatum; gives the assignment's id.
async fn give(house: &House, name: &str, role: &str, lasts: Option<Duration>) -> String {
    let mut body = json!({ "principalId": user(house, name, Org::Adatum), "roleDefinitionId": role });
    if let Some(lasts) = lasts {
        body["endDateTime"] = json!(house.clock.now() + lasts);
    }
    text(&house.ok(YUKI, Ask::post(ASSIGNMENTS, &body)).await["id"])
}

async fn activities(house: &House) -> Vec<String> {
    let entries = house.list(NOOR, "/v1.0/auditLogs/directoryAudits").await;
    entries.iter().map(|entry| text(&entry["activityDisplayName"])).collect()
}

#[tokio::test]
async fn a_role_counts_at_once_and_ends_by_itself_and_when_it_is_taken_back() {
    let house = House::new().await;
    house.refused(BEN, Ask::get(PENDING), "403 forbidden").await;
    let id = give(&house, "Ben Carver", SUPPORT_ADMINISTRATOR, Some(Duration::hours(1))).await;
    house.ok(BEN, Ask::get(PENDING)).await;
    let held = house.ok(NOOR, Ask::get(format!("{ASSIGNMENTS}/{id}"))).await;
    assert_eq!(held["roleDefinitionId"], SUPPORT_ADMINISTRATOR);
    house.clock.advance(Duration::hours(1));
    // Nothing was written, and nothing had to be: the time is over.
    house.refused(BEN, Ask::get(PENDING), "403 forbidden").await;
    house.refused(NOOR, Ask::get(format!("{ASSIGNMENTS}/{id}")), "404 notFound").await;
    house.refused(YUKI, Ask::new(Method::DELETE, format!("{ASSIGNMENTS}/{id}")), "404 notFound").await;
    let again = give(&house, "Ben Carver", SUPPORT_ADMINISTRATOR, None).await;
    assert_eq!(again, id);
    house.ok(BEN, Ask::get(PENDING)).await;
    let twice = json!({ "principalId": user(&house, "Ben Carver", Org::Adatum), "roleDefinitionId": SUPPORT_ADMINISTRATOR });
    house.refused(YUKI, Ask::post(ASSIGNMENTS, &twice), "409 conflict").await;
    house.gone(YUKI, &format!("{ASSIGNMENTS}/{id}")).await;
    house.refused(BEN, Ask::get(PENDING), "403 forbidden").await;
    let told = activities(&house).await;
    assert_eq!(told[..3], ["Remove member from role", "Add member to role", "Add member to role"]);
}

#[tokio::test]
async fn a_role_that_ends_ends_for_a_writer_that_remembers_its_callers_too() {
    let house = House::new().await;
    give(&house, "Ben Carver", SUPPORT_ADMINISTRATOR, Some(Duration::minutes(30))).await;
    let case = house.case(MARTA, LAPTOPS).await;
    let messages = format!("/v1.0/support/requests/{case}/messages");
    let body = json!({ "body": "One more thing." });
    house.ok(BEN, Ask::post(&messages, &body)).await;
    house.clock.advance(Duration::minutes(30));
    house.refused(BEN, Ask::post(&messages, &body), "404 notFound").await;
}

#[tokio::test]
async fn a_role_of_ones_own_allows_what_it_says_now_and_nothing_besides() {
    let house = House::new().await;
    let role = house.ok(YUKI, Ask::post(DEFINITIONS, &new_role("Night desk"))).await;
    let id = text(&role["id"]);
    give(&house, "Ben Carver", &id, None).await;
    let me = house.ok(BEN, Ask::get("/v1.0/me")).await;
    assert_eq!(me["roles"], json!(["Night desk"]));
    house.ok(BEN, Ask::get(PENDING)).await;
    house.ok(BEN, Ask::get("/v1.0/auditLogs/directoryAudits")).await;
    let case = house.case(MARTA, PAYROLL).await;
    house
        .refused(BEN, Ask::post(format!("/v1.0/support/requests/{case}/reopen"), &json!({})), "403 forbidden")
        .await;
    // Less for the role is less for who holds it, at once.
    let change = json!({ "rolePermissions": [{ "allowedResourceActions": ["microsoft.directory/auditLogs/allProperties/read"] }] });
    house.ok(YUKI, Ask::patch(format!("{DEFINITIONS}/{id}"), &change)).await;
    house.refused(BEN, Ask::get(PENDING), "403 forbidden").await;
    house.ok(BEN, Ask::get("/v1.0/auditLogs/directoryAudits")).await;
    // It is held, so it stays; and a name is taken once, whoever has it.
    house.refused(YUKI, Ask::new(Method::DELETE, format!("{DEFINITIONS}/{id}")), "400 invalidRequest").await;
    house.refused(YUKI, Ask::post(DEFINITIONS, &new_role("night DESK")), "409 conflict").await;
    house.refused(YUKI, Ask::post(DEFINITIONS, &new_role("Global Reader")), "409 conflict").await;
    house.gone(YUKI, &format!("{ASSIGNMENTS}/{id}.{}", user(&house, "Ben Carver", Org::Adatum))).await;
    house.gone(YUKI, &format!("{DEFINITIONS}/{id}")).await;
    house.refused(YUKI, Ask::get(format!("{DEFINITIONS}/{id}")), "404 notFound").await;
}

#[tokio::test]
async fn roles_of_the_product_cannot_be_changed_and_somebody_is_left_to_manage_roles() {
    let house = House::new().await;
    let change = json!({ "description": "Mine." });
    house.refused(YUKI, Ask::patch(format!("{DEFINITIONS}/{GLOBAL}"), &change), "403 forbidden").await;
    house.refused(YUKI, Ask::new(Method::DELETE, format!("{DEFINITIONS}/{GLOBAL}")), "403 forbidden").await;
    let own = format!("{ASSIGNMENTS}/{GLOBAL}.{}", user(&house, "Yuki Tanabe", Org::Adatum));
    house.refused(YUKI, Ask::new(Method::DELETE, &own), "403 forbidden").await;
    // Somebody for a time does not count: the day after there would be nobody.
    give(&house, "Noor Aziz", GLOBAL, Some(Duration::days(1))).await;
    house.refused(YUKI, Ask::new(Method::DELETE, &own), "403 forbidden").await;
    give(&house, "Marta Kowal", GLOBAL, None).await;
    house.gone(YUKI, &own).await;
    house.refused(YUKI, Ask::post(DEFINITIONS, &new_role("Too late")), "403 forbidden").await;
}

#[tokio::test]
async fn nobody_manages_the_roles_of_another_tenant_least_of_all_the_provider() {
    let house = House::new().await;
    let ben = user(&house, "Ben Carver", Org::Adatum);
    let theirs = house.ok(YUKI, Ask::post(DEFINITIONS, &new_role("Night desk"))).await;
    let theirs = text(&theirs["id"]);
    let before = house.log_sizes().await;
    for who in [DMITRI, PRIYA] {
        let give = json!({ "principalId": ben, "roleDefinitionId": GLOBAL });
        house.refused(who, Ask::post(ASSIGNMENTS, &give), "400 invalidRequest").await;
        house
            .refused(
                who,
                Ask::new(Method::DELETE, format!("{ASSIGNMENTS}/{SUPPORT_ADMINISTRATOR}.{ben}")),
                "404 notFound",
            )
            .await;
        house.refused(who, Ask::get(format!("{DEFINITIONS}/{theirs}")), "404 notFound").await;
        house.refused(who, Ask::patch(format!("{DEFINITIONS}/{theirs}"), &json!({})), "404 notFound").await;
        house.refused(who, Ask::new(Method::DELETE, format!("{DEFINITIONS}/{theirs}")), "404 notFound").await;
        let listed = house.list(who, ASSIGNMENTS).await;
        assert!(listed.iter().all(|one| one["principalId"] != json!(ben)), "{who:?}");
    }
    // Nor does a customer's role come to the provider's people, nor the other way about.
    let ines = user(&house, "Ines Okafor", Org::Provider);
    let give = json!({ "principalId": ines, "roleDefinitionId": GLOBAL });
    house.refused(DMITRI, Ask::post(ASSIGNMENTS, &give), "400 invalidRequest").await;
    assert_eq!(house.log_sizes().await, before);
}

#[tokio::test]
async fn an_engineer_without_the_role_reads_nothing_more() {
    let house = House::new().await;
    let case = house.case(INES, PAYROLL).await;
    let reads = format!("{}/auditLogs/signIns", house.base(&case, Org::Adatum));
    house.ok(INES, Ask::get(&reads)).await;
    let ines = user(&house, "Ines Okafor", Org::Provider);
    let roles = house.list(DMITRI, ASSIGNMENTS).await;
    let held = roles.iter().find(|one| one["principalId"] == json!(ines)).unwrap();
    house.gone(DMITRI, &format!("{ASSIGNMENTS}/{}", text(&held["id"]))).await;
    house.refused(INES, Ask::get(&reads), "404 notFound").await;
}

async fn with(house: &House, token: &str, ask: Ask) -> Reply {
    house.raw(ask.bearer(token)).await
}

async fn make(house: &House, who: Somebody, body: &Value) -> (String, String) {
    let made = house.ok(who, Ask::post("/v1.0/apiTokens", body)).await;
    (text(&made["id"]), text(&made["token"]))
}

#[tokio::test]
async fn a_token_may_what_it_says_and_its_account_may_and_nothing_besides() {
    let house = House::new().await;
    let (_, token) = make(&house, YUKI, &new_token("Export")).await;
    assert_eq!(with(&house, &token, Ask::get(PENDING)).await.status, 200);
    let me = with(&house, &token, Ask::get("/v1.0/me")).await.json();
    assert_eq!(me["allowedActions"], json!(["vouchsafe.support/accessRequests/read"]));
    // What Yuki may and the token may not.
    for (ask, verdict) in [
        (Ask::get("/v1.0/auditLogs/directoryAudits"), "403 forbidden"),
        (Ask::post(DEFINITIONS, &new_role("Night desk")), "403 forbidden"),
        (Ask::patch("/v1.0/policies/supportAccess", &json!({ "maxDuration": "P1D" })), "403 forbidden"),
        (Ask::post("/v1.0/support/grants/removeAll", &json!({})), "403 forbidden"),
    ] {
        assert_eq!(with(&house, &token, ask.clone()).await.verdict(), verdict, "{}", ask.path);
    }
    // Nor does it make itself a wider one, or any; or see what others have.
    let wider = json!({ "displayName": "Wider", "scopes": ["microsoft.directory/auditLogs/allProperties/read"], "expiresDateTime": house.clock.now() + Duration::days(1) });
    assert_eq!(with(&house, &token, Ask::post("/v1.0/apiTokens", &wider)).await.verdict(), "403 forbidden");
    // It ends no token but itself.
    let (other, others) = make(&house, YUKI, &new_token("Other")).await;
    let (itself, itselfs) = make(&house, YUKI, &new_token("Itself")).await;
    let end = |id: &str| Ask::post(format!("/v1.0/apiTokens/{id}/revoke"), &json!({}));
    assert_eq!(with(&house, &itselfs, end(&other)).await.verdict(), "403 forbidden");
    assert_eq!(with(&house, &others, Ask::get(PENDING)).await.status, 200);
    assert_eq!(with(&house, &itselfs, end(&itself)).await.status, 200);
    assert_eq!(with(&house, &itselfs, Ask::get(PENDING)).await.verdict(), "401 tokenRevoked");
    let (_, martas) = make(&house, MARTA, &new_token("Marta's")).await;
    let listed = with(&house, &martas, Ask::get("/v1.0/apiTokens")).await.json();
    assert_eq!(listed["value"].as_array().unwrap().len(), 2, "her first one and this one");
    // What its account loses, it loses.
    let marta = user(&house, "Marta Kowal", Org::Adatum);
    house.gone(YUKI, &format!("{ASSIGNMENTS}/{SUPPORT_ADMINISTRATOR}.{marta}")).await;
    assert_eq!(with(&house, &martas, Ask::get(PENDING)).await.verdict(), "403 forbidden");
}

#[tokio::test]
async fn a_token_is_shown_once_and_ends_when_it_is_ended() {
    let house = House::new().await;
    let ask = Ask::post("/v1.0/apiTokens", &new_token("Export")).with("idempotency-key", "once");
    let first = house.ok(YUKI, ask.clone()).await;
    let token = text(&first["token"]);
    let again = house.ok(YUKI, ask).await;
    assert_eq!((&again["id"], again.get("token")), (&first["id"], None));
    for who in [YUKI, MARTA] {
        let listed = house.ok(who, Ask::get("/v1.0/apiTokens")).await.to_string();
        assert!(!listed.contains(&token) && !listed.contains(&token[30..]), "{who:?}");
    }
    let entries = house.list(NOOR, "/v1.0/auditLogs/directoryAudits").await;
    assert!(!json!(entries).to_string().contains(&token[30..]));
    // It was used, which is told by the hour, once the job has run.
    assert_eq!(with(&house, &token, Ask::get("/v1.0/me")).await.status, 200);
    house.app.note_token_uses().await.unwrap();
    let listed = house.list(YUKI, "/v1.0/apiTokens").await;
    let used = listed.iter().find(|one| one["id"] == first["id"]).unwrap();
    assert!(text(&used["lastUsedDateTime"]).contains(":00:00"), "{used}");
    // It makes none, which could outlive it.
    let successor = with(&house, &token, Ask::post("/v1.0/apiTokens", &new_token("Successor"))).await;
    assert_eq!(successor.verdict(), "403 forbidden");
    // Others do not end it, and do not learn that it exists.
    let end = format!("/v1.0/apiTokens/{}/revoke", text(&first["id"]));
    house.refused(MARTA, Ask::post(&end, &json!({})), "404 notFound").await;
    house.refused(PRIYA, Ask::post(&end, &json!({})), "404 notFound").await;
    house.ok(YUKI, Ask::post(&end, &json!({}))).await;
    assert_eq!(with(&house, &token, Ask::get("/v1.0/me")).await.verdict(), "401 tokenRevoked");
    house.refused(YUKI, Ask::post(&end, &json!({})), "409 alreadyEnded").await;
}

#[tokio::test]
async fn nobody_makes_a_token_that_speaks_for_another_person() {
    let house = House::new().await;
    let mut body = new_token("Not mine");
    for (who, name, verdict) in
        [(YUKI, "Noor Aziz", "400 invalidRequest"), (MARTA, "Yuki Tanabe", "403 forbidden")]
    {
        body["userId"] = json!(user(&house, name, Org::Adatum));
        house.refused(who, Ask::post("/v1.0/apiTokens", &body), verdict).await;
    }
    body["userId"] = json!(user(&house, "Priya Nair", Org::Contoso));
    house.refused(YUKI, Ask::post("/v1.0/apiTokens", &body), "400 invalidRequest").await;
    // A service account's is made by who may manage tokens, within what both may.
    let feed = house.ok(Somebody::Feed(Org::Adatum), Ask::get("/v1.0/me")).await;
    let mut body = json!({ "displayName": "Feed", "scopes": ["vouchsafe.diagnostics/records/import"], "expiresDateTime": house.clock.now() + Duration::days(1) });
    body["userId"] = feed["id"].clone();
    let (_, token) = make(&house, YUKI, &body).await;
    assert_eq!(with(&house, &token, Ask::get("/v1.0/me")).await.json()["id"], feed["id"]);
    body["scopes"] = json!(["vouchsafe.support/accessRequests/read"]);
    let (_, idle) = make(&house, YUKI, &body).await;
    assert_eq!(with(&house, &idle, Ask::get(PENDING)).await.verdict(), "403 forbidden");
}

#[tokio::test]
async fn a_tenant_in_which_nobody_can_approve_is_told_once_a_day() {
    let house = House::new().await;
    assert_eq!(house.app.check_approvers().await.unwrap(), 0);
    // Whoever approves here does so by the umbrella; Yuki keeps the settings.
    house.ok(YUKI, Ask::patch("/v1.0/policies/supportAccess", &json!({ "ticketUmbrella": false }))).await;
    assert_eq!(house.app.check_approvers().await.unwrap(), 1);
    assert_eq!(house.app.check_approvers().await.unwrap(), 0, "once a day");
    assert_eq!(activities(&house).await[0], "Approvers missing");
    house.clock.advance(Duration::days(1));
    assert_eq!(house.app.check_approvers().await.unwrap(), 1);
    let approve = json!({ "displayName": "Approver", "rolePermissions": [{ "allowedResourceActions": ["vouchsafe.support/accessRequests/approve"] }] });
    let role = house.ok(YUKI, Ask::post(DEFINITIONS, &approve)).await;
    give(&house, "Ben Carver", &text(&role["id"]), None).await;
    house.clock.advance(Duration::days(1));
    assert_eq!(house.app.check_approvers().await.unwrap(), 0);
}
