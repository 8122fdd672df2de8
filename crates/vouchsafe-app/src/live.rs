//! Answers that are still being sent. Access that ends cuts them off: whoever ends it is answered only after every
//! such answer of this node was told to stop (`lifecycle.md`, *Effective access*, "Sent").

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use vouchsafe_core::id::GrantId;

/// The answers of this node that carry diagnostic data and are not wholly sent.
#[derive(Debug, Clone, Default)]
pub struct LiveAnswers {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    next: AtomicU64,
    answers: Mutex<HashMap<GrantId, HashMap<u64, Arc<AtomicBool>>>>,
}

impl LiveAnswers {
    /// Registers an answer under a grant; it counts until the handle is dropped. Register before the last check of
    /// the grant, so that no end of access falls between the two.
    #[must_use]
    pub fn register(&self, grant: GrantId) -> LiveAnswer {
        let number = self.inner.next.fetch_add(1, Ordering::Relaxed);
        let stopped = Arc::new(AtomicBool::new(false));
        let mut answers = self.inner.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.entry(grant).or_default().insert(number, Arc::clone(&stopped));
        LiveAnswer { answers: self.clone(), grant, number, stopped }
    }

    /// Stops every answer under these grants: none of them hands over another byte.
    pub fn stop(&self, grants: &[GrantId]) {
        let answers = self.inner.answers.lock().unwrap_or_else(PoisonError::into_inner);
        for stopped in grants.iter().filter_map(|grant| answers.get(grant)).flat_map(HashMap::values) {
            stopped.store(true, Ordering::SeqCst);
        }
    }
}

/// One answer that is being sent.
#[derive(Debug)]
pub struct LiveAnswer {
    answers: LiveAnswers,
    grant: GrantId,
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
        let mut answers = self.answers.inner.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_grant) = answers.get_mut(&self.grant) {
            of_grant.remove(&self.number);
            if of_grant.is_empty() {
                answers.remove(&self.grant);
            }
        }
    }
}
