//! Random histories of many people, compared with the reference model after every command.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use tokio::runtime::Runtime;
use vouchsafe_app::view::{AccessView, CaseView};
use vouchsafe_app::{AppError, ListOptions};
use vouchsafe_core::access_request::SideStatus;
use vouchsafe_core::consent::Consent;
use vouchsafe_core::grant::Grant;
use vouchsafe_testkit::cast::{CAST, PROVIDER, Tenant, place};
use vouchsafe_testkit::model::{Act, Ask, Command, Model, Outcome, Role, State};
use vouchsafe_testkit::{Folder, World, check, millis};

use crate::commands::histories;
use crate::live_access;
use crate::subject::{Planted, Subject, name};

/// Where the application and the model part.
pub(crate) type Difference = String;

fn same<T: PartialEq + Debug>(what: impl Debug, found: T, expected: T) -> Result<(), Difference> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what:?}: found {found:?}, the model says {expected:?}"))
    }
}

fn all() -> ListOptions {
    ListOptions {
        top: 1_000,
        order_by: Some(("createdDateTime".to_owned(), false)),
        ..ListOptions::default()
    }
}

/// Who looks at a tenant's lists.
const VIEWERS: [(&str, Tenant); 3] = [("ada", 0), ("ron", 1), ("rolf", 2)];
/// The engineers, and the manager who sees every case.
const STAFF: [&str; 3] = ["eve", "ewan", "mona"];

/// Both, step by step.
pub(crate) struct Both {
    pub(crate) model: Model,
    pub(crate) subject: Subject,
    step: usize,
}

/// What histories came by: acts with their answers, and what happened besides.
type Reached = BTreeSet<String>;

impl Both {
    pub(crate) fn new(world: World, planted: Planted) -> Self {
        Self { model: Model::default(), subject: Subject::new(world, planted), step: 0 }
    }

    async fn step(&mut self, command: Command) -> Result<(), Difference> {
        let Some(act) = self.advance(command).await? else { return Ok(()) };
        self.compare(matches!(act, Act::Wait(_) | Act::Close(..) | Act::Assign(..))).await?;
        self.done(act);
        Ok(())
    }

    /// The next act of both, with its outcome compared; what everybody sees then is not.
    pub(crate) async fn advance(&mut self, command: Command) -> Result<Option<Act>, Difference> {
        let Some(act) = self.model.meant(command) else { return Ok(None) };
        let before = self.model.clone();
        if !matches!(act, Act::Wait(_)) {
            self.subject.world.clock.set(millis(self.model.now));
        }
        // Opening and consenting move the clock themselves.
        if matches!(act, Act::Open(..) | Act::Consent(..)) {
            self.model.now += 1;
        }
        let expected = self.model.act(act);
        // Boxed: one future for every command is more than a test's stack holds.
        let found = Box::pin(self.subject.act(act, &before)).await;
        same(act, found, expected)?;
        if self.model.cases.len() > before.cases.len() {
            self.adopt_engineer().await?;
        }
        self.new_grants().await?;
        Ok(Some(act))
    }

    /// After an act: a moment passes.
    pub(crate) fn done(&mut self, act: Act) {
        self.model.now += i64::from(!matches!(act, Act::Wait(_)));
        self.step += 1;
    }

    /// Takes over who got the newest case: the lifecycle says only that it is somebody whom the tenant accepts, if
    /// there is one. Who among them is for `vouchsafe-routing`'s own tests.
    async fn adopt_engineer(&mut self) -> Result<(), Difference> {
        let newest = self.model.cases.len() - 1;
        let tenant = self.subject.world.tenant(self.model.cases[newest].tenant);
        let mut reader = self.subject.world.app.store().read().unwrap();
        let case = reader.support_request(tenant, self.subject.cases[newest]).await.unwrap();
        let engineer = case.and_then(|case| case.engineer());
        let engineer =
            CAST.iter().position(|member| Some(self.subject.world.who(member.name).user) == engineer);
        let acceptable = self.model.acceptable(self.model.cases[newest].tenant);
        if engineer.map_or(acceptable.is_empty(), |engineer| acceptable.contains(&engineer)) {
            self.model.cases[newest].engineer = engineer;
            Ok(())
        } else {
            Err(format!("case {newest} went to {engineer:?}, which is none of {acceptable:?}"))
        }
    }

    /// Finds the ids of grants that the model has and the application must have too.
    async fn new_grants(&mut self) -> Result<(), Difference> {
        let mut reader = self.subject.world.app.store().read().unwrap();
        for number in self.subject.grants.len()..self.model.grants.len() {
            let grant = &self.model.grants[number];
            let tenant = self.subject.world.tenant(grant.tenant);
            let found = match grant.ask {
                Some(ask) => {
                    let side = reader.access_side(tenant, self.subject.asks[ask]).await.unwrap();
                    side.and_then(|side| side.approval().and_then(|approval| approval.grant))
                }
                None => {
                    let case = reader.support_request(tenant, self.subject.cases[grant.case]).await.unwrap();
                    match case.map(|case| case.consent) {
                        Some(Consent::Given { grant, .. }) => Some(grant),
                        _ => None,
                    }
                }
            };
            self.subject.grants.push(found.ok_or(format!("grant {number} is not there: {grant:?}"))?);
        }
        Ok(())
    }

    /// Everything that everybody sees. `every_read` tries every read there could be; else one.
    async fn compare(&mut self, every_read: bool) -> Result<(), Difference> {
        for (viewer, tenant) in VIEWERS {
            let may = self.model.tickets(place(viewer));
            self.cases(
                viewer,
                (0..self.model.cases.len()).filter(|case| self.model.cases[*case].tenant == tenant),
                may,
            )
            .await?;
            self.sides(viewer, tenant, may).await?;
            let of_tenant = |grant: &usize| self.model.grants[*grant].tenant == tenant;
            self.grants(viewer, self.model.open_grants().into_iter().filter(of_tenant), may).await?;
        }
        for viewer in STAFF {
            let (me, manager) = (place(viewer), viewer == "mona");
            let mine = |case: usize| manager || self.model.cases[case].engineer == Some(me);
            self.cases(viewer, (0..self.model.cases.len()).filter(|case| mine(*case)), true).await?;
            self.told(viewer, |ask: &Ask| mine(ask.case)).await?;
            let open = |grant: &usize| {
                let case = self.model.grants[*grant].case;
                mine(case) && self.model.cases[case].closed.is_none()
            };
            self.grants(viewer, self.model.open_grants().into_iter().filter(open), true).await?;
        }
        self.reads(every_read).await?;
        self.decisions().await
    }

    /// What the decision point answers, from what it remembers of earlier steps or not, is what the rows say.
    async fn decisions(&self) -> Result<(), Difference> {
        let world = &self.subject.world;
        // A node among others that was not joined remembers nothing: its answers are the rows.
        let remembers = world.app.store().asking().is_some();
        for case in self.subject.cases.iter().filter(|_| remembers) {
            for question in live_access::questions(world, *case) {
                let (found, expected) = live_access::both_answers(world, question).await;
                same(("decision", question), found, expected)?;
            }
        }
        Ok(())
    }

    async fn cases(
        &self,
        viewer: &str,
        expected: impl Iterator<Item = usize>,
        may: bool,
    ) -> Result<(), Difference> {
        let found = self.subject.world.app.requests(self.subject.world.who(viewer), &all()).await;
        let Some(found) = permitted(viewer, found.map(|listed| listed.items), may)? else { return Ok(()) };
        let seen = |view: CaseView| {
            let request = &view.request;
            let consent = wire(&view.consent_status());
            (request.id, request.is_open(), request.stage.name(), request.engineer(), consent)
        };
        let expected = expected.map(|case| {
            let of = &self.model.cases[case];
            let engineer = of.engineer.map(|engineer| self.subject.world.who(name(engineer)).user);
            let consent = self.model.consent(case).to_owned();
            (self.subject.cases[case], of.closed.is_none(), of.stage, engineer, consent)
        });
        same(("requests", viewer), found.into_iter().map(seen).collect(), expected.collect::<Vec<_>>())
    }

    async fn sides(&self, viewer: &str, tenant: Tenant, may: bool) -> Result<(), Difference> {
        let found = self.subject.world.app.access_requests(self.subject.world.who(viewer), &all()).await;
        let Some(found) = permitted(viewer, found.map(|listed| listed.items), may)? else { return Ok(()) };
        let mut seen = BTreeSet::new();
        for view in found {
            let AccessView::Side(view) = view else {
                return Err(format!("{viewer} sees an engineer's record"));
            };
            let side = &view.side;
            let scope = side
                .approval()
                .map(|approval| (approval.scope.data_categories.len(), approval.scope.duration));
            let status = wire::<SideStatus>(&side.status(view.seen));
            let status =
                self.subject.forgotten.get(&(side.id, side.tenant)).map_or(status, |&was| was.to_owned());
            let votes = if status == "pending" { view.votes.len() } else { 0 };
            let open = side.is_open_on_record();
            seen.insert((side.id, status, wire(&side.side), scope.filter(|_| open), votes));
        }
        let expected =
            self.model.sides.iter().filter(|((_, of), _)| *of == tenant).map(|((ask, _), side)| {
                let role = match side.role {
                    Role::Support => "supportRequestTenant",
                    Role::Resource => "resourceTenant",
                    Role::Both => "both",
                };
                let scope = match side.state {
                    State::Approved(_, scope, _) => {
                        let minutes =
                            vouchsafe_core::time::Duration::minutes(u32::try_from(scope.minutes).unwrap());
                        Some((usize::try_from(scope.categories.count_ones()).unwrap(), minutes))
                    }
                    State::Pending | State::Over(..) => None,
                };
                let status = self.model.status(*ask, tenant).unwrap().to_owned();
                let swept = status == "expired";
                let votes = if status == "pending" { self.model.votes(*ask, tenant) } else { 0 };
                (self.subject.asks[*ask], status, role.to_owned(), scope.filter(|_| !swept), votes)
            });
        let seen = seen.into_iter().map(|(id, status, role, scope, votes)| {
            let swept = status == "expired";
            (id, status, role, scope.filter(|_| !swept), votes)
        });
        same(("access requests", viewer), seen.collect::<BTreeSet<_>>(), expected.collect())
    }

    async fn told(&self, viewer: &str, sees: impl Fn(&Ask) -> bool) -> Result<(), Difference> {
        let listed = self.subject.world.app.access_requests(self.subject.world.who(viewer), &all()).await;
        let mut found = BTreeSet::new();
        for view in listed.map_err(|error| format!("{viewer}: {error:?}"))?.items {
            let AccessView::Ask(view) = view else { return Err(format!("{viewer} sees a tenant's record")) };
            found.insert((view.ask.id, wire(&view.status), view.grant.map(|grant| grant.grant.id)));
        }
        let expected = (0..self.model.asks.len()).filter(|ask| sees(&self.model.asks[*ask])).map(|ask| {
            let live =
                self.model.open_grants().into_iter().find(|grant| self.model.grants[*grant].ask == Some(ask));
            (
                self.subject.asks[ask],
                self.model.told(ask).to_owned(),
                live.map(|grant| self.subject.grants[grant]),
            )
        });
        same(("told", viewer), found, expected.collect())
    }

    async fn grants(
        &self,
        viewer: &str,
        expected: impl Iterator<Item = usize>,
        may: bool,
    ) -> Result<(), Difference> {
        let found = self.subject.world.app.grants(self.subject.world.who(viewer), &all()).await;
        let Some(found) = permitted(viewer, found.map(|listed| listed.items), may)? else { return Ok(()) };
        let scope = |grant: &Grant| {
            let filter = grant.filter.clone().unwrap_or_default();
            (grant.data_categories.len(), filter.data_from, filter.data_to, grant.expires)
        };
        let mut seen: BTreeSet<_> = found.iter().map(|view| (view.grant.id, scope(&view.grant))).collect();
        if self.subject.planted == Planted::RemovedIsListed && seen.is_empty() {
            let removed = self.model.grants.iter().position(|grant| grant.ended == Some(true));
            seen.extend(removed.map(|grant| (self.subject.grants[grant], (0, None, None, millis(0)))));
        }
        let expected = expected.map(|grant| {
            let of = &self.model.grants[grant];
            let categories = usize::try_from(of.scope.categories.count_ones()).unwrap();
            let scope = (categories, of.scope.from.map(millis), of.scope.to.map(millis), millis(of.expires));
            (self.subject.grants[grant], scope)
        });
        same(("grants", viewer), seen, expected.collect())
    }

    /// Reads for real: by every engineer, of every tenant, for every case; or one of these in turn.
    async fn reads(&mut self, every: bool) -> Result<(), Difference> {
        let cases = self.model.cases.len();
        let mut triples = Vec::new();
        for case in 0..cases {
            for tenant in 0..PROVIDER {
                triples.extend([0, 1].map(|engineer| (engineer, tenant, case)));
            }
        }
        let turn = if triples.is_empty() { 0 } else { self.step * 7 % triples.len() };
        let tried = if every { 0..triples.len() } else { turn..triples.len().min(turn + 1) };
        for (engineer, tenant, case) in triples.drain(tried) {
            let found = Box::pin(self.subject.read(engineer, case, tenant, None, &self.model)).await;
            let expected = match self.model.may_read(engineer, tenant, case) {
                Ok(grant) => {
                    self.model.has_read(grant);
                    Outcome::Ok
                }
                Err(refused) => refused,
            };
            same(("read", CAST[engineer].name, tenant, case), found, expected)?;
        }
        Ok(())
    }
}

/// The items of a list for who may see it.
fn permitted<T>(viewer: &str, found: Result<T, AppError>, may: bool) -> Result<Option<T>, Difference> {
    match (found, may) {
        (Ok(items), true) => Ok(Some(items)),
        (Err(AppError::Forbidden), false) => Ok(None),
        (found, _) => Err(format!("{viewer} may see it: {may}, and is answered {:?}", found.err())),
    }
}

fn wire<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

/// A world that every history begins with a copy of.
struct Template {
    world: World,
    runtime: Runtime,
}

impl Template {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let world = runtime.block_on(async {
            let world = World::new().await;
            world.app.store().close().await;
            world
        });
        Self { world, runtime }
    }

    fn compare(&self, history: &[Command], planted: Planted) -> Result<(), Difference> {
        self.runtime.block_on(async {
            self.world.clock.set(millis(0));
            let world = self.world.reopened(Folder::copy_of(self.world.folder.path()), 2);
            let subject = Subject::new(world, planted);
            let mut both = Both { model: Model::default(), subject, step: 0 };
            for command in history {
                both.step(*command).await?;
            }
            check::logs(&both.subject.world).await;
            Ok(())
        })
    }
}

/// Histories of one run; more in the long form.
fn budget() -> u32 {
    if vouchsafe_testkit::long() { 512 } else { 32 }
}

pub(crate) fn runner(cases: u32, planted: Planted, seed: u64) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: if planted == Planted::Nothing { 400 } else { 0 },
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    })
}

fn search(planted: Planted, seed: u64) -> Result<(), TestError<Vec<Command>>> {
    let template = Template::new();
    // A planted fault is found within the budget; how many histories agree is a matter of time.
    let cases = if planted == Planted::Nothing { vouchsafe_testkit::rounds(budget()) } else { budget() };
    runner(cases, planted, seed)
        .run(&histories(), |history| template.compare(&history, planted).map_err(TestCaseError::fail))
}

fn agree(seed: u64) {
    // The long form tries other histories.
    let seed = if vouchsafe_testkit::long() { seed + 1_000 } else { seed };
    if let Err(error) = search(Planted::Nothing, seed) {
        panic!("{error}");
    }
}

/// Notes what this step was an example of.
fn note(reached: &mut Reached, act: Act, outcome: Outcome, before: &Model, model: &Model) {
    let act = format!("{act:?}");
    let kind = act.split('(').next().unwrap_or_default();
    reached.insert(format!("{kind} {outcome:?}"));
    let mut note = |what: &str, so: bool| {
        if so {
            reached.insert(what.to_owned());
        }
    };
    for ((ask, tenant), side) in &model.sides {
        let was = before.sides.get(&(*ask, *tenant));
        let now = model.status(*ask, *tenant).unwrap_or_default();
        note(&format!("{:?} {now}", side.role), true);
        note("straight to R", was.is_none() && model.asks[*ask].rests_on.is_some());
        note("automatic approval", was.is_none() && now == "approved");
        let passed = kind == "Assign" && outcome == Outcome::Ok && was.is_some();
        note("passed on", passed && now == "approved" && model.asks[*ask].by != 1);
        note(&format!("{:?} waits for more votes", side.role), side.ballot.is_some() && now == "pending");
        let fewer = was.is_some_and(
            |was| matches!((&was.ballot, &side.ballot), (Some((of, _)), Some((now, _))) if of != now),
        );
        note("a vote restarts the count", fewer);
        let several = was.is_some_and(|was| was.ballot.is_some()) && now == "approved";
        note("several votes approve", several);
        let ended = was.is_some_and(|was| was.state != side.state);
        note(&format!("{kind} ends {:?} {now}", side.role), ended);
    }
    for (number, grant) in model.grants.iter().enumerate() {
        let narrow = grant.scope.from.is_some() && grant.ask.is_some();
        note("narrowed in time", narrow);
        note("ended by time", grant.ended.is_none() && !model.open_grant(number));
        note("paused", model.open_grant(number) && !model.live(number));
        note("two at once", grant.tenant == 0 && model.open_grants().len() > 1);
    }
}

/// What the histories must come by, or they test too little.
const MUST_REACH: [&str; 70] = [
    "Both waits for more votes",
    "Resource waits for more votes",
    "a vote restarts the count",
    "several votes approve",
    "Policy Invalid",
    "Confirm AlreadyEnded",
    "Confirm Conflict",
    "Confirm Forbidden",
    "Confirm NotFound",
    "Confirm Ok",
    "Post Ok",
    "Read GrantPaused",
    "paused",
    "Approve Conflict",
    "Approve AlreadyEnded",
    "Approve Forbidden",
    "Approve Invalid",
    "Approve NotFound",
    "Approve ends Both approved",
    "Approve ends Resource approved",
    "Approve ends Support approved",
    "Ask CaseClosed",
    "Ask Forbidden",
    "Ask Invalid",
    "Ask NotFound",
    "Assign ends Both cancelled",
    "Assign ends Resource cancelled",
    "Assign ends Resource revoked",
    "Cancel AlreadyEnded",
    "Cancel ends Both completed",
    "Cancel ends Resource cancelled",
    "Cancel ends Resource completed",
    "Cancel ends Support cancelled",
    "Close ends Both completed",
    "Close ends Resource cancelled",
    "Close ends Resource completed",
    "Close ends Support cancelled",
    "Close ends Support completed",
    "Read GrantEnded",
    "Read NoLiveGrant",
    "Read NotFound",
    "Read Ok",
    "Reject ends Both rejected",
    "Reject ends Resource rejected",
    "Reject ends Support rejected",
    "Remove Conflict",
    "Remove AlreadyEnded",
    "Remove ends Both revoked",
    "Remove ends Resource revoked",
    "RemoveAll ends Both revoked",
    "Reopen AlreadyEnded",
    "Reopen Ok",
    "Assign ends Support revoked",
    "Assign ends Both revoked",
    "RemoveAll ends Resource revoked",
    "Consent Forbidden",
    "Resource expired",
    "Revoke Conflict",
    "Revoke AlreadyEnded",
    "Revoke ends Resource cancelled",
    "Revoke ends Resource revoked",
    "Revoke ends Support revoked",
    "Support expired",
    "VoteConsent Conflict",
    "automatic approval",
    "ended by time",
    "narrowed in time",
    "passed on",
    "straight to R",
    "two at once",
];

#[test]
fn the_application_does_what_the_lifecycle_says_in_random_histories() {
    agree(1);
}

#[test]
fn the_application_does_what_the_lifecycle_says_in_more_random_histories() {
    agree(2);
}

#[test]
fn the_application_does_what_the_lifecycle_says_in_still_more_random_histories() {
    agree(3);
}

#[test]
fn the_comparison_finds_planted_faults_within_its_budget() {
    for planted in [
        Planted::ClosingForgetsPending,
        Planted::ExpiredReads,
        Planted::RemovedIsListed,
        Planted::ConflictIsHidden,
        Planted::FormerEngineerReads,
    ] {
        let found = search(planted, 1);
        assert!(matches!(found, Err(TestError::Fail(..))), "{planted:?} was not found");
    }
}

#[test]
fn the_random_histories_come_by_every_rule() {
    let reached = RefCell::new(Reached::new());
    for seed in 1..=3 {
        let ran = runner(budget(), Planted::Nothing, seed).run(&histories(), |history| {
            let mut model = Model::default();
            for command in history {
                let Some(act) = model.meant(command) else { continue };
                let before = model.clone();
                let outcome = model.act(act);
                note(&mut reached.borrow_mut(), act, outcome, &before, &model);
                model.now += i64::from(!matches!(act, Act::Wait(_)));
            }
            Ok(())
        });
        assert!(ran.is_ok());
    }
    let reached = reached.into_inner();
    let missed: Vec<_> = MUST_REACH.iter().filter(|must| !reached.contains(**must)).collect();
    assert!(missed.is_empty(), "no history came by {missed:?}; they came by {reached:#?}");
}
