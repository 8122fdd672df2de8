//! Sealing of personal values: a key per tenant and person, wrapped by a master key outside the database
//! (`evidence.md`, *Erasure*). Destroying a person's key makes every copy of the values unreadable.
//!
//! Cipher: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with a random 24-byte nonce in front of the ciphertext; the
//! associated data names tenant, person and place, so that no sealed value can stand for another.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use vouchsafe_core::id::{DataCollectionId, IdentityProviderId, MessageId, TenantId, UserId};
use zeroize::{Zeroize as _, Zeroizing};

use crate::edge::{drawn_random, os_random};
use crate::error::StoreError;

const NONCE_BYTES: usize = 24;
/// What sealing adds: the nonce and the tag.
pub(crate) const OVERHEAD_BYTES: u64 = 24 + 16;

/// A 256-bit key that is wiped when dropped and never printed.
pub type Key = Zeroizing<[u8; 32]>;

/// The master key of a deployment and the keys it derives. Lives in a file beside, never inside, the database.
pub struct MasterKey {
    wrapping: Key,
    lookup: Key,
    masking: Key,
    cursors: Key,
    challenges: Key,
    heads: Key,
    sign_ins: Key,
    check: Key,
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

impl MasterKey {
    /// Derives the working keys from the secret.
    #[must_use]
    pub fn new(secret: &Key) -> Self {
        Self {
            wrapping: keyed_hash(secret, b"vouchsafe wrap v1"),
            lookup: keyed_hash(secret, b"vouchsafe lookup v1"),
            masking: keyed_hash(secret, b"vouchsafe mask v1"),
            cursors: keyed_hash(secret, b"vouchsafe cursor v1"),
            challenges: keyed_hash(secret, b"vouchsafe challenge v1"),
            heads: keyed_hash(secret, b"vouchsafe heads v1"),
            sign_ins: keyed_hash(secret, b"vouchsafe sign-in v1"),
            check: keyed_hash(secret, b"vouchsafe check v1"),
        }
    }

    /// Reads the key file, or makes one (mode 0600) if there is none.
    ///
    /// # Errors
    /// [`StoreError::File`]; [`StoreError::Corrupt`] for a file that is not 32 bytes long.
    pub fn load_or_create(path: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::File { path: path.display().to_string(), source };
        match std::fs::read(path) {
            Ok(mut bytes) => {
                let secret = <[u8; 32]>::try_from(bytes.as_slice());
                bytes.zeroize();
                let wrong = |_| StoreError::Corrupt(format!("{} is not a master key", path.display()));
                Ok(Self::new(&Zeroizing::new(secret.map_err(wrong)?)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut secret = Zeroizing::new([0; 32]);
                os_random(secret.as_mut_slice());
                write_private(path, secret.as_slice()).map_err(failed)?;
                Ok(Self::new(&secret))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// What the database keeps to know this key again.
    pub(crate) fn check(&self) -> String {
        vouchsafe_log::hex(self.check.as_slice())
    }

    /// The key by which people are found without storing their names in clear.
    pub(crate) fn lookup_hash(&self, tenant: TenantId, value: &str) -> Vec<u8> {
        keyed_hash(&self.lookup, format!("{tenant}|{}", value.to_lowercase()).as_bytes()).to_vec()
    }

    /// The secret from which a grant's masks are derived.
    #[must_use]
    pub fn masking(&self) -> &Key {
        &self.masking
    }

    /// The secret by which the service knows its own challenges again.
    #[must_use]
    pub fn challenges(&self) -> &Key {
        &self.challenges
    }

    /// By what nodes know what another one tells about published heads.
    pub(crate) fn heads_tag(&self, told: &[u8]) -> Vec<u8> {
        keyed_hash(&self.heads, told).to_vec()
    }

    /// Whether this is the tag of what was told; compared in constant time.
    pub(crate) fn is_heads_tag(&self, told: &[u8], tag: &[u8]) -> bool {
        let Ok(mut hash) = Hmac::<Sha256>::new_from_slice(self.heads.as_slice()) else { return false };
        hash.update(told);
        hash.verify_slice(tag).is_ok()
    }

    /// Seals a place in a list of records for whoever reads on under the same `basis`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a place that cannot be sealed.
    pub fn seal_cursor(&self, basis: &str, place: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal(&self.cursors, place, basis)
    }

    /// Opens what [`MasterKey::seal_cursor`] made for the same basis.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for anything else.
    pub fn open_cursor(&self, basis: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        open(&self.cursors, sealed, basis)
    }

    /// Seals what a browser keeps of a sign-in while its person is at an identity provider.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for what cannot be sealed.
    pub fn seal_sign_in(
        &self,
        tenant: TenantId,
        provider: IdentityProviderId,
        flow: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        seal(&self.sign_ins, flow, &format!("{tenant}|{provider}|flow"))
    }

    /// Opens what [`MasterKey::seal_sign_in`] made for the same identity provider.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for anything else.
    pub fn open_sign_in(
        &self,
        tenant: TenantId,
        provider: IdentityProviderId,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        open(&self.sign_ins, sealed, &format!("{tenant}|{provider}|flow"))
    }

    /// Seals the secret that this service has at an identity provider.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for what cannot be sealed.
    pub fn seal_client_secret(
        &self,
        tenant: TenantId,
        provider: IdentityProviderId,
        secret: &str,
    ) -> Result<Vec<u8>, StoreError> {
        seal(&self.wrapping, secret.as_bytes(), &format!("{tenant}|{provider}|client secret"))
    }

    /// Opens what [`MasterKey::seal_client_secret`] made for the same identity provider.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for anything else.
    pub fn open_client_secret(
        &self,
        tenant: TenantId,
        provider: IdentityProviderId,
        sealed: &[u8],
    ) -> Result<Zeroizing<String>, StoreError> {
        let opened = open(&self.wrapping, sealed, &format!("{tenant}|{provider}|client secret"))?;
        let text = String::from_utf8(opened).map_err(|_| broken("a client's secret is no text"))?;
        Ok(Zeroizing::new(text))
    }

    /// Under what somebody is found who comes from an issuer: the same in every tenant.
    #[must_use]
    pub fn identity_hash(&self, issuer: &str, subject: &str) -> Vec<u8> {
        keyed_hash(&self.lookup, format!("subject|{issuer}|{subject}").as_bytes()).to_vec()
    }

    /// Under what a session at an issuer is found.
    #[must_use]
    pub fn sid_hash(&self, issuer: &str, sid: &str) -> Vec<u8> {
        keyed_hash(&self.lookup, format!("sid|{issuer}|{sid}").as_bytes()).to_vec()
    }

    /// Seals the seed of a log's signing key for the database.
    pub(crate) fn seal_log_key(&self, seed: &Key, tenant: TenantId, id: &str) -> Result<Vec<u8>, StoreError> {
        seal(&self.wrapping, seed.as_slice(), &log_key_place(tenant, id))
    }

    /// Opens the seed of a log's signing key.
    pub(crate) fn open_log_key(&self, sealed: &[u8], tenant: TenantId, id: &str) -> Result<Key, StoreError> {
        let opened = Zeroizing::new(open(&self.wrapping, sealed, &log_key_place(tenant, id))?);
        Ok(Zeroizing::new(
            <[u8; 32]>::try_from(opened.as_slice()).map_err(|_| broken("a log's key has a wrong length"))?,
        ))
    }

    /// Wraps a person's key for the database.
    pub(crate) fn wrap(&self, key: &Key, tenant: TenantId, person: UserId) -> Result<Vec<u8>, StoreError> {
        seal(&self.wrapping, key.as_slice(), &place(tenant, person, "key"))
    }

    /// Wraps the key of a collection's files for the database.
    pub(crate) fn wrap_collection(
        &self,
        key: &Key,
        tenant: TenantId,
        collection: DataCollectionId,
    ) -> Result<Vec<u8>, StoreError> {
        seal(&self.wrapping, key.as_slice(), &format!("{tenant}|{collection}|key"))
    }

    /// Unwraps the key of a collection's files.
    pub(crate) fn unwrap_collection(
        &self,
        wrapped: &[u8],
        tenant: TenantId,
        collection: DataCollectionId,
    ) -> Result<Key, StoreError> {
        key_of(open(&self.wrapping, wrapped, &format!("{tenant}|{collection}|key"))?)
    }

    /// Wraps the key of a message's files.
    pub(crate) fn wrap_attachments(
        &self,
        key: &Key,
        tenant: TenantId,
        message: MessageId,
    ) -> Result<Vec<u8>, StoreError> {
        seal(&self.wrapping, key.as_slice(), &format!("{tenant}|{message}|key"))
    }

    /// Unwraps the key of a message's files.
    pub(crate) fn unwrap_attachments(
        &self,
        wrapped: &[u8],
        tenant: TenantId,
        message: MessageId,
    ) -> Result<Key, StoreError> {
        key_of(open(&self.wrapping, wrapped, &format!("{tenant}|{message}|key"))?)
    }

    /// Unwraps a person's key.
    pub(crate) fn unwrap(&self, wrapped: &[u8], tenant: TenantId, person: UserId) -> Result<Key, StoreError> {
        key_of(open(&self.wrapping, wrapped, &place(tenant, person, "key"))?)
    }
}

/// A key that was wrapped.
fn key_of(opened: Vec<u8>) -> Result<Key, StoreError> {
    let opened = Zeroizing::new(opened);
    let key = <[u8; 32]>::try_from(opened.as_slice());
    Ok(Zeroizing::new(key.map_err(|_| StoreError::Corrupt("a wrapped key has a wrong length".to_owned()))?))
}

/// The associated data of a sealed value.
pub(crate) fn place(tenant: TenantId, person: UserId, what: &str) -> String {
    format!("{tenant}|{person}|{what}")
}

fn log_key_place(tenant: TenantId, id: &str) -> String {
    format!("{tenant}|log key {id}")
}

/// A fresh key.
pub fn new_key() -> Key {
    let mut key = Zeroizing::new([0; 32]);
    os_random(key.as_mut_slice());
    key
}

/// Seals `plain` under `key` for `place`.
pub(crate) fn seal(key: &Key, plain: &[u8], place: &str) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0; NONCE_BYTES];
    drawn_random(&mut nonce);
    let payload = Payload { msg: plain, aad: place.as_bytes() };
    let sealed = XChaCha20Poly1305::new(key.as_slice().try_into().map_err(|_| broken("key"))?)
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| broken("value cannot be sealed"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens what [`seal`] made for the same place.
pub(crate) fn open(key: &Key, sealed: &[u8], place: &str) -> Result<Vec<u8>, StoreError> {
    let (nonce, body) =
        sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(|| broken("sealed value too short"))?;
    let payload = Payload { msg: body, aad: place.as_bytes() };
    XChaCha20Poly1305::new(key.as_slice().try_into().map_err(|_| broken("key"))?)
        .decrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| broken("sealed value does not open"))
}

fn broken(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}

pub(crate) fn keyed_hash(key: &Key, message: &[u8]) -> Key {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key.as_slice()) {
        Ok(mac) => mac,
        // HMAC takes keys of every length (RFC 2104 section 2).
        Err(_) => return Zeroizing::new([0; 32]),
    };
    mac.update(message);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// Writes a new file, readable by nobody else, whole or not at all.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let draft = path.with_extension("new");
    match std::fs::remove_file(&draft) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    // Unlike a rename, a link fails if somebody else was faster.
    std::fs::hard_link(&draft, path)?;
    std::fs::remove_file(&draft)?;
    match path.parent() {
        Some(folder) => std::fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Keys of people whose rows are committed, unwrapped once.
#[derive(Default)]
pub(crate) struct KeyCache(Mutex<HashMap<(TenantId, UserId), Key>>);

/// Keys held in memory at most; beyond it the cache starts afresh.
const CACHED_KEYS_MAX: usize = 100_000;

impl std::fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyCache")
    }
}

impl KeyCache {
    pub(crate) fn get(&self, tenant: TenantId, person: UserId) -> Option<Key> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(tenant, person)).cloned()
    }

    pub(crate) fn remove(&self, tenant: TenantId, person: UserId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(tenant, person));
    }

    pub(crate) fn put(&self, tenant: TenantId, person: UserId, key: Key) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= CACHED_KEYS_MAX {
            keys.clear();
        }
        keys.insert((tenant, person), key);
    }
}
