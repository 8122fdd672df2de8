//! A request whose unit of work the database gave up in favour of others (a deadlock, a serialization failure) is run once
//! more from its beginning: caller, facts and permit anew, as if it had just come.
//!
//! The database has undone the unit of work, so nothing of it is left, and the answer would have asked the caller to send
//! the same request again. That is done here instead, a few times, for requests whose body is short and was read to its end.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame, SizeHint};

/// Pauses before the further tries.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(5), Duration::from_millis(20), Duration::from_millis(80)];
/// Bytes of a body that is kept for them at most.
const BODY_BYTES_MAX: u64 = 1024 * 1024;

/// Travels with an answer: the unit of work was given up, and the same request may succeed now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GivenUp;

/// Runs a request, again if its unit of work was given up.
pub(crate) async fn if_given_up(request: Request, next: Next) -> Response {
    if request.body().size_hint().upper().is_none_or(|bytes| bytes > BODY_BYTES_MAX) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let read = Arc::new(Mutex::new(Read { bytes: BytesMut::new(), whole: body.is_end_stream() }));
    let body = Body::new(Kept { body, read: Arc::clone(&read) });
    let mut response = next.clone().run(Request::from_parts(parts.clone(), body)).await;
    for pause in PAUSES {
        if response.extensions().get::<GivenUp>().is_none() {
            break;
        }
        let whole = {
            let read = read.lock().unwrap_or_else(PoisonError::into_inner);
            read.whole.then(|| read.bytes.clone().freeze())
        };
        let Some(body) = whole else { break };
        tokio::time::sleep(pause).await;
        response = next.clone().run(Request::from_parts(parts.clone(), Body::from(body))).await;
    }
    response
}

/// What was read of a body.
#[derive(Debug)]
struct Read {
    bytes: BytesMut,
    whole: bool,
}

/// A body that keeps what is read of it.
#[derive(Debug)]
struct Kept {
    body: Body,
    read: Arc<Mutex<Read>>,
}

impl http_body::Body for Kept {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    read.bytes.extend_from_slice(data);
                }
                read.whole = self.body.is_end_stream();
            }
            Poll::Ready(None) => read.whole = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
