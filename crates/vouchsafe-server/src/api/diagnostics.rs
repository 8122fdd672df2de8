//! Diagnostic data: bringing it in, and reading it for a case under a grant.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::Value;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem, PathsBuilder};
use utoipa::openapi::{HttpMethod, RefOr, Required};
use utoipa::{PartialSchema as _, Path as _, ToSchema as _};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use vouchsafe_api::collection::Collection;
use vouchsafe_api::header::{GRANT, READ};
use vouchsafe_api::import::ImportResult;
use vouchsafe_api::record::GraphRecord;
use vouchsafe_api::summary::{Summary, SummaryRow};
use vouchsafe_app::{AppError, Count, FileAnswer, FileForm, MaskedAnswer, ReadAnswer, ReadQuery, Wanted};
use vouchsafe_core::id::{GrantId, ReadId};
use vouchsafe_diagnostics::resource::{Resource, Shape};

use super::{Answer, context, refuse};
use crate::extract::{Asked, Counted, DataOf, Id, Look, One};
use crate::live_body::LiveBody;
use crate::openapi::parameters::{GrantParameter, ListParameters, SelectParameter, SummaryParameters};
use crate::problem::Refusal;
use crate::{Server, import_body, wire};

/// Bytes of one import.
const IMPORT_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;
/// Base of the read-only Graph of one tenant for one case.
const BASE: &str = "/diagnostics/{supportRequestId}/{tenantId}/v1.0";
/// The same of what a tenant collected for a case.
const COLLECTION_BASE: &str =
    "/diagnostics/{supportRequestId}/{tenantId}/collections/{dataCollectionId}/v1.0";
/// The placeholder that tells the two apart.
const COLLECTION: &str = "dataCollectionId";
/// The kind that is counted for plots.
const COUNTED: Resource = Resource::SignIn;

/// Imports diagnostic objects: Graph JSON, one object a line, diagnostic settings, or exports of Log Analytics and the
/// portal, as they are or compressed with gzip or zstd. Idempotent by record id.
#[utoipa::path(post, path = "/v1.0/diagnostics/import", operation_id = "importDiagnostics", tag = "Diagnostic data",
    request_body(content = String, description = "The file as it is", content_type = "application/octet-stream"),
    responses((status = 200, body = ImportResult)))]
pub(crate) async fn import(State(server): State<Server>, Look(who): Look, request: Request) -> Answer {
    let path = "/v1.0/diagnostics/import";
    let source = import_body::source(request, IMPORT_BYTES_MAX, path)?;
    let report = server.app.import(who, source).await.map_err(refuse(path))?;
    Ok(Json(wire::import_result(report)).into_response())
}

/// The read-only Graph of one tenant for one case, and of what was collected for it: each kind's collection, and its
/// objects by id.
pub(crate) fn routes() -> OpenApiRouter<Server> {
    routes_under(BASE).merge(routes_under(COLLECTION_BASE))
}

fn routes_under(base: &str) -> OpenApiRouter<Server> {
    let mut router = OpenApiRouter::new();
    for resource in Resource::ALL {
        let schema = resource.schema();
        let collection = format!("{base}/{}", schema.path);
        if schema.shape == Shape::Singleton {
            let handler = move |server, ids, asked| only(server, resource, ids, asked);
            router =
                router.routes(described(&collection, schema.path, __path_only::operation(), get(handler)));
            continue;
        }
        let many = move |server, ids, asked| list(server, resource, ids, asked);
        router = router.routes(described(&collection, schema.path, __path_list::operation(), get(many)));
        let by_id = format!("{collection}/{{id}}");
        let single = move |server, ids, asked| one(server, resource, ids, asked);
        router = router.routes(described(&by_id, schema.path, __path_one::operation(), get(single)));
    }
    let counted = COUNTED.schema().path;
    let path = format!("{base}/{counted}/summary");
    let (_, paths, handler) = described(&path, counted, __path_summary::operation(), get(summary));
    let mut schemas = vec![(Summary::name().into_owned(), Summary::schema())];
    Summary::schemas(&mut schemas);
    router.routes((schemas, paths, handler))
}

/// A handler beside its description, for the collection of one kind.
fn described(
    path: &str,
    collection: &str,
    mut operation: Operation,
    handler: MethodRouter<Server>,
) -> UtoipaMethodRouter<Server> {
    let name = operation.operation_id.take().unwrap_or_default();
    let kind: String = collection.split('/').map(capitalized).collect();
    operation.operation_id = Some(format!("{name}{kind}"));
    if path.contains(COLLECTION) {
        operation.operation_id = Some(format!("{name}Collected{kind}"));
        let collection = ParameterBuilder::new()
            .name(COLLECTION)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(String::schema()))
            .build();
        operation.parameters.get_or_insert_default().push(RefOr::T(collection));
    }
    operation.summary = operation.summary.map(|text| text.replace("objects", &format!("`{collection}`")));
    let paths = PathsBuilder::new().path(path, PathItem::new(HttpMethod::Get, operation)).build();
    (Vec::new(), paths, handler)
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Reads a tenant's objects for a case, masked, under a live grant.
#[utoipa::path(get, path = "/", operation_id = "read", tag = "Diagnostic data",
    params(("supportRequestId" = String, Path,), ("tenantId" = String, Path,), ListParameters, GrantParameter),
    responses((status = 200, body = Collection<GraphRecord>)))]
async fn list(State(server): State<Server>, resource: Resource, Id(of): Id<DataOf>, asked: Asked) -> Answer {
    let wanted = Wanted::Page(asked.list()?);
    let select = asked.options.select.clone();
    let query = query(of, &asked, resource, wanted, select);
    let render = |answer: &MaskedAnswer| list_body(&asked, answer);
    let answer = server.app.read(asked.who, &query, render).await.map_err(refuse(&asked.path))?;
    Ok(sent(&server, answer, HeaderValue::from_static("application/json")))
}

/// Reads one of a tenant's objects for a case, masked, under a live grant.
#[utoipa::path(get, path = "/", operation_id = "readOneOf", tag = "Diagnostic data",
    params(("supportRequestId" = String, Path,), ("tenantId" = String, Path,), ("id" = String, Path,), SelectParameter, GrantParameter),
    responses((status = 200, body = GraphRecord)))]
async fn one(
    server: State<Server>,
    resource: Resource,
    Id((of, record)): Id<(DataOf, String)>,
    One(asked): One,
) -> Answer {
    entity(server, resource, of, Wanted::One(record), asked).await
}

/// Reads the tenant's objects, of which there is one, for a case, masked, under a live grant.
#[utoipa::path(get, path = "/", operation_id = "read", tag = "Diagnostic data",
    params(("supportRequestId" = String, Path,), ("tenantId" = String, Path,), SelectParameter, GrantParameter),
    responses((status = 200, body = GraphRecord)))]
async fn only(server: State<Server>, resource: Resource, Id(of): Id<DataOf>, One(asked): One) -> Answer {
    entity(server, resource, of, Wanted::Only, asked).await
}

async fn entity(
    State(server): State<Server>,
    resource: Resource,
    of: DataOf,
    wanted: Wanted,
    asked: Asked,
) -> Answer {
    let select = asked.options.select.clone();
    let query = query(of, &asked, resource, wanted, select);
    let render = |answer: &MaskedAnswer| entity_body(&asked, answer);
    let answer = server.app.read(asked.who, &query, render).await.map_err(refuse(&asked.path))?;
    if !answer.found {
        let mut response = Refusal::of(&AppError::NotFound, &asked.path).into_response();
        note(&mut response, &answer);
        return Ok(response);
    }
    Ok(sent(&server, answer, HeaderValue::from_static("application/json")))
}

/// Counts a tenant's sign-ins for a case, for plots.
#[utoipa::path(get, path = "/", operation_id = "summarise", tag = "Diagnostic data",
    params(("supportRequestId" = String, Path,), ("tenantId" = String, Path,), SummaryParameters, GrantParameter),
    responses((status = 200, body = Summary)))]
async fn summary(State(server): State<Server>, Id(of): Id<DataOf>, Counted { asked, by }: Counted) -> Answer {
    let wanted = Wanted::Summary { by: wire::summary_by(by), filter: asked.options.filter.clone() };
    let query = query(of, &asked, COUNTED, wanted, None);
    let render = |answer: &MaskedAnswer| {
        let row = |count: &Count| SummaryRow {
            key: count.key.clone(),
            label: count.label.clone(),
            count: count.count,
        };
        let value = answer.counts.iter().map(row).collect();
        serde_json::to_vec(&Summary { context: context(&asked), by, value }).unwrap_or_default()
    };
    let answer = server.app.read(asked.who, &query, render).await.map_err(refuse(&asked.path))?;
    Ok(sent(&server, answer, HeaderValue::from_static("application/json")))
}

/// What is asked of a base.
fn query(
    of: DataOf,
    asked: &Asked,
    resource: Resource,
    wanted: Wanted,
    select: Option<Vec<String>>,
) -> ReadQuery {
    let DataOf { case, tenant, collection } = of;
    ReadQuery { case, tenant, collection, grant: asked.grant, resource, wanted, select }
}

/// A page in Graph's envelope. The objects are bytes already.
fn list_body(asked: &Asked, answer: &MaskedAnswer) -> Vec<u8> {
    let envelope = Collection::<()> {
        context: context(asked),
        count: answer.total,
        value: Vec::new(),
        next_link: answer.next.as_ref().map(|token| asked.next_link(token.clone())),
    };
    let envelope = serde_json::to_string(&envelope).unwrap_or_default();
    // A context has no quotes, so that this is the member.
    let (before, after) = envelope.split_once(EMPTY_VALUE).unwrap_or_default();
    let records = answer.records.joined();
    [before.as_bytes(), b"\"value\":[", records, b"]", after.as_bytes()].concat()
}

/// The member of an envelope without objects.
const EMPTY_VALUE: &str = "\"value\":[]";

fn entity_body(asked: &Asked, answer: &MaskedAnswer) -> Vec<u8> {
    let Some(record) = answer.records.each().next() else { return Vec::new() };
    let context = Value::String(format!("{}/$entity", context(asked))).to_string();
    let members = record.strip_prefix(b"{").unwrap_or_default();
    let comma: &[u8] = if members == b"}" { b"" } else { b"," };
    [b"{\"@odata.context\":", context.as_bytes(), comma, members].concat()
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

/// A file on its way out: to be saved, never shown or run by a browser, whatever it holds.
pub(crate) fn file(server: &Server, answer: FileAnswer) -> Response {
    let FileAnswer { name, form, pieces, live, expires, read } = answer;
    let body = LiveBody::of_file(pieces, live, expires, server.app.clone());
    let mut response = Response::new(Body::new(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media_type(form));
    headers.insert(header::CONTENT_DISPOSITION, attachment(&name));
    // Should something show it in spite of that, it runs nothing and loads nothing.
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox"),
    );
    if let Some(read) = read {
        name_read(headers, Some(read.grant), read.id);
    }
    response
}

/// The media type of a cleaned file: never one that a browser would run.
fn media_type(form: FileForm) -> HeaderValue {
    HeaderValue::from_static(match form {
        FileForm::Text => "text/plain; charset=utf-8",
        FileForm::Csv => "text/csv; charset=utf-8",
        FileForm::Json => "application/json",
        FileForm::Zip => "application/zip",
        FileForm::Tar => "application/x-tar",
        FileForm::Gzip => "application/gzip",
        FileForm::Zstd => "application/zstd",
    })
}

/// `Content-Disposition` to save a file as `name`: in ASCII for old clients, and whole (RFC 6266 section 5, RFC 8187).
fn attachment(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || " ._-()".contains(c) { c } else { '_' })
        .collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-~".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            whole.push_str(&format!("%{byte:02X}"));
        }
    }
    let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}");
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

/// Says under which grant and read record the answer was made.
fn note(response: &mut Response, answer: &ReadAnswer) {
    name_read(response.headers_mut(), answer.grant, answer.read);
}

fn name_read(headers: &mut HeaderMap, grant: Option<GrantId>, read: ReadId) {
    let grant = grant.map_or_else(|| "none".to_owned(), |grant| grant.to_string());
    for (name, value) in [(GRANT, grant), (READ, read.to_string())] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_saved_files_break_no_header() {
        assert_eq!(attachment("a.log"), "attachment; filename=\"a.log\"; filename*=UTF-8''a.log");
        let odd = attachment("Übersicht \"1\"; x=\r\n.log");
        let whole = "%C3%9Cbersicht%20%221%22%3B%20x%3D%0D%0A.log";
        assert_eq!(
            odd,
            format!("attachment; filename=\"_bersicht _1__ x___.log\"; filename*=UTF-8''{whole}")
        );
    }
}
