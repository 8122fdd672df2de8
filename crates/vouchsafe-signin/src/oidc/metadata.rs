//! What an issuer says of itself (OpenID Connect Discovery 1.0 sections 3 and 4, RFC 9207 section 3).

use serde::Deserialize;

use super::address;

/// Where an issuer's document lies, below the issuer.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// What is used of an issuer's document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The issuer, to the letter.
    pub issuer: String,
    /// Where people are sent.
    pub authorization_endpoint: String,
    /// Where codes become tokens.
    pub token_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Whether every answer that people bring back names the issuer.
    pub names_itself: bool,
    /// Whether the client's secret goes into the body, because the issuer takes it nowhere else.
    pub secret_in_body: bool,
}

/// Why a document cannot be used. For the operator's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMetadata {
    /// It cannot be read.
    #[error("the issuer's document cannot be read")]
    Form,
    /// It is another issuer's.
    #[error("the issuer's document names another issuer")]
    Issuer,
    /// An address that is none.
    #[error("`{0}` of the issuer's document {1}")]
    Address(&'static str, &'static str),
    /// Something that is needed is not offered.
    #[error("the issuer's document does not offer {0}")]
    Missing(&'static str),
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    response_types_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where the document of an issuer lies.
#[must_use]
pub fn document_of(issuer: &str) -> String {
    format!("{}{WELL_KNOWN}", issuer.trim_end_matches('/'))
}

/// Reads an issuer's document, and holds it against the issuer that was asked for.
///
/// # Errors
/// [`BadMetadata`].
pub fn read(bytes: &[u8], issuer: &str) -> Result<Metadata, BadMetadata> {
    let document: Document = serde_json::from_slice(bytes).map_err(|_| BadMetadata::Form)?;
    if document.issuer != issuer {
        return Err(BadMetadata::Issuer);
    }
    // What is checked for one issuer is not sent in clear because its document says so.
    let plain = issuer.starts_with("http://");
    for (name, text) in [
        ("authorization_endpoint", &document.authorization_endpoint),
        ("token_endpoint", &document.token_endpoint),
        ("jwks_uri", &document.jwks_uri),
    ] {
        let url = address(text, true).map_err(|why| BadMetadata::Address(name, why))?;
        if url.scheme() == "http" && !plain {
            return Err(BadMetadata::Address(name, "must be https"));
        }
    }
    let offers = |list: &Option<Vec<String>>, wanted: &str| {
        list.as_ref().is_none_or(|list| list.iter().any(|one| one == wanted))
    };
    if !offers(&document.response_types_supported, "code") {
        return Err(BadMetadata::Missing("the response type `code`"));
    }
    if !offers(&document.code_challenge_methods_supported, "S256") {
        return Err(BadMetadata::Missing("the challenge method `S256`"));
    }
    let methods = &document.token_endpoint_auth_methods_supported;
    let secret_in_body = !offers(methods, "client_secret_basic") && offers(methods, "client_secret_post");
    Ok(Metadata {
        issuer: document.issuer,
        authorization_endpoint: document.authorization_endpoint,
        token_endpoint: document.token_endpoint,
        jwks_uri: document.jwks_uri,
        names_itself: document.authorization_response_iss_parameter_supported,
        secret_in_body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_with(changes: &[(&str, &str)], issuer: &str) -> Result<Metadata, BadMetadata> {
        let text = r#"{"issuer":"https://id.example/t","authorization_endpoint":"https://id.example/a?x=1",
            "token_endpoint":"https://id.example/t","jwks_uri":"https://keys.example/k"}"#;
        let text = changes.iter().fold(text.to_owned(), |text, (old, new)| text.replacen(old, new, 1));
        read(text.as_bytes(), issuer)
    }

    #[test]
    fn the_document_is_the_issuers_own_to_the_letter() {
        let issuer = "https://id.example/t";
        let good = read_with(&[], issuer).unwrap();
        assert!(!good.names_itself && !good.secret_in_body);
        for other in ["https://id.example/t/", "https://id.example/T", "https://id.example"] {
            assert_eq!(read_with(&[], other), Err(BadMetadata::Issuer), "{other}");
        }
        assert_eq!(read_with(&[("{", "[")], issuer), Err(BadMetadata::Form));
        for (old, new) in [
            ("https://keys.example/k", "http://keys.example/k"),
            ("https://keys.example/k", "http://127.0.0.1/k"),
            ("https://keys.example/k", "file:///etc/passwd"),
            ("https://id.example/a?x=1", "javascript:alert(1)"),
        ] {
            assert!(matches!(read_with(&[(old, new)], issuer), Err(BadMetadata::Address(..))), "{new}");
        }
        let with = |more: &str| read_with(&[("{", &format!("{{{more},"))], issuer);
        assert!(matches!(with(r#""response_types_supported":["token"]"#), Err(BadMetadata::Missing(_))));
        assert!(matches!(
            with(r#""code_challenge_methods_supported":["plain"]"#),
            Err(BadMetadata::Missing(_))
        ));
        assert!(
            with(r#""token_endpoint_auth_methods_supported":["client_secret_post"]"#).unwrap().secret_in_body
        );
        assert!(with(r#""authorization_response_iss_parameter_supported":true"#).unwrap().names_itself);
        assert_eq!(
            document_of("https://id.example/t/"),
            "https://id.example/t/.well-known/openid-configuration"
        );
    }
}
