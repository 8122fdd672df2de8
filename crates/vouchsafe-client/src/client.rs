//! The client and the address it talks to.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;

use crate::error::ClientError;
use crate::token::Token;

/// A client of one server with one token. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    pub(crate) token: Token,
}

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl Client {
    /// A client of the server at `server`, such as `https://support.example`. Nothing is sent yet.
    ///
    /// Plain `http://` is taken for loopback addresses only: elsewhere it would show the token to the network.
    ///
    /// # Errors
    /// [`ClientError::InvalidServer`] if the address is not usable, [`ClientError::Tls`] if no TLS provider is
    /// installed or the system's certificates cannot be read.
    pub fn new(server: &str, token: Token) -> Result<Self, ClientError> {
        let base = parse_server(server)?;
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(ClientError::Tls { source: None });
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("vouchsafe-client/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT);
        if base.scheme() == "http" {
            // No TLS to loopback: neither the system's certificates nor a proxy is needed.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        let http = builder.build().map_err(|source| ClientError::Tls { source: Some(source) })?;
        Ok(Self { http, base, token })
    }

    /// Address of the server.
    #[must_use]
    pub fn server(&self) -> &str {
        self.base.as_str()
    }

    /// The address of a path below the server's, whose parts are escaped, with a query part.
    pub(crate) fn address(&self, path: &[&str], query: &str) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url.set_query((!query.is_empty()).then_some(query));
        url
    }

    /// The address of a next link, if it stays with this server.
    pub(crate) fn follow(&self, link: &str) -> Result<Url, ClientError> {
        let url = self.base.join(link).map_err(|_| ClientError::ForeignLink)?;
        if url.origin() == self.base.origin() { Ok(url) } else { Err(ClientError::ForeignLink) }
    }
}

fn parse_server(server: &str) -> Result<Url, ClientError> {
    let refuse = |reason| ClientError::InvalidServer { server: server.to_owned(), reason };
    let mut url = Url::parse(server).map_err(|_| refuse("write it as https://host"))?;
    let host = url.host_str().ok_or_else(|| refuse("it names no host"))?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(host) => {}
        "http" => return Err(refuse("http:// would show the token to the network; use https://")),
        _ => return Err(refuse("only https:// is supported")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it must not hold a user name or password"));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_only() {
        for right in
            ["https://support.example", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1/base"]
        {
            assert!(parse_server(right).is_ok(), "{right}");
        }
        let wrong =
            ["http://support.example", "http://10.0.0.1", "ftp://a", "support.example", "https://u:p@a", ""];
        for wrong in wrong {
            assert!(parse_server(wrong).is_err(), "{wrong}");
        }
    }
}
