//! Evidence packs: everything that a tenant's log says of one case, in one zip that can be checked without a server.
//!
//! A pack holds what the server says of the case (`supportRequest.json`, `accessRequests.ndjson`, `grants.ndjson`,
//! `policy.json`, `auditEntries.ndjson`), the receipt of each of its entries (`receipts/ID.tlog-proof`), each read with
//! the ids of its records (`reads/ID.json`), a page to read (`report.html`), and last `manifest.json`, which names every
//! file with its SHA-256. Nothing in it is believed but the log's key: `vouchsafe verify` checks the receipts against the
//! key, and everything else against the entries that they prove.

pub(crate) mod archive;
pub(crate) mod claims;
pub(crate) mod compare;
pub(crate) mod entry;
pub(crate) mod report;
pub(crate) mod story;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vouchsafe_client::time::Timestamp;

/// `format` of a manifest.
pub(crate) const FORMAT: &str = "vouchsafe-evidence-pack";
/// The version of the format that is written and understood.
pub(crate) const VERSION: u32 = 1;
/// Entries of one pack at most.
pub(crate) const ENTRIES_MAX: usize = 20_000;
/// Access requests, and grants, of one pack at most.
pub(crate) const OBJECTS_MAX: usize = 1_000;
/// Files of one pack at most: a receipt and a read for each entry, and the others.
pub(crate) const FILES_MAX: usize = 2 * ENTRIES_MAX + 16;
/// Bytes of one unpacked file at most.
pub(crate) const FILE_BYTES_MAX: u64 = 64 * 1_024 * 1_024;
/// Bytes of all unpacked files at most.
pub(crate) const PACK_BYTES_MAX: u64 = 4 * 1_024 * 1_024 * 1_024;

/// Names of files.
pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const SUPPORT_REQUEST: &str = "supportRequest.json";
pub(crate) const ACCESS_REQUESTS: &str = "accessRequests.ndjson";
pub(crate) const GRANTS: &str = "grants.ndjson";
pub(crate) const POLICY: &str = "policy.json";
pub(crate) const ENTRIES: &str = "auditEntries.ndjson";
pub(crate) const REPORT: &str = "report.html";

/// Name of the receipt of an entry.
pub(crate) fn receipt_name(entry: &str) -> String {
    format!("receipts/{entry}.tlog-proof")
}

/// Name of a read.
pub(crate) fn read_name(read: &str) -> String {
    format!("reads/{read}.json")
}

/// What a pack is of, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Manifest {
    /// [`FORMAT`].
    pub(crate) format: String,
    /// [`VERSION`].
    pub(crate) version: u32,
    /// The program that made it, with its version.
    pub(crate) made_by: String,
    /// When, by the clock of the machine that made it.
    pub(crate) created_date_time: Timestamp,
    /// The log.
    pub(crate) origin: String,
    /// The keys that the server named. A verifier is told which to believe by somebody else.
    pub(crate) verifier_keys: Vec<String>,
    /// The tenant.
    pub(crate) tenant_id: String,
    /// The case.
    pub(crate) support_request_id: String,
    /// Every other file.
    pub(crate) files: BTreeMap<String, FileMark>,
}

/// A file as the manifest knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FileMark {
    /// How long it is.
    pub(crate) bytes: u64,
    /// SHA-256 in hex.
    pub(crate) sha256: String,
}

/// The program that makes packs.
pub(crate) fn made_by() -> String {
    concat!("vouchsafe ", env!("CARGO_PKG_VERSION")).to_owned()
}
