//! The conversation of a support request.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{MessageId, SupportRequestId};
use vouchsafe_core::time::Timestamp;

use crate::account::Person;
use crate::wire_enum::wire_enum;

/// A message that both parties see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Id of the message.
    #[schema(value_type = String)]
    pub id: MessageId,
    /// The case.
    #[schema(value_type = String)]
    pub support_request_id: SupportRequestId,
    /// Who wrote it; null for the service.
    #[schema(required = true)]
    pub sender: Option<Person>,
    /// For which party.
    pub party: Party,
    /// Plain text.
    pub body: String,
    /// When it was sent.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
}

/// Body of `POST …/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateMessage {
    /// Plain text.
    pub body: String,
}

wire_enum! {
    /// A side of the conversation.
    Party {
        /// The support request tenant.
        Customer = "customer",
        /// The provider's engineer.
        Engineer = "engineer",
        /// The service itself.
        Service = "service",
    }
}
