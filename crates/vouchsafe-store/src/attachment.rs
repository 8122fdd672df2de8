//! Files of messages: the key of each message's files, and the messages by id.

use vouchsafe_core::data_collection::CollectionMessage;
use vouchsafe_core::id::{DataCollectionId, MessageId, SupportRequestId, TenantId};
use vouchsafe_core::support_request::{Message, SupportRequest};
use vouchsafe_core::time::Timestamp;

use crate::error::StoreError;
use crate::seal::Key;
use crate::session::Session;
use crate::sql::{self, values};
use crate::work::Work;

impl Work {
    /// Keeps the key of the files of a message that this unit of work records, until the case has been closed for long.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_attachment_key(
        &mut self,
        tenant: TenantId,
        message: MessageId,
        request: &SupportRequest,
        key: &Key,
    ) -> Result<(), StoreError> {
        let wrapped = self.master().wrap_attachments(key, tenant, message)?;
        let parameters = values![tenant, message, request.tenant, request.id, wrapped];
        self.execute(sql::INSERT_ATTACHMENT_KEY, parameters).await.map(drop)
    }

    /// Destroys the key of a message's files. Destroying what is gone is no error.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn destroy_attachment_key(
        &mut self,
        tenant: TenantId,
        message: MessageId,
    ) -> Result<(), StoreError> {
        self.execute(sql::DELETE_ATTACHMENT_KEY, values![tenant, message]).await.map(drop)
    }
}

impl Session {
    /// A message of a case.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn message(
        &mut self,
        tenant: TenantId,
        request: SupportRequestId,
        id: MessageId,
    ) -> Result<Option<Message>, StoreError> {
        match self.query_one(sql::MESSAGE, &values![tenant, request, id]).await? {
            Some(mut row) => self.opened(tenant, &row.bytes(0)?).await.map(Some),
            None => Ok(None),
        }
    }

    /// A message about a collection that `keeper` keeps.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn collection_message(
        &mut self,
        keeper: TenantId,
        collection: DataCollectionId,
        id: MessageId,
    ) -> Result<Option<CollectionMessage>, StoreError> {
        match self.query_one(sql::COLLECTION_MESSAGE, &values![keeper, collection, id]).await? {
            Some(mut row) => self.opened(keeper, &row.bytes(0)?).await.map(Some),
            None => Ok(None),
        }
    }

    /// The key of a message's files; none once it was destroyed, or where it has none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attachment_key(
        &mut self,
        tenant: TenantId,
        message: MessageId,
    ) -> Result<Option<Key>, StoreError> {
        match self.query_one(sql::ATTACHMENT_KEY, &values![tenant, message]).await? {
            Some(mut row) => self.master().unwrap_attachments(&row.bytes(0)?, tenant, message).map(Some),
            None => Ok(None),
        }
    }

    /// Messages of every tenant whose case was closed by `before` and whose files are still there, `limit` at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attachments_due(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(TenantId, MessageId)>, StoreError> {
        let rows = self.query(sql::ATTACHMENTS_DUE, &values![before, i64::from(limit)]).await?;
        rows.into_iter().map(|mut row| Ok((row.parsed(0)?, row.parsed(1)?))).collect()
    }
}
