//! Microsoft Graph `device`, v1.0, and what of beta exports carry.
//!
//! Decisions on masks that are not obvious:
//!
//! - People name devices after themselves: the display name is personal, and has the pseudonym that it has in a sign-in's
//!   `deviceDetail`. Both ids are pseudonyms of one space, as there.
//! - `physicalIds` names the users who joined the device; security ids and metadata are fingerprints: personal. The key of
//!   `alternativeSecurityIds` is hidden.
//! - Make, model, system, ownership, and the states of management and compliance are plain: they are what conditional
//!   access looks at. So is when the device was registered and last seen.

use vouchsafe_core::scope::DataCategory;

use super::vocabulary::{
    DEVICE, HIDDEN, ID, PERSON_ID, PERSON_NAME, PERSON_UPN, PLAIN, TEXT, no_sentence, of, reference, shared,
};
use super::{Category, Column, Fold, Schema, Shape, Type};
use crate::mask::{Class, Registry};

pub(super) static SCHEMA: Schema = Schema {
    graph_type: "microsoft.graph.device",
    derived_types: &[],
    path: "devices",
    shape: Shape::Objects,
    categories: &[DataCategory::DirectoryObjects],
    category: Category::Always(DataCategory::DirectoryObjects),
    columns: &COLUMNS,
    people: &[
        "registeredOwners/id",
        "registeredOwners/userPrincipalName",
        "registeredUsers/id",
        "registeredUsers/userPrincipalName",
    ],
    tenants: &[],
    signs: &[
        &["deviceId", "operatingSystem"],
        &["deviceId", "trustType"],
        &["deviceId", "accountEnabled"],
        &["physicalIds"],
    ],
    masks: &MASKS,
};

static COLUMNS: [Column; 8] = [
    ID,
    reference("deviceId"),
    reference("displayName"),
    shared("operatingSystem", "system", false),
    shared("trustType", "system", false),
    of("isCompliant", Type::Bool, Fold::None, "system", false),
    of("isManaged", Type::Bool, Fold::None, "system", false),
    of("accountEnabled", Type::Bool, Fold::None, "system", false),
];

static MASKS: Registry = Registry::new(&ENTRIES, no_sentence);

static ENTRIES: [(&str, Class); 65] = [
    ("@odata.type", PLAIN),
    ("accountEnabled", PLAIN),
    ("alternativeSecurityIds/identityProvider", PLAIN),
    ("alternativeSecurityIds/key", HIDDEN),
    ("alternativeSecurityIds/type", PLAIN),
    ("approximateLastSignInDateTime", PLAIN),
    ("complianceExpirationDateTime", PLAIN),
    ("createdDateTime", PLAIN),
    ("deletedDateTime", PLAIN),
    ("deviceCategory", PLAIN),
    ("deviceId", DEVICE),
    ("deviceMetadata", TEXT),
    ("deviceOwnership", PLAIN),
    ("deviceVersion", PLAIN),
    ("displayName", TEXT),
    ("domainName", PLAIN),
    ("enrollmentProfileName", PLAIN),
    ("enrollmentType", PLAIN),
    ("extensionAttributes/extensionAttribute1", TEXT),
    ("extensionAttributes/extensionAttribute10", TEXT),
    ("extensionAttributes/extensionAttribute11", TEXT),
    ("extensionAttributes/extensionAttribute12", TEXT),
    ("extensionAttributes/extensionAttribute13", TEXT),
    ("extensionAttributes/extensionAttribute14", TEXT),
    ("extensionAttributes/extensionAttribute15", TEXT),
    ("extensionAttributes/extensionAttribute2", TEXT),
    ("extensionAttributes/extensionAttribute3", TEXT),
    ("extensionAttributes/extensionAttribute4", TEXT),
    ("extensionAttributes/extensionAttribute5", TEXT),
    ("extensionAttributes/extensionAttribute6", TEXT),
    ("extensionAttributes/extensionAttribute7", TEXT),
    ("extensionAttributes/extensionAttribute8", TEXT),
    ("extensionAttributes/extensionAttribute9", TEXT),
    ("hostnames", TEXT),
    ("id", DEVICE),
    ("isCompliant", PLAIN),
    ("isManaged", PLAIN),
    ("isManagementRestricted", PLAIN),
    ("isRooted", PLAIN),
    ("kind", PLAIN),
    ("managementType", PLAIN),
    ("manufacturer", PLAIN),
    ("mdmAppId", PLAIN),
    ("model", PLAIN),
    ("name", TEXT),
    ("onPremisesLastSyncDateTime", PLAIN),
    ("onPremisesSecurityIdentifier", TEXT),
    ("onPremisesSyncEnabled", PLAIN),
    ("operatingSystem", PLAIN),
    ("operatingSystemVersion", PLAIN),
    ("physicalIds", TEXT),
    ("platform", PLAIN),
    ("profileType", PLAIN),
    ("registeredOwners/@odata.type", PLAIN),
    ("registeredOwners/displayName", PERSON_NAME),
    ("registeredOwners/id", PERSON_ID),
    ("registeredOwners/userPrincipalName", PERSON_UPN),
    ("registeredUsers/@odata.type", PLAIN),
    ("registeredUsers/displayName", PERSON_NAME),
    ("registeredUsers/id", PERSON_ID),
    ("registeredUsers/userPrincipalName", PERSON_UPN),
    ("registrationDateTime", PLAIN),
    ("status", PLAIN),
    ("systemLabels", PLAIN),
    ("trustType", PLAIN),
];
