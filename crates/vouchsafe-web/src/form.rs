//! What forms share: values to choose from, and errors next to their fields.

use askama::Template;
use askama::filters::HtmlSafe;

/// One value to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// A line of explanation; may be empty.
    pub hint: String,
    /// Whether it is chosen now.
    pub selected: bool,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, as in the form.
    pub field: String,
    /// What is wrong and how to put it right.
    pub message: String,
}

/// Everything that is wrong with a form. Renders as the summary above it, linked to the fields; as nothing when empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "part/errors.html")]
pub struct FormErrors {
    /// In the order of the fields on the page.
    pub items: Vec<FieldError>,
}

impl HtmlSafe for FormErrors {}

impl FormErrors {
    /// What is wrong with this field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&FieldError> {
        self.items.iter().find(|error| error.field == field)
    }
}

impl From<Vec<FieldError>> for FormErrors {
    fn from(items: Vec<FieldError>) -> Self {
        Self { items }
    }
}
