//! The customer's support requests.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError, SupportRequestRow, paths};

/// A page of the customer's support requests.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/support_requests.html")]
pub struct SupportRequestsView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Newest first.
    pub rows: Vec<SupportRequestRow>,
    /// Whether the person may open one: shows the button.
    pub may_open: bool,
    /// Where older ones are; `None` at the end.
    pub older_href: Option<String>,
}

/// Renders the customer's support requests.
///
/// # Errors
/// See [`RenderError`].
pub fn support_requests(view: &SupportRequestsView) -> Result<String, RenderError> {
    render(view)
}
