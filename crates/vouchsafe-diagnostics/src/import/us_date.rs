//! The dates of portal exports: `4/28/2021, 2:08:45.221 PM`.

use jiff::civil::DateTime;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::Offset;
use vouchsafe_core::time::Timestamp;

/// Month first, then day; 12 or 24 hours; the comma and the fraction of a second may be missing. The time is UTC, as
/// the `[UTC]` of the column's name says.
const FORMATS: [&str; 4] =
    ["%m/%d/%Y, %I:%M:%S%.f %p", "%m/%d/%Y %I:%M:%S%.f %p", "%m/%d/%Y, %H:%M:%S%.f", "%m/%d/%Y %H:%M:%S%.f"];

/// Longest text that is looked at, in bytes.
const MAX_BYTES: usize = 40;

/// Reads such a date, or RFC 3339, whose offset may then be missing.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > MAX_BYTES {
        return None;
    }
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let civil = FORMATS
        .iter()
        .find_map(|format| BrokenDownTime::parse(format, text).ok()?.to_datetime().ok())
        .or_else(|| text.contains(':').then(|| text.parse::<DateTime>().ok()).flatten())?;
    let instant = Offset::UTC.to_timestamp(civil).ok()?;
    Some(Timestamp::from_micros(instant.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn dates_of_portals_read_as_utc() {
        for (text, expected) in [
            ("4/28/2021, 2:08:45.221 PM", "2021-04-28T14:08:45.221Z"),
            ("12/1/2021, 12:00:00.000 AM", "2021-12-01T00:00:00Z"),
            ("12/31/2021, 12:59:59 PM", "2021-12-31T12:59:59Z"),
            ("4/28/2021 14:08:45", "2021-04-28T14:08:45Z"),
            ("2021-04-28T14:08:45.2213421Z", "2021-04-28T14:08:45.221342Z"),
            ("2021-04-28T16:08:45+02:00", "2021-04-28T14:08:45Z"),
            ("2021-04-28 14:08:45.5", "2021-04-28T14:08:45.5Z"),
        ] {
            assert_eq!(parse(text).map(|time| time.to_string()).as_deref(), Some(expected), "{text}");
        }
        for wrong in ["", "28/4/2021, 2:08:45 PM", "4/28/2021", "4/28/2021, 25:08:45", "now", "2021-04-28"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(parse(&"1".repeat(1_000)), None);
    }
}
