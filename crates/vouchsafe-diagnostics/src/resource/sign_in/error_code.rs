//! Public error codes of Microsoft Entra sign-ins with their sentences, as its documentation prints them.
//!
//! The list is not complete. It serves masks, which show a text only if it is known to be nobody's, and the
//! generator of demo data.

/// A code and the sentence in `status/failureReason`, ascending by code.
pub const ERROR_CODES: [(i64, &str); 42] = [
    (0, "Other."),
    (16_000, "Other"),
    (16_003, "The user account must be added as an external user in the tenant first."),
    (50_034, "The user account does not exist in the directory."),
    (
        50_053,
        "Account is locked because user tried to sign in too many times with an incorrect user ID or password.",
    ),
    (50_055, "Invalid password, entered expired password."),
    (50_056, "Invalid or null password: password does not exist in the directory for this user."),
    (50_057, "User account is disabled. The account has been disabled by an administrator."),
    (
        50_058,
        "The application tried to perform a silent sign in and the user could not be silently signed in. The application needs to start an interactive flow giving users an option to sign in. Contact app owner.",
    ),
    (50_072, "User needs to enroll for second factor authentication."),
    (50_074, "User did not pass the MFA challenge (strong authentication is required)."),
    (
        50_076,
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.",
    ),
    (50_079, "User needs to enroll for second factor authentication (interactive)."),
    (
        50_089,
        "Flow token expired - Authentication failed. Have user try signing-in again with their username and password.",
    ),
    (50_097, "Device authentication is required."),
    (50_105, "The signed in user is not assigned to a role for the application."),
    (50_125, "Sign-in was interrupted due to a password reset or password registration entry."),
    (50_126, "Invalid username or password or Invalid on-premise username or password."),
    (50_133, "Session is invalid due to expiration or recent password change."),
    (50_140, "This error occurred due to 'Keep me signed in' interrupt when the user was signing-in."),
    (
        50_144,
        "User's Active Directory password has expired. Generate a new password for the user or have the end user using self-service reset tool.",
    ),
    (50_155, "Device authentication failed for this user."),
    (50_158, "External security challenge was not satisfied."),
    (50_173, "Fresh auth token is needed. Have the user sign-in again using fresh credentials."),
    (
        53_000,
        "Device is not in required device state: conditional access policy requires a compliant device.",
    ),
    (
        53_001,
        "Conditional Access policy requires a domain joined device, and the device is not domain joined. Have the user use a domain joined device.",
    ),
    (
        53_003,
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    ),
    (
        53_004,
        "User needs to complete Multi-factor authentication registration process before accessing this content. User should register for multi-factor authentication.",
    ),
    (65_001, "The user or administrator has not consented to use the application."),
    (
        65_004,
        "User declined to consent to access the app. Have the user retry the sign-in and consent to the app.",
    ),
    (
        70_008,
        "The provided authorization code or refresh token is expired or has been revoked. Have the user retry signing in.",
    ),
    (70_044, "The session has expired or is invalid due to sign-in frequency checks by conditional access."),
    (
        90_072,
        "The account needs to be added as an external user in the tenant first. Sign-out and sign-in again with a different Azure AD account.",
    ),
    (
        90_094,
        "The grant requires administrator permissions. Ask your tenant administrator to provide consent for this application.",
    ),
    (500_121, "Authentication failed during strong authentication request."),
    (530_032, "Blocked by security policy."),
    (
        700_016,
        "Application was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant.",
    ),
    (700_027, "Client assertion failed signature validation."),
    (700_082, "The refresh token has expired due to inactivity."),
    (7_000_215, "Invalid client secret is provided."),
    (
        7_000_218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    (7_000_222, "The provided client secret keys are expired."),
];

/// Other sentences of the service, in `status/additionalDetails` and in the steps of an authentication.
pub const DETAILS: [&str; 12] = [
    "Correct password",
    "First factor requirement satisfied by claim in the token",
    "Incorrect password",
    "MFA completed in Azure AD",
    "MFA denied; user declined the authentication",
    "MFA denied; user did not respond to mobile app notification",
    "MFA requirement satisfied by claim in the token",
    "MFA requirement satisfied by claim provided by external provider",
    "MFA required in Azure AD",
    "MFA successfully completed",
    "Other",
    "User did not pass the MFA challenge.",
];

/// The sentence of a code.
#[must_use]
pub fn sentence(code: i64) -> Option<&'static str> {
    ERROR_CODES.iter().find(|(known, _)| *known == code).map(|(_, sentence)| *sentence)
}

/// Whether the text is a sentence of the service, word for word, and so nobody's.
#[must_use]
pub fn is_public_sentence(text: &str) -> bool {
    ERROR_CODES.iter().any(|(_, sentence)| *sentence == text) || DETAILS.contains(&text)
}
