//! Every row of a tenant, page by page: for the operator's check, which holds them against the log.

use vouchsafe_core::access_request::AccessSide;
use vouchsafe_core::data_collection::DataCollection;
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::read::ReadRecord;
use vouchsafe_core::reveal::Reveal;
use vouchsafe_core::setup::Account;
use vouchsafe_core::support_request::{Message, SupportRequest};

use crate::error::StoreError;
use crate::session::Session;
use crate::sql::{self, values};

impl Session {
    /// A tenant's accounts in order of their ids, behind one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn accounts_after(
        &mut self,
        tenant: TenantId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Account>, StoreError> {
        let rows = self.query(sql::ACCOUNTS_AFTER, &values![tenant, after, i64::from(limit)]).await?;
        let mut accounts = Vec::with_capacity(rows.len());
        for row in rows {
            accounts.push(self.account_row(tenant, row).await?);
        }
        Ok(accounts)
    }

    /// A tenant's messages in order of their cases and ids, behind a case and id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn messages_after(
        &mut self,
        tenant: TenantId,
        after: (&str, &str),
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let parameters = values![tenant, after.0, after.1, i64::from(limit)];
        let rows = self.query(sql::MESSAGES_AFTER, &parameters).await?;
        let mut messages = Vec::with_capacity(rows.len());
        for mut row in rows {
            messages.push(self.opened(tenant, &row.bytes(0)?).await?);
        }
        Ok(messages)
    }

    /// A tenant's cases in order of their ids, behind one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cases_after(
        &mut self,
        tenant: TenantId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<SupportRequest>, StoreError> {
        self.aggregates(tenant, sql::CASES_AFTER, &values![tenant, after, i64::from(limit)]).await
    }

    /// A tenant's records of access requests in order of their ids, behind one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sides_after(
        &mut self,
        tenant: TenantId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<AccessSide>, StoreError> {
        self.aggregates(tenant, sql::ACCESS_SIDES_AFTER, &values![tenant, after, i64::from(limit)]).await
    }

    /// A tenant's grants in order of their ids, behind one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grants_after(
        &mut self,
        tenant: TenantId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Grant>, StoreError> {
        self.aggregates(tenant, sql::GRANTS_AFTER, &values![tenant, after, i64::from(limit)]).await
    }

    /// A tenant's reveals in order of their ids, behind one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reveals_after(
        &mut self,
        tenant: TenantId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Reveal>, StoreError> {
        self.aggregates(tenant, sql::REVEALS_AFTER, &values![tenant, after, i64::from(limit)]).await
    }

    /// A tenant's data collections in order of their ids, behind one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn collections_after(
        &mut self,
        tenant: TenantId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<DataCollection>, StoreError> {
        self.aggregates(tenant, sql::COLLECTIONS_AFTER, &values![tenant, after, i64::from(limit)]).await
    }

    /// A tenant's read records in order of their ids, behind one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reads_after(
        &mut self,
        tenant: TenantId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<ReadRecord>, StoreError> {
        let rows = self.query(sql::READS_AFTER, &values![tenant, after, i64::from(limit)]).await?;
        let mut records = Vec::with_capacity(rows.len());
        for mut row in rows {
            records.push(self.opened(tenant, &row.bytes(0)?).await?);
        }
        Ok(records)
    }
}
