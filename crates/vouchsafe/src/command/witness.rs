//! `vouchsafe witness`

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use tokio::net::TcpListener;
use vouchsafe_log::note::VerifierKey;
use vouchsafe_log::witness::Witness;

use crate::cli::Global;
use crate::command::verify::log_source;
use crate::failure::Failure;
use crate::output::Output;
use crate::witness::{Serving, State, cosign, key, serve};

#[derive(Debug, Subcommand)]
pub(crate) enum WitnessCommand {
    /// Make a key, and print what others check its signatures with
    Init(Init),
    /// Sign the checkpoints of some logs, each only if it follows from the last one that was signed
    ///
    /// Listens for HTTP (C2SP tlog-witness); put a proxy with TLS in front. What was signed last of each log is kept in a
    /// folder before the answer leaves. Never put that folder back from a backup: the witness would sign a second history.
    Serve(Serve),
    /// Sign the newest checkpoint of a log once, if it follows from the last one that was signed
    ///
    /// Needs no server of yours: fetches the checkpoint, and of the tree as much as proves that the log has only grown.
    /// Prints the checkpoint with your signature behind the log's; saved as `checkpoint` in a folder of `vouchsafe export log`,
    /// it holds for whoever demands your signature with `vouchsafe verify --policy`. Keep the state's folder as for `serve`.
    Cosign(Cosign),
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
pub(crate) struct Cosign {
    /// The address of a log (https://HOST/log/TENANT), or a folder with its checkpoint and tiles
    #[arg(value_name = "URL|DIR")]
    target: String,
    /// The key's file, from `vouchsafe witness init`
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Folder that keeps what was signed last of each log
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// Verifier key of the log; may be given several times
    #[arg(long = "log", value_name = "KEY", required = true)]
    logs: Vec<VerifierKey>,
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
            Self::Cosign(options) => options.run(global, out).await,
        }
    }
}

/// The witness with the key of a file, for the logs with these keys.
fn witness(key: &Path, logs: Vec<VerifierKey>) -> Result<Witness, Failure> {
    let wrong = |error: vouchsafe_log::note::NoteError| Failure::Usage(format!("--log: {error}"));
    Witness::new(key::load(key)?, logs).map_err(wrong)
}

impl Cosign {
    async fn run(self, global: &Global, out: Output) -> Result<(), Failure> {
        let source = log_source(global, &self.target)?;
        let source = source.ok_or_else(|| {
            Failure::Usage(format!("`{}` is neither the address of a log nor a folder with one", self.target))
        })?;
        let witness = witness(&self.key, self.logs)?;
        let state = State::open(&self.state)?;
        let note = cosign(&source, &witness, &state).await?;
        out.line(note.to_string().trim_end())
    }
}

impl Serve {
    async fn run(self, out: Output) -> Result<(), Failure> {
        let witness = witness(&self.key, self.logs)?;
        let state = State::open(&self.state)?;
        let listener = TcpListener::bind(self.listen).await.map_err(Failure::Local)?;
        let address = listener.local_addr().map_err(Failure::Local)?;
        out.line(&format!("listening on http://{address} as {}", witness.verifier()))?;
        serve(listener, Serving::new(witness, state, out)).await
    }
}
