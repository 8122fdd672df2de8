//! Events of every activity against the schema's own words.

use vouchsafe_client::api::audit::directory_audit;

use super::*;

const SCHEMA_FILE: &str = include_str!("../../../tests/schema/ocsf-1.8.0.json");
/// An entry of every activity there is.
const ENTRIES: &str = include_str!("../../../../vouchsafe-store/tests/golden/entries.snap");
const TENANT: &str = "00000000-0001-7000-8000-000000000000";

fn entries() -> Vec<DirectoryAudit> {
    let lines = ENTRIES.lines().filter(|line| line.starts_with('{'));
    lines.map(|line| directory_audit(&serde_json::from_str::<Value>(line).unwrap()).unwrap()).collect()
}

/// What is wrong with a value that should be an object of the schema.
fn faults(schema: &Value, rules: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let Some(members) = value.as_object() else {
        found.push(format!("{at} is no object"));
        return;
    };
    let attributes = rules["attributes"].as_object().unwrap();
    for (name, attribute) in attributes {
        if attribute[1] == "required" && !members.contains_key(name) {
            found.push(format!("{at} lacks {name}"));
        }
    }
    let any = rules["at_least_one"].as_array().unwrap();
    if !any.is_empty() && !any.iter().any(|name| members.contains_key(name.as_str().unwrap())) {
        found.push(format!("{at} has none of {any:?}"));
    }
    for (name, value) in members {
        let at = format!("{at}.{name}");
        let Some(attribute) = attributes.get(name) else {
            found.push(format!("{at} is unknown"));
            continue;
        };
        let kind = attribute[0].as_str().unwrap();
        let (kind, values) = match kind.strip_suffix("[]") {
            Some(kind) => (kind, value.as_array().cloned().unwrap_or_else(|| vec![Value::Null])),
            None => (kind, vec![value.clone()]),
        };
        for value in &values {
            let fits = match kind {
                "string_t" | "ip_t" => value.is_string(),
                "integer_t" | "long_t" | "timestamp_t" => value.is_i64() || value.is_u64(),
                "object" => value.is_object(),
                kind => {
                    faults(schema, &schema["objects"][kind], value, &at, found);
                    true
                }
            };
            let listed = attribute.get(2).is_none_or(|values| values.as_array().unwrap().contains(value));
            if !fits || !listed {
                found.push(format!("{at} is {value}"));
            }
        }
    }
}

fn check(event: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(SCHEMA_FILE).unwrap();
    let class = &schema["classes"][event["class_uid"].to_string()];
    let mut found = Vec::new();
    assert_eq!(schema["version"], event["metadata"]["version"]);
    assert_eq!(class["category"], event["category_uid"], "{event}");
    assert_eq!(class["name"], event["class_name"], "{event}");
    let number = |name: &str| event[name].as_u64().unwrap();
    assert_eq!(number("type_uid"), number("class_uid") * 100 + number("activity_id"));
    faults(&schema, class, event, "event", &mut found);
    found
}

#[test]
fn every_activity_is_an_event_that_the_schema_allows() {
    let entries = entries();
    assert!(entries.len() > 35);
    for entry in &entries {
        let event = event(entry, TENANT, 7);
        assert_eq!(check(&event), Vec::<String>::new(), "{event}");
        assert_ne!(event["class_uid"], 6003, "{} is known to nobody", entry.activity_display_name);
    }
}

#[test]
fn what_is_not_known_yet_is_api_activity() {
    let mut entry = entries().remove(0);
    entry.operation_type = "Add".to_owned();
    entry.category = "Tomorrow".to_owned();
    entry.result = AuditResult::Timeout;
    let event = event(&entry, TENANT, 7);
    assert_eq!(check(&event), Vec::<String>::new(), "{event}");
    assert_eq!((&event["class_uid"], &event["activity_id"]), (&json!(6003), &json!(1)));
    assert_eq!((&event["status_id"], &event["status"]), (&json!(99), &json!("timeout")));
}

#[test]
fn the_check_itself_finds_what_is_wrong() {
    let sound = event(&entries()[0], TENANT, 7);
    let changed = |change: fn(&mut Map<String, Value>)| {
        let mut event = sound.clone();
        change(event.as_object_mut().unwrap());
        check(&event)
    };
    assert_eq!(changed(|e| drop(e.remove("entity"))), ["event lacks entity"]);
    assert_eq!(changed(|e| drop(e.insert("extra".to_owned(), json!(1)))), ["event.extra is unknown"]);
    assert_eq!(changed(|e| drop(e.insert("time".to_owned(), json!("now")))), ["event.time is \"now\""]);
    assert_eq!(changed(|e| drop(e.insert("severity_id".to_owned(), json!(77)))), ["event.severity_id is 77"]);
    assert_eq!(changed(|e| drop(e.insert("actor".to_owned(), json!({})))).len(), 1);
}

#[test]
fn what_was_granted_read_and_ended_says_so() {
    let told = |activity: &str| {
        let entries = entries();
        let entry = entries.iter().find(|entry| entry.activity_display_name == activity).unwrap();
        let event = event(entry, TENANT, 7);
        (event["class_uid"].as_u64().unwrap(), event["activity_id"].as_u64().unwrap())
    };
    assert_eq!(told("Access approved"), (3004, 10));
    assert_eq!(told("Access removed"), (3004, 11));
    assert_eq!(told("Request created"), (3004, 1));
    assert_eq!(told("Diagnostic data read"), (6005, 4));
    assert_eq!(told("Diagnostic data imported"), (6005, 5));
    assert_eq!(told("Add user"), (3001, 1));
}
