//! How many events of a stream fall into each minute.
//!
//! The counts follow from sums of weights, rounded so that all of them together are the number that was asked for.
//! So a stream knows its next minute without knowing the rest.

use super::dice::Dice;

/// Minutes of an hour.
const MINUTES: u64 = 60;
/// How far an hour's weight is from its mean at most, in parts of a hundred.
const SCATTER: i64 = 15;

/// A source of events with its own rhythm and its own randomness.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) dice: Dice,
    /// How many events it gives in all.
    total: u64,
    /// How many it has given or promised.
    given: u64,
    /// First hour of its window.
    first: u64,
    /// Sums of the weights of the hours before each.
    sums: Vec<u64>,
}

impl Stream {
    /// A stream over a window of hours.
    pub(super) fn new(
        mut dice: Dice,
        total: u64,
        window: std::ops::Range<u64>,
        weight: impl Fn(u64) -> u64,
    ) -> Self {
        let first = window.start;
        let mut sums = vec![0];
        if total > 0 {
            let mut sum: u64 = 0;
            sums.extend(window.map(|hour| {
                let scatter = u64::try_from(100 + dice.between(-SCATTER, SCATTER)).unwrap_or(100);
                sum = sum.saturating_add((weight(hour) * scatter).max(1));
                sum
            }));
        }
        Self { dice, total, given: 0, first, sums }
    }

    /// How many events begin in a minute. Minutes are asked for once each, in order.
    pub(super) fn take(&mut self, minute: u64) -> u64 {
        let new = self.due(minute).saturating_sub(self.given);
        self.given += new;
        new
    }

    /// Promises one event more, which some minute to come will not begin; no if all are given already.
    pub(super) fn promise(&mut self) -> bool {
        let free = self.given < self.total;
        self.given += u64::from(free);
        free
    }

    /// How many events there should be by the end of a minute.
    fn due(&self, minute: u64) -> u64 {
        let Some(hour) = (minute / MINUTES).checked_sub(self.first) else { return 0 };
        let sum = |hour: u64| self.sums.get(usize::try_from(hour).unwrap_or(usize::MAX)).copied();
        let (Some(before), Some(after), Some(all)) = (sum(hour), sum(hour + 1), self.sums.last()) else {
            return self.total;
        };
        let part = u128::from(before) * u128::from(MINUTES)
            + u128::from(after - before) * u128::from(minute % MINUTES + 1);
        let due = u128::from(self.total) * part / (u128::from(*all) * u128::from(MINUTES));
        u64::try_from(due).unwrap_or(self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dice() -> Dice {
        Dice::new(uuid::Uuid::nil(), 1, "test")
    }

    proptest! {
        #[test]
        fn minutes_add_up_whatever_is_promised(
            total in 0_u64..5_000, first in 0_u64..5, hours in 1_u64..30, promises in 0_usize..200,
        ) {
            let window = first..first + hours;
            let mut stream = Stream::new(dice(), total, window.clone(), |hour| 1 + hour * hour % 7);
            let (mut all, mut promised) = (0, 0);
            for minute in 0..(first + hours) * MINUTES {
                let new = stream.take(minute);
                prop_assert!(new == 0 || window.contains(&(minute / MINUTES)));
                all += new;
                if minute % 7 == 3 && promised < promises && stream.promise() {
                    promised += 1;
                    all += 1;
                }
            }
            prop_assert_eq!(all, total);
            prop_assert!(!stream.promise());
        }
    }

    #[test]
    fn busy_hours_get_more() {
        let mut stream = Stream::new(dice(), 11_000, 0..2, |hour| if hour == 0 { 1 } else { 10 });
        let quiet: u64 = (0..60).map(|minute| stream.take(minute)).sum();
        assert!((700..1_400).contains(&quiet), "{quiet}");
    }
}
