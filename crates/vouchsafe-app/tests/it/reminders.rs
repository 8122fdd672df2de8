//! Reminders of decisions that wait: when, once, and only while they wait.

use vouchsafe_core::time::Duration;
use vouchsafe_testkit::cast::R1;
use vouchsafe_testkit::{World, check, state};

/// The reminders in a tenant's log.
async fn told(world: &World, tenant: usize) -> Vec<String> {
    let mut reader = world.app.store().read().unwrap();
    let log = state::log(&mut reader, world.tenant(tenant)).await;
    let names = log.iter().map(|entry| entry.text("/activityDisplayName").unwrap().to_owned());
    names.filter(|name| name.starts_with("Approval remind") || name.starts_with("Approval escal")).collect()
}

#[tokio::test]
async fn what_waits_is_told_at_half_its_time_and_in_the_last_quarter_each_once() {
    let world = World::new().await;
    let case = world.open("ada", &[R1], false).await.unwrap().request.id;
    let id = world.ask("eve", case, world.ask_for(R1)).await.unwrap();
    assert_eq!(world.app.remind_deciders().await.unwrap(), 0);
    // It waits for four days.
    world.advance(Duration::hours(48));
    // Several nodes at once, and again after a start.
    let (one, other) = tokio::join!(world.app.remind_deciders(), world.app.remind_deciders());
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    assert_eq!(world.app.remind_deciders().await.unwrap(), 0);
    world.advance(Duration::hours(24));
    assert_eq!(world.app.remind_deciders().await.unwrap(), 1);
    assert_eq!(world.app.remind_deciders().await.unwrap(), 0);
    assert_eq!(told(&world, 0).await, ["Approval reminder", "Approval escalated"]);
    // R hears of it once it is R's to decide, with a time of its own.
    assert_eq!(told(&world, R1).await, Vec::<String>::new());
    world.approve("ada", id).await.unwrap();
    assert_eq!(world.app.remind_deciders().await.unwrap(), 0);
    world.advance(Duration::hours(72));
    assert_eq!(world.app.remind_deciders().await.unwrap(), 1);
    assert_eq!(told(&world, R1).await, ["Approval escalated"]);
    // Nobody is reminded of what was decided, or is over.
    world.app.reject(&world.call("rita"), id, None).await.unwrap();
    world.ask("eve", case, world.ask_for(0)).await.unwrap();
    world.advance(Duration::hours(96));
    assert_eq!(world.app.remind_deciders().await.unwrap(), 0);
    check::logs(&world).await;
}
