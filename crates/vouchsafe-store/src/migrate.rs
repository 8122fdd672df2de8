//! Migrations: forward only, never edited, a pair of texts each. Each is known by name and SHA-256.

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::sql::values;
use crate::sqlite;

/// A migration: its name, and its text for either database.
struct Migration {
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// Which database a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        /// Every migration in order.
        const MIGRATIONS: &[Migration] = &[$(Migration {
            name: $name,
            sqlite: include_str!(concat!("../migrations/", $name, "/sqlite.sql")),
            postgres: include_str!(concat!("../migrations/", $name, "/postgres.sql")),
        }),*];
    };
}

migrations!(
    "0001_state",
    "0002_pace",
    "0003_log",
    "0004_origin",
    "0005_witness",
    "0006_desk",
    "0007_collection",
    "0008_case_entries",
    "0009_lease",
    "0010_sign_in",
    "0013_roles",
    "0014_api_tokens",
    "0016_past_request",
    "0017_problem_type",
    "0029_node",
    "0030_identity_provider",
    "0032_heads_question",
    "0033_enrolment_maker",
    "0034_attachment",
    "0040_account_link",
);

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
    let mut applied = Vec::new();
    for mut row in sqlite::query(connection, APPLIED, &[])? {
        applied.push((row.text(0)?, row.text(1)?));
    }
    for (name, text) in missing(Dialect::Sqlite, &applied)? {
        connection.execute_batch(text)?;
        sqlite::execute(connection, ADD, &values![name, digest(text)])?;
    }
    Ok(())
}

/// The migrations that are still to be run, in order, by name and text.
///
/// # Errors
/// [`StoreError::Schema`] if what was applied is not a beginning of what there is.
pub(crate) fn missing(
    dialect: Dialect,
    applied: &[(String, String)],
) -> Result<Vec<(&'static str, &'static str)>, StoreError> {
    if applied.len() > MIGRATIONS.len() {
        return Err(StoreError::Schema("it was made by a newer version".to_owned()));
    }
    let texts = MIGRATIONS.iter().map(|migration| {
        let text = match dialect {
            Dialect::Sqlite => migration.sqlite,
            Dialect::Postgres => migration.postgres,
        };
        (migration.name, text)
    });
    for ((name, sha256), (expected, text)) in applied.iter().zip(texts.clone()) {
        if name != expected || *sha256 != digest(text) {
            return Err(StoreError::Schema(format!("migration {expected} is not the one that was applied")));
        }
    }
    Ok(texts.skip(applied.len()).collect())
}

pub(crate) fn digest(text: &str) -> String {
    vouchsafe_log::hex(&Sha256::digest(text))
}
