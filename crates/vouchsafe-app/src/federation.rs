//! Issuers of OpenID Connect as this service asks them: what they say of themselves, and their keys.
//!
//! Both are remembered for a while. An issuer that fails is left alone for a few seconds, so that many who want in do not wait
//! for it one after the other; and a token with an unknown key makes its issuer be asked again once in a minute at most, so
//! that nobody makes this service call out by sending it tokens.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use vouchsafe_core::id::IdentityProviderId;
use vouchsafe_core::identity_provider::IdentityProvider;
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_signin::oidc::jws::BadToken;
use vouchsafe_signin::oidc::keys::{self, Key};
use vouchsafe_signin::oidc::metadata::{self, Metadata};
use zeroize::Zeroizing;

/// Bytes of an issuer's document, and of its keys.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// Bytes of a token endpoint's answer.
const TOKENS_BYTES_MAX: usize = 128 * 1024;
/// How long what an issuer says of itself is believed without asking again.
const REMEMBERED_FOR: Duration = Duration::hours(1);
/// How long an issuer is not asked again because of a key that it did not have.
const KEYS_ASKED_EVERY: Duration = Duration::minutes(1);
/// How long an issuer that failed is left alone, in microseconds.
const LEFT_ALONE_US: i64 = 5_000_000;
/// Issuers of which anything is remembered; beyond it the memory starts afresh.
const ISSUERS_MAX: usize = 1_000;

/// Something that asks issuers.
pub trait Fetch: fmt::Debug + Send + Sync {
    /// Asks once, without following anything, within a time and size.
    fn fetch<'a>(&'a self, question: &'a Question) -> Fetching<'a>;
}

/// An answer that is on its way. An error says why there is none.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Fetched, Cause>> + Send + 'a>>;

/// What is behind a failure.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What is asked.
pub struct Question {
    /// Where; it comes from a tenant, or from its issuer.
    pub url: String,
    /// The form to post; without it the address is read.
    pub form: Option<Zeroizing<String>>,
    /// The value of `Authorization`.
    pub authorization: Option<Zeroizing<String>>,
    /// Bytes that the answer may have.
    pub bytes_max: usize,
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Question({})", self.url)
    }
}

/// What an issuer answered.
#[derive(Debug)]
pub struct Fetched {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why somebody is not signed in at an identity provider. The text is for the person; the cause is for the operator's log.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The issuer cannot be reached, or took too long.
    #[error(
        "the identity provider cannot be reached now: try again in a minute, or sign in with your passkey"
    )]
    Unreachable(#[source] Cause),
    /// Its answer, or what it signed, is not what it must be.
    #[error("the identity provider gave an answer that cannot be used: its administrator must see to it")]
    Malformed(#[source] Cause),
    /// What came back belongs to no sign-in of this browser that is still on its way.
    #[error("this sign-in was not begun in this browser, took too long, or was used already: begin again")]
    NotOurs,
    /// The issuer, or the person there, said no.
    #[error("the identity provider did not sign you in: begin again if you did not mean that")]
    Refused,
    /// The person is not one of those whom the tenant lets in.
    #[error("your organisation does not let you in with this account: ask one of its administrators")]
    NotAdmitted,
}

/// The identity providers of this service, and how they are asked.
#[derive(Debug)]
pub struct Federation {
    fetch: Arc<dyn Fetch>,
    configured: Vec<IdentityProvider>,
    known: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Known>>>>,
}

/// What is remembered of an issuer.
#[derive(Debug, Default)]
struct Known {
    metadata: Option<(Metadata, Timestamp)>,
    keys: Option<(Arc<[Key]>, Timestamp)>,
    /// When its keys were last asked for because of one that it did not have.
    asked_again: Option<Timestamp>,
    failed: Option<Timestamp>,
}

impl Federation {
    /// Asks issuers with `fetch`; `configured` are the provider's own, from its configuration file.
    #[must_use]
    pub fn new(fetch: Arc<dyn Fetch>, configured: Vec<IdentityProvider>) -> Self {
        Self { fetch, configured, known: Mutex::default() }
    }

    /// The provider's own identity providers.
    pub(crate) fn configured(&self) -> &[IdentityProvider] {
        &self.configured
    }

    /// One of the provider's own.
    pub(crate) fn of_configuration(&self, id: IdentityProviderId) -> Option<&IdentityProvider> {
        self.configured.iter().find(|provider| provider.id == id)
    }

    /// What an issuer says of itself.
    pub(crate) async fn metadata(&self, issuer: &str, now: Timestamp) -> Result<Metadata, SignInError> {
        let known = self.known(issuer);
        let mut known = known.lock().await;
        if let Some((metadata, at)) = &known.metadata
            && now < *at + REMEMBERED_FOR
        {
            return Ok(metadata.clone());
        }
        let body = self.read(&mut known, metadata::document_of(issuer), now).await?;
        let metadata = metadata::read(&body, issuer).map_err(|bad| SignInError::Malformed(bad.into()))?;
        known.metadata = Some((metadata.clone(), now));
        Ok(metadata)
    }

    /// Checks something with an issuer's keys; once more with its keys of now, if it names one that the issuer did not have.
    pub(crate) async fn checked<T>(
        &self,
        metadata: &Metadata,
        now: Timestamp,
        check: impl Fn(&[Key]) -> Result<T, BadToken>,
    ) -> Result<T, SignInError> {
        let known = self.known(&metadata.issuer);
        let mut known = known.lock().await;
        let mut asked = false;
        let held = match &known.keys {
            Some((keys, at)) if now < *at + REMEMBERED_FOR => Arc::clone(keys),
            Some(_) | None => {
                asked = true;
                self.keys(&mut known, metadata, now).await?
            }
        };
        let mut found = check(&held);
        let lately = known.asked_again.is_some_and(|at| now < at + KEYS_ASKED_EVERY);
        if matches!(found, Err(BadToken::UnknownKey)) && !asked && !lately {
            known.asked_again = Some(now);
            found = check(&self.keys(&mut known, metadata, now).await?);
        }
        found.map_err(|bad| SignInError::Malformed(bad.into()))
    }

    /// Posts a form to an issuer.
    pub(crate) async fn post(
        &self,
        url: String,
        form: String,
        authorization: Option<String>,
    ) -> Result<Fetched, SignInError> {
        let question = Question {
            url,
            form: Some(Zeroizing::new(form)),
            authorization: authorization.map(Zeroizing::new),
            bytes_max: TOKENS_BYTES_MAX,
        };
        self.fetch.fetch(&question).await.map_err(SignInError::Unreachable)
    }

    async fn keys(
        &self,
        known: &mut Known,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Result<Arc<[Key]>, SignInError> {
        let body = self.read(known, metadata.jwks_uri.clone(), now).await?;
        let keys: Arc<[Key]> = keys::read(&body).map_err(|bad| SignInError::Malformed(bad.into()))?.into();
        known.keys = Some((Arc::clone(&keys), now));
        Ok(keys)
    }

    /// Reads a document of an issuer that has not just failed.
    async fn read(&self, known: &mut Known, url: String, now: Timestamp) -> Result<Vec<u8>, SignInError> {
        let left_alone = |at: Timestamp| now.as_micros() < at.as_micros().saturating_add(LEFT_ALONE_US);
        if known.failed.is_some_and(left_alone) {
            return Err(SignInError::Unreachable("it failed a moment ago".into()));
        }
        let question = Question { url, form: None, authorization: None, bytes_max: DOCUMENT_BYTES_MAX };
        let fetched = match self.fetch.fetch(&question).await {
            Ok(Fetched { status: 200, body }) => Ok(body),
            Ok(Fetched { status, .. }) => Err(format!("it answered {status}").into()),
            Err(cause) => Err(cause),
        };
        known.failed = fetched.is_err().then_some(now);
        fetched.map_err(SignInError::Unreachable)
    }

    fn known(&self, issuer: &str) -> Arc<tokio::sync::Mutex<Known>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ISSUERS_MAX && !known.contains_key(issuer) {
            known.clear();
        }
        Arc::clone(known.entry(issuer.to_owned()).or_default())
    }
}
