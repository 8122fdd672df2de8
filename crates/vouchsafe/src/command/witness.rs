//! `vouchsafe witness`

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use tokio::net::TcpListener;
use vouchsafe_log::note::VerifierKey;
use vouchsafe_log::witness::Witness;

use crate::cli::Global;
use crate::failure::Failure;
use crate::output::Output;
use crate::witness::{Serving, State, key, serve};

#[derive(Debug, Subcommand)]
pub(crate) enum WitnessCommand {
    /// Make a key, and print what others check its signatures with
    Init(Init),
    /// Sign the checkpoints of some logs, each only if it follows from the last one that was signed
    ///
    /// Listens for HTTP (C2SP tlog-witness); put a proxy with TLS in front. What was signed last of each log is kept in a
    /// folder before the answer leaves. Never put that folder back from a backup: the witness would sign a second history.
    Serve(Serve),
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// What the witness is called: an address of yours without https://, such as witness.example/w1
    #[arg(long, value_name = "NAME")]
    name: String,
    /// File to make, readable by you only
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The key's file, from `vouchsafe witness init`
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Folder that keeps what was signed last of each log
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// Verifier key of a log; may be given several times, and several of one log
    #[arg(long = "log", value_name = "KEY", required = true)]
    logs: Vec<VerifierKey>,
}

impl WitnessCommand {
    pub(crate) async fn run(self, global: &Global) -> Result<(), Failure> {
        let out = Output::new(global.output);
        match self {
            Self::Init(init) => out.line(&key::create(&init.key, &init.name)?.to_string()),
            Self::Serve(options) => options.run(out).await,
        }
    }
}

impl Serve {
    async fn run(self, out: Output) -> Result<(), Failure> {
        let wrong = |error: vouchsafe_log::note::NoteError| Failure::Usage(format!("--log: {error}"));
        let witness = Witness::new(key::load(&self.key)?, self.logs).map_err(wrong)?;
        let state = State::open(&self.state)?;
        let listener = TcpListener::bind(self.listen).await.map_err(Failure::Local)?;
        let address = listener.local_addr().map_err(Failure::Local)?;
        out.line(&format!("listening on http://{address} as {}", witness.verifier()))?;
        serve(listener, Serving::new(witness, state, out)).await
    }
}
