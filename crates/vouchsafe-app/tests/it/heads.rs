//! A node that has lost its heads file takes the newest heads from a witness, and never goes on with less than that has seen.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use vouchsafe_app::witness::{Carrying, Courier, Witness, WitnessAnswer};
use vouchsafe_app::{App, EvidenceError, ListOptions};
use vouchsafe_log::note::{KeyKind, Signer};
use vouchsafe_log::whole::Seen;
use vouchsafe_log::witness::AddCheckpoint;
use vouchsafe_testkit::{Folder, World};

const HOST: &str = "vouchsafe.example";
const READER: &str = "ada";

/// A witness in this process, as the specification says, which can be away.
#[derive(Debug)]
struct Near {
    witness: vouchsafe_log::witness::Witness,
    seen: Mutex<BTreeMap<String, Seen>>,
    away: AtomicBool,
}

impl Near {
    /// A witness of all logs of a world that were published.
    async fn of(world: &World) -> Arc<Self> {
        let mut reader = world.app.store().read().unwrap();
        let mut keys = Vec::new();
        for tenant in reader.tenants().await.unwrap() {
            keys.extend(
                reader
                    .log_keys(tenant)
                    .await
                    .unwrap()
                    .into_iter()
                    .map(|key| key.verifier_key.parse().unwrap()),
            );
        }
        let signer = Signer::new("witness.example/w", KeyKind::Witness, &[3; 32]).unwrap();
        let witness = vouchsafe_log::witness::Witness::new(signer, keys).unwrap();
        Arc::new(Self { witness, seen: Mutex::default(), away: AtomicBool::new(false) })
    }

    fn asked(self: &Arc<Self>) -> Witness {
        let courier = Arc::clone(self) as Arc<dyn Courier>;
        Witness::new("customer".to_owned(), self.witness.verifier().clone(), None, courier)
    }

    fn answer(&self, request: &AddCheckpoint) -> WitnessAnswer {
        let mut seen = self.seen.lock().unwrap();
        let origin = request.checkpoint.text().lines().next().unwrap().to_owned();
        match self.witness.decide(request, seen.get(&origin).copied()) {
            Ok(consistent) => {
                seen.insert(origin, consistent.head());
                WitnessAnswer { status: 200, body: self.witness.cosign(&consistent, 1_800_000_000).1 }
            }
            Err(refusal) => WitnessAnswer { status: refusal.status(), body: refusal.body() },
        }
    }
}

impl Courier for Near {
    fn carry<'a>(&'a self, request: &'a AddCheckpoint) -> Carrying<'a> {
        Box::pin(async move {
            if self.away.load(Ordering::SeqCst) { Err("it is away".into()) } else { Ok(self.answer(request)) }
        })
    }
}

fn heads(folder: &Folder) -> PathBuf {
    folder.path().join("heads")
}

async fn started(world: &World, file: &Folder, near: Option<&Arc<Near>>) -> Result<App, EvidenceError> {
    let app = App::new(Arc::clone(world.app.store())).with_witnesses(near.map(Near::asked));
    app.publishing(HOST, &heads(file)).await
}

/// Publishes what there is, and has it signed.
async fn signed(world: &mut World, file: &Folder, near: &Arc<Near>) {
    world.app = started(world, file, Some(near)).await.unwrap();
    world.app.publish().await.unwrap();
    let witnesses = world.app.witnesses().to_vec();
    world.app.offer(&witnesses[0]).await.unwrap();
}

/// A world whose logs were published and signed.
async fn witnessed(file: &Folder) -> (World, Arc<Near>) {
    let mut world = World::new().await;
    world.app = started(&world, file, None).await.unwrap();
    world.app.publish().await.unwrap();
    let near = Near::of(&world).await;
    signed(&mut world, file, &near).await;
    (world, near)
}

async fn adoptions(world: &World) -> usize {
    let filter = Some("activityDisplayName eq 'Adopt log heads'".to_owned());
    let options = ListOptions { filter, ..ListOptions::default() };
    world.app.audit_log(world.who(READER), &options).await.unwrap().items.len()
}

#[tokio::test]
async fn a_lost_heads_file_is_made_anew_from_what_a_witness_signs() {
    let file = Folder::new();
    let (mut world, near) = witnessed(&file).await;
    // Published, and not yet signed: it follows from what the witness has seen.
    world.open(READER, &[], false).await.unwrap();
    world.app.publish().await.unwrap();
    let before = std::fs::read_to_string(heads(&file)).unwrap();
    std::fs::remove_file(heads(&file)).unwrap();
    near.away.store(true, Ordering::SeqCst);
    assert!(matches!(started(&world, &file, Some(&near)).await, Err(EvidenceError::NoHeads(_))));
    assert!(!heads(&file).exists());
    near.away.store(false, Ordering::SeqCst);
    world.app = started(&world, &file, Some(&near)).await.unwrap();
    let newest = |text: &str| -> BTreeMap<String, String> {
        text.lines()
            .map(|line| line.split_once(' ').unwrap())
            .map(|(tenant, head)| (tenant.to_owned(), head.to_owned()))
            .collect()
    };
    assert_eq!(newest(&std::fs::read_to_string(heads(&file)).unwrap()), newest(&before));
    world.open(READER, &[], false).await.unwrap();
    assert_eq!(world.app.publish().await.unwrap(), 1);
    assert_eq!(adoptions(&world).await, 0, "nobody had to step in");
    assert_eq!(world.app.fsck(Some(&heads(&file))).await.unwrap().faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_backup_without_its_heads_file_is_refused_where_a_witness_has_seen_more() {
    let file = Folder::new();
    let (mut world, near) = witnessed(&file).await;
    let backup = Folder::copy_of(world.folder.path());
    world.open(READER, &[], false).await.unwrap();
    signed(&mut world, &file, &near).await;
    let restored = world.reopened(backup, 2);
    let error = started(&restored, &Folder::new(), Some(&near)).await.unwrap_err();
    let EvidenceError::LostEntries { tenant, published, stored } = error else { panic!("{error}") };
    assert_eq!(tenant, world.who(READER).tenant);
    assert!(published > stored, "{published} of {stored}");
}

#[tokio::test]
async fn another_history_is_refused_though_it_is_longer() {
    let file = Folder::new();
    let (mut world, near) = witnessed(&file).await;
    let backup = Folder::copy_of(world.folder.path());
    let old_heads = Folder::new();
    std::fs::create_dir_all(old_heads.path()).unwrap();
    std::fs::copy(heads(&file), heads(&old_heads)).unwrap();
    world.open(READER, &[], false).await.unwrap();
    signed(&mut world, &file, &near).await;
    let mut restored = world.reopened(backup, 2);
    restored.app = started(&restored, &old_heads, None).await.unwrap();
    for _ in 0..3 {
        restored.open(READER, &[], false).await.unwrap();
    }
    restored.app.publish().await.unwrap();
    let error = started(&restored, &Folder::new(), Some(&near)).await.unwrap_err();
    assert!(matches!(error, EvidenceError::OtherThanWitnessed { .. }), "{error}");
}

/// A node of a deployment on several, without witnesses.
async fn node(world: &World, file: &Folder) -> Result<App, EvidenceError> {
    App::new(Arc::clone(world.app.store())).among_nodes().publishing(HOST, &heads(file)).await
}

#[tokio::test]
async fn a_node_that_joins_begins_with_the_heads_of_one_that_is_there() {
    let (file, other) = (Folder::new(), Folder::new());
    let mut world = World::new().await;
    world.app = node(&world, &file).await.unwrap();
    world.app.publish().await.unwrap();
    world.open(READER, &[], false).await.unwrap();
    world.app.publish().await.unwrap();
    let first = world.app.clone();
    let round = async {
        loop {
            first.publish().await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        joined = node(&world, &other) => drop(joined.unwrap()),
        () = round => {}
    }
    let written = |file: &Folder| -> BTreeMap<_, _> {
        vouchsafe_store::Heads::open(&heads(file)).unwrap().unwrap().iter().collect()
    };
    assert!(written(&file).len() > 1);
    assert_eq!(written(&other), written(&file));
}

#[tokio::test]
async fn a_node_that_nobody_tells_the_heads_does_not_publish() {
    let file = Folder::new();
    let mut world = World::new().await;
    world.app = node(&world, &file).await.unwrap();
    world.app.publish().await.unwrap();
    assert!(matches!(node(&world, &Folder::new()).await, Err(EvidenceError::NoHeads(_))));
}

#[tokio::test]
async fn a_backup_under_a_running_node_is_refused_by_the_one_that_joins() {
    let file = Folder::new();
    let mut world = World::new().await;
    world.app = node(&world, &file).await.unwrap();
    world.app.publish().await.unwrap();
    let backup = Folder::copy_of(world.folder.path());
    world.open(READER, &[], false).await.unwrap();
    world.app.publish().await.unwrap();
    let restored = world.reopened(backup, 2);
    let seen = vouchsafe_store::Heads::open(&heads(&file)).unwrap().unwrap();
    let telling = async {
        while restored.app.store().tell_heads(&seen).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        std::future::pending::<()>().await;
    };
    let joined = tokio::select! {
        joined = async { node(&restored, &Folder::new()).await } => joined,
        () = telling => unreachable!("it never ends"),
    };
    let error = joined.unwrap_err();
    assert!(matches!(error, EvidenceError::LostEntries { .. }), "{error}");
}
