//! Own account and tenant.

use vouchsafe_api::account::{ErasedUser, Me, Organization};
use vouchsafe_api::collection::Collection;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_core::id::UserId;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// The own account, its roles and what they allow.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn me(&self) -> Result<Answer<Me>, ClientError> {
        self.get(self.address(&["v1.0", "me"], ""), None).await
    }

    /// Erases a person of the own tenant for good.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn erase_user(&self, id: UserId) -> Result<Answer<ErasedUser>, ClientError> {
        self.post(&["v1.0", "users", &id.to_string(), "erase"], &NoArguments {}).await
    }

    /// The own tenant, as a list of one.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn organization(&self) -> Result<Answer<Collection<Organization>>, ClientError> {
        self.get(self.address(&["v1.0", "organization"], ""), None).await
    }
}
