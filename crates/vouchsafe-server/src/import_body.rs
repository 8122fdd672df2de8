//! A request body as a blocking reader, for the importer's own thread: pieces come through a small channel, so memory
//! stays constant however large the file is.

use std::io::{self, BufRead, Read};

use axum::body::Body;
use axum::extract::Request;
use bytes::{Buf as _, Bytes};
use http::header;
use http_body_util::BodyExt as _;
use tokio::sync::mpsc;
use vouchsafe_api::problem::Code;
use vouchsafe_app::BodyFault;

use crate::idle_body::is_silent;
use crate::problem::Refusal;

/// What an import may be compressed with (RFC 9110 section 8.4.1, RFC 8878).
const ENCODINGS: [&str; 4] = ["identity", "gzip", "x-gzip", "zstd"];
/// Pieces that wait at most.
const PIECES_WAITING_MAX: usize = 8;

/// The reading end.
#[derive(Debug)]
pub(crate) struct BodyReader {
    pieces: mpsc::Receiver<Result<Bytes, BodyFault>>,
    current: Bytes,
}

/// Starts to hand the body of an import over, up to `limit` bytes, for a reader that blocks.
///
/// # Errors
/// [`Code::UnsupportedMediaType`] where it says that it is compressed with something else than what is understood.
pub(crate) fn source(request: Request, limit: u64, path: &str) -> Result<BodyReader, Refusal> {
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    // What the body is compressed with is told by its content, as with files.
    if !encoding.is_none_or(|encoding| ENCODINGS.iter().any(|known| encoding == known)) {
        let detail = format!("`Content-Encoding` may be one of {}.", ENCODINGS.join(", "));
        return Err(Refusal::new(Code::UnsupportedMediaType, detail, path));
    }
    Ok(BodyReader { pieces: pieces(request.into_body(), limit), current: Bytes::new() })
}

/// Starts to hand a body over piece by piece, up to `limit` bytes.
pub(crate) fn pieces(mut body: Body, limit: u64) -> mpsc::Receiver<Result<Bytes, BodyFault>> {
    let (sender, pieces) = mpsc::channel(PIECES_WAITING_MAX);
    tokio::spawn(async move {
        let mut left = limit;
        while let Some(frame) = body.frame().await {
            let piece = match frame.map(http_body::Frame::into_data) {
                Ok(Ok(data)) => {
                    let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
                    if length > left {
                        Err(BodyFault::Broken(format!("the body may have at most {limit} bytes")))
                    } else {
                        left -= length;
                        Ok(data)
                    }
                }
                Ok(Err(_)) => continue,
                Err(error) => Err(fault(&error, "the body did not arrive whole")),
            };
            let last = piece.is_err();
            if sender.send(piece).await.is_err() || last {
                return;
            }
        }
    });
    pieces
}

/// Why a body did not come whole: nothing came any more, or what `otherwise` says.
pub(crate) fn fault(error: &(dyn std::error::Error + 'static), otherwise: &str) -> BodyFault {
    if is_silent(error) { BodyFault::Silent } else { BodyFault::Broken(otherwise.to_owned()) }
}

impl BufRead for BodyReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.current.is_empty() {
            match self.pieces.blocking_recv() {
                Some(Ok(piece)) => self.current = piece,
                Some(Err(BodyFault::Broken(reason))) => return Err(io::Error::other(reason)),
                Some(Err(BodyFault::Silent)) => {
                    return Err(io::Error::other("nothing of the body came for a while"));
                }
                None => return Ok(&[]),
            }
        }
        Ok(&self.current)
    }

    fn consume(&mut self, amount: usize) {
        self.current.advance(amount.min(self.current.len()));
    }
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let read = available.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}
