//! A deployment in a folder of its own, made through the use cases.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use vouchsafe_app::view::{AccessView, CaseView, SideView};
use vouchsafe_app::{
    App, AppError, AskCommand, Call, ListOptions, NewPerson, NewTenant, OpenCommand, ReadAnswer, ReadQuery,
    UpdateCommand, VoteCommand, Wanted, Who,
};
use vouchsafe_core::access_request::ReasonCode;
use vouchsafe_core::id::{AccessRequestId, Id as _, SupportRequestId, TenantId};
use vouchsafe_core::person::PersonKind;
use vouchsafe_core::scope::{DataCategory, Narrowing};
use vouchsafe_core::support_request::command::NewRequest;
use vouchsafe_core::support_request::{Resolution, Severity};
use vouchsafe_core::tenant::TenantKind;
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_store::edge::{ManualClock, SeededEntropy};
use vouchsafe_store::{Database, Faults, Options, Store};

use crate::cast::{CAST, LINKS, NOBODY, PROVIDER, TENANTS, Tenant};
use crate::database::database;
use crate::folder::Folder;

/// When a world begins: 2027-01-15T08:00:00Z.
pub const START: i64 = 1_800_000_000_000;
/// A justification that is long enough.
pub const WHY: &str = "Sign-ins are blocked and the policy at fault is not known yet.";

/// What kind of world to build.
#[derive(Debug)]
pub struct Building {
    /// Seed of all random streams.
    pub seed: u64,
    /// Sign-ins of each customer, one an hour back from [`START`]; 0 imports nothing.
    pub sign_ins: u32,
    /// Faults of the store.
    pub faults: Option<Arc<dyn Faults>>,
    /// Where the state is kept, from the world's folder; else where this run of the tests keeps it.
    pub database: Option<fn(&Path) -> Database>,
}

impl Default for Building {
    fn default() -> Self {
        Self { seed: 1, sign_ins: 0, faults: None, database: None }
    }
}

/// A deployment to act in.
#[derive(Debug)]
pub struct World {
    /// The use cases.
    pub app: App,
    /// Time.
    pub clock: ManualClock,
    /// The data.
    pub folder: Folder,
    people: BTreeMap<&'static str, Who>,
    provider: TenantId,
}

/// The instant so many milliseconds after [`START`].
#[must_use]
pub fn millis(after: i64) -> Timestamp {
    Timestamp::from_millis(START + after)
}

/// The category of a place in the specification's table.
#[must_use]
pub fn category(place: usize) -> DataCategory {
    DataCategory::ALL[place]
}

impl World {
    /// A world without sign-ins.
    pub async fn new() -> Self {
        Self::build(Building::default()).await
    }

    /// A world with 24 sign-ins in each customer.
    pub async fn with_sign_ins() -> Self {
        Self::build(Building { sign_ins: 24, ..Building::default() }).await
    }

    /// A world as asked for.
    pub async fn build(building: Building) -> Self {
        let folder = Folder::new();
        let clock = ManualClock::at(millis(-3_600_000));
        let options = Options {
            clock: Arc::new(clock.clone()),
            entropy: Arc::new(SeededEntropy::new(building.seed)),
            faults: building.faults.clone(),
            bucket: None,
            database: building.database.unwrap_or(database)(folder.path()),
        };
        let store = Arc::new(Store::open(folder.path(), options).unwrap());
        let provider = store.provider();
        let mut world = Self { app: App::new(store), clock, folder, people: BTreeMap::new(), provider };
        world.people().await;
        world.clock.set(millis(0));
        if building.sign_ins > 0 {
            for name in ["ada", "rita", "rolf"] {
                world.import(name, building.sign_ins).await;
            }
        }
        world
    }

    /// How another process of this deployment would open it.
    #[must_use]
    pub fn options(&self) -> Options {
        let database = database(self.folder.path());
        Options { clock: Arc::new(self.clock.clone()), database, ..Options::default() }
    }

    /// The same data in a copied folder, opened anew, with random streams of another seed.
    #[must_use]
    pub fn reopened(&self, folder: Folder, seed: u64) -> Self {
        let options = Options {
            clock: Arc::new(self.clock.clone()),
            entropy: Arc::new(SeededEntropy::new(seed)),
            faults: None,
            bucket: None,
            database: database(folder.path()),
        };
        let store = Arc::new(Store::open(folder.path(), options).unwrap());
        let (clock, people) = (self.clock.clone(), self.people.clone());
        Self { app: App::new(store), clock, folder, people, provider: self.provider }
    }

    async fn people(&mut self) {
        for (place, (name, domain)) in TENANTS.into_iter().enumerate() {
            let kind = if place == PROVIDER { TenantKind::Provider } else { TenantKind::Customer };
            let (display_name, domain) = (name.to_owned(), domain.to_owned());
            let new = NewTenant { id: self.tenant(place), kind, display_name, domain };
            self.app.create_tenant(new).await.unwrap();
        }
        for member in CAST {
            // Ids sort in the order of the cast.
            self.tick();
            let tenant = self.tenant(member.tenant);
            let new = NewPerson {
                tenant,
                display_name: member.name.to_owned(),
                user_principal_name: format!("{}@{}", member.name, TENANTS[member.tenant].1),
                kind: PersonKind::User,
                roles: member.role.map(str::to_owned).into_iter().collect(),
                employer: "Northwind Cloud".to_owned(),
                location: member.engineer.unwrap_or_default().to_owned(),
                expertise: vec!["signIn".to_owned()],
            };
            let user = self.app.add_person(new).await.unwrap();
            self.people.insert(member.name, Who::of(tenant, user));
        }
        for (one, other) in LINKS {
            self.app.link(self.who(one), self.who(other)).await.unwrap();
        }
    }

    /// A tenant's id.
    #[must_use]
    pub fn tenant(&self, place: Tenant) -> TenantId {
        match place {
            PROVIDER => self.provider,
            place => {
                let mut random = [0x11; 10];
                random[9] = u8::try_from(place.min(NOBODY)).unwrap();
                TenantId::from_uuid(vouchsafe_core::id::uuid_v7(Timestamp::from_millis(1), random))
            }
        }
    }

    /// An account by name.
    #[must_use]
    pub fn who(&self, name: &str) -> Who {
        self.people[name]
    }

    /// A call of an account without conditions.
    #[must_use]
    pub fn call(&self, name: &str) -> Call {
        self.who(name).into()
    }

    /// Moves the clock on by a millisecond.
    pub fn tick(&self) {
        self.clock.set(Timestamp::from_millis(self.app.now().as_millis() + 1));
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Imports sign-ins of hours gone by: the `n`-th happened `n` hours before [`START`].
    pub async fn import(&self, name: &str, count: u32) {
        let who = self.who(name);
        let lines: Vec<String> = (1..=count).map(|n| sign_in(who.tenant, n).to_string()).collect();
        let report = self.app.import(who, Cursor::new(lines.join("\n").into_bytes())).await.unwrap();
        assert_eq!((report.imported, report.rejected), (u64::from(count), 0), "{report:?}");
    }

    /// The use case of opening a request.
    ///
    /// # Errors
    /// As the use case.
    pub async fn open(&self, name: &str, named: &[Tenant], allow: bool) -> Result<CaseView, AppError> {
        self.tick();
        let new = NewRequest {
            title: format!("{name} cannot sign in"),
            description: "Blocked since this morning.".to_owned(),
            severity: Severity::Moderate,
            service: "identity".to_owned(),
            problem_type: "signIn/conditionalAccess".to_owned(),
            contact: None,
            resource_tenants: named.iter().map(|place| self.tenant(*place)).collect(),
        };
        let command = OpenCommand { new, allow_advanced_diagnostics: allow };
        self.app.open_request(&self.call(name), command).await
    }

    /// What an engineer asks of a tenant's sign-ins, for two days.
    #[must_use]
    pub fn ask_for(&self, tenant: Tenant) -> AskCommand {
        AskCommand {
            resource_tenant: self.tenant(tenant),
            data_categories: vec![DataCategory::SignInLogs],
            filter: None,
            duration: Some(Duration::days(2)),
            reason_code: ReasonCode::Troubleshooting,
            justification: WHY.to_owned(),
        }
    }

    /// The use case of asking.
    ///
    /// # Errors
    /// As the use case.
    pub async fn ask(
        &self,
        name: &str,
        case: SupportRequestId,
        command: AskCommand,
    ) -> Result<AccessRequestId, AppError> {
        self.tick();
        match self.app.ask(&self.call(name), case, command).await? {
            AccessView::Ask(ask) => Ok(ask.ask.id),
            AccessView::Side(_) => panic!("an engineer was answered with a tenant's record"),
        }
    }

    /// The use case of approving as asked.
    ///
    /// # Errors
    /// As the use case.
    pub async fn approve(&self, name: &str, id: AccessRequestId) -> Result<SideView, AppError> {
        self.approve_narrowed(name, id, Narrowing::default()).await
    }

    /// The use case of approving less than asked.
    ///
    /// # Errors
    /// As the use case.
    pub async fn approve_narrowed(
        &self,
        name: &str,
        id: AccessRequestId,
        narrowing: Narrowing,
    ) -> Result<SideView, AppError> {
        self.tick();
        self.app.approve(&self.call(name), id, VoteCommand { narrowing, ..VoteCommand::default() }).await
    }

    /// The use case of closing.
    ///
    /// # Errors
    /// As the use case.
    pub async fn close(&self, name: &str, case: SupportRequestId) -> Result<CaseView, AppError> {
        self.tick();
        self.app.close(&self.call(name), case, Resolution::Resolved).await
    }

    /// The use case of answering the consent question.
    ///
    /// # Errors
    /// As the use case.
    pub async fn consent(&self, name: &str, case: SupportRequestId, yes: bool) -> Result<CaseView, AppError> {
        self.tick();
        let command = UpdateCommand { allow_advanced_diagnostics: Some(yes), ..UpdateCommand::default() };
        self.app.update_request(&self.call(name), case, command).await
    }

    /// A query for a page of a tenant's sign-ins.
    #[must_use]
    pub fn query(&self, case: SupportRequestId, tenant: Tenant) -> ReadQuery {
        let wanted = Wanted::Page(ListOptions { count: true, ..ListOptions::default() });
        ReadQuery {
            collection: None,
            case,
            tenant: self.tenant(tenant),
            grant: None,
            resource: Resource::SignIn,
            wanted,
            select: None,
        }
    }

    /// The use case of reading; the body is the records as JSON.
    ///
    /// # Errors
    /// As the use case.
    pub async fn read(&self, name: &str, query: &ReadQuery) -> Result<ReadAnswer, AppError> {
        let render = |page: &vouchsafe_app::MaskedAnswer| {
            serde_json::to_vec(&json!({ "value": page.records.values().collect::<Vec<_>>(), "count": page.total, "next": page.next }))
                .unwrap()
        };
        self.app.read(self.who(name), query, render).await
    }

    /// Sweeps until nothing is due.
    pub async fn sweep(&self) {
        while self.app.sweep().await.unwrap() > 0 {}
    }
}

/// The `n`-th sign-in of a tenant.
fn sign_in(tenant: TenantId, n: u32) -> serde_json::Value {
    let person = n % 5;
    json!({
        "id": sign_in_id(tenant, n),
        "createdDateTime": millis(-3_600_000 * i64::from(n)),
        "userId": format!("00000000-0000-4000-9000-00000000000{person}"),
        "userDisplayName": format!("Secret Name {person}"),
        "userPrincipalName": format!("secret{person}@customer.example"),
        "appId": "00000003-0000-0000-c000-000000000000",
        "appDisplayName": "Payroll",
        "ipAddress": format!("203.0.113.{n}"),
        "clientAppUsed": "Browser",
        "isInteractive": true,
        "conditionalAccessStatus": "failure",
        "status": { "errorCode": 53_003, "failureReason": format!("Seen by Secret Name {person}") },
    })
}

/// The true id of the `n`-th sign-in of a tenant.
#[must_use]
pub fn sign_in_id(tenant: TenantId, n: u32) -> String {
    let last = tenant.to_string().chars().last().unwrap_or('0');
    format!("{last}0000000-0000-4000-8000-{n:012}")
}
