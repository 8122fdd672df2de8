//! The kinds of diagnostic objects: Microsoft Graph's own, and two of this product (`lifecycle.md`, *Effective access*;
//! `api.md`, *Reading diagnostic data*).
//!
//! Everything that is particular to one kind stands in its [`Schema`]: its Graph type and path, the category it is read
//! under, what filters find from an index, which properties name a person, and what each property holds for masks.
//! Importers, storage, filters and masks know no kind by name.

use vouchsafe_core::scope::DataCategory;

use crate::mask::Registry;

mod column;
mod condition;
mod sign_in;

pub use column::{Column, Fold, Stored, Type};
pub use condition::{Condition, Test, Unanswerable, Wanted};

/// A kind of diagnostic object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// Graph `signIn`: interactive, non-interactive, service principal and managed identity.
    SignIn,
}

/// What there is to know about a kind.
#[derive(Debug)]
pub struct Schema {
    /// Graph's name of the type, without `#`, such as `microsoft.graph.signIn`.
    pub graph_type: &'static str,
    /// Path of the collection under a base URL, such as `auditLogs/signIns`.
    pub path: &'static str,
    /// How many there are and how they are ordered.
    pub shape: Shape,
    /// The categories that its objects may belong to; [`Schema::category`] tells which one an object does.
    pub categories: &'static [DataCategory],
    /// Which of `categories` an object belongs to.
    pub category: fn(&serde_json::Value) -> DataCategory,
    /// What filters find from an index. Every other property is looked at in the object itself.
    pub columns: &'static [Column],
    /// Paths of the properties that name a person by object id or user principal name: a scope that names people
    /// admits an object only if one of these is one of them. Empty where no person is named.
    pub people: &'static [&'static str],
    /// What each property holds, for masks; a property that does not stand there is not known.
    pub masks: &'static Registry,
}

/// How many objects of a kind there are, and in which order they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Things that happened: many, never changed, newest first, deleted by retention.
    Events {
        /// Path of the time of the event.
        time: &'static str,
    },
    /// Things that are: replaced when imported anew, ordered by id.
    Objects,
    /// The one object of a tenant.
    Singleton,
}

impl Resource {
    /// All kinds.
    pub const ALL: [Self; 1] = [Self::SignIn];

    /// What there is to know about it.
    #[must_use]
    pub fn schema(self) -> &'static Schema {
        match self {
            Self::SignIn => &sign_in::SCHEMA,
        }
    }

    /// The kind whose collection has this path under a base URL.
    #[must_use]
    pub fn at_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.schema().path == path)
    }

    /// The kind of this Graph type, with or without the `#` of `@odata.type`.
    #[must_use]
    pub fn of_type(graph_type: &str) -> Option<Self> {
        let name = graph_type.strip_prefix('#').unwrap_or(graph_type);
        Self::ALL.into_iter().find(|kind| kind.schema().graph_type == name)
    }
}
