//! Giving roles to people and taking them back (Graph's `unifiedRoleAssignment`), and who is left to do it.

use super::{Assignment, by_template_id};
use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::UserId;
use crate::permission::{Permission, Permissions};
use crate::permit::{ManageRoles, RecordApprovers};
use crate::rejection::Rejection;
use crate::role::custom::CustomRole;
use crate::setup::Account;
use crate::tenant::{Tenant, TenantKind};
use crate::time::{Duration, Timestamp};

/// Roles that one account may hold.
pub const ROLES_OF_ONE_MAX: usize = 50;
/// Assignments of one tenant. Far more than people who need a role for support.
pub const ASSIGNMENTS_MAX: usize = 10_000;
/// The shortest time for which a role can be given.
pub const HELD_MIN: Duration = Duration::minutes(5);

/// Refuses what one tenant cannot hold besides.
///
/// # Errors
/// [`Rejection::Invalid`].
pub fn must_have_room(assignments: usize) -> Result<(), Rejection> {
    if assignments < ASSIGNMENTS_MAX {
        return Ok(());
    }
    let message =
        format!("would be one more than the {ASSIGNMENTS_MAX} assignments that an organisation may have");
    Err(Rejection::invalid("principalId", message))
}

/// A role that can be given: one of the product, or one of the tenant's own.
#[derive(Debug, Clone, Copy)]
pub enum Role<'a> {
    /// It comes with the product.
    BuiltIn(&'static super::RoleDefinition),
    /// The tenant has defined it.
    Custom(&'a CustomRole),
}

impl<'a> Role<'a> {
    /// The role of this id, among the product's and these.
    #[must_use]
    pub fn find(id: &str, custom: &'a [CustomRole]) -> Option<Self> {
        let own = || custom.iter().find(|role| role.id.to_string() == id).map(Self::Custom);
        by_template_id(id).map(Self::BuiltIn).or_else(own)
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::BuiltIn(role) => role.template_id.to_owned(),
            Self::Custom(role) => role.id.to_string(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn display_name(&self) -> &'a str {
        match self {
            Self::BuiltIn(role) => role.display_name,
            Self::Custom(role) => &role.display_name,
        }
    }

    /// What it allows.
    #[must_use]
    pub fn permissions(&self, umbrella_open: bool) -> Permissions {
        match self {
            Self::BuiltIn(role) => Permissions::of(role.actions.iter().copied(), umbrella_open),
            Self::Custom(role) => role.permissions(umbrella_open),
        }
    }
}

/// Somebody who holds a role that may manage roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRole {
    /// Who.
    pub user: UserId,
    /// Under which role.
    pub role: String,
    /// Until when; a limited one keeps nobody in office.
    pub ends: Option<Timestamp>,
}

/// Every assignment to an active account of a role that may manage roles.
#[derive(Debug, Clone, Default)]
pub struct Managers(pub Vec<HeldRole>);

impl Managers {
    /// Refuses what would leave nobody who may manage roles for good. Where there is nobody anyhow, nothing is refused.
    ///
    /// # Errors
    /// [`Rejection::Forbidden`].
    pub fn must_survive_without(&self, gone: impl Fn(&HeldRole) -> bool) -> Result<(), Rejection> {
        let mut lasting = self.0.iter().filter(|held| held.ends.is_none()).peekable();
        if lasting.peek().is_none() || lasting.any(|held| !gone(held)) {
            return Ok(());
        }
        Err(Rejection::Forbidden("somebody must be left who may manage roles for good"))
    }
}

/// Gives an account a role. Giving one again whose time was over is giving it anew; another end than before is a new end.
///
/// # Errors
/// [`Rejection::Invalid`] for a role or an end that cannot be; [`Rejection::Conflict`] if the account holds the role.
pub fn assign(
    account: &Account,
    kind: TenantKind,
    role: Role<'_>,
    ends: Option<Timestamp>,
    cx: &Context,
) -> Result<Decided<ManageRoles>, Rejection> {
    let field = "roleDefinitionId";
    match role {
        Role::BuiltIn(role) if !role.is_for(kind) => {
            return Err(Rejection::invalid(field, "names a role that is not for organisations of your kind"));
        }
        Role::Custom(role) if !role.enabled => {
            return Err(Rejection::invalid(field, "names a role that cannot be given: it is not enabled"));
        }
        Role::BuiltIn(_) | Role::Custom(_) => {}
    }
    if account.person.display_name.is_erased() {
        return Err(Rejection::invalid("principalId", "names somebody who was erased"));
    }
    if ends.is_some_and(|ends| ends < cx.now + HELD_MIN) {
        return Err(Rejection::invalid("endDateTime", format!("must be at least {HELD_MIN} from now")));
    }
    let id = role.id();
    if account.held(cx.now).any(|held| held == id) {
        return Err(Rejection::Conflict);
    }
    let mut roles: Vec<Assignment> =
        account.roles.iter().filter(|one| one.is_held(cx.now)).cloned().collect();
    if roles.len() >= ROLES_OF_ONE_MAX {
        let message = format!("names somebody who holds {ROLES_OF_ONE_MAX} roles already");
        return Err(Rejection::invalid("principalId", message));
    }
    roles.push(Assignment { role: id.clone(), ends });
    let (tenant, user) = (account.person.tenant, account.person.id);
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, Activity::RoleAssigned, user, None)
        .event(Event::RoleAssigned { user, role: id, ends })
        .put(Write::Account(Box::new(Account { person: account.person.clone(), roles })));
    Ok(draft.decided(tenant))
}

/// Takes a role back, at once.
///
/// # Errors
/// [`Rejection::AlreadyEnded`] if it is not held; [`Rejection::Forbidden`] if nobody would be left who may manage roles.
pub fn unassign(
    account: &Account,
    role: &str,
    managers: &Managers,
    cx: &Context,
) -> Result<Decided<ManageRoles>, Rejection> {
    let (tenant, user) = (account.person.tenant, account.person.id);
    if !account.held(cx.now).any(|held| held == role) {
        return Err(Rejection::AlreadyEnded);
    }
    managers.must_survive_without(|held| held.user == user && held.role == role)?;
    let roles = account.roles.iter().filter(|one| one.role != role).cloned().collect();
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, Activity::RoleUnassigned, user, None)
        .event(Event::RoleUnassigned { user, role: role.to_owned() })
        .put(Write::Account(Box::new(Account { person: account.person.clone(), roles })));
    Ok(draft.decided(tenant))
}

/// Whether this role's holders may approve access.
#[must_use]
pub fn may_approve(role: Role<'_>, umbrella_open: bool) -> bool {
    role.permissions(umbrella_open).allow(Permission::ApproveAccess)
}

/// Says in a tenant's log that fewer people can approve than an approval needs, which tells its people as well.
pub fn record_missing_approvers(tenant: &Tenant, able: u32, cx: &Context) -> Decided<RecordApprovers> {
    let required = tenant.policy.approvals.required;
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant.id, Activity::ApproversMissing, tenant.id, None)
        .event(Event::ApproversMissing { required, able });
    draft.decided(tenant.id)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::{Id as _, uuid_v7};

    fn held(user: u8, role: u8, limited: bool) -> HeldRole {
        let user = UserId::from_uuid(uuid_v7(Timestamp::from_millis(0), [user; 10]));
        HeldRole { user, role: role.to_string(), ends: limited.then(|| Timestamp::from_millis(9)) }
    }

    proptest! {
        /// Whatever is taken away, in whatever order: whoever manages roles for good is never the last to go.
        #[test]
        fn somebody_is_always_left_who_may_manage_roles(
            all in proptest::collection::vec((0u8..4, 0u8..3, any::<bool>()), 1..8),
            acts in proptest::collection::vec((0u8..4, 0u8..3, any::<bool>()), 0..20),
        ) {
            let mut managers = Managers(all.into_iter().map(|(user, role, limited)| held(user, role, limited)).collect());
            let lasting = |managers: &Managers| managers.0.iter().any(|held| held.ends.is_none());
            let had = lasting(&managers);
            for (user, role, whole) in acts {
                // A role is taken from one person, or from everybody.
                let (user, role) = (held(user, role, false).user, role.to_string());
                let gone = |held: &HeldRole| held.role == role && (whole || held.user == user);
                if managers.must_survive_without(gone).is_ok() {
                    managers.0.retain(|held| !gone(held));
                }
                prop_assert_eq!(lasting(&managers), had);
            }
        }
    }
}
