//! Files that come with a message. They are cleaned of secrets before anybody sees them, visible to whom their message is
//! visible, and gone 28 days after the case was closed, with the key of each message.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::data_collection::KEPT_AFTER_CLOSURE;
use crate::data_collection::command::file_name;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::support_request::{RequestState, SupportRequest};
use crate::time::Timestamp;

/// Most files of a message.
pub const ATTACHMENTS_MAX: usize = 5;
/// Largest file of a message, in bytes; what is larger goes into a data collection.
pub const ATTACHMENT_BYTES_MAX: u64 = 25 << 20;

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Its place in the message, from 1 on.
    pub number: u32,
    /// Its name.
    pub name: Personal,
    /// Bytes of the cleaned file.
    pub bytes: u64,
    /// SHA-256 of the cleaned file, in hex.
    pub sha256: String,
    /// Secrets that were taken out, by kind.
    pub removed: BTreeMap<String, u64>,
}

/// Checks how many files a message has and what they are called.
///
/// # Errors
/// [`Rejection::Invalid`].
pub fn check<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> Result<(), Rejection> {
    if names.len() > ATTACHMENTS_MAX {
        return Err(Rejection::invalid("file", format!("is one too many: at most {ATTACHMENTS_MAX} files")));
    }
    let mut known = BTreeSet::new();
    for name in names {
        file_name(name)?;
        if !known.insert(name.to_lowercase()) {
            return Err(Rejection::invalid("file", "has the name of another file of the message"));
        }
    }
    Ok(())
}

/// Whether the files of a case's messages are still kept: it is open, or was closed less than 28 days ago.
#[must_use]
pub fn are_kept(request: &SupportRequest, now: Timestamp) -> bool {
    match request.state {
        RequestState::Open => true,
        RequestState::Closed { at, .. } => now < at + KEPT_AFTER_CLOSURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_few_files_each_with_a_name_of_its_own() {
        let names = ["a.log", "b.log", "c.log", "d.log", "e.log", "f.log"];
        assert!(check(names.into_iter().take(5).collect::<Vec<_>>().into_iter()).is_ok());
        assert!(check(names.into_iter()).is_err());
        for wrong in [vec!["a.log", "A.log"], vec!["../a"], vec![""], vec![".a"]] {
            assert!(check(wrong.into_iter()).is_err());
        }
    }
}
