//! What the decision point remembers, held against the rows; and what nodes on one database tell each other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use vouchsafe_app::App;
use vouchsafe_core::effective::basis;
use vouchsafe_core::id::SupportRequestId;
use vouchsafe_core::live_access::{AccessQuestion, AskedAbout, Asker};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::time::Timestamp;
use vouchsafe_store::{Database, Options, Store};
use vouchsafe_testkit::World;
use vouchsafe_testkit::database::{on_postgres, schema};

/// Questions about a case: engineers, tenants and categories that the tests' world has.
pub(crate) fn questions(world: &World, case: SupportRequestId) -> Vec<AccessQuestion> {
    let mut questions = Vec::new();
    for engineer in ["eve", "ewan"].map(|name| world.who(name).user) {
        for tenant in [0, 1, 2].map(|place| world.tenant(place)) {
            for category in [DataCategory::SignInLogs, DataCategory::TenantProfile] {
                questions.push(AccessQuestion { engineer, tenant, category, case });
            }
        }
    }
    questions
}

/// A service of the provider that may ask everything.
fn asker(world: &World) -> Asker {
    let who = world.who("eve");
    let until = Timestamp::from_micros(i64::MAX);
    Asker { tenant: who.tenant, user: who.user, about: AskedAbout::Everybody, until }
}

/// The answer of the application, and that of the rule for the rows as they are.
pub(crate) async fn both_answers(world: &World, question: AccessQuestion) -> (bool, bool) {
    let found = world.app.evaluate(&asker(world), &[Some(question)], |_| true).await == [true];
    let AccessQuestion { engineer, tenant, category, case } = question;
    let store = world.app.store();
    let mut reader = store.read().unwrap();
    let caller = reader.caller(store.provider(), engineer).await.unwrap();
    let works = caller.is_some_and(|(caller, _)| {
        caller.person.active && caller.permissions.allow(Permission::WorkRequests)
    });
    let mut expected = false;
    if let Some(case) = reader.desk_case(store.provider(), case).await.unwrap().filter(|_| works) {
        let grants = reader.grants_of_case(tenant, case.id).await.unwrap();
        expected = case.engineer() == Some(engineer)
            && basis(&case, tenant, None, &[category], &grants, None, reader.now()).is_ok();
    }
    (found, expected)
}

#[tokio::test]
async fn an_engineer_who_is_disabled_is_denied_at_once() {
    let world = World::new().await;
    let case = world.open("ada", &[], true).await.unwrap().request;
    let engineer = case.engineer().unwrap();
    let question =
        AccessQuestion { engineer, tenant: case.tenant, category: DataCategory::SignInLogs, case: case.id };
    assert_eq!(both_answers(&world, question).await, (true, true));
    let name = if world.who("eve").user == engineer { "eve" } else { "ewan" };
    crate::desk::disable(&world, name).await.unwrap();
    assert_eq!(both_answers(&world, question).await, (false, false));
}

/// A node on the schema of a folder, that has joined the others.
async fn node(data: &std::path::Path, clock: Options, stopped: &watch::Receiver<bool>) -> App {
    let database = Database::Postgres(Box::new(schema(data)));
    let app = App::new(Arc::new(Store::open(data, Options { database, ..clock }).unwrap())).among_nodes();
    let (joining, stopped) = (app.clone(), stopped.clone());
    tokio::spawn(async move { joining.remember_live_access(stopped).await });
    for _ in 0..1_000 {
        if app.store().asking().is_some() {
            return app;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the node does not join");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_forgets_what_another_ends_before_that_is_answered() {
    if !on_postgres() {
        return;
    }
    let world = World::new().await;
    let case = world.open("ada", &[], true).await.unwrap().request;
    let question = AccessQuestion {
        engineer: case.engineer().unwrap(),
        tenant: case.tenant,
        category: DataCategory::SignInLogs,
        case: case.id,
    };
    let (stop, stopped) = watch::channel(false);
    let nodes = [
        node(world.folder.path(), world.options(), &stopped).await,
        node(world.folder.path(), world.options(), &stopped).await,
    ];
    let asker = asker(&world);
    for _ in 0..10 {
        for app in &nodes {
            assert_eq!(app.evaluate(&asker, &[Some(question)], |_| true).await, [true]);
        }
        let elapsed = |app: &App| app.store().elapsed();
        let known =
            nodes[1].store().live_access().answer(&question, elapsed(&nodes[1]), nodes[1].store().set_time());
        assert_eq!(known, Ok(true), "it is remembered");
        // What is told is a change of the tenant, whatever it was.
        nodes[0].post_message(&world.call("ada"), case.id, "Any news?").await.unwrap();
        nodes[0].store().settle_live_access().await;
        let known =
            nodes[1].store().live_access().answer(&question, elapsed(&nodes[1]), nodes[1].store().set_time());
        assert!(known.is_err(), "it is forgotten: {known:?}");
        assert_eq!(nodes[1].evaluate(&asker, &[Some(question)], |_| true).await, [true]);
    }
    let grant =
        nodes[0].grants(world.who("ada"), &vouchsafe_app::ListOptions::default()).await.unwrap().items;
    nodes[0].remove_grant(&world.call("ada"), grant[0].grant.id, None).await.unwrap();
    for app in &nodes {
        assert_eq!(app.evaluate(&asker, &[Some(question)], |_| true).await, [false]);
    }
    stop.send_replace(true);
}
