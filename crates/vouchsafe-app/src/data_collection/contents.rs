//! What a cleaned file holds: itself, or the files of an archive and of the archives in it. What is a record leaves with
//! masks alone, so that every file is looked through once for them, and only what holds none is read as it is.

use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use vouchsafe_core::data_collection::{CollectedEntry, ENTRIES_KEPT_MAX};
use vouchsafe_core::personal::Personal;
use vouchsafe_diagnostics::import::{Imported, read};
use vouchsafe_diagnostics::record::Record;
use vouchsafe_scrub::Limits;

/// Bytes that tell what a file is: a tar archive says so at byte 257.
const HEAD_BYTES: u64 = 512;

/// A file that is no archive.
pub(super) struct Inner<'a> {
    /// Its path in the archive, with `!/` between an archive in it and the entry of that; empty outside of archives.
    pub(super) path: &'a str,
    /// Its place among the files of the whole, from 1 on.
    pub(super) number: u32,
    /// Its bytes, unpacked.
    pub(super) content: &'a mut dyn Read,
}

/// What is done with each file; it may end the walk.
type Look<'a> = dyn FnMut(Inner<'_>) -> io::Result<ControlFlow<()>> + 'a;

/// Shows every file in a cleaned one, in order. Archives in archives were let in up to the scrubber's limits, which hold
/// here once more.
///
/// # Errors
/// What `look` says; and for a file that cannot be unpacked.
pub(super) fn each_file<S: Read + Seek>(mut source: S, look: &mut Look<'_>) -> io::Result<ControlFlow<()>> {
    let head = beginning(&mut source)?;
    source.seek(SeekFrom::Start(0))?;
    let mut walk = Walk { number: 0, limits: Limits::default(), look };
    if Packing::of(&head) == Packing::Zip { walk.zip("", source, 0) } else { walk.file("", &mut source, 0) }
}

/// The records in a file, and what else is in an archive that holds some.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// Records in it.
    pub(crate) records: u64,
    /// The first files in an archive that hold none: place, path, bytes. Empty where nothing is a record.
    others: Vec<(u32, String, u64)>,
}

impl Contents {
    /// Looks through a whole file.
    ///
    /// # Errors
    /// As [`each_file`].
    pub(super) fn of<S: Read + Seek>(source: S) -> io::Result<Self> {
        let mut found = Self::default();
        let _ = each_file(source, &mut |file| {
            let mut counted = Counted { inner: file.content, bytes: 0 };
            let mut records = 0u64;
            each_record(&mut counted, &mut |_| {
                records = records.saturating_add(1);
                ControlFlow::Continue(())
            });
            io::copy(&mut counted, &mut io::sink())?;
            found.records = found.records.saturating_add(records);
            if records == 0 && !file.path.is_empty() && found.others.len() < ENTRIES_KEPT_MAX {
                found.others.push((file.number, file.path.to_owned(), counted.bytes));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        if found.records == 0 {
            // It is read whole.
            found.others.clear();
        }
        Ok(found)
    }

    /// What is kept of it, the names under the key of whose file it is.
    pub(super) fn entries(self, mine: impl Fn(&str) -> Personal) -> Vec<CollectedEntry> {
        let entry =
            |(number, path, bytes): (u32, String, u64)| CollectedEntry { number, name: mine(&path), bytes };
        self.others.into_iter().map(entry).collect()
    }
}

/// Shows the records of one file. What is no record, or no file of records, is no error here: people may send logs and
/// traces beside them.
pub(super) fn each_record(source: impl Read, take: &mut dyn FnMut(Record) -> ControlFlow<()>) {
    for item in read(BufReader::new(source)) {
        match item {
            Ok(Imported::Record { record, .. }) => {
                if take(*record).is_break() {
                    return;
                }
            }
            Ok(Imported::Rejected { .. }) => {}
            Err(_) => return,
        }
    }
}

struct Walk<'w, 'l> {
    number: u32,
    limits: Limits,
    look: &'w mut Look<'l>,
}

impl Walk<'_, '_> {
    fn file(&mut self, path: &str, input: &mut dyn Read, depth: u8) -> io::Result<ControlFlow<()>> {
        if depth > self.limits.depth {
            return Err(io::Error::other("archives in archives are too many"));
        }
        let head = beginning(input)?;
        let packing = Packing::of(&head);
        let mut whole = Cursor::new(head).chain(input);
        match packing {
            Packing::Nothing => {
                self.number = self.number.saturating_add(1);
                (self.look)(Inner { path, number: self.number, content: &mut whole })
            }
            Packing::Zip => {
                let mut held = Vec::new();
                whole.take(self.limits.nested_zip_bytes.saturating_add(1)).read_to_end(&mut held)?;
                self.zip(path, Cursor::new(held), depth)
            }
            Packing::Tar => self.tar(path, &mut whole, depth),
            Packing::Gzip => {
                let mut unpacked = flate2::read::MultiGzDecoder::new(whole);
                self.file(unpacked_name(path), &mut unpacked, depth.saturating_add(1))
            }
            Packing::Zstd => {
                let mut unpacked = zstd::stream::read::Decoder::new(whole)?;
                self.file(unpacked_name(path), &mut unpacked, depth.saturating_add(1))
            }
        }
    }

    fn zip(&mut self, path: &str, source: impl Read + Seek, depth: u8) -> io::Result<ControlFlow<()>> {
        let mut archive = zip::ZipArchive::new(source)?;
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index)?;
            if !entry.is_file() {
                continue;
            }
            let name = entry.name().map_err(io::Error::other)?.into_owned();
            if self.file(&inside(path, &name), &mut entry, depth.saturating_add(1))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn tar(&mut self, path: &str, source: &mut dyn Read, depth: u8) -> io::Result<ControlFlow<()>> {
        let mut archive = tar::Archive::new(source);
        for entry in archive.entries()? {
            let mut entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if self.file(&inside(path, &name), &mut entry, depth.saturating_add(1))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// How a file is packed, as its first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Nothing,
    Zip,
    Tar,
    Gzip,
    Zstd,
}

impl Packing {
    fn of(head: &[u8]) -> Self {
        // The second is an archive without entries (APPNOTE 4.3.16).
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Self::Zip
        } else if head.starts_with(&[0x1F, 0x8B]) {
            Self::Gzip
        } else if head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
            Self::Zstd
        } else if head.get(257..262) == Some(b"ustar") {
            Self::Tar
        } else {
            Self::Nothing
        }
    }
}

fn beginning(source: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    source.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head)
}

/// The path of an entry of the archive at `path`.
fn inside(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}!/{name}") }
}

/// The path of what a gzip or zstd file holds.
fn unpacked_name(path: &str) -> &str {
    let lower = path.to_ascii_lowercase();
    let ending = [".gz", ".zst"].into_iter().find(|ending| lower.ends_with(ending));
    ending.and_then(|ending| path.get(..path.len().saturating_sub(ending.len()))).unwrap_or(path)
}

struct Counted<'a> {
    inner: &'a mut dyn Read,
    bytes: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(read).unwrap_or(0));
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
