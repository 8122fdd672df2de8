//! The shapes that secrets have, wherever they stand.

use crate::Kind;
use regex::Regex;
use std::sync::LazyLock;

/// A constant pattern.
#[expect(clippy::expect_used, reason = "the patterns are constants, and every test compiles them")]
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// Shapes with the kind of what stands in their first group, or of the whole where they have none.
static SHAPES: LazyLock<Vec<(Kind, Regex)>> =
    LazyLock::new(|| SOURCES.iter().map(|(kind, source)| (*kind, pattern(source))).collect());

/// All shapes.
pub(crate) fn shapes() -> &'static [(Kind, Regex)] {
    &SHAPES
}

const SOURCES: [(Kind, &str); 22] = [
    // PEM (RFC 7468), also one that is cut off.
    (
        Kind::PrivateKey,
        r"(?s)-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\z)",
    ),
    // RFC 7515 and 7516 in compact form; an unsigned one ends in a dot.
    (Kind::Jwt, r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,3}"),
    // SAML 2.0 and 1.1, WS-Security.
    (
        Kind::Saml,
        r"(?s)<(?:[A-Za-z0-9_]+:)?(?:EncryptedAssertion|Assertion)[\s>].*?(?:</(?:[A-Za-z0-9_]+:)?(?:EncryptedAssertion|Assertion)>|\z)",
    ),
    (
        Kind::Saml,
        r"(?s)<(?:[A-Za-z0-9_]+:)?(?:SignatureValue|BinarySecurityToken|CipherValue)(?:\s[^<>]*)?>([^<]{8,})(?:<|\z)",
    ),
    // RFC 9110 section 11: a scheme and what follows it. A word of small letters is prose.
    (
        Kind::Authorization,
        r"(?i)\b(?:bearer|basic|negotiate|ntlm|dpop|sharedkey|sharedkeylite|apikey|token)\s{1,3}([A-Za-z0-9._~+/:-]*(?-i:[0-9A-Z+/_])[A-Za-z0-9._~+/:-]{6,}=*)",
    ),
    (Kind::Authorization, r#"(?i)\bdigest\s+(username\s*=[^\r\n]*)"#),
    // RFC 3986 section 3.2.1.
    (Kind::Password, r#"(?i)\b[a-z][a-z0-9+.-]{0,30}://[^\s:/?#@"'<>]*:([^\s/?#"'<>]+)@"#),
    // Keys whose makers gave them a shape.
    (Kind::ApiKey, r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    (Kind::ApiKey, r"\bAIza[0-9A-Za-z_-]{35}"),
    (Kind::ApiKey, r"\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}"),
    (Kind::ApiKey, r"\bgithub_pat_[A-Za-z0-9_]{30,}"),
    (Kind::ApiKey, r"\bglpat-[A-Za-z0-9_-]{18,}"),
    (Kind::ApiKey, r"\bxox[abeprs]-[A-Za-z0-9-]{10,}"),
    (Kind::ApiKey, r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}"),
    (Kind::ApiKey, r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    (Kind::ApiKey, r"\b(?:npm|dop_v1|shpat|hvs|vst|dapi)[_.]?[A-Za-z0-9]{32,}"),
    (Kind::Token, r"\bya29\.[A-Za-z0-9_-]{20,}"),
    // A client secret as Entra makes them.
    (Kind::Secret, r"[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{30,}"),
    // Codes and refresh tokens as Entra and Microsoft accounts make them.
    (Kind::Token, r"\b[01]\.A[A-Za-z0-9_-]{2}[A-Za-z0-9_.-]{40,}"),
    (Kind::Token, r"\bM\.[CR][A-Za-z0-9]{1,8}_[A-Za-z0-9]{2,8}[.!][A-Za-z0-9_*!$.-]{20,}"),
    // Our own.
    (Kind::Token, r"\bvs[a-z]{0,3}_[A-Za-z0-9_-]{30,}"),
    // A key for a storage account stands 64 bytes long in base64.
    (Kind::ApiKey, r"(?:^|[^A-Za-z0-9+/])([A-Za-z0-9+/]{86}==)"),
];
