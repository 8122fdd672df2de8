//! Promise 7: with the inputs of the support request tenant, the provider and the engineer, every assignment and the
//! clock fixed, any two histories of the resource tenants give the support request tenant the same bytes.

use std::fmt::Debug;
use std::io::Cursor;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use vouchsafe_app::view::AccessView;
use vouchsafe_app::{Call, ListOptions, NewPerson, UpdateCommand, VoteCommand, Wanted};
use vouchsafe_core::id::{AccessRequestId, GrantId, SupportRequestId};
use vouchsafe_core::person::PersonKind;
use vouchsafe_core::scope::Narrowing;
use vouchsafe_core::support_request::{Resolution, Severity};
use vouchsafe_core::time::Duration;
use vouchsafe_store::Answered;
use vouchsafe_testkit::cast::{NOBODY, R1, R2, S, Tenant};
use vouchsafe_testkit::{Building, Folder, World, millis};

/// What S, the provider and the engineer do; the same in both histories, whatever they are answered.
#[derive(Debug, Clone, Copy)]
enum Input {
    Ask { case: u8, of: Tenant, hours: u32 },
    Cancel(u8),
    Read { case: u8, of: Tenant },
    EngineerWrites(u8),
    Approve { lin: bool, ask: u8, hours: Option<u32> },
    Reject(u8),
    Revoke(u8),
    Consent { case: u8, yes: bool },
    Name { case: u8 },
    Remove(u8),
    RemoveAll,
    Close { case: u8, engineer: bool },
    Reopen { case: u8, engineer: bool },
    Assign { case: u8, ewan: bool },
    Severity(u8),
    Sweep,
}

/// What the resource tenants do.
#[derive(Debug, Clone, Copy)]
enum OfR {
    Approve { who: u8, ask: u8 },
    Narrow { who: u8, ask: u8 },
    Reject { who: u8, ask: u8 },
    Revoke { who: u8, ask: u8 },
    RemoveAll(u8),
    Policy { who: u8, change: u8 },
    Open(u8),
    Consent(u8),
    Close(u8),
    Import(u8),
    AddPerson(u8),
}

const THEIRS: [&str; 5] = ["rita", "ron", "rolf", "rob", "lin-r1"];
const ROLES: [&str; 7] = ["pending", "approved", "rejected", "expired", "cancelled", "revoked", "completed"];

fn inputs() -> impl Strategy<Value = Input> {
    let n = || 0u8..4;
    let tenant = || prop_oneof![1 => Just(S), 4 => Just(R1), 2 => Just(R2), 1 => Just(NOBODY)];
    prop_oneof![
        6 => (n(), tenant(), prop_oneof![Just(1u32), Just(48)]).prop_map(|(case, of, hours)| Input::Ask { case, of, hours }),
        6 => (any::<bool>(), n(), prop::option::weighted(0.2, Just(2u32)))
            .prop_map(|(lin, ask, hours)| Input::Approve { lin, ask, hours }),
        2 => n().prop_map(Input::Cancel),
        4 => (n(), tenant()).prop_map(|(case, of)| Input::Read { case, of }),
        1 => n().prop_map(Input::EngineerWrites),
        1 => n().prop_map(Input::Reject),
        2 => n().prop_map(Input::Revoke),
        1 => (n(), any::<bool>()).prop_map(|(case, yes)| Input::Consent { case, yes }),
        1 => n().prop_map(|case| Input::Name { case }),
        1 => n().prop_map(Input::Remove),
        1 => Just(Input::RemoveAll),
        1 => (n(), any::<bool>()).prop_map(|(case, engineer)| Input::Close { case, engineer }),
        1 => (n(), any::<bool>()).prop_map(|(case, engineer)| Input::Reopen { case, engineer }),
        1 => (n(), any::<bool>()).prop_map(|(case, ewan)| Input::Assign { case, ewan }),
        1 => n().prop_map(Input::Severity),
        2 => Just(Input::Sweep),
    ]
}

fn of_r() -> impl Strategy<Value = OfR> {
    let who = || 0u8..5;
    let ask = || prop_oneof![3 => Just(0u8), 1 => 1u8..4];
    prop_oneof![
        8 => (who(), ask()).prop_map(|(who, ask)| OfR::Approve { who, ask }),
        2 => (who(), ask()).prop_map(|(who, ask)| OfR::Narrow { who, ask }),
        3 => (who(), ask()).prop_map(|(who, ask)| OfR::Reject { who, ask }),
        3 => (who(), ask()).prop_map(|(who, ask)| OfR::Revoke { who, ask }),
        1 => who().prop_map(OfR::RemoveAll),
        3 => (who(), 0u8..8).prop_map(|(who, change)| OfR::Policy { who, change }),
        1 => who().prop_map(OfR::Open),
        1 => who().prop_map(OfR::Consent),
        1 => who().prop_map(OfR::Close),
        1 => who().prop_map(OfR::Import),
        1 => who().prop_map(OfR::AddPerson),
    ]
}

/// One moment: minutes that pass, an input, and what the resource tenants do then in each of two histories.
type Moment = (u32, Input, Vec<OfR>, Vec<OfR>);

fn moments() -> impl Strategy<Value = Vec<Moment>> {
    let minutes = prop_oneof![6 => 1u32..90, 1 => Just(60 * 25), 1 => Just(60 * 24 * 4)];
    let some = || prop::collection::vec(of_r(), 0..3);
    prop::collection::vec((minutes, inputs(), some(), some()), 18..30)
}

fn name(tenant: Tenant) -> Vec<Tenant> {
    vec![R1, R2, tenant]
}

/// One of two histories.
struct History {
    world: World,
    cases: Vec<SupportRequestId>,
    asks: Vec<AccessRequestId>,
    calls: u32,
    /// Everything that S got.
    got: String,
    /// Calls of S with a key, to be repeated at the end.
    keyed: Vec<(Call, Input, Option<AccessRequestId>)>,
    /// Lets S see what only the engineer is told: a leak on purpose.
    leaky: bool,
}

fn latest<T: Copy>(things: &[T], number: u8) -> Option<T> {
    things.iter().rev().nth(usize::from(number)).copied()
}

impl History {
    async fn new(template: &World, leaky: bool) -> Self {
        template.clock.set(millis(0));
        let world = template.reopened(Folder::copy_of(template.folder.path()), 2);
        let mut cases = Vec::new();
        // Opened before anything else, so that they are assigned alike.
        for _ in 0..2 {
            cases.push(world.open("ada", &name(NOBODY), false).await.unwrap().request.id);
        }
        for case in &cases {
            let eve = world.who("eve").user;
            drop(world.app.assign(&world.call("mona"), *case, eve, "knows the matter").await);
        }
        Self { world, cases, asks: Vec::new(), calls: 0, got: String::new(), keyed: Vec::new(), leaky }
    }

    /// S gets an answer.
    fn gets(&mut self, what: impl Debug, answer: impl Debug) {
        self.got.push_str(&format!("{what:?} -> {answer:?}\n"));
    }

    fn keyed(&mut self, name: &str, endpoint: String) -> Call {
        self.calls += 1;
        let mut call = self.world.call(name);
        call.idempotency = Some(Answered {
            tenant: call.who.tenant,
            principal: call.who.user,
            endpoint,
            key: self.calls.to_string(),
            fingerprint: vec![7],
        });
        call
    }

    async fn input(&mut self, input: Input) {
        let app = self.world.app.clone();
        let case = |number: u8| self.cases[usize::from(number) % self.cases.len()];
        match input {
            Input::Ask { case: n, of, hours } => {
                let (case, mut ask) = (case(n), self.world.ask_for(of));
                ask.duration = Some(Duration::hours(hours));
                for engineer in ["eve", "ewan"] {
                    if let Ok(AccessView::Ask(ask)) =
                        app.ask(&self.world.call(engineer), case, ask.clone()).await
                    {
                        self.asks.push(ask.ask.id);
                    }
                }
            }
            Input::Cancel(n) => {
                if let Some(id) = latest(&self.asks, n) {
                    drop(app.cancel(&self.world.call("eve"), id).await);
                }
            }
            Input::Read { case: n, of } => {
                let mut query = self.world.query(case(n), of);
                query.wanted = Wanted::Page(ListOptions { top: 2, ..ListOptions::default() });
                drop(self.world.read("eve", &query).await);
            }
            Input::EngineerWrites(n) => {
                drop(app.post_message(&self.world.call("eve"), case(n), "Please tell the client id.").await);
            }
            Input::Assign { case: n, ewan } => {
                let to = self.world.who(if ewan { "ewan" } else { "eve" }).user;
                drop(app.assign(&self.world.call("mona"), case(n), to, "shift ends").await);
            }
            Input::Close { case: n, engineer: true } => {
                drop(app.close(&self.world.call("eve"), case(n), Resolution::Resolved).await);
            }
            Input::Reopen { case: n, engineer: true } => {
                drop(app.reopen(&self.world.call("eve"), case(n)).await);
            }
            Input::Sweep => drop(app.sweep().await.unwrap()),
            of_s => self.of_s(of_s).await,
        }
    }

    /// An act of S's people, with a key; what it is answered counts.
    async fn of_s(&mut self, input: Input) {
        let app = self.world.app.clone();
        let case = |number: u8| self.cases[usize::from(number) % self.cases.len()];
        let plain = self.world.call("ada");
        match input {
            Input::Approve { ask, .. } | Input::Reject(ask) | Input::Revoke(ask)
                if self.asks.len() > usize::from(ask) =>
            {
                let id = latest(&self.asks, ask).unwrap();
                let call = self.keyed(if lin_of(input) { "lin" } else { "ben" }, format!("{input:?}"));
                // The id of a request that went straight to R is R's, and may differ; what S is answered may not.
                let answer = self.decide(&call, input, id).await;
                self.gets(input, answer);
                self.keyed.push((call, input, Some(id)));
            }
            Input::Consent { case: n, yes } => {
                let change =
                    UpdateCommand { allow_advanced_diagnostics: Some(yes), ..UpdateCommand::default() };
                let answer = app.update_request(&plain, case(n), change).await;
                self.gets(input, answer);
            }
            Input::Name { case: n } => {
                let all = name(NOBODY).into_iter().map(|tenant| self.world.tenant(tenant)).collect();
                let change = UpdateCommand { resource_tenants: Some(all), ..UpdateCommand::default() };
                let answer = app.update_request(&plain, case(n), change).await;
                self.gets(input, answer);
            }
            Input::Severity(n) => {
                let severity = if n % 2 == 0 { Severity::Critical } else { Severity::Minimal };
                let change = UpdateCommand { severity: Some(severity), ..UpdateCommand::default() };
                let answer = app.update_request(&plain, case(n), change).await;
                self.gets(input, answer);
            }
            Input::Remove(n) => {
                let grants = app.grants(plain.who, &ListOptions::default()).await.unwrap().items;
                let ids: Vec<GrantId> = grants.iter().map(|view| view.grant.id).collect();
                if let Some(id) = latest(&ids, n) {
                    let answer = app.remove_grant(&plain, id, Some("done")).await;
                    self.gets(input, answer);
                }
            }
            Input::RemoveAll => {
                let answer = app.remove_all_grants(&plain, None, None).await;
                self.gets(input, answer);
            }
            Input::Close { case: n, .. } => {
                let answer = app.close(&plain, case(n), Resolution::Withdrawn).await;
                self.gets(input, answer);
            }
            Input::Reopen { case: n, .. } => {
                let answer = app.reopen(&plain, case(n)).await;
                self.gets(input, answer);
            }
            _ => {}
        }
    }

    async fn decide(&self, call: &Call, input: Input, id: AccessRequestId) -> String {
        let app = &self.world.app;
        match input {
            Input::Approve { hours, .. } => {
                let duration = hours.map(Duration::hours);
                let narrowing = Narrowing { duration, ..Narrowing::default() };
                format!(
                    "{:?}",
                    app.approve(call, id, VoteCommand { narrowing, ..VoteCommand::default() }).await
                )
            }
            Input::Reject(_) => format!("{:?}", app.reject(call, id, Some("not now")).await),
            _ => format!("{:?}", app.revoke(call, id, Some("enough")).await),
        }
    }

    /// An act of a resource tenant. Whatever it is answered, S must not learn of it.
    async fn of_r(&mut self, act: OfR) {
        let world = &self.world;
        let who = |number: u8| THEIRS[usize::from(number) % THEIRS.len()];
        let ask = |number: u8| latest(&self.asks, number);
        match act {
            OfR::Approve { who: n, ask: id } => {
                if let Some(id) = ask(id) {
                    drop(world.app.approve(&world.call(who(n)), id, VoteCommand::default()).await);
                }
            }
            OfR::Narrow { who: n, ask: id } => {
                if let Some(id) = ask(id) {
                    let narrowing =
                        Narrowing { duration: Some(Duration::minutes(20)), ..Narrowing::default() };
                    let vote = VoteCommand {
                        comment: Some("a little".to_owned()),
                        narrowing,
                        ..VoteCommand::default()
                    };
                    drop(world.app.approve(&world.call(who(n)), id, vote).await);
                }
            }
            OfR::Reject { who: n, ask: id } => {
                if let Some(id) = ask(id) {
                    drop(world.app.reject(&world.call(who(n)), id, Some("never")).await);
                }
            }
            OfR::Revoke { who: n, ask: id } => {
                if let Some(id) = ask(id) {
                    drop(world.app.revoke(&world.call(who(n)), id, None).await);
                }
            }
            OfR::RemoveAll(n) => drop(world.app.remove_all_grants(&world.call(who(n)), None, None).await),
            OfR::Policy { who: n, change } => drop(change_policy(world, who(n), change).await),
            OfR::Open(n) => drop(world.app.open_request(&world.call(who(n)), opening(world, who(n))).await),
            OfR::Consent(n) | OfR::Close(n) => {
                let mine = world.app.requests(world.who(who(n)), &ListOptions::default()).await;
                let Some(case) = mine.ok().and_then(|listed| listed.items.into_iter().next()) else { return };
                let (call, id) = (world.call(who(n)), case.request.id);
                if matches!(act, OfR::Close(_)) {
                    drop(world.app.close(&call, id, Resolution::Resolved).await);
                } else {
                    let change =
                        UpdateCommand { allow_advanced_diagnostics: Some(true), ..UpdateCommand::default() };
                    drop(world.app.update_request(&call, id, change).await);
                }
            }
            OfR::Import(n) => {
                let record =
                    format!(r#"{{"id":"{n}","createdDateTime":"2027-01-01T00:00:00Z","userId":null}}"#);
                drop(world.app.import(world.who(who(n)), Cursor::new(record.into_bytes())).await);
            }
            OfR::AddPerson(n) => drop(world.app.add_person(newcomer(world, who(n), self.calls)).await),
        }
    }

    /// Everything that S's people can look at.
    async fn look(&mut self) {
        if self.leaky {
            for id in self.asks.clone() {
                let told = self.world.app.access_request(self.world.who("mona"), id).await;
                let status = told.map(|view| match view {
                    AccessView::Ask(ask) => Some(ask.status),
                    AccessView::Side(_) => None,
                });
                self.gets("leak", status);
            }
        }
        for who in ["ada", "lin", "rex", "sam"] {
            let (app, me) = (self.world.app.clone(), self.world.who(who));
            let all = ListOptions { top: 1_000, count: true, ..ListOptions::default() };
            self.gets(who, app.requests(me, &all).await);
            self.gets(who, app.access_requests(me, &all).await);
            self.gets(who, app.audit_log(me, &all).await);
            self.gets(who, app.grants(me, &all).await);
            for id in self.cases.clone() {
                self.gets(who, app.request(me, id).await);
                self.gets(who, app.messages(me, id, &all).await);
            }
            for id in self.asks.clone() {
                self.gets(who, app.access_request(me, id).await);
                self.gets(who, app.reads_of_request(me, id, &all).await);
            }
            self.gets(who, app.policy(me).await);
            self.gets(who, app.me(me).await);
            self.gets(who, app.own_sign_ins(me, &all, None).await);
        }
    }

    /// What is looked at once, at the end: every filter, every page, every grant, and every call repeated.
    async fn look_closely(&mut self) {
        let (app, ada) = (self.world.app.clone(), self.world.who("ada"));
        for status in ROLES {
            let filter = Some(format!("status eq '{status}'"));
            let options = ListOptions { filter, count: true, top: 1, ..ListOptions::default() };
            self.gets(status, app.access_requests(ada, &options).await);
        }
        for activity in ["Request withdrawn", "Access approved", "Diagnostic data read denied"] {
            let filter = Some(format!("activityDisplayName eq '{activity}'"));
            let options = ListOptions { filter, count: true, top: 2, ..ListOptions::default() };
            self.gets(activity, app.audit_log(ada, &options).await);
        }
        let log = app.audit_log(ada, &ListOptions { top: 1_000, ..ListOptions::default() }).await.unwrap();
        for entry in log.items {
            for event in entry.entry["events"].as_array().unwrap() {
                if let Some(Ok(id)) = event["id"].as_str().map(str::parse::<GrantId>) {
                    self.gets("grant", app.grant(ada, id).await);
                    self.gets("reads", app.reads_of_grant(ada, id, &ListOptions::default()).await);
                }
            }
        }
        for (call, input, id) in std::mem::take(&mut self.keyed) {
            let answer = self.decide(&call, input, id.unwrap()).await;
            self.gets("again", answer);
        }
    }
}

fn lin_of(input: Input) -> bool {
    matches!(input, Input::Approve { lin: true, .. })
}

fn opening(world: &World, who: &str) -> vouchsafe_app::OpenCommand {
    let new = vouchsafe_core::support_request::command::NewRequest {
        title: format!("{who} asks"),
        description: String::new(),
        severity: Severity::Minimal,
        service: "identity".to_owned(),
        problem_type: "signIn/conditionalAccess".to_owned(),
        contact: None,
        resource_tenants: vec![world.tenant(S)],
    };
    vouchsafe_app::OpenCommand { new, allow_advanced_diagnostics: true }
}

fn newcomer(world: &World, who: &str, number: u32) -> NewPerson {
    NewPerson {
        tenant: world.who(who).tenant,
        display_name: "New".to_owned(),
        user_principal_name: format!("new{number}@{who}.example"),
        kind: PersonKind::User,
        roles: vec!["Helpdesk Administrator".to_owned()],
        employer: String::new(),
        location: String::new(),
        expertise: Vec::new(),
    }
}

async fn change_policy(world: &World, who: &str, change: u8) -> Result<(), vouchsafe_app::AppError> {
    let ewan = world.who("ewan").user;
    let call = world.call(who);
    let changed = world.app.change_policy(&call, |mut policy| {
        match change {
            0 => policy.pending_expiry = Duration::hours(1),
            1 => policy.max_duration = Duration::minutes(30),
            2 => policy.inherit_on_reassign = false,
            3 => policy.ticket_umbrella = false,
            4 => policy.engineer_rules.excluded_engineer_ids = vec![ewan],
            5 => policy.consent_offered = false,
            6 => policy.engineer_rules.regions = vec!["Nowhere".to_owned()],
            _ => policy = vouchsafe_core::tenant::SupportAccessPolicy::default(),
        }
        policy
    });
    changed.await.map(drop)
}

/// What S gets in one of the two histories.
async fn lived(template: &World, moments: &[Moment], second: bool, leaky: bool) -> String {
    let mut history = History::new(template, leaky).await;
    let mut now = 1_000i64;
    for (number, (minutes, input, one, other)) in moments.iter().enumerate() {
        now += i64::from(*minutes) * 60_000;
        history.world.clock.set(millis(now));
        history.input(*input).await;
        for act in if second { other } else { one } {
            history.of_r(*act).await;
        }
        if number % 6 == 5 {
            history.look().await;
        }
    }
    history.world.clock.set(millis(now + 60_000));
    history.look().await;
    history.look_closely().await;
    history.got
}

/// Compares pairs of histories; gives the first difference.
fn compared(leaky: bool) -> Result<(), TestError<Vec<Moment>>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let template = runtime.block_on(async {
        let world = World::build(Building { sign_ins: 3, ..Building::default() }).await;
        world.app.store().close().await;
        world
    });
    let config = Config {
        cases: if leaky {
            24
        } else {
            vouchsafe_testkit::rounds(if vouchsafe_testkit::long() { 256 } else { 24 })
        },
        failure_persistence: None,
        max_shrink_iters: if leaky { 0 } else { 300 },
        rng_seed: RngSeed::Fixed(7),
        ..Config::default()
    };
    TestRunner::new(config).run(&moments(), |moments| {
        let (one, other) = runtime.block_on(async {
            let one = lived(&template, &moments, false, leaky).await;
            (one, lived(&template, &moments, true, leaky).await)
        });
        let differs = one.lines().zip(other.lines()).find(|(one, other)| one != other);
        prop_assert!(one == other, "S can tell the two histories apart: {differs:#?}");
        Ok(())
    })
}

#[test]
fn whatever_resource_tenants_do_the_support_request_tenant_gets_the_same_bytes() {
    if let Err(error) = compared(false) {
        panic!("{error}");
    }
}

#[test]
fn a_leak_of_one_status_is_found_within_the_budget() {
    assert!(matches!(compared(true), Err(TestError::Fail(..))));
}

/// The log of `rita`'s tenant after one sweep, with or without a flood of the same in another tenant that the sweep
/// comes to first.
async fn after_a_flood(flood: u32) -> Vec<String> {
    let world = World::build(Building::default()).await;
    let mine = world.open("rita", &[], true).await.unwrap().request.id;
    let mut theirs = Vec::new();
    for _ in 0..flood.max(1) {
        theirs.push(world.open("ada", &[], flood > 0).await.unwrap().request.id);
    }
    world.advance(Duration::days(31));
    for minute in 0..flood {
        world.clock.set(millis(31 * 86_400_000 + i64::from(minute) * 60_000));
        for engineer in ["eve", "ewan"] {
            drop(world.read(engineer, &world.query(theirs[0], S)).await);
        }
    }
    world.clock.set(millis(33 * 86_400_000));
    for engineer in ["eve", "ewan"] {
        drop(world.read(engineer, &world.query(mine, R1)).await);
    }
    world.advance(Duration::minutes(2));
    world.app.sweep().await.unwrap();
    let mut reader = world.app.store().read().unwrap();
    let log = vouchsafe_testkit::state::log(&mut reader, world.tenant(R1)).await;
    let shown =
        log.iter().map(|entry| format!("{} {:?}", entry.sequence, entry.text("/activityDisplayName")));
    shown.collect()
}

#[tokio::test]
async fn a_flood_in_one_tenant_delays_no_record_of_another() {
    let quiet = after_a_flood(0).await;
    assert!(quiet.iter().any(|entry| entry.contains("Consent expired")), "{quiet:?}");
    assert!(quiet.iter().any(|entry| entry.contains("read denied")), "{quiet:?}");
    assert_eq!(after_a_flood(520).await, quiet);
}
