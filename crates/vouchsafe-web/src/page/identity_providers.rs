//! Identity providers: what there is, setting one up, changing one.

use askama::Template;

use crate::error::render;
use crate::{Chrome, FormErrors, RenderError};

/// An identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRow {
    /// The `idp_` id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its issuer.
    pub issuer: String,
    /// Who this service is there.
    pub client_id: String,
    /// Whether a secret of this service there is known.
    pub has_secret: bool,
    /// Whether anybody can sign in with it.
    pub enabled: bool,
}

/// What of one can be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProviderForm {
    /// A key of this form, so that sending it twice sets one up.
    pub idempotency_key: String,
    /// The version that is changed; empty for a new one.
    pub version: String,
    /// Its name.
    pub display_name: String,
    /// Its issuer; of a new one.
    pub issuer: String,
    /// The client's id; of a new one.
    pub client_id: String,
    /// What is asked for.
    pub scope: String,
    /// The claim that holds the sign-in name.
    pub user_name_claim: String,
    /// The claim that holds the groups.
    pub groups_claim: String,
    /// `claim = value`, one a line.
    pub required_claims: String,
    /// Whether people without an account get one.
    pub just_in_time: bool,
    /// `group = role`, one a line.
    pub role_mappings: String,
    /// Whether anybody can sign in with it.
    pub enabled: bool,
    /// What is wrong.
    pub errors: FormErrors,
}

impl ProviderForm {
    /// Whether it sets one up.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.version.is_empty()
    }
}

/// All identity providers.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/identity_providers.html")]
pub struct IdentityProvidersView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The oldest first.
    pub rows: Vec<ProviderRow>,
    /// Setting one up; none where that is done elsewhere, or by others.
    pub form: Option<ProviderForm>,
    /// Whether they stand in the configuration file of the service.
    pub in_file: bool,
}

/// Renders all identity providers.
///
/// # Errors
/// See [`RenderError`].
pub fn identity_providers(view: &IdentityProvidersView) -> Result<String, RenderError> {
    render(view)
}

/// One identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page/identity_provider.html")]
pub struct IdentityProviderView {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The identity provider.
    pub row: ProviderRow,
    /// Where people sign in with it.
    pub sign_in_url: String,
    /// Where it sends people back to.
    pub redirect_uri: String,
    /// Where it says that somebody has signed out.
    pub logout_uri: String,
    /// Changing it; none where that is done elsewhere, or by others.
    pub form: Option<ProviderForm>,
}

/// Renders one identity provider.
///
/// # Errors
/// See [`RenderError`].
pub fn identity_provider(view: &IdentityProviderView) -> Result<String, RenderError> {
    render(view)
}
