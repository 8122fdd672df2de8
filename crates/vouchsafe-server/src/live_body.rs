//! A body that stops when access ends: before each piece it asks whether it may go on; if not, the connection is
//! aborted, so that the reader cannot take a part for the whole (`lifecycle.md`, *Effective access*, "Sent").

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use vouchsafe_app::{App, LiveAnswer};
use vouchsafe_core::time::Timestamp;

/// Bytes that are handed over between two looks.
const PIECE_BYTES: usize = 32 * 1024;

/// The rest of an answer.
#[derive(Debug)]
pub(crate) struct LiveBody {
    rest: Bytes,
    live: Option<LiveAnswer>,
    app: App,
    expires: Option<Timestamp>,
}

/// Access ended while the answer was being sent.
#[derive(Debug, thiserror::Error)]
#[error("access has ended")]
pub(crate) struct AccessEnded;

impl LiveBody {
    pub(crate) fn new(body: Vec<u8>, live: Option<LiveAnswer>, expires: Option<Timestamp>, app: App) -> Self {
        Self { rest: Bytes::from(body), live, app, expires }
    }

    fn has_ended(&self) -> bool {
        self.live.as_ref().is_some_and(LiveAnswer::is_stopped)
            || self.expires.is_some_and(|expires| self.app.now() >= expires)
    }
}

impl Body for LiveBody {
    type Data = Bytes;
    type Error = AccessEnded;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, AccessEnded>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        if self.has_ended() {
            return Poll::Ready(Some(Err(AccessEnded)));
        }
        let piece = self.rest.len().min(PIECE_BYTES);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.rest.len()).unwrap_or(u64::MAX))
    }
}
