//! Whole-program benchmarks: `cargo run --release -p vouchsafe-bench -- writes | reads`.
//!
//! Every figure is taken in rounds that alternate with its peer's, on the same disk in the same run; what counts is
//! the ratio, given as median with minimum and maximum (`quality.md`). The server runs as it is shipped, over HTTP on
//! loopback; the load comes from tasks of the same process with keep-alive connections.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a measuring program: it prints, it reads the clock, and a failure in it ends it"
)]

mod bare;
mod http;
mod postgres;
mod reads;
mod rounds;
mod world;
mod writes;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Vouchsafe beside its peers.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
    /// Folder on the disk to measure; a temporary one without it
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
    /// A masked, recorded read of a 50-row page
    Reads {
        /// Sign-ins in the file
        #[arg(long, default_value_t = 200_000)]
        sign_ins: u64,
    },
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let own = std::env::temp_dir().join(format!("vouchsafe-bench-{}", std::process::id()));
    let folder = arguments.folder.clone().unwrap_or_else(|| own.clone());
    std::fs::create_dir_all(&folder).unwrap();
    match arguments.what {
        What::Writes { alone: None } => writes::run(&folder, arguments.rounds, arguments.seconds).await,
        What::Writes { alone: Some(clients) } => {
            writes::alone(&folder, arguments.rounds, arguments.seconds, clients).await;
        }
        What::Reads { sign_ins } => reads::run(&folder, arguments.rounds, arguments.seconds, sign_ins).await,
    }
    if arguments.folder.is_none() {
        let _ = std::fs::remove_dir_all(&own);
    }
}
