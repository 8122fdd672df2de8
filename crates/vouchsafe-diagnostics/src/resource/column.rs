//! Properties that filters find from an index.

pub use crate::sign_in::Fold;

/// A property whose value is kept beside the object.
#[derive(Debug)]
pub struct Column {
    /// Path of the property; the elements of an array have the path of the array, and the column then has many values.
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
    /// Few values for many objects. The columns of one group are kept together once, and each object points to them:
    /// what describes one person, one app or one outcome is a group.
    Shared {
        /// Name of the group: a lower-case identifier of SQL.
        group: &'static str,
        /// Whether the objects of one value of the group are found from an index, in order of time.
        indexed: bool,
    },
}
