//! API tokens.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::IntoResponse as _;
use http::StatusCode;
use vouchsafe_api::api_token::{ApiToken, CreateApiToken};
use vouchsafe_api::collection::Collection;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_app::TokenCommand;
use vouchsafe_core::id::TokenId;

use super::{Answer, page, refuse};
use crate::Server;
use crate::extract::{Act, Asked, Id};
use crate::openapi::parameters::{IdempotencyParameter, ListParameters};
use crate::wire::roles as wire;

/// The caller's own tokens; everybody's for who may manage them.
#[utoipa::path(get, path = "/v1.0/apiTokens", operation_id = "listApiTokens", tag = "API tokens", params(ListParameters), responses((status = 200, body = Collection<ApiToken>)))]
pub(crate) async fn list(State(server): State<Server>, asked: Asked) -> Answer {
    let listed = server.app.api_tokens(asked.who, &asked.list()?).await.map_err(refuse(&asked.path))?;
    page(&asked, listed, wire::token)
}

/// Makes a token, for oneself or for a service account. The answer holds its text, which is never shown again: a call
/// that is repeated with its `Idempotency-Key` is answered without it.
#[utoipa::path(post, path = "/v1.0/apiTokens", operation_id = "createApiToken", tag = "API tokens", params(IdempotencyParameter),
    request_body = CreateApiToken, responses((status = 201, body = ApiToken)))]
pub(crate) async fn make(
    State(server): State<Server>,
    OriginalUri(uri): OriginalUri,
    act: Act<CreateApiToken>,
) -> Answer {
    let CreateApiToken { display_name: name, scopes, expires_date_time: expires, user_id: user } = act.body;
    let made = server.app.make_token(&act.call, TokenCommand { name, user, scopes, expires }).await;
    let token = wire::made_token(made.map_err(refuse(uri.path()))?);
    Ok((StatusCode::CREATED, Json(token)).into_response())
}

/// Ends a token at once.
#[utoipa::path(post, path = "/v1.0/apiTokens/{id}/revoke", operation_id = "revokeApiToken", tag = "API tokens", params(("id" = String, Path,), IdempotencyParameter),
    request_body = NoArguments, responses((status = 200, body = ApiToken)))]
pub(crate) async fn revoke(
    State(server): State<Server>,
    Id(id): Id<TokenId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    let token = server.app.end_token(&act.call, id).await.map_err(refuse(uri.path()))?;
    Ok(Json(wire::token(token)).into_response())
}
