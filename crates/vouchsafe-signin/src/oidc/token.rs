//! What an issuer says of somebody: ID tokens (OpenID Connect Core 1.0 section 3.1.3.7) and logout tokens (OpenID Connect
//! Back-Channel Logout 1.0 section 2.6).

use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;
use vouchsafe_core::time::{Duration, Timestamp};

use super::jws::{BadToken, Unverified};
use super::keys::Key;

/// How far an issuer's clock may be from ours.
const CLOCKS_APART_MAX: Duration = Duration::minutes(1);
/// How old a token may be that comes straight from its issuer.
const TOKEN_AGE_MAX: Duration = Duration::minutes(10);
/// Characters of a subject (OpenID Connect Core 1.0 section 2), of a session's id, and of a token's.
const ID_CHARS_MAX: usize = 255;
/// Groups of one person that are looked at.
pub const GROUPS_MAX: usize = 2_000;
/// The event that a logout token tells of.
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'e> {
    /// Whose it is, to the letter.
    pub issuer: &'e str,
    /// For whom it is.
    pub client_id: &'e str,
    /// The present instant.
    pub now: Timestamp,
}

/// An ID token that was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct IdToken {
    subject: String,
    claims: Map<String, Value>,
}

/// A logout token that was checked: at least one of subject and session is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutToken {
    /// Its own id: each is taken once.
    pub id: String,
    /// Who is to be signed out.
    pub subject: Option<String>,
    /// Which session at the issuer has ended; every one of the subject without it.
    pub session: Option<String>,
    /// Until when it could be sent again.
    pub expires: Timestamp,
}

impl IdToken {
    /// Checks a token that came from the token endpoint for a sign-in with this `nonce`.
    ///
    /// # Errors
    /// [`BadToken`].
    pub fn check(token: &str, keys: &[Key], expected: Expected<'_>, nonce: &str) -> Result<Self, BadToken> {
        let unverified = Unverified::read(token)?;
        if unverified.kind().is_some_and(|kind| kind != "jwt") {
            return Err(BadToken::Form("it is a token of another kind"));
        }
        let claims = claims(unverified, keys, expected)?;
        let said = text(&claims, "nonce").unwrap_or_default();
        if !bool::from(said.as_bytes().ct_eq(nonce.as_bytes())) {
            return Err(BadToken::Claim("nonce"));
        }
        let subject = id(&claims, "sub")?.ok_or(BadToken::Claim("sub"))?;
        Ok(Self { subject, claims })
    }

    /// Who it is: never given to anybody else by the same issuer.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The session at the issuer.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        text(&self.claims, "sid").filter(|sid| (1..=ID_CHARS_MAX).contains(&sid.chars().count()))
    }

    /// A claim that is a text.
    #[must_use]
    pub fn text(&self, claim: &str) -> Option<&str> {
        text(&self.claims, claim)
    }

    /// Whether a claim is the truth value *true*. Some issuers write it as a text.
    #[must_use]
    pub fn is_true(&self, claim: &str) -> bool {
        match self.claims.get(claim) {
            Some(Value::Bool(value)) => *value,
            Some(Value::String(value)) => value == "true",
            Some(_) | None => false,
        }
    }

    /// Whether a claim is this text, or a list that holds it.
    #[must_use]
    pub fn says(&self, claim: &str, wanted: &str) -> bool {
        match self.claims.get(claim) {
            Some(Value::String(value)) => value == wanted,
            Some(Value::Array(values)) => values.iter().any(|value| value == wanted),
            Some(_) | None => false,
        }
    }

    /// The groups of a claim; none if the issuer does not tell them here, because they are too many (as Entra ID does, OpenID
    /// Connect Core 1.0 section 5.6.2) or because they are none of its business. A person in no group has an empty list.
    #[must_use]
    pub fn groups(&self, claim: &str) -> Option<Vec<&str>> {
        let elsewhere = self.claims.get("_claim_names").and_then(|names| names.get(claim)).is_some();
        match self.claims.get(claim) {
            Some(Value::Array(values)) if values.len() <= GROUPS_MAX => {
                Some(values.iter().filter_map(Value::as_str).collect())
            }
            Some(Value::String(one)) => Some(vec![one]),
            None if !elsewhere && !self.is_true("hasgroups") => Some(Vec::new()),
            Some(_) | None => None,
        }
    }
}

impl LogoutToken {
    /// Checks a token that somebody posted in the name of the issuer.
    ///
    /// # Errors
    /// [`BadToken`].
    pub fn check(token: &str, keys: &[Key], expected: Expected<'_>) -> Result<Self, BadToken> {
        let unverified = Unverified::read(token)?;
        if unverified.kind().is_some_and(|kind| kind != "logout+jwt" && kind != "jwt") {
            return Err(BadToken::Form("it is a token of another kind"));
        }
        let claims = claims(unverified, keys, expected)?;
        let tells =
            claims.get("events").and_then(|events| events.get(LOGOUT_EVENT)).is_some_and(Value::is_object);
        if !tells {
            return Err(BadToken::Claim("events"));
        }
        // An ID token, which has a nonce, must never end a session.
        if claims.contains_key("nonce") {
            return Err(BadToken::Claim("nonce"));
        }
        let own = id(&claims, "jti")?.ok_or(BadToken::Claim("jti"))?;
        let (subject, session) = (id(&claims, "sub")?, id(&claims, "sid")?);
        if subject.is_none() && session.is_none() {
            return Err(BadToken::Claim("sub"));
        }
        // Later it is too old, whatever it says of itself.
        let expires = expected.now + TOKEN_AGE_MAX + CLOCKS_APART_MAX + CLOCKS_APART_MAX;
        Ok(Self { id: own, subject, session, expires })
    }
}

/// Checks the signature and what both kinds have to say.
fn claims(
    token: Unverified<'_>,
    keys: &[Key],
    expected: Expected<'_>,
) -> Result<Map<String, Value>, BadToken> {
    let payload = token.verify(keys)?;
    let claims: Map<String, Value> =
        serde_json::from_slice(&payload).map_err(|_| BadToken::Form("its claims cannot be read"))?;
    if text(&claims, "iss") != Some(expected.issuer) {
        return Err(BadToken::Claim("iss"));
    }
    let (ours, others) = match claims.get("aud") {
        Some(Value::String(one)) => (one == expected.client_id, false),
        Some(Value::Array(all)) => (all.iter().any(|one| one == expected.client_id), all.len() > 1),
        Some(_) | None => (false, false),
    };
    if !ours {
        return Err(BadToken::Claim("aud"));
    }
    match claims.get("azp") {
        Some(party) if party != expected.client_id => return Err(BadToken::Claim("azp")),
        None if others => return Err(BadToken::Claim("azp")),
        Some(_) | None => {}
    }
    let now = expected.now;
    if instant(&claims, "exp")?.is_none_or(|end| now >= end + CLOCKS_APART_MAX) {
        return Err(BadToken::Claim("exp"));
    }
    let fresh =
        |made: Timestamp| made <= now + CLOCKS_APART_MAX && now < made + TOKEN_AGE_MAX + CLOCKS_APART_MAX;
    if !instant(&claims, "iat")?.is_some_and(fresh) {
        return Err(BadToken::Claim("iat"));
    }
    if instant(&claims, "nbf")?.is_some_and(|begin| now + CLOCKS_APART_MAX < begin) {
        return Err(BadToken::Claim("nbf"));
    }
    Ok(claims)
}

fn text<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c str> {
    claims.get(name).and_then(Value::as_str)
}

/// A claim that is an id, if it is there.
fn id(claims: &Map<String, Value>, name: &'static str) -> Result<Option<String>, BadToken> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if (1..=ID_CHARS_MAX).contains(&text.chars().count()) => {
            Ok(Some(text.clone()))
        }
        Some(_) => Err(BadToken::Claim(name)),
    }
}

/// Seconds since 1970 (RFC 7519 section 2, *NumericDate*), if the claim is there. Beyond what a clock can say is refused.
fn instant(claims: &Map<String, Value>, name: &'static str) -> Result<Option<Timestamp>, BadToken> {
    /// The year 9999.
    const SECONDS_MAX: f64 = 253_402_300_799.0;
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| (0.0..=SECONDS_MAX).contains(seconds));
    let seconds = seconds.ok_or(BadToken::Claim(name))?;
    #[expect(clippy::cast_possible_truncation, reason = "it is within the range that was checked")]
    let millis = (seconds * 1_000.0) as i64;
    Ok(Some(Timestamp::from_millis(millis)))
}

#[cfg(test)]
mod tests;
