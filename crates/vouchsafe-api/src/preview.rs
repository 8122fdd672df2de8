//! The preview of a support access request, before it is approved.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::time::Timestamp;

use crate::record::GraphRecord;
use crate::scope::DataCategory;

/// What a pending request would show, as the data is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// How many records in all.
    pub records: u64,
    /// How many of each category that is asked for.
    pub counts: Vec<CategoryCount>,
    /// How many different people are in them.
    pub people: u64,
    /// The first event; null if there is none.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub first_date_time: Option<Timestamp>,
    /// The last event; null if there is none.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub last_date_time: Option<Timestamp>,
    /// The newest records, three at most, as the engineer would see them but under a key that was thrown away.
    pub samples: Vec<Sample>,
}

/// How many records of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoryCount {
    /// The category.
    pub data_category: DataCategory,
    /// How many records.
    pub records: u64,
}

/// A record of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// Where its kind is read under the diagnostics base, such as `auditLogs/signIns`.
    pub resource: String,
    /// The record, masked.
    pub record: GraphRecord,
}
