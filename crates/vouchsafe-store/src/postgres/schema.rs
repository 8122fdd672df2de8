//! The schema, and what is settled when a deployment is opened for the first time.

use deadpool_postgres::Object;

use super::{Connections, PostgresUrl};
use crate::error::StoreError;
use crate::migrate::{self, Dialect};
use crate::sql::{KEY_CHECK, PROVIDER, postgres as sql};

/// Brings the schema up to date and settles what every node must agree on: the master key, of which `key` is told
/// whether one was used before and gives the check, and the provider's id, which is drawn if there is none yet. Gives the
/// provider's id as it is stored.
///
/// # Errors
/// [`StoreError`]; [`StoreError::Corrupt`] if another master key was used before.
pub(crate) fn set_up(
    url: &PostgresUrl,
    key: impl FnOnce(bool) -> Result<String, StoreError> + Send,
    provider: impl FnOnce() -> String + Send,
) -> Result<String, StoreError> {
    // Opening a store blocks, on either database: it happens once, before anybody is served.
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| StoreError::File { path: url_name(url), source })?;
        runtime.block_on(settled(url, key, provider))
    };
    std::thread::scope(|scope| scope.spawn(run).join())
        .unwrap_or_else(|_| Err(StoreError::Schema("setting up ended by a panic".to_owned())))
}

fn url_name(url: &PostgresUrl) -> String {
    url.schema().unwrap_or("the database").to_owned()
}

async fn settled(
    url: &PostgresUrl,
    key: impl FnOnce(bool) -> Result<String, StoreError>,
    provider: impl FnOnce() -> String,
) -> Result<String, StoreError> {
    let connections = Connections::new(url)?;
    let client = connections.pool.get().await?;
    if let Some(schema) = url.schema() {
        // Two nodes that start at once may both try; one of them finds it there.
        let made = client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {schema}")).await;
        if made.is_err() && client.query_opt(sql::HAS_SCHEMA, &[&schema]).await?.is_none() {
            made?;
        }
    }
    client.batch_execute("BEGIN").await?;
    let settled = in_transaction(&client, key, provider).await;
    client.batch_execute(if settled.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
    settled
}

async fn in_transaction(
    client: &Object,
    key: impl FnOnce(bool) -> Result<String, StoreError>,
    provider: impl FnOnce() -> String,
) -> Result<String, StoreError> {
    client.batch_execute(sql::MIGRATIONS).await?;
    // Whoever comes second waits here, and finds all done.
    client.batch_execute(sql::LOCK_MIGRATIONS).await?;
    let rows = client.query(sql::APPLIED, &[]).await?;
    let applied = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    let applied: Vec<(String, String)> = applied.collect::<Result<_, tokio_postgres::Error>>()?;
    for (name, text) in migrate::missing(Dialect::Postgres, &applied)? {
        client.batch_execute(text).await?;
        client.execute(sql::ADD_MIGRATION, &[&name, &migrate::digest(text)]).await?;
    }
    let used = client.query_opt(crate::sql::SETTING, &[&KEY_CHECK]).await?.is_some();
    let check = key(used)?;
    if setting(client, KEY_CHECK, || check.clone()).await? != check {
        return Err(StoreError::Corrupt("the master key is not the one of this database".to_owned()));
    }
    setting(client, PROVIDER, provider).await
}

/// A setting of the deployment, settled now if it was not before.
async fn setting(client: &Object, name: &str, first: impl FnOnce() -> String) -> Result<String, StoreError> {
    if let Some(row) = client.query_opt(crate::sql::SETTING, &[&name]).await? {
        return Ok(row.try_get(0)?);
    }
    let value = first();
    client.execute(crate::sql::SET_SETTING, &[&name, &value]).await?;
    Ok(value)
}
