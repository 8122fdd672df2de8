//! Entries of the log in the shape of Microsoft Graph's `directoryAudit`.

use serde_json::Value;
use vouchsafe_api::audit::{DirectoryAudit, OpenedEntry, directory_audit as shaped};
use vouchsafe_store::LogEntry;

/// An entry as its readers see it; `None` for one that this version cannot read.
pub(crate) fn directory_audit(entry: &LogEntry) -> Option<DirectoryAudit> {
    shaped(&Opened(entry))
}

struct Opened<'a>(&'a LogEntry);

impl OpenedEntry for Opened<'_> {
    fn json(&self) -> &Value {
        &self.0.entry
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.0.text(pointer)
    }
}
