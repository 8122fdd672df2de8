//! Where generated or exported data goes: a new file, compressed as its name says, or the standard output.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use zstd::stream::write::Encoder as ZstdEncoder;

use crate::failure::Failure;

/// A file that is being written, or the standard output. A file that is not [finished](Destination::finish) is removed.
pub(crate) struct Destination {
    stream: Option<Stream>,
    file: Option<Draft>,
}

/// A file that is not whole yet.
struct Draft {
    /// The name that it was asked for under.
    path: PathBuf,
    /// The name that it has until it is whole.
    draft: PathBuf,
}

enum Stream {
    Plain(Box<dyn Write>),
    Gzip(GzEncoder<File>),
    Zstd(ZstdEncoder<'static, File>),
}

impl Destination {
    /// Opens it. An existing file is replaced when `replace` says so, once the new one is whole.
    pub(crate) fn open(path: &Path, replace: bool) -> Result<Self, Failure> {
        Self::compressed(path, replace, true)
    }

    /// Opens it for bytes that stay as they are, whatever its name says.
    pub(crate) fn open_as_it_is(path: &Path, replace: bool) -> Result<Self, Failure> {
        Self::compressed(path, replace, false)
    }

    fn compressed(path: &Path, replace: bool, by_name: bool) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Ok(Self { stream: Some(Stream::Plain(Box::new(io::stdout()))), file: None });
        }
        let draft = if replace { beside(path) } else { path.to_owned() };
        let fail = |source| Failure::File { path: path.to_owned(), source };
        if replace && path.is_dir() {
            return Err(fail(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        let file = match File::create_new(&draft) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !replace => {
                let reason = format!("{} exists already; --force replaces it", path.display());
                return Err(Failure::Usage(reason));
            }
            Err(source) => return Err(fail(source)),
        };
        let draft = Draft { path: path.to_owned(), draft };
        let mut destination = Self { stream: None, file: Some(draft) };
        let ends_in = |ending: &str| {
            by_name && path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
        };
        destination.stream = Some(if ends_in("gz") {
            Stream::Gzip(GzEncoder::new(file, Compression::default()))
        } else if ends_in("zst") {
            Stream::Zstd(ZstdEncoder::new(file, zstd::DEFAULT_COMPRESSION_LEVEL).map_err(fail)?)
        } else {
            Stream::Plain(Box::new(file))
        });
        Ok(destination)
    }

    pub(crate) fn write(&mut self, piece: &[u8]) -> Result<(), Failure> {
        let written = match &mut self.stream {
            Some(Stream::Plain(stream)) => stream.write_all(piece),
            Some(Stream::Gzip(stream)) => stream.write_all(piece),
            Some(Stream::Zstd(stream)) => stream.write_all(piece),
            None => Ok(()),
        };
        written.map_err(|error| self.failure(error))
    }

    /// Ends the compression and gives a file its name.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let ended = match self.stream.take() {
            Some(Stream::Plain(mut stream)) => stream.flush(),
            Some(Stream::Gzip(stream)) => stream.finish().and_then(|mut file| file.flush()),
            Some(Stream::Zstd(stream)) => stream.finish().and_then(|mut file| file.flush()),
            None => Ok(()),
        };
        let named = ended.and_then(|()| match &self.file {
            Some(Draft { path, draft }) if path != draft => fs::rename(draft, path),
            Some(_) | None => Ok(()),
        });
        named.map_err(|error| self.failure(error))?;
        self.file = None;
        Ok(())
    }

    fn failure(&self, source: io::Error) -> Failure {
        match &self.file {
            Some(Draft { path, .. }) => Failure::File { path: path.clone(), source },
            None => Failure::Local(source),
        }
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        if let Some(Draft { draft, .. }) = &self.file {
            // Whoever asked has been told of the failure that led here; that a part stays is no second one.
            let _ = fs::remove_file(draft);
        }
    }
}

/// A name in the same folder, for this process alone.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}
