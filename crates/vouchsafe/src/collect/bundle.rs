//! The folder of what is ready to be sent: a person may look into it first, and sending goes on from it after a cut.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use vouchsafe_client::id::DataCollectionId;

use crate::config;
use crate::failure::Failure;

/// What the folder holds beside its files, and what says that it is whole.
const MANIFEST: &str = "bundle.toml";
/// Where its files are.
const FILES: &str = "files";

/// A file that is ready to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prepared {
    /// What it is called, here and there.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// SHA-256 in hex.
    pub(crate) sha256: String,
    /// What it was made of, and what stayed out, in words.
    pub(crate) about: String,
    /// Secrets that were taken out, by kind.
    pub(crate) removed: BTreeMap<String, u64>,
    /// Where the first of them were.
    pub(crate) places: Vec<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    collection: String,
    notes: Vec<String>,
    files: Vec<Prepared>,
}

/// The folder.
#[derive(Debug)]
pub(crate) struct Bundle {
    folder: PathBuf,
    /// What a person should know of it.
    pub(crate) notes: Vec<String>,
    pub(crate) files: Vec<Prepared>,
}

impl Bundle {
    /// Makes the folder, for its owner alone.
    pub(crate) fn create(folder: &Path) -> Result<Self, Failure> {
        match private_folder(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Failure::Usage(format!(
                "{} is there from an earlier run: --resume goes on with it, or delete it",
                folder.display()
            ))),
            made => {
                let made = made.and_then(|()| private_folder(&folder.join(FILES)));
                made.map_err(|source| Failure::File { path: folder.to_owned(), source })?;
                Ok(Self { folder: folder.to_owned(), notes: Vec::new(), files: Vec::new() })
            }
        }
    }

    /// Opens what an earlier run has prepared.
    pub(crate) fn open(folder: &Path, id: DataCollectionId) -> Result<Self, Failure> {
        let path = folder.join(MANIFEST);
        let manifest: Manifest = config::load(&path)?;
        if manifest.collection != id.to_string() {
            let found = if manifest.collection.is_empty() { "nothing whole" } else { &manifest.collection };
            let folder = folder.display();
            return Err(Failure::Usage(format!("{folder} holds {found}, not {id}; prepare it anew")));
        }
        Ok(Self { folder: folder.to_owned(), notes: manifest.notes, files: manifest.files })
    }

    /// Says that all of it is there.
    pub(crate) fn seal(&self, id: DataCollectionId) -> Result<(), Failure> {
        let (notes, files) = (self.notes.clone(), self.files.clone());
        config::save(&self.folder.join(MANIFEST), &Manifest { collection: id.to_string(), notes, files })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(FILES).join(name)
    }

    /// Where a file lies before it is cleaned.
    pub(crate) fn draft(&self) -> PathBuf {
        self.folder.join("draft")
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.files.iter().any(|file| file.name.eq_ignore_ascii_case(name))
    }

    /// Deletes the folder, and nothing in it that is not of this bundle.
    pub(crate) fn delete(&self) {
        // What stays behind can only be what could not be deleted, and the next run says so.
        let _ = fs::remove_file(self.folder.join(MANIFEST));
        let _ = fs::remove_file(self.draft());
        for entry in fs::read_dir(self.folder.join(FILES)).into_iter().flatten().flatten() {
            let _ = fs::remove_file(entry.path());
        }
        let _ = fs::remove_dir(self.folder.join(FILES));
        let _ = fs::remove_dir(&self.folder);
    }
}

#[cfg(unix)]
fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}
