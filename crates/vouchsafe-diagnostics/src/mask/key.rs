//! The key of a grant's masks, and ids under it.

use std::fmt;

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use uuid::Uuid;
use uuid::fmt::Hyphenated;
use zeroize::Zeroizing;

use super::{says_nothing, token};

/// Bits of byte 8 that tell the variant of a UUID (RFC 9562 section 4.1).
const VARIANT_BYTE: usize = 8;
/// The bit that tells the variant of RFC 9562 (`10…`) from the reserved one (`11…`).
const RESERVED_BIT: u8 = 0x40;

/// Whose ids they are. The same UUID has different pseudonyms in different spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdSpace {
    /// People: user object ids.
    Person,
    /// Devices.
    Device,
    /// Sign-ins and the requests that made them.
    SignIn,
    /// Correlations of one activity across services.
    Correlation,
    /// Sessions and tokens.
    Session,
    /// Tenants: who a guest works for.
    Tenant,
    /// Other things that happened: directory audits, uploads, telemetry.
    Event,
}

impl IdSpace {
    pub(super) const ALL: [Self; 7] = [
        Self::Person,
        Self::Device,
        Self::SignIn,
        Self::Correlation,
        Self::Session,
        Self::Tenant,
        Self::Event,
    ];

    const fn label(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Device => "device",
            Self::SignIn => "signIn",
            Self::Correlation => "correlation",
            Self::Session => "session",
            Self::Tenant => "tenant",
            Self::Event => "event",
        }
    }
}

/// The key of all pseudonyms of one grant. Wiped when dropped, never printed.
pub struct MaskKey {
    ids: Box<[Aes256; IdSpace::ALL.len()]>,
    addresses: Box<Aes256>,
    tokens: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for MaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MaskKey(…)")
    }
}

/// What a text that stands where an id belongs can mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdReading {
    /// The true ids that it may name: what it is the pseudonym of, and what it says itself. At least one.
    pub ids: Vec<String>,
    /// Whether it counts as a typed value. False only where it is surely a pseudonym of this grant.
    pub typed: bool,
}

impl MaskKey {
    /// The key for `label`, such as the id of a grant, from a secret of the tenant: HMAC-SHA-256 (RFC 2104) of the label
    /// under the secret, and from it one key for each use.
    #[must_use]
    pub fn derive(secret: &[u8], label: &str) -> Self {
        let grant = hmac(secret, &[b"vouchsafe masks 1\0", label.as_bytes()]);
        let cipher = |usage: &str| Aes256::new(&(*hmac(grant.as_ref(), &[usage.as_bytes()])).into());
        Self {
            ids: Box::new(IdSpace::ALL.map(|space| cipher(&format!("id {}", space.label())))),
            addresses: Box::new(cipher("addresses")),
            tokens: hmac(grant.as_ref(), &[b"tokens"]),
        }
    }

    /// The pseudonym of an id: UUID-shaped where it was a UUID, else `id~…`. Empty texts and the nil UUID stay.
    #[must_use]
    pub fn mask_id(&self, space: IdSpace, id: &str) -> String {
        if says_nothing(id) {
            return id.to_owned();
        }
        match self.mask_uuid(space, id) {
            Some(uuid) => uuid.to_string(),
            None if space == IdSpace::Person => token::id(self, space.label(), &id.to_lowercase()),
            None => token::id(self, space.label(), id),
        }
    }

    /// The pseudonym of an id that is a UUID.
    pub(super) fn mask_uuid(&self, space: IdSpace, id: &str) -> Option<Uuid> {
        Some(Uuid::from_bytes(self.permute(space, parse_uuid(id)?.into_bytes())))
    }

    /// The id that a pseudonym stands for; nothing if the text cannot be a pseudonym of this key. Every UUID stands
    /// for some UUID, so an id that comes back need not exist.
    #[must_use]
    pub fn reveal_id(&self, space: IdSpace, pseudonym: &str) -> Option<String> {
        match parse_uuid(pseudonym) {
            Some(uuid) => Some(Uuid::from_bytes(self.unpermute(space, uuid.into_bytes())).to_string()),
            None => token::reveal_id(self, space.label(), pseudonym),
        }
    }

    /// Reads what someone typed where an id belongs: in a filter, or in a path such as `/auditLogs/signIns/{id}`.
    #[must_use]
    pub fn read_id(&self, space: IdSpace, text: &str) -> IdReading {
        match (parse_uuid(text), self.reveal_id(space, text)) {
            // A UUID alone does not tell whether it is true or a pseudonym. But the pseudonym of an ordinary UUID is
            // never an ordinary one (see `permute`), so trying an ordinary UUID always counts.
            (Some(uuid), Some(revealed)) => IdReading {
                typed: Variant::of(uuid.as_bytes()) != Variant::Reserved,
                ids: vec![revealed, text.to_ascii_lowercase()],
            },
            (None, Some(revealed)) => IdReading { ids: vec![revealed], typed: false },
            (_, None) => IdReading { ids: vec![text.to_owned()], typed: true },
        }
    }

    /// The key of the order in which objects are listed: another one for each grant, so that a place in a list says nothing of
    /// what stands there, nor which objects of two lists are the same.
    #[must_use]
    pub fn order(&self) -> [u8; 32] {
        *hmac(self.tokens.as_ref(), &[b"vouchsafe order of objects 1\0"])
    }

    pub(super) fn addresses(&self) -> &Aes256 {
        &self.addresses
    }

    /// HMAC under the key of tokens.
    pub(super) fn token_bytes(&self, parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        hmac(self.tokens.as_ref(), parts)
    }

    fn cipher(&self, space: IdSpace) -> &Aes256 {
        let [person, device, sign_in, correlation, session, tenant, event] = &*self.ids;
        match space {
            IdSpace::Person => person,
            IdSpace::Device => device,
            IdSpace::SignIn => sign_in,
            IdSpace::Correlation => correlation,
            IdSpace::Session => session,
            IdSpace::Tenant => tenant,
            IdSpace::Event => event,
        }
    }

    /// A keyed permutation of the 128 bits. AES is walked until it comes back to the variant that it started from
    /// (a permutation of that variant, four steps on average), then the variants of RFC 9562 and the reserved one
    /// change places. So the pseudonym of an ordinary UUID, which all object ids are, has the reserved variant.
    fn permute(&self, space: IdSpace, id: [u8; 16]) -> [u8; 16] {
        let (cipher, variant) = (self.cipher(space), Variant::of(&id));
        let mut block = id.into();
        loop {
            cipher.encrypt_block(&mut block);
            if Variant::of(&block.into()) == variant {
                return exchanged(block.into());
            }
        }
    }

    fn unpermute(&self, space: IdSpace, pseudonym: [u8; 16]) -> [u8; 16] {
        let id = exchanged(pseudonym);
        let (cipher, variant) = (self.cipher(space), Variant::of(&id));
        let mut block = id.into();
        loop {
            cipher.decrypt_block(&mut block);
            if Variant::of(&block.into()) == variant {
                return block.into();
            }
        }
    }
}

/// Variants of UUIDs (RFC 9562 section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variant {
    /// `0…`: before RFC 4122.
    Old,
    /// `10…`: ordinary.
    Ordinary,
    /// `11…`: reserved.
    Reserved,
}

impl Variant {
    fn of(id: &[u8; 16]) -> Self {
        let [_, _, _, _, _, _, _, _, byte, ..] = *id;
        match byte >> 6 {
            0 | 1 => Self::Old,
            2 => Self::Ordinary,
            _ => Self::Reserved,
        }
    }
}

/// Exchanges the ordinary and the reserved variant.
fn exchanged(mut id: [u8; 16]) -> [u8; 16] {
    if Variant::of(&id) != Variant::Old
        && let Some(byte) = id.get_mut(VARIANT_BYTE)
    {
        *byte ^= RESERVED_BIT;
    }
    id
}

fn parse_uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| text.len() == Hyphenated::LENGTH)
}

/// HMAC-SHA-256 of the parts, each led by its length.
fn hmac(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104 section 3)")]
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}
