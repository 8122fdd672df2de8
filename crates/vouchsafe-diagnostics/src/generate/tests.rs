//! Tests of the demo's data.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::sign_in::SignInRecord;

fn plan() -> Plan<'static> {
    let now = "2026-11-23T15:00:00Z".parse().unwrap();
    Plan { seed: 7, now, domain: "contoso.example", people: 40, sign_ins: 5_000, days: 30 }
}

fn records(plan: &Plan<'_>) -> Vec<SignInRecord> {
    sign_ins(plan).map(|value| SignInRecord::from_graph(&value.to_string()).unwrap()).collect()
}

#[test]
fn the_same_seed_gives_the_same_records() {
    let first: Vec<Value> = sign_ins(&plan()).collect();
    assert_eq!(first, sign_ins(&plan()).collect::<Vec<_>>());
    assert_ne!(first, sign_ins(&Plan { seed: 8, ..plan() }).collect::<Vec<_>>());
    insta::assert_snapshot!("first", format!("{:#}", first[0]));
}

#[test]
fn sign_ins_are_whole_in_order_and_in_their_span() {
    let plan = plan();
    let records = records(&plan);
    assert_eq!(records.len(), 5_000);
    assert!(records.is_sorted_by_key(|record| record.created));
    let start = Timestamp::from_micros(plan.now.as_micros() - 30 * DAY);
    assert!(records.iter().all(|record| (start..=plan.now).contains(&record.created)));
    let ids: BTreeSet<_> = records.iter().map(|record| &record.id).collect();
    assert_eq!(ids.len(), 5_000);
    let known: BTreeSet<_> = people(&plan).into_iter().map(|person| person.id).collect();
    let seen: BTreeSet<_> = records.iter().filter_map(|record| record.user_id.clone()).collect();
    assert_eq!((known.len(), &seen), (40, &known));
    let upns: BTreeSet<_> = records.iter().filter_map(|record| record.user_principal_name.as_ref()).collect();
    assert_eq!(upns.len(), 40);
}

#[test]
fn addresses_and_names_are_examples() {
    for record in records(&plan()) {
        let address = record.ip_address.unwrap();
        let documented = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:0db8:"];
        assert!(documented.iter().any(|network| address.starts_with(network)), "{address}");
        assert!(record.user_principal_name.unwrap().ends_with("@contoso.example"));
    }
}

#[test]
fn there_is_an_incident_to_find() {
    let plan = plan();
    let since = Timestamp::from_micros(plan.now.as_micros() - 2 * DAY);
    let blocked: Vec<_> =
        records(&plan).into_iter().filter(|record| record.error_code == Some(53_003)).collect();
    let (recent, before): (Vec<_>, Vec<_>) = blocked.into_iter().partition(|record| record.created >= since);
    assert!(recent.len() > 100 && before.len() < 40, "{} {}", recent.len(), before.len());
    let pattern = |record: &&SignInRecord| {
        record.app_label.as_deref() == Some("Example Payroll")
            && record.ip_address.as_ref().is_some_and(|address| address.starts_with("203.0.113."))
    };
    assert!(recent.iter().filter(pattern).count() * 10 > recent.len() * 9);
    let affected: BTreeSet<_> = recent.iter().filter(pattern).map(|record| &record.user_id).collect();
    assert!((8..=16).contains(&affected.len()), "{}", affected.len());
}

#[test]
fn days_have_a_rhythm_and_errors_are_the_usual_ones() {
    let records = records(&plan());
    let mut hours = BTreeMap::<i64, usize>::new();
    let mut codes = BTreeMap::<i64, usize>::new();
    for record in &records {
        *hours.entry(record.created.as_micros().rem_euclid(DAY) / HOUR).or_default() += 1;
        *codes.entry(record.error_code.unwrap()).or_default() += 1;
    }
    assert!(hours[&8] > 10 * hours[&2]);
    for code in [0, 50_126, 50_053, 50_074, 50_076, 53_003, 50_140, 50_058, 65_001, 700_016] {
        assert!(codes.contains_key(&code), "{code}");
    }
    insta::assert_snapshot!("codes", format!("{codes:#?}"));
}

#[test]
fn odd_plans_are_served() {
    let now = Timestamp::from_micros(0);
    let small = Plan { seed: 0, now, domain: "a.example", people: 0, sign_ins: 3, days: 0 };
    assert_eq!((sign_ins(&small).count(), people(&small).len()), (3, MIN_PEOPLE));
    assert_eq!(sign_ins(&Plan { sign_ins: 0, ..small }).count(), 0);
    let many = Plan { people: 1_500, ..small };
    let upns: BTreeSet<_> = people(&many).into_iter().map(|person| person.user_principal_name).collect();
    assert_eq!(upns.len(), 1_500);
}
