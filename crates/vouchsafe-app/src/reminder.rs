//! Reminders of decisions that wait. A tenant's log says what it was told, so that each is told once, whichever node tells it
//! and however often the program starts.

use vouchsafe_core::access_request::AccessSide;
use vouchsafe_core::audit::Initiator;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::{RecordReminder, for_service};
use vouchsafe_core::reminder::{self as rules, Urgency, Waiting};
use vouchsafe_store::{Session, Work};

use crate::{App, AppError};

/// Requests of one tenant that one round looks at, those that end first.
const LOOKED_AT: u32 = 500;

impl App {
    /// Reminds every tenant of what has waited for half of its time, and again in its last quarter. Gives how many reminders
    /// there were.
    ///
    /// # Errors
    /// The first [`AppError`]; what was recorded for others stays.
    pub async fn remind_deciders(&self) -> Result<usize, AppError> {
        let tenants = {
            let mut reader = self.store.read()?;
            let now = reader.now();
            reader.tenants_waiting(now).await?
        };
        let mut told = Ok(0);
        for tenant in tenants {
            let reminded = self.remind_deciders_of(tenant).await;
            told = told.and_then(|sum| reminded.map(|count| sum + count));
        }
        told
    }

    async fn remind_deciders_of(&self, tenant: TenantId) -> Result<usize, AppError> {
        {
            let mut reader = self.store.read()?;
            let now = reader.now();
            let sides = reader.sides_waiting(tenant, now, LOOKED_AT).await?;
            if due(&mut reader, tenant, sides, now).await?.is_empty() {
                return Ok(0);
            }
        }
        let mut work = self.work_on([tenant].into()).await?;
        // Somebody may have decided meanwhile, or another node may have told them.
        let now = work.now();
        let sides = work.sides_waiting(tenant, now, LOOKED_AT).await?;
        let due = due(&mut work, tenant, sides, now).await?;
        for (side, urgency) in &due {
            remind(&mut work, tenant, side, *urgency).await?;
        }
        work.commit().await?;
        Ok(due.len())
    }
}

/// What the tenant was not told yet. Whoever was told the louder is not told the quieter.
async fn due(
    session: &mut Session,
    tenant: TenantId,
    sides: Vec<AccessSide>,
    now: vouchsafe_core::time::Timestamp,
) -> Result<Vec<(AccessSide, Urgency)>, AppError> {
    let mut due = Vec::new();
    for side in sides {
        let Some(urgency) = rules::urgency(&side, now) else { continue };
        if session.last_about(tenant, &side.id.to_string(), urgency.activity()).await?.is_none() {
            due.push((side, urgency));
        }
    }
    Ok(due)
}

async fn remind(
    work: &mut Work,
    tenant: TenantId,
    side: &AccessSide,
    urgency: Urgency,
) -> Result<(), AppError> {
    let waiting =
        Waiting { request: side.id, support_request: side.support_request, until: side.pending_until };
    let permit = for_service::<RecordReminder>(work.id(), tenant);
    let decided = rules::remind(tenant, waiting, urgency, &work.context(Initiator::Service));
    work.record(permit, decided).await?;
    Ok(())
}
