//! Times and lengths of time for people, and as form fields have them. Nobody's own time zone is known yet, so times
//! are in UTC and say so.

use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_web::{Choice, TimeView};

/// The zone of every time on the pages.
pub(crate) const ZONE: &str = "UTC";

/// A time to the minute.
pub(crate) fn moment(at: Timestamp) -> TimeView {
    shown(at, "%-d %b %Y, %H:%M\u{a0}UTC")
}

/// A time to the second.
pub(crate) fn exact(at: Timestamp) -> TimeView {
    shown(at, "%-d %b %Y, %H:%M:%S\u{a0}UTC")
}

fn shown(at: Timestamp, form: &str) -> TimeView {
    let at = at.to_jiff();
    TimeView { utc: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), shown: at.strftime(form).to_string() }
}

/// A time as a `datetime-local` field has it.
pub(crate) fn field(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_jiff().strftime("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default()
}

/// A text that a `datetime-local` field cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotATime;

/// What a `datetime-local` field holds, as UTC; `None` for nothing.
pub(crate) fn typed(text: &str) -> Result<Option<Timestamp>, NotATime> {
    let text = text.trim();
    let whole = match text.len() {
        0 => return Ok(None),
        16 => format!("{text}:00Z"),
        _ => format!("{text}Z"),
    };
    whole.parse().map(Some).map_err(|_| NotATime)
}

/// A length of time in words, such as `1 day 2 hours`.
pub(crate) fn length(duration: Duration) -> String {
    let minutes = duration.as_minutes();
    let parts = [(minutes / 1_440, "day"), (minutes % 1_440 / 60, "hour"), (minutes % 60, "minute")];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
        .collect();
    words.join(" ")
}

/// Lengths of access to choose from, none longer than `most`, which is always one of them.
pub(crate) fn lengths(most: Duration, chosen: Duration) -> Vec<Choice> {
    let usual = [
        Duration::hours(1),
        Duration::hours(8),
        Duration::days(1),
        Duration::days(3),
        Duration::days(7),
        Duration::days(14),
        Duration::days(30),
    ];
    let mut offered: Vec<Duration> = usual.into_iter().filter(|length| *length < most).collect();
    offered.push(most);
    let choice = |duration: Duration| Choice {
        value: duration.to_string(),
        label: length(duration),
        hint: String::new(),
        selected: duration == chosen,
    };
    offered.into_iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_said_in_words() {
        for (text, words) in [
            ("PT15M", "15 minutes"),
            ("PT1H", "1 hour"),
            ("P7D", "7 days"),
            ("P1DT2H3M", "1 day 2 hours 3 minutes"),
        ] {
            assert_eq!(length(text.parse().unwrap()), words);
        }
    }

    #[test]
    fn fields_round_trip_to_the_minute() {
        let at: Timestamp = "2026-11-23T09:14:07.5Z".parse().unwrap();
        assert_eq!(field(Some(at)), "2026-11-23T09:14");
        assert_eq!(typed(&field(Some(at))), Ok(Some("2026-11-23T09:14:00Z".parse().unwrap())));
        assert_eq!(typed("2026-11-23T09:14:07").unwrap().unwrap().to_string(), "2026-11-23T09:14:07Z");
        assert_eq!(typed(" "), Ok(None));
        for wrong in ["yesterday", "2026-11-23", "2026-11-23T25:00", "2026-11-23T09:14Z"] {
            assert_eq!(typed(wrong), Err(NotATime), "{wrong}");
        }
        assert_eq!(exact(at).utc, "2026-11-23T09:14:07Z");
    }

    #[test]
    fn no_length_is_longer_than_the_most() {
        let offered = lengths(Duration::hours(9), Duration::hours(9));
        let values: Vec<(&str, bool)> = offered.iter().map(|c| (c.value.as_str(), c.selected)).collect();
        assert_eq!(values, [("PT1H", false), ("PT8H", false), ("PT9H", true)]);
    }
}
