//! Reading Microsoft Graph, or what speaks like it, with the caller's own token.
//!
//! A source is believed in nothing: its links are followed on its own origin only, redirects not at all, answers are read up
//! to [`crate::MAX_ANSWER_BYTES`], waits obeyed up to [`MAX_WAIT`].

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Method, Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::client::Client;
use crate::error::ClientError;
use crate::token::Token;

/// How often one page is asked for at most.
pub const MAX_PAGE_ATTEMPTS: u32 = 5;
/// Longest wait that a source is given; one that asks for more is not waited for.
pub const MAX_WAIT: Duration = Duration::from_secs(300);

/// First wait where the source does not say how long; each later one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// A Graph-compatible API.
#[derive(Debug, Clone)]
pub struct GraphSource(Client);

/// The pages of a list of Graph, fetched one at a time when asked for.
#[derive(Debug)]
pub struct GraphPages {
    client: Client,
    next: Option<Url>,
}

/// Why a source gave no page.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// The address cannot be used, the source cannot be reached, a link leads away, an answer is too large.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The source refuses.
    #[error("it answered {status}")]
    Refused {
        /// HTTP status.
        status: u16,
    },
    /// The source was not ready, as often as it was asked.
    #[error("it answered {status}, {attempts} times")]
    Busy {
        /// HTTP status.
        status: u16,
        /// How often it was asked.
        attempts: u32,
    },
    /// What came is no JSON.
    #[error("its answer is no JSON")]
    NotJson(#[source] serde_json::Error),
}

/// A list in Graph's envelope.
#[derive(Deserialize)]
struct List {
    value: Vec<Box<RawValue>>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<String>,
}

impl GraphSource {
    /// The source below `base`, such as `https://graph.microsoft.com/v1.0`. Nothing is sent yet.
    ///
    /// # Errors
    /// As [`Client::new`]: plain `http://` is taken for loopback addresses only.
    pub fn new(base: &str, token: Token) -> Result<Self, ClientError> {
        Client::new(base, token).map(Self)
    }

    /// The list, or the one object, at `path`, such as `auditLogs/signIns`.
    #[must_use]
    pub fn pages(&self, path: &str, filter: Option<&str>) -> GraphPages {
        let path: Vec<&str> = path.split('/').collect();
        let mut url = self.0.address(&path, "");
        if let Some(filter) = filter {
            url.query_pairs_mut().append_pair("$filter", filter);
        }
        GraphPages { client: self.0.clone(), next: Some(url) }
    }
}

impl GraphPages {
    /// The objects of the next page, byte for byte; `None` after the last one. After an error there are no more.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn next(&mut self) -> Result<Option<Vec<String>>, GraphError> {
        let Some(url) = self.next.take() else { return Ok(None) };
        let bytes = self.page(&url).await?;
        if let Ok(List { value, next_link }) = serde_json::from_slice(&bytes) {
            self.next = next_link.map(|link| self.client.follow(&link)).transpose()?;
            return Ok(Some(value.iter().map(|object| object.get().to_owned()).collect()));
        }
        let object: Box<RawValue> = serde_json::from_slice(&bytes).map_err(GraphError::NotJson)?;
        Ok(Some(vec![object.get().to_owned()]))
    }

    /// One page, asked for again while the source is busy or the way to it breaks.
    async fn page(&self, url: &Url) -> Result<Vec<u8>, GraphError> {
        let mut wait = FIRST_WAIT;
        let mut attempt = 1;
        loop {
            let response = self.client.send(self.client.request(Method::GET, url.clone())).await;
            let pause = match response {
                Ok(response) if response.status().is_success() => match self.client.whole(response).await {
                    Err(ClientError::Unreachable { .. }) if attempt < MAX_PAGE_ATTEMPTS => wait,
                    read => return Ok(read?),
                },
                Ok(response) if is_busy(response.status()) => {
                    let status = response.status().as_u16();
                    let pause = asked_for(&response).unwrap_or(wait);
                    if attempt == MAX_PAGE_ATTEMPTS || pause > MAX_WAIT {
                        return Err(GraphError::Busy { status, attempts: attempt });
                    }
                    pause
                }
                Ok(response) => return Err(GraphError::Refused { status: response.status().as_u16() }),
                Err(_) if attempt < MAX_PAGE_ATTEMPTS => wait,
                Err(error) => return Err(error.into()),
            };
            tokio::time::sleep(pause).await;
            wait *= 2;
            attempt += 1;
        }
    }
}

fn is_busy(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// How many seconds the source asks to be left alone (RFC 9110 section 10.2.3); Graph gives no dates.
fn asked_for(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
