//! Refusals as pages: what a browser sees where a program gets `application/problem+json`.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use vouchsafe_api::problem::{Code, Problem};
use vouchsafe_web::page::{self, ProblemView};
use vouchsafe_web::paths::ROUTES;

use super::answer::{HTML, page_with};
use super::cookies::Cookies;
use super::visitor::Surrounding;
use crate::Server;

/// Paths of the programs' side: their answers stay as they are.
const FOR_PROGRAMS: &[&str] =
    &["/v1.0", "/diagnostics", "/access/", "/passkeys/", "/openapi.json", "/healthz", "/readyz", "/metrics"];

/// Turns refusals into pages for browsers, and forgets notices that were shown.
pub(crate) async fn pages(State(server): State<Server>, request: Request, next: Next) -> Response {
    if is_for_programs(request.uri().path()) {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let mut response = next.run(request).await;
    let failed = response.status().is_client_error() || response.status().is_server_error();
    if failed && !is_page(&response) && wants_page(&path, &headers) {
        response = rendered(&server, &headers, response).await;
    }
    let cookies = Cookies::of(&server.settings);
    let tells = response.headers().contains_key(header::SET_COOKIE);
    if is_page(&response) && !tells && cookies.notice(&headers).is_some() {
        response.headers_mut().append(header::SET_COOKIE, cookies.told());
    }
    response
}

fn is_page(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE) == Some(&HTML)
}

fn is_for_programs(path: &str) -> bool {
    FOR_PROGRAMS.iter().any(|prefix| path.starts_with(prefix))
}

/// Whether a page is the right answer: always at the address of one; elsewhere for who asks for HTML.
fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ROUTES.iter().any(|route| route.matches(path)) || accept.contains("text/html")
}

async fn rendered(server: &Server, headers: &HeaderMap, response: Response) -> Response {
    let status = response.status();
    let known = response.extensions().get::<Problem>().cloned();
    let problem = known.unwrap_or_else(|| Problem::new(code_of(status), detail_of(status), ""));
    let chrome = Surrounding::of(server, headers).await.chrome(None);
    let html = if status == StatusCode::NOT_FOUND {
        page::not_found(&chrome)
    } else {
        page::problem(&ProblemView {
            chrome,
            title: problem.title,
            detail: problem.detail,
            status: status.as_u16(),
            code: problem.code.as_str().to_owned(),
            request_id: String::new(),
            back_href: String::new(),
        })
    };
    let Ok(mut page) = page_with(status, html) else { return response };
    for name in [header::ALLOW, header::RETRY_AFTER, header::SET_COOKIE] {
        if let Some(value) = response.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}

/// The code of a refusal that the router or a layer made by itself.
fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::FORBIDDEN => Code::Forbidden,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
        StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        status if status.is_client_error() => Code::InvalidRequest,
        _ => Code::Unavailable,
    }
}

fn detail_of(status: StatusCode) -> &'static str {
    if status == StatusCode::FORBIDDEN {
        "This form was sent from another site, so nothing was done. Open the page here and send it again."
    } else if status.is_server_error() {
        "Try again in a moment."
    } else {
        ""
    }
}
