//! For tests only: a world to act in, faults to inject, whole states to compare, and a reference model.
//!
//! [`World`] is a deployment in a folder of its own: the provider with its engineers and three customers with their
//! administrators, made through the use cases. [`check::logs`] holds every log against every row. [`state::of`] is
//! everything the loaders give, as text. [`authenticator`] holds passkeys. [`cluster`] is a database server of its own. [`model`] is what `lifecycle.md` says, written a second time without the
//! rules of `vouchsafe-core`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::print_stderr,
    reason = "test support: a failure here is a failed test"
)]

pub mod authenticator;
pub mod cast;
pub mod check;
pub mod cluster;
pub mod database;
pub mod faults;
mod folder;
pub mod model;
pub mod state;
mod world;

pub use folder::Folder;
pub use world::{Building, START, WHY, World, category, millis, sign_in_id};

/// How often something random or concurrent is tried, of the number for the embedded database. On PostgreSQL each costs
/// ten times as much, and the rules below are the same.
#[must_use]
pub fn rounds(embedded: u32) -> u32 {
    if database::on_postgres() { embedded.div_ceil(10) } else { embedded }
}

/// Whether the long forms of random and concurrent tests run.
#[must_use]
pub fn long() -> bool {
    std::env::var_os("VOUCHSAFE_LONG").is_some_and(|value| value != "0")
}
