//! The home of people whose roles have no list of their own.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError};

/// The home of people whose roles have no list of their own: what they can do here, or that there is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/landing.html")]
pub struct LandingView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// What the person can do, in a sentence or two.
    pub lead: String,
    /// Where to go: words and address.
    pub links: Vec<(String, String)>,
}

/// Renders the home of people whose roles have no list of their own.
///
/// # Errors
/// See [`RenderError`].
pub fn landing(view: &LandingView) -> Result<String, RenderError> {
    render(view)
}
