//! Diagnostic records: one SQLite file per tenant, apart from the state, so that retention and deletion are file work
//! and tenants are physically apart.
//!
//! Events lie in order of time ([`place`]), packed ([`packing`]), with what many share kept once ([`groups`]) and indexes
//! that are in order of time as well ([`layout`]). A filter means what
//! [`Condition`](vouchsafe_diagnostics::resource::Condition) says of the object itself; SQL answers what it can
//! ([`expression`]), from the narrowest index ([`plan`]), and the rest is looked at event by event ([`walk`]). Every path
//! keeps within the [`Reach`] of whoever asks.

mod coder;
mod events;
mod expression;
mod extent;
mod files;
mod groups;
mod layout;
mod list;
mod load;
mod object_list;
mod objects;
mod packing;
mod people;
mod place;
mod plan;
mod reach;
mod retention;
mod roll_up;
mod splice;
mod summary;
mod walk;
mod writer;

pub use extent::Extent;
pub(crate) use files::RecordFiles;
pub use files::RecordsOf;
pub use list::{PlaceKey, RecordKey, RecordPage, RecordQuery, SortValue, StoredRecord};
pub use reach::{DataPerson, Reach, Within};
pub use retention::Deleted;
pub use summary::{Summary, SummaryBy, SummaryKey, SummaryQuery, SummaryRow};
pub use writer::{ImportBatch, RECORDS_PER_BATCH, RecordWriter};
