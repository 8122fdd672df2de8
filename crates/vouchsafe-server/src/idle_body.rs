//! A request body that nobody waits for without end: if nothing of it comes for a while, it ends with [`Silent`]. So who
//! sends half a request holds no place for long, with credentials or without.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

/// A body and how long it may be silent.
#[derive(Debug)]
pub(crate) struct IdleBody {
    body: Body,
    patience: Duration,
    /// Runs while something is waited for.
    silence: Option<Pin<Box<Sleep>>>,
}

/// Nothing came for longer than the server waits.
#[derive(Debug, thiserror::Error)]
#[error("nothing of the body came for a while")]
pub(crate) struct Silent;

impl IdleBody {
    pub(crate) fn new(body: Body, patience: Duration) -> Self {
        Self { body, patience, silence: None }
    }
}

/// Whether a body ended because nothing of it came any more.
pub(crate) fn is_silent(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<Silent>() {
            return true;
        }
        cause = error.source();
    }
    false
}

impl http_body::Body for IdleBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.silence = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)));
        }
        let patience = self.patience;
        let silence = self.silence.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        silence.as_mut().poll(cx).map(|()| Some(Err(Silent.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
