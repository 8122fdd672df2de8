//! Grants: the right to read named data of one tenant for one case until a stated time. Read-only by
//! construction: nothing else can be granted.

use serde::{Deserialize, Serialize};

use crate::id::{AccessRequestId, GrantId, SupportRequestId, TenantId};
use crate::scope::{DataCategory, DataFilter};
use crate::time::Timestamp;

/// A grant of `tenant` over its own data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// Whose data may be read, and who may end the grant.
    pub tenant: TenantId,
    /// The case it serves.
    pub support_request: SupportRequestId,
    /// The access request it came from, if any.
    pub access_request: Option<AccessRequestId>,
    /// What it rests on.
    pub source: GrantSource,
    /// Categories it covers.
    pub data_categories: Vec<DataCategory>,
    /// The data's time range, if narrowed.
    pub filter: Option<DataFilter>,
    /// When it was given.
    pub created: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// Live, paused or ended as recorded. Enforcement asks [`Grant::is_live`], never this.
    pub state: GrantState,
    /// Row version; 0 before the first write.
    #[serde(skip)]
    pub version: u64,
}

/// What a grant rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GrantSource {
    /// *Allow collection of advanced diagnostic information*: yes.
    Consent,
    /// An approved support access request.
    AccessRequest,
    /// A data collection that the tenant submitted.
    Collection,
}

/// What was recorded of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "status")]
pub enum GrantState {
    /// Given and not ended on record.
    Live,
    /// Suspended until its tenant confirms.
    Paused {
        /// Since when.
        since: Timestamp,
    },
    /// Over for good.
    Ended {
        /// When.
        at: Timestamp,
        /// Why.
        how: GrantEnd,
    },
}

/// Why a grant ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GrantEnd {
    /// An administrator of the data's tenant removed it or withdrew consent.
    Removed,
    /// Its time ran out.
    Expired,
    /// The case was closed, or the engineer gave it up.
    Completed,
    /// The service ended it: reassignment, or the support request tenant withdrew.
    Revoked,
}

/// What can happen to a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum GrantEvent {
    /// It came into being.
    Given {
        /// The whole grant.
        grant: Box<Grant>,
    },
    /// It passed to the next engineer of the case.
    Inherited,
    /// It ended.
    Ended {
        /// When.
        at: Timestamp,
        /// Why.
        how: GrantEnd,
    },
}

/// How a grant looks at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GrantStatus {
    /// Readable now.
    Live,
    /// Suspended.
    Paused,
    /// Over.
    Ended,
}

impl Grant {
    /// The only question that enforcement asks: may this grant be used at `now`?
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.status(now) == GrantStatus::Live
    }

    /// Live, paused or ended at `now`; expiry is computed here and not waited for.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> GrantStatus {
        match self.state {
            GrantState::Ended { .. } => GrantStatus::Ended,
            GrantState::Live | GrantState::Paused { .. } if now >= self.expires => GrantStatus::Ended,
            GrantState::Live => GrantStatus::Live,
            GrantState::Paused { .. } => GrantStatus::Paused,
        }
    }

    /// Whether the record still says that it has not ended; such a grant can be ended.
    #[must_use]
    pub fn is_open_on_record(&self) -> bool {
        !matches!(self.state, GrantState::Ended { .. })
    }

    /// The grant after one more event. Total: an event that cannot follow leaves the grant as it is.
    #[must_use]
    pub fn evolve(current: Option<Self>, event: &GrantEvent) -> Option<Self> {
        match (current, event) {
            (None, GrantEvent::Given { grant }) => Some((**grant).clone()),
            (Some(mut grant), GrantEvent::Ended { at, how }) => {
                if grant.is_open_on_record() {
                    grant.state = GrantState::Ended { at: *at, how: *how };
                }
                Some(grant)
            }
            (current, GrantEvent::Given { .. } | GrantEvent::Inherited | GrantEvent::Ended { .. }) => current,
        }
    }
}
