//! What was read under one access.

use askama::Template;

use crate::error::render;
use crate::{CaseRef, Category, Chrome, EngineerView, ReadsSummary, RenderError, TimeView};

/// One read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRow {
    /// The `rd_` id.
    pub id: String,
    /// When.
    pub at: TimeView,
    /// The engineer's name.
    pub engineer_name: String,
    /// What was read.
    pub category: Category,
    /// The query, in canonical form.
    pub query: String,
    /// How many records it returned.
    pub count: u64,
    /// How many properties were unmasked in it.
    pub revealed: u64,
}

/// The reads under one access, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/reads.html")]
pub struct ReadsView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// For which support request.
    pub case: CaseRef,
    /// Who could read.
    pub engineer: EngineerView,
    /// All reads in one sentence.
    pub summary: ReadsSummary,
    /// The page of the access; empty hides the link.
    pub access_href: String,
    /// Newest first.
    pub rows: Vec<ReadRow>,
    /// Where older ones are; `None` at the end.
    pub older_href: Option<String>,
}

/// Renders what was read.
///
/// # Errors
/// See [`RenderError`].
pub fn reads(view: &ReadsView) -> Result<String, RenderError> {
    render(view)
}
