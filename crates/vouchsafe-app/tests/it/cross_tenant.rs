//! Requests that two tenants decide.

use vouchsafe_app::view::AccessView;
use vouchsafe_app::{AppError, ListOptions};
use vouchsafe_core::access_request::{EngineerStatus, Side, SideStatus};
use vouchsafe_core::id::{AccessRequestId, SupportRequestId};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::time::Duration;
use vouchsafe_testkit::cast::{NOBODY, PROVIDER, R1, R2, Tenant};
use vouchsafe_testkit::{World, check, state};

async fn case(world: &World) -> SupportRequestId {
    world.open("ada", &[R1, R2, NOBODY], false).await.unwrap().request.id
}

/// A side as its tenant sees it now.
async fn side(world: &World, who: &str, id: AccessRequestId) -> Option<(Side, SideStatus, bool)> {
    match world.app.access_request(world.who(who), id).await {
        Ok(AccessView::Side(view)) => {
            let automatic = view.side.approval().is_some_and(|approval| approval.automatic);
            Some((view.side.side, view.side.status(view.seen), automatic))
        }
        Ok(AccessView::Ask(_)) => panic!("a tenant sees the engineer's record"),
        Err(AppError::NotFound) => None,
        Err(error) => panic!("{error:?}"),
    }
}

async fn told(world: &World, id: AccessRequestId) -> EngineerStatus {
    match world.app.access_request(world.who("eve"), id).await.unwrap() {
        AccessView::Ask(ask) => ask.status,
        AccessView::Side(_) => panic!("the engineer sees a tenant's record"),
    }
}

/// The last entries of a tenant's log: activity, and whether it says automatic.
async fn last(world: &World, tenant: Tenant, count: usize) -> Vec<(String, bool)> {
    let mut reader = world.app.store().read().unwrap();
    let log = state::log(&mut reader, world.tenant(tenant)).await;
    let seen = log.iter().map(|entry| {
        let automatic = entry.entry["automatic"] == true;
        (entry.text("/activityDisplayName").unwrap().to_owned(), automatic)
    });
    seen.skip(log.len() - count).collect()
}

fn entry(activity: &str, automatic: bool) -> (String, bool) {
    (activity.to_owned(), automatic)
}

#[tokio::test]
async fn two_people_approve_one_after_the_other_and_r_sees_nothing_before_s_has() {
    let world = World::with_sign_ins().await;
    let case = case(&world).await;
    let id = world.ask("eve", case, world.ask_for(R1)).await.unwrap();
    assert_eq!(side(&world, "rita", id).await, None);
    assert!(matches!(world.approve("rita", id).await, Err(AppError::NotFound)));
    world.approve("ada", id).await.unwrap();
    assert_eq!(
        side(&world, "ada", id).await,
        Some((Side::SupportRequestTenant, SideStatus::Approved, false))
    );
    assert_eq!(side(&world, "rita", id).await, Some((Side::ResourceTenant, SideStatus::Pending, false)));
    let query = world.query(case, R1);
    assert!(matches!(world.read("eve", &query).await, Err(AppError::NoRead(_))));
    world.approve("rita", id).await.unwrap();
    assert_eq!(told(&world, id).await, EngineerStatus::Live);
    assert!(world.read("eve", &query).await.unwrap().found);
    check::logs(&world).await;
}

#[tokio::test]
async fn one_person_of_both_tenants_approves_once_and_rs_log_says_automatic_and_who() {
    let world = World::new().await;
    let case = case(&world).await;
    let id = world.ask("eve", case, world.ask_for(R1)).await.unwrap();
    world.approve("lin", id).await.unwrap();
    assert_eq!(side(&world, "rita", id).await, Some((Side::ResourceTenant, SideStatus::Approved, true)));
    assert_eq!(last(&world, R1, 2).await, [entry("Request created", false), entry("Access approved", true)]);
    let mut reader = world.app.store().read().unwrap();
    let log = state::log(&mut reader, world.tenant(R1)).await;
    let approval = log.last().unwrap();
    let user = world.who("lin-r1").user.to_string();
    assert_eq!(approval.text("/events/0/event/approval/by"), Some(user.as_str()));
    assert_eq!(approval.text("/events/0/event/approval/byName"), Some("lin-r1"));
    assert_eq!(approval.entry["initiatedBy"]["app"]["displayName"], "Vouchsafe");
    // The two logs share no correlation id.
    let other = state::log(&mut reader, world.tenant(0)).await;
    assert_ne!(other.last().unwrap().text("/correlationId"), approval.text("/correlationId"));
}

#[tokio::test]
async fn a_linked_account_without_the_permission_leaves_r_pending() {
    let world = World::new().await;
    let case = case(&world).await;
    let id = world.ask("eve", case, world.ask_for(R2)).await.unwrap();
    world.approve("lin", id).await.unwrap();
    assert_eq!(side(&world, "rolf", id).await, Some((Side::ResourceTenant, SideStatus::Pending, false)));
}

#[tokio::test]
async fn an_r_that_names_other_approvers_or_closed_the_umbrella_stays_pending() {
    let world = World::new().await;
    let case = case(&world).await;
    let rita = world.who("rita").user;
    world
        .app
        .change_policy(&world.call("rita"), |mut policy| {
            policy.approvals.approver_ids = vec![rita];
            policy
        })
        .await
        .unwrap();
    let id = world.ask("eve", case, world.ask_for(R1)).await.unwrap();
    world.approve("lin", id).await.unwrap();
    assert_eq!(side(&world, "rita", id).await, Some((Side::ResourceTenant, SideStatus::Pending, false)));
    assert!(matches!(world.approve("ron", id).await, Err(AppError::Rejected(Rejection::Forbidden(_)))));
    world.approve("rita", id).await.unwrap();
}

#[tokio::test]
async fn nobody_whose_account_is_linked_to_the_provider_decides() {
    let world = World::new().await;
    let case = case(&world).await;
    let id = world.ask("eve", case, world.ask_for(0)).await.unwrap();
    let forbidden = |answer| matches!(answer, Err(AppError::Rejected(Rejection::Forbidden(_))));
    assert!(forbidden(world.approve("pia", id).await.map(drop)));
    assert!(forbidden(world.app.reject(&world.call("pia"), id, None).await.map(drop)));
    assert!(forbidden(world.app.approve_consent(&world.call("pia"), case, None).await.map(drop)));
    assert!(forbidden(world.app.reject_consent(&world.call("pia"), case, None).await.map(drop)));
    assert_eq!(side(&world, "ada", id).await, Some((Side::Both, SideStatus::Pending, false)));
}

#[tokio::test]
async fn to_s_a_tenant_that_does_not_exist_looks_like_one_that_does() {
    let mut seen = Vec::new();
    for resource in [R1, NOBODY] {
        let world = World::new().await;
        let case = case(&world).await;
        let id = world.ask("eve", case, world.ask_for(resource)).await.unwrap();
        let named = |text: String| {
            [R1, NOBODY].iter().fold(text, |text, place| text.replace(&world.tenant(*place).to_string(), "R"))
        };
        let mut answers = vec![named(format!("{:?}", world.approve("ada", id).await))];
        world.sweep().await;
        world.advance(Duration::days(5));
        world.sweep().await;
        let ada = world.who("ada");
        let all = ListOptions { count: true, top: 1_000, ..ListOptions::default() };
        answers.push(named(format!("{:?}", world.app.access_requests(ada, &all).await)));
        answers.push(named(format!("{:?}", world.app.access_request(ada, id).await)));
        answers.push(named(format!("{:?}", world.app.request(ada, case).await)));
        let log = world.app.audit_log(ada, &all).await.unwrap();
        let entries = log.items.iter().map(|entry| named(entry.entry.to_string()));
        answers.extend(entries);
        answers.push(named(format!("{:?}", world.app.revoke(&world.call("ada"), id, None).await)));
        answers.push(named(format!("{:?}", world.close("ada", case).await)));
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn s_withdrawing_its_approval_ends_every_side_of_r_that_rests_on_it() {
    let world = World::with_sign_ins().await;
    let case = case(&world).await;
    let approved = world.ask("eve", case, world.ask_for(R1)).await.unwrap();
    world.approve("ada", approved).await.unwrap();
    world.approve("rita", approved).await.unwrap();
    let waiting = world.ask("eve", case, world.ask_for(R1)).await.unwrap();
    let query = world.query(case, R1);
    let answer = world.read("eve", &query).await.unwrap();
    world.app.revoke(&world.call("ben"), approved, Some("no longer needed")).await.unwrap();
    assert!(answer.live.unwrap().is_stopped());
    let of_s = side(&world, "ada", approved).await.unwrap();
    assert_eq!(of_s, (Side::SupportRequestTenant, SideStatus::Revoked, false));
    assert_eq!(side(&world, "rita", approved).await.unwrap().1, SideStatus::Revoked);
    assert_eq!(side(&world, "rita", waiting).await.unwrap().1, SideStatus::Cancelled);
    assert!(matches!(world.read("eve", &query).await, Err(AppError::NoRead(_))));
    // The service did it: R's people did not decide.
    let again = world.app.revoke(&world.call("rita"), approved, None).await;
    assert!(matches!(again, Err(AppError::Rejected(Rejection::AlreadyEnded))));
    let again = world.app.revoke(&world.call("ada"), approved, None).await;
    assert!(matches!(again, Err(AppError::Rejected(Rejection::Conflict))));
}

#[tokio::test]
async fn a_further_request_inside_what_s_approved_goes_straight_to_r_and_s_never_hears_of_it() {
    let world = World::new().await;
    let case = case(&world).await;
    let first = world.ask("eve", case, world.ask_for(R1)).await.unwrap();
    world.approve("ada", first).await.unwrap();
    let mut shorter = world.ask_for(R1);
    shorter.duration = Some(Duration::hours(1));
    let before = world.app.audit_log(world.who("ada"), &ListOptions::default()).await.unwrap().items.len();
    let second = world.ask("eve", case, shorter).await.unwrap();
    assert_eq!(side(&world, "ada", second).await, None);
    assert!(matches!(world.approve("ada", second).await, Err(AppError::NotFound)));
    assert!(matches!(world.app.revoke(&world.call("ada"), second, None).await, Err(AppError::NotFound)));
    assert_eq!(side(&world, "rita", second).await, Some((Side::ResourceTenant, SideStatus::Pending, false)));
    let after = world.app.audit_log(world.who("ada"), &ListOptions::default()).await.unwrap().items.len();
    assert_eq!(before, after);
    // Outside of it, S is asked again.
    let mut longer = world.ask_for(R1);
    longer.duration = Some(Duration::days(3));
    let third = world.ask("eve", case, longer).await.unwrap();
    assert_eq!(side(&world, "ada", third).await.unwrap().1, SideStatus::Pending);
    assert_eq!(side(&world, "rita", third).await, None);
    // With S's approval gone, nothing goes straight to R any more.
    world.app.revoke(&world.call("ada"), first, None).await.unwrap();
    let fourth = world.ask("eve", case, world.ask_for(R1)).await.unwrap();
    assert_eq!(side(&world, "ada", fourth).await.unwrap().1, SideStatus::Pending);
}

#[tokio::test]
async fn the_engineer_giving_up_after_s_approved_changes_r_alone() {
    let world = World::new().await;
    let case = case(&world).await;
    let id = world.ask("eve", case, world.ask_for(R1)).await.unwrap();
    world.approve("ada", id).await.unwrap();
    let of_s = format!("{:?}", world.app.access_request(world.who("ada"), id).await.unwrap());
    let seen = last(&world, 0, 3).await;
    world.app.cancel(&world.call("eve"), id).await.unwrap();
    assert_eq!(side(&world, "rita", id).await.unwrap().1, SideStatus::Cancelled);
    assert_eq!(format!("{:?}", world.app.access_request(world.who("ada"), id).await.unwrap()), of_s);
    assert_eq!(last(&world, 0, 3).await, seen);
    assert_eq!(
        last(&world, PROVIDER, 1).await[0].0,
        "Link accounts",
        "the provider's log says nothing of it"
    );
}
