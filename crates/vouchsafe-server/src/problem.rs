//! From what went wrong to an RFC 9457 answer. The only place that knows both; causes go to the log, never out.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use vouchsafe_api::body::BodyError;
use vouchsafe_api::header::PROBLEM_JSON;
use vouchsafe_api::problem::{Code, Pointer, Problem};
use vouchsafe_api::query::QueryError;
use vouchsafe_app::AppError;
use vouchsafe_app::federation::SignInError;
use vouchsafe_app::upstream::UpstreamError;
use vouchsafe_core::effective::ReadRefusal;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_store::StoreError;

use crate::again::GivenUp;

use crate::wire;

/// Seconds after which a client may try again when the service cannot answer.
const RETRY_AFTER_S: u32 = 2;

/// Seconds after which it is worth a look whether somebody has decided, or an hour has passed, that is waited for.
const ASK_AGAIN_AFTER_S: u32 = 600;

/// A problem on its way out, and after how many seconds trying again may help. `instance` is the path of the request.
#[derive(Debug, Clone)]
pub(crate) struct Refusal(pub(crate) Box<Problem>, u32, Option<GivenUp>);

impl Refusal {
    pub(crate) fn new(code: Code, detail: impl Into<String>, path: &str) -> Self {
        Self::from(Problem::new(code, detail, path))
    }

    /// What a use case refused.
    pub(crate) fn of(error: &AppError, path: &str) -> Self {
        let (code, place) = code_of(error);
        let detail = if matches!(error, AppError::Unavailable(_) | AppError::Internal(_)) {
            "Try again in a moment.".to_owned()
        } else {
            sentence(&error.to_string())
        };
        let mut problem = Problem::new(code, detail, path);
        if let Some(place) = place {
            problem = problem.at(place);
        }
        let given_up = matches!(error, AppError::Unavailable(StoreError::GivenUp(_))).then_some(GivenUp);
        if let AppError::Assurance(view) = error {
            problem.challenge_id = Some(view.challenge_id.clone());
            problem.challenge = Some(view.challenge.clone());
            problem.scope = view.scope.as_ref().map(wire::scope);
        }
        Self(Box::new(problem), retry_after(error), given_up)
    }

    /// A body of which nothing came any more.
    pub(crate) fn silent(path: &str) -> Self {
        Self::new(Code::RequestTimeout, "Nothing of the body came for a while.", path)
    }

    pub(crate) fn body(error: &BodyError, path: &str) -> Self {
        Self::from(Problem::new(error.code, sentence(&error.to_string()), path).at(error.to_pointer()))
    }

    pub(crate) fn query(error: &QueryError, path: &str) -> Self {
        Self::from(Problem::new(error.code(), sentence(&error.to_string()), path).at(error.to_pointer()))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem), RETRY_AFTER_S, None)
    }
}

/// Seconds after which trying again may help, whole ones and at least one.
fn retry_after(error: &AppError) -> u32 {
    let micros = if let AppError::TooManyTyped { now, next_hour } = error {
        u128::try_from(next_hour.as_micros().saturating_sub(now.as_micros())).unwrap_or(0)
    } else if let AppError::Upstream(UpstreamError::Unavailable { retry_after: Some(wait), .. }) = error {
        wait.as_micros()
    } else if matches!(error, AppError::Rejected(Rejection::TooMany(_))) {
        return ASK_AGAIN_AFTER_S;
    } else {
        return RETRY_AFTER_S;
    };
    u32::try_from(micros.div_ceil(1_000_000)).unwrap_or(u32::MAX).max(1)
}

/// The code of an error, and where in the request its cause is.
fn code_of(error: &AppError) -> (Code, Option<Pointer>) {
    let code = match error {
        AppError::Unauthenticated => Code::Unauthenticated,
        AppError::TokenExpired => Code::TokenExpired,
        AppError::TokenRevoked => Code::TokenRevoked,
        AppError::NotFound => Code::NotFound,
        AppError::Forbidden => Code::Forbidden,
        AppError::Rejected(Rejection::Invalid { field, message }) => {
            return (Code::InvalidRequest, Some(Pointer::field(format!("/{field}"), message.clone())));
        }
        AppError::Rejected(Rejection::Conflict) => Code::Conflict,
        AppError::Rejected(Rejection::AlreadyEnded) => Code::AlreadyEnded,
        AppError::Rejected(Rejection::CaseClosed) => Code::CaseClosed,
        AppError::Rejected(Rejection::AssuranceRequired) | AppError::Assurance(_) => Code::AssuranceRequired,
        AppError::Rejected(Rejection::Forbidden(_)) => Code::Forbidden,
        AppError::NoRead(ReadRefusal::NoLiveGrant | ReadRefusal::GrantPaused) => Code::NoLiveGrant,
        AppError::NoRead(ReadRefusal::GrantEnded) => Code::GrantEnded,
        AppError::Stale => Code::PreconditionFailed,
        AppError::IdempotencyMismatch => Code::IdempotencyMismatch,
        AppError::BadQuery { parameter, message } => {
            return (Code::InvalidRequest, Some(Pointer::parameter(*parameter, message.clone())));
        }
        AppError::Masked(error) => {
            return (Code::MaskedProperty, Some(Pointer::parameter("$filter", error.to_string())));
        }
        AppError::MaskedOrder(error) => {
            return (Code::MaskedProperty, Some(Pointer::parameter("$orderby", error.to_string())));
        }
        AppError::TooCostly => Code::TooCostly,
        AppError::TooManyTyped { .. } | AppError::Rejected(Rejection::TooMany(_)) => Code::TooManyRequests,
        AppError::Upstream(UpstreamError::Refused(_)) => Code::InvalidRequest,
        AppError::Upstream(cause) => {
            tracing::error!(error = cause as &dyn std::error::Error, "a live source failed");
            Code::Unavailable
        }
        AppError::SignIn(refused) => match refused {
            SignInError::Unreachable(_) | SignInError::Malformed(_) => {
                tracing::error!(error = refused as &dyn std::error::Error, "an identity provider failed");
                Code::Unavailable
            }
            SignInError::NotOurs => Code::InvalidRequest,
            SignInError::Refused | SignInError::NotAdmitted => Code::Forbidden,
        },
        AppError::BadImport(_) | AppError::FileRefused(_) | AppError::BadUpload(_) => Code::InvalidRequest,
        AppError::TooLarge(_) => Code::TooLarge,
        AppError::Stalled(_) => Code::RequestTimeout,
        AppError::Busy => Code::TooManyRequests,
        AppError::Unavailable(cause @ StoreError::GivenUp(_)) => {
            tracing::warn!(error = cause as &dyn std::error::Error, "a unit of work was given up");
            Code::Unavailable
        }
        AppError::Unavailable(cause) | AppError::Internal(cause) => {
            tracing::error!(error = cause as &dyn std::error::Error, "a use case failed");
            Code::Unavailable
        }
    };
    (code, None)
}

/// A message as a sentence: capital letter first, full stop last.
pub(crate) fn sentence(message: &str) -> String {
    let mut chars = message.chars();
    let mut text: String =
        chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

/// As JSON. The problem travels beside it, so that pages can show it in their way.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response = (status, body).into_response();
        response.extensions_mut().insert((*self.0).clone());
        if let Some(given_up) = self.2 {
            response.extensions_mut().insert(given_up);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if matches!(self.0.code, Code::Unauthenticated | Code::TokenExpired | Code::TokenRevoked) {
            // RFC 6750 section 3; an error code only where a token was sent.
            let sent_one = matches!(self.0.code, Code::TokenExpired | Code::TokenRevoked);
            let challenge = if sent_one { r#"Bearer error="invalid_token""# } else { "Bearer" };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if matches!(self.0.code, Code::Unavailable | Code::TooManyRequests) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(self.1));
        }
        response
    }
}
