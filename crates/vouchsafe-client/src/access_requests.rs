//! Support access requests: reading them and deciding on them.

use vouchsafe_api::access_request::{AccessRequest, ApproveAccessRequest, Refuse};
use vouchsafe_api::grant::Ended;
use vouchsafe_api::preview::Preview;
use vouchsafe_api::query::QueryOptions;
use vouchsafe_api::read::Read;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_core::id::AccessRequestId;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;
use crate::pages::Pages;

const ACCESS_REQUESTS: [&str; 3] = ["v1.0", "support", "accessRequests"];

impl Client {
    /// The support access requests of the caller's side.
    #[must_use]
    pub fn access_requests(&self, query: &QueryOptions) -> Pages<AccessRequest> {
        Pages::new(self.clone(), self.address(&ACCESS_REQUESTS, &query.encode()), None)
    }

    /// One support access request, as the caller's side sees it.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn access_request(&self, id: AccessRequestId) -> Result<Answer<AccessRequest>, ClientError> {
        self.get(self.address(&under(&id.to_string(), &[]), ""), None).await
    }

    /// What a pending request would show. Each look is recorded in the own tenant's log.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn preview_access(&self, id: AccessRequestId) -> Result<Answer<Preview>, ClientError> {
        self.get(self.address(&under(&id.to_string(), &["preview"]), ""), None).await
    }

    /// Approves, as asked or less.
    ///
    /// # Errors
    /// Any [`ClientError`]. A problem with code `assuranceRequired` names the challenge to answer.
    pub async fn approve_access(
        &self,
        id: AccessRequestId,
        body: &ApproveAccessRequest,
    ) -> Result<Answer<AccessRequest>, ClientError> {
        self.post(&under(&id.to_string(), &["approve"]), body).await
    }

    /// Rejects. The engineer may then ask to collect the data.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn reject_access(
        &self,
        id: AccessRequestId,
        body: &Refuse,
    ) -> Result<Answer<AccessRequest>, ClientError> {
        self.post(&under(&id.to_string(), &["reject"]), body).await
    }

    /// Withdraws an approval; access ends at once.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn revoke_access(
        &self,
        id: AccessRequestId,
        body: &Refuse,
    ) -> Result<Answer<Ended>, ClientError> {
        self.post(&under(&id.to_string(), &["revoke"]), body).await
    }

    /// Takes back the own question, or gives up the own access.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn cancel_access(&self, id: AccessRequestId) -> Result<Answer<AccessRequest>, ClientError> {
        self.post(&under(&id.to_string(), &["cancel"]), &NoArguments {}).await
    }

    /// What was read under it.
    #[must_use]
    pub fn access_reads(&self, id: AccessRequestId, query: &QueryOptions) -> Pages<Read> {
        let first = self.address(&under(&id.to_string(), &["reads"]), &query.encode());
        Pages::new(self.clone(), first, None)
    }
}

fn under<'a>(id: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    ACCESS_REQUESTS.into_iter().chain([id]).chain(rest.iter().copied()).collect()
}
