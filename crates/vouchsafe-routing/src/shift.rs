//! Weekly working hours in a time zone, and the days off.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

/// Spans of working time of one week.
const SPANS_MAX: usize = 50;
/// Days off of one engineer.
const HOLIDAYS_MAX: usize = 1_000;

/// Why working hours are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShiftError {
    /// The name is not in the IANA time zone database.
    #[error("`{0}` is not the name of a time zone")]
    UnknownZone(String),
    /// More spans or days off than anyone has.
    #[error("{0} {1} are more than {2}")]
    TooMany(usize, &'static str, usize),
}

/// A span of working time: from a time of day on a weekday until, not including, a later time.
///
/// If `until` is not after `from`, it lies on the next day; equal times are a whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The day on which the span begins.
    pub weekday: Weekday,
    /// When it begins, by the clock of the zone.
    pub from: Time,
    /// When it ends, by the clock of the zone.
    pub until: Time,
}

/// An engineer's working hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    zone: TimeZone,
    week: Vec<Span>,
    holidays: BTreeSet<Date>,
}

impl Shift {
    /// Working hours of a week in a zone such as `Europe/Berlin`, without the days off. A span that begins on a day
    /// off falls out as a whole, also what reaches into the next day. An empty week is never on shift.
    ///
    /// # Errors
    /// [`ShiftError`].
    pub fn new(zone: &str, week: Vec<Span>, holidays: BTreeSet<Date>) -> Result<Self, ShiftError> {
        if week.len() > SPANS_MAX {
            return Err(ShiftError::TooMany(week.len(), "spans", SPANS_MAX));
        }
        if holidays.len() > HOLIDAYS_MAX {
            return Err(ShiftError::TooMany(holidays.len(), "days off", HOLIDAYS_MAX));
        }
        let zone = TimeZone::get(zone).map_err(|_| ShiftError::UnknownZone(zone.to_owned()))?;
        Ok(Self { zone, week, holidays })
    }

    /// On shift at every moment.
    #[must_use]
    pub fn always() -> Self {
        let days = Weekday::Monday.cycle_forward().take(7);
        let week = days.map(|weekday| Span { weekday, from: Time::midnight(), until: Time::midnight() });
        Self { zone: TimeZone::UTC, week: week.collect(), holidays: BTreeSet::new() }
    }

    /// Whether the clock of the zone shows working time. Where clocks are set back, the doubled hour counts twice.
    #[must_use]
    pub fn is_on(&self, now: Timestamp) -> bool {
        let local = self.zone.to_datetime(now);
        let (today, time) = (local.date(), local.time());
        let begun = |span: &&Span| span.weekday == today.weekday() && !self.holidays.contains(&today);
        let today_on = self
            .week
            .iter()
            .filter(begun)
            .any(|span| time >= span.from && (span.until <= span.from || time < span.until));
        let overnight = today.yesterday().is_ok_and(|yesterday| {
            !self.holidays.contains(&yesterday)
                && self.week.iter().any(|span| {
                    span.weekday == yesterday.weekday() && span.until <= span.from && time < span.until
                })
        });
        today_on || overnight
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn shift(weekday: Weekday, from: i8, until: i8, holidays: &[Date]) -> Shift {
        let span = Span { weekday, from: time(from, 0, 0, 0), until: time(until, 0, 0, 0) };
        Shift::new("Europe/Berlin", vec![span], holidays.iter().copied().collect()).expect("a shift")
    }

    #[test]
    fn hours_are_those_of_the_zone_and_half_open() {
        // A Monday in winter: Berlin is one hour ahead of UTC; and one in summer: two.
        let shift = shift(Weekday::Monday, 9, 17, &[]);
        assert!(!shift.is_on(at("2026-01-05T07:59:59Z")));
        assert!(shift.is_on(at("2026-01-05T08:00:00Z")));
        assert!(shift.is_on(at("2026-01-05T15:59:59Z")));
        assert!(!shift.is_on(at("2026-01-05T16:00:00Z")));
        assert!(shift.is_on(at("2026-07-06T07:00:00Z")));
        assert!(!shift.is_on(at("2026-07-07T10:00:00Z")));
    }

    #[test]
    fn a_night_belongs_to_the_day_it_begins_on() {
        let night = shift(Weekday::Monday, 22, 6, &[]);
        assert!(night.is_on(at("2026-01-05T21:30:00Z")));
        assert!(night.is_on(at("2026-01-06T04:59:00Z")));
        assert!(!night.is_on(at("2026-01-06T05:00:00Z")));
        assert!(!night.is_on(at("2026-01-05T04:00:00Z")));
        let off = shift(Weekday::Monday, 22, 6, &[date(2026, 1, 5)]);
        assert!(!off.is_on(at("2026-01-05T21:30:00Z")));
        assert!(!off.is_on(at("2026-01-06T04:59:00Z")));
    }

    #[test]
    fn always_is_always_and_nothing_is_never() {
        for moment in ["2026-01-05T00:00:00Z", "2026-01-10T12:00:00Z", "2026-01-11T23:59:59Z"] {
            assert!(Shift::always().is_on(at(moment)));
            assert!(!Shift::new("UTC", Vec::new(), BTreeSet::new()).expect("a shift").is_on(at(moment)));
        }
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let unknown = Shift::new("Europe/Atlantis", Vec::new(), BTreeSet::new());
        assert_eq!(
            unknown.expect_err("no zone").to_string(),
            "`Europe/Atlantis` is not the name of a time zone"
        );
        let span = Span { weekday: Weekday::Monday, from: Time::midnight(), until: Time::midnight() };
        let many = Shift::new("UTC", vec![span; 51], BTreeSet::new());
        assert_eq!(many.expect_err("too many").to_string(), "51 spans are more than 50");
    }
}
