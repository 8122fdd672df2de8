//! Answers that are still being sent. Access that ends cuts them off: whoever ends it is answered only after every such
//! answer was told to stop (`lifecycle.md`, *Effective access*, "Sent").
//!
//! On this node that is done at once. Other nodes are told (`vouchsafe_store::Store::join_nodes`), look at once whether the answers
//! that they are sending still rest on anything, and say yes; whoever ends access is answered then. Should one not hear of it, it
//! looks again every [`LOOK_EVERY`] by itself, and stops an answer that it has not been able to look at for [`UNSEEN_MAX`]: so
//! nothing is sent any more by the time that nobody waits for its yes.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use vouchsafe_core::id::{GrantId, SupportRequestId, TenantId, UserId};
use vouchsafe_core::live_access::REMEMBERED_FOR;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::time::Timestamp;

use crate::{App, AppError};

/// Pause between two looks at what the answers rest on that are being sent.
pub const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How old the last look may be at most while an answer goes on.
const UNSEEN_MAX: Duration = Duration::from_millis(500);

/// The answers of this node that carry diagnostic data and are not wholly sent.
#[derive(Debug, Clone, Default)]
pub struct LiveAnswers {
    inner: Arc<Inner>,
    among_nodes: bool,
}

#[derive(Debug, Default)]
struct Inner {
    next: AtomicU64,
    answers: Mutex<HashMap<u64, Sending>>,
}

/// What an answer rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Basis {
    /// The case.
    pub case: SupportRequestId,
    /// Who reads.
    pub engineer: UserId,
    /// Whose data.
    pub tenant: TenantId,
    /// None for basic data, which needs no grant.
    pub grant: Option<GrantId>,
}

#[derive(Debug)]
struct Sending {
    basis: Basis,
    answer: Arc<Answer>,
}

#[derive(Debug)]
struct Answer {
    stopped: AtomicBool,
    seen: Mutex<Instant>,
}

impl LiveAnswers {
    /// Those of a node that is not the only one on its database.
    pub(crate) fn among_nodes() -> Self {
        Self { among_nodes: true, ..Self::default() }
    }

    pub(crate) fn is_among_nodes(&self) -> bool {
        self.among_nodes
    }

    /// Registers an answer; it counts until the handle is dropped. Register before the last check of what it rests on, so
    /// that no end of access falls between the two.
    #[must_use]
    pub fn register(&self, basis: Basis) -> LiveAnswer {
        let number = self.inner.next.fetch_add(1, Ordering::Relaxed);
        let answer = Arc::new(Answer { stopped: AtomicBool::new(false), seen: Mutex::new(Instant::now()) });
        let sending = Sending { basis, answer: Arc::clone(&answer) };
        self.inner.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(number, sending);
        LiveAnswer { answers: self.clone(), number, answer }
    }

    fn stop_those(&self, ended: impl Fn(&Basis) -> bool) {
        for sending in self.inner.answers.lock().unwrap_or_else(PoisonError::into_inner).values() {
            if ended(&sending.basis) {
                sending.answer.stopped.store(true, Ordering::SeqCst);
            }
        }
    }

    /// What the answers rest on that are being sent.
    fn bases(&self) -> BTreeSet<Basis> {
        let answers = self.inner.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.values().map(|sending| sending.basis).collect()
    }

    /// Notes what a look has found that began at `begun`.
    fn seen(&self, begun: Instant, basis: &Basis, holds: bool) {
        for sending in self.inner.answers.lock().unwrap_or_else(PoisonError::into_inner).values() {
            if sending.basis == *basis {
                if holds {
                    let mut seen = sending.answer.seen.lock().unwrap_or_else(PoisonError::into_inner);
                    *seen = begun.max(*seen);
                } else {
                    sending.answer.stopped.store(true, Ordering::SeqCst);
                }
            }
        }
    }
}

impl App {
    /// When no decision point permits any more what was ended at `at`: with that commit, or where other nodes may not hear of it,
    /// once they cannot rest on what was.
    pub(crate) fn decisions_end_by(&self, at: Timestamp) -> Timestamp {
        let remembered = i64::try_from(REMEMBERED_FOR.as_micros()).unwrap_or(i64::MAX);
        match self.is_among_nodes() {
            true => Timestamp::from_micros(at.as_micros().saturating_add(remembered)),
            false => at,
        }
    }

    /// Access under these grants has ended: stops every answer under them and waits until that holds on every node, for the
    /// decision point too.
    pub(crate) async fn end_access(&self, grants: &[GrantId]) {
        if !grants.is_empty() {
            self.live.stop_those(|basis| basis.grant.is_some_and(|grant| grants.contains(&grant)));
            self.holds_everywhere().await;
        }
    }

    /// Access for these cases has ended, also that which needs no grant; as [`App::end_access`].
    pub(crate) async fn end_access_for(&self, cases: &[SupportRequestId]) {
        if !cases.is_empty() {
            self.live.stop_those(|basis| cases.contains(&basis.case));
            self.holds_everywhere().await;
        }
    }

    /// Waits until what this node has ended holds on every node.
    async fn holds_everywhere(&self) {
        if self.is_among_nodes() {
            self.store.settle_live_access().await;
        }
    }

    /// Looks again at what the answers rest on that this node is sending, and stops those that rest on nothing any more.
    ///
    /// # Errors
    /// [`AppError::Unavailable`]: then they stop by themselves before long.
    pub async fn look_at_answers(&self) -> Result<(), AppError> {
        self.look_at(self.live.bases()).await
    }

    /// As [`App::look_at_answers`], of those with data of these tenants, or of engineers if the provider is among them.
    pub(crate) async fn look_at_answers_of(&self, tenants: BTreeSet<TenantId>) -> Result<(), AppError> {
        let mut bases = self.live.bases();
        if !tenants.contains(&self.store.provider()) {
            bases.retain(|basis| tenants.contains(&basis.tenant));
        }
        self.look_at(bases).await
    }

    async fn look_at(&self, bases: BTreeSet<Basis>) -> Result<(), AppError> {
        if bases.is_empty() {
            return Ok(());
        }
        let begun = Instant::now();
        let mut reader = self.store.read()?;
        for basis in bases {
            let case = reader.desk_case(self.store.provider(), basis.case).await?;
            let mut holds =
                case.is_some_and(|case| case.is_open() && case.engineer() == Some(basis.engineer));
            // A role may have ended by itself.
            let caller = reader.caller(self.store.provider(), basis.engineer).await?;
            holds &= caller.is_some_and(|(engineer, _)| {
                engineer.person.active && engineer.permissions.allow(Permission::WorkRequests)
            });
            if let Some(grant) = basis.grant {
                let grant = reader.grant(basis.tenant, grant).await?;
                holds &= grant.is_some_and(|grant| grant.is_live(reader.now()));
            }
            self.live.seen(begun, &basis, holds);
        }
        Ok(())
    }
}

/// One answer that is being sent.
#[derive(Debug)]
pub struct LiveAnswer {
    answers: LiveAnswers,
    number: u64,
    answer: Arc<Answer>,
}

impl LiveAnswer {
    /// Whether access has ended, or may have, for all that this node knows: then nothing more may be sent.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        let unseen = || {
            let seen = *self.answer.seen.lock().unwrap_or_else(PoisonError::into_inner);
            self.answers.among_nodes && seen.elapsed() > UNSEEN_MAX
        };
        self.answer.stopped.load(Ordering::SeqCst) || unseen()
    }
}

impl Drop for LiveAnswer {
    fn drop(&mut self) {
        self.answers.inner.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}
