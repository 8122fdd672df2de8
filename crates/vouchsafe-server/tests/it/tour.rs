//! Runs docs/tour.md as a newcomer would: the demo in one process, the page's blocks in order in one shell.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::demo_process::DemoProcess;
use crate::house::Folder;

const TOUR: &str = include_str!("../../../../docs/tour.md");
const SERVER: &str = env!("CARGO_BIN_EXE_vouchsafe-server");

/// One fenced block with what each of its commands must print.
struct Block {
    heading: String,
    script: String,
    expected: Vec<String>,
}

/// The blocks that a reader types in the second terminal.
fn blocks() -> Vec<Block> {
    let (mut blocks, mut open, mut heading) = (Vec::new(), None::<Block>, String::new());
    for line in TOUR.lines() {
        match (&mut open, line) {
            (None, "```sh") => {
                open = Some(Block { heading: heading.clone(), script: String::new(), expected: Vec::new() });
            }
            (Some(_), "```") => blocks.extend(open.take()),
            (Some(block), line) => {
                block.expected.extend(line.strip_prefix("# → ").map(str::to_owned));
                block.script.push_str(line);
                block.script.push('\n');
            }
            (None, line) if line.starts_with("#") || line.starts_with("**") => heading = line.to_owned(),
            (None, _) => {}
        }
    }
    assert!(open.is_none(), "a block without an end");
    blocks
}

/// A running demo, as the tour needs it.
pub(crate) struct Demo(#[expect(dead_code, reason = "runs until it is dropped")] DemoProcess);

impl Demo {
    /// Starts it and keeps its first line where the tour expects it.
    pub(crate) fn start(folder: &Path) -> Self {
        let demo = DemoProcess::start(|command| command.env("TMPDIR", folder));
        std::fs::write(folder.join("demo.json"), &demo.line).unwrap();
        Self(demo)
    }
}

/// The folder that holds the command line, as new as the server; `None` if it cannot be built.
pub(crate) fn command_line() -> Option<PathBuf> {
    let folder = Path::new(SERVER).parent()?.to_owned();
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--package", "vouchsafe"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    build.env("CARGO_TARGET_DIR", folder.parent()?);
    if folder.ends_with("release") {
        build.arg("--release");
    }
    let built = build.status().is_ok_and(|status| status.success());
    (built && folder.join("vouchsafe").is_file()).then_some(folder)
}

/// Printed between the outputs of two blocks.
const BETWEEN: &str = "-----8<-----";

#[test]
fn the_tour_does_what_it_says() {
    let blocks = blocks();
    assert!(blocks.len() > 12 && blocks.iter().filter(|block| !block.expected.is_empty()).count() > 10);
    for tool in ["bash", "curl", "python3"] {
        if !Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success()) {
            println!("skipped: {tool} is not there");
            return;
        }
    }
    let Some(commands) = command_line() else {
        println!("skipped: the command line cannot be built");
        return;
    };
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let _demo = Demo::start(folder.path());
    let mut script = "set -euo pipefail\n".to_owned();
    for block in &blocks {
        script.push_str(&format!("{}echo '{BETWEEN}'\n", block.script));
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("bash")
        .args(["-c", "exec 2>&1; exec bash"])
        .current_dir(folder.path())
        .env("PATH", format!("{}:{path}", commands.display()))
        .env("HOME", folder.path())
        .env_remove("VOUCHSAFE_TOKEN")
        .env_remove("VOUCHSAFE_PROFILE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = shell.stdin.take().unwrap();
    let typing = std::thread::spawn(move || input.write_all(script.as_bytes()));
    let mut printed = String::new();
    shell.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    // A shell that stops early reads no further; what it printed tells why.
    let _ = typing.join().unwrap();
    let status = shell.wait().unwrap();
    let outputs: Vec<&str> = printed.split(BETWEEN).collect();
    for (block, output) in blocks.iter().zip(&outputs) {
        let mut rest = *output;
        for expected in &block.expected {
            let at = rest.find(expected.as_str());
            let at = at.unwrap_or_else(|| {
                panic!("{}\n{}\ndid not print {expected:?} but\n{output}", block.heading, block.script)
            });
            rest = &rest[at + expected.len()..];
        }
    }
    assert!(status.success() && outputs.len() == blocks.len() + 1, "the tour stopped early:\n{printed}");
}
