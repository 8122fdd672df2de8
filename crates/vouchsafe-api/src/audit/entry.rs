//! From an entry as it stands in the log to the shape of Microsoft Graph's `directoryAudit`.
//!
//! The server answers with it, and whoever checks an export makes it anew from the entry that a receipt proves.

use serde_json::Value;

use super::{
    AppIdentity, AuditResult, DirectoryAudit, Initiator, KeyValue, ModifiedProperty, TargetResource,
    UserIdentity,
};

/// An entry and the values that it commits to.
pub trait OpenedEntry {
    /// The entry's JSON; what it commits to may stand in it as commitment or as value.
    fn json(&self) -> &Value;
    /// The text at an RFC 6901 pointer, whether it stands in clear or was committed. `None` if absent or erased.
    fn text(&self, pointer: &str) -> Option<&str>;
}

/// An entry whose committed values were put in.
impl OpenedEntry for Value {
    fn json(&self) -> &Value {
        self
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.pointer(pointer).and_then(Self::as_str)
    }
}

/// An entry as its readers see it; `None` for one that this version cannot read.
#[must_use]
pub fn directory_audit(entry: &impl OpenedEntry) -> Option<DirectoryAudit> {
    let text = |pointer: &str| entry.text(pointer).map(str::to_owned);
    let target = text("/target")?;
    Some(DirectoryAudit {
        id: entry.text("/id")?.parse().ok()?,
        category: text("/category")?,
        correlation_id: text("/correlationId")?,
        result: entry.text("/result")?.parse().unwrap_or(AuditResult::UnknownFutureValue),
        result_reason: text("/resultReason").unwrap_or_default(),
        activity_display_name: text("/activityDisplayName")?,
        activity_date_time: entry.text("/activityDateTime")?.parse().ok()?,
        logged_by_service: "Core Directory".to_owned(),
        operation_type: text("/operationType").unwrap_or_default(),
        initiated_by: initiator(entry),
        target_resources: vec![TargetResource {
            display_name: Some(target_name(&target).to_owned()),
            id: target,
            kind: "Other".to_owned(),
            user_principal_name: None,
            group_type: None,
            modified_properties: modified(entry),
        }],
        additional_details: details(entry),
    })
}

fn initiator(entry: &impl OpenedEntry) -> Initiator {
    let text = |pointer: &str| entry.text(pointer).map(str::to_owned);
    match text("/initiatedBy/user/id") {
        Some(id) => Initiator {
            user: Some(UserIdentity {
                id,
                display_name: text("/initiatedBy/user/displayName"),
                user_principal_name: text("/initiatedBy/user/userPrincipalName"),
                ip_address: None,
            }),
            app: None,
        },
        None => Initiator {
            user: None,
            app: Some(AppIdentity {
                app_id: None,
                display_name: text("/initiatedBy/app/displayName"),
                service_principal_id: None,
                service_principal_name: None,
            }),
        },
    }
}

/// What kind of thing an id names, for people.
fn target_name(id: &str) -> &'static str {
    match id.split_once('_').map(|(kind, _)| kind) {
        Some("sr") => "Support request",
        Some("sar") => "Support access request",
        Some("grt") => "Support access",
        Some("usr") => "User",
        Some("tok") => "API token",
        Some(_) | None => "Tenant",
    }
}

/// Members of events that tell what changed, with their names in the log.
const TOLD: &[&str] = &[
    "dataCategories",
    "duration",
    "expires",
    "resolution",
    "severity",
    "stage",
    "how",
    "count",
    "bytes",
    "imported",
    "alreadyPresent",
    "rejected",
    "recordsRoot",
    "roles",
    "why",
    "recordsRead",
    "recordsMax",
    "people",
    "property",
];

fn modified(entry: &impl OpenedEntry) -> Vec<ModifiedProperty> {
    let mut properties = Vec::new();
    for event in entry.json().get("events").and_then(Value::as_array).into_iter().flatten() {
        if let Some(kind) = event.pointer("/event/type").and_then(Value::as_str) {
            let of = event.get("of").and_then(Value::as_str).unwrap_or_default();
            push(&mut properties, &format!("{of}.event"), kind.to_owned());
        }
        tell(event, &mut properties, 0);
    }
    properties
}

/// Levels of an event that are looked through.
const DEPTH_MAX: u32 = 6;

fn tell(value: &Value, properties: &mut Vec<ModifiedProperty>, depth: u32) {
    let Value::Object(members) = value else { return };
    for (name, member) in members {
        if TOLD.contains(&name.as_str()) {
            if let Some(text) = plain(member) {
                push(properties, name, text);
            }
        } else if depth < DEPTH_MAX {
            tell(member, properties, depth + 1);
        }
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(items) => {
            let texts: Option<Vec<String>> = items.iter().map(plain).collect();
            texts.map(|texts| texts.join(";"))
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn push(properties: &mut Vec<ModifiedProperty>, name: &str, value: String) {
    let known =
        properties.iter().any(|known| known.display_name == name && known.new_value.as_ref() == Some(&value));
    if !known {
        properties.push(ModifiedProperty {
            display_name: name.to_owned(),
            old_value: None,
            new_value: Some(value),
        });
    }
}

fn details(entry: &impl OpenedEntry) -> Vec<KeyValue> {
    let mut details = Vec::new();
    let mut add = |key: &str, value: String| details.push(KeyValue { key: key.to_owned(), value });
    if let Some(case) = entry.text("/supportRequestId") {
        add("supportRequestId", case.to_owned());
    }
    if let Some(sequence) = entry.json().get("sequence").and_then(Value::as_u64) {
        add("sequence", sequence.to_string());
    }
    let automatic = entry.json().get("automatic").and_then(Value::as_bool).unwrap_or_default();
    add("automatic", automatic.to_string());
    for (index, event) in
        entry.json().get("events").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        if let Some(by) = event.pointer("/event/approval/by").and_then(Value::as_str) {
            add("decidedById", by.to_owned());
        }
        if let Some(grant) = event.pointer("/event/approval/grant").and_then(Value::as_str) {
            add("grantId", grant.to_owned());
        }
        for (name, pointer) in [
            ("decidedBy", "event/approval/byName"),
            ("comment", "event/approval/comment"),
            ("reason", "event/reason"),
            ("justification", "event/side/justification"),
            ("engineer", "event/side/requestedBy/displayName"),
            ("value", "event/value"),
            ("value", "event/reveal/value"),
            ("query", "read/query"),
        ] {
            if let Some(text) = entry.text(&format!("/events/{index}/{pointer}")) {
                add(name, text.to_owned());
            }
        }
    }
    details
}
