//! What an operator does with no server running: `adopt-heads`, `fsck`, `rotate-log-keys`.

use std::path::Path;
use std::sync::Arc;

use vouchsafe_app::{App, EvidenceError, FsckReport};
use vouchsafe_core::id::TenantId;
use vouchsafe_store::{Database, FolderLock, Options, PostgresUrl, Store, copy_to_postgres};

use crate::config::{Config, OpenError};
use crate::serve::ServeError;

/// Lets every log go on from what the database holds, whatever the heads file says. Gives the number of logs.
///
/// # Errors
/// [`ServeError`].
pub async fn adopt_heads(config: &Config) -> Result<usize, ServeError> {
    let (app, _ours) = opened(config)?;
    let folder = config.folder().ok_or(OpenError::NoFolder)?;
    let adopted = app.adopt_heads(&config.heads_file(&folder)).await?;
    app.store().close().await;
    Ok(adopted)
}

/// Checks every log against the database and the heads file.
///
/// # Errors
/// [`ServeError`] if they cannot be read at all.
pub async fn fsck(config: &Config) -> Result<FsckReport, ServeError> {
    let (app, _ours) = opened(config)?;
    let folder = config.folder().ok_or(OpenError::NoFolder)?;
    // A witness whose key cannot be read is told of when the server starts.
    let witnesses: Vec<_> = config.log.witnesses.iter().filter_map(|witness| witness.key().ok()).collect();
    let report =
        app.fsck_with(Some(&config.heads_file(&folder)), &witnesses).await.map_err(EvidenceError::from)?;
    app.store().close().await;
    Ok(report)
}

/// Gives every log, or one, a new signing key. Gives the new verifier keys.
///
/// # Errors
/// [`ServeError`].
pub async fn rotate_log_keys(config: &Config, only: Option<TenantId>) -> Result<Vec<String>, ServeError> {
    let (app, _ours) = opened(config)?;
    let tenants = app.store().read()?.tenants().await?;
    let mut verifier_keys = Vec::new();
    for tenant in tenants.into_iter().filter(|tenant| only.is_none_or(|only| only == *tenant)) {
        let keys = app.add_log_key(tenant, config.host()).await.map_err(EvidenceError::from)?;
        verifier_keys.extend(keys.into_iter().next_back().map(|key| key.verifier_key));
    }
    app.store().close().await;
    if let (Some(tenant), true) = (only, verifier_keys.is_empty()) {
        return Err(ServeError::NoTenant(tenant));
    }
    Ok(verifier_keys)
}

/// Copies the state of a folder into an empty PostgreSQL database, and checks every log there. Gives the number of rows.
///
/// # Errors
/// [`ServeError`]; then nothing was copied.
pub async fn copy(folder: &Path, url: PostgresUrl) -> Result<(u64, FsckReport), ServeError> {
    let _ours = FolderLock::take(folder)?;
    let rows = copy_to_postgres(folder, &url).await?;
    let options = Options { database: Database::Postgres(Box::new(url)), ..Options::default() };
    let app = App::new(Arc::new(Store::open(folder, options)?));
    let report = app.fsck(None).await.map_err(EvidenceError::from)?;
    app.store().close().await;
    Ok((rows, report))
}

/// The deployment's data, which no server is using.
fn opened(config: &Config) -> Result<(App, FolderLock), ServeError> {
    let (store, ours) = config.open()?;
    Ok((App::new(Arc::new(store)), ours))
}
