//! How long imported events are kept (`diagnostics.md`, *Storing it*). Objects stay until they are replaced.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::TenantId;
use crate::permit::{ChangePolicy, RecordRetention};
use crate::rejection::Rejection;
use crate::scope::DataCategory;
use crate::tenant::Tenant;
use crate::time::{Duration, Timestamp};

/// How long events are kept unless the tenant says otherwise.
pub const KEPT_BY_DEFAULT: Duration = Duration::days(30);
/// Shortest time that a tenant can choose.
const KEPT_MIN: Duration = Duration::days(1);
/// Longest time that a tenant can choose: ten years.
const KEPT_MAX: Duration = Duration::days(3_650);

/// The categories whose records are events, and end.
pub const EVENTS: [DataCategory; 5] = [
    DataCategory::SignInLogs,
    DataCategory::AuditLogs,
    DataCategory::DeviceRegistrationLogs,
    DataCategory::ClientLogs,
    DataCategory::HealthTelemetry,
];

/// How long a tenant keeps the events of each category, from the later of event and import on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Retention {
    /// What the tenant chose; [`KEPT_BY_DEFAULT`] for the others.
    chosen: BTreeMap<DataCategory, Duration>,
}

impl Retention {
    /// How long events of a category are kept.
    #[must_use]
    pub fn of(&self, category: DataCategory) -> Duration {
        self.chosen.get(&category).copied().unwrap_or(KEPT_BY_DEFAULT)
    }

    /// The same with another time for one category.
    #[must_use]
    pub fn with(mut self, category: DataCategory, kept: Duration) -> Self {
        self.chosen.insert(category, kept);
        self
    }

    /// # Errors
    /// [`Rejection::Invalid`] names the category whose time is out of bounds.
    fn check(&self) -> Result<(), Rejection> {
        for (category, kept) in &self.chosen {
            if !EVENTS.contains(category) {
                return Err(Rejection::invalid(category.name(), "holds no events: its records stay"));
            }
            if *kept < KEPT_MIN || *kept > KEPT_MAX {
                let bounds = format!("must be between {KEPT_MIN} and {KEPT_MAX}");
                return Err(Rejection::invalid(category.name(), bounds));
            }
        }
        Ok(())
    }
}

/// Changes how long a tenant's events are kept.
///
/// # Errors
/// [`Rejection::Invalid`] names the category whose time is out of bounds.
pub fn change(
    tenant: &Tenant,
    retention: Retention,
    cx: &Context,
) -> Result<Decided<ChangePolicy>, Rejection> {
    retention.check()?;
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant.id, Activity::PolicyUpdated, tenant.id, None)
        .event(Event::RetentionChanged { retention: retention.clone() })
        .put(Write::Tenant(Box::new(Tenant { retention, ..tenant.clone() })));
    Ok(draft.decided(tenant.id))
}

/// Records that events of a category were deleted because their time was over.
pub fn record_deletion(
    tenant: TenantId,
    category: DataCategory,
    before: Timestamp,
    events: u64,
    cx: &Context,
) -> Decided<RecordRetention> {
    let mut draft = Draft::new(cx);
    draft.entry(tenant, Activity::DataDeleted, tenant, None).event(Event::DataDeleted {
        category,
        before,
        events,
    });
    draft.decided(tenant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_chosen_is_kept_thirty_days() {
        let retention = Retention::default().with(DataCategory::SignInLogs, Duration::days(7));
        assert_eq!(retention.of(DataCategory::SignInLogs), Duration::days(7));
        assert_eq!(retention.of(DataCategory::AuditLogs), Duration::days(30));
    }

    #[test]
    fn times_have_bounds_and_objects_have_none() {
        let with = |category, days| Retention::default().with(category, Duration::days(days)).check();
        assert!(with(DataCategory::AuditLogs, 1).is_ok() && with(DataCategory::AuditLogs, 3_650).is_ok());
        assert!(with(DataCategory::AuditLogs, 0).is_err() && with(DataCategory::AuditLogs, 3_651).is_err());
        assert!(with(DataCategory::DirectoryObjects, 30).is_err());
    }
}
