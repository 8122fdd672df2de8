//! The log beside its limits: appending and checking beside bare SHA-256 and Ed25519, and beside `ct-merkle`.
//!
//! `cargo bench -p vouchsafe-log`. An entry has 951 bytes, as that of a changed support request.
#![expect(clippy::unwrap_used, reason = "a measuring program: a failure ends it")]

use std::collections::HashMap;
use std::hint::black_box;
use std::num::NonZero;

use criterion::{BatchSize, Criterion, Throughput};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest, Sha256};
use vouchsafe_log::bundle::Bundle;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::{KeyKind, Signer};
use vouchsafe_log::policy::Policy;
use vouchsafe_log::receipt::Receipt;
use vouchsafe_log::tile::{TILE_WIDTH, Tile, TileKind, push_entry};
use vouchsafe_log::tree::{Frontier, inclusion_proof, node_hash, verify_inclusion};
use vouchsafe_log::{Hash, leaf_hash};

const ENTRY_BYTES: usize = 951;
/// Entries of the log that receipts are taken from.
const ENTRIES: u64 = 100_000;
const ORIGIN: &str = "vouchsafe.example/log/7";

fn entry(number: u64) -> Vec<u8> {
    let mut entry = number.to_be_bytes().repeat(ENTRY_BYTES / 8 + 1);
    entry.truncate(ENTRY_BYTES);
    entry
}

/// One entry more in a log.
fn append(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("append an entry");
    let grown = || {
        let mut tree = Frontier::default();
        (0..1_000u64).for_each(|number| drop(tree.append(leaf_hash(&number.to_be_bytes()))));
        tree
    };
    let bytes = entry(1);
    group.bench_function("bare: its hash", |b| b.iter(|| leaf_hash(black_box(&bytes))));
    group.bench_function("bare: its hash and one node", |b| {
        b.iter(|| {
            let leaf = leaf_hash(black_box(&bytes));
            node_hash(&leaf, &leaf)
        });
    });
    let mut tree = grown();
    group.bench_function("vouchsafe-log", |b| b.iter(|| tree.append(leaf_hash(black_box(&bytes)))));
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    (0..1_000).for_each(|number| theirs.push(entry(number)));
    group.bench_function("ct-merkle", |b| {
        b.iter_batched(|| bytes.clone(), |entry| theirs.push(entry), BatchSize::SmallInput);
    });
    group.finish();
}

/// A whole log read again: the root of its entries.
fn whole_tree(bench: &mut Criterion) {
    const SIZE: u64 = 10_000;
    let entries: Vec<Vec<u8>> = (0..SIZE).map(entry).collect();
    let mut group = bench.benchmark_group("check the tree of 10,000 entries");
    group.throughput(Throughput::Elements(SIZE));
    group.bench_function("bare: every leaf and every node hashed", |b| {
        b.iter(|| {
            let mut last: Hash = [0; 32];
            for entry in &entries {
                last = node_hash(&leaf_hash(entry), &last);
            }
            last
        });
    });
    group.bench_function("vouchsafe-log", |b| {
        b.iter(|| vouchsafe_log::root(entries.iter().map(Vec::as_slice)))
    });
    group.finish();
}

/// The same from tiles, as a log is checked: every leaf and node hashed, on one thread and on two.
fn tiles(bench: &mut Criterion) {
    const TILES: u64 = 128;
    let bundle = |number: u64| {
        let mut bytes = Vec::new();
        (0..TILE_WIDTH)
            .for_each(|place| push_entry(&mut bytes, &entry(number * TILE_WIDTH + place)).unwrap());
        (Tile { kind: TileKind::Entries, number, width: 256 }, bytes)
    };
    let tiles: Vec<_> = (0..TILES).map(bundle).collect();
    let mut group = bench.benchmark_group("check the tree of 32,768 entries from tiles");
    group.throughput(Throughput::Elements(TILES * TILE_WIDTH));
    for threads in [1, 2] {
        group.bench_function(format!("on {threads} threads"), |b| {
            b.iter(|| {
                let mut tree = Frontier::default();
                for (_, read) in Bundle::read_all(&tiles, false, NonZero::new(threads).unwrap()) {
                    tree.append_subtree(8, read.unwrap().root().unwrap()).unwrap();
                }
                tree.root()
            });
        });
    }
    group.finish();
}

/// A receipt of one entry of many.
fn receipt(bench: &mut Criterion) {
    let (mut tree, mut nodes) = (Frontier::default(), HashMap::new());
    for number in 0..ENTRIES {
        for node in tree.append(leaf_hash(&entry(number))) {
            nodes.insert((node.level, node.index), node.hash);
        }
    }
    let nodes = |level: u32, index: u64| nodes.get(&(level, index)).copied();
    let log = Signer::new(ORIGIN, KeyKind::Log, &[1; 32]).unwrap();
    let root = tree.root();
    let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size: ENTRIES, root, extensions: Vec::new() };
    let note = checkpoint.signed(&log).unwrap();
    let index = ENTRIES / 3;
    let bytes = entry(index);
    let leaf = leaf_hash(&bytes);
    let path = inclusion_proof(index, ENTRIES, &nodes).unwrap();
    let policy = Policy::of_log(log.verifier().clone());
    let whole = Receipt { extra: None, index, path: path.clone(), checkpoint: note };
    let text = whole.to_string();

    let mut group = bench.benchmark_group("a receipt of one of 100,000 entries");
    group.bench_function("make the proof", |b| b.iter(|| inclusion_proof(black_box(index), ENTRIES, &nodes)));
    group.bench_function("bare: the hashes of the proof", |b| {
        b.iter(|| path.iter().fold(leaf, |hash, sibling| node_hash(&hash, black_box(sibling))));
    });
    group.bench_function("check the proof", |b| {
        b.iter(|| verify_inclusion(&leaf, black_box(index), ENTRIES, &path, &root));
    });
    let (key, message) = (SigningKey::from_bytes(&[1; 32]), checkpoint.to_string());
    let signature = key.sign(message.as_bytes());
    let public = key.verifying_key();
    group.bench_function("bare: one Ed25519 signature checked", |b| {
        b.iter(|| public.verify_strict(black_box(message.as_bytes()), &signature));
    });
    group.bench_function("bare: SHA-256 of the entry", |b| b.iter(|| Sha256::digest(black_box(&bytes))));
    group.bench_function("read and check the receipt", |b| {
        b.iter(|| black_box(&text).parse::<Receipt>().unwrap().verify(&bytes, &policy).is_ok());
    });
    group.finish();
}

fn main() {
    let mut bench = Criterion::default().configure_from_args();
    append(&mut bench);
    whole_tree(&mut bench);
    tiles(&mut bench);
    receipt(&mut bench);
    bench.final_summary();
}
