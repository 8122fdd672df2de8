//! Runs the program with a home of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::fake::FakeServer;

/// What a run printed, and its exit code.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) struct Program {
    home: PathBuf,
    env: Vec<(&'static str, String)>,
}

impl Program {
    /// A program that has never run before. `name` is unique per test.
    pub(crate) fn new(name: &str) -> Self {
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("vouchsafe-{name}"));
        let _ = std::fs::remove_dir_all(&home);
        std::fs::create_dir_all(&home).unwrap();
        Self { home, env: Vec::new() }
    }

    /// A program that is signed in to `server` by environment.
    pub(crate) fn signed_in(name: &str, server: &FakeServer) -> Self {
        Self::new(name).env("VOUCHSAFE_SERVER", &server.url).env("VOUCHSAFE_TOKEN", "vst_secret")
    }

    pub(crate) fn env(mut self, name: &'static str, value: &str) -> Self {
        self.env.push((name, value.to_owned()));
        self
    }

    /// A folder for its files.
    pub(crate) fn folder(&self) -> &Path {
        &self.home
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.home.join("vouchsafe/config.toml")
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vouchsafe"))
            .args(arguments)
            .env_clear()
            .env("XDG_CONFIG_HOME", &self.home)
            .env("TZ", "Europe/Berlin")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read its input closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}
