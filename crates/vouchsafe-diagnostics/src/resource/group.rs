//! Microsoft Graph `group`, v1.0, and what of beta exports carry.
//!
//! Decisions on masks that are not obvious:
//!
//! - The id is plain: conditional access, licences and roles name groups by it. People make up the names of groups, often
//!   from their own: personal, with the mail address that follows the name.
//! - The rule of a dynamic group may name people: personal. Whether it is being worked on and why it failed to be is plain.

use vouchsafe_core::scope::DataCategory;

use super::vocabulary::{ID, MAIL, PLAIN, TENANT, TEXT, no_sentence, of, reference, shared};
use super::{Category, Column, Fold, Schema, Shape, Type};
use crate::mask::{Class, Registry};

pub(super) static SCHEMA: Schema = Schema {
    graph_type: "microsoft.graph.group",
    derived_types: &[],
    path: "groups",
    shape: Shape::Objects,
    categories: &[DataCategory::DirectoryObjects],
    category: Category::Always(DataCategory::DirectoryObjects),
    columns: &COLUMNS,
    people: &[],
    tenants: &["organizationId"],
    signs: &[
        &["groupTypes"],
        &["securityEnabled", "mailEnabled"],
        &["membershipRule"],
        &["isAssignableToRole"],
    ],
    masks: &MASKS,
};

static COLUMNS: [Column; 6] = [
    ID,
    reference("displayName"),
    reference("mail"),
    of("securityEnabled", Type::Bool, Fold::None, "kind", false),
    of("mailEnabled", Type::Bool, Fold::None, "kind", false),
    shared("visibility", "kind", false),
];

static MASKS: Registry = Registry::new(&ENTRIES, no_sentence);

static ENTRIES: [(&str, Class); 83] = [
    ("@odata.type", PLAIN),
    ("accessType", PLAIN),
    ("allowExternalSenders", PLAIN),
    ("assignedLabels/displayName", PLAIN),
    ("assignedLabels/labelId", PLAIN),
    ("assignedLicenses/disabledPlans", PLAIN),
    ("assignedLicenses/skuId", PLAIN),
    ("autoSubscribeNewMembers", PLAIN),
    ("classification", PLAIN),
    ("createdByAppId", PLAIN),
    ("createdDateTime", PLAIN),
    ("deletedDateTime", PLAIN),
    ("description", TEXT),
    ("displayName", TEXT),
    ("expirationDateTime", PLAIN),
    ("groupTypes", PLAIN),
    ("hasMembersWithLicenseErrors", PLAIN),
    ("hideFromAddressLists", PLAIN),
    ("hideFromOutlookClients", PLAIN),
    ("id", PLAIN),
    ("infoCatalogs", PLAIN),
    ("isArchived", PLAIN),
    ("isAssignableToRole", PLAIN),
    ("isFavorite", PLAIN),
    ("isManagementRestricted", PLAIN),
    ("isSubscribedByMail", PLAIN),
    ("licenseProcessingState/state", PLAIN),
    ("mail", MAIL),
    ("mailEnabled", PLAIN),
    ("mailNickname", TEXT),
    ("members@odata.count", PLAIN),
    ("membershipRule", TEXT),
    ("membershipRuleProcessingState", PLAIN),
    ("membershipRuleProcessingStatus/errorMessage", TEXT),
    ("membershipRuleProcessingStatus/lastMembershipUpdated", PLAIN),
    ("membershipRuleProcessingStatus/status", PLAIN),
    ("onPremisesDomainName", PLAIN),
    ("onPremisesExtensionAttributes/extensionAttribute1", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute10", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute11", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute12", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute13", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute14", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute15", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute2", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute3", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute4", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute5", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute6", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute7", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute8", TEXT),
    ("onPremisesExtensionAttributes/extensionAttribute9", TEXT),
    ("onPremisesLastSyncDateTime", PLAIN),
    ("onPremisesNetBiosName", PLAIN),
    ("onPremisesProvisioningErrors/category", PLAIN),
    ("onPremisesProvisioningErrors/occurredDateTime", PLAIN),
    ("onPremisesProvisioningErrors/propertyCausingError", PLAIN),
    ("onPremisesProvisioningErrors/value", TEXT),
    ("onPremisesSamAccountName", TEXT),
    ("onPremisesSecurityIdentifier", PLAIN),
    ("onPremisesSyncEnabled", PLAIN),
    ("organizationId", TENANT),
    ("preferredDataLocation", PLAIN),
    ("preferredLanguage", PLAIN),
    ("proxyAddresses", MAIL),
    ("renewedDateTime", PLAIN),
    ("resourceBehaviorOptions", PLAIN),
    ("resourceProvisioningOptions", PLAIN),
    ("securityEnabled", PLAIN),
    ("securityIdentifier", PLAIN),
    ("serviceProvisioningErrors/createdDateTime", PLAIN),
    ("serviceProvisioningErrors/errorDetail", TEXT),
    ("serviceProvisioningErrors/isResolved", PLAIN),
    ("serviceProvisioningErrors/serviceInstance", PLAIN),
    ("theme", PLAIN),
    ("uniqueName", TEXT),
    ("unseenConversationsCount", PLAIN),
    ("unseenCount", PLAIN),
    ("unseenMessagesCount", PLAIN),
    ("visibility", PLAIN),
    ("welcomeMessageEnabled", PLAIN),
    ("writebackConfiguration/isEnabled", PLAIN),
    ("writebackConfiguration/onPremisesGroupType", PLAIN),
];
