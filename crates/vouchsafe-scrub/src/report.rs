use crate::Kind;
use std::{collections::BTreeMap, fmt};

/// Findings that a report lists one by one; more are only counted.
pub const FINDINGS_MAX: usize = 10_000;

/// Where in a file something was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A place in a JSON document, such as `$.log.entries[3].request.headers[1].value`.
    Json(String),
    /// A place in a text, both counted from 1; the column counts bytes.
    Text {
        /// Line of the file.
        line: u64,
        /// Byte of the line.
        column: u64,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(path) => f.write_str(path),
            Self::Text { line, column } => write!(f, "line {line}, column {column}"),
        }
    }
}

/// One thing that was taken out: what and where, never the thing itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, with `!/` between an archive and its entry: `logs.zip!/proxy/trace.har`.
    pub path: String,
    /// The place in the file.
    pub place: Place,
    /// What it was.
    pub kind: Kind,
}

/// What was taken out of one file or archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// In order of appearance, [`FINDINGS_MAX`] at most.
    pub findings: Vec<Finding>,
    /// How many there were of each kind, all of them.
    pub counts: BTreeMap<Kind, u64>,
    /// Files that were read, those in archives included.
    pub files: u64,
}

impl Report {
    /// How many things were taken out.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(crate) fn add(&mut self, path: &str, place: Place, kind: Kind) {
        let count = self.counts.entry(kind).or_default();
        *count = count.saturating_add(1);
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { path: path.to_owned(), place, kind });
        }
    }
}
