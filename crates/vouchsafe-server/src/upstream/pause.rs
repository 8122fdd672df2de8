//! `Retry-After` (RFC 9110 section 10.2.3): when a source wants to be left alone, everybody leaves it alone.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, header};
use jiff::fmt::rfc2822;
use tokio::time::{Instant, sleep_until};
use vouchsafe_app::upstream::UpstreamError;
use vouchsafe_core::time::Timestamp;

/// Longest pause that is believed.
const PAUSE_MAX: Duration = Duration::from_secs(60 * 60);

/// How long the source asks to be left alone, in seconds or until a date.
pub(super) fn asked_for(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = rfc2822::parse(text).ok()?.timestamp().as_microsecond();
            Duration::from_micros(u64::try_from(until - now.as_micros()).unwrap_or(0))
        }
    };
    Some(pause.min(PAUSE_MAX))
}

/// Until when nothing is sent.
#[derive(Debug, Default)]
pub(super) struct Pause(Mutex<Option<Instant>>);

impl Pause {
    /// Sends nothing for so long.
    pub(super) fn begin(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(until, |known| known.max(until)));
    }

    /// Waits until something may be sent.
    ///
    /// # Errors
    /// [`UpstreamError::Unavailable`] at once, if that is after the deadline.
    pub(super) async fn over(&self, deadline: Instant) -> Result<(), UpstreamError> {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match until {
            Some(until) if until > deadline => {
                let retry_after = Some(until.saturating_duration_since(Instant::now()));
                Err(UpstreamError::Unavailable { retry_after, cause: "the source asked for a pause".into() })
            }
            Some(until) => {
                sleep_until(until).await;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_seconds_or_dates_and_never_endless() {
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        for (text, seconds) in [
            ("0", Some(0)),
            ("7", Some(7)),
            ("Mon, 23 Nov 2026 09:00:30 GMT", Some(30)),
            ("Mon, 23 Nov 2026 08:00:00 GMT", Some(0)),
            ("Tue, 01 Jan 2030 00:00:00 GMT", Some(3_600)),
            ("99999999999", Some(3_600)),
            ("-1", None),
            ("soon", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, text.parse().unwrap());
            assert_eq!(asked_for(&headers, now), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(asked_for(&HeaderMap::new(), now), None);
    }
}
