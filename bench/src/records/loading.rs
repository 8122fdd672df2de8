//! What loading takes: time, processor, memory, disk.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::machine::{peak_memory, processor_seconds};

/// What one load took.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Load {
    /// Records.
    pub(crate) rows: u64,
    /// Until the last was durable and indexed.
    pub(crate) seconds: f64,
    /// Processor time of the engine and of whoever parsed for it.
    pub(crate) processor_seconds: f64,
    /// The most memory that the loading process held, in bytes; unknown for a server with shared memory.
    pub(crate) peak_memory: Option<u64>,
}

impl Load {
    /// Records a second.
    pub(crate) fn rate(&self) -> f64 {
        self.rows as f64 / self.seconds
    }
}

/// Measures the load that this process does.
#[derive(Debug)]
pub(crate) struct Loader {
    begun: Instant,
}

impl Loader {
    pub(crate) fn begin() -> Self {
        Self { begun: Instant::now() }
    }

    /// Prints what it took, for the process that started this one.
    pub(crate) fn end(self, rows: u64) {
        let me = std::process::id();
        let load = Load {
            rows,
            seconds: self.begun.elapsed().as_secs_f64(),
            processor_seconds: processor_seconds(me),
            peak_memory: Some(peak_memory(me)),
        };
        println!("{}", serde_json::to_string(&load).unwrap());
    }
}

/// Runs a loader and reads what it prints.
pub(crate) fn load_by(program: &Path, arguments: &[&Path]) -> Load {
    let output = Command::new(program).args(arguments).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "a loader failed: {} {arguments:?}", program.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs this program as a loader.
pub(crate) fn load_by_self(arguments: &[&Path]) -> Load {
    load_by(&std::env::current_exe().unwrap(), arguments)
}
