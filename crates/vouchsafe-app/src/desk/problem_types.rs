//! The provider's tree of problem types.

use vouchsafe_core::decided::Decided;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::{Facts, ManageProblemTypes, Permit, authorize};
use vouchsafe_core::problem_type::{self as rules, ProblemTypeChange, ProblemTypes};
use vouchsafe_store::Work;

use crate::call::{Acting, acting, finish, replayed, shown_after_commit, unchanged};
use crate::{App, AppError, Call, Who, version_of};

impl App {
    /// The tree, retired types too: everybody may see what requests are filed under.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn problem_types(&self, who: Who) -> Result<ProblemTypes, AppError> {
        let mut reader = self.store.read()?;
        acting(&mut reader, who).await?;
        Ok(reader.problem_types(self.store.provider()).await?)
    }

    /// Adds a problem type; for the provider's managers and administrators.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn add_problem_type(
        &self,
        call: &Call,
        id: &str,
        display_name: &str,
    ) -> Result<ProblemTypes, AppError> {
        let (mut work, me, permit) = self.managing_problem_types(call.who).await?;
        let provider = work.provider();
        if let Some(()) = replayed(&mut work, call).await? {
            let types = work.problem_types(provider).await?;
            return shown_after_commit(work, types).await;
        }
        let types = work.problem_types(provider).await?;
        let decided = rules::add(&types, id, display_name, &me.context(&work))?;
        self.recorded_types(work, call, permit, decided).await
    }

    /// Renames a problem type, retires it or brings it back.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn change_problem_type(
        &self,
        call: &Call,
        id: &str,
        change: ProblemTypeChange,
    ) -> Result<ProblemTypes, AppError> {
        let (mut work, me, permit) = self.managing_problem_types(call.who).await?;
        let provider = work.provider();
        let types = work.problem_types(provider).await?;
        let old = types.find(id).ok_or(AppError::NotFound)?;
        unchanged(call, version_of(old))?;
        let decided = rules::change(&types, old, change, &me.context(&work))?;
        self.recorded_types(work, call, permit, decided).await
    }

    async fn managing_problem_types(
        &self,
        who: Who,
    ) -> Result<(Work, Acting, Permit<ManageProblemTypes>), AppError> {
        let provider: TenantId = self.store.provider();
        let mut work = self.work_on([provider].into()).await?;
        let me = acting(&mut work, who).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        // Everybody sees the tree.
        let permit = authorize::<ManageProblemTypes>(facts, me.tenant.id).map_err(AppError::unhidden)?;
        if me.is_provider() { Ok((work, me, permit)) } else { Err(AppError::Forbidden) }
    }

    async fn recorded_types(
        &self,
        mut work: Work,
        call: &Call,
        permit: Permit<ManageProblemTypes>,
        decided: Decided<ManageProblemTypes>,
    ) -> Result<ProblemTypes, AppError> {
        work.record(permit, decided).await?;
        let provider = work.provider();
        let types = work.problem_types(provider).await?;
        finish(work, call, ()).await?;
        Ok(types)
    }
}
