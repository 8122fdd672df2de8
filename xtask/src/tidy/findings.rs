//! What tidy says, and why each rule exists.

use std::fmt;

/// One broken rule at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    /// Path below the workspace root.
    pub(super) file: String,
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) rule: Rule,
    /// What is there, in a few words.
    pub(super) what: String,
}

impl Finding {
    pub(super) fn new(file: &str, line: usize, rule: Rule, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, rule, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, rule, what } = self;
        let (name, reason) = rule.explained();
        write!(formatter, "{file}:{line}: {name}: {what} ({reason})")
    }
}

/// The rules, in the order of architecture.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    UnknownCrate,
    CrateGraph,
    ExternalCrate,
    PureCrate,
    SqlOutsideStore,
    DependencyWithoutReason,
    VersionInCrate,
    LintsNotInherited,
    CrateDocs,
    ModFile,
    FileLength,
    FunctionLength,
    StaleException,
    Unfinished,
    AllowAttribute,
    DebugOutput,
    BrokenLink,
}

impl Rule {
    /// The rule's name and its reason.
    fn explained(self) -> (&'static str, &'static str) {
        match self {
            Self::UnknownCrate => (
                "unknown-crate",
                "each crate has a room: add it to xtask/src/tidy/rooms.rs and ARCHITECTURE.md",
            ),
            Self::CrateGraph => (
                "crate-graph",
                "a crate depends only on the rooms below it that ARCHITECTURE.md names, so that rules stay free of IO \
                 and each room can be read alone",
            ),
            Self::ExternalCrate => (
                "external-crate",
                "one room owns each outside world (database, HTTP, templates, clock), so that it can be replaced \
                 and audited in one place",
            ),
            Self::PureCrate => (
                "pure-crate",
                "this room has no IO and no async: values go in, values come out, and tests need no machine",
            ),
            Self::SqlOutsideStore => (
                "sql-outside-store",
                "SQL lives in vouchsafe-store, where every statement is prepared on both databases",
            ),
            Self::DependencyWithoutReason => (
                "dependency-reason",
                "every dependency is code we answer for: say in a trailing comment why it is here",
            ),
            Self::VersionInCrate => (
                "dependency-version",
                "versions stand once, in the root Cargo.toml; write `name.workspace = true`",
            ),
            Self::LintsNotInherited => {
                ("lints", "the workspace's lints hold everywhere: add `[lints] workspace = true`")
            }
            Self::CrateDocs => ("crate-docs", "a reader learns from the first line (`//!`) what a crate is"),
            Self::ModFile => {
                ("mod-file", "modules are `name.rs` beside `name/`, so that open files can be told apart")
            }
            Self::FileLength => {
                ("file-length", "a file is one noun; past the cap it is two, so give the second its own file")
            }
            Self::FunctionLength => {
                ("function-length", "a function fits on a screen; name its parts and make them functions")
            }
            Self::StaleException => {
                ("stale-exception", "the list of exceptions only shrinks: run `cargo xtask tidy --shrink`")
            }
            Self::Unfinished => ("unfinished", "what is on main is finished; what is missing is an issue"),
            Self::AllowAttribute => (
                "allow-attribute",
                "`#[expect(…, reason = \"…\")]` says why, and goes away when the reason does",
            ),
            Self::DebugOutput => {
                ("debug-output", "left from debugging; use `tracing` with fields, or delete it")
            }
            Self::BrokenLink => ("broken-link", "a reader who follows it finds nothing"),
        }
    }
}
