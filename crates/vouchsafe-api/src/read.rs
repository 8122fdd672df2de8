//! Read records: what one read returned.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{GrantId, ReadId};
use vouchsafe_core::time::Timestamp;

use crate::account::Person;

/// What one read returned, for the customer whose data it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Read {
    /// Id of the record.
    #[schema(value_type = String, example = "rd_018bcfe568007707870707070707070a")]
    pub id: ReadId,
    /// The grant that covered it; null for basic data, which needs none.
    #[schema(value_type = Option<String>, required = true)]
    pub grant_id: Option<GrantId>,
    /// Who read.
    pub engineer: Person,
    /// When, before the answer left.
    #[schema(value_type = String, format = DateTime)]
    pub date_time: Timestamp,
    /// Path and query in canonical form.
    pub query: String,
    /// Whole values that the engineer typed on masked properties, and so may have guessed; none if absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub typed: Vec<TypedValue>,
    /// True ids of the records that were returned, in order.
    pub record_ids: Vec<String>,
    /// Properties that were returned.
    pub properties: Vec<ReadProperty>,
    /// How many records.
    pub count: u64,
    /// How many bytes of body.
    pub bytes: u64,
}

/// A whole value typed on a masked property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TypedValue {
    /// Path of the property.
    pub property: String,
    /// The value as typed.
    pub value: String,
}

/// A property that a read returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadProperty {
    /// Path, such as `status/errorCode`.
    pub name: String,
    /// Whether the engineer saw a pseudonym instead of the value.
    pub masked: bool,
    /// Whether a value of it was shown in clear because the tenant of the data approved that; false if absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub revealed: bool,
}

/// Body of `POST /support/grants/{id}/reads`: a read that another tool is about to serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateRead {
    /// The query, in that tool's words.
    pub query: String,
    /// Ids of the records that it will return, in order.
    pub record_ids: Vec<String>,
    /// Properties that it will return.
    pub properties: Vec<ReadProperty>,
    /// How many records.
    pub count: u64,
    /// How many bytes.
    pub bytes: u64,
}
