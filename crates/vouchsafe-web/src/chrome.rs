//! What surrounds every page.

use crate::{Flash, NavItem, asset};

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The person's name.
    pub person_name: String,
    /// The tenant that this session belongs to.
    pub tenant_name: String,
    /// The person's roles in it.
    pub roles: Vec<String>,
}

/// What surrounds every page: header, navigation, notice, footer. No secret is in it: forms need no token, because the
/// server refuses what another site sends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chrome {
    /// Who is signed in; `None` on the pages before and after a session.
    pub signed_in: Option<SignedIn>,
    /// The navigation, see [`crate::navigation`].
    pub navigation: Vec<NavItem>,
    /// How many support access requests wait for this person: the banner.
    pub waiting: u32,
    /// What the form before this page did.
    pub flash: Option<Flash>,
    /// The time zone of the times on the page, such as `Europe/Berlin`; empty hides the line.
    pub time_zone: String,
    /// Whether this is the demo: says so on top, and offers to change person.
    pub demo: bool,
}

impl Chrome {
    /// The address of the style sheet.
    #[must_use]
    pub fn style_sheet(&self) -> &'static str {
        asset::style_sheet()
    }

    /// The address of the script that passkeys need.
    #[must_use]
    pub fn script(&self) -> &'static str {
        asset::script()
    }

    /// The address of the icon.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        asset::icon()
    }
}
