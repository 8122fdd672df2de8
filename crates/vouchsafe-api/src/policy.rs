//! A tenant's own rules for support access.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::UserId;
use vouchsafe_core::time::Duration;

use crate::body::{not_null, not_null_object, optional_object};
use crate::wire_enum::wire_enum;

/// Answer of `GET /policies/supportAccess`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SupportAccessPolicy {
    /// How long a request waits for a decision.
    #[schema(value_type = String, format = "duration", example = "P4D")]
    pub pending_expiry: Duration,
    /// The longest access that can be approved.
    #[schema(value_type = String, format = "duration", example = "P30D")]
    pub max_duration: Duration,
    /// Whether cases carry the consent property.
    pub consent_offered: bool,
    /// How long consent lasts.
    #[schema(value_type = String, format = "duration", example = "P30D")]
    pub consent_duration: Duration,
    /// How long a grant may lie unused before it pauses.
    #[schema(value_type = String, format = "duration", example = "P7D")]
    pub idle_pause: Duration,
    /// Who must approve, and how many.
    pub approvals: ApprovalRules,
    /// How sure the service must be who decides.
    pub decision_assurance: DecisionAssurance,
    /// Whether the support-ticket permission includes the narrow ones.
    pub ticket_umbrella: bool,
    /// Whether a grant passes to the next engineer.
    pub inherit_on_reassign: bool,
    /// Which engineers may read.
    pub engineer_rules: EngineerRules,
}

/// Who must approve, and how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalRules {
    /// How many votes decide, at least 1.
    pub required: u32,
    /// The only people whose votes count; empty means everyone with the permission.
    #[schema(value_type = Vec<String>)]
    pub approver_ids: Vec<UserId>,
}

/// Which engineers may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EngineerRules {
    /// Regions an engineer must work in; empty means any.
    pub regions: Vec<String>,
    /// Clearances an engineer must hold, all of them.
    pub clearances: Vec<String>,
    /// Engineers who may never read.
    #[schema(value_type = Vec<String>)]
    pub excluded_engineer_ids: Vec<UserId>,
}

/// Body of `PATCH /policies/supportAccess`. Absent members stay as they are; null is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSupportAccessPolicy {
    /// How long a request waits for a decision.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "duration", required = false)]
    pub pending_expiry: Option<Duration>,
    /// The longest access that can be approved.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "duration", required = false)]
    pub max_duration: Option<Duration>,
    /// Whether cases carry the consent property.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub consent_offered: Option<bool>,
    /// How long consent lasts.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "duration", required = false)]
    pub consent_duration: Option<Duration>,
    /// How long a grant may lie unused before it pauses.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "duration", required = false)]
    pub idle_pause: Option<Duration>,
    /// Who must approve, and how many.
    #[serde(default, deserialize_with = "not_null_object", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub approvals: Option<UpdateApprovalRules>,
    /// How sure the service must be who decides.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision_assurance: Option<DecisionAssurance>,
    /// Whether the support-ticket permission includes the narrow ones.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ticket_umbrella: Option<bool>,
    /// Whether a grant passes to the next engineer.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub inherit_on_reassign: Option<bool>,
    /// Which engineers may read.
    #[serde(default, deserialize_with = "not_null_object", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub engineer_rules: Option<UpdateEngineerRules>,
    /// Answer to the challenge of an `assuranceRequired` problem: where decisions are signed, letting them be less sure is too.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub assertion: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Changes of [`ApprovalRules`]; absent members stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateApprovalRules {
    /// How many votes decide, at least 1.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub required: Option<u32>,
    /// The whole new list.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, required = false)]
    pub approver_ids: Option<Vec<UserId>>,
}

/// Changes of [`EngineerRules`]; absent members stay, present lists replace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateEngineerRules {
    /// Regions an engineer must work in; empty means any.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub regions: Option<Vec<String>>,
    /// Clearances an engineer must hold, all of them.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub clearances: Option<Vec<String>>,
    /// Engineers who may never read.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, required = false)]
    pub excluded_engineer_ids: Option<Vec<UserId>>,
}

wire_enum! {
    /// How sure the service must be who decides, weakest first.
    DecisionAssurance {
        /// A valid token or session.
        Token = "token",
        /// A fresh sign-in for this decision.
        StepUp = "stepUp",
        /// A passkey signature over this decision.
        Passkey = "passkey",
    }
}
