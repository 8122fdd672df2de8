//! Destroying a person's key (`evidence.md`, *Erasure*), so that nothing of it is left in any file.
//!
//! The key's row stays, empty: it says that the person was erased, so that no new key is made for what was sealed under
//! the old one. SQLite overwrites what it deletes (`secure_delete`); what the write-ahead log still holds of it goes when
//! the log is copied into the database and cut to nothing. Pages that were split before may hold a copy that no row
//! points to: where the wrapped key is found in the file after all, the file is written anew.

use std::io::Read as _;
use std::path::Path;

use vouchsafe_core::audit::AuditCategory;
use vouchsafe_core::erasure::Erasure;
use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::time::Timestamp;

use crate::error::StoreError;
use crate::session::Session;
use crate::sql::{self, values};
use crate::store::Store;
use crate::work::Work;

/// Bytes of a file that are searched at once.
const SEARCHED_AT_ONCE: usize = 1 << 20;

/// A wrapped key on its way out: what must be found nowhere afterwards.
#[derive(Debug)]
pub struct Remains {
    tenant: TenantId,
    user: UserId,
    wrapped: Vec<u8>,
}

impl Remains {
    /// The wrapped key; empty for a person without one.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.wrapped
    }
}

impl Session {
    /// When somebody last decided on access, or did anything about it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_decision(
        &mut self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let category = AuditCategory::SupportAccessManagement.name();
        let row = self.query_one(sql::LAST_DECISION_OF, &values![tenant, user, category]).await?;
        match row {
            Some(mut row) => Ok(row.opt_int(0)?.map(Timestamp::from_micros)),
            None => Ok(None),
        }
    }

    /// A person's key as it is stored, for [`Store::wipe`] after it was destroyed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remains(&mut self, tenant: TenantId, user: UserId) -> Result<Remains, StoreError> {
        let wrapped = match self.query_one(sql::PERSON_KEY, &values![tenant, user]).await? {
            Some(mut row) => row.bytes(0)?,
            None => Vec::new(),
        };
        Ok(Remains { tenant, user, wrapped })
    }
}

impl Work {
    pub(crate) async fn write_erasure(&mut self, erasure: &Erasure) -> Result<(), StoreError> {
        let Erasure { tenant, user } = *erasure;
        self.must_hold(tenant)?;
        if let Some(known) = self.known() {
            known.callers_change();
            known.tokens_change();
        }
        self.execute(sql::DESTROY_PERSON_KEY, values![tenant, user, Vec::<u8>::new()]).await?;
        for statement in [
            sql::DELETE_TOKENS_OF,
            sql::DELETE_SESSIONS_OF,
            sql::DELETE_ANSWERS_OF,
            sql::DELETE_PASSKEYS_OF,
            sql::DELETE_ENROLMENTS_OF,
            sql::DELETE_IDENTITIES_OF,
        ] {
            self.execute(statement, values![tenant, user]).await?;
        }
        self.forget_key(tenant, user);
        Ok(())
    }
}

impl Store {
    /// Wipes what is left of a destroyed key: in memory, in the write-ahead log, and in pages that no row points to.
    ///
    /// # Errors
    /// [`StoreError::CommitFailed`] while a reader keeps the write-ahead log: the key is destroyed, but bytes of its
    /// wrapped form may lie in the files until this is done again.
    pub async fn wipe(&self, remains: &Remains) -> Result<(), StoreError> {
        self.forget_person(remains.tenant, remains.user);
        let Some(file) = self.cut_log().await? else { return Ok(()) };
        if remains.wrapped.is_empty() || !holds(file, &remains.wrapped)? {
            return Ok(());
        }
        self.write_anew().await?;
        self.cut_log().await.map(drop)
    }
}

/// Whether a file holds these bytes anywhere.
fn holds(path: &Path, wanted: &[u8]) -> Result<bool, StoreError> {
    let failed = |source| StoreError::File { path: path.display().to_string(), source };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let finder = memchr::memmem::Finder::new(wanted);
    let mut window = Vec::with_capacity(SEARCHED_AT_ONCE + wanted.len());
    loop {
        let read = file.by_ref().take(SEARCHED_AT_ONCE as u64).read_to_end(&mut window).map_err(failed)?;
        if finder.find(&window).is_some() {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        window.drain(..window.len().saturating_sub(wanted.len()));
    }
}
