//! Data collections in lists.

use crate::{Category, Mark, Status, TimeView};

/// Where a data collection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectionStatus {
    /// Asked for.
    Requested,
    /// The customer has put something in.
    InPreparation,
    /// The customer has sent it.
    Submitted,
    /// The engineer has what is needed.
    Accepted,
    /// The engineer needs more.
    Returned,
    /// The customer does not want to.
    Declined,
    /// The engineer needs it no more, or the support request was closed.
    Cancelled,
}

impl CollectionStatus {
    /// Its shape and words.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Requested => Status::new(Mark::Waiting, "Asked for"),
            Self::InPreparation => Status::new(Mark::Waiting, "In preparation"),
            Self::Submitted => Status::new(Mark::Live, "Sent"),
            Self::Accepted => Status::new(Mark::Done, "Accepted"),
            Self::Returned => Status::new(Mark::Attention, "More is needed"),
            Self::Declined => Status::new(Mark::Refused, "Declined"),
            Self::Cancelled => Status::new(Mark::Ended, "Cancelled"),
        }
    }
}

/// A data collection in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionRow {
    /// The `dc_` id.
    pub id: String,
    /// The number of the support request.
    pub number: String,
    /// For the customer the engineer who asks; for the engineer the tenant whose data it is.
    pub who: String,
    /// What is asked for.
    pub categories: Vec<Category>,
    /// Where it stands.
    pub status: CollectionStatus,
    /// When it was asked.
    pub asked: TimeView,
}
