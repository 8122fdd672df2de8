//! Signing in with a passkey, and enrolling one with a one-time pass. Both need the script: a passkey speaks to nothing else.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError};

/// The way in.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/enter.html")]
pub struct EnterView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Whether passkeys can be used at this address.
    pub offered: bool,
    /// Where the provider's own people can sign in as well.
    pub elsewhere: Vec<ElsewhereView>,
}

/// An identity provider's button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElsewhereView {
    /// What it is called.
    pub name: String,
    /// Where it leads.
    pub href: String,
}

/// Renders the way in.
///
/// # Errors
/// See [`RenderError`].
pub fn enter(view: &EnterView) -> Result<String, RenderError> {
    render(view)
}

/// Enrolling with a pass. The pass is in the address behind the `#`, or typed.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/enrol.html")]
pub struct EnrolView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Whether passkeys can be used at this address.
    pub offered: bool,
}

/// Renders enrolling.
///
/// # Errors
/// See [`RenderError`].
pub fn enrol(view: &EnrolView) -> Result<String, RenderError> {
    render(view)
}
