//! Reveals: one masked value in clear, for a quarter of an hour.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::IntoResponse as _;
use http::StatusCode;
use vouchsafe_api::access_request::Refuse;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::reveal::{CreateReveal, Reveal};
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_app::RevealCommand;
use vouchsafe_core::id::{GrantId, RevealId};

use super::{Answer, refuse, tagged};
use crate::extract::{Act, Base, Id, Look};
use crate::openapi::parameters::{IdempotencyParameter, IfMatchParameter};
use crate::{Server, wire};

/// Asks the tenant of the data to let one masked value show in clear.
#[utoipa::path(post, path = "/v1.0/support/grants/{id}/reveals", operation_id = "createReveal", tag = "Reveals", params(("id" = String, Path,), IdempotencyParameter),
    request_body = CreateReveal, responses((status = 201, body = Reveal)))]
pub(crate) async fn ask(
    State(server): State<Server>,
    Id(id): Id<GrantId>,
    OriginalUri(uri): OriginalUri,
    act: Act<CreateReveal>,
) -> Answer {
    let CreateReveal { property, value, justification } = act.body;
    let command = RevealCommand { property, value, justification };
    let view = server.app.ask_reveal(&act.call, id, command).await.map_err(refuse(uri.path()))?;
    Ok(tagged(StatusCode::CREATED, view.version, wire::reveal(view)))
}

/// What was asked for under a grant, oldest first.
#[utoipa::path(get, path = "/v1.0/support/grants/{id}/reveals", operation_id = "listReveals", tag = "Reveals", params(("id" = String, Path,)),
    responses((status = 200, body = Collection<Reveal>)))]
pub(crate) async fn list(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<GrantId>,
    OriginalUri(uri): OriginalUri,
    base: Base,
) -> Answer {
    let found = server.app.reveals(who, id).await.map_err(refuse(uri.path()))?;
    let value: Vec<Reveal> = found.into_iter().map(wire::reveal).collect();
    let context = base.context(&format!("support/grants/{id}/reveals"));
    Ok(Json(Collection { context, count: None, value, next_link: None }).into_response())
}

/// Lets the value show in clear for a quarter of an hour.
#[utoipa::path(post, path = "/v1.0/support/reveals/{id}/approve", operation_id = "approveReveal", tag = "Reveals", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = NoArguments, responses((status = 200, body = Reveal)))]
pub(crate) async fn approve(
    State(server): State<Server>,
    Id(id): Id<RevealId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    let view = server.app.approve_reveal(&act.call, id).await.map_err(refuse(uri.path()))?;
    Ok(tagged(StatusCode::OK, view.version, wire::reveal(view)))
}

/// Keeps the value masked.
#[utoipa::path(post, path = "/v1.0/support/reveals/{id}/reject", operation_id = "rejectReveal", tag = "Reveals", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = Refuse, responses((status = 200, body = Reveal)))]
pub(crate) async fn reject(
    State(server): State<Server>,
    Id(id): Id<RevealId>,
    OriginalUri(uri): OriginalUri,
    act: Act<Refuse>,
) -> Answer {
    let rejected = server.app.reject_reveal(&act.call, id, act.body.reason.as_deref()).await;
    let view = rejected.map_err(refuse(uri.path()))?;
    Ok(tagged(StatusCode::OK, view.version, wire::reveal(view)))
}
