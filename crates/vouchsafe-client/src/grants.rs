//! Grants: who can read what now.

use vouchsafe_api::access_request::Refuse;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::grant::{Ended, Grant, RemoveAllGrants, RemoveGrant};
use vouchsafe_api::query::QueryOptions;
use vouchsafe_api::read::{CreateRead, Read};
use vouchsafe_api::reveal::{CreateReveal, Reveal};
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_core::id::{GrantId, RevealId};

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

    /// Lets a paused grant on the own data go on.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn confirm_grant(&self, id: GrantId) -> Result<Answer<Grant>, ClientError> {
        self.post(&under(&id.to_string(), &["confirm"]), &NoArguments::default()).await
    }

    /// What the engineer asked to see in clear under it.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn reveals(&self, id: GrantId) -> Result<Answer<Collection<Reveal>>, ClientError> {
        self.get(self.address(&under(&id.to_string(), &["reveals"]), ""), None).await
    }

    /// Asks the tenant of the data to let one masked value show in clear.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn ask_reveal(&self, id: GrantId, body: &CreateReveal) -> Result<Answer<Reveal>, ClientError> {
        self.post(&under(&id.to_string(), &["reveals"]), body).await
    }

    /// Lets a value show in clear for a quarter of an hour.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn approve_reveal(&self, id: RevealId) -> Result<Answer<Reveal>, ClientError> {
        let id = id.to_string();
        self.post(&["v1.0", "support", "reveals", &id, "approve"], &NoArguments::default()).await
    }

    /// Keeps a value masked.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn reject_reveal(&self, id: RevealId, body: &Refuse) -> Result<Answer<Reveal>, ClientError> {
        self.post(&["v1.0", "support", "reveals", &id.to_string(), "reject"], body).await
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
