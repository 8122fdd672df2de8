//! Microsoft Graph `organization`, v1.0: the tenant itself.
//!
//! The organisation's own address, telephone, domains and plans are plain. Decisions that are not obvious:
//!
//! - Mail addresses and telephones that notices go to are people's: personal.
//! - The id is the pseudonym of the tenant, so that a sign-in shows whether its home tenant is this one.

use vouchsafe_core::scope::DataCategory;

use super::vocabulary::{ID, MAIL, PHONE, PLAIN, TENANT, no_sentence, reference};
use super::{Category, Column, Schema, Shape};
use crate::mask::{Class, Registry};

pub(super) static SCHEMA: Schema = Schema {
    graph_type: "microsoft.graph.organization",
    derived_types: &[],
    path: "organization",
    shape: Shape::Objects,
    categories: &[DataCategory::TenantProfile],
    category: Category::Always(DataCategory::TenantProfile),
    columns: &COLUMNS,
    people: &[],
    tenants: &["id"],
    signs: &[&["verifiedDomains"], &["tenantType"]],
    masks: &MASKS,
};

static COLUMNS: [Column; 2] = [ID, reference("displayName")];

static MASKS: Registry = Registry::new(&ENTRIES, no_sentence);

static ENTRIES: [(&str, Class); 43] = [
    ("@odata.type", PLAIN),
    ("assignedPlans/assignedDateTime", PLAIN),
    ("assignedPlans/capabilityStatus", PLAIN),
    ("assignedPlans/service", PLAIN),
    ("assignedPlans/servicePlanId", PLAIN),
    ("businessPhones", PLAIN),
    ("city", PLAIN),
    ("country", PLAIN),
    ("countryLetterCode", PLAIN),
    ("createdDateTime", PLAIN),
    ("defaultUsageLocation", PLAIN),
    ("deletedDateTime", PLAIN),
    ("directorySizeQuota/total", PLAIN),
    ("directorySizeQuota/used", PLAIN),
    ("displayName", PLAIN),
    ("id", TENANT),
    ("isMultipleDataLocationsForServicesEnabled", PLAIN),
    ("marketingNotificationEmails", MAIL),
    ("mobileDeviceManagementAuthority", PLAIN),
    ("onPremisesLastSyncDateTime", PLAIN),
    ("onPremisesSyncEnabled", PLAIN),
    ("onPremisesSyncStatus/attributeSetName", PLAIN),
    ("onPremisesSyncStatus/state", PLAIN),
    ("onPremisesSyncStatus/version", PLAIN),
    ("partnerTenantType", PLAIN),
    ("postalCode", PLAIN),
    ("preferredLanguage", PLAIN),
    ("privacyProfile/contactEmail", MAIL),
    ("privacyProfile/statementUrl", PLAIN),
    ("provisionedPlans/capabilityStatus", PLAIN),
    ("provisionedPlans/provisioningStatus", PLAIN),
    ("provisionedPlans/service", PLAIN),
    ("securityComplianceNotificationMails", MAIL),
    ("securityComplianceNotificationPhones", PHONE),
    ("state", PLAIN),
    ("street", PLAIN),
    ("technicalNotificationMails", MAIL),
    ("tenantType", PLAIN),
    ("verifiedDomains/capabilities", PLAIN),
    ("verifiedDomains/isDefault", PLAIN),
    ("verifiedDomains/isInitial", PLAIN),
    ("verifiedDomains/name", PLAIN),
    ("verifiedDomains/type", PLAIN),
];
