//! What the log says of what was shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{GrantId, ReadId};
use crate::personal::Personal;
use crate::read::TypedValue;
use crate::scope::DataCategory;
use crate::time::Timestamp;

/// What the log says of one read; the list of record ids lies beside it (`evidence.md`, *Format*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadSummary {
    /// The read record.
    pub id: ReadId,
    /// The grant it rested on; `None` for a basic category of the support request tenant.
    pub grant: Option<GrantId>,
    /// What kind of data.
    pub category: DataCategory,
    /// The query in canonical form, with typed values.
    pub query: Personal,
    /// The whole values that were typed on masked properties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub typed: Vec<TypedValue>,
    /// Number of records.
    pub count: u64,
    /// Bytes of the answer's body.
    pub bytes: u64,
    /// Names of the properties that left unmasked.
    pub clear: Vec<String>,
    /// Names of the properties that left masked.
    pub masked: Vec<String>,
    /// Names of the properties of which a value left in clear because its tenant approved that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revealed: Vec<String>,
    /// RFC 6962 root, in hex, of the ordered list of record ids.
    pub records_root: String,
}

/// What the log says of a preview; its samples leave no trace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewSummary {
    /// Records by category; empty where they could not be counted in time.
    pub counts: BTreeMap<DataCategory, u64>,
    /// Different people; none where they could not be counted in time.
    pub people: Option<u64>,
    /// The first event.
    pub first: Option<Timestamp>,
    /// The last event.
    pub last: Option<Timestamp>,
}
