//! Kinds of records.

use std::fmt;
use std::str::FromStr;

/// A kind of record that the generator makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The tenant itself.
    Organization,
    /// People and guests.
    User,
    /// Groups.
    Group,
    /// Devices.
    Device,
    /// The organisation's own apps.
    Application,
    /// What apps are in the tenant.
    ServicePrincipal,
    /// Networks and countries with a name.
    NamedLocation,
    /// Conditional access.
    ConditionalAccessPolicy,
    /// How people may prove who they are.
    AuthenticationMethodsPolicy,
    /// Which other tenants are trusted.
    CrossTenantAccessPolicy,
    /// Sign-ins.
    SignIn,
    /// Directory audits, those of device registration among them.
    DirectoryAudit,
    /// Traces of apps on people's devices.
    ClientLog,
    /// Telemetry of the service.
    HealthTelemetry,
}

/// A text that names no kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of record")]
pub struct UnknownKind;

impl Kind {
    /// All kinds, in the order in which they are written.
    pub const ALL: [Self; 14] = [
        Self::Organization,
        Self::User,
        Self::Group,
        Self::Device,
        Self::Application,
        Self::ServicePrincipal,
        Self::NamedLocation,
        Self::ConditionalAccessPolicy,
        Self::AuthenticationMethodsPolicy,
        Self::CrossTenantAccessPolicy,
        Self::SignIn,
        Self::DirectoryAudit,
        Self::ClientLog,
        Self::HealthTelemetry,
    ];

    /// Its name in Graph.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::User => "user",
            Self::Group => "group",
            Self::Device => "device",
            Self::Application => "application",
            Self::ServicePrincipal => "servicePrincipal",
            Self::NamedLocation => "namedLocation",
            Self::ConditionalAccessPolicy => "conditionalAccessPolicy",
            Self::AuthenticationMethodsPolicy => "authenticationMethodsPolicy",
            Self::CrossTenantAccessPolicy => "crossTenantAccessPolicy",
            Self::SignIn => "signIn",
            Self::DirectoryAudit => "directoryAudit",
            Self::ClientLog => "clientLog",
            Self::HealthTelemetry => "healthTelemetry",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}
