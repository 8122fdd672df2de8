//! What a node remembers, filled with so many live grants, beside one look into a map of as many.

use std::collections::HashMap;
use std::hint::black_box;

use rustix::time::{ClockId, clock_gettime};
use vouchsafe_core::consent::Consent;
use vouchsafe_core::grant::{Grant, GrantSource, GrantState};
use vouchsafe_core::id::{Id, SupportRequestId, TenantId, UserId, uuid_v7};
use vouchsafe_core::live_access::{AccessQuestion, CaseFacts, Elapsed, EngineerFacts, Epoch, LiveAccess};
use vouchsafe_core::pace::{Extent, Usage};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::support_request::{Assignment, RequestState, Severity, Stage, SupportRequest};
use vouchsafe_core::time::{Duration, Timestamp};

/// Questions of one measurement.
const QUESTIONS: usize = 2_000_000;
/// Tenants of a memory; the grants are spread over them.
const TENANTS: usize = 10_000;
const ENGINEERS: usize = 200;

/// Memory and map of the same grants, and questions in random order.
pub(super) struct Memory {
    memory: LiveAccess,
    map: HashMap<(TenantId, SupportRequestId), Timestamp>,
    questions: Vec<AccessQuestion>,
}

fn id<I: Id>(kind: u8, n: usize) -> I {
    let mut random = [kind; 10];
    random[2..].copy_from_slice(&(n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    I::from_uuid(uuid_v7(Timestamp::from_millis(1), random))
}

impl Memory {
    pub(super) fn of(grants: usize) -> Self {
        let provider = id(1, 0);
        let memory = LiveAccess::alone(provider);
        let asking = memory.asking(Elapsed::from_micros(0)).unwrap();
        let (past, future) = (Timestamp::from_micros(0), Timestamp::from_micros(1 << 50));
        let epoch = |tenant| Epoch { tenant, size: 1, now: past };
        for n in 0..ENGINEERS {
            let works = EngineerFacts { works: true, until: None };
            memory.learn_engineer(asking, epoch(provider), id(2, n), works);
        }
        let mut map = HashMap::new();
        let mut questions = Vec::with_capacity(grants);
        for n in 0..grants {
            let (engineer, tenant, case) = (id(2, n % ENGINEERS), id(3, n % TENANTS), id(4, n));
            let facts = facts(engineer, tenant, case, future);
            memory.learn_case(asking, epoch(tenant), case, facts);
            map.insert((tenant, case), future);
            questions.push(AccessQuestion { engineer, tenant, category: DataCategory::SignInLogs, case });
        }
        // Every place once, in an order that no cache foresees.
        let step = (grants as f64 * 0.618) as usize | 1;
        let questions = (0..QUESTIONS).map(|n| questions[n.wrapping_mul(step) % grants]).collect();
        Self { memory, map, questions }
    }

    /// Nanoseconds of processor time for one look into the map.
    pub(super) fn lookups(&self) -> f64 {
        let now = Timestamp::from_micros(5);
        each(&self.questions, |question| {
            self.map.get(&(question.tenant, question.case)).is_some_and(|until| now < *until)
        })
    }

    /// Nanoseconds of processor time for one decision.
    pub(super) fn decisions(&self) -> f64 {
        let at = Elapsed::from_micros(5);
        each(&self.questions, |question| self.memory.answer(question, at, None) == Ok(true))
    }
}

/// Nanoseconds of this thread's processor time for each question, all of which are permitted.
pub(super) fn each<Q>(questions: &[Q], mut decide: impl FnMut(&Q) -> bool) -> f64 {
    let begun = clock_gettime(ClockId::ThreadCPUTime);
    let permitted = questions.iter().filter(|question| decide(black_box(question))).count();
    let ended = clock_gettime(ClockId::ThreadCPUTime);
    assert_eq!(permitted, questions.len());
    let nanos = (ended.tv_sec - begun.tv_sec) * 1_000_000_000 + (ended.tv_nsec - begun.tv_nsec);
    nanos as f64 / questions.len() as f64
}

fn facts(engineer: UserId, tenant: TenantId, case: SupportRequestId, future: Timestamp) -> CaseFacts {
    let past = Timestamp::from_micros(0);
    let text = || Personal::new(engineer, "");
    let assignment =
        Assignment { engineer, display_name: text(), since: past, reason: text(), grounds: Vec::new() };
    let case = SupportRequest {
        id: case,
        tenant,
        number: String::new(),
        title: text(),
        description: text(),
        severity: Severity::Moderate,
        service: String::new(),
        problem_type: String::new(),
        contact: None,
        opened_by: engineer,
        origin: None,
        created: past,
        resource_tenants: Vec::new(),
        assignment: Some(assignment),
        stage: Stage::InProgress,
        state: RequestState::Open,
        consent: Consent::None,
        version: 1,
    };
    let grant = Grant {
        id: id(5, 0),
        tenant,
        support_request: case.id,
        access_request: None,
        collection: None,
        source: GrantSource::AccessRequest,
        data_categories: vec![DataCategory::SignInLogs],
        filter: None,
        people: None,
        extent: Extent::BOUND,
        records_max: 1,
        idle_pause: Duration::days(7),
        created: past,
        expires: future,
        state: GrantState::Live,
        usage: Usage::begun(future),
        version: 1,
    };
    CaseFacts::of(&case, tenant, &[grant], past)
}
