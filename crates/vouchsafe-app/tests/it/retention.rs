//! Events end when they were kept long enough, each tenant's by its own settings, and the log says so.

use vouchsafe_app::ListOptions;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::time::Duration;
use vouchsafe_testkit::World;

async fn sign_ins_of(world: &World, name: &str) -> u64 {
    let options = ListOptions { count: true, ..ListOptions::default() };
    world.app.own_sign_ins(world.who(name), &options, None).await.unwrap().total.unwrap()
}

async fn deletions_of(world: &World, name: &str) -> usize {
    let filter = Some("activityDisplayName eq 'Diagnostic data deleted'".to_owned());
    let options = ListOptions { filter, ..ListOptions::default() };
    world.app.audit_log(world.who(name), &options).await.unwrap().items.len()
}

#[tokio::test]
async fn events_are_kept_from_the_later_of_event_and_import_as_long_as_the_tenant_says() {
    let world = World::with_sign_ins().await;
    let before = sign_ins_of(&world, "ada").await;
    assert!(before > 0);
    let keep = |days| {
        move |retention: vouchsafe_core::retention::Retention| {
            retention.with(DataCategory::SignInLogs, Duration::days(days))
        }
    };
    world.app.change_retention(&world.call("ada"), keep(60)).await.unwrap();
    world.advance(Duration::days(31));
    world.app.delete_expired().await.unwrap();
    assert_eq!(sign_ins_of(&world, "ada").await, before, "sixty days are not over");
    assert_eq!(deletions_of(&world, "ada").await, 0, "what deletes nothing says nothing");

    world.app.change_retention(&world.call("ada"), keep(7)).await.unwrap();
    assert_eq!(world.app.delete_expired().await.unwrap(), before);
    assert_eq!(sign_ins_of(&world, "ada").await, 0);
    assert_eq!(deletions_of(&world, "ada").await, 1);
    assert_eq!(world.app.delete_expired().await.unwrap(), 0, "once is enough");
    vouchsafe_testkit::check::logs(&world).await;
}
