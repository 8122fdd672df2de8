//! Permissions: what a role's resource actions allow (`lifecycle.md`, *Who may do what*).

use crate::tenant::TenantKind;

/// The umbrella that in Entra covers everything about support tickets.
pub const TICKET_UMBRELLA: &str = "microsoft.azure.supportTickets/allEntities/allTasks";

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $action:literal $(, $umbrella:ident)?;)*) => {
        /// One thing that an account may do in its own tenant.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $($(#[$doc])* $name,)* }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The resource action that stands for it.
            #[must_use]
            pub const fn action(self) -> &'static str { match self { $(Self::$name => $action,)* } }

            /// Whether the ticket umbrella covers it, in tenants that leave the umbrella open.
            #[must_use]
            pub const fn is_under_umbrella(self) -> bool {
                match self { $(Self::$name => permissions!(@umbrella $($umbrella)?),)* }
            }
        }
    };
    (@umbrella umbrella) => { true };
    (@umbrella) => { false };
}

permissions! {
    /// Open, update, close and reopen support requests; take part in their conversation.
    ManageRequests = "vouchsafe.support/requests/manage", umbrella;
    /// Give or take back consent.
    Consent = "vouchsafe.support/requests/consent", umbrella;
    /// See access requests and grants.
    ReadAccessRequests = "vouchsafe.support/accessRequests/read", umbrella;
    /// Approve or reject access requests.
    ApproveAccess = "vouchsafe.support/accessRequests/approve", umbrella;
    /// Remove access.
    RemoveAccess = "vouchsafe.support/accessRequests/remove", umbrella;
    /// Prepare and submit data collections.
    ManageCollections = "vouchsafe.support/dataCollections/manage", umbrella;
    /// Read the tenant's audit log, read records and receipts.
    ReadAuditLog = "microsoft.directory/auditLogs/allProperties/read";
    /// Read the tenant's own sign-in logs.
    ReadSignIns = "microsoft.directory/signInReports/allProperties/read";
    /// Bring diagnostic data in.
    ImportRecords = "vouchsafe.diagnostics/records/import";
    /// Change the tenant's support access settings.
    ManagePolicy = "vouchsafe.support/policy/update";
    /// See the tenant's people.
    ReadUsers = "microsoft.directory/users/standard/read";
    /// Add people to the tenant.
    CreateUsers = "microsoft.directory/users/create";
    /// Change what is written of the tenant's people.
    UpdateUsers = "microsoft.directory/users/basic/update";
    /// Enable and disable accounts of the tenant.
    DisableUsers = "microsoft.directory/users/disable";
    /// Hand out one-time passes for passkeys, and remove other people's passkeys.
    ManageSignIn = "microsoft.directory/users/authenticationMethods/create";
    /// Delete people of the tenant, and erase them for good.
    EraseUsers = "microsoft.directory/users/delete";
    /// Define roles, and give them to people or take them back.
    ManageRoles = "microsoft.directory/roleAssignments/allProperties/allTasks";
    /// See and end everybody's API tokens, and make those of service accounts.
    ManageTokens = "vouchsafe.directory/apiTokens/manage";
    /// Ask the decision point for others.
    EvaluateDecisions = "vouchsafe.support/decisions/evaluate";
    /// Work on support requests as an engineer.
    WorkRequests = "vouchsafe.provider/requests/work";
    /// Enter and close support requests that came from elsewhere.
    EnterRequests = "vouchsafe.provider/intake/create";
    /// See the queue and assign requests.
    ManageQueue = "vouchsafe.provider/queue/manage";
    /// Look after tenants, staff and operation.
    ManageProvider = "vouchsafe.provider/tenants/manage";
}

impl Permission {
    /// The permission that this resource action stands for, without wildcards.
    #[must_use]
    pub fn of_action(action: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.action() == action)
    }

    /// Whether a tenant of this kind can give it to its people.
    #[must_use]
    pub const fn is_for(self, kind: TenantKind) -> bool {
        match self {
            Self::ManageRequests
            | Self::Consent
            | Self::ReadAccessRequests
            | Self::ApproveAccess
            | Self::RemoveAccess
            | Self::ManageCollections
            | Self::ReadSignIns
            | Self::ImportRecords => matches!(kind, TenantKind::Customer),
            Self::ReadAuditLog
            | Self::ManagePolicy
            | Self::EraseUsers
            | Self::ReadUsers
            | Self::CreateUsers
            | Self::UpdateUsers
            | Self::DisableUsers
            | Self::ManageSignIn
            | Self::ManageRoles
            | Self::ManageTokens => true,
            Self::EvaluateDecisions
            | Self::WorkRequests
            | Self::EnterRequests
            | Self::ManageQueue
            | Self::ManageProvider => matches!(kind, TenantKind::Provider),
        }
    }

    const fn bit(self) -> u64 {
        1 << self as u32
    }
}

/// A set of permissions: what one account may do now, or what a token is limited to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Permissions(u64);

// Each permission has a bit of its own.
const _: () = assert!(Permission::ALL.len() <= 64);

impl Permissions {
    /// What these resource actions allow in a tenant that leaves the ticket umbrella open, or not.
    pub fn of<'a>(actions: impl IntoIterator<Item = &'a str>, umbrella_open: bool) -> Self {
        let mut allowed = Self::default();
        for action in actions {
            let umbrella = umbrella_open && matches(action, TICKET_UMBRELLA);
            let granted = |permission: &Permission| {
                matches(action, permission.action()) || (umbrella && permission.is_under_umbrella())
            };
            allowed = allowed.with(Permission::ALL.iter().copied().filter(granted).collect());
        }
        allowed
    }

    /// These and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of these that are among `other`, too.
    #[must_use]
    pub const fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether this is among them.
    #[must_use]
    pub const fn allow(&self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// All of them, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = Permission> + '_ {
        Permission::ALL.iter().copied().filter(|permission| self.allow(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(all: I) -> Self {
        Self(all.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

/// Whether a granted resource action covers a wanted one. `allEntities`, `allProperties` and `allTasks` stand for
/// any entity, property set or task of their segment; `allEntities` without a property set covers all of them.
fn matches(granted: &str, wanted: &str) -> bool {
    let granted: Vec<&str> = granted.split('/').collect();
    let wanted: Vec<&str> = wanted.split('/').collect();
    let ([g_space, g_middle @ .., g_task], [w_space, w_middle @ .., w_task]) =
        (granted.as_slice(), wanted.as_slice())
    else {
        return false;
    };
    let tasks = g_task == w_task || *g_task == "allTasks";
    let middle = match g_middle {
        ["allEntities"] => !w_middle.is_empty(),
        _ => {
            g_middle.len() == w_middle.len()
                && g_middle.iter().zip(w_middle).enumerate().all(|(i, (granted, wanted))| {
                    granted == wanted || *granted == if i == 0 { "allEntities" } else { "allProperties" }
                })
        }
    };
    g_space == w_space && tasks && middle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_cover_their_own_segment_only() {
        for (granted, wanted, expected) in [
            ("a.b/users/standard/read", "a.b/users/standard/read", true),
            ("a.b/users/allProperties/read", "a.b/users/standard/read", true),
            ("a.b/users/allProperties/allTasks", "a.b/users/standard/read", true),
            ("a.b/allEntities/allTasks", "a.b/users/standard/read", true),
            ("a.b/allEntities/allTasks", "a.b/users/read", true),
            ("a.b/allEntities/read", "a.b/users/update", false),
            ("a.b/users/read", "a.b/users/standard/read", false),
            ("a.b/users/standard/read", "a.b/users/read", false),
            ("a/allEntities/allTasks", "a.b/users/read", false),
            ("allEntities/allTasks", "a.b/users/read", false),
            ("allTasks", "a.b/users/read", false),
            ("", "", false),
        ] {
            assert_eq!(matches(granted, wanted), expected, "{granted} covers {wanted}");
        }
    }

    #[test]
    fn the_umbrella_covers_support_only_and_only_where_left_open() {
        let open = Permissions::of([TICKET_UMBRELLA], true);
        assert!(open.allow(Permission::ApproveAccess) && open.allow(Permission::Consent));
        assert!(!open.allow(Permission::ReadAuditLog) && !open.allow(Permission::WorkRequests));
        assert_eq!(Permissions::of([TICKET_UMBRELLA], false), Permissions::default());
    }
}
