//! Grants: who can read what now.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::IntoResponse as _;
use http::StatusCode;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::grant::{Ended, Grant, RemoveAllGrants, RemoveGrant};
use vouchsafe_api::read::Read;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_app::view::EndedView;
use vouchsafe_core::id::GrantId;

use super::{Answer, page, refuse, tagged};
use crate::extract::{Act, Asked, Base, Id, Look};
use crate::openapi::parameters::{IdempotencyParameter, IfMatchParameter, ListParameters};
use crate::{Server, wire};

/// What is live or paused: over the own tenant's data, or what the engineer may read.
#[utoipa::path(get, path = "/v1.0/support/grants", operation_id = "listGrants", tag = "Grants", params(ListParameters), responses((status = 200, body = Collection<Grant>)))]
pub(crate) async fn list(State(server): State<Server>, asked: Asked) -> Answer {
    let listed = server.app.grants(asked.who, &asked.list()?).await.map_err(refuse(&asked.path))?;
    page(&asked, listed, wire::grant)
}

/// One grant.
#[utoipa::path(get, path = "/v1.0/support/grants/{id}", operation_id = "getGrant", tag = "Grants", params(("id" = String, Path,)), responses((status = 200, body = Grant)))]
pub(crate) async fn show(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<GrantId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let view = server.app.grant(who, id).await.map_err(refuse(uri.path()))?;
    Ok(tagged(StatusCode::OK, view.version, wire::grant(view)))
}

/// Ends one grant at once.
#[utoipa::path(post, path = "/v1.0/support/grants/{id}/remove", operation_id = "removeGrant", tag = "Grants", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = RemoveGrant, responses((status = 200, body = Ended)))]
pub(crate) async fn remove(
    State(server): State<Server>,
    Id(id): Id<GrantId>,
    OriginalUri(uri): OriginalUri,
    act: Act<RemoveGrant>,
) -> Answer {
    let removed = server.app.remove_grant(&act.call, id, act.body.reason.as_deref()).await;
    Ok(Json(wire::ended(&removed.map_err(refuse(uri.path()))?)).into_response())
}

/// Lets a paused grant go on. As much may be read anew as at first.
#[utoipa::path(post, path = "/v1.0/support/grants/{id}/confirm", operation_id = "confirmGrant", tag = "Grants", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = NoArguments, responses((status = 200, body = Grant)))]
pub(crate) async fn confirm(
    State(server): State<Server>,
    Id(id): Id<GrantId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    let view = server.app.confirm_grant(&act.call, id).await.map_err(refuse(uri.path()))?;
    Ok(tagged(StatusCode::OK, view.version, wire::grant(view)))
}

/// Ends every grant over the own tenant's data, or every one of one case.
#[utoipa::path(post, path = "/v1.0/support/grants/removeAll", operation_id = "removeAllGrants", tag = "Grants", params(IdempotencyParameter), request_body = RemoveAllGrants,
    responses((status = 200, body = Collection<Ended>)))]
pub(crate) async fn remove_all(
    State(server): State<Server>,
    base: Base,
    act: Act<RemoveAllGrants>,
) -> Answer {
    let (case, reason) = (act.body.support_request_id, act.body.reason.as_deref());
    let removed = server.app.remove_all_grants(&act.call, case, reason).await;
    let removed = removed.map_err(refuse("/v1.0/support/grants/removeAll"))?;
    let ended = |id: &GrantId| {
        wire::ended(&EndedView {
            id: id.to_string(),
            reads_ended: removed.reads_ended,
            decisions_end_by: removed.decisions_end_by,
        })
    };
    let value: Vec<Ended> = removed.grants.iter().filter_map(ended).collect();
    let context = base.context("support/grants");
    Ok(Json(Collection { context, count: None, value, next_link: None }).into_response())
}

/// What was read under this grant.
#[utoipa::path(get, path = "/v1.0/support/grants/{id}/reads", operation_id = "listGrantReads", tag = "Grants", params(("id" = String, Path,), ListParameters),
    responses((status = 200, body = Collection<Read>)))]
pub(crate) async fn reads(State(server): State<Server>, Id(id): Id<GrantId>, asked: Asked) -> Answer {
    let listed =
        server.app.reads_of_grant(asked.who, id, &asked.list()?).await.map_err(refuse(&asked.path))?;
    page(&asked, listed, wire::read)
}
