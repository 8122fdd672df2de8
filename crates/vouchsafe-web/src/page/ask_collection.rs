//! Ask a customer to collect data.

use askama::Template;

use crate::error::render;
use crate::{CaseRef, CategoryChoice, Choice, Chrome, FormErrors, RenderError, paths};

/// The form that asks to collect data, with the values to show again.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/ask_collection.html")]
pub struct AskCollectionView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The `sr_` id.
    pub id: String,
    /// For which support request.
    pub case: CaseRef,
    /// Makes sending twice ask once.
    pub idempotency_key: String,
    /// `tenantId`: the customer, and the tenants that the customer named.
    pub tenants: Vec<Choice>,
    /// `dataCategories`.
    pub categories: Vec<CategoryChoice>,
    /// `dataFrom`, as `YYYY-MM-DDTHH:MM` in UTC.
    pub data_from: String,
    /// `dataTo`, likewise.
    pub data_to: String,
    /// `instructions`.
    pub instructions: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Renders the form that asks to collect data.
///
/// # Errors
/// See [`RenderError`].
pub fn ask_collection(view: &AskCollectionView) -> Result<String, RenderError> {
    render(view)
}
