//! The signature of a decision, by the rules of WebAuthn.

use vouchsafe_log::replay::decision::Signature;
use vouchsafe_signin::passkey::{AssertionParts, verify_kept};

/// Checks an assertion with the key that the log has enrolled.
pub(crate) fn check(signature: &Signature<'_>) -> Result<(), String> {
    let parts = AssertionParts {
        credential: signature.credential.to_owned(),
        client_data: signature.client_data.to_owned(),
        authenticator_data: signature.authenticator_data.to_owned(),
        signature: signature.signature.to_owned(),
    };
    let checked = verify_kept(&parts, signature.public_key, signature.relying_party, &signature.challenge);
    checked.map_err(|fault| fault.to_string())
}
