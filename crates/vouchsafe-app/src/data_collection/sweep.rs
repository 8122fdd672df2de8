//! What happens to collections by itself: they reach their tenant, and their files go.

use vouchsafe_core::audit::Initiator;
use vouchsafe_core::data_collection::KEPT_AFTER_CLOSURE;
use vouchsafe_core::data_collection::command as rules;
use vouchsafe_core::id::{DataCollectionId, TenantId};
use vouchsafe_core::permit::{RecordCollection, for_service};
use vouchsafe_core::time::Timestamp;

use super::case_of;
use crate::{App, AppError};

/// Collections that one sweep looks at.
const SWEEP_MAX: u32 = 100;

impl App {
    /// Hands collections over to tenants whose side of the case has come into being. Gives how many.
    ///
    /// # Errors
    /// The first [`AppError`]; what was recorded for others stays.
    pub(crate) async fn deliver_collections(&self) -> Result<usize, AppError> {
        let provider = self.store.provider();
        let waiting = self.store.read()?.collections_waiting(provider, SWEEP_MAX).await?;
        let mut delivered = Ok(0);
        for (tenant, id) in waiting {
            let done = self.deliver(tenant, id).await;
            delivered = delivered.and_then(|sum| done.map(|()| sum + 1));
        }
        delivered
    }

    async fn deliver(&self, tenant: TenantId, id: DataCollectionId) -> Result<(), AppError> {
        let provider = self.store.provider();
        let mut work = self.work_on([tenant, provider].into()).await?;
        let waiting = work.collection(provider, id).await?.ok_or(AppError::NotFound)?;
        let open = case_of(&mut work, &waiting).await?.is_open();
        if !open || work.collection(tenant, id).await?.is_some() {
            return Ok(());
        }
        let permit = for_service::<RecordCollection>(work.id(), id);
        let decided = rules::deliver(&waiting, &work.context(Initiator::Service))?;
        work.record(permit, decided).await?;
        Ok(work.commit().await?)
    }

    /// Deletes the files, the records and the key of collections whose cases were closed long enough ago. Gives how many.
    ///
    /// # Errors
    /// The first [`AppError`]; what was deleted for others stays so.
    pub async fn delete_collections(&self) -> Result<usize, AppError> {
        let now = self.now();
        let kept = KEPT_AFTER_CLOSURE.as_micros();
        let before = Timestamp::from_micros(now.as_micros().saturating_sub(kept));
        let due = self.store.read()?.collections_due(before, SWEEP_MAX).await?;
        let mut deleted = Ok(0);
        for (tenant, id) in due {
            let done = self.delete_collection(tenant, id).await;
            deleted = deleted.and_then(|sum| done.map(|()| sum + 1));
        }
        deleted
    }

    async fn delete_collection(&self, tenant: TenantId, id: DataCollectionId) -> Result<(), AppError> {
        // First what can be read, then the key and the entry: what a crash leaves between is found again.
        self.store.delete_submissions(id, None).await?;
        self.store.files().delete(tenant, id).await?;
        let mut work = self.work_on([tenant].into()).await?;
        let collection = work.collection(tenant, id).await?.ok_or(AppError::NotFound)?;
        let request = case_of(&mut work, &collection).await?;
        let permit = for_service::<RecordCollection>(work.id(), id);
        let decided = rules::record_deletion(&collection, &request, &work.context(Initiator::Service))?;
        work.record(permit, decided).await?;
        Ok(work.commit().await?)
    }
}
