//! Finds secrets in one piece of text.

use crate::{Kind, decode, jwt, keys, pattern};
use regex::Regex;
use std::{cell::Cell, sync::LazyLock};

/// How often a text is looked at again after its secrets were taken out, until nothing is found.
const PASSES_MAX: u8 = 4;

/// A stretch of a text that is a secret, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
}

/// Bytes of work that even a short text may cost.
const WORK_BYTES_FREE: u64 = 256 << 10;
/// Bytes of work that a text may cost, as a multiple of its length.
const WORK_RATIO: u64 = 16;

/// How far a text is looked into.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    /// Layers of encoding that were taken off.
    pub(crate) depth: u8,
    left: &'a Cell<u64>,
}

impl Look<'_> {
    /// Spends work; false once there is none left. What cannot be looked at any more is taken out.
    pub(crate) fn spend(self, bytes: usize) -> bool {
        let left = self.left.get().checked_sub(bytes as u64);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    pub(crate) const fn deeper(self) -> Self {
        Self { depth: self.depth + 1, left: self.left }
    }
}

/// A name and what stands between it and its value.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern::pattern(r#"([A-Za-z][A-Za-z0-9_.$-]{0,63})\\*["'\]]?\\*["']?[ \t]{0,4}(?:=>|:=|==|=|:)\s{0,80}"#)
});
/// Names of two words, and options of a command line.
static SPOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern::pattern(
        r"(?i)(?:\b((?:client|shared|app|application) secret|(?:api|access|account|shared access|private) key|(?:access|refresh|id) token|connection string|session id)\s{0,3}(?:[:=]|\bis\b)\s{0,4}|(?:^|\s)--?([a-z][a-z-]{2,40})[ \t]{1,3}|\b(password|passwd|passphrase|secret) is[ \t]{1,3})",
    )
});
/// A pair of a name and a value, as HAR files, forms and configurations have them.
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    pattern::pattern(
        r#"(?i)\b(?:name|key|header|id)\\*["']?\s{0,80}[:=]\s{0,80}\\*["']([A-Za-z0-9_.$-]{2,64})\\*["'][^<>{}]{0,400}?\bvalue\\*["']?\s{0,80}[:=]\s{0,80}"#,
    )
});
/// The same, the other way round.
static PAIR_REVERSED: LazyLock<Regex> = LazyLock::new(|| {
    pattern::pattern(
        r#"(?i)\bvalue\\*["']?\s{0,80}[:=]\s{0,80}\\*["']([^"'<>]*?)\\*["'][^<>{}]{0,400}?\b(?:name|key|header|id)\\*["']?\s{0,80}[:=]\s{0,80}\\*["']([A-Za-z0-9_.$-]{2,64})\\*["']"#,
    )
});
/// An element of XML with text in it.
static ELEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern::pattern(
        r"<(?:[A-Za-z0-9_]+:)?([A-Za-z][A-Za-z0-9_.-]{1,63})(?:\s[^<>]*)?>(?:<!\[CDATA\[)?([^<]+)",
    )
});
/// A connection string: what stands before its password.
static CONNECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern::pattern(
        r"(?i)\b(?:server|data source|host|endpoint|accountname|defaultendpointsprotocol|hostname|initial catalog|database|user id|uid)\s*=[^;\r\n]*;",
    )
});
/// Where a list goes on after a comma or a semicolon.
static NEXT: LazyLock<Regex> =
    LazyLock::new(|| pattern::pattern(r#"^(?:[\s"']|$|[A-Za-z][A-Za-z0-9_. -]{0,40}\\*["']?[=:])"#));

/// A text without its secrets, and what was taken out with the byte of the text it stood at.
pub(crate) fn scrub(text: &str) -> Option<(String, Vec<(usize, Kind)>)> {
    let first = spans(text);
    if first.is_empty() {
        return None;
    }
    let found = first.iter().map(|span| (span.start, span.kind)).collect();
    let mut clean = without(text, &first);
    for _ in 0..PASSES_MAX {
        let again = spans(&clean);
        if again.is_empty() {
            return Some((clean, found));
        }
        clean = without(&clean, &again);
    }
    // What still looks like a secret goes as a whole.
    let kind = first.first().map_or(Kind::Hidden, |span| span.kind);
    Some((if spans(&clean).is_empty() { clean } else { placeholder(kind, "") }, found))
}

/// What stands in a secret's place.
pub(crate) fn placeholder(kind: Kind, secret: &str) -> String {
    let kept = if kind == Kind::Jwt { jwt::kept(secret) } else { String::new() };
    format!("[removed:{kind}{kept}]")
}

fn without(text: &str, spans: &[Span]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(text.get(at..span.start).unwrap_or_default());
        out.push_str(&placeholder(span.kind, text.get(span.start..span.end).unwrap_or_default()));
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Every secret of a text, in order, none touching another.
pub(crate) fn spans(text: &str) -> Vec<Span> {
    let left = Cell::new((text.len() as u64).saturating_mul(WORK_RATIO).max(WORK_BYTES_FREE));
    spans_of(text, Look { depth: 0, left: &left })
}

/// The same, of what was unpacked on the way.
pub(crate) fn spans_of(text: &str, look: Look<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    shaped(text, &mut found);
    named(text, look, &mut found);
    paired(text, &mut found);
    decode::hidden(text, look, &mut found);
    let mut found = merged(text, found);
    if found.is_empty() {
        // Escapes last, when what can be cut out without them is gone: they may cost the whole text.
        decode::escaped(text, look, &mut found);
        found = merged(text, found);
    }
    found
}

fn merged(text: &str, mut found: Vec<Span>) -> Vec<Span> {
    found.retain(|span| {
        let stretch = text.get(span.start..span.end).unwrap_or_default();
        !stretch.is_empty() && !keys::is_placeholder(stretch.trim())
    });
    found.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut out: Vec<Span> = Vec::with_capacity(found.len());
    for span in found {
        match out.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}

fn shaped(text: &str, found: &mut Vec<Span>) {
    for (kind, shape) in pattern::shapes() {
        for hit in shape.captures_iter(text) {
            if let Some(part) = hit.get(1).or_else(|| hit.get(0)) {
                found.push(Span { start: part.start(), end: part.end(), kind: *kind });
            }
        }
    }
}

fn named(text: &str, look: Look<'_>, found: &mut Vec<Span>) {
    let connection = CONNECTION.is_match(text);
    let mut at = 0;
    while let Some(hit) = NAMED.captures_at(text, at) {
        let (Some(whole), Some(name)) = (hit.get(0), hit.get(1)) else { break };
        at = whole.end();
        let Some(kind) = keys::kind_of(name.as_str()) else { continue };
        let reach =
            Reach { header: keys::is_header(name.as_str()), connection, before: before(text, name.start()) };
        let (start, end, quoted) = value_at(text, whole.end(), &reach);
        let value = text.get(start..end).unwrap_or_default();
        if !look.spend(value.len()) {
            found.push(Span { start, end: text.len(), kind });
            break;
        }
        if keys::may_be_secret(kind, value, !quoted && !reach.in_query()) {
            found.push(Span { start, end, kind });
            at = at.max(end);
        }
    }
    for hit in SPOKEN.captures_iter(text) {
        let name = (1..=3).find_map(|group| hit.get(group));
        let (Some(whole), Some(name)) = (hit.get(0), name) else { continue };
        let Some(kind) = keys::kind_of(name.as_str()) else { continue };
        let (start, end, quoted) =
            value_at(text, whole.end(), &Reach { header: false, connection, before: None });
        let value = text.get(start..end).unwrap_or_default();
        if keys::may_be_secret(kind, value, !quoted) && !value.starts_with('-') {
            found.push(Span { start, end, kind });
        }
    }
}

fn paired(text: &str, found: &mut Vec<Span>) {
    for hit in PAIR.captures_iter(text) {
        let (Some(whole), Some(name)) = (hit.get(0), hit.get(1)) else { continue };
        let Some(kind) = keys::kind_of(name.as_str()) else { continue };
        let (start, end, _) =
            value_at(text, whole.end(), &Reach { header: false, connection: false, before: None });
        if keys::may_be_secret(kind, text.get(start..end).unwrap_or_default(), false) {
            found.push(Span { start, end, kind });
        }
    }
    for (regex, value, name) in [(&*PAIR_REVERSED, 1, 2), (&*ELEMENT, 2, 1)] {
        for hit in regex.captures_iter(text) {
            let (Some(value), Some(name)) = (hit.get(value), hit.get(name)) else { continue };
            let Some(kind) = keys::kind_of(name.as_str()) else { continue };
            if keys::may_be_secret(kind, value.as_str(), false) {
                found.push(Span { start: value.start(), end: value.end(), kind });
            }
        }
    }
}

/// What decides where a value ends.
struct Reach {
    header: bool,
    connection: bool,
    before: Option<char>,
}

impl Reach {
    const fn in_query(&self) -> bool {
        matches!(self.before, Some('?' | '&' | '#') | None)
    }
}

fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at).and_then(|head| head.chars().next_back())
}

/// The value that starts here: its bytes, and whether it stands in quotes.
fn value_at(text: &str, from: usize, reach: &Reach) -> (usize, usize, bool) {
    let rest = text.get(from..).unwrap_or_default();
    let slashes = rest.bytes().take_while(|byte| *byte == b'\\').count();
    let opened = rest.get(slashes..).unwrap_or_default();
    if let Some(quote) = opened.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) {
        let start = from + slashes + quote.len_utf8();
        let body = text.get(start..).unwrap_or_default();
        return (start, start + closing(body, quote, slashes), true);
    }
    (from, from + bare(rest, reach), false)
}

/// Where a quoted value ends: at its quote with as many backslashes as stood before the one that opened it.
fn closing(body: &str, quote: char, slashes: usize) -> usize {
    let mut run = 0;
    for (at, c) in body.char_indices() {
        if c == '\\' {
            run += 1;
        } else {
            if c == quote && run <= slashes {
                return at - run;
            }
            run = 0;
        }
    }
    body.len()
}

/// Where a value without quotes ends.
fn bare(rest: &str, reach: &Reach) -> usize {
    let around = reach.before.filter(|c| matches!(c, '"' | '\'' | '`'));
    if reach.header {
        return rest.find(|c| c == '\n' || c == '\r' || Some(c) == around).unwrap_or(rest.len());
    }
    for (at, c) in rest.char_indices() {
        let ends = match c {
            '"' | '\'' | '<' | '>' | '`' | '\n' | '\r' => true,
            ' ' | '\t' | '&' => !reach.connection,
            ';' if reach.connection => true,
            ',' | ';' => NEXT.is_match(rest.get(at + 1..).unwrap_or_default()),
            _ => false,
        };
        if ends {
            return at;
        }
    }
    rest.len()
}
