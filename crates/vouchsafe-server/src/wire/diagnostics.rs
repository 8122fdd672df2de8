//! Imports and counts of diagnostic objects.

use vouchsafe_api::import::{ImportResult, OtherTenant, Rejection};
use vouchsafe_api::summary::SummaryBy;
use vouchsafe_app::{ImportReport, Rejected};
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
