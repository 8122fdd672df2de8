//! The provider's desk: what was learned from resolved requests, and who gets the next one.
//!
//! The model lives here, in memory, and nothing of it is stored. It is built from the store's order of resolutions,
//! whoever wrote them: each node learns the same sequence, so all come to the same model, and one that starts anew
//! learns from the beginning. It is never told anything by a closing, which so can neither wait for it nor fail by it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use vouchsafe_core::audit::Initiator;
use vouchsafe_core::case as rules;
use vouchsafe_core::id::{SupportRequestId, TenantId, UserId};
use vouchsafe_core::past_request::PastRequest;
use vouchsafe_core::permit::{RouteRequest, for_service};
use vouchsafe_core::person::Person;
use vouchsafe_core::support_request::command::{Chosen, NewRequest};
use vouchsafe_core::support_request::{Amount, Ground, Severity, SupportRequest};
use vouchsafe_core::tenant::SupportAccessPolicy;
use vouchsafe_core::time::Timestamp;
use vouchsafe_routing::{Assignment, Band, Expertise, Outcome, Request, Resolved};
use vouchsafe_store::{DeskEngineer, ResolvedCase, ResolvedOf, Session, WaitingCase, Work};

use crate::{App, AppError};

mod engineers;
mod past;
mod problem_types;
mod staff;

/// Resolutions that are learned at once, in one look at the store.
const LEARN_AT_ONCE: u32 = 64;
/// Waiting cases that one round of the job looks at; the next round goes on behind them.
const WAITING_MAX: u32 = 100;

/// What was learned, and up to which resolution.
#[derive(Debug, Default)]
struct Learned {
    /// None before the first lesson: a model is large, empty or not.
    model: Option<Box<Expertise>>,
    position: u64,
}

/// What who has learned nothing goes by: declared expertise alone.
static NOTHING_LEARNED: LazyLock<Expertise> = LazyLock::new(Expertise::new);

/// The model of this node.
#[derive(Debug, Clone, Default)]
pub(crate) struct Desk {
    learned: Arc<Mutex<Learned>>,
    /// The last waiting case that the job has looked at; none at either end of the line. So those at its head, for whom
    /// there may be nobody for long, keep nobody behind them waiting.
    looked_at: Arc<Mutex<Option<WaitingCase>>>,
}

/// One engineer in the ranking for a case. For the manager alone: it holds loads and counts.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// Who.
    pub person: Person,
    /// Why the engineer may not get it, in words; empty if eligible.
    pub obstacles: Vec<String>,
    /// Expertise against load; the greatest is first among the eligible.
    pub score: f64,
    /// Learned and declared expertise, 0 to 1.
    pub expertise: f64,
    /// What was learned, 0 to 1.
    pub learned: f64,
    /// Whether declared expertise covers the problem type.
    pub declared: bool,
    /// Cases open now.
    pub open_cases: u32,
    /// When a case was last assigned to the engineer.
    pub last_assigned: Option<Timestamp>,
}

/// A request as assignment sees it.
pub(crate) struct Asked<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) problem_type: &'a str,
    pub(crate) severity: Severity,
    pub(crate) language: Option<&'a str>,
    pub(crate) opened: Timestamp,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(tenant: TenantId, new: &'a NewRequest, now: Timestamp) -> Self {
        Self {
            tenant,
            title: &new.title,
            description: &new.description,
            problem_type: &new.problem_type,
            severity: new.severity,
            language: new.contact.as_ref().map(|contact| contact.language.as_str()),
            opened: now,
        }
    }

    pub(crate) fn of(request: &'a SupportRequest) -> Self {
        Self {
            tenant: request.tenant,
            title: request.title.text(),
            description: request.description.text(),
            problem_type: &request.problem_type,
            severity: request.severity,
            language: request.contact.as_ref().map(|contact| contact.language.as_str()),
            opened: request.created,
        }
    }
}

/// What a resolution teaches from.
enum Lesson {
    /// A case here.
    Case(Box<SupportRequest>),
    /// A request of the time before.
    Past(Box<PastRequest>),
}

impl Lesson {
    /// The request, the number that later texts may mention it by, and all that it was filed under.
    fn parts(&self) -> (Asked<'_>, &str, Vec<&str>) {
        match self {
            Self::Case(request) => (Asked::of(request), &request.number, vec![&request.problem_type]),
            Self::Past(past) => {
                let problem_types: Vec<&str> = past.problem_types.iter().map(String::as_str).collect();
                let asked = Asked {
                    tenant: past.tenant,
                    title: past.title.text(),
                    description: past.description.text(),
                    problem_type: problem_types.first().copied().unwrap_or_default(),
                    severity: past.severity,
                    language: None,
                    opened: past.created,
                };
                (asked, &past.id, problem_types)
            }
        }
    }
}

impl Desk {
    fn position(&self) -> u64 {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner).position
    }

    /// Learns one resolution, unless it is known already. They come in the order of the store, each after all before it.
    fn learn(&self, case: &ResolvedCase, lesson: Option<&Lesson>) {
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        if case.position <= learned.position {
            return;
        }
        learned.position = case.position;
        let Some(lesson) = lesson else { return };
        let (asked, number, problem_types) = lesson.parts();
        // As it was when it was resolved: whoever learns it later must learn the same.
        let asked = Asked { severity: case.severity, ..asked };
        let resolved = Resolved {
            request: staff::request(&asked, &problem_types),
            number,
            tenant: staff::tenant(asked.tenant),
            engineer: staff::engineer(case.engineer),
            resolved: case.closed.to_jiff(),
            reopened: case.reopened,
        };
        if let Err(error) = learned.model.get_or_insert_default().learn(&resolved) {
            tracing::warn!(error = &error as &dyn std::error::Error, "a resolved request was not learned");
        }
    }

    /// Everyone's rank for a request now, by what was learned.
    pub(crate) fn assign(
        &self,
        asked: &Asked<'_>,
        policy: &SupportAccessPolicy,
        engineers: &[DeskEngineer],
        now: Timestamp,
    ) -> Assignment {
        let demands = staff::demands(asked, policy);
        let staff: Vec<_> = engineers.iter().map(|one| staff::of(one, demands.language.as_deref())).collect();
        let problem_types = [asked.problem_type];
        let request: Request<'_> = staff::request(asked, &problem_types);
        let learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        let model = learned.model.as_deref().unwrap_or(&NOTHING_LEARNED);
        vouchsafe_routing::assign(model, &request, &demands, &staff, now.to_jiff())
    }

    /// The engineer for a request, or nobody.
    pub(crate) fn choose(
        &self,
        asked: &Asked<'_>,
        policy: &SupportAccessPolicy,
        engineers: &[DeskEngineer],
        now: Timestamp,
    ) -> Option<Chosen> {
        match self.assign(asked, policy, engineers, now).outcome {
            Outcome::Assigned { engineer, explanation } => {
                let person = person_of(engineers, engineer)?.clone();
                let ground = |topic: vouchsafe_routing::Topic| Ground {
                    problem_type: topic.problem_type,
                    declared: topic.declared,
                    solved: match topic.solved {
                        Band::Some => Amount::Some,
                        Band::Many => Amount::Many,
                        Band::VeryMany => Amount::VeryMany,
                    },
                };
                Some(Chosen { person, grounds: explanation.topics.into_iter().map(ground).collect() })
            }
            Outcome::Queued => None,
        }
    }

    /// Everyone with figures and obstacles, the eligible first and the best of them at the top.
    pub(crate) fn ranking(
        &self,
        asked: &Asked<'_>,
        policy: &SupportAccessPolicy,
        engineers: &[DeskEngineer],
        now: Timestamp,
    ) -> Vec<Ranked> {
        let ranking = self.assign(asked, policy, engineers, now).ranking;
        let ranked = ranking.into_iter().filter_map(|standing| {
            Some(Ranked {
                person: person_of(engineers, standing.engineer)?.clone(),
                obstacles: standing.obstacles.iter().map(ToString::to_string).collect(),
                score: standing.score,
                expertise: standing.expertise,
                learned: standing.learned,
                declared: standing.declared,
                open_cases: standing.open_cases,
                last_assigned: standing.last_assigned.map(staff::timestamp),
            })
        });
        ranked.collect()
    }
}

fn person_of(engineers: &[DeskEngineer], id: vouchsafe_routing::EngineerId) -> Option<&Person> {
    engineers.iter().map(|one| &one.person).find(|person| staff::engineer(person.id) == id)
}

impl App {
    /// Learns what was resolved since the last look, some resolutions at once. Gives how many there were; more than 0
    /// means that there may be more.
    ///
    /// # Errors
    /// [`AppError`]; what was learned stays.
    pub async fn learn_resolved(&self) -> Result<usize, AppError> {
        let mut reader = self.store.read()?;
        let provider = self.store.provider();
        let cases = reader.resolved_after(provider, self.desk.position(), LEARN_AT_ONCE).await?;
        for case in &cases {
            let lesson = match &case.of {
                ResolvedOf::Case { tenant, id } => {
                    reader.support_request(*tenant, *id).await?.map(|request| Lesson::Case(Box::new(request)))
                }
                ResolvedOf::Past(id) => {
                    let past = reader.past_request(provider, id).await?;
                    // Nothing is left to learn from once whoever resolved it was erased.
                    past.filter(|past| !past.title.is_erased()).map(|past| Lesson::Past(Box::new(past)))
                }
            };
            self.desk.learn(case, lesson.as_ref());
        }
        Ok(cases.len())
    }

    /// Learns what was resolved just now, before a request is assigned: a request counts from the moment it is closed.
    /// What one look leaves, or fails at, is for the job; no request waits for it.
    pub(crate) async fn learn_before_opening(&self) {
        if let Err(error) = self.learn_resolved().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "assigning by what was learned before");
        }
    }

    /// Finds an engineer for the cases that nobody who may work has: new ones that nobody was eligible for, and those
    /// of engineers who were disabled. Gives how many of them changed hands.
    ///
    /// # Errors
    /// The first [`AppError`]; the other cases are tried nevertheless.
    pub async fn route_waiting(&self) -> Result<usize, AppError> {
        let movable = self.movable().await?;
        let mut routed = Ok(0);
        for (id, tenant) in movable {
            let moved = self.route(id, tenant).await;
            routed = routed.and_then(|sum| moved.map(|moved| sum + usize::from(moved)));
        }
        routed
    }

    /// The waiting cases of this round that move. They alone cost a unit of work, however many wait.
    async fn movable(&self) -> Result<Vec<(SupportRequestId, TenantId)>, AppError> {
        let mut reader = self.store.read()?;
        let (provider, now) = (self.store.provider(), reader.now());
        let after = *self.desk.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = reader.waiting_cases(provider, after, WAITING_MAX).await?;
        let whole = u32::try_from(waiting.len()).is_ok_and(|found| found == WAITING_MAX);
        let next = waiting.last().copied().filter(|_| whole);
        *self.desk.looked_at.lock().unwrap_or_else(PoisonError::into_inner) = next;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let engineers = reader.desk_engineers(provider).await?;
        let mut movable = Vec::new();
        for WaitingCase { id, tenant, .. } in waiting {
            let request = reader.support_request(tenant, id).await?;
            let owner = reader.tenant(tenant).await?;
            if let (Some(request), Some(owner)) = (request, owner) {
                let chosen = self.desk.choose(&Asked::of(&request), &owner.policy, &engineers, now);
                if chosen.is_some() || request.assignment.is_some() {
                    movable.push((id, tenant));
                }
            }
        }
        Ok(movable)
    }

    /// Gives one case that nobody who may work has to its next engineer, or to the queue. Tells whether it moved.
    pub(crate) async fn route(&self, id: SupportRequestId, tenant: TenantId) -> Result<bool, AppError> {
        let provider = self.store.provider();
        let Some((mut work, request)) = self.case_of_service(id, tenant).await? else { return Ok(false) };
        let engineers = work.desk_engineers(provider).await?;
        let free = request.engineer().is_none_or(|engineer| !works(&engineers, engineer));
        let Some(owner) = work.tenant(tenant).await? else { return Ok(false) };
        if !request.is_open() || !free {
            return Ok(false);
        }
        let now = work.now();
        let chosen = self.desk.choose(&Asked::of(&request), &owner.policy, &engineers, now);
        if chosen.is_none() && request.assignment.is_none() {
            return Ok(false);
        }
        let policies = policies_of(&mut work, provider, &request).await?;
        let case = work.case(provider, request).await?;
        let permit = for_service::<RouteRequest>(work.id(), id);
        let types = work.problem_types(provider).await?;
        let chosen = chosen.map(|chosen| (chosen, &types));
        let decided = rules::route(&case, chosen, &policies, &work.context(Initiator::Service))?;
        work.record(permit, decided).await?;
        work.commit().await?;
        self.end_access_for(&[id]).await;
        Ok(true)
    }

    /// A unit of work on a case and every tenant that it has reached, for the service itself.
    async fn case_of_service(
        &self,
        id: SupportRequestId,
        tenant: TenantId,
    ) -> Result<Option<(Work, SupportRequest)>, AppError> {
        let provider = self.store.provider();
        let mut tenants = BTreeSet::from([tenant]);
        loop {
            let mut work = self.work_on(tenants.clone()).await?;
            let Some(request) = work.support_request(tenant, id).await? else { return Ok(None) };
            let reached = work.tenants_of_case(provider, &request).await?;
            // Lock what somebody asked for as well.
            if reached.is_subset(&tenants) {
                return Ok(Some((work, request)));
            }
            tenants.extend(reached);
        }
    }
}

/// Whether this is an engineer who may work.
fn works(engineers: &[DeskEngineer], id: UserId) -> bool {
    engineers.iter().any(|one| one.person.id == id && one.person.active)
}

/// The settings of every tenant that a case has reached.
pub(crate) async fn policies_of(
    session: &mut Session,
    provider: TenantId,
    request: &SupportRequest,
) -> Result<BTreeMap<TenantId, SupportAccessPolicy>, AppError> {
    let mut policies = BTreeMap::new();
    for tenant in session.tenants_of_case(provider, request).await? {
        if let Some(owner) = session.tenant(tenant).await? {
            policies.insert(tenant, owner.policy);
        }
    }
    Ok(policies)
}
