//! Signed tokens: JSON Web Signatures in compact form (RFC 7515), checked with the algorithms of a fixed list.
//!
//! The header says which algorithm was used, and is written by whoever made the token. So it chooses among four that need a
//! public key, and the key must be of the algorithm's own kind: `none` and every `HS…` are no names here, and an RSA key
//! never becomes the secret of a HMAC (RFC 8725 section 2.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

use super::keys::{Key, Material};

/// Bytes of a whole token.
pub const TOKEN_BYTES_MAX: usize = 64 * 1024;

/// How a token may be signed (RFC 7518 section 3.1, RFC 8037 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl Algorithm {
    /// Its name in headers and keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }
}

/// Why a token is none. For the operator's log: it repeats nothing of the token but names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It is no JWS in compact form, too large, or its header cannot be read.
    #[error("it is no signed token: {0}")]
    Form(&'static str),
    /// It is signed in a way that is not on the list.
    #[error("it is signed in a way that is not taken")]
    Algorithm,
    /// No key of the issuer could have signed it. The issuer may have a new one.
    #[error("it names no key of the issuer")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("its signature is wrong")]
    Signature,
    /// A claim is missing, or says something else than it must.
    #[error("its claim `{0}` is not what it must be")]
    Claim(&'static str),
}

/// What the header says (RFC 7515 section 4.1). Keys that it carries or points to are not looked at.
#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
}

/// A token that was read, and of which nothing is believed yet.
#[derive(Debug)]
pub struct Unverified<'t> {
    algorithm: Algorithm,
    key_id: Option<String>,
    kind: Option<String>,
    message: &'t [u8],
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Unverified<'t> {
    /// Reads a token.
    ///
    /// # Errors
    /// [`BadToken::Form`], [`BadToken::Algorithm`].
    pub fn read(token: &'t str) -> Result<Self, BadToken> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(BadToken::Form("it is too large"));
        }
        let parts = BadToken::Form("it has not three parts in base64url");
        let (message, signature) = token.rsplit_once('.').ok_or(parts.clone())?;
        let (header, payload) = message.split_once('.').ok_or(parts.clone())?;
        let decoded = |part: &str| BASE64URL.decode(part).map_err(|_| parts.clone());
        let header: Header = serde_json::from_slice(&decoded(header)?)
            .map_err(|_| BadToken::Form("its header cannot be read"))?;
        if header.crit.is_some() {
            // RFC 7515 section 4.1.11: what must be understood is not.
            return Err(BadToken::Form("its header asks for an extension"));
        }
        let algorithm = match header.alg.as_str() {
            "RS256" => Algorithm::RS256,
            "PS256" => Algorithm::PS256,
            "ES256" => Algorithm::ES256,
            "EdDSA" | "Ed25519" => Algorithm::EdDSA,
            _ => return Err(BadToken::Algorithm),
        };
        Ok(Self {
            algorithm,
            key_id: header.kid,
            kind: header.typ,
            message: message.as_bytes(),
            payload: decoded(payload)?,
            signature: decoded(signature)?,
        })
    }

    /// What kind of token it says it is, in lower case and without `application/`.
    #[must_use]
    pub fn kind(&self) -> Option<String> {
        let kind = self.kind.as_ref()?.to_ascii_lowercase();
        Some(kind.strip_prefix("application/").map(str::to_owned).unwrap_or(kind))
    }

    /// Checks the signature against the keys of the issuer; gives what was signed.
    ///
    /// # Errors
    /// [`BadToken::UnknownKey`] if no key is the one that it names, or, where it names none, if none fits;
    /// [`BadToken::Signature`].
    pub fn verify(self, keys: &[Key]) -> Result<Vec<u8>, BadToken> {
        let may_be = |key: &&Key| {
            key.signs(self.algorithm) && (self.key_id.is_none() || key.id() == self.key_id.as_deref())
        };
        let mut candidates = keys.iter().filter(may_be).peekable();
        if candidates.peek().is_none() {
            return Err(BadToken::UnknownKey);
        }
        if candidates.any(|key| self.is_signed_by(key)) {
            return Ok(self.payload);
        }
        Err(if self.key_id.is_none() { BadToken::UnknownKey } else { BadToken::Signature })
    }

    fn is_signed_by(&self, key: &Key) -> bool {
        let with = |algorithm: &'static dyn signature::VerificationAlgorithm, bytes: &[u8]| {
            UnparsedPublicKey::new(algorithm, bytes).verify(self.message, &self.signature).is_ok()
        };
        match (self.algorithm, key.material()) {
            (Algorithm::RS256, Material::Rsa { n, e }) => {
                let parts = RsaPublicKeyComponents { n, e };
                parts.verify(&signature::RSA_PKCS1_2048_8192_SHA256, self.message, &self.signature).is_ok()
            }
            (Algorithm::PS256, Material::Rsa { n, e }) => {
                let parts = RsaPublicKeyComponents { n, e };
                parts.verify(&signature::RSA_PSS_2048_8192_SHA256, self.message, &self.signature).is_ok()
            }
            (Algorithm::ES256, Material::P256(point)) => with(&signature::ECDSA_P256_SHA256_FIXED, point),
            (Algorithm::EdDSA, Material::Ed25519(point)) => with(&signature::ED25519, point),
            (
                Algorithm::RS256 | Algorithm::PS256 | Algorithm::ES256 | Algorithm::EdDSA,
                Material::Rsa { .. } | Material::P256(_) | Material::Ed25519(_),
            ) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515 appendix A.3: ES256.
    const KEY: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    const SIGNED: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    /// RFC 8037 appendix A.4: EdDSA.
    const ED_KEY: &str =
        r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    const ED_SIGNED: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    fn keys(text: &str) -> Vec<Key> {
        super::super::keys::read(text.as_bytes()).unwrap()
    }

    fn verdict(token: &str, text: &str) -> Result<Vec<u8>, BadToken> {
        Unverified::read(token).and_then(|token| token.verify(&keys(text)))
    }

    #[test]
    fn published_examples_are_signed_and_nothing_else_is() {
        assert!(verdict(SIGNED, KEY).unwrap().starts_with(br#"{"iss":"joe""#));
        assert_eq!(verdict(ED_SIGNED, ED_KEY).unwrap(), b"Example of Ed25519 signing");
        // One bit of the payload.
        let changed = SIGNED.replacen("eyJpc3Mi", "eyJpc3Nj", 1);
        assert_eq!(verdict(&changed, KEY), Err(BadToken::UnknownKey));
        // A key of another kind is no candidate.
        assert_eq!(verdict(SIGNED, ED_KEY), Err(BadToken::UnknownKey));
        assert_eq!(verdict(ED_SIGNED, KEY), Err(BadToken::UnknownKey));
        // The same key, for something else.
        let for_encryption = KEY.replace(r#""kty":"EC""#, r#""kty":"EC","use":"enc""#);
        assert_eq!(verdict(SIGNED, &for_encryption), Err(BadToken::UnknownKey));
    }

    #[test]
    fn the_header_chooses_among_four_ways_and_carries_no_key() {
        let with = |header: &str| {
            let rest = SIGNED.split_once('.').unwrap().1;
            format!("{}.{rest}", BASE64URL.encode(header))
        };
        for alg in ["none", "None", "", "HS256", "HS512", "RS1", "RS384", "ES384", "ES256K", "es256"] {
            let header = format!(r#"{{"alg":"{alg}"}}"#);
            assert_eq!(verdict(&with(&header), KEY), Err(BadToken::Algorithm), "{alg}");
        }
        assert!(matches!(
            verdict(&with(r#"{"alg":"ES256","crit":["b64"],"b64":false}"#), KEY),
            Err(BadToken::Form(_))
        ));
        assert!(matches!(verdict(&with(r#"{"kid":"x"}"#), KEY), Err(BadToken::Form(_))));
        for wrong in ["", ".", "..", "a.b", "a.b.c.d", &format!("{SIGNED}=")] {
            assert!(matches!(verdict(wrong, KEY), Err(BadToken::Form(_))), "{wrong}");
        }
        let unsigned = format!("{}.", SIGNED.rsplit_once('.').unwrap().0);
        assert_eq!(verdict(&unsigned, KEY), Err(BadToken::UnknownKey));
        assert!(matches!(verdict(&"a".repeat(TOKEN_BYTES_MAX + 1), KEY), Err(BadToken::Form(_))));
    }
}
