//! A demo in a process of its own, for tests that kill it, measure it, or walk up to it as people do.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const SERVER: &str = env!("CARGO_BIN_EXE_vouchsafe-server");

/// A running demo, killed without warning at its end.
pub(crate) struct DemoProcess {
    child: Child,
    /// The line that it announced itself with.
    pub(crate) line: String,
    /// What that says.
    pub(crate) world: Value,
}

impl DemoProcess {
    /// Starts one, with what else its command needs, and waits until it serves.
    pub(crate) fn start(besides: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = Command::new(SERVER);
        command.args(["demo", "--listen", "127.0.0.1:0", "--json"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = besides(&mut command).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let world = serde_json::from_str(&line).unwrap();
        Self { child, line, world }
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for DemoProcess {
    fn drop(&mut self) {
        // SIGKILL on Unix.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
