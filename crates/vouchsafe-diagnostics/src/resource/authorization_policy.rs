//! Microsoft Graph `authorizationPolicy`, v1.0, and what of beta exports carry.
//!
//! What everyone in the tenant may do by default: no person is in it, everything is plain.

use vouchsafe_core::scope::DataCategory;

use super::vocabulary::{ID, PLAIN, no_sentence};
use super::{Category, Column, Schema, Shape};
use crate::mask::{Class, Registry};

pub(super) static SCHEMA: Schema = Schema {
    graph_type: "microsoft.graph.authorizationPolicy",
    derived_types: &[],
    path: "policies/authorizationPolicy",
    shape: Shape::Singleton,
    categories: &[DataCategory::ServiceConfiguration],
    category: Category::Always(DataCategory::ServiceConfiguration),
    columns: &COLUMNS,
    people: &[],
    tenants: &[],
    signs: &[&["defaultUserRolePermissions"], &["allowInvitesFrom", "guestUserRoleId"]],
    masks: &MASKS,
};

static COLUMNS: [Column; 1] = [ID];

static MASKS: Registry = Registry::new(&ENTRIES, no_sentence);

static ENTRIES: [(&str, Class); 20] = [
    ("@odata.type", PLAIN),
    ("allowEmailVerifiedUsersToJoinOrganization", PLAIN),
    ("allowInvitesFrom", PLAIN),
    ("allowUserConsentForRiskyApps", PLAIN),
    ("allowedToSignUpEmailBasedSubscriptions", PLAIN),
    ("allowedToUseSSPR", PLAIN),
    ("blockMsolPowerShell", PLAIN),
    ("defaultUserRolePermissions/allowedToCreateApps", PLAIN),
    ("defaultUserRolePermissions/allowedToCreateSecurityGroups", PLAIN),
    ("defaultUserRolePermissions/allowedToCreateTenants", PLAIN),
    ("defaultUserRolePermissions/allowedToReadBitlockerKeysForOwnedDevice", PLAIN),
    ("defaultUserRolePermissions/allowedToReadOtherUsers", PLAIN),
    ("defaultUserRolePermissions/permissionGrantPoliciesAssigned", PLAIN),
    ("deletedDateTime", PLAIN),
    ("description", PLAIN),
    ("displayName", PLAIN),
    ("enabledPreviewFeatures", PLAIN),
    ("guestUserRoleId", PLAIN),
    ("id", PLAIN),
    ("permissionGrantPolicyIdsAssignedToDefaultUserRole", PLAIN),
];
