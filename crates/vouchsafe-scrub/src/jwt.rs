//! What of a JSON Web Token may stay: facts that help to find a fault and name nobody.

use crate::pattern::pattern;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use regex::Regex;
use serde_json::Value;
use std::{fmt::Write as _, sync::LazyLock};

/// Claims that stay where their value is a UUID: whom the token is for, which application, which tenant.
const UUID_CLAIMS: [&str; 4] = ["aud", "appid", "azp", "tid"];
/// Claims that stay where their value is a time.
const TIME_CLAIMS: [&str; 3] = ["iat", "nbf", "exp"];
/// Algorithms of RFC 7518 that are named.
const ALGORITHMS: [&str; 11] =
    ["none", "HS256", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "RSA-OAEP"];

static KEPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:/alg:[A-Z0-9a-z-]{4,8})?(?:/(?:aud|appid|azp|tid):[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})*(?:/(?:iat|nbf|exp):[0-9]{1,12})*$",
    )
});
static UUID: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"));

/// Whether this is what [`kept`] writes.
pub(crate) fn is_kept(text: &str) -> bool {
    KEPT.is_match(text)
}

/// What stays of this token: `/alg:RS256/aud:…/exp:1790000000`, or nothing.
pub(crate) fn kept(token: &str) -> String {
    let mut parts = token.split('.').map(|part| {
        URL_SAFE_NO_PAD.decode(part).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
    });
    let head = parts.next().flatten().unwrap_or_default();
    let claims = parts.next().flatten().unwrap_or_default();
    let mut out = String::new();
    if let Some(algorithm) = head.get("alg").and_then(Value::as_str).filter(|name| ALGORITHMS.contains(name))
    {
        let _ = write!(out, "/alg:{algorithm}");
    }
    for name in UUID_CLAIMS {
        if let Some(value) = claims.get(name).and_then(Value::as_str).filter(|value| UUID.is_match(value)) {
            let _ = write!(out, "/{name}:{value}");
        }
    }
    for name in TIME_CLAIMS {
        if let Some(value) =
            claims.get(name).and_then(Value::as_u64).filter(|value| *value < 1_000_000_000_000)
        {
            let _ = write!(out, "/{name}:{value}");
        }
    }
    if is_kept(&out) { out } else { String::new() }
}
