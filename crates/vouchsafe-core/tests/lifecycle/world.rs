//! The world: rows as the writes leave them, and the same rows folded from the recorded events.

use std::collections::{BTreeMap, BTreeSet};

use vouchsafe_core::access_request::command::{
    ApproveFacts, Ask, AskFacts, AskLoad, NewGrant, Resource, Vote, approve, ask, cancel, reject, revoke,
};
use vouchsafe_core::access_request::{AccessSide, EngineerRequest, ReasonCode, Side, SideState, SideStatus};
use vouchsafe_core::audit::{EntryDraft, Event, Initiator, PreviewSummary};
use vouchsafe_core::case::{Case, Held, assign, close, record_expiry, remove, remove_all};
use vouchsafe_core::decided::{Context, Decided, Notice, Write};
use vouchsafe_core::engineer::EngineerProfile;
use vouchsafe_core::grant::{Grant, GrantSource, GrantState};
use vouchsafe_core::id::{AccessRequestId, GrantId, Id, SupportRequestId, TenantId, UserId, uuid_v7};
use vouchsafe_core::pace::{self, Extent, Measured};
use vouchsafe_core::permit::{Action, DecideConsent, ServiceAction};
use vouchsafe_core::person::{Person, PersonKind};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::preview;
use vouchsafe_core::reach::DataPerson;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::scope::{DataCategory, DataFilter, Narrowing, Scope};
use vouchsafe_core::support_request::command::{
    Answer, Chosen, NewRequest, Opening, RequestChange, approve_consent, open, post_message, propose_reopen,
    reject_consent, reopen, update,
};
use vouchsafe_core::support_request::{Message, Resolution, Severity, SupportRequest};
use vouchsafe_core::tenant::{SupportAccessPolicy, Tenant, TenantKind};
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_core::vote::Standing;

use crate::steps::Step;

type Rows<I, R> = BTreeMap<(TenantId, I), R>;

/// How much data every scope holds here.
const EXTENT: Extent = Extent { records: 3, people: Some(1) };

/// A decision as it was recorded.
#[derive(Debug)]
pub(crate) struct Done {
    /// The tenant whose person acted; the provider for engineers and the service.
    pub(crate) actor: TenantId,
    pub(crate) entries: Vec<EntryDraft>,
    pub(crate) writes: Vec<Write>,
    pub(crate) notices: Vec<Notice>,
}

/// What a decision consists of.
pub(crate) type Parts = (Vec<EntryDraft>, Vec<Write>, Vec<Notice>);

/// Where decisions are recorded, besides the world itself.
pub(crate) trait Sink: Clone {
    /// Records what a person decided.
    fn record<A: Action>(&self, world: &World<Self>, by: &Person, decided: Decided<A>) -> Parts;
    /// Records what the service did by itself.
    fn record_service<A: ServiceAction>(&self, world: &World<Self>, decided: Decided<A>) -> Parts;
}

/// Nowhere else.
#[derive(Debug, Clone)]
pub(crate) struct Memory;

impl Sink for Memory {
    fn record<A: Action>(&self, _: &World, _: &Person, decided: Decided<A>) -> Parts {
        decided.into_parts()
    }

    fn record_service<A: ServiceAction>(&self, _: &World, decided: Decided<A>) -> Parts {
        decided.into_parts()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct World<S = Memory> {
    pub(crate) sink: S,
    pub(crate) now: Timestamp,
    pub(crate) tenants: BTreeMap<TenantId, Tenant>,
    pub(crate) cases: Rows<SupportRequestId, SupportRequest>,
    pub(crate) sides: Rows<AccessRequestId, AccessSide>,
    pub(crate) grants: Rows<GrantId, Grant>,
    pub(crate) asks: Vec<EngineerRequest>,
    /// The same rows from events alone.
    pub(crate) folded_cases: Rows<SupportRequestId, SupportRequest>,
    pub(crate) folded_sides: Rows<AccessRequestId, AccessSide>,
    pub(crate) folded_grants: Rows<GrantId, Grant>,
    pub(crate) log: Vec<EntryDraft>,
    pub(crate) notices: Vec<Notice>,
    step: u64,
}

/// Everything that the support request tenant could ever see.
pub(crate) type SeenBySupportTenant =
    (Vec<SupportRequest>, Vec<AccessSide>, Vec<Grant>, Vec<EntryDraft>, Vec<Notice>);

pub(crate) fn tenant_id(n: u8) -> TenantId {
    TenantId::from_uuid(uuid_v7(Timestamp::from_millis(1), [n; 10]))
}

/// S.
pub(crate) fn support() -> TenantId {
    tenant_id(0)
}

pub(crate) fn provider() -> TenantId {
    tenant_id(9)
}

fn person(tenant: TenantId, n: u8, location: &str) -> Person {
    let id = UserId::from_uuid(uuid_v7(Timestamp::from_millis(2), [n; 10]));
    Person {
        id,
        tenant,
        display_name: Personal::new(id, format!("Person {n}")),
        user_principal_name: Personal::new(id, format!("p{n}@example.com")),
        kind: PersonKind::User,
        active: true,
        employer: "Vendor".to_owned(),
        location: location.to_owned(),
        expertise: vec!["signIn".to_owned()],
        profile: EngineerProfile::default(),
        deleted: None,
    }
}

fn engineer(n: u8) -> Person {
    person(provider(), 90 + n % 2, if n.is_multiple_of(2) { "EU" } else { "US" })
}

/// The approver of a tenant; `second` is another one.
pub(crate) fn admin(tenant: TenantId, second: bool) -> Person {
    person(tenant, tenant.uuid().as_bytes()[15] * 10 + u8::from(second), "")
}

impl<S: Sink> World<S> {
    /// Bits of `setup` choose the tenants' settings.
    pub(crate) fn new(setup: u16, sink: S) -> Self {
        let bit = |n: u16| setup >> n & 1 == 1;
        let tenants = (0..3u16).map(|n| {
            let id = tenant_id(u8::try_from(n).unwrap());
            let mut policy = SupportAccessPolicy {
                inherit_on_reassign: !bit(n),
                max_duration: if bit(n + 3) { Duration::days(2) } else { Duration::days(30) },
                pending_expiry: if bit(n + 6) { Duration::hours(1) } else { Duration::days(4) },
                consent_duration: if bit(n + 9) { Duration::days(1) } else { Duration::days(30) },
                ..SupportAccessPolicy::default()
            };
            if bit(n + 12) {
                policy.engineer_rules.regions = vec!["EU".to_owned()];
                policy.approvals.required = 2;
            }
            let name = format!("Tenant {n}");
            let created = Timestamp::from_millis(1);
            let verified_domains = Vec::new();
            (
                id,
                Tenant {
                    id,
                    kind: TenantKind::Customer,
                    display_name: name,
                    verified_domains,
                    created,
                    policy,
                    retention: vouchsafe_core::retention::Retention::default(),
                },
            )
        });
        Self {
            sink,
            now: Timestamp::from_millis(1_800_000_000_000),
            tenants: tenants.collect(),
            cases: Rows::new(),
            sides: Rows::new(),
            grants: Rows::new(),
            asks: Vec::new(),
            folded_cases: Rows::new(),
            folded_sides: Rows::new(),
            folded_grants: Rows::new(),
            log: Vec::new(),
            notices: Vec::new(),
            step: 0,
        }
    }

    /// Does a step; `None` if it had no object or the rules said no. `mute` leaves out what resource tenants do.
    pub(crate) fn act(&mut self, step: &Step, mute: bool) -> Option<Done> {
        self.step += 1;
        let r_acts = match step {
            Step::Approve { side, .. }
            | Step::Preview { side, .. }
            | Step::Reject { side, .. }
            | Step::Revoke { side, .. } => *side == 1,
            Step::Remove { tenant, .. }
            | Step::RemoveAll { tenant, .. }
            | Step::RecordExpiry { tenant }
            | Step::RecordIdle { tenant }
            | Step::Pause { tenant, .. }
            | Step::Confirm { tenant, .. } => *tenant != 0,
            _ => false,
        };
        if mute && r_acts {
            return None;
        }
        match step {
            Step::Advance { minutes } => {
                self.now = self.now + Duration::minutes(*minutes);
                None
            }
            Step::Open { named, consent, engineer: assigned } => self.open(*named, *consent, *assigned),
            Step::Update { case, named, consent, severe } => self.update(*case, *named, *consent, *severe),
            Step::DecideConsent { case, yes } => self.decide_consent(*case, *yes),
            Step::Ask { case, of, categories, hours, filtered } => {
                self.ask(*case, *of, *categories, *hours, *filtered)
            }
            Step::Approve { ask, side, keep, hours, narrow, same_person, second } => {
                self.approve((*ask, *side), *keep, *hours, *narrow, *same_person, *second)
            }
            Step::Preview { ask, side } => self.preview(*ask, *side),
            Step::Reject { ask, side } => self.reject(*ask, *side),
            Step::Revoke { ask, side } => self.revoke(*ask, *side),
            Step::Cancel { ask } => self.cancel(*ask),
            Step::Close { case } => {
                let case = self.case(*case)?;
                let by = admin(support(), false);
                self.done(&by, close(&case, Resolution::Resolved, &self.context(&by)))
            }
            Step::Assign { case, engineer: n } => {
                let case = self.case(*case)?;
                let policies = self.tenants.iter().map(|(id, t)| (*id, t.policy.clone())).collect();
                let (by, next) = (person(provider(), 95, "EU"), engineer(*n));
                self.done(&by, assign(&case, &next, "Shift ends.", &policies, &self.context(&by)))
            }
            Step::Reopen { case } => {
                let (case, by) = (self.case(*case)?, admin(support(), false));
                self.done(&by, reopen(&case.request, &self.context(&by)))
            }
            Step::ProposeReopen { case } => {
                let (case, by) = (self.case(*case)?, engineer(0));
                self.done(&by, propose_reopen(&case.request, &self.context(&by)))
            }
            Step::Post { case, from_engineer } => {
                let case = self.case(*case)?;
                let by = if *from_engineer { engineer(0) } else { admin(support(), false) };
                let id = self.id(0);
                self.done(
                    &by,
                    post_message(&case.request, id, "Any news?", Vec::new(), &by, &self.context(&by)),
                )
            }
            Step::Remove { tenant, grant } => self.remove(tenant_id(*tenant), *grant),
            Step::RemoveAll { tenant, case } => self.remove_all(tenant_id(*tenant), *case),
            Step::RecordExpiry { tenant } => self.record_expiry(tenant_id(*tenant)),
            Step::RecordIdle { tenant } => self.record_idle(tenant_id(*tenant)),
            Step::Pause { tenant, grant } => self.pause(tenant_id(*tenant), *grant),
            Step::Confirm { tenant, grant } => self.confirm(tenant_id(*tenant), *grant),
        }
    }

    pub(crate) fn seen_by_support_tenant(&self) -> SeenBySupportTenant {
        fn own<I, R: Clone>(rows: &Rows<I, R>) -> Vec<R> {
            rows.iter().filter(|((tenant, _), _)| *tenant == support()).map(|(_, row)| row.clone()).collect()
        }
        (
            own(&self.cases),
            own(&self.sides),
            own(&self.grants),
            self.log.iter().filter(|entry| entry.tenant == support()).cloned().collect(),
            self.notices.iter().filter(|notice| notice.tenant == support()).cloned().collect(),
        )
    }

    fn context(&self, by: &Person) -> Context {
        Context { now: self.now, initiator: Initiator::User(Box::new(by.clone())), provider: provider() }
    }

    fn grant(&self, kind: u8) -> NewGrant {
        let people = Some(vec![DataPerson { user_id: Some("u1".to_owned()), user_principal_name: None }]);
        NewGrant { id: self.id(kind), measured: Measured { people, extent: EXTENT } }
    }

    /// The same ids in every life that has the same steps.
    fn id<I: Id>(&self, kind: u8) -> I {
        let mut random = [kind; 10];
        random[..8].copy_from_slice(&self.step.to_be_bytes());
        I::from_uuid(uuid_v7(self.now, random))
    }

    /// A case with all that hangs on it, as the store loads it.
    pub(crate) fn case(&self, n: u8) -> Option<Case> {
        let request = self.cases.values().nth(usize::from(n) % self.cases.len().max(1))?;
        Some(self.whole(request))
    }

    pub(crate) fn whole(&self, request: &SupportRequest) -> Case {
        let asks: Vec<_> =
            self.asks.iter().filter(|ask| ask.support_request == request.id).cloned().collect();
        let reached: BTreeSet<_> =
            asks.iter().map(|ask| ask.resource_tenant).chain([request.tenant]).collect();
        let sides = self.sides.values().filter(|side| side.support_request == request.id);
        let grants = self.grants.values().filter(|grant| grant.support_request == request.id);
        Case {
            request: request.clone(),
            asks,
            sides: sides.filter(|side| reached.contains(&side.tenant)).cloned().collect(),
            grants: grants.filter(|grant| reached.contains(&grant.tenant)).cloned().collect(),
            collections: Vec::new(),
        }
    }

    /// One of the latest asks.
    fn recent_ask(&self, n: u8) -> Option<EngineerRequest> {
        let last = self.asks.len().checked_sub(1)?;
        self.asks.get(last - (usize::from(n) % 4).min(last)).cloned()
    }

    /// An ask with its case and the record of S or R.
    fn side(&self, n: u8, which: u8) -> Option<(EngineerRequest, Case, AccessSide)> {
        let ask = self.recent_ask(n)?;
        let case = self.whole(self.cases.get(&(ask.support_tenant, ask.support_request))?);
        let owner = if which == 0 { ask.support_tenant } else { ask.resource_tenant };
        let side = self.sides.get(&(owner, ask.id))?.clone();
        // S = R is S acting.
        (which == 0 || owner != support()).then_some((ask, case, side))
    }

    fn open(&mut self, named: u8, consent: u8, assigned: bool) -> Option<Done> {
        if self.cases.len() >= 3 {
            return None;
        }
        let by = admin(support(), false);
        let new = NewRequest {
            title: "Sign-in fails".to_owned(),
            description: "Since Monday.".to_owned(),
            severity: Severity::Moderate,
            service: "identity".to_owned(),
            problem_type: "signIn/conditionalAccess".to_owned(),
            contact: None,
            resource_tenants: named_tenants(named),
        };
        let opening = Opening {
            id: self.id(1),
            number: format!("{}", 1_000_000_000_000_000 + self.step),
            engineer: assigned.then(|| Chosen { person: engineer(0), grounds: Vec::new() }),
            consent: self.answer(consent).unwrap_or(Answer::No),
            problem_types: vouchsafe_core::problem_type::ProblemTypes::built_in(provider()),
        };
        let policy = self.tenants[&support()].policy.clone();
        self.done(&by, open(new, opening, &by, &policy, &self.context(&by)))
    }

    fn answer(&self, n: u8) -> Option<Answer> {
        match n {
            0 => Some(Answer::No),
            1 => Some(Answer::Yes(self.id(2), EXTENT)),
            2 => Some(Answer::YesIfApproved),
            _ => None,
        }
    }

    fn update(&mut self, case: u8, named: u8, consent: u8, severe: bool) -> Option<Done> {
        let (case, by) = (self.case(case)?, admin(support(), false));
        let mut list = case.request.resource_tenants.clone();
        list.extend(named_tenants(named));
        let change = RequestChange {
            severity: severe.then_some(Severity::Critical),
            contact: None,
            resource_tenants: Some(list),
            consent: self.answer(consent),
            standing: everybody(case.request.consent.votes().iter().map(|vote| vote.by)),
        };
        let policy = self.tenants[&support()].policy.clone();
        let decided = update::<DecideConsent>(
            &case.request,
            case.consent_grant(),
            change,
            &by,
            &policy,
            &self.context(&by),
        );
        self.done(&by, decided)
    }

    fn decide_consent(&mut self, case: u8, yes: bool) -> Option<Done> {
        let (case, by) = (self.case(case)?, admin(support(), true));
        let policy = self.tenants[&support()].policy.clone();
        let standing = everybody(case.request.consent.votes().iter().map(|vote| vote.by));
        let decided = if yes {
            let grant = (self.id(2), EXTENT);
            approve_consent(&case.request, grant, &by, &standing, None, &policy, &self.context(&by))
        } else {
            reject_consent(&case.request, &by, None, &standing, &self.context(&by))
        };
        self.done(&by, decided)
    }

    fn ask(&mut self, case: u8, of: u8, categories: u8, hours: u16, filtered: bool) -> Option<Done> {
        let case = self.case(case)?;
        let by = engineer(u8::from(case.request.engineer()? != engineer(0).id));
        // The fourth is a tenant that does not exist here.
        let resource = tenant_id(of % 4);
        let filter = filtered.then(|| DataFilter {
            data_from: Some(self.now - Duration::days(7)),
            data_to: None,
            users: hours.is_multiple_of(2).then(|| people(&by, categories)),
        });
        let scope =
            Scope::new(some_of(categories), filter, Duration::hours(u32::from(hours)), Duration::days(30))
                .ok()?;
        let standing = case.standing(resource, |side| {
            side.approval().is_some_and(|approval| scope.is_within(&approval.scope))
        });
        let facts = AskFacts {
            support_tenant: &self.tenants[&support()],
            standing,
            resource_tenant: self.tenants.get(&resource),
            load: AskLoad { waiting: case.waiting(resource, standing.is_some(), self.now), asked: 0 },
        };
        let wish = Ask {
            id: self.id(3),
            resource_tenant: resource,
            reason_code: ReasonCode::Troubleshooting,
            justification: "To see why the policy applies.".to_owned(),
            scope: scope.clone(),
            linked_to: None,
        };
        let decided = ask(&case.request, &by, wish, &facts, &self.context(&by));
        self.done(&by, decided)
    }

    fn approve(
        &mut self,
        (n, which): (u8, u8),
        keep: u8,
        hours: u16,
        narrow: bool,
        same: bool,
        second: bool,
    ) -> Option<Done> {
        let (ask, case, side) = self.side(n, which)?;
        let by = admin(side.tenant, second);
        let narrowing = if narrow {
            Narrowing {
                data_categories: Some(some_of(keep)),
                duration: Some(Duration::hours(u32::from(hours))),
                filter: Some(DataFilter {
                    data_from: Some(self.now - Duration::days(3)),
                    data_to: None,
                    users: hours.is_multiple_of(3).then(|| people(&by, keep)),
                }),
            }
        } else {
            Narrowing::default()
        };
        let there = admin(ask.resource_tenant, false);
        let resource =
            self.tenants.get(&ask.resource_tenant).filter(|_| side.side == Side::SupportRequestTenant);
        let facts = ApproveFacts {
            tenant: &self.tenants[&side.tenant],
            linked_to_provider: false,
            standing: everybody(side.ballot.iter().flat_map(|ballot| &ballot.votes).map(|vote| vote.by)),
            grant: self.grant(4),
            request: (which == 0).then_some(&case.request),
            ask: Some(&ask),
            resource: resource.map(|tenant| Resource {
                tenant,
                same_person: same.then_some(&there),
                grant: self.grant(5),
            }),
        };
        let vote = Vote { narrowing, ..Vote::default() };
        let decided = approve(&side, &by, &vote, &facts, &self.context(&by));
        self.done(&by, decided)
    }

    fn preview(&mut self, n: u8, which: u8) -> Option<Done> {
        let (_, _, side) = self.side(n, which)?;
        let by = admin(side.tenant, false);
        let counts = [(DataCategory::SignInLogs, 3)].into();
        let (first, last) = (Some(self.now), Some(self.now));
        let summary = PreviewSummary { counts, people: Some(1), first, last };
        self.done(&by, preview::record(&side, summary, &self.context(&by)))
    }

    fn reject(&mut self, n: u8, which: u8) -> Option<Done> {
        let (_, case, side) = self.side(n, which)?;
        let by = admin(side.tenant, false);
        let facts = ApproveFacts {
            tenant: &self.tenants[&side.tenant],
            linked_to_provider: false,
            standing: Standing::default(),
            grant: self.grant(4),
            request: (which == 0).then_some(&case.request),
            ask: None,
            resource: None,
        };
        let decided = reject(&side, &by, Some("Not now."), &facts, &self.context(&by));
        self.done(&by, decided)
    }

    fn revoke(&mut self, n: u8, which: u8) -> Option<Done> {
        let (_, case, side) = self.side(n, which)?;
        let by = admin(side.tenant, false);
        let dependents = case.resting_on(&side);
        let decided = revoke(&side, case.grant_of(&side), &dependents, &by, None, &self.context(&by));
        self.done(&by, decided)
    }

    fn cancel(&mut self, n: u8) -> Option<Done> {
        let ask = self.recent_ask(n)?;
        let case = self.whole(self.cases.get(&(ask.support_tenant, ask.support_request))?);
        let find = |tenant| case.sides.iter().find(|side| side.key() == (tenant, ask.id));
        let data = find(ask.resource_tenant).map(|side| (side, case.grant_of(side)));
        let by = engineer(0);
        self.done(&by, cancel(&ask, find(ask.support_tenant), data, &self.context(&by)))
    }

    fn held(&self, grant: &Grant) -> Held {
        let consent = grant.source == GrantSource::Consent;
        Held {
            grant: grant.clone(),
            side: grant.access_request.and_then(|id| self.sides.get(&(grant.tenant, id)).cloned()),
            request: self.cases.get(&(grant.tenant, grant.support_request)).filter(|_| consent).cloned(),
        }
    }

    fn remove(&mut self, tenant: TenantId, n: u8) -> Option<Done> {
        let own: Vec<&Grant> = self.grants.values().filter(|grant| grant.tenant == tenant).collect();
        let held = self.held(own.get(usize::from(n) % own.len().max(1))?);
        let by = admin(tenant, false);
        self.done(&by, remove(&held, &by, None, &self.context(&by)))
    }

    fn remove_all(&mut self, tenant: TenantId, case: Option<u8>) -> Option<Done> {
        let case = case.and_then(|n| self.case(n)).map(|case| case.request.id);
        let held: Vec<Held> = self
            .grants
            .values()
            .filter(|grant| grant.tenant == tenant && grant.is_open_on_record())
            .filter(|grant| case.is_none_or(|case| grant.support_request == case))
            .map(|grant| self.held(grant))
            .collect();
        let by = admin(tenant, false);
        self.done(&by, remove_all(tenant, &held, &by, Some("Enough."), &self.context(&by)))
    }

    fn record_expiry(&mut self, tenant: TenantId) -> Option<Done> {
        let due = |side: &&AccessSide| {
            side.tenant == tenant && side.is_open_on_record() && side.status(self.now) == SideStatus::Expired
        };
        let grant_of = |side: &AccessSide| {
            let id = side.approval().and_then(|approval| approval.grant)?;
            self.grants.get(&(side.tenant, id)).cloned()
        };
        let sides: Vec<_> =
            self.sides.values().filter(due).map(|side| (side.clone(), grant_of(side))).collect();
        let consents: Vec<_> = self
            .cases
            .values()
            .filter(|request| request.tenant == tenant)
            .map(|request| (request.clone(), self.whole(request).consent_grant().cloned()))
            .collect();
        let cx = Context { now: self.now, initiator: Initiator::Service, provider: provider() };
        let decided = record_expiry(tenant, &sides, &consents, &cx);
        let parts = self.sink.record_service(self, decided);
        self.recorded(provider(), parts)
    }

    fn record_idle(&mut self, tenant: TenantId) -> Option<Done> {
        let cx = Context { now: self.now, initiator: Initiator::Service, provider: provider() };
        let grants: Vec<Grant> = self.grants.values().cloned().collect();
        let parts = self.sink.record_service(self, pace::record_idle(tenant, &grants, &cx));
        self.recorded(provider(), parts)
    }

    fn pause(&mut self, tenant: TenantId, n: u8) -> Option<Done> {
        let cx = Context { now: self.now, initiator: Initiator::Service, provider: provider() };
        let decided = pace::pause(self.grant_of(tenant, n)?, &cx).ok()?;
        let parts = self.sink.record_service(self, decided);
        self.recorded(provider(), parts)
    }

    fn confirm(&mut self, tenant: TenantId, n: u8) -> Option<Done> {
        let (grant, by) = (self.grant_of(tenant, n)?.clone(), admin(tenant, false));
        let policy = self.tenants[&tenant].policy.clone();
        self.done(&by, pace::confirm(&grant, 7, &by, &policy, &self.context(&by)))
    }

    fn grant_of(&self, tenant: TenantId, n: u8) -> Option<&Grant> {
        let own: Vec<&Grant> = self.grants.values().filter(|grant| grant.tenant == tenant).collect();
        own.get(usize::from(n) % own.len().max(1)).copied()
    }

    fn done<A: Action>(&mut self, by: &Person, decided: Result<Decided<A>, Rejection>) -> Option<Done> {
        let parts = self.sink.record(self, by, decided.ok()?);
        self.recorded(by.tenant, parts)
    }

    /// Applies the writes to the rows, and the events to the folded ones.
    fn recorded(&mut self, actor: TenantId, parts: Parts) -> Option<Done> {
        let (entries, writes, notices) = parts;
        for write in &writes {
            match write.clone() {
                Write::SupportRequest(row) => {
                    assert_version(self.cases.get(&(row.tenant, row.id)).map(|old| old.version), row.version);
                    let row = SupportRequest { version: row.version + 1, ..*row };
                    self.cases.insert((row.tenant, row.id), row);
                }
                Write::AccessSide(row) => {
                    assert_version(self.sides.get(&row.key()).map(|old| old.version), row.version);
                    let row = AccessSide { version: row.version + 1, ..*row };
                    self.sides.insert(row.key(), row);
                }
                Write::Grant(row) => {
                    assert_version(
                        self.grants.get(&(row.tenant, row.id)).map(|old| old.version),
                        row.version,
                    );
                    let row = Grant { version: row.version + 1, ..*row };
                    self.grants.insert((row.tenant, row.id), row);
                }
                Write::EngineerRequest(row) => self.asks.push(*row),
                Write::Message(message) => self.spoken_of(&message),
                other => panic!("no step writes {other:?}"),
            }
        }
        for entry in &entries {
            for event in &entry.events {
                self.fold(entry.tenant, event);
            }
        }
        self.log.extend(entries.clone());
        self.notices.extend(notices.clone());
        Some(Done { actor, entries, writes, notices })
    }

    /// The store's own doing: a message in a case keeps live access to S's own data from being idle.
    fn spoken_of(&mut self, message: &Message) {
        for rows in [&mut self.grants, &mut self.folded_grants] {
            for grant in rows.values_mut().filter(|grant| {
                (grant.tenant, grant.support_request) == (message.tenant, message.support_request)
                    && grant.state == GrantState::Live
                    && grant.usage.idle_at > message.created
            }) {
                grant.usage.idle_at = message.created + grant.idle_pause;
            }
        }
    }

    fn fold(&mut self, tenant: TenantId, event: &Event) {
        fn one<I: Ord, R>(
            rows: &mut Rows<I, R>,
            key: (TenantId, I),
            next: impl FnOnce(Option<R>) -> Option<R>,
        ) {
            let current = rows.remove(&key);
            if let Some(next) = next(current) {
                rows.insert(key, next);
            }
        }
        match event {
            Event::SupportRequest { id, event } => {
                one(&mut self.folded_cases, (tenant, *id), |row| SupportRequest::evolve(row, event))
            }
            Event::AccessRequest { id, event } => {
                one(&mut self.folded_sides, (tenant, *id), |row| AccessSide::evolve(row, event))
            }
            Event::Grant { id, event } => {
                one(&mut self.folded_grants, (tenant, *id), |row| Grant::evolve(row, event));
            }
            Event::PreviewShown { .. } => {}
            other => panic!("no step records {other:?}"),
        }
    }

    /// S's approval that this record of R rests on.
    pub(crate) fn backing(&self, side: &AccessSide) -> Option<&AccessSide> {
        let id = side.rests_on?;
        let found = self.sides.get(&(side.support_tenant, id))?;
        matches!(found.state, SideState::Approved { .. }).then_some(found)
    }
}

/// What the store checks: a new row has version 0, a changed one the version that is there.
fn assert_version(stored: Option<u64>, written: u64) {
    assert_eq!(stored.unwrap_or(0), written, "the row was decided on an old version");
}

/// Votes of people who all may still decide.
fn everybody(voters: impl Iterator<Item = UserId>) -> Standing {
    Standing { counting: voters.collect(), own: BTreeSet::new() }
}

/// Some people of three, as somebody typed them.
fn people(by: &Person, bits: u8) -> Vec<Personal> {
    let named = |n: &u8| *n == 0 || bits >> n & 1 == 1;
    (0..3).filter(named).map(|n| Personal::new(by.id, format!("p{n}@example.com"))).collect()
}

fn named_tenants(bits: u8) -> Vec<TenantId> {
    (0..4).filter(|n| bits >> n & 1 == 1).map(tenant_id).collect()
}

fn some_of(bits: u8) -> Vec<DataCategory> {
    let all = DataCategory::ALL.into_iter().enumerate();
    all.filter(|(n, _)| bits >> n & 1 == 1).map(|(_, category)| category).collect()
}
