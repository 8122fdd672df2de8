//! A map that many threads read at once.

use std::hash::{BuildHasher as _, Hash};
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// Parts, each under a lock of its own; a power of two.
const SHARDS: usize = 64;
/// The bits of a hash that choose the part: not those by which the table in it finds its places.
const SHARD_BITS: u32 = 40;

/// One part, under its lock.
type Shard<K, V> = RwLock<HashTable<(K, V)>>;

/// A map in parts, so that who changes one entry keeps few from reading others. A key is hashed once.
#[derive(Debug)]
pub(super) struct Shards<K, V> {
    shards: Box<[Shard<K, V>]>,
    hasher: RandomState,
}

impl<K, V> Default for Shards<K, V> {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| RwLock::new(HashTable::new())).collect();
        Self { shards, hasher: RandomState::default() }
    }
}

impl<K: Eq + Hash + Copy, V> Shards<K, V> {
    fn shard(&self, hash: u64) -> Option<&Shard<K, V>> {
        usize::try_from(hash >> SHARD_BITS).ok().and_then(|bits| self.shards.get(bits % SHARDS))
    }

    fn writing(shard: &Shard<K, V>) -> RwLockWriteGuard<'_, HashTable<(K, V)>> {
        shard.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `see` makes of an entry, if there is one.
    pub(super) fn look<T>(&self, key: &K, see: impl FnOnce(&V) -> T) -> Option<T> {
        let hash = self.hasher.hash_one(key);
        let shard = self.shard(hash)?.read().unwrap_or_else(PoisonError::into_inner);
        shard.find(hash, |(there, _)| there == key).map(|(_, value)| see(value))
    }

    /// Sets an entry. A part that has grown beyond its share of `max` is emptied first.
    pub(super) fn put(&self, key: K, value: V, max: usize) {
        let hash = self.hasher.hash_one(key);
        let Some(shard) = self.shard(hash) else { return };
        let mut shard = Self::writing(shard);
        if shard.len() >= max / SHARDS {
            shard.clear();
        }
        let rehash = |(key, _): &(K, V)| self.hasher.hash_one(key);
        match shard.find_mut(hash, |(there, _)| *there == key) {
            Some((_, there)) => *there = value,
            None => drop(shard.insert_unique(hash, (key, value), rehash)),
        }
    }

    /// Changes an entry, which is made if there is none.
    pub(super) fn change<T: Default>(
        &self,
        key: K,
        first: impl FnOnce() -> V,
        change: impl FnOnce(&mut V) -> T,
    ) -> T {
        let hash = self.hasher.hash_one(key);
        let Some(shard) = self.shard(hash) else { return T::default() };
        let mut shard = Self::writing(shard);
        let rehash = |(key, _): &(K, V)| self.hasher.hash_one(key);
        let entry = shard.entry(hash, |(there, _)| *there == key, rehash).or_insert_with(|| (key, first()));
        change(&mut entry.into_mut().1)
    }

    /// Keeps the entries that `keep` says.
    pub(super) fn retain(&self, keep: impl Fn(&K, &V) -> bool) {
        for shard in &self.shards {
            Self::writing(shard).retain(|(key, value)| keep(key, value));
        }
    }

    /// Removes all.
    pub(super) fn clear(&self) {
        for shard in &self.shards {
            Self::writing(shard).clear();
        }
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
