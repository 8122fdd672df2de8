//! Data collections: the customer collects what the engineer needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{DataCollectionId, GrantId, SupportRequestId, TenantId};
use vouchsafe_core::time::Timestamp;

use crate::access_request::Requester;
use crate::body::optional_object;
use crate::scope::{DataCategory, DataFilter};
use crate::wire_enum::wire_enum;

/// A wish for data that the customer collects, with what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataCollection {
    /// Id of the collection.
    #[schema(value_type = String, example = "dc_018bcfe568007707870707070707070a")]
    pub id: DataCollectionId,
    /// For which case.
    #[schema(value_type = String)]
    pub support_request_id: SupportRequestId,
    /// Its number.
    pub support_request_number: String,
    /// Whose data is collected.
    #[schema(value_type = String)]
    pub tenant_id: TenantId,
    /// Where it stands.
    pub status: DataCollectionStatus,
    /// Who asked.
    pub requested_by: Requester,
    /// What is asked for.
    pub data_categories: Vec<DataCategory>,
    /// The time range that is asked for; null means all.
    #[schema(required = true)]
    pub filter: Option<DataFilter>,
    /// What to do.
    pub instructions: String,
    /// What was put in; for the engineer empty until it was sent, and once that access has ended.
    pub files: Vec<CollectedFile>,
    /// The grant that opens it to the engineer; null until it was sent, and once that access has ended.
    #[schema(value_type = Option<String>, required = true)]
    pub grant_id: Option<GrantId>,
    /// Why it was declined, or what is missing; null if not said.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
    /// When the files were deleted for good, and their key with them: 28 days after the case was closed.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub deleted_date_time: Option<Timestamp>,
}

/// A file that was checked and cleaned of secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectedFile {
    /// Its name.
    pub name: String,
    /// Bytes of the cleaned file.
    pub bytes: u64,
    /// SHA-256 of the cleaned file, in hex.
    pub sha256: String,
    /// Secrets that were taken out, by kind.
    pub removed: BTreeMap<String, u64>,
    /// Where the first of them were.
    pub places: Vec<RemovedSecret>,
    /// Records in it, such as sign-ins: they are read with masks and filters, and the file is not read as it is unless this is
    /// 0. Null for a file that was never looked through.
    #[schema(required = true)]
    pub records: Option<u64>,
    /// Of an archive that holds records: the first 40 files in it that hold none and so are read as they are.
    pub entries: Vec<CollectedEntry>,
    /// When it came in.
    #[schema(value_type = String, format = DateTime)]
    pub received_date_time: Timestamp,
}

/// A file without records in an archive that holds some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectedEntry {
    /// Its path in the archive, with `!/` between an archive in it and the entry of that.
    pub name: String,
    /// Its bytes, unpacked.
    pub bytes: u64,
}

/// A secret that was taken out of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedSecret {
    /// What it was, such as `jwt`; the word stands in the file in its place.
    pub kind: String,
    /// The file or the entry of an archive, and the place in it.
    pub place: String,
}

/// Body of `POST /support/requests/{id}/dataCollections`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateDataCollection {
    /// Whose data: the customer's own tenant, or one that the customer named.
    #[schema(value_type = String)]
    pub tenant_id: TenantId,
    /// Which kinds of data, at least one.
    pub data_categories: Vec<DataCategory>,
    /// The time range; `users` is not offered here.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub filter: Option<DataFilter>,
    /// What to do, in 1 to 10,000 characters.
    pub instructions: String,
}

/// Answer to a part of a file, as of an upload session in Graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadProgress {
    /// Where the upload goes on, such as `1048576-`.
    pub next_expected_ranges: Vec<String>,
}

wire_enum! {
    /// Where a data collection stands.
    DataCollectionStatus {
        /// Asked for.
        Requested = "requested",
        /// The tenant has put something in.
        InPreparation = "inPreparation",
        /// The tenant has sent it.
        Submitted = "submitted",
        /// The engineer has what is needed.
        Accepted = "accepted",
        /// The engineer needs more.
        Returned = "returned",
        /// The tenant does not want to.
        Declined = "declined",
        /// The engineer needs it no more, or the case was closed.
        Cancelled = "cancelled",
    }
}
