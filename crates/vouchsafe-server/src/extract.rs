//! What handlers take: the caller, a command with its body, the options of a list, an id from the path.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use http::request::Parts;
use http::{HeaderMap, Method, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use vouchsafe_api::body;
use vouchsafe_api::header::{GRANT, IDEMPOTENCY_KEY};
use vouchsafe_api::problem::{Code, Pointer, Problem};
use vouchsafe_api::query::{QueryOption, QueryOptions};
use vouchsafe_api::summary::SummaryBy;
use vouchsafe_app::{AppError, Call, Conversation, ListOptions, Who};
use vouchsafe_core::id::GrantId;
use vouchsafe_core::live_access::Asker;
use vouchsafe_store::Answered;

use crate::Server;
use crate::idle_body::is_silent;
use crate::problem::Refusal;

/// Bytes of a JSON body.
pub(crate) const BODY_BYTES_MAX: usize = 256 * 1024;
/// Characters of an idempotency key.
const KEY_CHARS_MAX: usize = 255;

/// The account that the bearer token speaks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller(pub(crate) Who);

impl FromRequestParts<Server> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        let refuse = |error: AppError| Refusal::of(&error, parts.uri.path());
        let token = bearer(&parts.headers).ok_or_else(|| refuse(AppError::Unauthenticated))?;
        server.app.authenticate(token).await.map(Self).map_err(refuse)
    }
}

/// The bearer token itself, for an answer that outlives one look at who has sent it.
pub(crate) struct Token(pub(crate) String);

impl FromRequestParts<Server> for Token {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Refusal> {
        let missing = || Refusal::of(&AppError::Unauthenticated, parts.uri.path());
        bearer(&parts.headers).map(|token| Self(token.to_owned())).ok_or_else(missing)
    }
}

/// Who asks the decision point.
pub(crate) async fn asker(parts: &Parts, server: &Server) -> Result<Asker, Refusal> {
    let refuse = |error: AppError| Refusal::of(&error, parts.uri.path());
    let token = bearer(&parts.headers).ok_or_else(|| refuse(AppError::Unauthenticated))?;
    server.app.asker(token).await.map_err(refuse)
}

/// The token of `Authorization: Bearer …` (RFC 6750 section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A look at something without query options.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look(pub(crate) Who);

/// Scheme and authority that links start with.
#[derive(Debug, Clone)]
pub(crate) struct Base(pub(crate) String);

impl FromRequestParts<Server> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Infallible> {
        Ok(Self(base_url(parts, server)))
    }
}

impl Base {
    /// The address of a description, as Graph writes it.
    pub(crate) fn context(&self, resource: &str) -> String {
        format!("{}/v1.0/$metadata#{resource}", self.0)
    }
}

impl FromRequestParts<Server> for Look {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        let Caller(who) = Caller::from_request_parts(parts, server).await?;
        options(parts, &[])?;
        Ok(Self(who))
    }
}

/// A look at something without query options, under the grant that the header may name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LookUnder(pub(crate) Who, pub(crate) Option<GrantId>);

impl FromRequestParts<Server> for LookUnder {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        let Asked { who, grant, .. } = Asked::taking(&[], parts, server).await?;
        Ok(Self(who, grant))
    }
}

/// A list or record with query options.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) who: Who,
    pub(crate) options: QueryOptions,
    /// The grant named in the request header.
    pub(crate) grant: Option<GrantId>,
    /// Scheme and authority that links start with.
    pub(crate) base: String,
    pub(crate) path: String,
}

impl FromRequestParts<Server> for Asked {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        Self::taking(QueryOption::ALL, parts, server).await
    }
}

/// One record, of which properties can be selected.
#[derive(Debug, Clone)]
pub(crate) struct One(pub(crate) Asked);

impl FromRequestParts<Server> for One {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        Asked::taking(&[QueryOption::Select], parts, server).await.map(Self)
    }
}

/// Counts by one value.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    pub(crate) asked: Asked,
    pub(crate) by: SummaryBy,
}

impl FromRequestParts<Server> for Counted {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        let asked = Asked::taking(&[QueryOption::By, QueryOption::Filter], parts, server).await?;
        let wrong = || {
            let names: Vec<_> = SummaryBy::ALL.iter().map(|by| format!("`{by}`")).collect();
            let message = format!("says what to count by: one of {}", names.join(", "));
            parameter_refusal(parts, "by", &message)
        };
        let by = asked.options.by.as_deref().and_then(|by| by.parse().ok()).ok_or_else(wrong)?;
        Ok(Self { asked, by })
    }
}

impl Asked {
    async fn taking(allowed: &[QueryOption], parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        let Caller(who) = Caller::from_request_parts(parts, server).await?;
        let options = options(parts, allowed)?;
        let grant = match parts.headers.get(GRANT) {
            None => None,
            Some(value) => {
                let wrong = || parameter_refusal(parts, GRANT, "is not the id of a grant");
                Some(value.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(wrong)?)
            }
        };
        Ok(Self { who, options, grant, base: base_url(parts, server), path: parts.uri.path().to_owned() })
    }

    /// The options as use cases take them.
    pub(crate) fn list(&self) -> Result<ListOptions, Refusal> {
        let order_by = match self.options.orderby.as_slice() {
            [] => None,
            [one] => Some((one.path.clone(), one.descending)),
            [_, ..] => {
                let problem =
                    Problem::new(Code::InvalidRequest, "`$orderby` takes one property here.", &self.path);
                let place = Pointer::parameter("$orderby", "takes one property here");
                return Err(Refusal::from(problem.at(place)));
            }
        };
        Ok(ListOptions {
            filter: self.options.filter.clone(),
            order_by,
            top: self.options.top,
            skip_token: self.options.skiptoken.clone(),
            count: self.options.count,
        })
    }

    /// The link to the next page.
    pub(crate) fn next_link(&self, skip_token: String) -> String {
        let options = QueryOptions { skiptoken: Some(skip_token), ..self.options.clone() };
        format!("{}{}?{}", self.base, self.path, options.encode())
    }
}

/// Scheme and authority that links start with.
fn base_url(parts: &Parts, server: &Server) -> String {
    server.settings.public_url.clone().unwrap_or_else(|| {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        format!("http://{}", host.unwrap_or("localhost"))
    })
}

fn options(parts: &Parts, allowed: &[QueryOption]) -> Result<QueryOptions, Refusal> {
    QueryOptions::parse(parts.uri.query(), allowed).map_err(|error| Refusal::query(&error, parts.uri.path()))
}

/// A command: who, its conditions, and its body.
#[derive(Debug, Clone)]
pub(crate) struct Act<T> {
    pub(crate) call: Call,
    pub(crate) body: T,
}

impl<T: DeserializeOwned> FromRequest<Server> for Act<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Refusal> {
        let (mut parts, stream) = request.into_parts();
        let Caller(who) = Caller::from_request_parts(&mut parts, server).await?;
        options(&parts, &[])?;
        let if_match = if_match(&parts)?;
        let bytes = whole_body(&parts, stream).await?;
        let body = body::parse(&bytes).map_err(|error| Refusal::body(&error, parts.uri.path()))?;
        let idempotency = if parts.method == Method::POST { idempotency(&parts, who, &bytes)? } else { None };
        Ok(Self { call: Call { who, if_match, idempotency }, body })
    }
}

/// What came with a call whose body is told apart from others by `body`.
///
/// # Errors
/// A query option, or a header that is wrong.
pub(crate) fn conditions(parts: &Parts, who: Who, body: &[u8]) -> Result<Call, Refusal> {
    options(parts, &[])?;
    Ok(Call { who, if_match: if_match(parts)?, idempotency: idempotency(parts, who, body)? })
}

/// Reads a JSON body within its limit. No body at all needs no content type.
pub(crate) async fn whole_body(parts: &Parts, stream: Body) -> Result<Vec<u8>, Refusal> {
    let path = parts.uri.path();
    let bytes = match Limited::new(stream, BODY_BYTES_MAX).collect().await {
        Ok(collected) => collected.to_bytes().to_vec(),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
            let detail = format!("The body may have at most {BODY_BYTES_MAX} bytes.");
            return Err(Refusal::new(Code::TooLarge, detail, path));
        }
        Err(error) if is_silent(&*error) => return Err(Refusal::silent(path)),
        Err(_) => return Err(Refusal::new(Code::InvalidRequest, "The body did not arrive whole.", path)),
    };
    if !bytes.is_empty() && !is_json(&parts.headers) {
        return Err(Refusal::new(Code::UnsupportedMediaType, "The body must be `application/json`.", path));
    }
    Ok(bytes)
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
        let charset = parameters.trim().to_ascii_lowercase();
        let utf8 = !charset.starts_with("charset=")
            || charset.trim_start_matches("charset=").trim_matches('"') == "utf-8";
        utf8.then(|| essence.trim().to_ascii_lowercase())
    });
    essence.as_deref() == Some("application/json") && !headers.contains_key(header::CONTENT_ENCODING)
}

/// The version in `If-Match: "7"`; `*` is any.
fn if_match(parts: &Parts) -> Result<Option<u64>, Refusal> {
    let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version =
        text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
    version.map(Some).ok_or_else(|| parameter_refusal(parts, "If-Match", "is not an ETag of this service"))
}

fn idempotency(parts: &Parts, who: Who, body: &[u8]) -> Result<Option<Answered>, Refusal> {
    let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    let fits = (1..=KEY_CHARS_MAX).contains(&key.len()) && key.chars().all(|c| c.is_ascii_graphic());
    if !fits {
        return Err(parameter_refusal(
            parts,
            "Idempotency-Key",
            "must have 1 to 255 visible ASCII characters",
        ));
    }
    Ok(Some(Answered {
        tenant: who.tenant,
        principal: who.user,
        endpoint: format!("{} {}", parts.method, parts.uri.path()),
        key: key.to_owned(),
        fingerprint: Sha256::digest(body).to_vec(),
    }))
}

fn parameter_refusal(parts: &Parts, name: &str, message: &str) -> Refusal {
    let problem = Problem::new(Code::InvalidRequest, format!("`{name}` {message}."), parts.uri.path());
    Refusal::from(problem.at(Pointer::parameter(name, message)))
}

/// A conversation and one of its messages' files.
impl FromPath for (vouchsafe_core::id::SupportRequestId, vouchsafe_core::id::MessageId, String) {
    fn read(texts: &[&str]) -> Option<Self> {
        let [id, message, name] = texts else { return None };
        Some((id.parse().ok()?, message.parse().ok()?, (*name).to_owned()))
    }
}

/// As for a support request.
impl FromPath for (vouchsafe_core::id::DataCollectionId, vouchsafe_core::id::MessageId, String) {
    fn read(texts: &[&str]) -> Option<Self> {
        let [id, message, name] = texts else { return None };
        Some((id.parse().ok()?, message.parse().ok()?, (*name).to_owned()))
    }
}

/// As for both, on the pages.
impl FromPath for (Conversation, vouchsafe_core::id::MessageId, String) {
    fn read(texts: &[&str]) -> Option<Self> {
        let [id, message, name] = texts else { return None };
        let of = id.parse().map(Conversation::Request);
        let of = of.or_else(|_| id.parse().map(Conversation::Collection));
        Some((of.ok()?, message.parse().ok()?, (*name).to_owned()))
    }
}

/// Ids from the path. Text that is no id names nothing; who has no credentials is not told even that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromPath> FromRequestParts<Server> for Id<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        let missing = |path: &str| Refusal::of(&AppError::NotFound, path);
        let raw =
            RawPathParams::from_request_parts(parts, server).await.map_err(|_| missing(parts.uri.path()))?;
        let texts: Vec<&str> = raw.iter().map(|(_, value)| value).collect();
        if let Some(id) = T::read(&texts) {
            return Ok(Self(id));
        }
        Caller::from_request_parts(parts, server).await?;
        Err(missing(parts.uri.path()))
    }
}

/// What the placeholders of a path, in order, can be read as.
pub(crate) trait FromPath: Sized + Send {
    fn read(texts: &[&str]) -> Option<Self>;
}

macro_rules! from_path {
    ($($id:ident),*) => {$(
        impl FromPath for vouchsafe_core::id::$id {
            fn read(texts: &[&str]) -> Option<Self> {
                if let [text] = texts { text.parse().ok() } else { None }
            }
        }
    )*};
}

from_path!(
    TenantId,
    SupportRequestId,
    AccessRequestId,
    DataCollectionId,
    GrantId,
    EntryId,
    UserId,
    ReadId,
    RevealId,
    TokenId,
    IdentityProviderId,
    AccountLinkId
);

impl FromPath for String {
    fn read(texts: &[&str]) -> Option<Self> {
        if let [text] = texts { Some((*text).to_owned()) } else { None }
    }
}

/// A data collection and the name of a file in it.
impl FromPath for (vouchsafe_core::id::DataCollectionId, String) {
    fn read(texts: &[&str]) -> Option<Self> {
        if let [id, name] = texts { Some((id.parse().ok()?, (*name).to_owned())) } else { None }
    }
}

/// A data collection, the name of an archive in it, and the path of a file in that.
impl FromPath for (vouchsafe_core::id::DataCollectionId, String, String) {
    fn read(texts: &[&str]) -> Option<Self> {
        let [id, name, entry] = texts else { return None };
        Some((id.parse().ok()?, (*name).to_owned(), (*entry).to_owned()))
    }
}

/// A tenant and one of its identity providers.
impl FromPath for (vouchsafe_core::id::TenantId, vouchsafe_core::id::IdentityProviderId) {
    fn read(texts: &[&str]) -> Option<Self> {
        if let [tenant, id] = texts { Some((tenant.parse().ok()?, id.parse().ok()?)) } else { None }
    }
}

/// Somebody, and one of the passkeys.
impl FromPath for (vouchsafe_core::id::UserId, String) {
    fn read(texts: &[&str]) -> Option<Self> {
        if let [id, credential] = texts { Some((id.parse().ok()?, (*credential).to_owned())) } else { None }
    }
}

/// A diagnostics base: a tenant's data for a case, or what a tenant collected for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DataOf {
    pub(crate) case: vouchsafe_core::id::SupportRequestId,
    pub(crate) tenant: vouchsafe_core::id::TenantId,
    pub(crate) collection: Option<vouchsafe_core::id::DataCollectionId>,
}

impl FromPath for DataOf {
    fn read(texts: &[&str]) -> Option<Self> {
        let (case, tenant, collection) = match texts {
            [case, tenant] => (case, tenant, None),
            [case, tenant, collection] => (case, tenant, Some(collection.parse().ok()?)),
            _ => return None,
        };
        Some(Self { case: case.parse().ok()?, tenant: tenant.parse().ok()?, collection })
    }
}

/// A log and one of its tiles.
impl FromPath for (vouchsafe_core::id::TenantId, vouchsafe_log::tile::Tile) {
    fn read(texts: &[&str]) -> Option<Self> {
        let [tenant, tile] = texts else { return None };
        Some((tenant.parse().ok()?, format!("tile/{tile}").parse().ok()?))
    }
}

/// A record below a diagnostics base.
impl FromPath for (DataOf, String) {
    fn read(texts: &[&str]) -> Option<Self> {
        let (record, base) = texts.split_last()?;
        Some((DataOf::read(base)?, (*record).to_owned()))
    }
}
