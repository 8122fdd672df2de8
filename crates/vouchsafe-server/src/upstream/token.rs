//! Access tokens by client credentials (RFC 6749 section 4.4).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use reqwest::Url;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use vouchsafe_app::upstream::{Cause, UpstreamError};
use vouchsafe_store::edge::Clock;
use zeroize::Zeroizing;

use super::{body, pause, unreachable};

/// Bytes of an answer of a token endpoint.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(60);
/// How long a token is used whose end is not said.
const LIFETIME_UNSAID: Duration = Duration::from_secs(5 * 60);
/// Longest that a token is used, whatever is said.
const LIFETIME_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// A client's secret. It is never printed.
pub(super) struct ClientSecret(pub(super) Zeroizing<String>);

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret")
    }
}

/// Gets tokens, and keeps one as long as it lasts.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) http: reqwest::Client,
    pub(super) endpoint: Url,
    pub(super) client_id: String,
    pub(super) secret: ClientSecret,
    pub(super) scope: String,
    pub(super) clock: Arc<dyn Clock>,
    /// Locked while a token is fetched, so that many readers need one.
    pub(super) held: Mutex<Option<Held>>,
}

/// A token and until when it is used.
#[derive(Debug)]
pub(super) struct Held {
    /// `Bearer …`, marked as sensitive.
    authorization: HeaderValue,
    until: Instant,
}

/// What a token endpoint answers (RFC 6749 section 5.1).
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    token_type: String,
    expires_in: Option<Seconds>,
}

/// A number, which some write as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    Text(String),
}

/// RFC 6749 section 5.2.
#[derive(Deserialize)]
struct Refused {
    error: String,
}

impl Tokens {
    /// The value of `Authorization`, another one than that which was just refused.
    pub(super) async fn authorization(
        &self,
        refused: Option<&HeaderValue>,
    ) -> Result<HeaderValue, UpstreamError> {
        let mut held = self.held.lock().await;
        let usable = |held: &&Held| Instant::now() < held.until && refused != Some(&held.authorization);
        if let Some(known) = held.as_ref().filter(usable) {
            return Ok(known.authorization.clone());
        }
        *held = None;
        let fresh = self.fetch().await?;
        let authorization = fresh.authorization.clone();
        *held = Some(fresh);
        Ok(authorization)
    }

    async fn fetch(&self) -> Result<Held, UpstreamError> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", &self.secret.0)
            .append_pair("scope", &self.scope)
            .finish();
        let request = self.http.post(self.endpoint.clone()).header(header::ACCEPT, "application/json");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let asked = Instant::now();
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let retry_after = pause::asked_for(response.headers(), self.clock.now());
        let answer = Zeroizing::new(body(response, ANSWER_BYTES_MAX).await?);
        match status {
            StatusCode::OK => granted(&answer, asked).ok_or_else(|| {
                UpstreamError::Malformed("the token endpoint's answer holds no bearer token".into())
            }),
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(UpstreamError::Denied(denied(&answer)))
            }
            _ => {
                let cause = format!("the token endpoint answered {}", status.as_u16()).into();
                Err(UpstreamError::Unavailable { retry_after, cause })
            }
        }
    }
}

fn granted(answer: &[u8], asked: Instant) -> Option<Held> {
    let granted: Granted = serde_json::from_slice(answer).ok()?;
    if !granted.token_type.eq_ignore_ascii_case("bearer") || granted.access_token.is_empty() {
        return None;
    }
    let text = Zeroizing::new(format!("Bearer {}", granted.access_token));
    let mut authorization = HeaderValue::from_str(&text).ok()?;
    authorization.set_sensitive(true);
    let seconds = match granted.expires_in {
        Some(Seconds::Number(seconds)) => Some(seconds),
        Some(Seconds::Text(text)) => Some(text.parse().ok()?),
        None => None,
    };
    let lifetime = seconds.map_or(LIFETIME_UNSAID, Duration::from_secs).min(LIFETIME_MAX);
    // Of a short life the larger part is used.
    let margin = MARGIN.min(lifetime / 4);
    Some(Held { authorization, until: asked + lifetime.saturating_sub(margin) })
}

/// Why the token endpoint refused: only its error code, and only one that looks like it.
fn denied(answer: &[u8]) -> Cause {
    let code = serde_json::from_slice(answer).map(|refused: Refused| refused.error).unwrap_or_default();
    let is_code = (1..=40).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let code = if is_code { code } else { "no error code".to_owned() };
    format!("the token endpoint refused: {code}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_used_until_shortly_before_its_end() {
        let asked = Instant::now();
        let used = |answer: &str| granted(answer.as_bytes(), asked).map(|held| held.until - asked);
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let with = |expires: &str| format!(r#"{{"access_token":"t","token_type":"Bearer"{expires}}}"#);
        assert_eq!(used(&with(r#","expires_in":3600"#)), seconds(3_540));
        assert_eq!(used(&with(r#","expires_in":"3600""#)), seconds(3_540));
        assert_eq!(used(&with(r#","expires_in":4"#)), seconds(3));
        assert_eq!(used(&with("")), seconds(240));
        assert_eq!(used(&with(r#","expires_in":99999999999"#)), seconds(86_340));
        assert_eq!(used(&with(r#","expires_in":"soon""#)), None);
        for wrong in [
            r#"{"access_token":"t","token_type":"mac"}"#,
            r#"{"access_token":"","token_type":"Bearer"}"#,
            r#"{"access_token":"a\nb","token_type":"Bearer"}"#,
            r#"{"token_type":"Bearer"}"#,
            "<html>",
        ] {
            assert_eq!(used(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let held = granted(br#"{"access_token":"s3cret","token_type":"Bearer"}"#, Instant::now());
        assert!(!format!("{held:?}").contains("s3cret"));
        let secret = ClientSecret(Zeroizing::new("s3cret".to_owned()));
        assert!(!format!("{secret:?}").contains("s3cret"));
        let told = |answer: &str| denied(answer.as_bytes()).to_string();
        assert!(told(r#"{"error":"invalid_client"}"#).ends_with("invalid_client"));
        assert!(told(r#"{"error":"Client s3cret is wrong"}"#).ends_with("no error code"));
    }
}
