//! One sign-in as pages show it, from its masked JSON.

use serde_json::Value;
use vouchsafe_app::MaskedAnswer;
use vouchsafe_diagnostics::mask::{Class, Personal};
use vouchsafe_diagnostics::sign_in::MASKS;
use vouchsafe_diagnostics::sign_in::error_code::is_public_sentence;
use vouchsafe_web::page::{self, PolicyResult, SignInRecordView, SignInRow, SignInSection, SignInsView};
use vouchsafe_web::{Fact, Mark, TimeView};

use super::bytes;
use crate::pages::moment::exact;

/// The groups of a record's page: heading, then label and path of each property.
const SECTIONS: &[(&str, &[(&str, &str)])] = &[
    (
        "User",
        &[
            ("Name", "userDisplayName"),
            ("User ID", "userId"),
            ("Kind", "userType"),
            ("Home tenant", "homeTenantId"),
            ("Cross-tenant access", "crossTenantAccessType"),
        ],
    ),
    (
        "Application",
        &[
            ("Application ID", "appId"),
            ("Resource", "resourceDisplayName"),
            ("Resource ID", "resourceId"),
            ("Client", "clientAppUsed"),
            ("Interactive", "isInteractive"),
            ("Authentication", "authenticationRequirement"),
            ("Authentication method", "mfaDetail/authMethod"),
            ("Authentication detail", "mfaDetail/authDetail"),
        ],
    ),
    (
        "Device",
        &[
            ("Name", "deviceDetail/displayName"),
            ("Device ID", "deviceDetail/deviceId"),
            ("Operating system", "deviceDetail/operatingSystem"),
            ("Browser", "deviceDetail/browser"),
            ("Compliant", "deviceDetail/isCompliant"),
            ("Managed", "deviceDetail/isManaged"),
            ("Trust", "deviceDetail/trustType"),
        ],
    ),
    (
        "Place",
        &[
            ("Country", "location/countryOrRegion"),
            ("State", "location/state"),
            ("City", "location/city"),
            ("Autonomous system", "autonomousSystemNumber"),
        ],
    ),
    (
        "Risk",
        &[
            ("State", "riskState"),
            ("During sign-in", "riskLevelDuringSignIn"),
            ("Aggregated", "riskLevelAggregated"),
            ("Detail", "riskDetail"),
        ],
    ),
    (
        "Identifiers",
        &[
            ("Sign-in", "id"),
            ("Correlation ID", "correlationId"),
            ("Additional details", "status/additionalDetails"),
            ("Milliseconds", "processingTimeInMilliseconds"),
        ],
    ),
];

/// Properties whose values are words of a closed list.
const WORDS: &[&str] = &[
    "userType",
    "crossTenantAccessType",
    "authenticationRequirement",
    "riskState",
    "riskLevelDuringSignIn",
    "riskLevelAggregated",
    "riskDetail",
];

/// The page of one record; empty where there is none.
pub(super) fn rendered(view: SignInsView, masked: &MaskedAnswer) -> Vec<u8> {
    let Some(record) = &masked.records.values().next() else { return Vec::new() };
    let sections = SECTIONS.iter().map(|(title, properties)| SignInSection {
        title: (*title).to_owned(),
        facts: properties.iter().map(|(label, path)| fact(record, label, path)).collect(),
    });
    let policies = record.get("appliedConditionalAccessPolicies").and_then(Value::as_array);
    bytes(page::sign_in_record(&SignInRecordView {
        chrome: view.chrome,
        id: view.id,
        case: view.case,
        tenant_id: view.tenant_id,
        tenant: view.tenant,
        collection: view.collection,
        sign_in: row(record),
        sections: sections.collect(),
        policies: policies.into_iter().flatten().map(policy).collect(),
        read_id: masked.read.to_string(),
    }))
}

/// A row of the list.
pub(super) fn row(record: &Value) -> SignInRow {
    let text = |path: &str| plain(at(record, path));
    let error_code = at(record, "status/errorCode").and_then(Value::as_i64).unwrap_or_default();
    let failed = error_code != 0;
    let user = ["userPrincipalName", "userDisplayName", "userId", "servicePrincipalName"];
    SignInRow {
        id: text("id"),
        at: text("createdDateTime").parse().map_or_else(|_| unknown_time(), exact),
        user: user.iter().map(|path| text(path)).find(|text| !text.is_empty()).unwrap_or_default(),
        user_href: String::new(),
        app: text("appDisplayName"),
        ip_address: text("ipAddress"),
        location: text("location/countryOrRegion"),
        succeeded: !failed,
        error_code: if failed { error_code.to_string() } else { String::new() },
        failure_reason: if failed { text("status/failureReason") } else { String::new() },
        conditional_access: words(&text("conditionalAccessStatus")),
    }
}

fn unknown_time() -> TimeView {
    TimeView { utc: String::new(), shown: "Unknown".to_owned() }
}

fn at<'v>(record: &'v Value, path: &str) -> Option<&'v Value> {
    record.pointer(&format!("/{path}"))
}

/// A single value as text; nothing for null and for groups.
fn plain(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(flag)) => (if *flag { "Yes" } else { "No" }).to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        None | Some(Value::Null | Value::Array(_) | Value::Object(_)) => String::new(),
    }
}

fn fact(record: &Value, label: &str, path: &str) -> Fact {
    let value = plain(at(record, path));
    let value = if WORDS.contains(&path) { words(&value) } else { value };
    let masked = match MASKS.class(path) {
        Class::Plain => false,
        Class::Personal(Personal::Sentence) => !is_public_sentence(&value),
        Class::Id(_) | Class::Personal(_) | Class::Switch(_) => true,
    };
    Fact { label: label.to_owned(), masked: masked && !value.is_empty(), value }
}

fn policy(policy: &Value) -> PolicyResult {
    let text = |name: &str| plain(policy.get(name));
    let controls = ["enforcedGrantControls", "enforcedSessionControls"];
    let controls: Vec<String> = controls
        .iter()
        .filter_map(|name| policy.get(name).and_then(Value::as_array))
        .flatten()
        .map(|control| words(&plain(Some(control))))
        .collect();
    let result = text("result");
    PolicyResult {
        name: text("displayName"),
        mark: match result.as_str() {
            "success" => Mark::Done,
            "failure" => Mark::Refused,
            "reportOnlyFailure" | "reportOnlyInterrupted" => Mark::Attention,
            _ => Mark::Ended,
        },
        result: words(&result),
        controls: controls.join(", "),
    }
}

/// A word of the records for people: `notApplied` as `Not applied`.
fn words(word: &str) -> String {
    if word == "mfa" {
        return "Multifactor authentication".to_owned();
    }
    let mut out = String::with_capacity(word.len() + 4);
    for (place, c) in word.chars().enumerate() {
        if place == 0 {
            out.extend(c.to_uppercase());
        } else if c.is_uppercase() {
            out.push(' ');
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_records_become_words_of_people() {
        assert_eq!(words("notApplied"), "Not applied");
        assert_eq!(words("compliantDevice"), "Compliant device");
        assert_eq!(words("mfa"), "Multifactor authentication");
        assert_eq!(words(""), "");
    }

    #[test]
    fn every_shown_property_is_in_the_mask_registry() {
        for (_, properties) in SECTIONS {
            for (label, path) in *properties {
                assert!(MASKS.entries().iter().any(|(known, _)| known == path), "{label}: {path}");
            }
        }
    }
}
