//! Making the files of a bundle from files of this machine.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use vouchsafe_diagnostics::import::{ImportError, Imported, read};
use vouchsafe_scrub::{Limits, Report, Source, scrub};

use super::bundle::{Bundle, Prepared};
use super::masks::{Key, Masks, Wanted};
use crate::failure::Failure;

/// Places that are kept of one file.
const PLACES_KEPT: usize = 20;
/// Bytes that are hashed at a time.
const HASHED_BYTES: usize = 64 * 1024;

/// What became of the records of a file.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) kept: u64,
    /// Not asked for.
    pub(crate) outside: u64,
    /// No records.
    pub(crate) rejected: u64,
}

impl Counts {
    pub(crate) fn words(self, masked: bool) -> String {
        let mut words = format!("{} records{}", self.kept, if masked { ", masked" } else { "" });
        if self.outside > 0 {
            words.push_str(&format!("; {} not asked for, left out", self.outside));
        }
        if self.rejected > 0 {
            words.push_str(&format!("; {} not understood, left out", self.rejected));
        }
        words
    }
}

impl Bundle {
    /// Adds a file of this machine. With a key, a file of records is narrowed to what was asked for and masked; everything
    /// is cleaned of secrets.
    pub(crate) fn add_file(
        &mut self,
        path: &Path,
        key: Option<&Key>,
        wanted: &Wanted,
    ) -> Result<(), Failure> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Failure::Usage(format!("{} has no plain name", path.display())))?;
        if let Some(key) = key {
            let draft = self.draft();
            if let Some(counts) = records(path, &draft, key, wanted)? {
                return self.add_draft(&lines_name(name), counts, true);
            }
        }
        self.add_cleaned(name, path, "as it is, not masked".to_owned())
    }

    /// Adds the records that lie in the draft, unless there are none.
    pub(crate) fn add_draft(&mut self, name: &str, counts: Counts, masked: bool) -> Result<(), Failure> {
        let draft = self.draft();
        if counts.kept > 0 {
            self.add_cleaned(name, &draft, counts.words(masked))?;
        } else {
            self.notes.push(format!("{name}: {}; nothing to send.", counts.words(false)));
        }
        fs::remove_file(&draft).map_err(|source| Failure::File { path: draft.clone(), source })
    }

    /// Cleans a file into the bundle, as the server does once more.
    fn add_cleaned(&mut self, name: &str, path: &Path, about: String) -> Result<(), Failure> {
        if self.has(name) {
            return Err(Failure::Usage(format!("two files would be called {name}")));
        }
        let failed = |source| Failure::File { path: path.to_owned(), source };
        let input = BufReader::new(File::open(path).map_err(failed)?);
        let to = self.path(name);
        let report = (|| {
            let mut output = BufWriter::new(File::create(&to).map_err(failed)?);
            let report = scrub(Source { name, declared: None }, input, &mut output, &Limits::default());
            let report =
                report.map_err(|refusal| Failure::Usage(format!("{}: {refusal}", path.display())))?;
            output.flush().map_err(failed)?;
            Ok::<Report, Failure>(report)
        })()?;
        let (bytes, sha256) = hash(&to).map_err(failed)?;
        let removed = report.counts.iter().map(|(kind, count)| (kind.name().to_owned(), *count)).collect();
        let places = report.findings.iter().take(PLACES_KEPT);
        let places = places.map(|found| format!("{}, {}: {}", found.path, found.place, found.kind.name()));
        let places = places.collect();
        self.files.push(Prepared { name: name.to_owned(), bytes, sha256, about, removed, places });
        Ok(())
    }
}

/// The name of a file of one record a line.
fn lines_name(name: &str) -> String {
    let is_lines = [".ndjson", ".jsonl"].iter().any(|ending| name.ends_with(ending));
    if is_lines { name.to_owned() } else { format!("{name}.ndjson") }
}

/// Writes the records of a file that were asked for, masked; nothing if it is no file of records.
fn records(path: &Path, to: &Path, key: &Key, wanted: &Wanted) -> Result<Option<Counts>, Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let source = BufReader::new(File::open(path).map_err(failed)?);
    let mut output = BufWriter::new(File::create(to).map_err(failed)?);
    let (mut counts, mut masks, mut found) = (Counts::default(), Masks::new(Some(key)), false);
    for item in read(source) {
        match item {
            Ok(Imported::Record { record, .. }) => {
                found = true;
                if wanted.takes(&record) {
                    counts.kept += 1;
                    output.write_all(&masks.line(&record)?).map_err(failed)?;
                } else {
                    counts.outside += 1;
                }
            }
            Ok(Imported::Rejected { .. }) => counts.rejected += 1,
            Err(ImportError::Io { source, .. }) => return Err(failed(source)),
            // It never was one.
            Err(_) if !found => break,
            Err(error) => return Err(Failure::Usage(format!("{}: {error}", path.display()))),
        }
    }
    output.flush().map_err(failed)?;
    if !found {
        fs::remove_file(to).map_err(failed)?;
    }
    Ok(found.then_some(counts))
}

fn hash(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut hasher, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; HASHED_BYTES]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, vouchsafe_log::hex(&hasher.finalize())));
        }
        hasher.update(piece.get(..read).unwrap_or_default());
        bytes += u64::try_from(read).unwrap_or(u64::MAX);
    }
}
