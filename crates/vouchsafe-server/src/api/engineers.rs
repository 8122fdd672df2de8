//! The provider's engineers, and what assignment learns of them from the time before.

use axum::Json;
use axum::extract::{OriginalUri, Request, State};
use axum::response::IntoResponse as _;
use http::StatusCode;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::engineer::{Engineer, UpdateEngineer};
use vouchsafe_api::import::ImportResult;
use vouchsafe_app::version_of;
use vouchsafe_core::id::UserId;

use super::{Answer, refuse, tagged};
use crate::extract::{Act, Base, Id, Look};
use crate::openapi::parameters::IfMatchParameter;
use crate::{Server, import_body, wire};

/// Bytes of one import: some hundred thousand requests.
const IMPORT_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// The engineers with what assignment knows of them; for the provider's managers and administrators.
#[utoipa::path(get, path = "/v1.0/support/engineers", operation_id = "listEngineers", tag = "Engineers", responses((status = 200, body = Collection<Engineer>)))]
pub(crate) async fn list(State(server): State<Server>, Look(who): Look, base: Base) -> Answer {
    let staff = server.app.staff(who).await.map_err(refuse("/v1.0/support/engineers"))?;
    let value: Vec<Engineer> = staff.into_iter().map(wire::engineers::engineer).collect();
    let context = base.context("support/engineers");
    Ok(Json(Collection { context, count: None, value, next_link: None }).into_response())
}

/// One engineer.
#[utoipa::path(get, path = "/v1.0/support/engineers/{id}", operation_id = "getEngineer", tag = "Engineers", params(("id" = String, Path,)),
    responses((status = 200, body = Engineer)))]
pub(crate) async fn show(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<UserId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let engineer = server.app.staff_member(who, id).await.map_err(refuse(uri.path()))?;
    let version = version_of(&engineer.person);
    Ok(tagged(StatusCode::OK, version, wire::engineers::engineer(engineer)))
}

/// Changes what assignment knows of an engineer, or disables the account; for the provider's administrators.
#[utoipa::path(patch, path = "/v1.0/support/engineers/{id}", operation_id = "updateEngineer", tag = "Engineers", params(("id" = String, Path,), IfMatchParameter),
    request_body = UpdateEngineer, responses((status = 200, body = Engineer)))]
pub(crate) async fn update(
    State(server): State<Server>,
    Id(id): Id<UserId>,
    OriginalUri(uri): OriginalUri,
    act: Act<UpdateEngineer>,
) -> Answer {
    let change = |old: &_| wire::engineers::change(old, act.body, id);
    let engineer = server.app.change_engineer(&act.call, id, change).await.map_err(refuse(uri.path()))?;
    let version = version_of(&engineer.person);
    Ok(tagged(StatusCode::OK, version, wire::engineers::engineer(engineer)))
}

/// Imports requests that were resolved in another system, for assignment to learn from; for the provider's managers. CSV
/// (RFC 4180), as it is or compressed with gzip or zstd, with the columns `id`, `createdDateTime`, `resolvedDateTime`,
/// `title`, `engineer` (id or user principal name) and, if known, `priority`, `component`, `description`. Idempotent by
/// `id`; learned in the order of the rows.
#[utoipa::path(post, path = "/v1.0/support/resolvedRequests/import", operation_id = "importResolvedRequests", tag = "Engineers",
    request_body(content = String, description = "The file as it is", content_type = "application/octet-stream"),
    responses((status = 200, body = ImportResult)))]
pub(crate) async fn import_resolved(
    State(server): State<Server>,
    Look(who): Look,
    request: Request,
) -> Answer {
    let path = "/v1.0/support/resolvedRequests/import";
    let source = import_body::source(request, IMPORT_BYTES_MAX, path)?;
    let report = server.app.import_resolved(who, source).await.map_err(refuse(path))?;
    Ok(Json(wire::import_result(report)).into_response())
}
