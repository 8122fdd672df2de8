//! What entries are filed under, and the names by which people ask for them.

use super::Activity;

/// The category of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditCategory {
    /// Requests, approvals, grants, consent.
    SupportAccessManagement,
    /// Reads of diagnostic data.
    SupportDataAccess,
    /// Cases.
    SupportRequestManagement,
    /// Accounts, tokens.
    UserManagement,
    /// Roles and who holds them.
    RoleManagement,
    /// Tenants, and their identity providers.
    DirectoryManagement,
    /// Settings.
    Policy,
}

impl AuditCategory {
    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SupportAccessManagement => "SupportAccessManagement",
            Self::SupportDataAccess => "SupportDataAccess",
            Self::SupportRequestManagement => "SupportRequestManagement",
            Self::UserManagement => "UserManagement",
            Self::RoleManagement => "RoleManagement",
            Self::DirectoryManagement => "DirectoryManagement",
            Self::Policy => "Policy",
        }
    }

    /// The stored name for a name that a caller filters by: Entra's own `MicrosoftSupportAccessManagement`
    /// finds the same entries as ours.
    #[must_use]
    pub fn canonical(name: &str) -> &str {
        if name == "MicrosoftSupportAccessManagement" { Self::SupportAccessManagement.name() } else { name }
    }
}

impl Activity {
    /// The activity of this name. Entra's names of September 2023 are understood too.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = match name {
            "Approval approved" => "Access approved",
            "Approval removed" => "Access removed",
            name => name,
        };
        Self::ALL.iter().copied().find(|activity| activity.name() == name)
    }

    /// Whether it belongs to the lifecycle of access, which who may approve may read without the audit permission.
    #[must_use]
    pub const fn is_access_lifecycle(self) -> bool {
        matches!(self.category(), AuditCategory::SupportAccessManagement)
    }
}
