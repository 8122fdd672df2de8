//! Lists: filters, order, pages that stay stable while things are added, counts, selected properties.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::house::*;
use crate::rows::*;

/// A list with the properties that it can be filtered by.
struct List {
    path: String,
    by: Somebody,
    texts: &'static [&'static str],
    times: &'static [&'static str],
    order: &'static str,
}

async fn every_list(house: &House, stage: &Stage) -> Vec<List> {
    let messages = format!("/v1.0/support/requests/{}/messages", stage.id("payroll"));
    for body in ["One", "Two", "Three", "Four", "Five"] {
        house.ok(MARTA, Ask::post(&messages, &json!({ "body": body }))).await;
    }
    let base = house.base(stage.id("payroll"), Org::Adatum);
    for top in ["2", "3", "4"] {
        house.ok(INES, Ask::get(format!("{base}/auditLogs/signIns")).query(&[("$top", top)])).await;
    }
    let list = |path: &str, by, texts, times, order| List { path: path.to_owned(), by, texts, times, order };
    let case = &["id", "number", "tenantId", "status", "stage", "severity", "problemType", "assignedTo/id"];
    let entry = &[
        "id",
        "activityDisplayName",
        "category",
        "result",
        "correlationId",
        "loggedByService",
        "initiatedBy/user/id",
        "initiatedBy/app/displayName",
    ];
    let access = &["id", "supportRequestId", "resourceTenantId", "side", "status"];
    let ask = &["id", "supportRequestId", "resourceTenantId", "status"];
    let grant = &["id", "tenantId", "supportRequestId", "accessRequestId", "source", "status"];
    let (created, read) = ("createdDateTime", "dateTime");
    vec![
        list("/v1.0/support/requests", MARTA, case, &["createdDateTime", "closedDateTime"], created),
        list("/v1.0/support/requests", INES, case, &["createdDateTime"], created),
        list("/v1.0/support/requests", RUTH, case, &["createdDateTime", "closedDateTime"], created),
        list("/v1.0/support/accessRequests", YUKI, access, &["createdDateTime"], created),
        list("/v1.0/support/accessRequests", ALEX, access, &["createdDateTime"], created),
        list("/v1.0/support/accessRequests", INES, ask, &["createdDateTime"], created),
        list("/v1.0/support/accessRequests", RUTH, ask, &["createdDateTime"], created),
        list("/v1.0/support/grants", YUKI, grant, &["expiresDateTime"], created),
        list("/v1.0/support/grants", RUTH, grant, &["expiresDateTime"], created),
        list(&messages, INES, &["id"], &["createdDateTime"], created),
        list(
            &format!("/v1.0/support/grants/{}/reads", stage.id("grant")),
            YUKI,
            &["id"],
            &["dateTime"],
            read,
        ),
        list(
            &format!("/v1.0/support/accessRequests/{}/reads", stage.id("live")),
            NOOR,
            &["id"],
            &["dateTime"],
            read,
        ),
        list(
            "/v1.0/roleManagement/directory/roleAssignments",
            NOOR,
            &["id", "principalId", "roleDefinitionId"],
            &["createdDateTime", "endDateTime"],
            created,
        ),
        list(
            "/v1.0/apiTokens",
            YUKI,
            &["id", "userId"],
            &["createdDateTime", "expiresDateTime", "revokedDateTime"],
            created,
        ),
        list("/v1.0/auditLogs/directoryAudits", NOOR, entry, &["activityDateTime"], "activityDateTime"),
    ]
}

/// The value at a path such as `assignedTo/id`; null where something on the way is.
fn at(item: &Value, path: &str) -> Value {
    path.split('/').fold(item.clone(), |value, name| value.get(name).cloned().unwrap_or(Value::Null))
}

fn ids<'a>(items: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    items.into_iter().map(|item| text(&item["id"])).collect()
}

async fn filtered(house: &House, list: &List, filter: &str) -> BTreeSet<String> {
    let options = [("$filter", filter), ("$top", "1000"), ("$count", "true"), ("$select", "id")];
    let page = house.glance(list.by, &Ask::get(&list.path).query(&options).path).await;
    let found = ids(page["value"].as_array().unwrap_or_else(|| panic!("{} {filter}: {page}", list.path)));
    assert_eq!(page["@odata.count"], found.len(), "{} {filter}", list.path);
    found
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[tokio::test]
async fn every_operator_admits_what_it_says_on_every_list_and_property() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    for list in every_list(&house, &stage).await {
        let all = house.list(list.by, &list.path).await;
        assert!(!all.is_empty(), "{} is empty for {:?}", list.path, list.by);
        let admits = |rule: &dyn Fn(&Value) -> bool| ids(all.iter().filter(|item| rule(item)));
        for path in list.texts {
            let values: BTreeSet<String> =
                all.iter().filter_map(|item| at(item, path).as_str().map(str::to_owned)).collect();
            let one = values.iter().next().cloned().unwrap_or_else(|| "nothing".to_owned());
            let last = values.iter().next_back().cloned().unwrap_or_else(|| "nothing".to_owned());
            let (start, end) = (&one[..one.len().min(6)], &last[last.len().saturating_sub(3)..]);
            let middle = &one[1..one.len().min(5)];
            let is = |value: &Value, rule: &dyn Fn(&str) -> bool| value.as_str().is_some_and(rule);
            let (a, b) = (quoted(&one), quoted(&last));
            for (filter, expected) in [
                (format!("{path} eq {a}"), admits(&|item| is(&at(item, path), &|text| text == one))),
                (format!("{path} ne {a}"), admits(&|item| !is(&at(item, path), &|text| text == one))),
                (format!("{path} in ({a}, {b})"), admits(&|i| is(&at(i, path), &|t| t == one || t == last))),
                (format!("{path} gt {a}"), admits(&|i| is(&at(i, path), &|t| t > one.as_str()))),
                (format!("{path} le {a}"), admits(&|i| is(&at(i, path), &|t| t <= one.as_str()))),
                (format!("{path} eq null"), admits(&|item| at(item, path).is_null())),
                (format!("{path} ne null"), admits(&|item| !at(item, path).is_null())),
                (format!("not ({path} eq {a})"), admits(&|i| !is(&at(i, path), &|t| t == one))),
                (
                    format!("startswith({path},{})", quoted(start)),
                    admits(&|i| is(&at(i, path), &|t| t.starts_with(start))),
                ),
                (
                    format!("endswith({path},{})", quoted(end)),
                    admits(&|i| is(&at(i, path), &|t| t.ends_with(end))),
                ),
                (
                    format!("contains({path},{})", quoted(middle)),
                    admits(&|i| is(&at(i, path), &|t| t.contains(middle))),
                ),
                (
                    format!("{path} eq {a} or {path} eq {b}"),
                    admits(&|i| is(&at(i, path), &|t| t == one || t == last)),
                ),
                (format!("{path} eq {a} and {path} ne {a}"), BTreeSet::new()),
                (format!("{path} eq 'it''s not here'"), BTreeSet::new()),
            ] {
                assert_eq!(
                    filtered(&house, &list, &filter).await,
                    expected,
                    "{} {:?} {filter}",
                    list.path,
                    list.by
                );
            }
        }
        for path in list.times {
            let mut values: Vec<String> =
                all.iter().filter_map(|item| at(item, path).as_str().map(str::to_owned)).collect();
            values.sort_by_key(|text| instant(text));
            let Some(middle) = values.get(values.len() / 2) else { continue };
            let when = instant(middle);
            let is = |item: &Value, rule: &dyn Fn(i64) -> bool| {
                at(item, path).as_str().is_some_and(|t| rule(instant(t)))
            };
            for (filter, expected) in [
                (format!("{path} eq {middle}"), admits(&|item| is(item, &|time| time == when))),
                (format!("{path} ne {middle}"), admits(&|item| !is(item, &|time| time == when))),
                (format!("{path} gt {middle}"), admits(&|item| is(item, &|time| time > when))),
                (format!("{path} ge {middle}"), admits(&|item| is(item, &|time| time >= when))),
                (format!("{path} lt {middle}"), admits(&|item| is(item, &|time| time < when))),
                (format!("{path} le {middle}"), admits(&|item| is(item, &|time| time <= when))),
                (
                    format!("{path} ge {middle} and {path} le {middle}"),
                    admits(&|item| is(item, &|t| t == when)),
                ),
                (format!("{path} eq null"), admits(&|item| at(item, path).is_null())),
            ] {
                assert_eq!(
                    filtered(&house, &list, &filter).await,
                    expected,
                    "{} {:?} {filter}",
                    list.path,
                    list.by
                );
            }
        }
    }
}

fn instant(text: &str) -> i64 {
    text.parse::<vouchsafe_core::time::Timestamp>().unwrap().as_micros()
}

/// Follows `@odata.nextLink` to the end, as it is.
async fn follow(house: &House, who: Somebody, first: Ask, mut between: impl AsyncFnMut()) -> Vec<Value> {
    let mut items = Vec::new();
    let mut page = house.ok(who, first).await;
    loop {
        items.extend(page["value"].as_array().unwrap().clone());
        let Some(link) = page["@odata.nextLink"].as_str() else { return items };
        let path =
            link.strip_prefix(&format!("http://{HOST}")).unwrap_or_else(|| panic!("{link} is not absolute"));
        between().await;
        page = house.ok(who, Ask::get(path)).await;
        assert!(items.len() < 5_000, "the pages have no end");
    }
}

#[tokio::test]
async fn pages_in_either_order_make_the_whole_list_once() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    for list in every_list(&house, &stage).await {
        let all: Vec<String> =
            house.list(list.by, &list.path).await.iter().map(|item| text(&item["id"])).collect();
        for top in ["1", "2", "3"] {
            let first = Ask::get(&list.path).query(&[("$top", top), ("$count", "true")]);
            let paged = follow(&house, list.by, first, async || {}).await;
            let paged: Vec<String> = paged.iter().map(|item| text(&item["id"])).collect();
            assert_eq!(paged, all, "{} $top={top}", list.path);
        }
        for direction in ["asc", "desc"] {
            let order = format!("{} {direction}", list.order);
            let first = Ask::get(&list.path).query(&[("$top", "3"), ("$orderby", &order)]);
            let paged = follow(&house, list.by, first, async || {}).await;
            assert_eq!(ids(&paged), all.iter().cloned().collect(), "{} {order}", list.path);
            let mut keys: Vec<i64> =
                paged.iter().filter_map(|item| item[list.order].as_str().map(instant)).collect();
            if direction == "desc" {
                keys.reverse();
            }
            assert!(keys.is_sorted(), "{} {order}", list.path);
        }
    }
}

#[tokio::test]
async fn what_is_added_while_somebody_pages_neither_repeats_nor_hides_an_item() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let messages = format!("/v1.0/support/requests/{}/messages", stage.id("payroll"));
    for body in ["One", "Two", "Three", "Four", "Five"] {
        house.ok(MARTA, Ask::post(&messages, &json!({ "body": body }))).await;
    }
    for (who, path) in [
        (MARTA, "/v1.0/support/requests"),
        (RUTH, "/v1.0/support/requests"),
        (NOOR, "/v1.0/auditLogs/directoryAudits"),
        (INES, &messages),
        (NOOR, "/v1.0/auditLogs/signIns"),
    ] {
        let before = ids(&house.list(who, path).await);
        let top = if path.ends_with("signIns") { "90" } else { "2" };
        for order in ["desc", "asc"] {
            let property = if path.ends_with("Audits") { "activityDateTime" } else { "createdDateTime" };
            let order = format!("{property} {order}");
            let mut number = 0;
            let paged = follow(
                &house,
                who,
                Ask::get(path).query(&[("$top", top), ("$orderby", &order)]),
                async || {
                    number += 1;
                    if number > 3 {
                        return;
                    }
                    house.ok(MARTA, Ask::post("/v1.0/support/requests", &new_case(&stage))).await;
                    house.ok(MARTA, Ask::post(&messages, &json!({ "body": "More" }))).await;
                    let id = format!("66ea54eb-6301-4ee5-be62-ff5a759b02{number:02}");
                    let more = SIGN_IN.replace("66ea54eb-6301-4ee5-be62-ff5a759b0100", &id);
                    let import = Ask::new(http::Method::POST, "/v1.0/diagnostics/import");
                    house.ok(Somebody::Feed(Org::Adatum), import.raw("application/json", more)).await;
                },
            )
            .await;
            let seen = ids(&paged);
            assert_eq!(seen.len(), paged.len(), "{path} {order}: something came twice");
            assert!(before.is_subset(&seen), "{path} {order}: something was hidden");
        }
    }
}

#[tokio::test]
async fn only_selected_properties_come_and_a_page_tells_what_it_is() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    for list in every_list(&house, &stage).await {
        let options = [("$select", "id"), ("$top", "2")];
        let reply = house.glance(list.by, &Ask::get(&list.path).query(&options).path).await;
        for item in reply["value"].as_array().unwrap() {
            assert_eq!(item.as_object().unwrap().keys().collect::<Vec<_>>(), ["id"], "{}", list.path);
        }
        let resource = list.path.trim_start_matches("/v1.0/");
        assert_eq!(reply["@odata.context"], format!("http://{HOST}/v1.0/$metadata#{resource}"));
        assert!(reply.get("@odata.count").is_none(), "a count that nobody asked for");
        let link = reply["@odata.nextLink"].as_str();
        assert!(
            link.is_none_or(|link| link.contains("%24select=id") || link.contains("$select=id")),
            "{link:?}"
        );
    }
}

#[tokio::test]
async fn own_sign_ins_filter_as_entra_does() {
    let house = House::new().await;
    let path = "/v1.0/auditLogs/signIns";
    let all = house.list(NOOR, path).await;
    assert_eq!(all.len(), 200);
    let one = all.iter().find(|item| item["status"]["errorCode"] != 0).unwrap();
    let lower = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
    let admits = |rule: &dyn Fn(&Value) -> bool| ids(all.iter().filter(|item| rule(item)));
    let (upn, app) = (lower(&one["userPrincipalName"]), lower(&one["appDisplayName"]));
    let (address, code) = (text(&one["ipAddress"]), one["status"]["errorCode"].as_i64().unwrap());
    let (user, time) = (text(&one["userId"]), text(&one["createdDateTime"]));
    let when = instant(&time);
    let list = List { path: path.to_owned(), by: NOOR, texts: &[], times: &[], order: "createdDateTime" };
    for (filter, expected) in [
        (
            format!("userPrincipalName eq {}", quoted(&upn.to_uppercase())),
            admits(&|i| lower(&i["userPrincipalName"]) == upn),
        ),
        (
            format!("startswith(userPrincipalName,{})", quoted(&upn[..4])),
            admits(&|i| lower(&i["userPrincipalName"]).starts_with(&upn[..4])),
        ),
        (
            format!("startswith(appDisplayName,{})", quoted(&app[..3])),
            admits(&|i| lower(&i["appDisplayName"]).starts_with(&app[..3])),
        ),
        (format!("userId eq {}", quoted(&user)), admits(&|i| i["userId"] == user)),
        (format!("ipAddress eq {}", quoted(&address)), admits(&|i| i["ipAddress"] == address)),
        (format!("status/errorCode eq {code}"), admits(&|i| i["status"]["errorCode"] == code)),
        ("status/errorCode ne 0".to_owned(), admits(&|i| i["status"]["errorCode"] != 0)),
        (
            format!("status/errorCode in (0, {code})"),
            admits(&|i| i["status"]["errorCode"] == 0 || i["status"]["errorCode"] == code),
        ),
        ("isInteractive eq true".to_owned(), admits(&|i| i["isInteractive"] == true)),
        (
            "conditionalAccessStatus eq 'failure'".to_owned(),
            admits(&|i| i["conditionalAccessStatus"] == "failure"),
        ),
        (
            format!("createdDateTime ge {time}"),
            admits(&|i| instant(i["createdDateTime"].as_str().unwrap()) >= when),
        ),
        (
            format!("createdDateTime lt {time} and status/errorCode ne 0"),
            admits(&|i| {
                instant(i["createdDateTime"].as_str().unwrap()) < when && i["status"]["errorCode"] != 0
            }),
        ),
        (format!("not (userId eq {})", quoted(&user)), admits(&|i| i["userId"] != user)),
    ] {
        assert_eq!(filtered(&house, &list, &filter).await, expected, "{filter}");
    }
    let paged = follow(&house, NOOR, Ask::get(path).query(&[("$top", "33")]), async || {}).await;
    assert_eq!(paged, all);
    let chosen = house.ok(NOOR, Ask::get(path).query(&[("$select", "id,status"), ("$top", "1")])).await;
    assert_eq!(chosen["value"][0].as_object().unwrap().len(), 2);
    let first = house.ok(NOOR, Ask::get(format!("{path}/{}", text(&all[0]["id"])))).await;
    assert_eq!(first, all[0]);
}
