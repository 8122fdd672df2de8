//! The provider's engineers, as assignment knows them.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError};

/// One engineer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineerRow {
    /// The name.
    pub name: String,
    /// The engineer's own page; empty for who may not change it.
    pub href: String,
    /// Whether the account may do anything.
    pub enabled: bool,
    /// Where the engineer works; may be empty.
    pub region: String,
    /// Declared problem types, by name.
    pub expertise: Vec<String>,
    /// Languages; empty for any.
    pub languages: String,
    /// When the engineer works, in a few words.
    pub hours: String,
    /// Support requests open now.
    pub open_cases: String,
}

/// The provider's engineers.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/engineers.html")]
pub struct EngineersView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Everyone, disabled ones too.
    pub rows: Vec<EngineerRow>,
}

/// Renders the list.
///
/// # Errors
/// See [`RenderError`].
pub fn engineers(view: &EngineersView) -> Result<String, RenderError> {
    render(view)
}
