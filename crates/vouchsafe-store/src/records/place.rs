//! Where an event lies in its table: by its time, and by an order among those of one microsecond.

use vouchsafe_core::time::Timestamp;

/// Bits that tell the events of one microsecond apart.
const BITS: u32 = 11;
/// Events that one microsecond has places for.
pub(super) const PER_MICROSECOND: i64 = 1 << BITS;
/// 2020-01-01T00:00:00Z, in microseconds since 1970: the place of that instant is 0.
const EPOCH_MICROS: i64 = 1_577_836_800_000_000;
/// Largest distance from the epoch in microseconds, about 142 years.
const MAX_MICROS: i64 = (i64::MAX >> BITS) - 1;
/// Microseconds of a second.
const SECOND: i64 = 1_000_000;
/// Microseconds of an hour.
const HOUR: i64 = 3_600 * SECOND;

/// The first place of an instant; one that is farther from 2020 than places reach counts as the farthest.
pub(super) fn first(time: Timestamp) -> i64 {
    time.as_micros().saturating_sub(EPOCH_MICROS).clamp(-MAX_MICROS, MAX_MICROS) << BITS
}

/// The instant of a place. Of a crowded microsecond it is another one of the same second.
pub(super) fn time(place: i64) -> Timestamp {
    Timestamp::from_micros((place >> BITS) + EPOCH_MICROS)
}

/// Places of the instant that a place is of.
pub(super) fn same_microsecond(place: i64) -> std::ops::Range<i64> {
    let first = place >> BITS << BITS;
    first..first + PER_MICROSECOND
}

/// Places of the second that a place is of.
pub(super) fn same_second(place: i64) -> std::ops::Range<i64> {
    let first = (place >> BITS).div_euclid(SECOND) * SECOND;
    first << BITS..(first + SECOND) << BITS
}

/// Whether the instant is a whole second: places of a crowded microsecond never cross it.
pub(super) fn is_whole_second(time: Timestamp) -> bool {
    time.as_micros().rem_euclid(SECOND) == 0
}

/// The hour since 2020 that a place is in.
pub(super) fn hour(place: i64) -> i64 {
    (place >> BITS).div_euclid(HOUR)
}

/// The first place of an hour since 2020.
pub(super) fn of_hour(hour: i64) -> i64 {
    hour.saturating_mul(HOUR).clamp(-MAX_MICROS, MAX_MICROS) << BITS
}

/// The hour since 2020 of a place, in SQL, whose division cuts towards zero.
pub(super) fn hour_in_sql(at: &str) -> String {
    let micros = format!("({at} >> {BITS})");
    format!("(({micros} - (({micros} % {HOUR}) + {HOUR}) % {HOUR}) / {HOUR})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_order_of_time_and_lead_back() {
        let times = [
            "1900-01-01T00:00:00Z",
            "2019-12-31T23:59:59.999999Z",
            "2020-01-01T00:00:00Z",
            "2026-11-23T09:30:00.5Z",
        ];
        let times = times.map(|text| text.parse::<Timestamp>().unwrap());
        for pair in times.windows(2) {
            assert!(first(pair[0]) + PER_MICROSECOND <= first(pair[1]));
        }
        for at in times {
            let place = first(at);
            assert_eq!((time(place), time(place + PER_MICROSECOND - 1)), (at, at));
            assert_eq!(same_microsecond(place + 5).start, place);
            assert!(same_second(place).contains(&place));
            assert!(of_hour(hour(place)) <= place && place < of_hour(hour(place) + 1));
        }
        assert_eq!(hour(first(times[1])), -1);
        assert_eq!(hour(first(times[2])), 0);
    }

    #[test]
    fn instants_that_no_event_has_are_farther_than_any() {
        let end = Timestamp::from_micros(i64::MAX);
        assert!(first(end) > first("2150-01-01T00:00:00Z".parse().unwrap()));
        assert!(first(Timestamp::from_micros(i64::MIN)) < first("1900-01-01T00:00:00Z".parse().unwrap()));
    }
}
