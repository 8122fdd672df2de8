//! The server: router, extractors, thin handlers, jobs, configuration, `demo`, `serve` and `bootstrap`.
//!
//! A handler extracts, calls one use case of `vouchsafe-app`, and maps the answer. JSON routes are under [`api`],
//! pages under `pages`; both call the same use cases. A library only so that tests can run it in process.

mod again;
pub mod api;
pub mod bootstrap;
pub mod config;
mod connections;
pub mod demo;
mod extract;
mod idle_body;
mod import_body;
pub mod issuers;
mod live_body;
mod message_form;
mod middleware;
mod openapi;
pub mod operate;
mod pages;
mod problem;
mod router;
pub mod serve;
pub mod upstream;
mod wire;
pub mod witness;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use vouchsafe_app::App;
use vouchsafe_core::id::TenantId;

pub use api::events::Streams;
pub use router::router;

/// What every handler has. Each request takes several copies of it, so that one is a count and no more.
#[derive(Debug, Clone)]
pub struct Server(Arc<Parts>);

/// What a [`Server`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// The use cases.
    pub app: App,
    /// How this server is reached.
    pub settings: Settings,
    /// Who is being told what changes.
    pub streams: Streams,
    /// Says when the node is to stop; none where nothing stops it but its end.
    pub stopping: Option<watch::Receiver<bool>>,
}

impl Server {
    /// A server of these use cases.
    #[must_use]
    pub fn new(app: App, settings: Settings) -> Self {
        Self(Arc::new(Parts { app, settings, streams: Streams::default(), stopping: None }))
    }

    /// The same server, whose answers without end are ended by this.
    #[must_use]
    pub fn until(&self, stopping: watch::Receiver<bool>) -> Self {
        let Parts { app, settings, streams, .. } = &*self.0;
        let (app, settings, streams) = (app.clone(), settings.clone(), streams.clone());
        Self(Arc::new(Parts { app, settings, streams, stopping: Some(stopping) }))
    }
}

impl Deref for Server {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// How long the body of a request may be silent.
const BODY_IDLE_MAX: Duration = Duration::from_secs(30);

/// How a server is reached, and whether it is a demo.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Scheme and authority that links start with; the request's own `Host` without it.
    pub public_url: Option<String>,
    /// Whether people are chosen instead of signed in. Then only loopback hosts are answered.
    pub demo: bool,
    /// The tenants whose people can be chosen in the demo.
    pub demo_tenants: Vec<TenantId>,
    /// How long the body of a request may be silent before it is given up.
    pub body_idle: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { public_url: None, demo: false, demo_tenants: Vec::new(), body_idle: BODY_IDLE_MAX }
    }
}
