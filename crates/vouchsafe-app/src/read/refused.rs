//! Refused reads, for the log that may know of them.

use vouchsafe_core::effective::ReadRefusal;
use vouchsafe_core::read::DeniedReads;
use vouchsafe_core::scope::DataCategory;

use super::{ReadQuery, Target};
use crate::call::acting;
use crate::{App, AppError, Who};

/// A read that was refused.
#[derive(Debug, Clone, Copy)]
pub(super) struct RefusedRead {
    /// What it was about.
    pub(super) target: Target,
    /// What was asked for.
    pub(super) category: DataCategory,
    /// The problem code of the answer.
    pub(super) reason: &'static str,
}

/// The problem code of a read without access.
pub(super) const fn code_of(refusal: ReadRefusal) -> &'static str {
    match refusal {
        ReadRefusal::GrantEnded => "grantEnded",
        ReadRefusal::NoLiveGrant | ReadRefusal::GrantPaused => "noLiveGrant",
    }
}

impl ReadQuery {
    pub(super) fn refused(&self, reason: &'static str) -> RefusedRead {
        let category = self.resource.schema().categories.first().copied();
        RefusedRead { target: self.target(), category: category.unwrap_or(DataCategory::SignInLogs), reason }
    }
}

impl App {
    /// Counts a refused read for the log that may know of it: S's for S's data; R's once R's side exists; else the
    /// provider's. A case that does not exist is nobody's.
    pub(super) async fn note_refusal(
        &self,
        who: Who,
        RefusedRead { target, category, reason }: RefusedRead,
    ) -> Result<(), AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        if !me.is_provider() {
            return Ok(());
        }
        let Some(request) = reader.desk_case(who.tenant, target.case).await? else { return Ok(()) };
        let case = reader.case(who.tenant, request.clone()).await?;
        let reached = case.sides.iter().any(|side| side.tenant == target.tenant);
        let log = if target.tenant == request.tenant || reached { target.tenant } else { who.tenant };
        drop(reader);
        let mut work = self.store.work().await?;
        let denied = DeniedReads {
            log,
            tenant: target.tenant,
            support_request: target.case,
            category,
            reason: reason.to_owned(),
            at: work.now(),
            count: 1,
        };
        work.count_denied(&denied, who.tenant, who.user).await?;
        Ok(work.commit().await?)
    }
}
