//! Reveals: an engineer asks to see one masked value in clear.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{GrantId, RevealId};
use vouchsafe_core::time::Timestamp;

use crate::account::Person;
use crate::wire_enum::wire_enum;

/// A question to see one masked value, or one person, in clear for a quarter of an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reveal {
    /// Id of the reveal.
    #[schema(value_type = String, example = "rv_018bcfe568007707870707070707070a")]
    pub id: RevealId,
    /// Under which grant; it ends with that.
    #[schema(value_type = String)]
    pub grant_id: GrantId,
    /// Where it stands.
    pub status: RevealStatus,
    /// Who asked.
    pub engineer: Person,
    /// Path of the property.
    pub property: String,
    /// The value as the engineer wrote it: a pseudonym or a whole value.
    pub shown: String,
    /// The true value, for the tenant of the data; null for the engineer, who sees it in the data once approved.
    #[schema(required = true)]
    pub value: Option<String>,
    /// Why; null if not said.
    #[schema(required = true)]
    pub justification: Option<String>,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
    /// When it ends by itself: the wait while pending, the showing once approved.
    #[schema(value_type = String, format = DateTime)]
    pub expires_date_time: Timestamp,
}

/// Body of `POST /support/grants/{id}/reveals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateReveal {
    /// Path of the property that the value was seen at, such as `userPrincipalName`. Asking for a user's id, name or
    /// UPN by its pseudonym asks for all three.
    pub property: String,
    /// The value as it was shown under this grant, or a whole value. A `masked~…` or `person~…` whose value cannot be
    /// turned back is refused: ask for the id beside it.
    pub value: String,
    /// Why, in up to 2,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
}

wire_enum! {
    /// Where a reveal stands.
    RevealStatus {
        /// Waits for a decision.
        Pending = "pending",
        /// The value shows in clear.
        Approved = "approved",
        /// Refused.
        Rejected = "rejected",
        /// Over: nobody decided, its time is over, or its grant has ended.
        Ended = "ended",
    }
}
