//! Identity providers of tenants, whose account belongs to whom there, and the sessions that began there.

use vouchsafe_core::id::{IdentityProviderId, TenantId, UserId};
use vouchsafe_core::identity_provider::IdentityProvider;
use vouchsafe_core::identity_provider::arrival::ExternalIdentity;

use crate::error::StoreError;
use crate::load::Versioned;
use crate::record::next_version;
use crate::session::Session;
use crate::sql::{self, Row, values};
use crate::work::Work;

impl Versioned for IdentityProvider {
    fn set_version(&mut self, version: u64) {
        self.version = version;
    }

    fn set_beside(&mut self, row: &mut Row) -> Result<(), StoreError> {
        self.secret = row.opt_bytes(2)?;
        Ok(())
    }
}

impl Session {
    /// The identity providers of a tenant, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`], as every loader here.
    pub async fn identity_providers(
        &mut self,
        tenant: TenantId,
    ) -> Result<Vec<IdentityProvider>, StoreError> {
        self.aggregates(tenant, sql::IDENTITY_PROVIDERS, &values![tenant]).await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn identity_provider(
        &mut self,
        tenant: TenantId,
        id: IdentityProviderId,
    ) -> Result<Option<IdentityProvider>, StoreError> {
        let found = self.aggregates(tenant, sql::IDENTITY_PROVIDER, &values![tenant, id]).await?;
        Ok(found.into_iter().next())
    }

    /// Whose account belongs to somebody at an identity provider.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn identity_owner(
        &mut self,
        tenant: TenantId,
        provider: IdentityProviderId,
        subject: &[u8],
    ) -> Result<Option<UserId>, StoreError> {
        let row = self.query_one(sql::IDENTITY_OWNER, &values![tenant, provider, subject.to_vec()]).await?;
        row.map(|mut row| row.parsed(0)).transpose()
    }

    /// Whether an account belongs to anybody at an identity provider.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_identity(
        &mut self,
        tenant: TenantId,
        provider: IdentityProviderId,
        user: UserId,
    ) -> Result<bool, StoreError> {
        Ok(self.query_one(sql::HAS_IDENTITY, &values![tenant, provider, user]).await?.is_some())
    }

    /// The accounts of another tenant that have an issuer and subject of this account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn same_identity_in(
        &mut self,
        other: TenantId,
        (tenant, user): (TenantId, UserId),
    ) -> Result<Vec<UserId>, StoreError> {
        let rows = self.query(sql::SAME_IDENTITY_IN, &values![tenant, user, other]).await?;
        rows.into_iter().map(|mut row| row.parsed(0)).collect()
    }
}

impl Work {
    /// Ends the sessions that began in one session at an identity provider, and those of its person that did not say in which
    /// they began.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], as every writer here.
    pub async fn close_sessions_of_sid(
        &mut self,
        tenant: TenantId,
        provider: IdentityProviderId,
        sid: &[u8],
        subject: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        self.execute(sql::DELETE_SESSIONS_BY_SID, values![tenant, provider, sid.to_vec()]).await?;
        if let Some(subject) = subject {
            let parameters = values![tenant, provider, subject.to_vec()];
            self.execute(sql::DELETE_SESSIONS_WITHOUT_SID, parameters).await?;
        }
        Ok(())
    }

    /// Ends every session of somebody that began at an identity provider.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn close_sessions_of_subject(
        &mut self,
        tenant: TenantId,
        provider: IdentityProviderId,
        subject: &[u8],
    ) -> Result<(), StoreError> {
        let parameters = values![tenant, provider, subject.to_vec()];
        self.execute(sql::DELETE_SESSIONS_BY_SUBJECT, parameters).await.map(drop)
    }

    /// Whoever signed in with one that nobody can sign in with any more is signed out.
    pub(crate) async fn write_identity_provider(
        &mut self,
        row: &mut IdentityProvider,
    ) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let (document, secret) = (self.sealed(row.tenant, row).await?, row.secret.clone());
        let changed = if row.version == 0 {
            let parameters = values![row.tenant, row.id, document, secret];
            self.execute(sql::INSERT_IDENTITY_PROVIDER, parameters).await?
        } else {
            let parameters = values![document, secret, row.tenant, row.id, row.version];
            self.execute(sql::UPDATE_IDENTITY_PROVIDER, parameters).await?
        };
        if !row.enabled {
            self.execute(sql::DELETE_SESSIONS_BY_PROVIDER, values![row.tenant, row.id]).await?;
        }
        next_version(changed, &mut row.version, "the identity provider")
    }

    pub(crate) async fn delete_identity_provider(
        &mut self,
        row: &mut IdentityProvider,
    ) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let parameters = values![row.tenant, row.id, row.version];
        let changed = self.execute(sql::DELETE_IDENTITY_PROVIDER, parameters).await?;
        for statement in [sql::DELETE_IDENTITIES_AT, sql::DELETE_SESSIONS_BY_PROVIDER] {
            self.execute(statement, values![row.tenant, row.id]).await?;
        }
        next_version(changed, &mut row.version, "the identity provider")
    }

    pub(crate) async fn write_identity(&mut self, row: &ExternalIdentity) -> Result<(), StoreError> {
        self.must_hold(row.tenant)?;
        let subject = self.master().identity_hash(&row.issuer, &row.subject);
        let parameters = values![row.tenant, row.provider, subject, row.user, row.created];
        self.execute(sql::PUT_IDENTITY, parameters).await.map(drop)
    }
}
