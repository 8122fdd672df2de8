//! Records of diagnostic settings: an envelope around what is nearly a Graph object.
//!
//! `properties` is the object; what stands only in the envelope is filled in, and what Graph writes otherwise is
//! written as Graph does: words without capitals, conditions of conditional access by name.

use serde_json::{Map, Value, json};

use crate::resource::Resource;
use crate::sign_in::RejectReason;

use super::cell::{self, Cell, Form, uncapitalised, with_condition_words};
use super::log_analytics::event_type_of_category;
use super::row::{Found, fill_in_event_type, is_absent, split_tenant};

/// The category of directory audits.
const AUDITS: &str = "AuditLogs";
/// How the categories of sign-ins end.
const SIGN_INS: &str = "SignInLogs";
/// Words that Graph writes without a capital.
const WORDS: [&str; 2] = ["userType", "signInIdentifierType"];

/// Whether an object is such an envelope.
pub(super) fn is_envelope(has: impl Fn(&str) -> bool) -> bool {
    has("category") && has("properties") && (has("time") || has("operationName"))
}

/// The Graph object in an envelope.
pub(super) fn object(envelope: &Map<String, Value>) -> Result<Found, RejectReason> {
    let category = envelope.get("category").and_then(Value::as_str).unwrap_or_default();
    let is_audit = category == AUDITS;
    if !is_audit && !category.ends_with(SIGN_INS) {
        return Err(RejectReason::UnknownCategory(super::shown(category)));
    }
    let properties = envelope.get("properties").and_then(Cell::of_json);
    let properties = properties.ok_or(RejectReason::Missing("properties"))?;
    let mut value = cell::value("properties", Form::Object, properties)?;
    if let Some(object) = value.as_object_mut() {
        if is_audit {
            fill_in_audit(object, envelope)?;
        } else {
            fill_in_sign_in(object, envelope, category)?;
        }
    }
    let text = |name: &str| envelope.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let tenant = text("tenantId").map(str::to_owned);
    Ok(Found {
        resource: if is_audit { Resource::DirectoryAudit } else { Resource::SignIn },
        object: value,
        tenant: tenant.or_else(|| text("resourceId").and_then(split_tenant)),
    })
}

fn fill_in_sign_in(
    object: &mut Map<String, Value>,
    envelope: &Map<String, Value>,
    category: &str,
) -> Result<(), RejectReason> {
    let event = event_type_of_category(category);
    let is_app = matches!(event, Some("servicePrincipal" | "managedIdentity"));
    let name = if is_app { "servicePrincipalName" } else { "userDisplayName" };
    fill(object, "createdDateTime", envelope, "time", Form::Time)?;
    fill(object, name, envelope, "identity", Form::Text)?;
    fill(object, "ipAddress", envelope, "callerIpAddress", Form::Text)?;
    fill(object, "correlationId", envelope, "correlationId", Form::Text)?;
    if is_absent(object, "location")
        && let Some(country) = envelope.get("location").and_then(Value::as_str)
    {
        object.insert("location".to_owned(), json!({ "countryOrRegion": country }));
    }
    if let Some(event) = event {
        fill_in_event_type(object, event);
    }
    if is_absent(object, "status") {
        object.insert("status".to_owned(), json!({}));
    }
    if let Some(status) = object.get_mut("status").and_then(Value::as_object_mut) {
        fill(status, "errorCode", envelope, "resultType", Form::Int)?;
        fill(status, "failureReason", envelope, "resultDescription", Form::Text)?;
    }
    if let Some(policies) = object.get_mut("appliedConditionalAccessPolicies") {
        *policies = with_condition_words(policies.take());
    }
    for name in WORDS {
        if let Some(Value::String(word)) = object.get_mut(name) {
            *word = uncapitalised(word);
        }
    }
    Ok(())
}

fn fill_in_audit(object: &mut Map<String, Value>, envelope: &Map<String, Value>) -> Result<(), RejectReason> {
    fill(object, "activityDateTime", envelope, "time", Form::Time)?;
    fill(object, "activityDisplayName", envelope, "operationName", Form::Text)?;
    fill(object, "correlationId", envelope, "correlationId", Form::Text)?;
    fill(object, "result", envelope, "resultType", Form::Word)?;
    fill(object, "resultReason", envelope, "resultDescription", Form::Text)
}

/// Takes a member of the envelope for a property that is absent.
fn fill(
    object: &mut Map<String, Value>,
    name: &str,
    envelope: &Map<String, Value>,
    outer: &str,
    form: Form,
) -> Result<(), RejectReason> {
    if is_absent(object, name)
        && let Some(cell) = envelope.get(outer).and_then(Cell::of_json)
    {
        object.insert(name.to_owned(), cell::value(outer, form, cell)?);
    }
    Ok(())
}
