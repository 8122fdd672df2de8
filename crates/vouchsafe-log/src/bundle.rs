//! A tile of entries, read and hashed apart from the log that it belongs to: the part of checking a log ([`crate::whole`])
//! that needs nothing of what comes before, so that several can be worked out at the same time.

use std::num::NonZero;
use std::thread;

use crate::replay::Told;
use crate::tile::{TILE_WIDTH, Tile, TileError, read_entries};
use crate::tree::node_hash;
use crate::{Hash, leaf_hash};

/// Levels of a full bundle's tree.
const FULL_LEVELS: usize = 8;
const _: () = assert!(1 << FULL_LEVELS == TILE_WIDTH);

/// The leaves of a tile of entries, the root over them if it is full, and what its entries say.
#[derive(Debug)]
pub struct Bundle {
    pub(crate) tile: Tile,
    pub(crate) leaves: Vec<Hash>,
    /// Only of a full tile.
    pub(crate) root: Option<Hash>,
    /// None if only the tree is checked.
    pub(crate) told: Option<Vec<Result<Told, String>>>,
}

impl Bundle {
    /// Reads the bytes of a tile of entries. `rules` says whether what the entries tell is wanted as well, or the tree alone.
    ///
    /// # Errors
    /// [`TileError::Entry`] if these are not as many entries as the tile has.
    pub fn read(tile: Tile, bytes: &[u8], rules: bool) -> Result<Self, TileError> {
        let entries = read_entries(tile.width, bytes)?;
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let told = rules.then(|| entries.iter().map(|entry| Told::read(entry)).collect());
        Ok(Self { tile, root: full_root(&leaves), leaves, told })
    }

    /// As [`Bundle::read`] of each of these, on this many threads. The outcomes stand in the order of the tiles.
    #[must_use]
    pub fn read_all(
        tiles: &[(Tile, Vec<u8>)],
        rules: bool,
        threads: NonZero<usize>,
    ) -> Vec<(Tile, Result<Self, TileError>)> {
        let read = |tiles: &[(Tile, Vec<u8>)]| -> Vec<_> {
            tiles.iter().map(|(tile, bytes)| (*tile, Self::read(*tile, bytes, rules))).collect()
        };
        let share = tiles.len().div_ceil(threads.get()).max(1);
        let (first, rest) = tiles.split_at(share.min(tiles.len()));
        thread::scope(|scope| {
            let others: Vec<_> = rest
                .chunks(share)
                .map(|tiles| (tiles, thread::Builder::new().spawn_scoped(scope, move || read(tiles)).ok()))
                .collect();
            let mut all = read(first);
            for (tiles, other) in others {
                // Where no thread could be had, or one has ended early, its share is done here.
                let done = other.and_then(|other| other.join().ok());
                all.extend(done.unwrap_or_else(|| read(tiles)));
            }
            all
        })
    }

    /// Which tile it is.
    #[must_use]
    pub fn tile(&self) -> Tile {
        self.tile
    }

    /// The root over its leaves; none if it is not full.
    #[must_use]
    pub fn root(&self) -> Option<Hash> {
        self.root
    }
}

/// The root over the leaves of a full tile.
fn full_root(leaves: &[Hash]) -> Option<Hash> {
    let mut nodes: Vec<Hash> = <&[Hash; 1 << FULL_LEVELS]>::try_from(leaves).ok()?.to_vec();
    for _ in 0..FULL_LEVELS {
        let (pairs, _) = nodes.as_chunks::<2>();
        nodes = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    nodes.pop()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile::{TileKind, push_entry};
    use crate::tree::Frontier;

    fn tile(number: u64, width: u16) -> (Tile, Vec<u8>) {
        let mut bytes = Vec::new();
        for place in 0..u64::from(width) {
            push_entry(&mut bytes, &(number * TILE_WIDTH + place).to_be_bytes()).unwrap();
        }
        (Tile { kind: TileKind::Entries, number, width }, bytes)
    }

    #[test]
    fn a_full_tile_has_the_root_of_its_tree_and_another_has_none() {
        let (full, bytes) = tile(3, 256);
        let bundle = Bundle::read(full, &bytes, false).unwrap();
        let mut tree = Frontier::default();
        bundle.leaves.iter().for_each(|leaf| drop(tree.append(*leaf)));
        assert_eq!((bundle.root, bundle.tile()), (Some(tree.root()), full));
        let (partial, bytes) = tile(3, 255);
        assert_eq!(Bundle::read(partial, &bytes, false).unwrap().root, None);
        assert_eq!(Bundle::read(full, &bytes, false).unwrap_err(), TileError::Entry(255));
    }

    #[test]
    fn any_number_of_threads_gives_the_same_in_the_same_order() {
        let mut tiles: Vec<_> = (0..11).map(|number| tile(number, 256)).collect();
        tiles[7].1.pop();
        let outcome = |threads| {
            let all = Bundle::read_all(&tiles, false, NonZero::new(threads).unwrap());
            let short =
                |(tile, read): (Tile, Result<Bundle, TileError>)| (tile, read.map(|bundle| bundle.leaves));
            all.into_iter().map(short).collect::<Vec<_>>()
        };
        let alone = outcome(1);
        assert_eq!(
            alone.iter().map(|(tile, _)| tile.number).collect::<Vec<_>>(),
            (0..11).collect::<Vec<_>>()
        );
        assert!(alone[7].1.is_err() && alone[6].1.is_ok());
        for threads in [2, 3, 11, 40] {
            assert_eq!(outcome(threads), alone, "{threads}");
        }
        assert!(Bundle::read_all(&[], true, NonZero::new(2).unwrap()).is_empty());
    }
}
