//! Moving a deployment from SQLite to PostgreSQL: every row as it is, in one transaction.

use std::path::Path;

use rusqlite::Connection;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use crate::error::StoreError;
use crate::migrate;
use crate::postgres::{Connections, PostgresUrl, parameter, set_up};
use crate::seal::MasterKey;
use crate::sql::{self, values};
use crate::sqlite;

/// What each database says of itself; it is settled when it is opened.
const OWN: [&str; 6] = ["deployment", "migration", "job_lease", "node", "heads_question", "heads_answer"];

/// Copies the state that lies in `folder` into an empty PostgreSQL database. The folder stays as it is, and goes on to be
/// the first node's: the master key, record files and customers' files are in it. Gives the number of rows.
///
/// No other process may use the folder meanwhile (`FolderLock`).
///
/// # Errors
/// [`StoreError::Schema`] if there is no state in the folder, or some in the other database already; then, and after any
/// other error, nothing was copied.
pub async fn copy_to_postgres(folder: &Path, url: &PostgresUrl) -> Result<u64, StoreError> {
    let path = folder.join("state.sqlite");
    if !path.exists() {
        return Err(StoreError::Schema(format!("there is no {}", path.display())));
    }
    let master = MasterKey::load_or_create(&folder.join("master.key"))?;
    let from = sqlite::open(&path, true)?;
    migrate::run(&from)?;
    let setting = sqlite::query(&from, sql::SETTING, &values![sql::PROVIDER])?.into_iter().next();
    let provider =
        setting.ok_or_else(|| StoreError::Schema("nothing was set up there".to_owned()))?.text(0)?;
    if set_up(url, |_| Ok(master.check()), || provider.clone())? != provider {
        return Err(occupied());
    }
    let client = Connections::new(url)?.client().await?;
    client.batch_execute("BEGIN").await?;
    // One client alone, whoever else comes.
    client.batch_execute(sql::postgres::LOCK_MIGRATIONS).await?;
    if !client.query(sql::TENANTS, &[]).await?.is_empty() {
        return Err(occupied());
    }
    from.execute_batch("BEGIN")?;
    let mut rows = 0;
    for table in tables(&from)? {
        rows += copy_table(&from, &client, &table).await?;
    }
    client.batch_execute("COMMIT").await?;
    Ok(rows)
}

fn occupied() -> StoreError {
    StoreError::Schema("the database that is copied to holds another deployment".to_owned())
}

fn tables(from: &Connection) -> Result<Vec<String>, StoreError> {
    let mut named = Vec::new();
    for mut row in sqlite::query(from, sql::SQLITE_TABLES, &[])? {
        named.push(row.text(0)?);
    }
    named.retain(|table| !OWN.contains(&table.as_str()));
    Ok(named)
}

/// Copies one table; gives the number of its rows.
async fn copy_table(
    from: &Connection,
    client: &tokio_postgres::Client,
    table: &str,
) -> Result<u64, StoreError> {
    let described = client.prepare(&format!("SELECT * FROM {table}")).await?;
    let types: Vec<Type> = described.columns().iter().map(|column| column.type_().clone()).collect();
    // Columns that were added later stand at the end on both, but a name says more than a place. Some are keywords.
    let names: Vec<String> =
        described.columns().iter().map(|column| format!("\"{}\"", column.name())).collect();
    let names = names.join(", ");
    let sink = client.copy_in(&format!("COPY {table} ({names}) FROM STDIN BINARY")).await?;
    let mut writer = std::pin::pin!(BinaryCopyInWriter::new(sink, &types));
    let mut read = from.prepare(&format!("SELECT {names} FROM {table}"))?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let values = sqlite::values_of(row, types.len())?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(parameter).collect();
        writer.as_mut().write(&values).await?;
    }
    Ok(writer.finish().await?)
}
