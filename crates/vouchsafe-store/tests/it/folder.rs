//! A store in a folder of its own, with a clock and random streams that the test holds.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use vouchsafe_core::audit::Initiator;
use vouchsafe_core::decided::{Context, Decided};
use vouchsafe_core::engineer::EngineerProfile;
use vouchsafe_core::id::{Id, TenantId, TokenId, UserId, uuid_v7};
use vouchsafe_core::permit::{SetUp, for_service};
use vouchsafe_core::person::{Person, PersonKind};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::role::Assignment;
use vouchsafe_core::setup::{self, Account, TokenRecord};
use vouchsafe_core::tenant::{SupportAccessPolicy, Tenant, TenantKind};
use vouchsafe_core::time::Timestamp;
use vouchsafe_store::edge::{Entropy, ManualClock, SeededEntropy};
use vouchsafe_store::{Database, Faults, Options, Store, StoreError};
use vouchsafe_testkit::database::{database, execute};

pub(crate) const START_MILLIS: i64 = 1_800_000_000_000;

/// A folder that goes away with its owner.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("state.sqlite")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Seeded streams that remember the salts drawn from them: nothing else in the store is drawn by 32 bytes.
#[derive(Debug)]
pub(crate) struct Draws {
    streams: SeededEntropy,
    salts: Mutex<Vec<(TenantId, [u8; 32])>>,
}

impl Draws {
    fn new() -> Arc<Self> {
        Arc::new(Self { streams: SeededEntropy::new(7), salts: Mutex::default() })
    }

    /// In the order of their drawing.
    pub(crate) fn salts(&self, tenant: TenantId) -> Vec<[u8; 32]> {
        let salts = self.salts.lock().unwrap();
        salts.iter().filter(|(drawn_for, _)| *drawn_for == tenant).map(|(_, salt)| *salt).collect()
    }
}

impl Entropy for Draws {
    fn fill(&self, stream: TenantId, bytes: &mut [u8]) {
        self.streams.fill(stream, bytes);
        if let Ok(salt) = <[u8; 32]>::try_from(&*bytes) {
            self.salts.lock().unwrap().push((stream, salt));
        }
    }
}

fn options(clock: &ManualClock, draws: &Arc<Draws>, folder: &Folder) -> Options {
    let entropy = Arc::clone(draws) as Arc<dyn Entropy>;
    let database = database(folder.path());
    Options { clock: Arc::new(clock.clone()), entropy, faults: None, bucket: None, database }
}

/// A store with its surroundings.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) store: Store,
    pub(crate) clock: ManualClock,
    pub(crate) folder: Folder,
    pub(crate) draws: Arc<Draws>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with(|options| options)
    }

    pub(crate) fn with(change: impl FnOnce(Options) -> Options) -> Self {
        let clock = ManualClock::at(Timestamp::from_millis(START_MILLIS));
        let folder = Folder::new();
        let draws = Draws::new();
        let store = Store::open(folder.path(), change(options(&clock, &draws, &folder))).unwrap();
        Self { store, clock, folder, draws }
    }

    pub(crate) fn failing(faults: Arc<dyn Faults>) -> Self {
        Self::with(|options| Options { faults: Some(faults), ..options })
    }

    /// A store whose provider has this id.
    pub(crate) fn of_provider(provider: TenantId) -> Self {
        let home = Self::new();
        let change = "UPDATE deployment SET value = $1 WHERE name = 'provider'";
        assert_eq!(home.behind_its_back(change, &[&provider.to_string()]), 1);
        Self { store: home.reopened().unwrap(), ..home }
    }

    /// Changes rows as somebody would who can write to the database; gives their number.
    pub(crate) fn behind_its_back(&self, change: &str, values: &[&str]) -> u64 {
        match database(self.folder.path()) {
            Database::Embedded => {
                let raw = rusqlite::Connection::open(self.folder.database()).unwrap();
                raw.execute(change, rusqlite::params_from_iter(values)).unwrap() as u64
            }
            Database::Postgres(_) => execute(self.folder.path(), change, values),
        }
    }

    pub(crate) fn reopened(&self) -> Result<Store, StoreError> {
        Store::open(self.folder.path(), options(&self.clock, &self.draws, &self.folder))
    }

    /// Records a decision of the service in a unit of work of its own.
    pub(crate) async fn set_up(
        &self,
        tenants: &[TenantId],
        decide: impl FnOnce(&Context) -> Decided<SetUp>,
    ) -> Result<(), StoreError> {
        let mut work = self.store.work().await?;
        work.lock(tenants.iter().copied()).await?;
        let decided = decide(&work.context(Initiator::Service));
        let permit = for_service::<SetUp>(work.id(), decided.subject());
        work.record(permit, decided).await?;
        work.commit().await
    }

    pub(crate) async fn add_tenant(&self, tenant: Tenant) -> Result<(), StoreError> {
        self.set_up(&[tenant.id], |cx| setup::create_tenant(tenant, cx).unwrap()).await
    }

    pub(crate) async fn add_person(&self, person: Person, roles: &[&str]) -> Result<(), StoreError> {
        let roles = roles.iter().map(|role| Assignment::lasting(*role)).collect();
        self.set_up(&[person.tenant], |cx| setup::add_user(Account { person, roles }, cx)).await
    }
}

pub(crate) fn id<I: Id>(n: u64) -> I {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    I::from_uuid(uuid_v7(Timestamp::from_millis(START_MILLIS), random))
}

pub(crate) fn tenant(n: u64, kind: TenantKind) -> Tenant {
    Tenant {
        id: id(n),
        kind,
        display_name: format!("Tenant {n}"),
        verified_domains: vec![format!("tenant{n}.example")],
        created: Timestamp::from_millis(START_MILLIS),
        policy: SupportAccessPolicy::default(),
        retention: vouchsafe_core::retention::Retention::default(),
    }
}

pub(crate) fn person(tenant: TenantId, n: u64, name: &str) -> Person {
    let id: UserId = id(n);
    Person {
        id,
        tenant,
        display_name: Personal::new(id, name),
        user_principal_name: Personal::new(id, format!("{}.{n}@example.com", name.to_lowercase())),
        kind: PersonKind::User,
        active: true,
        employer: String::new(),
        location: String::new(),
        expertise: Vec::new(),
        profile: EngineerProfile::default(),
        deleted: None,
    }
}

pub(crate) fn token(tenant: TenantId, n: u64) -> TokenRecord {
    let id: TokenId = id(n);
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&n.to_be_bytes());
    TokenRecord {
        id,
        tenant,
        user: self::id(n),
        hash,
        name: Personal::new(self::id(n), "Nightly export"),
        scopes: None,
        created: Timestamp::from_millis(START_MILLIS),
        expires: Timestamp::from_millis(START_MILLIS * 2),
        revoked: None,
        last_used: None,
    }
}
