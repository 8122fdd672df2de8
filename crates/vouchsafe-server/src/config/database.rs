//! Where the data is: SQLite in a folder, or PostgreSQL and a folder.

use std::path::PathBuf;

use serde::Deserialize;
use vouchsafe_store::{PostgresUrl, StoreError};

use super::{ConfigError, OpenError};

/// Where the data is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:FOLDER`: a folder that holds the database, the tenants' record files and the master key; or
    /// `postgres://USER@HOST[:PORT]/DATABASE`, shared by all nodes.
    pub url: String,
    /// With PostgreSQL: this node's folder, with the master key, which is the same on every node.
    pub folder: Option<PathBuf>,
    /// With PostgreSQL: the schema that is used, and made if it is not there; the server's choice without it.
    pub schema: Option<String>,
    /// With PostgreSQL: a file that holds the password, on one line.
    pub password_file: Option<PathBuf>,
    /// With PostgreSQL: a PEM file of the certificates that the server's must come from; the machine's without it.
    pub ca_file: Option<PathBuf>,
}

impl Database {
    /// Checks what can be checked without looking at any file.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.is_postgres() {
            return match &self.folder {
                Some(_) => self.postgres().map(drop),
                None => {
                    Err("`database.folder` must name this node's folder, beside a PostgreSQL `url`"
                        .to_owned())
                }
            };
        }
        if self.folder().is_none() {
            return Err(
                "`database.url` must be sqlite:FOLDER or postgres://USER@HOST[:PORT]/DATABASE".to_owned()
            );
        }
        let only_there = [
            ("folder", self.folder.is_some()),
            ("schema", self.schema.is_some()),
            ("password_file", self.password_file.is_some()),
            ("ca_file", self.ca_file.is_some()),
        ];
        match only_there.iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(format!("`database.{name}` goes with a PostgreSQL `url` only")),
            None => Ok(()),
        }
    }

    /// The data folder.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        match self.is_postgres() {
            true => self.folder.clone(),
            false => self.url.strip_prefix("sqlite:").filter(|folder| !folder.is_empty()).map(PathBuf::from),
        }
    }

    /// The database as the store takes it.
    pub(super) fn store(&self) -> Result<vouchsafe_store::Database, OpenError> {
        if !self.is_postgres() {
            return Ok(vouchsafe_store::Database::Embedded);
        }
        let mut url = self.postgres().map_err(StoreError::Schema)?;
        if let Some(file) = &self.password_file {
            let unreadable = |source| ConfigError::Unreadable { path: file.display().to_string(), source };
            url = url.with_password(std::fs::read_to_string(file).map_err(unreadable)?.trim_end());
        }
        if let Some(file) = &self.ca_file {
            url = url.trusting(file)?;
        }
        Ok(vouchsafe_store::Database::Postgres(Box::new(url)))
    }

    fn postgres(&self) -> Result<PostgresUrl, String> {
        let url = PostgresUrl::parse(&self.url)?;
        self.schema.as_deref().map_or(Ok(url.clone()), |schema| url.in_schema(schema))
    }

    fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres:") || self.url.starts_with("postgresql:")
    }
}
