//! Reveals: rows of the tenant of the data.

use vouchsafe_core::id::{GrantId, RevealId, TenantId};
use vouchsafe_core::reveal::Reveal;

use crate::error::StoreError;
use crate::record::next_version;
use crate::session::Session;
use crate::sql::{self, values};
use crate::work::Work;

impl Work {
    pub(crate) async fn write_reveal(&mut self, row: &mut Reveal) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let document = self.sealed(row.tenant, row).await?;
        let changed = if row.version == 0 {
            let parameters = values![row.tenant, row.id, row.grant, row.created, document];
            self.execute(sql::INSERT_REVEAL, parameters).await?
        } else {
            let parameters = values![document, row.tenant, row.id, row.version];
            self.execute(sql::UPDATE_REVEAL, parameters).await?
        };
        next_version(changed, &mut row.version, "the reveal")
    }
}

impl Session {
    /// A reveal of a tenant's data.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reveal(&mut self, tenant: TenantId, id: RevealId) -> Result<Option<Reveal>, StoreError> {
        let found = self.aggregates(tenant, sql::REVEAL, &values![tenant, id]).await?;
        Ok(found.into_iter().next())
    }

    /// Every reveal that was asked for under a grant, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reveals_of_grant(
        &mut self,
        tenant: TenantId,
        grant: GrantId,
    ) -> Result<Vec<Reveal>, StoreError> {
        self.aggregates(tenant, sql::REVEALS_OF_GRANT, &values![tenant, grant]).await
    }
}
