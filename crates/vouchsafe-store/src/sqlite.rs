//! SQLite behind the façade: one writer that commits waiting units of work as a group, and readers.
//!
//! A unit of work holds the writer while it runs its statements inline, in a savepoint. When it commits, it hands
//! the writer to whoever waits and queues up again behind them: the first that finds its turn commits for all that
//! have run by then, with one fsync, and everyone is answered after it. So one caller alone pays one fsync, and
//! many callers share one; nothing hops between threads per statement.

use std::path::Path;
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use crate::error::StoreError;
use crate::sql::{Row, Value};

/// Units of work that one fsync commits at most.
const GROUP_MAX: usize = 512;
/// Prepared statements kept per connection.
const STATEMENTS_CACHED: usize = 128;
/// What a group is told whose transaction SQLite gave up.
const ROLLED_BACK: &str = "the transaction was rolled back";
/// How long a connection waits for a lock of another process, in milliseconds.
const BUSY_TIMEOUT_MS: u64 = 5_000;

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
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_TIMEOUT_MS))?;
    if writable {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
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

/// The one connection that writes.
pub(crate) struct Writer {
    connection: Connection,
    /// Who waits for the group's fsync.
    group: Vec<oneshot::Sender<Result<(), String>>>,
    in_transaction: bool,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({} waiting)", self.group.len())
    }
}

/// The writer, shared by all who want to write.
#[derive(Debug, Clone)]
pub(crate) struct SharedWriter(Arc<Mutex<Writer>>);

impl SharedWriter {
    pub(crate) fn new(connection: Connection) -> Self {
        Self(Arc::new(Mutex::new(Writer { connection, group: Vec::new(), in_transaction: false })))
    }

    /// Waits for the writer and begins a unit of work in a savepoint.
    pub(crate) async fn begin(&self) -> Result<Unit, StoreError> {
        let mut writer = Arc::clone(&self.0).lock_owned().await;
        writer.begin_unit()?;
        Ok(Unit { writer: Some(writer), shared: self.clone() })
    }

    /// Commits what waits; called before the program ends.
    pub(crate) async fn flush(&self) {
        self.0.lock().await.flush();
    }
}

impl Writer {
    fn begin_unit(&mut self) -> Result<(), StoreError> {
        if !self.in_transaction {
            if !self.connection.is_autocommit() {
                // A rollback failed before; what it should have undone must not get into this transaction.
                self.connection.execute_batch("ROLLBACK")?;
            }
            self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            self.in_transaction = true;
        }
        let begun = self.connection.prepare_cached("SAVEPOINT unit").and_then(|mut sql| sql.execute([]));
        if let Err(error) = begun {
            self.leave_none_open();
            return Err(error.into());
        }
        Ok(())
    }

    /// Commits the group and answers everyone in it.
    fn flush(&mut self) {
        if !self.in_transaction {
            return;
        }
        let outcome = off_the_async_path(|| self.connection.prepare_cached("COMMIT")?.execute([]));
        let outcome = outcome.map(drop).map_err(|error| {
            tracing::error!(%error, "a commit failed");
            error.to_string()
        });
        self.end(&outcome);
    }

    /// Ends the transaction on both sides and tells the group.
    fn end(&mut self, outcome: &Result<(), String>) {
        if !self.connection.is_autocommit() && self.connection.execute_batch("ROLLBACK").is_err() {
            tracing::error!("a rollback failed");
        }
        self.in_transaction = false;
        for waiting in self.group.drain(..) {
            // Whoever has gone away needs no answer.
            let _ = waiting.send(outcome.clone());
        }
    }

    /// Undoes the running unit; the group it ran in goes on.
    fn undo_unit(&mut self) {
        let undone = self.connection.execute_batch("ROLLBACK TO unit; RELEASE unit");
        if undone.is_err() || self.connection.is_autocommit() {
            // SQLite gave up the whole transaction (disk full, I/O error): nobody in the group was committed.
            self.end(&Err(ROLLED_BACK.to_owned()));
        } else {
            self.leave_none_open();
        }
    }

    /// Ends a transaction that nobody else would end: one that holds no unit of work, and one whose members have all
    /// stopped waiting. Every other member commits it when its turn comes.
    fn leave_none_open(&mut self) {
        if self.group.is_empty() || self.connection.is_autocommit() {
            self.end(&Err(ROLLED_BACK.to_owned()));
        } else if self.group.iter().all(oneshot::Sender::is_closed) {
            self.flush();
        }
    }
}

/// Runs a blocking call without holding up the other tasks of this thread, where the runtime allows it.
fn off_the_async_path<T>(call: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(call),
        Ok(_) | Err(_) => call(),
    }
}

/// A unit of work's hold on the writer. Dropped without [`Unit::commit`], its savepoint is undone.
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

    /// Keeps the unit and waits until its group is durable.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        let failed = || StoreError::CommitFailed("the writer has gone".to_owned());
        let mut writer = self.writer.take().ok_or_else(failed)?;
        if let Err(error) =
            writer.connection.prepare_cached("RELEASE unit").and_then(|mut sql| sql.execute([]))
        {
            writer.undo_unit();
            return Err(error.into());
        }
        let (told, mut outcome) = oneshot::channel();
        writer.group.push(told);
        if writer.group.len() >= GROUP_MAX {
            writer.flush();
        }
        drop(writer);
        let mut flusher = FlushIfAbandoned { shared: Some(self.shared.clone()) };
        let result = tokio::select! {
            biased;
            result = &mut outcome => result,
            mut writer = Arc::clone(&self.shared.0).lock_owned() => {
                // A group that was committed in the meantime has told its members; ours may be a later one.
                if outcome.is_empty() && !outcome.is_terminated() {
                    writer.flush();
                }
                drop(writer);
                outcome.await
            }
        };
        flusher.shared = None;
        result.map_err(|_| failed())?.map_err(StoreError::CommitFailed)
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        if let Some(mut writer) = self.writer.take() {
            writer.undo_unit();
        }
    }
}

/// Commits a group whose last member stopped waiting (a client that hung up), so that nothing stays open.
struct FlushIfAbandoned {
    shared: Option<SharedWriter>,
}

impl Drop for FlushIfAbandoned {
    fn drop(&mut self) {
        let Some(shared) = self.shared.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move { shared.flush().await })),
            // Nothing can be spawned. If a unit of work holds the writer, its own end commits the group.
            Err(_) => {
                if let Ok(mut writer) = shared.0.try_lock() {
                    writer.flush();
                }
            }
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
        found.push(Row::new(values));
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
