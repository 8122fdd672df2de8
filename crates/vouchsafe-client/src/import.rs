//! Sending diagnostic data to the own tenant.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::{Body, Method};
use tokio::sync::mpsc;
use vouchsafe_api::import::ImportResult;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;

/// Bytes read and sent at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// Chunks read ahead of the network.
const CHUNKS_AHEAD: usize = 4;

/// How long an import may take in all.
const IMPORT_TIMEOUT: Duration = Duration::from_secs(3600);

/// A file to import and how it is compressed. It is read as it is sent, in constant memory.
pub struct ImportSource {
    reader: Box<dyn Read + Send>,
    encoding: Encoding,
    progress: Box<dyn FnMut(u64) + Send>,
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Plain,
    /// gzip (RFC 1952).
    Gzip,
    /// Zstandard (RFC 8878).
    Zstd,
}

impl Encoding {
    /// Tells the compression by the first bytes of a file.
    #[must_use]
    pub fn of(start: &[u8]) -> Self {
        if start.starts_with(&[0x1f, 0x8b]) {
            Self::Gzip
        } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Self::Zstd
        } else {
            Self::Plain
        }
    }

    const fn header(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }
}

impl ImportSource {
    /// Reads a file from its beginning; the format inside is told by the server.
    ///
    /// # Errors
    /// What the reader fails with.
    pub fn new(mut reader: impl Read + Send + 'static) -> io::Result<Self> {
        let mut start = Vec::with_capacity(4);
        reader.by_ref().take(4).read_to_end(&mut start)?;
        let encoding = Encoding::of(&start);
        Ok(Self {
            reader: Box::new(io::Cursor::new(start).chain(reader)),
            encoding,
            progress: Box::new(|_| {}),
        })
    }

    /// Reads a file to be sent as it is.
    pub(crate) fn as_it_is(reader: impl Read + Send + 'static) -> Self {
        Self { reader: Box::new(reader), encoding: Encoding::Plain, progress: Box::new(|_| {}) }
    }

    /// Calls `progress` with the number of bytes of each chunk when it is read.
    #[must_use]
    pub fn on_progress(mut self, progress: impl FnMut(u64) + Send + 'static) -> Self {
        self.progress = Box::new(progress);
        self
    }

    /// Reads in a thread of its own, never further ahead than [`CHUNKS_AHEAD`].
    pub(crate) fn into_chunks(mut self) -> Chunks {
        let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
        tokio::task::spawn_blocking(move || {
            loop {
                let mut chunk = Vec::with_capacity(CHUNK_BYTES);
                let limit = u64::try_from(CHUNK_BYTES).unwrap_or(u64::MAX);
                let read = self.reader.by_ref().take(limit).read_to_end(&mut chunk);
                let item = match read {
                    Ok(0) => break,
                    Ok(count) => {
                        (self.progress)(u64::try_from(count).unwrap_or(u64::MAX));
                        Ok(chunk)
                    }
                    Err(error) => Err(error),
                };
                let failed = item.is_err();
                if sender.blocking_send(item).is_err() || failed {
                    break;
                }
            }
        });
        Chunks(receiver)
    }
}

pub(crate) struct Chunks(mpsc::Receiver<io::Result<Vec<u8>>>);

impl Stream for Chunks {
    type Item = io::Result<Vec<u8>>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

impl Client {
    /// Imports a file of sign-ins, audits or directory objects into the own tenant. Safe to repeat: records that
    /// are there already are counted, not added.
    ///
    /// # Errors
    /// Any [`ClientError`]; then nothing of the file was imported.
    pub async fn import(&self, source: ImportSource) -> Result<Answer<ImportResult>, ClientError> {
        self.send_table(&["v1.0", "diagnostics", "import"], source).await
    }

    /// Sends a table of requests that were resolved elsewhere, for assignment to learn from; for the provider's managers.
    /// Safe to repeat: requests that are there already are counted, not added.
    ///
    /// # Errors
    /// Any [`ClientError`]; what was imported of the file before stays.
    pub async fn import_resolved_requests(
        &self,
        source: ImportSource,
    ) -> Result<Answer<ImportResult>, ClientError> {
        self.send_table(&["v1.0", "support", "resolvedRequests", "import"], source).await
    }

    async fn send_table(
        &self,
        path: &[&str],
        source: ImportSource,
    ) -> Result<Answer<ImportResult>, ClientError> {
        let url = self.address(path, "");
        let mut request = self
            .request(Method::POST, url)
            .timeout(IMPORT_TIMEOUT)
            .header(CONTENT_TYPE, "application/octet-stream");
        if let Some(encoding) = source.encoding.header() {
            request = request.header(CONTENT_ENCODING, encoding);
        }
        let response = self.send(request.body(Body::wrap_stream(source.into_chunks()))).await?;
        self.read(response).await
    }
}
