//! Passkeys by the rules of W3C WebAuthn: what a browser is asked, and what of its answer holds. The checks are those of
//! `webauthn-rs-core`; challenges are our own, so that a decision's challenge can be the hash of what is decided.
//!
//! Asked for are discoverable credentials with user verification, ES256 keys, and no attestation: whose device it is does
//! not matter, that its person was there does.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use vouchsafe_core::id::{Id as _, TenantId, UserId};
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::proto::{
    AttestationFormat, AttestationMetadata, AuthenticationState, COSEAlgorithm, COSEEC2Key, COSEKey,
    COSEKeyType, Credential, ECDSACurve, ParsedAttestation, ParsedAttestationData, PublicKeyCredential,
    RegisterPublicKeyCredential, RegisteredExtensions, RegistrationState, UserVerificationPolicy,
};

/// How long a browser waits for its person, in milliseconds.
const CEREMONY_TIMEOUT_MS: u32 = 300_000;
/// Bytes of a credential id at most (WebAuthn level 3, section 4).
const CREDENTIAL_BYTES_MAX: usize = 1_023;
/// Bytes of a P-256 `COSE_Key` in its canonical form.
const ES256_KEY_BYTES: usize = 77;
/// What stands before x, and between x and y, in that form: `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`.
const ES256_HEAD: [u8; 10] = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
const ES256_MIDDLE: [u8; 3] = [0x22, 0x58, 0x20];

/// An answer of a browser that does not hold. Its cause is for the log of the server, not for the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the passkey's answer does not hold: {0}")]
pub struct BadCeremony(String);

fn bad(cause: impl ToString) -> BadCeremony {
    BadCeremony(cause.to_string())
}

/// The service as passkeys know it.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    id: String,
    origin: Url,
}

/// A credential that an authenticator has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Credential id, base64url.
    pub credential: String,
    /// `COSE_Key`, base64url.
    pub public_key: String,
    /// Its counter.
    pub counter: u32,
    /// Whether it may be copied to other devices.
    pub backup_eligible: bool,
}

/// What of a passkey an assertion is checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Credential id, base64url.
    pub credential: String,
    /// `COSE_Key`, base64url.
    pub public_key: String,
    /// The counter that it had last.
    pub counter: u32,
    /// Whether it may be copied to other devices.
    pub backup_eligible: bool,
}

/// What a browser sent of an assertion, read but not checked.
#[derive(Debug, Clone)]
pub struct Assertion {
    inner: PublicKeyCredential,
    challenge: Vec<u8>,
}

/// What a browser sent of a new credential, read but not checked.
#[derive(Debug, Clone)]
pub struct Attestation {
    inner: RegisterPublicKeyCredential,
    challenge: Vec<u8>,
}

/// The parts of an assertion that are signed, and the signature; all base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionParts {
    /// Credential id.
    pub credential: String,
    /// `clientDataJSON`.
    pub client_data: String,
    /// `authenticatorData`.
    pub authenticator_data: String,
    /// The signature over both.
    pub signature: String,
}

/// The handle by which an authenticator remembers an account: tenant and user, which name nobody.
#[must_use]
pub fn user_handle(tenant: TenantId, user: UserId) -> [u8; 32] {
    let mut handle = [0; 32];
    let (first, second) = handle.split_at_mut(16);
    first.copy_from_slice(tenant.uuid().as_bytes());
    second.copy_from_slice(user.uuid().as_bytes());
    handle
}

fn account_of(handle: &[u8]) -> Option<(TenantId, UserId)> {
    let handle: &[u8; 32] = handle.try_into().ok()?;
    let (tenant, user) = handle.split_at(16);
    let uuid = |bytes: &[u8]| Uuid::from_slice(bytes).ok();
    Some((TenantId::from_uuid(uuid(tenant)?), UserId::from_uuid(uuid(user)?)))
}

/// The challenge that a client says it has signed.
fn challenge_in(client_data: &[u8]) -> Result<Vec<u8>, BadCeremony> {
    let data: Value = serde_json::from_slice(client_data).map_err(bad)?;
    let challenge = data.get("challenge").and_then(Value::as_str).ok_or_else(|| bad("no challenge"))?;
    BASE64URL.decode(challenge).map_err(bad)
}

impl Attestation {
    /// Reads what `PublicKeyCredential.toJSON()` gave.
    ///
    /// # Errors
    /// [`BadCeremony`] for anything else.
    pub fn read(sent: &Value) -> Result<Self, BadCeremony> {
        let inner: RegisterPublicKeyCredential = serde_json::from_value(sent.clone()).map_err(bad)?;
        let challenge = challenge_in(&inner.response.client_data_json)?;
        Ok(Self { inner, challenge })
    }

    /// The challenge that the client says it has answered.
    #[must_use]
    pub fn challenge(&self) -> &[u8] {
        &self.challenge
    }
}

impl Assertion {
    /// Reads what `PublicKeyCredential.toJSON()` gave.
    ///
    /// # Errors
    /// [`BadCeremony`] for anything else.
    pub fn read(sent: &Value) -> Result<Self, BadCeremony> {
        let inner: PublicKeyCredential = serde_json::from_value(sent.clone()).map_err(bad)?;
        let challenge = challenge_in(&inner.response.client_data_json)?;
        Ok(Self { inner, challenge })
    }

    /// Reads the parts that were kept of one.
    ///
    /// # Errors
    /// [`BadCeremony`] for parts that are none.
    pub fn from_parts(parts: &AssertionParts) -> Result<Self, BadCeremony> {
        Self::read(&json!({
            "id": parts.credential, "rawId": parts.credential, "type": "public-key",
            "response": {
                "clientDataJSON": parts.client_data, "authenticatorData": parts.authenticator_data,
                "signature": parts.signature, "userHandle": null,
            },
        }))
    }

    /// The challenge that the client says it has answered.
    #[must_use]
    pub fn challenge(&self) -> &[u8] {
        &self.challenge
    }

    /// The account that a discoverable credential says it belongs to.
    #[must_use]
    pub fn account(&self) -> Option<(TenantId, UserId)> {
        account_of(self.inner.response.user_handle.as_deref()?)
    }

    /// The credential id, base64url.
    #[must_use]
    pub fn credential(&self) -> String {
        BASE64URL.encode(&self.inner.raw_id)
    }

    /// What is kept of it.
    #[must_use]
    pub fn parts(&self) -> AssertionParts {
        let response = &self.inner.response;
        AssertionParts {
            credential: self.credential(),
            client_data: BASE64URL.encode(&response.client_data_json),
            authenticator_data: BASE64URL.encode(&response.authenticator_data),
            signature: BASE64URL.encode(&response.signature),
        }
    }

    /// The origin of the page that the client says it was made on.
    ///
    /// # Errors
    /// [`BadCeremony`] if it names none.
    pub fn origin(&self) -> Result<String, BadCeremony> {
        let data: Value = serde_json::from_slice(&self.inner.response.client_data_json).map_err(bad)?;
        let origin = data.get("origin").and_then(Value::as_str).ok_or_else(|| bad("no origin"))?;
        Ok(origin.to_owned())
    }
}

impl RelyingParty {
    /// The service at this origin, such as `https://support.example`.
    ///
    /// # Errors
    /// [`BadCeremony`] for an address that passkeys cannot be bound to: not a name, or neither https nor localhost.
    pub fn at(origin: &str) -> Result<Self, BadCeremony> {
        let origin = Url::parse(origin).map_err(bad)?;
        let id = origin.domain().ok_or_else(|| bad("the host is no name"))?.to_owned();
        let safe = origin.scheme() == "https" || (origin.scheme() == "http" && id == "localhost");
        if safe { Ok(Self { id, origin }) } else { Err(bad("passkeys need https, or localhost")) }
    }

    /// The relying party id: the host.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn core(&self) -> WebauthnCore {
        let (origins, timeout) =
            (vec![self.origin.clone()], Duration::from_millis(u64::from(CEREMONY_TIMEOUT_MS)));
        WebauthnCore::new_unsafe_experts_only(
            "Vouchsafe",
            &self.id,
            origins,
            timeout,
            Some(false),
            Some(false),
        )
    }

    /// What a browser is asked for a new credential: `PublicKeyCredentialCreationOptionsJSON` of WebAuthn level 3.
    #[must_use]
    pub fn creation_options(
        &self,
        challenge: &[u8],
        account: (TenantId, UserId),
        names: (&str, &str),
        known: &[String],
    ) -> Value {
        let exclude: Vec<Value> = known.iter().map(|id| json!({ "type": "public-key", "id": id })).collect();
        let (name, display_name) = names;
        json!({
            "rp": { "id": self.id, "name": "Vouchsafe" },
            "user": { "id": BASE64URL.encode(user_handle(account.0, account.1)), "name": name, "displayName": display_name },
            "challenge": BASE64URL.encode(challenge),
            "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
            "timeout": CEREMONY_TIMEOUT_MS,
            "excludeCredentials": exclude,
            "authenticatorSelection": {
                "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
            },
            "attestation": "none",
        })
    }

    /// What a browser is asked for an assertion: `PublicKeyCredentialRequestOptionsJSON`. No credential named lets the
    /// person choose among all that are for this service.
    #[must_use]
    pub fn request_options(&self, challenge: &[u8], credentials: &[String]) -> Value {
        let allow: Vec<Value> =
            credentials.iter().map(|id| json!({ "type": "public-key", "id": id })).collect();
        json!({
            "challenge": BASE64URL.encode(challenge), "rpId": self.id, "timeout": CEREMONY_TIMEOUT_MS,
            "userVerification": "required", "allowCredentials": allow,
        })
    }

    /// Checks a new credential against the challenge that it must have answered.
    ///
    /// # Errors
    /// [`BadCeremony`] for another challenge, another origin, no user verification, or a key of another kind.
    pub fn register(&self, sent: &Attestation, challenge: &[u8]) -> Result<Registered, BadCeremony> {
        let state: RegistrationState = serde_json::from_value(json!({
            "policy": "required", "exclude_credentials": [], "challenge": BASE64URL.encode(challenge),
            "credential_algorithms": ["ES256"], "require_resident_key": true, "authenticator_attachment": null,
            "extensions": {}, "allow_synchronised_authenticators": true,
        }))
        .map_err(bad)?;
        let made = self.core().register_credential(&sent.inner, &state, None).map_err(bad)?;
        if made.cred_id != sent.inner.raw_id || made.cred_id.len() > CREDENTIAL_BYTES_MAX {
            return Err(bad("the credential id is not the one that was made"));
        }
        Ok(Registered {
            credential: BASE64URL.encode(&made.cred_id),
            public_key: cose_bytes(&made.cred)?,
            counter: made.counter,
            backup_eligible: made.backup_eligible,
        })
    }

    /// Checks an assertion of a known passkey against the challenge that it must have signed; gives its counter.
    ///
    /// # Errors
    /// [`BadCeremony`] for another challenge, another origin, another credential, no user verification, a counter that
    /// has not moved, or a wrong signature.
    pub fn verify(&self, sent: &Assertion, challenge: &[u8], known: &Known) -> Result<u32, BadCeremony> {
        let credential = credential_of(known)?;
        let state: AuthenticationState = serde_json::from_value(json!({
            "credentials": [], "policy": "required", "challenge": BASE64URL.encode(challenge), "appid": null,
            "allow_backup_eligible_upgrade": false,
        }))
        .map_err(bad)?;
        let result = self.core().authenticate_single_credential(&sent.inner, &state, &credential);
        result.map(|result| result.counter()).map_err(bad)
    }
}

/// Checks an assertion long after it was made, with nothing but what a log says: the key, what it is bound to, and what must
/// have been signed. Its page must have been of that relying party; what counts signatures is not known then.
///
/// # Errors
/// [`BadCeremony`].
pub fn verify_kept(
    parts: &AssertionParts,
    public_key: &str,
    relying_party: &str,
    challenge: &[u8],
) -> Result<(), BadCeremony> {
    let sent = Assertion::from_parts(parts)?;
    let here = RelyingParty::at(&sent.origin()?)?;
    if here.id != relying_party {
        return Err(bad("it was made for another relying party"));
    }
    let flags = sent.inner.response.authenticator_data.get(FLAGS_AT).copied().unwrap_or_default();
    let known = Known {
        credential: parts.credential.clone(),
        public_key: public_key.to_owned(),
        counter: 0,
        backup_eligible: flags & BACKUP_ELIGIBLE != 0,
    };
    here.verify(&sent, challenge, &known).map(drop)
}

/// Where the flags stand in authenticator data, and the flag of what may be copied (WebAuthn level 3, section 6.1).
const FLAGS_AT: usize = 32;
const BACKUP_ELIGIBLE: u8 = 0x08;

fn credential_of(known: &Known) -> Result<Credential, BadCeremony> {
    Ok(Credential {
        cred_id: BASE64URL.decode(&known.credential).map_err(bad)?,
        cred: cose_key(&known.public_key)?,
        counter: known.counter,
        transports: None,
        user_verified: true,
        backup_eligible: known.backup_eligible,
        backup_state: false,
        registration_policy: UserVerificationPolicy::Required,
        extensions: RegisteredExtensions::none(),
        attestation: ParsedAttestation {
            data: ParsedAttestationData::None,
            metadata: AttestationMetadata::None,
        },
        attestation_format: AttestationFormat::None,
    })
}

/// The canonical `COSE_Key` of an ES256 key, base64url.
fn cose_bytes(key: &COSEKey) -> Result<String, BadCeremony> {
    let COSEKeyType::EC_EC2(COSEEC2Key { curve: ECDSACurve::SECP256R1, x, y }) = &key.key else {
        return Err(bad("the key is not ES256"));
    };
    let bytes = [ES256_HEAD.as_slice(), x, &ES256_MIDDLE, y].concat();
    if key.type_ != COSEAlgorithm::ES256 || bytes.len() != ES256_KEY_BYTES {
        return Err(bad("the key is not ES256"));
    }
    Ok(BASE64URL.encode(bytes))
}

fn cose_key(text: &str) -> Result<COSEKey, BadCeremony> {
    let wrong = || bad("no ES256 key in canonical form");
    let bytes = BASE64URL.decode(text).map_err(bad)?;
    let rest = bytes.strip_prefix(&ES256_HEAD).ok_or_else(wrong)?;
    let (x, rest) = rest.split_at_checked(32).ok_or_else(wrong)?;
    let y = rest.strip_prefix(&ES256_MIDDLE).filter(|y| y.len() == 32).ok_or_else(wrong)?;
    let key = COSEEC2Key { curve: ECDSACurve::SECP256R1, x: x.to_vec(), y: y.to_vec() };
    Ok(COSEKey { type_: COSEAlgorithm::ES256, key: COSEKeyType::EC_EC2(key) })
}

#[cfg(test)]
mod tests;
