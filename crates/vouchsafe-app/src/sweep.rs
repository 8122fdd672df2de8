//! The sweeper: records for people what time has ended. Nothing is enforced by it; being late changes nothing.

use std::collections::BTreeSet;

use vouchsafe_core::audit::Initiator;
use vouchsafe_core::case::record_expiry;
use vouchsafe_core::consent::Consent;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::{RecordDenied, RecordExpiry, for_service};
use vouchsafe_core::read::record_denied;

use crate::{App, AppError};

/// Records that one sweep looks at.
const SWEEP_MAX: u32 = 500;

impl App {
    /// Records every expiry that is due and writes the entries of refused reads of past minutes. Gives the number of
    /// records it found due; more than 0 means that another sweep may find more.
    ///
    /// # Errors
    /// [`AppError`]; what was recorded before it stays.
    pub async fn sweep(&self) -> Result<usize, AppError> {
        let (sides, consents) = {
            let mut reader = self.store.read()?;
            let now = reader.now();
            reader.due(now, SWEEP_MAX).await?
        };
        let due = sides.len() + consents.len();
        let sides_of = sides.iter().map(|side| side.tenant);
        let tenants: BTreeSet<TenantId> =
            sides_of.chain(consents.iter().map(|request| request.tenant)).collect();
        for tenant in tenants {
            self.record_due(tenant).await?;
        }
        self.record_refusals().await?;
        Ok(due)
    }

    /// Deletes sessions, remembered answers and outbox items that are past their time. Nothing rests on it.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn forget_expired(&self) -> Result<(), AppError> {
        let mut work = self.store.work().await?;
        work.forget_expired().await?;
        Ok(work.commit().await?)
    }

    /// Records one tenant's expiries in one transaction.
    async fn record_due(&self, tenant: TenantId) -> Result<(), AppError> {
        let mut work = self.work_on([tenant].into()).await?;
        let now = work.now();
        let (all_sides, all_requests) = work.due(now, SWEEP_MAX).await?;
        let mut sides = Vec::new();
        for side in all_sides.into_iter().filter(|side| side.tenant == tenant) {
            let grant = match side.approval().and_then(|approval| approval.grant) {
                Some(id) => work.grant(tenant, id).await?,
                None => None,
            };
            sides.push((side, grant));
        }
        let mut consents = Vec::new();
        for request in all_requests.into_iter().filter(|request| request.tenant == tenant) {
            let grant = match request.consent {
                Consent::Given { grant, .. } => work.grant(tenant, grant).await?,
                Consent::None | Consent::AwaitingApproval { .. } | Consent::Expired { .. } => None,
            };
            consents.push((request, grant));
        }
        let permit = for_service::<RecordExpiry>(work.id(), tenant);
        let decided = record_expiry(tenant, &sides, &consents, &work.context(Initiator::Service));
        work.record(permit, decided).await?;
        Ok(work.commit().await?)
    }

    /// Turns counts of refused reads into entries.
    async fn record_refusals(&self) -> Result<(), AppError> {
        let tenants = {
            let mut reader = self.store.read()?;
            let now = reader.now();
            reader.logs_of_denied(now).await?
        };
        if tenants.is_empty() {
            return Ok(());
        }
        let mut work = self.work_on(tenants).await?;
        for (denied, engineer_tenant, engineer) in work.take_denied(SWEEP_MAX).await? {
            let initiator = match work.account(engineer_tenant, engineer).await? {
                Some(account) => Initiator::User(Box::new(account.person)),
                None => Initiator::Service,
            };
            let permit = for_service::<RecordDenied>(work.id(), denied.log);
            let decided = record_denied(denied, &work.context(initiator));
            work.record(permit, decided).await?;
        }
        Ok(work.commit().await?)
    }
}
