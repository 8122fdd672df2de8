//! Writing a file piece by piece.

use std::io::{self, Write};

use object_store::{ObjectStoreExt as _, PutPayload};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use super::piece::Piece;
use super::{Folder, PIECE_BYTES};
use crate::error::StoreError;
use crate::seal::Key;

/// A file that is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its content.
    pub sha256: [u8; 32],
}

/// A file that is being written. Dropped, its whole pieces stay and the rest is lost.
#[derive(Debug)]
pub struct FileWriter {
    folder: Folder,
    file: String,
    key: Key,
    /// The number of the next piece.
    number: u64,
    pending: Vec<u8>,
    hash: Sha256,
}

impl FileWriter {
    /// Goes on after `bytes`, which are whole pieces; they are read once more for the hash of the whole.
    pub(super) async fn after(folder: Folder, file: &str, bytes: u64) -> Result<Self, StoreError> {
        let (number, mut hash) = (bytes / PIECE_BYTES, Sha256::new());
        let mut before = super::FileReader::new(folder.clone(), file, bytes);
        for number in 0..number {
            hash.update(before.piece(Piece { number, last: false }).await?);
        }
        let key = folder.file_key(file);
        Ok(Self { folder, file: file.to_owned(), key, number, pending: Vec::new(), hash })
    }

    /// Bytes that are stored: where an upload goes on that is cut now.
    #[must_use]
    pub fn stored(&self) -> u64 {
        self.number.saturating_mul(PIECE_BYTES)
    }

    /// Bytes that came so far, stored or not.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.stored().saturating_add(length(&self.pending))
    }

    /// Adds bytes; every piece that is whole is stored. A full piece is kept back until more comes, because it may be
    /// the last.
    ///
    /// # Errors
    /// [`StoreError::Files`].
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        while !bytes.is_empty() {
            if length(&self.pending) == PIECE_BYTES {
                self.put(false).await?;
            }
            let room = PIECE_BYTES.saturating_sub(length(&self.pending));
            let (now, later) = bytes.split_at(bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
            self.pending.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Stores a piece that is full, so that an upload that pauses here goes on after it.
    ///
    /// # Errors
    /// [`StoreError::Files`].
    pub async fn pause(mut self) -> Result<u64, StoreError> {
        if length(&self.pending) == PIECE_BYTES {
            self.put(false).await?;
        }
        Ok(self.stored())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`StoreError::Files`]; then the file is not whole.
    pub async fn finish(mut self) -> Result<Written, StoreError> {
        let bytes = self.received();
        self.put(true).await?;
        Ok(Written { bytes, sha256: self.hash.finalize().into() })
    }

    async fn put(&mut self, last: bool) -> Result<(), StoreError> {
        let piece = Piece { number: self.number, last };
        let sealed = piece.seal(&self.key, &self.pending)?;
        let path = self.folder.file_path(&self.file).join(piece.name());
        self.folder.objects.put(&path, PutPayload::from(sealed)).await?;
        self.hash.update(&self.pending);
        self.pending.clear();
        self.number += 1;
        Ok(())
    }
}

/// The same for code that blocks; it must run off the async threads.
#[derive(Debug)]
pub struct PieceWriter {
    writer: FileWriter,
    runtime: Handle,
}

impl PieceWriter {
    /// Writes through `writer` on the runtime of the caller.
    #[must_use]
    pub fn new(writer: FileWriter, runtime: Handle) -> Self {
        Self { writer, runtime }
    }

    /// The writer, to be ended.
    #[must_use]
    pub fn into_inner(self) -> FileWriter {
        self.writer
    }
}

impl Write for PieceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.runtime.block_on(self.writer.write(bytes)).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
