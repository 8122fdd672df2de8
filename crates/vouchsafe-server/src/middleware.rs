//! What holds for every request: its id, the hosts that are answered, headers, and answers of routing itself.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, header};
use http_body::Body as _;
use vouchsafe_api::header::{CLIENT_REQUEST_ID, REQUEST_ID};
use vouchsafe_api::problem::Code;
use vouchsafe_app::AppError;

use crate::Server;
use crate::idle_body::IdleBody;
use crate::problem::Refusal;

/// Characters of a request id that is taken over.
const REQUEST_ID_CHARS_MAX: usize = 128;

/// What pages may load: only what this server sends, and no script; pages that use a passkey say otherwise themselves.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Echoes the caller's request id or makes one, waits for no body without end, sets the headers of every answer, and logs one
/// line.
pub(crate) async fn frame(State(server): State<Server>, request: Request, next: Next) -> Response {
    let id = request_id(&request, &server);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = if request.headers().get_all(header::HOST).iter().nth(1).is_some() {
        // RFC 9112 section 3.2: which of them is meant, somebody in between may see otherwise than we do.
        let detail = "The request has more than one `Host` header.";
        Refusal::new(Code::InvalidRequest, detail, request.uri().path()).into_response()
    } else if server.settings.demo && !is_loopback(&request) {
        let detail = "The demo answers loopback hosts only.";
        Refusal::new(Code::Forbidden, detail, request.uri().path()).into_response()
    } else {
        let patience = server.settings.body_idle;
        let waited_for =
            |body: Body| if body.is_end_stream() { body } else { Body::new(IdleBody::new(body, patience)) };
        next.run(request.map(waited_for)).await
    };
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static(REQUEST_ID), id);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    tracing::info!(request.id = %id, %method, %path, status = response.status().as_u16(), "answered");
    response
}

fn request_id(request: &Request, server: &Server) -> String {
    let sent = [REQUEST_ID, CLIENT_REQUEST_ID].iter().find_map(|name| {
        let text = request.headers().get(*name)?.to_str().ok()?;
        let fits =
            (1..=REQUEST_ID_CHARS_MAX).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
        fits.then(|| text.to_owned())
    });
    sent.unwrap_or_else(|| {
        let mut random = [0; 16];
        server.app.store().random(server.app.store().provider(), &mut random);
        uuid::Builder::from_random_bytes(random).into_uuid().to_string()
    })
}

/// Whether the request names a loopback host; a page elsewhere could otherwise reach the demo by a name of its own.
fn is_loopback(request: &Request) -> bool {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The answer where no route is. Under the diagnostics base nothing but reading exists, whatever the path.
pub(crate) async fn nothing_here(request: Request) -> Response {
    let reads = matches!(*request.method(), http::Method::GET | http::Method::HEAD);
    if request.uri().path().starts_with("/diagnostics/") && !reads {
        let mut response = wrong_method(request).await;
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
        return response;
    }
    Refusal::of(&AppError::NotFound, request.uri().path()).into_response()
}

/// The answer where a route is, but not for this method.
pub(crate) async fn wrong_method(request: Request) -> Response {
    let detail = format!("`{}` is not allowed here.", request.method());
    Refusal::new(Code::MethodNotAllowed, detail, request.uri().path()).into_response()
}

/// The answer of a request that panicked: nothing of it but that the service failed.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response<Body> {
    tracing::error!("a handler panicked");
    Refusal::new(Code::Unavailable, "Try again in a moment.", "").into_response()
}
