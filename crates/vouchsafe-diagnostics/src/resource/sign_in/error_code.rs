//! Public error codes of Microsoft Entra sign-ins with their sentences, as its documentation prints them.
//!
//! The list is not complete. It serves masks, which show a text only if it is known to be nobody's, and the
//! generator of demo data.

/// A code and the sentence in `status/failureReason`, ascending by code.
pub const ERROR_CODES: [(i64, &str); 24] = [
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
    (50_097, "Device authentication is required."),
    (50_105, "The signed in user is not assigned to a role for the application."),
    (50_125, "Sign-in was interrupted due to a password reset or password registration entry."),
    (50_126, "Invalid username or password or Invalid on-premise username or password."),
    (50_140, "This error occurred due to 'Keep me signed in' interrupt when the user was signing-in."),
    (
        53_000,
        "Device is not in required device state: conditional access policy requires a compliant device.",
    ),
    (
        53_003,
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    ),
    (65_001, "The user or administrator has not consented to use the application."),
    (70_044, "The session has expired or is invalid due to sign-in frequency checks by conditional access."),
    (
        700_016,
        "Application was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant.",
    ),
    (
        7_000_218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
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
