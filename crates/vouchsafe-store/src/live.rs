//! What the node remembers for the decision point ([`LiveAccess`]), kept in step with what is committed here and elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::live_access::{Asking, Elapsed, Epoch, LiveAccess};
use vouchsafe_core::time::Timestamp;

use crate::error::StoreError;
use crate::postgres::Nodes;
use crate::session::Session;
use crate::sql::{self, values};
use crate::store::{Reader, Store};

/// Tenants whose epochs one statement asks for.
const EPOCHS_AT_ONCE: usize = 1_000;

/// The memory of this process, with the clock that it goes by, and the other nodes if there are any.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) memory: LiveAccess,
    pub(crate) nodes: Option<Nodes>,
    started: Instant,
}

impl Live {
    #[expect(clippy::disallowed_methods, reason = "this is the edge where time is read")]
    pub(crate) fn new(provider: TenantId, nodes: Option<Nodes>) -> Self {
        let memory = match nodes {
            Some(_) => LiveAccess::among_nodes(provider),
            None => LiveAccess::alone(provider),
        };
        Self { memory, nodes, started: Instant::now() }
    }

    pub(crate) fn elapsed(&self) -> Elapsed {
        Elapsed::from_micros(u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX))
    }

    /// These logs have grown by changes of what somebody may do, and that is committed, or may be.
    pub(crate) fn changed(&self, tenants: &BTreeSet<TenantId>, logs: &BTreeMap<TenantId, u64>) {
        for tenant in tenants {
            let size = logs.get(tenant).copied().unwrap_or(u64::MAX);
            self.memory.changed(*tenant, size, self.elapsed());
            if let Some(nodes) = &self.nodes {
                nodes.announce(*tenant, size, self.elapsed());
            }
        }
    }
}

impl Store {
    /// What this node remembers.
    #[must_use]
    pub fn live_access(&self) -> &LiveAccess {
        &self.live().memory
    }

    /// The present moment, by the clock that what is remembered goes by.
    #[must_use]
    pub fn elapsed(&self) -> Elapsed {
        self.live().elapsed()
    }

    /// The time that decisions go by, where that is another than what the database said and the monotonic clock added:
    /// one that a test or the demo sets.
    #[must_use]
    pub fn set_time(&self) -> Option<Timestamp> {
        (!self.clock().is_the_machines()).then(|| self.now())
    }

    /// Asks for the epochs of the tenants that were asked about, so that what is known of them can be used on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; then nobody may use it for longer than it was good for.
    pub async fn confirm_live_access(&self) -> Result<(), StoreError> {
        let memory = self.live_access();
        let in_use = memory.in_use();
        for tenants in in_use.chunks(EPOCHS_AT_ONCE) {
            let Some(asking) = memory.asking(self.elapsed()) else { break };
            memory.confirm(asking, &self.read()?.epochs(tenants).await?);
        }
        memory.tidy(self.elapsed());
        Ok(())
    }

    /// Begins to ask for facts; none while nothing may be remembered.
    #[must_use]
    pub fn asking(&self) -> Option<Asking> {
        self.live_access().asking(self.elapsed())
    }

    /// Waits until every end of access that was committed here so far holds on all nodes: they have said so, or cannot rest
    /// on what was any longer.
    pub async fn settle_live_access(&self) {
        if let Some(nodes) = &self.live().nodes {
            nodes.settled(|| self.elapsed()).await;
        }
    }

    /// Is one of the nodes on a shared database until `stopped` says so: says that it is there, tells the others of changes and
    /// hears of theirs. `heard` is done with each before the node says yes; if it fails, the node begins anew.
    /// Returns at once where there is no other node.
    pub async fn join_nodes<F, E>(
        &self,
        heard: impl Fn(BTreeSet<TenantId>) -> F + Send + Sync,
        mut stopped: watch::Receiver<bool>,
    ) where
        F: Future<Output = Result<(), E>> + Send,
        E: std::error::Error + Send + Sync + 'static,
    {
        if let Some(nodes) = &self.live().nodes {
            nodes.join(self.live(), heard, &mut stopped).await;
        }
    }
}

impl Reader {
    /// The epoch of a tenant in this view, with the time by which it is judged.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn epoch(&mut self, tenant: TenantId) -> Result<Epoch, StoreError> {
        let size = match self.query_one(sql::LOG_SIZE, &values![tenant]).await? {
            Some(mut row) => row.count(0)?,
            None => 0,
        };
        Ok(Epoch { tenant, size, now: self.now() })
    }

    /// Judges by the database's clock, where several nodes share it and each has one of its own.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn take_shared_time(&mut self) -> Result<(), StoreError> {
        if let Some(now) = self.shared_time().await? {
            self.set_now(now);
        }
        Ok(())
    }
}

impl Session {
    /// The sizes of the logs of these tenants.
    async fn epochs(&mut self, tenants: &[TenantId]) -> Result<Vec<(TenantId, u64)>, StoreError> {
        let quoted: Vec<String> = tenants.iter().map(|tenant| format!("\"{tenant}\"")).collect();
        let text = if self.is_shared() { sql::postgres::EPOCHS } else { sql::SQLITE_EPOCHS };
        let rows = self.query(text, &values![format!("[{}]", quoted.join(","))]).await?;
        rows.into_iter().map(|mut row| Ok((row.parsed(0)?, row.count(1)?))).collect()
    }
}

/// Shared by the store and its units of work.
pub(crate) type SharedLive = Arc<Live>;
