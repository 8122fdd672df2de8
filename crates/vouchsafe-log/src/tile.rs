//! Tiles: the hashes and entries of a log in pieces that never change (C2SP `tlog-tiles`).
//!
//! A tile of level L holds up to 256 hashes of the tree's level 8 × L; a full one is immutable. Paths are
//! `tile/<L>/<N>[.p/<W>]`, for entries `tile/entries/<N>[.p/<W>]`; N is written in groups of three digits, all but the
//! last with an `x` before them: 1234067 is `x001/x234/067`.

use std::fmt;
use std::str::FromStr;

use crate::tree::{Nodes, node_hash};
use crate::{ENTRY_BYTES_MAX, Hash};

/// Hashes or entries of a full tile.
pub const TILE_WIDTH: u64 = 256;
/// Levels of the tree in one tile.
const TILE_HEIGHT: u32 = 8;
/// The highest level of a tile in a tree of 64-bit size.
const LEVEL_MAX: u8 = 7;
/// Bytes of a hash.
const HASH_BYTES: usize = 32;

/// Which tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TileKind {
    /// Hashes, of this level of tiles.
    Hashes(u8),
    /// Entries.
    Entries,
}

/// A tile's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// What it holds.
    pub kind: TileKind,
    /// Its place in its level.
    pub number: u64,
    /// How many hashes or entries it holds: 1 to 256.
    pub width: u16,
}

/// Why something is no tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The path names no tile.
    #[error("`{0}` is no path of a tile")]
    Path(String),
    /// The bytes are more or fewer than the tile's width demands.
    #[error("a tile of {width} has {given} bytes")]
    Length {
        /// Hashes that it should have.
        width: u16,
        /// Bytes that it has.
        given: usize,
    },
    /// A bundle of entries ends within an entry, or goes on after its last.
    #[error("entry {0} of the bundle does not end where it should")]
    Entry(u64),
    /// An entry is too long for a bundle.
    #[error("an entry of {0} bytes does not fit")]
    TooLong(usize),
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let digits = format!("{:03}", self.number);
        let digits = format!("{}{digits}", "0".repeat((3 - digits.len() % 3) % 3));
        let groups = digits.len() / 3;
        for group in 0..groups {
            let last = group + 1 == groups;
            let text = digits.get(group * 3..group * 3 + 3).unwrap_or_default();
            write!(f, "{}{text}{}", if last { "" } else { "x" }, if last { "" } else { "/" })?;
        }
        if u64::from(self.width) < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for Tile {
    type Err = TileError;

    /// Reads exactly what is written by `Display`.
    fn from_str(path: &str) -> Result<Self, TileError> {
        let wrong = || TileError::Path(path.chars().take(100).collect());
        let rest = path.strip_prefix("tile/").ok_or_else(wrong)?;
        let (level, rest) = rest.split_once('/').ok_or_else(wrong)?;
        let kind = match level {
            "entries" => TileKind::Entries,
            level => {
                TileKind::Hashes(level.parse().ok().filter(|level| *level <= LEVEL_MAX).ok_or_else(wrong)?)
            }
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().map_err(|_| wrong())?),
            None => (rest, 256),
        };
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let tile = Self { kind, number: digits.parse().map_err(|_| wrong())?, width };
        let is_partial = rest.contains(".p/");
        let width_fits = (1..=256).contains(&width) && is_partial == (width < 256);
        if width_fits && tile.to_string() == path { Ok(tile) } else { Err(wrong()) }
    }
}

impl Tile {
    /// All tiles of a tree of this size: the full ones, and the partial one at the end of each level. None is empty.
    pub fn of_tree(size: u64) -> impl Iterator<Item = Self> {
        Self::grown(0, size)
    }

    /// The tiles that a tree of `size` has and one of `old` has not.
    pub fn grown(old: u64, size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..=LEVEL_MAX).map(|level| (TileKind::Hashes(level), u32::from(level) * TILE_HEIGHT));
        let kinds = std::iter::once((TileKind::Entries, 0)).chain(levels);
        kinds.flat_map(move |(kind, shift)| {
            let (old, size) = (old >> shift, size >> shift);
            let first = if old == size { size.div_ceil(TILE_WIDTH) } else { old / TILE_WIDTH };
            (first..size.div_ceil(TILE_WIDTH)).map(move |number| {
                let width = (size - number * TILE_WIDTH).min(TILE_WIDTH);
                Self { kind, number, width: u16::try_from(width).unwrap_or(256) }
            })
        })
    }

    /// Whether a tree of this size has all that the tile holds. A tile that is full in such a tree exists narrower as well:
    /// it was published so when the tree was smaller.
    #[must_use]
    pub fn is_within(&self, size: u64) -> bool {
        let here = match self.kind {
            TileKind::Entries => size,
            TileKind::Hashes(level) => size >> (u32::from(level) * TILE_HEIGHT),
        };
        let end = self.number.checked_mul(TILE_WIDTH).and_then(|first| first.checked_add(self.width.into()));
        self.width > 0 && end.is_some_and(|end| end <= here)
    }

    /// The bytes of a tile of hashes.
    ///
    /// # Errors
    /// [`TileError::Path`] if a hash is missing, or if it is one of entries.
    pub fn hashes(&self, nodes: &(impl Nodes + ?Sized)) -> Result<Vec<u8>, TileError> {
        let missing = || TileError::Path(self.to_string());
        let TileKind::Hashes(level) = self.kind else { return Err(missing()) };
        let first = self.number * TILE_WIDTH;
        let mut bytes = Vec::with_capacity(usize::from(self.width) * HASH_BYTES);
        for index in first..first + u64::from(self.width) {
            let hash = nodes.node(u32::from(level) * TILE_HEIGHT, index).ok_or_else(missing)?;
            bytes.extend_from_slice(&hash);
        }
        Ok(bytes)
    }
}

/// The hashes of a tile's bytes.
///
/// # Errors
/// [`TileError::Length`].
pub fn read_hashes(width: u16, bytes: &[u8]) -> Result<Vec<Hash>, TileError> {
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    if rest.is_empty() && hashes.len() == usize::from(width) {
        return Ok(hashes.to_vec());
    }
    Err(TileError::Length { width, given: bytes.len() })
}

/// Adds an entry to the bytes of a bundle: its length in two bytes, big-endian, then itself.
///
/// # Errors
/// [`TileError::TooLong`].
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), TileError> {
    let too_long = TileError::TooLong(entry.len());
    let length =
        u16::try_from(entry.len()).ok().filter(|_| entry.len() <= ENTRY_BYTES_MAX).ok_or(too_long)?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle.
///
/// # Errors
/// [`TileError::Entry`] unless there are exactly `width`.
pub fn read_entries(width: u16, bundle: &[u8]) -> Result<Vec<&[u8]>, TileError> {
    let mut rest = bundle;
    let mut entries = Vec::with_capacity(usize::from(width));
    for number in 0..u64::from(width) {
        let entry = rest
            .split_first_chunk::<2>()
            .and_then(|(length, after)| after.split_at_checked(usize::from(u16::from_be_bytes(*length))));
        let (entry, after) = entry.ok_or(TileError::Entry(number))?;
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(TileError::Entry(u64::from(width))) }
}

/// The nodes of a tree of `size`, from the hashes of its tiles. A tile is asked for by the name that it has in this tree.
#[derive(Debug)]
pub struct TileNodes<F> {
    /// The tree's size.
    pub size: u64,
    /// Gives the hashes of a tile.
    pub tile: F,
}

impl<F: Fn(Tile) -> Option<Vec<Hash>>> Nodes for TileNodes<F> {
    fn node(&self, level: u32, index: u64) -> Option<Hash> {
        let (tile_level, above) = (level / TILE_HEIGHT, level % TILE_HEIGHT);
        let first = index.checked_mul(1 << above)?;
        let number = first / TILE_WIDTH;
        let here = self.size.checked_shr(tile_level * TILE_HEIGHT)?;
        let width = here.checked_sub(number * TILE_WIDTH)?.min(TILE_WIDTH);
        let kind = TileKind::Hashes(u8::try_from(tile_level).ok()?);
        let hashes = (self.tile)(Tile { kind, number, width: u16::try_from(width).ok()? })?;
        let begin = usize::try_from(first % TILE_WIDTH).ok()?;
        let mut nodes = hashes.get(begin..begin + (1 << above))?.to_vec();
        while let [_, _, ..] = nodes.as_slice() {
            let (pairs, _) = nodes.as_chunks::<2>();
            nodes = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
        }
        nodes.pop()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::leaf_hash;
    use crate::tree::{Frontier, consistency_proof, inclusion_proof};

    fn tile(kind: TileKind, number: u64, width: u16) -> Tile {
        Tile { kind, number, width }
    }

    /// The example of the specification.
    #[test]
    fn a_tree_of_70_000_has_the_tiles_that_the_specification_counts() {
        let tiles: Vec<_> = Tile::of_tree(70_000).collect();
        let of = |kind| tiles.iter().filter(move |tile| tile.kind == kind);
        for kind in [TileKind::Entries, TileKind::Hashes(0)] {
            assert_eq!(of(kind).count(), 274);
            assert_eq!(of(kind).next_back(), Some(&tile(kind, 273, 112)));
        }
        assert_eq!(
            of(TileKind::Hashes(1)).collect::<Vec<_>>(),
            [&tile(TileKind::Hashes(1), 0, 256), &tile(TileKind::Hashes(1), 1, 17)]
        );
        assert_eq!(of(TileKind::Hashes(2)).collect::<Vec<_>>(), [&tile(TileKind::Hashes(2), 0, 1)]);
        assert_eq!(tiles.len(), 2 * 274 + 3);
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        for (tile, path) in [
            (tile(TileKind::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067"),
            (tile(TileKind::Hashes(1), 0, 17), "tile/1/000.p/17"),
            (tile(TileKind::Entries, 273, 112), "tile/entries/273.p/112"),
            (tile(TileKind::Entries, 1_000, 256), "tile/entries/x001/000"),
        ] {
            assert_eq!(tile.to_string(), path);
            assert_eq!(path.parse(), Ok(tile));
        }
    }

    #[test]
    fn other_paths_are_none() {
        for path in [
            "",
            "tile/0/",
            "tile/8/000",
            "tile/0/0",
            "tile/0/x000/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/",
            "tile/0/001/000",
            "tile/0/../000",
            "tile/-1/000",
            "tile/0/000.p/07",
            "tile/entries/x1/000",
            "tile/0/x99999999/x999/999",
            "tile/00/000",
            "tile/0/٠٠٠",
        ] {
            assert!(path.parse::<Tile>().is_err(), "{path}");
        }
    }

    proptest! {
        #![proptest_config(crate::cases(256))]

        #[test]
        fn every_tile_has_one_path(level in 0u8..=7, entries in any::<bool>(), number in any::<u64>(), width in 1u16..=256) {
            let kind = if entries { TileKind::Entries } else { TileKind::Hashes(level) };
            let tile = tile(kind, number, width);
            prop_assert_eq!(tile.to_string().parse::<Tile>(), Ok(tile));
        }

        #[test]
        fn bundles_come_back_and_damage_is_found(
            entries in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 1..20), cut in any::<prop::sample::Index>(),
        ) {
            let mut bundle = Vec::new();
            for entry in &entries {
                push_entry(&mut bundle, entry).unwrap();
            }
            let width = entries.len() as u16;
            prop_assert_eq!(read_entries(width, &bundle).unwrap(), entries.iter().map(Vec::as_slice).collect::<Vec<_>>());
            prop_assert!(read_entries(width, &bundle[..cut.index(bundle.len())]).is_err());
            bundle.push(0);
            prop_assert!(read_entries(width, &bundle).is_err());
        }

        #[test]
        fn tiles_hold_every_node_that_proofs_need(size in 1u64..1_500, index in any::<prop::sample::Index>(), old in any::<prop::sample::Index>()) {
            let (mut tree, mut nodes) = (Frontier::default(), HashMap::new());
            for number in 0..size {
                for node in tree.append(leaf_hash(&number.to_be_bytes())) {
                    nodes.insert((node.level, node.index), node.hash);
                }
            }
            let nodes = |level: u32, index: u64| nodes.get(&(level, index)).copied();
            let tiles: HashMap<Tile, Vec<u8>> = Tile::of_tree(size)
                .filter(|tile| tile.kind != TileKind::Entries)
                .map(|tile| (tile, tile.hashes(&nodes).unwrap()))
                .collect();
            let stored = TileNodes { size, tile: |tile: Tile| read_hashes(tile.width, tiles.get(&tile)?).ok() };
            let index = index.index(size as usize) as u64;
            prop_assert_eq!(inclusion_proof(index, size, &stored), inclusion_proof(index, size, &nodes));
            let old = old.index(size as usize) as u64;
            prop_assert_eq!(consistency_proof(old, size, &stored), consistency_proof(old, size, &nodes));
            prop_assert_eq!(Frontier::of(size, &stored).unwrap().root(), tree.root());
        }

        #[test]
        fn what_a_growing_tree_adds_is_what_the_larger_one_has(old in 0u64..3_000, added in 0u64..3_000) {
            let size = old + added;
            let before: std::collections::BTreeSet<_> = Tile::of_tree(old).collect();
            let expected: Vec<_> = Tile::of_tree(size).filter(|tile| !before.contains(tile)).collect();
            prop_assert_eq!(Tile::grown(old, size).collect::<Vec<_>>(), expected);
        }
    }
}
