//! Checking what a vendor says, without believing it (`evidence.md`, *Checking it*).

pub(crate) mod known;
mod log;
mod pack;
mod receipt;
mod report;
mod signature;

pub(crate) use log::LogSource;
pub(crate) use report::Report;

use vouchsafe_log::note::{Note, VerifierKey};
use vouchsafe_log::policy::Policy;

use known::Known;

/// Whom to believe, and since when a log is known.
pub(crate) struct Verifier {
    /// Trust policy of the caller, if one was given.
    pub(crate) policy: Option<Policy>,
    /// Keys that the caller gave.
    pub(crate) keys: Vec<VerifierKey>,
    /// What was seen before.
    pub(crate) known: Known,
}

impl Verifier {
    /// The policy for a checkpoint of this log: the caller's, else one of the caller's keys and of those that are known
    /// from before. None if no key is known at all.
    fn policy_for(&self, origin: &str) -> Option<Policy> {
        if let Some(policy) = &self.policy {
            return Some(policy.clone());
        }
        let pinned = self.known.get(origin).map(|log| log.verifier_keys.as_slice()).unwrap_or_default();
        let pinned = pinned.iter().filter_map(|key| key.parse().ok());
        let keys: Vec<VerifierKey> =
            self.keys.iter().filter(|key| key.name() == origin).cloned().chain(pinned).collect();
        policy_of(&keys)
    }
}

/// The policy that trusts these keys of logs and asks for no witness.
pub(crate) fn policy_of(keys: &[VerifierKey]) -> Option<Policy> {
    let mut lines: Vec<String> = keys.iter().map(|key| format!("log {key}\n")).collect();
    lines.sort_unstable();
    lines.dedup();
    if lines.is_empty() { None } else { format!("{}quorum none\n", lines.concat()).parse().ok() }
}

/// The origin that a note claims, to look for its key.
fn origin_of(note: &Note) -> &str {
    note.text().lines().next().unwrap_or_default()
}
