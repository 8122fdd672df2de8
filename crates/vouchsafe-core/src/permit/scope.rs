//! How far lists reach.

use super::Relation::{AssignedEngineer, Desk, Intake, OwnTenant};
use super::{Action, Caller, Denied, Permit, Relation, SEES_ACCESS, SEES_CASE, SEES_COLLECTION};
use crate::id::{TenantId, UserId};
use crate::permission::Permission;
use crate::tenant::TenantKind;

/// How far a list reaches. Made from a caller or a spent permit alone; every finder of the store takes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    reach: Reach,
}

/// Which rows a list may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those of this tenant.
    Tenant(TenantId),
    /// Those of the cases that this engineer works on, or asked for.
    Engineer {
        /// The provider.
        provider: TenantId,
        /// The engineer.
        engineer: UserId,
    },
    /// Those of every case that this provider serves.
    Desk(TenantId),
    /// Those of the cases that came from elsewhere and that this provider serves.
    Intake(TenantId),
}

impl Scope {
    /// Support requests.
    ///
    /// # Errors
    /// [`Denied::Forbidden`]: that the list exists is no secret, what is in it may be.
    pub fn of_cases(caller: &Caller, kind: TenantKind) -> Result<Self, Denied> {
        Self::under(caller, kind, SEES_CASE)
    }

    /// Access requests and grants.
    ///
    /// # Errors
    /// As [`Scope::of_cases`].
    pub fn of_access(caller: &Caller, kind: TenantKind) -> Result<Self, Denied> {
        Self::under(caller, kind, SEES_ACCESS)
    }

    /// Data collections.
    ///
    /// # Errors
    /// As [`Scope::of_cases`].
    pub fn of_collections(caller: &Caller, kind: TenantKind) -> Result<Self, Denied> {
        Self::under(caller, kind, SEES_COLLECTION)
    }

    fn under(caller: &Caller, kind: TenantKind, rules: &[(Relation, Permission)]) -> Result<Self, Denied> {
        let holds = |relation: Relation| {
            caller.person.active
                && rules
                    .iter()
                    .any(|(needed, permission)| *needed == relation && caller.permissions.allow(*permission))
        };
        let (tenant, engineer) = (caller.person.tenant, caller.person.id);
        let reach = match kind {
            TenantKind::Customer if holds(OwnTenant) => Reach::Tenant(tenant),
            TenantKind::Provider if holds(Desk) => Reach::Desk(tenant),
            TenantKind::Provider if holds(AssignedEngineer) => Reach::Engineer { provider: tenant, engineer },
            TenantKind::Provider if holds(Intake) => Reach::Intake(tenant),
            TenantKind::Customer | TenantKind::Provider => return Err(Denied::Forbidden),
        };
        Ok(Self { reach })
    }

    /// The rows of the tenant that a spent look at `permit`'s tenant allows: its log, its reads, its sign-ins.
    pub fn of_tenant<A: Action<Subject = TenantId>>(permit: Permit<A>) -> Self {
        Self { reach: Reach::Tenant(permit.subject) }
    }

    /// Which rows.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.reach
    }
}
