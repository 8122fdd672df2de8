//! The people of the caller's own tenant, and how they sign in. Names and paths are those of Microsoft Graph.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{EnrolmentId, UserId};
use vouchsafe_core::time::Timestamp;

use crate::body::not_null;

/// A person, or a service account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The `usr_` id.
    #[schema(value_type = String)]
    pub id: UserId,
    /// The name; empty after the person was erased.
    pub display_name: String,
    /// Sign-in name; empty after the person was erased.
    pub user_principal_name: String,
    /// Whether the account may be used.
    pub account_enabled: bool,
    /// Whether it is a service account: it has no passkey.
    pub is_service_account: bool,
    /// Names of the roles held now.
    pub roles: Vec<String>,
}

/// Body of `POST /users`: somebody is invited. The account has no role, and no way in before a pass was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InviteUser {
    /// The name, 1 to 200 characters.
    pub display_name: String,
    /// Sign-in name, `name@domain`; the domain is one of the tenant's.
    pub user_principal_name: String,
    /// Whether the account may be used from the start; true without it.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub account_enabled: bool,
}

fn yes() -> bool {
    true
}

/// Body of `PATCH /users/{id}`; absent members stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateUser {
    /// The name, 1 to 200 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub display_name: Option<String>,
    /// Whether the account may be used. Who is disabled is signed out at once.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub account_enabled: Option<bool>,
}

/// Body of `POST /users/{id}/authentication/temporaryAccessPassMethods`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateTemporaryAccessPass {
    /// For how long it can be used: 10 to 10,080; 1,440 without it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub lifetime_in_minutes: Option<u32>,
}

/// A one-time pass, with which its person enrols one passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemporaryAccessPass {
    /// The `tap_` id.
    #[schema(value_type = String)]
    pub id: EnrolmentId,
    /// The secret, shown once; null where the call was repeated.
    #[schema(required = true)]
    pub temporary_access_pass: Option<String>,
    /// Where it is used, with the secret behind the `#`; null where the call was repeated.
    #[schema(required = true)]
    pub enrolment_url: Option<String>,
    /// From when on it can be used.
    #[schema(value_type = String, format = DateTime)]
    pub start_date_time: Timestamp,
    /// For how long.
    pub lifetime_in_minutes: u32,
    /// Always true.
    pub is_usable_once: bool,
    /// Whether the person had a passkey before: the new one signs no decision for 24 hours.
    pub is_recovery: bool,
}

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fido2Method {
    /// Its credential id, base64url.
    pub id: String,
    /// What its person calls it.
    pub display_name: String,
    /// When it was enrolled.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
    /// When it last signed in; null if never.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub last_used_date_time: Option<Timestamp>,
    /// From when on it signs decisions.
    #[schema(value_type = String, format = DateTime)]
    pub signs_from_date_time: Timestamp,
    /// Its public key, a `COSE_Key` in base64url: what the entry of its enrolment says.
    pub public_key: String,
}
