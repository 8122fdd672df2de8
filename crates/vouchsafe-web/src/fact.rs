//! A labelled value.

/// A labelled value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// Its value for people; empty shows a dash.
    pub value: String,
    /// Whether the value is a pseudonym that stands for the true one.
    pub masked: bool,
}
