//! Every kind of problem that the API answers with.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError, paths};

/// One kind of problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemCode {
    /// The code, also the anchor: letters only.
    pub code: String,
    /// The HTTP status.
    pub status: u16,
    /// The kind in a few words.
    pub title: String,
    /// What it means and what to do.
    pub meaning: String,
}

/// Every kind of problem.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/problem_codes.html")]
pub struct ProblemCodesView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// In the order of the contract.
    pub codes: Vec<ProblemCode>,
}

/// Renders every kind of problem.
///
/// # Errors
/// See [`RenderError`].
pub fn problem_codes(view: &ProblemCodesView) -> Result<String, RenderError> {
    render(view)
}
