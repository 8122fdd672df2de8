//! The sections of the navigation.

use crate::paths;

/// A section of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The customer's home.
    Home,
    /// The customer's support requests.
    SupportRequests,
    /// Support access requests that wait.
    PendingRequests,
    /// Live and recent access.
    ApprovedAccess,
    /// All support access requests.
    History,
    /// Data that support asked the customer to collect.
    DataCollections,
    /// The audit log.
    AuditLog,
    /// Settings of support access.
    Settings,
    /// Who can approve, and who holds which role.
    Approvers,
    /// Roles, for those whose organisation approves nothing.
    Roles,
    /// Where the tenant's people sign in besides their passkeys.
    IdentityProviders,
    /// API tokens.
    ApiTokens,
    /// The engineer's support requests.
    Desk,
    /// The manager's queue.
    Queue,
    /// The people of the tenant.
    People,
    /// The own account: passkeys and sessions.
    Account,
    /// The provider's engineers.
    Engineers,
    /// What support requests are filed under.
    ProblemTypes,
    /// The API reference.
    ApiReference,
}

impl Section {
    /// The name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Home => "Overview",
            Self::SupportRequests => "Support requests",
            Self::PendingRequests => "Pending requests",
            Self::ApprovedAccess => "Approved access",
            Self::History => "History",
            Self::DataCollections => "Data collections",
            Self::AuditLog => "Audit log",
            Self::Settings => "Settings",
            Self::Approvers => "Who can approve",
            Self::Roles => "Roles",
            Self::IdentityProviders => "Identity providers",
            Self::ApiTokens => "API tokens",
            Self::Desk => "My support requests",
            Self::Queue => "Queue",
            Self::People => "People",
            Self::Account => "My account",
            Self::Engineers => "Engineers",
            Self::ProblemTypes => "Kinds of problems",
            Self::ApiReference => "API reference",
        }
    }

    /// Where it is.
    #[must_use]
    pub fn href(self) -> String {
        match self {
            Self::Home => paths::home(),
            Self::SupportRequests => paths::support_requests(),
            Self::PendingRequests => paths::pending_requests(),
            Self::ApprovedAccess => paths::approved_access(),
            Self::History => paths::access_history(),
            Self::DataCollections => paths::data_collections(),
            Self::AuditLog => paths::audit_log(),
            Self::Settings => paths::access_policy(),
            Self::Approvers | Self::Roles => paths::roles(),
            Self::IdentityProviders => paths::identity_providers(),
            Self::ApiTokens => paths::api_tokens(),
            Self::Desk => paths::desk(),
            Self::Queue => paths::queue(),
            Self::People => paths::people(),
            Self::Account => paths::account(),
            Self::Engineers => paths::engineers(),
            Self::ProblemTypes => paths::problem_types(),
            Self::ApiReference => paths::docs(),
        }
    }
}

/// One link of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Its words.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Whether the page shown belongs to it.
    pub current: bool,
    /// How many things wait there; 0 shows nothing.
    pub count: u32,
}

/// The navigation of these sections. `waiting` stands beside *Pending requests*.
#[must_use]
pub fn navigation(sections: &[Section], current: Option<Section>, waiting: u32) -> Vec<NavItem> {
    sections
        .iter()
        .map(|section| NavItem {
            label: section.label().to_owned(),
            href: section.href(),
            current: Some(*section) == current,
            count: if *section == Section::PendingRequests { waiting } else { 0 },
        })
        .collect()
}
