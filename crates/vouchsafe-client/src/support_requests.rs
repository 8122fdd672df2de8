//! Support requests: the case and the acts on it.

use vouchsafe_api::access_request::{AccessRequest, CreateAccessRequest};
use vouchsafe_api::message::{CreateMessage, Message};
use vouchsafe_api::problem_type::{CreateProblemType, ProblemType, UpdateProblemType};
use vouchsafe_api::query::QueryOptions;
use vouchsafe_api::support_request::{
    ApproveConsent, AssignSupportRequest, Assignment, CloseSupportRequest, CreateSupportRequest, NoArguments,
    RejectConsent, SupportRequest, UpdateSupportRequest,
};
use vouchsafe_core::id::SupportRequestId;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;
use crate::pages::Pages;

const REQUESTS: [&str; 3] = ["v1.0", "support", "requests"];
const PROBLEM_TYPES: [&str; 3] = ["v1.0", "support", "problemTypes"];

impl Client {
    /// The support requests that the caller may see.
    #[must_use]
    pub fn support_requests(&self, query: &QueryOptions) -> Pages<SupportRequest> {
        Pages::new(self.clone(), self.address(&REQUESTS, &query.encode()), None)
    }

    /// One support request.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn support_request(&self, id: SupportRequestId) -> Result<Answer<SupportRequest>, ClientError> {
        self.get(self.address(&under(&id.to_string(), &[]), ""), None).await
    }

    /// Opens a support request; it comes back assigned.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn open_support_request(
        &self,
        body: &CreateSupportRequest,
    ) -> Result<Answer<SupportRequest>, ClientError> {
        self.post(&REQUESTS, body).await
    }

    /// Changes the members that are present, only if the request still has the version `etag`.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn update_support_request(
        &self,
        id: SupportRequestId,
        body: &UpdateSupportRequest,
        etag: Option<&str>,
    ) -> Result<Answer<SupportRequest>, ClientError> {
        self.patch(&under(&id.to_string(), &[]), body, etag).await
    }

    /// A further vote on a *yes* to advanced diagnostics.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn approve_consent(
        &self,
        id: SupportRequestId,
        body: &ApproveConsent,
    ) -> Result<Answer<SupportRequest>, ClientError> {
        self.post(&under(&id.to_string(), &["consent", "approve"]), body).await
    }

    /// Refuses a *yes* to advanced diagnostics.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn reject_consent(
        &self,
        id: SupportRequestId,
        body: &RejectConsent,
    ) -> Result<Answer<SupportRequest>, ClientError> {
        self.post(&under(&id.to_string(), &["consent", "reject"]), body).await
    }

    /// Closes the case; every access of it ends.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn close_support_request(
        &self,
        id: SupportRequestId,
        body: &CloseSupportRequest,
    ) -> Result<Answer<SupportRequest>, ClientError> {
        self.post(&under(&id.to_string(), &["close"]), body).await
    }

    /// Reopens the case, or proposes it.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn reopen_support_request(
        &self,
        id: SupportRequestId,
    ) -> Result<Answer<SupportRequest>, ClientError> {
        self.post(&under(&id.to_string(), &["reopen"]), &NoArguments {}).await
    }

    /// Hands the case to another engineer.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn assign_support_request(
        &self,
        id: SupportRequestId,
        body: &AssignSupportRequest,
    ) -> Result<Answer<SupportRequest>, ClientError> {
        self.post(&under(&id.to_string(), &["assign"]), body).await
    }

    /// Who works on it, since when, and why.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn assignment(&self, id: SupportRequestId) -> Result<Answer<Assignment>, ClientError> {
        self.get(self.address(&under(&id.to_string(), &["assignment"]), ""), None).await
    }

    /// The conversation.
    #[must_use]
    pub fn messages(&self, id: SupportRequestId, query: &QueryOptions) -> Pages<Message> {
        let first = self.address(&under(&id.to_string(), &["messages"]), &query.encode());
        Pages::new(self.clone(), first, None)
    }

    /// Adds a message to the conversation.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn send_message(
        &self,
        id: SupportRequestId,
        body: &CreateMessage,
    ) -> Result<Answer<Message>, ClientError> {
        self.post(&under(&id.to_string(), &["messages"]), body).await
    }

    /// Asks a tenant for access to its diagnostic data.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn ask_access(
        &self,
        id: SupportRequestId,
        body: &CreateAccessRequest,
    ) -> Result<Answer<AccessRequest>, ClientError> {
        self.post(&under(&id.to_string(), &["accessRequests"]), body).await
    }

    /// Renews the *yes* of a case in its last days or after its end; one vote of as many as the tenant's rules ask for.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn renew_consent(
        &self,
        id: SupportRequestId,
        body: &ApproveConsent,
    ) -> Result<Answer<SupportRequest>, ClientError> {
        self.post(&under(&id.to_string(), &["consent", "renew"]), body).await
    }

    /// The tree of problem types.
    #[must_use]
    pub fn problem_types(&self) -> Pages<ProblemType> {
        Pages::new(self.clone(), self.address(&PROBLEM_TYPES, ""), None)
    }

    /// Adds a problem type; for the provider's managers and administrators.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn add_problem_type(
        &self,
        body: &CreateProblemType,
    ) -> Result<Answer<ProblemType>, ClientError> {
        self.post(&PROBLEM_TYPES, body).await
    }

    /// Renames a problem type, retires it or brings it back.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn update_problem_type(
        &self,
        id: &str,
        body: &UpdateProblemType,
    ) -> Result<Answer<ProblemType>, ClientError> {
        let path: Vec<&str> = PROBLEM_TYPES.into_iter().chain([id]).collect();
        self.patch(&path, body, None).await
    }
}

fn under<'a>(id: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    REQUESTS.into_iter().chain([id]).chain(rest.iter().copied()).collect()
}
