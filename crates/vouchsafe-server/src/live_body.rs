//! A body that stops when access ends: before each piece it asks whether it may go on; if not, the connection is
//! aborted, so that the reader cannot take a part for the whole (`lifecycle.md`, *Effective access*, "Sent").

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use vouchsafe_app::{App, FilePieces, LiveAnswer};
use vouchsafe_core::time::Timestamp;

/// Bytes that are handed over between two looks.
const PIECE_BYTES: usize = 32 * 1024;

/// The rest of an answer.
#[derive(Debug)]
pub(crate) struct LiveBody {
    rest: Bytes,
    /// What comes after that, of a file.
    more: Option<FilePieces>,
    live: Option<LiveAnswer>,
    app: App,
    expires: Option<Timestamp>,
}

/// Why an answer is not sent to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CutShort {
    /// Access ended meanwhile.
    #[error("access has ended")]
    AccessEnded,
    /// The file could not be read on.
    #[error("the file could not be read on")]
    Unreadable,
}

impl LiveBody {
    pub(crate) fn new(body: Vec<u8>, live: Option<LiveAnswer>, expires: Option<Timestamp>, app: App) -> Self {
        Self { rest: Bytes::from(body), more: None, live, app, expires }
    }

    /// A file; without `live` and `expires` it is the reader's own.
    pub(crate) fn of_file(
        pieces: FilePieces,
        live: Option<LiveAnswer>,
        expires: Option<Timestamp>,
        app: App,
    ) -> Self {
        Self { rest: Bytes::new(), more: Some(pieces), live, app, expires }
    }

    fn has_ended(&self) -> bool {
        self.live.as_ref().is_some_and(LiveAnswer::is_stopped)
            || self.expires.is_some_and(|expires| self.app.now() >= expires)
    }
}

impl Body for LiveBody {
    type Data = Bytes;
    type Error = CutShort;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutShort>>> {
        while self.rest.is_empty() {
            let Some(more) = &mut self.more else { return Poll::Ready(None) };
            match more.poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => self.more = None,
                Poll::Ready(Some(Ok(piece))) => self.rest = piece,
                Poll::Ready(Some(Err(error))) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "a file was not sent whole");
                    return Poll::Ready(Some(Err(CutShort::Unreadable)));
                }
            }
        }
        if self.has_ended() {
            return Poll::Ready(Some(Err(CutShort::AccessEnded)));
        }
        let piece = self.rest.len().min(PIECE_BYTES);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.more.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        SizeHint::with_exact(rest.saturating_add(self.more.as_ref().map_or(0, FilePieces::left)))
    }
}
