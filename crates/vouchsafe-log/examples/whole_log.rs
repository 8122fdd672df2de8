//! Checks a made-up log of any size as `vouchsafe verify` does, tile by tile, and says what it cost beside bare hashing.
//!
//! `cargo run --release -p vouchsafe-log --example whole_log -- 1000000` prints one line of JSON: entries, bytes of them,
//! seconds of the whole check, of the tree alone and of bare SHA-256 over the same leaves and as many nodes, and the peak
//! memory of the process in MB.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program: it prints, it reads the clock, and a failure in it ends it"
)]

use std::time::{Duration, Instant};

use serde_json::json;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::tile::{TILE_WIDTH, Tile, TileKind, push_entry};
use vouchsafe_log::tree::{Frontier, node_hash};
use vouchsafe_log::whole::LogCheck;
use vouchsafe_log::{Hash, canonical, leaf_hash};

/// A read entry, as most entries of a log are; the grant it rests on is given by the second one.
fn entry(sequence: u64) -> Vec<u8> {
    let committed = json!({ "$sha256": "9a18953d2070d965e7aeccaecd2ead6bc4eca0ccf2c242457c960a29faabcfd4" });
    let (case, grant) = ("sr_01a3185c500070008000000000010101", "grt_01a31861ce40700080000000000d0404");
    let (categories, expires) = (json!(["signInLogs"]), "2027-02-15T08:00:00Z");
    let events = match sequence {
        0 => json!([{ "of": "supportRequest", "id": case, "event": { "type": "opened" } }]),
        1 => json!([
            { "of": "accessRequest", "id": "sar_1", "event": { "type": "approved", "approval": {
                "grant": grant, "scope": { "dataCategories": categories }, "expires": expires } } },
            { "of": "grant", "id": grant, "event": { "type": "given", "grant": {
                "tenant": "t", "supportRequest": case, "accessRequest": "sar_1", "source": "accessRequest",
                "dataCategories": categories, "expires": expires } } },
        ]),
        _ => json!([{ "of": "read", "read": {
            "bytes": 48_213, "category": "signInLogs", "clear": ["id", "createdDateTime", "status", "appDisplayName"], "count": 50,
            "grant": grant, "id": format!("rd_{sequence:032x}"), "masked": ["userPrincipalName", "userId", "ipAddress", "deviceDetail"],
            "query": committed, "recordsRoot": "1f18953d2070d965e7aeccaecd2ead6bc4eca0ccf2c242457c960a29faabcfd4",
        } }]),
    };
    let entry = json!({
        "activityDateTime": "2027-01-15T08:06:00Z", "activityDisplayName": "Diagnostic data read", "automatic": false,
        "category": "SupportDataAccess", "correlationId": format!("01a31861-ce40-7e6d-9dac-{sequence:012x}"), "events": events,
        "id": format!("aud_{sequence:032x}"), "initiatedBy": { "user": { "displayName": committed,
            "id": "usr_00000000000270008000000000000000", "userPrincipalName": committed } },
        "operationType": "Read", "result": "success", "resultReason": "", "sequence": sequence, "supportRequestId": case,
        "target": grant, "tenantId": "t", "version": 1,
    });
    canonical(&entry).unwrap()
}

/// The hashes of each level of tiles: what a server stores, and what tiles are served from.
fn levels(size: u64) -> (Vec<Vec<Hash>>, Hash) {
    let (mut levels, mut edge) = (vec![Vec::new(); 8], Frontier::default());
    for sequence in 0..size {
        for node in edge.append(leaf_hash(&entry(sequence))) {
            if node.level.is_multiple_of(8)
                && let Some(level) = levels.get_mut(node.level as usize / 8)
            {
                level.push(node.hash);
            }
        }
    }
    (levels, edge.root())
}

fn main() {
    let size: u64 = std::env::args().nth(1).and_then(|size| size.parse().ok()).unwrap_or(1_000_000);
    let (levels, root) = levels(size);
    let before = peak_megabytes();
    let checkpoint = Checkpoint { origin: "o".to_owned(), size, root, extensions: Vec::new() };
    let (mut bare, mut merkle, mut whole, mut bytes) = (Duration::ZERO, Duration::ZERO, Duration::ZERO, 0);
    let mut tree = LogCheck::new(checkpoint.clone(), None).unwrap().of_tree_alone();
    let mut check = LogCheck::new(checkpoint, None).unwrap();
    while let Some(Tile { kind, number, width }) = check.next_tile() {
        let first = number * TILE_WIDTH;
        let tile = match kind {
            TileKind::Entries => {
                let entries: Vec<Vec<u8>> = (first..first + u64::from(width)).map(entry).collect();
                let mut bundle = Vec::new();
                for entry in &entries {
                    push_entry(&mut bundle, entry).unwrap();
                }
                bytes += bundle.len();
                let begun = Instant::now();
                let mut last = [0; 32];
                for entry in &entries {
                    last = node_hash(&leaf_hash(entry), &last);
                }
                std::hint::black_box(last);
                bare += begun.elapsed();
                bundle
            }
            TileKind::Hashes(level) => {
                let hashes =
                    levels.get(usize::from(level)).unwrap().iter().skip(usize::try_from(first).unwrap());
                hashes.take(usize::from(width)).flatten().copied().collect()
            }
        };
        let begun = Instant::now();
        tree.take(&tile).unwrap();
        merkle += begun.elapsed();
        let begun = Instant::now();
        check.take(&tile).unwrap();
        whole += begun.elapsed();
    }
    assert_eq!(check.end().unwrap().entries, tree.end().unwrap().entries);
    println!(
        "{}",
        json!({
            "entries": size, "bytes": bytes, "wholeSeconds": whole.as_secs_f64(),
            "merkleSeconds": merkle.as_secs_f64(), "bareHashingSeconds": bare.as_secs_f64(),
            "merkleOfBareHashing": bare.as_secs_f64() / merkle.as_secs_f64(),
            "hashesHeldMegabytes": before, "peakMegabytes": peak_megabytes(),
        })
    );
}

/// The most memory that this process has had, in MB; 0 where the system does not say.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or_default()
        / 1_024
}
