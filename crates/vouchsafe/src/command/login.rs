//! `vouchsafe login`

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use vouchsafe_client::{Client, Token};

use crate::cli::Global;
use crate::config::{Config, DEFAULT_PROFILE, Profile};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::token_from_environment;

/// `vouchsafe login`
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// File that holds the token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl Login {
    pub(crate) async fn run(self, global: &Global) -> Result<(), Failure> {
        let out = Output::new(global.output);
        let server = global
            .server
            .clone()
            .ok_or_else(|| Failure::Usage("name the server with --server URL".into()))?;
        let token = Token::new(self.token(&out)?)?;
        let client = Client::new(&server, token.clone())?;
        let me = client.me().await?;

        let name = global.profile.as_deref().unwrap_or(DEFAULT_PROFILE);
        let mut config = Config::load()?;
        config.profiles.insert(name.to_owned(), Profile { server, token: token.expose().to_owned() });
        let path = config.save()?;
        out.answer(&me, |me| format!("Signed in as {} ({}).", me.display_name, me.user_principal_name))?;
        out.note(&format!("Stored as profile `{name}` in {}.", path.display()))
    }

    fn token(&self, out: &Output) -> Result<String, Failure> {
        if let Some(path) = &self.token_file {
            return std::fs::read_to_string(path)
                .map_err(|source| Failure::File { path: path.clone(), source });
        }
        if let Some(token) = token_from_environment() {
            return Ok(token);
        }
        if std::io::stdin().is_terminal() {
            out.note("Token (it is not shown):")?;
            return console::Term::stderr().read_secure_line().map_err(Failure::Local);
        }
        std::io::read_to_string(std::io::stdin()).map_err(Failure::Local)
    }
}
