//! Signing in at an identity provider: away, and back; and being signed out by one. Each identity provider has addresses of
//! its own here, so that an answer of one is never taken for another's.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;
use vouchsafe_app::AppError;
use vouchsafe_core::id::{IdentityProviderId, TenantId};
use vouchsafe_signin::oidc::flow::Answer as Brought;
use vouchsafe_web::paths;

use super::answer::{Answer, Failure, see};
use super::cookies::Cookies;
use super::form::{Asked, Form};
use super::id::Id;
use crate::Server;
use crate::extract::Base;

/// An identity provider and its tenant.
type Where = (TenantId, IdentityProviderId);

/// Where the identity provider sends people back to.
fn callback(base: &str, (tenant, id): Where) -> String {
    format!("{base}{}", paths::sign_in_callback(&tenant.to_string(), &id.to_string()))
}

/// `/sign-in/with/{tenantId}/{id}`: to the identity provider.
pub(crate) async fn begin(
    State(server): State<Server>,
    Id(at): Id<Where>,
    Base(base): Base,
    asked: Asked,
) -> Answer {
    let begun =
        server.app.begin_sign_in(at.0, at.1, &callback(&base, at), asked.fields.some("returnTo")).await?;
    let mut response = see(&begun.address);
    let kept = Cookies::of(&server.settings).keep_sign_in(begun.cookie);
    response.headers_mut().append(header::SET_COOKIE, kept);
    Ok(response)
}

/// `/sign-in/with/{tenantId}/{id}/callback`: back, with a session or with the reason why there is none. A session that this
/// browser had before ends.
pub(crate) async fn back(
    State(server): State<Server>,
    Id(at): Id<Where>,
    Base(base): Base,
    headers: HeaderMap,
    asked: Asked,
) -> Response {
    let cookies = Cookies::of(&server.settings);
    let done = finished(&server, at, &callback(&base, at), &headers, &asked).await;
    let mut response = done.unwrap_or_else(|error| Failure::from(error).into_response());
    response.headers_mut().append(header::SET_COOKIE, cookies.forget_sign_in());
    response
}

async fn finished(
    server: &Server,
    at: Where,
    redirect_uri: &str,
    headers: &HeaderMap,
    asked: &Asked,
) -> Result<Response, AppError> {
    let cookies = Cookies::of(&server.settings);
    let field = |name: &str| asked.fields.some(name).map(str::to_owned);
    let brought =
        Brought { state: field("state"), code: field("code"), issuer: field("iss"), error: field("error") };
    let kept = cookies.sign_in(headers);
    let done = server.app.finish_sign_in(at, redirect_uri, kept.as_deref(), brought).await?;
    if let Some(former) = cookies.session(headers) {
        server.app.sign_out(&former).await?;
    }
    let mut response = see(&done.return_to);
    response.headers_mut().append(header::SET_COOKIE, cookies.start(done.secret.expose()));
    Ok(response)
}

/// `POST /sign-in/with/{tenantId}/{id}/logout`: an identity provider says that somebody has signed out there (OpenID Connect
/// Back-Channel Logout 1.0 section 2.5). It is told nothing but whether it was understood.
pub(crate) async fn signed_out_there(
    State(server): State<Server>,
    Id((tenant, id)): Id<Where>,
    form: Form,
) -> Answer {
    let token = form.fields.text("logout_token");
    match server.app.sign_out_by_issuer(tenant, id, token).await {
        Ok(()) => Ok(StatusCode::OK.into_response()),
        Err(AppError::SignIn(cause)) => {
            tracing::info!(error = &cause as &dyn std::error::Error, "a logout token was refused");
            Ok((StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_request" }))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
