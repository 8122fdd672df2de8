//! Live sources over HTTP: a Graph-compatible API, read with client credentials (`diagnostics.md`, *Getting it in*).
//!
//! A source is asked within limits and believed in nothing: its links are followed only below its own base, its
//! redirects not at all, its answers read up to a size, its waits obeyed up to the reader's deadline. What it says in
//! errors goes nowhere; of requests, which hold personal values, nothing is logged.

pub(crate) mod address;
mod pause;
mod token;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::{Response, Url};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::{Mutex, Semaphore};
use vouchsafe_app::upstream::{
    Answering, Cause, Upstream, UpstreamError, UpstreamPage, UpstreamQuestion, UpstreamWanted, Upstreams,
};
use vouchsafe_store::edge::Clock;
use zeroize::Zeroizing;

use crate::config;
use pause::Pause;
use token::{ClientSecret, Tokens};

/// Bytes of one answer: a full page of sign-ins is a quarter of it.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How often one question is sent at most.
const ATTEMPTS_MAX: u32 = 4;
/// First wait where the source does not say how long; each later one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a source may be silent in the middle of an answer.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(10);
/// Questions that one source is asked at the same time; more wait.
const IN_FLIGHT_MAX: usize = 8;
/// Bytes of a client's secret.
const SECRET_BYTES_MAX: usize = 4 * 1024;

/// A source that cannot be used. The text says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// An address that is none.
    #[error("`{name}` {message}")]
    Address {
        /// Which setting.
        name: &'static str,
        /// What is wrong with it, as the end of a sentence.
        message: &'static str,
    },
    /// The secret cannot be read.
    #[error("`client_secret_file`: cannot read {path}")]
    SecretFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file holds no secret.
    #[error(
        "`client_secret_file`: {path} must hold the secret and nothing else, at most {SECRET_BYTES_MAX} bytes"
    )]
    Secret {
        /// Which file.
        path: PathBuf,
    },
    /// The system's certificates cannot be read.
    #[error("TLS cannot be set up")]
    Tls(#[source] reqwest::Error),
    /// Two sources for one kind.
    #[error("`kinds` has a kind that another source has already")]
    Taken,
}

/// The sources of a configuration. Nothing is sent yet.
///
/// # Errors
/// [`ConnectError`].
pub fn connect(configured: &[config::Upstream], clock: &Arc<dyn Clock>) -> Result<Upstreams, ConnectError> {
    let mut upstreams = Upstreams::default();
    for one in configured {
        let source: Arc<dyn Upstream> = Arc::new(Graph::new(one, Arc::clone(clock))?);
        for resource in one.resources() {
            if !upstreams.add(one.tenant_id, resource, Arc::clone(&source)) {
                return Err(ConnectError::Taken);
            }
        }
    }
    Ok(upstreams)
}

/// A Graph-compatible API.
#[derive(Debug)]
struct Graph {
    base: Url,
    http: reqwest::Client,
    tokens: Tokens,
    pause: Pause,
    in_flight: Semaphore,
    clock: Arc<dyn Clock>,
}

/// A list in Graph's envelope.
#[derive(Deserialize)]
struct Collection {
    value: Vec<Box<RawValue>>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<String>,
}

impl Upstream for Graph {
    fn ask<'a>(&'a self, question: &'a UpstreamQuestion) -> Answering<'a> {
        Box::pin(self.answer(question))
    }
}

impl Graph {
    fn new(configured: &config::Upstream, clock: Arc<dyn Clock>) -> Result<Self, ConnectError> {
        let url = |name, text: &str| {
            address::parse(text).map_err(|message| ConnectError::Address { name, message })
        };
        let base = url("base_url", &configured.base_url)?;
        let endpoint = url("token_url", &configured.token_url)?;
        let tokens = Tokens {
            http: client(&endpoint).map_err(ConnectError::Tls)?,
            endpoint,
            client_id: configured.client_id.clone(),
            secret: secret(&configured.client_secret_file)?,
            scope: configured.scope.clone(),
            clock: Arc::clone(&clock),
            held: Mutex::default(),
        };
        let http = client(&base).map_err(ConnectError::Tls)?;
        let in_flight = Semaphore::new(IN_FLIGHT_MAX);
        Ok(Self { base, http, tokens, pause: Pause::default(), in_flight, clock })
    }

    async fn answer(&self, question: &UpstreamQuestion) -> Result<UpstreamPage, UpstreamError> {
        // It is never closed.
        let _ours = self.in_flight.acquire().await.map_err(|error| unavailable(error.into()))?;
        let url = address::of_question(&self.base, question);
        let Some(url) = url.map_err(|error| UpstreamError::Malformed(error.into()))? else {
            return Ok(UpstreamPage::default());
        };
        let response = self.exchange(url, question).await?;
        if response.status() == StatusCode::NOT_FOUND && matches!(question.wanted, UpstreamWanted::One(_)) {
            return Ok(UpstreamPage::default());
        }
        let bytes = match response.status() {
            StatusCode::OK => body(response, ANSWER_BYTES_MAX).await?,
            status => return Err(refusal(status)),
        };
        self.page(&question.wanted, bytes)
    }

    /// Sends a question until it is answered, as often and as late as the source and the deadline allow.
    async fn exchange(&self, url: Url, question: &UpstreamQuestion) -> Result<Response, UpstreamError> {
        let mut refused: Option<HeaderValue> = None;
        let mut wait = FIRST_WAIT;
        let mut attempt = 1;
        loop {
            self.pause.over(question.deadline).await?;
            let authorization = self.tokens.authorization(refused.as_ref()).await?;
            let request = self.http.get(url.clone()).header(header::ACCEPT, "application/json");
            let request = request.header(header::AUTHORIZATION, authorization.clone());
            let response = request.send().await.map_err(unreachable)?;
            match response.status() {
                // The token may have been ended before its time; a fresh one is tried once.
                StatusCode::UNAUTHORIZED if refused.is_none() => refused = Some(authorization),
                StatusCode::TOO_MANY_REQUESTS
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT => {
                    let asked_for = self.pause_for(response.headers(), wait);
                    if attempt == ATTEMPTS_MAX {
                        let cause: Cause = format!("it answered {}", response.status().as_u16()).into();
                        return Err(UpstreamError::Unavailable { retry_after: asked_for, cause });
                    }
                    wait *= 2;
                }
                _ => return Ok(response),
            }
            attempt += 1;
        }
    }

    /// Leaves the source alone for as long as it asks for, or for `wait`.
    fn pause_for(&self, headers: &HeaderMap, wait: Duration) -> Option<Duration> {
        let asked_for = pause::asked_for(headers, self.clock.now());
        self.pause.begin(asked_for.unwrap_or(wait));
        asked_for
    }

    fn page(&self, wanted: &UpstreamWanted, bytes: Vec<u8>) -> Result<UpstreamPage, UpstreamError> {
        let list = serde_json::from_slice::<Collection>(&bytes);
        let is_list = matches!(wanted, UpstreamWanted::First { .. } | UpstreamWanted::Next(_));
        match list {
            Ok(list) if !matches!(wanted, UpstreamWanted::One(_)) => {
                let next = list.next_link.filter(|_| is_list);
                // A link that leads away is no link of this list.
                let foreign = |error: address::ForeignLink| UpstreamError::Malformed(error.into());
                next.as_deref().map(|link| address::follow(&self.base, link)).transpose().map_err(foreign)?;
                let objects = list.value.iter().map(|object| object.get().to_owned()).collect();
                Ok(UpstreamPage { objects, next })
            }
            Err(error) if is_list => Err(UpstreamError::Malformed(not_json(&error))),
            // One object by itself.
            Ok(_) | Err(_) => {
                let text = String::from_utf8(bytes);
                let text = text.map_err(|_| UpstreamError::Malformed("an answer is no text".into()))?;
                Ok(UpstreamPage { objects: vec![text], next: None })
            }
        }
    }
}

/// A client for one address. It follows no redirect: they would lead elsewhere, with what was asked.
pub(crate) fn client(url: &Url) -> Result<reqwest::Client, reqwest::Error> {
    // Another part of the program may have been first; it is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("vouchsafe-server/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(SILENCE_TIMEOUT);
    if url.scheme() == "http" {
        // Loopback: neither the system's certificates nor a proxy is needed.
        builder = builder.no_proxy().tls_certs_only([]);
    }
    builder.build()
}

fn secret(path: &PathBuf) -> Result<ClientSecret, ConnectError> {
    let unreadable = |source| ConnectError::SecretFile { path: path.clone(), source };
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
    let secret = text.trim();
    if secret.is_empty() || secret.len() > SECRET_BYTES_MAX || secret.chars().any(char::is_control) {
        return Err(ConnectError::Secret { path: path.clone() });
    }
    Ok(ClientSecret(Zeroizing::new(secret.to_owned())))
}

/// Reads an answer up to a size.
async fn body(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, UpstreamError> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(unreachable)? {
        if bytes.len() + piece.len() > bytes_max {
            let cause = format!("an answer has more than {bytes_max} bytes");
            return Err(UpstreamError::Malformed(cause.into()));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// What a status without an answer means.
fn refusal(status: StatusCode) -> UpstreamError {
    let cause: Cause = format!("it answered {}", status.as_u16()).into();
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => UpstreamError::Denied(cause),
        StatusCode::BAD_REQUEST | StatusCode::GONE | StatusCode::URI_TOO_LONG => {
            UpstreamError::Refused(cause)
        }
        _ if status.is_server_error() => unavailable(cause),
        _ => UpstreamError::Malformed(cause),
    }
}

fn unavailable(cause: Cause) -> UpstreamError {
    UpstreamError::Unavailable { retry_after: None, cause }
}

/// The address is left out of the error: it holds what was asked.
fn unreachable(error: reqwest::Error) -> UpstreamError {
    unavailable(error.without_url().into())
}

/// Where an answer stops to be JSON, without what stands there.
fn not_json(error: &serde_json::Error) -> Cause {
    format!("a list is none at line {} column {}", error.line(), error.column()).into()
}
