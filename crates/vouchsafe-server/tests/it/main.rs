//! The server over HTTP, in process: what `api.md` promises, route by route.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod asks;
mod attachments;
mod attacker;
mod audit;
mod bad_requests;
mod bucket;
mod collected_files;
mod collections;
mod conditions;
mod contention;
mod contract;
mod coverage;
mod demo_process;
mod desk;
mod diagnostics;
mod elsewhere;
mod evaluation;
mod events;
mod evidence;
mod exports;
mod frame;
mod full_disk;
mod golden;
mod graph_sdk;
mod hour;
mod house;
mod ids;
mod import;
mod issuer;
mod kill;
mod large_uploads;
mod lists;
mod matrix;
mod nodes;
mod oidc;
mod oidc_attacks;
mod pace;
mod pages;
mod passkeys;
mod reveals;
mod reviewed;
mod roles;
mod rows;
mod shapes;
mod signed_decisions;
mod slow;
mod snapshot;
mod standby;
mod tokens;
mod tour;
mod two_tenants;
mod upstream;
mod upstream_faults;
mod witness;
