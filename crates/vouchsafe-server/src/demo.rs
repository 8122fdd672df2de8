//! `demo`: a whole world on embedded SQLite, on loopback only, with sign-in by choosing a person.

mod clock;
mod world;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use vouchsafe_app::App;
use vouchsafe_core::id::TenantId;
use vouchsafe_store::edge::{Entropy as _, SystemEntropy};
use vouchsafe_store::{FolderLock, Options, Store};

use crate::serve::{self, ServeError};
use crate::{Server, Settings};

pub use clock::DemoClock;
pub use world::{DemoError, DemoPerson, DemoToken, Sizes, World, build};

/// Host of the origins of the demo's logs, whatever port it listens on: an origin never changes.
const ORIGIN_HOST: &str = "localhost";

/// What `demo` was asked.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Address to listen on; must be loopback.
    pub listen: SocketAddr,
    /// Where the data is kept; a folder that is deleted at the end without it.
    pub data: Option<PathBuf>,
    /// Seed of the generated sign-ins.
    pub seed: u64,
    /// Whether to print one line of JSON first.
    pub json: bool,
}

/// Why the demo does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The address is not loopback.
    #[error("the demo has no sign-in, so it listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The world could not be made.
    #[error(transparent)]
    World(#[from] DemoError),
    /// The server does not run.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Makes the world, says what to try, and serves it until it is asked to stop.
///
/// # Errors
/// [`RunError`].
pub async fn run(options: DemoOptions) -> Result<(), RunError> {
    if !options.listen.ip().is_loopback() {
        return Err(RunError::NotLoopback(options.listen));
    }
    let listener = serve::listen(options.listen).await?;
    let kept = Folder::new(options.data.clone());
    let _ours = FolderLock::take(&kept.path).map_err(ServeError::from)?;
    let clock = DemoClock::default();
    let surroundings = Options { clock: Arc::new(clock.clone()), ..Options::default() };
    let store = Arc::new(Store::open(&kept.path, surroundings).map_err(ServeError::from)?);
    // The demo keeps one folder; its heads file cannot tell a restored folder from the newest one.
    let heads = kept.path.join("heads");
    let app = App::new(store).publishing(ORIGIN_HOST, &heads).await.map_err(ServeError::from)?;
    let world = build(&app, &clock, options.seed, Sizes::default()).await?;
    let url = format!("http://{}", listener.local_addr().map_err(ServeError::from)?);
    announce(&world, &url, options.json).map_err(ServeError::from)?;
    let demo_tenants: Vec<TenantId> = world.tenants.clone();
    let settings = Settings { demo: true, demo_tenants, ..Settings::default() };
    Ok(serve::until_stopped(listener, Server::new(app, settings)).await?)
}

/// The data folder; a temporary one is deleted when the demo ends.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    temporary: bool,
}

impl Folder {
    fn new(data: Option<PathBuf>) -> Self {
        if let Some(path) = data {
            return Self { path, temporary: false };
        }
        use vouchsafe_core::id::Id as _;
        let mut random = [0; 8];
        SystemEntropy.fill(TenantId::from_uuid(uuid::Uuid::nil()), &mut random);
        let name = format!("vouchsafe-demo-{:016x}", u64::from_le_bytes(random));
        Self { path: std::env::temp_dir().join(name), temporary: true }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary && std::fs::remove_dir_all(&self.path).is_err() {
            tracing::warn!(folder = %self.path.display(), "the demo's data could not be deleted");
        }
    }
}

/// The line that `--json` prints first (`api.md`, *Starting it*).
#[derive(Debug, Serialize)]
struct Announcement<'a> {
    url: &'a str,
    people: Vec<PersonLine<'a>>,
    tokens: Vec<TokenLine<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PersonLine<'a> {
    person_id: String,
    name: &'a str,
    user_principal_name: &'a str,
    tenant_id: TenantId,
    roles: &'a [String],
    token: &'a str,
    sign_in_url: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenLine<'a> {
    purpose: &'a str,
    tenant_id: TenantId,
    token: &'a str,
}

fn announce(world: &World, url: &str, json: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        let people = world.people.iter().map(|person| PersonLine {
            person_id: person.person_id.to_string(),
            name: &person.name,
            user_principal_name: &person.user_principal_name,
            tenant_id: person.who.tenant,
            roles: &person.roles,
            token: &person.token,
            sign_in_url: format!("{url}/demo/sign-in/{}", person.who.user),
        });
        let tokens = world.tokens.iter().map(|token| TokenLine {
            purpose: token.purpose,
            tenant_id: token.tenant,
            token: &token.token,
        });
        let line = Announcement { url, people: people.collect(), tokens: tokens.collect() };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    }
    writeln!(out, "Vouchsafe demo on {url} (loopback only; Ctrl-C ends it)\n")?;
    writeln!(out, "Try this:")?;
    writeln!(out, "  1. Open {url} and choose {}.", world.guide.approver)?;
    writeln!(out, "  2. A banner says that a support access request is waiting. Open it and approve it.")?;
    writeln!(out, "     It is about another of your organisations: one approval serves both.")?;
    writeln!(out, "  3. Sign out, choose {}, and read the sign-ins under the case.", world.guide.engineer)?;
    writeln!(
        out,
        "  4. Sign out, choose {} at {}, and remove the access.",
        world.guide.approver, world.guide.resource
    )?;
    writeln!(out, "  5. As the engineer again: the very next read is refused.")?;
    writeln!(out, "\nThe API is described at {url}/docs and {url}/openapi.json.")?;
    out.flush()
}
