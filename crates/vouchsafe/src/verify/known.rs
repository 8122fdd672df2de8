//! What was seen of each log before: `$XDG_STATE_HOME/vouchsafe/logs.toml`, or the file that the caller names.
//!
//! A log that forks shows a different history to whoever saw the first one. So the newest head of each log is kept, and
//! the keys that signed it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::{folder, load, save};
use crate::failure::Failure;

/// The logs that were seen, and where that is kept.
#[derive(Debug)]
pub(crate) struct Known {
    path: PathBuf,
    file: KnownLogs,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownLogs {
    /// By origin.
    #[serde(default)]
    logs: BTreeMap<String, KnownLog>,
}

/// A log that was seen.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownLog {
    /// Entries.
    pub(crate) size: u64,
    /// Root, in hex.
    pub(crate) root: String,
    /// Keys that its checkpoints are signed with.
    pub(crate) verifier_keys: Vec<String>,
}

impl Known {
    /// Reads the file; no file is nothing seen.
    pub(crate) fn load(named: Option<&Path>) -> Result<Self, Failure> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => folder("XDG_STATE_HOME", ".local/state")
                .ok_or_else(|| {
                    Failure::Usage("neither XDG_STATE_HOME nor HOME is set: name a --state file".to_owned())
                })?
                .join("logs.toml"),
        };
        Ok(Self { file: load(&path)?, path })
    }

    /// Nothing seen, and nothing to be kept: for a check that stands by itself.
    pub(crate) fn nothing() -> Self {
        Self { path: PathBuf::new(), file: KnownLogs::default() }
    }

    /// What is known of a log.
    pub(crate) fn get(&self, origin: &str) -> Option<&KnownLog> {
        self.file.logs.get(origin)
    }

    /// Remembers a log that was found sound.
    pub(crate) fn remember(&mut self, origin: &str, log: KnownLog) -> Result<(), Failure> {
        self.file.logs.insert(origin.to_owned(), log);
        save(&self.path, &self.file)
    }
}
