//! How much, and how lately, each engineer has resolved.

/// Days in which a resolved request halves in what it says about activity.
const HALF_LIFE_DAYS: f64 = 90.0;
/// Requests that everyone is taken to have resolved, so that nobody's share is nothing.
const HEAD_START: f64 = 0.5;

/// One engineer's activity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Activity {
    /// Faded count of resolved requests at `latest`.
    count: f64,
    /// When the latest was resolved, in days since the epoch.
    latest: f64,
}

impl Activity {
    pub(super) fn new(at: f64) -> Self {
        Self { count: 0.0, latest: at }
    }

    /// Counts a request resolved at a time. One that comes late, out of order, counts as of the latest.
    pub(super) fn learn(&mut self, resolved: f64) {
        self.count = self.faded(resolved) + 1.0;
        self.latest = self.latest.max(resolved);
    }

    fn faded(&self, now: f64) -> f64 {
        self.count * (-self.days_since(now) / HALF_LIFE_DAYS).exp2()
    }

    /// Days since the latest, at least 0.
    pub(super) fn days_since(&self, now: f64) -> f64 {
        (now - self.latest).max(0.0)
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
        let mut old = Activity::new(0.0);
        let mut new = Activity::new(0.0);
        old.learn(0.0);
        new.learn(90.0);
        let shares = shares(&[old, new], 90.0);
        assert_eq!(shares, [0.4, 0.6]);
        assert_eq!((old.days_since(90.0), old.days_since(-1.0)), (90.0, 0.0));
    }
}
