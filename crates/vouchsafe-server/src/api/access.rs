//! Support access requests.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use vouchsafe_api::access_request::{AccessRequest, ApproveAccessRequest, CreateAccessRequest, Refuse};
use vouchsafe_api::collection::Collection;
use vouchsafe_api::grant::Ended;
use vouchsafe_api::preview::Preview;
use vouchsafe_api::read::Read;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_app::view::AccessView;
use vouchsafe_app::{AskCommand, VoteCommand};
use vouchsafe_core::id::{AccessRequestId, SupportRequestId};

use super::{Answer, page, refuse, tagged};
use crate::Server;
use crate::extract::{Act, Asked, Id, Look};
use crate::openapi::parameters::{IdempotencyParameter, IfMatchParameter, ListParameters};
use crate::wire::{self, FromWire};

fn shown(status: StatusCode, view: AccessView) -> Response {
    match &view {
        AccessView::Side(side) => tagged(status, side.version, wire::access_request(view)),
        AccessView::Ask(_) => (status, Json(wire::access_request(view))).into_response(),
    }
}

/// Asks for access to a tenant's data.
#[utoipa::path(post, path = "/v1.0/support/requests/{id}/accessRequests", operation_id = "createAccessRequest", tag = "Access requests", params(("id" = String, Path,), IdempotencyParameter),
    request_body = CreateAccessRequest, responses((status = 201, body = AccessRequest)))]
pub(crate) async fn ask(
    State(server): State<Server>,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<CreateAccessRequest>,
) -> Answer {
    let body = act.body;
    let writer = act.call.who.user;
    let filter = body.filter.map(|filter| wire::data_filter("filter", filter, writer)).transpose();
    let command = AskCommand {
        resource_tenant: body.resource_tenant_id,
        data_categories: wire::categories(body.data_categories),
        filter: filter.map_err(|rejection| refuse(uri.path())(rejection.into()))?,
        duration: body.duration,
        reason_code: FromWire::from_wire(body.reason_code),
        justification: body.justification,
    };
    Ok(shown(StatusCode::CREATED, server.app.ask(&act.call, id, command).await.map_err(refuse(uri.path()))?))
}

/// Access requests: the own tenant's records, or the engineer's.
#[utoipa::path(get, path = "/v1.0/support/accessRequests", operation_id = "listAccessRequests", tag = "Access requests", params(ListParameters), responses((status = 200, body = Collection<AccessRequest>)))]
pub(crate) async fn list(State(server): State<Server>, asked: Asked) -> Answer {
    let listed = server.app.access_requests(asked.who, &asked.list()?).await.map_err(refuse(&asked.path))?;
    page(&asked, listed, wire::access_request)
}

/// One access request, as the caller's side sees it.
#[utoipa::path(get, path = "/v1.0/support/accessRequests/{id}", operation_id = "getAccessRequest", tag = "Access requests", params(("id" = String, Path,)),
    responses((status = 200, body = AccessRequest)))]
pub(crate) async fn show(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<AccessRequestId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    Ok(shown(StatusCode::OK, server.app.access_request(who, id).await.map_err(refuse(uri.path()))?))
}

/// Approves the caller's side, as asked or narrowed.
#[utoipa::path(post, path = "/v1.0/support/accessRequests/{id}/approve", operation_id = "approveAccessRequest", tag = "Access requests", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = ApproveAccessRequest, responses((status = 200, body = AccessRequest)))]
pub(crate) async fn approve(
    State(server): State<Server>,
    Id(id): Id<AccessRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<ApproveAccessRequest>,
) -> Answer {
    let narrowing = wire::narrowing(act.body.narrow_to, act.call.who.user);
    let narrowing = narrowing.map_err(|rejection| refuse(uri.path())(rejection.into()))?;
    let signed =
        wire::signed(act.body.assertion).map_err(|rejection| refuse(uri.path())(rejection.into()))?;
    let vote = VoteCommand { comment: act.body.comment, narrowing, signed };
    let view = server.app.approve(&act.call, id, vote).await.map_err(refuse(uri.path()))?;
    Ok(tagged(StatusCode::OK, view.version, wire::side(view)))
}

/// Rejects the caller's side.
#[utoipa::path(post, path = "/v1.0/support/accessRequests/{id}/reject", operation_id = "rejectAccessRequest", tag = "Access requests", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = Refuse, responses((status = 200, body = AccessRequest)))]
pub(crate) async fn reject(
    State(server): State<Server>,
    Id(id): Id<AccessRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<Refuse>,
) -> Answer {
    let rejected = server.app.reject(&act.call, id, act.body.reason.as_deref()).await;
    let view = rejected.map_err(refuse(uri.path()))?;
    Ok(tagged(StatusCode::OK, view.version, wire::side(view)))
}

/// Takes the caller's side's approval back and ends the access that rests on it.
#[utoipa::path(post, path = "/v1.0/support/accessRequests/{id}/revoke", operation_id = "revokeAccessRequest", tag = "Access requests", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = Refuse, responses((status = 200, body = Ended)))]
pub(crate) async fn revoke(
    State(server): State<Server>,
    Id(id): Id<AccessRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<Refuse>,
) -> Answer {
    let revoked = server.app.revoke(&act.call, id, act.body.reason.as_deref()).await;
    Ok(Json(wire::ended(&revoked.map_err(refuse(uri.path()))?)).into_response())
}

/// The engineer withdraws the request, or gives its access up.
#[utoipa::path(post, path = "/v1.0/support/accessRequests/{id}/cancel", operation_id = "cancelAccessRequest", tag = "Access requests", params(("id" = String, Path,), IdempotencyParameter),
    request_body = NoArguments, responses((status = 200, body = AccessRequest)))]
pub(crate) async fn cancel(
    State(server): State<Server>,
    Id(id): Id<AccessRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    Ok(shown(StatusCode::OK, server.app.cancel(&act.call, id).await.map_err(refuse(uri.path()))?))
}

/// What a pending request would show: for approvers of the tenant whose data it is. Each look is recorded.
#[utoipa::path(get, path = "/v1.0/support/accessRequests/{id}/preview", operation_id = "previewAccessRequest", tag = "Access requests", params(("id" = String, Path,)),
    responses((status = 200, body = Preview)))]
pub(crate) async fn preview(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<AccessRequestId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let preview = server.app.preview(who, id).await.map_err(refuse(uri.path()))?;
    Ok(Json(wire::preview(preview)).into_response())
}

/// What was read under this access.
#[utoipa::path(get, path = "/v1.0/support/accessRequests/{id}/reads", operation_id = "listAccessRequestReads", tag = "Access requests", params(("id" = String, Path,), ListParameters),
    responses((status = 200, body = Collection<Read>)))]
pub(crate) async fn reads(State(server): State<Server>, Id(id): Id<AccessRequestId>, asked: Asked) -> Answer {
    let listed =
        server.app.reads_of_request(asked.who, id, &asked.list()?).await.map_err(refuse(&asked.path))?;
    page(&asked, listed, wire::read)
}
