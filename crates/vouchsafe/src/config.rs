//! Stored sign-ins: `$XDG_CONFIG_HOME/vouchsafe/config.toml`, readable by its owner only.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
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
        Self::path().map_or_else(|| Ok(Self::default()), |path| load(&path))
    }

    /// Writes the file anew; a crash leaves the old one.
    pub(crate) fn save(&self) -> Result<PathBuf, Failure> {
        let path = Self::path()
            .ok_or_else(|| Failure::Usage("neither XDG_CONFIG_HOME nor HOME is set".to_owned()))?;
        save(&path, self)?;
        Ok(path)
    }

    fn path() -> Option<PathBuf> {
        Some(folder("XDG_CONFIG_HOME", ".config")?.join("config.toml"))
    }
}

/// This program's folder below the one that a variable names, or below the home folder (XDG Base Directory).
pub(crate) fn folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = named(variable).or_else(|| named("HOME").map(|home| home.join(below_home)))?;
    Some(base.join("vouchsafe"))
}

/// Reads a TOML file; no file is the default.
pub(crate) fn load<T: Default + DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
        Err(source) => return Err(Failure::File { path: path.to_owned(), source }),
    };
    // The parser's full text repeats the line that is wrong, which may hold a token.
    toml::from_str(&text)
        .map_err(|error| Failure::Config { path: path.to_owned(), reason: error.message().to_owned() })
}

/// Writes a TOML file anew, readable by its owner only; a crash leaves the old one.
pub(crate) fn save(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let text = toml::to_string(value)
        .map_err(|error| Failure::Config { path: path.to_owned(), reason: error.to_string() })?;
    let fail = |source| Failure::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    let draft = path.with_extension(format!("toml.{}", std::process::id()));
    let written = write_private(&draft, &text).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.map_err(fail)
}

/// Writes a new file that its owner alone may read; durable when it returns.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = create_private(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Whether nobody but its owner may read a file.
#[cfg(unix)]
pub(crate) fn only_its_owner_reads(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    about.permissions().mode() & 0o077 == 0
}

#[cfg(not(unix))]
pub(crate) fn only_its_owner_reads(_: &fs::Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}
