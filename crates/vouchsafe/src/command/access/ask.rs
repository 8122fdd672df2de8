//! `vouchsafe access ask`

use clap::Args;
use vouchsafe_client::api::access_request::{CreateAccessRequest, ReasonCode};
use vouchsafe_client::api::scope::DataCategory;
use vouchsafe_client::id::{SupportRequestId, TenantId};
use vouchsafe_client::time::Duration;

use crate::argument::{ScopeLimits, text, word};
use crate::failure::Failure;
use crate::session::Session;

/// Ask a tenant for access to its diagnostic data
#[derive(Debug, Args)]
pub(crate) struct Ask {
    /// The case it is for (sr_…)
    #[arg(long, value_name = "CASE")]
    case: SupportRequestId,
    /// Whose data
    #[arg(long, value_name = "TENANT")]
    tenant: TenantId,
    /// Which kind of data; repeat for more
    #[arg(long = "category", value_name = "CATEGORY", required = true, value_parser = word!(DataCategory))]
    categories: Vec<DataCategory>,
    /// Why, as a class
    #[arg(long, value_name = "REASON", default_value = "troubleshooting", value_parser = word!(ReasonCode))]
    reason_code: ReasonCode,
    /// Why, in 20 to 2,000 characters; - reads it from the standard input
    #[arg(long)]
    justification: String,
    /// How long, 15 minutes to 30 days, as ISO 8601
    #[arg(long, default_value = "P7D")]
    duration: Duration,
    #[command(flatten)]
    limits: ScopeLimits,
}

impl Ask {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let body = CreateAccessRequest {
            resource_tenant_id: self.tenant,
            data_categories: self.categories,
            reason_code: self.reason_code,
            justification: text(self.justification)?,
            duration: Some(self.duration),
            filter: self.limits.filter(),
        };
        let answer = session.client.ask_access(self.case, &body).await?;
        session.out.answer(&answer, |request| format!("Asked: {} is {}.", request.id, request.status))
    }
}
