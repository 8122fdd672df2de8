//! Grants: who can read what now, and how it ends.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{AccessRequestId, GrantId, SupportRequestId, TenantId};
use vouchsafe_core::time::Timestamp;

use crate::scope::{DataCategory, DataFilter};
use crate::wire_enum::wire_enum;

/// The right to read named data of one tenant for one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Id of the grant.
    #[schema(value_type = String, example = "grt_018bcfe568007707870707070707070a")]
    pub id: GrantId,
    /// Whether it opens anything now.
    pub status: GrantStatus,
    /// Whose data.
    #[schema(value_type = String, format = "uuid")]
    pub tenant_id: TenantId,
    /// For which case.
    #[schema(value_type = String)]
    pub support_request_id: SupportRequestId,
    /// The request that was approved; null for consent and collections.
    #[schema(value_type = Option<String>, required = true)]
    pub access_request_id: Option<AccessRequestId>,
    /// Where it comes from.
    pub source: GrantSource,
    /// Which kinds of data.
    pub data_categories: Vec<DataCategory>,
    /// Which rows; null means all.
    #[schema(required = true)]
    pub filter: Option<DataFilter>,
    /// When it ends by itself, if nothing ends it before; closing the case always does.
    #[schema(value_type = String, format = DateTime)]
    pub expires_date_time: Timestamp,
}

/// Answer of `revoke` and `remove`: access has ended, and when that holds everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// What was ended.
    #[schema(value_type = String)]
    pub id: EndedId,
    /// Always `revoked`.
    pub status: EndedStatus,
    /// When no node could send another byte under it.
    #[schema(value_type = String, format = DateTime)]
    pub reads_ended_date_time: Timestamp,
    /// When the decision point for other tools answers *no* at the latest.
    #[schema(value_type = String, format = DateTime)]
    pub decisions_end_by: Timestamp,
}

/// Id of what was ended; its prefix tells which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum EndedId {
    /// A support access request (`sar_…`).
    AccessRequest(AccessRequestId),
    /// A grant (`grt_…`).
    Grant(GrantId),
}

impl fmt::Display for EndedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessRequest(id) => id.fmt(f),
            Self::Grant(id) => id.fmt(f),
        }
    }
}

/// Body of `POST /support/grants/{id}/remove`. May be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveGrant {
    /// For the own tenant's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of `POST /support/grants/removeAll`. May be empty: then every grant on the own data ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveAllGrants {
    /// Only those of this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub support_request_id: Option<SupportRequestId>,
    /// For the own tenant's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

wire_enum! {
    /// Whether a grant opens anything.
    GrantStatus {
        /// It does.
        Live = "live",
        /// Not until its tenant confirms.
        Paused = "paused",
        /// Never again.
        Ended = "ended",
    }
}

wire_enum! {
    /// Where a grant comes from.
    GrantSource {
        /// The consent property of the case.
        Consent = "consent",
        /// An approved support access request.
        AccessRequest = "accessRequest",
        /// Data that the tenant collected and submitted.
        Collection = "collection",
    }
}

wire_enum! {
    /// The only status of an [`Ended`].
    EndedStatus {
        /// Ended by the tenant of the data, or by the support request tenant's withdrawal.
        Revoked = "revoked",
    }
}
