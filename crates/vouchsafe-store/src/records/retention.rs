//! Deleting: what has been kept long enough, and all of a tenant.

use rusqlite::types::Value;
use vouchsafe_core::id::{DataCollectionId, GrantId};
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::time::Timestamp;

use super::events;
use super::expression::Sql;
use super::files::{RecordsOf, blocking};
use super::layout::{self, Layout};
use super::{coder, load, place};
use crate::error::StoreError;
use crate::sqlite;
use crate::store::Store;

/// Pages that are given back to the file system after a deletion at most.
const PAGES_FREED_MAX: i64 = 4_096;

/// What a step of a deletion did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deleted {
    /// Events that are gone.
    pub events: u64,
    /// Whether there may be more to delete.
    pub more: bool,
}

impl Store {
    /// Deletes events of a category that both happened and were imported before an instant, the oldest first, `limit` at
    /// most, in one durable transaction; counts are kept exact, and what only they named is forgotten. Call it again
    /// while there is [more](Deleted::more).
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was deleted.
    pub async fn delete_before(
        &self,
        of: impl Into<RecordsOf>,
        category: DataCategory,
        before: Timestamp,
        limit: u32,
    ) -> Result<Deleted, StoreError> {
        let of = of.into();
        let turn = self.records.turn(of).await;
        let path = self.records.path(of);
        blocking(move || {
            let _turn = turn;
            if !path.exists() {
                return Ok(Deleted::default());
            }
            let mut connection = sqlite::open(&path, true)?;
            load::complete(&connection)?;
            let mut deleted = Deleted::default();
            for layout in layout::events().filter(|layout| layout.schema.categories.contains(&category)) {
                let left = limit.saturating_sub(u32::try_from(deleted.events).unwrap_or(u32::MAX));
                let gone = delete(&mut connection, layout, category, before, left)?;
                deleted.events += gone;
                deleted.more |= gone >= u64::from(left);
            }
            if deleted.events > 0 {
                connection.execute_batch(&format!("PRAGMA incremental_vacuum({PAGES_FREED_MAX})"))?;
            }
            Ok(deleted)
        })
        .await
    }

    /// Deletes the records of all submissions of a data collection, save the one of a grant.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub async fn delete_submissions(
        &self,
        collection: DataCollectionId,
        but: Option<GrantId>,
    ) -> Result<(), StoreError> {
        let kept = but.map(|grant| RecordsOf::submission(collection, grant));
        for of in self.records.submissions(collection)?.into_iter().filter(|of| Some(*of) != kept) {
            self.delete_records(of).await?;
        }
        Ok(())
    }

    /// Deletes all records of a tenant, or of a submission of a data collection.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub async fn delete_records(&self, of: impl Into<RecordsOf>) -> Result<(), StoreError> {
        let of = of.into();
        let turn = self.records.turn(of).await;
        self.records.forget(of);
        let path = self.records.path(of);
        blocking(move || {
            let _turn = turn;
            for file in load::with_side_files(&path) {
                match std::fs::remove_file(&file) {
                    Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                        return Err(StoreError::File { path: file.display().to_string(), source });
                    }
                    Ok(()) | Err(_) => {}
                }
            }
            Ok(())
        })
        .await?;
        self.records.forget(of);
        Ok(())
    }
}

fn delete(
    connection: &mut rusqlite::Connection,
    layout: &'static Layout,
    category: DataCategory,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let table = &layout.name;
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let own = if layout.has_category { " AND category = ?" } else { "" };
    let mut sql = Sql::new(format!(
        "SELECT at FROM {table} NOT INDEXED WHERE at < ? AND batch IN (SELECT id FROM batch WHERE kind = ? AND imported < ? AND first_at < ?){own} ORDER BY at LIMIT ?"
    ))
    .with(edge(&transaction, layout, before)?)
    .with(table.clone())
    .with(before.as_micros())
    .with(before.as_micros());
    if layout.has_category {
        sql = sql.with(coder::category(layout, category));
    }
    sql = sql.with(Value::Integer(i64::from(limit)));
    let places = {
        let mut statement = transaction.prepare(&sql.text)?;
        let found = statement.query_map(rusqlite::params_from_iter(&sql.values), |row| row.get(0))?;
        found.collect::<Result<Vec<i64>, _>>()?
    };
    events::delete(&transaction, layout, &places)?;
    forget_batches(&transaction, layout)?;
    transaction.commit()?;
    Ok(u64::try_from(places.len()).unwrap_or(u64::MAX))
}

/// The place before which events happened before an instant; of a crowded kind, before its second.
fn edge(connection: &rusqlite::Connection, layout: &Layout, before: Timestamp) -> Result<i64, StoreError> {
    let first = place::first(before);
    let crowded =
        connection.prepare_cached("SELECT 1 FROM crowded WHERE kind = ?")?.exists([&layout.name])?;
    Ok(if crowded { place::same_second(first).start } else { first })
}

/// Forgets batches of which nothing is left, and with the last event what no index leads to.
fn forget_batches(connection: &rusqlite::Connection, layout: &'static Layout) -> Result<(), StoreError> {
    let table = &layout.name;
    let first: Option<i64> =
        connection.query_row(&format!("SELECT MIN(at) FROM {table}"), [], |row| row.get(0))?;
    let Some(first) = first else {
        connection.execute("DELETE FROM batch WHERE kind = ?", [table])?;
        for group in layout.groups.iter().filter(|group| !group.direct) {
            connection.execute(&format!("DELETE FROM {table}_{}", group.name), [])?;
        }
        return Ok(());
    };
    let second = place::time(place::same_second(first).start).as_micros();
    connection.execute("DELETE FROM batch WHERE kind = ? AND last_at < ?", (table, second))?;
    Ok(())
}
