//! Expertise against load.

/// What a full load costs: as much as this factor of expertise, as e to the power of it. So at full load an expert
/// gives way to a free colleague with a fiftieth of the expertise.
const LOAD_WEIGHT: f64 = 4.0;
/// Burden (see [`OpenCases::burden`](crate::OpenCases::burden)) of a full load: eight moderate cases.
const BURDEN_FULL: f64 = 16.0;
/// Expertise that everyone has: nobody's logarithm is minus infinity, and between strangers load decides.
pub const EXPERTISE_MIN: f64 = 0.001;
/// Solved cases under a problem type at which they count as much as what was declared.
const EVEN_CASES: f64 = 20.0;
/// What declared expertise keeps counting, however long the history: it lets newcomers in.
const DECLARED_MIN: f64 = 0.05;

/// The score of an engineer: `ln(expertise) − 4 · burden / 16`.
///
/// Greater expertise never lowers it, a greater burden never raises it. `expertise` is taken as at least
/// [`EXPERTISE_MIN`].
#[must_use]
pub fn score(expertise: f64, burden: f64) -> f64 {
    expertise.max(EXPERTISE_MIN).ln() - LOAD_WEIGHT * burden / BURDEN_FULL
}

/// Expertise, 0 to 1: what was learned, and what was declared as far as there is no history.
///
/// `(1 − d) · learned + d · declared / declarers`, where `d` falls from 1 to 0.05 as requests under the problem type
/// are solved: `d = max(0.05, 20 / (20 + solved))`. `declarers` is how many of the staff declare it.
#[must_use]
pub fn expertise(learned: f64, declared: bool, declarers: usize, solved: u64) -> f64 {
    let weight = (EVEN_CASES / (EVEN_CASES + solved as f64)).max(DECLARED_MIN);
    let share = if declared && declarers > 0 { 1.0 / declarers as f64 } else { 0.0 };
    (1.0 - weight) * learned + weight * share
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn more_expertise_never_lowers_and_more_load_never_raises(
            expertise in 0.0..1.0_f64, more in 0.0..1.0_f64, burden in 0.0..100.0_f64, further in 0.0..100.0_f64,
        ) {
            prop_assert!(score(expertise + more, burden) >= score(expertise, burden));
            prop_assert!(score(expertise, burden + further) <= score(expertise, burden));
            prop_assert!(score(expertise, burden).is_finite());
        }

        #[test]
        fn what_is_learned_and_declared_never_lowers(
            learned in 0.0..1.0_f64, more in 0.0..1.0_f64, declarers in 1..50_usize, solved in 0..10_000_u64,
        ) {
            let plain = expertise(learned, false, declarers, solved);
            prop_assert!(expertise(learned, true, declarers, solved) > plain);
            prop_assert!(expertise(learned + more, false, declarers, solved) >= plain);
        }
    }

    #[test]
    fn the_best_expert_does_not_drown() {
        // Seven tenths of the expertise against one twentieth: the fifth moderate case still goes to the expert.
        assert!(score(0.7, 8.0) > score(0.05, 0.0));
        assert!(score(0.7, 12.0) < score(0.05, 0.0));
    }

    #[test]
    fn declared_counts_until_there_is_history() {
        assert_eq!(expertise(0.0, true, 2, 0), 0.5);
        assert_eq!(expertise(1.0, false, 2, 0), 0.0);
        assert_eq!(expertise(1.0, false, 0, 20), 0.5);
        assert_eq!(expertise(1.0, false, 2, 1_000_000), 0.95);
    }
}
