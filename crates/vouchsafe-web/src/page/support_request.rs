//! One support request, as its customer sees it.

use askama::Template;

use crate::error::render;
use crate::{
    AccessRow, Category, Chrome, CollectionRow, ConsentStatus, ConsentView, FormErrors, MessageView,
    RenderError, Resolution, Severity, Stage, TimeView, paths,
};

/// Who works on it, and why this engineer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentView {
    /// The engineer's name.
    pub engineer_name: String,
    /// Since when.
    pub since: TimeView,
    /// Why, in a sentence.
    pub reason: String,
    /// What the reason rests on; no other customer's data.
    pub evidence: Vec<String>,
}

/// A tenant that this support request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedTenant {
    /// The id, as it was typed. There is no name: the customer learns nothing about the other tenant.
    pub id: String,
}

/// One support request.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/support_request.html")]
pub struct SupportRequestView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The `sr_` id.
    pub id: String,
    /// The version on the screen.
    pub version: String,
    /// The number.
    pub number: String,
    /// The title.
    pub title: String,
    /// The description.
    pub description: String,
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
    /// When it was closed.
    pub closed: Option<TimeView>,
    /// How it ended.
    pub resolution: Option<Resolution>,
    /// Whom to contact: name and address in one line.
    pub contact: String,
    /// Who works on it.
    pub assignment: Option<AssignmentView>,
    /// *Allow collection of advanced diagnostic information*.
    pub consent: ConsentView,
    /// What a yes covers.
    pub consent_categories: Vec<Category>,
    /// For how long a yes holds at most, in words.
    pub consent_duration: String,
    /// The support access requests of this support request that the caller's side knows of.
    pub access_requests: Vec<AccessRow>,
    /// Whether something can be read for this support request and the person may remove it: shows the button.
    pub may_remove_all: bool,
    /// What support asked to collect for it, newest first.
    pub collections: Vec<CollectionRow>,
    /// The conversation, oldest first.
    pub messages: Vec<MessageView>,
    /// Makes sending twice write one message.
    pub idempotency_key: String,
    /// The message, to show again.
    pub body: String,
    /// Whether the person may write, close and reopen.
    pub may_manage: bool,
    /// Whether the person may read the audit log, and so make an evidence pack.
    pub may_export: bool,
    /// Whether its engineer proposes to open it again.
    pub reopen_proposed: bool,
    /// Until when it may be opened again; `None` when it may not.
    pub reopen_until: Option<TimeView>,
    /// The tenants named so far.
    pub resource_tenants: Vec<NamedTenant>,
    /// The tenant id, to show again.
    pub resource_tenant_id: String,
    /// What is wrong with the form that was sent.
    pub errors: FormErrors,
}

/// Renders one support request.
///
/// # Errors
/// See [`RenderError`].
pub fn support_request(view: &SupportRequestView) -> Result<String, RenderError> {
    render(view)
}
