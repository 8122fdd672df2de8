//! Which column of a download is which property of Graph.

use super::super::cell::Form;

/// Targets of a row of directory audits.
pub(super) const TARGETS: usize = 3;
/// Modified properties of a target.
pub(super) const MODIFIED_PROPERTIES: usize = 5;
/// Additional details of a row of directory audits.
pub(super) const ADDITIONAL_DETAILS: usize = 6;

/// A column and its property.
#[derive(Debug)]
pub(super) struct Property {
    /// Name of the column, or what follows the prefix of its group.
    pub(super) column: &'static str,
    /// Path of the Graph property, of one or two names.
    pub(super) path: &'static str,
    /// Form of the cell.
    pub(super) form: Form,
}

const fn of(column: &'static str, path: &'static str, form: Form) -> Property {
    Property { column, path, form }
}

const fn text(column: &'static str, path: &'static str) -> Property {
    of(column, path, Form::Text)
}

/// Sign-ins of all four kinds.
pub(super) static SIGN_IN: [Property; 60] = [
    of("Date (UTC)", "createdDateTime", Form::Time),
    text("Request ID", "id"),
    text("User agent", "userAgent"),
    text("Correlation ID", "correlationId"),
    text("User ID", "userId"),
    text("User", "userDisplayName"),
    text("Username", "userPrincipalName"),
    of("User type", "userType", Form::Words),
    of("Cross tenant access type", "crossTenantAccessType", Form::Words),
    of("Incoming token type", "incomingTokenType", Form::Words),
    of("Authentication Protocol", "authenticationProtocol", Form::Words),
    text("Unique token identifier", "uniqueTokenIdentifier"),
    of("Original transfer method", "originalTransferMethod", Form::Words),
    of("Client credential type", "clientCredentialType", Form::Words),
    of("Token Protection - Sign In Session", "tokenProtectionStatusDetails/signInSessionStatus", Form::Words),
    of(
        "Token Protection - Sign In Session StatusCode",
        "tokenProtectionStatusDetails/signInSessionStatusCode",
        Form::Int,
    ),
    text("Application", "appDisplayName"),
    text("Application ID", "appId"),
    text("App owner tenant ID", "appOwnerTenantId"),
    text("Resource", "resourceDisplayName"),
    text("Resource ID", "resourceId"),
    text("Resource tenant ID", "resourceTenantId"),
    text("Resource owner tenant ID", "resourceOwnerTenantId"),
    text("Home tenant ID", "homeTenantId"),
    text("Home tenant name", "homeTenantName"),
    text("IP address", "ipAddress"),
    text("Location", "location"),
    text("Status", "status/result"),
    of("Sign-in error code", "status/errorCode", Form::Int),
    text("Failure reason", "status/failureReason"),
    text("Multifactor authentication result", "status/additionalDetails"),
    text("Client app", "clientAppUsed"),
    text("Device ID", "deviceDetail/deviceId"),
    text("Browser", "deviceDetail/browser"),
    text("Operating System", "deviceDetail/operatingSystem"),
    of("Compliant", "deviceDetail/isCompliant", Form::Bool),
    of("Managed", "deviceDetail/isManaged", Form::Bool),
    text("Join Type", "deviceDetail/trustType"),
    text("Multifactor authentication auth method", "mfaDetail/authMethod"),
    text("Multifactor authentication auth detail", "mfaDetail/authDetail"),
    of("Authentication requirement", "authenticationRequirement", Form::Words),
    text("Sign-in identifier", "signInIdentifier"),
    text("Session ID", "sessionId"),
    text("IP address (seen by resource)", "ipAddressFromResourceProvider"),
    of("Through Global Secure Access", "isThroughGlobalSecureAccess", Form::Bool),
    text("Global Secure Access IP address", "globalSecureAccessIpAddress"),
    of("Autonomous system number", "autonomousSystemNumber", Form::Int),
    of("Flagged for review", "flaggedForReview", Form::Bool),
    text("Token issuer type", "tokenIssuerType"),
    text("Token issuer name", "tokenIssuerName"),
    of("Latency", "processingTimeInMilliseconds", Form::Int),
    of("Conditional Access", "conditionalAccessStatus", Form::Words),
    of("Managed Identity type", "managedServiceIdentity/msiType", Form::Words),
    text("Associated Resource Id", "managedServiceIdentity/associatedResourceId"),
    text("Federated Token Id", "managedServiceIdentity/federatedTokenId"),
    text("Federated Token Issuer", "managedServiceIdentity/federatedTokenIssuer"),
    text("Service principal ID", "servicePrincipalId"),
    text("Service principal name", "servicePrincipalName"),
    text("Credential key ID", "servicePrincipalCredentialKeyId"),
    text("Credential thumbprint", "servicePrincipalCredentialThumbprint"),
];

/// Directory audits: what stands once in a row.
pub(super) static AUDIT: [Property; 8] = [
    of("Date (UTC)", "activityDateTime", Form::Time),
    text("CorrelationId", "correlationId"),
    text("Service", "loggedByService"),
    text("Category", "category"),
    text("Activity", "activityDisplayName"),
    of("Result", "result", Form::Word),
    text("ResultReason", "resultReason"),
    text("User Agent", "userAgent"),
];

/// Who acted: a person, or an app.
pub(super) static ACTOR: (&[Property], &[Property]) = (&USER, &APP);

static USER: [Property; 6] = [
    text("ActorObjectId", "id"),
    text("ActorDisplayName", "displayName"),
    text("ActorUserPrincipalName", "userPrincipalName"),
    text("IPAddress", "ipAddress"),
    text("ActorHomeTenantId", "homeTenantId"),
    text("ActorHomeTenantName", "homeTenantName"),
];

static APP: [Property; 3] = [
    text("ActorDisplayName", "displayName"),
    text("ActorServicePrincipalId", "servicePrincipalId"),
    text("ActorServicePrincipalName", "servicePrincipalName"),
];

/// One of the targets.
pub(super) static TARGET: [Property; 4] = [
    text("ObjectId", "id"),
    text("DisplayName", "displayName"),
    text("Type", "type"),
    text("UserPrincipalName", "userPrincipalName"),
];

/// One of the modified properties of a target.
pub(super) static MODIFIED: [Property; 3] =
    [text("Name", "displayName"), text("OldValue", "oldValue"), text("NewValue", "newValue")];

/// One of the additional details.
pub(super) static DETAILS: [Property; 2] = [text("Key", "key"), text("Value", "value")];
