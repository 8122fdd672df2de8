//! Keys of a tenant's log.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::time::Timestamp;

/// A key that checkpoints of the tenant's log are signed with, or were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogKey {
    /// The key's id: eight hex digits (C2SP `signed-note`).
    pub id: String,
    /// What verifiers need: `<origin>+<id>+<public key in base64>`.
    pub verifier_key: String,
    /// When it was made.
    #[schema(value_type = String, format = "date-time")]
    pub created_date_time: Timestamp,
    /// When it stops signing; null while it is the newest.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub signs_until_date_time: Option<Timestamp>,
}
