//! How people of the own tenant sign in: one-time passes and passkeys, at Graph's addresses.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::IntoResponse as _;
use http::StatusCode;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_api::user::{CreateTemporaryAccessPass, Fido2Method, TemporaryAccessPass};
use vouchsafe_core::id::UserId;
use vouchsafe_core::time::Duration;

use super::{Answer, refuse};
use crate::Server;
use crate::extract::{Act, Base, Id, Look};
use crate::openapi::parameters::IdempotencyParameter;
use crate::wire::users as wire;

/// Hands somebody a one-time pass for a passkey: the first, or one after a loss. The secret is shown once.
#[utoipa::path(post, path = "/v1.0/users/{id}/authentication/temporaryAccessPassMethods", operation_id = "createTemporaryAccessPass", tag = "People", params(("id" = String, Path,), IdempotencyParameter),
    request_body = CreateTemporaryAccessPass, responses((status = 201, body = TemporaryAccessPass)))]
pub(crate) async fn offer(
    State(server): State<Server>,
    Id(id): Id<UserId>,
    OriginalUri(uri): OriginalUri,
    Base(base): Base,
    act: Act<CreateTemporaryAccessPass>,
) -> Answer {
    let lasts = act.body.lifetime_in_minutes.map(Duration::minutes);
    let offered = server.app.offer_pass(&act.call, id, lasts).await.map_err(refuse(uri.path()))?;
    let pass = wire::pass(&offered.0, offered.1.map(|secret| secret.expose()), &base);
    Ok((StatusCode::CREATED, Json(pass)).into_response())
}

/// Somebody's passkeys; one's own need no permission.
#[utoipa::path(get, path = "/v1.0/users/{id}/authentication/fido2Methods", operation_id = "listFido2Methods", tag = "People", params(("id" = String, Path,)),
    responses((status = 200, body = Collection<Fido2Method>)))]
pub(crate) async fn passkeys(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<UserId>,
    OriginalUri(uri): OriginalUri,
    base: Base,
) -> Answer {
    let held = server.app.passkeys(who, id).await.map_err(refuse(uri.path()))?;
    let value: Vec<Fido2Method> = held.into_iter().map(wire::passkey).collect();
    let context = base.context(&format!("users/{id}/authentication/fido2Methods"));
    Ok(Json(Collection { context, count: None, value, next_link: None }).into_response())
}

/// Removes a passkey. Sessions that began with it end at once.
#[utoipa::path(delete, path = "/v1.0/users/{id}/authentication/fido2Methods/{methodId}", operation_id = "deleteFido2Method", tag = "People", params(("id" = String, Path,), ("methodId" = String, Path,)),
    responses((status = 204)))]
pub(crate) async fn remove(
    State(server): State<Server>,
    Id((id, credential)): Id<(UserId, String)>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    server.app.remove_passkey(&act.call, id, &credential).await.map_err(refuse(uri.path()))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
