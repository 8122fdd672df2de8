//! Consent is an approval: whose *yes* counts, and whose waits for another one's.

use vouchsafe_app::AppError;
use vouchsafe_core::consent::ConsentStatus;
use vouchsafe_core::id::SupportRequestId;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::tenant::SupportAccessPolicy;
use vouchsafe_testkit::World;

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
