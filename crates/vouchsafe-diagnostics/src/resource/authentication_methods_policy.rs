//! Microsoft Graph `authenticationMethodsPolicy`, v1.0, with the configurations of all methods.
//!
//! The organisation's: plain. Only targets by id may be people: `targetType` tells, and then they are pseudonyms.

use vouchsafe_core::scope::DataCategory;

use super::vocabulary::{ID, PLAIN, TARGET, no_sentence};
use super::{Category, Column, Schema, Shape};
use crate::mask::{Class, Registry};

pub(super) static SCHEMA: Schema = Schema {
    graph_type: "microsoft.graph.authenticationMethodsPolicy",
    derived_types: &[],
    path: "policies/authenticationMethodsPolicy",
    shape: Shape::Singleton,
    categories: &[DataCategory::ServiceConfiguration],
    category: Category::Always(DataCategory::ServiceConfiguration),
    columns: &COLUMNS,
    people: &[],
    tenants: &[],
    signs: &[&["authenticationMethodConfigurations"], &["registrationEnforcement", "policyVersion"]],
    masks: &MASKS,
};

static COLUMNS: [Column; 1] = [ID];

static MASKS: Registry = Registry::new(&ENTRIES, no_sentence);

static ENTRIES: [(&str, Class); 87] = [
    ("@odata.type", PLAIN),
    ("authenticationMethodConfigurations/@odata.type", PLAIN),
    ("authenticationMethodConfigurations/allowExternalIdToUseEmailOtp", PLAIN),
    ("authenticationMethodConfigurations/appId", PLAIN),
    ("authenticationMethodConfigurations/authenticationModeConfiguration/rules/identifier", PLAIN),
    (
        "authenticationMethodConfigurations/authenticationModeConfiguration/rules/issuerSubjectIdentifier",
        PLAIN,
    ),
    ("authenticationMethodConfigurations/authenticationModeConfiguration/rules/policyOidIdentifier", PLAIN),
    (
        "authenticationMethodConfigurations/authenticationModeConfiguration/rules/x509CertificateAuthenticationMode",
        PLAIN,
    ),
    (
        "authenticationMethodConfigurations/authenticationModeConfiguration/rules/x509CertificateRequiredAffinityLevel",
        PLAIN,
    ),
    (
        "authenticationMethodConfigurations/authenticationModeConfiguration/rules/x509CertificateRuleType",
        PLAIN,
    ),
    (
        "authenticationMethodConfigurations/authenticationModeConfiguration/x509CertificateAuthenticationDefaultMode",
        PLAIN,
    ),
    (
        "authenticationMethodConfigurations/authenticationModeConfiguration/x509CertificateDefaultRequiredAffinityLevel",
        PLAIN,
    ),
    ("authenticationMethodConfigurations/certificateAuthorityScopes/includeTargets/id", TARGET),
    ("authenticationMethodConfigurations/certificateAuthorityScopes/includeTargets/targetType", PLAIN),
    (
        "authenticationMethodConfigurations/certificateAuthorityScopes/publicKeyInfrastructureIdentifier",
        PLAIN,
    ),
    ("authenticationMethodConfigurations/certificateAuthorityScopes/subjectKeyIdentifier", PLAIN),
    ("authenticationMethodConfigurations/certificateUserBindings/priority", PLAIN),
    ("authenticationMethodConfigurations/certificateUserBindings/trustAffinityLevel", PLAIN),
    ("authenticationMethodConfigurations/certificateUserBindings/userProperty", PLAIN),
    ("authenticationMethodConfigurations/certificateUserBindings/x509CertificateField", PLAIN),
    (
        "authenticationMethodConfigurations/crlValidationConfiguration/exemptedCertificateAuthoritiesSubjectKeyIdentifiers",
        PLAIN,
    ),
    ("authenticationMethodConfigurations/crlValidationConfiguration/state", PLAIN),
    ("authenticationMethodConfigurations/defaultLength", PLAIN),
    ("authenticationMethodConfigurations/defaultLifetimeInMinutes", PLAIN),
    ("authenticationMethodConfigurations/defaultPasskeyProfile", PLAIN),
    ("authenticationMethodConfigurations/displayName", PLAIN),
    ("authenticationMethodConfigurations/excludeTargets/id", TARGET),
    ("authenticationMethodConfigurations/excludeTargets/targetType", PLAIN),
    (
        "authenticationMethodConfigurations/featureSettings/displayAppInformationRequiredState/excludeTarget/id",
        TARGET,
    ),
    (
        "authenticationMethodConfigurations/featureSettings/displayAppInformationRequiredState/excludeTarget/targetType",
        PLAIN,
    ),
    (
        "authenticationMethodConfigurations/featureSettings/displayAppInformationRequiredState/includeTarget/id",
        TARGET,
    ),
    (
        "authenticationMethodConfigurations/featureSettings/displayAppInformationRequiredState/includeTarget/targetType",
        PLAIN,
    ),
    ("authenticationMethodConfigurations/featureSettings/displayAppInformationRequiredState/state", PLAIN),
    (
        "authenticationMethodConfigurations/featureSettings/displayLocationInformationRequiredState/excludeTarget/id",
        TARGET,
    ),
    (
        "authenticationMethodConfigurations/featureSettings/displayLocationInformationRequiredState/excludeTarget/targetType",
        PLAIN,
    ),
    (
        "authenticationMethodConfigurations/featureSettings/displayLocationInformationRequiredState/includeTarget/id",
        TARGET,
    ),
    (
        "authenticationMethodConfigurations/featureSettings/displayLocationInformationRequiredState/includeTarget/targetType",
        PLAIN,
    ),
    (
        "authenticationMethodConfigurations/featureSettings/displayLocationInformationRequiredState/state",
        PLAIN,
    ),
    ("authenticationMethodConfigurations/id", PLAIN),
    ("authenticationMethodConfigurations/includeTargets/allowedPasskeyProfiles", PLAIN),
    ("authenticationMethodConfigurations/includeTargets/authenticationMode", PLAIN),
    ("authenticationMethodConfigurations/includeTargets/id", TARGET),
    ("authenticationMethodConfigurations/includeTargets/isRegistrationRequired", PLAIN),
    ("authenticationMethodConfigurations/includeTargets/isUsableForSignIn", PLAIN),
    ("authenticationMethodConfigurations/includeTargets/targetType", PLAIN),
    ("authenticationMethodConfigurations/includeTargets/verifiedIdProfiles", PLAIN),
    ("authenticationMethodConfigurations/includeTargets@odata.context", PLAIN),
    ("authenticationMethodConfigurations/isAttestationEnforced", PLAIN),
    ("authenticationMethodConfigurations/isOfficePhoneAllowed", PLAIN),
    ("authenticationMethodConfigurations/isSelfServiceRegistrationAllowed", PLAIN),
    ("authenticationMethodConfigurations/isSoftwareOathEnabled", PLAIN),
    ("authenticationMethodConfigurations/isUsableOnce", PLAIN),
    ("authenticationMethodConfigurations/issuerHintsConfiguration/state", PLAIN),
    ("authenticationMethodConfigurations/keyRestrictions/aaGuids", PLAIN),
    ("authenticationMethodConfigurations/keyRestrictions/enforcementType", PLAIN),
    ("authenticationMethodConfigurations/keyRestrictions/isEnforced", PLAIN),
    ("authenticationMethodConfigurations/maximumLifetimeInMinutes", PLAIN),
    ("authenticationMethodConfigurations/minimumLifetimeInMinutes", PLAIN),
    ("authenticationMethodConfigurations/openIdConnectSetting/clientId", PLAIN),
    ("authenticationMethodConfigurations/openIdConnectSetting/discoveryUrl", PLAIN),
    ("authenticationMethodConfigurations/pinLength", PLAIN),
    ("authenticationMethodConfigurations/standardQRCodeLifetimeInDays", PLAIN),
    ("authenticationMethodConfigurations/state", PLAIN),
    ("authenticationMethodConfigurations@odata.context", PLAIN),
    ("description", PLAIN),
    ("displayName", PLAIN),
    ("id", PLAIN),
    ("lastModifiedDateTime", PLAIN),
    ("policyMigrationState", PLAIN),
    ("policyVersion", PLAIN),
    ("reconfirmationInDays", PLAIN),
    ("registrationEnforcement/authenticationMethodsRegistrationCampaign/excludeTargets/id", TARGET),
    ("registrationEnforcement/authenticationMethodsRegistrationCampaign/excludeTargets/targetType", PLAIN),
    ("registrationEnforcement/authenticationMethodsRegistrationCampaign/includeTargets/id", TARGET),
    ("registrationEnforcement/authenticationMethodsRegistrationCampaign/includeTargets/targetType", PLAIN),
    (
        "registrationEnforcement/authenticationMethodsRegistrationCampaign/includeTargets/targetedAuthenticationMethod",
        PLAIN,
    ),
    ("registrationEnforcement/authenticationMethodsRegistrationCampaign/snoozeDurationInDays", PLAIN),
    ("registrationEnforcement/authenticationMethodsRegistrationCampaign/state", PLAIN),
    ("reportSuspiciousActivitySettings/includeTarget/id", TARGET),
    ("reportSuspiciousActivitySettings/includeTarget/targetType", PLAIN),
    ("reportSuspiciousActivitySettings/state", PLAIN),
    ("reportSuspiciousActivitySettings/voiceReportingCode", PLAIN),
    ("systemCredentialPreferences/excludeTargets/id", TARGET),
    ("systemCredentialPreferences/excludeTargets/targetType", PLAIN),
    ("systemCredentialPreferences/includeTargets/id", TARGET),
    ("systemCredentialPreferences/includeTargets/targetType", PLAIN),
    ("systemCredentialPreferences/state", PLAIN),
];
