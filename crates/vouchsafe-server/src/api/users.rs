//! People of the own tenant.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::IntoResponse as _;
use http::StatusCode;
use vouchsafe_api::account::ErasedUser;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_api::user::{InviteUser, UpdateUser, User};
use vouchsafe_app::{InviteCommand, UserCommand, version_of};
use vouchsafe_core::id::UserId;
use vouchsafe_core::setup::Account;

use super::{Answer, refuse, tagged};
use crate::Server;
use crate::extract::{Act, Base, Id, Look};
use crate::openapi::parameters::{IdempotencyParameter, IfMatchParameter};
use crate::wire::users as wire;

fn shown(server: &Server, status: StatusCode, account: &Account) -> axum::response::Response {
    tagged(status, version_of(account), wire::user(account, server.app.now()))
}

/// The people and service accounts of the tenant.
#[utoipa::path(get, path = "/v1.0/users", operation_id = "listUsers", tag = "People", responses((status = 200, body = Collection<User>)))]
pub(crate) async fn list(State(server): State<Server>, Look(who): Look, base: Base) -> Answer {
    let accounts = server.app.users(who).await.map_err(refuse("/v1.0/users"))?;
    let value: Vec<User> = accounts.iter().map(|account| wire::user(account, server.app.now())).collect();
    Ok(Json(Collection { context: base.context("users"), count: None, value, next_link: None })
        .into_response())
}

/// Invites somebody: an account without a role and without a way in.
#[utoipa::path(post, path = "/v1.0/users", operation_id = "inviteUser", tag = "People", params(IdempotencyParameter), request_body = InviteUser,
    responses((status = 201, body = User)))]
pub(crate) async fn invite(State(server): State<Server>, act: Act<InviteUser>) -> Answer {
    let InviteUser { display_name, user_principal_name, account_enabled } = act.body;
    let command = InviteCommand { display_name, user_principal_name, account_enabled };
    let account = server.app.invite(&act.call, command).await.map_err(refuse("/v1.0/users"))?;
    Ok(shown(&server, StatusCode::CREATED, &account))
}

/// One of the tenant's people; oneself needs no permission.
#[utoipa::path(get, path = "/v1.0/users/{id}", operation_id = "getUser", tag = "People", params(("id" = String, Path,)), responses((status = 200, body = User)))]
pub(crate) async fn show(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<UserId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    Ok(shown(&server, StatusCode::OK, &server.app.user(who, id).await.map_err(refuse(uri.path()))?))
}

/// Changes somebody's name, or whether the account may be used.
#[utoipa::path(patch, path = "/v1.0/users/{id}", operation_id = "updateUser", tag = "People", params(("id" = String, Path,), IfMatchParameter), request_body = UpdateUser,
    responses((status = 200, body = User)))]
pub(crate) async fn update(
    State(server): State<Server>,
    Id(id): Id<UserId>,
    OriginalUri(uri): OriginalUri,
    act: Act<UpdateUser>,
) -> Answer {
    let UpdateUser { display_name, account_enabled } = act.body;
    let command = UserCommand { display_name, account_enabled };
    let account = server.app.change_user(&act.call, id, command).await.map_err(refuse(uri.path()))?;
    Ok(shown(&server, StatusCode::OK, &account))
}

/// Deletes an account: no role, no way in, no way back. Its name stays where the log needs it, until it is erased.
#[utoipa::path(delete, path = "/v1.0/users/{id}", operation_id = "deleteUser", tag = "People", params(("id" = String, Path,), IfMatchParameter), responses((status = 204)))]
pub(crate) async fn delete(
    State(server): State<Server>,
    Id(id): Id<UserId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    server.app.delete_user(&act.call, id).await.map_err(refuse(uri.path()))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Erases a person of the tenant: the key is destroyed that names, addresses and texts are sealed under. Cannot be undone.
#[utoipa::path(post, path = "/v1.0/users/{id}/erase", operation_id = "eraseUser", tag = "People", params(("id" = String, Path,), IdempotencyParameter), request_body = NoArguments,
    responses((status = 200, body = ErasedUser)))]
pub(crate) async fn erase(
    State(server): State<Server>,
    Id(id): Id<UserId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    let erased_date_time = server.app.erase_user(&act.call, id).await.map_err(refuse(uri.path()))?;
    Ok(Json(ErasedUser { id, erased_date_time }).into_response())
}
