//! Tells a format from the first bytes of a source.

use std::io::Cursor;

use super::bytes::Bytes;
use super::json::{self, Outer};

/// What a source holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Nothing but white space.
    Empty,
    /// Arrays, pages, or objects over several lines.
    Json,
    /// One JSON object a line.
    Lines,
    /// A table.
    Csv,
    /// Something else, with what was seen.
    Unknown(&'static str),
}

/// The format of a source that begins with `head`.
pub(super) fn format(head: &[u8]) -> Format {
    let mut bytes = Bytes::new(Cursor::new(head));
    // Reading from memory cannot fail.
    match bytes.skip_space().ok().flatten() {
        None => Format::Empty,
        Some(b'[') => Format::Json,
        Some(b'{') => object(&mut bytes),
        Some(byte) if byte.is_ascii_alphabetic() || byte == b'"' => Format::Csv,
        Some(0x1F) => Format::Unknown("it is compressed more than twice"),
        Some(0xFF | 0xFE) => Format::Unknown("it looks like UTF-16; save it as UTF-8"),
        Some(_) => Format::Unknown("expected a JSON array, a JSON object or a CSV header"),
    }
}

fn object(bytes: &mut Bytes<Cursor<&[u8]>>) -> Format {
    let first_line = bytes.line();
    match json::outer_object(bytes) {
        Ok(Outer::Page { .. }) => Format::Json,
        Ok(Outer::Object) if bytes.line() > first_line => Format::Json,
        // On one line, or broken: then each line stands for itself and only the broken ones are lost.
        Ok(Outer::Object) | Err(_) => Format::Lines,
    }
}
