//! Migrations: forward only, never edited. Each is known by name and SHA-256.

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::sql::values;
use crate::sqlite;

/// Every migration in order.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_state", include_str!("../migrations/0001_state/sqlite.sql")),
    ("0002_pace", include_str!("../migrations/0002_pace/sqlite.sql")),
    ("0003_log", include_str!("../migrations/0003_log/sqlite.sql")),
    ("0004_origin", include_str!("../migrations/0004_origin/sqlite.sql")),
    ("0005_witness", include_str!("../migrations/0005_witness/sqlite.sql")),
    ("0006_desk", include_str!("../migrations/0006_desk/sqlite.sql")),
    ("0007_collection", include_str!("../migrations/0007_collection/sqlite.sql")),
    ("0008_case_entries", include_str!("../migrations/0008_case_entries/sqlite.sql")),
];

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL) STRICT";
const APPLIED: &str = "SELECT name, sha256 FROM migration ORDER BY name";
const ADD: &str = "INSERT INTO migration (name, sha256) VALUES ($1, $2)";

/// Brings the schema up to date in one transaction.
///
/// # Errors
/// [`StoreError::Schema`] if the database was made by a newer program, or a migration was edited.
pub(crate) fn run(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    match bring_up(connection) {
        Ok(()) => Ok(connection.execute_batch("COMMIT")?),
        Err(error) => {
            // The cause is told, whatever becomes of the rollback: the connection is closed next.
            drop(connection.execute_batch("ROLLBACK"));
            Err(error)
        }
    }
}

fn bring_up(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(TABLE)?;
    let mut applied = sqlite::query(connection, APPLIED, &[])?;
    if applied.len() > MIGRATIONS.len() {
        return Err(StoreError::Schema("it was made by a newer version".to_owned()));
    }
    for (row, (name, text)) in applied.iter_mut().zip(MIGRATIONS) {
        if row.text(0)? != *name || row.text(1)? != digest(text) {
            return Err(StoreError::Schema(format!("migration {name} is not the one that was applied")));
        }
    }
    for (name, text) in MIGRATIONS.iter().skip(applied.len()) {
        connection.execute_batch(text)?;
        sqlite::execute(connection, ADD, &values![*name, digest(text)])?;
    }
    Ok(())
}

fn digest(text: &str) -> String {
    vouchsafe_log::hex(&Sha256::digest(text))
}
