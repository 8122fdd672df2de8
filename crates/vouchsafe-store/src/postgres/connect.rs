//! How the database is reached.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls, Notification};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::StoreError;

/// Connections of one node at most.
const CONNECTIONS_MAX: usize = 16;
/// How long a caller waits for a free connection, and a connection for the server.
const PATIENCE: Duration = Duration::from_secs(5);
/// What every connection asks of the server: an end to statements, to waiting for a lock and to transactions that
/// nobody goes on with, in milliseconds; and names that sort by their bytes stay as the schema says.
const SETTINGS: &str = "-c statement_timeout=20000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000 -c default_transaction_isolation=read\\ committed";

/// Where a PostgreSQL database is: `postgres://USER[:PASSWORD]@HOST[:PORT]/DATABASE[?sslmode=…]`, and which schema of
/// it is used.
///
/// A connection that leaves the machine is encrypted, and the server's certificate checked against the machine's roots
/// or a given one.
#[derive(Debug, Clone)]
pub struct PostgresUrl {
    config: Config,
    schema: Option<String>,
    roots: Option<Arc<rustls::RootCertStore>>,
}

impl PostgresUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence that does not repeat the password.
    pub fn parse(url: &str) -> Result<Self, String> {
        let mut config: Config = url.parse().map_err(|_| {
            "`database.url` must be postgres://USER@HOST[:PORT]/DATABASE[?sslmode=require]".to_owned()
        })?;
        if config.get_hosts().is_empty() {
            return Err("`database.url` names no host".to_owned());
        }
        if config.get_application_name().is_none() {
            config.application_name("vouchsafe");
        }
        config.connect_timeout(PATIENCE).tcp_user_timeout(PATIENCE * 2);
        let mut url = Self { config, schema: None, roots: None };
        if url.leaves_the_machine() {
            if url.config.get_ssl_mode() == SslMode::Disable {
                return Err("`database.url` says sslmode=disable, but its host is another machine: what is sent there must be encrypted".to_owned());
            }
            url.config.ssl_mode(SslMode::Require);
        }
        Ok(url)
    }

    /// The same database with a password that does not stand in the URL.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        self.config.password(password);
        self
    }

    /// Uses this schema of the database instead of the one that the server chooses; it is made if it is not there.
    ///
    /// # Errors
    /// A name that is not made of small letters, digits and `_`, or is longer than 63.
    pub fn in_schema(mut self, schema: &str) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if schema.is_empty() || schema.len() > 63 || !schema.chars().all(plain) {
            return Err("`database.schema` must be 1 to 63 small letters, digits and `_`".to_owned());
        }
        self.schema = Some(schema.to_owned());
        Ok(self)
    }

    /// Trusts the certificates of a PEM file, and no others.
    ///
    /// # Errors
    /// [`StoreError::File`] if it cannot be read; [`StoreError::Schema`] if it holds no certificate.
    pub fn trusting(mut self, pem: &Path) -> Result<Self, StoreError> {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject as _;
        let failed = |source| StoreError::File { path: pem.display().to_string(), source };
        let text = std::fs::read(pem).map_err(failed)?;
        let mut roots = rustls::RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&text) {
            let wrong =
                |what: &dyn std::fmt::Display| StoreError::Schema(format!("{}: {what}", pem.display()));
            roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
        }
        if roots.is_empty() {
            return Err(StoreError::Schema(format!("{} holds no certificate", pem.display())));
        }
        self.roots = Some(Arc::new(roots));
        Ok(self)
    }

    pub(super) fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    pub(super) fn pool(&self) -> Result<Pool, StoreError> {
        let settings = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let config = self.configured();
        // What stays on the machine is encrypted if the URL asks for it.
        let manager = if self.config.get_ssl_mode() == SslMode::Require {
            Manager::from_config(config, self.tls()?, settings)
        } else {
            Manager::from_config(config, NoTls, settings)
        };
        Pool::builder(manager)
            .max_size(CONNECTIONS_MAX)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(PATIENCE))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Schema(error.to_string()))
    }

    /// A connection of its own, and what it hears of the channels that it listens to.
    pub(super) async fn listening(
        &self,
    ) -> Result<(Client, mpsc::UnboundedReceiver<Notification>), StoreError> {
        let config = self.configured();
        let (tell, heard) = mpsc::unbounded_channel();
        let client = if self.config.get_ssl_mode() == SslMode::Require {
            let (client, connection) = config.connect(self.tls()?).await?;
            tokio::spawn(forward(connection, tell));
            client
        } else {
            let (client, connection) = config.connect(NoTls).await?;
            tokio::spawn(forward(connection, tell));
            client
        };
        Ok((client, heard))
    }

    /// The channel by which the nodes of this database and schema tell each other of changes.
    pub(super) fn channel(&self) -> String {
        // A channel's name is short, and a node's name stands behind it.
        let digest = crate::migrate::digest(self.schema.as_deref().unwrap_or_default());
        format!("vouchsafe_{}", digest.get(..12).unwrap_or_default())
    }

    /// The settings with which a connection begins.
    fn configured(&self) -> Config {
        let mut config = self.config.clone();
        let mut options = config.get_options().map_or_else(String::new, |given| format!("{given} "));
        options.push_str(SETTINGS);
        if let Some(schema) = &self.schema {
            options.push_str(" -c search_path=");
            options.push_str(schema);
        }
        config.options(options);
        config
    }

    fn tls(&self) -> Result<MakeRustlsConnect, StoreError> {
        let roots = match &self.roots {
            Some(roots) => Arc::clone(roots),
            None => Arc::new(machine_roots()?),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| StoreError::Schema(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }

    /// Whether what is sent to the database can be seen by others on its way.
    fn leaves_the_machine(&self) -> bool {
        self.config.get_hosts().iter().any(|host| match host {
            Host::Unix(_) => false,
            Host::Tcp(name) => {
                name != "localhost" && !name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
        })
    }
}

/// Drives a connection, and hands over what it hears, until either side is gone.
async fn forward<S, T>(mut connection: Connection<S, T>, tell: mpsc::UnboundedSender<Notification>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
        if let AsyncMessage::Notification(notification) = message
            && tell.send(notification).is_err()
        {
            return;
        }
    }
}

/// The certificates that this machine trusts.
fn machine_roots() -> Result<rustls::RootCertStore, StoreError> {
    let mut roots = rustls::RootCertStore::empty();
    // One that cannot be read is one that is not trusted.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(StoreError::Schema(
            "this machine trusts no certificate: name one in `database.ca_file`".to_owned(),
        ));
    }
    Ok(roots)
}
