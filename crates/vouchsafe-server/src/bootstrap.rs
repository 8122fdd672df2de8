//! `bootstrap`: makes the provider, a tenant and one token each, and one for the intake if asked; printed once.

use std::sync::Arc;

use vouchsafe_app::{App, AppError, NewPerson, NewTenant, Who};
use vouchsafe_core::id::{Id as _, TenantId};
use vouchsafe_core::person::PersonKind;
use vouchsafe_core::problem_type::PROBLEM_TYPES;
use vouchsafe_core::tenant::TenantKind;
use vouchsafe_core::time::Duration;
use vouchsafe_store::StoreError;

use crate::config::{Config, NewOrganization, OpenError};

/// How long the printed tokens last.
const TOKEN_LASTS: Duration = Duration::days(90);

/// A token that is shown once.
#[derive(Debug, Clone)]
pub struct PrintedToken {
    /// The organisation's name, or what a service's token is for.
    pub organization: String,
    /// Its tenant.
    pub tenant: TenantId,
    /// The token's text.
    pub token: String,
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
pub async fn run(config: &Config) -> Result<Vec<PrintedToken>, BootstrapError> {
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
    let mut printed = vec![
        organization(&app, provider, TenantKind::Provider, asked.provider).await?,
        organization(&app, customer, TenantKind::Customer, asked.tenant).await?,
    ];
    if asked.intake {
        printed.push(intake(&app, provider, &domain).await?);
    }
    store.close().await;
    Ok(printed)
}

/// The provider's service account that enters and closes support requests which came from elsewhere.
async fn intake(app: &App, provider: TenantId, domain: &str) -> Result<PrintedToken, BootstrapError> {
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
    let token = app.issue_token(Who { tenant: provider, user }, TOKEN_LASTS).await?.expose();
    Ok(PrintedToken { organization: "Case intake".to_owned(), tenant: provider, token })
}

async fn organization(
    app: &App,
    id: TenantId,
    kind: TenantKind,
    new: NewOrganization,
) -> Result<PrintedToken, BootstrapError> {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let roles = match kind {
        TenantKind::Provider => names(&["Support Engineer", "Support Manager", "Provider Administrator"]),
        TenantKind::Customer => names(&["Global Administrator"]),
    };
    let expertise = match kind {
        TenantKind::Provider => PROBLEM_TYPES.iter().map(|known| known.id.to_owned()).collect(),
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
    let token = app.issue_token(Who { tenant: id, user }, TOKEN_LASTS).await?.expose();
    Ok(PrintedToken { organization, tenant: id, token })
}
