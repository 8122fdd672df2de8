//! How well assignment does on a file of resolved requests, by the prequential protocol.
//!
//! `cargo run --release -p vouchsafe-routing --example prequential -- FILE.csv [--without-component]` prints one line:
//! `{"acc1":…,"acc3":…,"acc5":…,"mrr":…,"n":…}`.

mod protocol;

use std::process::ExitCode;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "its output is what it is for")]
fn main() -> ExitCode {
    let mut with_component = true;
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--without-component" => with_component = false,
            _ => files.push(argument),
        }
    }
    let [file] = files.as_slice() else {
        eprintln!("usage: prequential FILE.csv [--without-component]");
        return ExitCode::from(2);
    };
    match protocol::run(file, with_component) {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{file}: {failure}");
            ExitCode::FAILURE
        }
    }
}
