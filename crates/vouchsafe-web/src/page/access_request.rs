//! One support access request, as the caller's side sees it.

use askama::Template;

use crate::error::render;
use crate::{
    AccessStatus, CaseRef, Category, CategoryChoice, Choice, Chrome, EngineerView, FormErrors, GrantStatus,
    PauseReason, ReadsSummary, ReasonCode, RenderError, ScopeView, TimeView, VotesView, paths,
};

/// The access that came of a request, for the tenant of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataAccess {
    /// The `grt_` id.
    pub grant_id: String,
    /// Whether it is live.
    pub status: GrantStatus,
    /// Why it is paused, while it is.
    pub pause: Option<PauseReason>,
    /// Until when at the latest.
    pub until: Option<TimeView>,
    /// When it ended.
    pub ended: Option<TimeView>,
    /// What was read under it.
    pub reads: ReadsSummary,
    /// Whether the person may remove it: shows the button.
    pub may_remove: bool,
    /// Whether the person may let it go on: shows the button while paused.
    pub may_confirm: bool,
}

/// Which side the reader is on. The side of the support request tenant has no place for anything of the other tenant:
/// no name, no outcome, no end, no reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessRequestSide {
    /// Own case, own data.
    Both {
        /// The access, once approved.
        access: Option<DataAccess>,
    },
    /// Own data, another tenant's case.
    ResourceTenant {
        /// The display name of the support request tenant.
        asked_through: String,
        /// Whether the approval of this side was recorded by itself, because the same person approved over there.
        automatic: bool,
        /// The access, once approved.
        access: Option<DataAccess>,
    },
    /// Own case, another tenant's data.
    SupportRequestTenant {
        /// The tenant id, as the own tenant named it.
        resource_tenant_id: String,
        /// Whether the person may withdraw the approval: shows the button.
        may_withdraw: bool,
    },
}

/// The forms that decide, with the values to show again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecisionForm {
    /// The version on the screen: the server refuses when it has changed since.
    pub version: String,
    /// What was asked for, with ticks for what to approve.
    pub categories: Vec<CategoryChoice>,
    /// The durations that may be approved, none longer than what was asked for.
    pub durations: Vec<Choice>,
    /// `dataFrom`, as `YYYY-MM-DDTHH:MM` in UTC; may be empty.
    pub data_from: String,
    /// `dataTo`, likewise.
    pub data_to: String,
    /// The people asked for, with ticks; empty when nobody was named.
    pub users: Vec<Choice>,
    /// `users`, one a line, where nobody was named; `None` where there are ticks.
    pub users_typed: Option<String>,
    /// The comment of an approval.
    pub comment: String,
    /// The reason of a rejection.
    pub reason: String,
    /// Whether an approval is signed with a passkey.
    pub signed: bool,
    /// What is wrong.
    pub errors: FormErrors,
}

/// What a request would show, as the data is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewView {
    /// How many records of each category.
    pub counts: Vec<(Category, u64)>,
    /// How many different people are in them.
    pub people: u64,
    /// The first event and the last one; `None` where there is none.
    pub span: Option<(TimeView, TimeView)>,
    /// The newest records, as the engineer would see them, in JSON with line breaks.
    pub samples: Vec<String>,
}

/// Whether the person may look ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreviewPart {
    /// No: shows nothing.
    Closed,
    /// Yes: shows the button.
    Offered,
    /// Here it is.
    Shown(Box<PreviewView>),
}

/// Whether the person can decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Yes: shows the forms.
    Open(Box<DecisionForm>),
    /// No, and why, in a sentence.
    NotYours(String),
    /// There is nothing to decide any more.
    Closed,
}

/// One support access request.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/access_request.html")]
pub struct AccessRequestView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The `sar_` id.
    pub id: String,
    /// For which support request.
    pub case: CaseRef,
    /// The status on the caller's side.
    pub status: AccessStatus,
    /// Who asks.
    pub engineer: EngineerView,
    /// Why, from the list.
    pub reason_code: ReasonCode,
    /// Why, in the engineer's words.
    pub justification: String,
    /// What was asked for.
    pub requested: ScopeView,
    /// What was approved, once it was.
    pub approved: Option<ScopeView>,
    /// What the votes so far have left of what was asked, if that is less.
    pub agreed: Option<ScopeView>,
    /// The votes of the own tenant.
    pub votes: VotesView,
    /// When it was asked.
    pub asked: TimeView,
    /// When it ends if nobody decides; only while pending.
    pub decide_by: Option<TimeView>,
    /// When it ended on this side.
    pub ended: Option<TimeView>,
    /// The side, with what only that side may see.
    pub side: AccessRequestSide,
    /// Whether the person may look ahead.
    pub preview: PreviewPart,
    /// Whether the person can decide.
    pub decision: Decision,
}

impl AccessRequestView {
    fn is_for_other_tenant(&self) -> bool {
        match &self.side {
            AccessRequestSide::SupportRequestTenant { .. } => true,
            AccessRequestSide::Both { .. } | AccessRequestSide::ResourceTenant { .. } => false,
        }
    }

    fn access(&self) -> Option<&DataAccess> {
        match &self.side {
            AccessRequestSide::Both { access } | AccessRequestSide::ResourceTenant { access, .. } => {
                access.as_ref()
            }
            AccessRequestSide::SupportRequestTenant { .. } => None,
        }
    }
}

/// Renders one support access request.
///
/// # Errors
/// See [`RenderError`].
pub fn access_request(view: &AccessRequestView) -> Result<String, RenderError> {
    render(view)
}
