//! The provider's desk: who gets a case, what was learned, and what becomes of the cases of an engineer who is disabled.

use vouchsafe_app::view::AccessView;
use vouchsafe_app::{AppError, ListOptions, OpenCommand, ReadQuery, UpdateCommand, Who};
use vouchsafe_core::access_request::SideStatus;
use vouchsafe_core::engineer::{EngineerChange, EngineerProfile, WorkingHours};
use vouchsafe_core::id::{SupportRequestId, UserId};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::support_request::command::NewRequest;
use vouchsafe_core::support_request::{Assignment, Severity};
use vouchsafe_core::time::Duration;
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_testkit::Folder;
use vouchsafe_testkit::World;
use vouchsafe_testkit::cast::{R1, S};

pub(crate) async fn disable(world: &World, name: &str) -> Result<(), AppError> {
    let change = |_: &_| EngineerChange { active: Some(false), ..EngineerChange::default() };
    world.app.change_engineer(&world.call("paul"), world.who(name).user, change).await.map(drop)
}

async fn assignment(world: &World, case: SupportRequestId) -> Option<Assignment> {
    world.app.request(world.who("ada"), case).await.unwrap().request.assignment
}

/// Who of the two engineers has it, and who has not.
fn both(world: &World, engineer: UserId) -> (&'static str, &'static str) {
    if world.who("eve").user == engineer { ("eve", "ewan") } else { ("ewan", "eve") }
}

async fn off_shift(world: &World, name: &str) {
    let engineer = world.who(name).user;
    let hours = WorkingHours {
        time_zone: "Europe/Berlin".to_owned(),
        week: Vec::new(),
        days_off: Personal::new(engineer, ""),
    };
    let profile = EngineerProfile { hours: Some(hours), ..EngineerProfile::default() };
    let change = |_: &_| EngineerChange { profile: Some(profile), ..EngineerChange::default() };
    world.app.change_engineer(&world.call("paul"), engineer, change).await.unwrap();
}

#[tokio::test]
async fn a_disabled_engineer_reads_nothing_more_and_the_next_one_has_the_case() {
    let world = World::with_sign_ins().await;
    let case = world.open("ada", &[], true).await.unwrap().request;
    let (first, next) = both(&world, case.engineer().unwrap());
    let query = world.query(case.id, S);
    world.read(first, &query).await.unwrap();
    assert!(matches!(world.read(next, &query).await, Err(AppError::NotFound)));

    for (nobody, sees) in [("mona", true), (first, false), (next, false)] {
        let change = |_: &_| EngineerChange { active: Some(false), ..EngineerChange::default() };
        let refused = world.app.change_engineer(&world.call(nobody), world.who(first).user, change).await;
        let as_it_should = if sees {
            matches!(refused, Err(AppError::Forbidden))
        } else {
            matches!(refused, Err(AppError::NotFound))
        };
        assert!(as_it_should, "{nobody}: {refused:?}");
    }
    let customer = world.app.staff(world.who("ada")).await;
    assert!(matches!(customer, Err(AppError::Forbidden)));

    disable(&world, first).await.unwrap();
    assert!(matches!(world.read(first, &query).await, Err(AppError::Unauthenticated)));
    let assigned = assignment(&world, case.id).await.unwrap();
    assert_eq!(assigned.engineer, world.who(next).user);
    // The consent passed on by the rules of the data's tenant.
    world.read(next, &query).await.unwrap();
    vouchsafe_testkit::check::logs(&world).await;
}

#[tokio::test]
async fn with_nobody_eligible_a_case_waits_without_access_until_somebody_is() {
    let world = World::with_sign_ins().await;
    let case = world.open("ada", &[], true).await.unwrap().request;
    let (first, next) = both(&world, case.engineer().unwrap());
    off_shift(&world, next).await;
    disable(&world, first).await.unwrap();
    assert_eq!(assignment(&world, case.id).await, None);
    assert!(world.read(next, &world.query(case.id, S)).await.is_err());
    assert_eq!(world.app.route_waiting().await.unwrap(), 0);
    let ranking = world.app.ranking(world.who("mona"), case.id).await.unwrap().unwrap();
    assert!(ranking.iter().all(|one| !one.obstacles.is_empty()), "{ranking:?}");
    assert!(world.app.ranking(world.who("ada"), case.id).await.unwrap().is_none());

    let change =
        |_: &_| EngineerChange { profile: Some(EngineerProfile::default()), ..EngineerChange::default() };
    world.app.change_engineer(&world.call("paul"), world.who(next).user, change).await.unwrap();
    assert_eq!(world.app.route_waiting().await.unwrap(), 1);
    assert_eq!(assignment(&world, case.id).await.unwrap().engineer, world.who(next).user);
    world.read(next, &world.query(case.id, S)).await.unwrap();
}

#[tokio::test]
async fn answers_under_way_stop_when_their_engineer_is_disabled_and_no_others() {
    let world = World::with_sign_ins().await;
    let case = world.open("ada", &[], true).await.unwrap().request;
    let (first, next) = both(&world, case.engineer().unwrap());
    let query = world.query(case.id, S);
    let under_consent = world.read(first, &query).await.unwrap().live.unwrap();
    let basic = ReadQuery { resource: Resource::Organization, ..query.clone() };
    let basic = world.read(first, &basic).await.unwrap();
    assert_eq!(basic.grant, None);
    let without_grant = basic.live.unwrap();
    let other = world.open("rita", &[], false).await.unwrap().request;
    assert_eq!(other.engineer(), Some(world.who(next).user));
    let elsewhere = ReadQuery { resource: Resource::Organization, ..world.query(other.id, R1) };
    let elsewhere = world.read(next, &elsewhere).await.unwrap().live.unwrap();

    disable(&world, first).await.unwrap();
    assert!(under_consent.is_stopped() && without_grant.is_stopped() && !elsewhere.is_stopped());
}

#[tokio::test]
async fn nobody_has_to_decide_on_what_an_engineer_asked_who_is_gone() {
    let world = World::with_sign_ins().await;
    let case = world.open("ada", &[], false).await.unwrap().request;
    let (first, next) = both(&world, case.engineer().unwrap());
    let approved = world.ask(first, case.id, world.ask_for(S)).await.unwrap();
    world.approve("ada", approved).await.unwrap();
    let pending = world.ask(first, case.id, world.ask_for(S)).await.unwrap();
    off_shift(&world, next).await;
    disable(&world, first).await.unwrap();

    let sides = world.app.access_requests(world.who("ada"), &ListOptions::default()).await.unwrap().items;
    let status = |id| {
        sides.iter().find_map(|view| match view {
            AccessView::Side(side) if side.side.id == id => Some(side.side.status(world.app.now())),
            AccessView::Side(_) | AccessView::Ask(_) => None,
        })
    };
    assert_eq!(status(pending), Some(SideStatus::Cancelled));
    assert_eq!(status(approved), Some(SideStatus::Approved));
    assert!(world.approve("ada", pending).await.is_err());
    vouchsafe_testkit::check::logs(&world).await;
}

#[tokio::test]
async fn many_cases_that_nobody_may_have_keep_no_other_waiting() {
    let world = World::new().await;
    let (eve, ewan) = (world.who("eve").user, world.who("ewan").user);
    for name in ["eve", "ewan"] {
        off_shift(&world, name).await;
    }
    let rule = |mut policy: vouchsafe_core::tenant::SupportAccessPolicy| {
        policy.engineer_rules.excluded_engineer_ids = vec![eve, ewan];
        policy
    };
    world.app.change_policy(&world.call("ada"), rule).await.unwrap();
    for _ in 0..100 {
        assert_eq!(world.open("ada", &[], false).await.unwrap().request.assignment, None);
    }
    let behind = world.open("rita", &[], false).await.unwrap().request;
    assert_eq!(behind.assignment, None);
    for name in ["eve", "ewan"] {
        let change =
            |_: &_| EngineerChange { profile: Some(EngineerProfile::default()), ..EngineerChange::default() };
        world.app.change_engineer(&world.call("paul"), world.who(name).user, change).await.unwrap();
    }
    let rounds = [world.app.route_waiting().await.unwrap(), world.app.route_waiting().await.unwrap()];
    assert_eq!(rounds, [0, 1]);
    assert!(world.app.request(world.who("rita"), behind.id).await.unwrap().request.assignment.is_some());
}

#[tokio::test]
async fn a_customers_rules_for_engineers_bind_its_own_cases_alone() {
    let world = World::new().await;
    let (eve, ewan) = (world.who("eve").user, world.who("ewan").user);
    let rule = |mut policy: vouchsafe_core::tenant::SupportAccessPolicy| {
        policy.engineer_rules.excluded_engineer_ids = vec![eve];
        policy
    };
    world.app.change_policy(&world.call("ada"), rule).await.unwrap();
    for _ in 0..4 {
        assert_eq!(world.open("ada", &[R1], false).await.unwrap().request.engineer(), Some(ewan));
    }
    assert_eq!(world.open("rita", &[S], false).await.unwrap().request.engineer(), Some(eve));
}

/// Resolves `count` requests of a tenant, with `mark` in every text.
async fn history(world: &World, name: &str, count: usize, mark: &str) {
    for _ in 0..count {
        world.tick();
        let new = NewRequest {
            title: format!("{mark} title"),
            description: format!("{mark} description"),
            severity: Severity::Moderate,
            service: "identity".to_owned(),
            problem_type: "signIn/conditionalAccess".to_owned(),
            contact: None,
            resource_tenants: Vec::new(),
        };
        let command = OpenCommand { new, allow_advanced_diagnostics: false };
        let case = world.app.open_request(&world.call(name), command).await.unwrap().request.id;
        let eve = world.who("eve").user;
        if world.app.request(world.who(name), case).await.unwrap().request.engineer() != Some(eve) {
            world.app.assign(&world.call("mona"), case, eve, "knows it").await.unwrap();
        }
        world.close(name, case).await.unwrap();
    }
}

/// What a customer reads of an assignment after that history of others, but its id and time.
async fn told(others: &[(&str, usize)], mark: &str) -> String {
    let world = World::new().await;
    for (name, count) in others {
        history(&world, name, *count, mark).await;
    }
    off_shift(&world, "ewan").await;
    let mut assigned = world.open("ada", &[], false).await.unwrap().request.assignment.unwrap();
    assigned.since = vouchsafe_core::time::Timestamp::from_millis(0);
    assert_eq!(Who { user: assigned.engineer, ..world.who("eve") }, world.who("eve"));
    let text = serde_json::to_string(&assigned).unwrap();
    assert!(!text.contains(mark), "{text}");
    text
}

#[tokio::test]
async fn two_histories_of_others_in_the_same_bands_tell_a_customer_the_same_bytes() {
    let nothing = told(&[], "Zebrafinch").await;
    assert_eq!(nothing, told(&[("rita", 3)], "Quokka").await);
    assert_eq!(nothing, told(&[("rita", 2), ("rolf", 7)], "Zebrafinch").await);
    // The edge of the band does show, or the test could not fail.
    let many = told(&[("rita", 6), ("rolf", 6)], "Quokka").await;
    assert_ne!(nothing, many);
    assert_eq!(many, told(&[("rita", 12)], "Zebrafinch").await);
}

#[tokio::test]
async fn what_was_resolved_is_learned_by_every_node_and_again_after_a_start() {
    let world = World::new().await;
    history(&world, "rita", 5, "Zebrafinch").await;
    // What changes of a resolved case afterwards must not make whoever starts later learn something else.
    let again = world.open("rita", &[], false).await.unwrap().request;
    world.close("rita", again.id).await.unwrap();
    world.app.learn_resolved().await.unwrap();
    world.app.reopen(&world.call("rita"), again.id).await.unwrap();
    let harder = UpdateCommand { severity: Some(Severity::Critical), ..UpdateCommand::default() };
    world.app.update_request(&world.call("rita"), again.id, harder).await.unwrap();
    let case = world.open("ada", &[], false).await.unwrap().request.id;
    let here = world.app.ranking(world.who("mona"), case).await.unwrap().unwrap();
    assert!(here.iter().any(|one| one.learned > 0.5), "{here:?}");

    let anew = world.reopened(Folder::copy_of(world.folder.path()), 7);
    while anew.app.learn_resolved().await.unwrap() > 0 {}
    let there = anew.app.ranking(anew.who("mona"), case).await.unwrap().unwrap();
    assert_eq!(format!("{here:?}"), format!("{there:?}"));
}

/// A table of resolved requests: `rows` of each engineer, every one about what its engineer knows.
fn past(world: &World, rows: usize) -> String {
    let mut table =
        "id,createdDateTime,resolvedDateTime,priority,component,title,description,engineer\n".to_owned();
    let start = vouchsafe_core::time::Timestamp::from_millis(1_600_000_000_000);
    for row in 0..rows {
        let opened = start + Duration::minutes(u32::try_from(row).unwrap());
        let resolved = opened + Duration::hours(2);
        for (name, about) in [("eve", "badge printer jams"), ("ewan", "token signature is refused")] {
            let engineer = world.who(name).user;
            let line = format!(
                "{name}-{row},{opened},{resolved},Major,signIn/conditionalAccess,\"{about}, again\",\"case\n{row}\",{engineer}\n"
            );
            table.push_str(&line);
        }
    }
    table
}

async fn import(world: &World, by: &str, table: &str) -> Result<(u64, u64, u64), AppError> {
    let source = std::io::Cursor::new(table.to_owned().into_bytes());
    let report = world.app.import_resolved(world.who(by), source).await?;
    assert_eq!(report.received, report.imported + report.already_present + report.rejected);
    Ok((report.imported, report.already_present, report.rejected))
}

/// What was learned of both engineers for a new case about printers.
async fn learned_of_printers(world: &World) -> (f64, f64) {
    while world.app.learn_resolved().await.unwrap() > 0 {}
    world.tick();
    let new = NewRequest {
        title: "The badge printer jams".to_owned(),
        description: String::new(),
        severity: Severity::Moderate,
        service: "identity".to_owned(),
        problem_type: "signIn/conditionalAccess".to_owned(),
        contact: None,
        resource_tenants: Vec::new(),
    };
    let command = OpenCommand { new, allow_advanced_diagnostics: false };
    let case = world.app.open_request(&world.call("ada"), command).await.unwrap().request.id;
    let ranking = world.app.ranking(world.who("mona"), case).await.unwrap().unwrap();
    let of = |name: &str| {
        let found = ranking.iter().find(|one| one.person.id == world.who(name).user);
        found.unwrap().learned
    };
    (of("eve"), of("ewan"))
}

#[tokio::test]
async fn ten_thousand_requests_of_the_time_before_are_learned_once_and_known_after_a_start() {
    let world = World::new().await;
    let table = past(&world, 5_000);
    assert_eq!(import(&world, "mona", &table).await.unwrap(), (10_000, 0, 0));
    let here = learned_of_printers(&world).await;
    assert!(here.0 > 0.9 && here.1 < 0.1, "{here:?}");

    // Sent again, nothing is new, and nothing is learned twice.
    assert_eq!(import(&world, "mona", &table).await.unwrap(), (0, 10_000, 0));
    assert_eq!(world.app.learn_resolved().await.unwrap(), 0);

    let anew = world.reopened(Folder::copy_of(world.folder.path()), 7);
    assert_eq!(learned_of_printers(&anew).await, here);
    vouchsafe_testkit::check::logs(&world).await;
}

#[tokio::test]
async fn rows_that_are_wrong_are_told_with_their_lines_and_teach_nothing() {
    let world = World::new().await;
    let mut table = past(&world, 1);
    table.push_str("other-1,2020-01-01T00:00:00Z,2020-01-02T00:00:00Z,,,Slow,,nobody@northwind.example\n");
    table.push_str("other-2,2020-01-03T00:00:00Z,2020-01-02T00:00:00Z,,,Slow,,EVE@northwind.example\n");
    table.push_str("eve-0,2020-01-01T00:00:00Z,2020-01-02T00:00:00Z,,,Slow,,eve@northwind.example\n");
    let source = std::io::Cursor::new(table.clone().into_bytes());
    let report = world.app.import_resolved(world.who("mona"), source).await.unwrap();
    assert_eq!((report.imported, report.already_present, report.rejected), (2, 1, 2));
    let told: Vec<(u64, &str)> =
        report.rejections.iter().map(|one| (one.line, one.reason.as_str())).collect();
    assert_eq!(
        told,
        [
            (6, "`engineer` is neither the id nor the user principal name of an engineer"),
            (7, "`resolvedDateTime` is before `createdDateTime`"),
        ]
    );
    assert_eq!(world.app.learn_resolved().await.unwrap(), 2);

    // What is before the place where a file breaks stays.
    table.push_str("eve-9,2020-01-01T00:00:00Z,2020-01-02T00:00:00Z,,,\"open");
    let broken = import(&world, "mona", &table).await;
    assert!(matches!(&broken, Err(AppError::BadImport(reason)) if reason.contains("line 9")), "{broken:?}");
    for by in ["eve", "paul", "ada"] {
        let refused = import(&world, by, &table).await;
        assert!(matches!(refused, Err(AppError::Forbidden)), "{by}: {refused:?}");
    }
}
