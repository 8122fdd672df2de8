//! The engineer's support requests.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError, SupportRequestRow};

/// The engineer's support requests.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/desk.html")]
pub struct DeskView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Open ones, worst and oldest first.
    pub open: Vec<SupportRequestRow>,
    /// Closed ones, newest first.
    pub closed: Vec<SupportRequestRow>,
    /// Where older closed ones are; `None` at the end.
    pub older_href: Option<String>,
}

/// Renders the engineer's support requests.
///
/// # Errors
/// See [`RenderError`].
pub fn desk(view: &DeskView) -> Result<String, RenderError> {
    render(view)
}
