//! The keys of an issuer: a JSON Web Key Set (RFC 7517). Keys that could sign nothing here are passed over, as section 5 asks.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde::Deserialize;

use super::jws::Algorithm;

/// Keys of one issuer that are looked at.
pub const KEYS_MAX: usize = 64;

/// A key of an issuer that can check signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    id: Option<String>,
    algorithm: Option<String>,
    material: Material,
}

/// The numbers of a public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Material {
    /// Modulus and exponent, without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// A point, uncompressed (SEC 1 section 2.3.3).
    P256(Vec<u8>),
    /// A point (RFC 8032).
    Ed25519(Vec<u8>),
}

impl Key {
    /// Its id, if it has one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    pub(super) fn material(&self) -> &Material {
        &self.material
    }

    /// Whether it is for this algorithm: by its kind, and by what it says it is for.
    pub(super) fn signs(&self, algorithm: Algorithm) -> bool {
        let kind = match self.material {
            Material::Rsa { .. } => matches!(algorithm, Algorithm::RS256 | Algorithm::PS256),
            Material::P256(_) => matches!(algorithm, Algorithm::ES256),
            Material::Ed25519(_) => matches!(algorithm, Algorithm::EdDSA),
        };
        let named =
            |name: &str| name == algorithm.name() || (name == "Ed25519" && algorithm == Algorithm::EdDSA);
        kind && self.algorithm.as_deref().is_none_or(named)
    }
}

/// A set that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no set of keys")]
pub struct NoKeys;

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Reads a set: its first [`KEYS_MAX`] keys, as far as they can check signatures.
///
/// # Errors
/// [`NoKeys`] for what is no set.
pub fn read(bytes: &[u8]) -> Result<Vec<Key>, NoKeys> {
    let set: Set = serde_json::from_slice(bytes).map_err(|_| NoKeys)?;
    Ok(set.keys.into_iter().take(KEYS_MAX).filter_map(key).collect())
}

fn key(value: serde_json::Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let signs = jwk.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
        && jwk.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    if !signs {
        return None;
    }
    let material = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => Material::Rsa { n: number(jwk.n.as_ref()?)?, e: number(jwk.e.as_ref()?)? },
        ("EC", Some("P-256")) => {
            let (x, y) = (of_length(jwk.x.as_ref()?, 32)?, of_length(jwk.y.as_ref()?, 32)?);
            Material::P256([[4].as_slice(), &x, &y].concat())
        }
        ("OKP", Some("Ed25519")) => Material::Ed25519(of_length(jwk.x.as_ref()?, 32)?),
        _ => return None,
    };
    Some(Key { id: jwk.kid, algorithm: jwk.alg, material })
}

/// A number without leading zeros, which some write.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64URL.decode(text).ok()?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).filter(|rest| !rest.is_empty()).map(<[u8]>::to_vec)
}

fn of_length(text: &str, length: usize) -> Option<Vec<u8>> {
    BASE64URL.decode(text).ok().filter(|bytes| bytes.len() == length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_sign_nothing_are_passed_over() {
        let set = r#"{"keys":[
            {"kty":"oct","k":"c2VjcmV0"},
            {"kty":"RSA","n":"AAEC","e":"AQAB","kid":"a","alg":"RS256"},
            {"kty":"RSA","n":"AQI","e":"AQAB","use":"enc"},
            {"kty":"RSA","n":"AQI","e":"AQAB","key_ops":["encrypt"]},
            {"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"},
            {"kty":"EC","crv":"P-384","x":"AQ","y":"AQ"},
            {"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            "what", 7, {}
        ]}"#;
        let found = read(set.as_bytes()).unwrap();
        let rsa = Material::Rsa { n: vec![1, 2], e: vec![1, 0, 1] };
        assert_eq!(
            found,
            [Key { id: Some("a".to_owned()), algorithm: Some("RS256".to_owned()), material: rsa }]
        );
        assert!(found[0].signs(Algorithm::RS256) && !found[0].signs(Algorithm::PS256));
        for none in ["", "[]", "{}", r#"{"keys":{}}"#] {
            assert_eq!(read(none.as_bytes()), Err(NoKeys), "{none}");
        }
        let many =
            format!(r#"{{"keys":[{}]}}"#, vec![r#"{"kty":"RSA","n":"AQI","e":"AQAB"}"#; 100].join(","));
        assert_eq!(read(many.as_bytes()).unwrap().len(), KEYS_MAX);
    }
}
