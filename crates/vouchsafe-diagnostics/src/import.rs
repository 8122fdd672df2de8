//! Reads sign-ins from files as customers have them (`diagnostics.md`, *Getting it in*).
//!
//! The format is told by content:
//!
//! | begins with | format |
//! |---|---|
//! | `[` | array of Graph objects |
//! | `{` with a member `value` that is an array | Graph pages, one or several in a row |
//! | `{` otherwise | Graph objects, one a line; or one object over several lines |
//! | a header with `CreatedDateTime [UTC]` (or `TimeGenerated [UTC]`), `Id`, `AppId` | Log Analytics table `SigninLogs` as CSV |
//!
//! A UTF-8 byte order mark is skipped. Memory stays bounded by a few times [`MAX_RECORD_BYTES`] whatever the source
//! holds. A record that cannot be taken is an item of its own with the line where it starts and the reason; only a
//! source whose outer structure breaks ends the import.

use std::io::{self, BufRead, Cursor, Read as _};

use crate::sign_in::{MAX_RECORD_BYTES, RejectReason, SignInRecord};

mod bytes;
mod csv;
mod detect;
mod json;
mod log_analytics;
mod us_date;

use bytes::{Bytes, Kept};
use detect::Format;

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
        record: Box<SignInRecord>,
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
    /// The source could not be read.
    #[error("line {line}: the source could not be read")]
    Io {
        /// Line of the source that was being read, the first being 1.
        line: u64,
        /// What the source said.
        source: io::Error,
    },
}

/// Reads records one by one, in the order of the source.
///
/// After an [`ImportError`] the iterator ends.
pub fn read<R: BufRead>(source: R) -> Records<R> {
    Records { state: State::Start(source) }
}

/// The records of a source; see [`read`].
#[derive(Debug)]
pub struct Records<R> {
    state: State<R>,
}

/// The source behind the bytes that were read to tell its format.
type Replayed<R> = io::Chain<Cursor<Vec<u8>>, R>;

#[derive(Debug)]
enum State<R> {
    Start(R),
    Json(json::Elements<Replayed<R>>),
    Lines(Bytes<Replayed<R>>),
    Csv(Box<log_analytics::Rows<Replayed<R>>>),
    Done,
}

/// What a format yields: the line where a record starts, and the record or why it is none.
type Item = (u64, Result<SignInRecord, RejectReason>);
/// What reading on gives: a record, the end, or a fatal error.
type Step = Result<Option<Item>, ImportError>;

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Imported, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = match std::mem::replace(&mut self.state, State::Done) {
            State::Start(source) => match open(source) {
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
            State::Lines(mut bytes) => {
                let step = next_line(&mut bytes);
                self.state = State::Lines(bytes);
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
            Ok(Some((line, Ok(record)))) => Some(Ok(Imported::Record { line, record: Box::new(record) })),
            Ok(Some((line, Err(reason)))) => {
                Some(Ok(Imported::Rejected { line, reason: reason.to_string() }))
            }
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

/// Tells the format and gets the reader ready.
fn open<R: BufRead>(mut source: R) -> Result<State<R>, ImportError> {
    let mut head = Vec::new();
    let limit = u64::try_from(DETECTION_BYTES).unwrap_or(u64::MAX);
    source
        .by_ref()
        .take(limit)
        .read_to_end(&mut head)
        .map_err(|source| ImportError::Io { line: 1, source })?;
    let format = detect::format(&head);
    let bytes = Bytes::new(Cursor::new(head).chain(source));
    match format {
        Format::Empty => Ok(State::Done),
        Format::Json => Ok(State::Json(json::Elements::new(bytes))),
        Format::Lines => Ok(State::Lines(bytes)),
        Format::Csv => log_analytics::Rows::open(bytes).map(|rows| State::Csv(Box::new(rows))),
        Format::Unknown(reason) => Err(ImportError::UnknownFormat(reason.to_owned())),
    }
}

/// The next line that is not blank, as a Graph object.
fn next_line<R: BufRead>(bytes: &mut Bytes<R>) -> Step {
    loop {
        let line = bytes.line();
        let Some(kept) = bytes.take_line()? else { return Ok(None) };
        if kept.overflow || !kept.bytes.trim_ascii().is_empty() {
            return Ok(Some((line, graph_record(kept))));
        }
    }
}

/// A Graph object from its bytes, white space around it left out.
fn graph_record(kept: Kept) -> Result<SignInRecord, RejectReason> {
    if kept.overflow {
        return Err(RejectReason::TooLarge);
    }
    let text = std::str::from_utf8(kept.bytes.trim_ascii()).map_err(|_| RejectReason::NotUtf8)?;
    SignInRecord::from_graph(text)
}

#[cfg(test)]
mod tests;
