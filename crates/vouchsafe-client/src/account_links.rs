//! Links of one person's accounts in several tenants.

use vouchsafe_api::account_link::{AccountLink, CreateAccountLink};
use vouchsafe_api::query::QueryOptions;
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_core::id::AccountLinkId;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;
use crate::pages::Pages;

const LINKS: [&str; 2] = ["v1.0", "accountLinks"];

impl Client {
    /// The links of the own account; of every account of the tenant for who may manage its roles.
    #[must_use]
    pub fn account_links(&self, query: &QueryOptions) -> Pages<AccountLink> {
        Pages::new(self.clone(), self.address(&LINKS, &query.encode()), None)
    }

    /// One of them.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn account_link(&self, id: AccountLinkId) -> Result<Answer<AccountLink>, ClientError> {
        let id = id.to_string();
        self.get(self.address(&["v1.0", "accountLinks", &id], ""), None).await
    }

    /// Offers to link the own account, or accepts an offer with its code.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn create_account_link(
        &self,
        body: &CreateAccountLink,
    ) -> Result<Answer<AccountLink>, ClientError> {
        self.post(&LINKS, body).await
    }

    /// Confirms a link for the own tenant.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn confirm_account_link(&self, id: AccountLinkId) -> Result<Answer<AccountLink>, ClientError> {
        let id = id.to_string();
        self.post(&["v1.0", "accountLinks", &id, "confirm"], &NoArguments::default()).await
    }

    /// Ends a link, for both tenants.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn delete_account_link(&self, id: AccountLinkId) -> Result<(), ClientError> {
        let id = id.to_string();
        self.delete(&["v1.0", "accountLinks", &id]).await
    }
}
