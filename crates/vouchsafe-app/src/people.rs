//! The people of the own tenant: who they are, invited, renamed, disabled, deleted.

use vouchsafe_core::decided::Write;
use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::people::{self as rules, NewUser};
use vouchsafe_core::permission::Permissions;
use vouchsafe_core::permit::{DeleteUser, EnableUser, Facts, InviteUser, ReadUsers, UpdateUser, authorize};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::setup::Account;
use vouchsafe_store::{Session, Work};

use crate::call::{Acting, acting, finish, replayed, shown_after_commit, unchanged};
use crate::case::LOOK;
use crate::roles::managers;
use crate::{App, AppError, Call, Who, version_of};

/// Accounts of one tenant.
pub(crate) const USERS_MAX: usize = 10_000;

/// Somebody to be invited.
#[derive(Debug, Clone)]
pub struct InviteCommand {
    /// Name.
    pub display_name: String,
    /// Sign-in name.
    pub user_principal_name: String,
    /// Whether the account may be used from the start.
    pub account_enabled: bool,
}

/// What changes of somebody; absent parts stay.
#[derive(Debug, Clone, Default)]
pub struct UserCommand {
    /// Name.
    pub display_name: Option<String>,
    /// Whether the account may be used.
    pub account_enabled: Option<bool>,
}

impl App {
    /// The people and service accounts of the own tenant, without deleted ones.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn users(&self, who: Who) -> Result<Vec<Account>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        may_see(&me).map_err(AppError::unhidden)?;
        let mut accounts = reader.accounts(who.tenant).await?;
        accounts.retain(|account| account.person.deleted.is_none());
        Ok(accounts)
    }

    /// One of them; oneself always.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn user(&self, who: Who, id: UserId) -> Result<Account, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        if id != who.user {
            may_see(&me)?;
        }
        standing(&mut reader, who.tenant, id).await
    }

    /// Adds somebody to the own tenant, without a role and without a way in.
    ///
    /// # Errors
    /// [`AppError`]; `conflict` if the sign-in name is taken.
    pub async fn invite(&self, call: &Call, command: InviteCommand) -> Result<Account, AppError> {
        let tenant = call.who.tenant;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let permit = authorize::<InviteUser>(facts, tenant).map_err(AppError::unhidden)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        if work.account_named(tenant, command.user_principal_name.trim()).await?.is_some() {
            return Err(Rejection::Conflict.into());
        }
        if work.accounts(tenant).await?.len() >= USERS_MAX {
            let message = format!("would be one more than {USERS_MAX}");
            return Err(Rejection::invalid("userPrincipalName", message).into());
        }
        let new = NewUser {
            id: work.new_id(tenant),
            display_name: command.display_name,
            user_principal_name: command.user_principal_name,
            active: command.account_enabled,
        };
        let decided = rules::invite(new, &me.tenant, &me.context(&work))?;
        let account = account_of(work.record(permit, decided).await?).ok_or_else(crate::case::lost)?;
        finish(work, call, account).await
    }

    /// Changes somebody's name, or whether the account may be used. Who is disabled is signed out, and every token stops
    /// working, before this returns.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn change_user(
        &self,
        call: &Call,
        id: UserId,
        command: UserCommand,
    ) -> Result<Account, AppError> {
        let tenant = call.who.tenant;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        may_see(&me)?;
        let mut account = standing(&mut work, tenant, id).await?;
        unchanged(call, version_of(&account))?;
        let cx = me.context(&work);
        if let Some(name) = &command.display_name {
            let facts = Facts::own_tenant(work.id(), &me.caller);
            let permit = authorize::<UpdateUser>(facts, tenant)?;
            let decided = rules::rename(&account, name, &cx)?;
            account = account_of(work.record(permit, decided).await?).unwrap_or(account);
        }
        if let Some(enabled) = command.account_enabled {
            let facts = Facts::own_tenant(work.id(), &me.caller);
            let permit = authorize::<EnableUser>(facts, tenant)?;
            let rights = rights_of(&mut work, tenant, id).await?;
            if !enabled {
                managers(&mut work, tenant).await?.must_survive_without(|held| held.user == id)?;
            }
            let decided = rules::enable(&account, enabled, &me.caller, &rights, &cx)?;
            account = account_of(work.record(permit, decided).await?).unwrap_or(account);
        }
        let disabled = command.account_enabled == Some(false);
        let account = finish(work, call, account).await?;
        if disabled && me.is_provider() {
            self.leave_cases(tenant, id).await?;
        }
        Ok(account)
    }

    /// Deletes somebody's account: no role, no way in, no way back.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn delete_user(&self, call: &Call, id: UserId) -> Result<(), AppError> {
        let tenant = call.who.tenant;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        may_see(&me)?;
        let account = standing(&mut work, tenant, id).await?;
        unchanged(call, version_of(&account))?;
        let permit = authorize::<DeleteUser>(Facts::own_tenant(work.id(), &me.caller), tenant)?;
        let rights = rights_of(&mut work, tenant, id).await?;
        managers(&mut work, tenant).await?.must_survive_without(|held| held.user == id)?;
        let decided = rules::delete(&account, &me.caller, &rights, &me.context(&work))?;
        work.record(permit, decided).await?;
        work.commit().await?;
        if me.is_provider() {
            self.leave_cases(tenant, id).await?;
        }
        Ok(())
    }
}

/// Whether somebody may know who the own tenant's people are.
fn may_see(me: &Acting) -> Result<(), AppError> {
    let facts = Facts::own_tenant(LOOK, &me.caller);
    Ok(authorize::<ReadUsers>(facts, me.tenant.id).map(drop)?)
}

/// An account that was not deleted.
pub(crate) async fn standing(
    session: &mut Session,
    tenant: TenantId,
    id: UserId,
) -> Result<Account, AppError> {
    let found = session.account(tenant, id).await?;
    found.filter(|account| account.person.deleted.is_none()).ok_or(AppError::NotFound)
}

/// What an account's roles allow.
pub(crate) async fn rights_of(
    work: &mut Work,
    tenant: TenantId,
    id: UserId,
) -> Result<Permissions, AppError> {
    let (caller, _) = work.caller(tenant, id).await?.ok_or(AppError::NotFound)?;
    Ok(caller.permissions)
}

fn account_of(rows: Vec<Write>) -> Option<Account> {
    rows.into_iter().find_map(|row| if let Write::Account(account) = row { Some(*account) } else { None })
}
