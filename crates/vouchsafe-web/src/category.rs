//! Categories of diagnostic data, in words.

/// A category of diagnostic data (lifecycle, *Effective access*).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// `tenantProfile`.
    TenantProfile,
    /// `directoryObjects`.
    DirectoryObjects,
    /// `serviceConfiguration`.
    ServiceConfiguration,
    /// `signInLogs`.
    SignInLogs,
    /// `auditLogs`.
    AuditLogs,
    /// `deviceRegistrationLogs`.
    DeviceRegistrationLogs,
    /// `clientLogs`.
    ClientLogs,
    /// `healthTelemetry`.
    HealthTelemetry,
}

impl Category {
    /// Every category, in the order in which pages show them.
    pub const ALL: [Self; 8] = [
        Self::SignInLogs,
        Self::AuditLogs,
        Self::DirectoryObjects,
        Self::ServiceConfiguration,
        Self::DeviceRegistrationLogs,
        Self::ClientLogs,
        Self::HealthTelemetry,
        Self::TenantProfile,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::TenantProfile => "tenantProfile",
            Self::DirectoryObjects => "directoryObjects",
            Self::ServiceConfiguration => "serviceConfiguration",
            Self::SignInLogs => "signInLogs",
            Self::AuditLogs => "auditLogs",
            Self::DeviceRegistrationLogs => "deviceRegistrationLogs",
            Self::ClientLogs => "clientLogs",
            Self::HealthTelemetry => "healthTelemetry",
        }
    }

    /// The category of this name on the wire.
    #[must_use]
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.value() == value)
    }

    /// The name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::TenantProfile => "Tenant profile",
            Self::DirectoryObjects => "Directory objects",
            Self::ServiceConfiguration => "Service configuration",
            Self::SignInLogs => "Sign-in logs",
            Self::AuditLogs => "Directory audit logs",
            Self::DeviceRegistrationLogs => "Device registration logs",
            Self::ClientLogs => "Client logs",
            Self::HealthTelemetry => "Service health telemetry",
        }
    }

    /// One line on what it holds.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::TenantProfile => {
                "Your organisation’s name, domains and licences, and the service’s health."
            }
            Self::DirectoryObjects => "Users, groups, devices and applications, and who holds which role.",
            Self::ServiceConfiguration => {
                "Conditional access and other policies, named locations, ways to sign in."
            }
            Self::SignInLogs => {
                "Who signed in to what, when, from where and on which device, and how it ended."
            }
            Self::AuditLogs => "Who changed what in your directory, and when.",
            Self::DeviceRegistrationLogs => "When devices joined or registered, and what went wrong.",
            Self::ClientLogs => "Traces that people uploaded from an authenticator app or another client.",
            Self::HealthTelemetry => "Technical measurements of the service. They do not name people.",
        }
    }
}

/// A category with a checkbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryChoice {
    /// The category.
    pub category: Category,
    /// Whether the box is ticked.
    pub checked: bool,
}
