//! Rounds and ratios.

/// What was measured of one target, one figure a round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Series(pub(crate) Vec<f64>);

impl Series {
    /// Median, minimum and maximum.
    pub(crate) fn summary(&self) -> (f64, f64, f64) {
        let figures = sorted(&self.0);
        (figures[figures.len() / 2], figures[0], figures[figures.len() - 1])
    }

    /// The median.
    pub(crate) fn median(&self) -> f64 {
        self.summary().0
    }

    /// Round by round, this over the other.
    pub(crate) fn over(&self, other: &Self) -> Self {
        self.with(other, |a, b| a / b)
    }

    /// Round by round, this less the other.
    pub(crate) fn less(&self, other: &Self) -> Self {
        self.with(other, |a, b| a - b)
    }

    fn with(&self, other: &Self, each: impl Fn(f64, f64) -> f64) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| each(*a, *b)).collect())
    }
}

/// How long single operations took, in milliseconds, round by round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times {
    rounds: Vec<Vec<f64>>,
}

impl Times {
    /// Adds a round, which has at least one operation.
    pub(crate) fn push(&mut self, round: Vec<f64>) {
        self.rounds.push(round);
    }

    /// The median of each round.
    pub(crate) fn medians(&self) -> Series {
        Series(self.rounds.iter().map(|round| Series(round.clone()).median()).collect())
    }

    /// The time within which this share of the operations of all rounds was done.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let all = sorted(&self.rounds.concat());
        let rank = (share * all.len() as f64).ceil() as usize;
        all[rank.clamp(1, all.len()) - 1]
    }

    /// How many operations there were.
    pub(crate) fn count(&self) -> usize {
        self.rounds.iter().map(Vec::len).sum()
    }
}

fn sorted(figures: &[f64]) -> Vec<f64> {
    let mut figures = figures.to_vec();
    figures.sort_by(f64::total_cmp);
    figures
}

/// A value to reach.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    Below(f64),
}

impl Goal {
    fn holds(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(least) => figure >= least,
            Self::AtMost(most) => figure <= most,
            Self::Below(bound) => figure < bound,
        }
    }
}

impl std::fmt::Display for Goal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, ">= {least}"),
            Self::AtMost(most) => write!(f, "<= {most}"),
            Self::Below(bound) => write!(f, "< {bound}"),
        }
    }
}

/// Prints a figure that has a value to reach, and whether its median reaches it.
pub(crate) fn judged(name: &str, unit: &str, series: &Series, goal: Goal) {
    let (median, min, max) = series.summary();
    let verdict = if goal.holds(median) { "reached" } else { "NOT REACHED" };
    println!("{name:<66} {median:>9.3} {unit} ({min:.3} - {max:.3})   to reach: {goal}   {verdict}");
}

/// Prints one target's figures.
pub(crate) fn line(name: &str, unit: &str, series: &Series) {
    let (median, min, max) = series.summary();
    println!("{name:<58} {median:>10.0} {unit} ({min:.0} - {max:.0})");
}

/// Prints a ratio with the value to reach.
pub(crate) fn ratio(name: &str, series: &Series, to_reach: &str) {
    let (median, min, max) = series.summary();
    println!("{name:<58} {median:>10.2}   ({min:.2} - {max:.2})   to reach: {to_reach}");
}
