//! Seeded randomness.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A stream of draws; the same seed gives the same ones.
#[derive(Debug)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of one purpose. Each has its own, so that more records of one kind leave the others as they are.
    pub(super) fn new(tenant: Uuid, seed: u64, purpose: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(tenant.as_bytes());
        hash.update(seed.to_be_bytes());
        hash.update(purpose.as_bytes());
        Self(ChaCha8Rng::from_seed(hash.finalize().into()))
    }

    /// 0 to `count` - 1; 0 if there is none.
    pub(super) fn below(&mut self, count: u32) -> u32 {
        let scaled = u64::from(self.0.next_u32()) * u64::from(count);
        u32::try_from(scaled >> u32::BITS).unwrap_or(0)
    }

    /// [`Dice::below`] for the length of a list.
    pub(super) fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.below(u32::try_from(count).unwrap_or(u32::MAX))).unwrap_or(0)
    }

    /// `first` to `last`, both included; `first` if the span is empty. The tiny bias of the remainder does not matter
    /// here.
    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = u64::try_from(last.saturating_sub(first)).unwrap_or(0).saturating_add(1);
        first.saturating_add(i64::try_from(self.0.next_u64() % span).unwrap_or(0))
    }

    /// True `parts` times in `whole`.
    pub(super) fn chance(&mut self, parts: u32, whole: u32) -> bool {
        self.below(whole) < parts
    }

    /// One of the items, all alike.
    pub(super) fn pick<'t, T, const N: usize>(&mut self, items: &'t [T; N]) -> &'t T {
        const { assert!(N > 0, "nothing to pick from") };
        let at = self.index(N);
        #[expect(clippy::indexing_slicing, reason = "index(N) is below N, which is not 0")]
        &items[at]
    }

    /// One of the items, in proportion to their weights.
    pub(super) fn weighted<'t, T, const N: usize>(&mut self, items: &'t [(u32, T); N]) -> &'t T {
        const { assert!(N > 0, "nothing to pick from") };
        let at = self.weighted_index(items.iter().map(|(weight, _)| *weight));
        #[expect(
            clippy::indexing_slicing,
            reason = "weighted_index() is below the number of weights, which is not 0"
        )]
        &items[at].1
    }

    /// Index of one of the weights, in proportion to them; 0 if all are 0.
    pub(super) fn weighted_index(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (at, weight) in weights.enumerate() {
            if left < weight {
                return at;
            }
            left -= weight;
        }
        0
    }

    /// A random UUID (RFC 9562 section 5.4).
    pub(super) fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}
