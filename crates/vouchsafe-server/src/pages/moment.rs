//! Times and lengths of time for people, and as form fields have them. Where the reader's time zone is known, times are in
//! that, with UTC beside it; else in UTC. Each says which. What is typed is UTC everywhere.

use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_web::{Choice, TimeView};

/// The zone of every time that no reader's zone is known for.
pub(crate) const ZONE: &str = "UTC";

tokio::task_local! {
    /// The zone of the page that is being made.
    static READERS: String;
}

/// Makes a page, or a part of one, for somebody who lives in this zone (IANA); in UTC without one, or with one that is not
/// known here.
pub(crate) async fn in_zone<F: Future>(zone: Option<String>, page: F) -> F::Output {
    let known = |zone: &String| zone != ZONE && Timestamp::from_micros(0).to_jiff().in_tz(zone).is_ok();
    match zone.filter(known) {
        Some(zone) => READERS.scope(zone, page).await,
        None => page.await,
    }
}

/// What a page says of the zone of its times.
pub(crate) fn zone() -> String {
    READERS.try_with(|zone| format!("{zone}, with {ZONE} beside it")).unwrap_or_else(|_| ZONE.to_owned())
}

/// A time to the minute.
pub(crate) fn moment(at: Timestamp) -> TimeView {
    shown(at, "%H:%M")
}

/// A time to the second.
pub(crate) fn exact(at: Timestamp) -> TimeView {
    shown(at, "%H:%M:%S")
}

fn shown(at: Timestamp, clock: &str) -> TimeView {
    let at = at.to_jiff();
    let utc = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let local = READERS.try_with(|zone| at.in_tz(zone).ok()).ok().flatten();
    let Some(local) = local else {
        return TimeView { utc, shown: at.strftime(&format!("%-d %b %Y, {clock}\u{a0}UTC")).to_string() };
    };
    // The day stands beside UTC only where it is another one.
    let same_day = local.strftime("%F").to_string() == at.strftime("%F").to_string();
    let day = if same_day { "" } else { "%-d %b, " };
    let beside = at.strftime(&format!("{day}{clock}\u{a0}UTC")).to_string();
    let here = local.strftime(&format!("%-d %b %Y, {clock}\u{a0}%Z")).to_string();
    TimeView { utc, shown: format!("{here} ({beside})") }
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

    async fn told(zone: &str, at: &str) -> String {
        let at: Timestamp = at.parse().unwrap();
        in_zone(Some(zone.to_owned()), async { moment(at).shown.replace('\u{a0}', " ") }).await
    }

    #[tokio::test]
    async fn times_are_in_the_readers_zone_with_utc_beside_them_in_summer_and_in_winter() {
        let berlin = "Europe/Berlin";
        assert_eq!(told(berlin, "2026-11-23T09:14:07Z").await, "23 Nov 2026, 10:14 CET (09:14 UTC)");
        assert_eq!(told(berlin, "2026-07-23T09:14:07Z").await, "23 Jul 2026, 11:14 CEST (09:14 UTC)");
        // The hour that the clock goes through twice, and the one that it leaves out.
        assert_eq!(told(berlin, "2026-10-25T00:30:00Z").await, "25 Oct 2026, 02:30 CEST (00:30 UTC)");
        assert_eq!(told(berlin, "2026-10-25T01:30:00Z").await, "25 Oct 2026, 02:30 CET (01:30 UTC)");
        assert_eq!(told(berlin, "2026-03-29T00:59:00Z").await, "29 Mar 2026, 01:59 CET (00:59 UTC)");
        assert_eq!(told(berlin, "2026-03-29T01:00:00Z").await, "29 Mar 2026, 03:00 CEST (01:00 UTC)");
        // Another day there.
        let tokyo = told("Asia/Tokyo", "2026-11-23T20:00:00Z").await;
        assert_eq!(tokyo, "24 Nov 2026, 05:00 JST (23 Nov, 20:00 UTC)");
    }

    #[tokio::test]
    async fn without_a_zone_or_with_an_unknown_one_times_are_in_utc() {
        let at: Timestamp = "2026-11-23T09:14:07Z".parse().unwrap();
        assert_eq!(moment(at).shown, "23 Nov 2026, 09:14\u{a0}UTC");
        assert_eq!(zone(), "UTC");
        for unknown in ["UTC", "Mars/Olympus"] {
            assert_eq!(told(unknown, "2026-11-23T09:14:07Z").await, "23 Nov 2026, 09:14 UTC");
        }
        let said = in_zone(Some("Europe/Oslo".to_owned()), async { zone() }).await;
        assert_eq!(said, "Europe/Oslo, with UTC beside it");
    }

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
