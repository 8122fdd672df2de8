//! RFC 6962 tree hashing.

use sha2::{Digest, Sha256};

use crate::{Hash, leaf_hash};

/// The Merkle tree hash of an ordered list (RFC 6962 section 2.1): read entries hold it for their record ids.
///
/// Keeps one hash per level, so memory is logarithmic in the length.
pub fn root<'a>(leaves: impl IntoIterator<Item = &'a [u8]>) -> Hash {
    let mut subtrees: Vec<(u32, Hash)> = Vec::new();
    for leaf in leaves {
        let mut node = (0, leaf_hash(leaf));
        while let Some((_, left)) = subtrees.pop_if(|(level, _)| *level == node.0) {
            node = (node.0 + 1, node_hash(&left, &node.1));
        }
        subtrees.push(node);
    }
    let mut folded: Option<Hash> = None;
    while let Some((_, left)) = subtrees.pop() {
        folded = Some(folded.map_or(left, |right| node_hash(&left, &right)));
    }
    folded.unwrap_or_else(|| Sha256::digest([]).into())
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 6962 section 2.1 as it is written there: split at the largest power of two below n.
    fn by_definition(leaves: &[Vec<u8>]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => leaf_hash(leaf),
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(&by_definition(&leaves[..split]), &by_definition(&leaves[split..]))
            }
        }
    }

    proptest! {
        #[test]
        fn the_root_is_that_of_the_definition(
            leaves in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..8), 0..70),
        ) {
            prop_assert_eq!(root(leaves.iter().map(Vec::as_slice)), by_definition(&leaves));
        }
    }
}
