//! Seeded randomness.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// A stream of draws; the same seed gives the same ones.
#[derive(Debug)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub(super) fn with<T>(seed: u64, draw: impl FnOnce(&mut Self) -> T) -> T {
        draw(&mut Self::new(seed))
    }

    /// 0 to `count` - 1; 0 if there is none. The tiny bias of the remainder does not matter here.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.0.next_u64() % count).unwrap_or(0)
    }

    /// `first` to `last`, both included; `first` if the span is empty.
    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = u64::try_from(last.saturating_sub(first)).unwrap_or(0).saturating_add(1);
        first.saturating_add(i64::try_from(self.0.next_u64() % span).unwrap_or(0))
    }

    /// True `parts` times in `whole`.
    pub(super) fn chance(&mut self, parts: u32, whole: u32) -> bool {
        self.0.next_u32() % whole.max(1) < parts
    }

    /// One of the choices, all alike.
    pub(super) fn pick<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        match self.below(others.len() + 1).checked_sub(1) {
            Some(at) => others.get(at).copied().unwrap_or(first),
            None => first,
        }
    }

    /// Index of one of the weights, in proportion to them.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total: u32 = weights.clone().sum();
        let mut left = self.0.next_u32() % total.max(1);
        for (at, weight) in weights.enumerate() {
            if left < weight {
                return at;
            }
            left -= weight;
        }
        0
    }

    /// A random UUID (RFC 9562 section 5.4).
    pub(super) fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}
