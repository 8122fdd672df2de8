//! The provider's engineers.

use vouchsafe_api::engineer::{Engineer, UpdateEngineer};
use vouchsafe_core::id::UserId;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;
use crate::pages::Pages;

const ENGINEERS: [&str; 3] = ["v1.0", "support", "engineers"];

impl Client {
    /// The engineers with what assignment knows of them; for the provider's managers and administrators.
    #[must_use]
    pub fn engineers(&self) -> Pages<Engineer> {
        Pages::new(self.clone(), self.address(&ENGINEERS, ""), None)
    }

    /// One engineer.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn engineer(&self, id: UserId) -> Result<Answer<Engineer>, ClientError> {
        let id = id.to_string();
        let path: Vec<&str> = ENGINEERS.into_iter().chain([id.as_str()]).collect();
        self.get(self.address(&path, ""), None).await
    }

    /// Changes the members that are present, only if the engineer still has the version `etag`.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn update_engineer(
        &self,
        id: UserId,
        body: &UpdateEngineer,
        etag: Option<&str>,
    ) -> Result<Answer<Engineer>, ClientError> {
        let id = id.to_string();
        let path: Vec<&str> = ENGINEERS.into_iter().chain([id.as_str()]).collect();
        self.patch(&path, body, etag).await
    }
}
