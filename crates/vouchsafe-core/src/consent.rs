//! Consent: the property *Allow collection of advanced diagnostic information* of a support request.

use serde::{Deserialize, Serialize};

use crate::id::{GrantId, UserId};
use crate::time::{Duration, Timestamp};

/// How long before its end a *yes* can be renewed.
pub const RENEWED_WITHIN: Duration = Duration::days(7);

/// Where the property stands on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "status")]
pub enum Consent {
    /// *No*, or never asked.
    None,
    /// *Yes*, but by someone who may not consent alone: it grants nothing yet.
    AwaitingApproval {
        /// Who said yes.
        by: UserId,
        /// When.
        since: Timestamp,
        /// Who has agreed so far, oldest first: whoever said yes too, if that vote counts.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        votes: Vec<ConsentVote>,
    },
    /// *Yes*: a grant covers all advanced categories of the support request tenant.
    Given {
        /// The grant.
        grant: GrantId,
        /// Who gave it; whose vote decided, if more than one was asked for.
        by: UserId,
        /// When.
        at: Timestamp,
        /// When it ends by itself.
        expires: Timestamp,
        /// Who had agreed before, oldest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        votes: Vec<ConsentVote>,
        /// Who wants to renew it so far, oldest first, while more must.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        renewal: Vec<ConsentVote>,
    },
    /// It ended by itself and can be given again.
    Expired {
        /// When.
        at: Timestamp,
    },
}

/// One person's agreement to a *yes*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentVote {
    /// Whose.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Whether it was signed by the person's passkey. One that was not stops counting once the tenant asks for that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
}

/// How the property looks at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConsentStatus {
    /// *No*.
    None,
    /// *Yes, awaiting approval*.
    AwaitingApproval,
    /// *Yes*.
    Given,
    /// Suspended until the tenant confirms.
    Paused,
    /// Ended by itself.
    Expired,
    /// The tenant switched consent off.
    NotOffered,
}

impl Consent {
    /// The status at `now` for a tenant that does or does not offer consent.
    #[must_use]
    pub fn status(&self, now: Timestamp, offered: bool) -> ConsentStatus {
        match self {
            Self::Given { expires, .. } if now < *expires => ConsentStatus::Given,
            Self::AwaitingApproval { .. } => ConsentStatus::AwaitingApproval,
            // Expired on record or only by the clock: the same.
            Self::Given { .. } | Self::Expired { .. } if offered => ConsentStatus::Expired,
            Self::None if offered => ConsentStatus::None,
            Self::Given { .. } | Self::None | Self::Expired { .. } => ConsentStatus::NotOffered,
        }
    }

    /// The votes that have been given, the deciding one last. Whether each still counts is another question. What was
    /// signed with a vote that decided stands in its entry.
    #[must_use]
    pub fn votes(&self) -> Vec<ConsentVote> {
        match self {
            Self::AwaitingApproval { votes, .. } => votes.clone(),
            Self::Given { votes, by, at, .. } => {
                votes.iter().copied().chain([ConsentVote { by: *by, at: *at, signed: false }]).collect()
            }
            Self::None | Self::Expired { .. } => Vec::new(),
        }
    }

    /// From when on it can be renewed: the last days of a *yes*, and the time after its end.
    #[must_use]
    pub fn renewable_from(&self) -> Option<Timestamp> {
        match self {
            Self::Given { expires, .. } => Some(*expires - RENEWED_WITHIN),
            Self::Expired { at } => Some(*at - RENEWED_WITHIN),
            Self::None | Self::AwaitingApproval { .. } => None,
        }
    }

    /// Who wants to renew a *yes* that holds, while more must.
    #[must_use]
    pub fn renewal_votes(&self) -> &[ConsentVote] {
        match self {
            Self::Given { renewal, .. } => renewal,
            Self::None | Self::AwaitingApproval { .. } | Self::Expired { .. } => &[],
        }
    }

    /// The property's value: yes while given or awaiting approval.
    #[must_use]
    pub fn is_yes(&self, now: Timestamp) -> bool {
        match self.status(now, true) {
            ConsentStatus::AwaitingApproval | ConsentStatus::Given | ConsentStatus::Paused => true,
            ConsentStatus::None | ConsentStatus::Expired | ConsentStatus::NotOffered => false,
        }
    }
}
