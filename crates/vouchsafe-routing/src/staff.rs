//! What assignment must know of an engineer at this moment.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::request::{EngineerId, Severity, TenantId, covers};
use crate::shift::Shift;

/// An engineer as the provider keeps him or her, with the cases that are open now.
#[derive(Debug, Clone)]
pub struct Engineer {
    /// Who it is.
    pub id: EngineerId,
    /// Whether the account is active.
    pub active: bool,
    /// Working hours.
    pub shift: Shift,
    /// Languages as BCP 47 primary tags in small letters, such as `de`.
    pub languages: BTreeSet<String>,
    /// Clearances held, in the provider's own words.
    pub clearances: BTreeSet<String>,
    /// Where the engineer works, in the provider's own word.
    pub region: String,
    /// Tenants that the engineer must have nothing to do with.
    pub conflicts: BTreeSet<TenantId>,
    /// Problem types that the engineer or the manager has declared. A parent covers its children.
    pub declared: Vec<String>,
    /// Cases open now.
    pub open: OpenCases,
    /// How many cases may be open when one more comes.
    pub caps: Caps,
    /// When a case was last assigned to the engineer, if ever.
    pub last_assigned: Option<Timestamp>,
}

impl Engineer {
    /// Whether the declared expertise covers a problem type.
    #[must_use]
    pub fn declares(&self, problem_type: &str) -> bool {
        self.declared.iter().any(|declared| covers(declared, problem_type))
    }
}

/// Open cases by severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenCases {
    /// Critical ones.
    pub critical: u32,
    /// Moderate ones.
    pub moderate: u32,
    /// Minimal ones.
    pub minimal: u32,
}

impl OpenCases {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.critical.saturating_add(self.moderate).saturating_add(self.minimal)
    }

    /// Their burden: a critical case weighs 3, a moderate one 2, a minimal one 1.
    #[must_use]
    pub fn burden(&self) -> f64 {
        3.0 * f64::from(self.critical) + 2.0 * f64::from(self.moderate) + f64::from(self.minimal)
    }
}

/// Load caps: an engineer who has this many cases open gets no further one of that severity. 0 means none at all.
///
/// A sensible table lets critical requests in longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// For a critical request.
    pub critical: u32,
    /// For a moderate one.
    pub moderate: u32,
    /// For a minimal one.
    pub minimal: u32,
}

impl Caps {
    /// The cap for a request of a severity.
    #[must_use]
    pub fn of(&self, severity: Severity) -> u32 {
        match severity {
            Severity::Critical => self.critical,
            Severity::Moderate => self.moderate,
            Severity::Minimal => self.minimal,
        }
    }
}

impl Default for Caps {
    fn default() -> Self {
        Self { critical: 12, moderate: 10, minimal: 8 }
    }
}
