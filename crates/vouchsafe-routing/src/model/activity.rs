//! How much, and how lately, each engineer has resolved.

use std::collections::VecDeque;

/// Days in which a resolved request halves in what it says about activity.
const HALF_LIFE_DAYS: f64 = 90.0;
/// Requests that everyone is taken to have resolved, so that nobody's share is nothing.
const HEAD_START: f64 = 0.5;

/// Resolution times kept of an engineer, the latest ones.
const TIMES_MAX: usize = 32;
/// Days since the last of one who had resolved nothing yet.
const NEVER_DAYS: f64 = 1_500.0;

/// One engineer's activity. Times are days since the epoch.
#[derive(Debug, Clone, Default)]
pub(super) struct Activity {
    /// Faded count of resolved requests at the latest of `times`.
    count: f64,
    times: VecDeque<f64>,
    /// Whether earlier times were dropped.
    has_more: bool,
}

impl Activity {
    /// Counts a request resolved at a time. One that comes late, out of order, counts as of the latest.
    pub(super) fn learn(&mut self, resolved: f64) {
        self.count = self.faded(resolved) + 1.0;
        self.times.push_back(self.times.back().map_or(resolved, |latest| latest.max(resolved)));
        if self.times.len() > TIMES_MAX {
            self.times.pop_front();
            self.has_more = true;
        }
    }

    fn faded(&self, now: f64) -> f64 {
        let age = self.times.back().map_or(0.0, |latest| (now - latest).max(0.0));
        self.count * (-age / HALF_LIFE_DAYS).exp2()
    }

    /// Days since the latest that was resolved before `now`, at least 0; [`NEVER_DAYS`] if there was none.
    pub(super) fn days_since(&self, now: f64) -> f64 {
        let latest = self.times.iter().rev().find(|time| **time < now);
        match latest {
            Some(latest) => now - latest,
            None if self.has_more => 0.0,
            None => NEVER_DAYS,
        }
    }
}

/// Each engineer's share of all that was lately resolved: positive, in sum 1.
pub(super) fn shares(activities: &[Activity], now: f64) -> Vec<f64> {
    let counts: Vec<f64> = activities.iter().map(|one| one.faded(now) + HEAD_START).collect();
    let total: f64 = counts.iter().sum();
    counts.into_iter().map(|count| count / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lately_active_have_the_larger_share() {
        let mut old = Activity::default();
        let mut new = Activity::default();
        old.learn(0.0);
        new.learn(90.0);
        let shares = shares(&[old, new], 90.0);
        assert_eq!(shares, [0.4, 0.6]);
    }

    #[test]
    fn days_are_counted_from_what_was_known_at_the_time() {
        let mut one = Activity::default();
        assert_eq!(one.days_since(5.0), NEVER_DAYS);
        one.learn(1.0);
        one.learn(4.0);
        assert_eq!([1.0, 3.0, 4.0, 6.0].map(|now| one.days_since(now)), [NEVER_DAYS, 2.0, 3.0, 2.0]);
        for _ in 0..TIMES_MAX {
            one.learn(9.0);
        }
        assert_eq!(one.days_since(5.0), 0.0);
    }
}
