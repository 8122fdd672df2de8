//! Grants: the right to read named data of one tenant for one case until a stated time. Read-only by
//! construction: nothing else can be granted.

use serde::{Deserialize, Serialize};

use crate::id::{AccessRequestId, DataCollectionId, GrantId, SupportRequestId, TenantId, UserId};
use crate::pace::{Extent, PauseReason, Usage};
use crate::reach::{NamedPerson, Reach};
use crate::scope::{DataCategory, DataFilter};
use crate::time::{Duration, Timestamp};

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
    /// The data collection that it opens, if it opens one and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<DataCollectionId>,
    /// What it rests on.
    pub source: GrantSource,
    /// Categories it covers.
    pub data_categories: Vec<DataCategory>,
    /// Which rows, if not all, as approved.
    pub filter: Option<DataFilter>,
    /// The people of the filter, as they were found in the data at the approval; `None` where the filter names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<Vec<NamedPerson>>,
    /// How much data that was when it was given.
    pub extent: Extent,
    /// How many different records may be read before it pauses.
    pub records_max: u64,
    /// How long it may lie unused before it pauses.
    pub idle_pause: Duration,
    /// When it was given.
    pub created: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// Live, paused or ended as recorded. Enforcement asks [`Grant::is_live`], never this.
    pub state: GrantState,
    /// How it has been used. Reads and messages move it on; it is no part of the document.
    #[serde(skip)]
    pub usage: Usage,
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
        /// Why.
        why: PauseReason,
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
    /// The case was closed, or the engineer gave it up, or gave the data collection back that it opened.
    Completed,
    /// The service ended it: reassignment, or the support request tenant withdrew.
    Revoked,
    /// Its tenant renewed the consent that it rests on; another grant takes its place.
    Renewed,
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
    /// It was suspended.
    Paused {
        /// When.
        at: Timestamp,
        /// Why.
        why: PauseReason,
    },
    /// Its tenant lets it go on.
    Confirmed {
        /// When.
        at: Timestamp,
        /// Who.
        by: UserId,
        /// Different records read so far.
        records_read: u64,
        /// How many different records may be read from now on, those read so far included.
        records_max: u64,
        /// How long it may lie unused from now on.
        idle_pause: Duration,
    },
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
            GrantState::Live if now >= self.usage.idle_at => GrantStatus::Paused,
            GrantState::Live => GrantStatus::Live,
            GrantState::Paused { .. } => GrantStatus::Paused,
        }
    }

    /// Since when and why it is paused at `now`; a pause of idleness is computed and not waited for.
    #[must_use]
    pub fn pause(&self, now: Timestamp) -> Option<(Timestamp, PauseReason)> {
        match (self.status(now), self.state) {
            (GrantStatus::Paused, GrantState::Paused { since, why }) => Some((since, why)),
            (GrantStatus::Paused, GrantState::Live) => Some((self.usage.idle_at, PauseReason::Idle)),
            (GrantStatus::Live | GrantStatus::Paused | GrantStatus::Ended, _) => None,
        }
    }

    /// Which rows there are for a reader under this grant.
    #[must_use]
    pub fn reach(&self) -> Reach {
        let filter = self.filter.as_ref();
        let named = filter.is_some_and(|filter| filter.users.is_some());
        let people = self.people.as_ref().map(|people| people.iter().map(NamedPerson::in_clear).collect());
        Reach {
            data_categories: self.data_categories.clone(),
            data_from: filter.and_then(|filter| filter.data_from),
            data_to: filter.and_then(|filter| filter.data_to),
            // A filter that names people whom nobody looked for admits nobody.
            people: people.or(named.then(Vec::new)),
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
            (None, GrantEvent::Given { grant }) => {
                let mut grant = (**grant).clone();
                grant.usage = Usage::begun(grant.created + grant.idle_pause);
                Some(grant)
            }
            (Some(mut grant), GrantEvent::Ended { at, how }) => {
                if grant.is_open_on_record() {
                    grant.state = GrantState::Ended { at: *at, how: *how };
                }
                Some(grant)
            }
            (Some(mut grant), GrantEvent::Paused { at, why }) => {
                if grant.state == GrantState::Live {
                    grant.state = GrantState::Paused { since: *at, why: *why };
                }
                Some(grant)
            }
            (Some(mut grant), GrantEvent::Confirmed { at, records_read, records_max, idle_pause, .. }) => {
                if grant.is_open_on_record() {
                    grant.state = GrantState::Live;
                    grant.records_max = *records_max;
                    grant.idle_pause = *idle_pause;
                    grant.usage = Usage { known: *records_read, ..Usage::begun(*at + *idle_pause) };
                }
                Some(grant)
            }
            (
                current,
                GrantEvent::Given { .. }
                | GrantEvent::Inherited
                | GrantEvent::Ended { .. }
                | GrantEvent::Paused { .. }
                | GrantEvent::Confirmed { .. },
            ) => current,
        }
    }
}
