//! One sign-in on its way: from the button to the issuer and back (OpenID Connect Core 1.0 section 3.1).
//!
//! Nothing is stored while somebody is away: what must come back is kept by the browser, sealed, in a cookie. Whoever takes
//! the answer sees to it that each `state` is used once.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD as BASE64URL};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::{Url, form_urlencoded};
use vouchsafe_core::time::{Duration, Timestamp};

use super::metadata::Metadata;

/// How long somebody may be away at the issuer.
pub const AWAY_MAX: Duration = Duration::minutes(10);
/// Random bytes of one sign-in: of its `state`, its `nonce` and its verifier.
pub const RANDOM_BYTES: usize = 96;
/// Characters of what an issuer sends back in one parameter.
pub const ANSWER_CHARS_MAX: usize = 4_096;
/// Characters of an address to return to.
const RETURN_CHARS_MAX: usize = 500;

/// Who this service is at an issuer.
#[derive(Debug, Clone, Copy)]
pub struct Client<'c> {
    /// Its id there.
    pub id: &'c str,
    /// Where people come back to. Each issuer has one of its own (RFC 9700 section 4.4.2.2).
    pub redirect_uri: &'c str,
    /// What is asked for, with spaces between.
    pub scope: &'c str,
}

/// What the browser keeps while its person is away. Serialized only to be sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    state: String,
    nonce: String,
    verifier: String,
    return_to: String,
    ends: Timestamp,
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flow(until {})", self.ends)
    }
}

/// What the browser brings back from the issuer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The `state` that went along.
    pub state: Option<String>,
    /// The code.
    pub code: Option<String>,
    /// Which issuer it comes from (RFC 9207).
    pub issuer: Option<String>,
    /// Why there is no code (RFC 6749 section 4.1.2.1).
    pub error: Option<String>,
}

/// Why an answer is none to this sign-in. For the operator's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    /// It belongs to another sign-in, or to none.
    #[error("its state is not that of a sign-in of this browser")]
    State,
    /// It took too long.
    #[error("the sign-in was begun too long ago")]
    Late,
    /// It comes from another issuer, or does not say from which.
    #[error("it comes from another issuer")]
    Issuer,
    /// There is no code, and no error.
    #[error("it holds no code")]
    NoCode,
    /// The issuer, or the person there, said no.
    #[error("the issuer refused")]
    Refused,
}

/// What is sent to the token endpoint (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
pub struct TokenRequest {
    /// The body, as a form.
    pub form: String,
    /// The value of `Authorization`, if the secret goes there.
    pub authorization: Option<String>,
}

impl Flow {
    /// Begins one. `random` is fresh; `return_to` is where the person wants to be afterwards, a path of this service alone.
    #[must_use]
    pub fn begin(random: &[u8; RANDOM_BYTES], return_to: Option<&str>, now: Timestamp) -> Self {
        let text = |part: usize| {
            let third = random.chunks_exact(RANDOM_BYTES / 3).nth(part).unwrap_or_default();
            BASE64URL.encode(third)
        };
        let return_to = return_to.filter(|path| is_local(path)).unwrap_or("/").to_owned();
        Self { state: text(0), nonce: text(1), verifier: text(2), return_to, ends: now + AWAY_MAX }
    }

    /// Where the person is sent.
    ///
    /// # Errors
    /// An endpoint that is no address; [`super::metadata::read`] takes none such.
    pub fn address(&self, metadata: &Metadata, client: Client<'_>) -> Result<String, url::ParseError> {
        let mut url = Url::parse(&metadata.authorization_endpoint)?;
        let challenge = BASE64URL.encode(Sha256::digest(&self.verifier));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client.id)
            .append_pair("redirect_uri", client.redirect_uri)
            .append_pair("scope", client.scope)
            .append_pair("state", &self.state)
            .append_pair("nonce", &self.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// The code of an answer to this sign-in. The state is looked at first: of an answer to another one nothing is believed.
    ///
    /// # Errors
    /// [`BadAnswer`].
    pub fn accept<'a>(
        &self,
        answer: &'a Answer,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Result<&'a str, BadAnswer> {
        let state = answer.state.as_deref().unwrap_or_default();
        if !bool::from(state.as_bytes().ct_eq(self.state.as_bytes())) {
            return Err(BadAnswer::State);
        }
        if now >= self.ends {
            return Err(BadAnswer::Late);
        }
        match &answer.issuer {
            Some(issuer) if *issuer != metadata.issuer => return Err(BadAnswer::Issuer),
            None if metadata.names_itself => return Err(BadAnswer::Issuer),
            Some(_) | None => {}
        }
        match (&answer.error, &answer.code) {
            (Some(_), _) => Err(BadAnswer::Refused),
            (None, Some(code)) if !code.is_empty() => Ok(code),
            (None, Some(_) | None) => Err(BadAnswer::NoCode),
        }
    }

    /// What turns the code into tokens.
    #[must_use]
    pub fn token_request(
        &self,
        code: &str,
        client: Client<'_>,
        secret: Option<&str>,
        metadata: &Metadata,
    ) -> TokenRequest {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", client.redirect_uri)
            .append_pair("code_verifier", &self.verifier);
        let mut authorization = None;
        match secret {
            Some(secret) if !metadata.secret_in_body => {
                // RFC 6749 section 2.3.1: both are encoded as in forms before they are joined.
                let encoded =
                    |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let joined = BASE64.encode(format!("{}:{}", encoded(client.id), encoded(secret)));
                authorization = Some(format!("Basic {joined}"));
            }
            Some(secret) => {
                form.append_pair("client_id", client.id).append_pair("client_secret", secret);
            }
            None => {
                form.append_pair("client_id", client.id);
            }
        }
        TokenRequest { form: form.finish(), authorization }
    }

    /// The `nonce` that the ID token must carry.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// What is kept of it once it was used.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::new().chain_update("oidc state ").chain_update(&self.state).finalize().into()
    }

    /// Until when it can be answered.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        self.ends
    }

    /// Where the person wants to be afterwards: a path of this service.
    #[must_use]
    pub fn return_to(&self) -> &str {
        &self.return_to
    }
}

/// Whether an address leads nowhere but to this service: a path, with what may stand behind it. Browsers read `\` as `/`, and
/// `//host` as another host.
fn is_local(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next() == Some(b'/')
        && bytes.next() != Some(b'/')
        && path.len() <= RETURN_CHARS_MAX
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// The ID token of a token endpoint's answer (OpenID Connect Core 1.0 section 3.1.3.3). The access token is dropped: nothing
/// is asked with it.
#[must_use]
pub fn id_token_of(answer: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Granted {
        id_token: String,
    }
    serde_json::from_slice(answer).map(|granted: Granted| granted.id_token).ok()
}

/// Why a token endpoint refused: only its error code, and only one that looks like it (RFC 6749 section 5.2).
#[must_use]
pub fn error_of(answer: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Refused {
        error: String,
    }
    let code = serde_json::from_slice(answer).map(|refused: Refused| refused.error).ok()?;
    let is_code = (1..=40).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_code.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn flow(return_to: Option<&str>) -> Flow {
        let random = std::array::from_fn(|at| u8::try_from(at).unwrap());
        Flow::begin(&random, return_to, Timestamp::from_millis(NOW))
    }

    fn metadata() -> Metadata {
        Metadata {
            issuer: "https://id.example".to_owned(),
            authorization_endpoint: "https://id.example/a?p=1".to_owned(),
            token_endpoint: "https://id.example/t".to_owned(),
            jwks_uri: "https://id.example/k".to_owned(),
            names_itself: false,
            secret_in_body: false,
        }
    }

    fn client() -> Client<'static> {
        Client { id: "me & you", redirect_uri: "https://here.example/callback", scope: "openid profile" }
    }

    #[test]
    fn the_address_asks_for_a_code_with_a_challenge() {
        let flow = flow(None);
        let address = flow.address(&metadata(), client()).unwrap();
        let url = Url::parse(&address).unwrap();
        let asked: std::collections::BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["p"], "1");
        assert_eq!(asked["client_id"], "me & you");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["code_challenge"], BASE64URL.encode(Sha256::digest(&flow.verifier)));
        assert_eq!((flow.state.len(), flow.nonce.len(), flow.verifier.len()), (43, 43, 43));
        assert!(!address.contains(&flow.verifier), "the verifier stays here");
        assert!(!format!("{flow:?}").contains(&flow.state));
    }

    #[test]
    fn only_the_answer_to_this_sign_in_has_a_code() {
        let flow = flow(None);
        let good =
            Answer { state: Some(flow.state.clone()), code: Some("c".to_owned()), ..Answer::default() };
        let said = |answer: &Answer, metadata: &Metadata, later: i64| {
            flow.accept(answer, metadata, Timestamp::from_millis(NOW + later)).map(str::to_owned)
        };
        assert_eq!(said(&good, &metadata(), 0).as_deref(), Ok("c"));
        assert_eq!(said(&good, &metadata(), 600_000), Err(BadAnswer::Late));
        for state in [None, Some(String::new()), Some(flow.nonce.clone()), Some(format!("{}x", flow.state))] {
            assert_eq!(said(&Answer { state, ..good.clone() }, &metadata(), 0), Err(BadAnswer::State));
        }
        let from = |issuer: &str| Answer { issuer: Some(issuer.to_owned()), ..good.clone() };
        assert_eq!(said(&from("https://id.example"), &metadata(), 0).as_deref(), Ok("c"));
        assert_eq!(said(&from("https://evil.example"), &metadata(), 0), Err(BadAnswer::Issuer));
        let names_itself = Metadata { names_itself: true, ..metadata() };
        assert_eq!(said(&good, &names_itself, 0), Err(BadAnswer::Issuer));
        assert_eq!(said(&from("https://id.example"), &names_itself, 0).as_deref(), Ok("c"));
        assert_eq!(said(&Answer { code: None, ..good.clone() }, &metadata(), 0), Err(BadAnswer::NoCode));
        let refused = Answer { error: Some("access_denied".to_owned()), ..good };
        assert_eq!(said(&refused, &metadata(), 0), Err(BadAnswer::Refused));
    }

    #[test]
    fn nobody_is_led_elsewhere_afterwards() {
        for path in ["/", "/access-requests/sar_1?x=1#y"] {
            assert_eq!(flow(Some(path)).return_to(), path);
        }
        let long = format!("/{}", "a".repeat(RETURN_CHARS_MAX));
        for path in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "/a b",
            "/\n/x",
            "/é",
            "javascript:alert(1)",
            long.as_str(),
        ] {
            assert_eq!(flow(Some(path)).return_to(), "/", "{path}");
        }
    }

    #[test]
    fn the_secret_goes_where_the_issuer_takes_it() {
        let flow = flow(None);
        let basic = flow.token_request("c&d", client(), Some("s:e"), &metadata());
        assert_eq!(basic.authorization.unwrap(), format!("Basic {}", BASE64.encode("me+%26+you:s%3Ae")));
        assert!(basic.form.contains("code=c%26d") && !basic.form.contains("secret"));
        let in_body = Metadata { secret_in_body: true, ..metadata() };
        let posted = flow.token_request("c", client(), Some("s:e"), &in_body);
        assert!(
            posted.authorization.is_none()
                && posted.form.ends_with("client_id=me+%26+you&client_secret=s%3Ae")
        );
        let public = flow.token_request("c", client(), None, &metadata());
        assert!(public.authorization.is_none() && public.form.ends_with("client_id=me+%26+you"));
        assert!(public.form.contains(&format!("code_verifier={}", flow.verifier)));
    }

    #[test]
    fn of_an_answer_only_the_id_token_or_a_code_is_taken() {
        assert_eq!(id_token_of(br#"{"access_token":"a","id_token":"b.c.d"}"#).as_deref(), Some("b.c.d"));
        assert_eq!(id_token_of(br#"{"access_token":"a"}"#), None);
        assert_eq!(error_of(br#"{"error":"invalid_grant"}"#).as_deref(), Some("invalid_grant"));
        assert_eq!(error_of(br#"{"error":"Your secret s3cret is wrong"}"#), None);
    }
}
