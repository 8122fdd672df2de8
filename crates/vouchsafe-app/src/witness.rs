//! Witnesses: the newest checkpoint of each log is offered to each of them, and what they sign is kept beside it
//! (`evidence.md`, *Witness*).
//!
//! A witness is believed in nothing but its signature, which is checked before it is kept. Nothing waits for it:
//! publishing goes on whether it answers or not, and each witness has a job of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_log::note::{SignatureLine, VerifierKey};
use vouchsafe_log::tree::{Nodes, consistency_proof};
use vouchsafe_log::witness::{AddCheckpoint, Declined, read_answer};
use vouchsafe_store::{Head, Published, StoreError};

pub use crate::upstream::Cause;
use crate::{App, EvidenceError};

/// Logs that one witness is asked about at the same time.
const OFFERS_AT_ONCE: usize = 8;
/// Minutes after which a witness is first asked again about a log that it has refused; each later time is twice as long.
const FIRST_PUT_OFF_MINUTES: u32 = 1;
/// The status of a witness that has seen another history (C2SP `tlog-witness`).
const NOT_CONSISTENT: u16 = 422;
/// Minutes at most.
const PUT_OFF_MINUTES_MAX: u32 = 16;

/// Carries requests to a witness.
pub trait Courier: Debug + Send + Sync {
    /// Asks the witness to sign.
    ///
    /// # Errors
    /// Why it cannot be reached, or does not answer now.
    fn carry<'a>(&'a self, request: &'a AddCheckpoint) -> Carrying<'a>;
}

/// An answer that is on its way.
pub type Carrying<'a> = Pin<Box<dyn Future<Output = Result<WitnessAnswer, Cause>> + Send + 'a>>;

/// What a witness answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// A witness that is asked to sign.
#[derive(Debug)]
pub struct Witness {
    /// What operators call it.
    name: String,
    key: VerifierKey,
    /// Tenants whose logs it is asked about; none: all.
    tenants: Option<BTreeSet<TenantId>>,
    courier: Arc<dyn Courier>,
    /// Logs that it has refused, and when it is asked again.
    put_off: Mutex<BTreeMap<TenantId, PutOff>>,
}

#[derive(Debug, Clone, Copy)]
struct PutOff {
    until: Timestamp,
    /// Minutes that it is put off for the next time.
    next: u32,
}

/// Why a round ended early.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The witness cannot be reached, or is in trouble itself.
    #[error("the witness `{name}` does not answer")]
    Unreachable {
        /// Which witness.
        name: String,
        /// Why.
        #[source]
        cause: Cause,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Witness {
    /// A witness with this key, which is asked about these tenants' logs, or about all.
    #[must_use]
    pub fn new(
        name: String,
        key: VerifierKey,
        tenants: Option<BTreeSet<TenantId>>,
        courier: Arc<dyn Courier>,
    ) -> Self {
        Self { name, key, tenants, courier, put_off: Mutex::default() }
    }

    /// What operators call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is asked about a log now.
    fn is_asked(&self, tenant: TenantId, now: Timestamp) -> bool {
        let theirs = self.tenants.as_ref().is_none_or(|tenants| tenants.contains(&tenant));
        let put_off = self.put_off.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).copied();
        theirs && put_off.is_none_or(|put_off| put_off.until <= now)
    }

    /// Asks about a log later.
    fn put_off(&self, tenant: TenantId, now: Timestamp) {
        let mut put_off = self.put_off.lock().unwrap_or_else(PoisonError::into_inner);
        let minutes = put_off.get(&tenant).map_or(FIRST_PUT_OFF_MINUTES, |put_off| put_off.next);
        let next = minutes.saturating_mul(2).min(PUT_OFF_MINUTES_MAX);
        put_off.insert(tenant, PutOff { until: now + Duration::minutes(minutes), next });
    }

    /// Forgets that it had refused a log.
    fn welcome(&self, tenant: TenantId) {
        self.put_off.lock().unwrap_or_else(PoisonError::into_inner).remove(&tenant);
    }
}

impl App {
    /// Offers a witness every checkpoint that it has not signed yet, and keeps what it signs. Gives the number of
    /// signatures. What it refuses of one log is told to the operator, and asked again later; it delays no other.
    ///
    /// # Errors
    /// [`WitnessError`]; what was signed until then is kept.
    pub async fn offer(&self, witness: &Arc<Witness>) -> Result<usize, WitnessError> {
        let due = self.store.read()?.logs_to_cosign(witness.key.name()).await?;
        let now = self.store.now();
        let mut due = due.into_iter().filter(|(tenant, _)| witness.is_asked(*tenant, now));
        let mut offers = JoinSet::new();
        let mut signed = Ok(0);
        loop {
            while signed.is_ok()
                && offers.len() < OFFERS_AT_ONCE
                && let Some((tenant, old)) = due.next()
            {
                let (app, witness) = (self.clone(), Arc::clone(witness));
                offers.spawn(async move { app.offer_one(&witness, tenant, old).await });
            }
            let outcome = match offers.join_next().await {
                None => return signed,
                Some(Ok(outcome)) => outcome,
                Some(Err(error)) => {
                    Err(WitnessError::Unreachable { name: witness.name.clone(), cause: error.into() })
                }
            };
            signed = signed.and_then(|sum| outcome.map(|is_signed| sum + usize::from(is_signed)));
        }
    }

    /// Offers the newest checkpoint of one log; gives whether the witness has signed it.
    async fn offer_one(&self, witness: &Witness, tenant: TenantId, old: u64) -> Result<bool, WitnessError> {
        let Some(published) = self.store.read()?.checkpoint(tenant).await? else { return Ok(false) };
        let size = published.head.size;
        let mut answer = self.asked(witness, tenant, &published, old.min(size)).await?;
        // The size was signed where we do not remember it: before our database was lost, or on somebody else's word.
        if let Err(Declined::Seen(seen)) = answer
            && seen <= size
        {
            answer = self.asked(witness, tenant, &published, seen).await?;
        }
        match answer {
            Ok(line) => {
                let mut work = self.store.work().await?;
                work.cosign(tenant, published.head, &line).await?;
                work.commit().await?;
                witness.welcome(tenant);
                Ok(true)
            }
            Err(declined) => {
                tell(witness, tenant, size, &declined);
                witness.put_off(tenant, self.store.now());
                Ok(false)
            }
        }
    }

    /// Has each published log signed by one of its witnesses, which it does only if that log follows from the newest that it
    /// has seen: whoever has lost what was published learns so that nothing was lost. None if some log has no witness
    /// that answers.
    ///
    /// # Errors
    /// [`EvidenceError::LostEntries`], [`EvidenceError::OtherThanWitnessed`] if a witness has seen more, or something else.
    pub(crate) async fn witnessed(
        &self,
        published: &BTreeMap<TenantId, Head>,
    ) -> Result<Option<()>, EvidenceError> {
        for tenant in published.keys() {
            let mut signed = false;
            for witness in self.witnesses.iter().filter(|witness| witness.is_asked(*tenant, self.store.now()))
            {
                match self.vouches(witness, *tenant).await {
                    Ok(vouches) => signed |= vouches,
                    Err(EvidenceError::Witness(cause)) => {
                        let cause = &cause as &dyn std::error::Error;
                        tracing::warn!(
                            cause,
                            witness = witness.name,
                            "a witness was asked about published heads"
                        );
                    }
                    Err(error) => return Err(error),
                }
            }
            if !signed {
                return Ok(None);
            }
        }
        Ok(Some(()))
    }

    /// Whether a witness signs the newest stored checkpoint of a log, as it was asked just now.
    async fn vouches(&self, witness: &Witness, tenant: TenantId) -> Result<bool, EvidenceError> {
        let mut reader = self.store.read()?;
        let Some(published) = reader.checkpoint(tenant).await? else { return Ok(false) };
        let stored = reader.entries_in_log(tenant).await?;
        drop(reader);
        let size = published.head.size;
        let mut answer = self.asked(witness, tenant, &published, size).await?;
        if let Err(Declined::Seen(seen)) = answer {
            if seen > size {
                return Err(EvidenceError::LostEntries { tenant, published: seen, stored: stored.min(size) });
            }
            answer = self.asked(witness, tenant, &published, seen).await?;
        }
        match answer {
            Ok(line) => {
                let mut work = self.store.work().await?;
                work.cosign(tenant, published.head, &line).await?;
                work.commit().await?;
                Ok(true)
            }
            Err(Declined::Status(NOT_CONSISTENT)) => {
                let witness = witness.name.clone();
                Err(EvidenceError::OtherThanWitnessed { tenant, witness, size })
            }
            Err(declined) => {
                tell(witness, tenant, size, &declined);
                Ok(false)
            }
        }
    }

    /// Asks for a signature, with the proof that the log has only grown since `old`.
    async fn asked(
        &self,
        witness: &Witness,
        tenant: TenantId,
        published: &Published,
        old: u64,
    ) -> Result<Result<SignatureLine, Declined>, WitnessError> {
        let size = published.head.size;
        let proof = |nodes: &dyn Nodes| consistency_proof(old, size, nodes);
        let proof = self.store.read()?.from_tree(tenant, size, proof).await?;
        let request = AddCheckpoint { old, proof, checkpoint: published.note.clone() };
        let answer = witness.courier.carry(&request).await;
        let answer =
            answer.map_err(|cause| WitnessError::Unreachable { name: witness.name.clone(), cause })?;
        Ok(read_answer(answer.status, &answer.body, &request.checkpoint, &witness.key))
    }
}

/// Tells the operator why there is no signature. That a witness has seen another history is the one thing it is for.
fn tell(witness: &Witness, tenant: TenantId, size: u64, declined: &Declined) {
    let name = &witness.name;
    match declined {
        Declined::Seen(seen) => tracing::error!(
            witness = %name, %tenant, size, seen,
            "a witness has seen more of a log than the log has: it was put back from a backup"
        ),
        Declined::Status(422) => tracing::error!(
            witness = %name, %tenant, size,
            "a witness refuses a log: it does not begin with what the witness has seen, so the log has another history"
        ),
        Declined::Status(404) => {
            tracing::warn!(witness = %name, %tenant, "a witness does not know a log: give it the log's verifier key");
        }
        Declined::Status(403) => {
            tracing::warn!(witness = %name, %tenant, "a witness does not know the key of a log: give it the newest");
        }
        Declined::Status(status) => {
            tracing::warn!(witness = %name, %tenant, size, status, "a witness refuses a checkpoint");
        }
        Declined::Signature(error) => tracing::error!(
            witness = %name, %tenant, size,
            "the answer of a witness is ignored: {error}"
        ),
    }
}
