//! Signing in at an identity provider: the relying party's side of OpenID Connect Core 1.0 with the authorization code flow,
//! PKCE (RFC 7636) and what RFC 9700 asks of clients. Nothing here does IO: whoever calls fetches, and hands over bytes.
//!
//! Signatures are checked with ring, which is here for TLS anyway. The libraries that there are for it bring a second set of
//! cryptography each, the widest spread one with an RSA whose private-key operations leak by time (RUSTSEC-2023-0071).

pub mod flow;
pub mod jws;
pub mod keys;
pub mod metadata;
pub mod token;

use std::net::IpAddr;

use url::{Host, Url};

/// Characters of an address that is taken.
pub const URL_CHARS_MAX: usize = 1_000;

/// Reads the address of an issuer, or of one of its endpoints: `https`, or `http` on a loopback address, without
/// credentials and fragment. An issuer has no query either (OpenID Connect Discovery 1.0 section 3).
///
/// # Errors
/// What is wrong with it, as the end of a sentence; the address itself is not repeated.
pub fn address(text: &str, query: bool) -> Result<Url, &'static str> {
    let https = "must be https://HOST[:PORT][/PATH]";
    if text.chars().count() > URL_CHARS_MAX {
        return Err("must have at most 1000 characters");
    }
    let url = Url::parse(text).map_err(|_| https)?;
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => {}
        ("http", Some(host)) if is_loopback(&host) => {}
        _ => return Err(https),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must hold no user name and no password");
    }
    if url.fragment().is_some() || (url.query().is_some() && !query) {
        return Err("must have neither a query nor a fragment");
    }
    Ok(url)
}

/// The address that a host is written as; none if it is a name.
#[must_use]
pub fn written_ip(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
    }
}

/// Whether a host is this machine, by what it is called.
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(ip) => IpAddr::from(*ip).is_loopback(),
        Host::Ipv6(ip) => IpAddr::from(*ip).is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_https_or_loopback() {
        for good in [
            "https://login.example/tenant/v2.0",
            "http://127.0.0.1:9000",
            "http://[::1]:9000/x",
            "http://localhost:3",
        ] {
            assert!(address(good, false).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "login.example",
            "http://login.example",
            "http://127.0.0.1.evil.example",
            "https://me@login.example",
            "https://login.example?x=1",
            "https://login.example#x",
            "ftp://login.example",
            "file:///etc/passwd",
        ] {
            assert!(address(wrong, false).is_err(), "{wrong}");
        }
        assert!(address("https://login.example/keys?v=1", true).is_ok());
    }
}
