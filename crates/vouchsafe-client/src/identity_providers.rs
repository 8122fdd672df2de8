//! Identity providers.

use vouchsafe_api::collection::Collection;
use vouchsafe_api::identity_provider::{CreateIdentityProvider, IdentityProvider, UpdateIdentityProvider};
use vouchsafe_core::id::IdentityProviderId;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;

const PROVIDERS: [&str; 2] = ["v1.0", "identityProviders"];

impl Client {
    /// The identity providers of the own tenant.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn identity_providers(&self) -> Result<Answer<Collection<IdentityProvider>>, ClientError> {
        self.get(self.address(&PROVIDERS, ""), None).await
    }

    /// One of them.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn identity_provider(
        &self,
        id: IdentityProviderId,
    ) -> Result<Answer<IdentityProvider>, ClientError> {
        let id = id.to_string();
        self.get(self.address(&["v1.0", "identityProviders", &id], ""), None).await
    }

    /// Sets one up.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn create_identity_provider(
        &self,
        body: &CreateIdentityProvider,
    ) -> Result<Answer<IdentityProvider>, ClientError> {
        self.post(&PROVIDERS, body).await
    }

    /// Changes one, if it still has the version `etag`.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn update_identity_provider(
        &self,
        id: IdentityProviderId,
        body: &UpdateIdentityProvider,
        etag: Option<&str>,
    ) -> Result<Answer<IdentityProvider>, ClientError> {
        let id = id.to_string();
        self.patch(&["v1.0", "identityProviders", &id], body, etag).await
    }

    /// Takes one away.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn delete_identity_provider(&self, id: IdentityProviderId) -> Result<(), ClientError> {
        let id = id.to_string();
        self.delete(&["v1.0", "identityProviders", &id]).await
    }
}
