//! What changed, for whoever wants to be told: the outbox, read in the order of its ids.

use vouchsafe_core::id::{Id as _, OutboxId, TenantId, uuid_v7};
use vouchsafe_core::time::{Duration, Timestamp};

use crate::error::StoreError;
use crate::session::Session;
use crate::sql::{self, values};

/// How long outbox items are kept for slow readers.
pub const OUTBOX_KEPT: Duration = Duration::days(1);

/// One change that the people of a tenant may be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its id, by which a receiver knows it again. Sorts by time to the millisecond.
    pub id: OutboxId,
    /// What kind of change: the name of an activity of the log, or what the provider's people are told instead.
    pub topic: String,
    /// Id of the changed thing.
    pub subject: String,
    /// When.
    pub at: Timestamp,
}

impl OutboxItem {
    /// The lowest id that an item of this instant can have.
    #[must_use]
    pub fn first_of(at: Timestamp) -> OutboxId {
        OutboxId::from_uuid(uuid_v7(at, [0; 10]))
    }

    /// The instant that an id was drawn at, to the millisecond.
    #[must_use]
    pub fn drawn_at(id: OutboxId) -> Timestamp {
        let [a, b, c, d, e, f, ..] = *id.uuid().as_bytes();
        let millis = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

impl Session {
    /// A tenant's outbox items from an id on, in the order of their ids. An item can come to stand before others that are
    /// there already: two units of work may draw their ids in one millisecond, and who writes to another tenant's outbox
    /// does not hold its log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_from(
        &mut self,
        tenant: TenantId,
        first: OutboxId,
        limit: u32,
    ) -> Result<Vec<OutboxItem>, StoreError> {
        let rows = self.query(sql::OUTBOX_FROM, &values![tenant, first, i64::from(limit)]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(OutboxItem {
                    id: row.parsed(0)?,
                    topic: row.text(1)?,
                    subject: row.text(2)?,
                    at: Timestamp::from_micros(row.int(3)?),
                })
            })
            .collect()
    }
}
