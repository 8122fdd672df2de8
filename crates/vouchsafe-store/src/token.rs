//! API tokens beyond their look-up: one by its id, how many are good, and when each was last used.

use serde::{Deserialize, Serialize};
use vouchsafe_core::id::{TenantId, TokenId, UserId};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::setup::TokenRecord;
use vouchsafe_core::time::Timestamp;

use crate::error::StoreError;
use crate::session::Session;
use crate::sql::{self, values};
use crate::work::Work;

/// What people call a token, sealed for its place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TokenName {
    pub(crate) id: TokenId,
    pub(crate) name: Personal,
}

impl Session {
    /// The API token of this id.
    ///
    /// # Errors
    /// [`StoreError`], as everything here.
    pub async fn token_by_id(
        &mut self,
        tenant: TenantId,
        id: TokenId,
    ) -> Result<Option<TokenRecord>, StoreError> {
        match self.query_one(sql::TOKEN_BY_ID, &values![tenant, id]).await? {
            Some(row) => self.token_row(tenant, row).await.map(Some),
            None => Ok(None),
        }
    }

    /// How many tokens of an account are neither over nor ended at this session's instant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn good_tokens(&mut self, tenant: TenantId, user: UserId) -> Result<usize, StoreError> {
        let now = self.instant();
        let row = self.query_one(sql::COUNT_GOOD_TOKENS, &values![tenant, user, now]).await?;
        let count = row.map_or(Ok(0), |mut row| row.count(0))?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }
}

impl Work {
    /// Notes when a token was last used. Not audited: what a token did is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn note_token_use(
        &mut self,
        tenant: TenantId,
        id: TokenId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.execute(sql::NOTE_TOKEN_USE, values![at, tenant, id]).await.map(drop)
    }
}
