//! The caller's own account, tenant and settings.

use serde::Serialize;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::permit::{ChangePolicy, Facts, ReadPolicy, authorize};
use vouchsafe_core::role::manage::Role;
use vouchsafe_core::setup::{self, Account};
use vouchsafe_core::tenant::{SupportAccessPolicy, Tenant};

use crate::call::{acting, finish, shown_after_commit, unchanged};
use crate::case::LOOK;
use crate::view::MeView;
use crate::votes::{self, possible_voters};
use crate::{App, AppError, Call, SignedVote, Who};

impl App {
    /// Who the caller is and what it may do now.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn me(&self, who: Who) -> Result<MeView, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let account = reader.account(who.tenant, who.user).await?.ok_or(AppError::Unauthenticated)?;
        let custom = reader.custom_roles(who.tenant).await?;
        let roles = account.held(reader.now()).filter_map(|id| Role::find(id, &custom));
        let roles = roles.map(|role| role.display_name().to_owned()).collect();
        let allowed = me.caller.permissions.iter().collect();
        let (person, tenant) = (me.caller.person.clone(), Tenant::clone(&me.tenant));
        let works_for_provider = votes::works_for_provider(&mut reader, who.tenant, who.user).await?;
        Ok(MeView { person, roles, allowed, tenant, works_for_provider })
    }

    /// The engineers of the provider, for those who hand cases over.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for anybody but the provider's people.
    pub async fn engineers(&self, who: Who) -> Result<Vec<Account>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        if !me.is_provider() {
            return Err(AppError::Forbidden);
        }
        let mut engineers = Vec::new();
        for account in reader.accounts(who.tenant).await? {
            let permissions = reader.permissions_of(&account, false).await?;
            if account.person.active && permissions.allow(Permission::WorkRequests) {
                engineers.push(account);
            }
        }
        Ok(engineers)
    }

    /// The own tenant's settings.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn policy(&self, who: Who) -> Result<SupportAccessPolicy, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let facts = Facts::own_tenant(LOOK, &me.caller);
        drop(authorize::<ReadPolicy>(facts, who.tenant).map_err(AppError::unhidden)?);
        Ok(me.tenant.policy.clone())
    }

    /// The people of the own tenant whose roles let them approve access, for who changes settings.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who may not change them.
    pub async fn approvers(&self, who: Who) -> Result<Vec<Account>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let facts = Facts::own_tenant(LOOK, &me.caller);
        drop(authorize::<ChangePolicy>(facts, who.tenant).map_err(AppError::unhidden)?);
        let umbrella = me.tenant.policy.ticket_umbrella;
        let mut approvers = Vec::new();
        for account in reader.accounts(who.tenant).await? {
            let permissions = reader.permissions_of(&account, umbrella).await?;
            if account.person.active && permissions.allow(Permission::ApproveAccess) {
                approvers.push(account);
            }
        }
        Ok(approvers)
    }

    /// Changes the own tenant's settings.
    ///
    /// # Errors
    /// [`AppError`]; [`AppError::Assurance`] where that needs a signature.
    pub async fn change_policy(
        &self,
        call: &Call,
        change: impl FnOnce(SupportAccessPolicy) -> SupportAccessPolicy,
    ) -> Result<SupportAccessPolicy, AppError> {
        self.change_policy_signed(call, None, change).await
    }

    /// Changes the own tenant's settings, with the answer to what had to be signed.
    ///
    /// # Errors
    /// As [`App::change_policy`].
    pub async fn change_policy_signed(
        &self,
        call: &Call,
        given: Option<&SignedVote>,
        change: impl FnOnce(SupportAccessPolicy) -> SupportAccessPolicy,
    ) -> Result<SupportAccessPolicy, AppError> {
        let mut work = self.work_on([call.who.tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let permit = authorize::<ChangePolicy>(facts, me.tenant.id).map_err(AppError::unhidden)?;
        unchanged(call, version_of(&me.tenant.policy))?;
        let policy = change(me.tenant.policy.clone());
        if policy == me.tenant.policy {
            return shown_after_commit(work, policy).await;
        }
        if policy.decision_assurance > me.tenant.policy.decision_assurance {
            self.can_sign(&mut work, &me).await?;
        }
        let possible = possible_voters(&mut work, me.tenant.id, &policy).await?;
        policy.check()?;
        let signed = self.signed_policy(&mut work, &me, &policy, given).await?;
        let cx = me.context(&work);
        let decided = setup::change_policy(&me.tenant, policy.clone(), possible, signed, &cx)?;
        work.record(permit, decided).await?;
        finish(work, call, policy).await
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        let Ok(mut reader) = self.store.read() else { return false };
        reader.tenant(self.store.provider()).await.is_ok()
    }
}

/// A number for `ETag` of settings that is another one when any of them is.
#[must_use]
pub fn version_of(settings: &impl Serialize) -> u64 {
    let text = serde_json::to_vec(settings).unwrap_or_default();
    let [a, b, c, d, e, f, g, h, ..] = vouchsafe_log::leaf_hash(&text);
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}
