//! Identifiers: one type per kind.
//!
//! Text form: a kind prefix, `_`, and 32 lower-case hex digits of a UUIDv7 (RFC 9562 section 5.7), so
//! that ids sort by creation time (`api.md`, *Conventions*). Tenant ids are plain UUIDs, as in Microsoft Entra.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::text::serde_as_text;
use crate::time::Timestamp;

/// A text that is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form `{form}`")]
pub struct InvalidId {
    form: &'static str,
}

/// What every id kind can do; lets the id stream make any of them.
pub trait Id: Copy + Ord + fmt::Display + FromStr<Err = InvalidId> {
    /// Wraps a UUID that was drawn for this kind.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The UUID inside.
    fn uuid(self) -> Uuid;
}

/// Builds the UUIDv7 of `at` from ten random bytes (RFC 9562 section 5.7).
#[must_use]
pub fn uuid_v7(at: Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(at.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! id_kinds {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The kind prefix of the text form, without the underscore.
            pub const PREFIX: &'static str = $prefix;
        }

        impl Id for $name {
            fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
            fn uuid(self) -> Uuid { self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                f.write_str(self.0.simple().encode_lower(&mut [0; uuid::fmt::Simple::LENGTH]))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_prefixed(text, concat!($prefix, "_"))
                    .map(Self)
                    .ok_or(InvalidId { form: concat!($prefix, "_…") })
            }
        }

        serde_as_text!($name);
    )*};
}

id_kinds! {
    /// A support request: the case.
    SupportRequestId = "sr";
    /// A support access request. The same id names the record of each side.
    AccessRequestId = "sar";
    /// The right to read named data of one tenant for one case.
    GrantId = "grt";
    /// A person in one tenant, or a service account.
    UserId = "usr";
    /// A read record.
    ReadId = "rd";
    /// A question to see a masked value in clear.
    RevealId = "rv";
    /// A data collection.
    DataCollectionId = "dc";
    /// A message of a support request's conversation.
    MessageId = "msg";
    /// An entry of a tenant's audit log.
    EntryId = "aud";
    /// An API token.
    TokenId = "tok";
    /// A role that a tenant has defined itself.
    RoleId = "rol";
    /// An outbox item; the receiver's idempotency key.
    OutboxId = "obx";
    /// A one-time pass for enrolling a passkey.
    EnrolmentId = "tap";
    /// A session of the pages.
    SessionId = "ses";
    /// An import of diagnostic data.
    ImportId = "imp";
    /// An identity provider of a tenant.
    IdentityProviderId = "idp";
    /// A tenant's record of a link between two accounts.
    AccountLinkId = "lnk";
}

/// A tenant: a customer organisation or the provider. Plain UUID, as in Microsoft Entra.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(Uuid);

serde_as_text!(TenantId);

impl Id for TenantId {
    fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }
    fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.hyphenated().encode_lower(&mut [0; uuid::fmt::Hyphenated::LENGTH]))
    }
}

impl FromStr for TenantId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let form = InvalidId { form: "00000000-0000-0000-0000-000000000000" };
        if text.len() != 36 {
            return Err(form);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| form)
    }
}

fn parse_prefixed(text: &str, prefix: &str) -> Option<Uuid> {
    let digits = text.strip_prefix(prefix)?;
    let canonical = digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if canonical { Uuid::try_parse(digits).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_is_strict() {
        let id = GrantId::from_uuid(uuid_v7(Timestamp::from_millis(1_700_000_000_000), [7; 10]));
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in ["", "grt_", "sr_018bcfe568007707870707070707070707", &id.to_string().to_uppercase()] {
            assert!(wrong.parse::<GrantId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn later_ids_sort_later() {
        let early: GrantId = Id::from_uuid(uuid_v7(Timestamp::from_millis(1), [255; 10]));
        let late: GrantId = Id::from_uuid(uuid_v7(Timestamp::from_millis(2), [0; 10]));
        assert!(early < late && early.to_string() < late.to_string());
    }
}
