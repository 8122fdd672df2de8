//! Cuts a source of lines into chunks, which several threads can read at once.

use std::io::BufRead;

use super::bytes::{Bytes, Kept};
use super::object::Objects;
use super::{ImportError, Imported, Lines, Records, Replayed, State, imported, open};

/// Bytes of lines that make a chunk; its last line may lead beyond.
const CHUNK_BYTES: usize = 1024 * 1024;

/// A source that is cut, or one that cannot be.
#[derive(Debug)]
pub enum Split<R: BufRead> {
    /// Its records are lines.
    Chunks(Box<Chunks<R>>),
    /// Its records have to be read one after another.
    Whole(Box<Records<R>>),
}

/// The chunks of a source, in order.
#[derive(Debug)]
pub struct Chunks<R: BufRead> {
    bytes: Bytes<Replayed<R>>,
    kept: Kept,
    directory: Option<String>,
    is_done: bool,
}

/// Whole lines of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    first_line: u64,
    lines: Vec<u8>,
    directory: Option<String>,
}

/// Tells the format of a source, and cuts it if its records are lines. They should be from the tenant of the directory
/// id, if one is given.
///
/// # Errors
/// As what [`read`](super::read) yields at first.
pub fn split<R: BufRead>(source: R, directory: Option<&str>) -> Result<Split<R>, ImportError> {
    let directory = directory.map(str::to_owned);
    Ok(match open(source, directory.clone())? {
        State::Lines(Lines { bytes, .. }) => {
            Split::Chunks(Box::new(Chunks { bytes, kept: Kept::default(), directory, is_done: false }))
        }
        state @ (State::Start(_) | State::Json(_) | State::Csv(_) | State::Done) => {
            Split::Whole(Box::new(Records { state, directory: None }))
        }
    })
}

impl<R: BufRead> Iterator for Chunks<R> {
    type Item = Result<Chunk, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let mut chunk = Chunk {
            first_line: self.bytes.line(),
            lines: Vec::with_capacity(CHUNK_BYTES),
            directory: self.directory.clone(),
        };
        while chunk.lines.len() < CHUNK_BYTES {
            match self.bytes.take_line(&mut self.kept) {
                Ok(true) => chunk.add(&self.kept),
                Ok(false) => {
                    self.is_done = true;
                    break;
                }
                // What came before it stands, so the chunk is given first; the source fails again.
                Err(error) if chunk.lines.is_empty() => {
                    self.is_done = true;
                    return Some(Err(error));
                }
                Err(error) => {
                    self.bytes.fail_with(error);
                    break;
                }
            }
        }
        (!chunk.lines.is_empty()).then_some(Ok(chunk))
    }
}

impl Chunk {
    fn add(&mut self, line: &Kept) {
        self.lines.extend_from_slice(&line.bytes);
        if line.overflow {
            // Cut, but still longer than a record may be.
            self.lines.extend_from_slice(b"x\n");
        }
    }

    /// Reads its records.
    pub fn records(&self) -> impl Iterator<Item = Imported> + '_ {
        let bytes = Bytes::continued(self.lines.as_slice(), self.first_line);
        let objects = Objects::of(self.directory.clone());
        let mut lines = Lines { bytes, objects, kept: Kept::default() };
        // Reading from memory cannot fail.
        std::iter::from_fn(move || lines.next().ok().flatten().map(imported))
    }
}
