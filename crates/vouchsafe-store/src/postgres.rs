//! PostgreSQL behind the façade: a transaction for each unit of work and each view, on a pool of connections.
//!
//! Server nodes share the database and keep nothing of it in memory: what a rule uses is read in its transaction, under
//! the locks of the log heads (READ COMMITTED), so a node that was away for a while cannot act on what it remembers.
//! A transaction begins with its first statement; one that is dropped is rolled back before its connection is used again.

mod connect;
mod nodes;
mod schema;
mod values;

use std::collections::BTreeMap;

use deadpool_postgres::{Object, Pool};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::time::Timestamp;

pub use self::connect::PostgresUrl;
pub(crate) use self::nodes::Nodes;
pub(crate) use self::schema::set_up;
pub(crate) use self::values::parameter;

use crate::error::StoreError;
use crate::sql::{self, Row, Value, values};

/// Prepared statements kept per connection; lists with filters of callers have many texts.
const STATEMENTS_CACHED: usize = 512;

/// The connections of this node.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pool: Pool,
}

impl Connections {
    /// # Errors
    /// [`StoreError::Schema`] if the settings do not make a pool.
    pub(crate) fn new(url: &PostgresUrl) -> Result<Self, StoreError> {
        Ok(Self { pool: url.pool()? })
    }

    /// A connection of its own.
    pub(crate) async fn client(&self) -> Result<Object, StoreError> {
        Ok(self.pool.get().await?)
    }

    /// A unit of work.
    pub(crate) fn unit(&self) -> Transaction {
        Transaction::of(self.pool.clone(), Kind::Unit)
    }

    /// A consistent view of what is committed.
    pub(crate) fn view(&self) -> Transaction {
        Transaction::of(self.pool.clone(), Kind::View)
    }
}

/// A transaction. Dropped without [`Transaction::commit`], it leaves no trace.
#[derive(Debug)]
pub(crate) struct Transaction {
    pool: Pool,
    kind: Kind,
    open: Option<Open>,
    /// What the rows of the heads say that it has locked.
    heads: BTreeMap<TenantId, u64>,
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unit,
    View,
}

/// A connection with an open transaction; rolled back when dropped.
#[derive(Debug)]
struct Open(Option<Object>);

impl Transaction {
    fn of(pool: Pool, kind: Kind) -> Self {
        Self { pool, kind, open: None, heads: BTreeMap::new() }
    }

    async fn connection(&mut self) -> Result<&Object, StoreError> {
        if self.open.is_none() {
            let client = self.pool.get().await?;
            if client.statement_cache.size() > STATEMENTS_CACHED {
                client.statement_cache.clear();
            }
            // Held before it begins, so that whatever happens meanwhile, it ends.
            let open = self.open.insert(Open(Some(client)));
            open.client()?.batch_execute(self.kind.begins()).await?;
        }
        self.open.as_ref().ok_or_else(gone)?.client()
    }

    /// Whether it may change rows, and lock them.
    pub(crate) fn is_unit(&self) -> bool {
        self.kind == Kind::Unit
    }

    /// Runs a statement that changes rows; gives their number.
    pub(crate) async fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        let client = self.connection().await?;
        let statement = client.prepare_cached(sql).await?;
        Ok(client.execute_raw(&statement, parameters).await?)
    }

    /// Runs a statement that gives rows.
    pub(crate) async fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let client = self.connection().await?;
        let statement = client.prepare_cached(sql).await?;
        let parameters: Vec<_> = parameters.iter().map(values::parameter).collect();
        let rows = client.query(&statement, &parameters).await?;
        rows.iter().map(values::row).collect()
    }

    /// Locks a log's head until the transaction ends; gives its size if there is such a log.
    pub(crate) async fn lock_head(&mut self, tenant: TenantId) -> Result<Option<u64>, StoreError> {
        let mut rows = self.query(sql::postgres::LOCK_LOG_HEAD, &values![tenant]).await?;
        let Some(row) = rows.first_mut() else { return Ok(None) };
        let size = row.count(0)?;
        self.heads.insert(tenant, size);
        Ok(Some(size))
    }

    /// The database's clock at this moment, not at the beginning of the transaction.
    pub(crate) async fn now(&mut self) -> Result<Timestamp, StoreError> {
        let mut rows = self.query(sql::postgres::CLOCK, &[]).await?;
        rows.first_mut().map_or(Err(gone()), |row| row.int(0)).map(Timestamp::from_micros)
    }

    /// The heads that have grown to these sizes, with what their rows say.
    pub(crate) fn grown(&self, logs: &BTreeMap<TenantId, u64>) -> Vec<(TenantId, u64, u64)> {
        let stored = |tenant| self.heads.get(tenant).copied().unwrap_or_default();
        let heads = logs.iter().map(|(tenant, size)| (*tenant, *size, stored(tenant)));
        heads.filter(|(_, size, stored)| size != stored).collect()
    }

    /// Makes it durable. After an error nobody knows whether it is, only that it is whole or not at all.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        open.client()?.batch_execute("COMMIT").await?;
        // Nothing is open any more: back into the pool.
        open.0.take();
        Ok(())
    }
}

impl Kind {
    fn begins(self) -> &'static str {
        match self {
            Self::Unit => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Self::View => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

impl Open {
    fn client(&self) -> Result<&Object, StoreError> {
        self.0.as_ref().ok_or_else(gone)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(client) = self.0.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                if client.batch_execute("ROLLBACK").await.is_err() {
                    // Whatever is open on it ends with the connection.
                    drop(Object::take(client));
                }
            })),
            // Nobody can wait here. Back in the pool, its next user would go on with what is open.
            Err(_) => drop(Object::take(client)),
        }
    }
}

fn gone() -> StoreError {
    StoreError::CommitFailed("the transaction is over".to_owned())
}
