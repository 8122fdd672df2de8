//! `vouchsafe`: the command line, for people and scripts.

mod argument;
mod cli;
mod collect;
mod command;
mod config;
mod destination;
mod export;
mod failure;
mod output;
mod pack;
mod session;
mod table;
mod verify;
mod witness;

use std::process::ExitCode;

use clap::Parser;

use cli::Cli;
use failure::{Exit, Failure};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => Exit::Ok.into(),
        Err(failure) => failure.report(),
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    // Fails only if a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Local)?;
    runtime.block_on(command::run(cli))
}
