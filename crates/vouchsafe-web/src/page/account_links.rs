//! Links of accounts: one person's accounts in several organisations.

use askama::Template;

use crate::error::render;
use crate::{Chrome, FormErrors, RenderError, TimeView};

/// Where a link stands, for the person of the own account or for who confirms for the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// A code was made, and nobody has used it.
    Offered,
    /// The person must agree.
    AwaitingAgreement,
    /// The organisation must confirm.
    AwaitingConfirmation,
    /// The other side has not finished.
    AwaitingOther,
    /// Both accounts are one person.
    Active,
    /// It was removed, or waited too long.
    Ended,
}

impl LinkState {
    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Offered => "Waits for its code to be used",
            Self::AwaitingAgreement => "Waits for the person to agree",
            Self::AwaitingConfirmation => "Waits for your organisation to confirm",
            Self::AwaitingOther => "Waits for the other side",
            Self::Active => "Linked",
            Self::Ended => "Ended",
        }
    }
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// The `lnk_` id.
    pub id: String,
    /// Whose account of the own organisation; empty for oneself.
    pub account: String,
    /// What the person is shown of the other account; empty for others.
    pub shown: String,
    /// The other organisation's id; empty for an offer.
    pub other_tenant: String,
    /// When it was made.
    pub created: TimeView,
    /// Where it stands.
    pub state: LinkState,
    /// Whether the visitor can agree now.
    pub can_agree: bool,
    /// Whether the visitor can confirm now.
    pub can_confirm: bool,
    /// Whether the visitor can remove it.
    pub can_remove: bool,
}

/// An offer that was looked at with its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferView {
    /// Its code.
    pub code: String,
    /// Who made it.
    pub name: String,
    /// Under which sign-in name.
    pub user_principal_name: String,
    /// Of which organisation.
    pub tenant: String,
}

/// Links of accounts.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/account_links.html")]
pub struct AccountLinksView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The code of an offer that was just made; shown this once.
    pub made: Option<String>,
    /// The offer whose code was typed.
    pub offer: Option<OfferView>,
    /// Newest first.
    pub rows: Vec<LinkRow>,
    /// Where older ones are; `None` at the end.
    pub older_href: Option<String>,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Renders links of accounts.
///
/// # Errors
/// See [`RenderError`].
pub fn account_links(view: &AccountLinksView) -> Result<String, RenderError> {
    render(view)
}
