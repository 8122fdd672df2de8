//! Reading diagnostic data for a case: headers, masks, grants, records of reads, and refusals.

use http::Method;
use serde_json::{Value, json};
use vouchsafe_core::time::Duration;

use crate::house::*;
use crate::rows::*;

struct Reading {
    house: House,
    stage: Stage,
    signs: String,
}

async fn reading() -> Reading {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let signs = format!("{}/auditLogs/signIns", house.base(stage.id("payroll"), Org::Adatum));
    Reading { house, stage, signs }
}

#[tokio::test]
async fn every_answer_names_its_grant_and_its_record_and_is_never_stored() {
    let Reading { house, stage, signs } = reading().await;
    let one = format!("{signs}/{}", stage.id("masked"));
    for ask in [Ask::get(&signs).query(&[("$top", "2")]), Ask::get(&one), Ask::new(Method::HEAD, &one)] {
        let reply = house.send(INES, ask.clone()).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("etag"), None);
        assert_eq!(reply.header("vouchsafe-grant"), Some(stage.id("grant")));
        let read = reply.header("vouchsafe-read").unwrap();
        let path = format!("/v1.0/support/grants/{}/reads", stage.id("grant"));
        let records = house.ok(YUKI, Ask::get(path).query(&[("$filter", &format!("id eq '{read}'"))])).await;
        let record = &records["value"][0];
        let keys =
            ["bytes", "count", "dateTime", "engineer", "grantId", "id", "properties", "query", "recordIds"];
        let mut seen: Vec<&String> = record.as_object().unwrap().keys().collect();
        seen.sort_unstable();
        assert_eq!(seen, keys);
        if ask.method == Method::GET {
            assert_eq!(record["bytes"], reply.bytes.len());
        }
        let count = record["count"].as_u64().unwrap();
        assert_eq!(count, record["recordIds"].as_array().unwrap().len() as u64);
        let own: Vec<String> =
            house.list(NOOR, "/v1.0/auditLogs/signIns").await.iter().map(|own| text(&own["id"])).collect();
        for id in record["recordIds"].as_array().unwrap() {
            assert!(own.contains(&text(id)), "the customer gets true ids");
        }
    }
}

#[tokio::test]
async fn what_is_personal_is_masked_and_nothing_true_of_it_is_in_the_answer() {
    let Reading { house, signs, .. } = reading().await;
    let read = house.send(INES, Ask::get(&signs).query(&[("$top", "1000")])).await;
    let masked = read.text();
    let own = house.list(NOOR, "/v1.0/auditLogs/signIns").await;
    assert_eq!(read.json()["value"].as_array().unwrap().len(), own.len());
    for record in own.iter().step_by(5) {
        for member in ["id", "userId", "userPrincipalName", "userDisplayName", "correlationId"] {
            let Some(value) = record[member].as_str().filter(|value| value.len() > 3) else { continue };
            assert!(!masked.contains(value), "{member} {value} is readable");
        }
        // Of a managed identity there is none.
        let address = text(&record["ipAddress"]);
        assert!(address.is_empty() || !masked.contains(&format!("\"{address}\"")), "{address} is readable");
    }
    let read = read.json();
    for (own, seen) in own.iter().zip(read["value"].as_array().unwrap()) {
        assert_eq!(own["createdDateTime"], seen["createdDateTime"], "times of events stay, newest first");
        assert_eq!(own["status"]["errorCode"], seen["status"]["errorCode"]);
        let (own, seen) = (own.as_object().unwrap(), seen.as_object().unwrap());
        assert!(seen.keys().all(|name| own.contains_key(name)), "no member is invented");
    }
}

#[tokio::test]
async fn masks_are_taken_back_in_paths_and_filters_and_typed_values_find_the_same() {
    let Reading { house, signs, .. } = reading().await;
    let all = house.ok(INES, Ask::get(&signs).query(&[("$top", "1000")])).await;
    let own = house.list(NOOR, "/v1.0/auditLogs/signIns").await;
    let of_a_person = own.iter().position(|own| own["userId"] != "").unwrap();
    let (one, true_one) = (&all["value"][of_a_person], &own[of_a_person]);
    let single = house.ok(INES, Ask::get(format!("{signs}/{}", text(&one["id"])))).await;
    assert_eq!((&single["id"], &single["createdDateTime"]), (&one["id"], &one["createdDateTime"]));
    let context = single["@odata.context"].as_str().unwrap();
    assert!(
        context.starts_with(&format!("http://{HOST}/diagnostics/")) && context.ends_with("/$entity"),
        "{context}"
    );
    let same = |member: &str, value: &Value| own.iter().filter(|own| own[member] == *value).count() as u64;
    let read = async |filter: String| {
        let page = house
            .ok(INES, Ask::get(&signs).query(&[("$filter", &filter), ("$count", "true"), ("$top", "1")]))
            .await;
        page["@odata.count"].as_u64().unwrap()
    };
    let (mask, upn) = (text(&one["userPrincipalName"]), text(&true_one["userPrincipalName"]));
    let expected = same("userPrincipalName", &true_one["userPrincipalName"]);
    assert_eq!(read(format!("userPrincipalName eq '{mask}'")).await, expected);
    assert_eq!(read(format!("userPrincipalName eq '{upn}'")).await, expected, "a whole typed value");
    let (mask, user) = (text(&one["userId"]), &true_one["userId"]);
    assert_eq!(read(format!("userId eq '{mask}'")).await, same("userId", user));
    assert_eq!(
        read("status/errorCode ne 0".to_owned()).await,
        own.len() as u64 - own.iter().filter(|own| own["status"]["errorCode"] == 0).count() as u64
    );
    for (option, value) in [
        ("$filter", format!("startswith(userPrincipalName,'{}')", &upn[..3])),
        ("$filter", "contains(userDisplayName,'a')".to_owned()),
        ("$filter", "userPrincipalName ne 'x'".to_owned()),
        ("$filter", "id gt '0'".to_owned()),
        ("$orderby", "userPrincipalName".to_owned()),
    ] {
        let problem =
            house.refused(INES, Ask::get(&signs).query(&[(option, &value)]), "400 maskedProperty").await;
        assert_eq!(problem["errors"][0]["parameter"], option, "{value}");
    }
}

#[tokio::test]
async fn pages_are_bound_to_their_grant_and_end_with_it() {
    let Reading { house, stage, signs } = reading().await;
    let first = house.ok(INES, Ask::get(&signs).query(&[("$top", "50")])).await;
    let link = text(&first["@odata.nextLink"]).replace(&format!("http://{HOST}"), "");
    let mut seen: Vec<Value> = first["value"].as_array().unwrap().clone();
    let mut next = Some(link.clone());
    while let Some(path) = next {
        let page = house.ok(INES, Ask::get(path)).await;
        seen.extend(page["value"].as_array().unwrap().clone());
        next = page["@odata.nextLink"].as_str().map(|link| link.replace(&format!("http://{HOST}"), ""));
    }
    let all = house.ok(INES, Ask::get(&signs).query(&[("$top", "1000")])).await;
    assert_eq!(json!(seen), all["value"]);
    let other = Ask::get(&link).with("vouchsafe-grant", stage.id("removing"));
    house.refused(INES, other, "400 invalidRequest").await;
    house.ok(YUKI, Ask::post(format!("/v1.0/support/grants/{}/remove", stage.id("grant")), &json!({}))).await;
    house.refused(INES, Ask::get(&link), "403 grantEnded").await;
    let reply = house.send(INES, Ask::get(&signs)).await;
    assert_eq!(reply.status, 200, "another grant is live still");
    assert_ne!(reply.header("vouchsafe-grant"), Some(stage.id("grant")));
}

#[tokio::test]
async fn the_named_grant_is_used_and_no_other() {
    let Reading { house, stage, signs } = reading().await;
    let named = |grant: &str| Ask::get(&signs).query(&[("$top", "1")]).with("vouchsafe-grant", grant);
    for name in ["grant", "removing"] {
        let reply = house.send(INES, named(stage.id(name))).await;
        assert_eq!((reply.status, reply.header("vouchsafe-grant")), (200, Some(stage.id(name))));
    }
    let masks = async |name: &str| text(&house.ok(INES, named(stage.id(name))).await["value"][0]["id"]);
    assert_ne!(masks("grant").await, masks("removing").await, "masks of two grants cannot be joined");
    house.refused(INES, named(stage.id("fabrikamGrant")), "403 noLiveGrant").await;
    house.refused(INES, named("grt_018bcfe568007707870707070707070a"), "403 noLiveGrant").await;
    let problem = house.refused(INES, named("nonsense"), "400 invalidRequest").await;
    assert_eq!(problem["errors"][0]["parameter"], "vouchsafe-grant");
    house
        .ok(YUKI, Ask::post(format!("/v1.0/support/grants/{}/remove", stage.id("removing")), &json!({})))
        .await;
    house.refused(INES, named(stage.id("removing")), "403 grantEnded").await;
}

#[tokio::test]
async fn the_time_range_of_a_grant_leaves_the_other_rows_out_of_answers_and_counts() {
    let Reading { house, stage, .. } = reading().await;
    let path = format!("/v1.0/support/accessRequests/{}/approve", stage.id("contosoRequest"));
    house.ok(ALEX, Ask::post(path, &json!({}))).await;
    let fabrikam = house.list(GRETA, "/v1.0/auditLogs/signIns").await;
    let signs = format!("{}/auditLogs/signIns", house.base(stage.id("portal"), Org::Fabrikam));
    let grant = house.grant_of(INES, stage.id("portal")).await;
    let grant = house.ok(INES, Ask::get(format!("/v1.0/support/grants/{grant}"))).await;
    let from: vouchsafe_core::time::Timestamp = text(&grant["filter"]["dataFrom"]).parse().unwrap();
    let within = fabrikam
        .iter()
        .filter(|own| {
            text(&own["createdDateTime"]).parse::<vouchsafe_core::time::Timestamp>().unwrap() >= from
        })
        .count();
    assert!(0 < within && within < fabrikam.len());
    let read = house.ok(INES, Ask::get(&signs).query(&[("$count", "true"), ("$top", "1000")])).await;
    assert_eq!(
        (read["@odata.count"].as_u64(), read["value"].as_array().unwrap().len()),
        (Some(within as u64), within)
    );
    let outside =
        Ask::get(&signs).query(&[("$filter", "createdDateTime lt 2020-01-01T00:00:00Z"), ("$count", "true")]);
    assert_eq!(house.ok(INES, outside).await["@odata.count"], 0);
}

#[tokio::test]
async fn a_read_after_expiry_closure_or_handover_is_refused() {
    let Reading { house, stage, signs } = reading().await;
    house.ok(INES, Ask::get(&signs).query(&[("$top", "1")])).await;
    let case = format!("/v1.0/support/requests/{}", stage.id("payroll"));
    let hand_over = json!({ "engineerId": stage.id("jonas"), "reason": "Shift." });
    house.ok(RUTH, Ask::post(format!("{case}/assign"), &hand_over)).await;
    house.refused(INES, Ask::get(&signs), "404 notFound").await;
    house.ok(JONAS, Ask::get(&signs).query(&[("$top", "1")])).await;
    house.clock.advance(Duration::days(29));
    house.refused(JONAS, Ask::get(&signs), "403 noLiveGrant").await;
    let Reading { house, stage, signs } = reading().await;
    let case = format!("/v1.0/support/requests/{}", stage.id("payroll"));
    house.ok(MARTA, Ask::post(format!("{case}/close"), &json!({ "resolution": "resolved" }))).await;
    let verdict = house.send(INES, Ask::get(&signs)).await.verdict();
    assert!(["403 noLiveGrant", "404 notFound"].contains(&verdict.as_str()), "{verdict}");
}

#[tokio::test]
async fn nothing_but_reading_exists_under_the_diagnostics_base() {
    let Reading { house, stage, signs } = reading().await;
    let base = house.base(stage.id("payroll"), Org::Adatum);
    let before = house.snapshot().await;
    for path in
        [signs.clone(), format!("{signs}/x"), format!("{base}/users"), format!("{base}/anything/else"), base]
    {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let reply = house.send(INES, Ask::new(method.parse().unwrap(), &path)).await;
            assert_eq!(reply.verdict(), "405 methodNotAllowed", "{method} {path}");
            assert_eq!(reply.header("allow"), Some("GET,HEAD"), "{method} {path}");
        }
    }
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn only_the_datas_tenant_sees_what_was_read() {
    let Reading { house, stage, signs } = reading().await;
    house.ok(INES, Ask::get(&signs).query(&[("$top", "3")])).await;
    let path = format!("/v1.0/support/grants/{}/reads", stage.id("grant"));
    for who in [YUKI, MARTA, NOOR] {
        assert!(!house.list(who, &path).await.is_empty(), "{who:?}");
    }
    for who in [INES, RUTH, ALEX, OMAR, BEN, LENA, MEERA] {
        house.refused(who, Ask::get(&path), "404 notFound").await;
    }
}
