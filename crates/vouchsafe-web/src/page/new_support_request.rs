//! Open a support request.

use askama::Template;

use crate::error::render;
use crate::{Category, Choice, Chrome, FormErrors, RenderError, Severity, paths};

/// The form, with the values to show again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSupportRequestForm {
    /// Makes sending twice open one.
    pub idempotency_key: String,
    /// `title`.
    pub title: String,
    /// `description`.
    pub description: String,
    /// `severity`.
    pub severity: Severity,
    /// `service`: the services to choose from.
    pub services: Vec<Choice>,
    /// `problemType`: the leaves of the tree, the path in the label.
    pub problem_types: Vec<Choice>,
    /// `allowAdvancedDiagnostics`: not preselected until the person answers.
    pub allow_advanced_diagnostics: Option<bool>,
    /// `contact.name`.
    pub contact_name: String,
    /// `contact.email`.
    pub contact_email: String,
    /// `contact.language`.
    pub languages: Vec<Choice>,
    /// `contact.timeZone`, an IANA name.
    pub contact_time_zone: String,
    /// `resourceTenantIds`: one a line.
    pub resource_tenant_ids: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Open a support request.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/new_support_request.html")]
pub struct NewSupportRequestView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Whether the tenant offers consent: shows the question.
    pub consent_offered: bool,
    /// What a yes covers.
    pub consent_categories: Vec<Category>,
    /// For how long a yes holds at most, in words, such as `30 days`.
    pub consent_duration: String,
    /// The form.
    pub form: NewSupportRequestForm,
}

/// Renders the form that opens a support request.
///
/// # Errors
/// See [`RenderError`].
pub fn new_support_request(view: &NewSupportRequestView) -> Result<String, RenderError> {
    render(view)
}
