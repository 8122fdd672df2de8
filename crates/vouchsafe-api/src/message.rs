//! The conversation of a support request.

use std::collections::BTreeMap;

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
    /// Files that came with it.
    #[serde(default)]
    #[schema(required = true)]
    pub attachments: Vec<Attachment>,
    /// When it was sent.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
}

/// A file that came with a message, cleaned of secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Its name, by which it is read below the message.
    pub name: String,
    /// Bytes of the cleaned file.
    pub bytes: u64,
    /// SHA-256 of the cleaned file, in hex.
    pub sha256: String,
    /// Secrets that were taken out, by kind.
    pub removed: BTreeMap<String, u64>,
    /// Whether it was deleted, with its key: 28 days after the case was closed.
    pub deleted: bool,
}

/// Body of `POST …/messages` as `multipart/form-data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreateMessageWithFiles {
    /// Plain text.
    pub body: String,
    /// At most 5 files of 25 MiB: logs, HAR, text, or archives of them, without diagnostic records.
    #[schema(value_type = Vec<String>, format = Binary)]
    pub file: Vec<Vec<u8>>,
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
