//! The customer's hold on reading: whom access is about, a look before the approval, the limit on typed values, and
//! the word that lets paused access go on.

use serde_json::{Value, json};
use vouchsafe_core::time::Duration;

use crate::house::*;
use crate::rows::*;

/// A person of Adatum's sign-ins, by id and UPN, and another one.
async fn two_people(house: &House) -> [(String, String); 2] {
    let all = house.list(NOOR, "/v1.0/auditLogs/signIns").await;
    let named = |record: &Value| (text(&record["userId"]), text(&record["userPrincipalName"]));
    // Sign-ins of services name nobody.
    let people: Vec<_> =
        all.iter().map(named).filter(|(id, upn)| !id.is_empty() && !upn.is_empty()).collect();
    let other = people.iter().find(|other| other.0 != people[0].0).unwrap();
    [people[0].clone(), other.clone()]
}

async fn sign_ins_of(house: &House, id: &str) -> usize {
    let all = house.list(NOOR, "/v1.0/auditLogs/signIns").await;
    all.iter().filter(|record| record["userId"] == id).count()
}

async fn asked(house: &House, stage: &Stage, filter: Value) -> Value {
    let body = json!({
        "resourceTenantId": stage.id("adatum"), "dataCategories": ["signInLogs"], "filter": filter,
        "reasonCode": "troubleshooting", "duration": "PT8H",
        "justification": "The sign-in log should show which policy refuses them.",
    });
    let path = format!("/v1.0/support/requests/{}/accessRequests", stage.id("payroll"));
    house.ok(INES, Ask::post(path, &body)).await
}

async fn approved(house: &House, id: &str, body: Value) -> Value {
    house.ok(YUKI, Ask::post(format!("/v1.0/support/accessRequests/{id}/approve"), &body)).await
}

/// What the engineer reads under a grant, with a filter of his or her own.
async fn read(house: &House, stage: &Stage, grant: &str, filter: Option<&str>) -> Reply {
    let path = format!("{}/auditLogs/signIns", house.base(stage.id("payroll"), Org::Adatum));
    let ask = Ask::get(path).with("vouchsafe-grant", grant);
    let mut options = vec![("$top", "1000"), ("$count", "true")];
    options.extend(filter.map(|filter| ("$filter", filter)));
    house.send(INES, ask.query(&options)).await
}

/// Moves the clock to within the first minutes of an hour, so that no hour ends under a test.
fn into_an_hour(house: &House) {
    let hour = Duration::hours(1).as_micros();
    let gone = house.app.now().as_micros().rem_euclid(hour) / Duration::minutes(1).as_micros();
    house.clock.advance(Duration::minutes(61 - u32::try_from(gone).unwrap()));
}

#[tokio::test]
async fn access_about_some_people_shows_their_rows_and_no_others_and_does_not_tell_who_matched() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let [(id, upn), (other, other_upn)] = two_people(&house).await;
    let of_one = sign_ins_of(&house, &id).await;
    assert!(of_one > 0);
    for texts in [json!([upn.to_uppercase()]), json!([format!(" {id} "), "nobody@adatum.example"])] {
        let request = asked(&house, &stage, json!({ "users": texts })).await;
        let kept = &request["requested"]["filter"]["users"];
        assert_eq!(kept.as_array().unwrap().len(), texts.as_array().unwrap().len());
        let grant = text(&approved(&house, &text(&request["id"]), json!({})).await["grantId"]);
        let page = read(&house, &stage, &grant, None).await.json();
        assert_eq!(page["@odata.count"], of_one);
        assert_eq!(page["value"].as_array().unwrap().len(), of_one);
        let typed = format!("userPrincipalName eq '{other_upn}' or userId eq '{other}'");
        assert_eq!(read(&house, &stage, &grant, Some(&typed)).await.json()["@odata.count"], 0);
        // What the engineer sees of the grant is what was asked.
        let seen = house.ok(INES, Ask::get(format!("/v1.0/support/grants/{grant}"))).await;
        assert_eq!(seen["filter"]["users"], *kept);
        assert!(seen.get("people").is_none());
    }
}

#[tokio::test]
async fn nobody_who_matches_is_nobody_and_not_everybody() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let request = asked(&house, &stage, json!({ "users": ["nobody@adatum.example"] })).await;
    let grant = text(&approved(&house, &text(&request["id"]), json!({})).await["grantId"]);
    let page = read(&house, &stage, &grant, None).await.json();
    assert_eq!((page["@odata.count"].as_u64(), page["value"].as_array().unwrap().len()), (Some(0), 0));
}

#[tokio::test]
async fn an_approver_names_people_or_drops_some_and_cannot_add_any() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let [(id, upn), (_, other_upn)] = two_people(&house).await;
    let of_one = sign_ins_of(&house, &id).await;
    let to = |users: Value| json!({ "narrowTo": { "filter": { "users": users } } });
    for filter in [Value::Null, json!({ "users": [upn.clone(), other_upn.clone()] })] {
        let request = asked(&house, &stage, filter).await;
        let answer = approved(&house, &text(&request["id"]), to(json!([upn]))).await;
        assert_eq!(answer["approved"]["filter"]["users"], json!([upn]));
        let page = read(&house, &stage, &text(&answer["grantId"]), None).await.json();
        assert_eq!(page["@odata.count"], of_one);
    }
    let request = asked(&house, &stage, json!({ "users": [upn] })).await;
    let path = format!("/v1.0/support/accessRequests/{}/approve", text(&request["id"]));
    let refused = Ask::post(path, &to(json!([other_upn])));
    let refused = house.refused(YUKI, refused, "400 invalidRequest").await;
    assert_eq!(refused["errors"][0]["pointer"], "/narrowTo/filter/users/0");
}

#[tokio::test]
async fn a_preview_shows_counts_people_span_and_masked_samples_to_the_datas_approvers_alone() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let path = format!("/v1.0/support/accessRequests/{}/preview", stage.id("previewing"));
    let first = house.ok(YUKI, Ask::get(&path)).await;
    let all = house.list(NOOR, "/v1.0/auditLogs/signIns").await;
    let mut people: std::collections::BTreeSet<_> =
        all.iter().map(|record| text(&record["userId"])).collect();
    people.remove("");
    assert_eq!((&first["records"], &first["people"]), (&json!(all.len()), &json!(people.len())));
    assert_eq!(first["counts"], json!([{ "dataCategory": "signInLogs", "records": all.len() }]));
    assert_eq!(first["lastDateTime"], all[0]["createdDateTime"]);
    assert_eq!(first["samples"].as_array().unwrap().len(), 3);
    let samples = first["samples"].to_string();
    for member in ["userPrincipalName", "userDisplayName", "userId", "id"] {
        let truth = text(&all[0][member]);
        assert!(truth.is_empty() || !samples.contains(&truth), "{member}");
    }
    let second = house.ok(YUKI, Ask::get(&path)).await;
    let id = |preview: &Value| text(&preview["samples"][0]["record"]["id"]);
    assert_ne!(id(&first), id(&second), "each look has masks of its own");
    for other in [INES, RUTH, NOOR, BEN, ALEX] {
        house.refused(other, Ask::get(&path), "404 notFound").await;
    }
    let filter = format!("targetResources/any(t: t/id eq '{}')", stage.id("previewing"));
    let log =
        house.ok(NOOR, Ask::get("/v1.0/auditLogs/directoryAudits").query(&[("$filter", &filter)])).await;
    let shown = log["value"].as_array().unwrap().iter();
    assert_eq!(shown.filter(|entry| entry["activityDisplayName"] == "Preview shown").count(), 2);
    // Once it is decided, there is nothing to look ahead at.
    approved(&house, stage.id("previewing"), json!({})).await;
    house.refused(YUKI, Ask::get(&path), "409 conflict").await;
}

#[tokio::test]
async fn the_support_request_tenants_side_has_no_preview_where_the_data_is_anothers() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let path = format!("/v1.0/support/accessRequests/{}/preview", stage.id("contosoRequest"));
    house.refused(ALEX, Ask::get(path), "404 notFound").await;
}

#[tokio::test]
async fn twenty_values_an_hour_may_be_typed_hit_or_miss_and_the_customer_sees_each() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let grant = stage.id("grant");
    into_an_hour(&house);
    let [(_, upn), _] = two_people(&house).await;
    let guess = |n: usize| format!("userPrincipalName eq 'guess{n}@adatum.example'");
    let hit = format!("userPrincipalName in ('{upn}', 'guess0@adatum.example')");
    assert_eq!(read(&house, &stage, grant, Some(&hit)).await.status, 200);
    for n in 1..19 {
        assert_eq!(read(&house, &stage, grant, Some(&guess(n))).await.status, 200, "{n}");
    }
    let beyond = read(&house, &stage, grant, Some(&guess(19))).await;
    assert_eq!(beyond.verdict(), "429 tooManyRequests");
    let wait: i64 = beyond.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3_601).contains(&wait), "{wait}");
    // The same again counts once; masks never do; another property and another grant count for themselves.
    assert_eq!(read(&house, &stage, grant, Some(&guess(7))).await.status, 200);
    let page = read(&house, &stage, grant, None).await.json();
    let mut masks = page["value"].as_array().unwrap().iter().map(|record| text(&record["userId"]));
    let of_mask = format!("userId eq '{}'", masks.find(|mask| !mask.is_empty()).unwrap());
    assert_eq!(read(&house, &stage, grant, Some(&of_mask)).await.status, 200);
    let address = "ipAddress eq '198.51.100.7'";
    assert_eq!(read(&house, &stage, grant, Some(address)).await.status, 200);
    assert_eq!(read(&house, &stage, stage.id("removing"), Some(&guess(19))).await.status, 200);
    let reads = house.list(YUKI, &format!("/v1.0/support/grants/{grant}/reads")).await;
    let typed: Vec<&Value> = reads.iter().filter_map(|read| read.get("typed")).collect();
    assert!(typed.contains(&&json!([{ "property": "ipAddress", "value": "198.51.100.7" }])));
    assert!(typed.iter().any(|typed| typed.to_string().contains(&upn)), "{typed:?}");
    assert!(!reads.iter().any(|read| text(&read["query"]).contains("guess19")), "refused is not read");
    house.clock.advance(Duration::minutes(u32::try_from(wait).unwrap() / 60 + 1));
    assert_eq!(read(&house, &stage, grant, Some(&guess(19))).await.status, 200);
}

#[tokio::test]
async fn a_true_id_in_a_path_counts_as_typed_and_leaves_its_record_even_where_there_is_nothing() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    into_an_hour(&house);
    let base = house.base(stage.id("payroll"), Org::Adatum);
    let id = |n: usize| format!("{base}/auditLogs/signIns/0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b{n:02}");
    let named = |n: usize| Ask::get(id(n)).with("vouchsafe-grant", stage.id("grant"));
    for n in 0..20 {
        house.refused(INES, named(n), "404 notFound").await;
    }
    house.refused(INES, named(20), "429 tooManyRequests").await;
    let reads = house.list(YUKI, &format!("/v1.0/support/grants/{}/reads", stage.id("grant"))).await;
    assert_eq!(reads.iter().filter(|read| read["typed"][0]["property"] == "id").count(), 20);
}

#[tokio::test]
async fn paused_access_says_so_reads_nothing_and_goes_on_when_its_tenant_confirms() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let grant = stage.id("paused");
    let path = format!("/v1.0/support/grants/{grant}");
    for who in [INES, YUKI] {
        assert_eq!(house.ok(who, Ask::get(&path)).await["status"], "paused");
        let paused = house.list(who, "/v1.0/support/grants?$filter=status%20eq%20%27paused%27").await;
        assert_eq!(paused.iter().map(|grant| text(&grant["id"])).collect::<Vec<_>>(), [grant]);
    }
    let refused = read(&house, &stage, grant, None).await;
    assert_eq!(refused.verdict(), "403 noLiveGrant");
    assert!(text(&refused.json()["detail"]).contains("paused"), "{}", refused.text());
    let confirm = format!("{path}/confirm");
    for other in [INES, ALEX, NOOR, BEN] {
        let verdict = if other == INES { "403 forbidden" } else { "404 notFound" };
        house.refused(other, Ask::post(&confirm, &json!({})), verdict).await;
    }
    let confirmed = house.ok(YUKI, Ask::post(&confirm, &json!({}))).await;
    assert_eq!(confirmed["status"], "live");
    assert_eq!(read(&house, &stage, grant, None).await.status, 200);
    house.refused(YUKI, Ask::post(&confirm, &json!({})), "409 conflict").await;
}

#[tokio::test]
async fn access_that_lies_unused_for_as_long_as_the_settings_say_pauses() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let settings = Ask::patch("/v1.0/policies/supportAccess", &json!({ "idlePause": "P1D" }));
    house.ok(YUKI, settings).await;
    let body = json!({
        "resourceTenantId": stage.id("adatum"), "dataCategories": ["signInLogs"], "duration": "P7D",
        "reasonCode": "troubleshooting",
        "justification": "The sign-in log should show which policy refuses them.",
    });
    let ask = format!("/v1.0/support/requests/{}/accessRequests", stage.id("payroll"));
    let request = house.ok(INES, Ask::post(ask, &body)).await;
    let grant = text(&approved(&house, &text(&request["id"]), json!({})).await["grantId"]);
    house.clock.advance(Duration::hours(23));
    assert_eq!(read(&house, &stage, &grant, None).await.status, 200);
    house.clock.advance(Duration::hours(23));
    assert_eq!(read(&house, &stage, &grant, None).await.status, 200, "the read before kept it in use");
    house.clock.advance(Duration::hours(24));
    assert_eq!(read(&house, &stage, &grant, None).await.verdict(), "403 noLiveGrant");
    house.app.sweep().await.unwrap();
    let log = house.list(NOOR, "/v1.0/auditLogs/directoryAudits").await;
    let paused = log.iter().filter(|entry| {
        entry["activityDisplayName"] == "Access paused" && entry["targetResources"][0]["id"] == grant
    });
    assert_eq!(paused.count(), 1);
}
