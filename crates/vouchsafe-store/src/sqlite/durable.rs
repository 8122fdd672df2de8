//! Making commits durable, with the writer free for the next group.
//!
//! With `synchronous=FULL`, SQLite syncs its write-ahead log inside of `COMMIT`, while it holds the writer: nobody can
//! run a statement meanwhile. Here `COMMIT` only writes the log, and [`Disk`] syncs it afterwards, by a file handle of
//! its own: on the caller's thread for one caller alone, else on one thread for all ([`SyncThread`]). Nobody is answered
//! before. The log is written in order, so whoever builds on a commit that is not durable yet, a reader or the next
//! group, is not durable before it either.
//!
//! Everything else is SQLite's `synchronous=NORMAL`: a checkpoint syncs the log before it copies it into the database,
//! and a crash leaves a prefix of the commits (<https://sqlite.org/pragma.html#pragma_synchronous>).
//!
//! Whoever holds the writer may lock the disk; whoever has locked the disk may only try the writer.

use std::fs::File;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::backfill::Backfill;
use super::{NotCommitted, Told, Writer, tell};
use crate::error::StoreError;

/// The write-ahead log, and who waits for it.
#[derive(Debug)]
pub(super) struct Disk {
    /// None for a database in memory.
    wal: Option<File>,
    state: Mutex<State>,
    /// Wakes the thread.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Whose units of work are committed, and not yet being made durable.
    committed: Vec<Told>,
    /// The log is being synced.
    syncing: bool,
    /// A group stands in the open transaction for which the disk was not free.
    left_open: bool,
    /// A sync failed: the system may have forgotten what it did not write, so what the log holds is in doubt until
    /// [`Disk::mend`], whatever is synced after it.
    in_doubt: bool,
    /// The next sync fails; for tests.
    #[cfg(test)]
    fails: bool,
    /// The thread is to end.
    ends: bool,
}

impl Disk {
    /// The log of a connection's database, which stays there as long as the connection. SQLite's locks are not on this
    /// file, so a handle of our own takes none of them away.
    pub(super) fn of(connection: &Connection) -> Result<Self, StoreError> {
        let wal = match connection.path().filter(|path| !path.is_empty()) {
            None => None,
            Some(path) => {
                // The log is made by the first look at the database.
                connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
                let path = format!("{path}-wal");
                Some(File::open(&path).map_err(|source| StoreError::File { path, source })?)
            }
        };
        Ok(Self { wal, state: Mutex::default(), changed: Condvar::new() })
    }

    /// Whether a group that is committed now would be made durable at once. If not, whoever keeps the disk busy will
    /// look at the group that the caller leaves open.
    pub(super) fn is_free(&self) -> bool {
        let mut state = self.state();
        state.left_open |= state.syncing;
        !state.syncing
    }

    /// These wait for what is committed. [`Disk::next_alone`] must follow.
    pub(super) fn committed(&self, waiting: impl IntoIterator<Item = Told>) {
        let mut state = self.state();
        state.committed.extend(waiting);
        state.left_open = false;
    }

    /// After the writer was let go: the one caller that waits for the disk, if none is `coming`, for
    /// [`Disk::sync_alone`]. Otherwise the thread does what there is to do.
    pub(super) fn next_alone(&self, coming: usize) -> Option<Vec<Told>> {
        let mut state = self.state();
        if !state.syncing && !state.left_open && coming == 0 && state.committed.len() == 1 {
            state.syncing = true;
            return Some(std::mem::take(&mut state.committed));
        }
        // Those who come look at what was left open themselves.
        if (state.left_open && coming == 0) || !state.committed.is_empty() {
            self.changed.notify_one();
        }
        None
    }

    /// Makes durable, on this thread, what [`Disk::next_alone`] gave.
    pub(super) fn sync_alone(&self, alone: Vec<Told>) {
        let mut state = self.synced(alone);
        state.syncing = false;
        if state.left_open || !state.committed.is_empty() {
            self.changed.notify_one();
        }
    }

    /// Somebody has gone away for whom a group may have been left open.
    pub(super) fn left_open(&self) {
        self.state().left_open = true;
        self.changed.notify_one();
    }

    /// Before a transaction: where a sync has failed, copies the whole log into the database and syncs that, so that the
    /// log begins anew. A second sync of the log would prove nothing, nor would one of what was written after the gap.
    pub(super) fn mend(&self, connection: &Connection, backfill: &Backfill) -> Result<(), StoreError> {
        if !self.state().in_doubt {
            return Ok(());
        }
        let _none_running = backfill.none_running();
        // Whether somebody is in the way, frames in the log, frames copied. Nobody waits for a reader here.
        let outcome = |row: &rusqlite::Row<'_>| Ok([row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?]);
        connection.busy_timeout(std::time::Duration::ZERO)?;
        let copied = connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], outcome);
        connection.busy_timeout(super::BUSY_TIMEOUT)?;
        if !matches!(copied?, [0, written, copied] if written == copied) {
            return Err(StoreError::CommitFailed("what was committed last is not durable yet".to_owned()));
        }
        tracing::info!("what the write-ahead log holds is durable again");
        self.state().in_doubt = false;
        Ok(())
    }

    /// Syncs the log and tells these.
    fn synced(&self, waiting: Vec<Told>) -> MutexGuard<'_, State> {
        let synced = self.sync().map_err(|error| {
            tracing::error!(%error, "the write-ahead log could not be synced");
            self.state().in_doubt = true;
            NotCommitted::Because(error.to_string())
        });
        tell(waiting, &synced);
        self.state()
    }

    fn sync(&self) -> std::io::Result<()> {
        if self.state().in_doubt {
            return Err(std::io::Error::other("an earlier sync failed"));
        }
        #[cfg(test)]
        if std::mem::take(&mut self.state().fails) {
            return Err(std::io::Error::other("a test wanted it"));
        }
        self.wal.as_ref().map_or(Ok(()), File::sync_data)
    }

    /// The next sync fails.
    #[cfg(test)]
    pub(super) fn fail_next(&self) {
        self.state().fails = true;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes durable what is committed, and commits what was left open, until the end.
    fn serve(&self, writer: &tokio::sync::Mutex<Writer>) {
        let mut state = self.state();
        loop {
            if !state.syncing && !state.committed.is_empty() {
                state.syncing = true;
                let waiting = std::mem::take(&mut state.committed);
                drop(state);
                state = self.synced(waiting);
                state.syncing = false;
                continue;
            }
            // Whoever holds the writer commits what is open, or wakes this thread when the writer is free.
            if !state.syncing
                && state.left_open
                && let Ok(mut writer) = writer.try_lock()
            {
                state.left_open = false;
                drop(state);
                writer.flush();
                drop(writer);
                state = self.state();
                continue;
            }
            if state.ends {
                return;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The thread that makes the commits of several callers durable.
#[derive(Debug)]
pub(super) struct SyncThread {
    disk: Arc<Disk>,
    thread: Option<JoinHandle<()>>,
}

impl SyncThread {
    pub(super) fn start(
        writer: Arc<tokio::sync::Mutex<Writer>>,
        disk: Arc<Disk>,
    ) -> Result<Self, StoreError> {
        let served = Arc::clone(&disk);
        let thread = std::thread::Builder::new().name("durable".to_owned());
        let thread = thread.spawn(move || served.serve(&writer));
        let thread = thread.map_err(|source| StoreError::File { path: "a thread".to_owned(), source })?;
        Ok(Self { disk, thread: Some(thread) })
    }
}

impl Drop for SyncThread {
    /// Waits for the thread, which holds the database open.
    fn drop(&mut self) {
        self.disk.state().ends = true;
        self.disk.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic in it was printed.
            let _ = thread.join();
        }
    }
}
