//! The keys that a tenant's checkpoints are signed with, and what happens to its published heads (`evidence.md`).

use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::TenantId;
use crate::permit::ManageLog;
use crate::time::{Duration, Timestamp};

/// How long a key signs before the service makes the next one.
pub const LOG_KEY_LASTS: Duration = Duration::days(365);
/// How long a replaced key goes on signing beside the new one: until then a verifier that knows only the old one can
/// come to know the new one from the log.
pub const LOG_KEYS_OVERLAP: Duration = Duration::days(30);

/// A key of one tenant's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKey {
    /// Whose log.
    pub tenant: TenantId,
    /// The key's id, in hex (C2SP `signed-note`).
    pub id: String,
    /// What its signatures are checked with: `<origin>+<id>+<public key>`.
    pub verifier_key: String,
    /// Its secret, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created: Timestamp,
    /// When it stops signing, once there is a next one.
    pub signs_until: Option<Timestamp>,
}

impl LogKey {
    /// Whether it signs checkpoints of this time.
    #[must_use]
    pub fn signs(&self, at: Timestamp) -> bool {
        self.signs_until.is_none_or(|end| at < end)
    }

    /// Whether the service makes the next one now.
    #[must_use]
    pub fn is_worn(&self, now: Timestamp) -> bool {
        self.signs_until.is_none() && now >= self.created + LOG_KEY_LASTS
    }
}

/// Makes a key the one that signs; those before it sign beside it for [`LOG_KEYS_OVERLAP`].
pub fn add_log_key(key: LogKey, before: &[LogKey], cx: &Context) -> Decided<ManageLog> {
    let (tenant, until) = (key.tenant, cx.now + LOG_KEYS_OVERLAP);
    let replaced: Vec<_> = before.iter().filter(|old| old.signs_until.is_none()).collect();
    let others_until = (!replaced.is_empty()).then_some(until);
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, Activity::LogKeyAdded, tenant, None)
        .event(Event::LogKeyAdded { verifier_key: key.verifier_key.clone(), others_until })
        .put(Write::LogKey(Box::new(key)));
    for old in replaced {
        draft.put(Write::LogKey(Box::new(LogKey { signs_until: Some(until), ..old.clone() })));
    }
    draft.decided(tenant)
}

/// The size and root of a log.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogHead {
    /// Entries.
    pub size: u64,
    /// Root of the tree (RFC 6962), in hex.
    pub root: String,
}

/// Records that an operator let a log go on from what the database holds. `published` is what the heads file said, where
/// there was one: if it is larger than `adopted`, entries were lost, and everybody who has seen it can tell.
pub fn adopt_heads(
    tenant: TenantId,
    adopted: LogHead,
    published: Option<LogHead>,
    cx: &Context,
) -> Decided<ManageLog> {
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, Activity::LogHeadsAdopted, tenant, None)
        .event(Event::LogHeadsAdopted { adopted, published });
    draft.decided(tenant)
}
