//! What witnesses have signed (`evidence.md`, *Witness*): the newest signature of each for each log.

use vouchsafe_core::id::TenantId;
use vouchsafe_log::note::{NoteError, SignatureLine};

use crate::error::StoreError;
use crate::evidence::Published;
use crate::heads::Head;
use crate::session::Session;
use crate::sql::{self, values};
use crate::work::Work;

impl Session {
    /// The newest checkpoint of a tenant's log, with the signatures of those witnesses that have signed just it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cosigned_checkpoint(&mut self, tenant: TenantId) -> Result<Option<Published>, StoreError> {
        let Some(mut published) = self.checkpoint(tenant).await? else { return Ok(None) };
        let Head { size, root } = published.head;
        for mut row in self.query(sql::COSIGNATURES, &values![tenant, size, root.to_vec()]).await? {
            let line = row.text(0)?.trim_end().parse();
            let damaged = |_: NoteError| StoreError::Corrupt("a cosignature is no signature line".to_owned());
            published.note.add(line.map_err(damaged)?);
        }
        Ok(Some(published))
    }

    /// Tenants whose newest checkpoint a witness has not signed, and the size that it has signed last, 0 if none. The
    /// witness is named by its key's name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn logs_to_cosign(&mut self, witness: &str) -> Result<Vec<(TenantId, u64)>, StoreError> {
        let rows = self.query(sql::LOGS_TO_COSIGN, &values![witness]).await?;
        rows.into_iter().map(|mut row| Ok((row.parsed(0)?, row.count(1)?))).collect()
    }
}

impl Work {
    /// Stores what a witness has signed of a tenant's log, in place of what it signed before. Not audited: whoever asks
    /// for the checkpoint sees it, and checks it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cosign(
        &mut self,
        tenant: TenantId,
        head: Head,
        line: &SignatureLine,
    ) -> Result<(), StoreError> {
        let parameters = values![tenant, line.name.clone(), head.size, head.root.to_vec(), line.to_string()];
        self.execute(sql::PUT_COSIGNATURE, parameters).await.map(drop)
    }
}
