//! API tokens: what there is, making one, ending one.

use askama::Template;

use crate::error::render;
use crate::{Choice, Chrome, FormErrors, RenderError, TimeView};

/// Where a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    /// It is good.
    Good,
    /// Its time is over.
    Expired,
    /// It was ended.
    Ended,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// The `tok_` id.
    pub id: String,
    /// What it is called; may be empty.
    pub name: String,
    /// For whom it speaks; empty for oneself.
    pub account: String,
    /// Resource actions that it is limited to; empty for all of its account's.
    pub scopes: Vec<String>,
    /// When it ends by itself.
    pub expires: TimeView,
    /// About when it was last used.
    pub last_used: Option<TimeView>,
    /// Where it stands.
    pub state: TokenState,
}

/// API tokens.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/api_tokens.html")]
pub struct ApiTokensView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The text of a token that was just made; shown this once.
    pub made: Option<String>,
    /// Newest first.
    pub rows: Vec<TokenRow>,
    /// Where older ones are; `None` at the end.
    pub older_href: Option<String>,
    /// A key of this form, so that sending it twice makes one token.
    pub idempotency_key: String,
    /// The name, to show again.
    pub name: String,
    /// What the token may do: the person's own actions.
    pub scopes: Vec<Choice>,
    /// How long it is good.
    pub durations: Vec<Choice>,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Renders API tokens.
///
/// # Errors
/// See [`RenderError`].
pub fn api_tokens(view: &ApiTokensView) -> Result<String, RenderError> {
    render(view)
}
