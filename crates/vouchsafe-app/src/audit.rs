//! The tenant's own audit log.

use vouchsafe_core::id::EntryId;
use vouchsafe_core::permit::{Facts, ReadAccessLog, ReadLog, Scope, authorize};
use vouchsafe_store::{Listed, LogEntry};

use crate::call::{Acting, acting};
use crate::case::LOOK;
use crate::cursor::ListOptions;
use crate::{App, AppError, Who};

/// The property that sorts by place in the log.
const SEQUENCE: &str = "sequence";

impl App {
    /// Entries of the own tenant's log, sorted by time or by their place in the log. Who may approve but not read the whole log sees the lifecycle of access.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn audit_log(&self, who: Who, options: &ListOptions) -> Result<Listed<LogEntry>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let (scope, lifecycle_only) = reach(&me)?;
        if options.order_by.as_ref().is_some_and(|(property, _)| property == SEQUENCE) {
            let query = options.understood(SEQUENCE)?;
            return Ok(reader.list_entries_by_sequence(scope, lifecycle_only, &query).await?);
        }
        let query = options.understood("activityDateTime")?;
        Ok(reader.list_entries(scope, lifecycle_only, &query).await?)
    }

    /// One entry of the own tenant's log.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn audit_entry(&self, who: Who, id: EntryId) -> Result<LogEntry, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let (_, lifecycle_only) = reach(&me).map_err(|_| AppError::NotFound)?;
        let entry = reader.entry(who.tenant, id).await?.ok_or(AppError::NotFound)?;
        let category = vouchsafe_core::audit::AuditCategory::SupportAccessManagement.name();
        if lifecycle_only && entry.text("/category") != Some(category) {
            return Err(AppError::NotFound);
        }
        Ok(entry)
    }
}

fn reach(me: &Acting) -> Result<(Scope, bool), AppError> {
    let facts = Facts::own_tenant(LOOK, &me.caller);
    if let Ok(permit) = authorize::<ReadLog>(facts, me.tenant.id) {
        return Ok((Scope::of_tenant(permit), false));
    }
    let permit = authorize::<ReadAccessLog>(facts, me.tenant.id).map_err(AppError::unhidden)?;
    Ok((Scope::of_tenant(permit), true))
}
