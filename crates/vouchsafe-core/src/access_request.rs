//! Support access requests: one request, one or two decisions. Each side has its own record and its own status;
//! neither can be derived from the other (`lifecycle.md`, *Support access request*).

use serde::{Deserialize, Serialize};

use crate::id::{AccessRequestId, GrantId, SupportRequestId, TenantId, UserId};
use crate::person::EngineerCard;
use crate::personal::Personal;
use crate::scope::Scope;
use crate::time::{Duration, Timestamp};
use crate::vote::{Ballot, Standing, Vote};

pub mod command;

/// How long an engineer's request looks pending after S approved it, where no record of R ever comes to be.
pub const UNANSWERED_FOR: Duration = Duration::days(4);
/// Fewest and most characters of a justification.
pub const JUSTIFICATION_CHARS: (usize, usize) = (20, 2_000);

/// Most requests for a tenant's data on one case that wait for a decision at a time: more would bury who decides.
pub const PENDING_MAX: usize = 10;
/// Most requests of an engineer that reach one tenant within [`ASKED_WITHIN`].
pub const ASKED_MAX: u64 = 30;
/// The time over which an engineer's requests are counted.
pub const ASKED_WITHIN: Duration = Duration::hours(1);

/// One tenant's record of an access request, kept and shown to that tenant alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessSide {
    /// The request; every side's record has the same id.
    pub id: AccessRequestId,
    /// Whose record this is.
    pub tenant: TenantId,
    /// In which role.
    pub side: Side,
    /// The case.
    pub support_request: SupportRequestId,
    /// The case's number.
    pub support_request_number: String,
    /// S, the tenant of the case.
    pub support_tenant: TenantId,
    /// S's name. S's own record and R's have it; S never learns R's.
    pub support_tenant_name: String,
    /// R, the tenant whose data is asked for.
    pub resource_tenant: TenantId,
    /// Who asks, as the provider discloses it.
    pub requested_by: EngineerCard,
    /// Why, in one word.
    pub reason_code: ReasonCode,
    /// Why, in sentences.
    pub justification: Personal,
    /// What this side was asked for. R is asked for what S approved.
    pub requested: Scope,
    /// The request that this one extends.
    pub linked_to: Option<AccessRequestId>,
    /// S's approval that R's side rests on: when it is withdrawn, R's side ends too.
    pub rests_on: Option<AccessRequestId>,
    /// When it was asked.
    pub created: Timestamp,
    /// When it ends by itself if nobody decides.
    pub pending_until: Timestamp,
    /// Where it stands on record.
    pub state: SideState,
    /// Votes that do not decide yet, while it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ballot: Option<Ballot>,
    /// Row version; 0 before the first write.
    #[serde(skip)]
    pub version: u64,
}

/// The role of a record's tenant in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// S, where S ≠ R: approves the asking. Shown no end time but closure.
    SupportRequestTenant,
    /// R, where S ≠ R: approves the access.
    ResourceTenant,
    /// S = R.
    Both,
}

/// Why access is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReasonCode {
    /// To find the cause.
    Troubleshooting,
    /// To see it happen again.
    Reproduction,
    /// To see that a change helped.
    VerifyFix,
    /// To look into an attack.
    SecurityInvestigation,
}

/// Where one side stands on record. Terminal states never change again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "status")]
pub enum SideState {
    /// Waits for a decision.
    Pending,
    /// Approved.
    Approved {
        /// Who, when, what.
        approval: Approval,
    },
    /// Refused by a person of this tenant.
    Rejected {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why, if said.
        reason: Option<Personal>,
    },
    /// Nobody decided in time, or the approved time ran out.
    Expired {
        /// When.
        at: Timestamp,
        /// What had been approved.
        approval: Option<Approval>,
    },
    /// Ended while pending: withdrawn by the engineer, closure, reassignment, or S withdrew.
    Cancelled {
        /// When.
        at: Timestamp,
    },
    /// The approval was taken back.
    Revoked {
        /// When.
        at: Timestamp,
        /// Who; `None` is the service.
        by: Option<UserId>,
        /// What had been approved.
        approval: Approval,
    },
    /// The work ended.
    Completed {
        /// When.
        at: Timestamp,
        /// What had been approved.
        approval: Approval,
    },
}

/// One side's approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Votes for the same scope that counted before the deciding one, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Vote>,
    /// The person whose vote decided.
    pub by: UserId,
    /// That person's name: an automatic approval must say for whom it stands.
    pub by_name: Personal,
    /// When.
    pub at: Timestamp,
    /// Whether the service recorded it because the same person approved in S.
    pub automatic: bool,
    /// Whether the deciding vote was signed by the person's passkey.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
    /// What is enforced and shown.
    pub scope: Scope,
    /// What the approver remarked.
    pub comment: Option<Personal>,
    /// The grant; none on S's side when S ≠ R.
    pub grant: Option<GrantId>,
    /// When access ends by itself; none on S's side when S ≠ R.
    pub expires: Option<Timestamp>,
}

/// How one side looks at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SideStatus {
    /// Waits for a decision.
    Pending,
    /// Approved and, where data is concerned, live.
    Approved,
    /// Refused.
    Rejected,
    /// Ended by time.
    Expired,
    /// Ended while pending.
    Cancelled,
    /// Taken back.
    Revoked,
    /// Ended with the work.
    Completed,
}

/// The engineer's record of what was asked, kept by the provider. Never who decided, why, or a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineerRequest {
    /// The request.
    pub id: AccessRequestId,
    /// The provider.
    pub tenant: TenantId,
    /// The case.
    pub support_request: SupportRequestId,
    /// The case's number.
    pub support_request_number: String,
    /// S.
    pub support_tenant: TenantId,
    /// R.
    pub resource_tenant: TenantId,
    /// Who asked.
    pub requested_by: EngineerCard,
    /// Why, in one word.
    pub reason_code: ReasonCode,
    /// Why, in sentences.
    pub justification: Personal,
    /// What was asked for.
    pub requested: Scope,
    /// The request that this one extends.
    pub linked_to: Option<AccessRequestId>,
    /// S's standing approval under which it went straight to R.
    pub rests_on: Option<AccessRequestId>,
    /// When it was asked.
    pub created: Timestamp,
    /// Row version; 0 before the first write.
    #[serde(skip)]
    pub version: u64,
}

/// All that an engineer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EngineerStatus {
    /// Not decided.
    Pending,
    /// Readable now.
    Live,
    /// Suspended.
    Paused,
    /// Over, or refused.
    Ended,
}

/// What can happen to one side's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum AccessEvent {
    /// It came into being, pending.
    Created {
        /// As it began.
        side: Box<AccessSide>,
    },
    /// Somebody agreed, and more must.
    Voted {
        /// Who and when.
        vote: Vote,
        /// To what.
        scope: Scope,
    },
    /// Approved.
    Approved {
        /// Who, when, what.
        approval: Approval,
    },
    /// Refused.
    Rejected {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: Option<Personal>,
    },
    /// Time ran out.
    Expired {
        /// When.
        at: Timestamp,
    },
    /// Ended while pending.
    Cancelled {
        /// When.
        at: Timestamp,
    },
    /// Taken back.
    Revoked {
        /// When.
        at: Timestamp,
        /// Who; `None` is the service.
        by: Option<UserId>,
        /// Why, if said.
        reason: Option<Personal>,
    },
    /// The work ended.
    Completed {
        /// When.
        at: Timestamp,
    },
}

impl Approval {
    /// Every vote that counted, the deciding one last.
    #[must_use]
    pub fn votes(&self) -> Vec<Vote> {
        let Self { by, by_name, at, automatic, signed, comment, .. } = self.clone();
        let mut votes = self.earlier.clone();
        votes.push(Vote { by, by_name, at, automatic, signed, comment });
        votes
    }
}

impl AccessSide {
    /// What tells this record from all others.
    #[must_use]
    pub fn key(&self) -> (TenantId, AccessRequestId) {
        (self.tenant, self.id)
    }

    /// The status at `now`; expiry is computed here and not waited for.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> SideStatus {
        match &self.state {
            SideState::Pending if now >= self.pending_until => SideStatus::Expired,
            SideState::Pending => SideStatus::Pending,
            SideState::Approved { approval } if approval.expires.is_some_and(|end| now >= end) => {
                SideStatus::Expired
            }
            SideState::Approved { .. } => SideStatus::Approved,
            SideState::Rejected { .. } => SideStatus::Rejected,
            SideState::Expired { .. } => SideStatus::Expired,
            SideState::Cancelled { .. } => SideStatus::Cancelled,
            SideState::Revoked { .. } => SideStatus::Revoked,
            SideState::Completed { .. } => SideStatus::Completed,
        }
    }

    /// The approval that stands or stood.
    #[must_use]
    pub fn approval(&self) -> Option<&Approval> {
        match &self.state {
            SideState::Approved { approval }
            | SideState::Revoked { approval, .. }
            | SideState::Completed { approval, .. } => Some(approval),
            SideState::Expired { approval, .. } => approval.as_ref(),
            SideState::Pending | SideState::Rejected { .. } | SideState::Cancelled { .. } => None,
        }
    }

    /// Whether the record still waits or stands; such a record can be ended.
    #[must_use]
    pub fn is_open_on_record(&self) -> bool {
        matches!(self.state, SideState::Pending | SideState::Approved { .. })
    }

    /// What the next vote is about: the scope of the votes that count, else what was asked.
    #[must_use]
    pub fn proposed(&self, standing: &Standing) -> &Scope {
        let counts = |ballot: &&Ballot| ballot.votes.iter().any(|vote| standing.counts(vote.by));
        self.ballot.as_ref().filter(counts).map_or(&self.requested, |ballot| &ballot.scope)
    }

    /// The record after one more event. Total: an event that cannot follow leaves the record as it is.
    #[must_use]
    pub fn evolve(current: Option<Self>, event: &AccessEvent) -> Option<Self> {
        let Some(mut side) = current else {
            return match event {
                AccessEvent::Created { side } => Some((**side).clone()),
                AccessEvent::Voted { .. }
                | AccessEvent::Approved { .. }
                | AccessEvent::Rejected { .. }
                | AccessEvent::Expired { .. }
                | AccessEvent::Cancelled { .. }
                | AccessEvent::Revoked { .. }
                | AccessEvent::Completed { .. } => None,
            };
        };
        let ballot = side.ballot.take();
        side.state = match (side.state, event) {
            (SideState::Pending, AccessEvent::Voted { vote, scope }) => {
                side.ballot = Some(Ballot::after(ballot, vote, scope));
                SideState::Pending
            }
            (SideState::Pending, AccessEvent::Approved { approval }) => {
                SideState::Approved { approval: approval.clone() }
            }
            (SideState::Pending, AccessEvent::Rejected { by, at, reason }) => {
                SideState::Rejected { by: *by, at: *at, reason: reason.clone() }
            }
            (SideState::Pending, AccessEvent::Cancelled { at }) => SideState::Cancelled { at: *at },
            (SideState::Pending, AccessEvent::Expired { at }) => {
                SideState::Expired { at: *at, approval: None }
            }
            (SideState::Approved { approval }, AccessEvent::Expired { at }) => {
                SideState::Expired { at: *at, approval: Some(approval) }
            }
            (SideState::Approved { approval }, AccessEvent::Revoked { at, by, .. }) => {
                SideState::Revoked { at: *at, by: *by, approval }
            }
            (SideState::Approved { approval }, AccessEvent::Completed { at }) => {
                SideState::Completed { at: *at, approval }
            }
            (
                state,
                AccessEvent::Created { .. }
                | AccessEvent::Voted { .. }
                | AccessEvent::Approved { .. }
                | AccessEvent::Rejected { .. }
                | AccessEvent::Expired { .. }
                | AccessEvent::Cancelled { .. }
                | AccessEvent::Revoked { .. }
                | AccessEvent::Completed { .. },
            ) => state,
        };
        Some(side)
    }
}
