//! What a change must pass, in the order that fails soonest. People and the build server run the same.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::{Failure, golden, process, tidy, tree};

/// One step of `cargo xtask ci`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// Rooms and file rules.
    Tidy,
    /// `cargo fmt --check`.
    Format,
    /// Clippy on all targets, warnings are errors.
    Lints,
    /// Licences, bans and sources of dependencies, where cargo-deny is installed.
    Deny,
    /// Unit, property, golden, conformance, HTTP and compile-fail tests.
    Tests,
    /// The tests of store, use cases and HTTP once more on the PostgreSQL server that `VOUCHSAFE_TEST_POSTGRES` names.
    Postgres,
    /// Examples in the documentation.
    Doctests,
    /// The documentation builds without a warning.
    Docs,
}

/// All steps, in order.
const STEPS: [Step; 8] = [
    Step::Tidy,
    Step::Format,
    Step::Lints,
    Step::Deny,
    Step::Tests,
    Step::Postgres,
    Step::Doctests,
    Step::Docs,
];

/// Which tests run on PostgreSQL as well: those that come by the state. The others are of the embedded database's files,
/// of records, which lie in files either way, and of programs that are started.
const ALL_ON_POSTGRES: &str = "(package(vouchsafe-store) or package(vouchsafe-app) or package(vouchsafe-server)) and binary(it) \
    and not test(permits::) and not test(records::) and not test(record_files::) and not test(kill::) and not test(tour::) \
    and not test(exports::) and not test(graph_sdk::) and not test(upstream::) and not test(restored)";

/// Of these, what the short form runs: all of the store and of the use cases; of HTTP the modules that change much.
const SHORT: &str = "not package(vouchsafe-server) or test(/^(collections|contention|coverage|desk|elsewhere|evaluation|evidence|import|lists|pace|passkeys|reveals|roles|shapes|tokens)::/)";

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Passed,
    Failed,
    /// Not run, for the reason given.
    Left(&'static str),
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        formatter.pad(&name)
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => formatter.write_str("passed"),
            Self::Failed => formatter.write_str("FAILED"),
            Self::Left(reason) => write!(formatter, "skipped: {reason}"),
        }
    }
}

/// Runs every step that is wanted, even after one failed, and sums up. `false` when one failed.
pub(crate) fn run(root: &Path, skip: &[Step], only: &[Step]) -> Result<bool, Failure> {
    let mut endings = Vec::new();
    for step in STEPS {
        if skip.contains(&step) || !(only.is_empty() || only.contains(&step)) {
            endings.push((step, Ending::Left("not asked for"), Duration::ZERO));
            continue;
        }
        println!("\n── {step}");
        let watch = Watch::start();
        let ending = perform(step, root)?;
        endings.push((step, ending, watch.elapsed()));
    }
    println!("\n── summary");
    for (step, ending, took) in &endings {
        println!("{step:<9} {:>6.1} s  {ending}", took.as_secs_f64());
    }
    Ok(endings.iter().all(|(_, ending, _)| *ending != Ending::Failed))
}

fn perform(step: Step, root: &Path) -> Result<Ending, Failure> {
    let cargo = |arguments: &[&str]| process::cargo(root, arguments);
    let passed = match step {
        Step::Tidy => tidy::run(root, false)?,
        Step::Format => process::succeeds(&mut cargo(&["fmt", "--all", "--check"]))?,
        Step::Lints => process::succeeds(&mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]))?,
        Step::Deny => {
            if !process::has_subcommand(root, "deny") {
                return Ok(Ending::Left("cargo-deny is not installed (`cargo install cargo-deny --locked`)"));
            }
            // A wrapper that is allowed but not there yet is no news.
            let quiet = ["--hide-inclusion-graph", "--allow", "unused-wrapper"];
            let what = ["bans", "licenses", "sources"];
            process::succeeds(cargo(&["deny", "--locked", "check"]).args(quiet).args(what))?
        }
        Step::Tests => tests(root)?,
        Step::Postgres => {
            if std::env::var_os("VOUCHSAFE_TEST_POSTGRES").is_none() {
                return Ok(Ending::Left("VOUCHSAFE_TEST_POSTGRES names no server"));
            }
            if !process::has_subcommand(root, "nextest") {
                return Ok(Ending::Left("cargo-nextest is not installed"));
            }
            let mut command = test_command(root);
            let chosen = if is_long() {
                ALL_ON_POSTGRES.to_owned()
            } else {
                format!("({ALL_ON_POSTGRES}) and ({SHORT})")
            };
            let command = command.args(["-E", &chosen]).env("VOUCHSAFE_TEST_DATABASE", "postgres");
            process::succeeds(command.env("INSTA_UPDATE", "no"))?
        }
        Step::Doctests => {
            process::succeeds(&mut cargo(&["test", "--workspace", "--doc", "--locked", "--quiet"]))?
        }
        Step::Docs => process::succeeds(
            cargo(&["doc", "--workspace", "--no-deps", "--locked", "--quiet"])
                .env("RUSTDOCFLAGS", "-D warnings"),
        )?,
    };
    Ok(if passed { Ending::Passed } else { Ending::Failed })
}

/// All tests; they compare golden files, write nothing, and every snapshot belongs to one.
fn tests(root: &Path) -> Result<bool, Failure> {
    let references = std::env::temp_dir().join(format!("vouchsafe-snapshots-{}", std::process::id()));
    // Elsewhere a person may be typing while the tests run.
    let watched = std::env::var_os("CI").is_some();
    let before = if watched { tree::contents(root)? } else { BTreeMap::new() };
    let passed = process::succeeds(
        test_command(root).env("INSTA_UPDATE", "no").env("INSTA_SNAPSHOT_REFERENCES_FILE", &references),
    )?;
    let after = if watched { tree::contents(root)? } else { BTreeMap::new() };
    let changes = tree::changes(&before, &after);
    let referenced = std::fs::read_to_string(&references).unwrap_or_default();
    let leftovers = golden::leftovers(root, &changes, passed.then_some(referenced.as_str()))?;
    for line in &leftovers {
        println!("golden: {line}");
    }
    if references.exists() {
        std::fs::remove_file(&references)?;
    }
    Ok(passed && leftovers.is_empty())
}

/// nextest, or the ordinary runner where nextest cannot be had.
fn test_command(root: &Path) -> std::process::Command {
    if !process::has_subcommand(root, "nextest") {
        println!("cargo-nextest is not installed: the tests run under `cargo test`");
        return process::cargo(root, &["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"]);
    }
    let profile = if is_long() { "long" } else { "ci" };
    process::cargo(root, &["nextest", "run", "--workspace", "--locked", "--profile", profile])
}

fn is_long() -> bool {
    std::env::var_os("VOUCHSAFE_LONG").is_some_and(|value| value != "0")
}

/// How long a step takes, for the person who waits for it.
struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "shows a duration, decides nothing")]
    fn start() -> Self {
        Self(Instant::now())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_performed_once() {
        for step in Step::value_variants() {
            assert_eq!(STEPS.iter().filter(|other| *other == step).count(), 1, "{step}");
        }
    }
}
