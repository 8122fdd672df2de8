//! *Allow collection of advanced diagnostic information*.

use crate::{Mark, ReadsSummary, Status, TimeView, VotesView};

/// Where the property stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentStatus {
    /// No.
    None,
    /// Yes, but further people must agree first.
    AwaitingApproval,
    /// Yes.
    Given,
    /// Yes, but it stands still until somebody confirms.
    Paused,
    /// It was yes, and its time is over.
    Expired,
    /// The tenant switched it off, or the case came from elsewhere.
    NotOffered,
}

impl ConsentStatus {
    /// In words, with a shape.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::None => Status::new(Mark::Ended, "No"),
            Self::AwaitingApproval => Status::new(Mark::Waiting, "Yes, awaiting approval"),
            Self::Given => Status::new(Mark::Live, "Yes"),
            Self::Paused => Status::new(Mark::Paused, "Yes, paused"),
            Self::Expired => Status::new(Mark::Ended, "Expired"),
            Self::NotOffered => Status::new(Mark::Ended, "Not offered"),
        }
    }

    /// Whether the property says *yes* now, as the form shows it.
    #[must_use]
    pub fn is_yes(self) -> bool {
        match self {
            Self::AwaitingApproval | Self::Given | Self::Paused => true,
            Self::None | Self::Expired | Self::NotOffered => false,
        }
    }
}

/// The property on the page of its support request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentView {
    /// Where it stands.
    pub status: ConsentStatus,
    /// When it ends by itself.
    pub until: Option<TimeView>,
    /// Who has agreed; shown while further people must.
    pub votes: VotesView,
    /// The grant that rests on it, while there is one.
    pub grant_id: String,
    /// What was read under it; `None` while nothing could be.
    pub reads: Option<ReadsSummary>,
    /// The prompt to renew it, near its end and after it.
    pub renewal: Option<RenewalView>,
    /// Whether the person may change it: shows the form.
    pub may_change: bool,
    /// Whether a vote is signed with a passkey.
    pub signed: bool,
    /// Whether the person may vote on a *yes* that waits: shows the two buttons.
    pub may_vote: bool,
}

/// A consent that ends soon, or has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenewalView {
    /// Whether it has ended.
    pub over: bool,
    /// Categories of what was read so far, by name; empty where nothing was, or where the person may not know.
    pub categories: Vec<String>,
    /// What was read so far; `None` where the person may not know.
    pub reads: Option<ReadsSummary>,
    /// Who wants to renew it so far.
    pub votes: VotesView,
    /// Whether the person may: shows the button.
    pub may_renew: bool,
}
