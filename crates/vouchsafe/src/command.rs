//! What the commands do; one file per group.

pub(crate) mod access;
pub(crate) mod account_links;
mod attachments;
pub(crate) mod audit;
pub(crate) mod collect;
pub(crate) mod collections;
mod download;
pub(crate) mod engineers;
pub(crate) mod export;
pub(crate) mod generate;
pub(crate) mod grants;
pub(crate) mod identity_providers;
pub(crate) mod import;
pub(crate) mod login;
pub(crate) mod policy;
pub(crate) mod problem_types;
pub(crate) mod read;
pub(crate) mod requests;
pub(crate) mod roles;
pub(crate) mod sign_ins;
pub(crate) mod tokens;
pub(crate) mod users;
pub(crate) mod verify;
mod whoami;
pub(crate) mod witness;

use crate::cli::{Cli, Command};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;

/// Runs what was typed.
pub(crate) async fn run(cli: Cli) -> Result<(), Failure> {
    let global = &cli.global;
    let session = || Session::open(global);
    match cli.command {
        Command::Login(login) => login.run(global).await,
        Command::Whoami => whoami::run(&session()?).await,
        Command::Requests(requests) => requests.run(&session()?).await,
        Command::Access(access) => access.run(&session()?).await,
        Command::Collect(collect) => collect.run(&session()?).await,
        Command::Collections(collections) => collections.run(&session()?).await,
        Command::Grants(grants) => grants.run(&session()?).await,
        Command::Engineers(engineers) => engineers.run(&session()?).await,
        Command::Audit(audit) => audit.run(&session()?).await,
        Command::SignIns(sign_ins) => sign_ins.run(&session()?).await,
        Command::Read(read) => read.run(&session()?).await,
        Command::Import(import) => import.run(import::What::DiagnosticData, &session()?).await,
        Command::Generate(generate) => generate.run(&Output::new(global.output)),
        Command::Policy(policy) => policy.run(&session()?).await,
        Command::ProblemTypes(types) => types.run(&session()?).await,
        Command::Users(users) => users.run(&session()?).await,
        Command::Roles(roles) => roles.run(&session()?).await,
        Command::IdentityProviders(providers) => providers.run(&session()?).await,
        Command::AccountLinks(links) => links.run(&session()?).await,
        Command::Tokens(tokens) => tokens.run(&session()?).await,
        Command::Export(export) => export.run(&session()?).await,
        Command::Verify(verify) => verify.run(global).await,
        Command::Witness(witness) => witness.run(global).await,
    }
}
