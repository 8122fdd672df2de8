//! What the script of the pages asks while somebody uses a passkey: JSON in, JSON out, at addresses that show no page. A
//! page elsewhere cannot ask any of it (`Sec-Fetch-Site`, `Origin`); what an answer must have signed is known to the server.

use axum::Json;
use axum::extract::{FromRequest, OriginalUri, Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use vouchsafe_api::body;
use vouchsafe_api::problem::Code;
use vouchsafe_app::AppError;
use vouchsafe_signin::Secret;
use vouchsafe_web::paths;

use super::answer::Failure;
use super::cookies::Cookies;
use super::form::Form;
use super::visitor::Visitor;
use crate::Server;
use crate::extract::whole_body;
use crate::problem::Refusal;

/// What a ceremony answers.
type Answer = Result<Response, Refusal>;

/// A JSON body of the script.
pub(crate) struct Sent<T>(T);

impl<T: DeserializeOwned> FromRequest<Server> for Sent<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _server: &Server) -> Result<Self, Refusal> {
        let (parts, stream) = request.into_parts();
        let bytes = whole_body(&parts, stream).await?;
        body::parse(&bytes).map(Self).map_err(|error| Refusal::body(&error, parts.uri.path()))
    }
}

/// Nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// A signed challenge.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signed {
    credential: Value,
}

/// A one-time pass.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pass {
    pass: String,
}

/// A passkey made with a pass.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enrolled {
    pass: String,
    name: String,
    credential: Value,
}

/// A passkey made in a session.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Added {
    name: String,
    credential: Value,
}

/// The form of a decision that is to be signed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deciding {
    kind: DecidingKind,
    /// Of the access request, or of the case.
    id: String,
    /// The form, as a browser would send it.
    form: String,
}

/// What is decided.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum DecidingKind {
    AccessRequest,
    Consent,
    Renewal,
    Policy,
}

fn refused(error: &AppError, uri: &OriginalUri) -> Refusal {
    Refusal::of(error, uri.path())
}

/// `POST /passkeys/sign-in/options`
pub(crate) async fn sign_in_options(
    State(server): State<Server>,
    uri: OriginalUri,
    Sent(Nothing {}): Sent<Nothing>,
) -> Answer {
    let options = server.app.sign_in_options().map_err(|error| refused(&error, &uri))?;
    Ok(Json(json!({ "options": options })).into_response())
}

/// `POST /passkeys/sign-in`: a session with a new secret; one that this browser had before ends.
pub(crate) async fn sign_in(
    State(server): State<Server>,
    uri: OriginalUri,
    headers: HeaderMap,
    Sent(signed): Sent<Signed>,
) -> Answer {
    let secret = server.app.sign_in_by_passkey(&signed.credential).await;
    let secret = secret.map_err(|error| refused(&error, &uri))?;
    begun(&server, &headers, &secret, paths::home()).await.map_err(|error| refused(&error, &uri))
}

/// `POST /passkeys/enrol/options`
pub(crate) async fn enrol_options(
    State(server): State<Server>,
    uri: OriginalUri,
    Sent(Pass { pass }): Sent<Pass>,
) -> Answer {
    let view = server.app.enrol_options(&pass).await.map_err(|error| refused(&error, &uri))?;
    let names = json!({ "displayName": view.display_name, "tenantName": view.tenant_name });
    Ok(Json(json!({ "options": view.options, "account": names })).into_response())
}

/// `POST /passkeys/enrol`: the passkey is there, and its person signed in.
pub(crate) async fn enrol(
    State(server): State<Server>,
    uri: OriginalUri,
    headers: HeaderMap,
    Sent(Enrolled { pass, name, credential }): Sent<Enrolled>,
) -> Answer {
    let secret = server.app.enrol_by_pass(&pass, &name, &credential).await;
    let secret = secret.map_err(|error| refused(&error, &uri))?;
    begun(&server, &headers, &secret, paths::account()).await.map_err(|error| refused(&error, &uri))
}

/// `POST /passkeys/add/options`
pub(crate) async fn add_options(
    State(server): State<Server>,
    uri: OriginalUri,
    headers: HeaderMap,
    Sent(Nothing {}): Sent<Nothing>,
) -> Answer {
    let cookie = session_of(&server, &headers);
    let options = server.app.add_options(&cookie).await.map_err(|error| refused(&error, &uri))?;
    Ok(Json(json!({ "options": options })).into_response())
}

/// `POST /passkeys/add`
pub(crate) async fn add(
    State(server): State<Server>,
    uri: OriginalUri,
    headers: HeaderMap,
    Sent(Added { name, credential }): Sent<Added>,
) -> Answer {
    let cookie = session_of(&server, &headers);
    let added = server.app.add_passkey(&cookie, &name, &credential).await;
    added.map_err(|error| refused(&error, &uri))?;
    Ok(Json(json!({ "next": paths::account() })).into_response())
}

/// `POST /passkeys/decide/options`: what is to be signed before the form of a decision can be sent. Where nothing is, the
/// decision is taken as the form says.
pub(crate) async fn decide_options(
    State(server): State<Server>,
    visitor: Visitor,
    uri: OriginalUri,
    Sent(deciding): Sent<Deciding>,
) -> Result<Response, Failure> {
    let missing = || Failure::from(AppError::NotFound);
    visitor.of_customer()?;
    let (next, decided) = match deciding.kind {
        DecidingKind::AccessRequest => {
            let id = deciding.id.parse().map_err(|_| missing())?;
            let next = paths::access_request(&deciding.id);
            let form = Form::of(&deciding.form, &paths::approve(&deciding.id));
            let vote = super::access::act::vote(&server, &visitor, id, &form.fields).await?;
            let Ok(vote) = vote else {
                let detail = "Something in the form is not right: look at what is ticked and typed.";
                return Err(Refusal::new(Code::InvalidRequest, detail, uri.path()).into());
            };
            (next, server.app.approve(&form.versioned(visitor.who), id, vote).await.map(drop))
        }
        DecidingKind::Renewal => {
            let id = deciding.id.parse().map_err(|_| missing())?;
            let form = Form::of(&deciding.form, &paths::renew_consent(&deciding.id));
            let decided = server.app.renew_consent(&form.versioned(visitor.who), id, None).await.map(drop);
            (paths::support_request(&deciding.id), decided)
        }
        DecidingKind::Policy => {
            let form = Form::of(&deciding.form, &paths::decision_assurance());
            (paths::access_policy(), super::settings::assured(&server, &visitor, &form).await)
        }
        DecidingKind::Consent => {
            let id = deciding.id.parse().map_err(|_| missing())?;
            let form = Form::of(&deciding.form, &paths::approve_consent(&deciding.id));
            let call = form.versioned(visitor.who);
            let decided = server.app.approve_consent(&call, id, None).await.map(drop);
            (paths::support_request(&deciding.id), decided)
        }
    };
    match decided {
        Ok(()) => Ok(Json(json!({ "next": next })).into_response()),
        Err(AppError::Assurance(view)) => {
            let options = view.options.ok_or_else(missing)?;
            Ok(Json(json!({ "options": options, "challengeId": view.challenge_id })).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn session_of(server: &Server, headers: &HeaderMap) -> String {
    Cookies::of(&server.settings).session(headers).unwrap_or_default()
}

/// The session's cookie, and where to go.
async fn begun(
    server: &Server,
    headers: &HeaderMap,
    secret: &Secret,
    next: String,
) -> Result<Response, AppError> {
    let cookies = Cookies::of(&server.settings);
    if let Some(former) = cookies.session(headers) {
        server.app.sign_out(&former).await?;
    }
    let mut response = Json(json!({ "next": next })).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookies.start(secret.expose()));
    Ok(response)
}
