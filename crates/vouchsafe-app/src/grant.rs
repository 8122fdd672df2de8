//! Grants: who can read what now; remove one or all; what was read under them.

use vouchsafe_core::case as rules;
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::{AccessRequestId, GrantId, SupportRequestId};
use vouchsafe_core::permit::{Facts, ReadGrant, ReadReads, RemoveAllGrants, RemoveGrant, Scope, authorize};
use vouchsafe_core::read::ReadRecord;
use vouchsafe_store::{Listed, ReadsOf, Work};

use crate::call::{Acting, acting, finish, replayed, shown_after_commit, unchanged};
use crate::case::LOOK;
use crate::cursor::ListOptions;
use crate::view::{EndedView, GrantView, RemovedAll, Rows};
use crate::{App, AppError, Call, Who};

impl App {
    /// Live and paused grants: over the own tenant's data, or those that the engineer may read under.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn grants(&self, who: Who, options: &ListOptions) -> Result<Listed<GrantView>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let scope = Scope::of_access(&me.caller, me.tenant.kind)?;
        let query = options.understood("createdDateTime")?;
        let seen = reader.now();
        Ok(reader.list_grants(scope, &query, seen).await?.map(|grant| GrantView::of(grant, seen)))
    }

    /// One grant, ended ones too.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn grant(&self, who: Who, id: GrantId) -> Result<GrantView, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let seen = reader.now();
        if me.is_provider() {
            let mine = ListOptions { filter: Some(format!("id eq '{id}'")), ..ListOptions::default() };
            drop(reader);
            let found = self.grants(who, &mine).await.map_err(AppError::hidden)?;
            return found.items.into_iter().next().ok_or(AppError::NotFound);
        }
        let grant = reader.grant(who.tenant, id).await?.ok_or(AppError::NotFound)?;
        drop(authorize::<ReadGrant>(Facts::of_grant(LOOK, &me.caller, &grant), id)?);
        Ok(GrantView::of(grant, seen))
    }

    /// A unit of work on a grant over the own tenant's data. The provider's people see a grant and decide nothing about it.
    pub(crate) async fn own_grant(&self, who: Who, id: GrantId) -> Result<(Work, Acting, Grant), AppError> {
        let mut work = self.work_on([who.tenant].into()).await?;
        let me = acting(&mut work, who).await?;
        if let Some(grant) = work.grant(who.tenant, id).await? {
            return Ok((work, me, grant));
        }
        drop(work);
        if me.is_provider() {
            self.grant(who, id).await?;
            return Err(AppError::Forbidden);
        }
        Err(AppError::NotFound)
    }

    /// Ends one grant.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn remove_grant(
        &self,
        call: &Call,
        id: GrantId,
        reason: Option<&str>,
    ) -> Result<EndedView, AppError> {
        let (mut work, me, grant) = self.own_grant(call.who, id).await?;
        let permit = authorize::<RemoveGrant>(Facts::of_grant(work.id(), &me.caller, &grant), id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, grant.version)?;
        let held = work.held(grant).await?;
        let decided = rules::remove(&held, &me.caller.person, reason, &me.context(&work))?;
        work.record(permit, decided).await?;
        let view = EndedView {
            id: id.to_string(),
            reads_ended: work.now(),
            decisions_end_by: self.decisions_end_by(work.now()),
        };
        let view = finish(work, call, view).await?;
        self.end_access(&[id]).await;
        Ok(view)
    }

    /// Ends every grant over the own tenant's data, or every one of one case.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn remove_all_grants(
        &self,
        call: &Call,
        case: Option<SupportRequestId>,
        reason: Option<&str>,
    ) -> Result<RemovedAll, AppError> {
        let tenant = call.who.tenant;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let permit = authorize::<RemoveAllGrants>(facts, tenant).map_err(AppError::unhidden)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        let mut held = work.held_grants(tenant).await?;
        held.retain(|held| case.is_none_or(|case| held.grant.support_request == case));
        let decided = rules::remove_all(tenant, &held, &me.caller.person, reason, &me.context(&work))?;
        let rows = Rows(work.record(permit, decided).await?);
        let view = RemovedAll {
            grants: rows.ended_grants(),
            reads_ended: work.now(),
            decisions_end_by: self.decisions_end_by(work.now()),
        };
        let view = finish(work, call, view).await?;
        self.end_access(&view.grants).await;
        Ok(view)
    }

    /// What was read under a grant of the own tenant.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn reads_of_grant(
        &self,
        who: Who,
        id: GrantId,
        options: &ListOptions,
    ) -> Result<Listed<ReadRecord>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let permit = authorize::<ReadReads>(Facts::own_tenant(LOOK, &me.caller), who.tenant)?;
        reader.grant(who.tenant, id).await?.ok_or(AppError::NotFound)?;
        let query = options.understood("dateTime")?;
        Ok(reader.list_reads(Scope::of_tenant(permit), ReadsOf::Grant(id), &query).await?)
    }

    /// What was read under the access that a request of the own tenant's data made.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn reads_of_request(
        &self,
        who: Who,
        id: AccessRequestId,
        options: &ListOptions,
    ) -> Result<Listed<ReadRecord>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let permit = authorize::<ReadReads>(Facts::own_tenant(LOOK, &me.caller), who.tenant)?;
        reader.access_side(who.tenant, id).await?.ok_or(AppError::NotFound)?;
        let query = options.understood("dateTime")?;
        Ok(reader.list_reads(Scope::of_tenant(permit), ReadsOf::AccessRequest(id), &query).await?)
    }
}
