//! A command's client and output.

use vouchsafe_client::api::collection::Collection;
use vouchsafe_client::{Answer, Client, Pages, Token};

use serde::de::DeserializeOwned;

use crate::cli::Global;
use crate::config::{Config, DEFAULT_PROFILE, Profile};
use crate::failure::Failure;
use crate::output::Output;
use crate::table::Table;

/// Most rows that one table holds; beyond it, JSON is the better answer.
const MAX_ROWS: usize = 100_000;

/// What a signed-in command works with.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) out: Output,
}

impl Session {
    /// Finds server and token: options and environment first, then the stored profile.
    ///
    /// A stored token goes only to the server it was stored for.
    pub(crate) fn open(global: &Global) -> Result<Self, Failure> {
        let profile = stored(global)?;
        let stored_server = profile.as_ref().map(|profile| profile.server.clone());
        let server = global.server.clone().or(stored_server).ok_or(Failure::NoServer)?;
        let client = Client::new(&server, Token::new(token_of(profile, &server)?)?)?;
        Ok(Self { client, out: Output::new(global.output) })
    }

    /// Prints a list: the first page, or every page.
    pub(crate) async fn list<T: DeserializeOwned>(
        &self,
        mut pages: Pages<T>,
        all: bool,
        header: &[&'static str],
        row: impl Fn(&mut Table, &T),
    ) -> Result<Option<Answer<()>>, Failure> {
        let mut table = Table::new(header);
        let mut rows = 0;
        let mut cut_off = false;
        let mut last = None;
        while let Some(page) = pages.next().await? {
            let more = page.body.next_link.is_some();
            if self.out.is_json() {
                self.out.json(&page.raw)?;
            } else {
                rows += page.body.value.len();
                page.body.value.iter().for_each(|item| row(&mut table, item));
            }
            last = Some(without_body(page));
            cut_off = more && (!all || rows >= MAX_ROWS);
            if cut_off {
                break;
            }
        }
        if !self.out.is_json() {
            self.out.table(&table)?;
        }
        if cut_off {
            self.out.note("There is more: add --all, or narrow it with --filter.")?;
        }
        Ok(last)
    }
}

/// The token for a server that the caller names: the environment's, else the one that is stored for just that server.
pub(crate) fn token_for(global: &Global, server: &str) -> Result<String, Failure> {
    token_of(stored(global)?, server)
}

/// The sign-in that the options name.
fn stored(global: &Global) -> Result<Option<Profile>, Failure> {
    let name = global.profile.as_deref().unwrap_or(DEFAULT_PROFILE);
    let profile = Config::load()?.profiles.remove(name);
    if global.profile.is_some() && profile.is_none() {
        return Err(Failure::Usage(format!("there is no profile `{name}`")));
    }
    Ok(profile)
}

fn token_of(profile: Option<Profile>, server: &str) -> Result<String, Failure> {
    let same = |stored: &str| stored.trim_end_matches('/') == server.trim_end_matches('/');
    let stored = profile.filter(|profile| same(&profile.server)).map(|profile| profile.token);
    let token = token_from_environment().or(stored);
    token.ok_or_else(|| Failure::NoToken { server: server.to_owned() })
}

/// The token of `VOUCHSAFE_TOKEN`, if it is set and not empty.
pub(crate) fn token_from_environment() -> Option<String> {
    std::env::var("VOUCHSAFE_TOKEN").ok().filter(|token| !token.trim().is_empty())
}

fn without_body<T>(page: Answer<Collection<T>>) -> Answer<()> {
    let Answer { request_id, etag, grant, read, .. } = page;
    Answer { body: (), raw: String::new(), request_id, etag, grant, read }
}
