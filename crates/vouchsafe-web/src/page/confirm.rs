//! Asks once more before an act that cannot be undone.

use askama::Template;

use crate::error::render;
use crate::{Chrome, Fact, FormErrors, RenderError, paths};

/// An act that cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Removes one access.
    RemoveAccess {
        /// The `grt_` id.
        grant_id: String,
    },
    /// Removes all support access, of the tenant or of one support request.
    RemoveAll {
        /// The `sr_` id; empty for the whole tenant.
        support_request_id: String,
        /// How many accesses end.
        count: u32,
    },
    /// Withdraws an approval of the support request tenant for another tenant's data.
    WithdrawApproval {
        /// The `sar_` id.
        access_request_id: String,
    },
}

impl Act {
    fn heading(&self) -> &'static str {
        match self {
            Self::RemoveAccess { .. } => "Remove access?",
            Self::RemoveAll { .. } => "Remove all support access?",
            Self::WithdrawApproval { .. } => "Withdraw your approval?",
        }
    }

    fn button(&self) -> &'static str {
        match self {
            Self::RemoveAccess { .. } => "Remove access",
            Self::RemoveAll { .. } => "Remove all support access",
            Self::WithdrawApproval { .. } => "Withdraw approval",
        }
    }

    fn action(&self) -> String {
        match self {
            Self::RemoveAccess { grant_id } => paths::remove_grant(grant_id),
            Self::RemoveAll { .. } => paths::remove_all(),
            Self::WithdrawApproval { access_request_id } => paths::revoke(access_request_id),
        }
    }
}

/// Asks once more.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/confirm.html")]
pub struct ConfirmView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// What would be done.
    pub act: Act,
    /// To what: support request, engineer, data.
    pub facts: Vec<Fact>,
    /// The reason, to show again.
    pub reason: String,
    /// What is wrong.
    pub errors: FormErrors,
    /// Where *Keep* leads.
    pub cancel_href: String,
}

/// Renders the question.
///
/// # Errors
/// See [`RenderError`].
pub fn confirm(view: &ConfirmView) -> Result<String, RenderError> {
    render(view)
}
