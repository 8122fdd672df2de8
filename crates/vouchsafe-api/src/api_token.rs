//! API tokens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{TokenId, UserId};
use vouchsafe_core::time::Timestamp;

use crate::body::not_null;

/// An API token. Only a hash of its text is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiToken {
    /// Its id.
    #[schema(value_type = String, example = "tok_018bcfe568007707870707070707070a")]
    pub id: TokenId,
    /// What it is called; empty for one that was made when the deployment was set up.
    pub display_name: String,
    /// The account that it speaks for.
    #[schema(value_type = String)]
    pub user_id: UserId,
    /// Resource actions that it is limited to, and that its account must hold besides; null for all of the account's.
    #[schema(required = true)]
    pub scopes: Option<Vec<String>>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    pub expires_date_time: Timestamp,
    /// When it was ended; null if it was not.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub revoked_date_time: Option<Timestamp>,
    /// The beginning of the hour in which it was last used, up to a minute late; null if it never was.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub last_used_date_time: Option<Timestamp>,
    /// Its text: only in the answer that made it, and never again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub token: Option<String>,
}

/// Body of `POST /apiTokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateApiToken {
    /// What it is called, up to 256 characters.
    pub display_name: String,
    /// Resource actions, at least one: some of the caller's own `allowedActions`.
    pub scopes: Vec<String>,
    /// When it ends by itself, a year from now at the latest.
    #[schema(value_type = String, format = DateTime)]
    pub expires_date_time: Timestamp,
    /// A service account that it is to speak for; the caller without it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub user_id: Option<UserId>,
}
