//! The zip: written as a stream, read within limits and by known names only.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io::{self, Read, Seek, Write};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{
    ACCESS_REQUESTS, ENTRIES, FILE_BYTES_MAX, FILES_MAX, FORMAT, FileMark, GRANTS, MANIFEST, Manifest,
    PACK_BYTES_MAX, POLICY, REPORT, SUPPORT_REQUEST, VERSION,
};

/// A pack that is being written.
pub(crate) struct PackWriter<W: Write + Seek> {
    zip: ZipWriter<W>,
    files: BTreeMap<String, FileMark>,
    /// The file that is being written, with what was written of it.
    open: Option<(String, u64, Sha256)>,
    bytes: u64,
}

impl<W: Write + Seek> PackWriter<W> {
    pub(crate) fn new(output: W) -> Self {
        Self { zip: ZipWriter::new(output), files: BTreeMap::new(), open: None, bytes: 0 }
    }

    /// Begins a file; what is [written](Self::write) next belongs to it.
    pub(crate) fn begin(&mut self, name: &str) -> io::Result<()> {
        self.close();
        if self.files.len() >= FILES_MAX || self.files.contains_key(name) {
            return Err(io::Error::other(format!(
                "{name}: a pack has room for {FILES_MAX} files of different names"
            )));
        }
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.zip.start_file(name, options).map_err(io::Error::other)?;
        self.open = Some((name.to_owned(), 0, Sha256::new()));
        Ok(())
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some((name, length, digest)) = &mut self.open else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        (*length, self.bytes) = (length.saturating_add(more), self.bytes.saturating_add(more));
        if *length > FILE_BYTES_MAX || self.bytes > PACK_BYTES_MAX {
            return Err(io::Error::other(format!(
                "{name}: a pack has room for {FILE_BYTES_MAX} bytes in a file and {PACK_BYTES_MAX} in all"
            )));
        }
        digest.update(bytes);
        self.zip.write_all(bytes)
    }

    /// Adds a whole file.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.begin(name)?;
        self.write(bytes)
    }

    /// Adds the manifest, whose files are filled in here, and ends the zip.
    pub(crate) fn finish(mut self, mut manifest: Manifest) -> io::Result<W> {
        self.close();
        manifest.files = std::mem::take(&mut self.files);
        let text = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other)?;
        self.add(MANIFEST, &text)?;
        self.zip.finish().map_err(io::Error::other)
    }

    fn close(&mut self) {
        if let Some((name, bytes, digest)) = self.open.take() {
            let sha256 = vouchsafe_log::hex(&digest.finalize());
            self.files.insert(name, FileMark { bytes, sha256 });
        }
    }
}

/// A pack that is being checked.
pub(crate) struct PackReader<R: Read + Seek> {
    zip: ZipArchive<R>,
    pub(crate) manifest: Manifest,
    /// Files that were not looked at yet.
    left: BTreeSet<String>,
}

impl<R: Read + Seek> PackReader<R> {
    /// Reads the manifest and holds the names of all files against it.
    pub(crate) fn open(input: R) -> Result<Self, String> {
        let mut zip = ZipArchive::new(input).map_err(|error| format!("it is no zip: {error}"))?;
        if zip.len() > FILES_MAX + 1 {
            return Err(format!("it has {} files; a pack has {FILES_MAX} at most", zip.len()));
        }
        if zip.has_duplicate_names() {
            return Err("two of its files have the same name".to_owned());
        }
        let names: BTreeSet<String> =
            zip.file_names_raw().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        if let Some(foreign) = names.iter().find(|name| !is_known(name)) {
            return Err(format!("`{}` is no name of a file of a pack", shown(foreign)));
        }
        zip.validate_header_consistency().map_err(|error| error.to_string())?;
        let text = unpacked(&mut zip, MANIFEST, FILE_BYTES_MAX)?;
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|error| format!("{MANIFEST}: {error}"))?;
        if manifest.format != FORMAT || manifest.version != VERSION {
            return Err(format!("{MANIFEST}: this program understands version {VERSION} of {FORMAT}"));
        }
        let listed: BTreeSet<String> = manifest.files.keys().cloned().chain([MANIFEST.to_owned()]).collect();
        if let Some(name) = names.symmetric_difference(&listed).next() {
            let which = if names.contains(name) { "is not in the manifest" } else { "is missing" };
            return Err(format!("{} {which}", shown(name)));
        }
        let bytes = manifest.files.values().try_fold(0_u64, |sum, mark| {
            sum.checked_add(mark.bytes).filter(|sum| *sum <= PACK_BYTES_MAX && mark.bytes <= FILE_BYTES_MAX)
        });
        if bytes.is_none() {
            return Err(format!("{MANIFEST}: its files are larger than a pack may be"));
        }
        let left = manifest.files.keys().cloned().collect();
        Ok(Self { zip, manifest, left })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.manifest.files.contains_key(name)
    }

    /// A file that is the one of the manifest.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, String> {
        let mark = self.manifest.files.get(name).ok_or_else(|| format!("{} is missing", shown(name)))?;
        let bytes = unpacked(&mut self.zip, name, mark.bytes)?;
        let same_length = u64::try_from(bytes.len()) == Ok(mark.bytes);
        if !same_length || vouchsafe_log::hex(&Sha256::digest(&bytes)) != mark.sha256 {
            return Err(format!("{name} is not the file that the manifest names"));
        }
        self.left.remove(name);
        String::from_utf8(bytes).map_err(|_| format!("{name} is no text"))
    }

    /// A file of JSON.
    pub(crate) fn json(&mut self, name: &str) -> Result<Value, String> {
        serde_json::from_str(&self.text(name)?).map_err(|error| format!("{name}: {error}"))
    }

    /// The objects of a file of NDJSON.
    pub(crate) fn lines(&mut self, name: &str) -> Result<Vec<Value>, String> {
        let text = self.text(name)?;
        let objects = text.lines().zip(1..).map(|(line, number)| {
            serde_json::from_str(line).map_err(|error| format!("{name}, line {number}: {error}"))
        });
        objects.collect()
    }

    /// A file that nothing led to.
    pub(crate) fn left_over(&self) -> Option<&str> {
        self.left.iter().next().map(String::as_str)
    }
}

/// Unpacks a file that is as long as it should be; one byte more shows that it is longer.
fn unpacked<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str, bytes: u64) -> Result<Vec<u8>, String> {
    let damaged = |error: &dyn std::fmt::Display| format!("{}: {error}", shown(name));
    let file = zip.by_name(name).map_err(|error| damaged(&error))?;
    let mut content = Vec::new();
    file.take(bytes.saturating_add(1)).read_to_end(&mut content).map_err(|error| damaged(&error))?;
    if u64::try_from(content.len()).unwrap_or(u64::MAX) > bytes {
        return Err(format!("{} is longer than it may be", shown(name)));
    }
    Ok(content)
}

/// Whether a pack may hold a file of this name. No other name is ever looked at, and none leads out of a folder.
fn is_known(name: &str) -> bool {
    let of = |folder: &str, ending: &str| {
        let id = name.strip_prefix(folder).and_then(|rest| rest.strip_suffix(ending));
        id.is_some_and(|id| !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    };
    let plain = [MANIFEST, SUPPORT_REQUEST, ACCESS_REQUESTS, GRANTS, POLICY, ENTRIES, REPORT];
    plain.contains(&name) || of("receipts/", ".tlog-proof") || of("reads/", ".json")
}

/// A name of somebody else's, as far as a message needs it.
fn shown(name: &str) -> String {
    name.chars().take(120).collect()
}
