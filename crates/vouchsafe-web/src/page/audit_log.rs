//! The tenant's audit log.

use askama::Template;

use crate::error::render;
use crate::{Choice, Chrome, FormErrors, RenderError, TimeView, paths};

/// The filter form, with the values to show again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The categories to choose from.
    pub categories: Vec<Choice>,
    /// The activities to choose from.
    pub activities: Vec<Choice>,
    /// Who did it: a name or user principal name.
    pub initiated_by: String,
    /// From when, `YYYY-MM-DDTHH:MM` in UTC.
    pub from: String,
    /// To when, likewise.
    pub to: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// One entry in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The entry's id.
    pub id: String,
    /// When it took effect.
    pub at: TimeView,
    /// What was done.
    pub activity: String,
    /// The category, for people.
    pub category: String,
    /// Who did it.
    pub initiated_by: String,
    /// Whether the service did it by itself.
    pub automatic: bool,
    /// To what, in words; may be empty.
    pub target: String,
    /// The number of the support request; may be empty.
    pub support_request_number: String,
    /// Whether it succeeded.
    pub succeeded: bool,
}

/// A page of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/audit_log.html")]
pub struct AuditLogView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The filter form.
    pub filter: AuditFilter,
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// Where older ones are; `None` at the end.
    pub older_href: Option<String>,
}

/// Renders the audit log.
///
/// # Errors
/// See [`RenderError`].
pub fn audit_log(view: &AuditLogView) -> Result<String, RenderError> {
    render(view)
}
