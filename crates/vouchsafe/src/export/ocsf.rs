//! Entries as events of the Open Cybersecurity Schema Framework, version 1.8.0 (schema.ocsf.io).
//!
//! OCSF has no class for asking for access and deciding on it. What fits best: the thing that was asked for, allowed or
//! ended is a managed entity (Entity Management); reading data is Datastore Activity; accounts are Account Change; what
//! this program does not know is API Activity. `docs/EVIDENCE.md` has the table.

use serde_json::{Map, Value, json};
use vouchsafe_client::api::audit::{AuditResult, DirectoryAudit};

/// The version of the schema that events say they keep.
const SCHEMA: &str = "1.8.0";
/// Name of the product in events.
const PRODUCT: &str = "Vouchsafe";
/// `activity_id` of what has a name of its own.
const OTHER: u64 = 99;

/// A class of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    AccountChange,
    EntityManagement,
    ApiActivity,
    DatastoreActivity,
}

impl Class {
    /// `class_uid`: a thousand for each category, and the class's number in it.
    const fn uid(self) -> u64 {
        match self {
            Self::AccountChange => 3001,
            Self::EntityManagement => 3004,
            Self::ApiActivity => 6003,
            Self::DatastoreActivity => 6005,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::AccountChange => "Account Change",
            Self::EntityManagement => "Entity Management",
            Self::ApiActivity => "API Activity",
            Self::DatastoreActivity => "Datastore Activity",
        }
    }
}

/// Activities that mean more in OCSF than their kind of change.
const ACTIVITIES: &[(&str, u64)] = &[
    ("Access approved", 10),
    ("Access removed", 11),
    ("Access paused", 12),
    ("Access confirmed", 13),
    ("Consent given", 10),
    ("Consent withdrawn", 11),
    ("Consent expired", 11),
];

/// `activity_id` of Entity Management and API Activity by Graph's `operationType`.
fn change(operation: &str) -> u64 {
    match operation {
        "Add" => 1,
        "Read" => 2,
        "Update" | "Assign" => 3,
        "Delete" => 4,
        _ => OTHER,
    }
}

/// Class and activity of an entry.
fn kind(entry: &DirectoryAudit) -> (Class, u64) {
    let operation = entry.operation_type.as_str();
    let target = entry.target_resources.first().map_or("", |target| target.id.as_str());
    match entry.category.as_str() {
        "SupportDataAccess" => {
            let activity = match operation {
                "Read" => 4,
                "Add" => 5,
                "Update" => 2,
                "Delete" => 7,
                _ => OTHER,
            };
            (Class::DatastoreActivity, activity)
        }
        "UserManagement" if target.starts_with("usr_") => {
            let is_new = entry.activity_display_name == "Add user";
            (Class::AccountChange, if is_new { 1 } else { OTHER })
        }
        "SupportAccessManagement"
        | "SupportRequestManagement"
        | "UserManagement"
        | "RoleManagement"
        | "DirectoryManagement"
        | "Policy" => {
            let named = ACTIVITIES.iter().find(|(name, _)| *name == entry.activity_display_name);
            (Class::EntityManagement, named.map_or_else(|| change(operation), |(_, activity)| *activity))
        }
        _ => (Class::ApiActivity, change(operation)),
    }
}

/// An entry as an event.
pub(super) fn event(entry: &DirectoryAudit, tenant: &str, place: u64) -> Value {
    let (class, activity) = kind(entry);
    let (status_id, status) = match entry.result {
        AuditResult::Success => (1, "Success"),
        AuditResult::Failure => (2, "Failure"),
        AuditResult::Timeout | AuditResult::UnknownFutureValue => (99, entry.result.as_str()),
    };
    let mut event = json!({
        "activity_id": activity,
        "category_uid": class.uid() / 1_000,
        "class_uid": class.uid(),
        "class_name": class.name(),
        "type_uid": class.uid() * 100 + activity,
        "severity_id": if status_id == 1 { 1 } else { 2 },
        "time": entry.activity_date_time.as_micros().div_euclid(1_000),
        "message": entry.activity_display_name,
        "status_id": status_id,
        "status": status,
        "metadata": {
            "version": SCHEMA,
            "product": { "name": PRODUCT, "vendor_name": PRODUCT },
            "uid": entry.id.to_string(),
            "correlation_uid": entry.correlation_id,
            "event_code": entry.activity_display_name,
            "log_name": "directoryAudits",
            "original_time": entry.activity_date_time.to_string(),
            "sequence": place,
            "tenant_uid": tenant,
        },
        "actor": actor(entry),
        "unmapped": unmapped(entry),
    });
    if let Some(members) = event.as_object_mut() {
        if activity == OTHER {
            members.insert("activity_name".to_owned(), entry.activity_display_name.clone().into());
        }
        if !entry.result_reason.is_empty() {
            members.insert("status_detail".to_owned(), entry.result_reason.clone().into());
        }
        about(class, entry, tenant, members);
    }
    event
}

/// What a class says of the thing that it is about.
fn about(class: Class, entry: &DirectoryAudit, tenant: &str, event: &mut Map<String, Value>) {
    let target = entry.target_resources.first();
    let id = target.map_or(tenant, |target| target.id.as_str());
    let name = target.and_then(|target| target.display_name.as_deref());
    let mut add = |member: &str, value: Value| drop(event.insert(member.to_owned(), value));
    match class {
        Class::AccountChange => add("user", json!({ "uid": id })),
        Class::EntityManagement => {
            add("entity", json!({ "uid": id, "type": name.unwrap_or("Other"), "type_id": OTHER }));
            let words = ["comment", "reason", "justification"].into_iter().find_map(|key| detail(entry, key));
            if let Some(words) = words {
                add("comment", words.into());
            }
        }
        Class::DatastoreActivity => {
            let data = json!({ "uid": tenant, "name": "Diagnostic data", "type": "Diagnostic data", "type_id": OTHER });
            add("databucket", data);
            add("src_endpoint", source(entry));
            if let Some(query) = detail(entry, "query") {
                let mut info = json!({ "uid": entry.id.to_string(), "query_string": query });
                let bytes = modified(entry, "bytes").and_then(|bytes| bytes.parse::<u64>().ok());
                if let (Some(bytes), Some(info)) = (bytes, info.as_object_mut()) {
                    info.insert("bytes".to_owned(), bytes.into());
                }
                add("query_info", info);
            }
        }
        Class::ApiActivity => {
            add("api", json!({ "operation": entry.activity_display_name, "service": { "name": PRODUCT } }));
            add("src_endpoint", source(entry));
            add("resources", json!([{ "uid": id, "type": name.unwrap_or("Other") }]));
        }
    }
}

fn actor(entry: &DirectoryAudit) -> Value {
    match &entry.initiated_by.user {
        Some(user) => {
            let mut actor = json!({ "uid": user.id });
            if let Some(members) = actor.as_object_mut() {
                let names = [("name", &user.user_principal_name), ("full_name", &user.display_name)];
                for (member, name) in names {
                    // What a tenant has erased is absent.
                    if let Some(name) = name {
                        members.insert(member.to_owned(), name.clone().into());
                    }
                }
            }
            json!({ "user": actor })
        }
        None => {
            let app = entry.initiated_by.app.as_ref().and_then(|app| app.display_name.as_deref());
            json!({ "app_name": app.unwrap_or(PRODUCT) })
        }
    }
}

/// Where it came from: the address if the entry has one, and the service that it came through.
fn source(entry: &DirectoryAudit) -> Value {
    match entry.initiated_by.user.as_ref().and_then(|user| user.ip_address.as_deref()) {
        Some(ip) => json!({ "ip": ip, "svc_name": PRODUCT }),
        None => json!({ "svc_name": PRODUCT }),
    }
}

/// What the class has no attribute for.
fn unmapped(entry: &DirectoryAudit) -> Value {
    let details =
        entry.additional_details.iter().map(|detail| json!({ "name": detail.key, "value": detail.value }));
    let changes = entry.target_resources.iter().flat_map(|target| &target.modified_properties);
    let changes = changes.map(|change| {
        json!({ "name": change.display_name, "old_value": change.old_value, "new_value": change.new_value })
    });
    json!({
        "category": entry.category,
        "operation_type": entry.operation_type,
        "additional_details": details.collect::<Vec<_>>(),
        "modified_properties": changes.collect::<Vec<_>>(),
    })
}

fn detail<'a>(entry: &'a DirectoryAudit, key: &str) -> Option<&'a str> {
    entry.additional_details.iter().find(|detail| detail.key == key).map(|detail| detail.value.as_str())
}

fn modified<'a>(entry: &'a DirectoryAudit, name: &str) -> Option<&'a str> {
    let mut properties = entry.target_resources.iter().flat_map(|target| &target.modified_properties);
    properties.find(|property| property.display_name == name)?.new_value.as_deref()
}

#[cfg(test)]
mod tests;
