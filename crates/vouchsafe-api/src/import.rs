//! The report of an import of diagnostic data.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::ImportId;

/// What became of the records of one import. `received` is the sum of the three others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportResult {
    /// Id of the import.
    #[schema(value_type = String, example = "imp_018bcfe568007707870707070707070a")]
    pub id: ImportId,
    /// Records found in the file.
    pub received: u64,
    /// Records that are new.
    pub imported: u64,
    /// Records that were there before, by record id.
    pub already_present: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Where and why; may stop before `rejected` is reached.
    pub rejections: Vec<Rejection>,
    /// Records that say that they are from another tenant. They were imported all the same: the token decides whose
    /// they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_tenants: Vec<OtherTenant>,
}

/// How many records name another tenant than the importer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OtherTenant {
    /// Directory id of the tenant, as the records say it.
    pub tenant_id: String,
    /// How many of them.
    pub records: u64,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rejection {
    /// Line of the file, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}
