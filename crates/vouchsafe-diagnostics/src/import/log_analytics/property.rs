//! Which column of the tables is which property of Graph.

use super::super::cell::Form;

/// A column and its property.
#[derive(Debug)]
pub(super) struct Property {
    /// Name of the column.
    pub(super) column: &'static str,
    /// Name of the Graph property.
    pub(super) name: &'static str,
    /// Form of the cell.
    pub(super) form: Form,
    /// When the property is served.
    pub(super) presence: Presence,
}

/// When a property is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// Always: a property of Graph v1.0, null where the cell is empty.
    Always,
    /// Where the cell is filled: a property of Graph beta.
    Filled,
}

const fn v1(column: &'static str, name: &'static str, form: Form) -> Property {
    Property { column, name, form, presence: Presence::Always }
}

const fn beta(column: &'static str, name: &'static str, form: Form) -> Property {
    Property { column, name, form, presence: Presence::Filled }
}

/// Every column of the tables of sign-ins that has a property of Graph's `signIn`. The others (workspace, ingestion,
/// level …) stay in the original.
pub(super) static SIGN_IN: [Property; 75] = [
    v1("Id", "id", Form::Text),
    v1("CreatedDateTime", "createdDateTime", Form::Time),
    v1("UserId", "userId", Form::Text),
    v1("UserPrincipalName", "userPrincipalName", Form::Text),
    v1("UserDisplayName", "userDisplayName", Form::Text),
    v1("AppId", "appId", Form::Text),
    v1("AppDisplayName", "appDisplayName", Form::Text),
    v1("ResourceIdentity", "resourceId", Form::Text),
    v1("ResourceDisplayName", "resourceDisplayName", Form::Text),
    v1("IPAddress", "ipAddress", Form::Text),
    v1("ClientAppUsed", "clientAppUsed", Form::Text),
    v1("CorrelationId", "correlationId", Form::Text),
    v1("ConditionalAccessStatus", "conditionalAccessStatus", Form::Text),
    v1("ConditionalAccessPolicies", "appliedConditionalAccessPolicies", Form::Policies),
    v1("IsInteractive", "isInteractive", Form::Bool),
    v1("DeviceDetail", "deviceDetail", Form::Object),
    v1("LocationDetails", "location", Form::Object),
    v1("Status", "status", Form::Object),
    v1("RiskDetail", "riskDetail", Form::Text),
    v1("RiskEventTypes", "riskEventTypes", Form::List),
    v1("RiskEventTypes_V2", "riskEventTypes_v2", Form::List),
    v1("RiskLevelAggregated", "riskLevelAggregated", Form::Text),
    v1("RiskLevelDuringSignIn", "riskLevelDuringSignIn", Form::Text),
    v1("RiskState", "riskState", Form::Text),
    beta("AlternateSignInName", "alternateSignInName", Form::Text),
    beta("AppOwnerTenantId", "appOwnerTenantId", Form::Text),
    beta("AuthenticationContextClassReferences", "authenticationContextClassReferences", Form::List),
    beta("AuthenticationDetails", "authenticationDetails", Form::List),
    beta("AuthenticationMethodsUsed", "authenticationMethodsUsed", Form::List),
    beta("AuthenticationProcessingDetails", "authenticationProcessingDetails", Form::List),
    beta("AuthenticationProtocol", "authenticationProtocol", Form::Text),
    beta("AuthenticationRequirement", "authenticationRequirement", Form::Text),
    beta("AuthenticationRequirementPolicies", "authenticationRequirementPolicies", Form::List),
    beta("AutonomousSystemNumber", "autonomousSystemNumber", Form::Int),
    beta("ClientCredentialType", "clientCredentialType", Form::Text),
    beta("CrossTenantAccessType", "crossTenantAccessType", Form::Text),
    beta("FederatedCredentialId", "federatedCredentialId", Form::Text),
    beta("FlaggedForReview", "flaggedForReview", Form::Bool),
    beta("HomeTenantId", "homeTenantId", Form::Text),
    beta("HomeTenantName", "homeTenantName", Form::Text),
    beta("IncomingTokenType", "incomingTokenType", Form::Text),
    beta("IsTenantRestricted", "isTenantRestricted", Form::Bool),
    beta("MfaDetail", "mfaDetail", Form::Object),
    beta("NetworkLocationDetails", "networkLocationDetails", Form::List),
    beta("OriginalRequestId", "originalRequestId", Form::Text),
    beta("OriginalTransferMethod", "originalTransferMethod", Form::Text),
    beta("ProcessingTimeInMilliseconds", "processingTimeInMilliseconds", Form::Int),
    beta("ResourceOwnerTenantId", "resourceOwnerTenantId", Form::Text),
    beta("ResourceServicePrincipalId", "resourceServicePrincipalId", Form::Text),
    beta("ResourceTenantId", "resourceTenantId", Form::Text),
    beta("ServicePrincipalId", "servicePrincipalId", Form::Text),
    beta("ServicePrincipalName", "servicePrincipalName", Form::Text),
    beta("SessionId", "sessionId", Form::Text),
    beta("SessionLifetimePolicies", "sessionLifetimePolicies", Form::List),
    beta("SignInIdentifier", "signInIdentifier", Form::Text),
    beta("SignInIdentifierType", "signInIdentifierType", Form::Word),
    beta("TokenIssuerName", "tokenIssuerName", Form::Text),
    beta("TokenIssuerType", "tokenIssuerType", Form::Text),
    beta("UniqueTokenIdentifier", "uniqueTokenIdentifier", Form::Text),
    beta("UserAgent", "userAgent", Form::Text),
    beta("UserType", "userType", Form::Word),
    beta("AppliedEventListeners", "appliedEventListeners", Form::List),
    beta("ClientSessionId", "clientSessionId", Form::Text),
    beta("ConditionalAccessAudiences", "conditionalAccessAudiences", Form::List),
    beta("GlobalSecureAccessIpAddress", "globalSecureAccessIpAddress", Form::Text),
    beta("IPAddressFromResourceProvider", "ipAddressFromResourceProvider", Form::Text),
    beta("IsThroughGlobalSecureAccess", "isThroughGlobalSecureAccess", Form::Bool),
    beta("ManagedServiceIdentity", "managedServiceIdentity", Form::Object),
    beta("PrivateLinkDetails", "privateLinkDetails", Form::Object),
    beta("ServicePrincipalCredentialKeyId", "servicePrincipalCredentialKeyId", Form::Text),
    beta("ServicePrincipalCredentialThumbprint", "servicePrincipalCredentialThumbprint", Form::Text),
    beta("SignInEventTypes", "signInEventTypes", Form::List),
    beta("TokenProtectionStatusDetails", "tokenProtectionStatusDetails", Form::Object),
    // Other names of properties above, in some of the tables.
    beta("ProcessingTimeInMs", "processingTimeInMilliseconds", Form::Int),
    beta("AppliedConditionalAccessPolicies", "appliedConditionalAccessPolicies", Form::Policies),
];

/// Every column of `AuditLogs` that has a property of Graph's `directoryAudit`.
pub(super) static AUDIT: [Property; 13] = [
    v1("Id", "id", Form::Text),
    v1("ActivityDateTime", "activityDateTime", Form::Time),
    v1("ActivityDisplayName", "activityDisplayName", Form::Text),
    v1("Category", "category", Form::Text),
    v1("CorrelationId", "correlationId", Form::Text),
    v1("Result", "result", Form::Word),
    v1("ResultReason", "resultReason", Form::Text),
    v1("LoggedByService", "loggedByService", Form::Text),
    v1("AADOperationType", "operationType", Form::Text),
    v1("InitiatedBy", "initiatedBy", Form::Object),
    v1("TargetResources", "targetResources", Form::List),
    v1("AdditionalDetails", "additionalDetails", Form::List),
    beta("UserAgent", "userAgent", Form::Text),
];
