//! What each property of a sign-in holds, for masks (`diagnostics.md`, *Masked by default*).
//!
//! Decisions that are not obvious:
//!
//! - `location/countryOrRegion` is plain: it names millions, the network of the address tells as much, and without it an
//!   engineer cannot see a sign-in from an unusual country. City, state and coordinates are personal.
//! - `status/failureReason`, `status/additionalDetails` and details of authentication steps are free text, so they are
//!   personal; but a text that is one of the service's own [sentences](super::error_code) says no more than the error
//!   code beside it, and stays.
//! - Apps, resources, policies and named locations are the organisation's, not a person's: plain. Names of
//!   authentication methods are a closed list: plain; the phone number or device behind a method is personal.
//! - `userAgent` is close to a fingerprint: personal. `deviceDetail` shows operating system and browser.
//! - Tenant ids are pseudonyms: the home tenant of a guest names the employer. Whether two are equal still shows.
//! - `authenticationStepDateTime` is the time of an event, like `createdDateTime`: plain.

use crate::mask::{Class, IdSpace, Personal, Registry};

use super::error_code::is_public_sentence;

const PLAIN: Class = Class::Plain;
const TEXT: Class = Class::Personal(Personal::Text);
const SENTENCE: Class = Class::Personal(Personal::Sentence);

/// The mask registry of Graph `signIn`.
pub static MASKS: Registry = Registry::new(&ENTRIES, is_public_sentence);

static ENTRIES: [(&str, Class); 96] = [
    ("@odata.type", PLAIN),
    ("alternateSignInName", TEXT),
    ("appDisplayName", PLAIN),
    ("appId", PLAIN),
    ("appOwnerTenantId", Class::Id(IdSpace::Tenant)),
    ("appliedConditionalAccessPolicies/conditionsNotSatisfied", PLAIN),
    ("appliedConditionalAccessPolicies/conditionsSatisfied", PLAIN),
    ("appliedConditionalAccessPolicies/displayName", PLAIN),
    ("appliedConditionalAccessPolicies/enforcedGrantControls", PLAIN),
    ("appliedConditionalAccessPolicies/enforcedSessionControls", PLAIN),
    ("appliedConditionalAccessPolicies/id", PLAIN),
    ("appliedConditionalAccessPolicies/result", PLAIN),
    ("authenticationContextClassReferences/detail", PLAIN),
    ("authenticationContextClassReferences/id", PLAIN),
    ("authenticationDetails/RequestSequence", PLAIN),
    ("authenticationDetails/StatusSequence", PLAIN),
    ("authenticationDetails/authenticationMethod", PLAIN),
    ("authenticationDetails/authenticationMethodDetail", TEXT),
    ("authenticationDetails/authenticationStepDateTime", PLAIN),
    ("authenticationDetails/authenticationStepRequirement", PLAIN),
    ("authenticationDetails/authenticationStepResultDetail", SENTENCE),
    ("authenticationDetails/succeeded", PLAIN),
    ("authenticationMethodsUsed", PLAIN),
    ("authenticationProcessingDetails/key", PLAIN),
    ("authenticationProcessingDetails/value", TEXT),
    ("authenticationProtocol", PLAIN),
    ("authenticationRequirement", PLAIN),
    ("authenticationRequirementPolicies/detail", SENTENCE),
    ("authenticationRequirementPolicies/requirementProvider", PLAIN),
    ("autonomousSystemNumber", PLAIN),
    ("clientAppUsed", PLAIN),
    ("clientCredentialType", PLAIN),
    ("conditionalAccessStatus", PLAIN),
    ("correlationId", Class::Id(IdSpace::Correlation)),
    ("createdDateTime", PLAIN),
    ("crossTenantAccessType", PLAIN),
    ("deviceDetail/browser", PLAIN),
    ("deviceDetail/deviceId", Class::Id(IdSpace::Device)),
    ("deviceDetail/displayName", TEXT),
    ("deviceDetail/isCompliant", PLAIN),
    ("deviceDetail/isManaged", PLAIN),
    ("deviceDetail/operatingSystem", PLAIN),
    ("deviceDetail/trustType", PLAIN),
    ("federatedCredentialId", Class::Id(IdSpace::Session)),
    ("flaggedForReview", PLAIN),
    ("homeTenantId", Class::Id(IdSpace::Tenant)),
    ("homeTenantName", TEXT),
    ("id", Class::Id(IdSpace::SignIn)),
    ("incomingTokenType", PLAIN),
    ("ipAddress", Class::Personal(Personal::Address)),
    ("ipAddressFromResourceProvider", Class::Personal(Personal::Address)),
    ("isInteractive", PLAIN),
    ("isTenantRestricted", PLAIN),
    ("location/city", TEXT),
    ("location/countryOrRegion", PLAIN),
    ("location/geoCoordinates/altitude", TEXT),
    ("location/geoCoordinates/latitude", TEXT),
    ("location/geoCoordinates/longitude", TEXT),
    ("location/state", TEXT),
    ("mfaDetail/authDetail", TEXT),
    ("mfaDetail/authMethod", PLAIN),
    ("networkLocationDetails/networkNames", PLAIN),
    ("networkLocationDetails/networkType", PLAIN),
    ("originalRequestId", Class::Id(IdSpace::SignIn)),
    ("originalTransferMethod", PLAIN),
    ("processingTimeInMilliseconds", PLAIN),
    ("resourceDisplayName", PLAIN),
    ("resourceId", PLAIN),
    ("resourceOwnerTenantId", Class::Id(IdSpace::Tenant)),
    ("resourceServicePrincipalId", PLAIN),
    ("resourceTenantId", Class::Id(IdSpace::Tenant)),
    ("riskDetail", PLAIN),
    ("riskEventTypes", PLAIN),
    ("riskEventTypes_v2", PLAIN),
    ("riskLevelAggregated", PLAIN),
    ("riskLevelDuringSignIn", PLAIN),
    ("riskState", PLAIN),
    ("servicePrincipalId", PLAIN),
    ("servicePrincipalName", PLAIN),
    ("sessionId", Class::Id(IdSpace::Session)),
    ("sessionLifetimePolicies/detail", SENTENCE),
    ("sessionLifetimePolicies/expirationRequirement", PLAIN),
    ("signInEventTypes", PLAIN),
    ("signInIdentifier", TEXT),
    ("signInIdentifierType", PLAIN),
    ("status/additionalDetails", SENTENCE),
    ("status/errorCode", PLAIN),
    ("status/failureReason", SENTENCE),
    ("tokenIssuerName", TEXT),
    ("tokenIssuerType", PLAIN),
    ("uniqueTokenIdentifier", Class::Id(IdSpace::Session)),
    ("userAgent", TEXT),
    ("userDisplayName", Class::Personal(Personal::PersonName)),
    ("userId", Class::Id(IdSpace::Person)),
    ("userPrincipalName", Class::Personal(Personal::UserPrincipalName)),
    ("userType", PLAIN),
];
