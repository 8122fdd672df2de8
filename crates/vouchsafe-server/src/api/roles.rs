//! Roles of the own tenant, and who holds them (Graph's `roleManagement/directory`).

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::role::{
    CreateRoleAssignment, CreateRoleDefinition, RoleAssignment, RoleDefinition, UpdateRoleDefinition,
    WHOLE_TENANT,
};
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_app::RoleView;
use vouchsafe_core::rejection::Rejection;

use super::{Answer, page, refuse, tagged};
use crate::Server;
use crate::extract::{Act, Asked, Base, Id, Look};
use crate::openapi::parameters::{IdempotencyParameter, IfMatchParameter, ListParameters};
use crate::wire::roles as wire;

fn shown(status: StatusCode, role: RoleView) -> Response {
    match &role {
        RoleView::Custom(custom) => tagged(status, custom.version, wire::role(role)),
        RoleView::BuiltIn(_) => (status, Json(wire::role(role))).into_response(),
    }
}

/// The roles that people of the own tenant can hold: those that come with the product, and its own.
#[utoipa::path(get, path = "/v1.0/roleManagement/directory/roleDefinitions", operation_id = "listRoleDefinitions", tag = "Roles", responses((status = 200, body = Collection<RoleDefinition>)))]
pub(crate) async fn definitions(State(server): State<Server>, Look(who): Look, base: Base) -> Answer {
    let path = "/v1.0/roleManagement/directory/roleDefinitions";
    let roles = server.app.role_definitions(who).await.map_err(refuse(path))?;
    let value: Vec<RoleDefinition> = roles.into_iter().map(wire::role).collect();
    let context = base.context("roleManagement/directory/roleDefinitions");
    Ok(Json(Collection { context, count: None, value, next_link: None }).into_response())
}

/// One role.
#[utoipa::path(get, path = "/v1.0/roleManagement/directory/roleDefinitions/{id}", operation_id = "getRoleDefinition", tag = "Roles", params(("id" = String, Path,)),
    responses((status = 200, body = RoleDefinition)))]
pub(crate) async fn definition(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<String>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let role = server.app.role_definition(who, &id).await.map_err(refuse(uri.path()))?;
    Ok(shown(StatusCode::OK, role))
}

/// Defines a role of the tenant's own.
#[utoipa::path(post, path = "/v1.0/roleManagement/directory/roleDefinitions", operation_id = "createRoleDefinition", tag = "Roles", params(IdempotencyParameter),
    request_body = CreateRoleDefinition, responses((status = 201, body = RoleDefinition)))]
pub(crate) async fn define(
    State(server): State<Server>,
    OriginalUri(uri): OriginalUri,
    act: Act<CreateRoleDefinition>,
) -> Answer {
    let role = server.app.define_role(&act.call, wire::new_role(act.body)).await;
    Ok(shown(StatusCode::CREATED, RoleView::Custom(role.map_err(refuse(uri.path()))?)))
}

/// Changes one of the tenant's own roles, for everybody who holds it, at once.
#[utoipa::path(patch, path = "/v1.0/roleManagement/directory/roleDefinitions/{id}", operation_id = "updateRoleDefinition", tag = "Roles", params(("id" = String, Path,), IfMatchParameter),
    request_body = UpdateRoleDefinition, responses((status = 200, body = RoleDefinition)))]
pub(crate) async fn change(
    State(server): State<Server>,
    Id(id): Id<String>,
    OriginalUri(uri): OriginalUri,
    act: Act<UpdateRoleDefinition>,
) -> Answer {
    let change = |old| wire::changed_role(old, act.body);
    let role = server.app.change_role(&act.call, &id, change).await.map_err(refuse(uri.path()))?;
    Ok(shown(StatusCode::OK, RoleView::Custom(role)))
}

/// Takes one of the tenant's own roles away, which nobody may hold any more.
#[utoipa::path(delete, path = "/v1.0/roleManagement/directory/roleDefinitions/{id}", operation_id = "deleteRoleDefinition", tag = "Roles", params(("id" = String, Path,), IfMatchParameter),
    responses((status = 204)))]
pub(crate) async fn delete(
    State(server): State<Server>,
    Id(id): Id<String>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    server.app.delete_role(&act.call, &id).await.map_err(refuse(uri.path()))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Who holds which role of the own tenant now.
#[utoipa::path(get, path = "/v1.0/roleManagement/directory/roleAssignments", operation_id = "listRoleAssignments", tag = "Roles", params(ListParameters), responses((status = 200, body = Collection<RoleAssignment>)))]
pub(crate) async fn assignments(State(server): State<Server>, asked: Asked) -> Answer {
    let listed = server.app.role_assignments(asked.who, &asked.list()?).await.map_err(refuse(&asked.path))?;
    page(&asked, listed, wire::assignment)
}

/// One assignment.
#[utoipa::path(get, path = "/v1.0/roleManagement/directory/roleAssignments/{id}", operation_id = "getRoleAssignment", tag = "Roles", params(("id" = String, Path,)),
    responses((status = 200, body = RoleAssignment)))]
pub(crate) async fn assignment(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<String>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let holder = server.app.role_assignment(who, &id).await.map_err(refuse(uri.path()))?;
    Ok(Json(wire::assignment(holder)).into_response())
}

/// Gives an account of the own tenant a role. It counts at once, and until `endDateTime` if there is one.
#[utoipa::path(post, path = "/v1.0/roleManagement/directory/roleAssignments", operation_id = "createRoleAssignment", tag = "Roles", params(IdempotencyParameter),
    request_body = CreateRoleAssignment, responses((status = 201, body = RoleAssignment)))]
pub(crate) async fn assign(
    State(server): State<Server>,
    OriginalUri(uri): OriginalUri,
    act: Act<CreateRoleAssignment>,
) -> Answer {
    let CreateRoleAssignment { principal_id, role_definition_id, directory_scope_id, end_date_time } =
        act.body;
    if directory_scope_id.is_some_and(|scope| scope != WHOLE_TENANT) {
        let wrong =
            Rejection::invalid("directoryScopeId", "must be `/`: roles hold for the whole organisation");
        return Err(refuse(uri.path())(wrong.into()));
    }
    let holder = server.app.assign_role(&act.call, principal_id, &role_definition_id, end_date_time).await;
    let holder = holder.map_err(refuse(uri.path()))?;
    Ok((StatusCode::CREATED, Json(wire::assignment(holder))).into_response())
}

/// Takes a role back, at once.
#[utoipa::path(delete, path = "/v1.0/roleManagement/directory/roleAssignments/{id}", operation_id = "deleteRoleAssignment", tag = "Roles", params(("id" = String, Path,)),
    responses((status = 204)))]
pub(crate) async fn unassign(
    State(server): State<Server>,
    Id(id): Id<String>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    server.app.unassign_role(&act.call, &id).await.map_err(refuse(uri.path()))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
