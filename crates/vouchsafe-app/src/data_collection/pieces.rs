//! A stored file on its way out, piece by piece.

use std::io::Read as _;
use std::ops::ControlFlow;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use vouchsafe_store::StoreError;
use vouchsafe_store::files::Folder;

use super::contents::{Inner, each_file};
use crate::AppError;

/// Pieces that wait for whoever sends them.
const PIECES_WAITING: usize = 1;
/// Bytes of a piece of what lies in an archive.
const ENTRY_PIECE_BYTES: usize = 64 * 1024;

/// What a cleaned file is. The scrubber lets a file in only if its name and its content agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileForm {
    /// Text of any kind: logs, configuration, markup.
    Text,
    /// Comma-separated values.
    Csv,
    /// A JSON document; HAR is one.
    Json,
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// A file packed by gzip.
    Gzip,
    /// A file packed by zstd.
    Zstd,
}

impl FileForm {
    /// What a cleaned file of this name is.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("json" | "har") => Self::Json,
            Some("csv") => Self::Csv,
            Some("zip") => Self::Zip,
            Some("tar") => Self::Tar,
            Some("gz" | "tgz") => Self::Gzip,
            Some("zst") => Self::Zstd,
            Some(_) | None => Self::Text,
        }
    }
}

/// The bytes of a file, in order. An end before the last byte is an error, so that nobody takes a part for the whole.
#[derive(Debug)]
pub struct FilePieces {
    pieces: mpsc::Receiver<Result<Bytes, StoreError>>,
    left: u64,
}

impl FilePieces {
    /// A whole file.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub(crate) async fn of_file(
        folder: &Folder,
        file: &str,
        place: OwnedSemaphorePermit,
    ) -> Result<Self, AppError> {
        let mut reader = folder.read(file).await?;
        let left = reader.bytes();
        let (sender, pieces) = mpsc::channel(PIECES_WAITING);
        tokio::spawn(async move {
            let _place = place;
            loop {
                let piece = match reader.next().await {
                    Ok(Some(piece)) => Ok(Bytes::from(piece)),
                    Ok(None) => return,
                    Err(error) => Err(error),
                };
                let last = piece.is_err();
                if sender.send(piece).await.is_err() || last {
                    return;
                }
            }
        });
        Ok(Self { pieces, left })
    }

    /// A file of so many bytes in an archive, by its place in it.
    ///
    /// # Errors
    /// As [`FilePieces::of_file`].
    pub(crate) async fn of_entry(
        folder: &Folder,
        file: &str,
        (number, bytes): (u32, u64),
        place: OwnedSemaphorePermit,
    ) -> Result<Self, AppError> {
        let source = folder.read(file).await?.blocking(Handle::current());
        let (sender, pieces) = mpsc::channel(PIECES_WAITING);
        tokio::task::spawn_blocking(move || {
            let _place = place;
            let walked = each_file(source, &mut |inner: Inner<'_>| {
                if inner.number != number {
                    return Ok(ControlFlow::Continue(()));
                }
                loop {
                    let mut piece = Vec::with_capacity(ENTRY_PIECE_BYTES);
                    let most = u64::try_from(ENTRY_PIECE_BYTES).unwrap_or(u64::MAX);
                    (&mut *inner.content).take(most).read_to_end(&mut piece)?;
                    // Nobody takes them any more once whoever asked has gone.
                    if piece.is_empty() || sender.blocking_send(Ok(piece.into())).is_err() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            });
            if let Err(error) = walked {
                let _ = sender.blocking_send(Err(StoreError::Corrupt(error.to_string())));
            }
        });
        Ok(Self { pieces, left: bytes })
    }

    /// Bytes that are still to come.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left
    }

    /// The next piece; nothing at the end.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the file does not have the length that was told.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, StoreError>>> {
        let wrong = || Some(Err(StoreError::Corrupt("a file is not as long as it was".to_owned())));
        self.pieces.poll_recv(cx).map(|piece| match piece {
            None if self.left == 0 => None,
            None => wrong(),
            Some(Ok(piece)) => match self.left.checked_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX)) {
                Some(left) => {
                    self.left = left;
                    Some(Ok(piece))
                }
                None => wrong(),
            },
            Some(Err(error)) => Some(Err(error)),
        })
    }
}
