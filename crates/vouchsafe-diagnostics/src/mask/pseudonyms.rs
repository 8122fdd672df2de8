//! How a text is shown: as it is, or by its pseudonym.

use std::collections::HashMap;

use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::json::Text;
use super::key::{IdSpace, MaskKey};
use super::people::People;
use super::person::{Around, Notable, Person};
use super::registry::{Class, Personal, Registry};
use super::revealed::Revealed;
use super::{Shown, address, day, says_nothing, token};

/// Most pseudonyms that are kept while an answer is made.
const MAX_KEPT: usize = 8_192;
/// Longest text whose pseudonym is kept, in bytes.
const MAX_KEPT_BYTES: usize = 256;

/// The pseudonyms of one answer. Those that take a hash or many rounds of a cipher are kept, and so made once.
#[derive(Debug)]
pub(super) struct Pseudonyms<'a> {
    registry: &'a Registry,
    key: &'a MaskKey,
    people: Option<&'a People>,
    revealed: Option<&'a Revealed>,
    /// By what the text is taken for, see [`Form::at`].
    kept: [HashMap<Box<str>, Box<str>>; Form::COUNT],
    kept_count: usize,
}

/// What a text is taken for when its pseudonym is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    UserPrincipalName,
    PersonName,
    Phone,
    Address,
    Text,
    Id(IdSpace),
}

impl Form {
    const COUNT: usize = 5 + IdSpace::ALL.len();

    fn at(self) -> usize {
        match self {
            Self::UserPrincipalName => 0,
            Self::PersonName => 1,
            Self::Phone => 2,
            Self::Address => 3,
            Self::Text => 4,
            Self::Id(space) => 5 + space as usize,
        }
    }
}

impl<'a> Pseudonyms<'a> {
    pub(super) fn new(registry: &'a Registry, key: &'a MaskKey) -> Self {
        let kept = std::array::from_fn(|_| HashMap::new());
        Self { registry, key, people: None, revealed: None, kept, kept_count: 0 }
    }

    pub(super) fn reveal(&mut self, revealed: &'a Revealed) {
        self.revealed = Some(revealed).filter(|revealed| !revealed.is_empty());
    }

    pub(super) fn know(&mut self, people: &'a People) {
        self.people = Some(people);
    }

    /// Appends a text, in its quotes, as a reader sees it.
    pub(super) fn write(
        &mut self,
        text: Text<'_>,
        class: Class,
        around: Around<'_, '_>,
        out: &mut Vec<u8>,
    ) -> Shown {
        let as_it_is = |out: &mut Vec<u8>| {
            out.push(b'"');
            out.extend_from_slice(text.raw.as_bytes());
            out.push(b'"');
        };
        if class == Class::Plain {
            as_it_is(out);
            return Shown::Plain;
        }
        let said = text.said();
        if says_nothing(&said) {
            as_it_is(out);
            return Shown::Masked;
        }
        if self.is_revealed(&said, class, around) {
            as_it_is(out);
            return Shown::Revealed;
        }
        match class {
            Class::Id(_) | Class::Personal(Personal::Sentence) if self.registry.is_public_sentence(&said) => {
                as_it_is(out)
            }
            Class::Plain | Class::Id(_) | Class::Personal(_) | Class::Switch(_) => {
                out.push(b'"');
                self.append(&said, class, around, out);
                out.push(b'"');
            }
        }
        Shown::Masked
    }

    /// The person whom these members describe, by the id, else by the UPN, else by the display name.
    pub(super) fn person<'j>(&mut self, notable: &Notable<'_, 'j>) -> Option<Person<'j>> {
        if notable.is_empty() {
            return None;
        }
        let id = notable.filled(Class::Id(IdSpace::Person));
        let upn = notable.filled(Class::Personal(Personal::UserPrincipalName));
        let name = notable.filled(Class::Personal(Personal::PersonName)).filter(|_| id.or(upn).is_none());
        let mut pseudonym = Vec::new();
        match (id, upn, name) {
            (Some(id), ..) => self.append_id(id, IdSpace::Person, &mut pseudonym),
            (None, Some(upn), _) => self.append_name(upn, Form::UserPrincipalName, &mut pseudonym),
            (None, None, name) => self.append_name(name?, Form::PersonName, &mut pseudonym),
        }
        let names = || [id, upn, name].into_iter().flatten();
        Some(Person {
            pseudonym,
            is_revealed: self.revealed.is_some() && names().any(|name| self.is_revealed_person(name)),
            id: id.cloned(),
            user_principal_name: upn.cloned(),
        })
    }

    fn append(&mut self, said: &str, class: Class, around: Around<'_, '_>, out: &mut Vec<u8>) {
        let personal = match class {
            Class::Id(space) => return self.append_id(said, space, out),
            Class::Personal(personal) => personal,
            Class::Plain | Class::Switch(_) => Personal::Text,
        };
        match (personal, around.person) {
            (Personal::UserPrincipalName | Personal::PersonName, Some(person)) => {
                out.extend_from_slice(&person.pseudonym);
            }
            (Personal::UserPrincipalName, None) => self.append_name(said, Form::UserPrincipalName, out),
            (Personal::PersonName, None) => self.append_name(said, Form::PersonName, out),
            (Personal::Mail, _) => {
                let (protocol, address) = token::mail_parts(said);
                out.extend_from_slice(protocol.as_bytes());
                match around.described.filter(|person| person.is_called(address)) {
                    Some(person) => out.extend_from_slice(&person.pseudonym),
                    None => self.append_name(address, Form::UserPrincipalName, out),
                }
            }
            (Personal::Phone, _) => self.append_kept(said, Form::Phone, out, token::phone),
            (Personal::Address, _) => self.append_kept(said, Form::Address, out, |key, text| {
                address::mask(key, text).unwrap_or_else(|| token::text(key, text))
            }),
            (Personal::Text, _) => self.append_kept(said, Form::Text, out, |key, text| {
                day(text).unwrap_or_else(|| token::text(key, text))
            }),
            (Personal::Sentence | Personal::Hidden, _) => {
                out.extend_from_slice(token::text(self.key, said).as_bytes());
            }
        }
    }

    fn append_id(&mut self, id: &str, space: IdSpace, out: &mut Vec<u8>) {
        match self.key.mask_uuid(space, id) {
            Some(uuid) => append_uuid(uuid, out),
            None => self.append_kept(id, Form::Id(space), out, |key, id| key.mask_id(space, id)),
        }
    }

    /// Appends the pseudonym of a person of whom nothing but a name stands there.
    fn append_name(&mut self, name: &str, form: Form, out: &mut Vec<u8>) {
        match self.people.and_then(|people| people.id(name)) {
            Some(id) => self.append_id(id, IdSpace::Person, out),
            None if form == Form::PersonName => self.append_kept(name, form, out, token::person_name),
            None => self.append_kept(name, form, out, token::user_principal_name),
        }
    }

    fn append_kept(
        &mut self,
        text: &str,
        form: Form,
        out: &mut Vec<u8>,
        make: impl FnOnce(&MaskKey, &str) -> String,
    ) {
        let kept = self.kept.get_mut(form.at());
        if let Some(pseudonym) = kept.as_ref().and_then(|kept| kept.get(text)) {
            out.extend_from_slice(pseudonym.as_bytes());
            return;
        }
        let pseudonym = make(self.key, text);
        out.extend_from_slice(pseudonym.as_bytes());
        if let Some(kept) = kept.filter(|_| self.kept_count < MAX_KEPT && text.len() <= MAX_KEPT_BYTES) {
            kept.insert(text.into(), pseudonym.into());
            self.kept_count += 1;
        }
    }

    fn is_revealed(&self, said: &str, class: Class, around: Around<'_, '_>) -> bool {
        let Some(revealed) = self.revealed else { return false };
        let beside = around.person.filter(|person| person.is_revealed);
        match class {
            Class::Personal(Personal::UserPrincipalName | Personal::PersonName)
                if around.person.is_some() =>
            {
                beside.is_some()
            }
            Class::Id(IdSpace::Person) => {
                beside.is_some_and(|person| person.has_id(said)) || self.is_revealed_person(said)
            }
            Class::Personal(Personal::UserPrincipalName | Personal::PersonName) => {
                self.is_revealed_person(said)
            }
            Class::Personal(Personal::Mail) => {
                let address = token::mail_parts(said).1;
                let described = around.described.filter(|person| person.is_revealed);
                described.is_some_and(|person| person.is_called(address)) || self.is_revealed_person(address)
            }
            Class::Plain | Class::Id(_) | Class::Personal(_) | Class::Switch(_) => revealed.has(class, said),
        }
    }

    /// Whether the person with this id, UPN, address or name is revealed, by whichever of them.
    fn is_revealed_person(&self, name: &str) -> bool {
        let known = self.people.into_iter().flat_map(|people| [people.id(name), people.name(name)]).flatten();
        let mut names = std::iter::once(name).chain(known);
        self.revealed.is_some_and(|revealed| names.any(|name| revealed.has_person(name)))
    }
}

fn append_uuid(uuid: Uuid, out: &mut Vec<u8>) {
    let mut text = [0; Hyphenated::LENGTH];
    out.extend_from_slice(uuid.hyphenated().encode_lower(&mut text).as_bytes());
}
