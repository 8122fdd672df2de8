//! After a session.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError};

/// What is shown after the session ended.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/signed_out.html")]
pub struct SignedOutView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Whether the session ended by itself rather than by the button.
    pub timed_out: bool,
    /// Where to sign in again; empty where pages have no sign-in.
    pub sign_in_href: String,
}

/// Renders the page after a session.
///
/// # Errors
/// See [`RenderError`].
pub fn signed_out(view: &SignedOutView) -> Result<String, RenderError> {
    render(view)
}
