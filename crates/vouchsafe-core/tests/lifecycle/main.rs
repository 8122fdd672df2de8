//! Random lives of a small world: one support request tenant, two resource tenants, one provider with two
//! engineers, a moving clock. After every decision the rows are what folding the recorded events gives, and what
//! `product.md` promises holds.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop at the first surprise"
)]

mod check;
mod steps;
mod world;

use proptest::prelude::*;
use steps::{Step, life};
use vouchsafe_core::audit::EntryDraft;
use world::{Memory, World};

/// Random lives per run; bounded, so that the test takes seconds.
const LIVES: u32 = 300;

fn live(setup: u16, steps: &[Step], mute: bool) -> World {
    let mut world = World::new(setup, Memory);
    for step in steps {
        let before = world.clone();
        let Some(done) = world.act(step, mute) else { continue };
        check::decision(&before, &world, &done, step);
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: LIVES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folding_the_recorded_events_gives_the_row(setup: u16, steps in life()) {
        live(setup, &steps, false);
    }

    /// Promise 7, at the level of rules: with everybody else's inputs fixed, a resource tenant that acts and one
    /// that stays silent leave the support request tenant with the same rows, entries and notices.
    #[test]
    fn what_resource_tenants_do_never_shows_in_the_support_request_tenant(
        setup: u16,
        steps in life(),
    ) {
        let (acting, silent) = (live(setup, &steps, false), live(setup, &steps, true));
        prop_assert_eq!(acting.seen_by_support_tenant(), silent.seen_by_support_tenant());
    }
}

/// The first lives that random search would take long to find again.
#[test]
fn consents_of_two_cases_that_expire_together_are_recorded_each_in_its_own_row() {
    let open = Step::Open { named: 0, consent: 1, engineer: true };
    let steps =
        [open.clone(), open, Step::Advance { minutes: 60 * 24 * 31 }, Step::RecordExpiry { tenant: 0 }];
    let world = live(0, &steps, false);
    let expired = |entry: &&EntryDraft| entry.activity == vouchsafe_core::audit::Activity::ConsentExpired;
    assert_eq!(world.log.iter().filter(expired).count(), 2);
    assert!(world.grants.values().all(|grant| !grant.is_open_on_record()));
}

#[test]
fn consent_given_again_after_its_time_leaves_no_open_record_of_the_old_grant() {
    let steps = [
        Step::Open { named: 0, consent: 1, engineer: true },
        Step::Advance { minutes: 60 * 24 * 31 },
        Step::Update { case: 0, named: 0, consent: 1, severe: false },
    ];
    let world = live(0, &steps, false);
    assert_eq!(world.grants.len(), 2);
    assert_eq!(world.grants.values().filter(|grant| grant.is_open_on_record()).count(), 1);
}
