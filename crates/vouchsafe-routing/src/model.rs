//! The learned expertise: three ingredients and a blend whose weights are learned too.
//!
//! - **similar**: the nearest resolved requests vote for their resolvers (`nearest`);
//! - **profile**: a linear softmax over words, letter groups, form, hour and problem type (`linear`);
//! - **recent**: who resolved something lately (`activity`).

mod activity;
mod blend;
mod linear;
mod nearest;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::evidence::{Evidence, Tally};
use crate::features::Frequencies;
use crate::reading::{Reading, number_word};
use crate::request::{EngineerId, Request, Resolved, TenantId};
use activity::Activity;
use blend::{Blend, INGREDIENTS};
use linear::Linear;
use nearest::Nearest;

/// Engineers that the model can tell apart. Each costs 512 KiB.
const ENGINEERS_MAX: usize = 1_024;
/// What the nearest cases are outweighed by when they say little: this many votes go by recent activity.
const PRIOR_VOTES: f64 = 1.0;
/// How much recent activity is mixed into the profile, which is too sure of itself: nobody is ruled out altogether.
const PROFILE_PRIOR: f64 = 0.1;
/// What a request that had to be reopened teaches, against one that was solved at once.
const REOPENED_QUALITY: f32 = 0.5;
/// Days after which a solution teaches less: the quality is 1 / (1 + days / this), but never below [`QUALITY_MIN`].
const SLOW_DAYS: f64 = 365.0;
/// What even the slowest solution teaches.
const QUALITY_MIN: f32 = 0.25;

/// Why a resolved request could not be learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It was closed before it was opened.
    #[error("the request was resolved at {resolved}, before it was opened at {opened}")]
    ResolvedBeforeOpened {
        /// When it was opened.
        opened: Timestamp,
        /// When it was resolved.
        resolved: Timestamp,
    },
    /// A further engineer would be one too many.
    #[error("{ENGINEERS_MAX} engineers are known, no further one can be learned")]
    TooManyEngineers,
}

/// What the ingredients say of one engineer, each as a probability among all engineers that are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts {
    /// By the nearest resolved requests.
    pub similar: f64,
    /// By the learned profile of what the engineer resolves.
    pub profile: f64,
    /// Days since the engineer last resolved a request, at least 0; 1,500 if there was none before that time.
    pub days_since_last: f64,
}

/// How likely an engineer is the one for a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likelihood {
    /// The engineer.
    pub engineer: EngineerId,
    /// 0 to 1; over all known engineers the sum is 1.
    pub probability: f64,
    /// What it is blended from.
    pub parts: Parts,
}

/// What was learned from the resolved requests.
///
/// Learn each when it is closed, in the order of closing. One that comes back and is closed again is learned again
/// with `reopened`. The state is rebuilt from the history at start: the same sequence gives the same state and so the
/// same rankings, bit for bit. Memory is bounded: see `docs/ROUTING.md`.
#[derive(Debug, Clone)]
pub struct Expertise {
    engineers: Vec<EngineerId>,
    places: BTreeMap<EngineerId, usize>,
    activities: Vec<Activity>,
    frequencies: Frequencies,
    nearest: Nearest,
    linear: Linear,
    blend: Blend,
    evidence: Evidence,
    resolved: u64,
}

impl Default for Expertise {
    fn default() -> Self {
        Self::new()
    }
}

impl Expertise {
    /// Knows nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            engineers: Vec::new(),
            places: BTreeMap::new(),
            activities: Vec::new(),
            frequencies: Frequencies::new(),
            nearest: Nearest::new(),
            linear: Linear::new(),
            blend: Blend::new(),
            evidence: Evidence::default(),
            resolved: 0,
        }
    }

    /// How likely each engineer who has resolved anything is the one for a request at `now`, going by what was
    /// resolved before: the likeliest first, of equal ones the smaller id. Empty when nothing was learned.
    #[must_use]
    pub fn likelihoods(&self, request: &Request<'_>, now: Timestamp) -> Vec<Likelihood> {
        let opinions = self.opinions(&Reading::of(request), days(now));
        let probabilities = self.blend.probabilities(&opinions);
        let engineers = self.engineers.iter().zip(&self.activities);
        let mut likelihoods: Vec<Likelihood> = engineers
            .zip(opinions.iter().zip(probabilities))
            .map(|((engineer, activity), ([similar, profile, _], probability))| Likelihood {
                engineer: *engineer,
                probability,
                parts: Parts {
                    similar: similar.exp(),
                    profile: profile.exp(),
                    days_since_last: activity.days_since(days(now)),
                },
            })
            .collect();
        likelihoods.sort_unstable_by(|one, other| {
            other.probability.total_cmp(&one.probability).then(one.engineer.cmp(&other.engineer))
        });
        likelihoods
    }

    /// Learns one more resolved request.
    ///
    /// # Errors
    /// [`ModelError`]; nothing is learned then.
    pub fn learn(&mut self, case: &Resolved<'_>) -> Result<(), ModelError> {
        let (opened, resolved) = (case.request.opened, case.resolved);
        if resolved < opened {
            return Err(ModelError::ResolvedBeforeOpened { opened, resolved });
        }
        let at = days(resolved);
        let mut reading = Reading::of(&case.request);
        if let Some(place) = self.places.get(&case.engineer) {
            // As things stood when the request came: that is when an assignment must be right. At its end the
            // resolver has often just closed others too, and `recent` would be believed too much.
            let opinions = self.opinions(&reading, days(opened));
            self.blend.learn(&opinions, *place);
        }
        let place = self.place(case.engineer)?;
        let quality = quality(case);
        self.linear.learn(place, quality, self.frequencies.features(&reading));
        self.frequencies.learn(&reading);
        reading.words.extend(number_word(case.number).map(|word| (word, 1.0)));
        self.nearest.learn(place, quality, at, &reading.words);
        if let Some(activity) = self.activities.get_mut(place) {
            activity.learn(at);
        }
        self.evidence.learn(case);
        self.resolved = self.resolved.saturating_add(1);
        Ok(())
    }

    /// Resolved requests learned so far.
    #[must_use]
    pub fn resolved(&self) -> u64 {
        self.resolved
    }

    /// Resolved requests under a problem type, whoever resolved them.
    #[must_use]
    pub fn resolved_under(&self, problem_type: &str) -> u64 {
        self.evidence.under(problem_type)
    }

    /// What an engineer has resolved under a problem type for tenants other than `tenant`.
    #[must_use]
    pub fn tally(&self, engineer: EngineerId, problem_type: &str, tenant: TenantId) -> Tally {
        self.evidence.tally(engineer, problem_type, tenant)
    }

    /// The logarithmic opinion of each ingredient on each engineer.
    fn opinions(&self, reading: &Reading, now: f64) -> Vec<[f64; INGREDIENTS]> {
        let engineers = self.engineers.len();
        let prior = activity::shares(&self.activities, now);
        let votes = self.nearest.votes(&reading.words, now, engineers);
        let all_votes: f64 = votes.iter().sum();
        let f = self.frequencies.features(reading);
        let profile = self.linear.probabilities(&f);
        let ingredients = votes.iter().zip(&prior).zip(profile).zip(&self.activities);
        ingredients
            .map(|(((vote, prior), profile), activity)| {
                let similar = (vote + PRIOR_VOTES * prior) / (all_votes + PRIOR_VOTES);
                let profile = (f64::from(profile) + PROFILE_PRIOR * prior) / (1.0 + PROFILE_PRIOR);
                [similar.ln(), profile.ln(), -activity.days_since(now).ln_1p()]
            })
            .collect()
    }

    /// The place of an engineer, made if need be.
    fn place(&mut self, engineer: EngineerId) -> Result<usize, ModelError> {
        if let Some(place) = self.places.get(&engineer) {
            return Ok(*place);
        }
        let place = self.engineers.len();
        if place >= ENGINEERS_MAX {
            return Err(ModelError::TooManyEngineers);
        }
        self.engineers.push(engineer);
        self.places.insert(engineer, place);
        self.activities.push(Activity::default());
        self.linear.widen(place + 1);
        Ok(place)
    }
}

/// What a solution teaches, 0 to 1: less if it took long, half if the request came back.
fn quality(case: &Resolved<'_>) -> f32 {
    let open = days(case.resolved) - days(case.request.opened);
    let quality = ((1.0 / (1.0 + open / SLOW_DAYS)) as f32).max(QUALITY_MIN);
    if case.reopened { quality * REOPENED_QUALITY } else { quality }
}

/// Days since the epoch.
fn days(at: Timestamp) -> f64 {
    /// Seconds of a day.
    const DAY: f64 = 86_400.0;
    at.as_second() as f64 / DAY
}
