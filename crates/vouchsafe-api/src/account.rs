//! Who the caller is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::time::Timestamp;

/// Answer of `GET /me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// Own id in the token's tenant.
    #[schema(value_type = String)]
    pub id: UserId,
    /// Own name.
    pub display_name: String,
    /// Sign-in name.
    pub user_principal_name: String,
    /// The token's tenant.
    #[schema(value_type = String, format = "uuid")]
    pub tenant_id: TenantId,
    /// Names of the roles held now.
    pub roles: Vec<String>,
    /// Resource actions that those roles carry, sorted; wildcards stay as they are.
    pub allowed_actions: Vec<String>,
}

/// An item of `GET /organization`; a caller sees exactly one, the own tenant. Graph's shape, without what is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// The tenant.
    #[schema(value_type = String, format = "uuid")]
    pub id: TenantId,
    /// Its name.
    pub display_name: String,
    /// Domains that it has proved to own.
    pub verified_domains: Vec<VerifiedDomain>,
    /// When the tenant was set up.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
}

/// A domain of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedDomain {
    /// The domain.
    pub name: String,
    /// Whether new people get it.
    pub is_default: bool,
}

/// A person by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Id in the person's tenant.
    #[schema(value_type = String)]
    pub id: UserId,
    /// Name.
    pub display_name: String,
}

/// Answer of `POST /users/{id}/erase`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErasedUser {
    /// Whose key was destroyed.
    #[schema(value_type = String)]
    pub id: UserId,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    pub erased_date_time: Timestamp,
}
