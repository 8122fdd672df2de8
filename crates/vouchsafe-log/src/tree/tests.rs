//! Trees and proofs against the definition of RFC 6962, against another implementation, and against damage.

use std::collections::HashMap;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;

use super::*;

/// RFC 6962 section 2.1 as it is written there: split at the largest power of two below n.
fn by_definition(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => leaf_hash(leaf),
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            node_hash(&by_definition(&leaves[..split]), &by_definition(&leaves[split..]))
        }
    }
}

/// A grown tree with all of its nodes, and its root at every size.
fn grown(leaves: &[Vec<u8>]) -> (HashMap<(u32, u64), Hash>, Vec<Hash>) {
    let (mut tree, mut nodes) = (Frontier::default(), HashMap::new());
    let mut roots = vec![tree.root()];
    for leaf in leaves {
        for node in tree.append(leaf_hash(leaf)) {
            assert!(nodes.insert((node.level, node.index), node.hash).is_none(), "a node is complete once");
        }
        roots.push(tree.root());
    }
    (nodes, roots)
}

fn leaves(most: usize) -> impl Strategy<Value = Vec<Vec<u8>>> {
    // All different: equal entries prove each other.
    let different = |leaves: Vec<Vec<u8>>| {
        (0u8..).zip(leaves).map(|(number, leaf)| [vec![number], leaf].concat()).collect()
    };
    proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..8), 1..most).prop_map(different)
}

fn flipped(hash: &Hash, bit: usize) -> Hash {
    let mut other = *hash;
    other[bit / 8 % 32] ^= 1 << (bit % 8);
    other
}

fn verified(leaf: &Hash, index: usize, size: u64, path: &[Hash], root: &Hash) -> Result<(), ProofError> {
    verify_inclusion(leaf, index as u64, size, path, root)
}

/// Whole subtrees put in at once, wherever they fit, give the same tree and the same nodes from them upwards.
#[test]
fn a_subtree_that_is_put_in_at_once_gives_the_same_tree() {
    let leaves: Vec<Vec<u8>> = (0u64..700).map(|number| number.to_be_bytes().to_vec()).collect();
    let (nodes, roots) = grown(&leaves);
    for level in [0, 1, 3, 8] {
        let mut tree = Frontier::default();
        let mut place = 0;
        while place < 700 {
            let until = place + (1 << level);
            if let Some(root) =
                nodes.get(&(level, (place >> level) as u64)).filter(|_| place % (1 << level) == 0)
            {
                for node in tree.append_subtree(level, *root).unwrap() {
                    assert_eq!(nodes[&(node.level, node.index)], node.hash);
                }
                place = until;
            } else {
                tree.append(leaf_hash(&leaves[place]));
                place += 1;
            }
            assert_eq!((tree.size(), tree.root()), (place as u64, roots[place]));
        }
        assert_eq!(tree, Frontier::of(700, &|level, index| nodes.get(&(level, index)).copied()).unwrap());
    }
    let mut tree = Frontier::default();
    tree.append([1; 32]);
    let before = tree.clone();
    for level in [1, 8, 63, 64, 200] {
        assert_eq!(tree.append_subtree(level, [2; 32]), None, "{level}");
    }
    assert_eq!(tree, before);
}

#[test]
fn the_empty_tree_has_the_hash_of_nothing() {
    assert_eq!(crate::hex(&empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(verify_inclusion(&leaf_hash(b""), 0, 0, &[], &empty_root()), Err(ProofError::Beyond(0, 0)));
}

proptest! {
    #![proptest_config(crate::cases(500))]

    #[test]
    fn the_root_is_that_of_the_definition(leaves in leaves(70)) {
        prop_assert_eq!(root(leaves.iter().map(Vec::as_slice)), by_definition(&leaves));
    }

    #[test]
    fn a_frontier_can_be_taken_up_at_any_size(leaves in leaves(70), at in any::<prop::sample::Index>()) {
        let (nodes, roots) = grown(&leaves);
        let at = at.index(leaves.len() + 1);
        let mut tree = Frontier::of(at as u64, &|level, index| nodes.get(&(level, index)).copied()).unwrap();
        prop_assert_eq!(tree.root(), roots[at]);
        for leaf in &leaves[at..] {
            tree.append(leaf_hash(leaf));
        }
        prop_assert_eq!(tree.root(), *roots.last().unwrap());
    }

    #[test]
    fn another_implementation_makes_the_same_tree_and_accepts_our_proofs(
        leaves in leaves(70), index in any::<prop::sample::Index>(), old in any::<prop::sample::Index>(),
    ) {
        let (nodes, roots) = grown(&leaves);
        let nodes = |level: u32, index: u64| nodes.get(&(level, index)).copied();
        let size = leaves.len() as u64;
        let mut theirs = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
        let mut their_roots = Vec::new();
        for leaf in &leaves {
            theirs.push(leaf.clone());
            their_roots.push(theirs.root());
        }
        let head = their_roots.last().unwrap();
        prop_assert_eq!(head.as_bytes().as_slice(), roots[leaves.len()].as_slice());
        let index = index.index(leaves.len());
        let path = inclusion_proof(index as u64, size, &nodes).unwrap();
        let bytes = path.concat();
        let proof = ct_merkle::InclusionProof::<sha2::Sha256>::try_from_bytes(bytes.clone()).unwrap();
        prop_assert!(head.verify_inclusion(&leaves[index], index as u64, &proof).is_ok());
        let proved = theirs.prove_inclusion(index);
        prop_assert_eq!(proved.as_bytes(), bytes.as_slice());
        let old = old.index(leaves.len()) + 1;
        if old < leaves.len() {
            let path = consistency_proof(old as u64, size, &nodes).unwrap();
            let theirs = theirs.prove_consistency(leaves.len() - old);
            prop_assert_eq!(path.concat(), theirs.as_bytes());
        }
    }

    #[test]
    fn a_proof_proves_its_entry_and_nothing_else(
        leaves in leaves(70),
        index in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        step in any::<prop::sample::Index>(),
        bit in 0usize..256,
    ) {
        let (nodes, roots) = grown(&leaves);
        let size = leaves.len() as u64;
        let root = roots[leaves.len()];
        let (index, other) = (index.index(leaves.len()), other.index(leaves.len()));
        let leaf = leaf_hash(&leaves[index]);
        let nodes = |level: u32, index: u64| nodes.get(&(level, index)).copied();
        let path = inclusion_proof(index as u64, size, &nodes).unwrap();
        let verify = verified;
        prop_assert_eq!(verify(&leaf, index, size, &path, &root), Ok(()));
        prop_assert!(verify(&flipped(&leaf, bit), index, size, &path, &root).is_err());
        prop_assert!(verify(&leaf, index, size, &path, &flipped(&root, bit)).is_err());
        if other != index {
            prop_assert!(verify(&leaf, other, size, &path, &root).is_err());
            prop_assert!(verify(&leaf_hash(&leaves[other]), index, size, &path, &root).is_err());
        }
        if !path.is_empty() {
            let step = step.index(path.len());
            let mut damaged = path.clone();
            damaged[step] = flipped(&damaged[step], bit);
            prop_assert!(verify(&leaf, index, size, &damaged, &root).is_err());
            damaged = path.clone();
            damaged.remove(step);
            prop_assert!(verify(&leaf, index, size, &damaged, &root).is_err());
        }
        let mut longer = path.clone();
        longer.push(root);
        prop_assert!(verify(&leaf, index, size, &longer, &root).is_err());
    }

    #[test]
    fn a_tree_is_consistent_with_its_beginnings_and_no_other(
        leaves in leaves(70), old in any::<prop::sample::Index>(), step in any::<prop::sample::Index>(), bit in 0usize..256,
    ) {
        let (nodes, roots) = grown(&leaves);
        let size = leaves.len() as u64;
        let root = roots[leaves.len()];
        let old = old.index(leaves.len() + 1);
        let old_root = roots[old];
        let path = consistency_proof(old as u64, size, &|level: u32, index: u64| nodes.get(&(level, index)).copied()).unwrap();
        let old = old as u64;
        prop_assert_eq!(verify_consistency((old, &old_root), (size, &root), &path), Ok(()));
        prop_assert!(verify_consistency((old, &flipped(&old_root, bit)), (size, &root), &path).is_err());
        // An empty tree begins every tree.
        prop_assert!(old == 0 || verify_consistency((old, &old_root), (size, &flipped(&root, bit)), &path).is_err());
        if !path.is_empty() {
            let step = step.index(path.len());
            let mut damaged = path.clone();
            damaged[step] = flipped(&damaged[step], bit);
            prop_assert!(verify_consistency((old, &old_root), (size, &root), &damaged).is_err());
            damaged = path.clone();
            damaged.remove(step);
            prop_assert!(verify_consistency((old, &old_root), (size, &root), &damaged).is_err());
        }
        prop_assert!(verify_consistency((size + 1, &root), (size, &root), &path).is_err());
    }

    #[test]
    fn no_numbers_make_a_verifier_panic(
        index in any::<u64>(), size in any::<u64>(), old in any::<u64>(), hashes in proptest::collection::vec(any::<Hash>(), 0..70),
    ) {
        let hash = [7; 32];
        let _ = verify_inclusion(&hash, index, size, &hashes, &hash);
        let _ = verify_consistency((old, &hash), (size, &hash), &hashes);
    }
}
