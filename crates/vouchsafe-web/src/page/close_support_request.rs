//! Asks before a support request is closed.

use askama::Template;

use crate::error::render;
use crate::{CaseRef, Chrome, FormErrors, RenderError, Resolution};

/// Asks before a support request is closed, by its customer or by its engineer.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/close_support_request.html")]
pub struct CloseSupportRequestView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Which one.
    pub case: CaseRef,
    /// Where the form goes: [`crate::paths::close_support_request`] or [`crate::paths::close_case`].
    pub action: String,
    /// The version on the screen.
    pub version: String,
    /// For how long it can be opened again, in words, such as `14 days`; empty for never.
    pub reopen_within: String,
    /// The resolution chosen; not preselected.
    pub resolution: Option<Resolution>,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Renders the question.
///
/// # Errors
/// See [`RenderError`].
pub fn close_support_request(view: &CloseSupportRequestView) -> Result<String, RenderError> {
    render(view)
}
