//! Rules of customer-approved support access: pure, without IO, clock or SQL.
//!
//! A command is a function `decide(&State, Command, &Context) -> Result<Decided<A>, Rejection>`; what it
//! decided is a list of [`audit::EntryDraft`]s whose [`audit::Event`]s, folded by each aggregate's `evolve`,
//! give the rows it writes. A [`permit::Permit`] says that the caller may; the store spends it on the write.
//!
//! *Invariants.* No function here reads a clock, draws randomness or does IO. Every time, id and policy is an
//! argument. Expiry is computed ([`grant::Grant::is_live`]), never waited for.

pub mod access_request;
pub mod account_link;
pub mod api_token;
pub mod attachment;
pub mod audit;
pub mod case;
pub mod consent;
pub mod data_collection;
pub mod decided;
pub mod decision;
pub mod effective;
pub mod engineer;
pub mod erasure;
pub mod grant;
pub mod id;
pub mod identity_provider;
pub mod live_access;
pub mod log_key;
pub mod pace;
pub mod passkey;
pub mod past_request;
pub mod people;
pub mod permission;
pub mod permit;
pub mod person;
pub mod personal;
pub mod preview;
pub mod problem_type;
pub mod reach;
pub mod read;
pub mod rejection;
pub mod reminder;
pub mod retention;
pub mod reveal;
pub mod role;
pub mod scope;
pub mod setup;
pub mod support_request;
pub mod tenant;
mod text;
pub mod time;
pub mod vote;
