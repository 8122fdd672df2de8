//! Faults of the store: the n-th statement fails, or is looked at before it runs.

use std::fmt;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use vouchsafe_store::{Faults, StoreError};

use crate::Folder;

/// Fails one statement once it is armed. The last one of a unit of work is its `COMMIT`.
#[derive(Debug, Default)]
pub struct FailNth {
    /// Statements still to come before the one that fails; 0 is not armed.
    left: AtomicU64,
    /// How many have run since the last arming.
    seen: AtomicU64,
    last: Mutex<String>,
}

impl FailNth {
    /// Lets the `n`-th statement from now on fail, counted from 1. 0 fails none.
    pub fn arm(&self, n: u64) {
        self.seen.store(0, Ordering::SeqCst);
        self.left.store(n, Ordering::SeqCst);
    }

    /// Statements since it was armed, the failed one included.
    pub fn seen(&self) -> u64 {
        self.seen.load(Ordering::SeqCst)
    }

    /// The statement that failed last.
    pub fn last(&self) -> String {
        self.last.lock().unwrap().clone()
    }
}

impl Faults for FailNth {
    fn before(&self, statement: &str) -> Result<(), StoreError> {
        self.seen.fetch_add(1, Ordering::SeqCst);
        let left = self.left.load(Ordering::SeqCst);
        if left == 0 {
            return Ok(());
        }
        self.left.store(left - 1, Ordering::SeqCst);
        if left == 1 {
            statement.clone_into(&mut self.last.lock().unwrap());
            return Err(StoreError::Injected);
        }
        Ok(())
    }
}

/// Fails every `COMMIT` while it is on.
#[derive(Debug, Default)]
pub struct NoCommit(AtomicBool);

impl NoCommit {
    /// Switches it.
    pub fn set(&self, on: bool) {
        self.0.store(on, Ordering::SeqCst);
    }
}

impl Faults for NoCommit {
    fn before(&self, statement: &str) -> Result<(), StoreError> {
        if statement == "COMMIT" && self.0.load(Ordering::SeqCst) {
            return Err(StoreError::Injected);
        }
        Ok(())
    }
}

/// Copies the data folder before every statement while it is on: what is left if the program is killed there.
#[derive(Default)]
pub struct Killed {
    watched: Mutex<Option<PathBuf>>,
    left: Mutex<Vec<(String, Folder)>>,
}

impl fmt::Debug for Killed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Killed")
    }
}

impl Killed {
    /// Copies `folder` from now on, or nothing.
    pub fn watch(&self, folder: Option<PathBuf>) {
        *self.watched.lock().unwrap() = folder;
    }

    /// The statements and the folders as they were before each.
    pub fn take(&self) -> Vec<(String, Folder)> {
        std::mem::take(&mut self.left.lock().unwrap())
    }
}

impl Faults for Killed {
    fn before(&self, statement: &str) -> Result<(), StoreError> {
        if let Some(folder) = &*self.watched.lock().unwrap() {
            self.left.lock().unwrap().push((statement.to_owned(), Folder::copy_of(folder)));
        }
        Ok(())
    }
}
