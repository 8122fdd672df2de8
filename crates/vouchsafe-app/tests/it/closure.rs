//! Statements that fail, and programs that are killed, in the middle of acts over several tenants: all or nothing.

use std::sync::Arc;

use vouchsafe_app::AppError;
use vouchsafe_core::id::{AccessRequestId, SupportRequestId};
use vouchsafe_core::support_request::Resolution;
use vouchsafe_core::time::Duration;
use vouchsafe_store::{Faults, StoreError};
use vouchsafe_testkit::cast::{PROVIDER, R1, R2, S};
use vouchsafe_testkit::faults::{FailNth, Killed};
use vouchsafe_testkit::{Building, Folder, World, check, state};

/// A case with consent, live grants in S and two Rs, and pending sides in all three.
struct Full {
    world: World,
    case: SupportRequestId,
    /// S's approval on which a live grant of the first R rests.
    standing: AccessRequestId,
    /// Pending in S, for R1: who approves it is the same person there.
    pending: AccessRequestId,
}

async fn full(faults: Arc<dyn Faults>) -> Full {
    let world = World::build(Building { faults: Some(faults), ..Building::default() }).await;
    let case = world.open("ada", &[R1, R2], true).await.unwrap().request.id;
    let longer = |tenant| {
        let mut ask = world.ask_for(tenant);
        ask.duration = Some(Duration::days(9));
        ask
    };
    let own = world.ask("eve", case, world.ask_for(S)).await.unwrap();
    world.approve("ben", own).await.unwrap();
    let standing = world.ask("eve", case, world.ask_for(R1)).await.unwrap();
    world.approve("lin", standing).await.unwrap();
    let second = world.ask("eve", case, world.ask_for(R2)).await.unwrap();
    world.approve("ada", second).await.unwrap();
    world.approve("rolf", second).await.unwrap();
    for tenant in [R1, R2] {
        // Inside what S approved: straight to R.
        world.ask("eve", case, world.ask_for(tenant)).await.unwrap();
    }
    world.ask("eve", case, longer(S)).await.unwrap();
    let pending = world.ask("eve", case, longer(R1)).await.unwrap();
    Full { world, case, standing, pending }
}

/// Runs an act with every one of its statements failing in turn, its `COMMIT` last, until it succeeds.
async fn fails_everywhere(act: impl AsyncFn(&Full) -> Result<(), AppError>) -> Full {
    let faults = Arc::new(FailNth::default());
    let full = full(Arc::clone(&faults) as Arc<dyn Faults>).await;
    let (before, files) = (state::of(&full.world).await, full.world.folder.database());
    let mut n = 0;
    loop {
        n += 1;
        faults.arm(n);
        let answer = act(&full).await;
        if answer.is_ok() {
            break;
        }
        let failed = faults.last();
        assert!(
            matches!(answer, Err(AppError::Unavailable(StoreError::Injected))),
            "{n} {failed}: {answer:?}"
        );
        assert_eq!(faults.seen(), n, "after {failed} nothing else runs");
        assert!(full.world.folder.database() == files, "{n} {failed} left something in the files");
        assert!(state::of(&full.world).await == before, "{n} {failed} left something");
    }
    assert_eq!(faults.last(), "COMMIT");
    assert!(n > 10, "{n}");
    faults.arm(0);
    assert!(state::of(&full.world).await != before);
    check::logs(&full.world).await;
    full
}

async fn everything_has_ended(full: &Full) {
    let mut reader = full.world.app.store().read().unwrap();
    let request = reader.support_request(full.world.tenant(S), full.case).await.unwrap().unwrap();
    let case = reader.case(full.world.tenant(PROVIDER), request).await.unwrap();
    assert_eq!((case.sides.len(), case.grants.len()), (9, 4));
    assert!(case.sides.iter().all(|side| !side.is_open_on_record()));
    assert!(case.grants.iter().all(|grant| !grant.is_open_on_record()));
    for who in ["ada", "rita", "rolf", "mona"] {
        let live = full.world.app.grants(full.world.who(who), &vouchsafe_app::ListOptions::default()).await;
        assert!(live.unwrap().items.is_empty());
    }
}

async fn close(full: &Full) -> Result<(), AppError> {
    full.world.app.close(&full.world.call("ada"), full.case, Resolution::Resolved).await.map(drop)
}

#[tokio::test]
async fn a_closure_that_fails_at_any_statement_changes_nothing_and_then_ends_everything() {
    let full = fails_everywhere(close).await;
    everything_has_ended(&full).await;
}

#[tokio::test]
async fn a_withdrawal_that_fails_at_any_statement_changes_nothing() {
    fails_everywhere(async |full: &Full| {
        full.world.app.revoke(&full.world.call("ada"), full.standing, None).await.map(drop)
    })
    .await;
}

#[tokio::test]
async fn a_handover_that_fails_at_any_statement_changes_nothing() {
    fails_everywhere(async |full: &Full| {
        let ewan = full.world.who("ewan").user;
        full.world.app.assign(&full.world.call("mona"), full.case, ewan, "shift ends").await.map(drop)
    })
    .await;
}

#[tokio::test]
async fn an_approval_for_two_tenants_that_fails_at_any_statement_changes_nothing() {
    fails_everywhere(async |full: &Full| {
        let vote = vouchsafe_app::VoteCommand::default();
        full.world.app.approve(&full.world.call("lin"), full.pending, vote).await.map(drop)
    })
    .await;
}

#[tokio::test]
async fn removing_all_that_fails_at_any_statement_changes_nothing() {
    fails_everywhere(async |full: &Full| {
        full.world.app.remove_all_grants(&full.world.call("rita"), None, None).await.map(drop)
    })
    .await;
}

#[tokio::test]
async fn a_program_killed_at_any_statement_of_a_closure_wakes_up_as_before_it() {
    let faults = Arc::new(Killed::default());
    let full = full(Arc::clone(&faults) as Arc<dyn Faults>).await;
    let before = state::of(&full.world).await;
    faults.watch(Some(full.world.folder.path().to_owned()));
    close(&full).await.unwrap();
    faults.watch(None);
    let left = faults.take();
    assert_eq!(left.last().unwrap().0, "COMMIT");
    for (n, (statement, folder)) in left.into_iter().enumerate() {
        let woken = full.world.reopened(folder, 2);
        assert!(state::of(&woken).await == before, "{n} {statement}");
    }
    // And killed after the answer: all of it is there.
    let woken = full.world.reopened(Folder::copy_of(full.world.folder.path()), 2);
    assert!(state::of(&woken).await == state::of(&full.world).await);
    let Full { case, standing, pending, .. } = full;
    everything_has_ended(&Full { world: woken, case, standing, pending }).await;
}
