//! Typed client of the Vouchsafe API.
//!
//! ```no_run
//! # async fn example() -> Result<(), vouchsafe_client::ClientError> {
//! use vouchsafe_client::{Client, Token};
//!
//! let client = Client::new("https://support.example", Token::new("…")?)?;
//! let me = client.me().await?;
//! println!("signed in as {}", me.body.display_name);
//!
//! let mut pages = client.grants(&Default::default());
//! while let Some(page) = pages.next().await? {
//!     for grant in page.body.value {
//!         println!("{} until {}", grant.id, grant.expires_date_time);
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The program installs a TLS provider (`rustls::crypto::CryptoProvider`) once before it makes a client.
//! Every method answers an [`Answer`]: the typed body, the bytes it was read from, and the ids of the request,
//! the grant and the read record. Lists answer [`Pages`].
//!
//! Only GET is repeated by itself, only when the server said when (429 and 503 with `Retry-After`), and at most
//! [`MAX_ATTEMPTS`] times in all. Redirects are never followed, so that the token stays with the server it is for.

mod access_requests;
mod account;
mod account_links;
mod answer;
mod audit;
mod client;
mod data_collections;
mod diagnostics;
mod engineers;
mod error;
mod grants;
mod graph;
mod identity_providers;
mod import;
mod log;
mod messages;
mod pages;
mod policy;
mod roles;
mod support_requests;
mod token;
mod transport;
mod users;

pub use answer::Answer;
pub use client::Client;
pub use data_collections::Upload;
pub use diagnostics::CaseReader;
pub use error::ClientError;
pub use graph::{GraphError, GraphPages, GraphSource, MAX_PAGE_ATTEMPTS, MAX_WAIT};
pub use import::{Encoding, ImportSource};
pub use messages::{Conversation, NewAttachment};
pub use pages::Pages;
pub use token::Token;
pub use transport::{MAX_ANSWER_BYTES, MAX_ATTEMPTS, MAX_RETRY_WAIT};
/// The wire types that methods take and answer.
pub use vouchsafe_api as api;
/// Ids, as the wire types hold them.
pub use vouchsafe_core::id;
/// Times, as the wire types hold them.
pub use vouchsafe_core::time;
