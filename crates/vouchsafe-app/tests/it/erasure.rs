//! Erasing a person: key and values are in no file any more, the log stays whole, and everything else goes on.

use vouchsafe_app::{AppError, ListOptions};
use vouchsafe_core::erasure::DECIDERS_KEPT;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::time::Duration;
use vouchsafe_log::opening::Enclosed;
use vouchsafe_testkit::cast::S;
use vouchsafe_testkit::database::{all_bytes, on_postgres};
use vouchsafe_testkit::{Folder, World};

/// How often these bytes stand in the database or its write-ahead log.
fn found(world: &World, wanted: &[u8]) -> usize {
    let files = match on_postgres() {
        true => vec![all_bytes(world.folder.path())],
        false => world.folder.database(),
    };
    files.iter().map(|file| file.windows(wanted.len()).filter(|window| window == &wanted).count()).sum()
}

async fn wrapped(world: &World, name: &str) -> Vec<u8> {
    let who = world.who(name);
    let mut reader = world.app.store().read().unwrap();
    reader.remains(who.tenant, who.user).await.unwrap().into_bytes()
}

#[tokio::test]
async fn nothing_of_an_erased_person_is_left_in_any_file_and_the_log_stays_whole() {
    let (mut world, file) = (World::with_sign_ins().await, Folder::new());
    world.app = world.app.clone().publishing("vouchsafe.example", &file.path().join("heads")).await.unwrap();
    let mut cases = Vec::new();
    // Enough for pages to split while the key is there.
    for _ in 0..60 {
        cases.push(world.open("ben", &[], false).await.unwrap().request.id);
    }
    let (ada, ben) = (world.who("ada"), world.who("ben"));
    let key = wrapped(&world, "ben").await;
    assert!(key.len() > 32 && found(&world, &key) > 0, "the key is there before");
    assert_eq!(found(&world, b"ben cannot sign in"), 0, "values are never in clear");

    world.app.erase_user(&ada.into(), ben.user).await.unwrap();

    assert_eq!(found(&world, &key), 0, "the key is in no file");
    let report = world.app.fsck(Some(&file.path().join("heads"))).await.unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
    assert!(report.erased > 60, "{report:?}");
    // In a new process as well.
    let after = world.reopened(Folder::copy_of(world.folder.path()), 2);
    for world in [&world, &after] {
        let case = world.app.request(ada, cases[0]).await.unwrap();
        assert_eq!(case.request.title.text(), "");
        assert!(matches!(world.app.me(ben).await, Err(AppError::Unauthenticated)));
        assert_eq!(world.app.fsck(None).await.unwrap().faults, Vec::<String>::new());
    }
    // What was the person's goes on: rows with erased values are written again, and no new key is made for them.
    world.close("ada", cases[0]).await.unwrap();
    assert!(wrapped(&world, "ben").await.is_empty());
    assert_eq!(world.app.fsck(None).await.unwrap().faults, Vec::<String>::new());
    assert!(matches!(
        world.app.erase_user(&ada.into(), ben.user).await,
        Err(AppError::Rejected(Rejection::AlreadyEnded))
    ));
}

#[tokio::test]
async fn a_receipt_of_an_erased_persons_entry_still_proves_that_it_was_there() {
    let (mut world, file) = (World::new().await, Folder::new());
    world.app = world.app.clone().publishing("vouchsafe.example", &file.path().join("heads")).await.unwrap();
    world.open("ben", &[], false).await.unwrap();
    let (ada, ben) = (world.who("ada"), world.who("ben"));
    let filter = Some("activityDisplayName eq 'Support request created'".to_owned());
    let options = ListOptions { filter, ..ListOptions::default() };
    let entry = world.app.audit_log(ada, &options).await.unwrap().items.remove(0);
    let id = entry.text("/id").unwrap().parse().unwrap();
    assert!(!entry.openings.is_empty());
    world.app.erase_user(&ada.into(), ben.user).await.unwrap();
    let receipt = world.app.receipt(ada, id).await.unwrap();
    let enclosed = Enclosed::from_bytes(receipt.extra.as_deref().unwrap()).unwrap();
    assert!(enclosed.openings.is_empty());
    enclosed.verify().unwrap();
    let filter = Some("activityDisplayName eq 'Hard Delete user'".to_owned());
    let options = ListOptions { filter, ..ListOptions::default() };
    let entries = world.app.audit_log(ada, &options).await.unwrap().items;
    assert_eq!(entries[0].entry.pointer("/events/0/user").unwrap(), &ben.user.to_string());
}

#[tokio::test]
async fn who_decided_on_access_is_kept_as_long_as_the_log_must_name_them() {
    let world = World::new().await;
    let case = world.open("ada", &[], false).await.unwrap().request.id;
    let asked = world.ask("eve", case, world.ask_for(S)).await.unwrap();
    world.approve("lin", asked).await.unwrap();
    let (ada, lin) = (world.who("ada"), world.who("lin"));
    let refused = world.app.erase_user(&ada.into(), lin.user).await.unwrap_err();
    let AppError::Rejected(Rejection::Invalid { field, message }) = refused else { panic!("{refused}") };
    assert_eq!(field, "id");
    assert!(message.contains("the log keeps the name until"), "{message}");
    world.advance(DECIDERS_KEPT);
    world.advance(Duration::days(1));
    world.app.erase_user(&ada.into(), lin.user).await.unwrap();
}

#[tokio::test]
async fn only_the_tenants_own_administrators_erase_and_nobody_erases_themselves() {
    let world = World::new().await;
    let ben = world.who("ben").user;
    for (name, user) in
        [("ben", world.who("sam").user), ("rex", ben), ("rita", ben), ("paul", ben), ("eve", ben)]
    {
        let refused = world.app.erase_user(&world.who(name).into(), user).await;
        assert!(matches!(refused, Err(AppError::Forbidden | AppError::NotFound)), "{name}: {refused:?}");
    }
    let ada = world.who("ada");
    let refused = world.app.erase_user(&ada.into(), ada.user).await;
    assert!(matches!(refused, Err(AppError::Rejected(Rejection::Forbidden(_)))));
    let elsewhere = world.who("rita").user;
    assert!(matches!(world.app.erase_user(&ada.into(), elsewhere).await, Err(AppError::NotFound)));
}
