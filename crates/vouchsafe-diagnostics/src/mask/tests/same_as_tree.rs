//! The masker does what the tree masker does, on any JSON and for every registry.

use proptest::prelude::*;
use serde_json::Value;

use super::super::*;
use super::key;
use super::promise::registries;
use super::tree_masker::TreeMasker;

/// A name in quotes: known to the registry, hostile, escaped, or any text.
fn name(registry: &'static Registry) -> impl Strategy<Value = String> {
    let known: Vec<&str> = registry.entries().iter().flat_map(|(path, _)| path.split('/')).collect();
    let hostile =
        ["", "a/b", "status/errorCode", "@odata.type", "x@odata.type", "4915112345678", "id~0", "é", "/"];
    prop_oneof![
        8 => prop::sample::select(known).prop_map(|name| format!("{name:?}")),
        2 => prop::sample::select(hostile.to_vec()).prop_map(|name| format!("{name:?}")),
        1 => Just(r#""us\u0065rId""#.to_owned()),
        1 => any::<String>().prop_map(|text| Value::from(text).to_string()),
    ]
}

/// A value that is no group.
fn leaf() -> impl Strategy<Value = String> {
    let texts = [
        "",
        "User",
        "device",
        "Group",
        "Policy",
        "9b117c67-170e-4aed-9702-658b3fddc889",
        "9B117C67-170E-4AED-9702-658B3FDDC889",
        "00000000-0000-0000-0000-000000000000",
        "ada@contoso.example",
        "ADA@Contoso.example",
        "SMTP:Ada@contoso.example",
        "203.0.113.77",
        "2001:db8::1",
        "2026-11-23T09:14:07Z",
        "1815-12-10",
        "Other.",
        "+49 151 123",
        "id~0000",
    ];
    let scalars =
        ["null", "true", "false", "0", "-0", "1.50", "1e5", "-1E-3", "123456789012345678901234567890"];
    prop_oneof![
        4 => prop::sample::select(texts.to_vec()).prop_map(|text| format!("{text:?}")),
        2 => prop::sample::select(scalars.to_vec()).prop_map(str::to_owned),
        1 => Just(r#""\u0061da\u0040contoso.example""#.to_owned()),
        1 => Just(r#""a\/b\ud83d\ude00\n""#.to_owned()),
        2 => any::<String>().prop_map(|text| Value::from(text).to_string()),
    ]
}

/// Any JSON, with members that are named twice and space between its parts.
fn json(registry: &'static Registry) -> impl Strategy<Value = String> {
    leaf().prop_recursive(6, 96, 10, move |inner| {
        let member = (name(registry), inner.clone()).prop_map(|(name, value)| format!("{name} :{value}"));
        prop_oneof![
            3 => prop::collection::vec(member, 0..10).prop_map(|members| format!("{{ {}}}", members.join(",\n"))),
            1 => prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{} ]", items.join(" ,"))),
        ]
    })
}

/// Whether some object names a member twice.
fn names_twice(json: &str) -> bool {
    let value: Value = serde_json::from_str(json).unwrap();
    let count = |text: &str| {
        let (mut names, mut reader) = (0, json::Reader::new(text));
        count_names(&mut reader, &mut names);
        names
    };
    count(json) != count(&value.to_string())
}

fn count_names(reader: &mut json::Reader<'_>, names: &mut usize) {
    match reader.kind().unwrap() {
        json::Kind::Object => {
            let mut more = reader.object().unwrap();
            while more {
                reader.name().unwrap();
                *names += 1;
                count_names(reader, names);
                more = reader.next_member().unwrap();
            }
        }
        json::Kind::Array => {
            let mut more = reader.array().unwrap();
            while more {
                count_names(reader, names);
                more = reader.next_element().unwrap();
            }
        }
        json::Kind::Text | json::Kind::Scalar | json::Kind::Null => reader.skip(0).unwrap(),
    }
}

fn check(registry: &'static Registry, records: &[String]) {
    let key = key();
    let (mut masker, mut tree) = (Masker::new(registry, &key), TreeMasker::new(registry, &key));
    for json in records {
        let mut out = Vec::new();
        masker.mask_json(json, None, &mut out).unwrap();
        let masked: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(masked, tree.mask(&serde_json::from_str(json).unwrap()), "{json}");
    }
    let (found, expected) = (masker.into_properties(), tree.into_properties());
    // Of a member that is named twice the tree holds only the last; both are shown, and so both are named.
    if records.iter().any(|json| names_twice(json)) {
        assert!(expected.iter().all(|read| found.iter().any(|found| found.name == read.name)), "{records:?}");
    } else {
        assert_eq!(found, expected, "{records:?}");
    }
}

/// Names of groups may be longer than any unknown name that is shown.
#[test]
fn groups_of_the_registry_keep_their_names_whatever_stands_there() {
    for registry in registries() {
        for (path, _) in registry.entries() {
            let names: Vec<&str> = path.split('/').collect();
            for depth in 1..=names.len() {
                let inner = names.iter().take(depth).rev();
                let json = inner.fold("\"x\"".to_owned(), |value, name| format!("{{{name:?}:{value}}}"));
                check(registry, &[json]);
            }
        }
    }
}

#[test]
fn any_json_is_masked_like_by_the_tree() {
    let cases = if std::env::var_os("VOUCHSAFE_LONG").is_some_and(|value| value != "0") { 3_000 } else { 40 };
    for registry in registries() {
        let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
        let mut runner = prop::test_runner::TestRunner::new(config);
        let records = prop::collection::vec(json(registry), 1..4);
        runner
            .run(&records, |records| {
                check(registry, &records);
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn a_selection_shows_its_members_as_they_are_shown_among_all() {
    let key = key();
    let json = super::sign_in().to_string();
    let select = Select::new(["userPrincipalName", "status", "absent"]);
    let (mut masker, mut out) = (Masker::new(&crate::sign_in::MASKS, &key), Vec::new());
    masker.mask_json(&json, Some(&select), &mut out).unwrap();
    let all = super::mask(&crate::sign_in::MASKS, &key, &super::sign_in()).0;
    let masked: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(
        masked,
        serde_json::json!({ "userPrincipalName": all["userPrincipalName"], "status": all["status"] })
    );
    let names: Vec<String> = masker.into_properties().into_iter().map(|read| read.name).collect();
    assert_eq!(
        names,
        ["status/additionalDetails", "status/errorCode", "status/failureReason", "userPrincipalName"]
    );
    let mut out = Vec::new();
    Masker::new(&crate::sign_in::MASKS, &key)
        .mask_json(&json, Some(&Select::new(["absent"])), &mut out)
        .unwrap();
    assert_eq!(out, b"{}");
}
