//! Demo: choose a person.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError};

/// One person to sign in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonChoice {
    /// The `usr_` id.
    pub user_id: String,
    /// The name.
    pub name: String,
    /// The user principal name.
    pub user_principal_name: String,
    /// The roles in this tenant.
    pub roles: Vec<String>,
    /// One line on what to try as this person; may be empty.
    pub hint: String,
}

/// The people of one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantPeople {
    /// The tenant's name.
    pub name: String,
    /// Whether it is the provider.
    pub is_provider: bool,
    /// Its people.
    pub people: Vec<PersonChoice>,
}

/// Demo: everyone who can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/choose_person.html")]
pub struct ChoosePersonView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Tenant by tenant.
    pub tenants: Vec<TenantPeople>,
}

/// Renders the demo's choice of a person.
///
/// # Errors
/// See [`RenderError`].
pub fn choose_person(view: &ChoosePersonView) -> Result<String, RenderError> {
    render(view)
}
