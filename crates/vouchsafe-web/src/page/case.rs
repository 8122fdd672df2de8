//! One support request, as its engineer sees it.

use askama::Template;

use crate::error::render;
use crate::page::AssignmentView;
use crate::{
    Category, Choice, Chrome, CollectionRow, EngineerStatus, FormErrors, MessageView, RenderError,
    Resolution, Section, Severity, Stage, TimeView, paths,
};

/// What the engineer may read, or asked to read: never who decided, or why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAccess {
    /// The `sar_` id; empty where no request was needed (consent).
    pub access_request_id: String,
    /// The tenant of the data.
    pub tenant_id: String,
    /// The tenant's name where the engineer may know it, else its id.
    pub tenant: String,
    /// Which categories.
    pub categories: Vec<Category>,
    /// Where it stands.
    pub status: EngineerStatus,
    /// Until when at the latest, while live or paused.
    pub until: Option<TimeView>,
    /// Whether sign-ins can be opened: shows the link.
    pub can_read_sign_ins: bool,
    /// Whether the engineer can withdraw it: shows the button.
    pub may_cancel: bool,
}

/// What an engineer fills in to see a masked value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevealForm {
    /// `grantId`: the live accesses.
    pub grants: Vec<Choice>,
    /// `property`: a path.
    pub property: String,
    /// `value`: as it was shown, or whole.
    pub value: String,
    /// Why.
    pub justification: String,
}

/// One support request, for its engineer.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/case.html")]
pub struct CaseView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The list it was opened from: [`Section::Desk`] or [`Section::Queue`].
    pub back: Section,
    /// The `sr_` id.
    pub id: String,
    /// The number.
    pub number: String,
    /// The title.
    pub title: String,
    /// The description.
    pub description: String,
    /// The customer's name.
    pub tenant_name: String,
    /// How bad it is.
    pub severity: Severity,
    /// The service, for people.
    pub service: String,
    /// The problem type, for people.
    pub problem_type: String,
    /// Where it stands.
    pub stage: Stage,
    /// Where it came from, if the provider entered it: the other system and the id there in one line.
    pub origin: Option<String>,
    /// When it was opened.
    pub opened: TimeView,
    /// Whether the engineer may propose to open it again: shows the button.
    pub may_propose_reopen: bool,
    /// Whether that was proposed.
    pub reopen_proposed: bool,
    /// When it was closed.
    pub closed: Option<TimeView>,
    /// How it ended.
    pub resolution: Option<Resolution>,
    /// Whom to contact: name, address, language and time zone in one line.
    pub contact: String,
    /// Who works on it.
    pub assignment: Option<AssignmentView>,
    /// What can be read, and what was asked for, newest first.
    pub access: Vec<CaseAccess>,
    /// What the customer was asked to collect, newest first.
    pub collections: Vec<CollectionRow>,
    /// Asking to see a masked value; `None` while nothing can be read.
    pub reveal: Option<RevealForm>,
    /// The conversation, oldest first.
    pub messages: Vec<MessageView>,
    /// Makes sending twice write one message.
    pub idempotency_key: String,
    /// The message, to show again.
    pub body: String,
    /// Whether the reader is the assigned engineer and it is open: shows the forms.
    pub may_work: bool,
    /// What is wrong with the form that was sent.
    pub errors: FormErrors,
}

/// Renders the engineer's page of a support request.
///
/// # Errors
/// See [`RenderError`].
pub fn case(view: &CaseView) -> Result<String, RenderError> {
    render(view)
}
