//! One audit entry.

use askama::Template;

use crate::error::render;
use crate::page::AuditRow;
use crate::{Chrome, Fact, RenderError, paths};

/// One property that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModifiedProperty {
    /// Its name.
    pub name: String,
    /// Its value before; may be empty.
    pub old_value: String,
    /// Its value after; may be empty.
    pub new_value: String,
}

/// One audit entry.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/audit_entry.html")]
pub struct AuditEntryView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The entry.
    pub entry: AuditRow,
    /// Further fields: address, correlation id, result reason …
    pub facts: Vec<Fact>,
    /// What changed.
    pub modified: Vec<ModifiedProperty>,
    /// The page of the read that it tells of; empty for none.
    pub read_href: String,
    /// Whether a proof file can be had.
    pub has_receipt: bool,
}

/// Renders one audit entry.
///
/// # Errors
/// See [`RenderError`].
pub fn audit_entry(view: &AuditEntryView) -> Result<String, RenderError> {
    render(view)
}
