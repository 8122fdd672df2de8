//! The people of the own tenant, and how they sign in.

use vouchsafe_api::collection::Collection;
use vouchsafe_api::user::{
    CreateTemporaryAccessPass, Fido2Method, InviteUser, TemporaryAccessPass, UpdateUser, User,
};
use vouchsafe_core::id::UserId;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// The people and service accounts of the own tenant.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn users(&self) -> Result<Answer<Collection<User>>, ClientError> {
        self.get(self.address(&["v1.0", "users"], ""), None).await
    }

    /// Invites somebody.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn invite_user(&self, body: &InviteUser) -> Result<Answer<User>, ClientError> {
        self.post(&["v1.0", "users"], body).await
    }

    /// Changes the members that are present.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn update_user(&self, id: UserId, body: &UpdateUser) -> Result<Answer<User>, ClientError> {
        self.patch(&["v1.0", "users", &id.to_string()], body, None).await
    }

    /// Hands somebody a one-time pass for a passkey.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn create_temporary_access_pass(
        &self,
        id: UserId,
        body: &CreateTemporaryAccessPass,
    ) -> Result<Answer<TemporaryAccessPass>, ClientError> {
        let id = id.to_string();
        self.post(&["v1.0", "users", &id, "authentication", "temporaryAccessPassMethods"], body).await
    }

    /// Somebody's passkeys.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn fido2_methods(&self, id: UserId) -> Result<Answer<Collection<Fido2Method>>, ClientError> {
        let path = ["v1.0", "users", &id.to_string(), "authentication", "fido2Methods"];
        self.get(self.address(&path, ""), None).await
    }
}
