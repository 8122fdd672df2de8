//! What page handlers answer: a page, a redirect after a form, or a failure that becomes a page of its own.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use vouchsafe_api::problem::Code;
use vouchsafe_app::AppError;
use vouchsafe_web::RenderError;

use crate::problem::Refusal;

/// What a page handler answers.
pub(crate) type Answer = Result<Response, Failure>;

/// Why there is no page. [`super::problem::pages`] turns a refusal into one.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A use case, or the form itself, was refused.
    Refused(Refusal),
    /// Go there instead.
    Elsewhere(String),
    /// Go there instead, where the reader is told why.
    Told(Box<Response>),
}

impl Failure {
    /// There is nothing here, or nothing that this person may know of.
    pub(crate) fn not_found() -> Self {
        AppError::NotFound.into()
    }

    /// The person may know the page, but has no part in it.
    pub(crate) fn forbidden() -> Self {
        AppError::Forbidden.into()
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self::Refused(Refusal::of(&error, ""))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a page was not rendered");
        Self::Refused(Refusal::new(Code::Unavailable, "Try again in a moment.", ""))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => refusal.into_response(),
            Self::Elsewhere(to) => see(&to),
            Self::Told(response) => *response,
        }
    }
}

/// A rendered page.
pub(crate) fn page(html: Result<String, RenderError>) -> Answer {
    page_with(StatusCode::OK, html)
}

/// A rendered page with another status: a form to be put right, a refusal with a page of its own.
pub(crate) fn page_with(status: StatusCode, html: Result<String, RenderError>) -> Answer {
    let mut response = (status, html?).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HTML);
    Ok(response)
}

/// A rendered page that may run our one script, from a file, which may ask this server alone.
pub(crate) fn scripted(html: Result<String, RenderError>) -> Answer {
    let mut response = page(html)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, SCRIPTED);
    Ok(response)
}

/// A rendered page that may run our one script only where it must.
pub(crate) fn scripted_if(must: bool, html: Result<String, RenderError>) -> Answer {
    if must { scripted(html) } else { page(html) }
}

/// What pages that use a passkey may load.
const SCRIPTED: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The media type of pages.
pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// 303: the next page is there. Every address that we make is ASCII.
pub(crate) fn see(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, location);
    response
}
