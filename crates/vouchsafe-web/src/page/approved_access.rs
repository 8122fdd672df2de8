//! Approved access.

use askama::Template;

use crate::error::render;
use crate::{AccessRow, Chrome, GrantRow, RenderError};

/// Approved access: what can be read of the own tenant now, what was approved for other tenants' data, what ended.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/approved_access.html")]
pub struct ApprovedAccessView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Live and paused grants on the own tenant's data.
    pub grants: Vec<GrantRow>,
    /// Approvals of the own tenant, as support request tenant, for another tenant's data.
    pub for_others: Vec<AccessRow>,
    /// What ended within the last 30 days.
    pub ended: Vec<AccessRow>,
    /// Whether the person may remove access: shows *Remove all support access*.
    pub may_remove_all: bool,
    /// Where older ended ones are; `None` at the end.
    pub older_href: Option<String>,
}

/// Renders approved access.
///
/// # Errors
/// See [`RenderError`].
pub fn approved_access(view: &ApprovedAccessView) -> Result<String, RenderError> {
    render(view)
}
