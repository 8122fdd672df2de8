//! What comes with a receipt: the entry itself, the values that it commits to, and the list that it holds the root of.
//!
//! It stands as JSON in the receipt's `extra` line, which nobody signs. It needs no signature: the entry is bound by its
//! leaf hash, each value by its commitment in the entry, the record ids by their root in the entry. [`Enclosed::verify`]
//! checks the last two, [`crate::receipt::Receipt::verify`] the first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{EntryError, SALT_BYTES, commit, hex, root, unhex};

/// The member by which a commitment is known: `{"$sha256": "<64 hex digits>"}`.
pub const COMMITMENT: &str = "$sha256";

/// A value that an entry commits to, with the salt of its commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The salt.
    pub salt: [u8; SALT_BYTES],
    /// The value.
    pub text: String,
}

/// What comes with a receipt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Enclosed {
    /// The entry as it stands in the log.
    pub entry: String,
    /// The committed values by RFC 6901 pointer into the entry; those of erased people are missing.
    #[serde(default)]
    pub openings: BTreeMap<String, WireOpening>,
    /// For a read: the ids of the records, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_ids: Option<Vec<String>>,
}

/// An [`Opening`] in JSON: the salt in hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireOpening {
    salt: String,
    value: String,
}

impl From<Opening> for WireOpening {
    fn from(opening: Opening) -> Self {
        Self { salt: hex(&opening.salt), value: opening.text }
    }
}

impl WireOpening {
    /// The value; it is the entry's only once [`Enclosed::verify`] has said so.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// Why what is enclosed does not belong to its entry.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// It is not the JSON that it should be.
    #[error("what the receipt encloses cannot be read")]
    Malformed(#[source] serde_json::Error),
    /// The entry is not in canonical form.
    #[error("the entry is not in canonical form")]
    NotCanonical,
    /// The entry has no commitment at this place.
    #[error("the entry commits to nothing at {0}")]
    NoCommitment(String),
    /// The value is not the one that was committed to.
    #[error("the value at {0} is not the one that the entry commits to")]
    OtherValue(String),
    /// The record ids are not those that were read.
    #[error("the record ids are not those that the entry holds the root of")]
    OtherRecords,
    /// An entry cannot be made canonical.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

impl Enclosed {
    /// As the bytes of an `extra` line.
    ///
    /// # Errors
    /// [`OpeningError::Malformed`]; cannot happen for texts.
    pub fn to_bytes(&self) -> Result<Vec<u8>, OpeningError> {
        serde_json::to_vec(self).map_err(OpeningError::Malformed)
    }

    /// From the bytes of an `extra` line.
    ///
    /// # Errors
    /// [`OpeningError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OpeningError> {
        serde_json::from_slice(bytes).map_err(OpeningError::Malformed)
    }

    /// Checks values and record ids against the entry; gives the entry with the values put in.
    ///
    /// # Errors
    /// [`OpeningError`] with the first thing that is wrong.
    pub fn verify(&self) -> Result<Value, OpeningError> {
        let mut entry: Value = serde_json::from_str(&self.entry).map_err(OpeningError::Malformed)?;
        if crate::canonical(&entry)? != self.entry.as_bytes() {
            return Err(OpeningError::NotCanonical);
        }
        self.verify_records(&entry)?;
        for (pointer, opening) in &self.openings {
            let committed = entry.pointer(pointer).and_then(commitment).map(str::to_owned);
            let committed = committed.ok_or_else(|| OpeningError::NoCommitment(pointer.clone()))?;
            let other = || OpeningError::OtherValue(pointer.clone());
            let salt = unhex(&opening.salt).ok_or_else(other)?;
            if hex(&commit(&salt, &opening.value)?) != committed {
                return Err(other());
            }
            if let Some(place) = entry.pointer_mut(pointer) {
                *place = Value::from(opening.value.as_str());
            }
        }
        Ok(entry)
    }

    /// A read's ids are those of the root; nothing else has any.
    fn verify_records(&self, entry: &Value) -> Result<(), OpeningError> {
        let Some(ids) = &self.record_ids else { return Ok(()) };
        let events = entry.get("events").and_then(Value::as_array).into_iter().flatten();
        let read = events.filter_map(|event| event.get("read")).next().ok_or(OpeningError::OtherRecords)?;
        let stated = (read.get("count").and_then(Value::as_u64), read.get("recordsRoot"));
        let found = hex(&root(ids.iter().map(String::as_bytes)));
        let count = u64::try_from(ids.len()).ok();
        if stated == (count, Some(&Value::from(found))) { Ok(()) } else { Err(OpeningError::OtherRecords) }
    }
}

/// The hash of a commitment.
fn commitment(value: &Value) -> Option<&str> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    members.get(COMMITMENT)?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn enclosed() -> Enclosed {
        let opening = Opening { salt: [7; SALT_BYTES], text: "Anna Svensson".to_owned() };
        let committed = hex(&commit(&opening.salt, &opening.text).unwrap());
        let ids = vec!["a".to_owned(), "b".to_owned()];
        let records = hex(&root(ids.iter().map(String::as_bytes)));
        let entry = json!({
            "by": { "name": { COMMITMENT: committed } },
            "events": [{ "of": "read", "read": { "count": 2, "recordsRoot": records } }],
        });
        let entry = String::from_utf8(crate::canonical(&entry).unwrap()).unwrap();
        let openings = [("/by/name".to_owned(), opening.into())].into();
        Enclosed { entry, openings, record_ids: Some(ids) }
    }

    #[test]
    fn what_belongs_to_the_entry_is_put_into_it() {
        let enclosed = enclosed();
        let again = Enclosed::from_bytes(&enclosed.to_bytes().unwrap()).unwrap();
        assert_eq!(again, enclosed);
        let entry = again.verify().unwrap();
        assert_eq!(entry.pointer("/by/name").unwrap(), "Anna Svensson");
    }

    #[test]
    fn nothing_else_is_taken_for_it() {
        let changed = |change: fn(&mut Enclosed)| {
            let mut enclosed = enclosed();
            change(&mut enclosed);
            enclosed.verify().unwrap_err()
        };
        let other_name = changed(|e| e.openings.get_mut("/by/name").unwrap().value.push('x'));
        assert!(matches!(other_name, OpeningError::OtherValue(_)));
        let other_salt = changed(|e| e.openings.get_mut("/by/name").unwrap().salt = "00".repeat(32));
        assert!(matches!(other_salt, OpeningError::OtherValue(_)));
        let upper_case = changed(|e| e.openings.get_mut("/by/name").unwrap().salt = "AA".repeat(32));
        assert!(matches!(upper_case, OpeningError::OtherValue(_)));
        let nowhere = changed(|e| {
            let opening = e.openings.remove("/by/name").unwrap();
            e.openings.insert("/events".to_owned(), opening);
        });
        assert!(matches!(nowhere, OpeningError::NoCommitment(_)));
        let swapped = changed(|e| e.record_ids.as_mut().unwrap().swap(0, 1));
        assert!(matches!(swapped, OpeningError::OtherRecords));
        let dropped = changed(|e| e.record_ids.as_mut().unwrap().truncate(1));
        assert!(matches!(dropped, OpeningError::OtherRecords));
        let spaced = changed(|e| e.entry.push(' '));
        assert!(matches!(spaced, OpeningError::NotCanonical));
    }
}
