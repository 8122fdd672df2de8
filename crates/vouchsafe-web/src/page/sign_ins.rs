//! Sign-ins of one tenant, read under a case.

use askama::Template;

use crate::error::render;
use crate::{
    CaseRef, Choice, Chrome, EngineerStatus, FormErrors, Mark, RenderError, Status, TimeView, paths,
};

/// The filter form, with the values to show again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInFilter {
    /// From when, `YYYY-MM-DDTHH:MM` in UTC.
    pub from: String,
    /// To when, likewise.
    pub to: String,
    /// A pseudonym, or a whole user principal name.
    pub user: String,
    /// The application's name.
    pub app_display_name: String,
    /// A network, the tagged form, or a whole address.
    pub ip_address: String,
    /// All, success, failure.
    pub results: Vec<Choice>,
    /// An error code.
    pub error_code: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// One sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRow {
    /// The record's id, or its pseudonym under this grant.
    pub id: String,
    /// When.
    pub at: TimeView,
    /// Who; masked unless revealed.
    pub user: String,
    /// The list with this person's sign-ins alone; empty hides the link.
    pub user_href: String,
    /// To what.
    pub app: String,
    /// From which address; masked unless revealed.
    pub ip_address: String,
    /// From where, in words; may be empty.
    pub location: String,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// The error code; empty on success.
    pub error_code: String,
    /// The reason of a failure, in words; may be empty.
    pub failure_reason: String,
    /// What conditional access did, in words.
    pub conditional_access: String,
}

impl SignInRow {
    pub(crate) fn status(&self) -> Status {
        if self.succeeded {
            Status::new(Mark::Done, "Success")
        } else {
            Status::new(Mark::Refused, "Failure")
        }
    }
}

/// What a read returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInPage {
    /// Whether the grant is live or paused; what the engineer may know of it.
    pub status: EngineerStatus,
    /// Until when at the latest.
    pub until: Option<TimeView>,
    /// The `grt_` id of the grant that the page rests on; empty where nothing was read (an error).
    pub grant_id: String,
    /// The `rd_` id of the read record of this page; empty where none was written (an error).
    pub read_id: String,
    /// Newest first.
    pub rows: Vec<SignInRow>,
    /// Where older ones are; `None` at the end.
    pub older_href: Option<String>,
}

/// Whether there is anything to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInsState {
    /// A live grant covers sign-ins: what it returned.
    Readable(SignInPage),
    /// No live grant covers sign-ins; why is not said.
    NoAccess,
}

/// Sign-ins of one tenant, read under a case.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/sign_ins.html")]
pub struct SignInsView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The `sr_` id.
    pub id: String,
    /// For which support request.
    pub case: CaseRef,
    /// The tenant of the data.
    pub tenant_id: String,
    /// The tenant's name where the engineer may know it, else its id.
    pub tenant: String,
    /// The `dc_` id of the data collection that is read; `None` for live data.
    pub collection: Option<String>,
    /// The filter form.
    pub filter: SignInFilter,
    /// Whether there is anything to show.
    pub state: SignInsState,
}

impl SignInsView {
    /// The list itself.
    fn list(&self) -> String {
        list_of(&self.id, &self.tenant_id, self.collection.as_deref())
    }

    /// One of them.
    fn one(&self, record: &str) -> String {
        match &self.collection {
            Some(collection) => paths::collected_sign_in(&self.id, &self.tenant_id, collection, record),
            None => paths::sign_in(&self.id, &self.tenant_id, record),
        }
    }
}

/// The list of the sign-ins of a tenant, live or in a data collection.
pub(crate) fn list_of(id: &str, tenant_id: &str, collection: Option<&str>) -> String {
    match collection {
        Some(collection) => paths::collected_sign_ins(id, tenant_id, collection),
        None => paths::sign_ins(id, tenant_id),
    }
}

/// Renders the sign-ins.
///
/// # Errors
/// See [`RenderError`].
pub fn sign_ins(view: &SignInsView) -> Result<String, RenderError> {
    render(view)
}
