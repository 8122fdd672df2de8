//! Reads diagnostic objects from files as customers have them (`diagnostics.md`, *Getting it in*).
//!
//! The format is told by content:
//!
//! | begins with | format |
//! |---|---|
//! | `[` | array of objects |
//! | `{` with a member `value` or `records` that is an array | pages of Graph, or of diagnostic settings; one or several in a row |
//! | `{` otherwise | objects, one a line; or one object over several lines |
//! | a header with `TimeGenerated [UTC]` or `CreatedDateTime [UTC]`, and `Id` | tables of Log Analytics as CSV |
//! | a header with `Date (UTC)` | downloads of the portal as CSV |
//!
//! An object is what its `@odata.type` says, else what the `@odata.context` of its page says; else a record of
//! diagnostic settings, a row of Log Analytics, or the Graph object that its members tell it to be. Kinds may be mixed.
//!
//! Sources may be compressed with gzip or zstd, which their content tells, and compressed again on their way.
//! A UTF-8 byte order mark is skipped. Memory stays bounded by a few times [`MAX_RECORD_BYTES`] whatever the source
//! holds. A record that cannot be taken is an item of its own with the line where it starts and the reason; only a
//! source whose outer structure breaks ends the import.

use std::io::{self, BufRead, Cursor, Read as _};

use crate::record::Record;
use crate::resource::Resource;
use crate::sign_in::{MAX_RECORD_BYTES, RejectReason};

mod azure_monitor;
mod bytes;
mod cell;
mod csv;
mod detect;
mod expand;
mod json;
mod log_analytics;
mod object;
mod portal;
mod row;
mod split;
mod table;
mod us_date;

use bytes::{Bytes, Kept};
pub use csv::{CsvRow, CsvRows};
use detect::Format;
use expand::{Damage, Expanded, expanded};
use object::{Objects, Taken};
pub use split::{Chunk, Chunks, Split, split};

/// Longest name from a source that a reason repeats, in characters.
const MAX_SHOWN_CHARS: usize = 60;

/// How far into a source its format is looked for, in bytes.
const DETECTION_BYTES: usize = MAX_RECORD_BYTES;

/// One record of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// A record that can be stored.
    Record {
        /// Line of the source where it starts, the first being 1.
        line: u64,
        /// The record.
        record: Box<Record>,
        /// The tenant that it is from, where that is not the one of [`Records::of_directory`]: what it names as the
        /// tenant that wrote it; else the first of those that it is between, if none of them is the right one.
        foreign_tenant: Option<String>,
    },
    /// A record that cannot.
    Rejected {
        /// Line of the source where it starts, the first being 1.
        line: u64,
        /// Why, naming properties but never their values.
        reason: String,
    },
}

/// Why a source cannot be read on. What came before it stands.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The content is none of the known formats.
    #[error("the format is not known: {0}")]
    UnknownFormat(String),
    /// The structure around the records breaks.
    #[error("line {line}: {problem}")]
    Broken {
        /// Line of the source, the first being 1.
        line: u64,
        /// What was expected there.
        problem: String,
    },
    /// The compressed stream that the source is ends too early, is damaged, or expands to too much.
    #[error("line {line}: {problem}")]
    Compressed {
        /// Line of the expanded source, the first being 1.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// The source could not be read.
    #[error("line {line}: the source could not be read")]
    Io {
        /// Line of the source that was being read, the first being 1.
        line: u64,
        /// What the source said.
        source: io::Error,
    },
}

impl ImportError {
    /// An error of reading at a line: the source's own, or of the stream that it is compressed into.
    fn reading(line: u64, source: io::Error) -> Self {
        match source.get_ref().and_then(|inner| inner.downcast_ref::<Damage>()) {
            Some(damage) => Self::Compressed { line, problem: damage.to_string() },
            None => Self::Io { line, source },
        }
    }
}

/// Reads records one by one, in the order of the source.
///
/// After an [`ImportError`] the iterator ends.
pub fn read<R: BufRead>(source: R) -> Records<R> {
    Records { state: State::Start(source), directory: None }
}

/// The records of a source; see [`read`].
#[derive(Debug)]
pub struct Records<R: BufRead> {
    state: State<R>,
    directory: Option<String>,
}

impl<R: BufRead> Records<R> {
    /// Says which tenant the records should be from, by its directory id.
    #[must_use]
    pub fn of_directory(mut self, id: &str) -> Self {
        self.directory = Some(id.to_owned());
        self
    }
}

/// The expanded source behind the bytes that were read to tell its format. A file that was compressed may be compressed
/// again on its way.
type Replayed<R> = io::Chain<Cursor<Vec<u8>>, Late<Expanded<Expanded<R>>>>;

#[derive(Debug)]
enum State<R: BufRead> {
    Start(R),
    Json(json::Elements<Replayed<R>>),
    Lines(Lines<Replayed<R>>),
    Csv(Box<table::Rows<Replayed<R>>>),
    Done,
}

/// What a format yields: the line where a record starts, and the record or why it is none.
type Item = (u64, Result<Taken, RejectReason>);
/// What reading on gives: a record, the end, or a fatal error.
type Step = Result<Option<Item>, ImportError>;

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Imported, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = match std::mem::replace(&mut self.state, State::Done) {
            State::Start(source) => match open(source, self.directory.take()) {
                Ok(opened) => {
                    self.state = opened;
                    return self.next();
                }
                Err(error) => Err(error),
            },
            State::Json(mut elements) => {
                let step = elements.next();
                self.state = State::Json(elements);
                step
            }
            State::Lines(mut lines) => {
                let step = lines.next();
                self.state = State::Lines(lines);
                step
            }
            State::Csv(mut rows) => {
                let step = rows.next();
                self.state = State::Csv(rows);
                step
            }
            State::Done => Ok(None),
        };
        match step {
            Ok(Some(item)) => Some(Ok(imported(item))),
            Ok(None) => {
                self.state = State::Done;
                None
            }
            Err(error) => {
                self.state = State::Done;
                Some(Err(error))
            }
        }
    }
}

fn imported((line, taken): Item) -> Imported {
    match taken {
        Ok(Taken { record, foreign_tenant }) => {
            Imported::Record { line, record: Box::new(record), foreign_tenant }
        }
        Err(reason) => Imported::Rejected { line, reason: reason.to_string() },
    }
}

/// Tells the format and gets the reader ready.
fn open<R: BufRead>(source: R, directory: Option<String>) -> Result<State<R>, ImportError> {
    let failed = |error| ImportError::reading(1, error);
    let mut source = expanded(source).and_then(expanded).map_err(failed)?;
    let mut head = Vec::new();
    let limit = u64::try_from(DETECTION_BYTES).unwrap_or(u64::MAX);
    let error = source.by_ref().take(limit).read_to_end(&mut head).err();
    if head.is_empty()
        && let Some(error) = error
    {
        return Err(failed(error));
    }
    let format = detect::format(&head);
    let bytes = Bytes::new(Cursor::new(head).chain(Late { error, source }));
    match format {
        Format::Empty => Ok(State::Done),
        Format::Json => Ok(State::Json(json::Elements::new(bytes, directory))),
        Format::Lines => {
            Ok(State::Lines(Lines { bytes, objects: Objects::of(directory), kept: Kept::default() }))
        }
        Format::Csv => table::Rows::open(bytes, directory).map(|rows| State::Csv(Box::new(rows))),
        Format::Unknown(reason) => Err(ImportError::UnknownFormat(reason.to_owned())),
    }
}

/// A source whose error waits until what came before it is read.
#[derive(Debug)]
struct Late<R> {
    error: Option<io::Error>,
    source: R,
}

impl<R: BufRead> io::Read for Late<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.error.take().map_or_else(|| self.source.read(buffer), Err)
    }
}

impl<R: BufRead> BufRead for Late<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.error.take() {
            Some(error) => Err(error),
            None => self.source.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        self.source.consume(amount);
    }
}

/// Objects, one a line.
#[derive(Debug)]
struct Lines<R> {
    bytes: Bytes<R>,
    objects: Objects,
    /// The line at hand; its room is used again.
    kept: Kept,
}

impl<R: BufRead> Lines<R> {
    /// The next line that is not blank, as a record.
    fn next(&mut self) -> Step {
        loop {
            let line = self.bytes.line();
            if !self.bytes.take_line(&mut self.kept)? {
                return Ok(None);
            }
            if self.kept.overflow || !self.kept.bytes.trim_ascii().is_empty() {
                return Ok(Some((line, record(&self.kept, None, &mut self.objects))));
            }
        }
    }
}

/// A record from the bytes of an object, white space around it left out. `page` is the kind that the page around it
/// names.
fn record(kept: &Kept, page: Option<Resource>, objects: &mut Objects) -> Result<Taken, RejectReason> {
    if kept.overflow {
        return Err(RejectReason::TooLarge);
    }
    let text = std::str::from_utf8(kept.bytes.trim_ascii()).map_err(|_| RejectReason::NotUtf8)?;
    objects.read(text, page)
}

/// A name from a source, fit for a reason.
fn shown(name: &str) -> String {
    let mut shown: String = name.chars().take(MAX_SHOWN_CHARS).flat_map(char::escape_debug).collect();
    if name.chars().nth(MAX_SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests;
