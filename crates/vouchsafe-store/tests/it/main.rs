//! The store from outside: what it keeps, what it refuses, what it shows to whom.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop at the first surprise"
)]

mod files;
mod folder;
mod golden;
mod identity_providers;
mod life;
mod lists;
mod permits;
mod record_files;
mod records;
mod units;

/// The random lives that the rules are tested with, recorded here in a real store.
#[path = "../../../vouchsafe-core/tests/lifecycle/steps.rs"]
mod steps;
#[path = "../../../vouchsafe-core/tests/lifecycle/world.rs"]
#[expect(dead_code, reason = "the rules' own test uses all of it")]
mod world;
