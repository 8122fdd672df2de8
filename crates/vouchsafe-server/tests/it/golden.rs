//! The OpenAPI document is pinned, and valid enough for generators.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::house::*;
use crate::reviewed::as_reviewed;

#[tokio::test]
async fn the_document_is_the_pinned_one() {
    let house = House::new().await;
    let mut text = serde_json::to_string_pretty(&house.contract.document).unwrap();
    text.push('\n');
    as_reviewed("openapi.json", &text, "the OpenAPI document changed");
}

#[tokio::test]
async fn every_reference_resolves_and_every_operation_has_a_name_of_its_own() {
    let house = House::new().await;
    let document = &house.contract.document;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    for reference in references(document) {
        let pointer =
            reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} is not in the document"));
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let mut names = BTreeSet::new();
    for operation in house.contract.operations() {
        let name = operation.body["operationId"].as_str().unwrap_or_default();
        assert!(!name.is_empty() && names.insert(name.to_owned()), "{} {name:?}", operation.name());
        assert!(operation.body["summary"].is_string(), "{} has no summary", operation.name());
        let named: BTreeSet<&str> = operation.path.split(['{', '}']).skip(1).step_by(2).collect();
        let parameters = operation.body["parameters"].as_array().cloned().unwrap_or_default();
        let described: BTreeSet<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(named, described, "{}", operation.name());
        for parameter in &parameters {
            assert_eq!(
                parameter["required"] == true,
                parameter["in"] == "path" || parameter["name"] == "by",
                "{} {parameter}",
                operation.name()
            );
        }
        assert!(operation.body["responses"].get("default").is_some(), "{}", operation.name());
    }
}

#[tokio::test]
async fn every_schema_says_what_it_is() {
    let house = House::new().await;
    for (name, schema) in house.contract.document["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "{name} has no description");
    }
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}
