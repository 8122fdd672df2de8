//! People of the own tenant.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::IntoResponse as _;
use vouchsafe_api::account::ErasedUser;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_core::id::UserId;

use super::{Answer, refuse};
use crate::Server;
use crate::extract::{Act, Id};
use crate::openapi::parameters::IdempotencyParameter;

/// Erases a person of the tenant: the key is destroyed that names, addresses and texts are sealed under. Cannot be undone.
#[utoipa::path(post, path = "/v1.0/users/{id}/erase", operation_id = "eraseUser", tag = "Account", params(("id" = String, Path,), IdempotencyParameter), request_body = NoArguments,
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
