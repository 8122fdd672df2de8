//! The tenant's own logs: its audit log, and its imported sign-ins.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::IntoResponse as _;
use serde_json::Value;
use vouchsafe_api::audit::DirectoryAudit;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::record::GraphRecord;
use vouchsafe_app::AppError;
use vouchsafe_core::id::EntryId;
use vouchsafe_store::Listed;

use super::{Answer, context, page, refuse};
use crate::extract::{Asked, Id, Look, One};
use crate::openapi::parameters::{ListParameters, SelectParameter};
use crate::{Server, wire};

/// The tenant's audit log.
#[utoipa::path(get, path = "/v1.0/auditLogs/directoryAudits", operation_id = "listDirectoryAudits", tag = "Logs", params(ListParameters), responses((status = 200, body = Collection<DirectoryAudit>)))]
pub(crate) async fn audits(State(server): State<Server>, asked: Asked) -> Answer {
    let listed = server.app.audit_log(asked.who, &asked.list()?).await.map_err(refuse(&asked.path))?;
    let items = listed.items.iter().filter_map(wire::audit::directory_audit).collect();
    page(&asked, Listed { items, next: listed.next, total: listed.total }, |audit: DirectoryAudit| audit)
}

/// One entry of the tenant's audit log.
#[utoipa::path(get, path = "/v1.0/auditLogs/directoryAudits/{id}", operation_id = "getDirectoryAudit", tag = "Logs", params(("id" = String, Path,)),
    responses((status = 200, body = DirectoryAudit)))]
pub(crate) async fn audit(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<EntryId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let entry = server.app.audit_entry(who, id).await.map_err(refuse(uri.path()))?;
    let audit = wire::audit::directory_audit(&entry).ok_or(AppError::NotFound).map_err(refuse(uri.path()))?;
    Ok(Json(audit).into_response())
}

/// The tenant's own sign-ins, unmasked.
#[utoipa::path(get, path = "/v1.0/auditLogs/signIns", operation_id = "listSignIns", tag = "Logs", params(ListParameters), responses((status = 200, body = Collection<GraphRecord>)))]
pub(crate) async fn sign_ins(State(server): State<Server>, asked: Asked) -> Answer {
    let select = asked.options.select.as_deref();
    let listing =
        server.app.own_sign_ins(asked.who, &asked.list()?, select).await.map_err(refuse(&asked.path))?;
    let next_link = listing.next.map(|token| asked.next_link(token));
    let body: Collection<Value> =
        Collection { context: context(&asked), count: listing.total, value: listing.records, next_link };
    Ok(Json(body).into_response())
}

/// One of the tenant's own sign-ins, unmasked.
#[utoipa::path(get, path = "/v1.0/auditLogs/signIns/{id}", operation_id = "getSignIn", tag = "Logs", params(("id" = String, Path,), SelectParameter),
    responses((status = 200, body = GraphRecord)))]
pub(crate) async fn sign_in(State(server): State<Server>, Id(id): Id<String>, One(asked): One) -> Answer {
    let select = asked.options.select.as_deref();
    let record = server.app.own_sign_in(asked.who, &id, select).await.map_err(refuse(&asked.path))?;
    Ok(Json(record).into_response())
}
