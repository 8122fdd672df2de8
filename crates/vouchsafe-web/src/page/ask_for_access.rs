//! Ask for access.

use askama::Template;

use crate::error::render;
use crate::{CaseRef, CategoryChoice, Choice, Chrome, FormErrors, RenderError, paths};

/// The form that asks for access, with the values to show again.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/ask_for_access.html")]
pub struct AskForAccessView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The `sr_` id.
    pub id: String,
    /// For which support request.
    pub case: CaseRef,
    /// Makes sending twice ask once.
    pub idempotency_key: String,
    /// `resourceTenantId`: the customer, and the tenants that the customer named.
    pub tenants: Vec<Choice>,
    /// `dataCategories`.
    pub categories: Vec<CategoryChoice>,
    /// `reasonCode`, from [`crate::ReasonCode`].
    pub reasons: Vec<Choice>,
    /// `justification`.
    pub justification: String,
    /// `duration`, ISO 8601.
    pub durations: Vec<Choice>,
    /// `dataFrom`, as `YYYY-MM-DDTHH:MM` in UTC.
    pub data_from: String,
    /// `dataTo`, likewise.
    pub data_to: String,
    /// `users`: one a line; `None` leaves the question out.
    pub users: Option<String>,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Renders the form that asks for access.
///
/// # Errors
/// See [`RenderError`].
pub fn ask_for_access(view: &AskForAccessView) -> Result<String, RenderError> {
    render(view)
}
