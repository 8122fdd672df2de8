//! What is measured against: the demo's world on a folder, served on loopback.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::task::JoinHandle;
use vouchsafe_app::App;
use vouchsafe_server::demo::{DemoClock, Sizes, World, build};
use vouchsafe_server::serve::ServeError;
use vouchsafe_server::{Server, Settings};
use vouchsafe_store::{Options, Store};

/// A served world.
pub(crate) struct Served {
    pub(crate) world: World,
    pub(crate) address: SocketAddr,
    /// Ends when the server has stopped.
    pub(crate) stopped: JoinHandle<Result<(), ServeError>>,
}

/// Builds the demo's world in `folder` and serves it.
pub(crate) async fn serve(folder: &Path, sign_ins: u64) -> Served {
    started(folder, sign_ins, false).await
}

/// The same with its logs published.
pub(crate) async fn serve_published(folder: &Path, sign_ins: u64) -> Served {
    started(folder, sign_ins, true).await
}

async fn started(folder: &Path, sign_ins: u64, publishes: bool) -> Served {
    let clock = DemoClock::default();
    let options = Options { clock: Arc::new(clock.clone()), ..Options::default() };
    let store = Arc::new(Store::open(&folder.join("vouchsafe"), options).unwrap());
    let app = App::new(store);
    let app = if publishes {
        app.publishing("vouchsafe.example", &folder.join("heads")).await.unwrap()
    } else {
        app
    };
    let people = usize::try_from(sign_ins / 10).unwrap_or(usize::MAX).clamp(30, 1_000);
    let world = build(&app, &clock, 1, Sizes { people, sign_ins }).await.unwrap();
    let listener = vouchsafe_server::serve::listen(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::new(app.clone(), Settings::default());
    let stopped = tokio::spawn(vouchsafe_server::serve::until_stopped(listener, server));
    Served { world, address, stopped }
}
