//! The operator's check names what was changed in rows of each kind by somebody who can write to the database.

use std::sync::Arc;

use vouchsafe_app::App;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::{KeyKind, Signer, VerifierKey};
use vouchsafe_store::Head;
use vouchsafe_testkit::database::{on_postgres, rewrite};
use vouchsafe_testkit::{Folder, World};

use crate::evidence::closed;

const READER: &str = "ada";

/// Writes `to`, which is as long, wherever `from` stands in the documents of a table; gives what the check says then.
async fn told_of(world: &World, heads: &Folder, place: (&str, &str), from: &str, to: &str) -> Vec<String> {
    assert_eq!(from.len(), to.len());
    let World { app, folder, .. } = world.reopened(Folder::copy_of(world.folder.path()), 2);
    closed(app, &folder);
    if on_postgres() {
        assert!(rewrite(folder.path(), place, from, to) > 0, "{from}");
    } else {
        let file = folder.path().join("state.sqlite");
        let mut bytes = std::fs::read(&file).unwrap();
        let from = from.as_bytes();
        let places: Vec<usize> =
            (0..bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
        assert!(!places.is_empty(), "{to}");
        for at in places {
            bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
        }
        std::fs::write(&file, bytes).unwrap();
    }
    let changed = world.reopened(folder, 3);
    changed
        .app
        .fsck_with(Some(&heads.path().join("heads")), &[witness().verifier().clone()])
        .await
        .unwrap()
        .faults
}

fn witness() -> Signer {
    Signer::new("witness.example/w", KeyKind::Witness, &[3; 32]).unwrap()
}

/// A world with a message, and with logs of which one was signed by a witness; and the folder of the heads file.
async fn lively() -> (World, Folder) {
    let (mut world, heads) = (World::new().await, Folder::new());
    world.app = App::new(Arc::clone(world.app.store()))
        .publishing("vouchsafe.example", &heads.path().join("heads"))
        .await
        .unwrap();
    let case = world.open(READER, &[], true).await.unwrap().request.id;
    world.app.post_message(&world.call("ada"), case, "It fails since noon.").await.unwrap();
    world.app.publish().await.unwrap();
    let tenant = world.who(READER).tenant;
    let published = world.app.store().read().unwrap().checkpoint(tenant).await.unwrap().unwrap();
    let checkpoint: Checkpoint = published.note.text().parse().unwrap();
    let mut note = published.note.clone();
    witness().sign(&mut note, 1_800_000_000);
    let line = note.signatures().last().unwrap().clone();
    let mut work = world.app.store().work().await.unwrap();
    work.cosign(tenant, Head { size: checkpoint.size, root: checkpoint.root }, &line).await.unwrap();
    work.commit().await.unwrap();
    (world, heads)
}

#[tokio::test]
async fn what_was_changed_in_accounts_messages_and_the_tenant_is_named() {
    let (world, heads) = lively().await;
    let file = heads.path().join("heads");
    let keys: Vec<VerifierKey> = vec![witness().verifier().clone()];
    let report = world.app.fsck_with(Some(&file), &keys).await.unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
    for (table, from, to, words) in [
        (
            "account",
            // As a row has it: in entries, whose members are sorted, something else follows.
            "\"location\":\"Ireland\",\"expertise\"",
            "\"location\":\"Iceland\",\"expertise\"",
            ["the account usr_", "/person/location"],
        ),
        (
            "message",
            "\"fromEngineer\":false,\"created\"",
            "\"fromEngineer\":true ,\"created\"",
            ["the message msg_", "/fromEngineer"],
        ),
        (
            "tenant",
            "\"displayName\":\"Fabrikam\",\"verifiedDomains\"",
            "\"displayName\":\"Fabrikan\",\"verifiedDomains\"",
            ["the tenant", "/displayName"],
        ),
    ] {
        let faults = told_of(&world, &heads, (table, "document"), from, to).await;
        let named = |fault: &String| words.iter().all(|word| fault.contains(word));
        assert!(faults.iter().any(named), "{table}: {faults:?}");
    }
}

#[tokio::test]
async fn a_cosignature_that_is_none_is_named_and_so_is_one_of_another_tree() {
    let (world, heads) = lively().await;
    let tenant = world.who(READER).tenant;
    let mut reader = world.app.store().read().unwrap();
    let stored = reader.cosignatures(tenant).await.unwrap().remove(0);
    drop(reader);
    let column = ("log_cosignature", "line");
    // Another signature of the same form: the tenth character before the end of the base64 is another one.
    let at = stored.line.trim_end().len() - 10;
    let other = if stored.line.as_bytes()[at] == b'A' { "B" } else { "A" };
    let wrong = format!("{}{other}{}", &stored.line[..at], &stored.line[at + 1..]);
    let faults = told_of(&world, &heads, column, &stored.line, &wrong).await;
    assert!(
        faults.iter().any(|fault| fault.ends_with("the cosignature of witness.example/w is wrong")),
        "{faults:?}"
    );
    let nobody = stored.line.replace("witness.example/w", "witness.example/v");
    let faults = told_of(&world, &heads, column, &stored.line, &nobody).await;
    assert!(faults.iter().any(|fault| fault.ends_with("names another witness")), "{faults:?}");
    // Of the right form, but of a tree that the log never had, and of one that is larger than was published.
    let line = stored.line.trim_end().parse().unwrap();
    for (size, words) in
        [(stored.head.size - 1, "are not those that"), (stored.head.size + 9, "more than were published")]
    {
        let mut work = world.app.store().work().await.unwrap();
        work.cosign(tenant, Head { size, root: [7; 32] }, &line).await.unwrap();
        work.commit().await.unwrap();
        let report = world.app.fsck(Some(&heads.path().join("heads"))).await.unwrap();
        assert!(report.faults.iter().any(|fault| fault.contains(words)), "{:?}", report.faults);
    }
}
