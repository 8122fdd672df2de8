//! Ways in: sessions of the pages, passkeys, one-time passes, answered challenges.

use vouchsafe_core::id::{EnrolmentId, IdentityProviderId, SessionId, TenantId, UserId};
use vouchsafe_core::passkey::{CredentialsEnd, Enrolment, Passkey, PasskeyRecord};
use vouchsafe_core::time::Timestamp;

use crate::error::StoreError;
use crate::session::Session;
use crate::sql::{self, Row, values};
use crate::work::Work;

/// A session of the pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSession {
    /// Its id, which is no secret.
    pub id: SessionId,
    /// The tenant of its person.
    pub tenant: TenantId,
    /// Whose it is.
    pub user: UserId,
    /// SHA-256 of the random bytes of its cookie.
    pub hash: [u8; 32],
    /// The credential id of the passkey that it began with; none where people are chosen.
    pub credential: Option<String>,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used, to the minute or so.
    pub seen: Timestamp,
    /// When it ends, used or not.
    pub expires: Timestamp,
    /// Where its person signed in, if it was not here.
    pub identity: Option<SessionIdentity>,
}

/// Where the person of a session signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionIdentity {
    /// With which identity provider.
    pub provider: IdentityProviderId,
    /// Keyed hash of issuer and subject.
    pub subject: Vec<u8>,
    /// Keyed hash of the session at the issuer, if it has said which.
    pub sid: Option<Vec<u8>>,
}

impl Session {
    /// The session with this hash, ended ones too as long as their row is there.
    ///
    /// # Errors
    /// [`StoreError`], as every loader here.
    pub async fn page_session(
        &mut self,
        tenant: TenantId,
        hash: [u8; 32],
    ) -> Result<Option<PageSession>, StoreError> {
        let row = self.query_one(sql::SESSION_BY_HASH, &values![tenant, hash.to_vec()]).await?;
        row.map(|row| page_session(tenant, row)).transpose()
    }

    /// The sessions of a person, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page_sessions(
        &mut self,
        tenant: TenantId,
        user: UserId,
        limit: u32,
    ) -> Result<Vec<PageSession>, StoreError> {
        let rows = self.query(sql::SESSIONS_OF, &values![tenant, user, i64::from(limit)]).await?;
        rows.into_iter().map(|row| page_session(tenant, row)).collect()
    }

    /// Every passkey that a person ever had, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn passkeys_of(
        &mut self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Vec<PasskeyRecord>, StoreError> {
        let rows = self.query(sql::PASSKEYS_OF, &values![tenant, user]).await?;
        self.passkey_records(tenant, rows).await
    }

    /// The passkeys of a tenant that stand and were enrolled after `since`, the newest first, `limit` at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn passkeys_since(
        &mut self,
        tenant: TenantId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<PasskeyRecord>, StoreError> {
        let values = values![tenant, since.as_micros(), i64::from(limit)];
        let rows = self.query(sql::PASSKEYS_SINCE, &values).await?;
        self.passkey_records(tenant, rows).await
    }

    async fn passkey_records(
        &mut self,
        tenant: TenantId,
        rows: Vec<Row>,
    ) -> Result<Vec<PasskeyRecord>, StoreError> {
        let mut passkeys = Vec::with_capacity(rows.len());
        for mut row in rows {
            let passkey: Passkey = self.opened(tenant, &row.bytes(0)?).await?;
            passkeys.push(PasskeyRecord {
                passkey,
                counter: u32::try_from(row.count(1)?).unwrap_or(u32::MAX),
                backup_eligible: row.int(2)? != 0,
                last_used: row.opt_int(3)?.map(Timestamp::from_micros),
                removed: row.opt_int(4)?.map(Timestamp::from_micros),
            });
        }
        Ok(passkeys)
    }

    /// Whether a tenant knows a passkey of this credential id, removed or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn knows_credential(&mut self, tenant: TenantId, credential: &str) -> Result<bool, StoreError> {
        Ok(self.query_one(sql::PASSKEY_OWNER, &values![tenant, credential]).await?.is_some())
    }

    /// The one-time pass with this hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enrolment(
        &mut self,
        tenant: TenantId,
        hash: [u8; 32],
    ) -> Result<Option<Enrolment>, StoreError> {
        let row = self.query_one(sql::ENROLMENT_BY_HASH, &values![tenant, hash.to_vec()]).await?;
        let Some(mut row) = row else { return Ok(None) };
        Ok(Some(Enrolment {
            id: row.parsed::<EnrolmentId>(0)?,
            tenant,
            user: row.parsed(1)?,
            hash,
            created: Timestamp::from_micros(row.int(2)?),
            expires: Timestamp::from_micros(row.int(3)?),
            used: row.opt_int(4)?.map(Timestamp::from_micros),
            offered_by: row.opt_parsed(5)?,
        }))
    }
}

fn page_session(tenant: TenantId, mut row: Row) -> Result<PageSession, StoreError> {
    let hash = <[u8; 32]>::try_from(row.bytes(0)?.as_slice());
    Ok(PageSession {
        tenant,
        hash: hash.map_err(|_| StoreError::Corrupt("a session's hash has a wrong length".to_owned()))?,
        id: row.parsed(1)?,
        user: row.parsed(2)?,
        credential: row.opt_text(3)?,
        created: Timestamp::from_micros(row.int(4)?),
        seen: Timestamp::from_micros(row.int(5)?),
        expires: Timestamp::from_micros(row.int(6)?),
        identity: match row.opt_text(7)? {
            None => None,
            Some(provider) => {
                let wrong = |_| StoreError::Corrupt("a session's identity provider has no id".to_owned());
                let provider = provider.parse().map_err(wrong)?;
                Some(SessionIdentity { provider, subject: row.bytes(8)?, sid: row.opt_bytes(9)? })
            }
        },
    })
}

impl Work {
    /// Opens a session of the pages.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], as every writer here.
    pub async fn open_session(&mut self, session: &PageSession) -> Result<(), StoreError> {
        let parameters = values![
            session.tenant,
            session.hash.to_vec(),
            session.id,
            session.user,
            session.credential.as_deref(),
            session.created,
            session.seen,
            session.expires,
            session.identity.as_ref().map(|identity| identity.provider),
            session.identity.as_ref().map(|identity| identity.subject.clone()),
            session.identity.as_ref().and_then(|identity| identity.sid.clone()),
        ];
        self.execute(sql::PUT_SESSION, parameters).await.map(drop)
    }

    /// Notes that a session is used now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn session_seen(&mut self, tenant: TenantId, hash: [u8; 32]) -> Result<(), StoreError> {
        let now = self.now();
        self.execute(sql::SESSION_SEEN, values![now, tenant, hash.to_vec()]).await.map(drop)
    }

    /// Ends a session of the pages by its cookie.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn close_session(&mut self, tenant: TenantId, hash: [u8; 32]) -> Result<(), StoreError> {
        self.execute(sql::DELETE_SESSION, values![tenant, hash.to_vec()]).await.map(drop)
    }

    /// Ends a session of a person by its id. Tells whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn close_session_of(
        &mut self,
        tenant: TenantId,
        user: UserId,
        id: SessionId,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(sql::DELETE_SESSION_BY_ID, values![tenant, user, id]).await? > 0)
    }

    /// Ends every session of a person but one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn close_other_sessions(
        &mut self,
        tenant: TenantId,
        user: UserId,
        but: SessionId,
    ) -> Result<(), StoreError> {
        self.execute(sql::DELETE_OTHER_SESSIONS, values![tenant, user, but]).await.map(drop)
    }

    /// Notes that a passkey has signed in.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn passkey_used(
        &mut self,
        tenant: TenantId,
        credential: &str,
        counter: u32,
    ) -> Result<(), StoreError> {
        let parameters = values![i64::from(counter), self.now(), tenant, credential];
        self.execute(sql::PASSKEY_USED, parameters).await.map(drop)
    }

    /// Spends a challenge of a tenant's person. Tells whether nobody had before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn spend_challenge(
        &mut self,
        tenant: TenantId,
        hash: [u8; 32],
        expires: Timestamp,
    ) -> Result<bool, StoreError> {
        let parameters = values![tenant, hash.to_vec(), expires];
        Ok(self.execute(sql::SPEND_CHALLENGE, parameters).await? > 0)
    }

    pub(crate) async fn write_passkey(&mut self, row: &PasskeyRecord) -> Result<(), StoreError> {
        let Passkey { tenant, user, credential, created, .. } = &row.passkey;
        self.must_hold(*tenant)?;
        let document = self.sealed(*tenant, &row.passkey).await?;
        let parameters = values![
            *tenant,
            credential.as_str(),
            *user,
            i64::from(row.counter),
            row.backup_eligible,
            *created,
            row.last_used,
            row.removed,
            document,
        ];
        self.execute(sql::PUT_PASSKEY, parameters).await?;
        if row.removed.is_some() {
            self.execute(sql::DELETE_SESSIONS_BY_PASSKEY, values![*tenant, credential.as_str()]).await?;
        }
        Ok(())
    }

    /// A new pass ends the ones before it that were not used.
    pub(crate) async fn write_enrolment(&mut self, row: &Enrolment) -> Result<(), StoreError> {
        let Enrolment { id, tenant, user, hash, created, expires, used, offered_by } = row;
        self.must_hold(*tenant)?;
        if used.is_none() {
            self.execute(sql::DELETE_UNUSED_ENROLMENTS_OF, values![*tenant, *user]).await?;
        }
        let parameters = values![*tenant, *id, *user, hash.to_vec(), *created, *expires, *used, *offered_by];
        self.execute(sql::PUT_ENROLMENT, parameters).await.map(drop)
    }

    pub(crate) async fn end_credentials(&mut self, end: &CredentialsEnd) -> Result<(), StoreError> {
        let CredentialsEnd { tenant, user, all } = *end;
        self.must_hold(tenant)?;
        if let Some(known) = self.known() {
            known.tokens_change();
        }
        let now = self.now();
        self.execute(sql::DELETE_SESSIONS_OF, values![tenant, user]).await?;
        self.execute(sql::DELETE_UNUSED_ENROLMENTS_OF, values![tenant, user]).await?;
        if all {
            self.execute(sql::DELETE_TOKENS_OF, values![tenant, user]).await?;
            self.execute(sql::REMOVE_PASSKEYS_OF, values![now, tenant, user]).await?;
        } else {
            self.execute(sql::REVOKE_TOKENS_OF, values![now, tenant, user]).await?;
        }
        Ok(())
    }

    /// Deletes answered challenges and passes that are past their time.
    pub(crate) async fn forget_challenges(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        self.execute(sql::DELETE_OLD_CHALLENGES, values![now]).await?;
        self.execute(sql::DELETE_OLD_ENROLMENTS, values![now]).await.map(drop)
    }
}
