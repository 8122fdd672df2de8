//! The own account: passkeys and sessions.

use askama::Template;

use crate::error::render;
use crate::{Chrome, RenderError, TimeView};

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Its credential id.
    pub credential: String,
    /// What its person calls it.
    pub name: String,
    /// When it was enrolled.
    pub created: TimeView,
    /// When it last signed in; `None` for never.
    pub used: Option<TimeView>,
    /// From when on it signs decisions, if that is still to come.
    pub signs_from: Option<TimeView>,
    /// Whether it can be removed here.
    pub removable: bool,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The `ses_` id.
    pub id: String,
    /// When it began.
    pub began: TimeView,
    /// When it was last used.
    pub seen: TimeView,
    /// When it ends.
    pub ends: TimeView,
    /// With which passkey it began; empty where there was none.
    pub passkey: String,
    /// Whether this page belongs to it.
    pub current: bool,
}

/// The own account.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/account.html")]
pub struct AccountView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The sign-in name.
    pub user_principal_name: String,
    /// Whether passkeys can be used at this address.
    pub offered: bool,
    /// The passkeys, the oldest first.
    pub passkeys: Vec<PasskeyRow>,
    /// The open sessions, the newest first.
    pub sessions: Vec<SessionRow>,
}

/// Renders the own account.
///
/// # Errors
/// See [`RenderError`].
pub fn account(view: &AccountView) -> Result<String, RenderError> {
    render(view)
}
