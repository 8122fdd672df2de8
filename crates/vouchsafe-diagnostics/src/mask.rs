//! Masks: what an engineer sees instead of personal values (`diagnostics.md`, *Masked by default*, *Filters don't
//! undo masks*).
//!
//! A [`Registry`] says of every property path of a record type what it holds; a path it does not know is masked.
//! Pseudonyms come from a [`MaskKey`] of the grant: the same value has the same pseudonym everywhere under that grant,
//! and the pseudonyms of two grants cannot be joined. (Event times can; they stay.)
//!
//! | the value | becomes |
//! |---|---|
//! | id that is a UUID | a UUID, which [`MaskKey::reveal_id`] turns back |
//! | any other id | `id~…`, which can be turned back too |
//! | user id, UPN and display name of one person | one pseudonym: that of the user id; without one `person~…` of the UPN |
//! | IP address | its network and a tag, `203.0.113.0/24~7f3k`; IPv6 `/48` with a longer tag |
//! | mail address | that person's pseudonym where it is the UPN beside it or around it; else `person~…` of the address |
//! | other text, telephone number | `masked~…`, which cannot be turned back |
//! | text that is a time | that day's midnight; a date stays |
//! | number, true, false; whatever is [`Personal::Hidden`] | null |
//! | array, object | member by member; a member name that does not look like an identifier becomes `key~…` |
//!
//! Empty texts, null and the nil UUID say nothing and stay.
//!
//! Who is named without an id is still the person of that id where [`People`] says so. What the tenant [`Revealed`] is
//! shown as it is.
//!
//! [`Masker`] reads each record once: `json` hands out pieces of its text, `tree` and `places` find what each member
//! holds from what its parent is, `person` looks ahead where members depend on each other, `pseudonyms` writes the
//! texts. [`Rewriter`] is the way back, for filters and paths.

use vouchsafe_core::time::Timestamp;

mod address;
mod base32;
mod hidden;
pub(crate) mod json;
mod key;
mod people;
mod person;
mod places;
mod pseudonyms;
mod registry;
mod revealed;
mod rewrite;
mod stream;
mod token;
mod tree;

use places::Places;
use pseudonyms::Pseudonyms;
use stream::Stream;

pub use hidden::{Hidden, NotHidden, hidden};
pub use json::InvalidJson;
pub use key::{IdReading, IdSpace, MaskKey};
pub use people::People;
pub use registry::{Class, Personal, Registry, Switch};
pub use revealed::Revealed;
pub use rewrite::{MaskError, Rewriter, Rewritten, TypedValue, check_order};

/// Deepest nesting that is shown, in levels; what lies deeper becomes null.
const MAX_DEPTH: usize = 64;
/// Longest member name that can be an identifier, in bytes.
const MAX_NAME_BYTES: usize = 48;
/// Most digits of a member name that can be an identifier; more would be a number or a key.
const MAX_NAME_DIGITS: usize = 4;

/// A property that a reader was shown, for the read record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PropertyRead {
    /// Path of the property; a replaced member name stands in its replaced form.
    pub name: String,
    /// How it was shown.
    pub shown: Shown,
}

/// How a property was shown. Where the records of an answer differ, the last of these that happened counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shown {
    /// As it is: it is not personal.
    Plain,
    /// Masked.
    Masked,
    /// As it is, though it is personal: the tenant revealed the value.
    Revealed,
}

/// The members of a record that `$select` names; others are not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select(Vec<String>);

impl Select {
    /// Of these top-level members.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item: Into<String>>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|selected| selected == name)
    }
}

/// Masks the records of one answer, and gathers the properties that were in them.
#[derive(Debug)]
pub struct Masker<'a> {
    registry: &'a Registry,
    key: &'a MaskKey,
    places: Places<'a>,
    pseudonyms: Pseudonyms<'a>,
}

impl<'a> Masker<'a> {
    /// Ready for the first record.
    #[must_use]
    pub fn new(registry: &'a Registry, key: &'a MaskKey) -> Self {
        Self {
            registry,
            key,
            places: Places::new(registry.tree()),
            pseudonyms: Pseudonyms::new(registry, key),
        }
    }

    /// Shows these values as they are.
    #[must_use]
    pub fn with_revealed(mut self, revealed: &'a Revealed) -> Self {
        self.pseudonyms.reveal(revealed);
        self
    }

    /// Knows these people also where a record names one without the id.
    #[must_use]
    pub fn with_people(mut self, people: &'a People) -> Self {
        self.pseudonyms.know(people);
        self
    }

    /// Appends the masked form of one record to `out`: JSON without space between its parts, members in the order of
    /// `json`, of the record's own only those of `select`.
    ///
    /// # Errors
    /// [`InvalidJson`] when `json` is not one JSON value; then `out` is as it was.
    pub fn mask_json(
        &mut self,
        json: &str,
        select: Option<&Select>,
        out: &mut Vec<u8>,
    ) -> Result<(), InvalidJson> {
        let start = out.len();
        let masked = Stream::new(self, json, out).record(select);
        if masked.is_err() {
            out.truncate(start);
        }
        masked
    }

    /// The properties of all records so far, in order of their names.
    #[must_use]
    pub fn into_properties(self) -> Vec<PropertyRead> {
        self.places.properties()
    }
}

/// Masks one record, and names the properties in it, in order of their names.
#[cfg(test)]
pub(crate) fn mask(
    registry: &Registry,
    key: &MaskKey,
    record: &serde_json::Value,
) -> (serde_json::Value, Vec<PropertyRead>) {
    let (mut masker, mut out) = (Masker::new(registry, key), Vec::new());
    masker.mask_json(&record.to_string(), None, &mut out).unwrap();
    (serde_json::from_slice(&out).unwrap(), masker.into_properties())
}

/// Whether the text is empty or the nil UUID, which stand for "nobody".
fn says_nothing(text: &str) -> bool {
    text.is_empty() || text == "00000000-0000-0000-0000-000000000000"
}

/// A time cut to its day in UTC; a date alone is already that.
fn day(text: &str) -> Option<String> {
    const DATE_CHARS: usize = "2026-11-23".len();
    let midnight = |date: &str| format!("{date}T00:00:00Z");
    if text.len() == DATE_CHARS {
        return midnight(text).parse::<Timestamp>().ok().map(|_| text.to_owned());
    }
    let time: Timestamp = text.parse().ok()?;
    time.to_string().get(..DATE_CHARS).map(midnight)
}

/// Whether a member name looks like an identifier of a schema rather than a value: ASCII letters, digits and `_`,
/// short, with few digits; or an annotation of OData such as `@odata.type`.
fn is_identifier(name: &str) -> bool {
    let plain = |name: &str| {
        name.len() <= MAX_NAME_BYTES
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && name.bytes().filter(u8::is_ascii_digit).count() <= MAX_NAME_DIGITS
    };
    match name.split_once("@odata.") {
        Some((property, annotation)) => (property.is_empty() || plain(property)) && plain(annotation),
        None => plain(name),
    }
}

#[cfg(test)]
mod tests;
