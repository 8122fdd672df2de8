//! A unit of work: loads facts, records decisions, commits.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;
use vouchsafe_core::audit::Initiator;
use vouchsafe_core::decided::Context;
use vouchsafe_core::id::{Id, TenantId, UserId};
use vouchsafe_core::permit::WorkId;
use vouchsafe_core::personal::Personal;
use vouchsafe_core::read::DeniedReads;
use vouchsafe_core::time::{Duration, Timestamp};

use crate::document::damaged;
use crate::edge::new_id;
use crate::error::StoreError;
use crate::live::SharedLive;
use crate::outbox::OUTBOX_KEPT;
use crate::session::Session;
use crate::sql::{self, values};
use crate::store::Options;

/// How long an answer is remembered for its idempotency key.
const ANSWER_KEPT: Duration = Duration::hours(24);

/// One transaction. Dropped without [`Work::commit`], it changes nothing.
#[derive(Debug)]
pub struct Work {
    session: Session,
    id: WorkId,
    options: Options,
    provider: TenantId,
    now: Timestamp,
    /// Log size of every tenant that this unit of work has locked.
    pub(crate) heads: BTreeMap<TenantId, u64>,
    /// The correlation id of each tenant's entries; never shared between two tenants.
    pub(crate) correlations: BTreeMap<TenantId, String>,
    /// Whose log has got an entry of something that may change what somebody may do.
    pub(crate) changed: BTreeSet<TenantId>,
    live: SharedLive,
}

static NEXT_WORK: AtomicU64 = AtomicU64::new(1);

impl Work {
    pub(crate) fn new(mut session: Session, options: Options, provider: TenantId, live: SharedLive) -> Self {
        let now = options.clock.now();
        session.set_instant(now);
        let id = WorkId(NEXT_WORK.fetch_add(1, Ordering::Relaxed));
        let (heads, correlations, changed) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { session, id, options, provider, now, heads, correlations, changed, live }
    }

    /// Locks the log heads of these tenants in ascending order, and takes the time after that. Facts that a rule
    /// uses are read after it. A tenant without a log gets an empty one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn lock(&mut self, tenants: impl IntoIterator<Item = TenantId>) -> Result<(), StoreError> {
        let tenants: BTreeSet<TenantId> = tenants.into_iter().collect();
        for tenant in tenants {
            if !self.lock_found(tenant).await? {
                self.add_head(tenant).await?;
            }
        }
        self.take_time().await
    }

    /// As [`Work::lock`], of those among these tenants that exist.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn lock_existing(&mut self, tenants: BTreeSet<TenantId>) -> Result<(), StoreError> {
        for tenant in tenants {
            if !self.lock_found(tenant).await? && self.has_tenant(tenant).await? {
                self.add_head(tenant).await?;
            }
        }
        self.take_time().await
    }

    /// Locks a head if there is one.
    async fn lock_found(&mut self, tenant: TenantId) -> Result<bool, StoreError> {
        if self.heads.contains_key(&tenant) {
            return Ok(true);
        }
        let size = self.session.lock_head(tenant).await?;
        self.heads.extend(size.map(|size| (tenant, size)));
        Ok(size.is_some())
    }

    /// Makes an empty log and locks its head.
    async fn add_head(&mut self, tenant: TenantId) -> Result<(), StoreError> {
        let size = self.session.add_head(tenant).await?;
        self.heads.insert(tenant, size);
        Ok(())
    }

    /// Takes the time of this unit of work: the clock's, or the database's where that is the one clock of all nodes.
    async fn take_time(&mut self) -> Result<(), StoreError> {
        let shared = match self.options.clock.is_the_machines() {
            true => self.session.shared_time().await?,
            false => None,
        };
        self.now = shared.unwrap_or_else(|| self.options.clock.now());
        self.session.set_instant(self.now);
        Ok(())
    }

    /// What permits of this unit of work carry.
    #[must_use]
    pub fn id(&self) -> WorkId {
        self.id
    }

    /// The time of this unit of work, taken after its locks.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> TenantId {
        self.provider
    }

    /// The values that a rule may use.
    #[must_use]
    pub fn context(&self, initiator: Initiator) -> Context {
        Context { now: self.now, initiator, provider: self.provider }
    }

    /// A new id from a tenant's stream.
    #[must_use]
    pub fn new_id<I: Id>(&self, stream: TenantId) -> I {
        new_id(&*self.options.entropy, stream, self.now)
    }

    /// A new support request number: sixteen decimal digits, the first not 0.
    #[must_use]
    pub fn new_number(&self, stream: TenantId) -> String {
        let mut random = [0; 8];
        self.options.entropy.fill(stream, &mut random);
        let spread = 9_000_000_000_000_000;
        (1_000_000_000_000_000 + u64::from_le_bytes(random) % spread).to_string()
    }

    /// Fills `bytes` from a tenant's random stream.
    pub fn random(&self, stream: TenantId, bytes: &mut [u8]) {
        self.options.entropy.fill(stream, bytes);
    }

    /// Makes it durable. Returns only after the commit is on disk.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was changed.
    pub async fn commit(self) -> Result<(), StoreError> {
        let committed = self.session.commit(&self.heads).await;
        // After a failure nobody knows whether it is there.
        self.live.changed(&self.changed, &self.heads);
        committed
    }

    /// The answer that the same caller got for the same key and endpoint within 24 hours.
    ///
    /// # Errors
    /// [`StoreError::IdempotencyMismatch`] if the key came with another body.
    pub async fn remembered<T: DeserializeOwned>(
        &mut self,
        asked: &Answered,
    ) -> Result<Option<T>, StoreError> {
        let since = self.now - ANSWER_KEPT;
        let parameters =
            values![asked.tenant, asked.principal, asked.endpoint.as_str(), asked.key.as_str(), since];
        let Some(mut row) = self.session.query_one(sql::ANSWER, &parameters).await? else { return Ok(None) };
        if row.bytes(0)? != asked.fingerprint {
            return Err(StoreError::IdempotencyMismatch);
        }
        let text: Personal = self.session.opened(asked.tenant, &row.bytes(1)?).await?;
        serde_json::from_str(text.text()).map(Some).map_err(damaged)
    }

    /// Remembers an answer for 24 hours, sealed under the caller's key, in the transaction of the change.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn remember(&mut self, asked: &Answered, answer: &impl Serialize) -> Result<(), StoreError> {
        let text = serde_json::to_string(answer).map_err(damaged)?;
        let sealed = self.session.sealed(asked.tenant, &Personal::new(asked.principal, text)).await?;
        let Answered { tenant, principal, endpoint, key, fingerprint } = asked.clone();
        let parameters = values![tenant, principal, endpoint, key, fingerprint, sealed, self.now];
        self.session.execute(sql::PUT_ANSWER, parameters).await?;
        Ok(())
    }

    /// Counts one refused read of the running minute.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count_denied(
        &mut self,
        denied: &DeniedReads,
        engineer_tenant: TenantId,
        engineer: UserId,
    ) -> Result<(), StoreError> {
        let parameters = values![
            denied.log,
            minute(denied.at),
            engineer_tenant,
            engineer,
            denied.support_request,
            denied.tenant,
            denied.category.name(),
            denied.reason.as_str(),
            denied.at,
        ];
        self.session.execute(sql::COUNT_DENIED, parameters).await?;
        Ok(())
    }

    /// Takes up to `limit` counts of refused reads of past minutes out that belong to one log, for their entries.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn take_denied(
        &mut self,
        log: TenantId,
        limit: u32,
    ) -> Result<Vec<(DeniedReads, TenantId, UserId)>, StoreError> {
        let parameters = values![log, minute(self.now), i64::from(limit)];
        let rows = self.session.query(sql::DENIED_BEFORE, &parameters).await?;
        let mut taken = Vec::with_capacity(rows.len());
        for mut row in rows {
            let (minute, engineer_tenant, engineer) = (row.int(1)?, row.parsed(2)?, row.parsed::<UserId>(3)?);
            let denied = DeniedReads {
                log: row.parsed(0)?,
                support_request: row.parsed(4)?,
                tenant: row.parsed(5)?,
                category: row.parsed(6)?,
                reason: row.text(7)?,
                at: Timestamp::from_micros(row.int(8)?),
                count: row.count(9)?,
            };
            let parameters = values![
                denied.log,
                minute,
                engineer,
                denied.support_request,
                denied.tenant,
                denied.category.name(),
                denied.reason.as_str(),
            ];
            self.session.execute(sql::DELETE_DENIED, parameters).await?;
            taken.push((denied, engineer_tenant, engineer));
        }
        Ok(taken)
    }

    /// Deletes sessions, remembered answers, outbox items, counts of typed values, answered challenges and unused passes
    /// that are past their time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn forget_expired(&mut self) -> Result<(), StoreError> {
        let now = self.now;
        self.session.execute(sql::DELETE_OLD_SESSIONS, values![now]).await?;
        self.session.execute(sql::DELETE_OLD_ANSWERS, values![now - ANSWER_KEPT]).await?;
        self.session.execute(sql::DELETE_OLD_OUTBOX, values![now - OUTBOX_KEPT]).await?;
        self.session.execute(sql::DELETE_OLD_TYPED_VALUES, values![hour(now)]).await?;
        self.forget_challenges().await
    }
}

/// The minute that counts of refused reads are kept by.
pub(crate) fn minute(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(Duration::minutes(1).as_micros())
}

/// The clock hour that typed values are counted by.
pub(crate) fn hour(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(Duration::hours(1).as_micros())
}

/// A request that carries an `Idempotency-Key`, and whom it is from.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The caller's tenant.
    pub tenant: TenantId,
    /// The caller.
    pub principal: UserId,
    /// Method and path.
    pub endpoint: String,
    /// The key.
    pub key: String,
    /// SHA-256 of the body.
    pub fingerprint: Vec<u8>,
}

impl Deref for Work {
    type Target = Session;
    fn deref(&self) -> &Session {
        &self.session
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}
