//! Refused reads, for the log that may know of them.

use vouchsafe_core::read::DeniedReads;
use vouchsafe_core::scope::DataCategory;

use super::ReadQuery;
use crate::call::acting;
use crate::{App, AppError, Who};

impl App {
    /// Counts a refused read for the log that may know of it: S's for S's data; R's once R's side exists; else the
    /// provider's. A case that does not exist is nobody's.
    pub(super) async fn note_refusal(
        &self,
        who: Who,
        query: &ReadQuery,
        reason: &str,
    ) -> Result<(), AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        if !me.is_provider() {
            return Ok(());
        }
        let Some(request) = reader.desk_case(who.tenant, query.case).await? else { return Ok(()) };
        let case = reader.case(who.tenant, request.clone()).await?;
        let reached = case.sides.iter().any(|side| side.tenant == query.tenant);
        let log = if query.tenant == request.tenant || reached { query.tenant } else { who.tenant };
        drop(reader);
        let mut work = self.store.work().await?;
        let category = query.resource.schema().categories.first().copied();
        let denied = DeniedReads {
            log,
            tenant: query.tenant,
            support_request: query.case,
            category: category.unwrap_or(DataCategory::SignInLogs),
            reason: reason.to_owned(),
            at: work.now(),
            count: 1,
        };
        work.count_denied(&denied, who.tenant, who.user).await?;
        Ok(work.commit().await?)
    }
}
