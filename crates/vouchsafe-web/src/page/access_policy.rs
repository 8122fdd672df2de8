//! The tenant's own settings of support access.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError};

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLine {
    /// What it is, such as `Longest access`.
    pub label: String,
    /// Its value for people, such as `30 days`.
    pub value: String,
    /// What it does, in a sentence.
    pub explanation: String,
}

/// The tenant's own settings of support access, to read.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/access_policy.html")]
pub struct AccessPolicyView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Setting by setting.
    pub lines: Vec<PolicyLine>,
}

/// Renders the settings.
///
/// # Errors
/// See [`RenderError`].
pub fn access_policy(view: &AccessPolicyView) -> Result<String, RenderError> {
    render(view)
}
