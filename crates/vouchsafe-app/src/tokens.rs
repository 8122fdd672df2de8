//! API tokens that people make, see and end; and when each was last used.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use vouchsafe_core::api_token::{self, NewToken};
use vouchsafe_core::id::{TenantId, TokenId, UserId};
use vouchsafe_core::permit::{Facts, ManageAllTokens, UseOwnTokens, authorize};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::setup::TokenRecord;
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_signin::{Purpose, Secret};
use vouchsafe_store::Listed;

use crate::call::{acting, finish, replayed, shown_after_commit};
use crate::case::LOOK;
use crate::{App, AppError, Call, ListOptions, Who};

/// The last use of a token is told to the hour: closer would be a record of somebody's day, and a write for each call.
const USE_TOLD_BY: Duration = Duration::hours(1);

/// Uses that are not written yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct TokenUses(Arc<Mutex<HashMap<(TenantId, TokenId), Timestamp>>>);

impl TokenUses {
    /// Notes a use, if it is of another hour than what is known.
    pub(crate) fn note(&self, token: &TokenRecord, now: Timestamp) {
        let length = USE_TOLD_BY.as_micros();
        let hour = Timestamp::from_micros(now.as_micros().div_euclid(length) * length);
        if token.last_used.is_none_or(|last| last < hour) {
            let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            uses.insert((token.tenant, token.id), hour);
        }
    }

    fn taken(&self) -> HashMap<(TenantId, TokenId), Timestamp> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct TokenCommand {
    /// What it is called.
    pub name: String,
    /// Whom it is to speak for: a service account, if not the maker.
    pub user: Option<UserId>,
    /// Resource actions.
    pub scopes: Vec<String>,
    /// When it ends by itself.
    pub expires: Timestamp,
}

/// A token that was just made: the only time that its text exists outside of its holder's hands.
#[derive(Debug, Clone)]
pub struct MadeToken {
    /// What is kept of it.
    pub record: TokenRecord,
    /// Its text; `None` where the same call is answered again.
    pub secret: Option<Secret>,
}

/// What is remembered of the answer: not the secret.
#[derive(Serialize, Deserialize)]
struct Made(TokenId);

impl App {
    /// The caller's own tokens, or everybody's for who may manage them.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn api_tokens(&self, who: Who, options: &ListOptions) -> Result<Listed<TokenRecord>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let facts = Facts::own_tenant(LOOK, &me.caller);
        let query = options.understood("createdDateTime")?;
        if authorize::<ManageAllTokens>(facts, me.tenant.id).is_ok() {
            return Ok(reader.list_tokens(me.tenant.id, None, &query).await?);
        }
        drop(authorize::<UseOwnTokens>(facts, me.tenant.id).map_err(AppError::unhidden)?);
        Ok(reader.list_tokens(me.tenant.id, Some(who.user), &query).await?)
    }

    /// Makes a token.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn make_token(&self, call: &Call, command: TokenCommand) -> Result<MadeToken, AppError> {
        let tenant = call.who.tenant;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        drop(authorize::<UseOwnTokens>(facts, tenant).map_err(AppError::unhidden)?);
        if call.who.scopes.is_some() {
            // It would outlive the one that made it.
            return Err(Rejection::Forbidden("a limited token makes no tokens").into());
        }
        if let Some(Made(id)) = replayed(&mut work, call).await? {
            let record = work.token_by_id(tenant, id).await?.ok_or(AppError::NotFound)?;
            return shown_after_commit(work, MadeToken { record, secret: None }).await;
        }
        let mut random = [0; vouchsafe_signin::SECRET_BYTES];
        work.random(tenant, &mut random);
        let secret = Secret::new(Purpose::ApiToken, tenant, random);
        let id: TokenId = work.new_id(tenant);
        let TokenCommand { name, user, scopes, expires } = command;
        let latest = call.who.ends;
        let new = NewToken { id, hash: secret.hash().0, name, scopes, expires, latest };
        let cx = me.context(&work);
        match user.filter(|user| *user != call.who.user) {
            None => {
                let good = work.good_tokens(tenant, call.who.user).await?;
                let decided = api_token::make_own(new, &me.caller, good, &cx)?;
                let permit = authorize::<UseOwnTokens>(facts, tenant)?;
                work.record(permit, decided).await?;
            }
            Some(user) => {
                let permit = authorize::<ManageAllTokens>(facts, tenant)?;
                let missing = || Rejection::invalid("userId", "names no account of your organisation");
                let account = work.account(tenant, user).await?.ok_or_else(missing)?;
                let good = work.good_tokens(tenant, user).await?;
                let decided = api_token::make_for_service(new, &me.caller, &account.person, good, &cx)?;
                work.record(permit, decided).await?;
            }
        }
        let record = work.token_by_id(tenant, id).await?.ok_or(AppError::NotFound)?;
        finish(work, call, Made(id)).await?;
        Ok(MadeToken { record, secret: Some(secret) })
    }

    /// Ends a token, at once: one's own, or anybody's for who may manage them.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn end_token(&self, call: &Call, id: TokenId) -> Result<TokenRecord, AppError> {
        let tenant = call.who.tenant;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let token = work.token_by_id(tenant, id).await?.ok_or(AppError::NotFound)?;
        let cx = me.context(&work);
        if token.user == call.who.user {
            if call.who.scopes.is_some() && call.who.token != Some(id) {
                return Err(Rejection::Forbidden("a limited token ends no token but itself").into());
            }
            let permit = authorize::<UseOwnTokens>(facts, tenant)?;
            if let Some(Made(_)) = replayed(&mut work, call).await? {
                return shown_after_commit(work, token).await;
            }
            work.record(permit, api_token::revoke(&token, &cx)?).await?;
        } else {
            // Others' tokens are not there for who may not manage them.
            let permit = authorize::<ManageAllTokens>(facts, tenant).map_err(|_| AppError::NotFound)?;
            if let Some(Made(_)) = replayed(&mut work, call).await? {
                return shown_after_commit(work, token).await;
            }
            work.record(permit, api_token::revoke(&token, &cx)?).await?;
        }
        let ended = work.token_by_id(tenant, id).await?.ok_or(AppError::NotFound)?;
        finish(work, call, Made(id)).await?;
        Ok(ended)
    }

    /// Writes down which tokens were used since the last time. A use that is lost with the process is told late.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn note_token_uses(&self) -> Result<(), AppError> {
        let uses = self.token_uses.taken();
        if uses.is_empty() {
            return Ok(());
        }
        let mut work = self.store.work().await?;
        for ((tenant, id), at) in uses {
            work.note_token_use(tenant, id, at).await?;
        }
        Ok(work.commit().await?)
    }
}
