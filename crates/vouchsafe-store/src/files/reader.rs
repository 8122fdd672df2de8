//! Reading a file, in order or anywhere.

use std::io::{self, Read, Seek, SeekFrom};

use object_store::ObjectStoreExt as _;
use tokio::runtime::Handle;

use super::piece::Piece;
use super::{Folder, PIECE_BYTES};
use crate::error::StoreError;
use crate::seal::Key;

/// A file that is read. It holds one piece at a time.
#[derive(Debug)]
pub struct FileReader {
    folder: Folder,
    file: String,
    key: Key,
    bytes: u64,
    /// The piece that [`FileReader::next`] gives next.
    number: u64,
}

impl FileReader {
    pub(super) fn new(folder: Folder, file: &str, bytes: u64) -> Self {
        let key = folder.file_key(file);
        Self { folder, file: file.to_owned(), key, bytes, number: 0 }
    }

    /// Its length in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next piece; nothing at the end. What was given is authentic, but only the end says that all of it came.
    ///
    /// # Errors
    /// [`StoreError::Files`]; [`StoreError::Corrupt`] for a piece that is not what was written there.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        if self.number > self.last() {
            return Ok(None);
        }
        let piece = Piece { number: self.number, last: self.number == self.last() };
        self.number += 1;
        self.piece(piece).await.map(Some)
    }

    /// For code that blocks.
    #[must_use]
    pub fn blocking(self, runtime: Handle) -> SeekReader {
        SeekReader { reader: self, runtime, at: 0, held: None }
    }

    /// The number of the last piece. An empty file has one piece, and one that ends with a full piece no empty one.
    fn last(&self) -> u64 {
        self.bytes.saturating_sub(1) / PIECE_BYTES
    }

    pub(super) async fn piece(&mut self, piece: Piece) -> Result<Vec<u8>, StoreError> {
        let path = self.folder.file_path(&self.file).join(piece.name());
        let sealed = self.folder.objects.get(&path).await?.bytes().await?;
        piece.open(&self.key, &sealed)
    }
}

/// A file for code that blocks and goes back and forth; it must run off the async threads.
#[derive(Debug)]
pub struct SeekReader {
    reader: FileReader,
    runtime: Handle,
    at: u64,
    held: Option<(u64, Vec<u8>)>,
}

impl SeekReader {
    fn piece(&mut self, number: u64) -> io::Result<&[u8]> {
        let held = match self.held.take() {
            Some(held) if held.0 == number => held,
            Some(_) | None => {
                let piece = Piece { number, last: number == self.reader.last() };
                let opened = self.runtime.block_on(self.reader.piece(piece)).map_err(io::Error::other)?;
                (number, opened)
            }
        };
        Ok(&self.held.insert(held).1)
    }
}

impl Read for SeekReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.reader.bytes || buffer.is_empty() {
            return Ok(0);
        }
        let (number, inside) = (self.at / PIECE_BYTES, self.at % PIECE_BYTES);
        let inside = usize::try_from(inside).map_err(io::Error::other)?;
        let mut rest = self.piece(number)?.get(inside..).unwrap_or_default();
        let read = rest.read(buffer)?;
        self.at = self.at.saturating_add(u64::try_from(read).unwrap_or(0));
        Ok(read)
    }
}

impl Seek for SeekReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.reader.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
