//! The people of the own tenant: all of them, one of them, and a pass for one of them.

use askama::Template;

use super::account::PasskeyRow;
use crate::error::render;
use crate::{Chrome, FormErrors, RenderError, TimeView};

/// One of the people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The `usr_` id.
    pub id: String,
    /// The name; empty after the person was erased.
    pub name: String,
    /// The sign-in name.
    pub user_principal_name: String,
    /// The roles.
    pub roles: Vec<String>,
    /// Whether the account may be used.
    pub enabled: bool,
    /// Whether it is a service account.
    pub service: bool,
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/people.html")]
pub struct PeopleView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// By name.
    pub rows: Vec<PersonRow>,
    /// Whether the visitor may invite somebody.
    pub may_invite: bool,
    /// A key, so that an invitation sent twice is one.
    pub idempotency_key: String,
    /// The name that was typed.
    pub display_name: String,
    /// The sign-in name that was typed.
    pub user_principal_name: String,
    /// What is wrong with it.
    pub errors: FormErrors,
}

/// Renders all of them.
///
/// # Errors
/// See [`RenderError`].
pub fn people(view: &PeopleView) -> Result<String, RenderError> {
    render(view)
}

/// What the visitor may do to somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PersonActs {
    /// Change the name.
    pub rename: bool,
    /// Enable or disable the account.
    pub enable: bool,
    /// Delete the account.
    pub delete: bool,
    /// Hand out a pass, and remove passkeys.
    pub sign_in: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/person.html")]
pub struct PersonView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Who.
    pub person: PersonRow,
    /// The version that forms send back.
    pub version: u64,
    /// A key, so that a pass asked for twice is one.
    pub idempotency_key: String,
    /// The passkeys, the oldest first.
    pub passkeys: Vec<PasskeyRow>,
    /// What the visitor may do.
    pub acts: PersonActs,
    /// What is wrong with the form that was sent.
    pub errors: FormErrors,
}

/// Renders one of them.
///
/// # Errors
/// See [`RenderError`].
pub fn person(view: &PersonView) -> Result<String, RenderError> {
    render(view)
}

/// A pass, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/pass.html")]
pub struct PassView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// For whom.
    pub name: String,
    /// Where that person's page is.
    pub person_href: String,
    /// The link; empty where it was shown before.
    pub link: String,
    /// Until when it can be used.
    pub expires: TimeView,
    /// Whether the person had a passkey before.
    pub recovery: bool,
}

/// Renders a pass.
///
/// # Errors
/// See [`RenderError`].
pub fn pass(view: &PassView) -> Result<String, RenderError> {
    render(view)
}
