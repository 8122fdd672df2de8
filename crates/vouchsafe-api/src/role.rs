//! Roles and who holds them, in Graph's shapes `unifiedRoleDefinition` and `unifiedRoleAssignment`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::UserId;
use vouchsafe_core::time::Timestamp;

use crate::body::{not_null, not_null_objects, objects};

/// The only scope of an assignment: the whole tenant.
pub const WHOLE_TENANT: &str = "/";

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleDefinition {
    /// Template id of a role that comes with the product, or the `rol_` id of one of the tenant's own.
    pub id: String,
    /// Its name.
    pub display_name: String,
    /// What it is for; empty for those that come with the product.
    pub description: String,
    /// Whether it comes with the product: then it cannot be changed.
    pub is_built_in: bool,
    /// Whether it can be given to people.
    pub is_enabled: bool,
    /// The same as `id`.
    pub template_id: String,
    /// Where it holds: `/`, the whole tenant.
    pub resource_scopes: Vec<String>,
    /// What it allows.
    pub role_permissions: Vec<RolePermission>,
}

/// What a role allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RolePermission {
    /// Resource actions.
    pub allowed_resource_actions: Vec<String>,
}

/// Body of `POST /roleManagement/directory/roleDefinitions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateRoleDefinition {
    /// Its name, up to 256 characters; no other role has it.
    pub display_name: String,
    /// What it is for, up to 1,024 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<String>,
    /// Whether it can be given to people; true without it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_enabled: Option<bool>,
    /// What it allows: resource actions that organisations of this kind can give, without wildcards.
    #[serde(deserialize_with = "objects")]
    pub role_permissions: Vec<RolePermission>,
}

/// Body of `PATCH /roleManagement/directory/roleDefinitions/{id}`. Absent members stay as they are; null is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateRoleDefinition {
    /// Its name, up to 256 characters; no other role has it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub display_name: Option<String>,
    /// What it is for, up to 1,024 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<String>,
    /// Whether it can be given to people.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_enabled: Option<bool>,
    /// All that it allows from now on.
    #[serde(default, deserialize_with = "not_null_objects", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub role_permissions: Option<Vec<RolePermission>>,
}

/// Who holds a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignment {
    /// Opaque; names the role and who holds it.
    pub id: String,
    /// The account.
    #[schema(value_type = String)]
    pub principal_id: UserId,
    /// The role.
    pub role_definition_id: String,
    /// Where it holds: `/`, the whole tenant.
    pub directory_scope_id: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_date_time: Timestamp,
    /// From when on it is held no more, by itself; null if it is held until it is taken back.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub end_date_time: Option<Timestamp>,
}

/// Body of `POST /roleManagement/directory/roleAssignments`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateRoleAssignment {
    /// An account of the own tenant.
    #[schema(value_type = String)]
    pub principal_id: UserId,
    /// A role that is enabled.
    pub role_definition_id: String,
    /// `/`, which is what it is without it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub directory_scope_id: Option<String>,
    /// From when on it is held no more, by itself.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    pub end_date_time: Option<Timestamp>,
}
