//! The demo's clock: the system's, set back while the world's past is being made.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_store::edge::{Clock, SystemClock};

/// The system's clock, so many microseconds ago.
#[derive(Debug, Clone, Default)]
pub struct DemoClock {
    behind: Arc<AtomicI64>,
}

impl DemoClock {
    /// Goes so far back that the world is built as of then.
    pub fn set_back(&self, ago: Duration) {
        self.behind.store(ago.as_micros(), Ordering::SeqCst);
    }

    /// Returns to the present.
    pub fn return_to_now(&self) {
        self.behind.store(0, Ordering::SeqCst);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        let behind = self.behind.load(Ordering::SeqCst);
        Timestamp::from_micros(SystemClock.now().as_micros().saturating_sub(behind))
    }
}
