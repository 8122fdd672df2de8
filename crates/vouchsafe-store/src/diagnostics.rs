//! Diagnostic records: one SQLite file per tenant, apart from the state, so that retention and deletion are file
//! work and tenants are physically apart.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rusqlite::{Connection, InterruptHandle};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::scope::DataFilter;
use vouchsafe_diagnostics::filter::Filter;
use vouchsafe_diagnostics::sign_in::{COLUMNS, ColumnKind, SignInRecord};

use crate::error::StoreError;
use crate::list::{Order, PageKey};
use crate::query::{Condition, Kind, Property};
use crate::sql::{Value, values};
use crate::sqlite;
use crate::store::{Store, private_folder};

const SCHEMA: &str = include_str!("../migrations/records/sqlite.sql");
/// Idle connections kept per tenant.
const IDLE_PER_TENANT: usize = 4;
/// Tenants whose connections are kept.
const TENANTS_MAX: usize = 256;
/// How long a query may run before it is refused, in milliseconds (`diagnostics.md`, *Reading it*).
const QUERY_TIMEOUT_MS: u64 = 2_000;
/// How often a query that shall stop is told so: an interrupt between two statements is lost.
const STOP_AGAIN: tokio::time::Duration = tokio::time::Duration::from_millis(20);

const INSERT_SIGN_IN: &str = "INSERT INTO sign_in (id, created, user_id, user_principal_name, user_display_name, app_id, app_display_name, resource_id, resource_display_name, ip_address, correlation_id, error_code, conditional_access_status, client_app_used, is_interactive, json, original) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (id) DO NOTHING";

/// What came of one batch of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportBatch {
    /// Records that are new.
    pub imported: u64,
    /// Records whose id was there.
    pub already_present: u64,
}

/// A question about a tenant's sign-ins.
#[derive(Debug, Clone)]
pub struct SignInQuery {
    /// The caller's filter, with true values.
    pub filter: Option<Filter>,
    /// The time range that the grant admits; rows outside are absent.
    pub within: DataFilter,
    /// In which order.
    pub order: Order,
    /// How many at most.
    pub top: u32,
    /// After which record.
    pub after: Option<PageKey>,
    /// Whether to count all that the filter and the range admit.
    pub count: bool,
}

/// A sign-in as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSignIn {
    /// Its true id.
    pub id: String,
    /// The Graph `signIn` object, unchanged.
    pub json: String,
}

/// A page of sign-ins.
#[derive(Debug, Clone)]
pub struct SignInPage {
    /// The records.
    pub records: Vec<StoredSignIn>,
    /// Where the next page begins.
    pub next: Option<PageKey>,
    /// How many there are in all, if asked for.
    pub total: Option<u64>,
}

/// The record files and their open connections.
#[derive(Debug)]
pub(crate) struct RecordFiles {
    folder: PathBuf,
    idle: Arc<Mutex<HashMap<TenantId, Vec<Connection>>>>,
    /// One import writes into a tenant's file at a time.
    importing: tokio::sync::Mutex<()>,
    /// How long a query may run.
    limit: tokio::time::Duration,
}

impl RecordFiles {
    pub(crate) fn new(folder: PathBuf) -> Self {
        let limit = tokio::time::Duration::from_millis(QUERY_TIMEOUT_MS);
        Self { folder, idle: Arc::default(), importing: tokio::sync::Mutex::default(), limit }
    }

    /// Keeps a connection for the next query of the same tenant.
    fn keep(&self, tenant: TenantId, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= TENANTS_MAX && !idle.contains_key(&tenant) {
            idle.clear();
        }
        let kept = idle.entry(tenant).or_default();
        if kept.len() < IDLE_PER_TENANT {
            kept.push(connection);
        }
    }

    fn path(&self, tenant: TenantId) -> PathBuf {
        self.folder.join(format!("{tenant}.sqlite"))
    }
}

impl Store {
    /// Adds sign-ins of a tenant in one durable transaction; a record whose id is there already stays as it is.
    ///
    /// # Errors
    /// [`StoreError`]; then none of the batch was added.
    pub async fn import_sign_ins(
        &self,
        tenant: TenantId,
        records: Vec<SignInRecord>,
    ) -> Result<ImportBatch, StoreError> {
        let _one_at_a_time = self.records.importing.lock().await;
        let path = self.records.path(tenant);
        let folder = self.records.folder.clone();
        blocking(move || {
            private_folder(&folder)?;
            let mut connection = sqlite::open(&path, true)?;
            connection.execute_batch(SCHEMA)?;
            let transaction = connection.transaction()?;
            let mut imported = 0;
            for record in &records {
                imported += sqlite::execute(&transaction, INSERT_SIGN_IN, &columns(record))?;
            }
            transaction.commit()?;
            let all = u64::try_from(records.len()).unwrap_or(u64::MAX);
            Ok(ImportBatch { imported, already_present: all.saturating_sub(imported) })
        })
        .await
    }

    /// A page of a tenant's sign-ins. A tenant without any has an empty one.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a property that cannot be filtered by; [`StoreError::TooSlow`] after 2 seconds.
    pub async fn sign_ins(&self, tenant: TenantId, query: SignInQuery) -> Result<SignInPage, StoreError> {
        self.with_records(tenant, move |connection| match connection {
            Some(connection) => page(connection, &query),
            None => {
                // Even where nothing is stored, a wrong filter is told.
                statement(&query)?;
                Ok(SignInPage { records: Vec::new(), next: None, total: query.count.then_some(0) })
            }
        })
        .await
    }

    /// One sign-in of a tenant by its true id, if the range admits it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sign_in(
        &self,
        tenant: TenantId,
        id: &str,
        within: DataFilter,
    ) -> Result<Option<StoredSignIn>, StoreError> {
        let id = vouchsafe_diagnostics::sign_in::Fold::Id.apply(id);
        self.with_records(tenant, move |connection| {
            let Some(connection) = connection else { return Ok(None) };
            let sql = "SELECT id, json, created FROM sign_in WHERE id = $1";
            let Some(mut row) = sqlite::query(connection, sql, &values![id.as_str()])?.into_iter().next()
            else {
                return Ok(None);
            };
            let found = StoredSignIn { id: row.text(0)?, json: row.text(1)? };
            let created = vouchsafe_core::time::Timestamp::from_micros(row.int(2)?);
            Ok(within.admits(created).then_some(found))
        })
        .await
    }

    /// Runs a query on a reader of a tenant's file, off the async threads and within the time limit.
    async fn with_records<T: Send + 'static>(
        &self,
        tenant: TenantId,
        run: impl FnOnce(Option<&Connection>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let path = self.records.path(tenant);
        let kept = self
            .records
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_mut(&tenant)
            .and_then(Vec::pop);
        let connection = match kept {
            Some(connection) => connection,
            None if !path.exists() => return blocking(move || run(None)).await,
            None => sqlite::open(&path, false)?,
        };
        let runs = Arc::new(());
        let stop = Stop {
            asked: Arc::default(),
            query: Arc::new(connection.get_interrupt_handle()),
            running: Arc::downgrade(&runs),
        };
        let stopped = Arc::clone(&stop.asked);
        let mut task = std::pin::pin!(blocking(move || {
            let result = if stopped.load(Ordering::SeqCst) {
                Err(StoreError::TooSlow)
            } else {
                run(Some(&connection))
            };
            drop(runs);
            Ok((result, connection))
        }));
        let mut done = tokio::time::timeout(self.records.limit, task.as_mut()).await;
        while done.is_err() {
            stop.now();
            done = tokio::time::timeout(STOP_AGAIN, task.as_mut()).await;
        }
        let (result, connection) = done.map_err(|_| StoreError::TooSlow)??;
        // Kept only now that no interrupt can be on its way to it.
        self.records.keep(tenant, connection);
        result
    }
}

/// Stops a query: on request, or when nobody waits for it any more.
struct Stop {
    asked: Arc<AtomicBool>,
    query: Arc<InterruptHandle>,
    /// Lives as long as the query runs or waits to run.
    running: Weak<()>,
}

impl Stop {
    fn now(&self) {
        self.asked.store(true, Ordering::SeqCst);
        self.query.interrupt();
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        if self.running.strong_count() == 0 {
            return;
        }
        self.now();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (query, running) = (Arc::clone(&self.query), Weak::clone(&self.running));
            runtime.spawn(async move {
                while running.strong_count() > 0 {
                    query.interrupt();
                    tokio::time::sleep(STOP_AGAIN).await;
                }
            });
        }
    }
}

async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(run).await {
        Ok(result) => result,
        Err(error) => Err(StoreError::Corrupt(format!("a query task failed: {error}"))),
    }
}

fn columns(record: &SignInRecord) -> [Value; 17] {
    let text = |value: &Option<String>| Value::from(value.clone());
    [
        record.id.as_str().into(),
        record.created.into(),
        text(&record.user_id),
        text(&record.user_principal_name),
        text(&record.user_display_name),
        text(&record.app_id),
        text(&record.app_display_name),
        text(&record.resource_id),
        text(&record.resource_display_name),
        text(&record.ip_address),
        text(&record.correlation_id),
        record.error_code.into(),
        text(&record.conditional_access_status),
        text(&record.client_app_used),
        record.is_interactive.into(),
        record.json.as_str().into(),
        text(&record.original),
    ]
}

fn properties() -> Vec<Property> {
    COLUMNS
        .iter()
        .map(|column| Property {
            path: column.path,
            sql: column.name,
            kind: match column.kind {
                ColumnKind::Text => Kind::Text,
                ColumnKind::Int => Kind::Int,
                ColumnKind::Bool => Kind::Bool,
                ColumnKind::Time => Kind::Time,
            },
            fold: column.fold,
            operators: column.operators,
            text_functions: column.text_functions,
        })
        .collect()
}

/// The condition of a query, its values, and the placeholder-free order.
fn statement(query: &SignInQuery) -> Result<(String, Vec<Value>), StoreError> {
    let properties = properties();
    let mut condition = Condition::new(&properties, Vec::new());
    let mut parts = vec!["1 = 1".to_owned()];
    if let Some(from) = query.within.data_from {
        parts.push(format!("created >= {}", condition.bind(from)));
    }
    if let Some(to) = query.within.data_to {
        parts.push(format!("created < {}", condition.bind(to)));
    }
    if let Some(filter) = &query.filter {
        parts.push(condition.sql(filter)?);
    }
    Ok((parts.join(" AND "), condition.values))
}

fn page(connection: &Connection, query: &SignInQuery) -> Result<SignInPage, StoreError> {
    let (mut condition, mut values) = statement(query)?;
    let total = if query.count {
        let sql = format!("SELECT COUNT(*) FROM sign_in WHERE {condition}");
        let row = sqlite::query(connection, &sql, &values)?.into_iter().next();
        Some(row.map_or(Ok(0), |mut row| row.count(0))?)
    } else {
        None
    };
    let (direction, beyond) = match query.order {
        Order::NewestFirst => ("DESC", "<"),
        Order::OldestFirst => ("ASC", ">"),
    };
    if let Some(after) = &query.after {
        let first = values.len() + 1;
        condition.push_str(&format!(" AND (created, id) {beyond} (${first}, ${})", first + 1));
        values.push(after.sort.into());
        values.push(after.id.as_str().into());
    }
    values.push((i64::from(query.top) + 1).into());
    let limit = values.len();
    let sql = format!(
        "SELECT id, json, created FROM sign_in WHERE {condition} ORDER BY created {direction}, id {direction} LIMIT ${limit}"
    );
    let mut records = Vec::new();
    let mut next = None;
    let wanted = usize::try_from(query.top).unwrap_or(usize::MAX);
    let mut last = None;
    for mut row in sqlite::query(connection, &sql, &values)? {
        if records.len() == wanted {
            next = last.take();
            break;
        }
        let record = StoredSignIn { id: row.text(0)?, json: row.text(1)? };
        last = Some(PageKey { sort: row.int(2)?, id: record.id.clone() });
        records.push(record);
    }
    Ok(SignInPage { records, next, total })
}

#[cfg(test)]
mod tests;
