//! Consent is an approval: whose *yes* counts, and whose waits for another one's.

use vouchsafe_app::AppError;
use vouchsafe_core::consent::ConsentStatus;
use vouchsafe_core::id::SupportRequestId;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_core::tenant::SupportAccessPolicy;
use vouchsafe_core::time::Duration;
use vouchsafe_testkit::World;
use vouchsafe_testkit::cast::S;

/// Where the consent property of a case stands for its tenant.
async fn standing(world: &World, case: SupportRequestId) -> ConsentStatus {
    world.app.request(world.who("ada"), case).await.unwrap().consent_status()
}

/// How many grants the tenant has that are not ended.
async fn grants(world: &World) -> usize {
    world.app.access_now(world.who("ada")).await.unwrap().len()
}

#[tokio::test]
async fn a_yes_of_whom_the_tenant_does_not_name_as_approver_waits_for_one_who_is() {
    let world = World::new().await;
    let ada = world.who("ada").user;
    let named = |mut policy: SupportAccessPolicy| {
        policy.approvals.approver_ids = vec![ada];
        policy
    };
    world.app.change_policy(&world.call("ada"), named).await.unwrap();
    let case = world.open("ben", &[], true).await.unwrap().request.id;
    assert_eq!((standing(&world, case).await, grants(&world).await), (ConsentStatus::AwaitingApproval, 0));
    // Neither saying it again nor another one's word makes it a yes.
    world.consent("ben", case, true).await.unwrap();
    world.consent("lin", case, true).await.unwrap();
    let voted = world.app.approve_consent(&world.call("lin"), case, None).await;
    assert!(matches!(voted, Err(AppError::Rejected(Rejection::Forbidden(_)))), "{voted:?}");
    assert_eq!((standing(&world, case).await, grants(&world).await), (ConsentStatus::AwaitingApproval, 0));
    // No needs one person; a later yes of the named one is enough.
    world.app.reject_consent(&world.call("lin"), case, None).await.unwrap();
    assert_eq!(standing(&world, case).await, ConsentStatus::None);
    world.consent("ben", case, true).await.unwrap();
    world.app.approve_consent(&world.call("ada"), case, None).await.unwrap();
    assert_eq!((standing(&world, case).await, grants(&world).await), (ConsentStatus::Given, 1));
}

#[tokio::test]
async fn a_yes_of_whom_also_works_for_the_provider_waits_for_another_one() {
    let world = World::new().await;
    let case = world.open("pia", &[], true).await.unwrap().request.id;
    world.consent("pia", case, true).await.unwrap();
    assert_eq!((standing(&world, case).await, grants(&world).await), (ConsentStatus::AwaitingApproval, 0));
    // Nor does such a vote count on somebody else's yes.
    let voted = world.app.approve_consent(&world.call("pia"), case, None).await;
    assert!(matches!(voted, Err(AppError::Rejected(Rejection::Forbidden(_)))), "{voted:?}");
    world.app.approve_consent(&world.call("ben"), case, None).await.unwrap();
    assert_eq!((standing(&world, case).await, grants(&world).await), (ConsentStatus::Given, 1));
}

async fn as_ada_sees(world: &World, case: SupportRequestId) -> vouchsafe_app::view::CaseView {
    world.app.request(world.who("ada"), case).await.unwrap()
}

/// The engineer of a case, by the name that tests use.
fn engineer(world: &World, request: &SupportRequest) -> &'static str {
    if request.engineer() == Some(world.who("eve").user) { "eve" } else { "ewan" }
}

#[tokio::test]
async fn a_yes_is_renewed_in_its_last_days_by_one_decision_that_sees_what_was_read() {
    let world = World::with_sign_ins().await;
    let request = world.open("ada", &[], true).await.unwrap().request;
    let (case, engineer) = (request.id, engineer(&world, &request));
    let read = world.read(engineer, &world.query(case, S)).await.unwrap();
    let first = read.grant.unwrap();
    world.advance(Duration::days(22));
    assert!(as_ada_sees(&world, case).await.renewal.is_none());
    let early = world.app.renew_consent(&world.call("ada"), case, None).await;
    assert!(matches!(early, Err(AppError::Rejected(Rejection::Forbidden(_)))), "{early:?}");

    world.advance(Duration::days(2));
    let prompt = as_ada_sees(&world, case).await.renewal.unwrap();
    let told = prompt.read.unwrap();
    assert!(told.records > 0 && told.last.is_some() && told.categories.len() == 1, "{told:?}");
    // The engineer, and who may not see reads, are not shown them.
    assert!(world.app.request(world.who(engineer), case).await.unwrap().renewal.is_none());
    for name in ["rex", "rita", engineer] {
        let refused = world.app.renew_consent(&world.call(name), case, None).await;
        let seen = name == engineer;
        let as_it_should = matches!(refused, Err(AppError::Forbidden)) == seen && refused.is_err();
        assert!(as_it_should, "{name}: {refused:?}");
    }

    let renewed = world.app.renew_consent(&world.call("ada"), case, None).await.unwrap();
    assert_eq!((renewed.consent_status(), renewed.renewal.is_none()), (ConsentStatus::Given, true));
    assert_eq!(grants(&world).await, 1, "another grant took the place of the first");
    let again = world.read(engineer, &world.query(case, S)).await.unwrap();
    assert_ne!(again.grant.unwrap(), first);
    world.advance(Duration::days(24));
    let total = as_ada_sees(&world, case).await.renewal.unwrap().read.unwrap();
    assert_eq!(total.records, told.records, "the same records, read under both");
    assert!(total.last > told.last);
    world.sweep().await;
    vouchsafe_testkit::check::logs(&world).await;
}

#[tokio::test]
async fn a_renewal_needs_as_many_as_the_first_yes_and_the_old_one_goes_on_until_then() {
    let world = World::new().await;
    let case = world.open("ada", &[], true).await.unwrap().request.id;
    let two = |mut policy: SupportAccessPolicy| {
        policy.approvals.required = 2;
        policy
    };
    world.app.change_policy(&world.call("ada"), two).await.unwrap();
    world.advance(Duration::days(25));
    for _ in 0..2 {
        let view = world.app.renew_consent(&world.call("ben"), case, None).await.unwrap();
        assert_eq!(view.consent_status(), ConsentStatus::Paused, "nobody read for a week");
        let votes = view.renewal.unwrap().votes;
        assert_eq!((votes.required, votes.given.len(), votes.voted), (2, 1, true));
    }
    let linked = world.app.renew_consent(&world.call("pia"), case, None).await;
    assert!(matches!(linked, Err(AppError::Rejected(Rejection::Forbidden(_)))), "{linked:?}");
    let renewed = world.app.renew_consent(&world.call("ada"), case, None).await.unwrap();
    assert_eq!((renewed.consent_status(), grants(&world).await), (ConsentStatus::Given, 1));
    let votes: Vec<_> = renewed.consent_votes.unwrap().given.iter().map(|vote| vote.by).collect();
    assert_eq!(votes, [world.who("ben").user, world.who("ada").user]);
    world.sweep().await;
    vouchsafe_testkit::check::logs(&world).await;
}

#[tokio::test]
async fn a_yes_that_has_ended_is_renewed_like_a_new_one() {
    let world = World::with_sign_ins().await;
    for swept in [false, true] {
        let request = world.open("ada", &[], true).await.unwrap().request;
        let case = request.id;
        world.advance(Duration::days(31));
        if swept {
            world.sweep().await;
        }
        assert_eq!(standing(&world, case).await, ConsentStatus::Expired);
        assert!(as_ada_sees(&world, case).await.renewal.unwrap().read.is_some());
        assert!(world.read(engineer(&world, &request), &world.query(case, S)).await.is_err());
        world.app.renew_consent(&world.call("ada"), case, None).await.unwrap();
        assert_eq!(standing(&world, case).await, ConsentStatus::Given);
        world.read(engineer(&world, &request), &world.query(case, S)).await.unwrap();
        // No is no: there is nothing to renew.
        world.consent("ada", case, false).await.unwrap();
        let nothing = world.app.renew_consent(&world.call("ada"), case, None).await;
        assert!(matches!(nothing, Err(AppError::Rejected(Rejection::AlreadyEnded))), "{nothing:?}");
    }
    world.sweep().await;
    vouchsafe_testkit::check::logs(&world).await;
}
