//! The configuration file of `serve` and `bootstrap`: TOML, unknown keys refused, errors with their line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use vouchsafe_store::{FolderLock, Options, Store, StoreError};

mod database;
mod files;
pub mod sign_in;
mod upstream;
mod witness;

pub use database::Database;
pub use files::Files;
pub use sign_in::SignIn;
pub use upstream::Upstream;
pub use witness::Witness;

/// What the file says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address to listen on. TLS is the business of the proxy in front.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Scheme and authority that people and tools use, such as `https://support.example`; links start with it.
    pub public_url: String,
    /// Where the data is.
    pub database: Database,
    /// How logs are published.
    #[serde(default)]
    pub log: Log,
    /// The bucket where files lie that customers send; they lie in the data folder without it.
    pub files: Option<Files>,
    /// Who is made by `bootstrap`.
    pub bootstrap: Option<Bootstrap>,
    /// Where tenants' data is read live.
    #[serde(default, rename = "upstream")]
    pub upstreams: Vec<Upstream>,
    /// Identity providers of the provider's own people, and where those of all tenants may lie.
    #[serde(default)]
    pub sign_in: SignIn,
}

/// How logs are published.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The file that says what was published of each log. It belongs neither into the data folder nor into its backups:
    /// restored together with an older database it would say the same as that, and what was lost would go unnoticed.
    /// Without it: the data folder's name with `.heads` behind it.
    pub heads_file: Option<PathBuf>,
    /// Who is asked to sign checkpoints.
    #[serde(default, rename = "witness")]
    pub witnesses: Vec<Witness>,
}

/// The provider and the first customer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// The vendor.
    pub provider: NewOrganization,
    /// The first customer.
    pub tenant: NewOrganization,
    /// Whether to make a token, too, with which another ticket system enters and closes support requests.
    #[serde(default)]
    pub intake: bool,
    /// Whether the first person of each gets an API token, too. Whoever runs `bootstrap` holds it then, and the log says
    /// that it was made.
    #[serde(default)]
    pub tokens: bool,
}

/// An organisation with its first person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrganization {
    /// Name.
    pub display_name: String,
    /// Domain, such as `contoso.example`.
    pub domain: String,
    /// Name of the first person.
    pub person: String,
    /// Sign-in name of the first person.
    pub user_principal_name: String,
    /// Names of built-in roles; the widest ones without it.
    pub roles: Option<Vec<String>>,
    /// Problem types in which the person declares expertise; all for a provider without it.
    pub expertise: Option<Vec<String>>,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not what it should be; the text says where.
    #[error("{path}: {source}")]
    Invalid {
        /// Which file.
        path: String,
        /// What is wrong, with line and column.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A value that is well-formed but not offered.
    #[error("{path}: {message}")]
    Unsupported {
        /// Which file.
        path: String,
        /// What is wrong.
        message: String,
    },
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`] names the file, and the line where it can.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: name.clone(), source })?;
        let config: Self = toml::from_str(&text)
            .map_err(|source| ConfigError::Invalid { path: name.clone(), source: Box::new(source) })?;
        let unsupported =
            |message: &str| ConfigError::Unsupported { path: name.clone(), message: message.to_owned() };
        config.database.check().map_err(|message| unsupported(&message))?;
        let local = config.public_url.starts_with("http://127.0.0.1")
            || config.public_url.starts_with("http://localhost");
        if !(config.public_url.starts_with("https://") || local) || config.public_url.ends_with('/') {
            return Err(unsupported("`public_url` must be https://HOST[:PORT] without a path"));
        }
        config.files.as_ref().map_or(Ok(()), Files::check).map_err(|message| unsupported(&message))?;
        upstream::check(&config.upstreams).map_err(|message| unsupported(&message))?;
        sign_in::check(&config.sign_in).map_err(|message| unsupported(&message))?;
        witness::check(&config.log.witnesses).map_err(|message| unsupported(&message))?;
        Ok(config)
    }

    /// Host and port of the public URL: what the origins of logs begin with.
    #[must_use]
    pub fn host(&self) -> &str {
        self.public_url.split_once("://").map_or(self.public_url.as_str(), |(_, host)| host)
    }

    /// The heads file of the data in this folder.
    #[must_use]
    pub fn heads_file(&self, folder: &Path) -> PathBuf {
        self.log.heads_file.clone().unwrap_or_else(|| {
            let mut name = folder.as_os_str().to_owned();
            name.push(".heads");
            PathBuf::from(name)
        })
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        self.database.folder()
    }

    /// Opens the data of this deployment, of whose folder this process is the only user.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(&self) -> Result<(Store, FolderLock), OpenError> {
        let folder = self.folder().ok_or(OpenError::NoFolder)?;
        let ours = FolderLock::take(&folder)?;
        let bucket = self.files.as_ref().map(Files::bucket).transpose()?;
        if bucket.is_some() {
            // Another part of the program may have been first; it is the same one.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let options = Options { bucket, database: self.database.store()?, ..Options::default() };
        Ok((Store::open(&folder, options)?, ours))
    }
}

/// Why the data of a deployment cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file that the configuration names cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The configuration names no folder.
    #[error("the configuration names no data folder")]
    NoFolder,
}
