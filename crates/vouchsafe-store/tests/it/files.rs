//! What lies on disk: who may read it, what stands in it, and what is refused at opening.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use vouchsafe_core::id::TenantId;
use vouchsafe_core::setup;
use vouchsafe_core::tenant::TenantKind::Customer;
use vouchsafe_diagnostics::record::Record;
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_store::StoreError;
use vouchsafe_testkit::database::{all_bytes, on_postgres};

use crate::folder::{Home, id, person, tenant, token};

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for item in std::fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            found.push(path.clone());
            found.extend(files_under(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn with_some_data() -> Home {
    let home = Home::new();
    home.add_tenant(tenant(1, Customer)).await.unwrap();
    home.set_up(&[id(1)], |cx| setup::issue_token(token(id(1), 1), cx)).await.unwrap();
    let record =
        Record::from_graph(Resource::SignIn, r#"{"id":"s1","createdDateTime":"2026-11-23T09:00:00Z"}"#)
            .unwrap();
    home.store.import_records(id(1), vec![record]).await.unwrap();
    home
}

#[tokio::test]
async fn nobody_but_the_owner_can_read_any_file_or_look_into_any_folder() {
    let home = with_some_data().await;
    assert_eq!(mode(home.folder.path()), 0o700);
    let found = files_under(home.folder.path());
    let names: Vec<_> = found.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert!(names.contains(&"master.key"), "{names:?}");
    assert!(on_postgres() || names.contains(&"state.sqlite-wal"), "{names:?}");
    for path in &found {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(path), wanted, "{}", path.display());
    }
}

#[tokio::test]
async fn a_database_that_others_could_read_is_closed_to_them_at_opening() {
    if on_postgres() {
        // Its files are not ours.
        return;
    }
    let home = with_some_data().await;
    std::fs::set_permissions(home.folder.database(), std::fs::Permissions::from_mode(0o644)).unwrap();
    drop(home.reopened().unwrap());
    assert_eq!(mode(&home.folder.database()), 0o600);
}

#[tokio::test]
async fn a_wrong_master_key_is_told_at_opening() {
    let home = with_some_data().await;
    let key = home.folder.path().join("master.key");
    let right = std::fs::read(&key).unwrap();
    for (wrong, told) in [
        (vec![7; 32], "the master key is not the one of this database"),
        (vec![7; 31], "is not a master key"),
        (Vec::new(), "is not a master key"),
    ] {
        std::fs::write(&key, wrong).unwrap();
        let error = home.reopened().unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
    }
    std::fs::write(&key, right).unwrap();
    assert!(home.reopened().is_ok());
}

#[tokio::test]
async fn a_lost_master_key_is_told_and_not_made_anew() {
    let home = with_some_data().await;
    let key = home.folder.path().join("master.key");
    std::fs::remove_file(&key).unwrap();
    let error = home.reopened().unwrap_err();
    assert!(matches!(&error, StoreError::File { path, .. } if path.ends_with("master.key")), "{error:?}");
    assert!(!key.exists());
}

#[tokio::test]
async fn a_newer_or_an_edited_schema_is_refused() {
    for change in [
        "INSERT INTO migration (name, sha256) VALUES ('9999_future', 'x')",
        "UPDATE migration SET sha256 = 'edited'",
        "UPDATE migration SET name = '0000_other' WHERE name LIKE '0001%'",
    ] {
        let home = with_some_data().await;
        home.behind_its_back(change, &[]);
        let error = home.reopened().unwrap_err();
        assert!(matches!(error, StoreError::Schema(_)), "{change}: {error:?}");
    }
}

#[tokio::test]
async fn names_addresses_and_free_text_stand_in_no_file_in_clear() {
    let home = Home::new();
    let mut ada = person(id(1), 1, "PlantedName");
    ada.user_principal_name = vouchsafe_core::personal::Personal::new(ada.id, "planted.address@example.com");
    home.add_tenant(tenant(1, Customer)).await.unwrap();
    home.add_person(ada, &[]).await.unwrap();
    crate::life::with_planted_texts(&home).await;
    let mut markers = vec!["PlantedName".to_owned(), "planted.address".to_owned()];
    markers.extend(
        ["Title", "Description", "Justification", "Comment", "Reason", "Message", "User", "Id"]
            .map(|what| format!("Planted{what}")),
    );
    let files = files_under(home.folder.path()).into_iter().filter(|path| path.is_file());
    let mut all: Vec<_> =
        files.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect();
    if on_postgres() {
        all.push(("the database".to_owned(), all_bytes(home.folder.path())));
    }
    assert!(all.len() >= 3 && all.iter().any(|(_, bytes)| bytes.len() > 10_000));
    for (path, bytes) in all {
        for marker in &markers {
            let found =
                bytes.windows(marker.len()).any(|window| window.eq_ignore_ascii_case(marker.as_bytes()));
            assert!(!found, "{marker} stands in {path}");
        }
    }
    // They are there, for who holds the key.
    let account = home.store.read().unwrap().account(id(1), id(1)).await.unwrap().unwrap();
    assert_eq!(account.person.display_name.text(), "PlantedName");
}

#[tokio::test]
async fn a_sealed_value_moved_to_another_place_does_not_open() {
    let home = Home::new();
    home.add_person(person(id(1), 1, "Ada"), &[]).await.unwrap();
    let moved = if on_postgres() {
        "UPDATE account SET document = convert_to(jsonb_set(convert_from(document, 'UTF8')::jsonb, '{displayName}', convert_from(document, 'UTF8')::jsonb -> 'userPrincipalName')::text, 'UTF8')"
    } else {
        "UPDATE account SET document = CAST(json_set(CAST(document AS TEXT), '$.displayName', json_extract(CAST(document AS TEXT), '$.userPrincipalName')) AS BLOB)"
    };
    assert_eq!(home.behind_its_back(moved, &[]), 1);
    let opened = home.store.read().unwrap().account(id(1), id(1)).await;
    assert!(matches!(opened, Err(StoreError::Corrupt(_))), "{opened:?}");
}

#[tokio::test]
async fn a_document_moved_to_another_tenant_does_not_open_there() {
    let home = Home::new();
    for n in [1, 2] {
        home.add_person(person(id(n), 1, &format!("Ada{n}")), &[]).await.unwrap();
        // It was opened where it belongs.
        home.store.read().unwrap().account(id(n), id(1)).await.unwrap().unwrap();
    }
    let (one, other): (TenantId, TenantId) = (id(1), id(2));
    let moved = "UPDATE account SET document = (SELECT document FROM account WHERE tenant_id = $1) WHERE tenant_id = $2";
    assert_eq!(home.behind_its_back(moved, &[&one.to_string(), &other.to_string()]), 1);
    let opened = home.store.read().unwrap().account(other, id(1)).await;
    assert!(matches!(opened, Err(StoreError::Corrupt(_))), "{opened:?}");
}
