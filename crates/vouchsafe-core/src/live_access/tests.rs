use proptest::prelude::*;

use super::*;
use crate::effective::basis;
use crate::effective::tests::{at, grant, id, request};
use crate::grant::{GrantEnd, GrantState};
use crate::pace::{PauseReason, Usage};
use crate::personal::Personal;
use crate::support_request::{Assignment, RequestState, Resolution};

const HOUR: i64 = 3_600_000_000;

fn tenant(n: u8) -> TenantId {
    id(n)
}

fn moment(micros: u64) -> Elapsed {
    Elapsed::from_micros(micros)
}

fn epoch(tenant: TenantId, size: u64) -> Epoch {
    Epoch { tenant, size, now: at(HOUR) }
}

const WORKS: EngineerFacts = EngineerFacts { works: true, until: None };

/// Sign-ins of tenant 1 for case 1, asked about engineer 9 of provider 8.
fn question() -> AccessQuestion {
    AccessQuestion { engineer: id(9), tenant: tenant(1), category: DataCategory::SignInLogs, case: id(1) }
}

fn facts(until: i64) -> CaseFacts {
    let mut case = request();
    case.assignment = Some(assigned());
    let mut one = grant(1);
    (one.expires, one.usage) = (at(until), Usage::begun(at(until)));
    CaseFacts::of(&case, tenant(1), &[one], at(HOUR))
}

fn assigned() -> Assignment {
    let (display_name, reason) = (Personal::new(id(9), "Ines"), Personal::new(id(9), ""));
    Assignment { engineer: id(9), display_name, since: at(0), reason, grounds: Vec::new() }
}

/// A memory that permits the question by facts of size 5 and 7, asked for at 1,000 µs.
fn permitting() -> (LiveAccess, Asking) {
    let memory = LiveAccess::alone(tenant(8));
    let asking = memory.asking(moment(1_000)).unwrap();
    memory.learn_engineer(asking, epoch(tenant(8), 7), id(9), WORKS);
    memory.learn_case(asking, epoch(tenant(1), 5), id(1), facts(9 * HOUR));
    assert_eq!(memory.answer(&question(), moment(1_000), None), Ok(true));
    (memory, asking)
}

const CASE: fn() -> Missing = || Missing::Case(tenant(1), id(1));

#[test]
fn what_was_learnt_is_good_for_two_seconds_from_before_the_database_was_asked() {
    let (memory, _) = permitting();
    assert_eq!(memory.answer(&question(), moment(2_000_999), None), Ok(true));
    assert_eq!(memory.answer(&question(), moment(2_001_000), None), Err(Missing::Engineer(id(9))));
    let asking = memory.asking(moment(1_500_000)).unwrap();
    memory.confirm(asking, &[(tenant(1), 5), (tenant(8), 7)]);
    assert_eq!(memory.answer(&question(), moment(3_499_999), None), Ok(true), "confirmed");
    memory.confirm(memory.asking(moment(2_000_000)).unwrap(), &[(tenant(1), 6), (tenant(8), 7)]);
    assert_eq!(memory.answer(&question(), moment(3_499_999), None), Err(CASE()), "another epoch");
}

#[test]
fn a_change_is_forgotten_at_once_and_what_was_asked_before_it_is_not_taken_after_it() {
    let (memory, asking) = permitting();
    memory.changed(tenant(1), 6, moment(2_000));
    assert_eq!(memory.answer(&question(), moment(2_000), None), Err(CASE()));
    memory.learn_case(asking, epoch(tenant(1), 5), id(1), facts(9 * HOUR));
    memory.confirm(asking, &[(tenant(1), 5)]);
    assert_eq!(memory.answer(&question(), moment(2_000), None), Err(CASE()), "it was on its way");
    memory.tidy(moment(1_900_000));
    memory.learn_case(asking, epoch(tenant(1), 5), id(1), facts(9 * HOUR));
    assert_eq!(memory.answer(&question(), moment(1_900_000), None), Err(CASE()), "still");
    memory.learn_case(asking, epoch(tenant(1), 6), id(1), CaseFacts::NOTHING);
    assert_eq!(memory.answer(&question(), moment(1_900_000), None), Ok(false));
    memory.changed(tenant(8), 8, moment(1_900_000));
    assert_eq!(memory.answer(&question(), moment(1_900_000), None), Err(Missing::Engineer(id(9))));
}

#[test]
fn a_node_that_is_not_counted_remembers_nothing() {
    let memory = LiveAccess::among_nodes(tenant(8));
    assert!(memory.asking(moment(0)).is_none());
    memory.count_from(moment(0));
    let asking = memory.asking(moment(1)).unwrap();
    memory.learn_engineer(asking, epoch(tenant(8), 7), id(9), WORKS);
    memory.learn_case(asking, epoch(tenant(1), 5), id(1), facts(9 * HOUR));
    assert_eq!(memory.answer(&question(), moment(2), None), Ok(true));
    memory.confirm(memory.asking(moment(1_900_000)).unwrap(), &[(tenant(1), 5), (tenant(8), 7)]);
    assert!(memory.answer(&question(), moment(2_000_000), None).is_err(), "no beat since");
    memory.count_from(moment(1_950_000));
    assert_eq!(memory.answer(&question(), moment(2_000_000), None), Ok(true));
    memory.forget();
    assert!(memory.answer(&question(), moment(2_000_000), None).is_err());
    memory.count_from(moment(2_000_000));
    memory.learn_engineer(asking, epoch(tenant(8), 7), id(9), WORKS);
    assert_eq!(
        memory.answer(&question(), moment(2_000_000), None),
        Err(Missing::Engineer(id(9))),
        "of before"
    );
}

#[test]
fn time_that_ends_access_is_that_of_the_database() {
    let memory = LiveAccess::alone(tenant(8));
    let asking = memory.asking(moment(1_000)).unwrap();
    memory.learn_engineer(asking, epoch(tenant(8), 7), id(9), WORKS);
    memory.learn_case(asking, epoch(tenant(1), 5), id(1), facts(HOUR + 500_000));
    assert_eq!(memory.answer(&question(), moment(500_999), None), Ok(true));
    assert_eq!(
        memory.answer(&question(), moment(501_000), None),
        Err(CASE()),
        "ended, or a read moved its pause on"
    );
    assert_eq!(
        memory.answer(&question(), moment(501_000), Some(at(HOUR))),
        Ok(true),
        "a clock that is known better"
    );
    let ends = EngineerFacts { works: true, until: Some(at(HOUR + 100_000)) };
    memory.learn_engineer(asking, epoch(tenant(8), 7), id(9), ends);
    assert_eq!(memory.answer(&question(), moment(101_000), None), Err(Missing::Engineer(id(9))));
}

#[test]
fn an_asker_is_known_until_the_token_ends_or_its_tenant_changes() {
    let memory = LiveAccess::alone(tenant(8));
    let asking = memory.asking(moment(0)).unwrap();
    let asker = Asker { tenant: tenant(1), user: id(3), about: AskedAbout::OwnTenant, until: at(HOUR + 50) };
    memory.learn_asker(asking, epoch(tenant(1), 5), [7; 32], asker);
    assert_eq!(memory.asker(&[7; 32], moment(49), None), Some(asker));
    assert_eq!(memory.asker(&[7; 32], moment(50), None), None);
    assert_eq!(memory.asker(&[8; 32], moment(0), None), None);
    memory.changed(tenant(1), 6, moment(1));
    assert_eq!(memory.asker(&[7; 32], moment(1), None), None);
    let mut asked = question();
    assert!(asker.may_ask(&asked));
    asked.tenant = tenant(2);
    assert!(!asker.may_ask(&asked));
}

#[test]
fn only_tenants_that_were_asked_about_are_in_use() {
    let (memory, _) = permitting();
    assert_eq!(memory.in_use().len(), 2);
    assert!(memory.in_use().is_empty());
    assert_eq!(memory.answer(&question(), moment(1_000), None), Ok(true));
    assert_eq!(memory.in_use().len(), 2);
    memory.tidy(moment(60_000_000));
    assert!(memory.in_use().is_empty());
    assert_eq!(memory.answer(&question(), moment(1_000), None), Err(Missing::Engineer(id(9))), "dropped");
}

#[test]
fn an_announcement_holds_once_all_have_said_so_or_nobody_can_rest_on_what_was() {
    let (one, two) = (NodeId(1), NodeId(2));
    let mut announcements = Announcements::default();
    let first = announcements.begin(moment(0));
    assert_eq!(announcements.holds_from(first, moment(1)), Some(moment(2_000_000)), "told to nobody yet");
    announcements.told(first, &[one, two].into());
    announcements.acknowledged(first, one);
    assert!(announcements.holds_from(first, moment(1)).is_some());
    let second = announcements.begin(moment(5));
    announcements.acknowledged(second, two);
    assert_eq!(announcements.holds_from(first, moment(6)), None);
    assert_eq!(
        announcements.holds_from(second, moment(6)),
        Some(moment(2_000_005)),
        "nobody was asked about it"
    );
    assert_eq!(announcements.holds_from(second, moment(2_000_005)), None);
    announcements.told(second, &[].into());
    assert_eq!(announcements.holds_from(second, moment(6)), None, "there is no other node");
}

#[test]
fn a_node_is_gone_when_its_beat_was_the_same_for_ten_seconds() {
    let (one, two) = (NodeId(1), NodeId(2));
    let mut peers = Peers::default();
    assert!(peers.observe(&[(one, 4), (two, 9)], moment(0)).is_empty());
    assert!(peers.observe(&[(one, 5), (two, 9)], moment(9_999_999)).is_empty());
    assert_eq!(peers.observe(&[(one, 5), (two, 9)], moment(10_000_000)), [(two, 9)]);
    assert!(peers.observe(&[(one, 5)], moment(10_000_001)).is_empty());
    assert!(peers.observe(&[(one, 5), (two, 9)], moment(11_000_000)).is_empty(), "seen anew");
}

fn some_grant() -> impl Strategy<Value = Grant> {
    let state = prop_oneof![
        4 => Just(GrantState::Live),
        1 => Just(GrantState::Paused { since: at(0), why: PauseReason::TooMuchRead }),
        1 => Just(GrantState::Ended { at: at(1), how: GrantEnd::Removed }),
    ];
    let source = prop_oneof![
        Just(GrantSource::Consent),
        Just(GrantSource::AccessRequest),
        Just(GrantSource::Collection)
    ];
    let categories = proptest::sample::subsequence(DataCategory::ALL.to_vec(), 1..4);
    (state, source, categories, 0..10i64, 0..10i64, 1..3u8, 1..3u8).prop_map(
        |(state, source, data_categories, expires, idle, of, case)| Grant {
            tenant: id(of),
            support_request: id(case),
            collection: (source == GrantSource::Collection).then(|| id(1)),
            usage: Usage::begun(at(idle)),
            expires: at(expires),
            state,
            source,
            data_categories,
            ..grant(1)
        },
    )
}

proptest! {
    #[test]
    fn what_is_remembered_of_a_case_answers_as_the_rows_do(
        grants in proptest::collection::vec(some_grant(), 0..6),
        closed in proptest::bool::weighted(0.2),
        assigned_to in proptest::bool::weighted(0.8),
        learnt in 0..10i64,
        later in 0..6i64,
        of in 1..3u8,
    ) {
        let mut case = request();
        case.assignment = assigned_to.then(assigned);
        if closed {
            case.state = RequestState::Closed { at: at(0), resolution: Resolution::Resolved, reopen_proposed: false };
        }
        let facts = CaseFacts::of(&case, tenant(of), &grants, at(learnt));
        for category in DataCategory::ALL {
            let now = at(learnt + later);
            let ruled = case.engineer() == Some(id(9))
                && basis(&case, tenant(of), None, &[category], &grants, None, now).is_ok();
            // Where time has passed over what was remembered, the rows are asked again, and then there is an answer.
            let remembered = facts.allow(id(9), category, now);
            let again = || CaseFacts::of(&case, tenant(of), &grants, now).allow(id(9), category, now).unwrap();
            let remembered = remembered.unwrap_or_else(|Over| again());
            prop_assert_eq!(remembered, ruled, "{}", category);
        }
    }
}
