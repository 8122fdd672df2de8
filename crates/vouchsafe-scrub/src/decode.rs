//! Looks through what secrets are packed in: base64, percent-encoding, escapes, deflate.

use crate::{
    Kind,
    detect::{self, Look, Span},
    keys, pattern,
};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use regex::Regex;
use std::{io::Read, sync::LazyLock};

/// Layers of encoding that are taken off: a token in a form in base64 in an address are three.
const DEPTH_MAX: u8 = 5;
/// Bytes that a deflated message in a text may unpack to.
const INFLATED_BYTES_MAX: u64 = 1 << 20;
/// Part of a text that may be control characters before it counts as no text.
const CONTROL_SHARE: usize = 50;
/// A secret shorter than this stands in a text by chance as well, so it is not looked for by itself.
const REPEATED_BYTES_MIN: usize = 6;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

static BASE64: LazyLock<Regex> = LazyLock::new(|| pattern::pattern(r"[A-Za-z0-9+/_-]{12,}={0,2}"));
/// A UUID: made of the letters of base64, and packs nothing.
static UUID: LazyLock<Regex> = LazyLock::new(|| {
    pattern::pattern(r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$")
});
static PERCENT: LazyLock<Regex> =
    LazyLock::new(|| pattern::pattern(r#"[^\s"'<>&=?;,%]*%[0-9A-Fa-f]{2}[^\s"'<>&=?;,]*"#));
static ESCAPE: LazyLock<Regex> = LazyLock::new(|| {
    pattern::pattern(
        r#"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\([/"'nrt\\])|&(quot|amp|lt|gt|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});"#,
    )
});

/// Adds every stretch of the text that hides a secret.
pub(crate) fn hidden(text: &str, look: Look<'_>, found: &mut Vec<Span>) {
    if look.depth >= DEPTH_MAX {
        return;
    }
    for run in BASE64.find_iter(text) {
        if let Some(kind) = in_base64(run.as_str(), look) {
            found.push(Span { start: run.start(), end: run.end(), kind });
        }
    }
    for run in PERCENT.find_iter(text) {
        let decoded = percent(run.as_str());
        if let Some(kind) = inside(&decoded, look) {
            found.push(Span { start: run.start(), end: run.end(), kind });
        }
    }
}

/// The first secret of a text that was unpacked.
fn inside(text: &str, look: Look<'_>) -> Option<Kind> {
    if !look.spend(text.len()) {
        return Some(Kind::Hidden);
    }
    detect::spans_of(text, look.deeper()).first().map(|span| span.kind)
}

fn in_base64(run: &str, look: Look<'_>) -> Option<Kind> {
    // A path has the same letters: what is packed may be one of its parts.
    let parts = run.split('/').filter(|part| part.len() >= 12 && part.len() < run.len());
    std::iter::once(run).chain(parts).filter(|part| !UUID.is_match(part)).find_map(|part| {
        let part = part.trim_start_matches(['-', '_']);
        let engine = if part.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
        let bytes = engine.decode(part.trim_end_matches('=')).ok()?;
        unpacked(&bytes).into_iter().find_map(|text| inside(&text, look))
    })
}

/// What bytes can be read as: text, or text deflated as in the SAML redirect binding, by zlib or by gzip.
fn unpacked(bytes: &[u8]) -> Vec<String> {
    if let Some(text) = as_text(bytes) {
        return vec![text];
    }
    let mut texts = Vec::new();
    for reader in [
        &mut DeflateDecoder::new(bytes) as &mut dyn Read,
        &mut ZlibDecoder::new(bytes),
        &mut GzDecoder::new(bytes),
    ] {
        let mut out = Vec::new();
        // Cut or damaged data still shows what came before. Deflating makes no text longer, so what unpacks to less than
        // it was is a random id that happens to begin like deflated data.
        let _ = reader.take(INFLATED_BYTES_MAX).read_to_end(&mut out);
        if out.len() >= bytes.len() {
            texts.extend(as_text(&out));
        }
    }
    texts
}

/// Bytes as UTF-8 or UTF-16 text, if they are text.
pub(crate) fn as_text(bytes: &[u8]) -> Option<String> {
    let (utf16, rest) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (true, rest),
        _ => (bytes.len() >= 8 && bytes.iter().skip(1).step_by(2).all(|byte| *byte == 0), bytes),
    };
    let text = if utf16 {
        let (units, _) = rest.as_chunks::<2>();
        char::decode_utf16(units.iter().map(|unit| u16::from_le_bytes(*unit)))
            .collect::<Result<String, _>>()
            .ok()?
    } else {
        std::str::from_utf8(rest).ok()?.to_owned()
    };
    let controls = text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    (controls * CONTROL_SHARE <= text.len()).then_some(text)
}

fn percent(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail
            .get(..2)
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (first, pair) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(if *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Takes escapes off, of JSON and of XML, and finds what they hid; the whole text goes then.
pub(crate) fn escaped(text: &str, look: Look<'_>, found: &mut Vec<Span>) {
    if look.depth >= DEPTH_MAX || !ESCAPE.is_match(text) {
        return;
    }
    let plain = unescape(text);
    // What the text without its escapes shows and the text itself does not.
    let mut seen = Vec::new();
    for span in detect::spans_of(&plain, look.deeper()) {
        let secret = plain.get(span.start..span.end).unwrap_or_default();
        if !keys::is_placeholder(secret.trim()) {
            seen.push((secret.to_owned(), span.kind));
        }
    }
    for (secret, kind) in seen {
        match text.find(&secret) {
            Some(_) if secret.len() >= REPEATED_BYTES_MIN => {
                for (start, part) in text.match_indices(&secret) {
                    found.push(Span { start, end: start + part.len(), kind });
                }
            }
            Some(_) | None => found.push(Span { start: 0, end: text.len(), kind }),
        }
    }
}

fn unescape(text: &str) -> String {
    ESCAPE
        .replace_all(text, |hit: &regex::Captures<'_>| {
            let hex = |group| hit.get(group).and_then(|part| u32::from_str_radix(part.as_str(), 16).ok());
            if let Some(c) = hex(1).or_else(|| hex(2)).and_then(char::from_u32) {
                return c.to_string();
            }
            if let Some(part) = hit.get(3) {
                return match part.as_str() {
                    "n" => "\n".to_owned(),
                    "r" => "\r".to_owned(),
                    "t" => "\t".to_owned(),
                    other => other.to_owned(),
                };
            }
            match hit.get(4).map_or("", |part| part.as_str()) {
                "quot" => "\"".to_owned(),
                "amp" => "&".to_owned(),
                "lt" => "<".to_owned(),
                "gt" => ">".to_owned(),
                "apos" => "'".to_owned(),
                other => {
                    let digits = other.trim_start_matches('#');
                    let code = digits
                        .strip_prefix('x')
                        .map_or_else(|| digits.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
                    code.and_then(char::from_u32).unwrap_or('\u{FFFD}').to_string()
                }
            }
        })
        .into_owned()
}
