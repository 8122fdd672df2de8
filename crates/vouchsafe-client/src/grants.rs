//! Grants: who can read what now.

use vouchsafe_api::collection::Collection;
use vouchsafe_api::grant::{Ended, Grant, RemoveAllGrants, RemoveGrant};
use vouchsafe_api::query::QueryOptions;
use vouchsafe_api::read::{CreateRead, Read};
use vouchsafe_core::id::GrantId;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;
use crate::pages::Pages;

const GRANTS: [&str; 3] = ["v1.0", "support", "grants"];

impl Client {
    /// What is live or paused: on the own data, or for the own reading.
    #[must_use]
    pub fn grants(&self, query: &QueryOptions) -> Pages<Grant> {
        Pages::new(self.clone(), self.address(&GRANTS, &query.encode()), None)
    }

    /// One grant.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn grant(&self, id: GrantId) -> Result<Answer<Grant>, ClientError> {
        self.get(self.address(&under(&id.to_string(), &[]), ""), None).await
    }

    /// Ends a grant on the own data at once.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn remove_grant(&self, id: GrantId, body: &RemoveGrant) -> Result<Answer<Ended>, ClientError> {
        self.post(&under(&id.to_string(), &["remove"]), body).await
    }

    /// Ends every grant on the own data, or every one of a case.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn remove_all_grants(
        &self,
        body: &RemoveAllGrants,
    ) -> Result<Answer<Collection<Ended>>, ClientError> {
        self.post(&under("removeAll", &[]), body).await
    }

    /// What was read under it.
    #[must_use]
    pub fn grant_reads(&self, id: GrantId, query: &QueryOptions) -> Pages<Read> {
        let first = self.address(&under(&id.to_string(), &["reads"]), &query.encode());
        Pages::new(self.clone(), first, None)
    }

    /// Records a read that the calling tool is about to serve.
    ///
    /// # Errors
    /// Any [`ClientError`]; then nothing may be served.
    pub async fn record_read(&self, id: GrantId, body: &CreateRead) -> Result<Answer<Read>, ClientError> {
        self.post(&under(&id.to_string(), &["reads"]), body).await
    }
}

fn under<'a>(id: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    GRANTS.into_iter().chain([id]).chain(rest.iter().copied()).collect()
}
