//! Running: the listener, the sweeper, and a graceful end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use vouchsafe_app::{App, EvidenceError};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::tenant::TenantKind;
use vouchsafe_store::{FolderLock, Options, Store};

use crate::config::{Config, ConfigError, Files};
use crate::upstream::{self, ConnectError};
use crate::witness::{self, WitnessSetupError};
use crate::{Server, Settings, router};

/// Sweeps to one deletion of events that were kept long enough.
const SWEEPS_PER_DELETION: u64 = 3_600;
/// Pause between two rounds of publishing logs: a checkpoint follows an entry within 2 seconds (`evidence.md`).
const PUBLISH_EVERY: Duration = Duration::from_millis(500);
/// Pause between two sweeps.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// Sweeps from one deletion of expired rows to the next.
const SWEEPS_PER_CLEANING: u64 = 60;
/// How long open connections may take to finish after the end was asked for.
const DRAIN_FOR: Duration = Duration::from_secs(10);

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] vouchsafe_store::StoreError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The bucket's secret cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The listener failed.
    #[error("the listener failed")]
    Io(#[from] std::io::Error),
    /// The deployment has not been set up.
    #[error("nothing is set up here yet: run `vouchsafe-server bootstrap --config FILE` first")]
    NotSetUp,
    /// A live source cannot be used.
    #[error("[[upstream]]: {0}")]
    Upstream(#[from] ConnectError),
    /// A live source of a tenant that is not there.
    #[error("[[upstream]]: `tenant_id` {0} is no customer of this deployment")]
    NoCustomer(TenantId),
    /// A witness cannot be asked.
    #[error("[[log.witness]]: {0}")]
    Witness(#[from] WitnessSetupError),
    /// The logs cannot be published, and must not be served as if they could.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// A command or a witness names a tenant that is not there.
    #[error("{0} is no tenant of this deployment")]
    NoTenant(TenantId),
    /// The configuration names no folder.
    #[error("`database.url` names no folder")]
    NoFolder,
}

/// Serves a deployment until it is asked to stop.
///
/// # Errors
/// [`ServeError`].
pub async fn run(config: Config) -> Result<(), ServeError> {
    let folder = config.folder().ok_or(ServeError::NoFolder)?;
    let _ours = FolderLock::take(&folder)?;
    let bucket = config.files.as_ref().map(Files::bucket).transpose()?;
    let surroundings = Options { bucket, ..Options::default() };
    let clock = Arc::clone(&surroundings.clock);
    let store = Arc::new(Store::open(&folder, surroundings)?);
    if store.read()?.tenant(store.provider()).await?.is_none() {
        return Err(ServeError::NotSetUp);
    }
    for upstream in &config.upstreams {
        let tenant = store.read()?.tenant(upstream.tenant_id).await?;
        if tenant.is_none_or(|tenant| tenant.kind != TenantKind::Customer) {
            return Err(ServeError::NoCustomer(upstream.tenant_id));
        }
    }
    for tenant in config.log.witnesses.iter().flat_map(|witness| witness.tenants.iter().flatten()) {
        if store.read()?.tenant(*tenant).await?.is_none() {
            return Err(ServeError::NoTenant(*tenant));
        }
    }
    let upstreams = upstream::connect(&config.upstreams, &clock)?;
    let witnesses = witness::connect(&config.log.witnesses)?;
    let app = App::new(store).with_upstreams(upstreams).with_witnesses(witnesses);
    let app = match app.clone().publishing(config.host(), &config.heads_file(&folder)).await {
        Err(error @ (EvidenceError::NoHeads(_) | EvidenceError::OldHeads { .. })) => {
            tracing::error!("logs are not published: {error}");
            app
        }
        publishing => publishing?,
    };
    let settings = Settings { public_url: Some(config.public_url), ..Settings::default() };
    let listener = listen(config.listen).await?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    until_stopped(listener, Server { app, settings }).await
}

/// Binds the address.
///
/// # Errors
/// [`ServeError::Listen`].
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// Answers requests and sweeps until SIGINT or SIGTERM; then lets open requests finish and makes everything durable.
///
/// # Errors
/// [`ServeError::Io`].
pub async fn until_stopped(listener: TcpListener, server: Server) -> Result<(), ServeError> {
    let (stop, stopped) = watch::channel(false);
    let store = Arc::clone(server.app.store());
    let app = server.app.clone();
    let sweeper = tokio::spawn(sweep(app.clone(), stopped.clone()));
    let publisher = tokio::spawn(publish(app.clone(), stopped.clone()));
    for witness in app.witnesses() {
        tokio::spawn(witness::offer(app.clone(), Arc::clone(witness), stopped.clone()));
    }
    let mut ended = stopped;
    // Made into a service once; as it is, the whole router would be made anew for every connection.
    let service = router(server).into_make_service();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        // The sender lives until the end of this function.
        let _ = ended.wait_for(|stopped| *stopped).await;
    });
    let mut serving = std::pin::pin!(serving.into_future());
    tokio::select! {
        result = &mut serving => result?,
        () = asked_to_stop() => {
            tracing::info!("stopping");
            stop.send_replace(true);
            if tokio::time::timeout(DRAIN_FOR, serving).await.is_err() {
                tracing::warn!("some connections did not finish in time");
            }
        }
    }
    stop.send_replace(true);
    if sweeper.await.is_err() {
        tracing::error!("the sweeper ended by a panic");
    }
    if publisher.await.is_err() {
        tracing::error!("the publisher of logs ended by a panic");
    }
    // Twice: a round looks once more at what may not have been committed before.
    for _ in 0..2 {
        published(&app).await;
    }
    store.close().await;
    Ok(())
}

/// Records what time has ended, once a second; forgets what is past its time, once a minute; deletes events that were
/// kept long enough, once an hour.
async fn sweep(app: App, mut stopped: watch::Receiver<bool>) {
    for round in 0u64.. {
        let swept = match app.sweep().await {
            Ok(_) if round % SWEEPS_PER_CLEANING == 0 => app.forget_expired().await,
            result => result.map(drop),
        };
        let swept = match swept {
            Ok(()) if round % SWEEPS_PER_DELETION == 0 => app.delete_expired().await.map(drop),
            result => result,
        };
        if let Err(error) = swept {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a sweep failed; the next one tries again"
            );
        }
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
    }
}

/// Publishes logs that have grown, round after round.
async fn publish(app: App, mut stopped: watch::Receiver<bool>) {
    loop {
        published(&app).await;
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = tokio::time::sleep(PUBLISH_EVERY) => {}
        }
    }
}

/// One round. What fails is tried again in the next one; nothing else rests on it.
async fn published(app: &App) {
    if let Err(error) = app.publish().await {
        tracing::error!(error = &error as &dyn std::error::Error, "a log could not be published");
    }
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        },
        Err(_) => {
            // Without a handler for SIGTERM there is still SIGINT.
            let _ = interrupted.await;
        }
    }
}
