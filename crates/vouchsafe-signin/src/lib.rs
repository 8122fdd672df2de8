//! API tokens, sessions, passkeys, one-time passes and identity providers: how they look, what is kept of them, and how
//! they are checked.
//!
//! A token is 256 random bits with its tenant in front, so that the look-up has the tenant before anything else.
//! Only the SHA-256 of the random bits is stored; a hash is enough because nobody guesses 256 bits. Nothing here
//! prints a token but [`Secret::expose`].

pub mod challenge;
pub mod oidc;
pub mod passkey;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use vouchsafe_core::id::{Id, TenantId};

/// Random bytes of a secret.
pub const SECRET_BYTES: usize = 32;

/// What a secret is for; its text form starts with the prefix, so that a leaked one is recognised by scanners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A bearer token for the API.
    ApiToken,
    /// The session cookie of the pages.
    Session,
    /// A one-time pass for enrolling a passkey.
    Enrolment,
    /// The code with which an offer to link accounts is accepted.
    AccountLink,
}

impl Purpose {
    const fn prefix(self) -> &'static str {
        match self {
            Self::ApiToken => "vst_",
            Self::Session => "vss_",
            Self::Enrolment => "vse_",
            Self::AccountLink => "vsl_",
        }
    }
}

/// A token or session as its holder has it. Has no `Display`, and its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    purpose: Purpose,
    tenant: TenantId,
    random: [u8; SECRET_BYTES],
}

/// What is stored of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretHash(pub [u8; 32]);

/// A text that cannot be a token or session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token of this service")]
pub struct NotASecret;

impl Secret {
    /// A new secret from fresh random bytes.
    #[must_use]
    pub fn new(purpose: Purpose, tenant: TenantId, random: [u8; SECRET_BYTES]) -> Self {
        Self { purpose, tenant, random }
    }

    /// Reads what a caller sent.
    ///
    /// # Errors
    /// [`NotASecret`] for anything that this service did not make for this purpose.
    pub fn parse(purpose: Purpose, text: &str) -> Result<Self, NotASecret> {
        let body = text.strip_prefix(purpose.prefix()).ok_or(NotASecret)?;
        let bytes = BASE64URL.decode(body).map_err(|_| NotASecret)?;
        let (tenant, random) = bytes.split_first_chunk::<16>().ok_or(NotASecret)?;
        let random = <[u8; SECRET_BYTES]>::try_from(random).map_err(|_| NotASecret)?;
        Ok(Self { purpose, tenant: TenantId::from_uuid(Uuid::from_bytes(*tenant)), random })
    }

    /// The text for its holder, shown once.
    #[must_use]
    pub fn expose(&self) -> String {
        let mut bytes = self.tenant.uuid().as_bytes().to_vec();
        bytes.extend_from_slice(&self.random);
        format!("{}{}", self.purpose.prefix(), BASE64URL.encode(bytes))
    }

    /// The tenant it belongs to.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// What to store and to look up.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        let digest = Sha256::new().chain_update(self.purpose.prefix()).chain_update(self.random).finalize();
        SecretHash(digest.into())
    }
}

impl SecretHash {
    /// Compares in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({:?}, tenant {})", self.purpose, self.tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(purpose: Purpose) -> Secret {
        Secret::new(purpose, "2ad3fc79-1859-42fa-9011-6f8df2251b22".parse().unwrap(), [9; SECRET_BYTES])
    }

    #[test]
    fn text_round_trips_and_purposes_do_not_mix() {
        let token = secret(Purpose::ApiToken);
        assert_eq!(Secret::parse(Purpose::ApiToken, &token.expose()).as_ref(), Ok(&token));
        assert!(Secret::parse(Purpose::Session, &token.expose()).is_err());
        assert!(!token.hash().matches(&secret(Purpose::Session).hash()));
        for wrong in ["", "vst_", "vst_AAAA", &format!("{}A", token.expose()), "vst_*"] {
            assert!(Secret::parse(Purpose::ApiToken, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let token = secret(Purpose::ApiToken);
        let hidden = token.expose();
        assert!(!format!("{token:?}").contains(&hidden[30..]));
    }
}
