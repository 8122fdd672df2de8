//! Held against the tree that it saves: the same bytes, gaps and order.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use vouchsafe_core::id::{Id as _, UserId};

use super::*;

fn person(n: u128) -> UserId {
    UserId::from_uuid(uuid::Uuid::from_u128(n))
}

fn whole(value: &impl Serialize, order: Order) -> String {
    let fill = |gap: Gap, out: &mut Vec<u8>| {
        let filled = json!({ "at": gap.pointer, "person": gap.person, "text": gap.text });
        out.extend_from_slice(&vouchsafe_log::canonical(&filled).unwrap());
        Ok(())
    };
    String::from_utf8(write(value, order).unwrap().filled(fill).unwrap()).unwrap()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outer {
    zeta: Option<Personal>,
    id: &'static str,
    list: Vec<Inner>,
    alpha: Personal,
    map: BTreeMap<String, Personal>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Inner {
    Said { words: Personal, by: UserId },
    Nothing,
}

#[test]
fn gaps_stand_at_their_pointers_whatever_the_order_of_members() {
    let me = |text: &str| Personal::new(person(1), text);
    let outer = Outer {
        zeta: Some(me("z")),
        id: "it",
        list: vec![Inner::Nothing, Inner::Said { words: me("w\"\u{1}é"), by: person(2) }],
        alpha: me("a"),
        map: [("x/y~".to_owned(), me("m"))].into(),
    };
    let written = write(&outer, Order::Canonical).unwrap();
    assert_eq!((written.id.as_str(), written.people()), ("it", vec![person(1)]));
    let of = |pointer: &str, text: &str| json!({ "at": pointer, "person": person(1), "text": text });
    let expected = json!({
        "zeta": of("/zeta", "z"),
        "id": "it",
        "list": [{ "type": "nothing" }, { "type": "said", "words": of("/list/1/words", "w\"\u{1}é"), "by": person(2) }],
        "alpha": of("/alpha", "a"),
        "map": { "x/y~": of("/map/x~1y~0", "m") },
    });
    let canonical = String::from_utf8(vouchsafe_log::canonical(&expected).unwrap()).unwrap();
    assert_eq!(whole(&outer, Order::Canonical), canonical);
    let as_they_come: Value = serde_json::from_str(&whole(&outer, Order::AsTheyCome)).unwrap();
    assert_eq!(as_they_come, expected);
}

#[test]
fn numbers_beyond_the_exact_ones_are_written_as_doubles() {
    for (value, expected) in [
        (json!(EXACT_MAX), "9007199254740992"),
        (json!(-9_007_199_254_740_993i64), "-9007199254740992"),
        (json!(1.5e300), "1.5e+300"),
        (json!(2.50), "2.5"),
    ] {
        assert_eq!(vouchsafe_log::canonical(&value).ok().as_deref(), Some(expected.as_bytes()), "{value}");
        assert_eq!(whole(&value, Order::Canonical), expected);
    }
}

#[test]
fn a_map_with_keys_that_are_no_texts_is_refused() {
    let map: BTreeMap<(u8, u8), u8> = [((1, 2), 3)].into();
    assert!(write(&map, Order::Canonical).is_err());
}

/// JSON values with names of all kinds.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u32>().prop_map(Value::from),
        "\\PC*".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_bytes_are_those_of_the_canonical_tree(value in values()) {
        let canonical = vouchsafe_log::canonical(&value).unwrap();
        prop_assert_eq!(whole(&value, Order::Canonical).into_bytes(), canonical);
    }
}
