//! The record files and their open connections.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use rusqlite::{Connection, InterruptHandle};
use tokio::sync::OwnedMutexGuard;
use vouchsafe_core::id::{DataCollectionId, GrantId, Id as _, TenantId};

use super::load;
use super::object_list;
use super::packing::Unpacker;
use crate::error::StoreError;
use crate::sqlite;
use crate::store::Store;

/// Idle connections kept in all. A new one costs as much as a page: its statements are prepared, its dictionaries loaded.
const IDLE_MAX: usize = 64;
/// Pages that a connection keeps in memory, in KiB: the inner pages of its indexes; the system keeps the others.
const CACHE_KIB: i64 = 1_024;
/// How long a query may run before it is refused, in milliseconds (`diagnostics.md`, *Reading it*).
const QUERY_TIMEOUT_MS: u64 = 2_000;
/// How often a query that shall stop is told so: an interrupt between two statements is lost.
const STOP_AGAIN: tokio::time::Duration = tokio::time::Duration::from_millis(20);

/// Whose records: a tenant's, or those of one submission of a data collection, which lie in a file of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordsOf {
    of: uuid::Uuid,
    /// The grant of the submission, where `of` is a collection.
    grant: Option<uuid::Uuid>,
}

impl RecordsOf {
    /// The records of what was submitted of a collection, by the grant that this made.
    #[must_use]
    pub fn submission(collection: DataCollectionId, grant: GrantId) -> Self {
        Self { of: collection.uuid(), grant: Some(grant.uuid()) }
    }

    /// The name of their file, without its end.
    fn name(self) -> String {
        let of = self.of.hyphenated();
        self.grant.map_or_else(|| of.to_string(), |grant| format!("{of}_{}", grant.hyphenated()))
    }

    /// What a file of this name holds, if it is the main file of one submission of the collection.
    fn submission_of(collection: DataCollectionId, file: &str) -> Option<Self> {
        let grant = file.strip_suffix(".sqlite")?.strip_prefix(&collection.uuid().to_string())?;
        let grant = grant.strip_prefix('_')?.parse().ok()?;
        Some(Self { of: collection.uuid(), grant: Some(grant) })
    }
}

impl From<TenantId> for RecordsOf {
    fn from(tenant: TenantId) -> Self {
        Self { of: tenant.uuid(), grant: None }
    }
}

/// A tenant's file, open for reading, and what was learned about it.
#[derive(Debug)]
struct OpenFile {
    connection: Connection,
    unpacker: Unpacker,
    /// Which file of this name it is.
    inode: Option<u64>,
}

/// The record files and their open connections.
#[derive(Debug)]
pub(crate) struct RecordFiles {
    folder: PathBuf,
    idle: Mutex<HashMap<RecordsOf, Vec<OpenFile>>>,
    /// One at a time writes into a tenant's file.
    writing: Mutex<HashMap<RecordsOf, Weak<tokio::sync::Mutex<()>>>>,
    /// How long a query may run.
    pub(super) limit: tokio::time::Duration,
}

/// A consistent view of a tenant's file while a query runs.
#[derive(Debug)]
pub(super) struct View<'f> {
    pub(super) connection: &'f Connection,
    pub(super) unpacker: &'f Unpacker,
    stopped: &'f AtomicBool,
}

impl View<'_> {
    /// Between two statements, where an interrupt is lost.
    ///
    /// # Errors
    /// [`StoreError::TooSlow`] once the query shall stop.
    pub(super) fn go_on(&self) -> Result<(), StoreError> {
        if self.stopped.load(Ordering::Relaxed) { Err(StoreError::TooSlow) } else { Ok(()) }
    }
}

impl RecordFiles {
    /// The files in `folder`. Leftovers of imports that a crash ended are removed.
    pub(crate) fn new(folder: PathBuf) -> Self {
        load::remove_left_over(&folder);
        let limit = tokio::time::Duration::from_millis(QUERY_TIMEOUT_MS);
        Self { folder, idle: Mutex::default(), writing: Mutex::default(), limit }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn path(&self, of: RecordsOf) -> PathBuf {
        self.folder.join(format!("{}.sqlite", of.name()))
    }

    /// The submissions of a collection whose records are here.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub(super) fn submissions(&self, collection: DataCollectionId) -> Result<Vec<RecordsOf>, StoreError> {
        let failed = |source| StoreError::File { path: self.folder.display().to_string(), source };
        let files = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            files => files.map_err(failed)?,
        };
        let mut found = Vec::new();
        for file in files {
            let name = file.map_err(failed)?.file_name();
            found.extend(name.to_str().and_then(|name| RecordsOf::submission_of(collection, name)));
        }
        Ok(found)
    }

    /// Waits for the turn to write into a tenant's file.
    pub(super) async fn turn(&self, of: RecordsOf) -> OwnedMutexGuard<()> {
        let lock = {
            let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
            writing.retain(|_, lock| lock.strong_count() > 0);
            let known = writing.get(&of).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let lock = Arc::new(tokio::sync::Mutex::new(()));
                writing.insert(of, Arc::downgrade(&lock));
                lock
            })
        };
        lock.lock_owned().await
    }

    fn kept(&self, of: RecordsOf) -> Option<OpenFile> {
        self.idle().get_mut(&of).and_then(Vec::pop)
    }

    fn idle(&self) -> MutexGuard<'_, HashMap<RecordsOf, Vec<OpenFile>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a connection for the next query of the same tenant, unless the file has gone meanwhile; another one may be
    /// in its place.
    fn keep(&self, of: RecordsOf, file: OpenFile) {
        if inode(&self.path(of)) != file.inode {
            return;
        }
        let mut idle = self.idle();
        let full = idle.values().map(Vec::len).sum::<usize>() >= IDLE_MAX;
        let closed = if full { std::mem::take(&mut *idle) } else { HashMap::new() };
        idle.entry(of).or_default().push(file);
        drop(idle);
        // Closing takes a while, and nobody waits for it.
        drop(closed);
    }

    /// Closes the idle connections of a tenant.
    pub(super) fn forget(&self, of: RecordsOf) {
        let closed = self.idle().remove(&of);
        drop(closed);
    }
}

impl Store {
    /// Runs a query on a view of a tenant's file, off the async threads and within the time limit; without a view where
    /// the tenant has no file.
    pub(super) async fn with_records<T: Send + 'static>(
        &self,
        of: RecordsOf,
        run: impl FnOnce(Option<&View<'_>>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let file = match self.records.kept(of) {
            Some(file) => file,
            None => {
                let path = self.records.path(of);
                match blocking(move || open(&path)).await? {
                    Some(file) => file,
                    None => return blocking(move || run(None)).await,
                }
            }
        };
        let runs = Arc::new(());
        let stop = Stop {
            asked: Arc::default(),
            query: Arc::new(file.connection.get_interrupt_handle()),
            running: Arc::downgrade(&runs),
        };
        let stopped = Arc::clone(&stop.asked);
        let mut task = std::pin::pin!(blocking(move || {
            let view = View { connection: &file.connection, unpacker: &file.unpacker, stopped: &stopped };
            let result = view.go_on().and_then(|()| consistently(&view, run));
            drop(runs);
            Ok((result, file))
        }));
        let mut done = tokio::time::timeout(self.records.limit, task.as_mut()).await;
        while done.is_err() {
            stop.now();
            done = tokio::time::timeout(STOP_AGAIN, task.as_mut()).await;
        }
        let (result, file) = done.map_err(|_| StoreError::TooSlow)??;
        // Kept only now that no interrupt can be on its way to it.
        self.records.keep(of, file);
        result
    }
}

/// Opens a file for reading, brought up to the kinds that this program knows.
fn open(path: &Path) -> Result<Option<OpenFile>, StoreError> {
    if !path.exists() {
        return Ok(None);
    }
    let mut connection = sqlite::open(path, false)?;
    if !load::is_complete(&connection)? {
        drop(connection);
        load::complete(&sqlite::open(path, true)?)?;
        connection = sqlite::open(path, false)?;
    }
    object_list::teach_places(&connection)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(Some(OpenFile { connection, unpacker: Unpacker::default(), inode: inode(path) }))
}

fn inode(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|file| file.ino())
}

/// Runs in one transaction, so that all statements see the same.
fn consistently<T>(
    view: &View<'_>,
    run: impl FnOnce(Option<&View<'_>>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    view.connection.prepare_cached("BEGIN")?.execute([])?;
    let result = run(Some(view));
    // Nothing was written: it ends the view, and what the query found stands.
    if let Err(error) = view.connection.execute_batch("COMMIT") {
        tracing::debug!(%error, "a reading transaction did not end");
        drop(view.connection.execute_batch("ROLLBACK"));
    }
    result
}

/// Stops a query: on request, or when nobody waits for it any more.
struct Stop {
    asked: Arc<AtomicBool>,
    query: Arc<InterruptHandle>,
    /// Lives as long as the query runs or waits to run.
    running: Weak<()>,
}

impl Stop {
    fn now(&self) {
        self.asked.store(true, Ordering::SeqCst);
        self.query.interrupt();
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        if self.running.strong_count() == 0 {
            return;
        }
        self.now();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (query, running) = (Arc::clone(&self.query), Weak::clone(&self.running));
            runtime.spawn(async move {
                while running.strong_count() > 0 {
                    query.interrupt();
                    tokio::time::sleep(STOP_AGAIN).await;
                }
            });
        }
    }
}

/// Runs off the async threads.
pub(super) async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(run).await {
        Ok(result) => result,
        Err(error) => Err(StoreError::Corrupt(format!("a query task failed: {error}"))),
    }
}

#[cfg(test)]
mod tests;
