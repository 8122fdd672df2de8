//! The server's command line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;
use vouchsafe_app::FsckReport;
use vouchsafe_core::id::TenantId;
use vouchsafe_server::config::Config;
use vouchsafe_server::demo::DemoOptions;
use vouchsafe_server::{bootstrap, demo, operate, serve};
use vouchsafe_store::PostgresUrl;

// Not in debug builds: tests run these with a false clock, whose library does not get along with another allocator.
#[cfg(not(debug_assertions))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Customer-approved support access.
#[derive(Debug, Parser)]
#[command(name = "vouchsafe-server", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a whole world on this machine: a provider, three customers, people, requests, sign-ins
    Demo {
        /// Loopback address to listen on; port 0 takes a free one
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// Folder that keeps the data; without it the data is deleted at the end
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Seed of the generated sign-ins
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
        /// Print one line of JSON first: the URL, people with tokens, service tokens
        #[arg(long)]
        json: bool,
    },
    /// Serve a deployment
    Serve {
        /// Configuration file (TOML)
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Make the provider and a tenant, with a one-time link for the first person of each; printed once
    Bootstrap {
        /// Configuration file (TOML) with a [bootstrap] section
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Let every log go on from what the database holds, after the heads file was lost; each log will say so
    AdoptHeads {
        /// Configuration file (TOML)
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Check that database, logs, tiles, checkpoints and heads file say the same; changes nothing
    Fsck {
        /// Configuration file (TOML)
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Bring the database's schema up to date, and nothing else; `serve` does it, too
    Migrate {
        /// Configuration file (TOML)
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Copy the state of a SQLite deployment into an empty PostgreSQL database, and check the logs there
    Copy {
        /// Where it is: sqlite:FOLDER; no server may be running on it
        #[arg(long, value_name = "URL")]
        from: String,
        /// Where it goes: postgres://USER@HOST[:PORT]/DATABASE
        #[arg(long, value_name = "URL")]
        to: String,
        /// The schema of the database, if it is not the server's choice
        #[arg(long, value_name = "NAME")]
        schema: Option<String>,
        /// A file that holds the password, on one line
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Give logs a new signing key; the old ones sign beside it for 30 days
    RotateLogKeys {
        /// Configuration file (TOML)
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// Only the log of this tenant
        #[arg(long, value_name = "ID")]
        tenant: Option<TenantId>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let quiet = !matches!(arguments.command, Command::Serve { .. });
    let default = if quiet { "warn" } else { "info" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(arguments.command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&*error);
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Box<dyn std::error::Error>> {
    match command {
        Command::Demo { listen, data, seed, json } => {
            Ok(demo::run(DemoOptions { listen, data, seed, json }).await?)
        }
        Command::Serve { config } => Ok(serve::run(Config::read(&config)?).await?),
        Command::Bootstrap { config } => {
            use std::io::Write as _;
            let printed = bootstrap::run(&Config::read(&config)?).await?;
            let mut out = std::io::stdout().lock();
            writeln!(
                out,
                "Hand these out: they are shown once, and each link can be used once, within 7 days."
            )?;
            for one in printed {
                writeln!(out, "{}\t{}\t{}\t{}", one.organization, one.tenant, one.kind.name(), one.text)?;
            }
            Ok(())
        }
        Command::AdoptHeads { config } => {
            let logs = operate::adopt_heads(&Config::read(&config)?).await?;
            say(&format!("{logs} logs go on from what the database holds; each has an entry that says so."))
        }
        Command::Migrate { config } => {
            let (store, _ours) = Config::read(&config)?.open()?;
            store.close().await;
            say("The schema is up to date.")
        }
        Command::Copy { from, to, schema, password_file } => {
            copy(&from, &to, schema.as_deref(), password_file.as_deref()).await
        }
        Command::Fsck { config } => {
            let report = operate::fsck(&Config::read(&config)?).await?;
            let FsckReport { logs, entries, rows, .. } = report;
            say(&format!("{logs} logs with {entries} entries were held against {rows} rows."))?;
            if report.erased > 0 {
                say(&format!("{} entries hold erased values, which were not compared.", report.erased))?;
            }
            if report.faults_in_all == 0 {
                return say("Nothing is wrong.");
            }
            say(&report.faults.join("\n"))?;
            Err(format!("{} things are wrong", report.faults_in_all).into())
        }
        Command::RotateLogKeys { config, tenant } => {
            let keys = operate::rotate_log_keys(&Config::read(&config)?, tenant).await?;
            say(&keys.join("\n"))
        }
    }
}

async fn copy(
    from: &str,
    to: &str,
    schema: Option<&str>,
    password_file: Option<&Path>,
) -> Result<(), Box<dyn std::error::Error>> {
    let folder = from.strip_prefix("sqlite:").filter(|folder| !folder.is_empty());
    let folder = PathBuf::from(folder.ok_or("`--from` must be sqlite:FOLDER")?);
    let mut url = PostgresUrl::parse(to)?;
    if let Some(schema) = schema {
        url = url.in_schema(schema)?;
    }
    if let Some(file) = password_file {
        url = url.with_password(std::fs::read_to_string(file)?.trim_end());
    }
    let (rows, report) = operate::copy(&folder, url).await?;
    say(&format!(
        "{rows} rows were copied; {} logs with {} entries were checked there.",
        report.logs, report.entries
    ))?;
    if let Some(first) = report.faults.first() {
        let count = report.faults_in_all;
        return Err(format!("{count} things are wrong with what was copied, the first: {first}").into());
    }
    say(&format!("Set `url` and `folder = \"{}\"` under [database], and start the server.", folder.display()))
}

fn say(text: &str) -> Result<(), Box<dyn std::error::Error>> {
    use std::io::Write as _;
    Ok(writeln!(std::io::stdout().lock(), "{text}")?)
}

/// Says on the standard error what went wrong, with its causes.
fn complain(error: &dyn std::error::Error) {
    use std::io::Write as _;
    let mut err = std::io::stderr().lock();
    let mut text = format!("vouchsafe-server: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let because = error.to_string();
        if !text.contains(&because) {
            text.push_str(": ");
            text.push_str(&because);
        }
        cause = error.source();
    }
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(err, "{text}");
}
