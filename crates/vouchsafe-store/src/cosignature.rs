//! What witnesses have signed (`evidence.md`, *Witness*): the newest signature of each for each log.

use vouchsafe_core::id::TenantId;
use vouchsafe_log::note::{NoteError, SignatureLine};

use crate::error::StoreError;
use crate::evidence::Published;
use crate::heads::Head;
use crate::session::Session;
use crate::sql::{self, Row, values};
use crate::work::Work;

/// What a witness has signed last of a log, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCosignature {
    /// The name of the witness's key.
    pub witness: String,
    /// What it has signed.
    pub head: Head,
    /// The signature line, read by nobody yet.
    pub line: String,
}

impl Session {
    /// Every cosignature that is stored of a tenant's log, of whatever size. For the operator's check.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cosignatures(&mut self, tenant: TenantId) -> Result<Vec<StoredCosignature>, StoreError> {
        let rows = self.query(sql::COSIGNATURES_STORED, &values![tenant]).await?;
        let stored = |mut row: Row| {
            let root = row.bytes(2)?.try_into();
            let root = root.map_err(|_| StoreError::Corrupt("the root of a cosignature".to_owned()))?;
            let head = Head { size: row.count(1)?, root };
            Ok(StoredCosignature { witness: row.text(0)?, head, line: row.text(3)? })
        };
        rows.into_iter().map(stored).collect()
    }

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
