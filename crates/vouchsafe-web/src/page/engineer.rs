//! One engineer: what assignment must know, and whether the account may do anything.

use askama::Template;

use crate::error::render;
use crate::{Choice, Chrome, FormErrors, RenderError, paths};

/// What assignment must know of an engineer, as a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineerForm {
    /// The version on the screen.
    pub version: String,
    /// Where the engineer works.
    pub region: String,
    /// Every problem type, the declared ones ticked.
    pub expertise: Vec<Choice>,
    /// Languages, parted by commas; empty for any.
    pub languages: String,
    /// Clearances, one a line.
    pub clearances: String,
    /// Tenant ids, one a line.
    pub conflicts: String,
    /// Whether there are working hours at all.
    pub has_hours: bool,
    /// IANA zone.
    pub time_zone: String,
    /// One span a line, such as `Monday 09:00-17:00`.
    pub week: String,
    /// Days without work, one a line.
    pub days_off: String,
    /// Cap for critical requests; empty for none.
    pub cap_critical: String,
    /// Cap for moderate ones.
    pub cap_moderate: String,
    /// Cap for minimal ones.
    pub cap_minimal: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// One engineer.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/engineer.html")]
pub struct EngineerPageView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The `usr_` id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether the account may do anything.
    pub enabled: bool,
    /// Whether it is the reader's own account, which nobody disables.
    pub own: bool,
    /// Support requests open now.
    pub open_cases: String,
    /// The form.
    pub form: EngineerForm,
}

/// Renders the page.
///
/// # Errors
/// See [`RenderError`].
pub fn engineer(view: &EngineerPageView) -> Result<String, RenderError> {
    render(view)
}

/// Asks before an account is disabled or enabled.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/engineer_account.html")]
pub struct EngineerAccountView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The `usr_` id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The version on the screen.
    pub version: String,
    /// Whether the account may do anything now; the form makes it the other way round.
    pub enabled: bool,
    /// Support requests open now.
    pub open_cases: String,
}

/// Renders the question.
///
/// # Errors
/// See [`RenderError`].
pub fn engineer_account(view: &EngineerAccountView) -> Result<String, RenderError> {
    render(view)
}
