//! Where exported lines go: a new file, the standard output, or the end of a file that a cursor belongs to.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::audit::Cursor;
use crate::destination::Destination;
use crate::failure::Failure;

pub(super) enum Sink {
    /// A new file that goes away unless it becomes whole, or the standard output.
    New(Box<Destination>),
    /// The standard output, with a cursor beside it.
    Printed,
    /// A file that grows from run to run.
    Grown { path: PathBuf, file: File },
}

impl Sink {
    /// Opens it. With a cursor, a file is cut to what the cursor knows of: what stands behind is of a run that was
    /// interrupted, and comes again.
    pub(super) fn open(to: &Path, cursor: Option<&Cursor>) -> Result<Self, Failure> {
        let Some(cursor) = cursor else { return Destination::open(to, false).map(Box::new).map(Self::New) };
        if to == Path::new("-") {
            return Ok(Self::Printed);
        }
        let packed = to
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("gz") || end.eq_ignore_ascii_case("zst"));
        if packed {
            return Err(Failure::Usage("a file that is appended to cannot be compressed".to_owned()));
        }
        let failed = |source| Failure::File { path: to.to_owned(), source };
        let path = std::path::absolute(to).map_err(failed)?;
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = file.map_err(failed)?;
        if file.try_lock().is_err() {
            return Err(Failure::Usage(format!("{} is being written by another run", to.display())));
        }
        let length = file.metadata().map_err(failed)?.len();
        let ours = if cursor.file == path.to_string_lossy() { cursor.bytes } else { 0 };
        // An empty file was rotated, or is new.
        if length > 0 {
            if cursor.file != path.to_string_lossy() && !cursor.file.is_empty() {
                return Err(Failure::Usage(format!(
                    "the cursor is of the file {}: name that one, or one that is new",
                    cursor.file
                )));
            }
            if ours == 0 || length < ours {
                let name = to.display();
                return Err(Failure::Usage(format!(
                    "{name} is not the file that the cursor knows: move it away, or name another"
                )));
            }
            file.set_len(ours).and_then(|()| file.seek(SeekFrom::End(0))).map_err(failed)?;
        }
        Ok(Self::Grown { path, file })
    }

    pub(super) fn write(&mut self, text: &[u8]) -> Result<(), Failure> {
        match self {
            Self::New(destination) => destination.write(text),
            Self::Printed => {
                let mut out = io::stdout().lock();
                out.write_all(text).and_then(|()| out.flush()).map_err(Failure::Local)
            }
            Self::Grown { path, file } => {
                file.write_all(text).map_err(|source| Failure::File { path: path.clone(), source })
            }
        }
    }

    /// Makes durable what was written; gives the file and how long it is now.
    pub(super) fn settled(&mut self) -> Result<(String, u64), Failure> {
        match self {
            Self::New(_) | Self::Printed => Ok((String::new(), 0)),
            Self::Grown { path, file } => {
                let length = file.sync_all().and_then(|()| file.stream_position());
                let length = length.map_err(|source| Failure::File { path: path.clone(), source })?;
                Ok((path.to_string_lossy().into_owned(), length))
            }
        }
    }

    pub(super) fn finish(self) -> Result<(), Failure> {
        match self {
            Self::New(destination) => destination.finish(),
            Self::Printed | Self::Grown { .. } => Ok(()),
        }
    }
}
