//! How fast data may be read: the limit on typed values, the pause when far more is read than was previewed, and the
//! tenant's word that lets a paused grant go on.

use vouchsafe_core::audit::Initiator;
use vouchsafe_core::effective::ReadRefusal;
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::GrantId;
use vouchsafe_core::pace as rules;
use vouchsafe_core::permit::{ConfirmGrant, Facts, RecordPause, authorize, for_service};
use vouchsafe_core::read::ReadRecord;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_store::Work;

use crate::call::{Acting, finish, replayed, shown_after_commit, unchanged};
use crate::case::lost;
use crate::view::{GrantView, Rows};
use crate::votes::works_for_provider;
use crate::{App, AppError, Call};

impl App {
    /// Holds a read against what it may type and how much its grant may give, in the read's own transaction and before
    /// anything leaves. Gives the transaction back if the read may go on; what the reads of a grant returned is counted
    /// when the read is recorded.
    pub(crate) async fn in_pace(
        &self,
        mut work: Work,
        grant: Option<&Grant>,
        read: &ReadRecord,
    ) -> Result<Work, AppError> {
        let basis = grant.map_or_else(|| read.support_request.to_string(), |grant| grant.id.to_string());
        if let Some(next_hour) = work.count_typed(read.tenant, &basis, &read.typed).await? {
            return Err(AppError::TooManyTyped { now: work.now(), next_hour });
        }
        let Some(grant) = grant else { return Ok(work) };
        let returned = u64::try_from(read.record_ids.len()).unwrap_or(u64::MAX);
        if grant.usage.at_most().saturating_add(returned) <= grant.records_max {
            return Ok(work);
        }
        // The cheap count may have counted records twice: only now is it worth to look.
        let (before, with_these) = work.distinct_records(grant.tenant, grant.id, &read.record_ids).await?;
        if with_these <= grant.records_max {
            work.keep_count(grant, before).await?;
            return Ok(work);
        }
        self.paused(work, grant).await
    }

    /// Records that the grant is paused; the read is refused.
    async fn paused(&self, mut work: Work, grant: &Grant) -> Result<Work, AppError> {
        let permit = for_service::<RecordPause>(work.id(), grant.id);
        let decided = rules::pause(grant, &work.context(Initiator::Service))?;
        work.record(permit, decided).await?;
        work.commit().await?;
        self.end_access(&[grant.id]).await;
        Err(ReadRefusal::GrantPaused.into())
    }

    /// The tenant of the data lets a paused grant go on.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn confirm_grant(&self, call: &Call, id: GrantId) -> Result<GrantView, AppError> {
        let tenant = call.who.tenant;
        let (mut work, me, grant) = self.own_grant(call.who, id).await?;
        let permit = authorize::<ConfirmGrant>(Facts::of_grant(work.id(), &me.caller, &grant), id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, grant.version)?;
        not_of_the_provider(&mut work, &me).await?;
        let (read, _) = work.distinct_records(tenant, id, &[]).await?;
        let decided = rules::confirm(&grant, read, &me.caller.person, &me.tenant.policy, &me.context(&work))?;
        let rows = Rows(work.record(permit, decided).await?);
        let grant = rows.grant().cloned().ok_or_else(lost)?;
        let seen = work.now();
        finish(work, call, GrantView::of(grant, seen)).await
    }
}

/// Nobody whose account is linked to one of the provider decides for a customer.
pub(crate) async fn not_of_the_provider(work: &mut Work, me: &Acting) -> Result<(), AppError> {
    if linked_to_provider(work, me).await? {
        return Err(Rejection::Forbidden("the provider's own people do not decide for a customer").into());
    }
    Ok(())
}

/// Whether the caller's account and one of the provider are one person.
pub(crate) async fn linked_to_provider(work: &mut Work, me: &Acting) -> Result<bool, AppError> {
    Ok(works_for_provider(work, me.tenant.id, me.caller.person.id).await?)
}
