//! A table as CSV: which one it is, and its rows.

use std::io::BufRead;

use serde::ser::{SerializeMap as _, Serializer};

use crate::sign_in::{MAX_RECORD_BYTES, RejectReason};

use super::bytes::Bytes;
use super::object::{Directory, Taken};
use super::row::Row;
use super::{ImportError, Step, csv, log_analytics, portal};

/// The rows of a table.
#[derive(Debug)]
pub(super) struct Rows<R> {
    bytes: Bytes<R>,
    /// Names of the columns, as written.
    names: Vec<String>,
    table: Table,
    directory: Directory,
}

/// A table that is known.
#[derive(Debug)]
enum Table {
    LogAnalytics(Box<log_analytics::Columns>),
    Portal(portal::Columns),
}

impl<R: BufRead> Rows<R> {
    /// Reads the header.
    pub(super) fn open(mut bytes: Bytes<R>, directory: Option<String>) -> Result<Self, ImportError> {
        let unknown = |reason: &str| ImportError::UnknownFormat(reason.to_owned());
        let header = csv::row(&mut bytes, MAX_RECORD_BYTES)?.unwrap_or_default();
        if header.overflow {
            return Err(unknown("the first line is too long for the header of a table"));
        }
        let names: Result<Vec<String>, _> = header.cells.into_iter().map(String::from_utf8).collect();
        let names = names.map_err(|_| unknown("the first line is not UTF-8"))?;
        let table = match portal::Columns::of(&names) {
            Some(columns) => Table::Portal(columns),
            None => Table::LogAnalytics(Box::new(
                log_analytics::Columns::of(&names).map_err(|reason| unknown(&reason))?,
            )),
        };
        Ok(Self { bytes, names, table, directory: Directory(directory) })
    }

    /// The next row as a record.
    pub(super) fn next(&mut self) -> Step {
        let Some(row) = csv::row(&mut self.bytes, MAX_RECORD_BYTES)? else { return Ok(None) };
        let taken = if row.overflow { Err(RejectReason::TooLarge) } else { self.record(row.cells) };
        Ok(Some((row.line, taken)))
    }

    fn record(&self, cells: Vec<Vec<u8>>) -> Result<Taken, RejectReason> {
        if cells.len() != self.names.len() {
            return Err(RejectReason::CellCount { found: cells.len(), expected: self.names.len() });
        }
        let cells: Result<Vec<String>, _> = cells.into_iter().map(String::from_utf8).collect();
        let cells = cells.map_err(|_| RejectReason::NotUtf8)?;
        let original = self.original(&cells)?;
        let found = match &self.table {
            Table::LogAnalytics(columns) => columns.object(Row::Texts(&cells))?,
            Table::Portal(columns) => columns.object(Row::Texts(&cells), &original)?,
        };
        self.directory.converted(found, original)
    }

    /// The filled cells of the row under the names of the header, as one JSON object in the header's order.
    fn original(&self, cells: &[String]) -> Result<String, RejectReason> {
        let mut text = Vec::new();
        let mut serializer = serde_json::Serializer::new(&mut text);
        let written = (&mut serializer).serialize_map(None).and_then(|mut map| {
            for (name, cell) in self.names.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                map.serialize_entry(name, cell)?;
            }
            map.end()
        });
        written.map_err(|error| RejectReason::NotJson(error.to_string()))?;
        String::from_utf8(text).map_err(|_| RejectReason::NotUtf8)
    }
}
