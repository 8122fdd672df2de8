//! Masks as they were first written: builds a tree of the record and another of its masked form, and looks every path
//! up by its text. Slow and easy to follow, it says what the masker must do.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::*;

/// Masks the records of one answer, and gathers the properties that were in them.
#[derive(Debug)]
pub(super) struct TreeMasker<'a> {
    registry: &'a Registry,
    key: &'a MaskKey,
    properties: BTreeMap<String, Shown>,
    /// Path of the place, as names were put out.
    path: String,
}

impl<'a> TreeMasker<'a> {
    /// Ready for the first record.
    pub(super) fn new(registry: &'a Registry, key: &'a MaskKey) -> Self {
        Self { registry, key, properties: BTreeMap::new(), path: String::new() }
    }

    /// Masks one record.
    pub(super) fn mask(&mut self, record: &Value) -> Value {
        self.path.clear();
        self.value(record, Class::UNKNOWN, &Around::default(), 0)
    }

    /// The properties of all records so far, in order of their names.
    pub(super) fn into_properties(self) -> Vec<PropertyRead> {
        self.properties.into_iter().map(|(name, shown)| PropertyRead { name, shown }).collect()
    }

    fn value(&mut self, value: &Value, class: Class, around: &Around<'_>, depth: usize) -> Value {
        if depth > MAX_DEPTH {
            return Value::Null;
        }
        match value {
            _ if class == Class::Personal(Personal::Hidden) => {
                self.read(class, true);
                Value::Null
            }
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
                None if !is_identifier(name) && !self.is_group(outer, name) => {
                    token::key_name(self.key, name)
                }
                None | Some(_) => name.clone(),
            };
            self.enter(outer, &shown);
            let value = self.value(value, class.unwrap_or(Class::UNKNOWN), &around, depth + 1);
            masked.insert(shown, value);
        }
        self.path.truncate(outer);
        Value::Object(masked)
    }

    /// Whether the registry knows properties below a member: then its name is the registry's own, however long.
    fn is_group(&self, outer: usize, name: &str) -> bool {
        let above = self.path.get(..outer).unwrap_or_default();
        let path = if above.is_empty() { format!("{name}/") } else { format!("{above}/{name}/") };
        !name.contains('/') && self.registry.entries().iter().any(|(known, _)| known.starts_with(&path))
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
        let shown = if class == Class::Plain { Shown::Plain } else { Shown::Masked };
        let known = self.properties.entry(self.path.clone()).or_insert(shown);
        *known = shown.max(*known);
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
