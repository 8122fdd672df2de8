//! What support requests are filed under: the tree, and one kind of problem.

use askama::Template;

use crate::error::render;
use crate::{Choice, Chrome, FormErrors, RenderError, paths};

/// One kind of problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemTypeRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Names of those above it, the root first; empty for a root.
    pub above: Vec<String>,
    /// Whether new support requests can be filed right under it.
    pub offered: bool,
    /// Whether it, or one above it, is retired.
    pub retired: bool,
}

/// The form that adds one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProblemTypeForm {
    /// A key of this form, so that sending it twice does its act once.
    pub idempotency_key: String,
    /// What it can stand below; the empty value is nothing.
    pub parents: Vec<Choice>,
    /// The last part of its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// The whole tree.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/problem_types.html")]
pub struct ProblemTypesView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Every kind, retired ones too; each followed by those below it.
    pub rows: Vec<ProblemTypeRow>,
    /// The form below them.
    pub form: NewProblemTypeForm,
}

/// One kind of problem as a form.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/problem_type.html")]
pub struct ProblemTypeView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Its id.
    pub id: String,
    /// Its version, sent back with the forms.
    pub version: String,
    /// Its name as it is.
    pub name: String,
    /// The name in the form.
    pub typed: String,
    /// Whether it is retired itself.
    pub retired: bool,
    /// The name of one above it that is retired; empty if none is.
    pub retired_above: String,
    /// Whether finer kinds stand below it.
    pub has_finer: bool,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Renders the tree.
///
/// # Errors
/// See [`RenderError`].
pub fn problem_types(view: &ProblemTypesView) -> Result<String, RenderError> {
    render(view)
}

/// Renders one kind of problem.
///
/// # Errors
/// See [`RenderError`].
pub fn problem_type(view: &ProblemTypeView) -> Result<String, RenderError> {
    render(view)
}
