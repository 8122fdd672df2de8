//! Links of one person's accounts in several tenants.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::IntoResponse as _;
use http::StatusCode;
use vouchsafe_api::account_link::{AccountLink, CreateAccountLink};
use vouchsafe_api::collection::Collection;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_core::id::AccountLinkId;

use super::{Answer, page, refuse};
use crate::Server;
use crate::extract::{Act, Asked, Id, Look};
use crate::openapi::parameters::{IdempotencyParameter, ListParameters};
use crate::wire::account_links as wire;

/// The links of the own account; of every account of the tenant for who may manage its roles.
#[utoipa::path(get, path = "/v1.0/accountLinks", operation_id = "listAccountLinks", tag = "Account links", params(ListParameters), responses((status = 200, body = Collection<AccountLink>)))]
pub(crate) async fn list(State(server): State<Server>, asked: Asked) -> Answer {
    let listed = server.app.account_links(asked.who, &asked.list()?).await.map_err(refuse(&asked.path))?;
    let now = server.app.now();
    page(&asked, listed, |record| wire::link(record, now))
}

/// One of them.
#[utoipa::path(get, path = "/v1.0/accountLinks/{id}", operation_id = "getAccountLink", tag = "Account links", params(("id" = String, Path,)),
    responses((status = 200, body = AccountLink)))]
pub(crate) async fn show(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<AccountLinkId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let record = server.app.account_link(who, id).await.map_err(refuse(uri.path()))?;
    Ok(Json(wire::link(record, server.app.now())).into_response())
}

/// Offers to link the own account with another of the same person, or accepts such an offer with its code. Nothing is linked by
/// it: the person agrees on the pages, signed in to either account, and both tenants confirm. The answer to an offer holds its
/// code, which is never shown again.
#[utoipa::path(post, path = "/v1.0/accountLinks", operation_id = "createAccountLink", tag = "Account links", params(IdempotencyParameter),
    request_body = CreateAccountLink, responses((status = 201, body = AccountLink)))]
pub(crate) async fn create(
    State(server): State<Server>,
    OriginalUri(uri): OriginalUri,
    act: Act<CreateAccountLink>,
) -> Answer {
    let made = match &act.body.code {
        None => server.app.offer_link(&act.call).await,
        Some(code) => server.app.accept_link(&act.call, code).await,
    };
    let link = wire::made(made.map_err(refuse(uri.path()))?, server.app.now());
    Ok((StatusCode::CREATED, Json(link)).into_response())
}

/// Confirms a link for the own tenant, once its person has agreed: for who may manage roles.
#[utoipa::path(post, path = "/v1.0/accountLinks/{id}/confirm", operation_id = "confirmAccountLink", tag = "Account links", params(("id" = String, Path,), IdempotencyParameter),
    request_body = NoArguments, responses((status = 200, body = AccountLink)))]
pub(crate) async fn confirm(
    State(server): State<Server>,
    Id(id): Id<AccountLinkId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    let record = server.app.confirm_link(&act.call, id).await.map_err(refuse(uri.path()))?;
    Ok(Json(wire::link(record, server.app.now())).into_response())
}

/// Ends a link, for both tenants: one's own, or anybody's of the tenant for who may manage its roles.
#[utoipa::path(delete, path = "/v1.0/accountLinks/{id}", operation_id = "deleteAccountLink", tag = "Account links", params(("id" = String, Path,)),
    responses((status = 204)))]
pub(crate) async fn delete(
    State(server): State<Server>,
    Id(id): Id<AccountLinkId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    server.app.remove_link(&act.call, id).await.map_err(refuse(uri.path()))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
