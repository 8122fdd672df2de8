//! The API reference.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError};

/// A parameter of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it stands: `path`, `query`, `header` or `body`.
    pub place: String,
    /// Whether it must be given.
    pub required: bool,
    /// What it is; may be empty.
    pub description: String,
}

/// An answer of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseLine {
    /// The HTTP status.
    pub status: String,
    /// What it means.
    pub description: String,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Unique on the page; letters, digits, `-`, `_`.
    pub id: String,
    /// The HTTP method.
    pub method: String,
    /// The path, with its parameters in braces.
    pub path: String,
    /// What it does, in a line.
    pub summary: String,
    /// More words; may be empty.
    pub description: String,
    /// What it takes.
    pub parameters: Vec<Parameter>,
    /// What it answers.
    pub responses: Vec<ResponseLine>,
}

/// Operations that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationGroup {
    /// Unique on the page; letters, digits, `-`, `_`.
    pub id: String,
    /// Its heading.
    pub name: String,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// The API reference.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/api_reference.html")]
pub struct ApiReferenceView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The version of the API.
    pub version: String,
    /// Where the OpenAPI document is.
    pub openapi_href: String,
    /// Group by group.
    pub groups: Vec<OperationGroup>,
}

/// Renders the API reference.
///
/// # Errors
/// See [`RenderError`].
pub fn api_reference(view: &ApiReferenceView) -> Result<String, RenderError> {
    render(view)
}
