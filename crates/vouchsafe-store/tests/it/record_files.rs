//! Files of records: imports that go on, are cut off or crash, deletion, damage.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::record::Record;
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_store::{
    DataPerson, Deleted, ImportBatch, Options, Order, PlaceKey, Reach, RecordQuery, Store, SummaryBy,
    SummaryQuery,
};

use crate::folder::{Folder, Home, START_MILLIS, id};
use crate::lists::filter;
use crate::records::{all, every_page, record, sign_in};

/// Sign-ins of different times, people and errors.
fn many(from: usize, to: usize) -> Vec<Record> {
    (from..to)
        .map(|n| {
            let at = Timestamp::from_millis(1_792_000_000_000 + i64::try_from(n).unwrap() * 400_000);
            sign_in(
                &format!("{n:08}-aaaa-4111-8111-111111111111"),
                json!({
                    "createdDateTime": at, "userId": format!("u{}", n % 7), "userPrincipalName": format!("u{}@x", n % 7),
                    "status": { "errorCode": n % 3 }, "ipAddress": format!("10.0.0.{}", n % 11), "appId": "app",
                }),
            )
        })
        .collect()
}

fn records_folder(home: &Home) -> PathBuf {
    home.folder.path().join("records")
}

/// That the counts by time are those of the rows.
async fn check_counts(store: &Store) -> u64 {
    let mut totals = Vec::new();
    for by in SummaryBy::ALL {
        let asked = |filter_text: Option<&str>| SummaryQuery {
            resource: Resource::SignIn,
            by,
            filter: filter_text.and_then(filter),
            reach: Reach::everything(),
            top: 10_000,
        };
        let counted = store.summary(id::<TenantId>(1), asked(None)).await.unwrap();
        // True of every row, so it is counted from the rows.
        let rows = store.summary(id::<TenantId>(1), asked(Some("id ne null"))).await.unwrap();
        assert_eq!(counted, rows, "{by:?}");
        totals.push(counted.total);
    }
    assert!(totals.windows(2).all(|two| two[0] == two[1]), "{totals:?}");
    let query = RecordQuery { top: 1, ..all(Resource::SignIn) };
    assert_eq!(store.records(id::<TenantId>(1), query).await.unwrap().total, Some(totals[0]));
    totals[0]
}

#[tokio::test]
async fn an_import_in_batches_is_whole_and_is_there_once() {
    let home = Home::new();
    for (first, imported) in [(true, 3_000), (false, 0)] {
        let mut writer = home.store.record_writer(id::<TenantId>(1)).await.unwrap();
        for batch in many(0, 3_000).chunks(700) {
            writer.add(batch.to_vec()).await.unwrap();
        }
        writer.add(many(0, 100)).await.unwrap();
        let done = writer.finish().await.unwrap();
        assert_eq!(done, ImportBatch { imported, already_present: 3_100 - imported }, "first: {first}");
        assert_eq!(check_counts(&home.store).await, 3_000);
    }
    let (found, total) = every_page(&home, RecordQuery { top: 333, ..all(Resource::SignIn) }).await;
    let expected: Vec<_> = many(0, 3_000).into_iter().rev().map(|record| (record.id, record.json)).collect();
    assert_eq!((found, total), (expected, Some(3_000)));
}

#[tokio::test]
async fn a_page_stays_while_records_are_added() {
    let home = Home::new();
    home.store.import_records(id(1), many(10, 20)).await.unwrap();
    let query = RecordQuery { top: 4, ..all(Resource::SignIn) };
    let first = home.store.records(id::<TenantId>(1), query.clone()).await.unwrap();
    home.store.import_records(id(1), many(0, 30)).await.unwrap();
    let second =
        home.store.records(id::<TenantId>(1), RecordQuery { after: first.next, ..query }).await.unwrap();
    let ids = |records: &[vouchsafe_store::StoredRecord]| {
        records.iter().map(|record| record.id[..8].parse().unwrap()).collect::<Vec<u32>>()
    };
    assert_eq!((ids(&first.records), ids(&second.records)), (vec![19, 18, 17, 16], vec![15, 14, 13, 12]));
}

#[tokio::test]
async fn more_events_than_a_microsecond_has_places_for_stay_apart_and_in_their_second() {
    let home = Home::new();
    let at = "2026-11-23T09:59:59.999999Z";
    let crowd = |from: u32, to: u32| {
        (from..to).map(|n| sign_in(&format!("s{n}"), json!({ "createdDateTime": at }))).collect::<Vec<_>>()
    };
    home.store.import_records(id(1), crowd(0, 3_000)).await.unwrap();
    home.store.import_records(id(1), crowd(2_900, 5_000)).await.unwrap();
    assert_eq!(check_counts(&home.store).await, 5_000);
    let just = |micros: i64| Timestamp::from_micros(at.parse::<Timestamp>().unwrap().as_micros() + micros);
    for (from, to, seen) in [(0, 1, 5_000), (1, 9, 0), (-5, 0, 0), (-1_000_000, 1, 5_000)] {
        let reach = Reach { data_from: Some(just(from)), data_to: Some(just(to)), ..Reach::everything() };
        let query = RecordQuery { reach: reach.clone(), order: Order::OldestFirst, ..all(Resource::SignIn) };
        let (found, total) = every_page(&home, query).await;
        assert_eq!((found.len(), total), (usize::try_from(seen).unwrap(), Some(seen)), "{from} {to}");
        let query =
            SummaryQuery { resource: Resource::SignIn, by: SummaryBy::Hour, filter: None, reach, top: 9 };
        let summary = home.store.summary(id::<TenantId>(1), query).await.unwrap();
        assert_eq!((summary.total, summary.rows.len()), (seen, usize::from(seen > 0)));
    }
}

#[tokio::test]
async fn objects_are_replaced_when_they_come_anew() {
    let home = Home::new();
    let user = |name: &str, upn: &str| {
        record(Resource::User, &json!({ "id": "u1", "userPrincipalName": upn, "displayName": name }))
    };
    let one = |imported, already_present| ImportBatch { imported, already_present };
    assert_eq!(home.store.import_records(id(1), vec![user("Ada", "ada@x")]).await.unwrap(), one(1, 0));
    assert_eq!(home.store.import_records(id(1), vec![user("Ada", "ada@x")]).await.unwrap(), one(0, 1));
    assert_eq!(home.store.import_records(id(1), vec![user("Ada L", "lovelace@x")]).await.unwrap(), one(1, 0));
    let reach = Reach::everything();
    let by_name =
        |name: &'static str| home.store.record_by(id(1), Resource::User, "userPrincipalName", name, &reach);
    assert!(by_name("ada@x").await.unwrap().is_none());
    assert!(by_name("Lovelace@X").await.unwrap().unwrap().json.contains("Ada L"));
    assert_eq!(home.store.records(id::<TenantId>(1), all(Resource::User)).await.unwrap().total, Some(1));
}

#[tokio::test]
async fn objects_are_sorted_by_id_or_a_column_with_nothing_first() {
    let home = Home::new();
    let users = [("a", Some("Zoe")), ("b", None), ("c", Some("ada")), ("d", None), ("e", Some("Ada"))];
    let users = users.map(|(id, name)| {
        record(
            Resource::User,
            &json!({ "id": id, "userPrincipalName": format!("{id}@x"), "displayName": name }),
        )
    });
    home.store.import_records(id(1), users.to_vec()).await.unwrap();
    for (by, order, expected) in [
        (None, Order::OldestFirst, "abcde"),
        (Some("id"), Order::NewestFirst, "edcba"),
        (Some("displayName"), Order::OldestFirst, "bdcea"),
        (Some("displayName"), Order::NewestFirst, "aecdb"),
    ] {
        for top in [1, 2, 9] {
            let query = RecordQuery { order, order_by: by.map(str::to_owned), top, ..all(Resource::User) };
            let (found, _) = every_page(&home, query).await;
            let ids: String = found.into_iter().map(|(id, _)| id).collect();
            assert_eq!(ids, expected, "{by:?} {top}");
        }
    }
}

#[tokio::test]
async fn objects_in_an_order_of_a_key_are_each_there_once_and_their_places_tell_nothing_to_another_key() {
    let home = Home::new();
    let users = (0..40).map(|n| {
        let name = if n % 3 == 0 { "Ada" } else { "Bob" };
        record(Resource::User, &json!({ "id": format!("u{n:02}"), "displayName": name }))
    });
    home.store.import_records(id(1), users.collect()).await.unwrap();
    let listed = async |key: u8, by: Option<&str>, order: Order, top: u32| {
        let places = Some(PlaceKey([key; 32]));
        let order_by = by.map(str::to_owned);
        let query = RecordQuery { places, order, order_by, top, ..all(Resource::User) };
        let (found, total) = every_page(&home, query).await;
        assert_eq!(total, Some(40));
        found.into_iter().map(|(id, _)| id).collect::<Vec<String>>()
    };
    let forward = Order::OldestFirst;
    let by_id: Vec<String> = (0..40).map(|n| format!("u{n:02}")).collect();
    let [one, other] = [listed(1, None, forward, 100).await, listed(2, None, forward, 100).await];
    for list in [&one, &other] {
        let mut sorted = list.clone();
        sorted.sort();
        assert_eq!(sorted, by_id);
        assert_ne!(*list, by_id);
    }
    assert_ne!(one, other);
    // Page by page it is the same order, and backwards the reverse.
    for top in [1, 7] {
        assert_eq!(listed(1, None, forward, top).await, one, "{top}");
    }
    let mut backward = listed(1, None, Order::NewestFirst, 7).await;
    backward.reverse();
    assert_eq!(backward, one);
    // Among equals of a property the key decides, too.
    let [named, named_otherwise] =
        [listed(1, Some("displayName"), forward, 7).await, listed(2, Some("displayName"), forward, 7).await];
    assert_ne!(named, named_otherwise);
    let adas: Vec<&String> = one.iter().filter(|id| named[..14].contains(id)).collect();
    assert_eq!(adas, named[..14].iter().collect::<Vec<_>>());
    // Whoever asks for the order of ids gets it: that is refused before where they are masked.
    assert_eq!(listed(1, Some("id"), forward, 7).await, by_id);
}

#[tokio::test]
async fn people_are_named_by_id_or_upn_wherever_they_stand() {
    let home = Home::new();
    let audit = json!({
        "id": "a1", "activityDateTime": "2026-11-23T09:00:00Z",
        "initiatedBy": { "user": { "id": "U3", "userPrincipalName": "eve@x" } },
        "targetResources": [{ "id": "u9", "userPrincipalName": "Old@x", "type": "User" }],
    });
    let records = vec![
        sign_in("s1", json!({ "userId": "U1", "userPrincipalName": "Ada@x" })),
        sign_in("s2", json!({ "userId": "u1", "userPrincipalName": "lovelace@x" })),
        sign_in("s3", json!({ "userPrincipalName": "nobody@x" })),
        record(Resource::User, &json!({ "id": "u2", "userPrincipalName": "Bob@x" })),
        record(Resource::DirectoryAudit, &audit),
    ];
    home.store.import_records(id(1), records).await.unwrap();
    let person = |id: Option<&str>, upn: Option<&str>| DataPerson {
        user_id: id.map(str::to_owned),
        user_principal_name: upn.map(str::to_owned),
    };
    for (name, expected) in [
        ("ADA@X", vec![person(Some("u1"), Some("ada@x"))]),
        ("u1", vec![person(Some("u1"), Some("ada@x")), person(Some("u1"), Some("lovelace@x"))]),
        ("nobody@x", vec![person(None, Some("nobody@x"))]),
        ("bob@x", vec![person(Some("u2"), Some("bob@x"))]),
        ("u2", vec![person(Some("u2"), Some("bob@x"))]),
        ("eve@x", vec![person(Some("u3"), Some("eve@x"))]),
        ("u9", vec![person(Some("u9"), None)]),
        ("ada", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(
            home.store.people_named(id::<TenantId>(1), &[name.to_owned()]).await.unwrap(),
            expected,
            "{name}"
        );
    }
    let names = ["Ada@x", "lovelace@x", "bob@x", "nobody@x"].map(str::to_owned);
    let directory = home.store.person_directory(id::<TenantId>(1), &names).await.unwrap();
    let expected = [("ada@x", "u1"), ("lovelace@x", "u1"), ("bob@x", "u2")];
    assert_eq!(directory, expected.map(|(upn, id)| (upn.to_owned(), id.to_owned())).into());
}

#[tokio::test]
async fn what_is_kept_long_enough_goes_with_all_that_it_left() {
    let home = Home::new();
    let start = Timestamp::from_millis(START_MILLIS);
    home.store.import_records(id(1), many(0, 1_000)).await.unwrap();
    let cut = "2026-10-16T00:00:00Z".parse::<Timestamp>().unwrap();
    let delete =
        |before, limit| home.store.delete_before(id::<TenantId>(1), DataCategory::SignInLogs, before, limit);
    // They happened before, but came later.
    assert_eq!(delete(cut, 10_000).await.unwrap(), Deleted::default());
    let before = Timestamp::from_micros(start.as_micros() + 1);
    home.clock.set(Timestamp::from_millis(START_MILLIS + 1_000));
    home.store.import_records(id(1), many(1_000, 1_010)).await.unwrap();
    assert_eq!(delete(before, 600).await.unwrap(), Deleted { events: 600, more: true });
    assert_eq!(check_counts(&home.store).await, 410);
    assert_eq!(
        home.store.delete_before(id::<TenantId>(1), DataCategory::AuditLogs, before, 600).await.unwrap(),
        Deleted::default()
    );
    assert_eq!(delete(before, 600).await.unwrap(), Deleted { events: 400, more: false });
    assert_eq!(check_counts(&home.store).await, 10);
    let later = Timestamp::from_millis(START_MILLIS + 2_000);
    assert_eq!(delete(later, 600).await.unwrap(), Deleted { events: 10, more: false });
    assert_eq!(check_counts(&home.store).await, 0);
    // Nobody is named any more, not even where values are kept once.
    assert_eq!(home.store.people_named(id::<TenantId>(1), &["u1".to_owned()]).await.unwrap(), []);
    home.store.import_records(id(1), many(0, 5)).await.unwrap();
    assert_eq!(check_counts(&home.store).await, 5);
    home.store.delete_records(id::<TenantId>(1)).await.unwrap();
    assert_eq!(std::fs::read_dir(records_folder(&home)).unwrap().count(), 0);
    assert_eq!(home.store.records(id::<TenantId>(1), all(Resource::SignIn)).await.unwrap().total, Some(0));
}

#[tokio::test]
async fn the_space_of_what_was_deleted_is_given_back() {
    let home = Home::new();
    home.store.import_records(id(1), many(0, 5_000)).await.unwrap();
    let file = records_folder(&home).join(format!("{}.sqlite", id::<vouchsafe_core::id::TenantId>(1)));
    let full = std::fs::metadata(&file).unwrap().len();
    home.store
        .delete_before(
            id::<TenantId>(1),
            DataCategory::SignInLogs,
            Timestamp::from_millis(START_MILLIS * 2),
            5_000,
        )
        .await
        .unwrap();
    let left = std::fs::metadata(&file).unwrap().len();
    assert!(left < full, "{left} of {full} bytes");
    let text = std::fs::read(&file).unwrap();
    let left = text.windows(4).position(|bytes| bytes == b"u3@x");
    let around = left.map(|at| String::from_utf8_lossy(&text[at - 100..at + 20]).into_owned());
    assert_eq!(left, None, "a name is left in the file: {around:?}");
}

#[tokio::test]
async fn an_import_that_nobody_finishes_keeps_what_came_whole() {
    let home = Home::new();
    for (from, to) in [(0, 500), (500, 900)] {
        let mut writer = home.store.record_writer(id::<TenantId>(1)).await.unwrap();
        writer.add(many(from, to)).await.unwrap();
        drop(writer);
        // The next import waits for it.
        home.store.import_records(id(1), many(0, 1)).await.unwrap();
        assert_eq!(check_counts(&home.store).await, u64::try_from(to).unwrap());
    }
}

#[tokio::test]
async fn a_file_that_is_damaged_is_an_error() {
    let home = Home::new();
    home.store.import_records(id(1), many(0, 3_000)).await.unwrap();
    let file = records_folder(&home).join(format!("{}.sqlite", id::<vouchsafe_core::id::TenantId>(1)));
    let whole = std::fs::read(&file).unwrap();
    for (name, bytes) in [
        ("cut", whole[..whole.len() / 3].to_vec()),
        ("no database", b"not a database at all".repeat(300)),
        ("overwritten", [&whole[..8_192], &vec![0x5A; whole.len() - 8_192]].concat()),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let store = Store::open(home.folder.path(), Options::default()).unwrap();
        let query = RecordQuery {
            filter: filter("contains(userAgent, 'x') or userId eq 'u1'"),
            ..all(Resource::SignIn)
        };
        assert!(store.records(id::<TenantId>(1), query).await.is_err(), "{name}");
        let added = store.import_records(id(1), many(3_000, 3_010)).await;
        assert!(added.is_err() || name == "cut", "{name}: {added:?}");
    }
}

/// What the process does that is killed below: it loads a file, then adds batches to it, for ever.
#[tokio::test]
async fn crashing_child() {
    let Some(folder) = std::env::var_os("VOUCHSAFE_CRASHING_CHILD") else { return };
    let store = Store::open(&PathBuf::from(folder), Options::default()).unwrap();
    for round in 0.. {
        let mut writer = store.record_writer(id::<TenantId>(1)).await.unwrap();
        for batch in many(round * 4_000, round * 4_000 + 4_000).chunks(500) {
            writer.add(batch.to_vec()).await.unwrap();
        }
        writer.finish().await.unwrap();
        store
            .delete_before(
                id::<TenantId>(1),
                DataCategory::SignInLogs,
                Timestamp::from_millis(START_MILLIS * 2),
                250,
            )
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_crash_at_any_moment_leaves_a_whole_file() {
    for millis in [60, 150, 400, 900] {
        let folder = Folder::new();
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["record_files::crashing_child", "--exact", "--test-threads=1"])
            .env("VOUCHSAFE_CRASHING_CHILD", folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
        let store = Store::open(folder.path(), Options::default()).unwrap();
        let left = std::fs::read_dir(folder.path().join("records")).map_or(0, |files| {
            files
                .filter(|file| file.as_ref().unwrap().file_name().to_str().unwrap().contains("loading"))
                .count()
        });
        assert_eq!(left, 0, "leftovers stay");
        let found = check_counts(&store).await;
        assert_eq!(found % 250, 0, "{found} records: part of a batch");
        let added = store.import_records(id(1), many(9_000_000, 9_000_100)).await.unwrap();
        assert_eq!(added.imported, 100);
        assert_eq!(check_counts(&store).await, found + 100);
    }
}
