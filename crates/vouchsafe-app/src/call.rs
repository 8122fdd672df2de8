//! Who calls, and what every call carries.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use vouchsafe_core::audit::Initiator;
use vouchsafe_core::decided::Context;
use vouchsafe_core::id::{TenantId, TokenId, UserId};
use vouchsafe_core::permission::Permissions;
use vouchsafe_core::permit::Caller;
use vouchsafe_core::tenant::{Tenant, TenantKind};
use vouchsafe_core::time::Timestamp;
use vouchsafe_signin::{Purpose, Secret};
use vouchsafe_store::{Answered, Session, Work};

use crate::{App, AppError};

/// An authenticated account. What it may do is loaded in each unit of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// The tenant, as the token decides.
    pub tenant: TenantId,
    /// The account.
    pub user: UserId,
    /// What the token is limited to; all that the account may do without it.
    pub scopes: Option<Permissions>,
    /// When the token ends by itself; a session has no end that counts here.
    pub ends: Option<Timestamp>,
    /// The token; none for a session of the pages.
    pub token: Option<TokenId>,
}

impl Who {
    /// An account, with all that it may do.
    #[must_use]
    pub const fn of(tenant: TenantId, user: UserId) -> Self {
        Self { tenant, user, scopes: None, ends: None, token: None }
    }
}

/// A call: who, and the conditions that came with it.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who calls.
    pub who: Who,
    /// `If-Match`: the version that the caller has seen.
    pub if_match: Option<u64>,
    /// `Idempotency-Key` with the endpoint (method and path) and the SHA-256 of the body.
    pub idempotency: Option<Answered>,
}

impl From<Who> for Call {
    fn from(who: Who) -> Self {
        Self { who, if_match: None, idempotency: None }
    }
}

/// A caller within a unit of work.
pub(crate) struct Acting {
    pub(crate) caller: Arc<Caller>,
    pub(crate) tenant: Arc<Tenant>,
}

impl Acting {
    pub(crate) fn is_provider(&self) -> bool {
        self.tenant.kind == TenantKind::Provider
    }

    pub(crate) fn context(&self, work: &Work) -> Context {
        work.context(Initiator::User(Box::new(self.caller.person.clone())))
    }
}

/// Loads the caller. An account that is gone or disabled has no valid credentials.
pub(crate) async fn acting(session: &mut Session, who: Who) -> Result<Acting, AppError> {
    let (caller, tenant) = session.caller(who.tenant, who.user).await?.ok_or(AppError::Unauthenticated)?;
    let caller = match who.scopes {
        None => caller,
        Some(scopes) => {
            let permissions = caller.permissions.within(scopes);
            Arc::new(Caller { person: caller.person.clone(), permissions })
        }
    };
    if caller.person.active { Ok(Acting { caller, tenant }) } else { Err(AppError::Unauthenticated) }
}

impl App {
    /// Whom an API token speaks for.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], [`AppError::TokenExpired`], [`AppError::TokenRevoked`].
    pub async fn authenticate(&self, token: &str) -> Result<Who, AppError> {
        let secret = Secret::parse(Purpose::ApiToken, token).map_err(|_| AppError::Unauthenticated)?;
        let found = self.store.token(secret.tenant(), secret.hash().0).await?;
        let found = found.ok_or(AppError::Unauthenticated)?;
        if found.revoked.is_some() {
            return Err(AppError::TokenRevoked);
        }
        let now = self.store.now();
        if now >= found.expires {
            return Err(AppError::TokenExpired);
        }
        self.token_uses.note(&found, now);
        let ends = Some(found.expires);
        Ok(Who { tenant: found.tenant, user: found.user, scopes: found.scopes, ends, token: Some(found.id) })
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.store.now()
    }

    /// Begins a unit of work with the log heads of these tenants locked, as far as they exist here.
    pub(crate) async fn work_on(&self, tenants: BTreeSet<TenantId>) -> Result<Work, AppError> {
        let mut work = self.store.work().await?;
        work.lock_existing(tenants).await?;
        Ok(work)
    }
}

/// The remembered answer of a repeated call, after the caller was authorised anew.
pub(crate) async fn replayed<T: DeserializeOwned>(
    work: &mut Work,
    call: &Call,
) -> Result<Option<T>, AppError> {
    match &call.idempotency {
        Some(asked) => Ok(work.remembered(asked).await?),
        None => Ok(None),
    }
}

/// Answers with what is there already, once it is durable: this unit of work may have seen one of its own group that
/// was not committed yet.
pub(crate) async fn shown_after_commit<T>(work: Work, answer: T) -> Result<T, AppError> {
    work.commit().await?;
    Ok(answer)
}

/// Remembers the answer with the change, and commits both.
pub(crate) async fn finish<T: Serialize>(mut work: Work, call: &Call, answer: T) -> Result<T, AppError> {
    if let Some(asked) = &call.idempotency {
        work.remember(asked, &answer).await?;
    }
    work.commit().await?;
    Ok(answer)
}

/// Checks `If-Match`.
pub(crate) fn unchanged(call: &Call, version: u64) -> Result<(), AppError> {
    match call.if_match {
        Some(seen) if seen != version => Err(AppError::Stale),
        Some(_) | None => Ok(()),
    }
}
