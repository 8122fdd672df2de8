//! Microsoft Graph `directoryAudit`, v1.0, and what of beta exports carry.
//!
//! Decisions on masks that are not obvious:
//!
//! - What a target is stands in its `type`: people and devices are pseudonyms, the same as in sign-ins; groups are plain by
//!   id and personal by name; apps, service principals, roles and policies are the organisation's: plain. Of an unknown
//!   type it may be a person.
//! - Which properties were modified is plain, what they were and became is personal: it holds names, addresses and numbers
//!   of every kind. So are values of `additionalDetails`, while their keys are a closed list.
//! - An app that acted is plain.

use vouchsafe_core::scope::DataCategory;

use super::sign_in::error_code::is_public_sentence;
use super::vocabulary::{
    ADDRESS, CORRELATION, DEVICE, EVENT, ID, PERSON_ID, PERSON_NAME, PERSON_UPN, PLAIN, SENTENCE, SESSION,
    TENANT, TEXT, correlation, each, of, shared,
};
use super::{Category, Column, Fold, Schema, Shape, Type};
use crate::mask::{Class, Registry, Switch};

/// The service whose entries are of the other category.
const DEVICE_REGISTRATION: &str = "Device Registration Service";

/// Device joins and registrations are read under a category of their own.
fn category(service: Option<&str>) -> DataCategory {
    match service {
        Some(DEVICE_REGISTRATION) => DataCategory::DeviceRegistrationLogs,
        Some(_) | None => DataCategory::AuditLogs,
    }
}

pub(super) static SCHEMA: Schema = Schema {
    graph_type: "microsoft.graph.directoryAudit",
    derived_types: &[],
    path: "auditLogs/directoryAudits",
    shape: Shape::Events { time: "activityDateTime" },
    categories: &[DataCategory::AuditLogs, DataCategory::DeviceRegistrationLogs],
    category: Category::By { member: "loggedByService", of: category },
    columns: &COLUMNS,
    people: &[
        "initiatedBy/user/id",
        "initiatedBy/user/userPrincipalName",
        "targetResources/id",
        "targetResources/userPrincipalName",
    ],
    tenants: &[],
    signs: &[&["activityDateTime"], &["activityDisplayName"]],
    masks: &MASKS,
};

static COLUMNS: [Column; 16] = [
    ID,
    correlation("correlationId"),
    shared("activityDisplayName", "activity", true),
    shared("category", "activity", true),
    shared("loggedByService", "activity", true),
    shared("operationType", "activity", false),
    shared("result", "activity", true),
    shared("initiatedBy/user/id", "initiator", true),
    shared("initiatedBy/user/userPrincipalName", "initiator", true),
    shared("initiatedBy/user/displayName", "initiator", true),
    shared("initiatedBy/app/appId", "initiator", true),
    shared("initiatedBy/app/displayName", "initiator", true),
    of("initiatedBy/user/ipAddress", Type::Text, Fold::Address, "address", true),
    each("targetResources/id"),
    each("targetResources/userPrincipalName"),
    each("targetResources/displayName"),
];

/// Id of a target.
const TARGET_ID: Class = Class::Switch(&Switch {
    member: "type",
    cases: &[
        ("User", PERSON_ID),
        ("Device", DEVICE),
        ("Group", PLAIN),
        ("App", PLAIN),
        ("Application", PLAIN),
        ("ServicePrincipal", PLAIN),
        ("Role", PLAIN),
        ("Policy", PLAIN),
        ("Directory", PLAIN),
    ],
    otherwise: PERSON_ID,
});

/// Name of a target.
const TARGET_NAME: Class = Class::Switch(&Switch {
    member: "type",
    cases: &[
        ("User", PERSON_NAME),
        ("App", PLAIN),
        ("Application", PLAIN),
        ("ServicePrincipal", PLAIN),
        ("Role", PLAIN),
        ("Policy", PLAIN),
        ("Directory", PLAIN),
    ],
    otherwise: TEXT,
});

static MASKS: Registry = Registry::new(&ENTRIES, is_public_sentence);

static ENTRIES: [(&str, Class); 39] = [
    ("@odata.type", PLAIN),
    ("activityDateTime", PLAIN),
    ("activityDisplayName", PLAIN),
    ("additionalDetails/key", PLAIN),
    ("additionalDetails/value", TEXT),
    ("category", PLAIN),
    ("correlationId", CORRELATION),
    ("id", EVENT),
    ("initiatedBy/app/appId", PLAIN),
    ("initiatedBy/app/displayName", PLAIN),
    ("initiatedBy/app/servicePrincipalId", PLAIN),
    ("initiatedBy/app/servicePrincipalName", PLAIN),
    ("initiatedBy/linkableIdentifiers/deviceId", DEVICE),
    ("initiatedBy/linkableIdentifiers/sessionId", SESSION),
    ("initiatedBy/linkableIdentifiers/tokenDetails/issuedAtDateTime", PLAIN),
    ("initiatedBy/linkableIdentifiers/tokenDetails/uniqueTokenIdentifier", SESSION),
    ("initiatedBy/user/@odata.type", PLAIN),
    ("initiatedBy/user/displayName", PERSON_NAME),
    ("initiatedBy/user/homeTenantId", TENANT),
    ("initiatedBy/user/homeTenantName", TEXT),
    ("initiatedBy/user/id", PERSON_ID),
    ("initiatedBy/user/ipAddress", ADDRESS),
    ("initiatedBy/user/roles", TEXT),
    ("initiatedBy/user/userPrincipalName", PERSON_UPN),
    ("initiatedBy/user/userType", PLAIN),
    ("loggedByService", PLAIN),
    ("operationType", PLAIN),
    ("result", PLAIN),
    ("resultReason", SENTENCE),
    ("targetResources/@odata.type", PLAIN),
    ("targetResources/displayName", TARGET_NAME),
    ("targetResources/groupType", PLAIN),
    ("targetResources/id", TARGET_ID),
    ("targetResources/modifiedProperties/displayName", PLAIN),
    ("targetResources/modifiedProperties/newValue", TEXT),
    ("targetResources/modifiedProperties/oldValue", TEXT),
    ("targetResources/type", PLAIN),
    ("targetResources/userPrincipalName", PERSON_UPN),
    ("userAgent", TEXT),
];
