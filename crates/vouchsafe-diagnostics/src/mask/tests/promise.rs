//! The promise: no personal value leaves a masked read. For every kind, every path that is not plain and some that are not
//! known, values of every type are planted and looked for in the answer, the properties and the errors.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::*;
use super::{TARGETS, key, mask, other_key};
use crate::filter::{Filter, Literal, Op, TextFunction};
use crate::resource::Resource;

/// A text that is no identifier, so that it must not survive as a member name either.
const MARKER: &str = "mark-€-er";
const NUMBER: u64 = 987_654_321;
/// What must not be found, in any spelling that JSON has for it.
const SECRETS: [&str; 6] = ["mark-", "-er\"", "98765", "true", "u20ac", "€"];
/// Paths that no kind knows; those below a known one say that a known name does not make its members known.
const UNKNOWN: [&str; 5] =
    ["newProperty", "newObject/inner/leaf", "status/new", "appDisplayName/new", "id/new"];

/// Every registry there is, and one for tests.
pub(super) fn registries() -> impl Iterator<Item = &'static Registry> {
    Resource::ALL.into_iter().map(|kind| kind.schema().masks).chain([&TARGETS])
}

/// The paths whose values must not be shown.
fn personal_paths(registry: &'static Registry) -> Vec<&'static str> {
    let known = registry.entries().iter().filter(|(_, class)| *class != Class::Plain).map(|(path, _)| *path);
    known.chain(UNKNOWN.into_iter().filter(|path| registry.known(path).is_none())).collect()
}

/// JSON texts of every type that hold a secret.
fn secrets() -> Vec<String> {
    let group =
        json!({ MARKER: NUMBER, "inner": { "leaf": MARKER }, "list": [MARKER, [true], { "x": MARKER }] });
    vec![
        json!(MARKER).to_string(),
        r#""mark-\u20ac-er""#.to_owned(),
        json!(format!("Ada wrote {MARKER} \n\"{MARKER}\"")).to_string(),
        json!(MARKER.repeat(40)).to_string(),
        format!("\"smtp:{MARKER}\""),
        format!("\"203.0.113.7 {MARKER}\""),
        format!("\"2026-11-23T09:14:07Z {MARKER}\""),
        json!(NUMBER).to_string(),
        "98765.4321e2".to_owned(),
        "true".to_owned(),
        json!([MARKER]).to_string(),
        json!([MARKER, NUMBER, true, [[MARKER]], {}]).to_string(),
        group.to_string(),
    ]
}

/// A record with the value at the path, through objects or, `in_list`, through arrays of one object.
fn planted(path: &str, value: &str, in_list: bool) -> String {
    path.rsplit('/').fold(value.to_owned(), |inner, name| {
        let (open, close) = if in_list && inner.starts_with('{') { ("[", "]") } else { ("", "") };
        format!("{{{}:{open}{inner}{close}}}", json!(name))
    })
}

fn assert_nothing_in(text: &str, of: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} of {of} in {text}");
    }
}

#[test]
fn nothing_personal_is_in_answers_properties_and_errors() {
    let key = key();
    for registry in registries() {
        for (path, value) in
            personal_paths(registry).into_iter().flat_map(|p| secrets().into_iter().map(move |v| (p, v)))
        {
            for in_list in [false, true] {
                let json = planted(path, &value, in_list);
                let (mut masker, mut out) = (Masker::new(registry, &key), Vec::new());
                masker.mask_json(&json, None, &mut out).unwrap();
                assert_nothing_in(&String::from_utf8(out.clone()).unwrap(), &json);
                let cut: String = json.chars().take(json.chars().count() - 1).collect();
                let error = masker.mask_json(&cut, None, &mut out).unwrap_err();
                assert_nothing_in(&format!("{error} {error:?} {}", String::from_utf8(out).unwrap()), &json);
                for read in masker.into_properties() {
                    assert_nothing_in(&read.name, &json);
                    assert_eq!(read.shown, Shown::Masked, "{json}");
                }
            }
        }
    }
}

#[test]
fn no_filter_asks_more_of_a_masked_property_than_whether_it_is_one_value() {
    let key = key();
    for registry in registries() {
        for name in personal_paths(registry) {
            let path: crate::filter::Path = match name.parse() {
                Ok(path) => path,
                Err(_) => continue,
            };
            let refused = |filter: Filter| Rewriter::new(registry, &key).filter(&filter).unwrap_err();
            let text = || Literal::String(MARKER.to_owned());
            for op in [Op::Ne, Op::Gt, Op::Ge, Op::Lt, Op::Le] {
                let error = refused(Filter::Compare { path: path.clone(), op, value: text() });
                assert_eq!(error, MaskError::MaskedProperty { path: name.to_owned() });
                assert_nothing_in(&error.to_string(), name);
            }
            for function in TextFunction::ALL {
                let error = refused(Filter::Text { function, path: path.clone(), text: MARKER.to_owned() });
                assert_nothing_in(&error.to_string(), name);
            }
            assert!(check_order(registry, name).is_err());
            let whole = Filter::Compare { path, op: Op::Eq, value: text() };
            let is_hidden = registry.class(name) == Class::Personal(Personal::Hidden);
            match Rewriter::new(registry, &key).filter(&whole) {
                Ok(rewritten) => assert_eq!(rewritten.typed.len(), 1, "{name} counts"),
                Err(error) => assert!(is_hidden, "{error}"),
            }
        }
    }
}

fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            found.extend(name.contains('~').then(|| name.clone()));
            texts(member, found);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn two_grants_share_no_pseudonym() {
    let values =
        ["\"mark-er\"", "\"9b117c67-170e-4aed-9702-658b3fddc889\"", "\"2001:db8::7\"", "{\"a b\":[\"x\"]}"];
    for registry in registries() {
        for (path, value) in personal_paths(registry).into_iter().flat_map(|p| values.map(|v| (p, v))) {
            let record: Value = serde_json::from_str(&planted(path, value, false)).unwrap();
            let (mut one, mut other) = (BTreeSet::new(), BTreeSet::new());
            texts(&mask(registry, &key(), &record).0, &mut one);
            texts(&mask(registry, &other_key(), &record).0, &mut other);
            assert!(one.is_disjoint(&other), "{record}: {one:?} {other:?}");
        }
    }
}

#[test]
fn switches_and_registries_are_whole() {
    for registry in registries() {
        assert!(registry.entries().is_sorted_by(|a, b| a.0 < b.0));
        for (path, class) in registry.entries() {
            assert_eq!(registry.class(path), *class);
            if let Class::Switch(switch) = class {
                let parent = path.rsplit_once('/').map_or(String::new(), |(parent, _)| format!("{parent}/"));
                let member = format!("{parent}{}", switch.member);
                assert_eq!(registry.known(&member), Some(Class::Plain), "{member} decides on {path}");
                let nested = |class: &Class| matches!(class, Class::Switch(_));
                assert!(!switch.cases.iter().map(|(_, class)| class).chain([&switch.otherwise]).any(nested));
            }
        }
    }
}

proptest! {
    /// Damaged records: an error or JSON, never a panic, and nothing is left of what failed.
    #[test]
    fn any_bytes_are_masked_or_refused(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 1..6),
        noise in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut bytes = super::sign_in().to_string().into_bytes();
        for (place, byte, how) in edits {
            let at = place.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let key = key();
        for json in [String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&noise)] {
            let mut out = Vec::new();
            let masked = Masker::new(&crate::sign_in::MASKS, &key).mask_json(&json, None, &mut out);
            let is_json = |bytes: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
            prop_assert_eq!(masked.is_ok(), is_json(&out), "{}", json);
            prop_assert!(masked.is_ok() || out.is_empty());
            prop_assert!(masked.is_err() || is_json(json.as_bytes()));
            prop_assert!(masked.is_ok() || serde_json::from_str::<Value>(&json).is_err(), "{}", json);
        }
    }
}
