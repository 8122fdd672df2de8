//! Data collections: the customer collects what the engineer needs, and sends it (`lifecycle.md`, *Data collection*).
//!
//! A collection belongs to one tenant. Until it has reached that, its row is kept by the provider: an engineer may ask
//! for one of any tenant that the support request tenant named, and learns nothing about whether it is there.

pub mod command;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::attachment::Attachment;
use crate::id::{DataCollectionId, GrantId, MessageId, SupportRequestId, TenantId, UserId};
use crate::person::EngineerCard;
use crate::personal::Personal;
use crate::scope::{DataCategory, DataFilter};
use crate::time::{Duration, Timestamp};

/// Most files of a collection.
pub const FILES_MAX: usize = 50;
/// Longest name of a file, in characters.
pub const FILE_NAME_CHARS_MAX: usize = 128;
/// Largest file, in bytes.
pub const FILE_BYTES_MAX: u64 = 512 << 20;
/// Most bytes of a collection in all.
pub const COLLECTION_BYTES_MAX: u64 = 1 << 30;
/// Longest instructions and messages, in characters.
pub const TEXT_CHARS_MAX: usize = 10_000;
/// Places of removed secrets that are kept of a file; all are counted.
pub const PLACES_KEPT_MAX: usize = 20;
/// Files without records that are named of an archive that holds records; more are not named.
pub const ENTRIES_KEPT_MAX: usize = 40;
/// Most collections of a case that are open at a time.
pub const OPEN_MAX: usize = 20;
/// How long files are kept after the case was closed.
pub const KEPT_AFTER_CLOSURE: Duration = Duration::days(28);
/// How long access to a collection lasts at most; it ends with the case.
pub const GRANTED_FOR: Duration = Duration::days(365);

/// A collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataCollection {
    /// Its id.
    pub id: DataCollectionId,
    /// Whose data is collected.
    pub tenant: TenantId,
    /// Whose row this is: the provider's until the collection has reached its tenant.
    pub kept_by: TenantId,
    /// For which case.
    pub support_request: SupportRequestId,
    /// Whose case that is.
    pub support_tenant: TenantId,
    /// The number of the case.
    pub support_request_number: String,
    /// Who asks, as the provider discloses it.
    pub engineer: EngineerCard,
    /// What is asked for.
    pub data_categories: Vec<DataCategory>,
    /// The time range that is asked for, if not all.
    pub filter: Option<DataFilter>,
    /// What to do, in the engineer's words.
    pub instructions: Personal,
    /// When it was asked.
    pub created: Timestamp,
    /// Where it stands.
    pub state: CollectionState,
    /// Files that were checked and cleaned, in order of arrival.
    pub files: Vec<CollectedFile>,
    /// The grant that the last submission made.
    pub grant: Option<GrantId>,
    /// When its files were deleted for good.
    pub deleted: Option<Timestamp>,
    /// Row version; 0 before the first write.
    #[serde(skip)]
    pub version: u64,
}

/// Where a collection stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "status")]
pub enum CollectionState {
    /// Asked for.
    Requested,
    /// The tenant has put something in.
    InPreparation,
    /// The tenant has sent it.
    Submitted {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// The engineer has what is needed.
    Accepted {
        /// When.
        at: Timestamp,
    },
    /// The engineer needs more.
    Returned {
        /// When.
        at: Timestamp,
        /// What is missing.
        reason: Option<Personal>,
    },
    /// The tenant does not want to.
    Declined {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why, if said.
        reason: Option<Personal>,
    },
    /// The engineer needs it no more, or the case was closed.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

impl CollectionState {
    /// The name on the wire and in the database.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::InPreparation => "inPreparation",
            Self::Submitted { .. } => "submitted",
            Self::Accepted { .. } => "accepted",
            Self::Returned { .. } => "returned",
            Self::Declined { .. } => "declined",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether the tenant may still put files in.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Requested | Self::InPreparation | Self::Returned { .. } => true,
            Self::Submitted { .. }
            | Self::Accepted { .. }
            | Self::Declined { .. }
            | Self::Cancelled { .. } => false,
        }
    }
}

/// A file that was checked, cleaned of secrets and stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectedFile {
    /// Its number in the collection, never used again.
    pub number: u32,
    /// Its name.
    pub name: Personal,
    /// Bytes of the cleaned file.
    pub bytes: u64,
    /// SHA-256 of the cleaned file, in hex.
    pub sha256: String,
    /// When it was there.
    pub received: Timestamp,
    /// Secrets that were taken out, by kind.
    pub removed: BTreeMap<String, u64>,
    /// Where the first of them were.
    pub places: Vec<RemovedSecret>,
    /// Records in it, which are read with masks and filters; `None` if they were never counted, and then nothing of it
    /// is read as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// Of an archive that holds records: the first [`ENTRIES_KEPT_MAX`] files in it that hold none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<CollectedEntry>,
}

/// A file in an archive that holds no records, and so is read as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectedEntry {
    /// Its place among the files of the archive, from 1 on.
    pub number: u32,
    /// Its path in the archive, with `!/` between an archive in it and the entry of that.
    pub name: Personal,
    /// Its bytes, unpacked.
    pub bytes: u64,
}

/// A secret that was taken out of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemovedSecret {
    /// What it was.
    pub kind: String,
    /// Where it was.
    pub place: Personal,
}

/// What can happen to a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum CollectionEvent {
    /// It was asked for, or has reached its tenant.
    Requested {
        /// As it began.
        collection: Box<DataCollection>,
    },
    /// A file came in; one of the same name gives way.
    FileAdded {
        /// Which.
        file: Box<CollectedFile>,
    },
    /// A file was taken out again.
    FileRemoved {
        /// Its number.
        number: u32,
    },
    /// The tenant has sent it.
    Submitted {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// The grant that this makes.
        grant: GrantId,
        /// When that ends at the latest.
        expires: Timestamp,
    },
    /// The engineer has what is needed.
    Accepted {
        /// When.
        at: Timestamp,
    },
    /// The engineer needs more.
    Returned {
        /// When.
        at: Timestamp,
        /// What is missing.
        reason: Option<Personal>,
    },
    /// The tenant does not want to.
    Declined {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why, if said.
        reason: Option<Personal>,
    },
    /// The engineer needs it no more, or the case was closed.
    Cancelled {
        /// When.
        at: Timestamp,
    },
    /// A message was written.
    MessageAdded {
        /// Which.
        message: MessageId,
        /// What.
        body: Personal,
        /// Files that came with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// The files are gone for good, and the key with them.
    Deleted {
        /// When.
        at: Timestamp,
    },
}

/// A message about a collection, for its tenant and the engineer alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectionMessage {
    /// Its id.
    pub id: MessageId,
    /// Whose row it is, as the collection's.
    pub tenant: TenantId,
    /// Which collection.
    pub collection: DataCollectionId,
    /// Who wrote it.
    pub from: UserId,
    /// The writer's name.
    pub from_name: Personal,
    /// Whether the engineer wrote it.
    pub from_engineer: bool,
    /// When.
    pub created: Timestamp,
    /// What.
    pub body: Personal,
    /// Files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

impl CollectedFile {
    /// Whether it may be read as it is: nothing in it is a record, which leaves with masks alone.
    #[must_use]
    pub fn is_read_as_it_is(&self) -> bool {
        self.records == Some(0)
    }

    /// The file in the archive that this is, if it may be read as it is.
    #[must_use]
    pub fn entry_named(&self, name: &str) -> Option<&CollectedEntry> {
        self.entries.iter().find(|entry| entry.name.text() == name)
    }
}

impl DataCollection {
    /// Whether it has reached the tenant whose data it is.
    #[must_use]
    pub fn has_arrived(&self) -> bool {
        self.kept_by == self.tenant
    }

    /// Whether the tenant may still put files in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state.is_open()
    }

    /// Whether this grant opens it now: it is with the engineer, and the grant is that of its last submission.
    #[must_use]
    pub fn is_open_to(&self, grant: GrantId) -> bool {
        let sent = matches!(self.state, CollectionState::Submitted { .. } | CollectionState::Accepted { .. });
        sent && self.grant == Some(grant)
    }

    /// The file with this name, letters' case aside.
    #[must_use]
    pub fn file_named(&self, name: &str) -> Option<&CollectedFile> {
        let name = name.to_lowercase();
        self.files.iter().find(|file| file.name.text().to_lowercase() == name)
    }

    /// The number of the next file.
    #[must_use]
    pub fn next_number(&self) -> u32 {
        self.files.iter().map(|file| file.number).max().map_or(1, |last| last.saturating_add(1))
    }

    /// Bytes of all its files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// The collection after one more event. Total: an event that cannot follow leaves it as it is.
    #[must_use]
    pub fn evolve(current: Option<Self>, event: &CollectionEvent) -> Option<Self> {
        let Some(mut collection) = current else {
            return if let CollectionEvent::Requested { collection } = event {
                Some((**collection).clone())
            } else {
                None
            };
        };
        match event {
            CollectionEvent::Requested { .. } | CollectionEvent::MessageAdded { .. } => {}
            CollectionEvent::FileAdded { file } => {
                collection.files.retain(|known| known.name.text() != file.name.text());
                collection.files.push((**file).clone());
                collection.state = CollectionState::InPreparation;
            }
            CollectionEvent::FileRemoved { number } => {
                collection.files.retain(|known| known.number != *number);
                collection.state = CollectionState::InPreparation;
            }
            CollectionEvent::Submitted { by, at, grant, .. } => {
                collection.state = CollectionState::Submitted { by: *by, at: *at };
                collection.grant = Some(*grant);
            }
            CollectionEvent::Accepted { at } => collection.state = CollectionState::Accepted { at: *at },
            CollectionEvent::Returned { at, reason } => {
                collection.state = CollectionState::Returned { at: *at, reason: reason.clone() };
            }
            CollectionEvent::Declined { by, at, reason } => {
                collection.state = CollectionState::Declined { by: *by, at: *at, reason: reason.clone() };
            }
            CollectionEvent::Cancelled { at } => collection.state = CollectionState::Cancelled { at: *at },
            CollectionEvent::Deleted { at } => {
                collection.deleted = Some(*at);
                collection.files.clear();
            }
        }
        Some(collection)
    }
}
