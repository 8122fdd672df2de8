//! The customer's home.

use askama::Template;

use crate::error::render;
use crate::{Chrome, GrantRow, RenderError, SupportRequestRow, TimeView};

/// The customer's home: what waits, who can read what now, what is open.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/home.html")]
pub struct HomeView {
    /// What surrounds the page; `waiting` is the number in the banner.
    pub chrome: Chrome,
    /// Whether too few people can approve, for those who can change it.
    pub approvers_missing: bool,
    /// Passkeys that lately took the place of lost ones, for administrators.
    pub recovered: Vec<RecoveredView>,
    /// Who can read what of this tenant now: live and paused grants.
    pub grants: Vec<GrantRow>,
    /// Whether the person may see access at all (else the part is left out).
    pub may_see_access: bool,
    /// The latest open support requests.
    pub open_requests: Vec<SupportRequestRow>,
    /// Whether the person may open a support request: shows the button.
    pub may_open: bool,
}

/// A passkey that took the place of a lost one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveredView {
    /// Whose it is.
    pub name: String,
    /// The page of that person.
    pub path: String,
    /// When it was enrolled.
    pub at: TimeView,
    /// From when on it signs decisions, if not yet.
    pub signs_from: Option<TimeView>,
}

/// Renders the customer's home.
///
/// # Errors
/// See [`RenderError`].
pub fn home(view: &HomeView) -> Result<String, RenderError> {
    render(view)
}
