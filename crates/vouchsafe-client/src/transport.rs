//! Sends one request and reads its answer.

use std::ops::ControlFlow;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, IF_MATCH, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vouchsafe_api::header;

use crate::answer::{Answer, Envelope};
use crate::client::Client;
use crate::error::ClientError;

/// Largest answer that is read, in bytes. A full page of sign-ins is well below.
pub const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;
/// How often a GET is sent at most.
pub const MAX_ATTEMPTS: u32 = 3;
/// Longest `Retry-After` that is waited for; a longer one is the caller's to decide.
pub const MAX_RETRY_WAIT: Duration = Duration::from_secs(20);

/// How long one exchange may take, from connecting to the last byte of the answer.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(120);
/// How long sending a file or reading one may take, cleaning included.
pub(crate) const FILE_TIMEOUT: Duration = Duration::from_secs(3600);

impl Client {
    /// GET, repeated while the server asks for it.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        url: Url,
        grant: Option<&str>,
    ) -> Result<Answer<T>, ClientError> {
        let response = self.got(|| {
            let request = self.request(Method::GET, url.clone());
            match grant {
                Some(grant) => request.header(HeaderName::from_static(header::GRANT), grant),
                None => request,
            }
        });
        self.read(response.await?).await
    }

    /// GET of something that is not JSON, as the bytes that it is.
    pub(crate) async fn get_bytes(&self, url: Url) -> Result<Vec<u8>, ClientError> {
        let request = || self.request(Method::GET, url.clone()).header(ACCEPT, "*/*");
        let response = self.got(request).await?;
        if response.status().is_success() {
            return self.whole(response).await;
        }
        // What is no success is a problem, which is JSON, or not of this API.
        let refused = self.read::<serde::de::IgnoredAny>(response).await;
        Err(refused.err().unwrap_or(ClientError::AnswerTooLarge { limit: MAX_ANSWER_BYTES }))
    }

    /// GET of a file, piece by piece as it comes, for as long as it takes and `take` wants it.
    pub(crate) async fn get_pieces(
        &self,
        url: Url,
        mut take: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), ClientError> {
        let request = || self.request(Method::GET, url.clone()).timeout(FILE_TIMEOUT).header(ACCEPT, "*/*");
        let mut response = self.got(request).await?;
        if !response.status().is_success() {
            let refused = self.read::<serde::de::IgnoredAny>(response).await;
            return Err(refused.err().unwrap_or(ClientError::AnswerTooLarge { limit: MAX_ANSWER_BYTES }));
        }
        while let Some(piece) = response.chunk().await.map_err(|source| self.unreachable(source))? {
            if take(&piece).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Sends a GET, again while the server asks for it.
    async fn got(&self, request: impl Fn() -> RequestBuilder) -> Result<Response, ClientError> {
        let mut attempt = 1;
        loop {
            let response = self.send(request()).await?;
            match retry_wait(&response).filter(|_| attempt < MAX_ATTEMPTS) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Ok(response),
            }
            attempt += 1;
        }
    }

    /// The whole body.
    pub(crate) async fn whole(&self, mut response: Response) -> Result<Vec<u8>, ClientError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|source| self.unreachable(source))? {
            if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(ClientError::AnswerTooLarge { limit: MAX_ANSWER_BYTES });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// POST with a JSON body, sent once.
    pub(crate) async fn post<B: Serialize + Sync, T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &B,
    ) -> Result<Answer<T>, ClientError> {
        let request = self.request(Method::POST, self.address(path, "")).json(body);
        self.read(self.send(request).await?).await
    }

    /// PATCH with a JSON body, sent once, only if the resource still has the version `etag`.
    pub(crate) async fn patch<B: Serialize + Sync, T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &B,
        etag: Option<&str>,
    ) -> Result<Answer<T>, ClientError> {
        let mut request = self.request(Method::PATCH, self.address(path, "")).json(body);
        if let Some(etag) = etag {
            request = request.header(IF_MATCH, etag);
        }
        self.read(self.send(request).await?).await
    }

    /// DELETE, sent once; a success has nothing to say.
    pub(crate) async fn delete(&self, path: &[&str]) -> Result<(), ClientError> {
        let response = self.send(self.request(Method::DELETE, self.address(path, ""))).await?;
        if response.status().is_success() {
            return Ok(());
        }
        self.read::<serde::de::IgnoredAny>(response).await.map(drop)
    }

    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let request = self
            .http
            .request(method, url)
            .timeout(EXCHANGE_TIMEOUT)
            .header(ACCEPT, "application/json, application/problem+json");
        match HeaderValue::from_str(&format!("Bearer {}", self.token.expose())) {
            Ok(mut value) => {
                value.set_sensitive(true);
                request.header(AUTHORIZATION, value)
            }
            // A `Token` holds printable ASCII only, so this cannot be; without the header the server refuses.
            Err(_) => request,
        }
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        request.send().await.map_err(|source| self.unreachable(source))
    }

    /// Reads the answer: a body of the type asked for, or a problem.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        response: Response,
    ) -> Result<Answer<T>, ClientError> {
        let envelope = Envelope::of(&response);
        let status = response.status();
        let is_json =
            media_type(&response).is_some_and(|m| m == "application/json" || m == header::PROBLEM_JSON);
        let unexpected = |source| ClientError::Unexpected {
            status: status.as_u16(),
            request_id: envelope.request_id.clone(),
            source,
        };
        let bytes = self.whole(response).await?;
        if !is_json {
            return Err(unexpected(None));
        }
        if !status.is_success() {
            let problem = serde_json::from_slice(&bytes).map_err(|error| unexpected(Some(error)))?;
            return Err(ClientError::Problem { problem: Box::new(problem), request_id: envelope.request_id });
        }
        let body = serde_json::from_slice(&bytes).map_err(|error| unexpected(Some(error)))?;
        Ok(envelope.around(body, String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn unreachable(&self, source: reqwest::Error) -> ClientError {
        ClientError::Unreachable {
            server: self.base.origin().ascii_serialization(),
            source: source.without_url(),
        }
    }
}

fn media_type(response: &Response) -> Option<String> {
    let value = response.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(|name| name.trim().to_ascii_lowercase())
}

/// How long to wait before the same GET again; `None` if the server did not ask for it, or for too long.
fn retry_wait(response: &Response) -> Option<Duration> {
    let asked = matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let seconds = asked.then(|| response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()).flatten();
    seconds.map(Duration::from_secs).filter(|wait| *wait <= MAX_RETRY_WAIT)
}
