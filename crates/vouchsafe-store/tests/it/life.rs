//! The random lives of the rules' own test, recorded in a store. What the store then holds and lists is what the
//! rules decided.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use tokio::runtime::Runtime;
use vouchsafe_core::access_request::command::engineer_status;
use vouchsafe_core::access_request::{AccessSide, EngineerRequest};
use vouchsafe_core::audit::{EntryDraft, Initiator};
use vouchsafe_core::decided::{Decided, Notice, Write};
use vouchsafe_core::grant::{Grant, GrantStatus};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::pace::{Extent, Measured};
use vouchsafe_core::permission::{Permission, Permissions};
use vouchsafe_core::permit::{
    About, Action, Caller, Denied, Facts, Permit, Scope, ServiceAction, UpdateRequest, WorkId, authorize,
    for_service,
};
use vouchsafe_core::person::Person;
use vouchsafe_core::reach::DataPerson;
use vouchsafe_core::support_request::command::{self, RequestChange};
use vouchsafe_core::support_request::{Assignment, Severity, SupportRequest};
use vouchsafe_core::tenant::{SupportAccessPolicy, TenantKind};
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_core::vote::Standing;
use vouchsafe_store::{ListQuery, Order, Session, StoreError, Work};

use crate::folder::Home;
use crate::lists::{filter, names};
use crate::steps::{Step, life};
use crate::units::log_of;
use crate::world::{Parts, Sink, World, admin, provider, support, tenant_id};

/// Engineers' requests to a tenant that never answers look pending this long.
const UNANSWERED_FOR: Duration = Duration::days(4);

/// A store that records what happens in a world.
#[derive(Debug, Clone)]
pub(crate) struct StoreSink {
    pub(crate) home: Arc<Home>,
    pub(crate) runtime: Arc<Runtime>,
}

/// Somebody who may do everything that `person`'s relation to a thing allows.
pub(crate) fn mighty(person: &Person) -> Caller {
    let all = Permission::ALL.iter().map(|permission| permission.action());
    Caller { person: person.clone(), permissions: Permissions::of(all, true) }
}

/// A permit as the use cases get it: for the customer's own things, or for the assigned engineer.
fn permit<S>(world: &World<S>, by: &Person, work: WorkId, subject: impl Into<About>) -> impl Permits {
    let caller = mighty(by);
    let request = match subject.into() {
        About::Case(id) => world.cases.get(&(support(), id)).cloned(),
        _ => world.cases.values().next().cloned(),
    };
    Permitting { caller, request, work }
}

trait Permits {
    fn mint<A: Action>(&self, subject: A::Subject) -> Result<Permit<A>, Denied>;
}

struct Permitting {
    caller: Caller,
    request: Option<SupportRequest>,
    work: WorkId,
}

impl Permits for Permitting {
    fn mint<A: Action>(&self, subject: A::Subject) -> Result<Permit<A>, Denied> {
        if self.caller.person.tenant != provider() {
            return authorize::<A>(Facts::own_tenant(self.work, &self.caller), subject);
        }
        let mut request = self.request.clone().ok_or(Denied::Hidden)?;
        // The rules do not ask who works on a case; where nobody does, whoever acts counts as its engineer.
        request.assignment.get_or_insert_with(|| Assignment {
            engineer: self.caller.person.id,
            display_name: self.caller.person.display_name.clone(),
            since: request.created,
            reason: self.caller.person.display_name.clone(),
            grounds: Vec::new(),
        });
        let mut mine = self.caller.clone();
        mine.person.id = request.engineer().ok_or(Denied::Hidden)?;
        let desk = Facts::of_case(self.work, &self.caller, &request, true);
        let assigned = Facts::of_case(self.work, &mine, &request, true);
        authorize::<A>(assigned, subject).or_else(|_| authorize::<A>(desk, subject))
    }
}

impl StoreSink {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { home: Arc::new(Home::of_provider(provider())), runtime: Arc::new(runtime) }
    }

    async fn write<A: Action>(
        &self,
        world: &World<Self>,
        initiator: Initiator,
        decided: Decided<A>,
        permit: impl FnOnce(WorkId, A::Subject) -> Permit<A>,
    ) -> Parts {
        self.home.clock.set(world.now);
        let entries = decided.entries().to_vec();
        let touched: BTreeSet<TenantId> = entries.iter().map(|entry| entry.tenant).collect();
        let mut work = self.home.store.work().await.unwrap();
        work.lock(touched).await.unwrap();
        assert_eq!(work.context(initiator).now, world.now);
        let permit = permit(work.id(), decided.subject());
        let before = decided.writes().to_vec();
        let rows = work.record(permit, decided).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(rows.len(), before.len());
        (entries, before, Vec::<Notice>::new())
    }
}

impl Sink for StoreSink {
    fn record<A: Action>(&self, world: &World<Self>, by: &Person, decided: Decided<A>) -> Parts {
        let initiator = Initiator::User(Box::new(by.clone()));
        self.runtime.block_on(self.write(world, initiator, decided, |work, subject| {
            permit(world, by, work, subject).mint::<A>(subject).unwrap()
        }))
    }

    fn record_service<A: ServiceAction>(&self, world: &World<Self>, decided: Decided<A>) -> Parts {
        let service = Initiator::Service;
        self.runtime.block_on(self.write(world, service, decided, for_service::<A>))
    }
}

pub(crate) fn lived(setup: u16, steps: &[Step]) -> World<StoreSink> {
    let mut world = World::new(setup, StoreSink::new());
    for step in steps {
        drop(world.act(step, false));
    }
    world
}

pub(crate) fn everything() -> ListQuery {
    ListQuery { filter: None, order: Order::OldestFirst, top: 1_000, after: None, count: false }
}

async fn rows_are_those_of_the_world(world: &World<StoreSink>, session: &mut Session) {
    for ((tenant, id), row) in &world.cases {
        assert_eq!(session.support_request(*tenant, *id).await.unwrap().as_ref(), Some(row));
        let whole = world.whole(row);
        let asks = session.asks_of_case(provider(), *id).await.unwrap();
        assert_eq!(names(&asks, |ask: &EngineerRequest| ask.id), names(&whole.asks, |ask| ask.id));
        for grant in &whole.grants {
            let found = session.grants_of_case(grant.tenant, *id).await.unwrap();
            assert!(found.contains(grant));
        }
    }
    for ((tenant, id), row) in &world.sides {
        assert_eq!(session.access_side(*tenant, *id).await.unwrap().as_ref(), Some(row));
    }
    for ((tenant, id), row) in &world.grants {
        assert_eq!(session.grant(*tenant, *id).await.unwrap().as_ref(), Some(row));
    }
}

async fn logs_hold_every_entry(world: &World<StoreSink>) {
    for tenant in (0..3).map(tenant_id) {
        let log = log_of(&world.sink.home.store, tenant).await;
        let drafts: Vec<&EntryDraft> = world.log.iter().filter(|entry| entry.tenant == tenant).collect();
        assert_eq!(log.len(), drafts.len());
        for (entry, draft) in log.iter().zip(drafts) {
            assert_eq!(entry.text("/activityDisplayName"), Some(draft.activity.name()));
            assert_eq!(entry.text("/target"), Some(draft.target.as_str()));
            assert_eq!(entry.entry["events"].as_array().unwrap().len(), draft.events.len());
        }
    }
}

/// The status that SQL gives, and that a filter therefore finds, is the one that the rules compute.
async fn statuses_agree(world: &World<StoreSink>, session: &mut Session, now: Timestamp) {
    for tenant in (0..3).map(tenant_id) {
        let mut expected = BTreeMap::<String, BTreeSet<String>>::new();
        for side in world.sides.values().filter(|side| side.tenant == tenant) {
            let status = serde_json::to_value(side.status(now)).unwrap().as_str().unwrap().to_owned();
            expected.entry(status).or_default().insert(side.id.to_string());
        }
        for status in ["pending", "approved", "rejected", "expired", "cancelled", "revoked", "completed"] {
            let query = ListQuery { filter: filter(&format!("status eq '{status}'")), ..everything() };
            let found = session.list_sides(tenant, &query, now).await.unwrap();
            let found = names(&found.items, |side: &AccessSide| side.id);
            assert_eq!(found, expected.remove(status).unwrap_or_default(), "{status} at {now}");
        }
        assert_eq!(expected, BTreeMap::new());
        let live: Vec<_> =
            world.grants.values().filter(|grant| grant.tenant == tenant && is_open(grant, now)).collect();
        for status in [GrantStatus::Live, GrantStatus::Paused] {
            let scope = Scope::of_access(&mighty(&admin(tenant, false)), TenantKind::Customer).unwrap();
            let name = serde_json::to_value(status).unwrap();
            let query = ListQuery {
                filter: filter(&format!("status eq '{}'", name.as_str().unwrap())),
                ..everything()
            };
            let found = session.list_grants(scope, &query, now).await.unwrap();
            let expected: Vec<Grant> = live
                .iter()
                .filter(|grant| grant.status(now) == status)
                .map(|grant| (**grant).clone())
                .collect();
            assert_eq!(names(&found.items, |grant: &Grant| grant.id), names(&expected, |grant| grant.id));
        }
        let held = session.held_grants(tenant).await.unwrap();
        assert!(live.iter().all(|grant| held.iter().any(|held| held.grant == **grant)));
    }
    let mut expected = BTreeMap::<String, BTreeSet<String>>::new();
    for ask in &world.asks {
        let side = |tenant, id| world.sides.get(&(tenant, id));
        let support_side = side(ask.support_tenant, ask.rests_on.unwrap_or(ask.id));
        let data = side(ask.resource_tenant, ask.id).map(|side| {
            let grant = side.approval().and_then(|approval| approval.grant);
            (side, grant.and_then(|id| world.grants.get(&(side.tenant, id))))
        });
        let status = engineer_status(support_side, data, UNANSWERED_FOR, now);
        let status = serde_json::to_value(status).unwrap().as_str().unwrap().to_owned();
        expected.entry(status).or_default().insert(ask.id.to_string());
    }
    for status in ["pending", "live", "paused", "ended"] {
        let query = ListQuery { filter: filter(&format!("status eq '{status}'")), ..everything() };
        let found = session.list_asks(provider(), None, &query, now).await.unwrap();
        let found = names(&found.items, |ask: &EngineerRequest| ask.id);
        assert_eq!(found, expected.remove(status).unwrap_or_default(), "{status} at {now}");
    }
    assert_eq!(expected, BTreeMap::new());
}

fn is_open(grant: &Grant, now: Timestamp) -> bool {
    grant.status(now) != GrantStatus::Ended
}

/// The ends of what waits or stands, and the last moments before them.
fn instants(world: &World<StoreSink>) -> BTreeSet<Timestamp> {
    let open = world.sides.values().filter(|side| side.is_open_on_record()).take(3);
    let ends = open.flat_map(|side| {
        let approval = side.approval();
        let unanswered = approval.map(|approval| approval.at + UNANSWERED_FOR);
        [Some(side.pending_until), approval.and_then(|approval| approval.expires), unanswered]
    });
    let idle = world.grants.values().take(3).map(|grant| Some(grant.usage.idle_at));
    ends.chain(idle).flatten().flat_map(|end| [end, Timestamp::from_micros(end.as_micros() - 1)]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: vouchsafe_testkit::rounds(24), failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_store_holds_and_lists_what_the_rules_decided(setup: u16, steps in life(), later in 0u32..60 * 24 * 40) {
        let world = lived(setup, &steps);
        world.sink.runtime.block_on(async {
            let mut reader = world.sink.home.store.read().unwrap();
            rows_are_those_of_the_world(&world, &mut reader).await;
            // A unit of work knows more than a view does; it must know the same.
            rows_are_those_of_the_world(&world, &mut world.sink.home.store.work().await.unwrap()).await;
            logs_hold_every_entry(&world).await;
            for now in instants(&world).into_iter().chain([world.now, world.now + Duration::minutes(later)]) {
                statuses_agree(&world, &mut reader, now).await;
            }
        });
    }
}

/// A life with an approved request of S and one of R, both live.
pub(crate) fn two_live_grants() -> World<StoreSink> {
    let approve = |side| Step::Approve {
        ask: 0,
        side,
        keep: 0,
        hours: 1,
        narrow: false,
        same_person: false,
        second: false,
    };
    let ask = |of| Step::Ask { case: 0, of, categories: 0b1000, hours: 48, filtered: false };
    let tick = || Step::Advance { minutes: 1 };
    lived(
        0,
        &[
            Step::Open { named: 0b0110, consent: 0, engineer: true },
            tick(),
            ask(0),
            tick(),
            approve(0),
            tick(),
            ask(1),
            tick(),
            approve(0),
            tick(),
            approve(1),
        ],
    )
}

#[test]
fn a_row_decided_on_before_somebody_else_changed_it_is_a_conflict() {
    let world = two_live_grants();
    let side = world.sides.values().find(|side| side.tenant == support()).unwrap().clone();
    let mut stale = world.clone();
    stale.sides.insert(side.key(), AccessSide { version: side.version - 1, ..side.clone() });
    let case = stale.case(0).unwrap();
    let side = &stale.sides[&side.key()];
    let by = crate::world::admin(support(), false);
    let sink = &world.sink;
    let refused = sink.runtime.block_on(async {
        let mut work = sink.home.store.work().await.unwrap();
        work.lock([support(), tenant_id(1)]).await.unwrap();
        let cx = work.context(Initiator::User(Box::new(by.clone())));
        let decided =
            vouchsafe_core::access_request::command::revoke(side, case.grant_of(side), &[], &by, None, &cx);
        let decided = decided.unwrap();
        let caller = mighty(&by);
        let permit = authorize(Facts::of_side(work.id(), &caller, side), side.id).unwrap();
        let refused = work.record(permit, decided).await;
        assert!(work.commit().await.is_err());
        refused
    });
    assert!(matches!(refused, Err(StoreError::VersionConflict(_))), "{refused:?}");
    sink.runtime.block_on(async {
        logs_hold_every_entry(&world).await;
        rows_are_those_of_the_world(&world, &mut sink.home.store.read().unwrap()).await;
    });
}

/// Makes a case critical; gives the unit of work, not committed yet, and the case as it is in it.
async fn made_critical(sink: &StoreSink, case: &SupportRequest) -> (Work, SupportRequest) {
    let by = admin(support(), false);
    let mut work = sink.home.store.work().await.unwrap();
    work.lock([support(), provider()]).await.unwrap();
    let cx = work.context(Initiator::User(Box::new(by.clone())));
    let change = RequestChange { severity: Some(Severity::Critical), ..RequestChange::default() };
    let policy = SupportAccessPolicy::default();
    let decided = command::update::<UpdateRequest>(case, None, change, &by, &policy, &cx).unwrap();
    let permit = authorize(Facts::of_case(work.id(), &mighty(&by), case, false), case.id).unwrap();
    work.record(permit, decided).await.unwrap();
    let changed = work.support_request(support(), case.id).await.unwrap().unwrap();
    assert_eq!((changed.severity, changed.version), (Severity::Critical, case.version + 1));
    (work, changed)
}

#[test]
fn a_unit_of_work_finds_a_case_as_it_was_kept_and_not_as_it_was_given_up() {
    let world = two_live_grants();
    let (sink, case) = (&world.sink, world.cases.values().next().unwrap());
    sink.runtime.block_on(async {
        let found = async || {
            let mut work = sink.home.store.work().await.unwrap();
            let found = work.support_request(support(), case.id).await.unwrap().unwrap();
            // Dropped, the unit of work would take with it what is remembered.
            work.commit().await.unwrap();
            found
        };
        drop(made_critical(sink, case).await);
        assert_eq!(found().await, *case);
        let (work, changed) = made_critical(sink, case).await;
        work.commit().await.unwrap();
        assert_eq!(found().await, changed);
        let of_desk =
            "UPDATE desk_case SET assigned_to = assigned_to WHERE id = $1 AND severity = 'critical'";
        assert_eq!(sink.home.behind_its_back(of_desk, &[&case.id.to_string()]), 1);
        let change = "UPDATE support_request SET version = version + 5 WHERE id = $1";
        assert_eq!(sink.home.behind_its_back(change, &[&case.id.to_string()]), 1);
        assert_eq!(found().await, SupportRequest { version: changed.version + 5, ..changed });
    });
}

/// Writes every kind of text that a person types, for the test that looks for them on disk.
pub(crate) async fn with_planted_texts(home: &Home) {
    use vouchsafe_core::access_request::command as access;
    use vouchsafe_core::scope::{DataCategory, DataFilter, users_typed};
    use vouchsafe_core::support_request::command as case;
    let s = crate::folder::tenant(1, TenantKind::Customer);
    let admin = home.store.read().unwrap().account(s.id, crate::folder::id(1)).await.unwrap().unwrap().person;
    let engineer = crate::folder::person(home.store.provider(), 9, "PlantedName");
    let mut work = home.store.work().await.unwrap();
    work.lock([s.id]).await.unwrap();
    let cx = work.context(Initiator::User(Box::new(admin.clone())));
    let new = case::NewRequest {
        title: "PlantedTitle".to_owned(),
        description: "PlantedDescription".to_owned(),
        severity: vouchsafe_core::support_request::Severity::Minimal,
        service: "identity".to_owned(),
        problem_type: "signIn/conditionalAccess".to_owned(),
        contact: Some(case::NewContact {
            name: "PlantedName".to_owned(),
            email: "planted.address@example.com".to_owned(),
            language: "en".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
        }),
        resource_tenants: Vec::new(),
    };
    let opening = case::Opening {
        id: work.new_id(s.id),
        number: work.new_number(s.id),
        engineer: Some(case::Chosen { person: engineer.clone(), grounds: Vec::new() }),
        consent: case::Answer::No,
        problem_types: vouchsafe_core::problem_type::ProblemTypes::built_in(cx.provider),
    };
    let decided = case::open(new, opening, &admin, &s.policy, &cx).unwrap();
    let caller = mighty(&admin);
    let permit = authorize(Facts::own_tenant(work.id(), &caller), decided.subject()).unwrap();
    let rows = work.record(permit, decided).await.unwrap();
    let Some(Write::SupportRequest(request)) = rows.into_iter().next() else { panic!("no case") };
    let asking = mighty(&engineer);
    let message = work.new_id(s.id);
    let decided = case::post_message(&request, message, "PlantedMessage", Vec::new(), &admin, &cx).unwrap();
    let permit = authorize(Facts::of_case(work.id(), &caller, &request, false), request.id).unwrap();
    let rows = work.record(permit, decided).await.unwrap();
    let Some(Write::SupportRequest(request)) = rows.into_iter().next() else { panic!("no case") };
    let users = users_typed("filter/users", &["PlantedUser".to_owned()], engineer.id).unwrap();
    let filter = Some(DataFilter { users: Some(users), ..DataFilter::default() });
    let (hours, days) = (Duration::hours(8), Duration::days(30));
    let scope =
        vouchsafe_core::scope::Scope::new(vec![DataCategory::SignInLogs], filter, hours, days).unwrap();
    let ask = access::Ask {
        id: work.new_id(s.id),
        resource_tenant: s.id,
        reason_code: vouchsafe_core::access_request::ReasonCode::Troubleshooting,
        justification: "PlantedJustification, long enough.".to_owned(),
        scope,
        linked_to: None,
    };
    let facts = access::AskFacts {
        support_tenant: &s,
        standing: None,
        resource_tenant: None,
        load: access::AskLoad::default(),
    };
    let cx = work.context(Initiator::User(Box::new(engineer.clone())));
    let decided = access::ask(&request, &engineer, ask, &facts, &cx).unwrap();
    let permit = authorize(Facts::of_case(work.id(), &asking, &request, true), request.id).unwrap();
    let rows = work.record(permit, decided).await.unwrap();
    let side = rows
        .iter()
        .find_map(|row| if let Write::AccessSide(side) = row { Some(side) } else { None })
        .unwrap();
    let cx = work.context(Initiator::User(Box::new(admin.clone())));
    let facts = access::ApproveFacts {
        tenant: &s,
        linked_to_provider: false,
        standing: Standing::default(),
        grant: access::NewGrant {
            id: work.new_id(s.id),
            measured: Measured {
                people: Some(vec![DataPerson {
                    user_id: Some("PlantedId".to_owned()),
                    user_principal_name: Some("PlantedUser".to_owned()),
                }]),
                extent: Extent::BOUND,
            },
        },
        request: None,
        ask: None,
        resource: None,
    };
    let vote = access::Vote { comment: Some("PlantedComment".to_owned()), ..access::Vote::default() };
    let decided = access::approve(side, &admin, &vote, &facts, &cx).unwrap();
    let permit = authorize(Facts::of_side(work.id(), &caller, side), side.id).unwrap();
    let rows = work.record(permit, decided).await.unwrap();
    let side = rows
        .iter()
        .find_map(|row| if let Write::AccessSide(side) = row { Some(side) } else { None })
        .unwrap();
    let grant = rows.iter().find_map(|row| if let Write::Grant(grant) = row { Some(&**grant) } else { None });
    let decided = access::revoke(side, grant, &[], &admin, Some("PlantedReason"), &cx).unwrap();
    let permit = authorize(Facts::of_side(work.id(), &caller, side), side.id).unwrap();
    work.record(permit, decided).await.unwrap();
    let asked = vouchsafe_store::Answered {
        tenant: s.id,
        principal: admin.id,
        endpoint: "POST /".to_owned(),
        key: "k".to_owned(),
        fingerprint: vec![0],
    };
    work.remember(&asked, &"PlantedComment in an answer").await.unwrap();
    work.commit().await.unwrap();
}
