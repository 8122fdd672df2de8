//! Running: the listener, the sweeper, and a graceful end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use vouchsafe_app::{App, AppError, EvidenceError};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::tenant::TenantKind;
use vouchsafe_signin::passkey::RelyingParty;
use vouchsafe_store::edge::{Clock, SystemClock};

use crate::config::{Config, OpenError};
use crate::issuers::{self, IssuersError};
use crate::upstream::{self, ConnectError};
use crate::witness::{self, WitnessSetupError};
use crate::{Server, Settings, connections, router};

/// Sweeps to one deletion of events and collected files that were kept long enough, and to one look at who can approve.
const SWEEPS_PER_DELETION: u64 = 3_600;
/// Pause between two looks at what is remembered for the decision point: several of them in the time that it is good for.
const CONFIRM_EVERY: Duration = Duration::from_millis(500);
/// Pause between two rounds of publishing logs: a checkpoint follows an entry within 2 seconds (`evidence.md`).
const PUBLISH_EVERY: Duration = Duration::from_millis(500);
/// Pause between two sweeps.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// Sweeps from one deletion of expired rows to the next.
const SWEEPS_PER_CLEANING: u64 = 60;
/// Sweeps from one look at the cases that wait for an engineer to the next.
const SWEEPS_PER_ROUTING: u64 = 10;
/// Looks at resolved cases between two sweeps; what they leave is learned after the next.
const LEARNING_ROUNDS: u32 = 100;
/// How long open connections may take to finish after the end was asked for.
const DRAIN_FOR: Duration = Duration::from_secs(10);

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
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
    /// The listener failed.
    #[error("the listener failed")]
    Io(#[from] std::io::Error),
    /// The deployment has not been set up.
    #[error("nothing is set up here yet: run `vouchsafe-server bootstrap --config FILE` first")]
    NotSetUp,
    /// A live source cannot be used.
    #[error("[[upstream]]: {0}")]
    Upstream(#[from] ConnectError),
    /// An identity provider of the configuration cannot be used.
    #[error("[sign_in]: {0}")]
    SignIn(#[from] IssuersError),
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
}

/// Serves a deployment until it is asked to stop.
///
/// # Errors
/// [`ServeError`].
pub async fn run(config: Config) -> Result<(), ServeError> {
    let (store, _ours) = config.open()?;
    let folder = config.folder().ok_or(OpenError::NoFolder)?;
    let store = Arc::new(store);
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
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let upstreams = upstream::connect(&config.upstreams, &clock)?;
    let witnesses = witness::connect(&config.log.witnesses)?;
    let federation = issuers::connect(&config.sign_in, &store)?;
    let among_nodes = store.is_shared();
    let app = App::new(store).with_upstreams(upstreams).with_witnesses(witnesses).with_federation(federation);
    let app = if among_nodes { app.among_nodes() } else { app };
    let app = match app.clone().publishing(config.host(), &config.heads_file(&folder)).await {
        Err(error @ (EvidenceError::NoHeads(_) | EvidenceError::OldHeads { .. })) => {
            tracing::error!("logs are not published: {error}");
            app
        }
        publishing => publishing?,
    };
    let app = with_passkeys(app, &config.public_url);
    let settings = Settings { public_url: Some(config.public_url), ..Settings::default() };
    let listener = listen(config.listen).await?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    until_stopped(listener, Server::new(app, settings)).await
}

/// Lets people sign in with passkeys, where the public URL is a name that they can be bound to.
fn with_passkeys(app: App, public_url: &str) -> App {
    match RelyingParty::at(public_url) {
        Ok(relying_party) => app.with_passkeys(relying_party),
        Err(cause) => {
            tracing::warn!(%cause, public_url, "nobody can sign in to the pages: `public_url` does for no passkey");
            app
        }
    }
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
    tokio::spawn(look_at_answers(app.clone(), stopped.clone()));
    tokio::spawn(confirm_live_access(app.clone(), stopped.clone()));
    let node = tokio::spawn({
        let (app, stopped) = (app.clone(), stopped.clone());
        async move { app.remember_live_access(stopped).await }
    });
    for witness in app.witnesses() {
        tokio::spawn(witness::offer(app.clone(), Arc::clone(witness), stopped.clone()));
    }
    // The sender lives until the end of this function.
    let serving = connections::answer(
        listener,
        router(server.until(stopped.clone())),
        connections::HEAD_TIME_MAX,
        stopped,
    );
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        () = &mut serving => {}
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
    if node.await.is_err() {
        tracing::error!("being one of the nodes ended by a panic");
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

/// Sweeps once a second, and does the desk's rounds.
async fn sweep(app: App, mut stopped: watch::Receiver<bool>) {
    for round in 0u64.. {
        for done in [swept(&app, round).await, desk(&app, round % SWEEPS_PER_ROUTING == 0).await] {
            if let Err(error) = done {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a sweep failed; the next one tries again"
                );
            }
        }
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
    }
}

/// Records what time has ended; forgets what is past its time, once a minute; deletes events and collected files that
/// were kept long enough, once an hour. Events lie with each node, all else is one node's work.
async fn swept(app: &App, round: u64) -> Result<(), AppError> {
    if round.is_multiple_of(SWEEPS_PER_DELETION) {
        app.delete_expired().await?;
    }
    if round.is_multiple_of(SWEEPS_PER_CLEANING) {
        // Each node knows of its own.
        app.note_token_uses().await?;
    }
    if !app.leads("sweep").await? {
        return Ok(());
    }
    app.sweep().await?;
    if round.is_multiple_of(SWEEPS_PER_CLEANING) {
        app.forget_expired().await?;
        app.remind_deciders().await?;
    }
    if round.is_multiple_of(SWEEPS_PER_DELETION) {
        app.delete_collections().await?;
        app.delete_attachments().await?;
        // Each tenant is told once a day; asked more often, so that a start of the program never skips a day.
        app.check_approvers().await?;
    }
    Ok(())
}

/// Looks again and again whether what is being sent still rests on anything.
async fn look_at_answers(app: App, mut stopped: watch::Receiver<bool>) {
    loop {
        if let Err(error) = app.look_at_answers().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what is being sent could not be looked at"
            );
        }
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = tokio::time::sleep(vouchsafe_app::LOOK_EVERY) => {}
        }
    }
}

/// Asks again and again whether what is remembered for the decision point is still so, so that what is asked about often need
/// not be looked up anew.
async fn confirm_live_access(app: App, mut stopped: watch::Receiver<bool>) {
    loop {
        if let Err(error) = app.store().confirm_live_access().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what is remembered could not be confirmed"
            );
        }
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = tokio::time::sleep(CONFIRM_EVERY) => {}
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

/// Learns what was resolved, all of it after a start; and looks for engineers for the cases that wait, as shifts begin
/// by themselves.
async fn desk(app: &App, route: bool) -> Result<(), AppError> {
    for _ in 0..LEARNING_ROUNDS {
        if app.learn_resolved().await? == 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    if route && app.leads("sweep").await? { app.route_waiting().await.map(drop) } else { Ok(()) }
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
