//! What people and programs do to a directory, in the names of Microsoft's list of audit activities.

/// The service that joins devices.
pub(super) const REGISTRATION: &str = "Device Registration Service";
const DIRECTORY: &str = "Core Directory";
const METHODS: &str = "Authentication Methods";

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Administrator,
    /// The person whom it is about.
    Oneself,
    Program,
}

/// What it is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    User,
    /// A user and a group.
    Membership,
    Device,
    /// A device and its user.
    Ownership,
    App,
}

/// An activity of the audit log.
#[derive(Debug)]
pub(super) struct Activity {
    pub(super) name: &'static str,
    pub(super) service: &'static str,
    pub(super) category: &'static str,
    pub(super) operation: &'static str,
    pub(super) reason: &'static str,
    /// The property that it changes.
    pub(super) property: Option<&'static str>,
    pub(super) by: By,
    pub(super) target: Target,
}

/// An activity of the directory itself.
const fn directory(
    category: &'static str,
    name: &'static str,
    operation: &'static str,
    property: Option<&'static str>,
    by: By,
    target: Target,
) -> Activity {
    Activity { name, service: DIRECTORY, category, operation, reason: "", property, by, target }
}

/// Somebody's own methods of signing in.
const fn method(name: &'static str, operation: &'static str, reason: &'static str, by: By) -> Activity {
    Activity {
        name,
        service: METHODS,
        category: "UserManagement",
        operation,
        reason,
        property: None,
        by,
        target: Target::User,
    }
}

const fn device(name: &'static str, operation: &'static str, by: By) -> Activity {
    Activity {
        name,
        service: REGISTRATION,
        category: "Device",
        operation,
        reason: "",
        property: None,
        by,
        target: Target::Device,
    }
}

/// With which the incident begins.
pub(super) const POLICY_CHANGE: Activity = Activity {
    name: "Update conditional access policy",
    service: "Conditional Access",
    category: "Policy",
    operation: "Update",
    reason: "",
    property: None,
    by: By::Administrator,
    target: Target::User,
};

use By::{Administrator, Oneself, Program};
use Target::{App, Device, Membership, Ownership, User};

const USERS: &str = "UserManagement";
const GROUPS: &str = "GroupManagement";
const APPS: &str = "ApplicationManagement";
const DEVICES: &str = "Device";

/// Everyday activities with their weights.
pub(super) static ACTIVITIES: [(u32, Activity); 17] = [
    (30, directory(USERS, "Update user", "Update", Some("TelephoneNumber"), Program, User)),
    (12, directory(USERS, "Update user", "Update", Some("Department"), Administrator, User)),
    (
        14,
        directory(
            GROUPS,
            "Add member to group",
            "Assign",
            Some("Group.DisplayName"),
            Administrator,
            Membership,
        ),
    ),
    (
        5,
        directory(
            GROUPS,
            "Remove member from group",
            "Unassign",
            Some("Group.DisplayName"),
            Administrator,
            Membership,
        ),
    ),
    (8, directory(USERS, "Reset user password", "Update", None, Administrator, User)),
    (10, directory(USERS, "Change user password", "Update", None, Oneself, User)),
    (8, directory(USERS, "Change user license", "Update", None, Administrator, User)),
    (9, directory(DEVICES, "Update device", "Update", Some("IsCompliant"), Program, Device)),
    (3, directory(DEVICES, "Add registered owner to device", "Assign", None, Oneself, Ownership)),
    (3, directory(DEVICES, "Add registered users to device", "Assign", None, Oneself, Ownership)),
    (4, directory(APPS, "Consent to application", "Assign", None, Oneself, App)),
    (
        3,
        directory(
            APPS,
            "Update service principal",
            "Update",
            Some("AppRoleAssignmentRequired"),
            Administrator,
            App,
        ),
    ),
    (2, directory(APPS, "Add app role assignment to service principal", "Assign", None, Administrator, App)),
    (
        11,
        method(
            "User registered security info",
            "Add",
            "User registered Authenticator App with notification and code",
            Oneself,
        ),
    ),
    (3, method("User deleted security info", "Delete", "User deleted Mobile Phone SMS", Oneself)),
    (
        2,
        method(
            "Admin registered security info",
            "Add",
            "Admin registered temporary access pass method for user",
            Administrator,
        ),
    ),
    (
        2,
        method(
            "User changed default security info",
            "Update",
            "User changed the default security info",
            Oneself,
        ),
    ),
];

/// Activities of the Device Registration Service with their weights.
pub(super) static REGISTRATIONS: [(u32, Activity); 4] = [
    (60, device("Register device", "Add", Oneself)),
    (28, device("Update local administrator password", "Update", Program)),
    (9, device("Unregister device", "Delete", Oneself)),
    (3, device("Recover device local administrator password", "Read", Administrator)),
];
