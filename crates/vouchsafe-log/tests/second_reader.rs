//! Two implementations of the formats agree: `second_reader.py`, from the specifications alone, accepts what this crate
//! makes, and the other way round.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test: whatever fails in it fails the test"
)]

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::{KeyKind, Note, Signer, VerifierKey};
use vouchsafe_log::policy::Policy;
use vouchsafe_log::receipt::Receipt;
use vouchsafe_log::tile::{Tile, TileKind, TileNodes, push_entry, read_entries, read_hashes};
use vouchsafe_log::tree::{Frontier, consistency_proof, inclusion_proof};
use vouchsafe_log::whole::Seen;
use vouchsafe_log::witness::{AddCheckpoint, Witness};
use vouchsafe_log::{Hash, leaf_hash};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/second_reader.py");
const ORIGIN: &str = "vouchsafe.example/log/7";

/// What the script prints.
fn script(act: &str, folder: &Path) -> String {
    let output = Command::new("python3").arg(SCRIPT).arg(act).arg(folder).output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn write(folder: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Makes a log of this size with checkpoint, tiles and some receipts.
fn make(folder: &Path, size: u64) {
    let entries: Vec<Vec<u8>> = (0..size)
        .map(|number| format!(r#"{{"n":{number}}}"#).repeat(number as usize % 5).into_bytes())
        .collect();
    let (mut tree, mut nodes) = (Frontier::default(), HashMap::new());
    for entry in &entries {
        for node in tree.append(leaf_hash(entry)) {
            nodes.insert((node.level, node.index), node.hash);
        }
    }
    let nodes = |level: u32, index: u64| nodes.get(&(level, index)).copied();
    let log = Signer::new(ORIGIN, KeyKind::Log, &[1; 32]).unwrap();
    let witness = Signer::new("witness.example", KeyKind::Witness, &[2; 32]).unwrap();
    let checkpoint =
        Checkpoint { origin: ORIGIN.to_owned(), size, root: tree.root(), extensions: Vec::new() };
    let mut note = checkpoint.signed(&log).unwrap();
    witness.sign(&mut note, 1_700_000_000);
    write(folder, "keys", format!("{}\n{}\n", log.verifier(), witness.verifier()));
    write(folder, "checkpoint", note.to_string());
    for tile in Tile::of_tree(size) {
        let bytes = match tile.kind {
            TileKind::Hashes(_) => tile.hashes(&nodes).unwrap(),
            TileKind::Entries => {
                let first = tile.number as usize * 256;
                let mut bundle = Vec::new();
                for entry in &entries[first..first + usize::from(tile.width)] {
                    push_entry(&mut bundle, entry).unwrap();
                }
                bundle
            }
        };
        write(folder, &tile.to_string(), bytes);
    }
    std::fs::create_dir_all(folder.join("receipts")).unwrap();
    for index in [0, 1, size / 2, size - 1].into_iter().filter(|index| *index < size) {
        let path = inclusion_proof(index, size, &nodes).unwrap();
        let receipt = Receipt { extra: None, index, path, checkpoint: note.clone() };
        write(folder, &format!("receipts/{index}.tlog-proof"), receipt.to_string());
    }
}

#[test]
fn the_other_reader_accepts_our_logs() {
    for size in [1, 2, 3, 255, 256, 257, 1_000] {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), size);
        let receipts = std::fs::read_dir(folder.path().join("receipts")).unwrap().count();
        assert_eq!(script("check", folder.path()), format!("{size} {receipts} 1 {ORIGIN}\n"));
    }
}

#[test]
fn the_other_reader_finds_a_flipped_bit() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), 300);
    for path in [
        "checkpoint",
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "receipts/150.tlog-proof",
    ] {
        let whole = std::fs::read(folder.path().join(path)).unwrap();
        let mut damaged = whole.clone();
        let at = damaged.len() / 3;
        damaged[at] ^= 4;
        write(folder.path(), path, &damaged);
        let output = Command::new("python3").args([SCRIPT, "check"]).arg(folder.path()).output().unwrap();
        assert!(!output.status.success(), "{path}");
        write(folder.path(), path, &whole);
    }
    script("check", folder.path());
}

#[test]
fn we_accept_the_other_writers_log() {
    let folder = tempfile::tempdir().unwrap();
    script("make", folder.path());
    let read = |path: &str| std::fs::read(folder.path().join(path)).unwrap();
    let text = |path: &str| String::from_utf8(read(path)).unwrap();
    let keys: Vec<VerifierKey> = text("keys").lines().map(|line| line.parse().unwrap()).collect();
    let rules = format!("log {}\nwitness w {}\nquorum w\n", keys[0], keys[1]);
    let policy: Policy = rules.parse().unwrap();
    let note: Note = text("checkpoint").parse().unwrap();
    assert_eq!(note.to_string(), text("checkpoint"));
    let (checkpoint, trusted) = policy.trusted(&note).unwrap();
    assert_eq!(trusted.witnesses[0].time, Some(1_700_000_000));
    let tile = |tile: Tile| -> Option<Vec<Hash>> { read_hashes(tile.width, &read(&tile.to_string())).ok() };
    let nodes = TileNodes { size: checkpoint.size, tile };
    assert_eq!(Frontier::of(checkpoint.size, &nodes).unwrap().root(), checkpoint.root);
    let mut tree = Frontier::default();
    for tile in Tile::of_tree(checkpoint.size).filter(|tile| tile.kind == TileKind::Entries) {
        let bundle = read(&tile.to_string());
        for (entry, index) in read_entries(tile.width, &bundle).unwrap().into_iter().zip(tree.size()..) {
            tree.append(leaf_hash(entry));
            if let Ok(receipt) =
                std::fs::read_to_string(folder.path().join(format!("receipts/{index}.tlog-proof")))
            {
                let receipt: Receipt = receipt.parse().unwrap();
                assert_eq!(receipt.path, inclusion_proof(index, checkpoint.size, &nodes).unwrap());
                receipt.verify(entry, &policy).unwrap();
            }
        }
    }
    assert_eq!(tree.root(), checkpoint.root);
}

#[test]
fn the_other_writer_asks_a_witness_and_answers_as_one_in_the_same_bytes() {
    let golden = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    script("ask", folder.path());
    let request = std::fs::read_to_string(folder.path().join("request")).unwrap();
    assert_eq!(request, golden("old-4-to-11.add-checkpoint"));
    let mut tree = Frontier::default();
    let mut roots = vec![tree.root()];
    let mut nodes = HashMap::new();
    for number in 0..40 {
        for node in tree.append(leaf_hash(format!("entry-{number}").as_bytes())) {
            nodes.insert((node.level, node.index), node.hash);
        }
        roots.push(tree.root());
    }
    let log = Signer::new(ORIGIN, KeyKind::Log, &[1; 32]).unwrap();
    let key = Signer::new("witness.example", KeyKind::Witness, &[2; 32]).unwrap();
    write(folder.path(), "keys", format!("{}\n{}\n", log.verifier(), key.verifier()));
    let witness = Witness::new(key, vec![log.verifier().clone()]).unwrap();
    for (old, size) in [(4, 11), (0, 7), (8, 8), (13, 14), (31, 33)] {
        let nodes = |level: u32, index: u64| nodes.get(&(level, index)).copied();
        let root = roots[size as usize];
        let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root, extensions: Vec::new() };
        let proof = consistency_proof(old, size, &nodes).unwrap();
        let request = AddCheckpoint { old, proof, checkpoint: checkpoint.signed(&log).unwrap() };
        let seen = Seen { size: old, root: roots[old as usize] };
        let consistent = witness.decide(&request, Some(seen)).unwrap();
        let (_, line) = witness.cosign(&consistent, 1_700_000_000);
        let path = folder.path();
        write(path, "request", request.to_string());
        write(path, "seen", format!("{old} {}", BASE64.encode(seen.root)));
        script("cosign", path);
        assert_eq!(std::fs::read_to_string(path.join("answer")).unwrap(), line, "{old} to {size}");
        if (old, size) == (4, 11) {
            assert_eq!(line, golden("old-4-to-11.cosignature"));
        }
    }
}
