//! Issuers of OpenID Connect over HTTP. Their addresses are a tenant's own input, or come from documents that a tenant's
//! issuer wrote: so a request goes only to where the internet begins, unless the operator names networks besides, and what a
//! name means is looked at when it is connected to, not before.

pub mod network;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use sha2::{Digest as _, Sha256};
use vouchsafe_app::federation::{Cause, Federation, Fetch, Fetched, Fetching, Question};
use vouchsafe_core::id::{Id as _, IdentityProviderId};
use vouchsafe_core::identity_provider::{IdentityProvider, NewProvider, ProviderText};
use vouchsafe_signin::oidc;
use vouchsafe_store::{Store, StoreError};

use crate::config::sign_in::{ProviderSection, SignIn};
use network::Networks;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a whole answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Why an identity provider of the configuration cannot be used. The text says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum IssuersError {
    /// A setting is wrong.
    #[error("`{name}`: {cause}")]
    Setting {
        /// Of which identity provider.
        name: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The secret cannot be read.
    #[error("`client_secret_file` of `{name}`: cannot read {path}")]
    SecretFile {
        /// Of which identity provider.
        name: String,
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The system's certificates cannot be read.
    #[error("TLS cannot be set up")]
    Tls(#[source] reqwest::Error),
    /// The secret cannot be sealed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The identity providers of a configuration, and the way to all others. Nothing is sent yet.
///
/// # Errors
/// [`IssuersError`].
pub fn connect(configured: &SignIn, store: &Store) -> Result<Federation, IssuersError> {
    let fetch =
        Arc::new(Issuers::new(configured.networks.clone(), ANSWER_TIMEOUT).map_err(IssuersError::Tls)?);
    let own = configured.providers.iter().map(|section| of_section(section, store));
    Ok(Federation::new(fetch, own.collect::<Result<_, _>>()?))
}

/// One of the provider's own. Its id follows from its name, so that what is linked with it stays so.
fn of_section(section: &ProviderSection, store: &Store) -> Result<IdentityProvider, IssuersError> {
    let wrong = |cause: String| IssuersError::Setting { name: section.name.clone(), cause };
    let tenant = store.provider();
    let digest = Sha256::digest(format!("identity provider {}", section.name));
    let (half, _) = digest.split_first_chunk::<16>().ok_or_else(|| wrong("has no id".to_owned()))?;
    let id = IdentityProviderId::from_uuid(uuid::Uuid::from_bytes(*half));
    oidc::address(&section.issuer, false).map_err(|why| wrong(format!("`issuer` {why}")))?;
    let secret = match &section.client_secret_file {
        None => None,
        Some(path) => {
            let unreadable = |source| IssuersError::SecretFile {
                name: section.name.clone(),
                path: path.display().to_string(),
                source,
            };
            let text = zeroize::Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
            if text.trim().is_empty() {
                return Err(wrong("`client_secret_file` is empty".to_owned()));
            }
            Some(store.master().seal_client_secret(tenant, id, text.trim())?)
        }
    };
    let new =
        NewProvider { id, issuer: section.issuer.clone(), client_id: section.client_id.clone(), secret };
    let text = ProviderText { enabled: true, ..section.text().map_err(wrong)? };
    let since = vouchsafe_core::time::Timestamp::from_micros(0);
    IdentityProvider::configured(tenant, new, text, since).map_err(|rejection| wrong(rejection.to_string()))
}

/// Asks issuers.
#[derive(Debug)]
pub struct Issuers {
    networks: Arc<Networks>,
    secure: reqwest::Client,
    plain: reqwest::Client,
}

impl Issuers {
    /// Asks issuers on the internet, and in these networks; no answer may take longer than `patience`.
    ///
    /// # Errors
    /// If the system's certificates cannot be read.
    pub fn new(networks: Networks, patience: Duration) -> Result<Self, reqwest::Error> {
        // Another part of the program may have been first; it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let networks = Arc::new(networks);
        let client = || {
            reqwest::Client::builder()
                .user_agent(concat!("vouchsafe-server/", env!("CARGO_PKG_VERSION")))
                .redirect(reqwest::redirect::Policy::none())
                // A proxy would connect in our place, to wherever a name leads it.
                .no_proxy()
                .dns_resolver(Guarded(Arc::clone(&networks)))
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(patience)
        };
        // On loopback nothing is encrypted, and no certificate is needed.
        let plain = client().tls_certs_only([]).build()?;
        Ok(Self { secure: client().build()?, plain, networks })
    }

    async fn ask(&self, question: &Question) -> Result<Fetched, Cause> {
        let url = oidc::address(&question.url, true)?;
        // Names are looked up when they are connected to.
        if oidc::written_ip(&url).is_some_and(|ip| !self.networks.allow(ip)) {
            return Err(NOT_ALLOWED.into());
        }
        let http = if url.scheme() == "https" { &self.secure } else { &self.plain };
        let request = match &question.form {
            Some(form) => http
                .post(url)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.to_string()),
            None => http.get(url),
        };
        let request = request.header(header::ACCEPT, "application/json");
        let request = match &question.authorization {
            Some(text) => {
                let mut value = http::HeaderValue::from_str(text)?;
                value.set_sensitive(true);
                request.header(header::AUTHORIZATION, value)
            }
            None => request,
        };
        let mut response = request.send().await.map_err(reqwest::Error::without_url)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(reqwest::Error::without_url)? {
            if body.len() + piece.len() > question.bytes_max {
                return Err(format!("an answer has more than {} bytes", question.bytes_max).into());
            }
            body.extend_from_slice(&piece);
        }
        Ok(Fetched { status, body })
    }
}

/// What is said of an address that must not be asked.
const NOT_ALLOWED: &str = "the address is in no network that may be asked (`[sign_in] networks`)";

impl Fetch for Issuers {
    fn fetch<'a>(&'a self, question: &'a Question) -> Fetching<'a> {
        Box::pin(self.ask(question))
    }
}

/// Finds addresses of names, and only those that may be asked.
#[derive(Debug)]
struct Guarded(Arc<Networks>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let networks = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| networks.allow(address.ip())).collect();
            if allowed.is_empty() {
                return Err(NOT_ALLOWED.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}
