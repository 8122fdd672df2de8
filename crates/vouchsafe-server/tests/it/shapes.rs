//! The shapes of `api.md`, member by member, and what each party sees of one thing.

use serde_json::{Value, json};
use vouchsafe_core::time::Duration;

use crate::house::*;
use crate::rows::*;

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn has_exactly(value: &Value, expected: &[&str]) {
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(keys(value), expected, "{value}");
}

const REQUEST: &[&str] = &[
    "id",
    "number",
    "tenantId",
    "title",
    "description",
    "severity",
    "service",
    "problemType",
    "status",
    "stage",
    "assignedTo",
    "allowAdvancedDiagnostics",
    "consent",
    "contact",
    "resourceTenantIds",
    "resolution",
    "createdDateTime",
    "closedDateTime",
];
const WITHOUT_END: &[&str] = &[
    "id",
    "supportRequestId",
    "supportRequestNumber",
    "side",
    "status",
    "resourceTenantId",
    "requestedBy",
    "reasonCode",
    "justification",
    "requested",
    "approved",
    "approvals",
    "linkedTo",
    "createdDateTime",
];
const GRANT: &[&str] = &[
    "id",
    "status",
    "tenantId",
    "supportRequestId",
    "accessRequestId",
    "source",
    "dataCategories",
    "filter",
    "expiresDateTime",
];

fn with_end() -> Vec<&'static str> {
    [WITHOUT_END, &["grantId", "expiresDateTime"]].concat()
}

#[tokio::test]
async fn a_support_request_has_the_documented_members_open_and_closed() {
    let house = House::new().await;
    let opened =
        house.ok(MARTA, Ask::post("/v1.0/support/requests", &new_case(&Stage::set(&house).await))).await;
    has_exactly(&opened, REQUEST);
    has_exactly(&opened["consent"], &["status", "approvals", "grantId", "expiresDateTime"]);
    has_exactly(&opened["consent"]["approvals"], &["required", "given"]);
    has_exactly(&opened["contact"], &["name", "email", "language", "timeZone"]);
    has_exactly(&opened["assignedTo"], &["id", "displayName"]);
    let number = opened["number"].as_str().unwrap();
    assert!(
        number.len() == 16 && number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0'),
        "{number}"
    );
    for (member, value) in [
        ("status", json!("open")),
        ("stage", json!("waitingForEngineer")),
        ("resolution", json!(null)),
        ("closedDateTime", json!(null)),
        ("allowAdvancedDiagnostics", json!(false)),
        ("resourceTenantIds", json!([])),
        ("tenantId", json!(house.tenant(Org::Adatum))),
    ] {
        assert_eq!(opened[member], value, "{member}");
    }
    assert_eq!(
        (&opened["contact"]["language"], &opened["contact"]["timeZone"]),
        (&json!("en"), &json!("UTC"))
    );
    assert_eq!(opened["consent"]["status"], "none");
    assert!(opened["id"].as_str().unwrap().starts_with("sr_"));
    let path = format!("/v1.0/support/requests/{}", text(&opened["id"]));
    assert_eq!(house.ok(MARTA, Ask::get(&path)).await, opened, "what was answered is what is shown");
    let close = json!({ "resolution": "notReproducible" });
    let closed = house.ok(MARTA, Ask::post(format!("{path}/close"), &close)).await;
    has_exactly(&closed, REQUEST);
    assert_eq!((&closed["status"], &closed["stage"]), (&json!("closed"), &json!(null)));
    assert_eq!(closed["resolution"], "notReproducible");
    assert!(closed["closedDateTime"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn consent_shows_its_grant_while_there_is_one() {
    let house = House::new().await;
    let case = house.case(OMAR, CONNECTOR).await;
    let path = format!("/v1.0/support/requests/{case}");
    let seen = house.ok(OMAR, Ask::get(&path)).await;
    assert_eq!(
        (&seen["consent"]["status"], &seen["allowAdvancedDiagnostics"]),
        (&json!("given"), &json!(true))
    );
    let grant =
        house.ok(OMAR, Ask::get(format!("/v1.0/support/grants/{}", text(&seen["consent"]["grantId"])))).await;
    has_exactly(&grant, GRANT);
    assert_eq!((&grant["source"], &grant["accessRequestId"]), (&json!("consent"), &json!(null)));
    assert_eq!(grant["expiresDateTime"], seen["consent"]["expiresDateTime"]);
    assert_eq!(grant["dataCategories"].as_array().unwrap().len(), 7, "all advanced categories");
    has_exactly(&seen["consent"]["approvals"]["given"][0], &["userId", "dateTime"]);
    let no = house.ok(OMAR, Ask::patch(&path, &json!({ "allowAdvancedDiagnostics": false }))).await;
    assert_eq!((&no["consent"]["status"], &no["consent"]["grantId"]), (&json!("none"), &json!(null)));
    assert_eq!(no["allowAdvancedDiagnostics"], false);
}

#[tokio::test]
async fn the_three_parties_of_a_cross_tenant_request_see_three_records_of_one_id() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let fabrikam = Somebody::Person("Omar Haddad", Org::Fabrikam);
    let path = format!("/v1.0/support/accessRequests/{}", stage.id("contosoRequest"));
    has_exactly(&house.ok(ALEX, Ask::get(&path)).await, WITHOUT_END);
    house.refused(fabrikam, Ask::get(&path), "404 notFound").await;
    // Approved by somebody who is in S only, so that R still has to decide.
    let approved = house.ok(PRIYA, Ask::post(format!("{path}/approve"), &json!({}))).await;
    has_exactly(&approved, WITHOUT_END);
    assert_eq!(
        (&approved["side"], &approved["status"]),
        (&json!("supportRequestTenant"), &json!("approved"))
    );
    let theirs = house.ok(fabrikam, Ask::get(&path)).await;
    has_exactly(&theirs, &with_end());
    assert_eq!((&theirs["side"], &theirs["status"]), (&json!("resourceTenant"), &json!("pending")));
    assert_eq!((&theirs["grantId"], &theirs["approved"]), (&json!(null), &json!(null)));
    has_exactly(&theirs["requestedBy"], &["id", "displayName", "employer", "location"]);
    has_exactly(&theirs["requested"], &["dataCategories", "filter", "duration"]);
    let engineers = house.ok(INES, Ask::get(&path)).await;
    has_exactly(&engineers, &with_end());
    assert_eq!((&engineers["side"], &engineers["approvals"]), (&json!(null), &json!(null)));
    assert_eq!(engineers["status"], "pending", "who has approved is not the engineer's to know");
    house.ok(fabrikam, Ask::post(format!("{path}/approve"), &json!({ "comment": "Only today." }))).await;
    let live = house.ok(INES, Ask::get(&path)).await;
    assert_eq!(live["status"], "live");
    assert!(!live.to_string().contains("Only today."), "a comment is for the own tenant");
    let unchanged = house.ok(PRIYA, Ask::get(&path)).await;
    assert_eq!(unchanged, approved, "S sees nothing of what R does");
    house.ok(fabrikam, Ask::post(format!("{path}/revoke"), &json!({}))).await;
    assert_eq!(house.ok(PRIYA, Ask::get(&path)).await, approved, "S sees nothing of what R does");
    assert_eq!(house.ok(INES, Ask::get(&path)).await["status"], "ended");
}

#[tokio::test]
async fn the_engineer_sees_pending_live_paused_and_ended_and_nothing_else() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let status = async |name: &str| {
        let path = format!("/v1.0/support/accessRequests/{}", stage.id(name));
        text(&house.ok(INES, Ask::get(path)).await["status"])
    };
    assert_eq!(status("approving").await, "pending");
    assert_eq!(status("revoking").await, "live");
    let path = |name: &str, act: &str| format!("/v1.0/support/accessRequests/{}/{act}", stage.id(name));
    house.ok(YUKI, Ask::post(path("rejecting", "reject"), &json!({ "reason": "Not needed." }))).await;
    assert_eq!(status("rejecting").await, "ended");
    house.ok(YUKI, Ask::post(path("revoking", "revoke"), &json!({}))).await;
    assert_eq!(status("revoking").await, "ended");
    house.clock.advance(Duration::days(5));
    assert_eq!(status("approving").await, "ended", "nobody decided in time");
    assert_eq!(house.ok(YUKI, Ask::get(path("approving", "x").replace("/x", ""))).await["status"], "expired");
    for request in house.list(INES, "/v1.0/support/accessRequests").await {
        assert!(
            ["pending", "live", "paused", "ended"].contains(&request["status"].as_str().unwrap()),
            "{request}"
        );
        assert!(request["side"].is_null() && request["approvals"].is_null(), "{request}");
    }
}

#[tokio::test]
async fn ends_of_access_say_when_reads_and_decisions_end() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let revoke = format!("/v1.0/support/accessRequests/{}/revoke", stage.id("revoking"));
    let remove = format!("/v1.0/support/grants/{}/remove", stage.id("removing"));
    for (path, id) in [(revoke, stage.id("revoking")), (remove, stage.id("removing"))] {
        let ended = house.ok(YUKI, Ask::post(path, &json!({}))).await;
        has_exactly(&ended, &["id", "status", "readsEndedDateTime", "decisionsEndBy"]);
        assert_eq!((&ended["id"], &ended["status"]), (&json!(id), &json!("revoked")));
    }
    let case = json!({ "supportRequestId": stage.id("payroll") });
    let all = house.ok(YUKI, Ask::post("/v1.0/support/grants/removeAll", &case)).await;
    let ids: Vec<&Value> = all["value"].as_array().unwrap().iter().map(|ended| &ended["id"]).collect();
    assert_eq!(ids, [stage.id("grant"), stage.id("paused")], "the others have ended already");
    let left = house.list(YUKI, "/v1.0/support/grants").await;
    assert!(left.iter().all(|grant| grant["supportRequestId"] != stage.id("payroll")), "{left:?}");
    assert!(left.iter().any(|grant| grant["supportRequestId"] == stage.id("consented")), "{left:?}");
    let gone = house.ok(YUKI, Ask::get(format!("/v1.0/support/grants/{}", stage.id("grant")))).await;
    assert_eq!(gone["status"], "ended");
}

#[tokio::test]
async fn me_and_organization_tell_who_i_am_and_what_i_may_do() {
    let house = House::new().await;
    let me = house.ok(MARTA, Ask::get("/v1.0/me")).await;
    has_exactly(&me, &["id", "displayName", "userPrincipalName", "tenantId", "roles", "allowedActions"]);
    assert_eq!(
        (&me["displayName"], &me["userPrincipalName"]),
        (&json!("Marta Kowal"), &json!("marta.kowal@adatum.example"))
    );
    assert_eq!(me["roles"], json!(["Service Support Administrator"]));
    let actions = me["allowedActions"].as_array().unwrap();
    assert!(actions.contains(&json!("vouchsafe.support/accessRequests/approve")));
    assert!(!actions.contains(&json!("microsoft.directory/auditLogs/allProperties/read")));
    assert_eq!(house.ok(BEN, Ask::get("/v1.0/me")).await["allowedActions"], json!([]));
    let organization = house.ok(MARTA, Ask::get("/v1.0/organization")).await;
    assert_eq!(organization["@odata.context"], format!("http://{HOST}/v1.0/$metadata#organization"));
    has_exactly(&organization["value"][0], &["id", "displayName", "verifiedDomains", "createdDateTime"]);
    let domains = json!([{ "name": "adatum.example", "isDefault": true }]);
    assert_eq!(organization["value"][0]["verifiedDomains"], domains);
}

#[tokio::test]
async fn the_policy_has_the_documented_members_and_changes_one_by_one() {
    let house = House::new().await;
    let path = "/v1.0/policies/supportAccess";
    let before = house.ok(YUKI, Ask::get(path)).await;
    let expected = json!({
        "pendingExpiry": "P4D", "maxDuration": "P30D", "consentOffered": true, "consentDuration": "P30D",
        "idlePause": "P7D", "approvals": { "required": 1, "approverIds": [] }, "decisionAssurance": "token",
        "ticketUmbrella": true, "inheritOnReassign": true,
        "engineerRules": { "regions": [], "clearances": [], "excludedEngineerIds": [] },
    });
    assert_eq!(before, expected);
    let jonas = house.who("Jonas Lindqvist", Org::Provider).user;
    let change = json!({ "maxDuration": "P2D", "engineerRules": { "excludedEngineerIds": [jonas] } });
    let after = house.ok(YUKI, Ask::patch(path, &change)).await;
    let mut wanted = expected;
    wanted["maxDuration"] = json!("P2D");
    wanted["engineerRules"]["excludedEngineerIds"] = json!([jonas]);
    assert_eq!((&after, &house.ok(MARTA, Ask::get(path)).await), (&wanted, &wanted));
    house.refused(MARTA, Ask::patch(path, &change), "403 forbidden").await;
    house.refused(BEN, Ask::get(path), "403 forbidden").await;
}

#[tokio::test]
async fn problem_types_are_a_tree_with_conditional_access_in_it() {
    let house = House::new().await;
    for who in [MARTA, INES, BEN] {
        let tree = house.ok(who, Ask::get("/v1.0/support/problemTypes")).await;
        let roots = tree["value"].as_array().unwrap();
        let sign_in = roots.iter().find(|root| root["id"] == "signIn").unwrap();
        let children = sign_in["children"].as_array().unwrap();
        assert!(children.iter().any(|child| child["id"] == "signIn/conditionalAccess"), "{sign_in}");
        assert_eq!(tree["@odata.context"], format!("http://{HOST}/v1.0/$metadata#support/problemTypes"));
    }
}

#[tokio::test]
async fn messages_and_assignment_name_the_other_party_and_nothing_of_other_customers() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let path = format!("/v1.0/support/requests/{}/messages", stage.id("payroll"));
    let sent = house.ok(MARTA, Ask::post(&path, &json!({ "body": "  Since Monday.\n" }))).await;
    has_exactly(
        &sent,
        &["id", "supportRequestId", "sender", "party", "body", "attachments", "createdDateTime"],
    );
    assert_eq!((&sent["party"], &sent["body"]), (&json!("customer"), &json!("Since Monday.")));
    house.ok(INES, Ask::post(&path, &json!({ "body": "For whom?" }))).await;
    // The first of them is of the stage.
    let both = house.list(INES, &path).await;
    assert_eq!(
        both.iter().map(|m| m["party"].as_str().unwrap()).collect::<Vec<_>>(),
        ["customer", "customer", "engineer"]
    );
    house.refused(JONAS, Ask::post(&path, &json!({ "body": "Hello" })), "404 notFound").await;
    let path = format!("/v1.0/support/requests/{}/assignment", stage.id("payroll"));
    let assignment = house.ok(MARTA, Ask::get(path)).await;
    has_exactly(&assignment, &["supportRequestId", "assignedTo", "sinceDateTime", "reason", "evidence"]);
    assert_eq!(assignment["assignedTo"]["displayName"], "Ines Okafor");
    assert_eq!(assignment["evidence"][0]["topic"], "signIn/conditionalAccess");
}

#[tokio::test]
async fn one_resource_tenant_or_a_list_may_be_named_and_the_list_only_grows() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let (contoso, nobody) = (stage.id("contoso"), "0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11");
    let mut body = new_case(&stage);
    body["resourceTenantId"] = json!(contoso);
    let opened = house.ok(MARTA, Ask::post("/v1.0/support/requests", &body)).await;
    assert_eq!(opened["resourceTenantIds"], json!([contoso]));
    let path = format!("/v1.0/support/requests/{}", text(&opened["id"]));
    let grown = house.ok(MARTA, Ask::patch(&path, &json!({ "resourceTenantIds": [contoso, nobody] }))).await;
    assert_eq!(
        grown["resourceTenantIds"],
        json!([contoso, nobody]),
        "it is the same whether a tenant exists"
    );
    let shrunk = house
        .refused(MARTA, Ask::patch(&path, &json!({ "resourceTenantIds": [nobody] })), "400 invalidRequest")
        .await;
    assert_eq!(shrunk["errors"][0]["pointer"], "/resourceTenantIds");
    body["resourceTenantIds"] = json!([contoso]);
    house.refused(MARTA, Ask::post("/v1.0/support/requests", &body), "400 invalidRequest").await;
}
