//! Values that the tenant of the data approved to show (`diagnostics.md`, *Reveal*).

use std::collections::{HashMap, HashSet};

use crate::form::{address, is_uuid};

use super::key::IdSpace;
use super::registry::{Class, Personal};
use super::token;

/// True values that are shown as they are, wherever they stand as what they were revealed as.
///
/// A revealed id, UPN, mail address or display name of a person reveals all of these of that person in every record
/// that holds the one that was revealed; so reveal people by their id where there is one. Only texts can be revealed.
#[derive(Debug, Clone, Default)]
pub struct Revealed {
    values: HashMap<Subject, HashSet<String>>,
}

/// What a value is revealed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Subject {
    Person,
    Id(IdSpace),
    Address,
    Phone,
    Text,
}

impl Revealed {
    /// Reveals a value of a property of this class. Of a [`Class::Switch`], as each that it can be; of
    /// [`Class::Plain`] and [`Personal::Hidden`] there is nothing to reveal.
    pub fn insert(&mut self, class: Class, value: &str) {
        for subject in class.possible().filter_map(Subject::of) {
            self.values.entry(subject).or_default().insert(subject.folded(value));
        }
    }

    /// Whether nothing is revealed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(super) fn has(&self, class: Class, value: &str) -> bool {
        Subject::of(class).is_some_and(|subject| {
            self.values.get(&subject).is_some_and(|values| values.contains(&subject.folded(value)))
        })
    }

    /// Whether this id, UPN, mail address or display name is revealed.
    pub(super) fn has_person(&self, name: &str) -> bool {
        self.has(Class::Id(IdSpace::Person), name)
    }
}

impl Subject {
    fn of(class: Class) -> Option<Self> {
        match class {
            Class::Id(IdSpace::Person)
            | Class::Personal(Personal::UserPrincipalName | Personal::PersonName | Personal::Mail) => {
                Some(Self::Person)
            }
            Class::Id(space) => Some(Self::Id(space)),
            Class::Personal(Personal::Address) => Some(Self::Address),
            Class::Personal(Personal::Phone) => Some(Self::Phone),
            Class::Personal(Personal::Text | Personal::Sentence) => Some(Self::Text),
            Class::Plain | Class::Personal(Personal::Hidden) | Class::Switch(_) => None,
        }
    }

    /// The one form of all spellings that mean the same.
    fn folded(self, value: &str) -> String {
        match self {
            Self::Person => token::mail_parts(value).1.to_lowercase(),
            Self::Id(_) if is_uuid(value) => value.to_ascii_lowercase(),
            Self::Address => address(value).map_or_else(|| value.to_owned(), |address| address.to_string()),
            Self::Phone => token::folded_phone(value),
            Self::Id(_) | Self::Text => value.to_owned(),
        }
    }
}
