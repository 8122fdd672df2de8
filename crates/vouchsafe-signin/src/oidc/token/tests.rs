use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;

use super::*;

const NOW_S: i64 = 1_800_000_000;

/// An issuer with one key.
struct Issuer(Ed25519KeyPair);

impl Issuer {
    fn new() -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap())
    }

    fn keys(&self) -> Vec<Key> {
        let x = BASE64URL.encode(self.0.public_key());
        let set = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "1", "x": x }] });
        super::super::keys::read(set.to_string().as_bytes()).unwrap()
    }

    fn sign(&self, kind: &str, claims: &Value) -> String {
        let header = json!({ "alg": "EdDSA", "kid": "1", "typ": kind });
        let message =
            format!("{}.{}", BASE64URL.encode(header.to_string()), BASE64URL.encode(claims.to_string()));
        let signature = BASE64URL.encode(self.0.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

fn expected() -> Expected<'static> {
    let now = Timestamp::from_millis(NOW_S * 1_000);
    Expected { issuer: "https://id.example", client_id: "us", now }
}

/// The claims with one changed, or taken away.
fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    claims
}

#[test]
fn an_id_token_is_for_us_from_the_issuer_for_this_sign_in_and_now() {
    let issuer = Issuer::new();
    let good = json!({
        "iss": "https://id.example", "aud": "us", "sub": "ada", "nonce": "n", "iat": NOW_S, "exp": NOW_S + 300,
        "sid": "s1", "groups": ["a", "b"], "email_verified": true,
    });
    let check = |claims: &Value| {
        IdToken::check(&issuer.sign("JWT", claims), &issuer.keys(), expected(), "n")
            .map(|token| token.subject)
    };
    assert_eq!(check(&good).as_deref(), Ok("ada"));
    for (name, value) in [
        ("aud", json!(["us"])),
        ("azp", json!("us")),
        ("nbf", json!(NOW_S + 59)),
        ("exp", json!(NOW_S - 59)),
        ("iat", json!(NOW_S + 59)),
        ("exp", json!(f64::from(2_000_000_000) + 0.5)),
    ] {
        assert_eq!(check(&with(&good, name, value.clone())).as_deref(), Ok("ada"), "{name} {value}");
    }
    for (name, value) in [
        ("iss", json!("https://id.example/")),
        ("iss", json!("https://evil.example")),
        ("iss", Value::Null),
        ("aud", json!("them")),
        ("aud", json!(["them"])),
        ("aud", json!([])),
        ("aud", json!({ "us": true })),
        ("aud", Value::Null),
        ("azp", json!("them")),
        ("azp", json!(["us"])),
        ("nonce", json!("m")),
        ("nonce", json!("")),
        ("nonce", Value::Null),
        ("sub", Value::Null),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sub", json!("a".repeat(256))),
        ("exp", json!(NOW_S - 60)),
        ("exp", Value::Null),
        ("exp", json!("tomorrow")),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("iat", json!(NOW_S + 61)),
        ("iat", json!(NOW_S - 660)),
        ("iat", Value::Null),
        ("nbf", json!(NOW_S + 61)),
    ] {
        assert_eq!(check(&with(&good, name, value.clone())), Err(BadToken::Claim(name)), "{name} {value}");
    }
    // Several audiences, and nobody says who asked.
    let shared = with(&good, "aud", json!(["us", "them"]));
    assert_eq!(check(&shared), Err(BadToken::Claim("azp")));
    assert_eq!(check(&with(&shared, "azp", json!("us"))).as_deref(), Ok("ada"));
    // Another kind, another key.
    let kind = issuer.sign("logout+jwt", &good);
    assert!(matches!(IdToken::check(&kind, &issuer.keys(), expected(), "n"), Err(BadToken::Form(_))));
    let foreign = Issuer::new().sign("JWT", &good);
    assert_eq!(IdToken::check(&foreign, &issuer.keys(), expected(), "n"), Err(BadToken::Signature));
}

#[test]
fn claims_are_read_as_they_are() {
    let issuer = Issuer::new();
    let good = json!({ "iss": "https://id.example", "aud": "us", "sub": "ada", "nonce": "n", "iat": NOW_S, "exp": NOW_S + 300 });
    let token = |name: &str, value: Value| {
        IdToken::check(&issuer.sign("JWT", &with(&good, name, value)), &issuer.keys(), expected(), "n")
            .unwrap()
    };
    assert_eq!(token("groups", json!(["a", 7, "b"])).groups("groups"), Some(vec!["a", "b"]));
    assert_eq!(token("groups", json!("a")).groups("groups"), Some(vec!["a"]));
    assert_eq!(token("x", json!(1)).groups("groups"), Some(Vec::new()));
    assert_eq!(token("_claim_names", json!({ "groups": "src1" })).groups("groups"), None);
    assert_eq!(token("hasgroups", json!(true)).groups("groups"), None);
    assert_eq!(token("groups", json!({})).groups("groups"), None);
    assert!(token("hd", json!("a.example")).says("hd", "a.example"));
    assert!(token("roles", json!(["x", "y"])).says("roles", "y"));
    assert!(!token("hd", json!("b.example")).says("hd", "a.example"));
    assert!(token("email_verified", json!("true")).is_true("email_verified"));
    assert!(!token("email_verified", json!("no")).is_true("email_verified"));
    assert_eq!(token("sid", json!("s")).session(), Some("s"));
    assert_eq!(token("sid", json!("")).session(), None);
}

#[test]
fn a_logout_token_tells_of_a_logout_and_of_nothing_else() {
    let issuer = Issuer::new();
    let good = json!({
        "iss": "https://id.example", "aud": "us", "iat": NOW_S, "exp": NOW_S + 120, "jti": "j", "sub": "ada", "sid": "s",
        "events": { LOGOUT_EVENT: {} },
    });
    let check = |kind: &str, claims: &Value| {
        LogoutToken::check(&issuer.sign(kind, claims), &issuer.keys(), expected())
    };
    let told = check("logout+jwt", &good).unwrap();
    assert_eq!(
        (told.id.as_str(), told.subject.as_deref(), told.session.as_deref()),
        ("j", Some("ada"), Some("s"))
    );
    assert!(check("JWT", &with(&good, "sub", Value::Null)).unwrap().subject.is_none());
    for (name, value) in [
        ("events", Value::Null),
        ("events", json!({})),
        ("events", json!({ LOGOUT_EVENT: "yes" })),
        ("nonce", json!("n")),
        ("jti", Value::Null),
        ("iss", json!("https://evil.example")),
        ("aud", json!("them")),
        ("exp", json!(NOW_S - 60)),
        ("iat", json!(NOW_S - 660)),
        ("sid", json!(7)),
    ] {
        assert_eq!(
            check("logout+jwt", &with(&good, name, value.clone())),
            Err(BadToken::Claim(name)),
            "{name} {value}"
        );
    }
    let of_nobody = with(&with(&good, "sub", Value::Null), "sid", Value::Null);
    assert_eq!(check("logout+jwt", &of_nobody), Err(BadToken::Claim("sub")));
    assert!(matches!(check("at+jwt", &good), Err(BadToken::Form(_))));
}
