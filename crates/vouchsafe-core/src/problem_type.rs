//! The tree of problem types that a support request can be filed under.

/// A node of the tree; its id is the path from the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemType {
    /// Path such as `signIn/conditionalAccess`.
    pub id: &'static str,
    /// Name shown to people.
    pub display_name: &'static str,
}

/// The seeded problem types of the service `identity`; parents stand before their children.
pub const PROBLEM_TYPES: &[ProblemType] = &[
    ProblemType { id: "signIn", display_name: "Sign-in" },
    ProblemType { id: "signIn/conditionalAccess", display_name: "Conditional Access" },
    ProblemType { id: "signIn/multifactorAuthentication", display_name: "Multifactor authentication" },
    ProblemType { id: "signIn/passwordReset", display_name: "Password reset and lock-out" },
    ProblemType { id: "signIn/singleSignOn", display_name: "Single sign-on to an application" },
    ProblemType { id: "directory", display_name: "Directory" },
    ProblemType {
        id: "directory/synchronization",
        display_name: "Synchronization with an on-premises directory",
    },
    ProblemType { id: "directory/groups", display_name: "Groups and dynamic membership" },
    ProblemType { id: "directory/provisioning", display_name: "User provisioning" },
    ProblemType { id: "devices", display_name: "Devices" },
    ProblemType { id: "devices/registration", display_name: "Device registration and join" },
    ProblemType { id: "applications", display_name: "Applications" },
    ProblemType { id: "applications/consent", display_name: "Application consent and permissions" },
];

/// The name shown to people; the id itself where it is not known any more.
#[must_use]
pub fn display_name(id: &str) -> &str {
    PROBLEM_TYPES.iter().find(|known| known.id == id).map_or(id, |known| known.display_name)
}

/// Whether a request can be filed under this id.
#[must_use]
pub fn is_known(id: &str) -> bool {
    PROBLEM_TYPES.iter().any(|known| known.id == id)
}
