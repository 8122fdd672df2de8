//! An OpenID provider for the tests, on loopback, that can be told to misbehave.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD as BASE64URL};
use http::{HeaderMap, StatusCode, header};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::house::listen;

/// A key for tests, made once: 2048 bits take long to find.
const RSA: &[u8] = include_bytes!("../keys/issuer-rsa.pk8");
pub(crate) const SECRET: &str = "s3cret & more";

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signing {
    Rs256,
    Ps256,
    Es256,
    EdDsa,
    /// Not at all, and says so.
    None,
    /// With the public RSA key as a secret that both know.
    Hs256,
    /// With a key that is in no set, under the id of one that is.
    Foreign,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    Down,
    Slow,
    Huge,
    Elsewhere,
    NoJson,
}

/// A code that was handed out.
#[derive(Debug, Clone)]
struct Code {
    challenge: String,
    redirect_uri: String,
    claims: Value,
}

#[derive(Default)]
struct Inner {
    codes: BTreeMap<String, Code>,
    signing: Option<Signing>,
    /// The number in the ids of its keys.
    generation: u32,
    document: Value,
    trouble: BTreeMap<&'static str, Trouble>,
    asked: BTreeMap<&'static str, u32>,
}

struct Keys {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
    foreign: Ed25519KeyPair,
}

/// One issuer, at `/{name}` of a server of its own.
#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) url: String,
    inner: Arc<Mutex<Inner>>,
    keys: Arc<Keys>,
}

impl Issuer {
    pub(crate) async fn new() -> Self {
        let random = SystemRandom::new();
        let ed = || {
            let made = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
            Ed25519KeyPair::from_pkcs8(made.as_ref()).unwrap()
        };
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap();
        let rsa = RsaKeyPair::from_pkcs8(RSA).unwrap();
        let keys = Arc::new(Keys { rsa, ec, ed: ed(), foreign: ed() });
        let mut issuer = Self { url: String::new(), inner: Arc::default(), keys };
        let (inner, keys) = (Arc::clone(&issuer.inner), Arc::clone(&issuer.keys));
        let state = Self { url: String::new(), inner, keys };
        let router = Router::new()
            .route("/{*path}", get(Self::read))
            .route("/token", post(Self::token))
            .with_state(state);
        issuer.url = listen(router).await;
        issuer.inner.lock().unwrap().document = json!({
            "issuer": issuer.url,
            "authorization_endpoint": format!("{}/authorize", issuer.url),
            "token_endpoint": format!("{}/token", issuer.url),
            "jwks_uri": format!("{}/keys", issuer.url),
            "response_types_supported": ["code"],
        });
        issuer
    }

    /// Signs so from now on.
    pub(crate) fn signs(&self, signing: Signing) {
        self.inner.lock().unwrap().signing = Some(signing);
    }

    /// Has other keys from now on, by their ids.
    pub(crate) fn rotate(&self) {
        self.inner.lock().unwrap().generation += 1;
    }

    /// Says another thing of itself.
    pub(crate) fn says(&self, member: &str, value: Value) {
        self.inner.lock().unwrap().document[member] = value;
    }

    /// Has this trouble when it is asked for `what`: `document`, `keys` or `token`. None is none any more.
    pub(crate) fn has(&self, what: &'static str, trouble: Option<Trouble>) {
        let mut inner = self.inner.lock().unwrap();
        match trouble {
            Some(trouble) => inner.trouble.insert(what, trouble),
            None => inner.trouble.remove(what),
        };
    }

    /// How often it was asked for something.
    pub(crate) fn asked_for(&self, what: &'static str) -> u32 {
        self.inner.lock().unwrap().asked.get(what).copied().unwrap_or_default()
    }

    /// Lets somebody in who was sent here: gives a code for what stands in the address.
    pub(crate) fn lets_in(&self, code: &str, asked: &BTreeMap<String, String>, claims: Value) {
        let code_of = Code {
            challenge: asked["code_challenge"].clone(),
            redirect_uri: asked["redirect_uri"].clone(),
            claims,
        };
        self.inner.lock().unwrap().codes.insert(code.to_owned(), code_of);
    }

    /// A token of this issuer.
    pub(crate) fn token_of(&self, kind: &str, claims: &Value) -> String {
        let (signing, generation) = {
            let inner = self.inner.lock().unwrap();
            (inner.signing.unwrap_or(Signing::Rs256), inner.generation)
        };
        let (alg, kid) = match signing {
            Signing::Rs256 => ("RS256", "rsa"),
            Signing::Ps256 => ("PS256", "rsa"),
            Signing::Es256 => ("ES256", "ec"),
            Signing::EdDsa | Signing::Foreign => ("EdDSA", "ed"),
            Signing::None => ("none", "rsa"),
            Signing::Hs256 => ("HS256", "rsa"),
        };
        let header = json!({ "alg": alg, "kid": format!("{kid}-{generation}"), "typ": kind });
        let encoded = |value: &Value| BASE64URL.encode(value.to_string());
        let message = format!("{}.{}", encoded(&header), encoded(claims));
        let random = SystemRandom::new();
        let rsa = |padding: &'static dyn ring::signature::RsaEncoding| {
            let mut signature = vec![0; self.keys.rsa.public().modulus_len()];
            self.keys.rsa.sign(padding, &random, message.as_bytes(), &mut signature).unwrap();
            signature
        };
        let signature = match signing {
            Signing::Rs256 => rsa(&RSA_PKCS1_SHA256),
            Signing::Ps256 => rsa(&RSA_PSS_SHA256),
            Signing::Es256 => self.keys.ec.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
            Signing::EdDsa => self.keys.ed.sign(message.as_bytes()).as_ref().to_vec(),
            Signing::Foreign => self.keys.foreign.sign(message.as_bytes()).as_ref().to_vec(),
            Signing::None => Vec::new(),
            Signing::Hs256 => {
                let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.keys.rsa.public().as_ref());
                ring::hmac::sign(&secret, message.as_bytes()).as_ref().to_vec()
            }
        };
        format!("{message}.{}", BASE64URL.encode(signature))
    }

    fn keys(&self, generation: u32) -> Value {
        let public = self.keys.rsa.public();
        let ring::signature::RsaPublicKeyComponents { n, e } =
            ring::signature::RsaPublicKeyComponents::<Vec<u8>>::from(public);
        let point = self.keys.ec.public_key().as_ref().to_vec();
        let encoded = |bytes: &[u8]| BASE64URL.encode(bytes);
        let id = |kind: &str| format!("{kind}-{generation}");
        json!({ "keys": [
            { "kty": "RSA", "use": "sig", "kid": id("rsa"), "n": encoded(&n), "e": encoded(&e) },
            { "kty": "EC", "crv": "P-256", "kid": id("ec"), "x": encoded(&point[1..33]), "y": encoded(&point[33..]) },
            { "kty": "OKP", "crv": "Ed25519", "kid": id("ed"), "x": encoded(self.keys.ed.public_key().as_ref()) },
        ] })
    }

    async fn read(State(issuer): State<Self>, Path(path): Path<String>) -> Response {
        let what = if path.ends_with("openid-configuration") { "document" } else { "keys" };
        let (answer, trouble) = {
            let mut inner = issuer.inner.lock().unwrap();
            *inner.asked.entry(what).or_default() += 1;
            let answer =
                if what == "document" { inner.document.clone() } else { issuer.keys(inner.generation) };
            (answer, inner.trouble.get(what).copied())
        };
        troubled(trouble, answer).await
    }

    /// Takes each code once, from its client alone, and only with the verifier (RFC 7636 section 4.6).
    async fn token(State(issuer): State<Self>, headers: HeaderMap, body: String) -> Response {
        let form: BTreeMap<String, String> = url_decoded(&body);
        let basic =
            headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let client = format!("Basic {}", BASE64.encode("vouchsafe:s3cret+%26+more"));
        let (code, trouble) = {
            let mut inner = issuer.inner.lock().unwrap();
            *inner.asked.entry("token").or_default() += 1;
            let code = form.get("code").and_then(|code| inner.codes.remove(code));
            (code, inner.trouble.get("token").copied())
        };
        let refused =
            |error: &str| (StatusCode::BAD_REQUEST, json!({ "error": error }).to_string()).into_response();
        if basic != client {
            return refused("invalid_client");
        }
        let Some(code) = code else { return refused("invalid_grant") };
        let verifier = form.get("code_verifier").cloned().unwrap_or_default();
        let challenge = BASE64URL.encode(Sha256::digest(verifier));
        if challenge != code.challenge || form.get("redirect_uri") != Some(&code.redirect_uri) {
            return refused("invalid_grant");
        }
        let id_token = issuer.token_of("JWT", &code.claims);
        let answer = json!({ "access_token": "opaque", "token_type": "Bearer", "id_token": id_token });
        troubled(trouble, answer).await
    }
}

async fn troubled(trouble: Option<Trouble>, answer: Value) -> Response {
    let text = answer.to_string();
    match trouble {
        None => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Some(Trouble::Down) => (StatusCode::BAD_GATEWAY, "a stack trace with secrets").into_response(),
        Some(Trouble::Slow) => {
            tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
            text.into_response()
        }
        Some(Trouble::Huge) => Body::from(format!("{text}{}", " ".repeat(2 * 1024 * 1024))).into_response(),
        Some(Trouble::Elsewhere) => {
            (StatusCode::FOUND, [(header::LOCATION, "http://127.0.0.1:1/x")]).into_response()
        }
        Some(Trouble::NoJson) => "<html>".into_response(),
    }
}

/// The fields of an address or a form.
pub(crate) fn url_decoded(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}
