//! A tenant's log, byte by byte: what it is made of, and how it is checked.
#![doc = ""]
#![doc = include_str!("../FORMAT.md")]

pub mod bundle;
pub mod checkpoint;
pub mod note;
pub mod opening;
pub mod policy;
pub mod receipt;
pub mod replay;
pub mod tile;
pub mod tree;
pub mod whole;
pub mod witness;

pub use tree::root;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Longest entry in bytes.
pub const ENTRY_BYTES_MAX: usize = 65_535;
/// Bytes of a commitment's salt.
pub const SALT_BYTES: usize = 32;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// An entry that cannot stand in a log.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The value has no canonical form (a number outside of IEEE 754 double range).
    #[error("no canonical form")]
    NotCanonical(#[source] serde_json::Error),
    /// The canonical form is longer than [`ENTRY_BYTES_MAX`].
    #[error("{0} bytes are more than an entry may have")]
    TooLong(usize),
}

/// The RFC 8785 bytes of a value.
///
/// # Errors
/// [`EntryError::NotCanonical`].
pub fn canonical(value: &Value) -> Result<Vec<u8>, EntryError> {
    serde_json_canonicalizer::to_vec(value).map_err(EntryError::NotCanonical)
}

/// The bytes of an entry, checked for length.
///
/// # Errors
/// [`EntryError`].
pub fn entry_bytes(entry: &Value) -> Result<Vec<u8>, EntryError> {
    let bytes = canonical(entry)?;
    check_length(&bytes)?;
    Ok(bytes)
}

/// Whether these bytes are few enough for an entry.
///
/// # Errors
/// [`EntryError::TooLong`].
pub fn check_length(entry: &[u8]) -> Result<(), EntryError> {
    if entry.len() > ENTRY_BYTES_MAX { Err(EntryError::TooLong(entry.len())) } else { Ok(()) }
}

/// RFC 6962 leaf hash of an entry.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0x00]).chain_update(entry).finalize().into()
}

/// The commitment to a text value under a salt.
///
/// # Errors
/// [`EntryError::NotCanonical`]; cannot happen for a text.
pub fn commit(salt: &[u8; SALT_BYTES], text: &str) -> Result<Hash, EntryError> {
    // A text's canonical form is what serde_json writes (RFC 8785 section 3.2.2.2).
    let value = serde_json::to_vec(text).map_err(EntryError::NotCanonical)?;
    Ok(Sha256::new().chain_update(salt).chain_update(value).finalize().into())
}

/// Lower-case hexadecimal, as hashes stand in entries.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 0x0f));
    }
    text
}

/// The 32 bytes of a hash or salt that [`hex`] wrote; none for anything else.
#[must_use]
pub fn unhex(text: &str) -> Option<Hash> {
    let mut bytes = [0; size_of::<Hash>()];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || pairs.len() != bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let text = std::str::from_utf8(pair).ok().filter(|text| *text == text.to_ascii_lowercase())?;
        *byte = u8::from_str_radix(text, 16).ok()?;
    }
    Some(bytes)
}

/// How many cases of a property are tried: few, or 10,000 in the long form.
#[cfg(test)]
pub(crate) fn cases(few: u32) -> proptest::prelude::ProptestConfig {
    let long = std::env::var_os("VOUCHSAFE_LONG").is_some_and(|value| value != "0");
    proptest::prelude::ProptestConfig {
        cases: if long { 10_000 } else { few },
        failure_persistence: None,
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_form_sorts_members_and_drops_space() {
        let value: Value = serde_json::from_str(r#"{ "b": [1, 2.50, "\u00e9\n"], "a": null }"#).unwrap();
        assert_eq!(canonical(&value).unwrap(), r#"{"a":null,"b":[1,2.5,"é\n"]}"#.as_bytes());
    }

    /// `printf '\0' | sha256sum` and `printf '\0abc' | sha256sum`.
    #[test]
    fn leaf_hashes_agree_with_a_second_tool() {
        assert_eq!(hex(&leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(
            hex(&leaf_hash(b"abc")),
            "609f6e36d2405585188d5cfd761f407c7cc46a7d3f314c88270469dde315fcd1"
        );
    }

    #[test]
    fn entries_have_a_limit() {
        let text = "x".repeat(ENTRY_BYTES_MAX - 1);
        assert!(matches!(entry_bytes(&Value::from(text)), Err(EntryError::TooLong(65_536))));
    }
}
