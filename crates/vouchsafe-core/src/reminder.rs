//! Reminders of what waits for a tenant's decision: once half of the time to decide is over, and, louder, in its last quarter.

use serde::{Deserialize, Serialize};

use crate::access_request::{AccessSide, SideState};
use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft};
use crate::id::{AccessRequestId, SupportRequestId, TenantId};
use crate::permit::RecordReminder;
use crate::time::Timestamp;

/// How urgent a reminder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Urgency {
    /// Half of the time is over: whoever may approve is told.
    Reminder,
    /// Three quarters are: so is whoever looks after the tenant.
    Escalation,
}

impl Urgency {
    /// What stands in the log.
    #[must_use]
    pub const fn activity(self) -> Activity {
        match self {
            Self::Reminder => Activity::DecisionReminded,
            Self::Escalation => Activity::DecisionEscalated,
        }
    }
}

/// How urgent the decision of a side is now; nothing for one that is young, decided or over.
#[must_use]
pub fn urgency(side: &AccessSide, now: Timestamp) -> Option<Urgency> {
    let (begun, end) = (side.created.as_micros(), side.pending_until.as_micros());
    let (lasted, whole) = (now.as_micros().saturating_sub(begun), end.saturating_sub(begun));
    match side.state {
        SideState::Pending if now < side.pending_until && lasted >= whole / 4 * 3 => {
            Some(Urgency::Escalation)
        }
        SideState::Pending if now < side.pending_until && lasted >= whole / 2 => Some(Urgency::Reminder),
        SideState::Pending
        | SideState::Approved { .. }
        | SideState::Rejected { .. }
        | SideState::Expired { .. }
        | SideState::Cancelled { .. }
        | SideState::Revoked { .. }
        | SideState::Completed { .. } => None,
    }
}

/// A request that waits for a tenant.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    /// Which.
    pub request: AccessRequestId,
    /// Of which case.
    pub support_request: SupportRequestId,
    /// Until when.
    pub until: Timestamp,
}

/// Says in a tenant's log that a request waits for its decision, which tells its people as well.
pub fn remind(tenant: TenantId, waiting: Waiting, urgency: Urgency, cx: &Context) -> Decided<RecordReminder> {
    let Waiting { request, support_request, until } = waiting;
    let mut draft = Draft::new(cx);
    draft.entry(tenant, urgency.activity(), request, Some(support_request)).event(Event::DecisionReminded {
        request,
        until,
        urgency,
    });
    draft.decided(tenant)
}
