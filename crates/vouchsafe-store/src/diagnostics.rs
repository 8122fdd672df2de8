//! Sign-ins as the use cases asked for them before there were other kinds: a thin layer over [`crate::records`].

use vouchsafe_core::id::TenantId;
use vouchsafe_core::scope::DataFilter;
use vouchsafe_diagnostics::filter::Filter;
use vouchsafe_diagnostics::record::Record;
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_diagnostics::sign_in::SignInRecord;

use crate::error::StoreError;
use crate::list::{Order, PageKey};
use crate::records::{ImportBatch, Reach, RecordKey, RecordQuery};
use crate::store::Store;

/// A question about a tenant's sign-ins.
#[derive(Debug, Clone)]
pub struct SignInQuery {
    /// The caller's filter, with true values.
    pub filter: Option<Filter>,
    /// The time range that the grant admits; rows outside are absent.
    pub within: DataFilter,
    /// In which order.
    pub order: Order,
    /// How many at most.
    pub top: u32,
    /// After which record.
    pub after: Option<PageKey>,
    /// Whether to count all that the filter and the range admit.
    pub count: bool,
}

/// A sign-in as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSignIn {
    /// Its true id.
    pub id: String,
    /// The Graph `signIn` object, unchanged.
    pub json: String,
}

/// A page of sign-ins.
#[derive(Debug, Clone)]
pub struct SignInPage {
    /// The records.
    pub records: Vec<StoredSignIn>,
    /// Where the next page begins.
    pub next: Option<PageKey>,
    /// How many there are in all, if asked for.
    pub total: Option<u64>,
}

impl Store {
    /// Adds sign-ins of a tenant, all or none; a record whose id is there already stays as it is.
    ///
    /// # Errors
    /// [`StoreError`]; then none of the batch was added.
    pub async fn import_sign_ins(
        &self,
        tenant: TenantId,
        records: Vec<SignInRecord>,
    ) -> Result<ImportBatch, StoreError> {
        let damaged = |error| StoreError::Corrupt(format!("a sign-in: {error}"));
        let records = records.into_iter().map(|record| {
            let original = record.original;
            let taken = Record::from_graph(Resource::SignIn, &record.json).map_err(damaged)?;
            Ok(Record { original, ..taken })
        });
        self.import_records(tenant, records.collect::<Result<_, StoreError>>()?).await
    }

    /// A page of a tenant's sign-ins. A tenant without any has an empty one.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a property that a sign-in does not have; [`StoreError::TooSlow`] after 2 seconds.
    pub async fn sign_ins(&self, tenant: TenantId, query: SignInQuery) -> Result<SignInPage, StoreError> {
        let SignInQuery { filter, within, order, top, after, count } = query;
        let after = after.map(|key| RecordKey::Event(key.sort));
        let query = RecordQuery {
            filter,
            order,
            top,
            after,
            count,
            ..RecordQuery::new(Resource::SignIn, reach(within))
        };
        let page = self.records(tenant, query).await?;
        let next = match (page.next, page.records.last()) {
            (Some(RecordKey::Event(sort)), Some(last)) => Some(PageKey { sort, id: last.id.clone() }),
            (Some(_) | None, _) => None,
        };
        let records =
            page.records.into_iter().map(|record| StoredSignIn { id: record.id, json: record.json });
        Ok(SignInPage { records: records.collect(), next, total: page.total })
    }

    /// One sign-in of a tenant by its true id, if the range admits it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sign_in(
        &self,
        tenant: TenantId,
        id: &str,
        within: DataFilter,
    ) -> Result<Option<StoredSignIn>, StoreError> {
        let found = self.record(tenant, Resource::SignIn, id, &reach(within)).await?;
        Ok(found.map(|record| StoredSignIn { id: record.id, json: record.json }))
    }
}

fn reach(within: DataFilter) -> Reach {
    Reach { data_from: within.data_from, data_to: within.data_to, ..Reach::everything() }
}
