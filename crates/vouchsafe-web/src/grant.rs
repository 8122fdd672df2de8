//! What can be read now: grants, as the tenant of the data sees them.

use crate::{CaseRef, Category, EngineerView, GrantStatus, ReadsSummary, TimeView};

/// What a grant rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantSource {
    /// *Allow collection of advanced diagnostic information* of the case.
    Consent,
    /// An approved support access request.
    AccessRequest,
    /// Files that the tenant submitted itself.
    Collection,
}

impl GrantSource {
    /// In words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Consent => "Allowed with the support request",
            Self::AccessRequest => "Approved support access request",
            Self::Collection => "Data that you submitted",
        }
    }
}

/// Why access is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseReason {
    /// Nothing was read under it for a while.
    Idle,
    /// Far more would have been read than there was when it was approved.
    TooMuchRead,
}

impl PauseReason {
    /// In words, as a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Idle => "Nothing was read under it for as long as your settings allow.",
            Self::TooMuchRead => {
                "The engineer was about to read far more different records than there were when access was approved."
            }
        }
    }
}

/// A masked value that the engineer asks to see, for who decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevealRow {
    /// The `rv_` id.
    pub id: String,
    /// Which property, by its path.
    pub property: String,
    /// The true value.
    pub value: String,
    /// Why, in the engineer's words; may be empty.
    pub justification: String,
    /// When it was asked.
    pub asked: TimeView,
}

/// One grant on the own tenant's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// The `grt_` id.
    pub id: String,
    /// What it rests on.
    pub source: GrantSource,
    /// The page of the access request, or of the case for consent; empty for none.
    pub href: String,
    /// For which support request.
    pub case: CaseRef,
    /// Who can read.
    pub engineer: EngineerView,
    /// What.
    pub categories: Vec<Category>,
    /// Whether it is live.
    pub status: GrantStatus,
    /// Why it is paused, while it is.
    pub pause: Option<PauseReason>,
    /// Since when.
    pub since: TimeView,
    /// Until when at the latest; `None` where only closure ends it.
    pub until: Option<TimeView>,
    /// What was read under it.
    pub reads: ReadsSummary,
    /// What the engineer asks to see, for who may decide.
    pub reveals: Vec<RevealRow>,
    /// Whether the person may remove it: shows the button.
    pub may_remove: bool,
    /// Whether the person may let it go on: shows the button while paused.
    pub may_confirm: bool,
}
