//! Checking a whole log: every entry, every tile, the root, what was seen before, and the rules ([`crate::replay`]).
//!
//! [`LogCheck`] says which tile it needs next and takes its bytes, so that it does not matter where they come from. It
//! keeps one unfinished tile for each level, never the log. Tiles of entries may be read and hashed before, on several
//! threads ([`LogCheck::next_bundles`], [`Bundle::read_all`], [`LogCheck::take_bundle`]).

use std::collections::VecDeque;

use crate::Hash;
use crate::bundle::Bundle;
use crate::checkpoint::Checkpoint;
use crate::replay::decision::SignatureCheck;
use crate::replay::{Broken, Replay, Story, Told};
use crate::tile::{TILE_WIDTH, Tile, TileError, TileKind, read_hashes};
use crate::tree::{Frontier, Node, empty_root};

/// Levels of the tree of a full tile.
const FULL: u32 = 8;

/// A head of this log that was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Entries.
    pub size: u64,
    /// Root.
    pub root: Hash,
}

/// The first thing that is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The log is shorter than it was.
    #[error("the log has {size} entries, but had {seen} when it was last seen")]
    Shrunk {
        /// Entries now.
        size: u64,
        /// Entries then.
        seen: u64,
    },
    /// What was seen before is not what the log begins with.
    #[error("the first {0} entries are not those that were seen before: the log was forked")]
    Forked(u64),
    /// A tile cannot be read.
    #[error("{tile}: {error}")]
    Tile {
        /// Which.
        tile: Tile,
        /// What is wrong with it.
        error: TileError,
    },
    /// A hash of a tile is not the one that the entries give.
    #[error("{tile}: hash {place} is not the one of the entries below it")]
    Hash {
        /// Which tile.
        tile: Tile,
        /// The place of the hash within the tile.
        place: usize,
    },
    /// The entries do not lead to the checkpoint's root.
    #[error("the {0} entries do not lead to the checkpoint's root")]
    Root(u64),
    /// An entry breaks a rule.
    #[error(transparent)]
    Rule(#[from] Broken),
    /// A tile was given that was not asked for.
    #[error("a tile was given that was not asked for")]
    NotAsked,
}

/// A check in progress.
#[derive(Debug)]
pub struct LogCheck {
    checkpoint: Checkpoint,
    seen: Option<Seen>,
    edge: Frontier,
    /// None if only the tree is checked.
    replay: Option<Replay>,
    /// Tiles to be asked for before the next entries.
    next: VecDeque<Tile>,
    /// Hashes of the unfinished tile of each level.
    levels: Vec<Vec<Hash>>,
    /// Full tiles of each level so far.
    full: Vec<u64>,
    finishing: bool,
}

impl LogCheck {
    /// Begins to check the log of a checkpoint whose signature is known to be good.
    ///
    /// # Errors
    /// [`Fault::Shrunk`], [`Fault::Forked`].
    pub fn new(checkpoint: Checkpoint, seen: Option<Seen>) -> Result<Self, Fault> {
        let size = checkpoint.size;
        match seen {
            Some(seen) if seen.size > size => return Err(Fault::Shrunk { size, seen: seen.size }),
            Some(seen) if seen.size == 0 && seen.root != empty_root() => return Err(Fault::Forked(0)),
            Some(_) | None => {}
        }
        let (edge, replay) = (Frontier::default(), Some(Replay::default()));
        let mut check = Self {
            checkpoint,
            seen,
            edge,
            replay,
            next: VecDeque::new(),
            levels: Vec::new(),
            full: Vec::new(),
            finishing: false,
        };
        check.ask_for_more();
        Ok(check)
    }

    /// The same check without the rules: of the tree alone, whatever its entries say.
    #[must_use]
    pub fn of_tree_alone(self) -> Self {
        Self { replay: None, ..self }
    }

    /// The same check, which has signatures of decisions checked.
    #[must_use]
    pub fn checking(self, check: SignatureCheck) -> Self {
        Self { replay: self.replay.map(|replay| replay.checking(check)), ..self }
    }

    /// The tile that is needed next; none once all were taken.
    #[must_use]
    pub fn next_tile(&self) -> Option<Tile> {
        self.next.front().copied()
    }

    /// Entries that were taken.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.edge.size()
    }

    /// Takes the bytes of [`LogCheck::next_tile`].
    ///
    /// # Errors
    /// [`Fault`]; then the log is not what it should be, and the check is over.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let tile = self.next.pop_front().ok_or(Fault::NotAsked)?;
        let unreadable = |error| Fault::Tile { tile, error };
        match tile.kind {
            TileKind::Entries => {
                let bundle = Bundle::read(tile, bytes, self.replay.is_some()).map_err(unreadable)?;
                self.bundle(&bundle)?;
                let hashes = Tile { kind: TileKind::Hashes(0), ..tile };
                self.next.push_front(hashes);
            }
            TileKind::Hashes(level) => {
                let given = read_hashes(tile.width, bytes).map_err(unreadable)?;
                self.hashes(tile, usize::from(level), &given)?;
            }
        }
        if self.next.is_empty() {
            self.ask_for_more();
        }
        Ok(())
    }

    /// The tiles of entries that are needed from here on, in order. They can be read and hashed before the tiles of hashes
    /// between them are there.
    pub fn next_bundles(&self) -> impl Iterator<Item = Tile> + use<> {
        let (size, first) = (self.checkpoint.size, self.edge.size() / TILE_WIDTH);
        (first..size.div_ceil(TILE_WIDTH)).map(move |number| {
            let width = u16::try_from((size - number * TILE_WIDTH).min(TILE_WIDTH)).unwrap_or(256);
            Tile { kind: TileKind::Entries, number, width }
        })
    }

    /// Whether the rules are checked, so that bundles must be read with what their entries tell.
    #[must_use]
    pub fn wants_rules(&self) -> bool {
        self.replay.is_some()
    }

    /// Takes [`LogCheck::next_tile`], a tile of entries, as it was read.
    ///
    /// # Errors
    /// [`Fault`], as [`LogCheck::take`]; [`Fault::NotAsked`] as well if it was read without what the rules need.
    pub fn take_bundle(&mut self, tile: Tile, read: Result<Bundle, TileError>) -> Result<(), Fault> {
        if self.next.front() != Some(&tile) {
            return Err(Fault::NotAsked);
        }
        let bundle = read.map_err(|error| Fault::Tile { tile, error })?;
        if bundle.tile != tile || self.replay.is_some() != bundle.told.is_some() {
            return Err(Fault::NotAsked);
        }
        self.next.pop_front();
        self.bundle(&bundle)?;
        self.next.push_front(Tile { kind: TileKind::Hashes(0), ..tile });
        Ok(())
    }

    /// The outcome, after the last tile: what the entries told, or only how many there are if the tree alone was checked.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn end(self) -> Result<Story, Fault> {
        if !self.next.is_empty() {
            return Err(Fault::NotAsked);
        }
        if self.edge.root() != self.checkpoint.root {
            return Err(Fault::Root(self.checkpoint.size));
        }
        match self.replay {
            Some(replay) => Ok(replay.end()?),
            None => Ok(Story { entries: self.edge.size(), ..Story::default() }),
        }
    }

    fn bundle(&mut self, bundle: &Bundle) -> Result<(), Fault> {
        let taken = self.edge.size();
        let end = taken + u64::from(bundle.tile.width);
        // Where what was seen ends within it, each entry is looked at by itself.
        let was_seen = self.seen.is_some_and(|seen| taken < seen.size && seen.size <= end);
        if !was_seen && let Some(root) = bundle.root {
            for node in self.edge.append_subtree(FULL, root).ok_or(Fault::NotAsked)? {
                self.complete(node);
            }
            self.keep(0, &bundle.leaves);
        } else {
            for leaf in &bundle.leaves {
                self.leaf(*leaf)?;
            }
        }
        if let (Some(replay), Some(told)) = (&mut self.replay, &bundle.told) {
            told.iter().try_for_each(|told: &Result<Told, String>| replay.told(told.as_ref()))?;
        }
        Ok(())
    }

    fn leaf(&mut self, leaf: Hash) -> Result<(), Fault> {
        for node in self.edge.append(leaf) {
            self.complete(node);
        }
        match self.seen {
            Some(seen) if seen.size == self.edge.size() && seen.root != self.edge.root() => {
                Err(Fault::Forked(seen.size))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Keeps a node that stands in a tile of hashes.
    fn complete(&mut self, node: Node) {
        if node.level.is_multiple_of(FULL) {
            self.keep(usize::try_from(node.level / FULL).unwrap_or_default(), &[node.hash]);
        }
    }

    /// Keeps these as the next hashes of the unfinished tile of a level.
    fn keep(&mut self, level: usize, hashes: &[Hash]) {
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Vec::new);
            self.full.resize(level + 1, 0);
        }
        if let Some(known) = self.levels.get_mut(level) {
            known.extend_from_slice(hashes);
        }
    }

    /// Holds a tile of hashes against those of the entries. A full one makes room for the next of its level.
    fn hashes(&mut self, tile: Tile, level: usize, given: &[Hash]) -> Result<(), Fault> {
        let expected = self.levels.get_mut(level).ok_or(Fault::NotAsked)?;
        let differs = given.iter().zip(expected.iter()).position(|(given, expected)| given != expected);
        if let Some(place) = differs.or((given.len() != expected.len()).then_some(given.len())) {
            return Err(Fault::Hash { tile, place });
        }
        let is_full = u64::from(tile.width) == TILE_WIDTH;
        if is_full {
            expected.clear();
            if let Some(full) = self.full.get_mut(level) {
                *full += 1;
            }
        }
        let above = self.levels.get(level + 1).map_or(0, Vec::len);
        if is_full && u64::try_from(above) == Ok(TILE_WIDTH) && !self.finishing {
            let tile = self.tile_of(level + 1, above);
            self.next.extend(tile);
        }
        Ok(())
    }

    /// The next entries; after the last ones, the unfinished tiles of the levels above.
    fn ask_for_more(&mut self) {
        let taken = self.edge.size();
        let left = self.checkpoint.size.saturating_sub(taken);
        if left > 0 {
            let width = u16::try_from(left.min(TILE_WIDTH)).unwrap_or(256);
            self.next.push_back(Tile { kind: TileKind::Entries, number: taken / TILE_WIDTH, width });
        } else if !self.finishing {
            self.finishing = true;
            let unfinished: Vec<Tile> = (1..self.levels.len())
                .filter_map(|level| self.tile_of(level, self.levels.get(level)?.len()))
                .collect();
            self.next.extend(unfinished);
        }
    }

    fn tile_of(&self, level: usize, width: usize) -> Option<Tile> {
        let number = self.full.get(level).copied()?;
        let kind = TileKind::Hashes(u8::try_from(level).ok()?);
        (width > 0).then_some(Tile { kind, number, width: u16::try_from(width).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::num::NonZero;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::leaf_hash;
    use crate::tile::push_entry;

    /// A log of entries that say nothing, with all of its tiles.
    fn log(size: u64) -> (Checkpoint, BTreeMap<Tile, Vec<u8>>) {
        let entries: Vec<Vec<u8>> = (0..size).map(entry).collect();
        let mut edge = Frontier::default();
        let mut nodes = BTreeMap::new();
        for entry in &entries {
            for node in edge.append(leaf_hash(entry)) {
                nodes.insert((node.level, node.index), node.hash);
            }
        }
        let tiles = Tile::of_tree(size).map(|tile| {
            let bytes = match tile.kind {
                TileKind::Entries => {
                    let first = usize::try_from(tile.number * TILE_WIDTH).unwrap();
                    let mut bundle = Vec::new();
                    for entry in &entries[first..first + usize::from(tile.width)] {
                        push_entry(&mut bundle, entry).unwrap();
                    }
                    bundle
                }
                TileKind::Hashes(_) => {
                    tile.hashes(&|level, index| nodes.get(&(level, index)).copied()).unwrap()
                }
            };
            (tile, bytes)
        });
        let tiles = tiles.collect();
        let checkpoint =
            Checkpoint { origin: "o".to_owned(), size, root: edge.root(), extensions: Vec::new() };
        (checkpoint, tiles)
    }

    fn entry(sequence: u64) -> Vec<u8> {
        let entry = json!({ "version": 1, "sequence": sequence, "tenantId": "t", "correlationId": "c", "events": [] });
        crate::canonical(&entry).unwrap()
    }

    fn checked(
        checkpoint: &Checkpoint,
        seen: Option<Seen>,
        tiles: &BTreeMap<Tile, Vec<u8>>,
    ) -> Result<(Story, BTreeSet<Tile>), Fault> {
        let alone = checked_by(checkpoint, seen, tiles, None);
        for threads in [1, 3] {
            assert_eq!(checked_by(checkpoint, seen, tiles, NonZero::new(threads)), alone, "{threads}");
        }
        alone
    }

    /// The check tile by tile, or with the entries read before on several threads.
    fn checked_by(
        checkpoint: &Checkpoint,
        seen: Option<Seen>,
        tiles: &BTreeMap<Tile, Vec<u8>>,
        threads: Option<NonZero<usize>>,
    ) -> Result<(Story, BTreeSet<Tile>), Fault> {
        let mut check = LogCheck::new(checkpoint.clone(), seen)?;
        let (mut asked, mut ahead) = (BTreeSet::new(), VecDeque::new());
        while let Some(tile) = check.next_tile() {
            asked.insert(tile);
            match threads.filter(|_| tile.kind == TileKind::Entries) {
                None => check.take(&tiles[&tile])?,
                Some(threads) => {
                    if ahead.is_empty() {
                        let next = check.next_bundles().take(5);
                        let next: Vec<_> = next.map(|tile| (tile, tiles[&tile].clone())).collect();
                        ahead.extend(Bundle::read_all(&next, check.wants_rules(), threads));
                    }
                    let (tile, bundle) = ahead.pop_front().unwrap();
                    check.take_bundle(tile, bundle)?;
                }
            }
        }
        Ok((check.end()?, asked))
    }

    #[test]
    fn a_bundle_that_is_not_the_next_one_or_lacks_what_the_rules_need_is_not_taken() {
        let (checkpoint, tiles) = log(600);
        let mut check = LogCheck::new(checkpoint, None).unwrap();
        let [first, second] = [0, 1].map(|number| Tile { kind: TileKind::Entries, number, width: 256 });
        let read = |tile: Tile, rules| Bundle::read(tile, &tiles[&tile], rules);
        assert_eq!(check.take_bundle(second, read(second, true)), Err(Fault::NotAsked));
        assert_eq!(check.take_bundle(first, read(second, true)), Err(Fault::NotAsked));
        assert_eq!(check.take_bundle(first, read(first, false)), Err(Fault::NotAsked));
        check.take_bundle(first, read(first, true)).unwrap();
        assert_eq!(check.take_bundle(first, read(first, true)), Err(Fault::NotAsked));
    }

    #[test]
    fn every_tile_of_a_log_is_looked_at() {
        for size in [0, 1, 2, 255, 256, 257, 512, 700, 65_536, 65_537] {
            let (checkpoint, tiles) = log(size);
            // The large ones each one way: they take their time.
            let threads = NonZero::new(2).filter(|_| size == 65_537);
            let (story, asked) = if size < 1_000 {
                checked(&checkpoint, None, &tiles).unwrap()
            } else {
                checked_by(&checkpoint, None, &tiles, threads).unwrap()
            };
            assert_eq!(story.entries, size);
            assert_eq!(asked, tiles.keys().copied().collect(), "{size}");
        }
    }

    #[test]
    fn an_older_or_another_log_is_not_taken_for_the_one_that_was_seen() {
        let (checkpoint, tiles) = log(300);
        let (older, _) = log(120);
        let seen = Seen { size: 120, root: older.root };
        checked(&checkpoint, Some(seen), &tiles).unwrap();
        let forked = Seen { root: [1; 32], ..seen };
        assert_eq!(checked(&checkpoint, Some(forked), &tiles).unwrap_err(), Fault::Forked(120));
        let same = Seen { size: 300, root: [1; 32] };
        assert_eq!(checked(&checkpoint, Some(same), &tiles).unwrap_err(), Fault::Forked(300));
        let shrunk = Seen { size: 301, root: checkpoint.root };
        assert_eq!(
            checked(&checkpoint, Some(shrunk), &tiles).unwrap_err(),
            Fault::Shrunk { size: 300, seen: 301 }
        );
    }

    proptest! {
        #![proptest_config(crate::cases(200))]

        #[test]
        fn any_flipped_bit_of_any_tile_is_found(size in 1u64..600, tile in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let (checkpoint, mut tiles) = log(size);
            let tile = *tile.get(&tiles.keys().copied().collect::<Vec<_>>());
            let bytes = tiles.get_mut(&tile).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(checked(&checkpoint, None, &tiles).is_err());
        }

        #[test]
        fn entries_dropped_added_swapped_or_cut_off_are_found(size in 2u64..600, at in any::<prop::sample::Index>(), how in 0u8..4) {
            let (checkpoint, tiles) = log(size);
            let mut entries: Vec<Vec<u8>> = (0..size).map(entry).collect();
            let at = at.index(entries.len() - 1);
            match how {
                0 => drop(entries.remove(at)),
                1 => entries.insert(at, entries[at].clone()),
                2 => entries.swap(at, at + 1),
                _ => entries.truncate(at + 1),
            }
            // What a liar would serve: bundles of the same names, filled up from what is left, and the true hashes.
            let mut forged = tiles.clone();
            for (tile, bytes) in &mut forged {
                if tile.kind == TileKind::Entries {
                    let first = usize::try_from(tile.number * TILE_WIDTH).unwrap().min(entries.len());
                    let end = (first + usize::from(tile.width)).min(entries.len());
                    bytes.clear();
                    for entry in &entries[first..end] {
                        push_entry(bytes, entry).unwrap();
                    }
                }
            }
            prop_assume!(forged != tiles);
            prop_assert!(checked(&checkpoint, None, &forged).is_err());
        }
    }
}
