//! Rounds and ratios.

/// What was measured of one target: operations a second, one figure a round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Series(pub(crate) Vec<f64>);

impl Series {
    fn sorted(&self) -> Vec<f64> {
        let mut figures = self.0.clone();
        figures.sort_by(f64::total_cmp);
        figures
    }

    /// Median, minimum and maximum.
    pub(crate) fn summary(&self) -> (f64, f64, f64) {
        let figures = self.sorted();
        (figures[figures.len() / 2], figures[0], figures[figures.len() - 1])
    }

    /// Round by round, this over the other.
    pub(crate) fn over(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a / b).collect())
    }
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
