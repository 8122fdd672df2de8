//! When something did not work, and when there is nothing here.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError};

/// When something did not work. Only text of the public list of problems: causes are never shown.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/problem.html")]
pub struct ProblemView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// What happened, as a heading.
    pub title: String,
    /// What it means and what to do; may be empty.
    pub detail: String,
    /// The HTTP status.
    pub status: u16,
    /// The problem code.
    pub code: String,
    /// The request id, to tell to the operator; may be empty.
    pub request_id: String,
    /// Where to go on; empty means the start page.
    pub back_href: String,
}

/// Renders the page for a problem.
///
/// # Errors
/// See [`RenderError`].
pub fn problem(view: &ProblemView) -> Result<String, RenderError> {
    render(view)
}

/// Nothing here, or nothing that this person may know of: one and the same page.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/not_found.html")]
struct NotFoundPage<'a> {
    chrome: &'a Chrome,
}

/// Renders the page for what does not exist, or is hidden from this person.
///
/// # Errors
/// See [`RenderError`].
pub fn not_found(chrome: &Chrome) -> Result<String, RenderError> {
    render(&NotFoundPage { chrome })
}
