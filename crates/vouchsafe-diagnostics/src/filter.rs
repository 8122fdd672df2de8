//! The `$filter` language: one for all collections (`api.md`, *Conventions*).
//!
//! [`parse`] turns the text of the query option into a closed tree, [`Filter`]; its `Display` prints the
//! canonical form that read records keep. The grammar is a subset of OData 4.01 URL conventions, section 5.1.1:
//!
//! ```text
//! or      = and { "or" and }
//! and     = unary { "and" unary }
//! unary   = "not" unary | "(" or ")" | text | any | compare
//! text    = ( "startswith" | "endswith" | "contains" ) "(" path "," string ")"
//! any     = path "/any(" name ":" or ")"            every path inside starts with the name
//! compare = path ( "eq" | "ne" | "gt" | "ge" | "lt" | "le" ) value
//!         | path "in" "(" value { "," value } ")"
//! value   = "null" | "true" | "false" | integer | time | uuid | "'" text "'"     ('' is a quote inside)
//! ```
//!
//! Keywords and function names are read in any case and printed in lower case; property names are exact. `not`
//! reaches over the comparison that follows it, as people write it. A date without a time is its midnight in UTC.

use vouchsafe_core::time::Timestamp;

mod parse;
mod path;
mod print;

pub use parse::parse;
pub use path::Path;

/// Longest filter text, in characters.
pub const MAX_CHARS: usize = 4_096;
/// Deepest nesting of parentheses, `not` and `any`, in levels; `not (` is one.
pub const MAX_DEPTH: usize = 16;
/// Most comparisons of one filter; an `in`, a text function and an operator are one each.
pub const MAX_COMPARISONS: usize = 100;
/// Most values of one `in`.
pub const MAX_IN_VALUES: usize = 100;

/// A condition on a record. Text form: [`parse`] and `Display`, which undo each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Both hold.
    And(Box<Filter>, Box<Filter>),
    /// At least one holds.
    Or(Box<Filter>, Box<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// The property stands in this relation to the value.
    Compare {
        /// The property.
        path: Path,
        /// The relation.
        op: Op,
        /// The value.
        value: Literal,
    },
    /// The property equals one of the values; there is at least one.
    In {
        /// The property.
        path: Path,
        /// The values.
        values: Vec<Literal>,
    },
    /// The property's text has this text at the place that the function names.
    Text {
        /// The place.
        function: TextFunction,
        /// The property.
        path: Path,
        /// The text to find.
        text: String,
    },
    /// At least one element of the collection fulfils the condition, whose paths start at the element. The
    /// empty path is the element itself.
    Any {
        /// The collection.
        path: Path,
        /// The condition on an element.
        filter: Box<Filter>,
    },
}

impl Filter {
    /// Both conditions.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::And(Box::new(self), Box::new(other))
    }

    /// Either condition.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Or(Box::new(self), Box::new(other))
    }
}

/// A relation between a property and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// equal
    Eq,
    /// not equal
    Ne,
    /// greater, later
    Gt,
    /// greater or equal, not before
    Ge,
    /// less, earlier
    Lt,
    /// less or equal, not after
    Le,
}

impl Op {
    /// All relations.
    pub const ALL: [Self; 6] = [Self::Eq, Self::Ne, Self::Gt, Self::Ge, Self::Lt, Self::Le];

    /// The canonical keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }
}

/// Where a text function looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextFunction {
    /// At the beginning.
    StartsWith,
    /// At the end.
    EndsWith,
    /// Anywhere.
    Contains,
}

impl TextFunction {
    /// All text functions.
    pub const ALL: [Self; 3] = [Self::StartsWith, Self::EndsWith, Self::Contains];

    /// The canonical name.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::StartsWith => "startswith",
            Self::EndsWith => "endswith",
            Self::Contains => "contains",
        }
    }
}

/// A value in a filter. An unquoted UUID is a [`Literal::String`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `null`: the property is absent.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A quoted text, or a UUID.
    String(String),
    /// An instant.
    Time(Timestamp),
}

/// A filter text that cannot be read: where and why, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {position}: {message}")]
pub struct FilterError {
    position: usize,
    message: String,
}

impl FilterError {
    /// Index of the character where reading stopped, the first being 0.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// What is wrong, without the position.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

#[cfg(test)]
mod tests;
