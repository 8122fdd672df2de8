//! Archives, unpacked and packed again entry by entry.

use crate::{
    Reason, Refusal, detect, format,
    run::{File, ReadSeek, Run},
};
use ::zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};
use std::{
    collections::HashSet,
    io::{self, Read, SeekFrom, Write},
};

/// Longest name of an entry in bytes.
const NAME_BYTES_MAX: usize = 512;
/// The end of a zip archive: 22 bytes and a comment of at most 65,535.
const ZIP_END_BYTES: u64 = 22 + 65_535;
/// How hard what is packed anew is pressed (zstd's own default).
const ZSTD_LEVEL: i32 = 3;

/// Names of one archive, to tell the safe from the unsafe and the second from the first.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    fn check(&mut self, run: &mut Run<'_>, archive: File<'_>, name: &str) -> Result<(), Refusal> {
        let at = |reason: Reason| reason.at(&format!("{}!/{}", archive.path, shown(name)));
        if detect::scrub(name).is_some() {
            return Err(Reason::SecretInName.at(archive.path));
        }
        run.entries += 1;
        if run.entries > run.limits.entries {
            return Err(at(Reason::TooManyEntries(run.limits.entries)));
        }
        let parts = name.strip_suffix('/').unwrap_or(name);
        let drive = parts.as_bytes().get(1) == Some(&b':');
        let unsafe_part = |part: &str| part.is_empty() || part == "." || part == "..";
        if name.len() > NAME_BYTES_MAX
            || drive
            || name.contains('\\')
            || name.chars().any(char::is_control)
            || parts.split('/').any(unsafe_part)
        {
            return Err(at(Reason::UnsafeName));
        }
        if self.0.insert(parts.to_lowercase()) { Ok(()) } else { Err(at(Reason::DuplicateName)) }
    }
}

/// A name as a message may have it.
fn shown(name: &str) -> String {
    name.chars().take(120).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

pub(crate) fn zip(
    run: &mut Run<'_>,
    file: File<'_>,
    input: &mut dyn ReadSeek,
    output: &mut dyn Write,
) -> Result<(), Refusal> {
    let listed = zip_entries(input).map_err(|reason| reason.at(file.path))?;
    if listed > run.limits.entries {
        return Err(Reason::TooManyEntries(run.limits.entries).at(file.path));
    }
    let mut archive = ZipArchive::new(input).map_err(|error| damaged(error).at(file.path))?;
    if archive.len() as u64 != listed {
        return Err(Reason::DuplicateName.at(file.path));
    }
    let mut names = Names::default();
    let mut writer = ZipWriter::new_stream(output);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for index in 0..archive.len() {
        let raw = archive.by_index_raw(index).map_err(|error| damaged(error).at(file.path))?;
        let name = raw.name().map_err(|_| Reason::UnsafeName.at(file.path))?.into_owned();
        let (folder, encrypted) = (raw.is_dir(), raw.encrypted());
        // The kind of file as Unix has it (S_IFMT); none where the archive was made elsewhere.
        let kind = raw.unix_mode().map_or(0, |mode| mode & 0o170_000);
        drop(raw);
        names.check(run, file, &name)?;
        let at = |reason: Reason| reason.at(&format!("{}!/{name}", file.path));
        if encrypted {
            return Err(at(Reason::Encrypted));
        }
        if !matches!(kind, 0 | 0o100_000 | 0o040_000) {
            return Err(at(Reason::NotAFile));
        }
        if folder {
            writer.add_directory(name.as_str(), options).map_err(|error| at(damaged(error)))?;
            continue;
        }
        let mut entry = archive.by_index(index).map_err(|error| at(damaged(error)))?;
        writer.start_file(name.as_str(), options.large_file(true)).map_err(|error| at(damaged(error)))?;
        run.entry(file, &name, &mut entry, &mut writer)?;
    }
    writer.finish().map_err(|error| damaged(error).at(file.path))?;
    Ok(())
}

fn damaged(error: ZipError) -> Reason {
    Reason::Damaged(io::Error::other(error))
}

/// How many entries the end of the archive says there are (APPNOTE 4.3.16). A reader that keeps one of each name tells
/// by this number that there was a second.
fn zip_entries(input: &mut dyn ReadSeek) -> Result<u64, Reason> {
    let length = input.seek(SeekFrom::End(0)).map_err(Reason::Io)?;
    input.seek(SeekFrom::Start(length.saturating_sub(ZIP_END_BYTES))).map_err(Reason::Io)?;
    let mut tail = Vec::new();
    input.take(ZIP_END_BYTES).read_to_end(&mut tail).map_err(Reason::Io)?;
    input.seek(SeekFrom::Start(0)).map_err(Reason::Io)?;
    let at = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06");
    let count =
        at.and_then(|at| tail.get(at + 10..at + 12)).and_then(|bytes| <[u8; 2]>::try_from(bytes).ok());
    count
        .map(|bytes| u64::from(u16::from_le_bytes(bytes)))
        .ok_or_else(|| Reason::Damaged(io::ErrorKind::UnexpectedEof.into()))
}

pub(crate) fn tar(
    run: &mut Run<'_>,
    file: File<'_>,
    input: &mut dyn Read,
    output: &mut dyn Write,
) -> Result<(), Refusal> {
    let at_archive = |error| Reason::unpacking(error).at(file.path);
    let mut archive = ::tar::Archive::new(input);
    let mut builder = ::tar::Builder::new(output);
    let mut names = Names::default();
    for entry in archive.entries().map_err(at_archive)? {
        let mut entry = entry.map_err(at_archive)?;
        let kind = entry.header().entry_type();
        // Facts for the whole archive, not an entry.
        if kind.is_pax_global_extensions() {
            continue;
        }
        let name = String::from_utf8(entry.path_bytes().into_owned())
            .map_err(|_| Reason::UnsafeName.at(file.path))?;
        let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
        if name.is_empty() {
            continue;
        }
        names.check(run, file, &name)?;
        let path = format!("{}!/{name}", file.path);
        if !(kind.is_file() || kind.is_dir()) {
            return Err(Reason::NotAFile.at(&path));
        }
        if kind.is_dir() {
            continue;
        }
        // A header says how long its entry is, so the clean entry is held; what it may hold is bounded.
        let mut clean = Held { bytes: Vec::new(), max: run.limits.document_bytes, over: false };
        let held = run.entry(file, &name, &mut entry, &mut clean);
        if clean.over {
            return Err(Reason::TooLong { what: "an entry of a tar archive", max: clean.max }.at(&path));
        }
        held?;
        let mut header = ::tar::Header::new_gnu();
        header.set_size(clean.bytes.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, &name, clean.bytes.as_slice())
            .map_err(|error| Reason::Io(error).at(&path))?;
    }
    builder.finish().map_err(|error| Reason::Io(error).at(file.path))
}

/// A clean entry in memory, up to a limit.
struct Held {
    bytes: Vec<u8>,
    max: u64,
    over: bool,
}

impl Write for Held {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + bytes.len()) as u64 > self.max {
            self.over = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn gzip(
    run: &mut Run<'_>,
    file: File<'_>,
    input: &mut dyn Read,
    output: &mut dyn Write,
) -> Result<(), Refusal> {
    let mut packed = flate2::write::GzEncoder::new(output, flate2::Compression::default());
    one_entry(run, file, &mut flate2::read::MultiGzDecoder::new(input), &mut packed)?;
    packed.finish().map_err(|error| Reason::Io(error).at(file.path))?;
    Ok(())
}

pub(crate) fn zstd(
    run: &mut Run<'_>,
    file: File<'_>,
    input: &mut dyn Read,
    output: &mut dyn Write,
) -> Result<(), Refusal> {
    let at = |error| Reason::unpacking(error).at(file.path);
    let mut unpacked = ::zstd::stream::read::Decoder::new(input).map_err(at)?;
    let mut packed = ::zstd::stream::write::Encoder::new(output, ZSTD_LEVEL).map_err(at)?;
    one_entry(run, file, &mut unpacked, &mut packed)?;
    packed.finish().map_err(|error| Reason::Io(error).at(file.path))?;
    Ok(())
}

fn one_entry(
    run: &mut Run<'_>,
    file: File<'_>,
    input: &mut dyn Read,
    output: &mut dyn Write,
) -> Result<(), Refusal> {
    let base = file.name.rsplit('/').next().unwrap_or_default();
    let name = format::inner_name(base);
    Names::default().check(run, file, &name)?;
    run.entry(file, &name, input, output)
}
