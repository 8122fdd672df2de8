//! The demo's world: a provider, three customers, their people, and support requests in every state. Built through the
//! use cases alone, so that everything in it has its audit entries and could have happened.

mod cast;
mod story;

use std::io::Cursor;

use vouchsafe_app::{App, AppError, NewPerson, NewTenant, Who};
use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::person::PersonKind;
use vouchsafe_core::tenant::TenantKind;
use vouchsafe_core::time::Duration;
use vouchsafe_diagnostics::generate::{self, Counts, Plan, PlanError};
use vouchsafe_store::StoreError;

use super::clock::DemoClock;
use cast::{CUSTOMERS, Customer, PROVIDER, STAFF};

/// How long the demo's tokens last.
const TOKEN_LASTS: Duration = Duration::days(30);
/// Days of sign-ins that are generated.
const SIGN_IN_DAYS: u32 = 30;
/// Sign-ins to one directory audit.
const SIGN_INS_PER_AUDIT: u64 = 10;
/// Sign-ins to one registration of a device.
const SIGN_INS_PER_REGISTRATION: u64 = 100;
/// Sign-ins to one line of a client's trace.
const SIGN_INS_PER_CLIENT_LOG: u64 = 20;
/// Sign-ins to one sample of telemetry.
const SIGN_INS_PER_SAMPLE: u64 = 10;

/// Why a world could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A use case refused.
    #[error("the demo world could not be built")]
    App(#[from] AppError),
    /// The store failed.
    #[error("the demo world could not be built")]
    Store(#[from] StoreError),
    /// The sizes are out of their range.
    #[error("the demo's data cannot be made")]
    Plan(#[from] PlanError),
    /// The data folder holds something else.
    #[error("the data folder holds a deployment that is not a demo")]
    NotADemo,
}

/// How much is generated.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// People who sign in, per customer; at least 30.
    pub people: usize,
    /// Sign-ins per customer.
    pub sign_ins: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { people: 40, sign_ins: 5_000 }
    }
}

/// One account of the world, with a token.
#[derive(Debug, Clone)]
pub struct DemoPerson {
    /// The same for all accounts of one person.
    pub person_id: UserId,
    /// Name.
    pub name: String,
    /// Sign-in name.
    pub user_principal_name: String,
    /// The account.
    pub who: Who,
    /// Names of its roles.
    pub roles: Vec<String>,
    /// An API token.
    pub token: String,
}

/// A service token.
#[derive(Debug, Clone)]
pub struct DemoToken {
    /// `dataFeed`, `intake`, `decisionPoint` or `logReader`.
    pub purpose: &'static str,
    /// Its tenant.
    pub tenant: TenantId,
    /// Its text.
    pub token: String,
}

/// Names for the instructions.
#[derive(Debug, Clone)]
pub struct Guide {
    /// Who approves for two organisations at once.
    pub approver: String,
    /// Who reads.
    pub engineer: String,
    /// Whose data is read.
    pub resource: String,
}

/// A built world.
#[derive(Debug, Clone)]
pub struct World {
    /// The provider, then the customers.
    pub tenants: Vec<TenantId>,
    /// One row per person and tenant.
    pub people: Vec<DemoPerson>,
    /// Tokens of service accounts.
    pub tokens: Vec<DemoToken>,
    /// Names for the instructions.
    pub guide: Guide,
}

impl World {
    /// The account of this name, in this tenant.
    #[must_use]
    pub fn account(&self, name: &str, tenant: TenantId) -> Option<&DemoPerson> {
        self.people.iter().find(|person| person.name == name && person.who.tenant == tenant)
    }
}

/// Builds the world, or finds it again in a folder that holds one; tokens are new each time.
///
/// # Errors
/// [`DemoError`].
pub async fn build(app: &App, clock: &DemoClock, seed: u64, sizes: Sizes) -> Result<World, DemoError> {
    let provider = app.store().provider();
    let tenants: Vec<TenantId> =
        std::iter::once(provider).chain(CUSTOMERS.iter().map(Customer::tenant)).collect();
    let built = app.store().read()?.tenant(provider).await?;
    let fresh = match built {
        None => true,
        Some(found) if found.display_name == PROVIDER.name => false,
        Some(_) => return Err(DemoError::NotADemo),
    };
    if fresh {
        clock.set_back(Duration::days(60));
        make_people(app, provider).await?;
        clock.return_to_now();
        for (number, customer) in (0u64..).zip(CUSTOMERS) {
            import(app, customer, seed.wrapping_add(number), sizes).await?;
        }
    }
    let (people, tokens) = with_tokens(app, &tenants).await?;
    let guide = Guide {
        approver: cast::LINKED.name.to_owned(),
        engineer: STAFF.first().map(|engineer| engineer.name.to_owned()).unwrap_or_default(),
        resource: cast::FABRIKAM.name.to_owned(),
    };
    let world = World { tenants, people, tokens, guide };
    if fresh {
        story::play(app, clock, &world).await?;
        clock.return_to_now();
    }
    Ok(world)
}

async fn make_people(app: &App, provider: TenantId) -> Result<(), DemoError> {
    let new = NewTenant {
        id: provider,
        kind: TenantKind::Provider,
        display_name: PROVIDER.name.to_owned(),
        domain: PROVIDER.domain.to_owned(),
    };
    app.create_tenant(new).await?;
    for staff in STAFF {
        app.add_person(staff.new_person(provider)).await?;
    }
    for (name, role) in [("Case intake", "Case Intake"), ("Decision point", "Decision Point")] {
        app.add_person(service(provider, PROVIDER.domain, name, role)).await?;
    }
    for customer in CUSTOMERS {
        let id = customer.tenant();
        let new = NewTenant {
            id,
            kind: TenantKind::Customer,
            display_name: customer.name.to_owned(),
            domain: customer.domain.to_owned(),
        };
        app.create_tenant(new).await?;
        for person in customer.people {
            app.add_person(person.new_person(id)).await?;
        }
        for (name, role) in [("Data feed", "Data Feed"), ("Log reader", "Log Reader")] {
            app.add_person(service(id, customer.domain, name, role)).await?;
        }
    }
    link(app).await
}

/// The one person with accounts in two tenants.
async fn link(app: &App) -> Result<(), DemoError> {
    let mut accounts = Vec::new();
    for tenant in [cast::CONTOSO.tenant(), cast::FABRIKAM.tenant()] {
        let user = app.store().read()?.account_named(tenant, cast::LINKED.upn).await?;
        accounts.push(Who::of(tenant, user.ok_or(AppError::NotFound)?));
    }
    if let [one, other] = accounts.as_slice() {
        app.link(*one, *other).await?;
    }
    Ok(())
}

fn service(tenant: TenantId, domain: &str, name: &str, role: &str) -> NewPerson {
    NewPerson {
        tenant,
        display_name: name.to_owned(),
        user_principal_name: format!("{}@{domain}", name.to_lowercase().replace(' ', "-")),
        kind: PersonKind::Service,
        roles: vec![role.to_owned()],
        employer: String::new(),
        location: String::new(),
        expertise: Vec::new(),
    }
}

/// Generates and imports a customer's diagnostic data, as its data feed.
async fn import(app: &App, customer: &Customer, seed: u64, sizes: Sizes) -> Result<(), DemoError> {
    let tenant = customer.tenant();
    let feed = format!("data-feed@{}", customer.domain);
    let user = app.store().read()?.account_named(tenant, &feed).await?.ok_or(AppError::NotFound)?;
    let plan = Plan {
        tenant,
        seed,
        domain: customer.domain.to_owned(),
        people: sizes.people,
        days: SIGN_IN_DAYS,
        end: app.now(),
        counts: Counts {
            sign_ins: sizes.sign_ins,
            directory_audits: sizes.sign_ins / SIGN_INS_PER_AUDIT,
            device_registrations: sizes.sign_ins / SIGN_INS_PER_REGISTRATION,
            client_logs: sizes.sign_ins / SIGN_INS_PER_CLIENT_LOG,
            telemetry: sizes.sign_ins / SIGN_INS_PER_SAMPLE,
        },
    };
    let world = generate::World::new(plan)?;
    let mut lines = Vec::new();
    let mut objects = world.objects();
    while objects.write_next(&mut lines).is_some() {
        lines.push(b'\n');
    }
    let mut events = world.events();
    while events.write_next(&mut lines).is_some() {
        lines.push(b'\n');
    }
    app.import(Who::of(tenant, user), Cursor::new(lines)).await?;
    Ok(())
}

/// Every account with a new token.
async fn with_tokens(
    app: &App,
    tenants: &[TenantId],
) -> Result<(Vec<DemoPerson>, Vec<DemoToken>), DemoError> {
    let (mut people, mut tokens) = (Vec::new(), Vec::new());
    for tenant in tenants {
        let accounts = app.store().read()?.accounts(*tenant).await?;
        for account in accounts {
            let who = Who::of(*tenant, account.person.id);
            let token = app.issue_token(who, TOKEN_LASTS).await?.expose();
            let roles =
                account.roles.iter().filter_map(|one| vouchsafe_core::role::by_template_id(&one.role));
            let roles: Vec<String> = roles.map(|role| role.display_name.to_owned()).collect();
            match account.person.kind {
                PersonKind::Service => {
                    let purpose = match roles.first().map(String::as_str) {
                        Some("Data Feed") => "dataFeed",
                        Some("Log Reader") => "logReader",
                        Some("Decision Point") => "decisionPoint",
                        Some(_) | None => "intake",
                    };
                    tokens.push(DemoToken { purpose, tenant: *tenant, token });
                }
                PersonKind::User => {
                    let links = app.store().read()?.links(who.tenant, who.user).await?;
                    let first = links.iter().map(|(_, user)| *user).chain([who.user]).min();
                    people.push(DemoPerson {
                        person_id: first.unwrap_or(who.user),
                        name: account.person.display_name.text().to_owned(),
                        user_principal_name: account.person.user_principal_name.text().to_owned(),
                        who,
                        roles,
                        token,
                    });
                }
            }
        }
    }
    Ok((people, tokens))
}
