//! How fast a grant may be used: the pause when far more is read than was previewed, the pause when nothing is, and
//! what its tenant does about them (`diagnostics.md`, *Reading it*; `lifecycle.md`, *Support request*).

use serde::{Deserialize, Serialize};

use crate::audit::Activity;
use crate::decided::{Context, Decided, Draft};
use crate::grant::{Grant, GrantEvent, GrantState, GrantStatus};
use crate::id::TenantId;
use crate::permit::{ConfirmGrant, RecordExpiry, RecordPause};
use crate::person::Person;
use crate::reach::DataPerson;
use crate::rejection::Rejection;
use crate::tenant::SupportAccessPolicy;
use crate::time::Timestamp;

/// A grant pauses when so many times the records that its scope held at the approval were read …
pub const EXTENT_FACTOR: u64 = 10;
/// … but not before so many different ones.
pub const RECORDS_MIN: u64 = 1_000;
/// The number of records that a scope is taken to hold where counting takes too long.
pub const RECORDS_BOUND: u64 = 100_000;

/// How much data a scope held when it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Extent {
    /// Records, of all categories; [`RECORDS_BOUND`] where they could not be counted in time.
    pub records: u64,
    /// Different people in them; `None` where they could not be counted in time.
    pub people: Option<u64>,
}

impl Extent {
    /// What stands where counting took too long.
    pub const BOUND: Self = Self { records: RECORDS_BOUND, people: None };

    /// How many different records may be read before a grant of this extent pauses, at first and anew after each
    /// confirmation.
    #[must_use]
    pub fn allowance(&self) -> u64 {
        self.records.saturating_mul(EXTENT_FACTOR).max(RECORDS_MIN)
    }
}

/// What was found in the data of a scope before it is approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The people whom the filter names; `None` where it names none.
    pub people: Option<Vec<DataPerson>>,
    /// How much data it holds.
    pub extent: Extent,
}

/// Why a grant is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PauseReason {
    /// Nothing was read under it for as long as its tenant's settings say.
    Idle,
    /// A read would have gone beyond the number of different records that it allows.
    TooMuchRead,
}

/// How a grant has been used. The store moves it on with each read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// When it pauses if nothing is read until then.
    pub idle_at: Timestamp,
    /// Different records that were read when they were counted last.
    pub known: u64,
    /// Records that were returned since then, whether new or not.
    pub since: u64,
}

impl Usage {
    /// Of a grant that nobody used yet.
    #[must_use]
    pub fn begun(idle_at: Timestamp) -> Self {
        Self { idle_at, known: 0, since: 0 }
    }

    /// The most different records that can have been read.
    #[must_use]
    pub fn at_most(&self) -> u64 {
        self.known.saturating_add(self.since)
    }
}

/// What nobody loaded is paused.
impl Default for Usage {
    fn default() -> Self {
        Self::begun(Timestamp::from_micros(0))
    }
}

/// Suspends a grant under which a read would have gone too far. The read is refused.
///
/// # Errors
/// [`Rejection::AlreadyEnded`] for a grant that is not live.
pub fn pause(grant: &Grant, cx: &Context) -> Result<Decided<RecordPause>, Rejection> {
    if !grant.is_live(cx.now) {
        return Err(Rejection::AlreadyEnded);
    }
    let mut draft = Draft::new(cx);
    paused(&mut draft, grant, cx.now, PauseReason::TooMuchRead);
    Ok(draft.decided(grant.id))
}

/// Records for people that grants of one tenant have paused because nothing was read. Enforcement never waits for it.
pub fn record_idle(tenant: TenantId, grants: &[Grant], cx: &Context) -> Decided<RecordExpiry> {
    let mut draft = Draft::new(cx);
    for grant in grants.iter().filter(|grant| grant.tenant == tenant) {
        record_pause(&mut draft, grant, cx);
    }
    draft.decided(tenant)
}

/// Records a pause that time alone made, as of the moment it did.
fn record_pause(draft: &mut Draft<'_>, grant: &Grant, cx: &Context) {
    if grant.state == GrantState::Live
        && let Some((at, why)) = grant.pause(cx.now)
    {
        paused(draft, grant, at, why);
    }
}

fn paused(draft: &mut Draft<'_>, grant: &Grant, at: Timestamp, why: PauseReason) {
    draft
        .entry(grant.tenant, Activity::AccessPaused, grant.id, Some(grant.support_request))
        .by_service(false)
        .effective(at)
        .grant(Some(grant), GrantEvent::Paused { at, why });
}

/// Its tenant lets a paused grant go on. As many different records as at first may be read anew, beyond the
/// `records_read` so far.
///
/// # Errors
/// [`Rejection::Conflict`] if it is live: somebody of the tenant confirmed it before, or nothing is to be confirmed;
/// [`Rejection::AlreadyEnded`].
pub fn confirm(
    grant: &Grant,
    records_read: u64,
    by: &Person,
    policy: &SupportAccessPolicy,
    cx: &Context,
) -> Result<Decided<ConfirmGrant>, Rejection> {
    match grant.status(cx.now) {
        GrantStatus::Ended => return Err(Rejection::AlreadyEnded),
        GrantStatus::Live => return Err(Rejection::Conflict),
        GrantStatus::Paused => {}
    }
    let mut draft = Draft::new(cx);
    record_pause(&mut draft, grant, cx);
    let confirmed = GrantEvent::Confirmed {
        at: cx.now,
        by: by.id,
        records_read,
        records_max: records_read.saturating_add(grant.extent.allowance()),
        idle_pause: policy.idle_pause,
    };
    draft
        .entry(grant.tenant, Activity::AccessConfirmed, grant.id, Some(grant.support_request))
        .grant(Some(grant), confirmed);
    Ok(draft.decided(grant.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_times_what_was_there_may_be_read_and_at_least_a_thousand() {
        let of = |records| Extent { records, people: None }.allowance();
        assert_eq!((of(0), of(100), of(101), of(u64::MAX)), (1_000, 1_000, 1_010, u64::MAX));
        assert_eq!(Extent::BOUND.allowance(), 1_000_000);
    }
}
