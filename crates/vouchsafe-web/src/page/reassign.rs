//! Give a support request to another engineer.

use askama::Template;

use crate::error::render;
use crate::{CaseRef, Chrome, FormErrors, RenderError, TimeView};

/// How an engineer ranks for the support request, for the manager alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineerFigures {
    /// Expertise against load, such as `-1.32`.
    pub score: String,
    /// Learned and declared expertise, such as `41 %`.
    pub expertise: String,
    /// What was learned of it.
    pub learned: String,
    /// Whether declared expertise covers the problem type.
    pub declared: bool,
    /// Support requests open now.
    pub open_cases: String,
    /// When one was last assigned; `None` if never.
    pub last_assigned: Option<TimeView>,
}

/// One engineer to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineerChoice {
    /// The `usr_` id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Why this engineer would fit, or does not now; may be empty.
    pub hint: String,
    /// How the engineer ranks; for the manager.
    pub figures: Option<EngineerFigures>,
    /// Whether the engineer can take it.
    pub available: bool,
    /// Whether it is chosen now.
    pub selected: bool,
}

/// Who gives it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReassignKind {
    /// The manager: *Reassign*.
    Manager,
    /// The engineer, with a reason: *Hand over*.
    HandOver,
}

/// Give a support request to another engineer.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/reassign.html")]
pub struct ReassignView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Which one.
    pub case: CaseRef,
    /// Who gives it away.
    pub kind: ReassignKind,
    /// Where the form goes: [`crate::paths::reassign`] or [`crate::paths::hand_over`].
    pub action: String,
    /// The version on the screen.
    pub version: String,
    /// Who has it now; empty for nobody.
    pub assigned_to: String,
    /// Best match first.
    pub engineers: Vec<EngineerChoice>,
    /// The reason, to show again.
    pub reason: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Renders the form.
///
/// # Errors
/// See [`RenderError`].
pub fn reassign(view: &ReassignView) -> Result<String, RenderError> {
    render(view)
}
