//! How long imported events are kept, and the job that deletes them.

use vouchsafe_core::audit::Initiator;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::{ChangePolicy, Facts, ReadPolicy, RecordRetention, authorize, for_service};
use vouchsafe_core::retention::{self as rules, EVENTS, Retention};
use vouchsafe_core::scope::DataCategory;

use crate::call::{acting, finish, shown_after_commit, unchanged};
use crate::case::LOOK;
use crate::{App, AppError, Call, Who, version_of};

/// Events that one transaction deletes at most.
const DELETED_AT_ONCE: u32 = 10_000;

impl App {
    /// How long the own tenant's events are kept.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn retention(&self, who: Who) -> Result<Retention, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let facts = Facts::own_tenant(LOOK, &me.caller);
        drop(authorize::<ReadPolicy>(facts, who.tenant).map_err(AppError::unhidden)?);
        Ok(me.tenant.retention.clone())
    }

    /// Changes how long the own tenant's events are kept.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn change_retention(
        &self,
        call: &Call,
        change: impl FnOnce(Retention) -> Retention,
    ) -> Result<Retention, AppError> {
        let mut work = self.work_on([call.who.tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let permit = authorize::<ChangePolicy>(facts, me.tenant.id).map_err(AppError::unhidden)?;
        unchanged(call, version_of(&me.tenant.retention))?;
        let retention = change(me.tenant.retention.clone());
        if retention == me.tenant.retention {
            return shown_after_commit(work, retention).await;
        }
        let decided = rules::change(&me.tenant, retention.clone(), &me.context(&work))?;
        work.record(permit, decided).await?;
        finish(work, call, retention).await
    }

    /// Deletes events whose time is over, tenant by tenant, and records how many. Gives the number of events. What
    /// fails for one tenant delays no other.
    ///
    /// # Errors
    /// The first [`AppError`]; what was deleted for others stays deleted.
    pub async fn delete_expired(&self) -> Result<u64, AppError> {
        let tenants = self.store.read()?.tenants().await?;
        let mut deleted = Ok(0);
        for tenant in tenants {
            for category in EVENTS {
                let gone = self.delete_expired_of(tenant, category).await;
                deleted = deleted.and_then(|sum: u64| gone.map(|gone| sum + gone));
            }
        }
        deleted
    }

    async fn delete_expired_of(&self, tenant: TenantId, category: DataCategory) -> Result<u64, AppError> {
        let before = {
            let mut reader = self.store.read()?;
            let Some(tenant) = reader.tenant(tenant).await? else { return Ok(0) };
            reader.now() - tenant.retention.of(category)
        };
        let mut events = 0;
        loop {
            let deleted = self.store.delete_before(tenant, category, before, DELETED_AT_ONCE).await?;
            if deleted.events > 0 {
                // One entry for each transaction: a crash leaves at most one of them unrecorded.
                let mut work = self.work_on([tenant].into()).await?;
                let permit = for_service::<RecordRetention>(work.id(), tenant);
                let cx = work.context(Initiator::Service);
                let decided = rules::record_deletion(tenant, category, before, deleted.events, &cx);
                work.record(permit, decided).await?;
                work.commit().await?;
            }
            events += deleted.events;
            if !deleted.more {
                return Ok(events);
            }
        }
    }
}
