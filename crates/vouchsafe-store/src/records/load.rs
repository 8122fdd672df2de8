//! Files of records: a new one while it is loaded, and one that is there brought up to what this program knows.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::layout::{INDEXES, TABLES};
use crate::error::StoreError;
use crate::sqlite;

/// How a file ends that is being loaded.
const LOADING: &str = "loading";
/// Memory of the connection that loads, in KiB.
const CACHE_KIB: i64 = 48 * 1024;

/// Entries of an index that are sorted at once, in KiB.
const SORTED_KIB: i64 = 8 * 1024;
/// Threads that sort beside the one that reads.
const SORTERS: i64 = 2;

/// Makes an empty file to be loaded; one that an earlier attempt left is removed.
pub(super) fn create(path: &Path) -> Result<Connection, StoreError> {
    remove(path);
    let connection = sqlite::open_loading(&loading(path))?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.execute_batch(&format!("BEGIN; {} COMMIT", *TABLES))?;
    Ok(connection)
}

/// Makes the indexes of a loaded file.
///
/// No statement of a load may fail half-way and leave the file in use: there is no journal to undo it with. So ids are
/// not made unique by an index, but what came twice is deleted behind it.
pub(super) fn index(connection: &Connection) -> Result<(), StoreError> {
    // What is more is sorted in pieces, on threads of their own.
    connection.pragma_update(None, "cache_size", -SORTED_KIB)?;
    connection.pragma_update(None, "threads", SORTERS)?;
    connection.execute_batch(&format!("BEGIN; {} COMMIT", *INDEXES))?;
    Ok(connection.pragma_update(None, "user_version", version())?)
}

/// Makes a loaded file durable and gives it its name.
pub(super) fn publish(connection: Connection, path: &Path) -> Result<(), StoreError> {
    let from = loading(path);
    connection.pragma_update(None, "locking_mode", "NORMAL")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.close().map_err(|(_, error)| StoreError::from(error))?;
    let failed = |source| StoreError::File { path: path.display().to_string(), source };
    // Every connection of this file is closed: a descriptor of our own drops no lock.
    let file = std::fs::OpenOptions::new().write(true).open(&from).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    drop(file);
    std::fs::rename(&from, path).map_err(failed)?;
    match path.parent() {
        Some(folder) => std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed),
        None => Ok(()),
    }
}

/// Brings a file that is there up to the kinds that this program knows.
pub(super) fn complete(connection: &Connection) -> Result<(), StoreError> {
    if is_complete(connection)? {
        return Ok(());
    }
    connection.execute_batch(&format!("BEGIN IMMEDIATE; {} {}", *TABLES, *INDEXES))?;
    connection.pragma_update(None, "user_version", version())?;
    Ok(connection.execute_batch("COMMIT")?)
}

/// Whether the file has all that this program knows.
pub(super) fn is_complete(connection: &Connection) -> Result<bool, StoreError> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(found == version())
}

/// Removes what an attempt to load the file left.
pub(super) fn remove(path: &Path) {
    for file in with_side_files(&loading(path)) {
        remove_file(&file);
    }
}

/// Removes what attempts to load files in this folder left.
pub(super) fn remove_left_over(folder: &Path) {
    let Ok(files) = std::fs::read_dir(folder) else { return };
    for file in files.flatten() {
        let name = file.file_name();
        if name.to_str().is_some_and(|name| name.contains(&format!(".{LOADING}"))) {
            remove_file(&file.path());
        }
    }
}

/// A database file and what SQLite may keep beside it.
pub(super) fn with_side_files(path: &Path) -> [PathBuf; 4] {
    let beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    [path.to_owned(), beside("-wal"), beside("-shm"), beside("-journal")]
}

fn remove_file(path: &Path) {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, path = %path.display(), "a file that is no longer needed could not be removed");
        }
        Ok(()) | Err(_) => {}
    }
}

fn loading(path: &Path) -> PathBuf {
    path.with_extension(LOADING)
}

/// A number that tells the texts of tables and indexes apart; SQLite keeps 32 bits of it.
fn version() -> i64 {
    let digest = Sha256::new().chain_update(TABLES.as_bytes()).chain_update(INDEXES.as_bytes()).finalize();
    let bytes = digest.first_chunk().copied().unwrap_or_default();
    i64::from(i32::from_be_bytes(bytes))
}
