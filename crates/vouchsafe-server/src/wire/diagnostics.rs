//! Imports, counts and retention of diagnostic objects.

use vouchsafe_api::import::{ImportResult, OtherTenant, Rejection};
use vouchsafe_api::retention::{DiagnosticRetention, UpdateDiagnosticRetention};
use vouchsafe_api::summary::SummaryBy;
use vouchsafe_app::{ImportReport, Rejected};
use vouchsafe_core::retention::Retention;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_store as store;

/// What came of an import.
pub(crate) fn import_result(report: ImportReport) -> ImportResult {
    let rejection = |Rejected { line, reason }| Rejection { line, reason };
    let other = |(tenant_id, records)| OtherTenant { tenant_id, records };
    ImportResult {
        id: report.id,
        received: report.received,
        imported: report.imported,
        already_present: report.already_present,
        rejected: report.rejected,
        rejections: report.rejections.into_iter().map(rejection).collect(),
        other_tenants: report.other_tenants.into_iter().map(other).collect(),
    }
}

/// What to count by.
pub(crate) fn summary_by(by: SummaryBy) -> store::SummaryBy {
    match by {
        SummaryBy::Hour => store::SummaryBy::Hour,
        SummaryBy::ErrorCode => store::SummaryBy::ErrorCode,
        SummaryBy::App => store::SummaryBy::App,
        SummaryBy::User => store::SummaryBy::User,
    }
}

/// How long events are kept.
pub(crate) fn retention(retention: &Retention) -> DiagnosticRetention {
    DiagnosticRetention {
        sign_in_logs: retention.of(DataCategory::SignInLogs),
        audit_logs: retention.of(DataCategory::AuditLogs),
        device_registration_logs: retention.of(DataCategory::DeviceRegistrationLogs),
        client_logs: retention.of(DataCategory::ClientLogs),
        health_telemetry: retention.of(DataCategory::HealthTelemetry),
    }
}

/// How long events are kept after a change.
pub(crate) fn changed_retention(old: Retention, change: UpdateDiagnosticRetention) -> Retention {
    let changes = [
        (DataCategory::SignInLogs, change.sign_in_logs),
        (DataCategory::AuditLogs, change.audit_logs),
        (DataCategory::DeviceRegistrationLogs, change.device_registration_logs),
        (DataCategory::ClientLogs, change.client_logs),
        (DataCategory::HealthTelemetry, change.health_telemetry),
    ];
    let given = changes.into_iter().filter_map(|(category, kept)| Some((category, kept?)));
    given.fold(old, |retention, (category, kept)| retention.with(category, kept))
}
