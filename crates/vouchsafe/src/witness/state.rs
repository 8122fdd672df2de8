//! What a witness has signed last of each log: a file each, named after the origin's hash, that holds the checkpoint.
//!
//! A signature must not be given before its checkpoint is durable here, and a file that cannot be read is never taken for
//! a log that was not seen.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::{NOTE_BYTES_MAX, Note};
use vouchsafe_log::whole::Seen;
use vouchsafe_log::witness::origin_name;

use crate::config::write_private;
use crate::failure::Failure;

/// The folder, taken by this process.
#[derive(Debug)]
pub(crate) struct State {
    folder: PathBuf,
    _lock: File,
}

impl State {
    /// Takes the folder, making it if there is none. Two witnesses on one folder could sign two histories.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        let failed = |source| Failure::File { path: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let lock =
            OpenOptions::new().create(true).append(true).open(folder.join("in-use")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                Err(Failure::Usage(format!("another witness uses {}", folder.display())))
            }
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// What was signed last of a log.
    pub(crate) fn seen(&self, origin: &str) -> Result<Option<Seen>, Error> {
        let Some(note) = self.checkpoint(&origin_name(origin))? else { return Ok(None) };
        let checkpoint: Checkpoint = note.text().parse().map_err(damaged)?;
        if checkpoint.origin == origin {
            Ok(Some(Seen { size: checkpoint.size, root: checkpoint.root }))
        } else {
            Err(damaged("it is of another log"))
        }
    }

    /// The checkpoint that was signed last of the log with this name.
    pub(crate) fn checkpoint(&self, name: &str) -> Result<Option<Note>, Error> {
        let path = self.folder.join(name);
        let size = match std::fs::metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            about => about?.len(),
        };
        if usize::try_from(size).is_ok_and(|size| size <= NOTE_BYTES_MAX) {
            Ok(Some(std::fs::read_to_string(path)?.parse().map_err(damaged)?))
        } else {
            Err(damaged("it is too long"))
        }
    }

    /// Keeps a checkpoint in place of the one before; durable when it returns.
    pub(crate) fn keep(&self, origin: &str, note: &Note) -> Result<(), Error> {
        let name = origin_name(origin);
        let draft = self.folder.join(format!("{name}.new"));
        // One that a crash has left.
        match std::fs::remove_file(&draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        write_private(&draft, &note.to_string())?;
        std::fs::rename(&draft, self.folder.join(name))?;
        File::open(&self.folder)?.sync_all()
    }
}

fn damaged(why: impl ToString) -> Error {
    Error::new(ErrorKind::InvalidData, format!("a kept checkpoint is damaged: {}", why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("vouchsafe-state-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    fn note(origin: &str, size: u64) -> Note {
        let checkpoint =
            Checkpoint { origin: origin.to_owned(), size, root: [1; 32], extensions: Vec::new() };
        let key = vouchsafe_log::note::KeyKind::Log;
        checkpoint.signed(&vouchsafe_log::note::Signer::new(origin, key, &[1; 32]).unwrap()).unwrap()
    }

    #[test]
    fn what_was_kept_is_there_and_damage_is_not_taken_for_nothing() {
        let folder = folder("kept");
        let state = State::open(&folder).unwrap();
        assert_eq!(state.seen("a.example").unwrap(), None);
        // A crash has left a draft.
        std::fs::write(folder.join(format!("{}.new", origin_name("a.example"))), "half").unwrap();
        for size in [3, 5] {
            state.keep("a.example", &note("a.example", size)).unwrap();
            assert_eq!(state.seen("a.example").unwrap(), Some(Seen { size, root: [1; 32] }));
        }
        assert!(State::open(&folder).is_err(), "two witnesses on one folder");
        let file = folder.join(origin_name("a.example"));
        let other = note("b.example", 9).to_string();
        for damage in ["", "half", "a.example\n5\n", other.as_str(), &"x".repeat(NOTE_BYTES_MAX + 1)] {
            std::fs::write(&file, damage).unwrap();
            assert!(state.seen("a.example").is_err(), "{}", damage.len());
        }
        drop(state);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
