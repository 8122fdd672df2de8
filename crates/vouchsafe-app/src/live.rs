//! Answers that are still being sent. Access that ends cuts them off: whoever ends it is answered only after every
//! such answer of this node was told to stop (`lifecycle.md`, *Effective access*, "Sent").

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use vouchsafe_core::id::{GrantId, SupportRequestId};

/// The answers of this node that carry diagnostic data and are not wholly sent.
#[derive(Debug, Clone, Default)]
pub struct LiveAnswers {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    next: AtomicU64,
    answers: Mutex<HashMap<u64, Sending>>,
}

/// What an answer rests on.
#[derive(Debug)]
struct Sending {
    case: SupportRequestId,
    /// None for basic data, which needs no grant.
    grant: Option<GrantId>,
    stopped: Arc<AtomicBool>,
}

impl LiveAnswers {
    /// Registers an answer of a case; it counts until the handle is dropped. Register before the last check of what it
    /// rests on, so that no end of access falls between the two.
    #[must_use]
    pub fn register(&self, case: SupportRequestId, grant: Option<GrantId>) -> LiveAnswer {
        let number = self.inner.next.fetch_add(1, Ordering::Relaxed);
        let stopped = Arc::new(AtomicBool::new(false));
        let sending = Sending { case, grant, stopped: Arc::clone(&stopped) };
        self.inner.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(number, sending);
        LiveAnswer { answers: self.clone(), number, stopped }
    }

    /// Stops every answer under these grants: none of them hands over another byte.
    pub fn stop(&self, grants: &[GrantId]) {
        if !grants.is_empty() {
            self.stop_those(|sending| sending.grant.is_some_and(|grant| grants.contains(&grant)));
        }
    }

    /// Stops every answer of a case, also those that need no grant.
    pub fn stop_case(&self, case: SupportRequestId) {
        self.stop_those(|sending| sending.case == case);
    }

    fn stop_those(&self, ended: impl Fn(&Sending) -> bool) {
        let answers = self.inner.answers.lock().unwrap_or_else(PoisonError::into_inner);
        for sending in answers.values().filter(|sending| ended(sending)) {
            sending.stopped.store(true, Ordering::SeqCst);
        }
    }
}

/// One answer that is being sent.
#[derive(Debug)]
pub struct LiveAnswer {
    answers: LiveAnswers,
    number: u64,
    stopped: Arc<AtomicBool>,
}

impl LiveAnswer {
    /// Whether access has ended: then nothing more may be sent.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

impl Drop for LiveAnswer {
    fn drop(&mut self) {
        self.answers.inner.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}
