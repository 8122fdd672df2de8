//! Golden files: what the program says, kept in the tree and read as a diff.
//!
//! Ordinary test runs compare. This task runs the same tests so that they write: insta by `INSTA_UPDATE=always`, every
//! other golden test by `VOUCHSAFE_GOLDEN=update`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::{Failure, process, tree};

/// Set to `update`, golden tests write their file instead of comparing with it.
const GOLDEN_VARIABLE: &str = "VOUCHSAFE_GOLDEN";

/// Runs all tests so that they write their golden files. With `check`, `false` when one changed.
pub(crate) fn run(root: &Path, check: bool) -> Result<bool, Failure> {
    let before = tree::contents(root)?;
    let arguments: &[&str] = if process::has_subcommand(root, "nextest") {
        &["nextest", "run", "--workspace", "--no-fail-fast"]
    } else {
        &["test", "--workspace", "--no-fail-fast"]
    };
    let mut tests = process::cargo(root, arguments);
    tests.env("INSTA_UPDATE", "always").env(GOLDEN_VARIABLE, "update");
    let passed = process::succeeds(&mut tests)?;

    let changes = tree::changes(&before, &tree::contents(root)?);
    for (path, what) in &changes {
        println!("golden: {path}: {what}");
    }
    if changes.is_empty() {
        println!("golden: nothing changed");
    } else if check {
        println!(
            "golden: the files above no longer say what the program says; read `git diff`, then commit them"
        );
    }
    Ok(passed && (changes.is_empty() || !check))
}

/// What is wrong after a comparing run: files the run changed, snapshots nobody accepted, snapshots no test refers to.
///
/// `references` is the text that insta wrote: one path a line, of every snapshot that a test asked for. `None` after a
/// run that did not reach every test.
pub(crate) fn leftovers(
    root: &Path,
    changes: &[(String, &'static str)],
    references: Option<&str>,
) -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    for (path, what) in changes {
        wrong.push(format!("{path}: {what} by the tests; a test run must leave the tree as it is"));
    }
    let referenced: Option<BTreeSet<PathBuf>> = references
        .map(|text| text.lines().filter_map(|line| std::fs::canonicalize(root.join(line)).ok()).collect());
    for path in tree::files(root)? {
        if path.ends_with(".snap.new") || path.ends_with(".pending-snap") {
            wrong.push(format!(
                "{path}: a snapshot nobody accepted; run `cargo xtask golden` and read the diff"
            ));
        } else if path.ends_with(".snap")
            && let Some(referenced) = &referenced
            && !referenced.contains(&std::fs::canonicalize(root.join(&path))?)
        {
            wrong.push(format!("{path}: no test refers to this snapshot; delete it"));
        }
    }
    Ok(wrong)
}
