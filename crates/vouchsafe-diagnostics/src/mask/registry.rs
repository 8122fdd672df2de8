//! What the properties of a record type hold.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::key::IdSpace;

/// What a property holds, and so how it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Shown as it is: says nothing about a person beyond the event itself.
    Plain,
    /// An id; its pseudonym can be typed in filters and paths.
    Id(IdSpace),
    /// Personal.
    Personal(Personal),
}

impl Class {
    /// What an unknown path is taken for.
    pub const UNKNOWN: Self = Self::Personal(Personal::Text);
}

/// Kinds of personal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// The UPN of the person whom the members beside it describe.
    UserPrincipalName,
    /// The display name of that person.
    PersonName,
    /// An IP address.
    Address,
    /// Free text that is usually one of the public sentences of the service; only those are shown.
    Sentence,
    /// Anything else.
    Text,
}

/// The classes of a record type, by property path. The elements of an array have the path of the array.
#[derive(Debug)]
pub struct Registry {
    /// Ascending by path.
    entries: &'static [(&'static str, Class)],
    sentences: fn(&str) -> bool,
    /// The same entries by path, made at the first look: every member of every record is looked up.
    by_path: OnceLock<HashMap<&'static str, Class>>,
}

impl Registry {
    /// A registry of these entries, ascending by path, and of the public sentences that may be shown where a
    /// [`Personal::Sentence`] stands.
    #[must_use]
    pub const fn new(entries: &'static [(&'static str, Class)], sentences: fn(&str) -> bool) -> Self {
        Self { entries, sentences, by_path: OnceLock::new() }
    }

    /// What the property holds; [`Class::UNKNOWN`], which is masked, where the registry does not say.
    #[must_use]
    pub fn class(&self, path: &str) -> Class {
        self.known(path).unwrap_or(Class::UNKNOWN)
    }

    /// All entries, ascending by path.
    #[must_use]
    pub fn entries(&self) -> &'static [(&'static str, Class)] {
        self.entries
    }

    pub(super) fn known(&self, path: &str) -> Option<Class> {
        self.by_path.get_or_init(|| self.entries.iter().copied().collect()).get(path).copied()
    }

    pub(super) fn is_public_sentence(&self, text: &str) -> bool {
        (self.sentences)(text)
    }

    /// The name, beside the property in the same object, of the property of this class.
    pub(super) fn beside(&self, path: &str, wanted: Class) -> Option<&'static str> {
        let parent = |path: &str| path.rsplit_once('/').map_or(0, |(parent, _)| parent.len() + 1);
        let start = path.get(..parent(path))?;
        self.entries.iter().find_map(|(entry, class)| {
            let name = entry.strip_prefix(start)?;
            (*class == wanted && !name.contains('/')).then_some(name)
        })
    }
}
