//! Roles, who holds them, and API tokens.

use vouchsafe_api::api_token::ApiToken;
use vouchsafe_api::role::{
    CreateRoleDefinition, RoleAssignment, RoleDefinition, RolePermission, UpdateRoleDefinition, WHOLE_TENANT,
};
use vouchsafe_app::{MadeToken, RoleView};
use vouchsafe_core::role::custom::RoleText;
use vouchsafe_core::setup::TokenRecord;
use vouchsafe_store::Holder;

/// A role.
pub(crate) fn role(view: RoleView) -> RoleDefinition {
    let id = view.id();
    let (display_name, description, actions, is_enabled) = match &view {
        RoleView::BuiltIn(role) => {
            let actions = role.actions.iter().map(|&action| action.to_owned()).collect();
            (role.display_name.to_owned(), String::new(), actions, true)
        }
        RoleView::Custom(role) => {
            let description = role.description.text().to_owned();
            (role.display_name.clone(), description, role.actions.clone(), role.enabled)
        }
    };
    RoleDefinition {
        template_id: id.clone(),
        id,
        display_name,
        description,
        is_built_in: matches!(view, RoleView::BuiltIn(_)),
        is_enabled,
        resource_scopes: vec![WHOLE_TENANT.to_owned()],
        role_permissions: vec![RolePermission { allowed_resource_actions: actions }],
    }
}

fn actions(permissions: Vec<RolePermission>) -> Vec<String> {
    permissions.into_iter().flat_map(|one| one.allowed_resource_actions).collect()
}

/// What a new role is to be.
pub(crate) fn new_role(body: CreateRoleDefinition) -> RoleText {
    RoleText {
        display_name: body.display_name,
        description: body.description.unwrap_or_default(),
        actions: actions(body.role_permissions),
        enabled: body.is_enabled.unwrap_or(true),
    }
}

/// What a role is to be from now on.
pub(crate) fn changed_role(old: RoleText, body: UpdateRoleDefinition) -> RoleText {
    RoleText {
        display_name: body.display_name.unwrap_or(old.display_name),
        description: body.description.unwrap_or(old.description),
        actions: body.role_permissions.map_or(old.actions, actions),
        enabled: body.is_enabled.unwrap_or(old.enabled),
    }
}

/// Who holds a role.
pub(crate) fn assignment(holder: Holder) -> RoleAssignment {
    RoleAssignment {
        id: assignment_id(&holder),
        principal_id: holder.user,
        role_definition_id: holder.assignment.role,
        directory_scope_id: WHOLE_TENANT.to_owned(),
        created_date_time: holder.created,
        end_date_time: holder.assignment.ends,
    }
}

/// The id of an assignment: one account holds a role once.
pub(crate) fn assignment_id(holder: &Holder) -> String {
    format!("{}.{}", holder.assignment.role, holder.user)
}

/// A token without its text.
pub(crate) fn token(record: TokenRecord) -> ApiToken {
    ApiToken {
        id: record.id,
        display_name: record.name.text().to_owned(),
        user_id: record.user,
        scopes: record.scopes.map(|scopes| scopes.iter().map(|scope| scope.action().to_owned()).collect()),
        created_date_time: record.created,
        expires_date_time: record.expires,
        revoked_date_time: record.revoked,
        last_used_date_time: record.last_used,
        token: None,
    }
}

/// A token that was just made.
pub(crate) fn made_token(made: MadeToken) -> ApiToken {
    ApiToken { token: made.secret.map(|secret| secret.expose()), ..token(made.record) }
}
