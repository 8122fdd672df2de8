//! Tasks of this workspace: `cargo xtask ci`, `cargo xtask tidy`, `cargo xtask simulate`, `cargo xtask golden`.
#![expect(clippy::print_stdout, reason = "a task talks to the person who started it")]

mod ci;
mod golden;
mod process;
mod simulate;
mod tidy;
mod tree;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a task can end in; the text is for a person.
type Failure = Box<dyn std::error::Error>;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks of the Vouchsafe workspace")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything a change must pass: formatting, lints, tidy, licences, tests, documentation, golden files.
    Ci {
        /// Leave these steps out (see their names in the summary).
        #[arg(long, value_name = "STEP")]
        skip: Vec<ci::Step>,
        /// Run only these steps.
        #[arg(long, value_name = "STEP", conflicts_with = "skip")]
        only: Vec<ci::Step>,
    },
    /// Checks the rooms (who may depend on whom) and the file rules.
    Tidy {
        /// Lower the entries of xtask/tidy-exceptions.txt to what is true now. Never raises one.
        #[arg(long)]
        shrink: bool,
    },
    /// Goes through the decision point's growth with what is assumed of it (docs/SCALING.md).
    Simulate(simulate::Assumed),
    /// Writes all golden files anew, to be read in `git diff`.
    Golden {
        /// Fail when a golden file changed.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let root = workspace_root();
    let outcome = match cli.task {
        Task::Ci { skip, only } => ci::run(&root, &skip, &only),
        Task::Tidy { shrink } => tidy::run(&root, shrink),
        Task::Simulate(assumed) => simulate::run(&assumed),
        Task::Golden { check } => golden::run(&root, check),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            println!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The folder above this crate.
fn workspace_root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}
