//! Diagnostic records: schemas, importers, the filter language, masks.
//!
//! Pure: bytes and values in, values out; no clock, no network, no database (`diagnostics.md`, `architecture.md`).
//! Sign-ins are the first record type. Everything that is particular to them is in [`sign_in`]; the filter
//! language, the mask machinery and the framing of imported files know no record type.

pub mod filter;
mod form;
pub mod generate;
pub mod import;
pub mod mask;
pub mod record;
pub mod resource;
pub mod sign_in;
