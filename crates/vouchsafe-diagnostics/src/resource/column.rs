//! Properties that filters find from an index.

use std::net::IpAddr;

use crate::form::{address, expanded, is_uuid};

/// A property whose value is kept beside the object.
#[derive(Debug)]
pub struct Column {
    /// Path of the property; the elements of an array have the path of the array. Only a column that is stored by
    /// [`Stored::Each`] may lead through one.
    pub path: &'static str,
    /// Type of its values.
    pub holds: Type,
    /// How a text is folded before it is kept or compared.
    pub fold: Fold,
    /// How it is kept, and so how well it is found.
    pub stored: Stored,
}

/// Type of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// Whole number of 64 bits.
    Int,
    /// True or false.
    Bool,
}

/// How a column is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// The name of the object: found at once, by whole values only.
    Id,
    /// Nearly as many values as objects: found at once, by whole values only.
    Reference,
    /// One or many values below an array, texts: each points to the objects that have it.
    Each,
    /// Few values for many objects. The columns of one group are kept together once, and each object points to them:
    /// what describes one person, one app or one outcome is a group.
    Shared {
        /// Name of the group: a lower-case identifier of SQL.
        group: &'static str,
        /// Whether the objects of one value of the group are found from an index, in order of time.
        indexed: bool,
    },
}

/// How a text is written before it is stored in a column or compared with one. Entra compares all of these without
/// regard to case; the form in the JSON stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Not a text.
    None,
    /// A record's name: a UUID in lower case, anything else as it is, because ids of other forms can be
    /// case-sensitive and two records must never become one.
    Id,
    /// Unicode lower case.
    Lower,
    /// An IP address: IPv4 in dots; IPv6 as eight groups of four lower-case digits, so that a network is exactly
    /// the addresses that start with its groups. Anything else in lower case.
    Address,
}

impl Fold {
    /// The folded form of a whole value.
    #[must_use]
    pub fn apply(self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            Self::Id if is_uuid(text) => text.to_ascii_lowercase(),
            Self::Id => text.to_owned(),
            Self::Lower => text.to_lowercase(),
            Self::Address => match address(text) {
                // There is one way to write an address of IPv4 alone.
                Some(IpAddr::V4(_)) if !text.contains(':') => text.trim().to_owned(),
                Some(IpAddr::V4(v4)) => v4.to_string(),
                Some(IpAddr::V6(v6)) => expanded(v6),
                None => text.to_lowercase(),
            },
        }
    }

    /// The folded form of a part of a value, for the text functions. In an IPv6 address the groups that a `:`
    /// ends are filled up to four digits; `::` cannot be, and finds nothing.
    #[must_use]
    pub fn apply_to_part(self, text: &str) -> String {
        match self {
            Self::None | Self::Id => text.to_owned(),
            Self::Lower => text.to_lowercase(),
            Self::Address => match text.rsplit_once(':') {
                Some((groups, last)) => {
                    let filled: String = groups.split(':').map(|group| format!("{group:0>4}:")).collect();
                    format!("{filled}{last}").to_lowercase()
                }
                None => text.to_lowercase(),
            },
        }
    }
}
