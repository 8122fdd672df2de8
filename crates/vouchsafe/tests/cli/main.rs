//! The command line from outside: help texts, results, errors, exit codes, what is sent.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod collect;
mod export;
#[path = "../../../vouchsafe-client/tests/client/fake.rs"]
mod fake;
mod files;
mod generate;
mod help;
mod program;
mod results;
mod sign_in;
mod witness;
