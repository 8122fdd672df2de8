//! Stored sign-ins: `$XDG_CONFIG_HOME/vouchsafe/config.toml`, readable by its owner only.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Name of the profile that is used when none is named.
pub(crate) const DEFAULT_PROFILE: &str = "default";

/// The file's content.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Sign-ins by profile name.
    #[serde(default)]
    pub(crate) profiles: BTreeMap<String, Profile>,
}

/// One stored sign-in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// The server that the token is for, and goes to.
    pub(crate) server: String,
    /// The token.
    pub(crate) token: String,
}

impl Config {
    /// Reads the file; no file is an empty configuration.
    pub(crate) fn load() -> Result<Self, Failure> {
        let Some(path) = Self::path() else { return Ok(Self::default()) };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(Failure::File { path, source }),
        };
        // The parser's full text repeats the line that is wrong, which may hold a token.
        toml::from_str(&text).map_err(|error| Failure::Config { path, reason: error.message().to_owned() })
    }

    /// Writes the file anew; a crash leaves the old one.
    pub(crate) fn save(&self) -> Result<PathBuf, Failure> {
        let path = Self::path()
            .ok_or_else(|| Failure::Usage("neither XDG_CONFIG_HOME nor HOME is set".to_owned()))?;
        let text = toml::to_string(self)
            .map_err(|error| Failure::Config { path: path.clone(), reason: error.to_string() })?;
        let fail = |source| Failure::File { path: path.clone(), source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(fail)?;
        }
        let draft = path.with_extension(format!("toml.{}", std::process::id()));
        let written = write_private(&draft, &text).and_then(|()| fs::rename(&draft, &path));
        if written.is_err() {
            let _ = fs::remove_file(&draft);
        }
        written.map_err(fail)?;
        Ok(path)
    }

    fn path() -> Option<PathBuf> {
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let base = folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))?;
        Some(base.join("vouchsafe").join("config.toml"))
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = create_private(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}
