//! What the properties of a record type hold.

use std::sync::OnceLock;

use super::key::IdSpace;
use super::tree::Tree;

/// What a property holds, and so how it is shown.
///
/// What belongs to the organisation is [`Class::Plain`]: apps, service principals, groups' ids, policies, named
/// locations, roles, and the names of all of them but groups, which people make up. Names of groups and devices are
/// [`Personal::Text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Shown as it is: says nothing about a person beyond the event itself.
    Plain,
    /// An id; its pseudonym can be typed in filters and paths.
    Id(IdSpace),
    /// Personal.
    Personal(Personal),
    /// What it holds depends on the text of a member beside it.
    Switch(&'static Switch),
}

impl Class {
    /// What an unknown path is taken for.
    pub const UNKNOWN: Self = Self::Personal(Personal::Text);

    /// The class where the member that [`Class::Switch`] names has this text; nothing where it is absent or no text.
    #[must_use]
    pub fn beside(self, text: Option<&str>) -> Self {
        match self {
            Self::Switch(switch) => switch.class(text),
            Self::Plain | Self::Id(_) | Self::Personal(_) => self,
        }
    }

    /// Whether it is shown as it is, whatever stands beside it.
    pub(super) fn is_always_plain(self) -> bool {
        self.possible().all(|class| class == Self::Plain)
    }

    /// All classes that it can turn out to be.
    pub(super) fn possible(self) -> impl Iterator<Item = Self> {
        let (alone, switch) = match self {
            Self::Switch(switch) => (None, Some(switch)),
            Self::Plain | Self::Id(_) | Self::Personal(_) => (Some(self), None),
        };
        alone.into_iter().chain(switch.into_iter().flat_map(Switch::classes))
    }
}

/// Kinds of personal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// The UPN of the person whom the members beside it describe.
    UserPrincipalName,
    /// The display name of that person.
    PersonName,
    /// A mail address, alone or led by its protocol as in `SMTP:ada@contoso.example`. Where it is the UPN of the
    /// person whom the object or one around it describes, it is shown as that person.
    Mail,
    /// A telephone number; spaces and punctuation do not count.
    Phone,
    /// An IP address.
    Address,
    /// Free text that is usually one of the public sentences of the service; only those are shown.
    Sentence,
    /// What no reader needs and a pseudonym would not hide, such as a password or the date of a birth: null, whatever
    /// it is, groups included, and no filter may ask of it.
    Hidden,
    /// Anything else.
    Text,
}

/// A class that depends on a member beside the property, as `targetResources/id` depends on `type`.
#[derive(Debug, PartialEq, Eq)]
pub struct Switch {
    /// Name of the member, in the same object; it has an entry of its own.
    pub member: &'static str,
    /// Its texts, compared without regard to case of ASCII, and the class where it has each. No class is itself a
    /// [`Class::Switch`]; one would be taken for [`Class::UNKNOWN`].
    pub cases: &'static [(&'static str, Class)],
    /// The class where it has any other text, is no text, or is absent.
    pub otherwise: Class,
}

impl Switch {
    fn class(&self, text: Option<&str>) -> Class {
        let text = text.unwrap_or_default();
        let case = self.cases.iter().find(|(case, _)| case.eq_ignore_ascii_case(text));
        flat(case.map_or(self.otherwise, |(_, class)| *class))
    }

    fn classes(&self) -> impl Iterator<Item = Class> {
        let cases = self.cases.iter().map(|(_, class)| flat(*class));
        cases.chain(std::iter::once(flat(self.otherwise)))
    }
}

fn flat(class: Class) -> Class {
    match class {
        Class::Switch(_) => Class::UNKNOWN,
        Class::Plain | Class::Id(_) | Class::Personal(_) => class,
    }
}

/// The classes of a record type, by property path. The elements of an array have the path of the array.
#[derive(Debug)]
pub struct Registry {
    /// Ascending by path.
    entries: &'static [(&'static str, Class)],
    sentences: fn(&str) -> bool,
    /// The same entries by name, made at the first look: every member of every record is looked up.
    tree: OnceLock<Tree>,
}

impl Registry {
    /// A registry of these entries, ascending by path, and of the public sentences that may be shown where a
    /// [`Personal::Sentence`] stands; also where an id belongs, for words such as `All`.
    #[must_use]
    pub const fn new(entries: &'static [(&'static str, Class)], sentences: fn(&str) -> bool) -> Self {
        Self { entries, sentences, tree: OnceLock::new() }
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
        self.tree().class(path)
    }

    pub(super) fn tree(&self) -> &Tree {
        self.tree.get_or_init(|| Tree::new(self.entries))
    }

    pub(super) fn is_public_sentence(&self, text: &str) -> bool {
        (self.sentences)(text)
    }

    /// The name, beside the property in the same object, of the property that can be of this class.
    pub(super) fn beside(&self, path: &str, wanted: Class) -> Option<&'static str> {
        let parent = |path: &str| path.rsplit_once('/').map_or(0, |(parent, _)| parent.len() + 1);
        let start = path.get(..parent(path))?;
        self.entries.iter().find_map(|(entry, class)| {
            let name = entry.strip_prefix(start)?;
            (!name.contains('/') && class.possible().any(|class| class == wanted)).then_some(name)
        })
    }
}
