//! Effective access as a table: what there is, what is asked, what comes of it.

use super::*;
use crate::consent::Consent;
use crate::grant::GrantSource;
use crate::grant::{GrantEnd, GrantState};
use crate::id::{Id, SupportRequestId, uuid_v7};
use crate::pace::{Extent, PauseReason, Usage};
use crate::personal::Personal;
use crate::scope::DataCategory::{DirectoryObjects, SignInLogs, TenantProfile};
use crate::support_request::{RequestState, Resolution, Severity, Stage};
use crate::time::Duration;

const NOW: i64 = 1_000_000;

pub(crate) fn id<I: Id>(n: u8) -> I {
    I::from_uuid(uuid_v7(Timestamp::from_millis(1), [n; 10]))
}

pub(crate) fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

/// An open case of tenant 1.
pub(crate) fn request() -> SupportRequest {
    let opener = id(1);
    SupportRequest {
        id: id(1),
        tenant: id(1),
        number: "1000000000000000".to_owned(),
        title: Personal::new(opener, "t"),
        description: Personal::new(opener, ""),
        severity: Severity::Moderate,
        service: "identity".to_owned(),
        problem_type: "signIn".to_owned(),
        contact: None,
        opened_by: opener,
        origin: None,
        created: at(0),
        resource_tenants: vec![id(2)],
        assignment: None,
        stage: Stage::InProgress,
        state: RequestState::Open,
        consent: Consent::None,
        version: 1,
    }
}

/// A live grant of tenant 1 over sign-ins for the case.
pub(crate) fn grant(n: u8) -> Grant {
    Grant {
        id: id(n),
        tenant: id(1),
        support_request: id(1),
        access_request: None,
        collection: None,
        source: GrantSource::AccessRequest,
        data_categories: vec![SignInLogs],
        filter: None,
        people: None,
        extent: Extent { records: 1, people: Some(1) },
        records_max: 1_000,
        idle_pause: Duration::days(7),
        created: at(i64::from(n)),
        expires: at(NOW + 1),
        state: GrantState::Live,
        usage: Usage::begun(at(NOW + 1)),
        version: 1,
    }
}

#[derive(Debug, PartialEq)]
enum Answer {
    Under(u8),
    Basic,
    NoLiveGrant,
    Ended,
    Paused,
}

struct Row {
    rule: &'static str,
    grants: Vec<Grant>,
    closed: bool,
    tenant: u8,
    category: DataCategory,
    named: Option<u8>,
    answer: Answer,
}

impl Row {
    fn new(rule: &'static str, grants: impl Into<Vec<Grant>>, answer: Answer) -> Self {
        let grants = grants.into();
        Self { rule, grants, closed: false, tenant: 1, category: SignInLogs, named: None, answer }
    }

    fn naming(self, n: u8) -> Self {
        Self { named: Some(n), ..self }
    }

    fn of(self, category: DataCategory) -> Self {
        Self { category, ..self }
    }

    fn in_tenant(self, tenant: u8) -> Self {
        Self { tenant, ..self }
    }

    fn closed(self) -> Self {
        Self { closed: true, ..self }
    }

    fn check(&self) {
        let mut request = request();
        if self.closed {
            let (at, resolution) = (at(NOW), Resolution::Resolved);
            request.state = RequestState::Closed { at, resolution, reopen_proposed: false };
        }
        let named = self.named.map(id);
        let found = basis(&request, id(self.tenant), None, &[self.category], &self.grants, named, at(NOW));
        let answer = match found {
            Ok(Basis::Grant(grant)) => {
                Answer::Under((1..=9).find(|n| id::<GrantId>(*n) == grant.id).unwrap())
            }
            Ok(Basis::Basic) => Answer::Basic,
            Err(ReadRefusal::NoLiveGrant) => Answer::NoLiveGrant,
            Err(ReadRefusal::GrantEnded) => Answer::Ended,
            Err(ReadRefusal::GrantPaused) => Answer::Paused,
        };
        assert_eq!(answer, self.answer, "{}", self.rule);
    }
}

fn ended(n: u8) -> Grant {
    Grant { state: GrantState::Ended { at: at(NOW - 1), how: GrantEnd::Removed }, ..grant(n) }
}

fn paused(n: u8) -> Grant {
    let why = PauseReason::TooMuchRead;
    Grant { state: GrantState::Paused { since: at(0), why }, ..grant(n) }
}

/// Live on record, but unused until `idle_at`.
fn unused(n: u8, idle_at: i64) -> Grant {
    Grant { usage: Usage::begun(at(idle_at)), ..grant(n) }
}

fn expiring(n: u8, expires: i64) -> Grant {
    Grant { expires: at(expires), ..grant(n) }
}

fn of_tenant(n: u8, tenant: u8) -> Grant {
    Grant { tenant: id(tenant), ..grant(n) }
}

fn of_case(n: u8, case: u8) -> Grant {
    Grant { support_request: id::<SupportRequestId>(case), ..grant(n) }
}

fn collection(n: u8) -> Grant {
    Grant { source: GrantSource::Collection, ..grant(n) }
}

fn covering(n: u8, categories: &[DataCategory]) -> Grant {
    Grant { data_categories: categories.to_vec(), ..grant(n) }
}

#[test]
fn a_read_rests_on_one_live_grant_of_the_same_case_and_tenant_or_is_refused() {
    use Answer::{Basic, Ended, NoLiveGrant, Paused, Under};
    let table = [
        Row::new("nothing granted, nothing read", [], NoLiveGrant),
        Row::new("a live grant is enough", [grant(1)], Under(1)),
        Row::new("the oldest of several counts", [grant(3), grant(2), grant(4)], Under(2)),
        Row::new("the oldest live one counts", [ended(1), paused(2), expiring(3, NOW), grant(4)], Under(4)),
        Row::new("equally old ones go by id", [Grant { created: at(3), ..grant(2) }, grant(3)], Under(2)),
        Row::new("an ended grant is none", [ended(1)], NoLiveGrant),
        Row::new("a paused grant is told", [paused(1)], Paused),
        Row::new("a paused grant beside a live one", [paused(1), grant(2)], Under(2)),
        Row::new("a paused grant of another category is none", [paused(1)], NoLiveGrant).of(DirectoryObjects),
        Row::new("a paused grant that has expired", [Grant { expires: at(NOW), ..paused(1) }], NoLiveGrant),
        Row::new("unused for just too short", [unused(1, NOW + 1)], Under(1)),
        Row::new("unused for too long", [unused(1, NOW)], Paused),
        Row::new("unused beside a used one", [unused(1, NOW), grant(2)], Under(2)),
        Row::new("it lives until just before its end", [expiring(1, NOW + 1)], Under(1)),
        Row::new("at its very end it is over", [expiring(1, NOW)], NoLiveGrant),
        Row::new("of another case is none", [of_case(1, 2)], NoLiveGrant),
        Row::new("of another tenant is none", [of_tenant(1, 2)], NoLiveGrant),
        Row::new("of R for R", [grant(1), of_tenant(2, 2)], Under(2)).in_tenant(2),
        Row::new("S's grant opens nothing of R", [grant(1)], NoLiveGrant).in_tenant(2),
        Row::new("a closed case has none", [grant(1)], NoLiveGrant).closed(),
        Row::new("another category is not covered", [grant(1)], NoLiveGrant).of(DirectoryObjects),
        Row::new("the oldest that covers", [grant(1), covering(2, &[DirectoryObjects])], Under(2))
            .of(DirectoryObjects),
        Row::new("a collection is never the default", [collection(1)], NoLiveGrant),
        Row::new("a collection is passed over", [collection(1), grant(2)], Under(2)),
        Row::new("a named grant is used, younger or not", [grant(1), grant(2)], Under(2)).naming(2),
        Row::new("a named collection opens nothing live", [collection(1), grant(2)], NoLiveGrant).naming(1),
        Row::new("a named one that ended is told", [ended(1), grant(2)], Ended).naming(1),
        Row::new("a named one that is paused is told", [paused(1), grant(2)], Paused).naming(1),
        Row::new("a named one that is unused is told", [unused(1, NOW), grant(2)], Paused).naming(1),
        Row::new("a named one of a closed case, paused", [paused(1)], Ended).naming(1).closed(),
        Row::new("a named one at its very end", [expiring(1, NOW), grant(2)], Ended).naming(1),
        Row::new("a named one of a closed case", [grant(1)], Ended).naming(1).closed(),
        Row::new("a named one that does not cover", [grant(1)], NoLiveGrant).naming(1).of(DirectoryObjects),
        Row::new("a named one of another case", [of_case(1, 2), grant(2)], NoLiveGrant).naming(1),
        Row::new("a named one of another tenant", [of_tenant(1, 2), grant(2)], NoLiveGrant).naming(1),
        Row::new("a named one that is unknown", [grant(2)], NoLiveGrant).naming(9),
        Row::new("basic data of S needs no grant", [], Basic).of(TenantProfile),
        Row::new("basic data of S while closed", [], NoLiveGrant).of(TenantProfile).closed(),
        Row::new("basic data of R needs one", [], NoLiveGrant).of(TenantProfile).in_tenant(2),
        Row::new(
            "basic data of R under a grant",
            [Grant { tenant: id(2), ..covering(1, &[TenantProfile]) }],
            Under(1),
        )
        .of(TenantProfile)
        .in_tenant(2),
    ];
    table.iter().for_each(Row::check);
}
