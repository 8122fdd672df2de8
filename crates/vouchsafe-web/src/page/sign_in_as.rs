//! Demo: sign in as one person.

use askama::Template;

use crate::error::render;
use crate::page::PersonChoice;
use crate::{Chrome, RenderError};

/// Demo: the person to sign in as, and the one button.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/sign_in_as.html")]
pub struct SignInAsView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The person.
    pub person: PersonChoice,
    /// The person's tenant.
    pub tenant_name: String,
}

/// Renders the demo's sign-in page.
///
/// # Errors
/// See [`RenderError`].
pub fn sign_in_as(view: &SignInAsView) -> Result<String, RenderError> {
    render(view)
}
