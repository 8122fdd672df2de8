//! What a file is: by its name, by its declared type, by its first bytes. All three must agree.

use crate::{Reason, text::Shape};

/// First bytes that are looked at: a tar archive says what it is at byte 257.
pub(crate) const HEAD_BYTES: usize = 512;

/// Endings of names of files that are read as text.
const TEXTS: [&str; 35] = [
    "log",
    "txt",
    "trace",
    "out",
    "err",
    "xml",
    "saml",
    "config",
    "conf",
    "cfg",
    "ini",
    "properties",
    "env",
    "toml",
    "yaml",
    "yml",
    "md",
    "html",
    "htm",
    "form",
    "urlencoded",
    "pem",
    "key",
    "crt",
    "cer",
    "csr",
    "pub",
    "sh",
    "ps1",
    "reg",
    "http",
    "curl",
    "sql",
    "js",
    "css",
];

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Text(Shape),
    Zip,
    Tar,
    Gzip,
    Zstd,
}

/// What a file of this name, declared type and start is.
pub(crate) fn of(name: &str, declared: Option<&str>, head: &[u8]) -> Result<Format, Reason> {
    let named = by_name(name).ok_or(Reason::UnknownType)?;
    let packed = by_magic(head);
    match (named, packed) {
        (Format::Json | Format::Text(_), Some(_)) => return Err(Reason::WrongType("it is an archive")),
        (Format::Zip | Format::Tar | Format::Gzip | Format::Zstd, found) if found != Some(named) => {
            return Err(Reason::WrongType("it is no archive of that kind"));
        }
        _ => {}
    }
    match declared.and_then(by_declared) {
        Some(archive)
            if archive != matches!(named, Format::Zip | Format::Tar | Format::Gzip | Format::Zstd) =>
        {
            Err(Reason::WrongType("the declared type does not fit the name"))
        }
        _ => Ok(named),
    }
}

fn by_name(name: &str) -> Option<Format> {
    let file = name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let Some((_, ending)) = file.rsplit_once('.') else { return Some(Format::Text(Shape::Lines)) };
    match ending {
        "json" | "har" => Some(Format::Json),
        "csv" => Some(Format::Text(Shape::Columns)),
        "ndjson" | "jsonl" => Some(Format::Text(Shape::Lines)),
        "zip" => Some(Format::Zip),
        "tar" => Some(Format::Tar),
        "gz" | "tgz" => Some(Format::Gzip),
        "zst" => Some(Format::Zstd),
        // A log that was put aside: app.log.1
        other if TEXTS.contains(&other) || other.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(Format::Text(Shape::Lines))
        }
        _ => None,
    }
}

/// The name of what a gzip or zstd file holds.
pub(crate) fn inner_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".tgz") {
        return format!("{}.tar", name.get(..name.len() - 4).unwrap_or_default());
    }
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.to_owned()
}

fn by_magic(head: &[u8]) -> Option<Format> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Some(Format::Zip)
    } else if head.starts_with(&[0x1F, 0x8B]) {
        Some(Format::Gzip)
    } else if head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
        Some(Format::Zstd)
    } else if head.get(257..262) == Some(b"ustar") {
        Some(Format::Tar)
    } else {
        None
    }
}

/// Whether a declared media type is an archive's; nothing where it says nothing.
fn by_declared(declared: &str) -> Option<bool> {
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/zip"
        | "application/x-zip-compressed"
        | "application/gzip"
        | "application/x-gzip"
        | "application/x-tar"
        | "application/zstd" => Some(true),
        "application/json"
        | "application/x-ndjson"
        | "application/xml"
        | "application/x-www-form-urlencoded" => Some(false),
        other if other.starts_with("text/") => Some(false),
        _ => None,
    }
}
