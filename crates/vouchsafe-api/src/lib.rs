//! Wire types, problem codes and OData query options, shared by server and client.
//!
//! Everything here is what travels: no rules, no HTTP types, no storage. Shapes and names follow the HTTP
//! contract, so a change here is a change of the contract and shows in the golden files under `tests`.
//!
//! - [`support_request`], [`access_request`], [`grant`], [`preview`], [`read`], [`reveal`], [`policy`], [`retention`], [`account`], [`user`], [`audit`], [`event`],
//!   [`import`]: one module per resource, with the bodies of its requests.
//! - [`collection`]: the envelope of every list. [`record`]: imported Graph objects, kept as they are; [`summary`]: their
//!   counts.
//! - [`problem`]: every way a request can fail. [`body`] and [`query`]: reading what a caller sent.

pub mod access_request;
pub mod account;
pub mod account_link;
pub mod api_token;
pub mod audit;
pub mod body;
pub mod collection;
pub mod data_collection;
pub mod disclosed;
pub mod engineer;
pub mod evaluation;
pub mod event;
pub mod grant;
pub mod header;
pub mod identity_provider;
pub mod import;
pub mod log_key;
pub mod message;
pub mod policy;
pub mod preview;
pub mod problem;
pub mod problem_type;
pub mod query;
pub mod read;
pub mod record;
pub mod retention;
pub mod reveal;
pub mod role;
pub mod scope;
pub mod summary;
pub mod support_request;
pub mod user;
mod wire_enum;
