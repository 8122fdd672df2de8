//! Reading a customer's diagnostic data for a case.

use vouchsafe_api::query::QueryOptions;
use vouchsafe_api::record::GraphRecord;
use vouchsafe_core::id::{DataCollectionId, GrantId, SupportRequestId, TenantId};

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;
use crate::pages::Pages;

/// Reads one tenant's data for one case. Every call is a read: the customer sees a record of it.
#[derive(Debug, Clone)]
pub struct CaseReader {
    client: Client,
    case: String,
    tenant: String,
    grant: Option<String>,
    collection: Option<String>,
}

impl Client {
    /// A reader of the data of `tenant` for the case `case`. Nothing is sent yet.
    #[must_use]
    pub fn case(&self, case: SupportRequestId, tenant: TenantId) -> CaseReader {
        let client = self.clone();
        CaseReader {
            client,
            case: case.to_string(),
            tenant: tenant.to_string(),
            grant: None,
            collection: None,
        }
    }
}

impl CaseReader {
    /// Reads under this grant only. Without it the server takes the oldest live one that fits.
    #[must_use]
    pub fn under_grant(mut self, grant: GrantId) -> Self {
        self.grant = Some(grant.to_string());
        self
    }

    /// Reads what the tenant collected and sent, instead of its data.
    #[must_use]
    pub fn in_collection(mut self, collection: DataCollectionId) -> Self {
        self.collection = Some(collection.to_string());
        self
    }

    /// Sign-ins, masked, within the grant's scope.
    #[must_use]
    pub fn sign_ins(&self, query: &QueryOptions) -> Pages<GraphRecord> {
        let first = self.client.address(&self.path(&["auditLogs", "signIns"]), &query.encode());
        Pages::new(self.client.clone(), first, self.grant.clone())
    }

    /// One sign-in by the id it has under this grant.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn sign_in(&self, id: &str) -> Result<Answer<GraphRecord>, ClientError> {
        let url = self.client.address(&self.path(&["auditLogs", "signIns", id]), "");
        self.client.get(url, self.grant.as_deref()).await
    }

    fn path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        let collection = self.collection.as_deref().map(|id| ["collections", id]);
        let base = ["diagnostics", &self.case, &self.tenant].into_iter();
        base.chain(collection.into_iter().flatten()).chain(["v1.0"]).chain(rest.iter().copied()).collect()
    }
}
