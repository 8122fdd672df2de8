//! Roles, who holds them, and API tokens.

use vouchsafe_api::api_token::{ApiToken, CreateApiToken};
use vouchsafe_api::collection::Collection;
use vouchsafe_api::query::QueryOptions;
use vouchsafe_api::role::{
    CreateRoleAssignment, CreateRoleDefinition, RoleAssignment, RoleDefinition, UpdateRoleDefinition,
};
use vouchsafe_api::support_request::NoArguments;
use vouchsafe_core::id::TokenId;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;
use crate::pages::Pages;

const DEFINITIONS: [&str; 4] = ["v1.0", "roleManagement", "directory", "roleDefinitions"];
const ASSIGNMENTS: [&str; 4] = ["v1.0", "roleManagement", "directory", "roleAssignments"];
const TOKENS: [&str; 2] = ["v1.0", "apiTokens"];

impl Client {
    /// The roles that people of the own tenant can hold.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn role_definitions(&self) -> Result<Answer<Collection<RoleDefinition>>, ClientError> {
        self.get(self.address(&DEFINITIONS, ""), None).await
    }

    /// One role.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn role_definition(&self, id: &str) -> Result<Answer<RoleDefinition>, ClientError> {
        self.get(self.address(&below(&DEFINITIONS, id), ""), None).await
    }

    /// Defines a role of the tenant's own.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn create_role_definition(
        &self,
        body: &CreateRoleDefinition,
    ) -> Result<Answer<RoleDefinition>, ClientError> {
        self.post(&DEFINITIONS, body).await
    }

    /// Changes one of the tenant's own roles, if it still has the version `etag`.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn update_role_definition(
        &self,
        id: &str,
        body: &UpdateRoleDefinition,
        etag: Option<&str>,
    ) -> Result<Answer<RoleDefinition>, ClientError> {
        self.patch(&below(&DEFINITIONS, id), body, etag).await
    }

    /// Takes one of the tenant's own roles away.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn delete_role_definition(&self, id: &str) -> Result<(), ClientError> {
        self.delete(&below(&DEFINITIONS, id)).await
    }

    /// Who holds which role of the own tenant now.
    #[must_use]
    pub fn role_assignments(&self, query: &QueryOptions) -> Pages<RoleAssignment> {
        Pages::new(self.clone(), self.address(&ASSIGNMENTS, &query.encode()), None)
    }

    /// Gives an account of the own tenant a role.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn create_role_assignment(
        &self,
        body: &CreateRoleAssignment,
    ) -> Result<Answer<RoleAssignment>, ClientError> {
        self.post(&ASSIGNMENTS, body).await
    }

    /// Takes a role back.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn delete_role_assignment(&self, id: &str) -> Result<(), ClientError> {
        self.delete(&below(&ASSIGNMENTS, id)).await
    }

    /// The caller's own tokens; everybody's for who may manage them.
    #[must_use]
    pub fn api_tokens(&self, query: &QueryOptions) -> Pages<ApiToken> {
        Pages::new(self.clone(), self.address(&TOKENS, &query.encode()), None)
    }

    /// Makes a token; the answer holds its text.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn create_api_token(&self, body: &CreateApiToken) -> Result<Answer<ApiToken>, ClientError> {
        self.post(&TOKENS, body).await
    }

    /// Ends a token at once.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn revoke_api_token(&self, id: TokenId) -> Result<Answer<ApiToken>, ClientError> {
        let id = id.to_string();
        self.post(&["v1.0", "apiTokens", &id, "revoke"], &NoArguments::default()).await
    }
}

fn below<'a>(list: &[&'a str], id: &'a str) -> Vec<&'a str> {
    let mut path = list.to_vec();
    path.push(id);
    path
}
