//! SQLite behind the façade: one writer that commits waiting units of work as a group, and readers.
//!
//! A unit of work holds the writer while it runs its statements inline. When it is done, it hands the writer to whoever
//! waits; if nobody does, it commits for all that have run by then. What is committed is made durable ([`durable`]) with
//! the writer let go, so that the next group runs meanwhile, and everyone is answered after it. So one caller alone pays
//! one fsync and is never parked, and many callers share one; nothing hops between threads per statement.
//!
//! A unit of work that ends without being kept after it has written must leave no trace, though its group goes on.
//! That is rare, so it is what costs: the transaction is rolled back and what the group has kept is run again, from a
//! journal in memory. A savepoint per unit would make SQLite copy every page that any unit touches: half of its time.

mod backfill;
mod durable;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};

use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use vouchsafe_core::id::TenantId;

use self::backfill::{Backfill, BackfillThread};
use self::durable::{Disk, SyncThread};
use crate::error::StoreError;
use crate::known::{GrownHead, Known, Tokens};
use crate::session::Faults;
use crate::sql::{self, Row, Value, values};

/// Units of work that one fsync commits at most.
const GROUP_MAX: usize = 512;
/// Prepared statements kept per connection.
const STATEMENTS_CACHED: usize = 128;
/// Pages of the write-ahead log after which they are copied into the database: the same few pages change with every
/// unit of work, so the rarer the copying, the less is copied. 32 MB of 4 KiB pages.
const CHECKPOINT_PAGES: u32 = 8_000;
/// Pages that the writer keeps in memory, in KiB: what changes and what is looked up while it does.
const CACHE_KIB: i64 = 32 * 1_024;
/// What a group is told whose transaction SQLite gave up.
const ROLLED_BACK: &str = "the transaction was rolled back";
/// How long a connection waits for a lock of another process.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// Opens the connection of the one writer, whose commits [`durable`] makes durable: SQLite itself syncs only what a
/// checkpoint copies (`synchronous=NORMAL`), and before it does, the write-ahead log.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, true)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

/// Opens a connection with the settings that durability needs: a log may not lose its last commit.
pub(crate) fn open(path: &Path, writable: bool) -> Result<Connection, StoreError> {
    let access = if writable {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    if writable {
        make_private(path).map_err(|source| StoreError::File { path: path.display().to_string(), source })?;
    }
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    if writable {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    }
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    Ok(connection)
}

/// Opens a new file to be loaded: without a journal, for this connection alone. What it holds is worth nothing before
/// it was made durable as a whole.
pub(crate) fn open_loading(path: &Path) -> Result<Connection, StoreError> {
    make_private(path).map_err(|source| StoreError::File { path: path.display().to_string(), source })?;
    let access = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, access)?;
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "journal_mode", "OFF")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    // Pages that split while loading would keep copies that no later deletion overwrites.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    Ok(connection)
}

/// Makes the file, or an existing one, readable by nobody else; SQLite gives its side files the same mode.
///
/// An existing file is never opened here: closing a second descriptor of it would drop the locks that connections of
/// this process hold.
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)),
    }
}

/// The one connection that writes, and what it knows.
pub(crate) struct Writer {
    connection: Connection,
    known: Known,
    tokens: Arc<Tokens>,
    faults: Option<Arc<dyn Faults>>,
    /// Whose units of work the open transaction holds.
    group: Vec<Told>,
    disk: Arc<Disk>,
    backfill: Arc<Backfill>,
    /// What the transaction has written, in order.
    journal: Vec<Written>,
    /// So many of them are of the group; the others are of the running unit.
    kept: usize,
    in_transaction: bool,
}

/// Somebody who waits until a unit of work is durable.
type Told = oneshot::Sender<Result<(), NotCommitted>>;

/// A statement that has changed rows.
struct Written {
    sql: &'static str,
    parameters: Vec<Value>,
    changed: u64,
}

/// Why a group was not committed, for each of its members.
#[derive(Debug, Clone)]
pub(crate) enum NotCommitted {
    /// With these words.
    Because(String),
    /// A test wanted it.
    Injected,
}

impl From<StoreError> for NotCommitted {
    fn from(error: StoreError) -> Self {
        if let StoreError::Injected = error { Self::Injected } else { Self::Because(error.to_string()) }
    }
}

impl From<NotCommitted> for StoreError {
    fn from(reason: NotCommitted) -> Self {
        match reason {
            NotCommitted::Because(words) => Self::CommitFailed(words),
            NotCommitted::Injected => Self::Injected,
        }
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({} waiting)", self.group.len())
    }
}

/// The writer, shared by all who want to write.
#[derive(Debug, Clone)]
pub(crate) struct SharedWriter {
    writer: Arc<Mutex<Writer>>,
    /// Who will hold the writer after its present holder, and look at the group when done.
    coming: Arc<AtomicUsize>,
    disk: Arc<Disk>,
    /// Whose logs were appended to, for the job that publishes checkpoints.
    grown: Arc<std::sync::Mutex<BTreeSet<TenantId>>>,
    _thread: Arc<SyncThread>,
    _backfill: Arc<BackfillThread>,
}

impl SharedWriter {
    /// # Errors
    /// [`StoreError::File`] if the write-ahead log, or the thread that syncs it, cannot be had.
    pub(crate) fn new(
        mut connection: Connection,
        tokens: Arc<Tokens>,
        faults: Option<Arc<dyn Faults>>,
    ) -> Result<Self, StoreError> {
        let disk = Arc::new(Disk::of(&connection)?);
        let copies = Arc::new(BackfillThread::start(&mut connection, CHECKPOINT_PAGES)?);
        let writer = Writer {
            connection,
            known: Known::default(),
            tokens,
            faults,
            group: Vec::new(),
            disk: Arc::clone(&disk),
            backfill: copies.backfill(),
            journal: Vec::new(),
            kept: 0,
            in_transaction: false,
        };
        let writer = Arc::new(Mutex::new(writer));
        let thread = Arc::new(SyncThread::start(Arc::clone(&writer), Arc::clone(&disk))?);
        Ok(Self {
            writer,
            coming: Arc::default(),
            disk,
            grown: Arc::default(),
            _thread: thread,
            _backfill: copies,
        })
    }

    /// Waits for the writer and begins a unit of work.
    pub(crate) async fn begin(&self) -> Result<Unit, StoreError> {
        let coming = Coming::announced(self);
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        coming.has_come();
        if let Err(error) = writer.begin_unit() {
            writer.settle(self.coming());
            self.let_go(writer);
            return Err(error);
        }
        Ok(Unit { writer: Some(writer), shared: self.clone() })
    }

    /// Makes durable what waits, and what was committed before.
    pub(crate) async fn flush(&self) -> Result<(), StoreError> {
        let (told, outcome) = oneshot::channel();
        let mut writer = self.writer.lock().await;
        writer.flush();
        self.disk.committed([told]);
        self.let_go(writer);
        Ok(outcome.await.map_err(|_| StoreError::CommitFailed("the writer has gone".to_owned()))??)
    }

    /// Copies the write-ahead log into the database and cuts it to nothing, once all of it is durable.
    pub(crate) async fn cut_log(&self) -> Result<(), StoreError> {
        self.flush().await?;
        self.alone(|connection| {
            let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            let kept = || StoreError::CommitFailed("a reader keeps the write-ahead log".to_owned());
            (busy == 0).then_some(()).ok_or_else(kept)
        })
        .await
    }

    /// Writes the database anew.
    pub(crate) async fn write_anew(&self) -> Result<(), StoreError> {
        self.flush().await?;
        self.alone(|connection| Ok(connection.execute_batch("VACUUM")?)).await
    }

    /// Uses the connection between two transactions.
    async fn alone<T>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let coming = Coming::announced(self);
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        coming.has_come();
        writer.flush();
        // SQLite refuses a second copy of the log beside a running one, and does not wait for it.
        let backfill = Arc::clone(&writer.backfill);
        let none_running = backfill.none_running();
        let done = act(&writer.connection);
        drop(none_running);
        self.let_go(writer);
        done
    }

    /// Whose logs have grown since this was last asked.
    pub(crate) fn take_grown(&self) -> BTreeSet<TenantId> {
        std::mem::take(&mut *self.grown.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets the writer go; what is committed is made durable, on this thread if it is of one caller alone.
    fn let_go(&self, writer: impl std::ops::Deref<Target = Writer>) {
        drop(writer);
        if let Some(alone) = self.disk.next_alone(self.coming()) {
            self.disk.sync_alone(alone);
        }
    }

    /// How many will hold the writer after its present holder.
    fn coming(&self) -> usize {
        self.coming.load(Ordering::SeqCst)
    }
}

impl Writer {
    fn begin_unit(&mut self) -> Result<(), StoreError> {
        if !self.in_transaction {
            self.disk.mend(&self.connection, &self.backfill)?;
            if !self.connection.is_autocommit() {
                // A rollback failed before; what it should have undone must not get into this transaction.
                self.close();
                self.known.forget();
            }
            self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            self.in_transaction = true;
            self.known.begins(self.written_by_others()?);
        }
        Ok(())
    }

    /// A number that changes when another connection has written.
    fn written_by_others(&self) -> rusqlite::Result<i64> {
        self.connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
    }

    /// Commits the group. It is answered when it is durable, or at once if the commit failed.
    fn flush(&mut self) {
        if !self.in_transaction {
            return;
        }
        let outcome = self.heads_written().and_then(|()| self.may_run("COMMIT")).and_then(|()| {
            self.connection.prepare_cached("COMMIT")?.execute([])?;
            Ok(())
        });
        if let Err(error) = &outcome {
            tracing::error!(%error, "a commit failed");
        }
        self.end(outcome.map_err(NotCommitted::from));
    }

    /// Writes the heads of the logs that the group has appended to: once for all of its entries.
    fn heads_written(&self) -> Result<(), StoreError> {
        for GrownHead { tenant, size, stored } in self.known.grown() {
            self.may_run(sql::SET_LOG_SIZE)?;
            if execute(&self.connection, sql::SET_LOG_SIZE, &values![size, tenant, stored])? != 1 {
                return Err(StoreError::VersionConflict("the log head"));
            }
        }
        Ok(())
    }

    /// Asks whether a test wants this statement to fail.
    fn may_run(&self, statement: &str) -> Result<(), StoreError> {
        self.faults.as_ref().map_or(Ok(()), |faults| faults.before(statement))
    }

    /// Ends the transaction on both sides.
    fn close(&mut self) {
        if !self.connection.is_autocommit() && self.connection.execute_batch("ROLLBACK").is_err() {
            tracing::error!("a rollback failed");
        }
        self.in_transaction = false;
        self.journal.clear();
        self.kept = 0;
    }

    /// Ends the transaction. Its group now waits for the disk, or is told why it failed.
    fn end(&mut self, outcome: Result<(), NotCommitted>) {
        self.close();
        match outcome {
            Ok(()) => {
                if self.known.committed() {
                    self.tokens.forget();
                }
                self.disk.committed(self.group.drain(..));
            }
            Err(reason) => {
                self.known.forget();
                tell(self.group.drain(..), &Err(reason));
            }
        }
    }

    /// Undoes the running unit; the group it ran in goes on.
    fn undo_unit(&mut self, coming: usize) {
        self.known.unit_ended();
        let traces = self.journal.len() > self.kept && !self.group.is_empty();
        if traces && !self.connection.is_autocommit() {
            self.journal.truncate(self.kept);
            if let Err(error) = self.run_again() {
                tracing::error!(%error, "a group could not be run again without the unit of work that was undone");
                return self.end(Err(error.into()));
            }
        }
        self.settle(coming);
    }

    /// Brings the transaction back to what the group has kept.
    fn run_again(&self) -> Result<(), StoreError> {
        self.connection.execute_batch("ROLLBACK; BEGIN IMMEDIATE")?;
        if !self.known.holds(self.written_by_others()?) {
            return Err(StoreError::VersionConflict("the database"));
        }
        for Written { sql, parameters, changed } in &self.journal {
            if execute(&self.connection, sql, parameters)? != *changed {
                return Err(StoreError::VersionConflict("a row"));
            }
        }
        Ok(())
    }

    /// Commits the group if the disk is free for it and no more than it are `coming`: then these run while it is made
    /// durable. Else the last of them commits, or whoever keeps the disk busy. A transaction that holds nothing is ended,
    /// and so is one that SQLite has given up.
    fn settle(&mut self, coming: usize) {
        let members = self.group.len();
        if members == 0 {
            self.close();
            self.known.forget();
        } else if self.connection.is_autocommit() {
            self.end(Err(rolled_back()));
        } else if members >= GROUP_MAX || (members >= coming && self.disk.is_free()) {
            self.flush();
        }
    }
}

fn rolled_back() -> NotCommitted {
    NotCommitted::Because(ROLLED_BACK.to_owned())
}

/// Tells everybody how it ended. Whoever has gone away needs no answer.
fn tell(waiting: impl IntoIterator<Item = Told>, outcome: &Result<(), NotCommitted>) {
    for told in waiting {
        let _ = told.send(outcome.clone());
    }
}

/// A unit of work's hold on the writer. Dropped without [`Unit::commit`], it leaves no trace.
#[derive(Debug)]
pub(crate) struct Unit {
    writer: Option<OwnedMutexGuard<Writer>>,
    shared: SharedWriter,
}

impl Unit {
    pub(crate) fn connection(&self) -> Result<&Connection, StoreError> {
        let rolled_back = || StoreError::CommitFailed(ROLLED_BACK.to_owned());
        let connection = self.writer.as_ref().map(|writer| &writer.connection).ok_or_else(rolled_back)?;
        // After SQLite gave up the transaction, a statement would be a transaction of its own.
        if connection.is_autocommit() { Err(rolled_back()) } else { Ok(connection) }
    }

    /// Runs a statement that changes rows; gives their number.
    pub(crate) fn execute(&mut self, sql: &'static str, parameters: Vec<Value>) -> Result<u64, StoreError> {
        let done = execute(self.connection()?, sql, &parameters);
        if let Some(writer) = &mut self.writer {
            // One that failed counts as well: nobody relies on what SQLite has undone of it.
            let changed = done.as_ref().copied().unwrap_or_default();
            writer.journal.push(Written { sql, parameters, changed });
        }
        done
    }

    /// What the writer knows.
    pub(crate) fn known(&mut self) -> Option<&mut Known> {
        self.writer.as_mut().map(|writer| &mut writer.known)
    }

    /// Keeps the unit, whose logs have these sizes now, and waits until its group is durable.
    pub(crate) async fn commit(mut self, logs: &BTreeMap<TenantId, u64>) -> Result<(), StoreError> {
        let failed = || StoreError::CommitFailed("the writer has gone".to_owned());
        let mut writer = self.writer.take().ok_or_else(failed)?;
        if writer.connection.is_autocommit() {
            // SQLite gave up the transaction in the meantime.
            writer.undo_unit(self.shared.coming());
            self.shared.let_go(writer);
            return Err(rolled_back().into());
        }
        writer.known.unit_ended();
        writer.kept = writer.journal.len();
        for (tenant, size) in logs {
            writer.known.grow(*tenant, *size);
        }
        let (told, outcome) = oneshot::channel();
        writer.group.push(told);
        writer.settle(self.shared.coming());
        self.shared.let_go(writer);
        if !logs.is_empty() {
            // Before the answer: who waits for it may go away, the entries do not.
            let mut grown = self.shared.grown.lock().unwrap_or_else(PoisonError::into_inner);
            grown.extend(logs.keys().copied());
        }
        Ok(outcome.await.map_err(|_| failed())??)
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        if let Some(mut writer) = self.writer.take() {
            writer.undo_unit(self.shared.coming());
            self.shared.let_go(writer);
        }
    }
}

/// Somebody who waits for the writer. A group may rest on them to be committed, so they do not just go away.
struct Coming(Option<SharedWriter>);

impl Coming {
    fn announced(shared: &SharedWriter) -> Self {
        shared.coming.fetch_add(1, Ordering::SeqCst);
        Self(Some(shared.clone()))
    }

    /// They hold the writer now.
    fn has_come(mut self) {
        if let Some(shared) = self.0.take() {
            shared.coming.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        let Some(shared) = self.0.take() else { return };
        // A group may have counted on whoever goes away here.
        if shared.coming.fetch_sub(1, Ordering::SeqCst) == 1 {
            shared.disk.left_open();
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Runs a statement that changes rows; gives their number.
pub(crate) fn execute(connection: &Connection, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
    let changed = connection.prepare_cached(sql)?.execute(rusqlite::params_from_iter(parameters))?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

/// Runs a statement that gives rows.
pub(crate) fn query(
    connection: &Connection,
    sql: &str,
    parameters: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(parameters))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Row::new(values_of(row, columns)?));
    }
    Ok(found)
}

/// The values of a row.
pub(crate) fn values_of(row: &rusqlite::Row<'_>, columns: usize) -> Result<Vec<Value>, StoreError> {
    let mut values = Vec::with_capacity(columns);
    for column in 0..columns {
        values.push(match row.get::<_, SqliteValue>(column)? {
            SqliteValue::Null => Value::Null,
            SqliteValue::Integer(number) => Value::Int(number),
            SqliteValue::Text(text) => Value::Text(text),
            SqliteValue::Blob(bytes) => Value::Bytes(bytes),
            SqliteValue::Real(_) => return Err(StoreError::Corrupt("a column holds a float".to_owned())),
        });
    }
    Ok(values)
}

#[cfg(test)]
mod tests;
