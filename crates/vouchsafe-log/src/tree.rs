//! RFC 6962 tree hashing: a tree that grows, the nodes of a tree, and proofs about them.

use sha2::{Digest, Sha256};

use crate::{Hash, leaf_hash};

/// Steps of a proof at most: no tree of 64-bit size needs more (RFC 6962 section 2.1.2: two per level).
pub const PROOF_HASHES_MAX: usize = 128;

/// The Merkle tree hash of an ordered list (RFC 6962 section 2.1): read entries hold it for their record ids.
///
/// Keeps one hash per level, so memory is logarithmic in the length.
pub fn root<'a>(leaves: impl IntoIterator<Item = &'a [u8]>) -> Hash {
    let mut tree = Frontier::default();
    for leaf in leaves {
        tree.append(leaf_hash(leaf));
    }
    tree.root()
}

/// The hash of an empty tree: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// Hash of an inner node.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// A node of a tree whose subtree is full: `level` 0 are the leaf hashes, and node `index` of a level stands over the
/// leaves from `index × 2^level` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Levels above the leaves.
    pub level: u32,
    /// Place within the level.
    pub index: u64,
    /// Its hash.
    pub hash: Hash,
}

/// The right edge of a growing tree: the roots of its full subtrees, largest first. All that appending needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// The frontier of a tree of this size, whose nodes can be asked.
    ///
    /// # Errors
    /// [`ProofError::NoNode`] if one is missing.
    pub fn of(size: u64, nodes: &(impl Nodes + ?Sized)) -> Result<Self, ProofError> {
        let mut subtrees = Vec::new();
        let mut begin = 0;
        for level in (0..u64::BITS).rev() {
            if size & (1 << level) != 0 {
                subtrees.push(asked(nodes, level, begin >> level)?);
                begin += 1 << level;
            }
        }
        Ok(Self { size, subtrees })
    }

    /// Leaves so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; gives every node that is complete now, from the leaf upwards.
    pub fn append(&mut self, leaf: Hash) -> Vec<Node> {
        self.join(0, leaf)
    }

    /// Adds a full subtree of `2^level` leaves whose root is known; gives the nodes that are complete now, from that root
    /// upwards. None, and nothing is added, if the tree's size is no multiple of the subtree's.
    pub fn append_subtree(&mut self, level: u32, root: Hash) -> Option<Vec<Node>> {
        let leaves = 1_u64.checked_shl(level)?;
        (self.size.is_multiple_of(leaves) && self.size.checked_add(leaves).is_some())
            .then(|| self.join(level, root))
    }

    fn join(&mut self, level: u32, hash: Hash) -> Vec<Node> {
        let mut node = Node { level, index: self.size >> level, hash };
        let mut complete = vec![node];
        // A set bit of the size is a full subtree on the left that this one completes.
        while self.size & (1 << node.level) != 0
            && let Some(left) = self.subtrees.pop()
        {
            node = Node { level: node.level + 1, index: node.index / 2, hash: node_hash(&left, &node.hash) };
            complete.push(node);
        }
        self.subtrees.push(node.hash);
        self.size += 1 << level;
        complete
    }

    /// The tree's root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let fold = |right: Hash, left: &Hash| node_hash(left, &right);
        let mut hashes = self.subtrees.iter().rev();
        hashes.next().map_or_else(empty_root, |last| hashes.fold(*last, fold))
    }
}

/// Where hashes of full subtrees come from.
pub trait Nodes {
    /// The hash of a node whose subtree is full; none if it is not there.
    fn node(&self, level: u32, index: u64) -> Option<Hash>;
}

impl<F: Fn(u32, u64) -> Option<Hash>> Nodes for F {
    fn node(&self, level: u32, index: u64) -> Option<Hash> {
        self(level, index)
    }
}

/// Why a proof cannot be made, or proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The entry is not in the tree, or the older tree is larger than the newer one.
    #[error("{0} is beyond a tree of {1} entries")]
    Beyond(u64, u64),
    /// A hash of the tree is not there.
    #[error("node {index} of level {level} is missing")]
    NoNode {
        /// Levels above the leaves.
        level: u32,
        /// Place within the level.
        index: u64,
    },
    /// There are more or fewer hashes than the sizes demand.
    #[error("the proof has {given} hashes, which is not what the sizes demand")]
    Length {
        /// How many there are.
        given: usize,
    },
    /// The hashes lead to another root than the checkpoint's.
    #[error("the proof leads to another root")]
    OtherRoot,
}

/// The inclusion proof of an entry, leaf side first (RFC 6962 section 2.1.1).
///
/// # Errors
/// [`ProofError`].
pub fn inclusion_proof(
    index: u64,
    size: u64,
    nodes: &(impl Nodes + ?Sized),
) -> Result<Vec<Hash>, ProofError> {
    if index >= size {
        return Err(ProofError::Beyond(index, size));
    }
    let mut path = Vec::new();
    let (mut begin, mut end) = (0, size);
    while end - begin > 1 {
        let middle = begin + largest_power_below(end - begin);
        if index < middle {
            path.push(range_root(middle, end, nodes)?);
            end = middle;
        } else {
            path.push(range_root(begin, middle, nodes)?);
            begin = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that a tree of `size` begins with the one of `old_size` (RFC 6962 section 2.1.2). Empty if the older one
/// is empty or as large.
///
/// # Errors
/// [`ProofError`].
pub fn consistency_proof(
    old_size: u64,
    size: u64,
    nodes: &(impl Nodes + ?Sized),
) -> Result<Vec<Hash>, ProofError> {
    if old_size > size {
        return Err(ProofError::Beyond(old_size, size));
    }
    if old_size == 0 || old_size == size {
        return Ok(Vec::new());
    }
    let mut path = Vec::new();
    let (mut begin, mut end) = (0, size);
    // Down to the smallest subtree that ends where the older tree ends.
    while end != old_size {
        let middle = begin + largest_power_below(end - begin);
        if old_size <= middle {
            path.push(range_root(middle, end, nodes)?);
            end = middle;
        } else {
            path.push(range_root(begin, middle, nodes)?);
            begin = middle;
        }
    }
    // The older tree itself is known to whoever asks.
    if begin > 0 {
        path.push(range_root(begin, end, nodes)?);
    }
    path.reverse();
    Ok(path)
}

/// The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// [`ProofError::Beyond`], [`ProofError::Length`].
pub fn root_of_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash]) -> Result<Hash, ProofError> {
    if index >= size {
        return Err(ProofError::Beyond(index, size));
    }
    let length = ProofError::Length { given: path.len() };
    let mut climb = Climb { place: index, last: size - 1 };
    let mut hash = *leaf;
    for sibling in path {
        hash = match climb.step().ok_or(length)? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    if climb.last == 0 { Ok(hash) } else { Err(length) }
}

/// The way from a node up to the root: its place within its level, and the last place of that level.
struct Climb {
    place: u64,
    last: u64,
}

/// Where a sibling stands.
enum Side {
    Left,
    Right,
}

impl Climb {
    /// One hash of a proof further; none at the root.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.place & 1 == 1 {
            Side::Left
        } else if self.place == self.last {
            // On the right edge, levels without a sibling are skipped.
            self.up(self.place.trailing_zeros().min(u64::BITS - 1));
            Side::Left
        } else {
            Side::Right
        };
        self.up(1);
        Some(side)
    }

    fn up(&mut self, levels: u32) {
        (self.place, self.last) = (self.place >> levels, self.last >> levels);
    }
}

/// Checks that an entry with this leaf hash stands at `index` of the tree with this root.
///
/// # Errors
/// [`ProofError`].
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    let found = root_of_inclusion(leaf, index, size, path)?;
    if found == *root { Ok(()) } else { Err(ProofError::OtherRoot) }
}

/// Checks that the tree of `size` begins with the one of `old_size` (RFC 9162 section 2.1.4.2).
///
/// # Errors
/// [`ProofError`].
pub fn verify_consistency(
    (old_size, old_root): (u64, &Hash),
    (size, root): (u64, &Hash),
    path: &[Hash],
) -> Result<(), ProofError> {
    let length = ProofError::Length { given: path.len() };
    if old_size > size {
        return Err(ProofError::Beyond(old_size, size));
    }
    if old_size == 0 || old_size == size {
        let expected = if old_size == 0 { empty_root() } else { *root };
        return match path {
            [] if *old_root == expected => Ok(()),
            [] => Err(ProofError::OtherRoot),
            [_, ..] => Err(length),
        };
    }
    // The older tree is one full subtree: its root begins the path, unsaid.
    let (first, rest) = if old_size.is_power_of_two() {
        (*old_root, path)
    } else {
        let (first, rest) = path.split_first().ok_or(length)?;
        (*first, rest)
    };
    let mut climb = Climb { place: old_size - 1, last: size - 1 };
    climb.up(climb.place.trailing_ones());
    let (mut old_hash, mut hash) = (first, first);
    for sibling in rest {
        match climb.step().ok_or(length)? {
            Side::Left => {
                old_hash = node_hash(sibling, &old_hash);
                hash = node_hash(sibling, &hash);
            }
            Side::Right => hash = node_hash(&hash, sibling),
        }
    }
    if climb.last != 0 {
        return Err(length);
    }
    if old_hash == *old_root && hash == *root { Ok(()) } else { Err(ProofError::OtherRoot) }
}

/// The root over the leaves from `begin` to before `end`; `begin` is a multiple of the largest power of two in between.
fn range_root(begin: u64, end: u64, nodes: &(impl Nodes + ?Sized)) -> Result<Hash, ProofError> {
    let length = end - begin;
    if length.is_power_of_two() {
        let level = length.trailing_zeros();
        return asked(nodes, level, begin >> level);
    }
    let middle = begin + largest_power_below(length);
    Ok(node_hash(&range_root(begin, middle, nodes)?, &range_root(middle, end, nodes)?))
}

fn asked(nodes: &(impl Nodes + ?Sized), level: u32, index: u64) -> Result<Hash, ProofError> {
    nodes.node(level, index).ok_or(ProofError::NoNode { level, index })
}

/// The largest power of two smaller than a number above 1.
fn largest_power_below(number: u64) -> u64 {
    1 << (u64::BITS - 1 - (number - 1).leading_zeros())
}

#[cfg(test)]
mod tests;
