//! Units of work: all or nothing, each in its place of the log.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use vouchsafe_core::audit::Initiator;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::{SetUp, WorkId, for_service};
use vouchsafe_core::setup;
use vouchsafe_core::tenant::TenantKind::Customer;
use vouchsafe_store::{Faults, LogEntry, Store, StoreError};

use crate::folder::{Home, id, person, tenant, token};

/// The whole log of a tenant, its sequence and leaf hashes checked.
pub(crate) async fn log_of(store: &Store, tenant: TenantId) -> Vec<LogEntry> {
    let entries = store.read().unwrap().entries_from(tenant, 0, 100_000).await.unwrap();
    for (place, entry) in (0..).zip(&entries) {
        assert_eq!(entry.sequence, place, "a gap in the log of {tenant}");
        assert_eq!(entry.entry["sequence"], place);
        assert_eq!(entry.entry["tenantId"], tenant.to_string());
        assert_eq!(entry.leaf, vouchsafe_log::leaf_hash(&entry.bytes));
        assert_eq!(entry.bytes, vouchsafe_log::entry_bytes(&entry.entry).unwrap());
    }
    entries
}

async fn many_at_once() {
    let home = Arc::new(Home::new());
    let tasks: Vec<_> = (0..200u64)
        .map(|n| {
            let home = Arc::clone(&home);
            tokio::spawn(async move {
                let (one, other) = (id(1 + n % 3), id(10 + n % 2));
                match n % 5 {
                    // Half done and dropped.
                    0 => {
                        let mut work = home.store.work().await.unwrap();
                        work.lock([one]).await.unwrap();
                        let decided = setup::issue_token(token(one, n), &work.context(Initiator::Service));
                        let permit = for_service::<SetUp>(work.id(), one);
                        work.record(permit, decided).await.unwrap();
                        tokio::task::yield_now().await;
                        false
                    }
                    // Two logs at once.
                    1 => {
                        let link = setup::AccountLink {
                            tenant: one,
                            user: id(n),
                            other_tenant: other,
                            other_user: id(n),
                        };
                        home.set_up(&[other, one], |cx| setup::link_accounts(link, cx)).await.unwrap();
                        true
                    }
                    _ => {
                        home.set_up(&[one], |cx| setup::issue_token(token(one, n), cx)).await.unwrap();
                        true
                    }
                }
            })
        })
        .collect();
    let mut done = BTreeSet::new();
    for (n, task) in (0..).zip(tasks) {
        if task.await.unwrap() {
            done.insert(n);
        }
    }
    let mut logs = BTreeMap::new();
    for n in [1, 2, 3, 10, 11] {
        logs.insert(n, log_of(&home.store, id(n)).await.len());
    }
    let linked = done.iter().filter(|n| *n % 5 == 1).count();
    assert_eq!(logs[&1] + logs[&2] + logs[&3], done.len());
    assert_eq!(logs[&10] + logs[&11], linked);
    let mut reader = home.store.read().unwrap();
    for n in (0..200).filter(|n| n % 5 != 1) {
        let found = reader.token(id(1 + n % 3), token(id(1), n).hash).await.unwrap();
        assert_eq!(found.is_some(), done.contains(&n), "{n}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_units_of_work_at_once_leave_gapless_logs_with_true_leaf_hashes() {
    many_at_once().await;
}

#[tokio::test]
async fn two_hundred_units_of_work_on_one_thread_leave_gapless_logs_with_true_leaf_hashes() {
    many_at_once().await;
}

#[tokio::test]
async fn a_log_begun_by_a_unit_of_work_that_was_dropped_is_begun_by_the_next() {
    let home = Home::new();
    let mut first = home.store.work().await.unwrap();
    first.lock([id(1)]).await.unwrap();
    let dropped = async {
        let mut work = home.store.work().await.unwrap();
        work.lock([id(9)]).await.unwrap();
    };
    let next = async { home.set_up(&[id(9)], |cx| setup::issue_token(token(id(9), 1), cx)).await };
    // Both wait for the first where one writes at a time, so the three are of one group.
    let ((), begun, committed) = tokio::join!(dropped, next, first.commit());
    committed.unwrap();
    begun.unwrap();
    assert_eq!(log_of(&home.store, id(9)).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_hang_up_leave_whole_units_of_work_or_none() {
    let home = Arc::new(Home::new());
    let tasks: Vec<_> = (0..120u64)
        .map(|n| {
            let home = Arc::clone(&home);
            tokio::spawn(async move {
                let link =
                    setup::AccountLink { tenant: id(1), user: id(n), other_tenant: id(2), other_user: id(n) };
                home.set_up(&[id(1), id(2)], |cx| setup::link_accounts(link, cx)).await
            })
        })
        .collect();
    for (n, task) in tasks.iter().enumerate() {
        tokio::task::yield_now().await;
        if n % 3 == 0 {
            task.abort();
        }
    }
    let mut answered = BTreeSet::new();
    for (n, task) in (0..).zip(tasks) {
        match task.await {
            Ok(result) => drop(answered.insert(result.map(|()| n).unwrap())),
            Err(aborted) => assert!(aborted.is_cancelled()),
        }
    }
    home.store.close().await;
    let (one, other) = (log_of(&home.store, id(1)).await, log_of(&home.store, id(2)).await);
    let links = |log: &[LogEntry], user: &str| -> BTreeSet<String> {
        log.iter().map(|entry| entry.entry["events"][0][user].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(links(&one, "user"), links(&other, "otherUser"));
    let answered = answered.into_iter().map(|n| id::<vouchsafe_core::id::UserId>(n).to_string()).collect();
    assert!(links(&one, "user").is_superset(&answered));
}

#[tokio::test]
async fn a_permit_of_another_unit_of_work_writes_nothing() {
    let home = Home::new();
    let mut work = home.store.work().await.unwrap();
    work.lock([id(1)]).await.unwrap();
    let decided = setup::issue_token(token(id(1), 1), &work.context(Initiator::Service));
    let permit = for_service::<SetUp>(WorkId(work.id().0 + 1_000_000), id(1));
    assert!(matches!(work.record(permit, decided).await, Err(StoreError::PermitMismatch)));
    assert!(work.commit().await.is_err(), "what was refused cannot be committed");
    assert_eq!(log_of(&home.store, id(1)).await.len(), 0);
    assert!(home.store.read().unwrap().token(id(1), token(id(1), 1).hash).await.unwrap().is_none());
}

#[tokio::test]
async fn a_permit_for_another_subject_writes_nothing() {
    let home = Home::new();
    let mut work = home.store.work().await.unwrap();
    work.lock([id(1), id(2)]).await.unwrap();
    let decided = setup::issue_token(token(id(1), 1), &work.context(Initiator::Service));
    let permit = for_service::<SetUp>(work.id(), id(2));
    assert!(matches!(work.record(permit, decided).await, Err(StoreError::PermitMismatch)));
    drop(work);
    assert_eq!(log_of(&home.store, id(1)).await.len() + log_of(&home.store, id(2)).await.len(), 0);
}

#[tokio::test]
async fn a_tenant_that_is_not_locked_is_not_written_to() {
    let home = Home::new();
    let mut work = home.store.work().await.unwrap();
    work.lock([id(1)]).await.unwrap();
    let link = setup::AccountLink { tenant: id(1), user: id(1), other_tenant: id(2), other_user: id(2) };
    let decided = setup::link_accounts(link, &work.context(Initiator::Service));
    let permit = for_service::<SetUp>(work.id(), id(1));
    let refused = work.record(permit, decided).await;
    let other: TenantId = id(2);
    assert!(
        matches!(&refused, Err(StoreError::NotLocked(tenant)) if *tenant == other.to_string()),
        "{refused:?}"
    );
    assert!(work.commit().await.is_err());
    assert_eq!(log_of(&home.store, id(1)).await.len(), 0);
}

#[tokio::test]
async fn what_is_there_already_is_a_conflict_and_half_of_it_is_not_kept() {
    let home = Home::new();
    let [ada, mut twin] = [person(id(1), 1, "Ada"), person(id(1), 2, "Ada")];
    twin.user_principal_name = ada.user_principal_name.clone();
    home.add_person(ada, &[]).await.unwrap();
    let refused = home.add_person(twin, &[]).await;
    assert!(matches!(refused, Err(StoreError::VersionConflict(_))), "{refused:?}");
    assert_eq!(log_of(&home.store, id(1)).await.len(), 1);
    assert_eq!(home.store.read().unwrap().accounts(id(1)).await.unwrap().len(), 1);
}

/// Fails the n-th statement, or the COMMIT.
#[derive(Debug, Default)]
struct Nth {
    left: AtomicUsize,
    commit: AtomicBool,
}

impl Faults for Nth {
    fn before(&self, statement: &str) -> Result<(), StoreError> {
        let commit = statement == "COMMIT" && self.commit.load(Ordering::SeqCst);
        let counted = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if commit || counted == Ok(1) { Err(StoreError::Injected) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_fault_at_any_statement_leaves_both_change_and_entry_or_neither() {
    let faults = Arc::new(Nth::default());
    let home = Home::failing(Arc::clone(&faults) as Arc<dyn Faults>);
    let mut failures = 0;
    for n in 1.. {
        faults.left.store(n, Ordering::SeqCst);
        let result = home.add_person(person(id(1), 1, "Ada"), &[]).await;
        faults.left.store(0, Ordering::SeqCst);
        let (entries, people) = {
            let log = log_of(&home.store, id(1)).await;
            (log.len(), home.store.read().unwrap().accounts(id(1)).await.unwrap().len())
        };
        match result {
            Ok(()) => {
                assert_eq!((entries, people), (1, 1));
                break;
            }
            Err(error) => {
                assert!(matches!(error, StoreError::Injected), "{error:?}");
                assert_eq!((entries, people), (0, 0), "after a fault at statement {n}");
                failures += 1;
            }
        }
    }
    assert!(failures > 5, "only {failures} statements were tried");
}

#[tokio::test]
async fn a_commit_that_fails_leaves_nothing() {
    let faults = Arc::new(Nth::default());
    let home = Home::failing(Arc::clone(&faults) as Arc<dyn Faults>);
    faults.commit.store(true, Ordering::SeqCst);
    let result = home.add_person(person(id(1), 1, "Ada"), &[]).await;
    assert!(matches!(result, Err(StoreError::Injected)), "{result:?}");
    faults.commit.store(false, Ordering::SeqCst);
    assert_eq!(log_of(&home.store, id(1)).await.len(), 0);
    home.add_person(person(id(1), 1, "Ada"), &[]).await.unwrap();
    assert_eq!(log_of(&home.store, id(1)).await.len(), 1);
}

#[tokio::test]
async fn after_a_failed_statement_nothing_can_be_committed() {
    let faults = Arc::new(Nth::default());
    let home = Home::failing(Arc::clone(&faults) as Arc<dyn Faults>);
    let mut work = home.store.work().await.unwrap();
    work.lock([id(1)]).await.unwrap();
    let decided = setup::issue_token(token(id(1), 1), &work.context(Initiator::Service));
    faults.left.store(2, Ordering::SeqCst);
    let permit = for_service::<SetUp>(work.id(), id(1));
    assert!(work.record(permit, decided).await.is_err());
    assert!(matches!(work.commit().await, Err(StoreError::CommitFailed(_))));
    assert!(home.store.read().unwrap().token(id(1), token(id(1), 1).hash).await.unwrap().is_none());
}

/// Fails the writing of log heads while it is on.
#[derive(Debug, Default)]
struct NoHeads(AtomicBool);

impl Faults for NoHeads {
    fn before(&self, statement: &str) -> Result<(), StoreError> {
        let head = statement.starts_with("UPDATE log_head") && self.0.load(Ordering::SeqCst);
        if head { Err(StoreError::Injected) } else { Ok(()) }
    }
}

#[tokio::test]
async fn when_a_log_head_cannot_be_written_the_whole_group_is_told_and_the_log_goes_on_without_a_gap() {
    let faults = Arc::new(NoHeads::default());
    let home = Home::failing(Arc::clone(&faults) as Arc<dyn Faults>);
    let logs = [id(1)];
    let issue = |n: u64| home.set_up(&logs, move |cx| setup::issue_token(token(id(1), n), cx));
    issue(1).await.unwrap();
    faults.0.store(true, Ordering::SeqCst);
    let (one, other) = tokio::join!(issue(2), issue(3));
    assert!(
        matches!((&one, &other), (Err(StoreError::Injected), Err(StoreError::Injected))),
        "{one:?} {other:?}"
    );
    faults.0.store(false, Ordering::SeqCst);
    issue(4).await.unwrap();
    let targets: Vec<_> =
        log_of(&home.store, id(1)).await.iter().map(|entry| entry.entry["target"].clone()).collect();
    assert_eq!(targets, [token(id(1), 1).id.to_string(), token(id(1), 4).id.to_string()]);
}

#[tokio::test]
async fn what_a_unit_of_work_changes_of_a_caller_is_seen_by_the_next_once_it_is_kept_and_never_else() {
    let home = Home::new();
    home.add_tenant(tenant(1, Customer)).await.unwrap();
    home.add_person(person(id(1), 1, "Ada"), &[]).await.unwrap();
    let name_of = async || {
        let mut work = home.store.work().await.unwrap();
        let (caller, _) = work.caller(id(1), id(1)).await.unwrap().unwrap();
        caller.person.display_name.text().to_owned()
    };
    for (kept, expected) in [(false, "Ada"), (true, "Grace")] {
        assert_eq!(name_of().await, "Ada");
        let mut work = home.store.work().await.unwrap();
        work.lock([id(1)]).await.unwrap();
        let account = setup::Account { person: person(id(1), 1, "Grace"), roles: Vec::new() };
        let decided = setup::add_user(account, &work.context(Initiator::Service));
        let permit = for_service::<SetUp>(work.id(), id(1));
        work.record(permit, decided).await.unwrap();
        let (mine, _) = work.caller(id(1), id(1)).await.unwrap().unwrap();
        assert_eq!(mine.person.display_name.text(), "Grace");
        if kept {
            work.commit().await.unwrap()
        } else {
            drop(work)
        }
        assert_eq!(name_of().await, expected);
    }
}

#[tokio::test]
async fn what_another_connection_writes_is_seen_by_the_next_unit_of_work() {
    let home = Home::new();
    home.add_tenant(tenant(1, Customer)).await.unwrap();
    home.add_person(person(id(1), 1, "Ada"), &[]).await.unwrap();
    let may = async || {
        let mut work = home.store.work().await.unwrap();
        let (caller, _) = work.caller(id(1), id(1)).await.unwrap().unwrap();
        caller.permissions.iter().count() > 0
    };
    assert!(!may().await);
    let administrator = "62e90394-69f5-4237-9190-012177145e10";
    home.behind_its_back("UPDATE account SET roles = $1", &[administrator]);
    assert!(may().await);
}

#[tokio::test]
async fn a_token_is_known_to_be_revoked_as_soon_as_that_is_answered() {
    let home = Home::new();
    let issued = token(id(1), 1);
    assert!(home.store.token(id(1), issued.hash).await.unwrap().is_none());
    home.set_up(&[id(1)], |cx| setup::issue_token(issued.clone(), cx)).await.unwrap();
    for _ in 0..2 {
        let found = home.store.token(id(1), issued.hash).await.unwrap().unwrap();
        assert_eq!(found, issued);
    }
    home.set_up(&[id(1)], |cx| setup::revoke_token(issued.clone(), cx)).await.unwrap();
    assert!(home.store.token(id(1), issued.hash).await.unwrap().unwrap().revoked.is_some());
}

#[tokio::test]
async fn entries_of_two_tenants_never_share_a_correlation_id() {
    let home = Home::new();
    let link = setup::AccountLink { tenant: id(1), user: id(1), other_tenant: id(2), other_user: id(2) };
    home.set_up(&[id(1), id(2)], |cx| setup::link_accounts(link, cx)).await.unwrap();
    let of = |log: &[LogEntry]| log[0].entry["correlationId"].clone();
    assert_ne!(of(&log_of(&home.store, id(1)).await), of(&log_of(&home.store, id(2)).await));
}

#[tokio::test]
async fn a_store_opened_again_shows_the_same() {
    let home = Home::new();
    home.add_tenant(tenant(1, Customer)).await.unwrap();
    home.add_person(person(id(1), 1, "Ada"), &["role"]).await.unwrap();
    home.store.close().await;
    let again = home.reopened().unwrap();
    assert_eq!(again.provider(), home.store.provider());
    let (before, after) = (log_of(&home.store, id(1)).await, log_of(&again, id(1)).await);
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
    let (mut before, mut after) = (home.store.read().unwrap(), again.read().unwrap());
    assert_eq!(before.tenant(id(1)).await.unwrap(), after.tenant(id(1)).await.unwrap());
    assert_eq!(before.account(id(1), id(1)).await.unwrap(), after.account(id(1), id(1)).await.unwrap());
    assert_eq!(after.account(id(1), id(1)).await.unwrap().unwrap().person.display_name.text(), "Ada");
}

#[tokio::test]
async fn an_answer_is_remembered_for_its_caller_key_and_body_alone() {
    let home = Home::new();
    let asked = vouchsafe_store::Answered {
        tenant: id(1),
        principal: id(1),
        endpoint: "POST /v1.0/support/requests".to_owned(),
        key: "k".to_owned(),
        fingerprint: vec![1],
    };
    let mut work = home.store.work().await.unwrap();
    assert_eq!(work.remembered::<String>(&asked).await.unwrap(), None);
    work.remember(&asked, &"the answer").await.unwrap();
    work.commit().await.unwrap();
    let mut work = home.store.work().await.unwrap();
    assert_eq!(work.remembered::<String>(&asked).await.unwrap().as_deref(), Some("the answer"));
    let other = vouchsafe_store::Answered { principal: id(2), ..asked.clone() };
    assert_eq!(work.remembered::<String>(&other).await.unwrap(), None);
    let changed = vouchsafe_store::Answered { fingerprint: vec![2], ..asked.clone() };
    let mismatch = work.remembered::<String>(&changed).await;
    assert!(matches!(mismatch, Err(StoreError::IdempotencyMismatch)));
    drop(work);
    home.clock.advance(vouchsafe_core::time::Duration::hours(24));
    let mut work = home.store.work().await.unwrap();
    assert_eq!(work.remembered::<String>(&asked).await.unwrap(), None);
}
