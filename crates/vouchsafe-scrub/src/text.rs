//! Text line by line: logs, traces, XML, CSV, forms, PEM, JSON by the line.

use crate::{Kind, Place, Reason, Report, detect, json, keys, pattern};
use regex::Regex;
use std::{
    io::{BufRead, BufReader, Read, Write},
    sync::LazyLock,
};

/// Longest line in bytes.
pub const LINE_BYTES_MAX: u64 = 4 << 20;

/// The start of a block of several lines that is a secret as a whole, and by its side the end.
static BLOCKS: LazyLock<[(Regex, Regex, Kind); 3]> = LazyLock::new(|| {
    let block = |start, end, kind| (pattern::pattern(start), pattern::pattern(end), kind);
    [
        block(
            r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----",
            r"-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----",
            Kind::PrivateKey,
        ),
        block(
            r"<(?:[A-Za-z0-9_]+:)?(?:EncryptedAssertion|Assertion)(?:[\s>]|$)",
            r"</(?:[A-Za-z0-9_]+:)?(?:EncryptedAssertion|Assertion)>",
            Kind::Saml,
        ),
        block(
            r"<(?:[A-Za-z0-9_]+:)?(?:SignatureValue|BinarySecurityToken|CipherValue)(?:[\s>]|$)",
            r"</(?:[A-Za-z0-9_]+:)?(?:SignatureValue|BinarySecurityToken|CipherValue)>",
            Kind::Saml,
        ),
    ]
});

/// How a text is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Lines,
    /// The first line names columns.
    Columns,
}

/// Copies a text without its secrets.
pub(crate) fn scrub(
    input: &mut dyn Read,
    output: &mut dyn Write,
    shape: Shape,
    packed: bool,
    file: &str,
    report: &mut Report,
) -> Result<(), Reason> {
    let mut input = BufReader::new(input);
    let mut lines = Lines { output, file, report, line: 0, before: None, block: None, columns: None, shape };
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = input.by_ref().take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut bytes);
        if read.map_err(|error| Reason::reading(error, packed))? == 0 {
            break;
        }
        if bytes.len() as u64 > LINE_BYTES_MAX {
            return Err(Reason::TooLong { what: "a line", max: LINE_BYTES_MAX });
        }
        lines.line += 1;
        let text = std::str::from_utf8(&bytes).ok().filter(|text| !text.contains('\0'));
        let text = text.ok_or(Reason::NotText { line: lines.line })?;
        lines.take(text)?;
    }
    lines.end()
}

struct Lines<'a> {
    output: &'a mut dyn Write,
    file: &'a str,
    report: &'a mut Report,
    /// Number of the line at hand, from 1.
    line: u64,
    /// The line before, clean, not yet written: a name may stand on it and its value on the next.
    before: Option<String>,
    /// The end of the block that the line at hand is in.
    block: Option<&'static Regex>,
    columns: Option<Vec<Option<Kind>>>,
    shape: Shape,
}

impl Lines<'_> {
    fn take(&mut self, line: &str) -> Result<(), Reason> {
        let mut line = line;
        if let Some(end) = self.block {
            let Some(hit) = end.find(line) else { return Ok(()) };
            self.block = None;
            line = line.get(hit.end()..).unwrap_or_default();
        }
        let mut text = self.cut_blocks(line);
        if self.shape == Shape::Columns {
            text = self.cells(text);
        } else if text.trim_start().starts_with(['{', '[']) {
            let (body, ending) = split_ending(&text);
            if let Ok(Some(clean)) = json::scrub(body, self.file, self.report) {
                text = clean + ending;
            }
        }
        self.window(&text)
    }

    /// Takes out what of a block stands on this line, and remembers that it goes on.
    fn cut_blocks(&mut self, line: &str) -> String {
        let mut text = line.to_owned();
        for (start, end, kind) in &*BLOCKS {
            let mut from = 0;
            while let Some(hit) = start.find_at(&text, from) {
                let (at, rest) = (hit.start(), text.get(hit.end()..).unwrap_or_default());
                let stop = end.find(rest).map(|found| hit.end() + found.end());
                let tail = stop.map_or("\n", |stop| text.get(stop..).unwrap_or_default()).to_owned();
                self.report.add(self.file, Place::Text { line: self.line, column: at as u64 + 1 }, *kind);
                text.truncate(at);
                text.push_str(&detect::placeholder(*kind, ""));
                from = text.len();
                text.push_str(&tail);
                if stop.is_none() {
                    self.block = Some(end);
                    return text;
                }
            }
        }
        text
    }

    /// Cleans a line together with the one before, and writes that one.
    fn window(&mut self, text: &str) -> Result<(), Reason> {
        let before = self.before.take().unwrap_or_default();
        let joined = format!("{before}{text}");
        let clean = match detect::scrub(&joined) {
            None => joined,
            Some((clean, found)) => {
                for (at, kind) in found {
                    let (line, column) = match at.checked_sub(before.len()) {
                        Some(column) => (self.line, column),
                        None => (self.line.saturating_sub(1), at),
                    };
                    self.report.add(self.file, Place::Text { line, column: column as u64 + 1 }, kind);
                }
                clean
            }
        };
        // The last line stays; what is before it is final.
        let (body, _) = split_ending(&clean);
        let cut = body.rfind('\n').map_or(0, |at| at + 1);
        let (done, kept) = clean.split_at_checked(cut).unwrap_or(("", clean.as_str()));
        self.output.write_all(done.as_bytes()).map_err(Reason::Io)?;
        if kept.len() as u64 > LINE_BYTES_MAX {
            return Err(Reason::TooLong { what: "a line", max: LINE_BYTES_MAX });
        }
        self.before = Some(kept.to_owned());
        Ok(())
    }

    /// A row of a table: cells under a secret's name go.
    fn cells(&mut self, line: String) -> String {
        let (body, ending) = split_ending(&line);
        let separator = if body.contains(';') && !body.contains(',') { ';' } else { ',' };
        let cells = split_cells(body, separator);
        let Some(columns) = &self.columns else {
            self.columns =
                Some(cells.iter().map(|cell| keys::kind_of(cell.trim().trim_matches('"'))).collect());
            return line;
        };
        let mut out = String::with_capacity(line.len());
        let mut column = 0_u64;
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                out.push(separator);
            }
            let value = cell.trim().trim_matches('"');
            match columns
                .get(index)
                .copied()
                .flatten()
                .filter(|kind| keys::may_be_secret(*kind, value, false))
            {
                Some(kind) => {
                    self.report.add(self.file, Place::Text { line: self.line, column: column + 1 }, kind);
                    out.push_str(&detect::placeholder(kind, value));
                }
                None => out.push_str(cell),
            }
            column += cell.len() as u64 + 1;
        }
        out + ending
    }

    fn end(self) -> Result<(), Reason> {
        self.output.write_all(self.before.unwrap_or_default().as_bytes()).map_err(Reason::Io)
    }
}

fn split_ending(line: &str) -> (&str, &str) {
    let body = line.trim_end_matches(['\n', '\r']);
    (body, line.get(body.len()..).unwrap_or_default())
}

/// Splits at separators that are not in quotes (RFC 4180).
fn split_cells(line: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    line.split(|c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
    .collect()
}
