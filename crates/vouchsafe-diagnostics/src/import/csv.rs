//! Rows of a table as RFC 4180 writes them, with a bound on the size of a row.
//!
//! The bound is why this is not the `csv` crate: that one reads a row whole, however long it is, and the quote that
//! a damaged export forgets makes a row of the rest of the file.

use std::io::BufRead;

use super::ImportError;
use super::bytes::{Bytes, Scan};
use super::expand::{Expanded, expanded};
use crate::sign_in::MAX_RECORD_BYTES;

/// Most cells of a row.
const MAX_CELLS: usize = 1_024;

/// The rows of any table, as it is or compressed with gzip or zstd, one by one in the order of the source. After an
/// [`ImportError`] it ends.
#[derive(Debug)]
pub struct CsvRows<R: BufRead> {
    /// None after the end.
    bytes: Option<Bytes<Expanded<R>>>,
}

/// A row of such a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvRow {
    /// Line of the source where it starts, the first being 1.
    pub line: u64,
    /// Its cells, or why they cannot be had: too many bytes or cells, or no UTF-8.
    pub cells: Result<Vec<String>, &'static str>,
}

impl<R: BufRead> CsvRows<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// [`ImportError`] if the source cannot be read.
    pub fn new(source: R) -> Result<Self, ImportError> {
        let source = expanded(source).map_err(|error| ImportError::reading(1, error))?;
        Ok(Self { bytes: Some(Bytes::new(source)) })
    }
}

impl<R: BufRead> Iterator for CsvRows<R> {
    type Item = Result<CsvRow, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = row(self.bytes.as_mut()?, MAX_RECORD_BYTES).transpose();
        if !matches!(found, Some(Ok(_))) {
            self.bytes = None;
        }
        Some(found?.map(|Row { line, cells, overflow }| {
            let texts: Option<Vec<String>> =
                cells.into_iter().map(|cell| String::from_utf8(cell).ok()).collect();
            let cells = match (overflow, texts) {
                (true, _) => Err("the row is too long"),
                (false, None) => Err("the row is not UTF-8"),
                (false, Some(texts)) => Ok(texts),
            };
            CsvRow { line, cells }
        }))
    }
}

/// A row of a table.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Line where it starts, the first being 1.
    pub(super) line: u64,
    /// Its cells, as far as they fitted.
    pub(super) cells: Vec<Vec<u8>>,
    /// Whether the row has more bytes or cells than a row may have.
    pub(super) overflow: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where a quote opens a quoted cell.
    Start,
    Plain,
    Quoted,
    /// Behind a quote in a quoted cell: either its end or the first half of `""`.
    QuoteInQuoted,
}

/// The next row that is not blank; nothing at the end of the source.
pub(super) fn row<R: BufRead>(bytes: &mut Bytes<R>, max_bytes: usize) -> Result<Option<Row>, ImportError> {
    bytes.scan(|byte| if matches!(byte, b'\r' | b'\n') { Scan::Go } else { Scan::Stop })?;
    if bytes.peek()?.is_none() {
        return Ok(None);
    }
    let mut row = Row { line: bytes.line(), ..Row::default() };
    let mut cell = Vec::new();
    let (mut place, mut size) = (Place::Start, 0usize);
    let ended = bytes.scan(|byte| {
        match (place, byte) {
            (Place::Quoted, b'"') => place = Place::QuoteInQuoted,
            (Place::Start, b'"') => place = Place::Quoted,
            (Place::Start | Place::Plain | Place::QuoteInQuoted, b',') => {
                row.end_cell(&mut cell);
                place = Place::Start;
            }
            (Place::Start | Place::Plain | Place::QuoteInQuoted, b'\n') => return Scan::Last,
            (Place::QuoteInQuoted, b'\r') => {}
            (Place::QuoteInQuoted, b'"') | (Place::Quoted, _) => {
                place = Place::Quoted;
                row.add(&mut cell, byte, &mut size, max_bytes);
            }
            (Place::Start | Place::Plain | Place::QuoteInQuoted, _) => {
                place = Place::Plain;
                row.add(&mut cell, byte, &mut size, max_bytes);
            }
        }
        Scan::Go
    })?;
    if !ended && place == Place::Quoted {
        let problem = "a quote opened in this row is never closed".to_owned();
        return Err(ImportError::Broken { line: row.line, problem });
    }
    if place == Place::Plain && cell.last() == Some(&b'\r') {
        cell.pop();
    }
    row.end_cell(&mut cell);
    Ok(Some(row))
}

impl Row {
    fn add(&mut self, cell: &mut Vec<u8>, byte: u8, size: &mut usize, max_bytes: usize) {
        *size += 1;
        if *size > max_bytes {
            self.overflow = true;
        } else {
            cell.push(byte);
        }
    }

    fn end_cell(&mut self, cell: &mut Vec<u8>) {
        if self.cells.len() < MAX_CELLS {
            self.cells.push(std::mem::take(cell));
        } else {
            self.overflow = true;
            cell.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut bytes = Bytes::new(text.as_bytes());
        let mut rows = Vec::new();
        while let Some(found) = row(&mut bytes, 64).unwrap() {
            assert!(!found.overflow);
            let cells = found.cells.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect();
            rows.push((found.line, cells));
        }
        rows
    }

    fn expect(text: &str, expected: &[(u64, &[&str])]) {
        let expected: Vec<(u64, Vec<String>)> = expected
            .iter()
            .map(|(line, cells)| (*line, cells.iter().map(|cell| (*cell).to_owned()).collect()))
            .collect();
        assert_eq!(rows(text), expected, "{text:?}");
    }

    #[test]
    fn rows_and_cells_split_as_rfc_4180_says() {
        expect("a,b\r\nc,d\r\n", &[(1, &["a", "b"]), (2, &["c", "d"])]);
        expect("\u{feff}a,,\n\n,\"\"", &[(1, &["a", "", ""]), (3, &["", ""])]);
        expect("\"a,\"\"b\"\"\r\nc\",d\ne", &[(1, &["a,\"b\"\r\nc", "d"]), (3, &["e"])]);
        expect("a\"b,\"c\"d", &[(1, &["a\"b", "cd"])]);
        expect("\"x\"\r\n\"y\"", &[(1, &["x"]), (2, &["y"])]);
    }

    #[test]
    fn any_table_can_be_read_row_by_row_until_it_breaks() {
        let table = b"id,title\n1,\"two\nlines\"\n2,\xff\n3,\"open".as_slice();
        let rows: Vec<_> = CsvRows::new(table).unwrap().collect();
        let told: Vec<_> = rows.iter().map(|row| row.as_ref().map_err(ToString::to_string)).collect();
        let cells = |cells: &[&str]| Ok(cells.iter().map(|&cell| cell.to_owned()).collect());
        assert_eq!(
            told,
            [
                Ok(&CsvRow { line: 1, cells: cells(&["id", "title"]) }),
                Ok(&CsvRow { line: 2, cells: cells(&["1", "two\nlines"]) }),
                Ok(&CsvRow { line: 4, cells: Err("the row is not UTF-8") }),
                Err("line 5: a quote opened in this row is never closed".to_owned()),
            ]
        );
        let long = format!("a,{}", "b".repeat(MAX_RECORD_BYTES));
        let row = CsvRows::new(long.as_bytes()).unwrap().next().unwrap().unwrap();
        assert_eq!(row.cells, Err("the row is too long"));
        assert!(CsvRows::new(b"".as_slice()).unwrap().next().is_none());
    }

    #[test]
    fn rows_are_bounded() {
        let mut bytes = Bytes::new("aaaaaaaaaa,bbbbbbbbbb\nc,d".as_bytes());
        let long = row(&mut bytes, 8).unwrap().unwrap();
        assert!(long.overflow && long.cells.concat().len() <= 8);
        assert_eq!(row(&mut bytes, 8).unwrap().unwrap().cells.len(), 2);
        let many = ",".repeat(5_000);
        assert!(row(&mut Bytes::new(many.as_bytes()), 8).unwrap().unwrap().overflow);
        let open = row(&mut Bytes::new("a\nb,\"c\nd".as_bytes()), 8);
        assert_eq!(open.unwrap().unwrap().cells.len(), 1);
        let mut bytes = Bytes::new("b,\"c\nd".as_bytes());
        assert_eq!(
            row(&mut bytes, 8).unwrap_err().to_string(),
            "line 1: a quote opened in this row is never closed"
        );
    }
}
