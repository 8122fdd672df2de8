//! Microsoft Graph `conditionalAccessPolicy`, v1.0, and what of beta exports carry.
//!
//! Policies are the organisation's: plain. Decisions that are not obvious:
//!
//! - Who is included and excluded by id are people: pseudonyms, the same as in their sign-ins. `All`, `None` and
//!   `GuestsOrExternalUsers` stand there too, and stay.
//! - No person is named in the sense of a scope: a policy applies to people whom it does not name, by group and by role.
//! - The filter of devices may name one, and the description is free text: personal. Filters of apps and service
//!   principals ask for attributes of these: plain.
//! - External tenants are pseudonyms, the same as in sign-ins.

use vouchsafe_core::scope::DataCategory;

use super::vocabulary::{ID, PERSON_ID, PLAIN, TENANT, TEXT, reference, shared};
use super::{Category, Column, Schema, Shape};
use crate::mask::{Class, Registry};

/// What stands in place of ids.
fn is_everyone(text: &str) -> bool {
    matches!(text, "All" | "None" | "GuestsOrExternalUsers")
}

pub(super) static SCHEMA: Schema = Schema {
    graph_type: "microsoft.graph.conditionalAccessPolicy",
    derived_types: &[],
    path: "identity/conditionalAccess/policies",
    shape: Shape::Objects,
    categories: &[DataCategory::ServiceConfiguration],
    category: Category::Always(DataCategory::ServiceConfiguration),
    columns: &COLUMNS,
    people: &[],
    tenants: &[],
    signs: &[&["conditions", "grantControls"], &["conditions", "sessionControls"], &["conditions", "state"]],
    masks: &MASKS,
};

static COLUMNS: [Column; 3] = [ID, reference("displayName"), shared("state", "state", false)];

static MASKS: Registry = Registry::new(&ENTRIES, is_everyone);

static ENTRIES: [(&str, Class); 85] = [
    ("@odata.type", PLAIN),
    ("analysisReasons", PLAIN),
    ("conditions/agentIdRiskLevels", PLAIN),
    ("conditions/applications/applicationFilter/mode", PLAIN),
    ("conditions/applications/applicationFilter/rule", PLAIN),
    ("conditions/applications/excludeApplications", PLAIN),
    ("conditions/applications/globalSecureAccess/@odata.type", PLAIN),
    ("conditions/applications/includeApplications", PLAIN),
    ("conditions/applications/includeAuthenticationContextClassReferences", PLAIN),
    ("conditions/applications/includeUserActions", PLAIN),
    ("conditions/authenticationFlows/transferMethods", PLAIN),
    ("conditions/clientAppTypes", PLAIN),
    ("conditions/clientApplications/agentIdServicePrincipalFilter/mode", PLAIN),
    ("conditions/clientApplications/agentIdServicePrincipalFilter/rule", PLAIN),
    ("conditions/clientApplications/excludeAgentIdServicePrincipals", PLAIN),
    ("conditions/clientApplications/excludeServicePrincipals", PLAIN),
    ("conditions/clientApplications/includeAgentIdServicePrincipals", PLAIN),
    ("conditions/clientApplications/includeServicePrincipals", PLAIN),
    ("conditions/clientApplications/servicePrincipalFilter/mode", PLAIN),
    ("conditions/clientApplications/servicePrincipalFilter/rule", PLAIN),
    ("conditions/deviceStates/excludeStates", PLAIN),
    ("conditions/deviceStates/includeStates", PLAIN),
    ("conditions/devices/deviceFilter/mode", PLAIN),
    ("conditions/devices/deviceFilter/rule", TEXT),
    ("conditions/devices/excludeDeviceStates", PLAIN),
    ("conditions/devices/excludeDevices", PLAIN),
    ("conditions/devices/includeDeviceStates", PLAIN),
    ("conditions/devices/includeDevices", PLAIN),
    ("conditions/insiderRiskLevels", PLAIN),
    ("conditions/locations/excludeLocations", PLAIN),
    ("conditions/locations/includeLocations", PLAIN),
    ("conditions/platforms/excludePlatforms", PLAIN),
    ("conditions/platforms/includePlatforms", PLAIN),
    ("conditions/servicePrincipalRiskLevels", PLAIN),
    ("conditions/signInRiskLevels", PLAIN),
    ("conditions/userRiskLevels", PLAIN),
    ("conditions/users/excludeGroups", PLAIN),
    ("conditions/users/excludeGuestsOrExternalUsers/externalTenants/@odata.type", PLAIN),
    ("conditions/users/excludeGuestsOrExternalUsers/externalTenants/members", TENANT),
    ("conditions/users/excludeGuestsOrExternalUsers/externalTenants/membershipKind", PLAIN),
    ("conditions/users/excludeGuestsOrExternalUsers/guestOrExternalUserTypes", PLAIN),
    ("conditions/users/excludeRoles", PLAIN),
    ("conditions/users/excludeUsers", PERSON_ID),
    ("conditions/users/includeGroups", PLAIN),
    ("conditions/users/includeGuestsOrExternalUsers/externalTenants/@odata.type", PLAIN),
    ("conditions/users/includeGuestsOrExternalUsers/externalTenants/members", TENANT),
    ("conditions/users/includeGuestsOrExternalUsers/externalTenants/membershipKind", PLAIN),
    ("conditions/users/includeGuestsOrExternalUsers/guestOrExternalUserTypes", PLAIN),
    ("conditions/users/includeRoles", PLAIN),
    ("conditions/users/includeUsers", PERSON_ID),
    ("createdDateTime", PLAIN),
    ("deletedDateTime", PLAIN),
    ("description", TEXT),
    ("displayName", PLAIN),
    ("grantControls/authenticationStrength/allowedCombinations", PLAIN),
    ("grantControls/authenticationStrength/createdDateTime", PLAIN),
    ("grantControls/authenticationStrength/description", PLAIN),
    ("grantControls/authenticationStrength/displayName", PLAIN),
    ("grantControls/authenticationStrength/id", PLAIN),
    ("grantControls/authenticationStrength/modifiedDateTime", PLAIN),
    ("grantControls/authenticationStrength/policyType", PLAIN),
    ("grantControls/authenticationStrength/requirementsSatisfied", PLAIN),
    ("grantControls/authenticationStrength@odata.context", PLAIN),
    ("grantControls/builtInControls", PLAIN),
    ("grantControls/customAuthenticationFactors", PLAIN),
    ("grantControls/operator", PLAIN),
    ("grantControls/termsOfUse", PLAIN),
    ("id", PLAIN),
    ("modifiedDateTime", PLAIN),
    ("policyApplies", PLAIN),
    ("sessionControls/applicationEnforcedRestrictions/isEnabled", PLAIN),
    ("sessionControls/cloudAppSecurity/cloudAppSecurityType", PLAIN),
    ("sessionControls/cloudAppSecurity/isEnabled", PLAIN),
    ("sessionControls/continuousAccessEvaluation/mode", PLAIN),
    ("sessionControls/disableResilienceDefaults", PLAIN),
    ("sessionControls/persistentBrowser/isEnabled", PLAIN),
    ("sessionControls/persistentBrowser/mode", PLAIN),
    ("sessionControls/secureSignInSession/isEnabled", PLAIN),
    ("sessionControls/signInFrequency/authenticationType", PLAIN),
    ("sessionControls/signInFrequency/frequencyInterval", PLAIN),
    ("sessionControls/signInFrequency/isEnabled", PLAIN),
    ("sessionControls/signInFrequency/type", PLAIN),
    ("sessionControls/signInFrequency/value", PLAIN),
    ("state", PLAIN),
    ("templateId", PLAIN),
];
