//! The tenant's own rules.

use vouchsafe_api::policy::{SupportAccessPolicy, UpdateSupportAccessPolicy};

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;

const POLICY: [&str; 3] = ["v1.0", "policies", "supportAccess"];

impl Client {
    /// The rules of the own tenant.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn support_access_policy(&self) -> Result<Answer<SupportAccessPolicy>, ClientError> {
        self.get(self.address(&POLICY, ""), None).await
    }

    /// Changes the members that are present, only if the rules still have the version `etag`.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn update_support_access_policy(
        &self,
        body: &UpdateSupportAccessPolicy,
        etag: Option<&str>,
    ) -> Result<Answer<SupportAccessPolicy>, ClientError> {
        self.patch(&POLICY, body, etag).await
    }
}
