//! Bare SQLite: a plain table with the JSON as text and the indexes that the questions want.

use std::path::Path;
use std::time::Instant;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql, params};

use super::data::Lines;
use super::loading::Loader;
use super::question::{Bound, Dialect, Question, Rows};
use super::row::{INDEXES, Row, TABLE};

/// Memory for pages while loading, in KiB: building an index sorts in it.
const LOADING_CACHE_KIB: i64 = 256 * 1024;

/// Size of a page in bytes. The default of 4 KiB holds one row of this size and stays half empty, which would make a poor
/// peer on disk.
const PAGE_BYTES: i64 = 16 * 1024;

/// Loads the file into a new database: all rows in one transaction, then the indexes; prints what it took. Runs in a
/// process of its own, so that its memory is its own.
pub(crate) fn load(file: &Path, database: &Path) {
    let loader = Loader::begin();
    let mut connection = Connection::open(database).unwrap();
    connection.pragma_update(None, "page_size", PAGE_BYTES).unwrap();
    durable(&connection);
    connection.pragma_update(None, "cache_size", -LOADING_CACHE_KIB).unwrap();
    connection.execute_batch(TABLE).unwrap();
    let transaction = connection.transaction().unwrap();
    let mut rows = 0;
    {
        let mut insert = transaction
            .prepare("INSERT INTO sign_in VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
            .unwrap();
        let mut lines = Lines::of(file);
        while let Some(line) = lines.next() {
            let row = Row::read(line);
            let values = params![
                row.id,
                row.created,
                row.user_id,
                row.upn,
                row.app_id,
                row.app,
                row.ip,
                row.correlation_id,
                row.error_code,
                row.json
            ];
            insert.execute(values).unwrap();
            rows += 1;
        }
    }
    transaction.commit().unwrap();
    connection.execute_batch(&INDEXES.join(";")).unwrap();
    loader.end(rows);
    connection.execute_batch("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

/// The settings of the product: nothing that was answered is lost.
fn durable(connection: &Connection) {
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
}

/// A loaded database.
#[derive(Debug)]
pub(crate) struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    pub(crate) fn on(database: &Path) -> Self {
        let connection = Connection::open(database).unwrap();
        durable(&connection);
        Self { connection }
    }

    /// Asks; the rows, and how many milliseconds it took until the last one was there.
    pub(crate) fn ask(&self, question: &Question) -> (Rows, f64) {
        let (sql, values) = question.sql(Dialect::Sqlite);
        let begun = Instant::now();
        let mut statement = self.connection.prepare_cached(&sql).unwrap();
        let counts = question.counts();
        let found = statement.query_map(rusqlite::params_from_iter(values), |row| {
            let json = if counts { String::new() } else { row.get(2)? };
            Ok((row.get(0)?, row.get(1)?, json))
        });
        let rows: Vec<(String, i64, String)> = found.unwrap().map(Result::unwrap).collect();
        let took = begun.elapsed().as_secs_f64() * 1e3;
        (rows.into_iter().map(|(key, number, _)| (key, number)).collect(), took)
    }

    /// One column of a statement, which picks what is asked.
    pub(crate) fn texts(&self, sql: &str, values: &[i64]) -> Vec<String> {
        let mut statement = self.connection.prepare(sql).unwrap();
        let found = statement.query_map(rusqlite::params_from_iter(values), |row| row.get(0));
        found.unwrap().map(Result::unwrap).collect()
    }

    /// One number.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

impl ToSql for Bound {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Int(int) => ToSqlOutput::Owned(Value::Integer(*int)),
        })
    }
}
