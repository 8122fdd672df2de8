//! Diagnostic data: bringing it in, and reading it for a case under a grant.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, header};
use serde_json::{Map, Value};
use vouchsafe_api::collection::Collection;
use vouchsafe_api::header::{GRANT, READ};
use vouchsafe_api::import::{ImportResult, Rejection};
use vouchsafe_api::problem::Code;
use vouchsafe_api::record::GraphRecord;
use vouchsafe_app::{AppError, MaskedPage, ReadAnswer, ReadQuery, Wanted};
use vouchsafe_core::id::{SupportRequestId, TenantId};

use super::{Answer, context, refuse};
use crate::Server;
use crate::extract::{Asked, Id, Look, One};
use crate::import_body;
use crate::live_body::LiveBody;
use crate::openapi::parameters::{GrantParameter, ListParameters, SelectParameter};
use crate::problem::Refusal;

/// Bytes of one import.
const IMPORT_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;

/// Imports sign-ins: Graph JSON, one object a line, or a portal export as CSV. Idempotent by record id.
#[utoipa::path(post, path = "/v1.0/diagnostics/import", operation_id = "importSignIns", tag = "Diagnostic data",
    request_body(content = String, description = "The file as it is", content_type = "application/octet-stream"),
    responses((status = 200, body = ImportResult)))]
pub(crate) async fn import(State(server): State<Server>, Look(who): Look, request: Request) -> Answer {
    let path = "/v1.0/diagnostics/import";
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        let detail = "Compressed files are not read in this version: send the file as it is.";
        return Err(Refusal::new(Code::UnsupportedMediaType, detail, path));
    }
    let source = import_body::reader(request.into_body(), IMPORT_BYTES_MAX);
    let report = server.app.import(who, source).await.map_err(refuse(path))?;
    let rejection = |r: vouchsafe_app::Rejected| Rejection { line: r.line, reason: r.reason };
    Ok(Json(ImportResult {
        id: report.id,
        received: report.received,
        imported: report.imported,
        already_present: report.already_present,
        rejected: report.rejected,
        rejections: report.rejections.into_iter().map(rejection).collect(),
    })
    .into_response())
}

/// Reads a tenant's sign-ins for a case, masked, under a live grant.
#[utoipa::path(get, path = "/diagnostics/{supportRequestId}/{tenantId}/v1.0/auditLogs/signIns", operation_id = "readSignIns", tag = "Diagnostic data",
    params(("supportRequestId" = String, Path,), ("tenantId" = String, Path,), ListParameters, GrantParameter),
    responses((status = 200, body = Collection<GraphRecord>)))]
pub(crate) async fn sign_ins(
    State(server): State<Server>,
    Id((case, tenant)): Id<(SupportRequestId, TenantId)>,
    asked: Asked,
) -> Answer {
    let wanted = Wanted::Page(asked.list()?);
    let query = ReadQuery { case, tenant, grant: asked.grant, wanted, select: asked.options.select.clone() };
    let render = |page: &MaskedPage| list_body(&asked, page);
    let answer = server.app.read_sign_ins(asked.who, &query, render).await.map_err(refuse(&asked.path))?;
    Ok(sent(&server, answer, HeaderValue::from_static("application/json")))
}

/// Reads one sign-in for a case, masked, under a live grant.
#[utoipa::path(get, path = "/diagnostics/{supportRequestId}/{tenantId}/v1.0/auditLogs/signIns/{id}", operation_id = "readSignIn", tag = "Diagnostic data",
    params(("supportRequestId" = String, Path,), ("tenantId" = String, Path,), ("id" = String, Path,), SelectParameter, GrantParameter),
    responses((status = 200, body = GraphRecord)))]
pub(crate) async fn sign_in(
    State(server): State<Server>,
    Id((case, tenant, record)): Id<(SupportRequestId, TenantId, String)>,
    One(asked): One,
) -> Answer {
    let wanted = Wanted::One(record);
    let query = ReadQuery { case, tenant, grant: asked.grant, wanted, select: asked.options.select.clone() };
    let render = |page: &MaskedPage| entity_body(&asked, page);
    let answer = server.app.read_sign_ins(asked.who, &query, render).await.map_err(refuse(&asked.path))?;
    if !answer.found {
        let mut response = Refusal::of(&AppError::NotFound, &asked.path).into_response();
        note(&mut response, &answer);
        return Ok(response);
    }
    Ok(sent(&server, answer, HeaderValue::from_static("application/json")))
}

fn list_body(asked: &Asked, page: &MaskedPage) -> Vec<u8> {
    let body = Collection {
        context: context(asked),
        count: page.total,
        value: page.records.iter().collect::<Vec<&Value>>(),
        next_link: page.next.as_ref().map(|token| asked.next_link(token.clone())),
    };
    serde_json::to_vec(&body).unwrap_or_default()
}

fn entity_body(asked: &Asked, page: &MaskedPage) -> Vec<u8> {
    let Some(Value::Object(record)) = page.records.first() else { return Vec::new() };
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), format!("{}/$entity", context(asked)).into());
    body.extend(record.clone());
    Value::Object(body).to_string().into_bytes()
}

/// The answer, sent only as long as its access lasts.
pub(crate) fn sent(server: &Server, mut answer: ReadAnswer, content_type: HeaderValue) -> Response {
    let body = LiveBody::new(
        std::mem::take(&mut answer.body),
        answer.live.take(),
        answer.expires,
        server.app.clone(),
    );
    let mut response = Response::new(Body::new(body));
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    note(&mut response, &answer);
    response
}

/// Says under which grant and read record the answer was made.
fn note(response: &mut Response, answer: &ReadAnswer) {
    let grant = answer.grant.map_or_else(|| "none".to_owned(), |grant| grant.to_string());
    for (name, value) in [(GRANT, grant), (READ, answer.read.to_string())] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}
