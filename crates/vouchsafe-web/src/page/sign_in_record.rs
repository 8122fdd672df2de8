//! One sign-in, read under a case.

use askama::Template;

use crate::error::render;
use crate::page::SignInRow;
use crate::page::sign_ins::list_of;
use crate::{CaseRef, Chrome, Fact, Mark, RenderError, Status, paths};

/// A group of fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInSection {
    /// Its heading, such as `Device`.
    pub title: String,
    /// Its fields.
    pub facts: Vec<Fact>,
}

/// What one conditional access policy did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyResult {
    /// The policy's name; masked unless revealed.
    pub name: String,
    /// What it did, such as `Failure` or `Not applied`.
    pub result: String,
    /// The shape of that.
    pub mark: Mark,
    /// What it demands, in words; may be empty.
    pub controls: String,
}

impl PolicyResult {
    fn status(&self) -> Status {
        Status::new(self.mark, &self.result)
    }
}

/// One sign-in in full.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/sign_in_record.html")]
pub struct SignInRecordView {
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
    /// The sign-in.
    pub sign_in: SignInRow,
    /// Its other fields, group by group.
    pub sections: Vec<SignInSection>,
    /// What conditional access policies did.
    pub policies: Vec<PolicyResult>,
    /// The `rd_` id of the read record of this page.
    pub read_id: String,
}

impl SignInRecordView {
    /// The list that it stands in.
    fn list(&self) -> String {
        list_of(&self.id, &self.tenant_id, self.collection.as_deref())
    }
}

/// Renders one sign-in.
///
/// # Errors
/// See [`RenderError`].
pub fn sign_in_record(view: &SignInRecordView) -> Result<String, RenderError> {
    render(view)
}
