//! The sweeper: records for people what time has ended or paused. Nothing is enforced by it; being late changes nothing.

use vouchsafe_core::audit::Initiator;
use vouchsafe_core::case::record_expiry;
use vouchsafe_core::consent::Consent;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::pace;
use vouchsafe_core::permit::{RecordDenied, RecordExpiry, for_service};
use vouchsafe_core::read::record_denied;

use crate::{App, AppError};

/// Records of a tenant, of each kind, that one sweep looks at.
const SWEEP_MAX: u32 = 500;

impl App {
    /// Records every expiry that is due and writes the entries of refused reads of past minutes. Gives the number of
    /// records it found due; more than 0 means that another sweep may find more. Each tenant has its own transaction
    /// and its own limit: what one has, or what fails there, delays no other.
    ///
    /// # Errors
    /// The first [`AppError`]; what was recorded for others stays.
    pub async fn sweep(&self) -> Result<usize, AppError> {
        let (due, idle, denied) = {
            let mut reader = self.store.read()?;
            let now = reader.now();
            let idle = reader.tenants_idle(now).await?;
            (reader.tenants_due(now).await?, idle, reader.logs_of_denied(now).await?)
        };
        let mut swept = Ok(0);
        for tenant in due {
            let recorded = self.record_due(tenant).await;
            swept = swept.and_then(|sum| recorded.map(|found| sum + found));
        }
        for tenant in idle {
            let recorded = self.record_idle(tenant).await;
            swept = swept.and_then(|sum| recorded.map(|found| sum + found));
        }
        for tenant in denied {
            let recorded = self.record_refusals(tenant).await;
            swept = swept.and_then(|sum| recorded.map(|()| sum));
        }
        let delivered = self.deliver_collections().await;
        swept.and_then(|sum| delivered.map(|found| sum + found))
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

    /// Records one tenant's expiries in one transaction; gives how many were due.
    async fn record_due(&self, tenant: TenantId) -> Result<usize, AppError> {
        let mut work = self.work_on([tenant].into()).await?;
        let now = work.now();
        let (sides_due, requests_due) = work.due(tenant, now, SWEEP_MAX).await?;
        let due = sides_due.len() + requests_due.len();
        let mut sides = Vec::new();
        for side in sides_due {
            let grant = match side.approval().and_then(|approval| approval.grant) {
                Some(id) => work.grant(tenant, id).await?,
                None => None,
            };
            sides.push((side, grant));
        }
        let mut consents = Vec::new();
        for request in requests_due {
            let grant = match request.consent {
                Consent::Given { grant, .. } => work.grant(tenant, grant).await?,
                Consent::None | Consent::AwaitingApproval { .. } | Consent::Expired { .. } => None,
            };
            consents.push((request, grant));
        }
        let permit = for_service::<RecordExpiry>(work.id(), tenant);
        let decided = record_expiry(tenant, &sides, &consents, &work.context(Initiator::Service));
        work.record(permit, decided).await?;
        work.commit().await?;
        Ok(due)
    }

    /// Records one tenant's pauses of idleness in one transaction; gives how many there were.
    async fn record_idle(&self, tenant: TenantId) -> Result<usize, AppError> {
        let mut work = self.work_on([tenant].into()).await?;
        let now = work.now();
        let grants = work.idle_grants(tenant, now, SWEEP_MAX).await?;
        let permit = for_service::<RecordExpiry>(work.id(), tenant);
        let decided = pace::record_idle(tenant, &grants, &work.context(Initiator::Service));
        work.record(permit, decided).await?;
        work.commit().await?;
        Ok(grants.len())
    }

    /// Turns counts of refused reads into entries of one tenant's log.
    async fn record_refusals(&self, tenant: TenantId) -> Result<(), AppError> {
        let mut work = self.work_on([tenant].into()).await?;
        for (denied, engineer_tenant, engineer) in work.take_denied(tenant, SWEEP_MAX).await? {
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
