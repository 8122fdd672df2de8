//! Support requests.

use axum::Json;
use axum::extract::{OriginalUri, Request, State};
use axum::response::IntoResponse as _;
use http::StatusCode;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::message::{CreateMessage, CreateMessageWithFiles, Message};
use vouchsafe_api::support_request::{
    ApproveConsent, AssignSupportRequest, Assignment, CloseSupportRequest, CreateSupportRequest, NoArguments,
    RejectConsent, SupportRequest, UpdateSupportRequest,
};
use vouchsafe_app::view::CaseView;
use vouchsafe_app::{AppError, Conversation, UpdateCommand};
use vouchsafe_core::id::{MessageId, SupportRequestId};

use super::diagnostics::file;
use super::{Answer, page, refuse, tagged};
use crate::Server;
use crate::extract::{Act, Asked, Id, Look};
use crate::message_form::Written;
use crate::openapi::parameters::{IdempotencyParameter, IfMatchParameter, ListParameters};
use crate::wire::{self, FromWire};

fn shown(status: StatusCode, view: CaseView) -> Answer {
    Ok(tagged(status, view.version, wire::case(view)))
}

/// Support requests: the own tenant's, the engineer's own, or the manager's queue.
#[utoipa::path(get, path = "/v1.0/support/requests", operation_id = "listSupportRequests", tag = "Support requests", params(ListParameters), responses((status = 200, body = Collection<SupportRequest>)))]
pub(crate) async fn list(State(server): State<Server>, asked: Asked) -> Answer {
    let listed = server.app.requests(asked.who, &asked.list()?).await.map_err(refuse(&asked.path))?;
    page(&asked, listed, wire::case)
}

/// Opens a support request. It is assigned at once if an engineer is eligible. The provider's intake enters what came from
/// elsewhere here; the same tenant, origin and external id again answer the first case.
#[utoipa::path(post, path = "/v1.0/support/requests", operation_id = "createSupportRequest", tag = "Support requests", params(IdempotencyParameter), request_body = CreateSupportRequest,
    responses((status = 201, body = SupportRequest)))]
pub(crate) async fn open(State(server): State<Server>, act: Act<CreateSupportRequest>) -> Answer {
    let refuse = refuse("/v1.0/support/requests");
    let opened = match wire::opening(act.body).map_err(|rejection| refuse(rejection.into()))? {
        wire::Opened::Here(command) => server.app.open_request(&act.call, command).await,
        wire::Opened::Elsewhere(command) => server.app.enter_request(&act.call, command).await,
    };
    shown(StatusCode::CREATED, opened.map_err(refuse)?)
}

/// One support request.
#[utoipa::path(get, path = "/v1.0/support/requests/{id}", operation_id = "getSupportRequest", tag = "Support requests", params(("id" = String, Path,)),
    responses((status = 200, body = SupportRequest)))]
pub(crate) async fn show(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    shown(StatusCode::OK, server.app.request(who, id).await.map_err(refuse(uri.path()))?)
}

/// Changes consent, severity, contact or the named resource tenants.
#[utoipa::path(patch, path = "/v1.0/support/requests/{id}", operation_id = "updateSupportRequest", tag = "Support requests", params(("id" = String, Path,), IfMatchParameter),
    request_body = UpdateSupportRequest, responses((status = 200, body = SupportRequest)))]
pub(crate) async fn update(
    State(server): State<Server>,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<UpdateSupportRequest>,
) -> Answer {
    let command = UpdateCommand {
        severity: act.body.severity.map(FromWire::from_wire),
        contact: act.body.contact.map(wire::new_contact),
        resource_tenants: act.body.resource_tenant_ids,
        allow_advanced_diagnostics: act.body.allow_advanced_diagnostics,
    };
    shown(
        StatusCode::OK,
        server.app.update_request(&act.call, id, command).await.map_err(refuse(uri.path()))?,
    )
}

/// A further vote on a *yes* to advanced diagnostics.
#[utoipa::path(post, path = "/v1.0/support/requests/{id}/consent/approve", operation_id = "approveConsent", tag = "Support requests", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = ApproveConsent, responses((status = 200, body = SupportRequest)))]
pub(crate) async fn approve_consent(
    State(server): State<Server>,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<ApproveConsent>,
) -> Answer {
    let signed =
        wire::signed(act.body.assertion).map_err(|rejection| refuse(uri.path())(rejection.into()))?;
    let approved = server.app.approve_consent(&act.call, id, signed.as_ref()).await;
    shown(StatusCode::OK, approved.map_err(refuse(uri.path()))?)
}

/// Renews a *yes* to advanced diagnostics, in its last 7 days or after its end. Once as many agree as the organisation's rules
/// ask for, another grant takes the place of the old one.
#[utoipa::path(post, path = "/v1.0/support/requests/{id}/consent/renew", operation_id = "renewConsent", tag = "Support requests", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = ApproveConsent, responses((status = 200, body = SupportRequest)))]
pub(crate) async fn renew_consent(
    State(server): State<Server>,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<ApproveConsent>,
) -> Answer {
    let signed =
        wire::signed(act.body.assertion).map_err(|rejection| refuse(uri.path())(rejection.into()))?;
    let renewed = server.app.renew_consent(&act.call, id, signed.as_ref()).await;
    shown(StatusCode::OK, renewed.map_err(refuse(uri.path()))?)
}

/// A vote against a *yes* to advanced diagnostics.
#[utoipa::path(post, path = "/v1.0/support/requests/{id}/consent/reject", operation_id = "rejectConsent", tag = "Support requests", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = RejectConsent, responses((status = 200, body = SupportRequest)))]
pub(crate) async fn reject_consent(
    State(server): State<Server>,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<RejectConsent>,
) -> Answer {
    shown(
        StatusCode::OK,
        server
            .app
            .reject_consent(&act.call, id, act.body.reason.as_deref())
            .await
            .map_err(refuse(uri.path()))?,
    )
}

/// Closes a support request, and all access with it.
#[utoipa::path(post, path = "/v1.0/support/requests/{id}/close", operation_id = "closeSupportRequest", tag = "Support requests", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = CloseSupportRequest, responses((status = 200, body = SupportRequest)))]
pub(crate) async fn close(
    State(server): State<Server>,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<CloseSupportRequest>,
) -> Answer {
    let how = FromWire::from_wire(act.body.resolution);
    shown(StatusCode::OK, server.app.close(&act.call, id, how).await.map_err(refuse(uri.path()))?)
}

/// Opens a closed support request again; from the engineer it is a proposal.
#[utoipa::path(post, path = "/v1.0/support/requests/{id}/reopen", operation_id = "reopenSupportRequest", tag = "Support requests", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = NoArguments, responses((status = 200, body = SupportRequest)))]
pub(crate) async fn reopen(
    State(server): State<Server>,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    shown(StatusCode::OK, server.app.reopen(&act.call, id).await.map_err(refuse(uri.path()))?)
}

/// Gives a support request to another engineer.
#[utoipa::path(post, path = "/v1.0/support/requests/{id}/assign", operation_id = "assignSupportRequest", tag = "Support requests", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = AssignSupportRequest, responses((status = 200, body = SupportRequest)))]
pub(crate) async fn assign(
    State(server): State<Server>,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<AssignSupportRequest>,
) -> Answer {
    let assigned = server.app.assign(&act.call, id, act.body.engineer_id, &act.body.reason).await;
    shown(StatusCode::OK, assigned.map_err(refuse(uri.path()))?)
}

/// Who works on it, since when, and why.
#[utoipa::path(get, path = "/v1.0/support/requests/{id}/assignment", operation_id = "getAssignment", tag = "Support requests", params(("id" = String, Path,)),
    responses((status = 200, body = Assignment)))]
pub(crate) async fn assignment(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let view = server.app.request(who, id).await.map_err(refuse(uri.path()))?;
    let ranking = server.app.ranking(who, id).await.map_err(refuse(uri.path()))?;
    Ok(Json(wire::assignment(&view, ranking)).into_response())
}

/// The conversation, in order.
#[utoipa::path(get, path = "/v1.0/support/requests/{id}/messages", operation_id = "listMessages", tag = "Support requests", params(("id" = String, Path,), ListParameters),
    responses((status = 200, body = Collection<Message>)))]
pub(crate) async fn messages(
    State(server): State<Server>,
    Id(id): Id<SupportRequestId>,
    asked: Asked,
) -> Answer {
    let listed = server.app.messages(asked.who, id, &asked.list()?).await.map_err(refuse(&asked.path))?;
    page(&asked, listed, wire::message)
}

/// Adds a message, with files or without. Files are cleaned of secrets first.
#[utoipa::path(post, path = "/v1.0/support/requests/{id}/messages", operation_id = "createMessage", tag = "Support requests", params(("id" = String, Path,), IdempotencyParameter),
    request_body(content((CreateMessage = "application/json"), (CreateMessageWithFiles = "multipart/form-data"))), responses((status = 201, body = Message)))]
pub(crate) async fn post_message(
    State(server): State<Server>,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Answer {
    let Written { call, body, files } = Written::of(&server, Conversation::Request(id), request).await?;
    let posted: Result<_, AppError> = server.app.post_message_with(&call, id, &body, files).await;
    let message = wire::message(posted.map_err(refuse(uri.path()))?);
    Ok((StatusCode::CREATED, Json(message)).into_response())
}

/// A file of a message, for everybody who may see the message; until 28 days after the case was closed.
#[utoipa::path(get, path = "/v1.0/support/requests/{id}/messages/{messageId}/attachments/{name}", operation_id = "getMessageAttachment", tag = "Support requests", params(("id" = String, Path,), ("messageId" = String, Path,), ("name" = String, Path,)),
    responses((status = 200, description = "The file, to be saved", content((String = "text/plain; charset=utf-8"), (String = "text/csv; charset=utf-8"), (Value = "application/json"), (Vec<u8> = "application/zip"), (Vec<u8> = "application/x-tar"), (Vec<u8> = "application/gzip"), (Vec<u8> = "application/zstd")))))]
pub(crate) async fn attachment(
    State(server): State<Server>,
    Look(who): Look,
    Id((id, message, name)): Id<(SupportRequestId, MessageId, String)>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let found = server.app.attachment(who, Conversation::Request(id), message, &name).await;
    Ok(file(&server, found.map_err(refuse(uri.path()))?))
}
