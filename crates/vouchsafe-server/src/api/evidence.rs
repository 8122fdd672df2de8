//! The tenant's log as others can check it: checkpoint, tiles, keys, receipts (`evidence.md`; C2SP `tlog-tiles`).

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};
use vouchsafe_api::collection::Collection;
use vouchsafe_api::log_key::LogKey;
use vouchsafe_app::AppError;
use vouchsafe_core::id::{EntryId, TenantId};
use vouchsafe_log::tile::Tile;

use super::{Answer, refuse};
use crate::Server;
use crate::extract::{Base, Id, Look};

/// A checkpoint is the newest for a moment only.
const CHECKPOINT_CACHED: HeaderValue = HeaderValue::from_static("private, max-age=1");
/// What a path of a tile names never changes. Private: the log is its tenant's own.
const TILE_CACHED: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// The newest checkpoint of the tenant's log, a signed note.
#[utoipa::path(get, path = "/log/{tenantId}/checkpoint", operation_id = "getLogCheckpoint", tag = "Logs", params(("tenantId" = String, Path, format = "uuid")),
    responses((status = 200, description = "A signed note (C2SP `tlog-checkpoint`).", content_type = "text/plain; charset=utf-8", body = String)))]
pub(crate) async fn checkpoint(
    State(server): State<Server>,
    Look(who): Look,
    Id(tenant): Id<TenantId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let note = server.app.log_checkpoint(who, tenant).await.map_err(refuse(uri.path()))?;
    Ok(([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, CHECKPOINT_CACHED)], note.to_string())
        .into_response())
}

/// A tile of the tenant's log: `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`.
#[utoipa::path(get, path = "/log/{tenantId}/tile/{*tile}", operation_id = "getLogTile", tag = "Logs", params(("tenantId" = String, Path, format = "uuid"), ("tile" = String, Path, description = "`<L>/<N>[.p/<W>]` or `entries/<N>[.p/<W>]`; it holds slashes.")),
    responses((status = 200, description = "Hashes or entries (C2SP `tlog-tiles`).", content_type = "application/octet-stream", body = Vec<u8>)))]
pub(crate) async fn tile(
    State(server): State<Server>,
    Look(who): Look,
    Id((tenant, tile)): Id<(TenantId, Tile)>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let bytes = server.app.log_tile(who, tenant, tile).await.map_err(refuse(uri.path()))?;
    Ok(([(header::CONTENT_TYPE, BYTES), (header::CACHE_CONTROL, TILE_CACHED)], bytes).into_response())
}

/// The keys that checkpoints of the tenant's log are signed with.
#[utoipa::path(get, path = "/v1.0/auditLogs/logKeys", operation_id = "listLogKeys", tag = "Logs", responses((status = 200, body = Collection<LogKey>)))]
pub(crate) async fn keys(State(server): State<Server>, Look(who): Look, base: Base) -> Answer {
    let keys = server.app.log_keys(who).await.map_err(refuse("/v1.0/auditLogs/logKeys"))?;
    let value: Vec<LogKey> = keys
        .into_iter()
        .map(|key| LogKey {
            id: key.id,
            verifier_key: key.verifier_key,
            created_date_time: key.created,
            signs_until_date_time: key.signs_until,
        })
        .collect();
    let context = base.context("auditLogs/logKeys");
    Ok(Json(Collection { context, count: None, value, next_link: None }).into_response())
}

/// The proof that an entry stands in the tenant's log, with the entry and the values that it commits to.
#[utoipa::path(get, path = "/v1.0/auditLogs/directoryAudits/{id}/receipt", operation_id = "getReceipt", tag = "Logs", params(("id" = String, Path,)),
    responses((status = 200, description = "A proof file (C2SP `tlog-proof`).", content_type = "text/plain; charset=utf-8", body = String)))]
pub(crate) async fn receipt(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<EntryId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let receipt = server.app.receipt(who, id).await.map_err(refuse(uri.path()))?;
    receipt_file(id, receipt.to_string()).map_err(refuse(uri.path()))
}

/// A receipt as a file to keep.
pub(crate) fn receipt_file(id: EntryId, text: String) -> Result<Response, AppError> {
    let name = format!("attachment; filename=\"{id}.tlog-proof\"");
    let name = HeaderValue::from_str(&name).map_err(|_| AppError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, TEXT), (header::CONTENT_DISPOSITION, name)], text).into_response())
}
