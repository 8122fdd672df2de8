//! Copying the write-ahead log into the database beside the writer.
//!
//! SQLite copies the log inside of the `COMMIT` that makes it long enough, and holds the writer until the copy is
//! durable: everybody waits for some thousand pages. Here a thread with a connection of its own copies them while units
//! of work go on, and then what these have added meanwhile. Only the little that is left the writer copies itself,
//! because the log begins anew only where all of it is in the database before somebody writes
//! (<https://sqlite.org/wal.html#avoiding_excessively_large_wal_files>).
//!
//! Whoever copies syncs the log before and the database after (`synchronous` is at least `NORMAL`), so what a crash leaves
//! is what it always was. A copy that fails is no failure of a commit: what is committed stays in the log.
//!
//! Whoever holds the writer may lock a copy ([`Backfill::none_running`]); the thread never asks for the writer.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use rusqlite::hooks::Wal;

use crate::error::StoreError;

/// Copies beside the writer in a row: the second takes what was written during the first.
const COPIES: usize = 2;
/// Pages by which the log must have grown before it is tried again, after a reader kept it from beginning anew.
const AGAIN_PAGES: u32 = 1_000;

/// Who has to copy what.
#[derive(Debug)]
pub(super) struct Backfill {
    /// Pages of the log from which on it is copied.
    pages: u32,
    state: Mutex<State>,
    /// Wakes the thread.
    changed: Condvar,
    /// Held while the thread copies.
    running: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    stage: Stage,
    /// Pages of the log at the last try, if it has not begun anew since.
    tried: u32,
    /// The thread is to end.
    ends: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The log is short.
    #[default]
    Short,
    /// The thread copies, or is about to.
    Copying,
    /// Most of the log is in the database: the next commit copies the rest.
    Rest,
}

impl Backfill {
    /// After each commit of the writer, while it is held: the log has so many pages.
    fn committed(&self, log: &mut Wal, pages: u32) {
        let mut state = self.state();
        if pages < state.tried {
            state.tried = 0;
        }
        let again = state.tried == 0 || pages >= state.tried.saturating_add(AGAIN_PAGES);
        match state.stage {
            Stage::Short if again && pages >= self.pages => {
                state.stage = Stage::Copying;
                self.changed.notify_one();
            }
            Stage::Rest => {
                (state.stage, state.tried) = (Stage::Short, pages);
                drop(state);
                if let Err(error) = log.checkpoint() {
                    tracing::warn!(%error, "the end of the write-ahead log was not copied");
                }
            }
            Stage::Short | Stage::Copying => {}
        }
    }

    /// Waits until the thread does not copy, and keeps it from beginning.
    pub(super) fn none_running(&self) -> MutexGuard<'_, ()> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Copies whenever it is asked for, until the end.
    fn serve(&self, connection: &Connection) {
        let mut state = self.state();
        while !state.ends {
            if state.stage != Stage::Copying {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            drop(state);
            for _ in 0..COPIES {
                let _running = self.none_running();
                let copied = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
                if let Err(error) = copied {
                    tracing::warn!(%error, "the write-ahead log was not copied");
                }
            }
            state = self.state();
            state.stage = Stage::Rest;
        }
    }
}

/// The thread that copies the log.
#[derive(Debug)]
pub(super) struct BackfillThread {
    backfill: Arc<Backfill>,
    thread: Option<JoinHandle<()>>,
}

impl BackfillThread {
    /// Takes the copying away from the writer's commits, as soon as the log has so many `pages`. A database in memory has
    /// no log, and no thread.
    ///
    /// # Errors
    /// [`StoreError`] if the thread or its connection cannot be had.
    pub(super) fn start(writer: &mut Connection, pages: u32) -> Result<Self, StoreError> {
        let (state, changed, running) = Default::default();
        let backfill = Arc::new(Backfill { pages, state, changed, running });
        let Some(path) = writer.path().filter(|path| !path.is_empty()).map(str::to_owned) else {
            return Ok(Self { backfill, thread: None });
        };
        let connection = super::open(Path::new(&path), true)?;
        let asked = Arc::clone(&backfill);
        writer.wal_hook(Some(move |log: &mut Wal, pages: std::ffi::c_int| {
            asked.committed(log, u32::try_from(pages).unwrap_or_default());
            Ok(())
        }))?;
        let served = Arc::clone(&backfill);
        let thread = std::thread::Builder::new().name("backfill".to_owned());
        let thread = thread.spawn(move || served.serve(&connection));
        let thread = thread.map_err(|source| StoreError::File { path: "a thread".to_owned(), source })?;
        Ok(Self { backfill, thread: Some(thread) })
    }

    pub(super) fn backfill(&self) -> Arc<Backfill> {
        Arc::clone(&self.backfill)
    }
}

impl Drop for BackfillThread {
    /// Waits for the thread, which holds the database open.
    fn drop(&mut self) {
        self.backfill.state().ends = true;
        self.backfill.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic in it was printed.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages of a log that is to be copied; small, so that the test is short.
    const PAGES: u32 = 50;

    /// A database with a table, its writer, and the thread.
    fn served(folder: &Path) -> (Connection, BackfillThread) {
        let mut writer = super::super::open_writer(&folder.join("state.sqlite")).unwrap();
        writer.execute_batch("CREATE TABLE note (n INTEGER PRIMARY KEY, text BLOB NOT NULL) STRICT").unwrap();
        let thread = BackfillThread::start(&mut writer, PAGES).unwrap();
        (writer, thread)
    }

    /// Writes a page and more; gives the pages of the log.
    fn written(writer: &Connection, n: i64) -> i64 {
        writer.execute("INSERT INTO note (n, text) VALUES ($1, zeroblob(3000))", [n]).unwrap();
        // Whether somebody is in the way, pages of the log, pages copied; nothing is copied here.
        writer.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1)).unwrap()
    }

    /// Writes until the log has begun anew; gives the next number.
    fn until_anew(writer: &Connection, from: i64, tries: i64) -> Option<i64> {
        let mut most = 0;
        for n in from..from + tries {
            let pages = written(writer, n);
            if pages < most {
                return Some(n + 1);
            }
            most = pages;
            if pages >= i64::from(PAGES) {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
        None
    }

    #[test]
    fn the_log_begins_anew_while_the_writer_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, thread) = served(folder.path());
        let mut next = 0;
        for _ in 0..3 {
            next = until_anew(&writer, next, 10_000).expect("the log begins anew");
        }
        drop(thread);
        let rows: i64 = writer.query_row("SELECT COUNT(*) FROM note", [], |row| row.get(0)).unwrap();
        let sound: String = writer.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!((rows, sound.as_str()), (next, "ok"));
    }

    #[test]
    fn a_reader_keeps_the_log_and_nobody_waits_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, _thread) = served(folder.path());
        let reader = super::super::open(&folder.path().join("state.sqlite"), false).unwrap();
        reader.execute_batch("BEGIN").unwrap();
        let seen = || reader.query_row("SELECT COUNT(*) FROM note", [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(seen(), 0);
        let tries = 200;
        assert_eq!(until_anew(&writer, 0, tries), None, "the reader still sees the beginning of the log");
        assert_eq!(seen(), 0);
        reader.execute_batch("COMMIT").unwrap();
        assert!(until_anew(&writer, tries, 10_000).is_some(), "nothing keeps the log any more");
    }
}
