//! Real concurrency: two administrators at once, and closing against everything else.

use std::sync::Arc;

use tokio::sync::Barrier;
use vouchsafe_app::AppError;
use vouchsafe_core::access_request::SideStatus;
use vouchsafe_core::id::{AccessRequestId, SupportRequestId};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::time::Duration;
use vouchsafe_testkit::cast::{PROVIDER, R1, S, Tenant};
use vouchsafe_testkit::{World, check};

/// Races of one test.
fn races() -> usize {
    vouchsafe_testkit::rounds(1_000) as usize
}

/// Cases that are raced about at the same time.
const LANES: usize = 4;

/// Time from one round to the next.
const BETWEEN: Duration = Duration::minutes(2);

/// Runs `round` for every number, some at a time; gives what came of each.
async fn rounds<T, F, R>(world: &Arc<World>, count: usize, round: F) -> Vec<T>
where
    T: Send + 'static,
    F: Fn(Arc<World>, usize) -> R + Copy + Send + Sync + 'static,
    R: Future<Output = T> + Send + 'static,
{
    let lanes = (0..LANES).map(|lane| {
        let world = Arc::clone(world);
        tokio::spawn(async move {
            let mut done = Vec::new();
            for number in (lane..count).step_by(LANES) {
                // So many an hour may reach an organisation.
                world.advance(BETWEEN);
                done.push(round(Arc::clone(&world), number).await);
            }
            done
        })
    });
    let mut all = Vec::new();
    for lane in lanes.collect::<Vec<_>>() {
        all.extend(lane.await.unwrap());
    }
    all
}

/// Starts both at the same moment, on two tasks.
async fn at_once<A, B>(
    one: impl Future<Output = A> + Send + 'static,
    other: impl Future<Output = B> + Send + 'static,
) -> (A, B)
where
    A: Send + 'static,
    B: Send + 'static,
{
    let start = Arc::new(Barrier::new(2));
    let second = Arc::clone(&start);
    let one = tokio::spawn(async move {
        start.wait().await;
        one.await
    });
    let other = tokio::spawn(async move {
        second.wait().await;
        other.await
    });
    (one.await.unwrap(), other.await.unwrap())
}

async fn decide(world: Arc<World>, by: &'static str, yes: bool, id: AccessRequestId) -> Result<(), AppError> {
    if yes {
        world.approve(by, id).await.map(drop)
    } else {
        world.app.reject(&world.call(by), id, None).await.map(drop)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_administrators_who_decide_at_once_one_wins_and_the_other_gets_conflict() {
    let world = Arc::new(World::new().await);
    let won = rounds(&world, races(), async |world, number| {
        let (case, engineer) = opened(&world, false).await;
        let id = world.ask(engineer, case, world.ask_for(S)).await.unwrap();
        let (one, other) = at_once(
            decide(Arc::clone(&world), "ada", number % 3 != 0, id),
            decide(Arc::clone(&world), "ben", number % 2 == 0, id),
        )
        .await;
        match (one, other) {
            (Ok(()), Err(AppError::Rejected(Rejection::Conflict))) => (id, number % 3 != 0, 0),
            (Err(AppError::Rejected(Rejection::Conflict)), Ok(())) => (id, number % 2 == 0, 1),
            both => panic!("{both:?}"),
        }
    })
    .await;
    let mut reader = world.app.store().read().unwrap();
    for (id, yes, _) in &won {
        let side = reader.access_side(world.tenant(S), *id).await.unwrap().unwrap();
        let expected = if *yes { SideStatus::Approved } else { SideStatus::Rejected };
        assert_eq!(side.status(reader.now()), expected);
    }
    assert_eq!(won.len(), races());
    check::logs(&world).await;
}

/// Opens a case; gives it with its engineer.
async fn opened(world: &World, allow: bool) -> (SupportRequestId, &'static str) {
    let case = world.open("ada", &[R1], allow).await.unwrap().request;
    (case.id, if case.engineer() == Some(world.who("eve").user) { "eve" } else { "ewan" })
}

/// What closing is raced against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Against {
    Asking,
    Approving,
    Consenting,
    Reading,
}

/// Makes what the race needs, then races. `data` is S's own or R's.
async fn race(world: Arc<World>, number: usize, against: Against, data: Tenant) -> (SupportRequestId, bool) {
    let approver = if data == S { "ben" } else { "rita" };
    let (case, engineer) = opened(&world, against == Against::Reading && data == S).await;
    let ask = world.ask_for(data);
    let pending = match against {
        Against::Approving => Some(world.ask(engineer, case, ask.clone()).await.unwrap()),
        Against::Reading if data == R1 => Some(world.ask(engineer, case, ask.clone()).await.unwrap()),
        Against::Asking | Against::Consenting | Against::Reading => None,
    };
    if let Some(id) = pending.filter(|_| data == R1) {
        world.approve("ben", id).await.unwrap();
    }
    if let Some(id) = pending.filter(|_| against == Against::Reading) {
        world.approve("rita", id).await.unwrap();
    }
    let (closing, racing) = (Arc::clone(&world), Arc::clone(&world));
    let close = async move { closing.close("ada", case).await };
    let other = async move {
        let world = racing;
        match against {
            Against::Asking => world.ask(engineer, case, ask).await.is_ok(),
            Against::Approving => world.approve(approver, pending.unwrap()).await.is_ok(),
            Against::Consenting => world.consent("ben", case, true).await.is_ok(),
            Against::Reading => world.read(engineer, &world.query(case, data)).await.is_ok(),
        }
    };
    // Who is started first changes, too.
    let (closed, done) = if number % 4 < 2 {
        at_once(close, other).await
    } else {
        let (done, closed) = at_once(other, close).await;
        (closed, done)
    };
    closed.unwrap();
    // A refusal costs a commit, too.
    if number.is_multiple_of(5) {
        let reads = world.read(engineer, &world.query(case, data)).await;
        assert!(matches!(reads, Err(AppError::NoRead(_))), "{reads:?}");
    }
    (case, done)
}

async fn against_closing(against: Against, data: Tenant, count: usize) {
    let world = Arc::new(World::new().await);
    let raced = rounds(&world, count, move |world, number| race(world, number, against, data)).await;
    assert_eq!(raced.len(), count);
    let provider = world.tenant(PROVIDER);
    let mut reader = world.app.store().read().unwrap();
    for (id, _) in &raced {
        let request = reader.support_request(world.tenant(S), *id).await.unwrap().unwrap();
        assert!(!request.is_open());
        let case = reader.case(provider, request).await.unwrap();
        assert!(case.sides.iter().all(|side| !side.is_open_on_record()), "{:?}", case.sides);
        assert!(case.grants.iter().all(|grant| !grant.is_open_on_record()), "{:?}", case.grants);
    }
    drop(reader);
    // Among others: no read stands in a log behind the end of its grant.
    check::logs(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_live_after_closing_against_asking_for_own_data() {
    against_closing(Against::Asking, S, races() / 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_live_after_closing_against_asking_for_data_of_another() {
    against_closing(Against::Asking, R1, races() / 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_live_after_closing_against_approving_for_own_data() {
    against_closing(Against::Approving, S, races() / 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_live_after_closing_against_approving_for_data_of_another() {
    against_closing(Against::Approving, R1, races() / 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_live_after_closing_against_consenting() {
    against_closing(Against::Consenting, S, races()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_of_own_data_stands_behind_the_closing_that_it_was_raced_against() {
    against_closing(Against::Reading, S, races() / 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_of_data_of_another_stands_behind_the_closing_that_it_was_raced_against() {
    against_closing(Against::Reading, R1, races() / 2).await;
}
