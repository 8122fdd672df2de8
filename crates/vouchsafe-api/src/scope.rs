//! What is asked for and what is approved: categories, rows, time.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::time::{Duration, Timestamp};

use crate::wire_enum::wire_enum;

/// A scope: these categories, of these rows, for so long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Which kinds of data.
    pub data_categories: Vec<DataCategory>,
    /// Which rows of them; null means all.
    #[schema(required = true)]
    pub filter: Option<DataFilter>,
    /// How long, counted from the last approval.
    #[schema(value_type = String, format = "duration", example = "PT8H")]
    pub duration: Duration,
}

/// Limits the rows of a scope. A member that is absent does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataFilter {
    /// Only events at or after this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub data_from: Option<Timestamp>,
    /// Only events before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub data_to: Option<Timestamp>,
    /// Only records about these people: object ids or user principal names, at most 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<String>>,
}

wire_enum! {
    /// A kind of diagnostic data (`lifecycle.md`, *Effective access*).
    DataCategory {
        /// Tenant name, domains, licences, service health. Basic: needs no grant on the case's own tenant.
        TenantProfile = "tenantProfile",
        /// Users, groups, devices, applications, service principals, role assignments.
        DirectoryObjects = "directoryObjects",
        /// Conditional access, named locations, authentication methods, cross-tenant settings.
        ServiceConfiguration = "serviceConfiguration",
        /// Interactive, non-interactive, service principal and managed identity sign-ins.
        SignInLogs = "signInLogs",
        /// Imported directory audit events; never this product's own log.
        AuditLogs = "auditLogs",
        /// Device join and registration.
        DeviceRegistrationLogs = "deviceRegistrationLogs",
        /// Uploaded authenticator-app and client traces.
        ClientLogs = "clientLogs",
        /// Pseudonymous service telemetry.
        HealthTelemetry = "healthTelemetry",
    }
}
