//! A property path of a filter.

use std::fmt;
use std::str::FromStr;

/// Longest path, in bytes.
const MAX_BYTES: usize = 256;

/// Names joined by `/`, as in `status/errorCode`. Empty only inside `any`, where it is the element itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(String);

/// A text that is not a property path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a property path: names of letters, digits and `_`, joined by `/`")]
pub struct InvalidPath;

impl Path {
    /// The element of a collection itself.
    #[must_use]
    pub fn element() -> Self {
        Self(String::new())
    }

    /// The names joined by `/`; empty for the element itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names in order; none for the element itself.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|name| !name.is_empty())
    }

    /// This path, continued by another.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        match (self.0.is_empty(), other.0.is_empty()) {
            (true, _) => other.clone(),
            (_, true) => self.clone(),
            (false, false) => Self(format!("{}/{}", self.0, other.0)),
        }
    }
}

impl FromStr for Path {
    type Err = InvalidPath;
    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        let valid = text.len() <= MAX_BYTES && text.split('/').all(is_name);
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidPath) }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether the text is an identifier of OData, in ASCII.
pub(super) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

pub(super) fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

pub(super) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
