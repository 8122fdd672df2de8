//! Sign-ins: imports, and filters against a plain evaluation in memory.

use std::collections::BTreeMap;

use proptest::prelude::*;
use vouchsafe_core::scope::DataFilter;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::filter::{Filter, Literal, Op, TextFunction, parse};
use vouchsafe_diagnostics::sign_in::{SignInRecord, column};
use vouchsafe_store::{ImportBatch, Order, SignInQuery, StoreError};

use crate::folder::{Home, id};
use crate::lists::filter;

fn record(id: &str, rest: &str) -> SignInRecord {
    SignInRecord::from_graph(&format!(r#"{{"id":"{id}","createdDateTime":"2026-11-23T09:00:00Z"{rest}}}"#))
        .unwrap()
}

fn all() -> SignInQuery {
    SignInQuery {
        filter: None,
        within: DataFilter::default(),
        order: Order::OldestFirst,
        top: 1_000,
        after: None,
        count: true,
    }
}

#[tokio::test]
async fn importing_again_adds_nothing_and_changes_nothing() {
    let home = Home::new();
    let first = vec![record("a", r#","clientAppUsed":"Browser""#), record("b", ""), record("a", "")];
    let batch = home.store.import_sign_ins(id(1), first.clone()).await.unwrap();
    assert_eq!(batch, ImportBatch { imported: 2, already_present: 1 });
    let again = vec![record("a", r#","clientAppUsed":"Other""#), record("c", ""), record("b", "")];
    let batch = home.store.import_sign_ins(id(1), again).await.unwrap();
    assert_eq!(batch, ImportBatch { imported: 1, already_present: 2 });
    let kept = home.store.sign_in(id(1), "a", DataFilter::default()).await.unwrap().unwrap();
    assert_eq!(kept.json, first[0].json);
    assert_eq!(home.store.sign_ins(id(1), all()).await.unwrap().total, Some(3));
}

#[tokio::test]
async fn tenants_have_records_of_their_own() {
    let home = Home::new();
    home.store.import_sign_ins(id(1), vec![record("a", "")]).await.unwrap();
    let other = home.store.sign_ins(id(2), all()).await.unwrap();
    assert_eq!((other.records.len(), other.total), (0, Some(0)));
    assert!(home.store.sign_in(id(2), "a", DataFilter::default()).await.unwrap().is_none());
    home.store.import_sign_ins(id(2), vec![record("b", "")]).await.unwrap();
    assert_eq!(home.store.sign_ins(id(2), all()).await.unwrap().records[0].id, "b");
}

#[tokio::test]
async fn the_range_of_a_grant_is_half_open() {
    let home = Home::new();
    home.store.import_sign_ins(id(1), vec![record("a", "")]).await.unwrap();
    let at: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let just = |micros: i64| Timestamp::from_micros(at.as_micros() + micros);
    for (from, to, seen) in [(at, just(1), true), (just(1), just(2), false), (just(-1), at, false)] {
        let within = DataFilter { data_from: Some(from), data_to: Some(to) };
        let page = home.store.sign_ins(id(1), SignInQuery { within, ..all() }).await.unwrap();
        assert_eq!((page.records.len(), page.total), (usize::from(seen), Some(u64::from(seen))));
        assert_eq!(home.store.sign_in(id(1), "a", within).await.unwrap().is_some(), seen);
    }
}

#[tokio::test]
async fn what_a_column_does_not_offer_is_refused_with_or_without_records() {
    let home = Home::new();
    for tenant in [id(1), id(2)] {
        for text in [
            "userId gt 'a'",
            "userPrincipalName le 'a'",
            "startswith(userId, 'a')",
            "contains(ipAddress, '1')",
            "isInteractive gt true",
            "json eq 'x'",
            "original eq 'x'",
            "status/errorCode eq 'x'",
        ] {
            let refused = home.store.sign_ins(tenant, SignInQuery { filter: filter(text), ..all() }).await;
            assert!(matches!(refused, Err(StoreError::Refused(_))), "{text}: {refused:?}");
        }
        home.store.import_sign_ins(id(1), vec![record("a", "")]).await.unwrap();
    }
}

#[tokio::test]
async fn sql_in_a_filter_of_sign_ins_is_data() {
    let home = Home::new();
    home.store.import_sign_ins(id(1), vec![record("a", r#","userDisplayName":"Ada""#)]).await.unwrap();
    for text in ["x'' OR ''1''=''1", "''; DROP TABLE sign_in; --", "%", "_", "$1", "?"] {
        for query in ["userDisplayName eq '{}'", "contains(userDisplayName, '{}')", "userId in ('{}')"] {
            let Ok(filter) = parse(&query.replace("{}", text)) else { continue };
            let page =
                home.store.sign_ins(id(1), SignInQuery { filter: Some(filter), ..all() }).await.unwrap();
            assert!(page.records.is_empty(), "{query} {text}");
        }
    }
    assert_eq!(home.store.sign_ins(id(1), all()).await.unwrap().records.len(), 1);
}

const NAMES: [&str; 5] = ["Ada", "ada B", "Ärger", "%_", "a"];
const ADDRESSES: [&str; 4] = ["10.0.0.1", "10.0.0.12", "2001:db8::1", "2001:DB8:0:1::"];

/// One record of few values, so that filters hit.
fn records() -> impl Strategy<Value = SignInRecord> {
    let name = || prop::option::of(prop::sample::select(&NAMES[..]));
    (0u8..40, 0u8..6, name(), name(), prop::option::of(prop::sample::select(&ADDRESSES[..])), prop::option::of(0i64..4), prop::option::of(any::<bool>()))
        .prop_map(|(n, minute, upn, name, address, error, interactive)| {
            let mut json = serde_json::json!({ "id": format!("r{n}"), "createdDateTime": format!("2026-11-23T09:0{minute}:00Z") });
            json["userPrincipalName"] = upn.into();
            json["userDisplayName"] = name.into();
            json["ipAddress"] = address.into();
            json["isInteractive"] = interactive.into();
            if let Some(error) = error {
                json["status"] = serde_json::json!({ "errorCode": error });
            }
            SignInRecord::from_graph(&json.to_string()).unwrap()
        })
}

fn conditions() -> impl Strategy<Value = Filter> {
    let texts = || prop::sample::select(vec!["userPrincipalName", "userDisplayName", "clientAppUsed"]);
    let name = || prop::sample::select(&NAMES[..]).prop_map(|name| Literal::String(name.to_owned()));
    let equality = || prop::sample::select(vec![Op::Eq, Op::Ne]);
    let any_op = || prop::sample::select(&Op::ALL[..]);
    let compare = |path: &str, op, value| Filter::Compare { path: path.parse().unwrap(), op, value };
    let leaf = prop_oneof![
        (texts(), equality(), prop_oneof![4 => name(), 1 => Just(Literal::Null)])
            .prop_map(move |(path, op, value)| compare(path, op, value)),
        (texts(), prop::collection::vec(prop_oneof![4 => name(), 1 => Just(Literal::Null)], 1..4))
            .prop_map(|(path, values)| Filter::In { path: path.parse().unwrap(), values }),
        (
            texts(),
            prop::sample::select(&TextFunction::ALL[..]),
            prop::sample::select(vec!["", "a", "A", "_", "%", "är", " B"])
        )
            .prop_map(|(path, function, text)| Filter::Text {
                function,
                path: path.parse().unwrap(),
                text: text.to_owned()
            }),
        prop::sample::select(vec!["", "10.0.0.1", "10.0.0.12", "2001:db8:", "2001:0db8:0000:"]).prop_map(
            |text| Filter::Text {
                function: TextFunction::StartsWith,
                path: "ipAddress".parse().unwrap(),
                text: text.to_owned(),
            }
        ),
        (equality(), prop::sample::select(&ADDRESSES[..])).prop_map(move |(op, text)| compare(
            "ipAddress",
            op,
            Literal::String(text.to_uppercase())
        )),
        (any_op(), 0i64..4).prop_map(move |(op, n)| compare("status/errorCode", op, Literal::Int(n))),
        equality().prop_map(move |op| compare("status/errorCode", op, Literal::Null)),
        (equality(), any::<bool>()).prop_map(move |(op, flag)| compare(
            "isInteractive",
            op,
            Literal::Bool(flag)
        )),
        (any_op(), 0u8..6).prop_map(move |(op, minute)| {
            let at = format!("2026-11-23T09:0{minute}:00Z").parse().unwrap();
            compare("createdDateTime", op, Literal::Time(at))
        }),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(b)),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

/// A record's value of a property; `None` is null.
fn value(record: &SignInRecord, path: &str) -> Option<Literal> {
    let text = |text: &Option<String>| text.clone().map(Literal::String);
    match path {
        "userPrincipalName" => text(&record.user_principal_name),
        "userDisplayName" => text(&record.user_display_name),
        "clientAppUsed" => text(&record.client_app_used),
        "ipAddress" => text(&record.ip_address),
        "status/errorCode" => record.error_code.map(Literal::Int),
        "isInteractive" => record.is_interactive.map(Literal::Bool),
        "createdDateTime" => Some(Literal::Time(record.created)),
        other => panic!("no filter of the test names {other}"),
    }
}

/// What OData says, one record at a time: a missing value is unequal to everything but null.
fn holds(filter: &Filter, record: &SignInRecord) -> bool {
    match filter {
        Filter::And(a, b) => holds(a, record) && holds(b, record),
        Filter::Or(a, b) => holds(a, record) || holds(b, record),
        Filter::Not(inner) => !holds(inner, record),
        Filter::Compare { path, op, value: wanted } => compared(record, path.as_str(), *op, wanted),
        Filter::In { path, values } => {
            values.iter().any(|wanted| compared(record, path.as_str(), Op::Eq, wanted))
        }
        Filter::Text { function, path, text } => {
            let part = column(path.as_str()).unwrap().fold.apply_to_part(text);
            match (function, value(record, path.as_str())) {
                (TextFunction::StartsWith, Some(Literal::String(whole))) => whole.starts_with(&part),
                (TextFunction::EndsWith, Some(Literal::String(whole))) => whole.ends_with(&part),
                (TextFunction::Contains, Some(Literal::String(whole))) => whole.contains(&part),
                _ => false,
            }
        }
        Filter::Any { .. } => panic!("no filter of the test has `any`"),
    }
}

fn compared(record: &SignInRecord, path: &str, op: Op, wanted: &Literal) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let fold = column(path).unwrap().fold;
    let order = match (value(record, path), wanted) {
        (None, Literal::Null) => Some(Equal),
        (None, _) | (_, Literal::Null) => None,
        (Some(Literal::String(is)), Literal::String(wanted)) => Some(is.cmp(&fold.apply(wanted))),
        (Some(Literal::Int(is)), Literal::Int(wanted)) => Some(is.cmp(wanted)),
        (Some(Literal::Bool(is)), Literal::Bool(wanted)) => Some(is.cmp(wanted)),
        (Some(Literal::Time(is)), Literal::Time(wanted)) => Some(is.cmp(wanted)),
        other => panic!("{other:?}"),
    };
    match op {
        Op::Eq => order == Some(Equal),
        Op::Ne => order != Some(Equal),
        Op::Gt => order == Some(Greater),
        Op::Ge => matches!(order, Some(Equal | Greater)),
        Op::Lt => order == Some(Less),
        Op::Le => matches!(order, Some(Equal | Less)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_filter_finds_what_a_plain_evaluation_finds_page_by_page(
        records in prop::collection::vec(records(), 0..30),
        filters in prop::collection::vec(conditions(), 8),
        newest: bool,
        top in 1u32..8,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let home = Home::new();
            home.store.import_sign_ins(id(1), records.clone()).await.unwrap();
            let mut stored = BTreeMap::new();
            for record in records {
                stored.entry(record.id.clone()).or_insert(record);
            }
            let order = if newest { Order::NewestFirst } else { Order::OldestFirst };
            for filter in filters {
                let mut expected: Vec<_> = stored.values().filter(|record| holds(&filter, record)).collect();
                expected.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
                if newest {
                    expected.reverse();
                }
                let (mut found, mut after) = (Vec::new(), None);
                loop {
                    let query = SignInQuery { filter: Some(filter.clone()), order, top, after, ..all() };
                    let page = home.store.sign_ins(id(1), query).await.unwrap();
                    assert_eq!(page.total, u64::try_from(expected.len()).ok());
                    found.extend(page.records);
                    match page.next {
                        Some(next) => after = Some(next),
                        None => break,
                    }
                }
                let found: Vec<_> = found.iter().map(|record| (&record.id, &record.json)).collect();
                let expected: Vec<_> = expected.iter().map(|record| (&record.id, &record.json)).collect();
                assert_eq!(found, expected, "{filter}");
            }
        });
    }
}
