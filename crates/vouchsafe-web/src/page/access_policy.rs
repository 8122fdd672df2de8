//! The tenant's own settings of support access.

use askama::Template;

use crate::error::render;
use crate::{Choice, Chrome, FormErrors, RenderError, paths};

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

/// What somebody who may changes the settings with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPolicyForm {
    /// The version on the screen: the server refuses when it has changed since.
    pub version: String,
    /// `pendingExpiry`.
    pub pending_expiry: Vec<Choice>,
    /// `maxDuration`.
    pub max_duration: Vec<Choice>,
    /// `consentOffered`: yes and no.
    pub consent_offered: Vec<Choice>,
    /// `consentDuration`.
    pub consent_duration: Vec<Choice>,
    /// `idlePause`.
    pub idle_pause: Vec<Choice>,
    /// `approvals.required`.
    pub required: Vec<Choice>,
    /// `approvals.approverIds`: the people whose roles let them approve, with ticks.
    pub approvers: Vec<Choice>,
    /// `ticketUmbrella`: yes and no.
    pub ticket_umbrella: Vec<Choice>,
    /// `inheritOnReassign`: yes and no.
    pub inherit_on_reassign: Vec<Choice>,
    /// `engineerRules.regions`, one a line.
    pub regions: String,
    /// `engineerRules.excludedEngineerIds`, one a line.
    pub excluded: String,
    /// `decisionAssurance`, in a form of its own.
    pub assurance: Vec<Choice>,
    /// Whether that form is signed with a passkey.
    pub signed: bool,
    /// What is wrong.
    pub errors: FormErrors,
}

/// The tenant's own settings of support access.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/access_policy.html")]
pub struct AccessPolicyView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Setting by setting.
    pub lines: Vec<PolicyLine>,
    /// For who may change them.
    pub form: Option<Box<AccessPolicyForm>>,
}

/// Renders the settings.
///
/// # Errors
/// See [`RenderError`].
pub fn access_policy(view: &AccessPolicyView) -> Result<String, RenderError> {
    render(view)
}
