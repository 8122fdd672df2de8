//! Published logs: anybody who has a key and the tiles can check them, and no database that has lost something is
//! published on.

use std::path::PathBuf;
use std::sync::Arc;

use vouchsafe_app::{App, AppError, EvidenceError, ListOptions, Who};
use vouchsafe_core::log_key::{LOG_KEY_LASTS, LOG_KEYS_OVERLAP};
use vouchsafe_core::time::Duration;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::{Note, VerifierKey};
use vouchsafe_log::opening::Enclosed;
use vouchsafe_log::policy::Policy;
use vouchsafe_log::tile::{Tile, TileKind, read_entries, read_hashes};
use vouchsafe_log::tree::Frontier;
use vouchsafe_log::{Hash, leaf_hash};
use vouchsafe_store::Faults;
use vouchsafe_testkit::cast::PROVIDER;
use vouchsafe_testkit::database::{Damage, on_postgres};
use vouchsafe_testkit::faults::Killed;
use vouchsafe_testkit::{Building, Folder, World};

const HOST: &str = "vouchsafe.example";

/// Who may read the log of the tenant that opens cases here.
const READER: &str = "ada";

fn heads(folder: &Folder) -> PathBuf {
    folder.path().join("heads")
}

/// The world with its logs published, the heads file lying in `file`.
async fn publishing(mut world: World, file: &Folder) -> World {
    world.app = started(&world, file).await.unwrap();
    world.app.publish().await.unwrap();
    world
}

async fn started(world: &World, file: &Folder) -> Result<App, EvidenceError> {
    App::new(Arc::clone(world.app.store())).publishing(HOST, &heads(file)).await
}

/// The keys of a log.
async fn keys(world: &World, who: Who) -> Vec<VerifierKey> {
    let keys = world.app.log_keys(who).await.unwrap();
    keys.iter().map(|key| key.verifier_key.parse().unwrap()).collect()
}

/// A log as a stranger with the oldest key sees it: its checkpoint and the leaves of its entries, after every tile was
/// held against the entries and the root against the checkpoint.
async fn seen(world: &World, who: Who) -> (Checkpoint, Vec<Hash>) {
    let note = world.app.log_checkpoint(who, who.tenant).await.unwrap();
    let key = keys(world, who).await.remove(0);
    let checkpoint = Checkpoint::verified(&note, &key, &[]).unwrap().0;
    assert_eq!(checkpoint.origin, format!("{HOST}/log/{}", who.tenant));
    let (mut leaves, mut edge, mut levels) = (Vec::new(), Frontier::default(), vec![Vec::new(); 8]);
    for tile in Tile::of_tree(checkpoint.size) {
        let bytes = world.app.log_tile(who, who.tenant, tile).await.unwrap();
        match tile.kind {
            TileKind::Entries => {
                for entry in read_entries(tile.width, &bytes).unwrap() {
                    leaves.push(leaf_hash(entry));
                    for node in edge.append(leaf_hash(entry)) {
                        if node.level.is_multiple_of(8) {
                            levels[node.level as usize / 8].push(node.hash);
                        }
                    }
                }
            }
            TileKind::Hashes(level) => {
                let first = usize::try_from(tile.number * 256).unwrap();
                let expected = &levels[usize::from(level)][first..first + usize::from(tile.width)];
                assert_eq!(read_hashes(tile.width, &bytes).unwrap(), expected, "{tile}");
            }
        }
    }
    assert_eq!(edge.root(), checkpoint.root);
    (checkpoint, leaves)
}

#[tokio::test]
async fn every_entry_is_in_the_log_that_is_published_and_what_was_published_stays() {
    let (world, file) = (World::with_sign_ins().await, Folder::new());
    let world = publishing(world, &file).await;
    let who = world.who(READER);
    let mut before: Vec<Hash> = Vec::new();
    for round in 0..4 {
        for _ in 0..90 {
            world.open(READER, &[], false).await.unwrap();
        }
        assert!(world.app.publish().await.unwrap() > 0, "round {round}");
        let (checkpoint, leaves) = seen(&world, who).await;
        assert_eq!(leaves[..before.len()], before, "what was published stays");
        let mut reader = world.app.store().read().unwrap();
        assert_eq!(checkpoint.size, reader.entries_in_log(who.tenant).await.unwrap(), "nothing is left out");
        before = leaves;
    }
    assert!(before.len() > 600, "more than two full tiles");
    assert_eq!(world.app.publish().await.unwrap(), 0, "nothing new, no checkpoint");
}

#[tokio::test]
async fn a_receipt_proves_its_entry_to_whoever_has_the_key() {
    let (world, file) = (World::with_sign_ins().await, Folder::new());
    let world = publishing(world, &file).await;
    let who = world.who(READER);
    for _ in 0..5 {
        // These are younger than the newest checkpoint.
        world.open(READER, &[], false).await.unwrap();
    }
    let policy = Policy::of_log(keys(&world, who).await.remove(0));
    let options = ListOptions { top: 1_000, ..ListOptions::default() };
    let entries = world.app.audit_log(who, &options).await.unwrap().items;
    assert!(entries.len() > 10);
    let mut opened = 0;
    for entry in entries {
        let id = entry.text("/id").unwrap().parse().unwrap();
        let text = world.app.receipt(who, id).await.unwrap().to_string();
        let receipt: vouchsafe_log::receipt::Receipt = text.parse().unwrap();
        let enclosed = Enclosed::from_bytes(receipt.extra.as_deref().unwrap()).unwrap();
        receipt.verify(enclosed.entry.as_bytes(), &policy).unwrap();
        assert_eq!(receipt.index, entry.sequence);
        let in_clear = enclosed.verify().unwrap();
        opened += enclosed.openings.len();
        for (pointer, opening) in &entry.openings {
            assert_eq!(in_clear.pointer(pointer).unwrap(), &opening.text);
        }
        assert!(receipt.verify(b"another entry", &policy).is_err());
    }
    assert!(opened > 10);
}

#[tokio::test]
async fn a_log_is_there_for_its_own_readers_only() {
    let (world, file) = (World::with_sign_ins().await, Folder::new());
    let world = publishing(world, &file).await;
    let tenant = world.who(READER).tenant;
    let tile = Tile { kind: TileKind::Entries, number: 0, width: 1 };
    let options = ListOptions { top: 1, ..ListOptions::default() };
    let entry = world.app.audit_log(world.who(READER), &options).await.unwrap().items.remove(0);
    let id = entry.text("/id").unwrap().parse().unwrap();
    for stranger in ["rita", "rolf", "eve"] {
        let who = world.who(stranger);
        assert_ne!(who.tenant, tenant);
        assert!(matches!(world.app.log_checkpoint(who, tenant).await, Err(AppError::NotFound)));
        assert!(matches!(world.app.log_tile(who, tenant, tile).await, Err(AppError::NotFound)));
        assert!(matches!(world.app.receipt(who, id).await, Err(AppError::NotFound)));
    }
    let beyond = Tile { kind: TileKind::Entries, number: 9, width: 1 };
    assert!(matches!(world.app.log_tile(world.who(READER), tenant, beyond).await, Err(AppError::NotFound)));
}

#[tokio::test]
async fn entries_after_the_newest_checkpoint_are_not_served() {
    let (world, file) = (World::new().await, Folder::new());
    let world = publishing(world, &file).await;
    let who = world.who(READER);
    let size = seen(&world, who).await.0.size;
    world.open(READER, &[], false).await.unwrap();
    let width = u16::try_from(size).unwrap();
    let tile = |width| Tile { kind: TileKind::Entries, number: 0, width };
    world.app.log_tile(who, who.tenant, tile(width)).await.unwrap();
    assert!(matches!(world.app.log_tile(who, who.tenant, tile(width + 1)).await, Err(AppError::NotFound)));
}

#[tokio::test]
async fn a_database_from_an_older_backup_is_refused_at_the_start() {
    let (world, file) = (World::new().await, Folder::new());
    let world = publishing(world, &file).await;
    let backup = Folder::copy_of(world.folder.path());
    world.open(READER, &[], false).await.unwrap();
    world.app.publish().await.unwrap();
    let restored = world.reopened(backup, 2);
    let error = started(&restored, &file).await.unwrap_err();
    let EvidenceError::LostEntries { tenant, published, stored } = error else { panic!("{error}") };
    assert_eq!(tenant, world.who(READER).tenant);
    assert!(published > stored);
}

#[tokio::test]
async fn a_backup_that_went_on_with_another_history_is_refused_though_it_is_longer() {
    let (world, file) = (World::new().await, Folder::new());
    let world = publishing(world, &file).await;
    let backup = Folder::copy_of(world.folder.path());
    world.open(READER, &[], false).await.unwrap();
    world.app.publish().await.unwrap();
    let who = world.who(READER);
    let published = seen(&world, who).await.0;
    let mut restored = world.reopened(backup, 2);
    for _ in 0..3 {
        restored.open(READER, &[], false).await.unwrap();
    }
    restored.app = started(&restored, &file).await.unwrap();
    let error = restored.app.publish().await.unwrap_err();
    assert!(matches!(error, EvidenceError::OtherTree { size, .. } if size == published.size), "{error}");
    let note = restored.app.log_checkpoint(who, who.tenant).await.unwrap();
    let served: Checkpoint = note.text().parse().unwrap();
    assert!(served.size < published.size, "nothing of the other history is published");
}

/// Waits until the last connection has put all into the one file, which no checksum guards.
pub(crate) fn closed(app: App, folder: &Folder) {
    drop(app);
    for _ in 0..500 {
        if !folder.path().join("state.sqlite-wal").exists() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("the database was not closed");
}

#[tokio::test]
async fn an_entry_that_was_changed_below_the_checkpoint_stops_the_log() {
    let (world, file) = (World::new().await, Folder::new());
    let world = publishing(world, &file).await;
    let who = world.who(READER);
    let leaf = seen(&world, who).await.1[1];
    let World { app, folder, .. } = world.reopened(Folder::copy_of(world.folder.path()), 2);
    closed(app, &folder);
    if on_postgres() {
        Damage::Leaf.to(folder.path(), &leaf);
    } else {
        let database = folder.path().join("state.sqlite");
        let mut bytes = std::fs::read(&database).unwrap();
        let places: Vec<usize> = (0..bytes.len() - 32).filter(|at| bytes[*at..*at + 32] == leaf).collect();
        assert!(!places.is_empty());
        for at in places {
            bytes[at] ^= 1;
        }
        std::fs::write(&database, bytes).unwrap();
    }
    let mut changed = world.reopened(folder, 3);
    changed.open(READER, &[], false).await.unwrap();
    changed.app = started(&changed, &file).await.unwrap();
    let error = changed.app.publish().await.unwrap_err();
    assert!(matches!(error, EvidenceError::OtherTree { tenant, .. } if tenant == who.tenant), "{error}");
}

#[tokio::test]
async fn without_the_heads_file_nothing_is_published_until_the_operator_says_so_and_the_log_tells() {
    let (world, file) = (World::new().await, Folder::new());
    let world = publishing(world, &file).await;
    let before = seen(&world, world.who(READER)).await.1;
    std::fs::remove_file(heads(&file)).unwrap();
    assert!(matches!(started(&world, &file).await, Err(EvidenceError::NoHeads(_))));
    assert!(world.app.adopt_heads(&heads(&file)).await.unwrap() > 3);
    let world = publishing(world, &file).await;
    let (checkpoint, leaves) = seen(&world, world.who(READER)).await;
    assert_eq!(leaves[..before.len()], before);
    assert_eq!(checkpoint.size, before.len() as u64 + 1);
    let filter = Some("activityDisplayName eq 'Adopt log heads'".to_owned());
    let options = ListOptions { filter, ..ListOptions::default() };
    let entries = world.app.audit_log(world.who(READER), &options).await.unwrap().items;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].entry.pointer("/events/0/adopted/size").unwrap(), before.len());
    assert!(entries[0].entry.pointer("/events/0/published").unwrap().is_null());
}

#[tokio::test]
async fn a_heads_file_from_a_backup_is_noticed() {
    let (world, file) = (World::new().await, Folder::new());
    let world = publishing(world, &file).await;
    let old = std::fs::read(heads(&file)).unwrap();
    world.open(READER, &[], false).await.unwrap();
    world.app.publish().await.unwrap();
    std::fs::write(heads(&file), old).unwrap();
    assert!(matches!(started(&world, &file).await, Err(EvidenceError::OldHeads { .. })));
}

/// The program is killed before every statement of two rounds of publishing. Whatever is left then goes on with the log
/// that was published, or that the heads file promises.
#[tokio::test]
async fn a_crash_at_any_statement_forks_no_log() {
    let killed = Arc::new(Killed::default());
    let faults = Some(Arc::clone(&killed) as Arc<dyn Faults>);
    let mut world = World::build(Building { faults, ..Building::default() }).await;
    // The file lies in the folder, so that it is copied as it was at that moment.
    let path = world.folder.path().join("heads");
    world.app = App::new(Arc::clone(world.app.store())).publishing(HOST, &path).await.unwrap();
    let who = world.who(READER);
    let mut left = Vec::new();
    for _ in 0..2 {
        world.open(READER, &[], false).await.unwrap();
        killed.watch(Some(world.folder.path().to_owned()));
        world.app.publish().await.unwrap();
        killed.watch(None);
        left.extend(killed.take());
    }
    assert!(left.len() > 20, "{} statements", left.len());
    let mut ahead = 0;
    for (statement, folder) in left {
        let mut after = world.reopened(folder, 7);
        let path = after.folder.path().join("heads");
        let promised = std::fs::read_to_string(&path).unwrap();
        let before = after.app.store().read().unwrap().checkpoint(who.tenant).await.unwrap();
        after.app = App::new(Arc::clone(after.app.store())).publishing(HOST, &path).await.unwrap();
        after.app.publish().await.unwrap_or_else(|error| panic!("after {statement}: {error}"));
        let (checkpoint, leaves) = seen(&after, who).await;
        for line in promised.lines().filter(|line| line.starts_with(&who.tenant.to_string())) {
            let words: Vec<&str> = line.split(' ').collect();
            let size: usize = words[1].parse().unwrap();
            let mut tree = Frontier::default();
            for leaf in &leaves[..size] {
                tree.append(*leaf);
            }
            let root = Checkpoint { root: tree.root(), ..checkpoint.clone() }.to_string();
            assert_eq!(root.lines().nth(2).unwrap(), words[2], "after {statement}");
            ahead += usize::from(before.as_ref().is_none_or(|before| before.head.size < size as u64));
        }
    }
    assert!(ahead > 0, "some crash came between the heads file and the database");
}

#[tokio::test]
async fn a_key_is_replaced_in_time_and_both_sign_for_a_while() {
    let (world, file) = (World::new().await, Folder::new());
    let world = publishing(world, &file).await;
    let who = world.who(READER);
    let first = keys(&world, who).await;
    assert_eq!(first.len(), 1);
    world.advance(LOG_KEY_LASTS);
    world.open(READER, &[], false).await.unwrap();
    world.app.publish().await.unwrap();
    let both = keys(&world, who).await;
    assert_eq!((both.len(), &both[0]), (2, &first[0]));
    assert_eq!(both[0].name(), both[1].name(), "the origin stays");
    let note = world.app.log_checkpoint(who, who.tenant).await.unwrap();
    assert_eq!(note.verify(&both).unwrap().len(), 2);
    assert_eq!(
        world.app.log_keys(who).await.unwrap()[0].signs_until,
        Some(world.app.now() + LOG_KEYS_OVERLAP)
    );
    world.advance(LOG_KEYS_OVERLAP);
    world.advance(Duration::minutes(1));
    world.open(READER, &[], false).await.unwrap();
    world.app.publish().await.unwrap();
    let note: Note = world.app.log_checkpoint(who, who.tenant).await.unwrap();
    let signed: Vec<_> = note.verify(&both).unwrap().iter().map(|signed| signed.key.clone()).collect();
    assert_eq!(signed, [both[1].clone()]);
}

#[tokio::test]
async fn the_provider_has_a_log_as_well() {
    let (world, file) = (World::new().await, Folder::new());
    let world = publishing(world, &file).await;
    let mut reader = world.app.store().read().unwrap();
    let published = reader.checkpoint(world.tenant(PROVIDER)).await.unwrap().unwrap();
    assert_eq!(published.head.size, reader.entries_in_log(world.tenant(PROVIDER)).await.unwrap());
}

/// A world in which much has happened, with its logs published.
async fn lively(file: &Folder) -> World {
    let world = publishing(World::with_sign_ins().await, file).await;
    let case = world.open(READER, &[], true).await.unwrap().request.id;
    for _ in 0..3 {
        world.read("eve", &world.query(case, 0)).await.unwrap();
    }
    world.open("ben", &[], false).await.unwrap();
    world.close(READER, case).await.unwrap();
    world.app.publish().await.unwrap();
    world
}

#[tokio::test]
async fn the_operators_check_finds_nothing_where_nothing_is_wrong() {
    let file = Folder::new();
    let world = lively(&file).await;
    let report = world.app.fsck(Some(&heads(&file))).await.unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
    assert_eq!(report.logs, 4);
    assert!(report.entries > 30 && report.rows >= 6, "{report:?}");
}

/// Any single bit of the stored entries, leaves, documents and checkpoints: flipped, the check says so or the store does
/// not open it at all.
#[tokio::test]
async fn the_operators_check_finds_what_was_changed_in_the_database() {
    let file = Folder::new();
    let world = lively(&file).await;
    let who = world.who(READER);
    let (entry, note) = {
        let mut reader = world.app.store().read().unwrap();
        let entry = reader.entries_from(who.tenant, 3, 1).await.unwrap().remove(0);
        (entry, reader.checkpoint(who.tenant).await.unwrap().unwrap().note.to_string())
    };
    // Nothing is read there: a connection that only reads would leave the write-ahead log behind.
    let World { app, folder, .. } = world.reopened(Folder::copy_of(world.folder.path()), 2);
    closed(app, &folder);
    if on_postgres() {
        for damage in Damage::ALL {
            let copy = Folder::copy_of(folder.path());
            damage.to(copy.path(), &entry.leaf);
            let changed = world.reopened(copy, 3);
            let report = changed.app.fsck(Some(&heads(&file))).await;
            assert!(report.is_err() || !report.unwrap().faults.is_empty(), "{damage:?}");
        }
        return;
    }
    let database = std::fs::read(folder.path().join("state.sqlite")).unwrap();
    let places = |of: &[u8]| -> Vec<usize> {
        (0..database.len() - of.len()).filter(|at| database[*at..*at + of.len()] == *of).collect()
    };
    let mut found = 0;
    for part in [&entry.bytes[..40], &entry.leaf[..], &note.as_bytes()[..60]] {
        for at in places(part) {
            for bit in [0, 3] {
                let copy = Folder::copy_of(folder.path());
                let mut bytes = database.clone();
                bytes[at + 20] ^= 1 << bit;
                std::fs::write(copy.path().join("state.sqlite"), bytes).unwrap();
                let changed = world.reopened(copy, 3);
                let report = changed.app.fsck(Some(&heads(&file))).await;
                assert!(report.is_err() || !report.unwrap().faults.is_empty(), "bit {bit} at {at}");
                found += 1;
            }
        }
    }
    assert!(found >= 6, "{found} changes were tried");
}

#[tokio::test]
async fn the_operators_check_holds_the_heads_file_against_the_database() {
    let file = Folder::new();
    let world = lively(&file).await;
    let old = Folder::copy_of(world.folder.path());
    let before = std::fs::read(heads(&file)).unwrap();
    world.open(READER, &[], false).await.unwrap();
    world.app.publish().await.unwrap();
    let restored = world.reopened(old, 2);
    let report = restored.app.fsck(Some(&heads(&file))).await.unwrap();
    assert!(report.faults.iter().any(|fault| fault.contains("were published, but it has")), "{report:?}");
    std::fs::write(heads(&file), before).unwrap();
    let report = world.app.fsck(Some(&heads(&file))).await.unwrap();
    assert!(report.faults.iter().any(|fault| fault.contains("heads file is older")), "{report:?}");
}
