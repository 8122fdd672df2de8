//! Reads of diagnostic data: recorded before they are answered, and never wider or longer than their grant.

use std::sync::Arc;

use serde_json::Value;
use vouchsafe_app::{AppError, ListOptions, ReadAnswer, ReadQuery, Wanted};
use vouchsafe_core::effective::ReadRefusal;
use vouchsafe_core::id::{AccessRequestId, GrantId, SupportRequestId};
use vouchsafe_core::scope::{DataFilter, Narrowing};
use vouchsafe_core::time::Duration;
use vouchsafe_store::{Faults, StoreError};
use vouchsafe_testkit::cast::{R1, S};
use vouchsafe_testkit::faults::NoCommit;
use vouchsafe_testkit::{Building, World, check, millis, sign_in_id, state};

const HOUR: i64 = 3_600_000;

/// A world in which eve may read all sign-ins of S under an approved request.
struct Reading {
    world: World,
    case: SupportRequestId,
    ask: AccessRequestId,
    grant: GrantId,
}

async fn reading() -> Reading {
    narrowed(World::with_sign_ins().await, Narrowing::default()).await
}

async fn narrowed(world: World, narrowing: Narrowing) -> Reading {
    let case = world.open("ada", &[R1], false).await.unwrap().request.id;
    let ask = world.ask("eve", case, world.ask_for(S)).await.unwrap();
    let side = world.approve_narrowed("ben", ask, narrowing).await.unwrap().side;
    let grant = side.approval().unwrap().grant.unwrap();
    Reading { world, case, ask, grant }
}

impl Reading {
    fn query(&self, options: ListOptions) -> ReadQuery {
        ReadQuery { wanted: Wanted::Page(options), ..self.world.query(self.case, S) }
    }

    async fn read(&self) -> Result<ReadAnswer, AppError> {
        self.world.read("eve", &self.world.query(self.case, S)).await
    }

    async fn recorded(&self) -> Vec<vouchsafe_core::read::ReadRecord> {
        let options =
            ListOptions { order_by: Some(("dateTime".to_owned(), false)), ..ListOptions::default() };
        self.world.app.reads_of_grant(self.world.who("ada"), self.grant, &options).await.unwrap().items
    }
}

fn body(answer: &ReadAnswer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

fn refused(answer: &Result<ReadAnswer, AppError>, how: ReadRefusal) -> bool {
    matches!(answer, Err(AppError::NoRead(refusal)) if *refusal == how)
}

#[tokio::test]
async fn an_answer_whose_record_cannot_be_committed_is_never_given() {
    let faults = Arc::new(NoCommit::default());
    let building =
        Building { sign_ins: 3, faults: Some(Arc::clone(&faults) as Arc<dyn Faults>), ..Building::default() };
    let reading = narrowed(World::build(building).await, Narrowing::default()).await;
    let before = state::of(&reading.world).await;
    faults.set(true);
    let answer = reading.read().await;
    assert!(matches!(answer, Err(AppError::Unavailable(StoreError::Injected))), "{answer:?}");
    assert_eq!(state::of(&reading.world).await, before);
    faults.set(false);
    let answer = reading.read().await.unwrap();
    let recorded = reading.recorded().await;
    assert_eq!(recorded.iter().map(|read| read.id).collect::<Vec<_>>(), [answer.read]);
    check::logs(&reading.world).await;
}

#[tokio::test]
async fn the_record_of_a_read_holds_true_ids_the_query_as_typed_and_what_left_masked() {
    let reading = reading().await;
    let options = ListOptions {
        filter: Some("status/errorCode eq 53003 and appDisplayName eq 'Payroll'".to_owned()),
        top: 3,
        ..ListOptions::default()
    };
    let select = ["id", "userDisplayName", "appDisplayName"].map(str::to_owned).to_vec();
    let query = ReadQuery { select: Some(select), ..reading.query(options) };
    let answer = reading.world.read("eve", &query).await.unwrap();
    let text = String::from_utf8(answer.body.clone()).unwrap();
    assert!(!text.contains("Secret") && text.contains("Payroll"), "{text}");
    let tenant = reading.world.tenant(S);
    let true_ids: Vec<String> = (1..=3).map(|n| sign_in_id(tenant, n)).collect();
    assert!(true_ids.iter().all(|id| !text.contains(id)), "{text}");
    let recorded = reading.recorded().await;
    let [record] = recorded.as_slice() else { panic!("{recorded:?}") };
    assert_eq!(record.record_ids, true_ids);
    assert!(record.query.text().contains("status/errorCode eq 53003"), "{:?}", record.query);
    assert!(record.query.text().contains("appDisplayName eq 'Payroll'"), "{:?}", record.query);
    assert!(record.query.text().contains("$select=id,userDisplayName,appDisplayName"));
    assert_eq!(record.bytes, u64::try_from(answer.body.len()).unwrap());
    assert_eq!((record.grant, record.access_request), (Some(reading.grant), Some(reading.ask)));
    let masked: Vec<_> = record.properties.iter().map(|p| (p.name.as_str(), p.masked)).collect();
    assert_eq!(masked, [("appDisplayName", false), ("id", true), ("userDisplayName", true)]);
    let of_request = reading
        .world
        .app
        .reads_of_request(reading.world.who("ada"), reading.ask, &ListOptions::default())
        .await
        .unwrap();
    assert_eq!(of_request.items, recorded);
}

#[tokio::test]
async fn the_time_range_of_a_grant_binds_lists_counts_single_records_and_next_pages() {
    let (from, to) = (Some(millis(-10 * HOUR)), Some(millis(-4 * HOUR)));
    let range = DataFilter { data_from: from, data_to: to, users: None };
    let narrowing = Narrowing { filter: Some(range), ..Narrowing::default() };
    let reading = narrowed(World::with_sign_ins().await, narrowing).await;
    // From is inclusive, to is not: the sign-ins of 10, 9, 8, 7, 6 and 5 hours ago.
    let expected: Vec<String> = (5..=10).map(|n| sign_in_id(reading.world.tenant(S), n)).collect();
    let all = body(&reading.read().await.unwrap());
    assert_eq!((all["count"].as_u64(), all["value"].as_array().unwrap().len()), (Some(6), 6));
    // Page by page, and with a filter that asks for more.
    let mut options = ListOptions {
        top: 4,
        count: true,
        filter: Some("createdDateTime ge 2020-01-01T00:00:00Z".to_owned()),
        ..ListOptions::default()
    };
    reading.world.tick();
    let first = body(&reading.world.read("eve", &reading.query(options.clone())).await.unwrap());
    reading.world.tick();
    options.skip_token = first["next"].as_str().map(str::to_owned);
    let second = body(&reading.world.read("eve", &reading.query(options)).await.unwrap());
    assert_eq!(second["next"], Value::Null);
    let ids: Vec<String> = reading.recorded().await.into_iter().skip(1).flat_map(|r| r.record_ids).collect();
    assert_eq!(ids, expected);
    assert_eq!((first["count"].as_u64(), second["count"].as_u64()), (Some(6), Some(6)));
    for (n, found) in [(4, false), (5, true), (10, true), (11, false)] {
        let one = Wanted::One(sign_in_id(reading.world.tenant(S), n));
        let query = ReadQuery { wanted: one, ..reading.world.query(reading.case, S) };
        let answer = reading.world.read("eve", &query).await.unwrap();
        assert_eq!(answer.found, found, "{n}");
        assert_eq!(body(&answer)["value"].as_array().unwrap().len(), usize::from(found));
    }
    check::logs(&reading.world).await;
}

#[tokio::test]
async fn a_masked_id_finds_its_record_under_the_same_grant_and_only_there() {
    let reading = reading().await;
    let page = body(&reading.read().await.unwrap());
    let masked = page["value"][0]["id"].as_str().unwrap().to_owned();
    let query = ReadQuery { wanted: Wanted::One(masked), ..reading.world.query(reading.case, S) };
    assert!(reading.world.read("eve", &query).await.unwrap().found);
    reading.world.consent("ada", reading.case, true).await.unwrap();
    let consent = reading.world.app.grants(reading.world.who("ada"), &ListOptions::default()).await.unwrap();
    let other = consent.items.iter().map(|view| view.grant.id).find(|id| *id != reading.grant);
    let query = ReadQuery { grant: other, ..query };
    assert!(!reading.world.read("eve", &query).await.unwrap().found);
}

#[tokio::test]
async fn a_next_page_is_bound_to_its_grant_even_if_another_one_is_live() {
    let reading = reading().await;
    let options = ListOptions { top: 2, ..ListOptions::default() };
    let first = body(&reading.world.read("eve", &reading.query(options.clone())).await.unwrap());
    reading.world.consent("ada", reading.case, true).await.unwrap();
    reading.world.app.remove_grant(&reading.world.call("ada"), reading.grant, None).await.unwrap();
    let next = ListOptions { skip_token: first["next"].as_str().map(str::to_owned), ..options.clone() };
    let answer = reading.world.read("eve", &reading.query(next)).await;
    assert!(refused(&answer, ReadRefusal::GrantEnded), "{answer:?}");
    // A new query rests on the consent.
    let answer = reading.world.read("eve", &reading.query(options)).await.unwrap();
    assert_ne!(answer.grant, Some(reading.grant));
}

#[tokio::test]
async fn a_grant_reads_until_the_very_instant_of_its_end() {
    let reading = reading().await;
    let end = reading.read().await.unwrap().expires.unwrap();
    let almost = vouchsafe_core::time::Timestamp::from_micros(end.as_micros() - 1);
    reading.world.clock.set(almost);
    reading.read().await.unwrap();
    reading.world.clock.set(end);
    let answer = reading.read().await;
    assert!(refused(&answer, ReadRefusal::NoLiveGrant), "{answer:?}");
    let named = ReadQuery { grant: Some(reading.grant), ..reading.world.query(reading.case, S) };
    let answer = reading.world.read("eve", &named).await;
    assert!(refused(&answer, ReadRefusal::GrantEnded), "{answer:?}");
}

#[tokio::test]
async fn a_closed_case_reads_nothing_and_opened_again_it_still_reads_nothing() {
    let reading = reading().await;
    reading.world.close("ada", reading.case).await.unwrap();
    assert!(refused(&reading.read().await, ReadRefusal::NoLiveGrant));
    let named = ReadQuery { grant: Some(reading.grant), ..reading.world.query(reading.case, S) };
    assert!(refused(&reading.world.read("eve", &named).await, ReadRefusal::GrantEnded));
    reading.world.app.reopen(&reading.world.call("ada"), reading.case).await.unwrap();
    assert!(refused(&reading.read().await, ReadRefusal::NoLiveGrant));
    assert!(refused(&reading.world.read("eve", &named).await, ReadRefusal::GrantEnded));
}

#[tokio::test]
async fn the_former_engineer_finds_nothing_and_the_next_one_reads_what_passed_on() {
    let reading = reading().await;
    let ewan = reading.world.who("ewan").user;
    reading.world.app.assign(&reading.world.call("mona"), reading.case, ewan, "shift ends").await.unwrap();
    assert!(matches!(reading.read().await, Err(AppError::NotFound)));
    assert!(reading.world.read("ewan", &reading.world.query(reading.case, S)).await.unwrap().found);
    for nobody in ["mona", "paul", "ada", "rita", "sam"] {
        let answer = reading.world.read(nobody, &reading.world.query(reading.case, S)).await;
        assert!(matches!(answer, Err(AppError::NotFound)), "{nobody}: {answer:?}");
    }
}

#[tokio::test]
async fn refused_reads_become_one_entry_a_minute_in_the_log_that_may_know() {
    let world = World::new().await;
    let case = world.open("ada", &[R1], false).await.unwrap().request.id;
    for _ in 0..3 {
        assert!(world.read("eve", &world.query(case, S)).await.is_err());
        assert!(world.read("eve", &world.query(case, R1)).await.is_err());
    }
    world.advance(Duration::minutes(2));
    world.sweep().await;
    let mut reader = world.app.store().read().unwrap();
    for (place, expected) in [(S, 1), (R1, 0), (vouchsafe_testkit::cast::PROVIDER, 1)] {
        let log = state::log(&mut reader, world.tenant(place)).await;
        let denied =
            log.iter().filter(|e| e.text("/activityDisplayName") == Some("Diagnostic data read denied"));
        let counts: Vec<_> = denied.map(|entry| entry.entry["events"][0]["count"].as_u64()).collect();
        assert_eq!(counts, vec![Some(3); expected], "{place}");
    }
}

/// Every way in which a person ends access.
#[derive(Debug, Clone, Copy)]
enum End {
    Revoke,
    Remove,
    RemoveAll,
    RemoveAllOfCase,
    Close,
    CloseByEngineer,
    Assign,
    GiveUp,
}

#[tokio::test]
async fn an_answer_under_way_is_stopped_by_every_end_of_its_access() {
    use End::{Assign, Close, CloseByEngineer, GiveUp, Remove, RemoveAll, RemoveAllOfCase, Revoke};
    for end in [Revoke, Remove, RemoveAll, RemoveAllOfCase, Close, CloseByEngineer, Assign, GiveUp] {
        let Reading { world, case, ask, grant } = reading().await;
        let answer = world.read("eve", &world.query(case, S)).await.unwrap();
        let live = answer.live.unwrap();
        assert!(!live.is_stopped());
        let (app, ada, eve) = (&world.app, world.call("ada"), world.call("eve"));
        match end {
            Revoke => drop(app.revoke(&ada, ask, None).await.unwrap()),
            Remove => drop(app.remove_grant(&ada, grant, None).await.unwrap()),
            RemoveAll => drop(app.remove_all_grants(&ada, None, None).await.unwrap()),
            RemoveAllOfCase => drop(app.remove_all_grants(&ada, Some(case), None).await.unwrap()),
            Close => drop(world.close("ada", case).await.unwrap()),
            CloseByEngineer => drop(world.close("eve", case).await.unwrap()),
            Assign => {
                drop(app.assign(&world.call("mona"), case, world.who("ewan").user, "shift").await.unwrap());
            }
            GiveUp => drop(app.cancel(&eve, ask).await.unwrap()),
        }
        assert!(live.is_stopped(), "{end:?}");
    }
}

#[tokio::test]
async fn an_answer_under_way_is_stopped_by_taking_consent_back_but_not_by_ending_another_grant() {
    let Reading { world, case, grant, .. } = reading().await;
    world.consent("ada", case, true).await.unwrap();
    let granted = world.app.grants(world.who("ada"), &ListOptions::default()).await.unwrap();
    let consent = granted.items.iter().map(|view| view.grant.id).find(|id| *id != grant);
    let named = |grant| ReadQuery { grant, ..world.query(case, S) };
    let under_consent = world.read("eve", &named(consent)).await.unwrap().live.unwrap();
    let under_grant = world.read("eve", &named(Some(grant))).await.unwrap().live.unwrap();
    world.consent("ben", case, false).await.unwrap();
    assert!(under_consent.is_stopped() && !under_grant.is_stopped());
    // The engineer's reads go on under the other one.
    assert_eq!(world.read("eve", &world.query(case, S)).await.unwrap().grant, Some(grant));
}

#[tokio::test]
async fn a_refused_act_stops_no_answer() {
    let Reading { world, case, ask, grant } = reading().await;
    let live = world.read("eve", &world.query(case, S)).await.unwrap().live.unwrap();
    for stranger in ["rita", "sam", "rex", "ewan"] {
        assert!(world.app.revoke(&world.call(stranger), ask, None).await.is_err());
        assert!(world.app.remove_grant(&world.call(stranger), grant, None).await.is_err());
        assert!(world.close(stranger, case).await.is_err());
    }
    world.app.remove_all_grants(&world.call("rita"), None, None).await.unwrap();
    assert!(!live.is_stopped());
}

#[tokio::test]
async fn a_grant_pauses_before_it_gives_more_than_was_previewed_and_repeated_records_count_once() {
    // No records at the approval, so 1,000 different ones may be read; then more come in.
    let reading = narrowed(World::new().await, Narrowing::default()).await;
    reading.world.import("ada", 1_100).await;
    let page = |from: i64, to: i64| {
        let filter = format!(
            "createdDateTime ge {} and createdDateTime lt {}",
            millis(-to * HOUR),
            millis(-from * HOUR)
        );
        reading.query(ListOptions { filter: Some(filter), top: 1_000, ..ListOptions::default() })
    };
    let read = async |from: i64, to: i64| {
        reading.world.tick();
        reading.world.read("eve", &page(from, to)).await
    };
    let rows = |answer: ReadAnswer| body(&answer)["value"].as_array().unwrap().len();
    assert_eq!(rows(read(0, 600).await.unwrap()), 600);
    assert_eq!(rows(read(0, 600).await.unwrap()), 600, "the same again is not more");
    assert_eq!(rows(read(600, 1_000).await.unwrap()), 400, "a thousand different ones");
    let recorded = reading.recorded().await.len();
    let beyond = read(1_000, 1_001).await;
    assert!(refused(&beyond, ReadRefusal::GrantPaused), "{beyond:?}");
    assert!(refused(&read(0, 1).await, ReadRefusal::GrantPaused), "nothing at all while it is paused");
    assert_eq!(reading.recorded().await.len(), recorded, "refused before anything left");
    reading.world.app.confirm_grant(&reading.world.call("ben"), reading.grant).await.unwrap();
    assert_eq!(rows(read(1_000, 1_100).await.unwrap()), 100);
    check::logs(&reading.world).await;
}
