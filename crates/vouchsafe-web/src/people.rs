//! People on the pages: who asks, who decided.

use crate::TimeView;

/// A support engineer, as the provider discloses him or her.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineerView {
    /// The name.
    pub name: String,
    /// Who employs the engineer; may be empty.
    pub employer: String,
    /// From where the engineer works; may be empty.
    pub location: String,
}

/// One vote for a request, of the own tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoteView {
    /// Who gave it.
    pub name: String,
    /// When.
    pub at: TimeView,
}

/// How many people of the own tenant must agree, and who has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VotesView {
    /// How many must agree.
    pub required: u32,
    /// Who has agreed so far.
    pub given: Vec<VoteView>,
    /// Whether the person who looks is among them.
    pub mine: bool,
}
