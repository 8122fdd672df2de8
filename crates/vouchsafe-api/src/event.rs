//! What a stream of events tells.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::time::Timestamp;

/// Something that changed and that the caller may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeEvent {
    /// The id of the change; one that is told twice has the same.
    pub id: String,
    /// When it was committed.
    #[schema(value_type = String, format = DateTime)]
    pub activity_date_time: Timestamp,
    /// What happened, as the tenant's own audit log names it. The provider's people hear only what kind of thing changed.
    pub activity_display_name: String,
    /// The id of what changed.
    pub resource_id: String,
    /// Where it can be read, below the server's address; null if it has no address of its own.
    pub resource: Option<String>,
}
