//! The store: opens a data folder, begins units of work and hands out readers.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::setup::TokenRecord;
use vouchsafe_core::time::Timestamp;

use crate::edge::{Clock, Entropy, SystemClock, SystemEntropy};
use crate::error::StoreError;
use crate::files::{Bucket, Files};
use crate::known::Tokens;
use crate::lease::Leases;
use crate::live::{Live, SharedLive};
use crate::migrate;
use crate::opened::OpenedDocuments;
use crate::postgres::{self, Connections, Nodes, PostgresUrl};
use crate::records::RecordFiles;
use crate::seal::{KeyCache, MasterKey};
use crate::session::{Faults, Session};
use crate::sql::{self, values};
use crate::sqlite::{self, SharedWriter};
use crate::work::Work;

/// Reader connections kept open.
const READERS_MAX: usize = 16;

/// Where the store gets its surroundings from.
#[derive(Debug, Clone)]
pub struct Options {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness of ids, numbers and secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Fails statements, in tests.
    pub faults: Option<Arc<dyn Faults>>,
    /// Where files that customers send lie; in the data folder without it.
    pub bucket: Option<Bucket>,
    /// Which database holds the state.
    pub database: Database,
}

/// Which database holds the state.
#[derive(Debug, Clone, Default)]
pub enum Database {
    /// SQLite in the data folder: one process serves it.
    #[default]
    Embedded,
    /// PostgreSQL, shared by all nodes of a deployment. Each has a data folder of its own with the same master key.
    Postgres(Box<PostgresUrl>),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            faults: None,
            bucket: None,
            database: Database::default(),
        }
    }
}

/// The data of one deployment.
#[derive(Debug)]
pub struct Store {
    engine: Engine,
    leases: Leases,
    live: SharedLive,
    pub(crate) records: RecordFiles,
    files: Files,
    master: Arc<MasterKey>,
    keys: Arc<KeyCache>,
    documents: Arc<OpenedDocuments>,
    tokens: Arc<Tokens>,
    options: Options,
    provider: TenantId,
}

/// What runs the statements.
#[derive(Debug)]
enum Engine {
    Sqlite { path: PathBuf, writer: SharedWriter, readers: Readers },
    Postgres(Connections),
}

/// A data folder taken by this process. A server takes it before it opens the store and keeps it to its end, so that
/// no second server writes past the first one's memory of what is being sent.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder, making it if there is none.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while another process has it.
    pub fn take(folder: &Path) -> Result<Self, StoreError> {
        private_folder(folder)?;
        let path = folder.join("in-use");
        let failed = |source| StoreError::File { path: path.display().to_string(), source };
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

impl Store {
    /// Opens the data of which `folder` holds the master key, and all else that is not in a shared database, making it if
    /// there is none. The provider's id is drawn at the first opening. Blocks until the schema is up to date.
    ///
    /// # Errors
    /// [`StoreError`] if the folder, the key or the schema cannot be used.
    pub fn open(folder: &Path, options: Options) -> Result<Self, StoreError> {
        private_folder(folder)?;
        let tokens = Arc::<Tokens>::default();
        let path = folder.join("state.sqlite");
        let key = folder.join("master.key");
        let (master, engine, provider) = match &options.database {
            Database::Embedded => {
                let used = std::fs::metadata(&path).is_ok_and(|file| file.len() > 0);
                let master = master_key(&key, used)?;
                let connection = sqlite::open_writer(&path)?;
                migrate::run(&connection)?;
                belongs_here(&master, &connection)?;
                let provider = provider_id(&connection, &*options.entropy)?;
                let readers = Readers::new(path.clone());
                let writer = SharedWriter::new(connection, Arc::clone(&tokens), options.faults.clone())?;
                (master, Engine::Sqlite { path, writer, readers }, provider)
            }
            Database::Postgres(url) => {
                let first = || new_provider_id(&*options.entropy).to_string();
                let check = |used| master_key(&key, used).map(|master| master.check());
                let provider = postgres::set_up(url, check, first)?;
                let wrong = |_| StoreError::Corrupt("the provider's id is none".to_owned());
                let engine = Engine::Postgres(Connections::new(url)?);
                (MasterKey::load_or_create(&key)?, engine, provider.parse().map_err(wrong)?)
            }
        };
        let nodes = match &options.database {
            Database::Embedded => None,
            Database::Postgres(url) => Some(Nodes::on(url)),
        };
        let files = match &options.bucket {
            Some(bucket) => Files::in_bucket(bucket)?,
            None => Files::in_folder(&folder.join("files"))?,
        };
        Ok(Self {
            engine,
            leases: Leases::default(),
            live: Arc::new(Live::new(provider, nodes)),
            master: Arc::new(master),
            records: RecordFiles::new(folder.join("records")),
            files,
            keys: Arc::default(),
            documents: Arc::default(),
            tokens,
            options,
            provider,
        })
    }

    /// The provider's tenant id.
    #[must_use]
    pub fn provider(&self) -> TenantId {
        self.provider
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.options.clock.now()
    }

    /// The secret from which masks are derived.
    #[must_use]
    pub fn master(&self) -> &MasterKey {
        &self.master
    }

    /// The files that customers send.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Fills `bytes` from a tenant's random stream.
    pub fn random(&self, stream: TenantId, bytes: &mut [u8]) {
        self.options.entropy.fill(stream, bytes);
    }

    /// Begins a unit of work. Dropped without [`Work::commit`], it changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn work(&self) -> Result<Work, StoreError> {
        let (provider, master) = (self.provider, Arc::clone(&self.master));
        let faults = self.options.faults.clone();
        let session = match &self.engine {
            Engine::Sqlite { writer, .. } => {
                let (keys, documents) = (Arc::clone(&self.keys), Arc::clone(&self.documents));
                Session::writing(writer.begin().await?, provider, master, keys, documents, faults)
            }
            Engine::Postgres(connections) => Session::shared(connections.unit(), provider, master, faults),
        };
        Ok(Work::new(session, self.options.clone(), self.provider, Arc::clone(&self.live)))
    }

    /// A consistent view of what is committed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn read(&self) -> Result<Reader, StoreError> {
        let (provider, master) = (self.provider, Arc::clone(&self.master));
        let mut session = match &self.engine {
            Engine::Sqlite { readers, .. } => {
                let (keys, documents) = (Arc::clone(&self.keys), Arc::clone(&self.documents));
                Session::reading(readers.take()?, provider, master, keys, documents)
            }
            Engine::Postgres(connections) => Session::shared(connections.view(), provider, master, None),
        };
        let now = self.options.clock.now();
        session.set_instant(now);
        Ok(Reader { session, now })
    }

    /// The API token with this hash. Where no other node can change one, it is looked up once, then known until a change
    /// of tokens is committed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn token(&self, tenant: TenantId, hash: [u8; 32]) -> Result<Option<TokenRecord>, StoreError> {
        if let Engine::Postgres(_) = self.engine {
            return self.read()?.token(tenant, hash).await;
        }
        let begun = match self.tokens.get(tenant, hash) {
            Ok(known) => return Ok(Some(known)),
            Err(begun) => begun,
        };
        let found = self.read()?.token(tenant, hash).await?;
        if let Some(token) = &found {
            self.tokens.put(token.clone(), begun);
        }
        Ok(found)
    }

    /// Waits until all is on disk that a reader can see now.
    ///
    /// # Errors
    /// [`StoreError::CommitFailed`] if it cannot be made durable.
    pub async fn settle(&self) -> Result<(), StoreError> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => writer.flush().await,
            // Nobody sees there what is not on disk.
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Makes everything durable that was handed over; for a graceful end.
    pub async fn close(&self) {
        if let Err(error) = self.settle().await {
            tracing::error!(%error, "the last writes could not be made durable");
        }
    }

    /// Forgets a person's key, and every document that was opened with it.
    pub(crate) fn forget_person(&self, tenant: TenantId, user: UserId) {
        self.keys.remove(tenant, user);
        self.documents.clear();
    }

    /// Copies the write-ahead log into the database and cuts it to nothing. Gives the database's file; PostgreSQL has none
    /// of ours.
    pub(crate) async fn cut_log(&self) -> Result<Option<&Path>, StoreError> {
        match &self.engine {
            Engine::Sqlite { path, writer, readers } => {
                // A connection that only reads may keep pages of the log, too.
                readers.close_idle();
                writer.cut_log().await.map(|()| Some(path.as_path()))
            }
            Engine::Postgres(_) => Ok(None),
        }
    }

    /// Writes the database anew, without pages that no row points to.
    pub(crate) async fn write_anew(&self) -> Result<(), StoreError> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => writer.write_anew().await,
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// The tenants whose logs have entries that no checkpoint covers: those that this process has appended to since it
    /// was last asked, or all of a database that others append to as well. The last of it may not be committed yet, so
    /// whoever publishes looks at each of them in the next round once more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn take_grown(&self) -> Result<BTreeSet<TenantId>, StoreError> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => Ok(writer.take_grown()),
            Engine::Postgres(_) => self.read()?.logs_behind().await,
        }
    }

    pub(crate) fn live(&self) -> &Live {
        &self.live
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.options.clock
    }

    pub(crate) fn leases(&self) -> &Leases {
        &self.leases
    }

    /// Whether other nodes may serve the same data.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }
}

/// Makes a folder that nobody else can look into.
pub(crate) fn private_folder(folder: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)))
        .map_err(|source| StoreError::File { path: folder.display().to_string(), source })
}

/// The master key. A new one is made for a new database only: an old one's values would never open again.
fn master_key(key: &Path, used: bool) -> Result<MasterKey, StoreError> {
    if used && !key.exists() {
        let source = std::io::Error::new(
            std::io::ErrorKind::NotFound,
            "the database exists, but the key that opens its values does not",
        );
        return Err(StoreError::File { path: key.display().to_string(), source });
    }
    MasterKey::load_or_create(key)
}

/// Refuses a key that is not the one this database was made with.
fn belongs_here(master: &MasterKey, connection: &Connection) -> Result<(), StoreError> {
    let name = sql::KEY_CHECK;
    match sqlite::query(connection, sql::SETTING, &values![name])?.into_iter().next() {
        Some(mut row) => {
            let wrong = || StoreError::Corrupt("the master key is not the one of this database".to_owned());
            (row.text(0)? == master.check()).then_some(()).ok_or_else(wrong)
        }
        None => sqlite::execute(connection, sql::SET_SETTING, &values![name, master.check()]).map(drop),
    }
}

fn provider_id(connection: &Connection, entropy: &dyn Entropy) -> Result<TenantId, StoreError> {
    if let Some(mut row) =
        sqlite::query(connection, sql::SETTING, &values![sql::PROVIDER])?.into_iter().next()
    {
        return row.parsed(0);
    }
    let provider = new_provider_id(entropy);
    sqlite::execute(connection, sql::SET_SETTING, &values![sql::PROVIDER, provider])?;
    Ok(provider)
}

fn new_provider_id(entropy: &dyn Entropy) -> TenantId {
    use vouchsafe_core::id::Id as _;
    let mut random = [0; 16];
    entropy.fill(TenantId::from_uuid(uuid::Uuid::nil()), &mut random);
    TenantId::from_uuid(uuid::Builder::from_random_bytes(random).into_uuid())
}

/// A consistent view of what is committed; every loader and list is its method.
#[derive(Debug)]
pub struct Reader {
    session: Session,
    now: Timestamp,
}

impl Reader {
    /// The instant at which the view was taken.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn set_now(&mut self, now: Timestamp) {
        self.now = now;
        self.session.set_instant(now);
    }
}

impl Deref for Reader {
    type Target = Session;
    fn deref(&self) -> &Session {
        &self.session
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}

/// Connections that only read.
#[derive(Debug, Clone)]
struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    fn new(path: PathBuf) -> Self {
        Self { path, idle: Arc::default() }
    }

    fn close_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn take(&self) -> Result<PooledReader, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => sqlite::open(&self.path, false)?,
        };
        connection.prepare_cached("BEGIN")?.execute([])?;
        Ok(PooledReader { connection: Some(connection), idle: Arc::clone(&self.idle) })
    }
}

/// A reader connection with an open snapshot; goes back to its pool when dropped.
#[derive(Debug)]
pub(crate) struct PooledReader {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl PooledReader {
    pub(crate) fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection
            .as_ref()
            .ok_or_else(|| StoreError::Corrupt("a reader was used after its end".to_owned()))
    }
}

impl Drop for PooledReader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let ended = connection.execute_batch("COMMIT").is_ok();
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if ended && idle.len() < READERS_MAX {
                idle.push(connection);
            }
        }
    }
}
