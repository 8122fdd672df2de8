//! What can be typed.

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::command;

/// Customer-approved support access, from the command line.
#[derive(Debug, Parser)]
#[command(name = "vouchsafe", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the server answered with a problem, or what was verified does not hold
  2  wrong usage, or a local file cannot be read or written
  3  the server cannot be reached
  4  not signed in, or the token is no longer valid

Tokens never go on the command line: `vouchsafe login` reads one from the standard input
or a file, and VOUCHSAFE_TOKEN overrides the stored one.";

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// Address of the server
    #[arg(
        help = "Address of the server, such as https://support.example",
        long,
        global = true,
        env = "VOUCHSAFE_SERVER",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) server: Option<String>,
    /// Which stored sign-in to use
    #[arg(long, global = true, env = "VOUCHSAFE_PROFILE", hide_env_values = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Tables in your time zone (tab-separated in a pipe), or JSON as the server answered, one text a line
    #[arg(long, short, global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,
}

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Store a token for a server
    ///
    /// The token is read from --token-file, else from VOUCHSAFE_TOKEN, else from the standard input, and tried
    /// once before it is stored, readable by you only.
    Login(command::login::Login),
    /// Show who you are and what you may do
    Whoami,
    /// Support requests: the cases
    #[command(subcommand)]
    Requests(command::requests::Requests),
    /// Support access requests: asking for access and deciding on it
    #[command(subcommand)]
    Access(command::access::Access),
    /// The provider's engineers, as assignment knows them
    #[command(subcommand)]
    Engineers(command::engineers::Engineers),
    /// What cases are filed under
    #[command(subcommand)]
    ProblemTypes(command::problem_types::ProblemTypes),
    /// Collect the data that an engineer asked for: clean it here, look at what would be sent, and send it
    Collect(Box<command::collect::Collect>),
    /// Data collections: what customers are asked to collect
    #[command(subcommand)]
    Collections(command::collections::Collections),
    /// Grants: who can read what now
    #[command(subcommand)]
    Grants(command::grants::Grants),
    /// The audit log of your tenant
    #[command(subcommand)]
    Audit(command::audit::Audit),
    /// The sign-ins of your own tenant
    #[command(subcommand)]
    SignIns(command::sign_ins::SignIns),
    /// Read a customer's diagnostic data for a case; every read is recorded
    #[command(subcommand)]
    Read(command::read::ReadData),
    /// Import diagnostic data into your tenant
    ///
    /// Takes sign-ins as Graph JSON, as NDJSON, or as a Log Analytics export (CSV), not compressed; the server tells
    /// which by the content. Importing a file again adds nothing twice.
    Import(command::import::Import),
    /// Make up diagnostic data of an organisation, for demonstrations and tests
    ///
    /// Writes NDJSON: people, groups, devices, apps and policies as Graph objects, then what happened among them, oldest
    /// first: sign-ins, directory audits, client logs and telemetry that refer to these objects, with an incident to
    /// find. Needs no server. The same options give the same bytes.
    Generate(command::generate::Generate),
    /// The rules of your tenant for support access
    #[command(subcommand)]
    Policy(command::policy::Policy),
    /// The people of your tenant
    #[command(subcommand)]
    Users(command::users::Users),
    /// Roles of your tenant, and who holds them
    #[command(subcommand)]
    Roles(command::roles::Roles),
    /// Identity providers: where people of your tenant sign in besides their passkeys
    #[command(subcommand)]
    IdentityProviders(command::identity_providers::IdentityProviders),
    /// Links of one person's accounts in several tenants
    #[command(subcommand)]
    AccountLinks(command::account_links::AccountLinks),
    /// API tokens: yours, and those of service accounts
    #[command(subcommand)]
    Tokens(command::tokens::Tokens),
    /// Take evidence with you: all of a case, a whole log, or its entries for a SIEM
    #[command(subcommand)]
    Export(command::export::Export),
    /// Check a receipt, an evidence pack or a whole log, without believing the server
    ///
    /// Checks signatures, every entry and tile, that the log begins with what was seen before, and that its entries keep
    /// the rules: each read under a live approval, no access after its case. Of a pack, every claim is held against the
    /// entries that its receipts prove. Says what it cannot prove. A receipt, a pack and a folder need no server; a log's
    /// address needs its token.
    Verify(command::verify::Verify),
    /// Be a witness of logs: sign what follows from what was seen, so that nobody is shown another history
    #[command(subcommand)]
    Witness(command::witness::WitnessCommand),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_declaration_is_consistent() {
        Cli::command().debug_assert();
    }
}
