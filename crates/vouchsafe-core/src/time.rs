//! Instants and lengths of time. Nothing here reads a clock: `now` is always an argument.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use crate::text::serde_as_text;

const MICROS_PER_MINUTE: i64 = 60_000_000;
const MINUTES_PER_DAY: i64 = 24 * 60;

/// A text that is not a time or duration of the documented form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}")]
pub struct InvalidTime {
    expected: &'static str,
}

/// An instant in UTC with microsecond resolution. Text form: RFC 3339 ending in `Z`.
///
/// Range: from year 0001 to 9999-12-30T22:00:00Z, the last second that is a valid local time in every zone,
/// so that every value has a four-digit text form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    const MIN_MICROS: i64 = -62_135_596_800_000_000;
    const MAX_MICROS: i64 = 253_402_207_200_000_000;

    /// The last instant of the documented range.
    pub const LAST: Self = Self(Self::MAX_MICROS);

    /// The instant so many microseconds after 1970-01-01T00:00:00Z, held within the documented range.
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        Self(micros.clamp(Self::MIN_MICROS, Self::MAX_MICROS))
    }

    /// The instant so many milliseconds after 1970-01-01T00:00:00Z, held within the documented range.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self::from_micros(millis.saturating_mul(1_000))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// The instant as jiff knows it, for calendars and time zones.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_jiff())
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTime;
    /// Accepts RFC 3339 with any offset; digits beyond the microsecond are cut.
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let expected = InvalidTime { expected: "an RFC 3339 time such as `2026-11-23T09:00:00Z`" };
        let plain = text.len() <= 40 && text.contains(['T', 't']) && !text.contains('[');
        let instant =
            plain.then(|| text.parse::<jiff::Timestamp>().ok()).flatten().ok_or(expected.clone())?;
        let micros = instant.as_microsecond();
        if (Self::MIN_MICROS..=Self::MAX_MICROS).contains(&micros) { Ok(Self(micros)) } else { Err(expected) }
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self::from_micros(self.0.saturating_add(duration.as_micros()))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self::from_micros(self.0.saturating_sub(duration.as_micros()))
    }
}

/// A length of time in whole minutes, at least one. Text form: ISO 8601 `PnDTnHnM`, a day being 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    minutes: i64,
}

impl Duration {
    /// So many minutes.
    #[must_use]
    pub const fn minutes(minutes: u32) -> Self {
        Self { minutes: minutes as i64 }
    }

    /// So many hours.
    #[must_use]
    pub const fn hours(hours: u32) -> Self {
        Self { minutes: hours as i64 * 60 }
    }

    /// So many days of 24 hours.
    #[must_use]
    pub const fn days(days: u32) -> Self {
        Self { minutes: days as i64 * MINUTES_PER_DAY }
    }

    /// The length in minutes.
    #[must_use]
    pub const fn as_minutes(self) -> i64 {
        self.minutes
    }

    /// The length in microseconds.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.minutes.saturating_mul(MICROS_PER_MINUTE)
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, hours, minutes) =
            (self.minutes / MINUTES_PER_DAY, self.minutes % MINUTES_PER_DAY / 60, self.minutes % 60);
        f.write_str("P")?;
        if days > 0 {
            write!(f, "{days}D")?;
        }
        if hours > 0 || minutes > 0 || days == 0 {
            f.write_str("T")?;
        }
        if hours > 0 {
            write!(f, "{hours}H")?;
        }
        if minutes > 0 || (days == 0 && hours == 0) {
            write!(f, "{minutes}M")?;
        }
        Ok(())
    }
}

impl FromStr for Duration {
    type Err = InvalidTime;
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let expected = InvalidTime { expected: "an ISO 8601 duration `PnDTnHnM` such as `PT8H` or `P7D`" };
        parse_duration(text).map(|minutes| Self { minutes }).ok_or(expected)
    }
}

fn parse_duration(text: &str) -> Option<i64> {
    let rest = text.strip_prefix('P')?;
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None => (rest, ""),
    };
    let (days, date) = leading_count(date, 'D')?;
    let (hours, time) = leading_count(time, 'H')?;
    let (minutes, time) = leading_count(time, 'M')?;
    let nothing_left = date.is_empty() && time.is_empty() && !rest.is_empty();
    nothing_left.then_some(days * MINUTES_PER_DAY + hours * 60 + minutes)
}

/// Reads `n` and its designator if they lead `text`; a missing component counts as 0. At most seven digits,
/// so that no sum of components can overflow.
fn leading_count(text: &str, designator: char) -> Option<(i64, &str)> {
    match text.split_once(designator) {
        None => Some((0, text)),
        Some((digits, rest)) => {
            let plain = (1..=7).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            if plain { Some((digits.parse().ok()?, rest)) } else { None }
        }
    }
}

serde_as_text!(Timestamp);
serde_as_text!(Duration);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_print_iso_8601() {
        for (text, minutes) in
            [("PT15M", 15), ("PT8H", 480), ("P7D", 10_080), ("P1DT2H3M", 1_563), ("PT0M", 0)]
        {
            let duration: Duration = text.parse().unwrap();
            assert_eq!((duration.as_minutes(), duration.to_string().as_str()), (minutes, text));
        }
        for wrong in ["", "P", "PT", "P1DT", "7D", "P-1D", "P1W", "PT1.5H", "PT1M1H", "P99999999D", "PT1S"] {
            assert!(wrong.parse::<Duration>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_ends_of_the_range_have_a_text_form() {
        for (micros, text) in [(i64::MIN, "0001-01-01T00:00:00Z"), (i64::MAX, "9999-12-30T22:00:00Z")] {
            let time = Timestamp::from_micros(micros);
            assert_eq!((time.to_string().as_str(), text.parse()), (text, Ok(time)));
        }
    }

    #[test]
    fn times_read_any_offset_and_print_utc() {
        let time: Timestamp = "2026-11-23T10:00:00.1234567+01:00".parse().unwrap();
        assert_eq!(time.to_string(), "2026-11-23T09:00:00.123456Z");
        for wrong in ["", "2026-11-23", "2026-11-23T10:00:00", "2026-11-23T10:00:00Z[UTC]", "now"] {
            assert!(wrong.parse::<Timestamp>().is_err(), "{wrong}");
        }
    }
}
