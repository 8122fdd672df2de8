//! How long a tenant's imported events are kept.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::time::Duration;

use crate::body::not_null;

/// Answer of `GET /policies/diagnosticRetention`: 1 day to 10 years from the later of event and import, by category.
/// Directory objects and configuration stay until they are replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosticRetention {
    /// Sign-ins.
    #[schema(value_type = String, format = "duration", example = "P30D")]
    pub sign_in_logs: Duration,
    /// Directory audit events.
    #[schema(value_type = String, format = "duration", example = "P30D")]
    pub audit_logs: Duration,
    /// Device join and registration events.
    #[schema(value_type = String, format = "duration", example = "P30D")]
    pub device_registration_logs: Duration,
    /// Uploaded client traces.
    #[schema(value_type = String, format = "duration", example = "P30D")]
    pub client_logs: Duration,
    /// Service telemetry.
    #[schema(value_type = String, format = "duration", example = "P30D")]
    pub health_telemetry: Duration,
}

/// Body of `PATCH /policies/diagnosticRetention`. Absent members stay as they are; null is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateDiagnosticRetention {
    /// Sign-ins.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "duration", required = false)]
    pub sign_in_logs: Option<Duration>,
    /// Directory audit events.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "duration", required = false)]
    pub audit_logs: Option<Duration>,
    /// Device join and registration events.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "duration", required = false)]
    pub device_registration_logs: Option<Duration>,
    /// Uploaded client traces.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "duration", required = false)]
    pub client_logs: Option<Duration>,
    /// Service telemetry.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "duration", required = false)]
    pub health_telemetry: Option<Duration>,
}
