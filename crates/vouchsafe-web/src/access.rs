//! Support access requests in lists, and their statuses in words.

use crate::{CaseRef, Category, EngineerView, Mark, Status, TimeView};

/// The status of a support access request, on the caller's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessStatus {
    /// Waits for a decision.
    Pending,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
    /// Ended by itself: nobody decided in time, or the approved time is over.
    Expired,
    /// Taken back before a decision.
    Cancelled,
    /// The approval was taken back, or the access removed.
    Revoked,
    /// Ended with the work.
    Completed,
}

impl AccessStatus {
    /// In words, with a shape.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Pending => Status::new(Mark::Waiting, "Pending"),
            Self::Approved => Status::new(Mark::Live, "Approved"),
            Self::Rejected => Status::new(Mark::Refused, "Rejected"),
            Self::Expired => Status::new(Mark::Ended, "Expired"),
            Self::Cancelled => Status::new(Mark::Ended, "Canceled"),
            Self::Revoked => Status::new(Mark::Refused, "Removed"),
            Self::Completed => Status::new(Mark::Done, "Completed"),
        }
    }
}

/// The status of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantStatus {
    /// Can be read under, now.
    Live,
    /// Stands still until the tenant of the data confirms.
    Paused,
    /// Over.
    Ended,
}

impl GrantStatus {
    /// In words, with a shape.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Live => Status::new(Mark::Live, "Live"),
            Self::Paused => Status::new(Mark::Paused, "Paused"),
            Self::Ended => Status::new(Mark::Ended, "Ended"),
        }
    }
}

/// All that the engineer learns of a request: never who decided, why, or a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineerStatus {
    /// Nothing to read yet.
    Pending,
    /// Can be read under, now.
    Live,
    /// Stands still.
    Paused,
    /// Over.
    Ended,
}

impl EngineerStatus {
    /// In words, with a shape.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Pending => Status::new(Mark::Waiting, "Pending"),
            Self::Live => Status::new(Mark::Live, "Live"),
            Self::Paused => Status::new(Mark::Paused, "Paused"),
            Self::Ended => Status::new(Mark::Ended, "Ended"),
        }
    }
}

/// One support access request in a list of the caller's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRow {
    /// The `sar_` id.
    pub id: String,
    /// For which support request.
    pub case: CaseRef,
    /// Who asks.
    pub engineer: EngineerView,
    /// What they could read.
    pub categories: Vec<Category>,
    /// The status on the caller's side.
    pub status: AccessStatus,
    /// Whose data: empty for the own tenant's; on the side of the support request tenant, the id that it named itself.
    pub other_tenant_id: String,
    /// When it was asked.
    pub asked: TimeView,
    /// When it ends if nobody decides; only while pending.
    pub decide_by: Option<TimeView>,
    /// When it ended on the caller's side.
    pub ended: Option<TimeView>,
}
