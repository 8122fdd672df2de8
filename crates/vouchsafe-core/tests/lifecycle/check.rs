//! What must hold after every decision.

use std::collections::{BTreeMap, BTreeSet};

use vouchsafe_core::access_request::{AccessSide, Side, SideState};
use vouchsafe_core::audit::{Activity, Event};
use vouchsafe_core::consent::Consent;
use vouchsafe_core::decided::Write;
use vouchsafe_core::grant::{Grant, GrantSource, GrantState};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::scope::{DataCategory, Scope};
use vouchsafe_core::support_request::{SupportRequest, SupportRequestEvent};

use crate::steps::Step;
use crate::world::{Done, World, support};

pub(crate) fn decision(before: &World, after: &World, done: &Done, step: &Step) {
    folding_gives_the_rows(after);
    what_ended_never_changes(before, after);
    nothing_lives_after_closure(after);
    every_grant_has_its_approval_or_consent(after);
    scopes_only_shrink(after);
    enough_people_agree(after);
    consent_and_its_grant_agree(after);
    access_to_a_resource_tenant_rests_on_a_standing_approval(after);
    every_write_has_an_entry(done);
    entries_do_something_and_are_not_of_the_future(after, done);
    resource_tenants_leave_no_trace_in_another_tenant(done);
    if matches!(step, Step::RecordExpiry { .. } | Step::RecordIdle { .. }) {
        recording_an_expiry_changes_no_status(before, after);
    }
}

fn folding_gives_the_rows(world: &World) {
    fn without<K: Clone + Ord, R: Clone>(
        rows: &BTreeMap<K, R>,
        version: impl Fn(&mut R) -> &mut u64,
    ) -> BTreeMap<K, R> {
        let mut rows = rows.clone();
        rows.values_mut().for_each(|row| *version(row) = 0);
        rows
    }
    assert_eq!(without(&world.cases, |row: &mut SupportRequest| &mut row.version), world.folded_cases);
    assert_eq!(without(&world.sides, |row: &mut AccessSide| &mut row.version), world.folded_sides);
    assert_eq!(without(&world.grants, |row: &mut Grant| &mut row.version), world.folded_grants);
}

fn what_ended_never_changes(before: &World, after: &World) {
    for (key, side) in before.sides.iter().filter(|(_, side)| !side.is_open_on_record()) {
        assert_eq!(&after.sides[key], side);
    }
    for (key, grant) in before.grants.iter().filter(|(_, grant)| !grant.is_open_on_record()) {
        assert_eq!(&after.grants[key], grant);
    }
    // What time has ended may be recorded as that, and as nothing else.
    for (key, side) in &before.sides {
        if side.status(after.now) != after.sides[key].status(after.now) {
            assert!(side.is_open_on_record(), "{side:?}");
            assert_ne!(format!("{:?}", side.status(after.now)), "Expired", "{:?}", after.sides[key]);
        }
    }
    for (key, grant) in before.grants.iter().filter(|(_, grant)| after.now >= grant.expires) {
        let (was, is) = (grant.state, after.grants[key].state);
        let recorded = matches!(is, GrantState::Ended { at, .. } if at == grant.expires);
        assert!(was == is || recorded, "{was:?} became {is:?}");
    }
}

fn nothing_lives_after_closure(world: &World) {
    for request in world.cases.values().filter(|request| !request.is_open()) {
        assert_eq!(request.consent, Consent::None);
        for side in world.sides.values().filter(|side| side.support_request == request.id) {
            assert!(!side.is_open_on_record(), "{side:?}");
        }
        for grant in world.grants.values().filter(|grant| grant.support_request == request.id) {
            assert!(!grant.is_open_on_record(), "{grant:?}");
        }
    }
}

fn every_grant_has_its_approval_or_consent(world: &World) {
    for grant in world.grants.values() {
        match grant.source {
            GrantSource::AccessRequest => {
                let side = &world.sides[&(grant.tenant, grant.access_request.unwrap())];
                let approval = side.approval().unwrap();
                assert_eq!(approval.grant, Some(grant.id));
                assert_eq!(approval.expires, Some(grant.expires));
                assert_eq!(grant.expires, approval.at + approval.scope.duration);
                assert_eq!(grant.data_categories, approval.scope.data_categories);
                assert_eq!(grant.filter, approval.scope.filter);
                let named = grant.filter.as_ref().is_some_and(|filter| filter.users.is_some());
                assert!(!named || grant.reach().people.is_some(), "{grant:?}");
                assert_ne!(side.side, Side::SupportRequestTenant);
                let stands = matches!(side.state, SideState::Approved { .. });
                assert_eq!(stands, grant.is_open_on_record(), "{side:?} {grant:?}");
            }
            GrantSource::Consent => {
                assert_eq!((grant.tenant, grant.access_request), (support(), None));
                let gives = |event: &Event| {
                    matches!(event, Event::SupportRequest { id, event: SupportRequestEvent::ConsentGiven { grant: g, .. } }
                        if *g == grant.id && *id == grant.support_request)
                };
                assert!(
                    world
                        .log
                        .iter()
                        .any(|entry| entry.tenant == grant.tenant && entry.events.iter().any(gives))
                );
                assert!(grant.data_categories.iter().all(|category| category.is_advanced()));
            }
            GrantSource::Collection => panic!("no step submits a collection"),
        }
    }
}

/// No approval stands on fewer people than its tenant asks for, and each of them is another one.
fn enough_people_agree(world: &World) {
    for side in world.sides.values() {
        let required = usize::try_from(world.tenants[&side.tenant].policy.approvals.required).unwrap();
        if let Some(approval) = side.approval() {
            let votes: BTreeSet<_> = approval.votes().iter().map(|vote| vote.by).collect();
            assert_eq!((votes.len(), votes.len() >= required), (approval.votes().len(), true), "{side:?}");
        }
        if let Some(ballot) = &side.ballot {
            assert!(side.state == SideState::Pending && ballot.votes.len() < required, "{side:?}");
            assert!(ballot.scope.is_within(&side.requested), "{side:?}");
        }
    }
    let required = usize::try_from(world.tenants[&support()].policy.approvals.required).unwrap();
    for request in world.cases.values() {
        let votes = request.consent.votes();
        let people: BTreeSet<_> = votes.iter().map(|vote| vote.by).collect();
        assert_eq!(people.len(), votes.len());
        match request.consent {
            Consent::Given { .. } => assert!(votes.len() >= required, "{request:?}"),
            Consent::AwaitingApproval { .. } => assert!(votes.len() < required.max(1), "{request:?}"),
            Consent::None | Consent::Expired { .. } => {}
        }
    }
}

fn scopes_only_shrink(world: &World) {
    for side in world.sides.values() {
        let ask = world.asks.iter().find(|ask| ask.id == side.id).unwrap();
        assert!(side.requested.is_within(&ask.requested));
        if let Some(approval) = side.approval() {
            assert!(approval.scope.is_within(&side.requested));
            assert!(!approval.scope.data_categories.is_empty());
            if side.side != Side::SupportRequestTenant {
                assert!(approval.scope.duration <= world.tenants[&side.tenant].policy.max_duration);
            }
        }
    }
}

fn consent_and_its_grant_agree(world: &World) {
    for request in world.cases.values() {
        let open: Vec<&Grant> = world
            .grants
            .values()
            .filter(|grant| grant.support_request == request.id && grant.source == GrantSource::Consent)
            .filter(|grant| grant.is_open_on_record())
            .collect();
        match &request.consent {
            Consent::Given { grant, expires, .. } => {
                assert_eq!(open.len(), 1, "{open:?}");
                assert_eq!((open[0].id, open[0].expires), (*grant, *expires));
            }
            Consent::None | Consent::AwaitingApproval { .. } | Consent::Expired { .. } => {
                assert_eq!(open, Vec::<&Grant>::new());
            }
        }
    }
}

fn access_to_a_resource_tenant_rests_on_a_standing_approval(world: &World) {
    for side in
        world.sides.values().filter(|side| side.side == Side::ResourceTenant && side.is_open_on_record())
    {
        let backing = world.backing(side).unwrap();
        assert_eq!(backing.resource_tenant, side.tenant);
        let given: &Scope = &backing.approval().unwrap().scope;
        assert!(side.requested.is_within(given));
        let none = |category: &&DataCategory| !given.data_categories.contains(category);
        assert_eq!(side.requested.data_categories.iter().find(none), None);
    }
}

fn every_write_has_an_entry(done: &Done) {
    for write in &done.writes {
        let owner = match write {
            Write::SupportRequest(row) => row.tenant,
            Write::AccessSide(row) => row.tenant,
            Write::Grant(row) => row.tenant,
            Write::Message(row) => row.tenant,
            Write::EngineerRequest(_) => continue,
            other => panic!("no step writes {other:?}"),
        };
        assert!(done.entries.iter().any(|entry| entry.tenant == owner), "{write:?}");
    }
}

fn entries_do_something_and_are_not_of_the_future(world: &World, done: &Done) {
    for entry in &done.entries {
        assert!(entry.at <= world.now);
        let written = |tenant: TenantId| {
            done.writes.iter().any(|write| match write {
                Write::SupportRequest(row) => row.tenant == tenant,
                Write::AccessSide(row) => row.tenant == tenant,
                Write::Grant(row) => row.tenant == tenant,
                _ => false,
            })
        };
        let changes_nothing = matches!(entry.activity, Activity::AccessInherited | Activity::PreviewShown);
        assert!(changes_nothing || written(entry.tenant), "{entry:?}");
    }
}

/// Promise 7: an act of R touches R's rows and log, and tells nobody but R and the provider.
fn resource_tenants_leave_no_trace_in_another_tenant(done: &Done) {
    let (r, others) = (done.actor, |tenant: TenantId| tenant != done.actor);
    let is_resource_tenant = [crate::world::tenant_id(1), crate::world::tenant_id(2)].contains(&r);
    if !is_resource_tenant {
        return;
    }
    assert!(!done.entries.iter().any(|entry| others(entry.tenant)), "{:?}", done.entries);
    for write in &done.writes {
        match write {
            Write::AccessSide(row) => assert_eq!(row.tenant, r),
            Write::Grant(row) => assert_eq!(row.tenant, r),
            other => panic!("an act of a resource tenant wrote {other:?}"),
        }
    }
    assert!(!done.notices.iter().any(|notice| notice.tenant == support()), "{:?}", done.notices);
}

/// Expiry is computed; the record of it follows and says the same.
fn recording_an_expiry_changes_no_status(before: &World, after: &World) {
    let now = after.now;
    for (key, side) in &before.sides {
        assert_eq!(side.status(now), after.sides[key].status(now));
    }
    for (key, grant) in &before.grants {
        assert_eq!(grant.status(now), after.grants[key].status(now));
    }
    for (key, request) in &before.cases {
        for offered in [true, false] {
            let next = &after.cases[key].consent;
            assert_eq!(request.consent.status(now, offered), next.status(now, offered), "offered: {offered}");
        }
    }
}
