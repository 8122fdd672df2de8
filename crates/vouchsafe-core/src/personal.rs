//! Values that belong to a person and must be erasable: names, addresses, free text.

use serde::{Deserialize, Serialize};

use crate::id::UserId;

/// A text with the person whose key seals it (`evidence.md`, *Erasure*).
///
/// In a row the store keeps it sealed under that person's key; in an audit entry only a salted commitment
/// stands in clear. After the person's erasure the text is gone and reads as `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    #[serde(rename = "$personal")]
    inner: Inner,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Inner {
    person: UserId,
    text: Option<String>,
}

impl Personal {
    /// The member name that marks a personal value in the serialized form; the store looks for it.
    pub const MARKER: &'static str = "$personal";

    /// A text under `person`'s key.
    #[must_use]
    pub fn new(person: UserId, text: impl Into<String>) -> Self {
        Self { inner: Inner { person, text: Some(text.into()) } }
    }

    /// What is left of a text of `person` after the erasure.
    #[must_use]
    pub fn erased(person: UserId) -> Self {
        Self { inner: Inner { person, text: None } }
    }

    /// Whether the person was erased.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.inner.text.is_none()
    }

    /// The person whose key seals the text.
    #[must_use]
    pub fn person(&self) -> UserId {
        self.inner.person
    }

    /// The text, or the empty string once the person was erased.
    #[must_use]
    pub fn text(&self) -> &str {
        self.inner.text.as_deref().unwrap_or("")
    }
}
