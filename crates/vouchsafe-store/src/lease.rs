//! Leases: which of several nodes does a job that one is enough for. Nothing is right or wrong by them: what two nodes do
//! at once is caught by row versions and by the checkpoint's own condition. They save work.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use vouchsafe_core::time::Timestamp;

use crate::edge::os_random;
use crate::error::StoreError;
use crate::sql::{self, values};
use crate::store::Store;

/// How long a lease lasts that is not renewed: so long a job rests whose node was killed.
const LASTS: Duration = Duration::from_secs(10);
/// A lease that lasts longer than this is not renewed yet.
const RENEWED_BELOW: Duration = Duration::from_secs(5);
/// Pause between two tries to get what another node holds.
const TRIED_EVERY: Duration = Duration::from_secs(2);

/// The leases of one node.
#[derive(Debug)]
pub(crate) struct Leases {
    holder: String,
    known: Mutex<HashMap<&'static str, Known>>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    held: bool,
    /// Not asked again before.
    good_until: Instant,
}

impl Default for Leases {
    fn default() -> Self {
        let mut random = [0; 16];
        os_random(&mut random);
        Self { holder: vouchsafe_log::hex(&random), known: Mutex::default() }
    }
}

impl Store {
    /// Whether this process is to do a job now that one of those that share the database does.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn leads(&self, job: &'static str) -> Result<bool, StoreError> {
        let leases = self.leases();
        let known = leases.known.lock().unwrap_or_else(PoisonError::into_inner).get(job).copied();
        let now = Instant::now();
        if let Some(known) = known.filter(|known| now < known.good_until) {
            return Ok(known.held);
        }
        let mut work = self.work().await?;
        work.lock([]).await?;
        let lasts = i64::try_from(LASTS.as_micros()).unwrap_or(i64::MAX);
        let until = Timestamp::from_micros(work.now().as_micros().saturating_add(lasts));
        let parameters = values![job, leases.holder.as_str(), until, work.now()];
        let held = work.execute(sql::TAKE_LEASE, parameters).await? == 1;
        work.commit().await?;
        let good_until = now + if held { LASTS - RENEWED_BELOW } else { TRIED_EVERY };
        leases.known.lock().unwrap_or_else(PoisonError::into_inner).insert(job, Known { held, good_until });
        Ok(held)
    }
}
