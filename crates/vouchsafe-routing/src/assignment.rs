//! One request, one engineer, or the queue; and the whole ranking for the manager.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::eligibility::{Demands, Obstacle, obstacles};
use crate::explanation::Explanation;
use crate::model::{Expertise, Likelihood, Parts};
use crate::request::{EngineerId, Request};
use crate::score::{expertise, score};
use crate::staff::Engineer;

/// Where a new request goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// An engineer, or the queue.
    pub outcome: Outcome,
    /// Everyone, the eligible first and the best of them at the top. For the manager alone: it holds loads and counts.
    pub ranking: Vec<Standing>,
}

/// The engineer, or nobody.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Goes to this engineer.
    Assigned {
        /// Who.
        engineer: EngineerId,
        /// Why, as the customer reads it. Keep it as it is: it is not computed again.
        explanation: Explanation,
    },
    /// Nobody is eligible: the request waits, and the ranking says of each engineer why.
    Queued,
}

/// One engineer in the ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Who.
    pub engineer: EngineerId,
    /// Why the engineer may not get it; empty if eligible.
    pub obstacles: Vec<Obstacle>,
    /// Expertise against load; see [`score`].
    pub score: f64,
    /// Learned and declared expertise, 0 to 1; see [`expertise`].
    pub expertise: f64,
    /// What was learned, 0 to 1: the share among the staff given; 0 for who has resolved nothing yet.
    pub learned: f64,
    /// What the learned share is blended from; none for who has resolved nothing yet.
    pub parts: Option<Parts>,
    /// Whether declared expertise covers the problem type.
    pub declared: bool,
    /// Cases open now.
    pub open_cases: u32,
    /// Their burden.
    pub burden: f64,
    /// When a case was last assigned to the engineer.
    pub last_assigned: Option<Timestamp>,
}

/// Assigns a request.
///
/// Of the eligible the one with the greatest score gets it. Ties go to fewer open cases, then to who has waited
/// longest for a case (never is longest), then to the smaller id. An engineer who is given twice counts once.
#[must_use]
pub fn assign(
    model: &Expertise,
    request: &Request<'_>,
    demands: &Demands,
    staff: &[Engineer],
    now: Timestamp,
) -> Assignment {
    let mut ranking = ranking(model, request, demands, staff, now);
    ranking.sort_by(order);
    ranking.dedup_by_key(|standing| standing.engineer);
    let best = ranking.first().filter(|standing| standing.obstacles.is_empty());
    let chosen = best.and_then(|best| staff.iter().find(|engineer| engineer.id == best.engineer));
    let outcome = chosen.map_or(Outcome::Queued, |engineer| {
        let tally = |topic: &str| model.tally(engineer.id, topic, demands.tenant);
        let explanation = Explanation::new(engineer, topic(request), engineer.shift.is_on(now), tally);
        Outcome::Assigned { engineer: engineer.id, explanation }
    });
    Assignment { outcome, ranking }
}

/// Everyone with figures and obstacles, in the order of the staff.
fn ranking(
    model: &Expertise,
    request: &Request<'_>,
    demands: &Demands,
    staff: &[Engineer],
    now: Timestamp,
) -> Vec<Standing> {
    let mut likelihoods = model.likelihoods(request, now);
    likelihoods.sort_unstable_by_key(|likelihood| likelihood.engineer);
    let of = |engineer: EngineerId| -> Option<&Likelihood> {
        let place = likelihoods.binary_search_by_key(&engineer, |likelihood| likelihood.engineer).ok()?;
        likelihoods.get(place)
    };
    // Who has left the staff takes no share.
    let present: f64 = staff.iter().filter_map(|engineer| of(engineer.id)).map(|one| one.probability).sum();
    let topic = topic(request);
    let declarers = staff.iter().filter(|engineer| engineer.declares(topic)).count();
    let solved = if topic.is_empty() { model.resolved() } else { model.resolved_under(topic) };
    let standing = |engineer: &Engineer| {
        let likelihood = of(engineer.id);
        let learned = likelihood.map_or(0.0, |one| one.probability / present.max(f64::MIN_POSITIVE));
        let declared = engineer.declares(topic);
        let expertise = expertise(learned, declared, declarers, solved);
        let burden = engineer.open.burden();
        Standing {
            engineer: engineer.id,
            obstacles: obstacles(engineer, demands, now),
            score: score(expertise, burden),
            expertise,
            learned,
            parts: likelihood.map(|one| one.parts),
            declared,
            open_cases: engineer.open.total(),
            burden,
            last_assigned: engineer.last_assigned,
        }
    };
    staff.iter().map(standing).collect()
}

/// The problem type that counts as the topic; empty if there is none.
fn topic<'a>(request: &Request<'a>) -> &'a str {
    request.problem_types.first().copied().unwrap_or_default()
}

/// The eligible first, then the better score, then fairness.
fn order(one: &Standing, other: &Standing) -> Ordering {
    one.obstacles
        .is_empty()
        .cmp(&other.obstacles.is_empty())
        .reverse()
        .then(other.score.total_cmp(&one.score))
        .then(one.open_cases.cmp(&other.open_cases))
        .then(one.last_assigned.cmp(&other.last_assigned))
        .then(one.engineer.cmp(&other.engineer))
}
