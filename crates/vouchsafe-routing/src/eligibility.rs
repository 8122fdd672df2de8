//! The hard rules: who may not get a request, and every reason why.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use crate::request::{EngineerId, Severity, TenantId};
use crate::staff::Engineer;

/// What a request demands: of the case itself, and of the support request tenant's policy. No other tenant's policy
/// belongs in here.
#[derive(Debug, Clone)]
pub struct Demands {
    /// The support request tenant.
    pub tenant: TenantId,
    /// How much it hurts.
    pub severity: Severity,
    /// The language to be spoken, as a BCP 47 primary tag in small letters; none if any will do.
    pub language: Option<String>,
    /// Regions that the tenant's policy admits; empty if any will do.
    pub regions: BTreeSet<String>,
    /// Clearances that the tenant's policy demands, all of them.
    pub clearances: BTreeSet<String>,
    /// Engineers that the customer excluded.
    pub excluded: BTreeSet<EngineerId>,
}

/// Why an engineer may not get a request. Read by the manager, never by a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The account is not active.
    NotActive,
    /// It is not working time.
    OffShift,
    /// Does not speak this language.
    Language(String),
    /// Works in this region, which the policy does not admit.
    Region(String),
    /// Lacks this clearance.
    Clearance(String),
    /// Has a conflict of interest with the tenant.
    Conflict,
    /// The customer excluded the engineer.
    Excluded,
    /// Has as many cases open as the cap for this severity allows.
    LoadCap {
        /// Cases open now.
        open: u32,
        /// The cap.
        cap: u32,
    },
}

impl fmt::Display for Obstacle {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotActive => write!(to, "the account is not active"),
            Self::OffShift => write!(to, "not on shift"),
            Self::Language(language) => write!(to, "does not speak `{language}`"),
            Self::Region(region) => write!(to, "works in `{region}`, which the tenant does not admit"),
            Self::Clearance(clearance) => write!(to, "lacks the clearance `{clearance}`"),
            Self::Conflict => write!(to, "has a conflict of interest with the tenant"),
            Self::Excluded => write!(to, "is excluded by the customer"),
            Self::LoadCap { open, cap } => write!(to, "has {open} cases open, {cap} are the most"),
        }
    }
}

/// Everything that stands between an engineer and a request; nothing if the engineer may get it.
#[must_use]
pub fn obstacles(engineer: &Engineer, demands: &Demands, now: Timestamp) -> Vec<Obstacle> {
    let mut found = Vec::new();
    if !engineer.active {
        found.push(Obstacle::NotActive);
    }
    if !engineer.shift.is_on(now) {
        found.push(Obstacle::OffShift);
    }
    if let Some(language) = demands.language.as_ref().filter(|spoken| !engineer.languages.contains(*spoken)) {
        found.push(Obstacle::Language(language.clone()));
    }
    if !demands.regions.is_empty() && !demands.regions.contains(&engineer.region) {
        found.push(Obstacle::Region(engineer.region.clone()));
    }
    found.extend(demands.clearances.difference(&engineer.clearances).cloned().map(Obstacle::Clearance));
    if engineer.conflicts.contains(&demands.tenant) {
        found.push(Obstacle::Conflict);
    }
    if demands.excluded.contains(&engineer.id) {
        found.push(Obstacle::Excluded);
    }
    let (open, cap) = (engineer.open.total(), engineer.caps.of(demands.severity));
    if open >= cap {
        found.push(Obstacle::LoadCap { open, cap });
    }
    found
}
