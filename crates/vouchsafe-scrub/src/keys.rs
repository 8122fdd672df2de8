//! Which names have secrets as their values.

use crate::Kind;

/// Longest name that is looked at; a longer one is no name.
pub(crate) const NAME_BYTES_MAX: usize = 64;
/// A code shorter than this is an error code or a country, not an OAuth code.
const CODE_BYTES_MIN: usize = 20;
/// A token in running text is at least this long.
const TOKEN_BYTES_MIN: usize = 8;

/// Headers whose whole value is secret, without their hyphens.
const HEADERS: [(&str, Kind); 6] = [
    ("authorization", Kind::Authorization),
    ("proxyauthorization", Kind::Authorization),
    ("xauthorization", Kind::Authorization),
    ("cookie", Kind::Cookie),
    ("setcookie", Kind::Cookie),
    ("setcookie2", Kind::Cookie),
];

/// Names that stand alone.
const WHOLE: [(&str, Kind); 24] = [
    ("sig", Kind::Signature),
    ("xamzsignature", Kind::Signature),
    ("xgoogsignature", Kind::Signature),
    ("sharedaccesssignature", Kind::Signature),
    ("sastoken", Kind::Signature),
    ("code", Kind::OauthCode),
    ("authcode", Kind::OauthCode),
    ("authorizationcode", Kind::OauthCode),
    ("devicecode", Kind::OauthCode),
    ("usercode", Kind::OauthCode),
    ("codeverifier", Kind::OauthCode),
    ("samlart", Kind::Saml),
    ("wresult", Kind::Saml),
    ("samlresponse", Kind::Saml),
    ("samlrequest", Kind::Saml),
    ("sid", Kind::SessionId),
    ("jsessionid", Kind::SessionId),
    ("phpsessid", Kind::SessionId),
    ("connectsid", Kind::SessionId),
    ("idtokenhint", Kind::Token),
    ("otp", Kind::Password),
    ("totp", Kind::Password),
    ("pgpassword", Kind::Password),
    ("pw", Kind::Password),
];

/// Ends of names, longer ones first where one ends another.
const ENDS: [(&str, Kind); 34] = [
    ("password", Kind::Password),
    ("passwd", Kind::Password),
    ("passphrase", Kind::Password),
    ("passcode", Kind::Password),
    ("pwd", Kind::Password),
    ("userpass", Kind::Password),
    ("secret", Kind::Secret),
    ("secrettext", Kind::Secret),
    ("secretvalue", Kind::Secret),
    ("secretkey", Kind::ApiKey),
    ("apikey", Kind::ApiKey),
    ("accesskey", Kind::ApiKey),
    ("accountkey", Kind::ApiKey),
    ("sharedkey", Kind::ApiKey),
    ("storagekey", Kind::ApiKey),
    ("functionskey", Kind::ApiKey),
    ("subscriptionkey", Kind::ApiKey),
    ("signingkey", Kind::ApiKey),
    ("encryptionkey", Kind::ApiKey),
    ("masterkey", Kind::ApiKey),
    ("hostkey", Kind::ApiKey),
    ("privatekey", Kind::PrivateKey),
    ("connectionstring", Kind::ConnectionString),
    ("connstr", Kind::ConnectionString),
    ("samlassertion", Kind::Saml),
    ("assertion", Kind::Saml),
    ("sessionid", Kind::SessionId),
    ("sessid", Kind::SessionId),
    ("sessionkey", Kind::SessionId),
    ("sessiontoken", Kind::SessionId),
    ("accesstoken", Kind::Token),
    ("refreshtoken", Kind::Token),
    ("securitytoken", Kind::Token),
    ("token", Kind::Token),
];

/// Names that end like a secret's and hold none: places in a list of pages.
const PAGING: [&str; 6] =
    ["skiptoken", "deltatoken", "nexttoken", "pagetoken", "nextpagetoken", "continuationtoken"];

/// What follows `password` in names that still hold one.
const PASSWORD_TAILS: [&str; 8] = ["1", "2", "confirm", "confirmation", "again", "hash", "value", "repeat"];

/// The kind of secret that a value of this name is, if it is one.
pub(crate) fn kind_of(name: &str) -> Option<Kind> {
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    // `http.request.header.cookie`: the last part says what it is.
    kind_of_part(name).or_else(|| name.rsplit_once('.').and_then(|(_, last)| kind_of_part(last)))
}

fn kind_of_part(name: &str) -> Option<Kind> {
    let folded: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let folded = folded.as_str();
    if PAGING.contains(&folded) {
        return None;
    }
    let exact = HEADERS.iter().chain(&WHOLE).find(|(whole, _)| *whole == folded);
    let exact = exact.or_else(|| ENDS.iter().find(|(end, _)| folded.ends_with(end))).map(|(_, kind)| *kind);
    exact.or_else(|| {
        let (_, tail) = folded.rsplit_once("password")?;
        PASSWORD_TAILS.contains(&tail).then_some(Kind::Password)
    })
}

/// Whether the value of this name runs to the end of its line.
pub(crate) fn is_header(name: &str) -> bool {
    matches!(kind_of(name), Some(Kind::Authorization | Kind::Cookie))
}

/// Whether a value under a secret's name can be one. In running text (`loose`) a word after `token:` is none.
pub(crate) fn may_be_secret(kind: Kind, value: &str, loose: bool) -> bool {
    let plain = value.trim();
    if plain.is_empty() || is_placeholder(plain) || plain.chars().all(|c| c == '*') || is_variable(plain) {
        return false;
    }
    if ["null", "true", "false", "undefined"].contains(&plain.to_ascii_lowercase().as_str()) {
        return false;
    }
    let digits = plain.bytes().any(|b| b.is_ascii_digit());
    match kind {
        Kind::OauthCode => plain.len() >= CODE_BYTES_MIN && digits && !plain.contains(' '),
        Kind::SessionId => !plain.starts_with("S-1-") && (!loose || plain.len() >= TOKEN_BYTES_MIN && digits),
        Kind::Token | Kind::Saml => {
            !loose
                || plain.len() >= TOKEN_BYTES_MIN && (digits || plain.bytes().any(|b| b.is_ascii_uppercase()))
        }
        Kind::Authorization
        | Kind::Cookie
        | Kind::Jwt
        | Kind::Password
        | Kind::Secret
        | Kind::ApiKey
        | Kind::PrivateKey
        | Kind::ConnectionString
        | Kind::Signature
        | Kind::Hidden
        | Kind::UnreadableBody => true,
    }
}

/// `${NAME}`: what a template leaves to be filled in.
fn is_variable(value: &str) -> bool {
    let inner = value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    inner.is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
}

/// Whether this is what we put in a secret's place, and nothing else.
pub(crate) fn is_placeholder(value: &str) -> bool {
    let inner = value.strip_prefix("[removed:").and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| {
        let kind = inner.split('/').next().unwrap_or_default();
        Kind::ALL.iter().any(|known| known.name() == kind)
            && crate::jwt::is_kept(inner.get(kind.len()..).unwrap_or_default())
    })
}
