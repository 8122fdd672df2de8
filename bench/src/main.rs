//! Whole-program benchmarks: `cargo run --release -p vouchsafe-bench -- writes | decisions | receipts | removals | records`.
//!
//! Every figure is taken in rounds that alternate with its peer's, on the same disk in the same run; what counts is
//! the ratio, given as median with minimum and maximum (`quality.md`). The server runs as it is shipped, over HTTP on
//! loopback; the load comes from tasks of the same process with keep-alive connections.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a measuring program: it prints, it reads the clock, and a failure in it ends it"
)]

mod bare;
mod decisions;
mod http;
mod machine;
mod postgres;
mod receipts;
mod records;
mod removals;
mod rounds;
mod world;
mod writes;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Vouchsafe beside its peers.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
    /// Folder on the disk to measure; without it a temporary one, and for records one that stays in target/bench
    #[arg(long, global = true)]
    folder: Option<PathBuf>,
    /// Rounds of each target
    #[arg(long, global = true, default_value_t = 5)]
    rounds: usize,
    /// Seconds of each round
    #[arg(long, global = true, default_value_t = 2)]
    seconds: u64,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Lifecycle writes: row, audit entry, leaf and outbox, durable before the answer
    Writes {
        /// Only Vouchsafe, with so many clients and no peer: for a profiler. Says the processor time of a request
        #[arg(long, value_name = "N")]
        alone: Option<usize>,
    },
    /// Decisions: in process beside a hash lookup (and Cedar, with `--features cedar`), over HTTP beside bare axum routes
    Decisions,
    /// Receipts of single entries over HTTP
    Receipts,
    /// Removing access among three nodes on PostgreSQL, beside a commit and a message of PostgreSQL
    Removals,
    /// Diagnostic records beside bare SQLite, DuckDB and PostgreSQL on the same file
    Records {
        /// Sign-ins in the file
        #[arg(long, default_value_t = 5_000_000, value_parser = clap::value_parser!(u64).range(10_000..))]
        sign_ins: u64,
        /// Only these parts; what they need is loaded all the same
        #[arg(long, value_delimiter = ',')]
        only: Vec<records::Part>,
    },
    /// Loads bare SQLite, as a process of its own
    #[command(hide = true)]
    LoadSqlite { file: PathBuf, database: PathBuf },
    /// Loads PostgreSQL, as a process of its own
    #[command(hide = true)]
    LoadPostgres { file: PathBuf, socket: PathBuf },
    /// Serves the product, as a process of its own
    #[command(hide = true)]
    ServeProduct { folder: PathBuf },
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let (rounds, seconds) = (arguments.rounds, arguments.seconds);
    match arguments.what {
        What::Writes { alone: None } => {
            writes::run(&Folder::of(arguments.folder).path, rounds, seconds).await;
        }
        What::Writes { alone: Some(clients) } => {
            writes::alone(&Folder::of(arguments.folder).path, rounds, seconds, clients).await;
        }
        What::Decisions => decisions::run(&Folder::of(arguments.folder).path, rounds, seconds).await,
        What::Receipts => receipts::run(&Folder::of(arguments.folder).path, rounds, seconds).await,
        What::Removals => removals::run(&Folder::of(arguments.folder).path, rounds).await,
        What::Records { sign_ins, only } => {
            let folder = arguments.folder.unwrap_or_else(records::default_folder);
            let sign_ins = usize::try_from(sign_ins).unwrap();
            let wanted =
                records::Wanted { folder, sign_ins, rounds, lasts: Duration::from_secs(seconds), only };
            tokio::select! {
                () = records::run(&wanted) => {}
                // What was started is ended on the way out.
                _ = tokio::signal::ctrl_c() => eprintln!("stopped"),
            }
        }
        What::LoadSqlite { file, database } => records::load_sqlite(&file, &database),
        What::LoadPostgres { file, socket } => records::load_postgres(&file, &socket).await,
        What::ServeProduct { folder } => records::serve_product(&folder).await,
    }
}

/// The folder that was named, or one that is deleted at the end.
struct Folder {
    path: PathBuf,
    temporary: bool,
}

impl Folder {
    fn of(named: Option<PathBuf>) -> Self {
        let temporary = named.is_none();
        let own = || std::env::temp_dir().join(format!("vouchsafe-bench-{}", std::process::id()));
        let path = named.unwrap_or_else(own);
        std::fs::create_dir_all(&path).unwrap();
        Self { path, temporary }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
