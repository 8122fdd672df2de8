//! Running programs of the tool chain.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Failure;

/// A `cargo` command in the workspace root, with no input. It is the same cargo that runs this task.
pub(crate) fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root).stdin(Stdio::null());
    // `./test --prepare` installs cargo's subcommands here.
    let mut folders = vec![root.join(".test/cargo/bin")];
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PATH", path);
    }
    command
}

/// Runs the command, its output going where ours goes. `false` when it failed.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|cause| format!("cannot start {program}: {cause}"))?;
    Ok(status.success())
}

/// Whether `cargo <name>` exists as an installed subcommand.
pub(crate) fn has_subcommand(root: &Path, name: &str) -> bool {
    cargo(root, &[name, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
