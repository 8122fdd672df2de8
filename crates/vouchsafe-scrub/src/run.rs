//! One run over a file and all that is in it.

use crate::{
    Limits, Reason, Refusal, Report, archive, detect,
    format::{self, Format},
    json,
    refusal::Over,
    text,
};
use std::{
    cell::Cell,
    io::{self, Cursor, Read, Seek, SeekFrom, Write},
    rc::Rc,
};

/// A reader that can go back: an archive of the zip kind has its list at its end.
pub(crate) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// Where bytes come from.
pub(crate) enum Input<'a> {
    Whole(&'a mut dyn ReadSeek),
    Stream(&'a mut dyn Read),
}

impl Input<'_> {
    fn reader(&mut self) -> &mut dyn Read {
        match self {
            Self::Whole(reader) => reader,
            Self::Stream(reader) => reader,
        }
    }
}

/// What is known while one file after the other is cleaned.
pub(crate) struct Run<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) report: Report,
    pub(crate) entries: u64,
    /// Bytes that may still come out of archives; every layer counts.
    pub(crate) budget: Rc<Cell<u64>>,
    pub(crate) budget_max: u64,
}

/// A file as a run sees it.
#[derive(Clone, Copy)]
pub(crate) struct File<'a> {
    /// Where it lies, for the report.
    pub(crate) path: &'a str,
    /// Its own name.
    pub(crate) name: &'a str,
    pub(crate) declared: Option<&'a str>,
    /// How many archives it lies in.
    pub(crate) depth: u8,
}

impl Run<'_> {
    /// Cleans one file.
    pub(crate) fn file(
        &mut self,
        file: File<'_>,
        mut input: Input<'_>,
        output: &mut dyn Write,
    ) -> Result<(), Refusal> {
        if detect::scrub(file.name).is_some() {
            return Err(Reason::SecretInName.at("a file"));
        }
        let packed = file.depth > 0;
        let mut head = Vec::new();
        let start = input.reader().take(format::HEAD_BYTES as u64).read_to_end(&mut head);
        start.map_err(|error| Reason::reading(error, packed).at(file.path))?;
        let format = format::of(file.name, file.declared, &head).map_err(|reason| reason.at(file.path))?;
        match format {
            Format::Zip => self.zip(file, input, head, output),
            Format::Json | Format::Text(_) | Format::Tar | Format::Gzip | Format::Zstd => {
                let mut stream = head.as_slice().chain(input.reader());
                self.stream(file, format, &mut stream, output)
            }
        }
    }

    fn zip(
        &mut self,
        file: File<'_>,
        input: Input<'_>,
        head: Vec<u8>,
        output: &mut dyn Write,
    ) -> Result<(), Refusal> {
        match input {
            Input::Whole(reader) => {
                reader.seek(SeekFrom::Start(0)).map_err(|error| Reason::Io(error).at(file.path))?;
                archive::zip(self, file, reader, output)
            }
            Input::Stream(reader) => {
                let max = self.limits.nested_zip_bytes;
                let mut held = head;
                let read = reader.take(max + 1).read_to_end(&mut held);
                read.map_err(|error| Reason::unpacking(error).at(file.path))?;
                if held.len() as u64 > max {
                    return Err(Reason::TooLong { what: "an archive in an archive", max }.at(file.path));
                }
                archive::zip(self, file, &mut Cursor::new(held), output)
            }
        }
    }

    fn stream(
        &mut self,
        file: File<'_>,
        format: Format,
        input: &mut dyn Read,
        output: &mut dyn Write,
    ) -> Result<(), Refusal> {
        match format {
            Format::Tar => archive::tar(self, file, input, output),
            Format::Gzip => archive::gzip(self, file, input, output),
            Format::Zstd => archive::zstd(self, file, input, output),
            Format::Json => {
                self.report.files += 1;
                self.json(file, input, output).map_err(|reason| reason.at(file.path))
            }
            Format::Text(shape) => {
                self.report.files += 1;
                text::scrub(input, output, shape, file.depth > 0, file.path, &mut self.report)
                    .map_err(|reason| reason.at(file.path))
            }
            Format::Zip => Err(Reason::UnknownType.at(file.path)),
        }
    }

    fn json(&mut self, file: File<'_>, input: &mut dyn Read, output: &mut dyn Write) -> Result<(), Reason> {
        let max = self.limits.document_bytes;
        let mut bytes = Vec::new();
        let read = input.take(max + 1).read_to_end(&mut bytes);
        read.map_err(|error| Reason::reading(error, file.depth > 0))?;
        if bytes.len() as u64 > max {
            return Err(Reason::TooLong { what: "a JSON document", max });
        }
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            Reason::NotText { line: before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1 }
        })?;
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let clean = json::scrub(text, file.path, &mut self.report)?;
        output.write_all(clean.as_deref().unwrap_or(text).as_bytes()).map_err(Reason::Io)
    }

    /// A file in an archive; the archive has looked at its name.
    pub(crate) fn entry(
        &mut self,
        archive: File<'_>,
        name: &str,
        input: &mut dyn Read,
        output: &mut dyn Write,
    ) -> Result<(), Refusal> {
        let depth = archive.depth + 1;
        let path = format!("{}!/{name}", archive.path);
        if depth > self.limits.depth {
            return Err(Reason::TooDeep(self.limits.depth).at(&path));
        }
        let mut counted = Counted { inner: input, left: Rc::clone(&self.budget), max: self.budget_max };
        let file = File { path: &path, name, declared: None, depth };
        self.file(file, Input::Stream(&mut counted), output)
    }
}

/// A reader of what was unpacked, which ends with an error once the run's budget is spent.
struct Counted<'a> {
    inner: &'a mut dyn Read,
    left: Rc<Cell<u64>>,
    max: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.get().checked_sub(read as u64) {
            Some(left) => {
                self.left.set(left);
                Ok(read)
            }
            None => Err(io::Error::other(Over { max: self.max })),
        }
    }
}
