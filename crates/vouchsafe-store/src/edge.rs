//! Time and randomness, injected. Production takes both from the operating system; tests replace both.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use vouchsafe_core::id::{Id, TenantId, uuid_v7};
use vouchsafe_core::time::{Duration, Timestamp};

/// Where `now` comes from.
pub trait Clock: Debug + Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// Whether it is the clock of this machine, and as right or wrong as that: where several machines share a database,
    /// its clock counts instead.
    fn is_the_machines(&self) -> bool {
        false
    }
}

/// Where random bytes come from. Each tenant has a stream of its own, so that what is drawn for one tenant never
/// shows in the ids of another (`product.md`, promise 7).
pub trait Entropy: Debug + Send + Sync {
    /// Fills `bytes` from `stream`'s stream.
    fn fill(&self, stream: TenantId, bytes: &mut [u8]);
}

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the edge where time is read")]
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(jiff::Timestamp::now().as_microsecond())
    }

    fn is_the_machines(&self) -> bool {
        true
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, _stream: TenantId, bytes: &mut [u8]) {
        drawn_random(bytes);
    }
}

/// Bytes that one seed gives before a fresh one is taken.
const BYTES_PER_SEED: usize = 64 * 1024;

struct Pool {
    stream: ChaCha20Rng,
    left: usize,
}

thread_local! {
    static POOL: RefCell<Option<Pool>> = const { RefCell::new(None) };
}

/// Fills `bytes` from a ChaCha20 stream of this thread, seeded by the operating system: nonces, salts, ids and tokens
/// are drawn many times per unit of work, and a call of the system each time would be a large part of it.
pub(crate) fn drawn_random(bytes: &mut [u8]) {
    POOL.with_borrow_mut(|pool| {
        let fresh = pool.take().filter(|pool| pool.left >= bytes.len());
        let mut current = fresh.unwrap_or_else(|| {
            let mut seed = [0; 32];
            os_random(&mut seed);
            Pool { stream: ChaCha20Rng::from_seed(seed), left: BYTES_PER_SEED }
        });
        current.stream.fill_bytes(bytes);
        current.left = current.left.saturating_sub(bytes.len());
        *pool = Some(current);
    });
}

/// Fills `bytes` from the operating system, or ends the program: without randomness nothing here is safe. Keys come
/// from here directly.
#[expect(clippy::disallowed_methods, reason = "this is the edge where randomness is read")]
pub(crate) fn os_random(bytes: &mut [u8]) {
    if getrandom::fill(bytes).is_err() {
        tracing::error!("the operating system gives no randomness");
        std::process::abort();
    }
}

/// A clock that a test or the demo sets.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(start.as_micros())))
    }

    /// Moves it to `to`.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.as_micros(), Ordering::SeqCst);
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_micros(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Seeded streams: the same seed gives each tenant the same bytes in every run.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    streams: Mutex<HashMap<TenantId, ChaCha20Rng>>,
}

impl SeededEntropy {
    /// Streams that follow from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, streams: Mutex::new(HashMap::new()) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, stream: TenantId, bytes: &mut [u8]) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let stream = streams.entry(stream).or_insert_with(|| {
            let mut seed = [0; 32];
            for (to, from) in
                seed.iter_mut().zip(self.seed.to_le_bytes().iter().chain(stream.uuid().as_bytes()))
            {
                *to = *from;
            }
            ChaCha20Rng::from_seed(seed)
        });
        stream.fill_bytes(bytes);
    }
}

/// Draws a new id of any kind from a tenant's stream.
pub fn new_id<I: Id>(entropy: &dyn Entropy, stream: TenantId, now: Timestamp) -> I {
    let mut random = [0; 10];
    entropy.fill(stream, &mut random);
    I::from_uuid(uuid_v7(now, random))
}
