//! How grants are used: counted cheaply with each read, and exactly only where the cheap count may be too high.
//!
//! All of it follows from read records and messages, whose own entries stand in the log; so none of it is audited.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use serde::Deserialize;
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::{GrantId, TenantId};
use vouchsafe_core::read::{ReadRecord, TYPED_VALUES_MAX, TypedValue};
use vouchsafe_core::support_request::Message;
use vouchsafe_core::time::{Duration, Timestamp};

use crate::document::damaged;
use crate::error::StoreError;
use crate::session::Session;
use crate::sql::{self, values};
use crate::work::{Work, hour};

/// Read records that are looked through at a time.
const READS_AT_ONCE: usize = 500;

/// The part of a read record's document that says what was read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordIds {
    record_ids: Vec<String>,
}

impl Work {
    /// Moves a grant's usage on with a read under it.
    pub(crate) async fn used(&mut self, read: &ReadRecord) -> Result<(), StoreError> {
        let Some(grant) = read.grant else { return Ok(()) };
        let returned = u64::try_from(read.record_ids.len()).unwrap_or(u64::MAX);
        self.execute(sql::GRANT_READ, values![read.at, returned, read.tenant, grant]).await.map(drop)
    }

    /// Moves on the grants over S's own data when somebody writes in its case: they are not idle. What has paused
    /// already stays so.
    pub(crate) async fn spoken_of(&mut self, message: &Message) -> Result<(), StoreError> {
        let parameters = values![message.created, message.tenant, message.support_request];
        self.execute(sql::GRANTS_SPOKEN_OF, parameters).await.map(drop)
    }

    /// Keeps an exact count of the different records that were read under a grant.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn keep_count(&mut self, grant: &Grant, records: u64) -> Result<(), StoreError> {
        self.execute(sql::GRANT_COUNTED, values![records, grant.tenant, grant.id]).await.map(drop)
    }

    /// Counts values typed on masked properties, as keyed hashes, in the running hour of `basis`: a grant, or the case
    /// of a basic read. Gives when the next hour begins if one property has more different ones than it may.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count_typed(
        &mut self,
        tenant: TenantId,
        basis: &str,
        typed: &[TypedValue],
    ) -> Result<Option<Timestamp>, StoreError> {
        let hour = hour(self.now());
        for TypedValue { property, value } in typed {
            let hash = self.lookup_hash(tenant, value.text());
            let parameters = values![tenant, basis, property.as_str(), hour, hash];
            self.execute(sql::PUT_TYPED_VALUE, parameters).await?;
        }
        for TypedValue { property, .. } in typed {
            let parameters = values![tenant, basis, property.as_str(), hour];
            let row = self.query_one(sql::TYPED_VALUES, &parameters).await?;
            if row.map_or(Ok(0), |mut row| row.count(0))? > TYPED_VALUES_MAX {
                return Ok(Some(Timestamp::from_micros((hour + 1) * Duration::hours(1).as_micros())));
            }
        }
        Ok(None)
    }
}

impl Session {
    /// The exact number of different records that the reads under a grant returned, and that number with `more` read
    /// too.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn distinct_records(
        &mut self,
        tenant: TenantId,
        grant: GrantId,
        more: &[String],
    ) -> Result<(u64, u64), StoreError> {
        // Hashes of 64 bits under a key of this count: two of a million records fall together once in 30 million
        // counts, and then one record is not counted.
        let hasher = RandomState::new();
        let mut seen = HashSet::new();
        let mut after = String::new();
        loop {
            let limit = i64::try_from(READS_AT_ONCE).unwrap_or(i64::MAX);
            let rows =
                self.query(sql::READS_OF_GRANT, &values![tenant, grant, after.as_str(), limit]).await?;
            let last = rows.len() < READS_AT_ONCE;
            for mut row in rows {
                after = row.text(0)?;
                let read: RecordIds = serde_json::from_slice(&row.bytes(1)?).map_err(damaged)?;
                seen.extend(read.record_ids.iter().map(|id| hasher.hash_one(id)));
            }
            if last {
                break;
            }
        }
        let before = seen.len();
        seen.extend(more.iter().map(|id| hasher.hash_one(id)));
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Ok((count(before), count(seen.len())))
    }

    /// Tenants with grants that are idle but do not say so yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tenants_idle(&mut self, now: Timestamp) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.query(sql::TENANTS_IDLE, &values![now]).await?;
        rows.into_iter().map(|mut row| row.parsed(0)).collect()
    }

    /// Grants of a tenant that are idle but do not say so yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn idle_grants(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Grant>, StoreError> {
        self.aggregates(tenant, sql::GRANTS_IDLE, &values![tenant, now, i64::from(limit)]).await
    }
}
