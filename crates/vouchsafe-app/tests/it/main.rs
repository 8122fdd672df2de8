//! The use cases from outside: what everybody may do, sees and learns, whatever happens in between.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop at the first surprise"
)]

mod account_links;
mod closure;
mod commands;
mod consent;
mod cross_tenant;
mod desk;
mod erasure;
mod evidence;
mod fsck;
mod heads;
mod live_access;
mod model;
mod outcome;
mod races;
mod reads;
mod reminders;
mod retention;
mod same_seed;
mod silence;
mod subject;
mod votes;
