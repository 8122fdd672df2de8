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

use std::collections::HashMap;

use serde_json::{Map, Value};
use vouchsafe_core::time::Timestamp;

mod address;
mod base32;
mod key;
mod registry;
mod rewrite;
mod token;

pub use key::{IdReading, IdSpace, MaskKey};
pub use registry::{Class, Personal, Registry, Switch};
pub use rewrite::{MaskError, Rewritten, TypedValue, check_order, rewrite_filter};

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
    /// Whether it was masked.
    pub masked: bool,
}

/// Masks one record, and names the properties in it, in order of their names.
#[must_use]
pub fn mask(registry: &Registry, key: &MaskKey, record: &Value) -> (Value, Vec<PropertyRead>) {
    let mut masker = Masker::new(registry, key);
    let masked = masker.mask(record);
    (masked, masker.into_properties())
}

/// Masks the records of one answer, and gathers the properties that were in them.
#[derive(Debug)]
pub struct Masker<'a> {
    registry: &'a Registry,
    key: &'a MaskKey,
    properties: HashMap<String, bool>,
    /// Path of the place, as names were put out.
    path: String,
}

impl<'a> Masker<'a> {
    /// Ready for the first record.
    #[must_use]
    pub fn new(registry: &'a Registry, key: &'a MaskKey) -> Self {
        Self { registry, key, properties: HashMap::new(), path: String::new() }
    }

    /// Masks one record.
    #[must_use]
    pub fn mask(&mut self, record: &Value) -> Value {
        self.path.clear();
        self.value(record, Class::UNKNOWN, &Around::default(), 0)
    }

    /// The properties of all records so far, in order of their names.
    #[must_use]
    pub fn into_properties(self) -> Vec<PropertyRead> {
        let read = |(name, masked)| PropertyRead { name, masked };
        let mut properties: Vec<PropertyRead> = self.properties.into_iter().map(read).collect();
        properties.sort_unstable();
        properties
    }

    fn value(&mut self, value: &Value, class: Class, around: &Around<'_>, depth: usize) -> Value {
        if depth > MAX_DEPTH {
            return Value::Null;
        }
        match value {
            Value::Object(members) => self.object(members, class, around, depth),
            Value::Array(items) => {
                // The elements have the path of the array, and no person is described by several of them.
                let person = if items.len() == 1 { around.person } else { None };
                let around = Around { person, described: around.described };
                self.read(class, items.is_empty());
                items.iter().map(|item| self.value(item, class, &around, depth + 1)).collect()
            }
            Value::Null => {
                self.read(class, true);
                Value::Null
            }
            Value::Bool(_) | Value::Number(_) => {
                self.read(class, true);
                if class == Class::Plain { value.clone() } else { Value::Null }
            }
            Value::String(_) if class == Class::Personal(Personal::Hidden) => {
                self.read(class, true);
                Value::Null
            }
            Value::String(text) => {
                self.read(class, true);
                Value::String(self.text(text, class, around))
            }
        }
    }

    fn object(
        &mut self,
        members: &Map<String, Value>,
        class: Class,
        around: &Around<'_>,
        depth: usize,
    ) -> Value {
        self.read(class, members.is_empty());
        let outer = self.path.len();
        let mut known = Vec::with_capacity(members.len());
        for name in members.keys() {
            self.enter(outer, name);
            let class = self.registry.known(&self.path).filter(|_| !name.contains('/'));
            known.push(class.map(|class| self.beside(class, members)));
        }
        let person = self.person(members, &known);
        let described = person.as_ref().filter(|person| person.user_principal_name.is_some());
        let around = Around { person: person.as_ref(), described: described.or(around.described) };
        let mut masked = Map::new();
        for ((name, value), class) in members.iter().zip(known) {
            let shown = match class {
                None if !is_identifier(name) => token::key_name(self.key, name),
                None | Some(_) => name.clone(),
            };
            self.enter(outer, &shown);
            let value = self.value(value, class.unwrap_or(Class::UNKNOWN), &around, depth + 1);
            masked.insert(shown, value);
        }
        self.path.truncate(outer);
        Value::Object(masked)
    }

    /// Makes the path that of a member of the object whose path has `outer` bytes.
    fn enter(&mut self, outer: usize, name: &str) {
        self.path.truncate(outer);
        if outer > 0 {
            self.path.push('/');
        }
        self.path.push_str(name);
    }

    /// Notes the place, if it is one that ends there.
    fn read(&mut self, class: Class, is_leaf: bool) {
        if !is_leaf || self.path.is_empty() {
            return;
        }
        let masked = class != Class::Plain;
        match self.properties.get_mut(&self.path) {
            Some(known) => *known |= masked,
            None => {
                self.properties.insert(self.path.clone(), masked);
            }
        }
    }

    /// The person whom the members of an object describe, by the id, else by the UPN, else by the display name.
    fn person(&self, members: &Map<String, Value>, known: &[Option<Class>]) -> Option<Person> {
        let filled = |wanted: Class| {
            let of_class = members.values().zip(known).filter(|(_, class)| **class == Some(wanted));
            of_class.filter_map(|(value, _)| value.as_str()).find(|text| !says_nothing(text))
        };
        let upn = filled(Class::Personal(Personal::UserPrincipalName));
        let pseudonym = if let Some(id) = filled(Class::Id(IdSpace::Person)) {
            self.key.mask_id(IdSpace::Person, id)
        } else if let Some(upn) = upn {
            token::user_principal_name(self.key, upn)
        } else {
            token::person_name(self.key, filled(Class::Personal(Personal::PersonName))?)
        };
        Some(Person { pseudonym, user_principal_name: upn.map(str::to_lowercase) })
    }

    fn text(&self, text: &str, class: Class, around: &Around<'_>) -> String {
        if says_nothing(text) {
            return text.to_owned();
        }
        match class {
            Class::Plain => text.to_owned(),
            Class::Id(_) if self.registry.is_public_sentence(text) => text.to_owned(),
            Class::Id(space) => self.key.mask_id(space, text),
            Class::Personal(Personal::UserPrincipalName) => match around.person {
                Some(person) => person.pseudonym.clone(),
                None => token::user_principal_name(self.key, text),
            },
            Class::Personal(Personal::PersonName) => match around.person {
                Some(person) => person.pseudonym.clone(),
                None => token::person_name(self.key, text),
            },
            Class::Personal(Personal::Mail) => self.mail(text, around),
            Class::Personal(Personal::Phone) => token::phone(self.key, text),
            Class::Personal(Personal::Address) => {
                address::mask(self.key, text).unwrap_or_else(|| token::text(self.key, text))
            }
            Class::Personal(Personal::Sentence) if self.registry.is_public_sentence(text) => text.to_owned(),
            Class::Personal(Personal::Sentence) => token::text(self.key, text),
            Class::Personal(Personal::Text | Personal::Hidden) | Class::Switch(_) => {
                day(text).unwrap_or_else(|| token::text(self.key, text))
            }
        }
    }

    fn mail(&self, text: &str, around: &Around<'_>) -> String {
        let (protocol, address) = token::mail_parts(text);
        let is_upn =
            |person: &&Person| person.user_principal_name.as_deref() == Some(&address.to_lowercase());
        let pseudonym = match around.described.filter(is_upn) {
            Some(person) => person.pseudonym.clone(),
            None => token::user_principal_name(self.key, address),
        };
        format!("{protocol}{pseudonym}")
    }

    /// The class of a member of an object.
    fn beside(&self, class: Class, members: &Map<String, Value>) -> Class {
        match class {
            Class::Switch(switch) => class.beside(members.get(switch.member).and_then(Value::as_str)),
            Class::Plain | Class::Id(_) | Class::Personal(_) => class,
        }
    }
}

/// A person whom an object describes.
#[derive(Debug)]
struct Person {
    pseudonym: String,
    /// In lower case.
    user_principal_name: Option<String>,
}

/// Who is described around a value.
#[derive(Debug, Clone, Copy, Default)]
struct Around<'p> {
    /// By the members beside it.
    person: Option<&'p Person>,
    /// The nearest whose UPN is known: by the members beside it, or by an object around them.
    described: Option<&'p Person>,
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
