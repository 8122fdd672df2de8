//! What changed for the caller, as server-sent events.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use http::HeaderMap;
use tokio::time::Instant;
use vouchsafe_api::event::ChangeEvent;
use vouchsafe_api::header::LAST_EVENT_ID;
use vouchsafe_api::problem::{Code, Pointer, Problem};
use vouchsafe_app::{Change, Place};
use vouchsafe_core::id::UserId;

use super::{Answer, refuse};
use crate::extract::{Look, Token};
use crate::problem::Refusal;
use crate::{Server, wire};

const PATH: &str = "/v1.0/events";
/// Pause between two looks at what changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Pause after which an empty line says that the stream still runs.
const STILL_HERE_EVERY: Duration = Duration::from_secs(15);
/// How long one stream runs; the client opens the next one behind the last event.
const RUNS_FOR: Duration = Duration::from_secs(60 * 60);
/// How soon a client opens it again.
const OPEN_AGAIN_AFTER: Duration = Duration::from_secs(2);
/// Streams that one account may have open on a node.
const STREAMS_MAX: u32 = 10;

/// How many streams each account has open.
#[derive(Debug, Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<UserId, u32>>>);

/// One of them, until it is dropped.
#[derive(Debug)]
struct Open {
    streams: Streams,
    user: UserId,
}

impl Streams {
    /// None if the account has as many as it may.
    fn open(&self, user: UserId) -> Option<Open> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(user).or_default();
        if *count >= STREAMS_MAX {
            return None;
        }
        *count += 1;
        Some(Open { streams: self.clone(), user })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut counts = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.user);
            }
        }
    }
}

/// What changed for the caller, as it happens.
///
/// Each event has the name `change`, the id of the change, and a `ChangeEvent` as its data; it names what changed, and the API
/// shows it. Only what the caller may see at that moment is told. A change may be told twice, with the same id. Whoever opens
/// the stream again with `Last-Event-ID` misses nothing of the last day; behind a longer absence comes an event `reload`:
/// something may have been missed. The stream ends with the token, after an hour, and when the node stops.
#[utoipa::path(get, path = "/v1.0/events", operation_id = "streamEvents", tag = "Account",
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was received.")),
    responses((status = 200, description = "Server-sent events (WHATWG HTML, section 9.2).", content_type = "text/event-stream", body = String)))]
pub(crate) async fn stream(
    State(server): State<Server>,
    Look(who): Look,
    Token(token): Token,
    headers: HeaderMap,
) -> Answer {
    let now = server.app.now();
    let (mut place, is_missed) = match last_event(&headers)? {
        None => (Place::now(now), false),
        Some(last) => Place::after(last, now).map_or((Place::now(now), true), |place| (place, false)),
    };
    let Some(open) = server.streams.open(who.user) else {
        let detail = format!("At most {STREAMS_MAX} streams of events may be open at a time.");
        return Err(Refusal::new(Code::TooManyRequests, detail, PATH));
    };
    // Refused here rather than by a stream that ends at once.
    let changes = server.app.changes(who, &mut place).await.map_err(refuse(PATH))?;
    let begin = if is_missed {
        Event::default().event("reload").data("{}")
    } else {
        Event::default().comment("open")
    };
    let mut waiting = VecDeque::from([begin.retry(OPEN_AGAIN_AFTER)]);
    waiting.extend(changes.into_iter().filter_map(event));
    let telling = Telling { server, token, place, waiting, until: Instant::now() + RUNS_FOR, open };
    let events = stream::unfold(telling, |mut telling| async move {
        let event = telling.next().await?;
        Some((Ok::<_, Infallible>(event), telling))
    });
    Ok(as_response(Sse::new(events).keep_alive(KeepAlive::new().interval(STILL_HERE_EVERY))))
}

/// Proxies that gather answers are asked not to.
fn as_response(events: impl axum::response::IntoResponse) -> Response {
    ([("x-accel-buffering", "no")], events).into_response()
}

fn last_event(headers: &HeaderMap) -> Result<Option<vouchsafe_core::id::OutboxId>, Refusal> {
    let Some(sent) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let wrong = || {
        let message = "is not the id of an event of this stream";
        let problem = Problem::new(Code::InvalidRequest, format!("Last-Event-ID: it {message}."), PATH);
        Refusal::from(problem.at(Pointer::parameter("Last-Event-ID", message)))
    };
    sent.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(wrong).map(Some)
}

/// A stream that runs.
struct Telling {
    server: Server,
    token: String,
    place: Place,
    waiting: VecDeque<Event>,
    until: Instant,
    #[expect(dead_code, reason = "counts the stream until it ends")]
    open: Open,
}

impl Telling {
    /// The next event; none once the stream has ended.
    async fn next(&mut self) -> Option<Event> {
        let mut stopped = self.server.stopping.clone();
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if Instant::now() >= self.until {
                return None;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = asked_to_end(&mut stopped) => return None,
            }
            // The token, the account and its roles may have ended since.
            let who = self.server.app.authenticate(&self.token).await.ok()?;
            match self.server.app.changes(who, &mut self.place).await {
                Ok(changes) => self.waiting.extend(changes.into_iter().filter_map(event)),
                Err(error) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "a stream of events ended");
                    return None;
                }
            }
        }
    }
}

/// Waits until the node is to stop; for ever where nothing stops it.
async fn asked_to_end(stopped: &mut Option<tokio::sync::watch::Receiver<bool>>) {
    match stopped {
        Some(stopped) => drop(stopped.wait_for(|stopped| *stopped).await),
        None => std::future::pending().await,
    }
}

fn event(change: Change) -> Option<Event> {
    let id = change.id.to_string();
    let body: ChangeEvent = wire::change(change);
    Event::default().event("change").id(id).json_data(body).ok()
}
