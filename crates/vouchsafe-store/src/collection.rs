//! Data collections: rows of their tenant, the keys of their files, and who keeps them meanwhile.

use vouchsafe_core::data_collection::{CollectionMessage, DataCollection};
use vouchsafe_core::id::{DataCollectionId, SupportRequestId, TenantId};
use vouchsafe_core::permit::{Reach, Scope};
use vouchsafe_core::time::Timestamp;

use crate::error::StoreError;
use crate::list::{ListQuery, Listed, Source};
use crate::query::Property;
use crate::record::next_version;
use crate::seal::{Key, new_key};
use crate::session::Session;
use crate::sql::{self, values};
use crate::work::Work;

/// Rows that an engineer's list is made of: of the engineer's cases, and each collection once. One that has reached its
/// tenant hides what the provider kept of it.
const OF_CASES: &str = "desk_case d JOIN data_collection c ON c.support_request = d.id WHERE NOT (c.tenant_id <> c.data_tenant AND EXISTS (SELECT 1 FROM data_collection o WHERE o.tenant_id = c.data_tenant AND o.id = c.id)) AND d.tenant_id = $1";

impl Work {
    pub(crate) async fn write_collection(&mut self, row: &mut DataCollection) -> Result<(), StoreError> {
        self.must_hold(row.kept_by)?;
        let document = self.sealed(row.kept_by, row).await?;
        let status = row.state.name();
        let changed = if row.version == 0 {
            if row.has_arrived() {
                let wrapped = self.master().wrap_collection(&new_key(), row.tenant, row.id)?;
                self.execute(sql::INSERT_COLLECTION_KEY, values![row.tenant, row.id, wrapped]).await?;
            }
            let parameters = values![
                row.kept_by,
                row.id,
                row.tenant,
                row.support_tenant,
                row.support_request,
                status,
                row.created,
                row.deleted,
                document,
            ];
            self.execute(sql::INSERT_COLLECTION, parameters).await?
        } else {
            if row.deleted.is_some() {
                self.execute(sql::DELETE_COLLECTION_KEY, values![row.tenant, row.id]).await?;
            }
            let parameters = values![status, row.deleted, document, row.kept_by, row.id, row.version];
            self.execute(sql::UPDATE_COLLECTION, parameters).await?
        };
        next_version(changed, &mut row.version, "the data collection")
    }

    pub(crate) async fn write_collection_message(
        &mut self,
        row: &CollectionMessage,
    ) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let document = self.sealed(row.tenant, row).await?;
        let parameters = values![row.tenant, row.collection, row.id, row.created, document];
        self.execute(sql::INSERT_COLLECTION_MESSAGE, parameters).await.map(drop)
    }
}

impl Session {
    /// A collection that `keeper` keeps: the tenant's own, or, at the provider, one that has not reached its tenant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn collection(
        &mut self,
        keeper: TenantId,
        id: DataCollectionId,
    ) -> Result<Option<DataCollection>, StoreError> {
        let found = self.aggregates(keeper, sql::COLLECTION, &values![keeper, id]).await?;
        Ok(found.into_iter().next())
    }

    /// A collection of a case that this provider serves, as it is at its tenant if it has reached that.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn desk_collection(
        &mut self,
        provider: TenantId,
        id: DataCollectionId,
    ) -> Result<Option<DataCollection>, StoreError> {
        let rows = self.query(sql::COLLECTION_KEEPERS, &values![provider, id]).await?;
        let mut keepers = Vec::with_capacity(rows.len());
        for mut row in rows {
            keepers.push(row.parsed::<TenantId>(0)?);
        }
        let arrived = keepers.iter().find(|keeper| **keeper != provider).or(keepers.first()).copied();
        match arrived {
            Some(keeper) => self.collection(keeper, id).await,
            None => Ok(None),
        }
    }

    /// The collections of a case that these tenants keep, each tenant looked at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn collections_of_case(
        &mut self,
        keepers: &[TenantId],
        request: SupportRequestId,
    ) -> Result<Vec<DataCollection>, StoreError> {
        let keepers: std::collections::BTreeSet<_> = keepers.iter().copied().collect();
        let mut found = Vec::new();
        for keeper in keepers {
            let parameters = values![keeper, request];
            found.extend(self.aggregates(keeper, sql::COLLECTIONS_OF_CASE, &parameters).await?);
        }
        Ok(found)
    }

    /// Collections that wait at the provider and whose tenant's side of the case has come into being: the tenant and
    /// the id of each, `limit` at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn collections_waiting(
        &mut self,
        provider: TenantId,
        limit: u32,
    ) -> Result<Vec<(TenantId, DataCollectionId)>, StoreError> {
        let rows = self.query(sql::COLLECTIONS_WAITING, &values![provider, i64::from(limit)]).await?;
        rows.into_iter().map(|mut row| Ok((row.parsed(0)?, row.parsed(1)?))).collect()
    }

    /// Collections of every tenant whose case was closed by `before` and whose files are still there: the tenant and the
    /// id of each, `limit` at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn collections_due(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(TenantId, DataCollectionId)>, StoreError> {
        let rows = self.query(sql::COLLECTIONS_DUE, &values![before, i64::from(limit)]).await?;
        rows.into_iter().map(|mut row| Ok((row.parsed(0)?, row.parsed(1)?))).collect()
    }

    /// The key of a collection's files; none once it was destroyed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn collection_key(
        &mut self,
        tenant: TenantId,
        id: DataCollectionId,
    ) -> Result<Option<Key>, StoreError> {
        match self.query_one(sql::COLLECTION_KEY, &values![tenant, id]).await? {
            Some(mut row) => self.master().unwrap_collection(&row.bytes(0)?, tenant, id).map(Some),
            None => Ok(None),
        }
    }

    /// Whether a tenant has a side of a case.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_side(
        &mut self,
        tenant: TenantId,
        request: SupportRequestId,
    ) -> Result<bool, StoreError> {
        Ok(self.query_one(sql::HAS_SIDE, &values![tenant, request]).await?.is_some())
    }

    /// Data collections.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a property that cannot be filtered by.
    pub async fn list_collections(
        &mut self,
        scope: Scope,
        query: &ListQuery,
    ) -> Result<Listed<DataCollection>, StoreError> {
        let (from, values) = match scope.reach() {
            Reach::Tenant(tenant) => (
                "data_collection c WHERE c.tenant_id = $1 AND c.tenant_id = c.data_tenant".to_owned(),
                vec![tenant.into()],
            ),
            Reach::Intake(_) => return Ok(Listed::nothing()),
            Reach::Desk(provider) => (OF_CASES.to_owned(), vec![provider.into()]),
            Reach::Engineer { provider, engineer } => {
                (format!("{OF_CASES} AND d.assigned_to = $2"), vec![provider.into(), engineer.into()])
            }
        };
        let source = Source {
            select: "c.tenant_id, c.document, c.version",
            from,
            values,
            sort: "c.created_at",
            id: "c.id",
            properties: vec![
                Property::text("id", "c.id"),
                Property::text("status", "c.status"),
                Property::text("tenantId", "c.data_tenant"),
                Property::text("supportRequestId", "c.support_request"),
                Property::time("createdDateTime", "c.created_at"),
            ],
        };
        self.aggregates_of(source, query).await
    }

    /// Messages about a collection that `keeper` keeps.
    ///
    /// # Errors
    /// As [`Session::list_collections`].
    pub async fn list_collection_messages(
        &mut self,
        keeper: TenantId,
        collection: DataCollectionId,
        query: &ListQuery,
    ) -> Result<Listed<CollectionMessage>, StoreError> {
        let source = Source {
            select: "m.document",
            from: "data_collection_message m WHERE m.tenant_id = $1 AND m.collection = $2".to_owned(),
            values: vec![keeper.into(), collection.into()],
            sort: "m.created_at",
            id: "m.id",
            properties: vec![Property::text("id", "m.id"), Property::time("createdDateTime", "m.created_at")],
        };
        self.documents_of(keeper, source, query).await
    }
}
