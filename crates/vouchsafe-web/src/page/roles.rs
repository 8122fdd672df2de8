//! Who can approve, who holds which role, and giving one.

use askama::Template;

use crate::error::render;
use crate::{Choice, Chrome, FormErrors, RenderError, TimeView};

/// Somebody who can approve now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproverRow {
    /// The name.
    pub name: String,
    /// Sign-in name.
    pub user_principal_name: String,
    /// Names of the roles that allow it.
    pub roles: Vec<String>,
    /// Until when, if it ends by itself.
    pub until: Option<TimeView>,
}

/// Who can approve access to this tenant's data now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproversView {
    /// By name.
    pub people: Vec<ApproverRow>,
    /// How many an approval needs.
    pub required: u32,
    /// Whether there are enough of them.
    pub suffice: bool,
}

/// A role that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRow {
    /// Its id.
    pub id: String,
    /// Who holds it.
    pub name: String,
    /// The role's name.
    pub role: String,
    /// Until when, if it ends by itself.
    pub until: Option<TimeView>,
}

/// The form that gives a role; for who may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignForm {
    /// A key of this form, so that sending it twice does its act once.
    pub idempotency_key: String,
    /// To whom.
    pub people: Vec<Choice>,
    /// Which role.
    pub roles: Vec<Choice>,
    /// For how long.
    pub durations: Vec<Choice>,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Who can approve, and who holds which role.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/roles.html")]
pub struct RolesView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Who can approve; not for the provider.
    pub approvers: Option<ApproversView>,
    /// Every role that somebody holds.
    pub assignments: Vec<AssignmentRow>,
    /// Where further ones are; `None` at the end.
    pub older_href: Option<String>,
    /// The form, for who may give roles and take them back.
    pub form: Option<AssignForm>,
}

/// Renders who holds which role.
///
/// # Errors
/// See [`RenderError`].
pub fn roles(view: &RolesView) -> Result<String, RenderError> {
    render(view)
}
