//! Takes secrets out of the files that customers send, and says what it took and where.
//!
//! [`scrub`] reads a file and writes the same file with `[removed:<kind>]` where a secret stood: HAR, JSON, JSON by the
//! line, text, logs, XML, CSV, forms, configuration, PEM, and zip, tar, gzip and zstd archives of these. What it cannot
//! read, it refuses; nothing passes unread. It is pure: no clock, no network, no files of its own.
//!
//! What stays, because it helps and proves nothing: names of headers, cookies and parameters; of a JSON Web Token the
//! algorithm and, where they are UUIDs or times, `aud`, `appid`, `azp`, `tid`, `iat`, `nbf`, `exp`; error codes; the
//! status of a SAML response. `docs/SCRUBBER.md` says how often it errs, and how that was counted.

mod archive;
mod decode;
mod detect;
mod format;
mod json;
mod jwt;
mod keys;
mod kind;
mod pattern;
mod refusal;
mod report;
mod run;
mod text;

pub use kind::Kind;
pub use refusal::{Reason, Refusal};
pub use report::{FINDINGS_MAX, Finding, Place, Report};
pub use text::LINE_BYTES_MAX;

use std::{
    cell::Cell,
    io::{Read, Seek, SeekFrom, Write},
    rc::Rc,
};

/// What is known of a file before it is read.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name; the ending says how it is read.
    pub name: &'a str,
    /// The media type that came with it, if one did.
    pub declared: Option<&'a str>,
}

/// What a file may unpack to. The default is for files that customers send.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Entries in all archives together.
    pub entries: u64,
    /// Archives in each other; a `.tar.gz` counts as two.
    pub depth: u8,
    /// Bytes unpacked, all layers together.
    pub unpacked_bytes: u64,
    /// Bytes unpacked as a multiple of the file's length; the first [`Limits::FREE_BYTES`] are free.
    pub ratio: u64,
    /// Longest JSON document, and longest entry of a tar archive; both are held in memory.
    pub document_bytes: u64,
    /// Longest zip archive in an archive, which is held in memory.
    pub nested_zip_bytes: u64,
}

impl Limits {
    /// Bytes that even a tiny archive may unpack to.
    pub const FREE_BYTES: u64 = 16 << 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 10_000,
            depth: 4,
            unpacked_bytes: 8 << 30,
            ratio: 200,
            document_bytes: 64 << 20,
            nested_zip_bytes: 64 << 20,
        }
    }
}

/// Writes the file without its secrets and says what they were.
///
/// Bytes are written as they are cleaned: what was written before a refusal must not be used. A text in which nothing is
/// found is written as it was. Cleaning a clean file again changes nothing.
///
/// # Errors
///
/// A [`Refusal`] that names the file or the entry of the archive.
pub fn scrub<R: Read + Seek, W: Write>(
    source: Source<'_>,
    mut input: R,
    mut output: W,
    limits: &Limits,
) -> Result<Report, Refusal> {
    let at = |error| Reason::Io(error).at("a file");
    let length = input.seek(SeekFrom::End(0)).map_err(at)?;
    input.seek(SeekFrom::Start(0)).map_err(at)?;
    let allowed = length.saturating_mul(limits.ratio).max(Limits::FREE_BYTES).min(limits.unpacked_bytes);
    let mut run = run::Run {
        limits,
        report: Report::default(),
        entries: 0,
        budget: Rc::new(Cell::new(allowed)),
        budget_max: allowed,
    };
    let file = run::File { path: source.name, name: source.name, declared: source.declared, depth: 0 };
    run.file(file, run::Input::Whole(&mut input), &mut output)?;
    output.flush().map_err(at)?;
    Ok(run.report)
}
