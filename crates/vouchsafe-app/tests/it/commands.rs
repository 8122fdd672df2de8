//! Random commands.

use proptest::prelude::*;
use vouchsafe_testkit::cast::{CAST, Tenant};
use vouchsafe_testkit::model::{Command, DAY, HOUR, Narrow, Pick, Policy, Scope};

fn picks() -> impl Strategy<Value = Pick> {
    prop_oneof![5 => (0u8..6).prop_map(Pick::Right), 1 => any::<u8>().prop_map(Pick::Anybody)]
}

/// Mostly the latest thing.
fn numbers() -> impl Strategy<Value = u8> {
    prop_oneof![4 => Just(0u8), 2 => Just(1), 1 => 2u8..6]
}

/// Mostly somebody of S with the right role.
fn people() -> impl Strategy<Value = usize> {
    prop_oneof![3 => 4..7usize, 2 => 0..CAST.len()]
}

fn tenants() -> impl Strategy<Value = Tenant> {
    prop_oneof![3 => Just(0), 3 => Just(1), 2 => Just(2), 1 => Just(4)]
}

fn scopes() -> impl Strategy<Value = Scope> {
    let categories = prop_oneof![3 => Just(0b0000_1000u8), 2 => Just(0b0001_1000), 1 => 1u8..=255];
    let minutes = prop_oneof![Just(15i64), Just(60), Just(2 * 24 * 60), Just(9 * 24 * 60)];
    let bound = || prop_oneof![3 => Just(None), 1 => (1i64..5).prop_map(|hours| Some(-hours * HOUR))];
    (categories, minutes, bound(), bound()).prop_map(|(categories, minutes, from, to)| {
        let to = to.filter(|to| from.is_none_or(|from| from < *to));
        Scope { categories, minutes, from, to }
    })
}

fn narrows() -> impl Strategy<Value = Narrow> {
    let categories =
        prop_oneof![4 => Just(None), 1 => Just(Some(0b0000_1000)), 1 => (0u8..=255).prop_map(Some)];
    let minutes =
        prop_oneof![4 => Just(None), 1 => Just(Some(30)), 1 => Just(Some(3 * 24 * 60)), 1 => Just(Some(5))];
    let from = prop_oneof![4 => Just(None), 1 => (1i64..5).prop_map(|hours| Some(-hours * HOUR))];
    (categories, minutes, from).prop_map(|(categories, minutes, from)| Narrow { categories, minutes, from })
}

fn policies() -> impl Strategy<Value = Policy> {
    prop_oneof![
        any::<bool>().prop_map(Policy::Consent),
        any::<bool>().prop_map(Policy::Inherit),
        any::<bool>().prop_map(Policy::Exclude),
        prop_oneof![Just(60i64), Just(30 * 24 * 60)].prop_map(Policy::Longest),
        prop_oneof![1 => Just(false), 6 => Just(true)].prop_map(Policy::Umbrella),
        prop_oneof![4 => Just(1usize), 1 => Just(2), 1 => Just(3), 1 => Just(6)].prop_map(Policy::Required),
    ]
}

/// What administrators and engineers do to a case.
fn about_cases() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => (people(), prop_oneof![3 => Just(0b0110u8), 1 => 0u8..16], any::<bool>())
            .prop_map(|(by, named, allow)| Command::Open { by, named, allow }),
        3 => (picks(), numbers(), any::<bool>()).prop_map(|(by, case, yes)| Command::Consent { by, case, yes }),
        1 => (picks(), numbers(), any::<bool>()).prop_map(|(by, case, yes)| Command::VoteConsent { by, case, yes }),
        2 => (picks(), numbers(), 0u8..16, prop::bool::weighted(0.8))
            .prop_map(|(by, case, tenants, keep)| Command::Name { by, case, tenants, keep }),
        3 => (picks(), numbers(), prop_oneof![4 => 0..2usize, 1 => 0..CAST.len()])
            .prop_map(|(by, case, to)| Command::Assign { by, case, to }),
        1 => (picks(), numbers()).prop_map(|(by, case)| Command::Close { by, case }),
        2 => (picks(), numbers()).prop_map(|(by, case)| Command::Reopen { by, case }),
        2 => (picks(), numbers()).prop_map(|(by, case)| Command::Post { by, case }),
    ]
}

/// What everybody does about access.
fn about_access() -> impl Strategy<Value = Command> {
    prop_oneof![
        6 => (picks(), numbers(), tenants(), scopes())
            .prop_map(|(by, case, resource, scope)| Command::Ask { by, case, resource, scope }),
        8 => (picks(), numbers(), any::<bool>(), narrows())
            .prop_map(|(by, ask, resource, narrow)| Command::Approve { by, ask, resource, narrow }),
        4 => (picks(), numbers(), any::<bool>()).prop_map(|(by, ask, resource)| Command::Reject { by, ask, resource }),
        2 => (picks(), numbers(), any::<bool>()).prop_map(|(by, ask, resource)| Command::Revoke { by, ask, resource }),
        2 => (picks(), numbers()).prop_map(|(by, ask)| Command::Cancel { by, ask }),
        2 => (picks(), numbers()).prop_map(|(by, grant)| Command::Remove { by, grant }),
        2 => (people(), prop::option::of(numbers())).prop_map(|(by, case)| Command::RemoveAll { by, case }),
        2 => (picks(), numbers()).prop_map(|(by, grant)| Command::Confirm { by, grant }),
        5 => (picks(), numbers(), tenants(), prop::option::weighted(0.4, numbers()))
            .prop_map(|(by, case, tenant, grant)| Command::Read { by, case, tenant, grant }),
    ]
}

fn about_time() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => any::<bool>().prop_map(|before| Command::AdvanceToEnd { before }),
        2 => (1i64..600).prop_map(Command::Advance),
        1 => prop_oneof![Just(4 * DAY), Just(7 * DAY), Just(14 * DAY), Just(15 * DAY)].prop_map(|time| Command::Advance(time / 60_000)),
        3 => Just(Command::Sweep),
    ]
}

/// Commands that follow from each other, so that deep states are reached: asking, approving on both sides, and what
/// comes after that.
fn scenes() -> impl Strategy<Value = Vec<Command>> {
    let right = Pick::Right;
    let ask = move |resource, minutes| {
        let scope = Scope { categories: 0b0001_1000, minutes, from: None, to: None };
        Command::Ask { by: right(0), case: 0, resource, scope }
    };
    let approve =
        move |by, ask, resource| Command::Approve { by: right(by), ask, resource, narrow: Narrow::default() };
    let to_r = (1usize..3, 0u8..3, 0u8..3, any::<bool>()).prop_map(move |(r, by, by_r, both)| {
        let mut scene = vec![ask(r, 2 * 24 * 60), approve(by, 0, false)];
        scene.extend(both.then(|| approve(by_r, 0, true)));
        scene
    });
    let straight = (1usize..3, 0u8..3, 0u8..3, any::<bool>()).prop_map(move |(r, by, by_r, both)| {
        let mut scene = vec![ask(r, 2 * 24 * 60), approve(by, 0, false), ask(r, 60)];
        scene.extend(both.then(|| approve(by_r, 0, true)));
        scene
    });
    let withdrawn = (1usize..3, 0u8..3, prop_oneof![Just(0u8), Just(1)]).prop_map(move |(r, by, which)| {
        let revoke = Command::Revoke { by: right(0), ask: which, resource: false };
        vec![ask(r, 2 * 24 * 60), approve(by, 0, false), ask(r, 60), approve(0, 0, true), revoke]
    });
    let own = (0u8..3).prop_map(move |by| vec![ask(0, 24 * 60), approve(by, 0, false)]);
    let rested = (0u8..3).prop_map(move |by| {
        let read = Command::Read { by: right(0), case: 0, tenant: 0, grant: Some(0) };
        let confirm = Command::Confirm { by: right(by), grant: 0 };
        let waits = [Command::Advance(8 * DAY / 60_000), read, confirm];
        [ask(0, 30 * 24 * 60), approve(by, 0, false)].into_iter().chain(waits).collect()
    });
    let nobody = (0u8..3).prop_map(move |by| vec![ask(4, 60), approve(by, 0, false), ask(4, 15)]);
    let assign = (0usize..2).prop_map(move |to| vec![Command::Assign { by: right(0), case: 0, to }]);
    let unpassed = (prop_oneof![Just(4usize), Just(10)], 0usize..2).prop_map(move |(admin, to)| {
        let policy = |passes| Command::Policy { by: admin, change: Policy::Inherit(passes) };
        vec![policy(false), Command::Assign { by: right(0), case: 0, to }, policy(true)]
    });
    let by_two = (prop_oneof![Just((4usize, 0usize, false)), Just((10, 1, true))], any::<bool>()).prop_map(
        move |((admin, of, resource), narrows)| {
            let required = |people| Command::Policy { by: admin, change: Policy::Required(people) };
            let vote = |by, minutes| {
                let narrow = Narrow { minutes, ..Narrow::default() };
                Command::Approve { by: right(by), ask: 0, resource, narrow }
            };
            let mut scene = vec![required(2), ask(of, 24 * 60)];
            scene.extend(resource.then(|| approve(0, 0, false)));
            scene.extend([
                vote(0, None),
                vote(1, narrows.then_some(30)),
                vote(2, None),
                vote(0, None),
                required(1),
            ]);
            scene
        },
    );
    let reopened = (0usize..3, 0u8..3, prop::bool::weighted(0.3)).prop_map(move |(of, by, late)| {
        let mut scene = vec![ask(of, 60), Command::Close { by: right(by), case: 0 }];
        scene.extend(late.then_some(Command::Advance(15 * DAY / 60_000)));
        scene.push(Command::Reopen { by: right(1), case: 0 });
        scene
    });
    let all_removed = (0u8..3, 10usize..13).prop_map(move |(by, of_r)| {
        let all = Command::RemoveAll { by: of_r, case: None };
        vec![ask(1, 2 * 24 * 60), approve(by, 0, false), approve(0, 0, true), approve(1, 0, true), all]
    });
    let not_offered = (0u8..3).prop_map(move |by| {
        let offered = |offered| Command::Policy { by: 4, change: Policy::Consent(offered) };
        let yes = Command::Consent { by: right(by), case: 0, yes: true };
        vec![offered(false), yes, offered(true)]
    });
    prop_oneof![4 => to_r.boxed(), 2 => straight.boxed(), 1 => withdrawn.boxed(), 2 => own, 1 => rested.boxed(), 1 => nobody, 1 => assign, 2 => unpassed, 2 => by_two.boxed(), 1 => reopened, 1 => all_removed.boxed(), 1 => not_offered]
}

/// Histories that begin with an open case that names other tenants.
pub(crate) fn histories() -> impl Strategy<Value = Vec<Command>> {
    let first = (4..7usize, 0u8..16, any::<bool>()).prop_map(|(by, named, allow)| Command::Open {
        by,
        named: named | 0b0110,
        allow,
    });
    // Boxed: a test's stack is small, and a strategy is as large as all that it chooses from.
    let single = prop_oneof![
        4 => about_cases().boxed(),
        12 => about_access().boxed(),
        3 => about_time().boxed(),
        2 => (prop::sample::select(vec![4usize, 10, 14, 3, 5]), policies())
            .prop_map(|(by, change)| Command::Policy { by, change }),
    ];
    let some = prop_oneof![3 => single.prop_map(|command| vec![command]).boxed(), 1 => scenes().boxed()];
    (first, prop::collection::vec(some, 24..36)).prop_map(|(first, scenes)| {
        let mut history = vec![first];
        history.extend(scenes.into_iter().flatten());
        history
    })
}
