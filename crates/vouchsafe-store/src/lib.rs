//! The only SQL of Vouchsafe: state, audit entries, outbox and diagnostic records.
//!
//! # Writing
//! [`Store::work`] begins a unit of work. It locks the log heads of the tenants it touches in ascending order
//! ([`Work::lock`]), loads facts, and records decisions: [`Work::record`] takes a permit and what it permits, and
//! writes rows (version checked), audit entries (gapless sequence, canonical bytes, leaf hash) and outbox items in
//! one transaction. [`Work::commit`] makes it durable; dropped without it, nothing happened. On SQLite, units of
//! work that wait for each other commit as one group with one fsync, and each is answered after it.
//!
//! There is no other public mutation, but for these, which are not audited because they change nothing that a
//! tenant could want to see: sessions ([`Work::open_session`], [`Work::close_session`], [`Work::close_sessions_of_subject`]), when a passkey last signed in
//! ([`Work::passkey_used`]) or a token was used ([`Work::note_token_use`]) and which challenges were answered
//! ([`Work::spend_challenge`]), counters of refused reads
//! ([`Work::count_denied`], which become entries a minute later), remembered answers ([`Work::remember`]) and the
//! clean-up of expired ones ([`Work::forget_expired`]); and how a grant is used and what was typed under it, which
//! follow from read records and messages that are audited themselves ([`Work::count_typed`]); the keys of messages' files, which come
//! with a message ([`Work::keep_attachment_key`]) and go at a time that the entry of the case's closing tells
//! ([`Work::destroy_attachment_key`]); and trees and checkpoints,
//! which follow from the entries ([`Work::publish`]), with what witnesses say of them ([`Work::cosign`]). Diagnostic records come
//! in through [`Store::record_writer`] and go by [`Store::delete_before`], whose audit entries the use cases record.
//!
//! # Reading
//! Lists take a [`vouchsafe_core::permit::Scope`] or a tenant; there is no finder without one.
//!
//! # Secrets
//! Personal values are sealed under a key per person, wrapped by a master key that lies outside the database
//! ([`seal`]). Time, ids and randomness are injected ([`edge`]).

mod account_link;
mod attachment;
mod canonical;
mod collection;
mod copy;
mod cosignature;
mod desk;
mod document;
pub mod edge;
mod entry;
mod erasure;
mod error;
mod every;
mod evidence;
pub mod files;
mod heads;
mod identity_provider;
mod known;
mod lease;
mod list;
mod live;
mod load;
mod migrate;
mod opened;
mod opening;
mod outbox;
mod pace;
mod postgres;
mod query;
mod record;
mod records;
mod reveal;
mod role;
pub mod seal;
mod session;
mod signin;
mod sql;
mod sqlite;
mod store;
mod token;
mod work;

pub use copy::copy_to_postgres;
pub use cosignature::StoredCosignature;
pub use desk::{DeskEngineer, ResolvedCase, ResolvedOf, WaitingCase};
pub use entry::LogEntry;
pub use erasure::Remains;
pub use error::{QueryRefusal, StoreError};
pub use evidence::{Published, StoredNode};
pub use heads::{Head, Heads};
pub use list::{ListQuery, Listed, Order, PageKey, ReadsOf};
pub use outbox::{OUTBOX_KEPT, OutboxItem};
pub use postgres::PostgresUrl;
pub use records::{
    DataPerson, Deleted, Extent, ImportBatch, PlaceKey, RECORDS_PER_BATCH, Reach, RecordKey, RecordPage,
    RecordQuery, RecordWriter, RecordsOf, SortValue, StoredRecord, Summary, SummaryBy, SummaryKey,
    SummaryQuery, SummaryRow, Within,
};
pub use role::Holder;
pub use session::{Faults, Session};
pub use signin::{PageSession, SessionIdentity};
pub use store::{Database, FolderLock, Options, Reader, Store};
pub use work::{Answered, Work};
