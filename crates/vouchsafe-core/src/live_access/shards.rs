//! A map that many threads read at once.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use foldhash::fast::RandomState;

/// Parts, each under a lock of its own; a power of two.
const SHARDS: usize = 64;

/// A map in parts, so that who changes one entry keeps few from reading others.
#[derive(Debug)]
pub(super) struct Shards<K, V> {
    shards: Box<[RwLock<HashMap<K, V, RandomState>>]>,
    hasher: RandomState,
}

impl<K, V> Default for Shards<K, V> {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| RwLock::default()).collect();
        Self { shards, hasher: RandomState::default() }
    }
}

impl<K: Eq + Hash + Copy, V> Shards<K, V> {
    fn of(&self, key: &K) -> Option<&RwLock<HashMap<K, V, RandomState>>> {
        let hash = self.hasher.hash_one(key);
        usize::try_from(hash % SHARDS as u64).ok().and_then(|shard| self.shards.get(shard))
    }

    fn reading(&self, key: &K) -> Option<RwLockReadGuard<'_, HashMap<K, V, RandomState>>> {
        self.of(key).map(|shard| shard.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn writing(
        shard: &RwLock<HashMap<K, V, RandomState>>,
    ) -> RwLockWriteGuard<'_, HashMap<K, V, RandomState>> {
        shard.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `see` makes of an entry, if there is one.
    pub(super) fn look<T>(&self, key: &K, see: impl FnOnce(&V) -> T) -> Option<T> {
        self.reading(key)?.get(key).map(see)
    }

    /// Sets an entry. A map that has grown beyond `max` is emptied first.
    pub(super) fn put(&self, key: K, value: V, max: usize) {
        if let Some(shard) = self.of(&key) {
            let mut shard = Self::writing(shard);
            if shard.len() >= max / SHARDS {
                shard.clear();
            }
            shard.insert(key, value);
        }
    }

    /// Changes an entry, which is made if there is none.
    pub(super) fn change<T: Default>(
        &self,
        key: K,
        first: impl FnOnce() -> V,
        change: impl FnOnce(&mut V) -> T,
    ) -> T {
        let Some(shard) = self.of(&key) else { return T::default() };
        change(Self::writing(shard).entry(key).or_insert_with(first))
    }

    /// Keeps the entries that `keep` says.
    pub(super) fn retain(&self, keep: impl Fn(&K, &V) -> bool) {
        for shard in &self.shards {
            Self::writing(shard).retain(|key, value| keep(key, value));
        }
    }

    /// Removes all.
    pub(super) fn clear(&self) {
        self.retain(|_, _| false);
    }

    /// The keys of which `wanted` says so.
    pub(super) fn keys_where(&self, wanted: impl Fn(&V) -> bool) -> Vec<K> {
        let mut keys = Vec::new();
        for shard in &self.shards {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            keys.extend(shard.iter().filter(|(_, value)| wanted(value)).map(|(key, _)| *key));
        }
        keys
    }
}

impl<K: Eq + Hash + Copy, V: Copy> Shards<K, V> {
    /// A copy of an entry.
    pub(super) fn copied(&self, key: &K) -> Option<V> {
        self.look(key, |value| *value)
    }
}
