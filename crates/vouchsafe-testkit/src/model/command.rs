//! What people do, in small numbers that fit every world. Numbers count from the latest thing backwards, so that what
//! happened lately is touched most.

use crate::cast::{CAST, Tenant};

use super::{Model, Person, Scope, Time};

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// Somebody of the tenant concerned who may, by number; or the engineer concerned.
    Right(u8),
    /// Anybody at all, by number.
    Anybody(u8),
}

/// What an approver takes away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Narrow {
    /// Categories to keep.
    pub categories: Option<u8>,
    /// Minutes.
    pub minutes: Option<i64>,
    /// Start of the data's time range.
    pub from: Option<Time>,
}

/// A change of a tenant's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Offer consent or not.
    Consent(bool),
    /// Let grants pass on or not.
    Inherit(bool),
    /// Exclude the second engineer or nobody.
    Exclude(bool),
    /// Longest access in minutes.
    Longest(i64),
    /// Leave the umbrella open or not.
    Umbrella(bool),
    /// So many must agree.
    Required(usize),
}

/// One command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Open a request.
    Open {
        /// Who.
        by: Person,
        /// Tenants named, a bit each.
        named: u8,
        /// Consent.
        allow: bool,
    },
    /// Answer the consent question.
    Consent {
        /// Who.
        by: Pick,
        /// Which case.
        case: u8,
        /// The answer.
        yes: bool,
    },
    /// Vote on a *yes* that waits.
    VoteConsent {
        /// Who.
        by: Pick,
        /// Which case.
        case: u8,
        /// The vote.
        yes: bool,
    },
    /// Name further tenants.
    Name {
        /// Who.
        by: Pick,
        /// Which case.
        case: u8,
        /// Which, a bit each.
        tenants: u8,
        /// Whether those named before are repeated, as they must be.
        keep: bool,
    },
    /// Ask for access.
    Ask {
        /// Who.
        by: Pick,
        /// For which case.
        case: u8,
        /// Whose data.
        resource: Tenant,
        /// What.
        scope: Scope,
    },
    /// Approve a side.
    Approve {
        /// Who.
        by: Pick,
        /// Which ask.
        ask: u8,
        /// Of R rather than of S.
        resource: bool,
        /// What is taken away.
        narrow: Narrow,
    },
    /// Reject a side.
    Reject {
        /// Who.
        by: Pick,
        /// Which ask.
        ask: u8,
        /// Of R rather than of S.
        resource: bool,
    },
    /// Take an approval back.
    Revoke {
        /// Who.
        by: Pick,
        /// Which ask.
        ask: u8,
        /// Of R rather than of S.
        resource: bool,
    },
    /// Withdraw an ask.
    Cancel {
        /// Who.
        by: Pick,
        /// Which ask.
        ask: u8,
    },
    /// Remove a grant.
    Remove {
        /// Who.
        by: Pick,
        /// Which.
        grant: u8,
    },
    /// Remove all grants of the caller's tenant.
    RemoveAll {
        /// Who.
        by: Person,
        /// Of one case only.
        case: Option<u8>,
    },
    /// Hand a case over.
    Assign {
        /// Who.
        by: Pick,
        /// Which case.
        case: u8,
        /// To whom.
        to: Person,
    },
    /// Close a case.
    Close {
        /// Who.
        by: Pick,
        /// Which case.
        case: u8,
    },
    /// Open it again, or propose to.
    Reopen {
        /// Who.
        by: Pick,
        /// Which case.
        case: u8,
    },
    /// Read a tenant's sign-ins.
    Read {
        /// Who.
        by: Pick,
        /// For which case.
        case: u8,
        /// Whose.
        tenant: Tenant,
        /// Under this grant.
        grant: Option<u8>,
    },
    /// Let a paused grant go on.
    Confirm {
        /// Who.
        by: Pick,
        /// Which.
        grant: u8,
    },
    /// Write a message in a case.
    Post {
        /// Who.
        by: Pick,
        /// Which case.
        case: u8,
    },
    /// Change a tenant's settings.
    Policy {
        /// Who.
        by: Person,
        /// What.
        change: Policy,
    },
    /// Time passes: minutes.
    Advance(i64),
    /// Time passes to the instant at which something ends, or one millisecond before it.
    AdvanceToEnd {
        /// One millisecond before it.
        before: bool,
    },
    /// The sweeper runs.
    Sweep,
}

/// The thing that a number means: the latest is 0.
pub(super) fn latest(number: u8, len: usize) -> Option<usize> {
    (len > 0).then(|| len - 1 - usize::from(number) % len)
}

impl Model {
    /// Who a pick means where `tenant`'s people may, or the engineer of a case.
    pub(super) fn picked(&self, pick: Pick, tenant: Option<Tenant>, engineer: Option<Person>) -> Person {
        match (pick, tenant, engineer) {
            (Pick::Right(_), _, Some(engineer)) => engineer,
            (Pick::Right(number), Some(tenant), None) => {
                let may = |person: &Person| CAST[*person].tenant == tenant && CAST[*person].tickets;
                let right: Vec<Person> = (0..CAST.len()).filter(may).collect();
                right.get(usize::from(number) % right.len().max(1)).copied().unwrap_or(0)
            }
            (Pick::Right(number) | Pick::Anybody(number), _, _) => usize::from(number) % CAST.len(),
        }
    }
}
