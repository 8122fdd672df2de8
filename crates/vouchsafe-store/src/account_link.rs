//! What tenants keep of links between accounts, and the links themselves.

use vouchsafe_core::account_link::LinkRecord;
use vouchsafe_core::id::{AccountLinkId, TenantId, UserId};
use vouchsafe_core::setup::AccountLink;

use crate::error::StoreError;
use crate::load::Versioned;
use crate::record::next_version;
use crate::session::Session;
use crate::sql::{self, Row, values};
use crate::work::Work;

impl Versioned for LinkRecord {
    fn set_version(&mut self, version: u64) {
        self.version = version;
    }

    fn set_beside(&mut self, row: &mut Row) -> Result<(), StoreError> {
        let wrong = |_| StoreError::Corrupt("the hash of a link's code has a wrong length".to_owned());
        self.hash = row
            .opt_bytes(2)?
            .map(|bytes| <[u8; 32]>::try_from(bytes.as_slice()))
            .transpose()
            .map_err(wrong)?;
        Ok(())
    }
}

impl Session {
    /// A tenant's record of a link.
    ///
    /// # Errors
    /// [`StoreError`], as every loader here.
    pub async fn link_record(
        &mut self,
        tenant: TenantId,
        id: AccountLinkId,
    ) -> Result<Option<LinkRecord>, StoreError> {
        let found = self.aggregates(tenant, sql::LINK_RECORD, &values![tenant, id]).await?;
        Ok(found.into_iter().next())
    }

    /// The records of one account, the oldest first, ended ones too.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn link_records_of(
        &mut self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Vec<LinkRecord>, StoreError> {
        self.aggregates(tenant, sql::LINK_RECORDS_OF, &values![tenant, user]).await
    }

    /// The offer whose code has this hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn link_offered(
        &mut self,
        tenant: TenantId,
        hash: [u8; 32],
    ) -> Result<Option<LinkRecord>, StoreError> {
        let found = self.aggregates(tenant, sql::LINK_OFFERED, &values![tenant, hash.to_vec()]).await?;
        Ok(found.into_iter().next())
    }
}

impl Work {
    pub(crate) async fn write_link(&mut self, row: &AccountLink) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        self.must_hold(row.other_tenant)?;
        let AccountLink { tenant, user, other_tenant, other_user } = *row;
        self.execute(sql::PUT_LINK, values![tenant, user, other_tenant, other_user]).await?;
        self.execute(sql::PUT_LINK, values![other_tenant, other_user, tenant, user]).await.map(drop)
    }

    pub(crate) async fn delete_link(&mut self, row: &AccountLink) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        self.must_hold(row.other_tenant)?;
        let AccountLink { tenant, user, other_tenant, other_user } = *row;
        self.execute(sql::DELETE_LINK, values![tenant, user, other_tenant, other_user]).await?;
        self.execute(sql::DELETE_LINK, values![other_tenant, other_user, tenant, user]).await.map(drop)
    }

    pub(crate) async fn write_link_record(&mut self, row: &mut LinkRecord) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let document = self.sealed(row.tenant, row).await?;
        let hash = row.hash.map(|hash| hash.to_vec());
        let changed = if row.version == 0 {
            let parameters = values![row.tenant, row.id, row.user, row.created, hash, document];
            self.execute(sql::INSERT_LINK_RECORD, parameters).await?
        } else {
            let parameters = values![hash, document, row.tenant, row.id, row.version];
            self.execute(sql::UPDATE_LINK_RECORD, parameters).await?
        };
        next_version(changed, &mut row.version, "the link")
    }
}
