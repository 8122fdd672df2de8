//! Diagnostic records from outside: what a reader finds is what the filter says of each record, within reach.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::filter::{Filter, parse};
use vouchsafe_diagnostics::record::Record;
use vouchsafe_diagnostics::resource::{Condition, Resource, Shape};
use vouchsafe_store::{
    DataPerson, ImportBatch, Order, Reach, RecordPage, RecordQuery, StoreError, SummaryBy, SummaryKey,
    SummaryQuery,
};

use crate::folder::{Home, id};
use crate::lists::filter;

pub(crate) fn record(resource: Resource, value: &Value) -> Record {
    Record::from_graph(resource, &value.to_string()).unwrap()
}

pub(crate) fn sign_in(id: &str, mut more: Value) -> Record {
    more["id"] = id.into();
    if more.get("createdDateTime").is_none() {
        more["createdDateTime"] = "2026-11-23T09:00:00Z".into();
    }
    record(Resource::SignIn, &more)
}

pub(crate) fn all(resource: Resource) -> RecordQuery {
    RecordQuery { top: 1_000, count: true, ..RecordQuery::new(resource, Reach::everything()) }
}

/// Every record that a query finds, page by page.
pub(crate) async fn every_page(home: &Home, mut query: RecordQuery) -> (Vec<(String, String)>, Option<u64>) {
    let mut found = Vec::new();
    loop {
        let RecordPage { records, next, total } =
            home.store.records(id::<TenantId>(1), query.clone()).await.unwrap();
        found.extend(records.into_iter().map(|record| (record.id, record.json)));
        match next {
            Some(next) => query.after = Some(next),
            None => return (found, total),
        }
    }
}

#[tokio::test]
async fn importing_again_adds_nothing_and_changes_nothing() {
    let home = Home::new();
    let browser = sign_in("a", json!({ "clientAppUsed": "Browser" }));
    let first = vec![browser.clone(), sign_in("b", json!({})), sign_in("a", json!({}))];
    let batch = home.store.import_records(id(1), first).await.unwrap();
    assert_eq!(batch, ImportBatch { imported: 2, already_present: 1 });
    let again = vec![sign_in("a", json!({})), sign_in("c", json!({})), sign_in("b", json!({}))];
    let batch = home.store.import_records(id(1), again).await.unwrap();
    assert_eq!(batch, ImportBatch { imported: 1, already_present: 2 });
    let kept = home
        .store
        .record(id::<TenantId>(1), Resource::SignIn, "a", &Reach::everything())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.json, browser.json);
    assert_eq!(home.store.records(id::<TenantId>(1), all(Resource::SignIn)).await.unwrap().total, Some(3));
}

#[tokio::test]
async fn tenants_have_records_of_their_own() {
    let home = Home::new();
    home.store.import_records(id(1), vec![sign_in("a", json!({}))]).await.unwrap();
    let other = home.store.records(id::<TenantId>(2), all(Resource::SignIn)).await.unwrap();
    assert_eq!((other.records.len(), other.total), (0, Some(0)));
    let reach = Reach::everything();
    assert!(home.store.record(id::<TenantId>(2), Resource::SignIn, "a", &reach).await.unwrap().is_none());
    home.store.import_records(id(2), vec![sign_in("b", json!({}))]).await.unwrap();
    assert_eq!(
        home.store.records(id::<TenantId>(2), all(Resource::SignIn)).await.unwrap().records[0].id,
        "b"
    );
}

#[tokio::test]
async fn the_range_of_a_reach_is_half_open_on_every_path() {
    let home = Home::new();
    home.store.import_records(id(1), vec![sign_in("a", json!({ "userId": "u" }))]).await.unwrap();
    let at: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let just = |micros: i64| Timestamp::from_micros(at.as_micros() + micros);
    for (from, to, seen) in [(at, just(1), 1), (just(1), just(2), 0), (just(-1), at, 0)] {
        let reach = Reach { data_from: Some(from), data_to: Some(to), ..Reach::everything() };
        let page = home
            .store
            .records(id::<TenantId>(1), RecordQuery { reach: reach.clone(), ..all(Resource::SignIn) });
        let page = page.await.unwrap();
        assert_eq!((page.records.len(), page.total), (seen, u64::try_from(seen).ok()));
        let one = home.store.record(id::<TenantId>(1), Resource::SignIn, "a", &reach).await.unwrap();
        assert_eq!(one.is_some(), seen == 1);
        let extent = home.store.extent(id::<TenantId>(1), &reach).await.unwrap();
        assert_eq!((extent.people, extent.samples.len()), (u64::try_from(seen).unwrap(), seen));
        assert_eq!(extent.first, (seen == 1).then_some(at));
        for by in SummaryBy::ALL {
            let query =
                SummaryQuery { resource: Resource::SignIn, by, filter: None, reach: reach.clone(), top: 9 };
            let summary = home.store.summary(id::<TenantId>(1), query).await.unwrap();
            assert_eq!((summary.rows.len(), summary.total), (seen, u64::try_from(seen).unwrap()), "{by:?}");
        }
    }
}

#[tokio::test]
async fn a_category_out_of_reach_is_absent_on_every_path() {
    let home = Home::new();
    let audit = |id: &str, service: &str| {
        record(
            Resource::DirectoryAudit,
            &json!({ "id": id, "activityDateTime": "2026-11-23T09:00:00Z", "loggedByService": service }),
        )
    };
    let device = "Device Registration Service";
    let user = record(Resource::User, &json!({ "id": "u", "userPrincipalName": "ada@x" }));
    home.store
        .import_records(id(1), vec![audit("a", "Core Directory"), audit("d", device), user])
        .await
        .unwrap();
    for (category, seen) in [
        (DataCategory::AuditLogs, vec!["a"]),
        (DataCategory::DeviceRegistrationLogs, vec!["d"]),
        (DataCategory::SignInLogs, vec![]),
    ] {
        let reach = Reach { data_categories: vec![category], ..Reach::everything() };
        let query = RecordQuery { reach: reach.clone(), ..all(Resource::DirectoryAudit) };
        let (found, total) = every_page(&home, query).await;
        let ids: Vec<_> = found.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!((ids, total), (seen.clone(), u64::try_from(seen.len()).ok()));
        for id_of in ["a", "d"] {
            let one =
                home.store.record(id::<TenantId>(1), Resource::DirectoryAudit, id_of, &reach).await.unwrap();
            assert_eq!(one.is_some(), seen.contains(&id_of));
        }
        let by = SummaryBy::Hour;
        let query = SummaryQuery {
            resource: Resource::DirectoryAudit,
            by,
            filter: None,
            reach: reach.clone(),
            top: 9,
        };
        let summary = home.store.summary(id::<TenantId>(1), query).await.unwrap();
        assert_eq!(summary.total, u64::try_from(seen.len()).unwrap());
        let extent = home.store.extent(id::<TenantId>(1), &reach).await.unwrap();
        assert_eq!(extent.counts, [(category, u64::try_from(seen.len()).unwrap())]);
        assert!(
            home.store
                .records(id::<TenantId>(1), RecordQuery { reach, ..all(Resource::User) })
                .await
                .unwrap()
                .records
                .is_empty()
        );
    }
}

#[tokio::test]
async fn what_a_kind_does_not_have_is_refused_with_or_without_records() {
    let home = Home::new();
    for tenant in [id::<TenantId>(1), id::<TenantId>(2)] {
        for text in
            ["json eq 'x'", "batch eq 1", "status/errorCode eq 'x'", "targetResources/any(t: t/id eq 'x')"]
        {
            let query = RecordQuery { filter: filter(text), ..all(Resource::SignIn) };
            let refused = home.store.records(tenant, query).await;
            assert!(matches!(refused, Err(StoreError::Refused(_))), "{text}: {refused:?}");
        }
        let query = RecordQuery { order_by: Some("userId".to_owned()), ..all(Resource::SignIn) };
        assert!(matches!(home.store.records(tenant, query).await, Err(StoreError::Refused(_))));
        home.store.import_records(id(1), vec![sign_in("a", json!({}))]).await.unwrap();
    }
}

#[tokio::test]
async fn sql_in_a_filter_is_data() {
    let home = Home::new();
    let ada = sign_in("a", json!({ "userDisplayName": "Ada", "userAgent": "x" }));
    home.store.import_records(id(1), vec![ada]).await.unwrap();
    for text in ["y'' OR ''1''=''1", "''; DROP TABLE sign_in; --", "%", "_", "$1", "?"] {
        for query in [
            "userDisplayName eq '{}'",
            "contains(userDisplayName, '{}')",
            "userId in ('{}')",
            "userAgent eq '{}'",
        ] {
            let Ok(filter) = parse(&query.replace("{}", text)) else { continue };
            let query = RecordQuery { filter: Some(filter), ..all(Resource::SignIn) };
            assert!(home.store.records(id::<TenantId>(1), query).await.unwrap().records.is_empty(), "{text}");
        }
    }
    assert_eq!(home.store.records(id::<TenantId>(1), all(Resource::SignIn)).await.unwrap().records.len(), 1);
}

const UUIDS: [&str; 3] = [
    "11111111-aaaa-4111-8111-111111111111",
    "22222222-aaaa-4111-8111-111111111111",
    "33333333-AAAA-4111-8111-111111111111",
];
const NAMES: [&str; 5] = ["Ada", "ada B", "Ärger", "%_", ""];
const ADDRESSES: [&str; 4] = ["10.0.0.1", "10.0.0.12", "2001:db8::1", "2001:DB8:0:1::"];
/// Within one second too, and around the edges of hours and days.
const TIMES: [&str; 6] = [
    "2026-11-22T23:59:59.999999Z",
    "2026-11-23T09:00:00Z",
    "2026-11-23T09:00:00.000001Z",
    "2026-11-23T09:00:00.5Z",
    "2026-11-23T10:00:00Z",
    "2026-11-25T00:00:00Z",
];

fn pick<T: Clone + std::fmt::Debug + 'static>(from: &'static [T]) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.8, prop::sample::select(from))
}

fn sign_ins() -> impl Strategy<Value = Value> {
    let ids = (0u8..60).prop_map(|n| {
        if n % 2 == 0 { format!("{n:08}-aaaa-4111-8111-111111111111") } else { format!("s{n}") }
    });
    let person = (pick(&UUIDS), pick(&NAMES), pick(&NAMES));
    let rest =
        (pick(&ADDRESSES), pick(&[0i64, 50_074, 50_126]), prop::option::of(any::<bool>()), pick(&UUIDS));
    let more = (pick(&NAMES), prop::collection::vec(prop::sample::select(&NAMES[..]), 0..3), pick(&NAMES));
    (ids, prop::sample::select(&TIMES[..]), person, rest, more).prop_map(
        |(id, time, (user, upn, name), (address, error, interactive, correlation), (agent, risks, app))| {
            json!({
                "id": id, "createdDateTime": time, "userId": user, "userPrincipalName": upn,
                "userDisplayName": name, "ipAddress": address, "isInteractive": interactive,
                "correlationId": correlation, "status": { "errorCode": error, "failureReason": agent },
                "userAgent": agent, "riskEventTypes_v2": risks, "appDisplayName": app, "appId": app,
                "appliedConditionalAccessPolicies": risks.iter().map(|name| json!({ "displayName": name, "result": app })).collect::<Vec<_>>(),
            })
        },
    )
}

fn audits() -> impl Strategy<Value = Value> {
    let target = (pick(&UUIDS), pick(&NAMES))
        .prop_map(|(id, upn)| json!({ "id": id, "userPrincipalName": upn, "type": "User" }));
    let service = prop::sample::select(vec!["Core Directory", "Device Registration Service"]);
    let by = (pick(&UUIDS), pick(&NAMES));
    (0u8..40, prop::sample::select(&TIMES[..]), prop::collection::vec(target, 0..3), service, by, pick(&UUIDS)).prop_map(
        |(n, time, targets, service, (user, upn), correlation)| {
            json!({
                "id": format!("a{n}"), "activityDateTime": time, "loggedByService": service, "correlationId": correlation,
                "activityDisplayName": "Update user", "targetResources": targets,
                "initiatedBy": { "user": { "id": user, "userPrincipalName": upn } },
            })
        },
    )
}

fn users() -> impl Strategy<Value = Value> {
    (0usize..3, pick(&NAMES), pick(&NAMES), prop::option::of(any::<bool>()), pick(&NAMES)).prop_map(
        |(n, upn, name, enabled, city)| {
            json!({ "id": UUIDS[n], "userPrincipalName": upn, "displayName": name, "accountEnabled": enabled, "city": city })
        },
    )
}

/// Conditions on properties of a kind: its columns, and what only the objects know.
fn conditions(
    texts: &'static [&'static str],
    others: &'static [&'static str],
) -> impl Strategy<Value = Filter> {
    let value = prop::sample::select(vec![
        "Ada",
        "ada b",
        "ÄRGER",
        "%_",
        "",
        "a",
        "_",
        UUIDS[0],
        UUIDS[2],
        "10.0.0.1",
        "2001:db8:",
        "u",
    ]);
    let op = prop::sample::select(vec!["eq", "ne", "gt", "le"]);
    let function = prop::sample::select(vec!["startswith", "endswith", "contains"]);
    let leaf = prop_oneof![
        (prop::sample::select(texts), op, value.clone())
            .prop_map(|(path, op, value)| format!("{path} {op} '{value}'")),
        (prop::sample::select(texts), prop::collection::vec(value.clone(), 1..4))
            .prop_map(|(path, values)| format!("{path} in ('{}', null)", values.join("', '"))),
        (function, prop::sample::select(texts), value.clone())
            .prop_map(|(function, path, value)| format!("{function}({path}, '{value}')")),
        (prop::sample::select(others), value).prop_map(|(text, value)| text.replace("{}", value)),
    ];
    let leaf = leaf.prop_map(|text| parse(&text).unwrap());
    leaf.prop_recursive(3, 10, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(b)),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

fn sign_in_conditions() -> impl Strategy<Value = Filter> {
    conditions(
        &[
            "id",
            "userId",
            "userPrincipalName",
            "userDisplayName",
            "ipAddress",
            "correlationId",
            "userAgent",
            "appId",
            "status/failureReason",
        ],
        &[
            "status/errorCode eq 50074",
            "status/errorCode gt 0",
            "status/errorCode ne null",
            "isInteractive eq true",
            "isInteractive eq null",
            "createdDateTime gt 2026-11-23T09:00:00Z",
            "createdDateTime le 2026-11-23T09:00:00.000001Z",
            "createdDateTime in (2026-11-23T09:00:00.5Z, 2026-11-23T10:00:00Z)",
            "riskEventTypes_v2/any(r: r eq '{}')",
            "appliedConditionalAccessPolicies/any(p: startswith(p/displayName, '{}') and p/result ne null)",
        ],
    )
}

fn audit_conditions() -> impl Strategy<Value = Filter> {
    conditions(
        &[
            "id",
            "correlationId",
            "initiatedBy/user/id",
            "targetResources/id",
            "targetResources/userPrincipalName",
        ],
        &[
            "targetResources/any(t: t/id eq '{}')",
            "targetResources/any(t: t/id eq '11111111-aaaa-4111-8111-111111111111' and t/userPrincipalName eq '{}')",
            "targetResources/any(t: not (t/userPrincipalName eq '{}'))",
            "loggedByService eq 'core directory'",
            "activityDateTime ge 2026-11-23T09:00:00.000001Z",
        ],
    )
}

fn user_conditions() -> impl Strategy<Value = Filter> {
    conditions(
        &["id", "userPrincipalName", "displayName", "city"],
        &["accountEnabled eq true", "accountEnabled ne false", "city eq '{}'", "accountEnabled eq null"],
    )
}

fn reaches() -> impl Strategy<Value = Reach> {
    let person = (pick(&UUIDS), pick(&NAMES)).prop_map(|(id, upn)| DataPerson {
        user_id: id.map(str::to_lowercase),
        user_principal_name: upn.map(str::to_lowercase).filter(|upn| !upn.is_empty()),
    });
    let time = || pick(&TIMES).prop_map(|time| time.map(|time| time.parse().unwrap()));
    let people = prop::option::of(prop::collection::vec(person, 0..3));
    let categories = prop::collection::vec(prop::sample::select(&DataCategory::ALL[..]), 6..9);
    (categories, time(), time(), people).prop_map(|(data_categories, data_from, data_to, people)| Reach {
        data_categories,
        data_from,
        data_to,
        people,
    })
}

/// A record's texts at a path, in lower case.
fn texts(value: &Value, path: &str) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(|item| texts(item, path)).collect(),
        Value::String(text) if path.is_empty() && !text.is_empty() => vec![text.to_lowercase()],
        Value::Object(members) if !path.is_empty() => {
            let (name, rest) = path.split_once('/').unwrap_or((path, ""));
            members.get(name).map_or(Vec::new(), |member| texts(member, rest))
        }
        _ => Vec::new(),
    }
}

/// The people whom a record names: id and UPN, by where it names them.
fn named(resource: Resource, value: &Value) -> Vec<(Option<String>, Option<String>)> {
    let at = |value: &Value, id: &str, upn: &str| (texts(value, id).pop(), texts(value, upn).pop());
    match resource {
        Resource::SignIn => vec![at(value, "userId", "userPrincipalName")],
        Resource::User => vec![at(value, "id", "userPrincipalName")],
        Resource::DirectoryAudit => {
            let targets = value["targetResources"].as_array().unwrap().iter();
            let targets = targets.map(|target| at(target, "id", "userPrincipalName"));
            std::iter::once(at(&value["initiatedBy"]["user"], "id", "userPrincipalName"))
                .chain(targets)
                .collect()
        }
        other => panic!("no record of the test is a {other:?}"),
    }
}

/// Whether a record is within reach, said as plainly as can be.
fn within(record: &Record, value: &Value, reach: &Reach) -> bool {
    let is = |person: &DataPerson, (id, upn): &(Option<String>, Option<String>)| match (&person.user_id, id) {
        (Some(known), Some(named)) => known == named,
        _ => person.user_principal_name.is_some() && person.user_principal_name == *upn,
    };
    let people = reach.people.as_ref().is_none_or(|people| {
        named(record.resource, value).iter().any(|named| people.iter().any(|person| is(person, named)))
    });
    let time = record.at.is_none_or(|at| {
        reach.data_from.is_none_or(|from| from <= at) && reach.data_to.is_none_or(|to| at < to)
    });
    people && time && reach.data_categories.contains(&record.category)
}

type Kept = BTreeMap<String, (usize, Record, Value)>;

/// What a store keeps of these: the first event of each id, the last object.
fn kept(records: &[Record]) -> Kept {
    let mut kept: Kept = BTreeMap::new();
    for (place, record) in records.iter().enumerate() {
        let value = serde_json::from_str(&record.json).unwrap();
        let item = (place, record.clone(), value);
        if matches!(record.resource.schema().shape, Shape::Events { .. }) {
            kept.entry(record.id.clone()).or_insert(item);
        } else {
            kept.insert(record.id.clone(), item);
        }
    }
    kept
}

async fn check_lists(
    home: &Home,
    resource: Resource,
    kept: &Kept,
    filters: &[Filter],
    reach: &Reach,
    newest: bool,
    top: u32,
) {
    let order = if newest { Order::NewestFirst } else { Order::OldestFirst };
    for filter in filters {
        let condition = Condition::new(resource.schema(), filter).unwrap();
        let admitted = |(_, record, value): &&(usize, Record, Value)| {
            within(record, value, reach) && condition.holds(value)
        };
        let mut expected: Vec<_> = kept.values().filter(admitted).collect();
        if matches!(resource.schema().shape, Shape::Events { .. }) {
            expected.sort_by_key(|(place, record, _)| (record.at, *place));
        }
        if newest {
            expected.reverse();
        }
        let query =
            RecordQuery { filter: Some(filter.clone()), reach: reach.clone(), order, top, ..all(resource) };
        let (found, total) = every_page(home, query).await;
        let expected: Vec<_> =
            expected.iter().map(|(_, record, _)| (record.id.clone(), record.json.clone())).collect();
        assert_eq!(found, expected, "{filter} {reach:?}");
        assert_eq!(total, u64::try_from(expected.len()).ok(), "{filter} {reach:?}");
    }
}

async fn check_counts(home: &Home, kept: &Kept, filter: Option<&Filter>, reach: &Reach) {
    let condition = filter.map(|filter| Condition::new(Resource::SignIn.schema(), filter).unwrap());
    let admitted: Vec<_> = kept
        .values()
        .filter(|(_, record, value)| {
            within(record, value, reach) && condition.as_ref().is_none_or(|condition| condition.holds(value))
        })
        .collect();
    for by in SummaryBy::ALL {
        let mut expected: BTreeMap<SummaryKey, u64> = BTreeMap::new();
        for (_, record, value) in &admitted {
            let text = |path: &str| texts(value, path).pop();
            let key = match by {
                SummaryBy::Hour => {
                    let hour = record.at.unwrap().as_micros() / 3_600_000_000 * 3_600_000_000;
                    SummaryKey::Hour(Timestamp::from_micros(hour))
                }
                SummaryBy::ErrorCode => {
                    value["status"]["errorCode"].as_i64().map_or(SummaryKey::Absent, SummaryKey::Number)
                }
                SummaryBy::App => text("appId").map_or(SummaryKey::Absent, SummaryKey::Text),
                SummaryBy::User => {
                    let key = text("userId").or(text("userPrincipalName")).or(text("userDisplayName"));
                    key.map_or(SummaryKey::Absent, SummaryKey::Text)
                }
            };
            *expected.entry(key).or_default() += 1;
        }
        let query = SummaryQuery {
            resource: Resource::SignIn,
            by,
            filter: filter.cloned(),
            reach: reach.clone(),
            top: 1_000,
        };
        let summary = home.store.summary(id::<TenantId>(1), query).await.unwrap();
        let mut found: BTreeMap<SummaryKey, u64> = BTreeMap::new();
        for row in summary.rows {
            *found.entry(row.key).or_default() += row.count;
        }
        assert_eq!(found, expected, "{by:?} {filter:?} {reach:?}");
        assert_eq!(summary.total, u64::try_from(admitted.len()).unwrap());
    }
}

async fn check_extent(home: &Home, kinds: &[&Kept], reach: &Reach) {
    let within = |(_, record, value): &&(usize, Record, Value)| within(record, value, reach);
    let admitted: Vec<_> = kinds.iter().flat_map(|kept| kept.values()).filter(within).collect();
    let extent = home.store.extent(id::<TenantId>(1), reach).await.unwrap();
    let categories: BTreeSet<_> = reach.data_categories.iter().copied().collect();
    let count = |category| admitted.iter().filter(|(_, record, _)| record.category == category).count();
    let expected: Vec<_> =
        categories.into_iter().map(|own| (own, u64::try_from(count(own)).unwrap())).collect();
    assert_eq!(extent.counts, expected, "{reach:?}");
    let times: Vec<_> = admitted.iter().filter_map(|(_, record, _)| record.at).collect();
    assert_eq!((extent.first, extent.last), (times.iter().min().copied(), times.iter().max().copied()));
    assert_eq!(extent.samples.len(), admitted.len().min(3));
    let people: Vec<_> =
        admitted.iter().flat_map(|(_, record, value)| named(record.resource, value)).collect();
    let ids: BTreeSet<_> = people.iter().filter_map(|(id, _)| id.clone()).collect();
    let most = people.iter().filter(|(id, upn)| id.is_none() && upn.is_some()).count() + ids.len();
    let found = usize::try_from(extent.people).unwrap();
    assert!((ids.len()..=most).contains(&found), "{found} of {people:?}");
}

/// How many random histories: a few in a short run.
fn cases() -> u32 {
    if vouchsafe_testkit::long() { 300 } else { 10 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_reader_finds_what_a_plain_evaluation_finds(
        loaded in prop::collection::vec(sign_ins(), 0..25),
        added in prop::collection::vec(sign_ins(), 0..12),
        audits in prop::collection::vec(audits(), 0..12),
        users in prop::collection::vec(users(), 0..6),
        filters in prop::collection::vec(sign_in_conditions(), 6),
        audit_filters in prop::collection::vec(audit_conditions(), 4),
        user_filters in prop::collection::vec(user_conditions(), 4),
        reach in reaches(),
        newest: bool,
        top in 1u32..8,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let home = Home::new();
            let to_records = |resource, values: &[Value]| values.iter().map(|value| record(resource, value)).collect::<Vec<_>>();
            let loaded = to_records(Resource::SignIn, &loaded);
            let added = to_records(Resource::SignIn, &added);
            let (audits, users) = (to_records(Resource::DirectoryAudit, &audits), to_records(Resource::User, &users));
            home.store.import_records(id(1), loaded.clone()).await.unwrap();
            home.store.import_records(id(1), [added.clone(), audits.clone(), users.clone()].concat()).await.unwrap();
            let (sign_ins, audits, users) = (kept(&[loaded, added].concat()), kept(&audits), kept(&users));
            let everything = Reach::everything();
            for reach in [&everything, &reach] {
                check_lists(&home, Resource::SignIn, &sign_ins, &filters, reach, newest, top).await;
                check_lists(&home, Resource::DirectoryAudit, &audits, &audit_filters, reach, newest, top).await;
                check_lists(&home, Resource::User, &users, &user_filters, reach, newest, top).await;
                check_counts(&home, &sign_ins, None, reach).await;
                check_counts(&home, &sign_ins, filters.first(), reach).await;
                check_extent(&home, &[&sign_ins, &audits, &users], reach).await;
            }
        });
    }
}
