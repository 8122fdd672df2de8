//! A source as a stream of bytes that counts lines and can keep what it passes.

use std::io::{self, BufRead};

use crate::sign_in::MAX_RECORD_BYTES;

use super::ImportError;

/// UTF-8 byte order mark.
const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// A source; a byte order mark at its beginning is left out.
#[derive(Debug)]
pub(super) struct Bytes<R> {
    source: R,
    line: u64,
    started: bool,
    kept: Option<Kept>,
    failed: Option<ImportError>,
}

/// Bytes that were passed, up to the size of a record.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The bytes, as far as they fitted.
    pub(super) bytes: Vec<u8>,
    /// Whether there were more than fit into a record.
    pub(super) overflow: bool,
}

/// What to do after looking at a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scan {
    /// Take it and look at the next.
    Go,
    /// Take it and stop.
    Last,
    /// Stop before it.
    Stop,
}

impl<R: BufRead> Bytes<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, line: 1, started: false, kept: None, failed: None }
    }

    /// What follows the lines before `line` of another source.
    pub(super) fn continued(source: R, line: u64) -> Self {
        Self { line, started: true, ..Self::new(source) }
    }

    /// Makes the next line fail with this error.
    pub(super) fn fail_with(&mut self, error: ImportError) {
        self.failed = Some(error);
    }

    /// Line of the next byte, the first being 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Keeps what is taken from here on.
    pub(super) fn keep(&mut self) {
        self.kept = Some(Kept::default());
    }

    /// What was taken since [`Self::keep`].
    pub(super) fn kept(&mut self) -> Kept {
        self.kept.take().unwrap_or_default()
    }

    /// Takes bytes as `look` says; false when the source ended first.
    pub(super) fn scan(&mut self, mut look: impl FnMut(u8) -> Scan) -> Result<bool, ImportError> {
        self.skip_byte_order_mark()?;
        loop {
            let buffer = fill(&mut self.source, self.line)?;
            if buffer.is_empty() {
                return Ok(false);
            }
            let verdict = buffer.iter().enumerate().find_map(|(at, &byte)| match look(byte) {
                Scan::Go => None,
                Scan::Last => Some(at + 1),
                Scan::Stop => Some(at),
            });
            let taken = verdict.unwrap_or(buffer.len());
            let passed = buffer.get(..taken).unwrap_or_default();
            let breaks = passed.iter().filter(|&&byte| byte == b'\n').count();
            self.line += u64::try_from(breaks).unwrap_or(u64::MAX);
            if let Some(kept) = &mut self.kept {
                kept.extend(passed);
            }
            self.source.consume(taken);
            if verdict.is_some() {
                return Ok(true);
            }
        }
    }

    /// The next byte, left where it is.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, ImportError> {
        self.skip_byte_order_mark()?;
        Ok(fill(&mut self.source, self.line)?.first().copied())
    }

    /// Takes one byte, if there is one.
    pub(super) fn advance(&mut self) -> Result<(), ImportError> {
        self.scan(|_| Scan::Last).map(|_| ())
    }

    /// Takes white space of JSON, and answers the byte after it, left where it is.
    pub(super) fn skip_space(&mut self) -> Result<Option<u8>, ImportError> {
        self.scan(|byte| if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') { Scan::Go } else { Scan::Stop })?;
        self.peek()
    }

    /// Takes a line with its end, and keeps it instead of what was kept before; false at the end of the source.
    pub(super) fn take_line(&mut self, kept: &mut Kept) -> Result<bool, ImportError> {
        kept.bytes.clear();
        kept.overflow = false;
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.skip_byte_order_mark()?;
        let mut is_begun = false;
        loop {
            let buffer = fill(&mut self.source, self.line)?;
            if buffer.is_empty() {
                return Ok(is_begun);
            }
            is_begun = true;
            let end = memchr::memchr(b'\n', buffer);
            let taken = end.map_or(buffer.len(), |at| at + 1);
            kept.extend(buffer.get(..taken).unwrap_or_default());
            self.source.consume(taken);
            if end.is_some() {
                self.line += 1;
                return Ok(true);
            }
        }
    }

    /// That the structure breaks at the next byte.
    pub(super) fn broken(&self, problem: impl Into<String>) -> ImportError {
        ImportError::Broken { line: self.line, problem: problem.into() }
    }

    fn skip_byte_order_mark(&mut self) -> Result<(), ImportError> {
        if self.started {
            return Ok(());
        }
        self.started = true;
        // Its three bytes may come in three reads.
        for mark in BYTE_ORDER_MARK {
            if fill(&mut self.source, self.line)?.first() != Some(&mark) {
                break;
            }
            self.source.consume(1);
        }
        Ok(())
    }
}

impl Kept {
    fn extend(&mut self, passed: &[u8]) {
        let room = MAX_RECORD_BYTES.saturating_sub(self.bytes.len());
        self.overflow |= passed.len() > room;
        self.bytes.extend_from_slice(passed.get(..room).unwrap_or(passed));
    }
}

/// The bytes at hand; none at the end of the source.
fn fill<R: BufRead>(source: &mut R, line: u64) -> Result<&[u8], ImportError> {
    // The buffer is asked for twice because a borrow cannot leave the loop that would retry it.
    loop {
        match source.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ImportError::reading(line, error)),
        }
    }
    source.fill_buf().map_err(|error| ImportError::reading(line, error))
}
