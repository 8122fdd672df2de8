//! Several people must agree: whose vote counts, to what, and what is told of it to whom.

use std::sync::Arc;

use vouchsafe_app::AppError;
use vouchsafe_app::view::{AccessView, SideView};
use vouchsafe_core::access_request::SideStatus;
use vouchsafe_core::consent::ConsentStatus;
use vouchsafe_core::id::{AccessRequestId, SupportRequestId, UserId};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::scope::Narrowing;
use vouchsafe_core::tenant::SupportAccessPolicy;
use vouchsafe_core::time::Duration;
use vouchsafe_testkit::cast::{R1, S};
use vouchsafe_testkit::model::Outcome;
use vouchsafe_testkit::{World, check};

use crate::outcome::class;

async fn requires(world: &World, admin: &str, required: u32, approvers: &[&str]) -> Result<(), AppError> {
    let approver_ids: Vec<UserId> = approvers.iter().map(|name| world.who(name).user).collect();
    let change = |mut policy: SupportAccessPolicy| {
        policy.approvals.required = required;
        policy.approvals.approver_ids = approver_ids;
        policy
    };
    world.app.change_policy(&world.call(admin), change).await.map(drop)
}

/// A world in which S asks for two approvers, with a pending request for its data.
async fn two() -> (World, SupportRequestId, AccessRequestId) {
    let world = World::new().await;
    requires(&world, "ada", 2, &[]).await.unwrap();
    let case = world.open("ada", &[R1], false).await.unwrap().request.id;
    let ask = world.ask("eve", case, world.ask_for(S)).await.unwrap();
    (world, case, ask)
}

/// Whose votes a record shows, by name.
fn voters(world: &World, view: &SideView) -> Vec<&'static str> {
    let name = |user: UserId| {
        ["ada", "ben", "lin", "pia", "ron", "lin-r1"].into_iter().find(|name| world.who(name).user == user)
    };
    view.votes.iter().map(|vote| name(vote.by).unwrap()).collect()
}

async fn side(world: &World, reader: &str, id: AccessRequestId) -> SideView {
    match world.app.access_request(world.who(reader), id).await.unwrap() {
        AccessView::Side(view) => *view,
        AccessView::Ask(view) => panic!("{view:?}"),
    }
}

async fn grants(world: &World, reader: &str) -> usize {
    world.app.access_now(world.who(reader)).await.unwrap().len()
}

#[tokio::test]
async fn the_second_of_two_decides_and_the_first_alone_gives_nothing() {
    let (world, case, ask) = two().await;
    let first = world.approve("ben", ask).await.unwrap();
    assert_eq!((first.side.status(first.seen), first.required, first.voted), (SideStatus::Pending, 2, true));
    assert_eq!((voters(&world, &first), grants(&world, "ada").await), (vec!["ben"], 0));
    assert!(!side(&world, "lin", ask).await.voted);
    // The same vote again is counted already: nothing changes.
    let before = world.app.request(world.who("ada"), case).await.unwrap().version;
    let again = world.approve("ben", ask).await.unwrap();
    assert_eq!((again.version, again.votes.len()), (first.version, 1));
    assert_eq!(world.app.request(world.who("ada"), case).await.unwrap().version, before);
    let second = world.approve("lin", ask).await.unwrap();
    assert_eq!(second.side.status(second.seen), SideStatus::Approved);
    assert_eq!((voters(&world, &second), grants(&world, "ada").await), (vec!["ben", "lin"], 1));
    assert_eq!(class(world.approve("ada", ask).await), Outcome::Conflict);
    check::logs(&world).await;
}

#[tokio::test]
async fn a_vote_that_narrows_restarts_the_count_and_the_next_ones_are_about_less() {
    let (world, _, ask) = two().await;
    world.approve("ben", ask).await.unwrap();
    let less = || Narrowing { duration: Some(Duration::hours(3)), ..Narrowing::default() };
    let narrowed = world.approve_narrowed("lin", ask, less()).await.unwrap();
    assert_eq!((voters(&world, &narrowed), narrowed.proposed.duration), (vec!["lin"], Duration::hours(3)));
    // Nobody widens what the votes so far have left.
    let more = Narrowing { duration: Some(Duration::hours(4)), ..Narrowing::default() };
    assert_eq!(class(world.approve_narrowed("ada", ask, more).await), Outcome::Invalid);
    let approved = world.approve("ben", ask).await.unwrap();
    assert_eq!(voters(&world, &approved), ["lin", "ben"]);
    assert_eq!(approved.side.approval().unwrap().scope.duration, Duration::hours(3));
}

#[tokio::test]
async fn one_rejection_decides() {
    let (world, _, ask) = two().await;
    world.approve("ben", ask).await.unwrap();
    world.app.reject(&world.call("lin"), ask, None).await.unwrap();
    let rejected = side(&world, "ada", ask).await;
    assert_eq!(rejected.side.status(rejected.seen), SideStatus::Rejected);
    assert_eq!(class(world.approve("ada", ask).await), Outcome::Conflict);
}

#[tokio::test]
async fn the_vote_of_whom_the_tenant_no_longer_names_counts_no_more() {
    let (world, _, ask) = two().await;
    world.approve("ben", ask).await.unwrap();
    requires(&world, "ada", 2, &["ada", "lin"]).await.unwrap();
    assert_eq!(voters(&world, &side(&world, "ada", ask).await), Vec::<&str>::new());
    let first = world.approve("ada", ask).await.unwrap();
    assert_eq!((voters(&world, &first), grants(&world, "ada").await), (vec!["ada"], 0));
    assert_eq!(voters(&world, &world.approve("lin", ask).await.unwrap()), ["ada", "lin"]);
}

#[tokio::test]
async fn accounts_of_one_person_count_once() {
    let (world, _, ask) = two().await;
    world.app.link(world.who("ada"), world.who("ben")).await.unwrap();
    world.approve("ben", ask).await.unwrap();
    let again = world.approve("ada", ask).await.unwrap();
    assert_eq!((voters(&world, &again), again.voted), (vec!["ben"], true));
    assert_eq!(voters(&world, &world.approve("lin", ask).await.unwrap()), ["ben", "lin"]);
    // Nor do they make a rule of three one that can be met.
    let three = requires(&world, "ada", 3, &[]).await;
    assert!(matches!(three, Err(AppError::Rejected(Rejection::Invalid { .. }))), "{three:?}");
}

#[tokio::test]
async fn one_persons_approval_in_s_is_one_vote_in_r() {
    let world = World::new().await;
    requires(&world, "rita", 2, &[]).await.unwrap();
    let case = world.open("ada", &[R1], false).await.unwrap().request.id;
    let ask = world.ask("eve", case, world.ask_for(R1)).await.unwrap();
    world.approve("lin", ask).await.unwrap();
    let of_r = side(&world, "ron", ask).await;
    assert_eq!((of_r.side.status(of_r.seen), voters(&world, &of_r)), (SideStatus::Pending, vec!["lin-r1"]));
    assert!(of_r.votes[0].automatic);
    assert_eq!(world.approve("lin-r1", ask).await.unwrap().version, of_r.version);
    assert_eq!(grants(&world, "ron").await, 0);
    assert_eq!(voters(&world, &world.approve("ron", ask).await.unwrap()), ["lin-r1", "ron"]);
    assert_eq!(grants(&world, "ron").await, 1);
}

#[tokio::test]
async fn a_rule_that_nobody_could_meet_is_refused() {
    let world = World::new().await;
    // Ada, Ben and Lin; Pia also works for the provider.
    for (required, approvers) in
        [(0, &[][..]), (6, &[]), (4, &[]), (2, &["ada"]), (2, &["ada", "pia"]), (1, &["rex"]), (1, &["ron"])]
    {
        let refused = requires(&world, "ada", required, approvers).await;
        let Err(AppError::Rejected(Rejection::Invalid { field, .. })) = refused else {
            panic!("{required} of {approvers:?}: {refused:?}")
        };
        assert_eq!(field, "approvals/required");
    }
    requires(&world, "ada", 3, &[]).await.unwrap();
    requires(&world, "ada", 2, &["ada", "lin"]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_deciding_votes_at_once_one_decides() {
    for _ in 0..8 {
        let (world, _, ask) = two().await;
        world.approve("ben", ask).await.unwrap();
        let world = Arc::new(world);
        let votes = ["ada", "lin"].map(|name| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { class(world.approve(name, ask).await) })
        });
        let mut outcomes = Vec::new();
        for vote in votes {
            outcomes.push(vote.await.unwrap());
        }
        outcomes.sort_unstable();
        assert_eq!(outcomes, [Outcome::Ok, Outcome::Conflict]);
        assert_eq!(grants(&world, "ada").await, 1);
        check::logs(&world).await;
    }
}

#[tokio::test]
async fn the_engineer_learns_nothing_of_votes() {
    let (world, case, ask) = two().await;
    let seen = async || {
        let AccessView::Ask(view) = world.app.access_request(world.who("eve"), ask).await.unwrap() else {
            panic!("not the engineer's record")
        };
        let case = world.app.request(world.who("eve"), case).await.unwrap();
        (view.status, view.grant.is_some(), case.consent_votes.is_some(), case.version)
    };
    let before = seen().await;
    world.approve("ben", ask).await.unwrap();
    assert_eq!(seen().await, before);
    assert!(!before.2, "nor of votes on consent");
}

#[tokio::test]
async fn a_yes_to_consent_needs_as_many_and_its_openers_is_one_of_them() {
    let world = World::new().await;
    requires(&world, "ada", 2, &[]).await.unwrap();
    let opened = world.open("ben", &[], true).await.unwrap();
    let tally = opened.consent_votes.clone().unwrap();
    assert_eq!(opened.consent_status(), ConsentStatus::AwaitingApproval);
    assert_eq!((tally.required, tally.given.len(), tally.voted), (2, 1, true));
    let case = opened.request.id;
    // Saying it again, by either way, is no second vote.
    world.consent("ben", case, true).await.unwrap();
    assert_eq!(class(world.app.approve_consent(&world.call("ben"), case, None).await), Outcome::Forbidden);
    assert_eq!(grants(&world, "ada").await, 0);
    let given = world.app.approve_consent(&world.call("lin"), case, None).await.unwrap();
    let users: Vec<UserId> = given.consent_votes.clone().unwrap().given.iter().map(|vote| vote.by).collect();
    assert_eq!(users, [world.who("ben").user, world.who("lin").user]);
    assert_eq!((given.consent_status(), grants(&world, "ada").await), (ConsentStatus::Given, 1));
    // No needs one; a yes then begins anew, and another one's yes is the second vote.
    world.consent("ada", case, false).await.unwrap();
    let anew = world.consent("lin", case, true).await.unwrap();
    assert_eq!(anew.consent_status(), ConsentStatus::AwaitingApproval);
    assert_eq!(world.consent("ada", case, true).await.unwrap().consent_status(), ConsentStatus::Given);
    check::logs(&world).await;
}
