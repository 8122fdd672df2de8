//! Members that some callers never get to see.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A member that is left out of the JSON for callers who must not learn whether it has a value.
///
/// Use with `#[serde(default, skip_serializing_if = "Disclosed::is_withheld")]`: withheld is an absent member,
/// shown is a present one that may be null. So "not yet" (`null`) and "not yours to know" (absent) stay apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Disclosed<T> {
    /// The member is absent.
    #[default]
    Withheld,
    /// The member is present, null if it has no value.
    Shown(Option<T>),
}

impl<T> Disclosed<T> {
    /// Whether the member is absent.
    pub const fn is_withheld(&self) -> bool {
        matches!(self, Self::Withheld)
    }

    /// The value, if it is disclosed and there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Withheld => None,
            Self::Shown(value) => value.as_ref(),
        }
    }
}

impl<T: Serialize> Serialize for Disclosed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Disclosed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Shown)
    }
}
