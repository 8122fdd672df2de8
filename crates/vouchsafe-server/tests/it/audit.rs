//! The audit log: Graph's shape, and the filters that people know from Entra.

use serde_json::{Value, json};

use crate::house::*;
use crate::rows::*;

const LOG: &str = "/v1.0/auditLogs/directoryAudits";

async fn found(house: &House, who: Somebody, filter: &str) -> Vec<Value> {
    let page = house.ok(who, Ask::get(LOG).query(&[("$filter", filter), ("$top", "1000")])).await;
    page["value"].as_array().unwrap().clone()
}

fn names(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["activityDisplayName"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn activities_and_categories_are_found_under_entras_names_of_both_years() {
    let house = House::new().await;
    for (name, known_as) in [("Access removed", "Approval removed"), ("Access approved", "Approval approved")]
    {
        let now = found(&house, GRETA, &format!("activityDisplayName eq '{name}'")).await;
        assert!(!now.is_empty() && names(&now).iter().all(|found| *found == name));
        assert_eq!(found(&house, GRETA, &format!("activityDisplayName eq '{known_as}'")).await, now);
        let either = format!("activityDisplayName in ('{known_as}', 'Nothing')");
        assert_eq!(found(&house, GRETA, &either).await, now);
    }
    let ours = found(&house, GRETA, "category eq 'SupportAccessManagement'").await;
    assert!(!ours.is_empty());
    assert_eq!(found(&house, GRETA, "category eq 'MicrosoftSupportAccessManagement'").await, ours);
    assert_eq!(found(&house, GRETA, "startswith(activityDisplayName,'Access ')").await.len(), 2);
}

#[tokio::test]
async fn everything_about_one_thing_is_found_by_its_id() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let id = stage.id("revoking");
    let revoke = format!("/v1.0/support/accessRequests/{id}/revoke");
    house.ok(YUKI, Ask::post(revoke, &json!({ "reason": "Enough." }))).await;
    let about = found(&house, NOOR, &format!("targetResources/any(t: t/id eq '{id}')")).await;
    let mut seen = names(&about);
    seen.sort_unstable();
    assert_eq!(seen, ["Access approved", "Access removed", "Request approved", "Request created"]);
    for entry in &about {
        assert_eq!(entry["targetResources"][0]["id"], id);
        assert_eq!(entry["loggedByService"], "Core Directory");
        let details = entry["additionalDetails"].as_array().unwrap();
        let detail =
            |key: &str| details.iter().find(|detail| detail["key"] == key).map(|detail| &detail["value"]);
        assert_eq!(detail("supportRequestId"), Some(&json!(stage.id("payroll"))));
        assert_eq!(detail("automatic"), Some(&json!("false")));
        let (user, app) = (&entry["initiatedBy"]["user"], &entry["initiatedBy"]["app"]);
        assert!(user.is_null() != app.is_null(), "exactly one initiator: {entry}");
        assert_eq!(house.ok(NOOR, Ask::get(format!("{LOG}/{}", text(&entry["id"])))).await, *entry);
    }
    let approved: Vec<&Value> =
        about.iter().filter(|entry| text(&entry["activityDisplayName"]).ends_with("approved")).collect();
    assert_eq!(approved[0]["correlationId"], approved[1]["correlationId"]);
    let both = format!("targetResources/any(t: t/id eq '{id}') and activityDisplayName eq 'Access removed'");
    assert_eq!(found(&house, NOOR, &both).await.len(), 1);
}

#[tokio::test]
async fn people_are_found_by_whole_names_and_beginnings_and_never_by_free_text() {
    let house = House::new().await;
    let upn = "initiatedBy/user/userPrincipalName";
    let hers = found(&house, NOOR, &format!("{upn} eq 'yuki.tanabe@adatum.example'")).await;
    assert!(!hers.is_empty());
    assert!(hers.iter().all(|entry| entry["initiatedBy"]["user"]["displayName"] == "Yuki Tanabe"));
    for same in [
        format!("{upn} eq 'YUKI.Tanabe@adatum.example'"),
        format!("{upn} in ('yuki.tanabe@adatum.example', 'nobody@adatum.example')"),
        format!("startswith({upn},'yuki.')"),
        "initiatedBy/user/displayName eq 'Yuki Tanabe'".to_owned(),
        "startswith(initiatedBy/user/displayName,'Yuki')".to_owned(),
        format!("initiatedBy/user/id eq '{}'", house.who("Yuki Tanabe", Org::Adatum).user),
    ] {
        assert_eq!(found(&house, NOOR, &same).await, hers, "{same}");
    }
    assert_eq!(found(&house, NOOR, &format!("{upn} eq 'nobody@adatum.example'")).await, Vec::<Value>::new());
    let everything = house.list(NOOR, LOG).await.len();
    assert_eq!(
        found(&house, NOOR, &format!("{upn} ne 'yuki.tanabe@adatum.example'")).await.len(),
        everything - hers.len()
    );
    for refused in [
        format!("contains({upn},'tanabe')"),
        format!("endswith({upn},'@adatum.example')"),
        format!("{upn} gt 'a'"),
        "contains(initiatedBy/user/displayName,'Tanabe')".to_owned(),
        "resultReason eq 'x'".to_owned(),
        "additionalDetails/any(d: d/value eq 'x')".to_owned(),
        "targetResources/any(t: contains(t/displayName,'x'))".to_owned(),
    ] {
        let problem =
            house.refused(NOOR, Ask::get(LOG).query(&[("$filter", &refused)]), "400 invalidRequest").await;
        assert_eq!(problem["errors"][0]["parameter"], "$filter", "{refused}");
    }
}

#[tokio::test]
async fn who_may_approve_but_not_read_the_log_sees_the_lifecycle_of_access_only() {
    let house = House::new().await;
    let all = house.list(NOOR, LOG).await;
    let lifecycle: Vec<Value> =
        all.iter().filter(|entry| entry["category"] == "SupportAccessManagement").cloned().collect();
    assert!(!lifecycle.is_empty() && lifecycle.len() < all.len());
    assert_eq!(house.list(MARTA, LOG).await, lifecycle);
    let other = all.iter().find(|entry| entry["category"] != "SupportAccessManagement").unwrap();
    let path = |entry: &Value| Ask::get(format!("{LOG}/{}", text(&entry["id"])));
    house.refused(MARTA, path(other), "404 notFound").await;
    house.ok(MARTA, path(&lifecycle[0])).await;
    for who in [BEN, INES, Somebody::Feed(Org::Adatum)] {
        house.refused(who, Ask::get(LOG), "403 forbidden").await;
        house.refused(who, path(other), "404 notFound").await;
    }
}

#[tokio::test]
async fn an_automatic_approval_names_its_person_and_says_so_in_the_other_tenants_log() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let id = stage.id("contosoRequest");
    house.ok(ALEX, Ask::post(format!("/v1.0/support/accessRequests/{id}/approve"), &json!({}))).await;
    let about = format!("targetResources/any(t: t/id eq '{id}')");
    let theirs = found(&house, GRETA, &about).await;
    let approved = theirs.iter().find(|entry| entry["activityDisplayName"] == "Access approved").unwrap();
    assert!(approved["initiatedBy"]["user"].is_null(), "the service did it: {approved}");
    let details = approved["additionalDetails"].as_array().unwrap();
    assert!(details.contains(&json!({ "key": "automatic", "value": "true" })), "{approved}");
    assert!(approved.to_string().contains("Alex Moreno"), "{approved}");
    let ours = found(&house, SAM, &about).await;
    assert_eq!(
        names(&ours),
        ["Request approved", "Request created"],
        "newest first, and nothing of the other side"
    );
    for entry in &ours {
        let other_side = format!("correlationId eq '{}'", text(&entry["correlationId"]));
        assert_eq!(
            found(&house, GRETA, &other_side).await,
            Vec::<Value>::new(),
            "correlation ids are never shared"
        );
    }
}

/// The place of an entry in its log.
fn place(entry: &Value) -> u64 {
    let details = entry["additionalDetails"].as_array().unwrap();
    let detail = details.iter().find(|detail| detail["key"] == "sequence").unwrap();
    text(&detail["value"]).parse().unwrap()
}

#[tokio::test]
async fn whoever_goes_on_after_the_last_place_misses_nothing_and_sees_nothing_twice() {
    let house = House::new().await;
    let ordered = |filter: &str, top: &str| {
        Ask::get(LOG).query(&[("$filter", filter), ("$orderby", "sequence"), ("$top", top)])
    };
    let (mut next, mut seen) = (0, Vec::new());
    loop {
        let page = house.ok(NOOR, ordered(&format!("sequence ge {next}"), "7")).await;
        let places: Vec<u64> = page["value"].as_array().unwrap().iter().map(place).collect();
        let Some(last) = places.last() else { break };
        next = last + 1;
        seen.extend(places);
        if seen.len() < 30 {
            // Something is written between two pages.
            house.ok(MARTA, Ask::get("/v1.0/support/requests")).await;
            let case = house.case(MARTA, PAYROLL).await;
            let body = json!({ "body": "Any news?" });
            house.ok(MARTA, Ask::post(format!("/v1.0/support/requests/{case}/messages"), &body)).await;
        }
    }
    let whole = u64::try_from(seen.len()).unwrap();
    assert_eq!(seen, (0..whole).collect::<Vec<_>>());
    assert_eq!(house.list(NOOR, LOG).await.len(), seen.len());

    // The next link goes on in the same order, either way.
    for (order, ascending) in [("sequence", true), ("sequence desc", false)] {
        let mut ask = Ask::get(LOG).query(&[("$orderby", order), ("$top", "9")]);
        let mut places = Vec::new();
        loop {
            let page = house.ok(NOOR, ask).await;
            places.extend(page["value"].as_array().unwrap().iter().map(place));
            let Some(link) = page["@odata.nextLink"].as_str() else { break };
            ask = Ask::get(link.split_once("/v1.0").map(|(_, rest)| format!("/v1.0{rest}")).unwrap());
        }
        if !ascending {
            places.reverse();
        }
        assert_eq!(places, seen, "{order}");
    }
    let refused = Ask::get(LOG).query(&[("$filter", "sequence eq '5'")]);
    house.refused(NOOR, refused, "400 invalidRequest").await;
}

#[tokio::test]
async fn everything_of_a_case_is_found_by_the_case() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let case = stage.id("payroll");
    let all = house.list(NOOR, LOG).await;
    let of_case = |entry: &&Value| {
        let detail = json!({ "key": "supportRequestId", "value": case });
        entry["additionalDetails"].as_array().unwrap().contains(&detail)
    };
    let mut expected: Vec<u64> = all.iter().filter(of_case).map(place).collect();
    expected.sort_unstable();
    let mut by_case: Vec<u64> =
        found(&house, NOOR, &format!("supportRequestId eq '{case}'")).await.iter().map(place).collect();
    by_case.sort_unstable();
    assert!(!expected.is_empty() && expected.len() < all.len());
    assert_eq!(by_case, expected);
    let without = found(&house, NOOR, "supportRequestId eq null").await;
    assert!(without.iter().all(|entry| names(std::slice::from_ref(entry))[0] != "Access approved"));
    assert!(!without.is_empty());
}
