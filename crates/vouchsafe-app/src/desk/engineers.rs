//! The provider's engineers: what assignment knows of them, and the end of one's work.

use vouchsafe_core::decided::Write;
use vouchsafe_core::engineer::{self as rules, EngineerChange, EngineerProfile};
use vouchsafe_core::id::{SupportRequestId, TenantId, UserId};
use vouchsafe_core::permit::{Facts, ManageStaff, ReadStaff, authorize};
use vouchsafe_store::DeskEngineer;

use super::staff;
use crate::call::{acting, finish, shown_after_commit, unchanged};
use crate::case::LOOK;
use crate::{App, AppError, Call, Who, version_of};

/// Open cases of one engineer that are given on at once; what is left is for the job.
const CASES_MAX: u32 = 1_000;

impl App {
    /// The provider's engineers, disabled ones too, with their load.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn staff(&self, who: Who) -> Result<Vec<DeskEngineer>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        if !me.is_provider() {
            return Err(AppError::Forbidden);
        }
        let facts = Facts::own_tenant(LOOK, &me.caller);
        drop(authorize::<ReadStaff>(facts, me.tenant.id).map_err(AppError::unhidden)?);
        Ok(reader.desk_engineers(me.tenant.id).await?)
    }

    /// One of them.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn staff_member(&self, who: Who, id: UserId) -> Result<DeskEngineer, AppError> {
        let staff = self.staff(who).await.map_err(AppError::hidden)?;
        staff.into_iter().find(|one| one.person.id == id).ok_or(AppError::NotFound)
    }

    /// Changes what assignment knows of an engineer, or whether the account may do anything. Who is disabled can read
    /// nothing more once this returns: answers on their way have ended, and every open case has its next engineer or
    /// waits in the queue.
    ///
    /// # Errors
    /// [`AppError`]; where it is of a case that was to be given on, the account is disabled and the job tries again.
    pub async fn change_engineer(
        &self,
        call: &Call,
        id: UserId,
        change: impl FnOnce(&EngineerProfile) -> EngineerChange,
    ) -> Result<DeskEngineer, AppError> {
        let provider = self.store.provider();
        let mut work = self.work_on([provider].into()).await?;
        let me = acting(&mut work, call.who).await?;
        if !me.is_provider() {
            return Err(AppError::NotFound);
        }
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let permit = authorize::<ManageStaff>(facts, provider)?;
        let engineers = work.desk_engineers(provider).await?;
        let known = engineers.into_iter().find(|one| one.person.id == id).ok_or(AppError::NotFound)?;
        unchanged(call, version_of(&known.person))?;
        let change = change(&known.person.profile);
        if let Some(hours) = change.profile.as_ref().and_then(|profile| profile.hours.as_ref()) {
            staff::shift(hours)?;
        }
        let disabled = change.active == Some(false);
        let account = work.account(provider, id).await?.ok_or(AppError::NotFound)?;
        let cases = if disabled { work.open_cases_of(provider, id, CASES_MAX).await? } else { Vec::new() };
        let types = work.problem_types(provider).await?;
        let decided = rules::change(&account, change, &types, me.caller.person.id, &me.context(&work))?;
        let rows = work.record(permit, decided).await?;
        let person = rows
            .into_iter()
            .find_map(|row| if let Write::Account(account) = row { Some(account.person) } else { None });
        let Some(person) = person else { return shown_after_commit(work, known).await };
        let changed = finish(work, call, person).await?;
        if disabled {
            self.give_on(&cases).await?;
        }
        Ok(DeskEngineer { person: changed, ..known })
    }

    /// Gives the open cases of somebody on who may not work any more.
    pub(crate) async fn leave_cases(&self, provider: TenantId, id: UserId) -> Result<(), AppError> {
        let cases = self.store.read()?.open_cases_of(provider, id, CASES_MAX).await?;
        self.give_on(&cases).await
    }

    /// Ends what is being sent under these cases, and finds each its next engineer.
    async fn give_on(&self, cases: &[(SupportRequestId, TenantId)]) -> Result<(), AppError> {
        self.end_access_for(&cases.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await;
        let mut given = Ok(());
        for (id, tenant) in cases {
            let moved = self.route(*id, *tenant).await;
            given = given.and(moved.map(drop));
        }
        given
    }
}
