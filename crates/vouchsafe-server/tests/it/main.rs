//! The server over HTTP, in process: what `api.md` promises, route by route.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod bad_requests;
mod contract;
mod coverage;
mod house;
mod ids;
mod pages;
mod rows;
mod snapshot;
mod tokens;
