//! A tenant erases one of its people (`evidence.md`, *Erasure*).

use vouchsafe_core::erasure::erase_user;
use vouchsafe_core::id::UserId;
use vouchsafe_core::permit::{EraseUser, Facts, authorize};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::time::Timestamp;

use crate::call::{acting, finish, replayed, shown_after_commit};
use crate::{App, AppError, Call};

impl App {
    /// Destroys the key of a person of the own tenant: names, addresses and texts cannot be opened any more, here and in
    /// every copy that rests on this key. Cannot be undone. Backups that hold key and master key are out of reach.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for somebody who is not of the own tenant; [`AppError::Rejected`]. After
    /// [`AppError::Unavailable`] the key may be destroyed and its last copy not yet overwritten: asking again goes on.
    ///
    /// Gives when.
    pub async fn erase_user(&self, call: &Call, user: UserId) -> Result<Timestamp, AppError> {
        let tenant = call.who.tenant;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let permit = authorize::<EraseUser>(facts, tenant)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        let account = work.account(tenant, user).await?.ok_or(AppError::NotFound)?;
        let remains = work.remains(tenant, user).await?;
        let now = work.now();
        let decided = work.last_decision(tenant, user).await?;
        match erase_user(&account, decided, &me.caller.person, &me.context(&work)) {
            Ok(decided) => {
                work.record(permit, decided).await?;
                let at = finish(work, call, now).await?;
                self.store.wipe(&remains).await?;
                Ok(at)
            }
            Err(rejection) => {
                drop(work);
                if matches!(rejection, Rejection::AlreadyEnded) {
                    // The last time may have ended before everything was overwritten.
                    self.store.wipe(&remains).await?;
                }
                Err(rejection.into())
            }
        }
    }
}
