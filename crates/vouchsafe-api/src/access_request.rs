//! A support access request as one side sees it, and the acts on it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{AccessRequestId, GrantId, SupportRequestId, TenantId, UserId};
use vouchsafe_core::time::{Duration, Timestamp};

use crate::body::optional_object;
use crate::disclosed::Disclosed;
use crate::scope::{DataCategory, DataFilter, Scope};
use crate::support_request::Approvals;
use crate::wire_enum::wire_enum;

/// A support access request: the caller's side of it.
///
/// On the support request tenant's side, when the data is another tenant's, `grantId` and `expiresDateTime` are
/// absent: that side never learns what the other one did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessRequest {
    /// Id, the same on both sides.
    #[schema(value_type = String, example = "sar_018bcfe568007707870707070707070a")]
    pub id: AccessRequestId,
    /// The case.
    #[schema(value_type = String)]
    pub support_request_id: SupportRequestId,
    /// Its number: 16 decimal digits.
    pub support_request_number: String,
    /// Which record this is; null for the engineer.
    #[schema(required = true)]
    pub side: Option<Side>,
    /// Status of this side only.
    pub status: AccessRequestStatus,
    /// The tenant whose data is asked for.
    #[schema(value_type = String, format = "uuid")]
    pub resource_tenant_id: TenantId,
    /// The engineer.
    pub requested_by: Requester,
    /// Why, as a class.
    pub reason_code: ReasonCode,
    /// Why, in words.
    pub justification: String,
    /// What was asked.
    pub requested: Scope,
    /// What this side approved, and so what is enforced; null until it has.
    #[schema(required = true)]
    pub approved: Option<Scope>,
    /// Votes of the caller's tenant; null for the engineer, who never learns who decided.
    #[schema(required = true)]
    pub approvals: Option<Approvals>,
    /// The grant it gave; null if none.
    #[serde(default, skip_serializing_if = "Disclosed::is_withheld")]
    #[schema(value_type = Option<String>, required = false)]
    pub grant_id: Disclosed<GrantId>,
    /// The request that this one extends; null if none.
    #[schema(value_type = Option<String>, required = true)]
    pub linked_to: Option<AccessRequestId>,
    /// When this side's record was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
    /// When it ends by itself: the wait while pending, the access once approved.
    #[serde(default, skip_serializing_if = "Disclosed::is_withheld")]
    #[schema(value_type = Option<String>, format = DateTime, required = false)]
    pub expires_date_time: Disclosed<Timestamp>,
}

/// The engineer who asked, as the provider discloses him or her.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Requester {
    /// Id of the engineer.
    #[schema(value_type = String)]
    pub id: UserId,
    /// Name.
    pub display_name: String,
    /// Who employs the engineer; empty if not disclosed.
    pub employer: String,
    /// Where the engineer works; empty if not disclosed.
    pub location: String,
}

/// Body of `POST /support/requests/{id}/accessRequests`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAccessRequest {
    /// Whose data.
    #[schema(value_type = String, format = "uuid")]
    pub resource_tenant_id: TenantId,
    /// Which kinds, at least one.
    pub data_categories: Vec<DataCategory>,
    /// Why, as a class.
    pub reason_code: ReasonCode,
    /// Why, in 20 to 2,000 characters.
    pub justification: String,
    /// How long, 15 minutes to 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "duration", example = "PT8H")]
    pub duration: Option<Duration>,
    /// Which rows; all if absent.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub filter: Option<DataFilter>,
}

/// Body of `POST …/approve`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApproveAccessRequest {
    /// For the own tenant's record; the engineer never sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Less than was asked.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub narrow_to: Option<NarrowTo>,
    /// Answer to the challenge of an `assuranceRequired` problem.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub assertion: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A smaller scope. Absent members stay as asked; nothing may grow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NarrowTo {
    /// The categories that remain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_categories: Option<Vec<DataCategory>>,
    /// The shorter time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "duration", example = "PT4H")]
    pub duration: Option<Duration>,
    /// The narrower filter.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub filter: Option<DataFilter>,
}

/// Body of `POST …/reject` and `POST …/revoke`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refuse {
    /// For the own tenant's record; the engineer never sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

wire_enum! {
    /// Which record of a support access request the caller looks at.
    Side {
        /// The support request tenant's; the data is another tenant's.
        SupportRequestTenant = "supportRequestTenant",
        /// The resource tenant's; the case is another tenant's.
        ResourceTenant = "resourceTenant",
        /// Case and data are the same tenant's.
        Both = "both",
    }
}

wire_enum! {
    /// Status of one side. Tenants see the first seven, the engineer `pending` and the last three.
    AccessRequestStatus {
        /// Waits for a decision.
        Pending = "pending",
        /// Approved and not ended.
        Approved = "approved",
        /// Refused.
        Rejected = "rejected",
        /// Nobody decided in time, or the approved time is over.
        Expired = "expired",
        /// Withdrawn before a decision.
        Cancelled = "cancelled",
        /// Ended with the case, or given up by the engineer.
        Completed = "completed",
        /// Ended by the tenant, or by the service for it.
        Revoked = "revoked",
        /// The engineer's word for access that holds now.
        Live = "live",
        /// The engineer's word for access that rests until the tenant confirms.
        Paused = "paused",
        /// The engineer's word for every end.
        Ended = "ended",
    }
}

wire_enum! {
    /// Why an engineer asks.
    ReasonCode {
        /// To find the cause.
        Troubleshooting = "troubleshooting",
        /// To see the problem again.
        Reproduction = "reproduction",
        /// To see that a change helped.
        VerifyFix = "verifyFix",
        /// To look into an attack.
        SecurityInvestigation = "securityInvestigation",
    }
}
