//! The manager's queue.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError, SupportRequestRow};

/// The manager's queue.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/queue.html")]
pub struct QueueView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Open support requests that have no engineer, worst and oldest first.
    pub waiting: Vec<SupportRequestRow>,
    /// Open support requests of all customers that have one, worst and oldest first.
    pub rows: Vec<SupportRequestRow>,
    /// Where further ones are; `None` at the end.
    pub older_href: Option<String>,
}

/// Renders the manager's queue.
///
/// # Errors
/// See [`RenderError`].
pub fn queue(view: &QueueView) -> Result<String, RenderError> {
    render(view)
}
