//! `bootstrap`: makes the provider and a tenant, with a one-time link for the first person of each, and a token for the intake
//! if asked; printed once. From then on each tenant's own people change its people, and nobody else does.

use std::sync::Arc;

use vouchsafe_app::{App, AppError, NewPerson, NewTenant, Who};
use vouchsafe_core::id::{Id as _, TenantId};
use vouchsafe_core::person::PersonKind;
use vouchsafe_core::problem_type::BUILT_IN;
use vouchsafe_core::tenant::TenantKind;
use vouchsafe_core::time::Duration;
use vouchsafe_signin::passkey::RelyingParty;
use vouchsafe_store::StoreError;

use crate::config::{Config, NewOrganization, OpenError};
use crate::wire::users::enrolment_url;

/// How long the printed tokens last.
const TOKEN_LASTS: Duration = Duration::days(90);
/// How long the printed links can be used.
const LINK_LASTS: Duration = Duration::days(7);

/// A link or token that is shown once.
#[derive(Debug, Clone)]
pub struct Printed {
    /// The organisation's name, or what a service's token is for.
    pub organization: String,
    /// Its tenant.
    pub tenant: TenantId,
    /// What it is.
    pub kind: PrintedKind,
    /// Its text.
    pub text: String,
}

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintedKind {
    /// With it the first person enrols a passkey.
    EnrolmentLink,
    /// An API token.
    Token,
}

impl PrintedKind {
    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EnrolmentLink => "enrolment link",
            Self::Token => "API token",
        }
    }
}

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// The file has no such section, or no folder.
    #[error("the configuration has no [bootstrap] section")]
    NotAsked,
    /// There is data already; running again would make a second way in.
    #[error("this deployment has been set up already")]
    AlreadyDone,
    /// The data cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A name or role that is wrong.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Sets a new deployment up.
///
/// # Errors
/// [`BootstrapError`].
pub async fn run(config: &Config) -> Result<Vec<Printed>, BootstrapError> {
    let asked = config.bootstrap.clone().ok_or(BootstrapError::NotAsked)?;
    let (store, _ours) = config.open()?;
    let store = Arc::new(store);
    let provider = store.provider();
    if store.read()?.tenant(provider).await?.is_some() {
        return Err(BootstrapError::AlreadyDone);
    }
    let app = App::new(Arc::clone(&store));
    let mut random = [0; 16];
    store.random(provider, &mut random);
    let customer = TenantId::from_uuid(uuid::Builder::from_random_bytes(random).into_uuid());
    let domain = asked.provider.domain.clone();
    // Where no passkey can be used, a token is the only way in.
    let linked = RelyingParty::at(&config.public_url).is_ok();
    let ways = Ways { link: linked.then_some(config.public_url.as_str()), token: asked.tokens || !linked };
    let mut printed = Vec::new();
    for (id, kind, new) in
        [(provider, TenantKind::Provider, asked.provider), (customer, TenantKind::Customer, asked.tenant)]
    {
        printed.extend(organization(&app, id, kind, new, ways).await?);
    }
    if asked.intake {
        printed.push(intake(&app, provider, &domain).await?);
    }
    store.close().await;
    Ok(printed)
}

/// The provider's service account that enters and closes support requests which came from elsewhere.
async fn intake(app: &App, provider: TenantId, domain: &str) -> Result<Printed, BootstrapError> {
    let person = NewPerson {
        tenant: provider,
        display_name: "Case intake".to_owned(),
        user_principal_name: format!("case-intake@{domain}"),
        kind: PersonKind::Service,
        roles: vec!["Case Intake".to_owned()],
        employer: String::new(),
        location: String::new(),
        expertise: Vec::new(),
    };
    let user = app.add_person(person).await?;
    let text = app.issue_token(Who::of(provider, user), TOKEN_LASTS).await?.expose();
    let organization = "Case intake".to_owned();
    Ok(Printed { organization, tenant: provider, kind: PrintedKind::Token, text })
}

/// The ways in that a first person gets.
#[derive(Debug, Clone, Copy)]
struct Ways<'u> {
    /// The address that the link begins with.
    link: Option<&'u str>,
    /// Whether there is a token.
    token: bool,
}

async fn organization(
    app: &App,
    id: TenantId,
    kind: TenantKind,
    new: NewOrganization,
    ways: Ways<'_>,
) -> Result<Vec<Printed>, BootstrapError> {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let roles = match kind {
        TenantKind::Provider => names(&["Support Engineer", "Support Manager", "Provider Administrator"]),
        TenantKind::Customer => names(&["Global Administrator"]),
    };
    let expertise = match kind {
        TenantKind::Provider => BUILT_IN.iter().map(|(id, _)| (*id).to_owned()).collect(),
        TenantKind::Customer => Vec::new(),
    };
    let organization = new.display_name.clone();
    app.create_tenant(NewTenant { id, kind, display_name: new.display_name, domain: new.domain }).await?;
    let person = NewPerson {
        tenant: id,
        display_name: new.person,
        user_principal_name: new.user_principal_name,
        kind: PersonKind::User,
        roles: new.roles.unwrap_or(roles),
        employer: match kind {
            TenantKind::Provider => organization.clone(),
            TenantKind::Customer => String::new(),
        },
        location: String::new(),
        expertise: new.expertise.unwrap_or(expertise),
    };
    let user = app.add_person(person).await?;
    let who = Who::of(id, user);
    let mut printed = Vec::new();
    let mut print = |kind, text| {
        printed.push(Printed { organization: organization.clone(), tenant: id, kind, text });
    };
    if let Some(base) = ways.link {
        let pass = app.first_pass(who, LINK_LASTS).await?.expose();
        print(PrintedKind::EnrolmentLink, enrolment_url(base, &pass));
    }
    if ways.token {
        print(PrintedKind::Token, app.issue_token(who, TOKEN_LASTS).await?.expose());
    }
    Ok(printed)
}
