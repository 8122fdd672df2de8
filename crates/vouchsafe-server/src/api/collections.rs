//! Data collections: the customer collects, and sends.

use axum::Json;
use axum::extract::{OriginalUri, Request, State};
use axum::response::IntoResponse as _;
use http::{HeaderMap, StatusCode, header};
use vouchsafe_api::access_request::Refuse;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::data_collection::{CreateDataCollection, DataCollection, UploadProgress};
use vouchsafe_api::message::{CreateMessage, CreateMessageWithFiles, Message};
use vouchsafe_api::problem::Code;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_app::view::CollectionView;
use vouchsafe_app::{
    AppError, Call, CollectCommand, Conversation, FileQuery, UploadCommand, UploadRange, Uploaded,
};
use vouchsafe_core::id::{DataCollectionId, MessageId, SupportRequestId};
use vouchsafe_core::scope::DataCategory;

use super::diagnostics::file;
use super::{Answer, page, refuse, tagged};
use crate::extract::{Act, Asked, Id, Look, LookUnder};
use crate::message_form::Written;
use crate::openapi::parameters::{GrantParameter, IdempotencyParameter, IfMatchParameter, ListParameters};
use crate::problem::Refusal;
use crate::wire::FromWire as _;
use crate::{Server, import_body, wire};

/// Bytes that are read of one request; a file may have less, and is refused as soon as it has more.
const BODY_BYTES_MAX: u64 = 1 << 30;

/// Asks a tenant to collect data for a case. The answer is the same whether that tenant is there.
#[utoipa::path(post, path = "/v1.0/support/requests/{id}/dataCollections", operation_id = "createDataCollection", tag = "Data collections", params(("id" = String, Path,), IdempotencyParameter),
    request_body = CreateDataCollection, responses((status = 201, body = DataCollection)))]
pub(crate) async fn ask(
    State(server): State<Server>,
    Id(id): Id<SupportRequestId>,
    OriginalUri(uri): OriginalUri,
    act: Act<CreateDataCollection>,
) -> Answer {
    let CreateDataCollection { tenant_id: tenant, data_categories, filter, instructions } = act.body;
    let filter = filter.map(|filter| wire::data_filter("filter", filter, act.call.who.user)).transpose();
    let filter = filter.map_err(|rejection| refuse(uri.path())(rejection.into()))?;
    let data_categories = data_categories.into_iter().map(DataCategory::from_wire).collect();
    let command = CollectCommand { tenant, data_categories, filter, instructions };
    let view = server.app.ask_collection(&act.call, id, command).await;
    shown(StatusCode::CREATED, view, uri.path())
}

/// Data collections: the own tenant's, or those of the engineer's cases.
#[utoipa::path(get, path = "/v1.0/support/dataCollections", operation_id = "listDataCollections", tag = "Data collections", params(ListParameters),
    responses((status = 200, body = Collection<DataCollection>)))]
pub(crate) async fn list(State(server): State<Server>, asked: Asked) -> Answer {
    let listed = server.app.collections(asked.who, &asked.list()?).await.map_err(refuse(&asked.path))?;
    page(&asked, listed, wire::collection)
}

/// One data collection, with what was taken out of its files.
#[utoipa::path(get, path = "/v1.0/support/dataCollections/{id}", operation_id = "getDataCollection", tag = "Data collections", params(("id" = String, Path,)),
    responses((status = 200, body = DataCollection)))]
pub(crate) async fn show(
    State(server): State<Server>,
    Look(who): Look,
    Id(id): Id<DataCollectionId>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    shown(StatusCode::OK, server.app.collection(who, id).await, uri.path())
}

/// What was written about a data collection, in order.
#[utoipa::path(get, path = "/v1.0/support/dataCollections/{id}/messages", operation_id = "listDataCollectionMessages", tag = "Data collections", params(("id" = String, Path,), ListParameters),
    responses((status = 200, body = Collection<Message>)))]
pub(crate) async fn messages(
    State(server): State<Server>,
    Id(id): Id<DataCollectionId>,
    asked: Asked,
) -> Answer {
    let listed = server.app.collection_messages(asked.who, id, &asked.list()?).await;
    page(&asked, listed.map_err(refuse(&asked.path))?, wire::collection_message)
}

/// Writes a message about a data collection, with files or without. Files are cleaned of secrets first.
#[utoipa::path(post, path = "/v1.0/support/dataCollections/{id}/messages", operation_id = "createDataCollectionMessage", tag = "Data collections", params(("id" = String, Path,), IdempotencyParameter),
    request_body(content((CreateMessage = "application/json"), (CreateMessageWithFiles = "multipart/form-data"))), responses((status = 201, body = Message)))]
pub(crate) async fn write_message(
    State(server): State<Server>,
    Id(id): Id<DataCollectionId>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Answer {
    let Written { call, body, files } = Written::of(&server, Conversation::Collection(id), request).await?;
    let written = server.app.write_collection_message(&call, id, &body, files).await;
    let message = wire::collection_message(written.map_err(refuse(uri.path()))?);
    Ok((StatusCode::CREATED, Json(message)).into_response())
}

/// A file of a message about a data collection, for everybody who may see the message; until 28 days after the case was closed.
#[utoipa::path(get, path = "/v1.0/support/dataCollections/{id}/messages/{messageId}/attachments/{name}", operation_id = "getDataCollectionMessageAttachment", tag = "Data collections", params(("id" = String, Path,), ("messageId" = String, Path,), ("name" = String, Path,)),
    responses((status = 200, description = "The file, to be saved", content((String = "text/plain; charset=utf-8"), (String = "text/csv; charset=utf-8"), (Value = "application/json"), (Vec<u8> = "application/zip"), (Vec<u8> = "application/x-tar"), (Vec<u8> = "application/gzip"), (Vec<u8> = "application/zstd")))))]
pub(crate) async fn attachment(
    State(server): State<Server>,
    Look(who): Look,
    Id((id, message, name)): Id<(DataCollectionId, MessageId, String)>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let found = server.app.attachment(who, Conversation::Collection(id), message, &name).await;
    Ok(file(&server, found.map_err(refuse(uri.path()))?))
}

/// Puts a file into a data collection, whole or in parts (`Content-Range`). Once it is whole it is checked and cleaned of
/// secrets; the answer says what was taken out. After a cut, `Content-Range: bytes */*` and no body asks where to go on.
#[utoipa::path(put, path = "/v1.0/support/dataCollections/{id}/files/{name}", operation_id = "putDataCollectionFile", tag = "Data collections", params(("id" = String, Path,), ("name" = String, Path,)),
    request_body(content = String, description = "The file, or a part of it", content_type = "application/octet-stream"),
    responses((status = 201, body = DataCollection), (status = 202, body = UploadProgress)))]
pub(crate) async fn put_file(
    State(server): State<Server>,
    Look(who): Look,
    Id((id, name)): Id<(DataCollectionId, String)>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Answer {
    let command = upload_command(name, request.headers(), uri.path())?;
    let body = import_body::pieces(request.into_body(), BODY_BYTES_MAX);
    match server.app.upload(&Call::from(who), id, command, body).await.map_err(refuse(uri.path()))? {
        Uploaded::Done(view) => shown(StatusCode::CREATED, Ok(*view), uri.path()),
        Uploaded::More(next) => {
            let progress = UploadProgress { next_expected_ranges: vec![format!("{next}-")] };
            Ok((StatusCode::ACCEPTED, Json(progress)).into_response())
        }
    }
}

/// Reads a file of a data collection that holds no records, such as a log, as it is. For the engineer of the case while the
/// collection's grant is live: the read is recorded before the first byte leaves. For whoever collects for its tenant at any
/// time, records or not. Files with records are read under the diagnostics base of the collection.
#[utoipa::path(get, path = "/v1.0/support/dataCollections/{id}/files/{name}", operation_id = "getDataCollectionFile", tag = "Data collections", params(("id" = String, Path,), ("name" = String, Path,), GrantParameter),
    responses((status = 200, description = "The file, to be saved", content((String = "text/plain; charset=utf-8"), (String = "text/csv; charset=utf-8"), (Value = "application/json"), (Vec<u8> = "application/zip"), (Vec<u8> = "application/x-tar"), (Vec<u8> = "application/gzip"), (Vec<u8> = "application/zstd")))))]
pub(crate) async fn get_file(
    State(server): State<Server>,
    LookUnder(who, grant): LookUnder,
    Id((collection, name)): Id<(DataCollectionId, String)>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let query = FileQuery { collection, name, entry: None, grant };
    Ok(file(&server, server.app.read_file(who, &query).await.map_err(refuse(uri.path()))?))
}

/// Reads a file without records in an archive that also holds records, as `entries` of the file names it.
#[utoipa::path(get, path = "/v1.0/support/dataCollections/{id}/files/{name}/entries/{entry}", operation_id = "getDataCollectionFileEntry", tag = "Data collections", params(("id" = String, Path,), ("name" = String, Path,), ("entry" = String, Path, description = "Its path, its slashes encoded as `%2F`"), GrantParameter),
    responses((status = 200, description = "The file, to be saved", content((String = "text/plain; charset=utf-8"), (String = "text/csv; charset=utf-8"), (Value = "application/json"), (Vec<u8> = "application/zip"), (Vec<u8> = "application/x-tar"), (Vec<u8> = "application/gzip"), (Vec<u8> = "application/zstd")))))]
pub(crate) async fn get_entry(
    State(server): State<Server>,
    LookUnder(who, grant): LookUnder,
    Id((collection, name, entry)): Id<(DataCollectionId, String, String)>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    let query = FileQuery { collection, name, entry: Some(entry), grant };
    Ok(file(&server, server.app.read_file(who, &query).await.map_err(refuse(uri.path()))?))
}

/// Takes a file out of a data collection again.
#[utoipa::path(delete, path = "/v1.0/support/dataCollections/{id}/files/{name}", operation_id = "deleteDataCollectionFile", tag = "Data collections", params(("id" = String, Path,), ("name" = String, Path,), IfMatchParameter),
    responses((status = 200, body = DataCollection)))]
pub(crate) async fn remove_file(
    State(server): State<Server>,
    Id((id, name)): Id<(DataCollectionId, String)>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    shown(StatusCode::OK, server.app.remove_file(&act.call, id, &name).await, uri.path())
}

/// Sends a data collection. The engineer of the case may read it, and nothing else by it, until the case is closed.
#[utoipa::path(post, path = "/v1.0/support/dataCollections/{id}/submit", operation_id = "submitDataCollection", tag = "Data collections", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = NoArguments, responses((status = 200, body = DataCollection)))]
pub(crate) async fn submit(
    State(server): State<Server>,
    Id(id): Id<DataCollectionId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    shown(StatusCode::OK, server.app.submit_collection(&act.call, id).await, uri.path())
}

/// Says that the tenant does not want to collect.
#[utoipa::path(post, path = "/v1.0/support/dataCollections/{id}/decline", operation_id = "declineDataCollection", tag = "Data collections", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = Refuse, responses((status = 200, body = DataCollection)))]
pub(crate) async fn decline(
    State(server): State<Server>,
    Id(id): Id<DataCollectionId>,
    OriginalUri(uri): OriginalUri,
    act: Act<Refuse>,
) -> Answer {
    let declined = server.app.decline_collection(&act.call, id, act.body.reason.as_deref()).await;
    shown(StatusCode::OK, declined, uri.path())
}

/// Takes the wish back.
#[utoipa::path(post, path = "/v1.0/support/dataCollections/{id}/cancel", operation_id = "cancelDataCollection", tag = "Data collections", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = NoArguments, responses((status = 200, body = DataCollection)))]
pub(crate) async fn cancel(
    State(server): State<Server>,
    Id(id): Id<DataCollectionId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    shown(StatusCode::OK, server.app.cancel_collection(&act.call, id).await, uri.path())
}

/// Says that the engineer has what is needed.
#[utoipa::path(post, path = "/v1.0/support/dataCollections/{id}/accept", operation_id = "acceptDataCollection", tag = "Data collections", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = NoArguments, responses((status = 200, body = DataCollection)))]
pub(crate) async fn accept(
    State(server): State<Server>,
    Id(id): Id<DataCollectionId>,
    OriginalUri(uri): OriginalUri,
    act: Act<NoArguments>,
) -> Answer {
    shown(StatusCode::OK, server.app.accept_collection(&act.call, id).await, uri.path())
}

/// Gives it back to the tenant because something is missing.
#[utoipa::path(post, path = "/v1.0/support/dataCollections/{id}/return", operation_id = "returnDataCollection", tag = "Data collections", params(("id" = String, Path,), IfMatchParameter, IdempotencyParameter),
    request_body = Refuse, responses((status = 200, body = DataCollection)))]
pub(crate) async fn give_back(
    State(server): State<Server>,
    Id(id): Id<DataCollectionId>,
    OriginalUri(uri): OriginalUri,
    act: Act<Refuse>,
) -> Answer {
    let returned = server.app.return_collection(&act.call, id, act.body.reason.as_deref()).await;
    shown(StatusCode::OK, returned, uri.path())
}

fn shown(status: StatusCode, view: Result<CollectionView, AppError>, path: &str) -> Answer {
    let view = view.map_err(refuse(path))?;
    Ok(tagged(status, view.version, wire::collection(view)))
}

/// What comes with a file, from the headers.
fn upload_command(name: String, headers: &HeaderMap, path: &str) -> Result<UploadCommand, Refusal> {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        let detail = "Files come as they are, without `Content-Encoding`.";
        return Err(Refusal::new(Code::UnsupportedMediaType, detail, path));
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // What every client sends that does not know better says nothing.
    let declared = text(header::CONTENT_TYPE).filter(|declared| *declared != "application/octet-stream");
    let range = match headers.get(header::CONTENT_RANGE) {
        None => UploadRange::Whole,
        Some(_) => text(header::CONTENT_RANGE).and_then(range).ok_or_else(|| {
            let detail = "`Content-Range` must be `bytes FROM-TO/TOTAL`, or `bytes */*` to ask.";
            Refusal::new(Code::InvalidRequest, detail, path)
        })?,
    };
    Ok(UploadCommand { name, declared: declared.map(str::to_owned), range })
}

/// `bytes FROM-TO/TOTAL`, both ends inside (RFC 9110 section 14.4), or `bytes */*`.
fn range(text: &str) -> Option<UploadRange> {
    let (place, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    if place == "*" {
        return Some(UploadRange::Nothing);
    }
    let (from, last) = place.split_once('-')?;
    let (from, last, total): (u64, u64, u64) = (from.parse().ok()?, last.parse().ok()?, total.parse().ok()?);
    (from <= last && last < total).then_some(UploadRange::Part { from, to: last.saturating_add(1), total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_told_from_what_is_none() {
        let part = |from, to, total| Some(UploadRange::Part { from, to, total });
        assert_eq!(range("bytes 0-9/10"), part(0, 10, 10));
        assert_eq!(range("bytes 5-5/10"), part(5, 6, 10));
        assert_eq!(range("bytes */*"), Some(UploadRange::Nothing));
        for wrong in
            ["", "bytes", "bytes 0-9", "bytes 0-10/10", "bytes 5-4/10", "items 0-9/10", "bytes 0-9/*"]
        {
            assert_eq!(range(wrong), None, "{wrong}");
        }
    }
}
