//! What may be read: data categories, the data's time range, and for how long.

use serde::{Deserialize, Serialize};

use crate::rejection::Rejection;
use crate::text::serde_as_text;
use crate::time::{Duration, Timestamp};

/// A category of diagnostic data (`lifecycle.md`, *Effective access*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataCategory {
    /// Tenant name, domains, licences, service health. Needs no grant on the support request tenant.
    TenantProfile,
    /// Users, groups, devices, applications, service principals.
    DirectoryObjects,
    /// Conditional access, named locations, authentication methods.
    ServiceConfiguration,
    /// Sign-ins of every kind.
    SignInLogs,
    /// Imported directory audit events.
    AuditLogs,
    /// Device join and registration events.
    DeviceRegistrationLogs,
    /// Uploaded client traces.
    ClientLogs,
    /// Pseudonymous service telemetry.
    HealthTelemetry,
}

impl DataCategory {
    /// All categories in the order of the specification's table.
    pub const ALL: [Self; 8] = [
        Self::TenantProfile,
        Self::DirectoryObjects,
        Self::ServiceConfiguration,
        Self::SignInLogs,
        Self::AuditLogs,
        Self::DeviceRegistrationLogs,
        Self::ClientLogs,
        Self::HealthTelemetry,
    ];

    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TenantProfile => "tenantProfile",
            Self::DirectoryObjects => "directoryObjects",
            Self::ServiceConfiguration => "serviceConfiguration",
            Self::SignInLogs => "signInLogs",
            Self::AuditLogs => "auditLogs",
            Self::DeviceRegistrationLogs => "deviceRegistrationLogs",
            Self::ClientLogs => "clientLogs",
            Self::HealthTelemetry => "healthTelemetry",
        }
    }

    /// Whether reading it always needs a grant; the others are readable on the support request tenant.
    #[must_use]
    pub const fn is_advanced(self) -> bool {
        !matches!(self, Self::TenantProfile)
    }

    /// The categories that a consent covers.
    #[must_use]
    pub fn advanced() -> Vec<Self> {
        Self::ALL.into_iter().filter(|category| category.is_advanced()).collect()
    }
}

impl std::fmt::Display for DataCategory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no data category.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a data category")]
pub struct UnknownCategory;

impl std::str::FromStr for DataCategory {
    type Err = UnknownCategory;
    fn from_str(text: &str) -> Result<Self, UnknownCategory> {
        Self::ALL.into_iter().find(|category| category.name() == text).ok_or(UnknownCategory)
    }
}

serde_as_text!(DataCategory);

/// The half-open time range of the data itself: `from <= event < to`, UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataFilter {
    /// Earliest event, inclusive.
    pub data_from: Option<Timestamp>,
    /// Latest event, exclusive.
    pub data_to: Option<Timestamp>,
}

impl DataFilter {
    /// Whether an event of this time is inside.
    #[must_use]
    pub fn admits(&self, at: Timestamp) -> bool {
        self.data_from.is_none_or(|from| from <= at) && self.data_to.is_none_or(|to| at < to)
    }

    /// Whether everything that this filter admits, `outer` admits too.
    #[must_use]
    pub fn is_within(&self, outer: &Self) -> bool {
        let from = match (self.data_from, outer.data_from) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(inner), Some(outer)) => inner >= outer,
        };
        let to = match (self.data_to, outer.data_to) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(inner), Some(outer)) => inner <= outer,
        };
        from && to
    }

    /// # Errors
    /// The range is empty.
    fn check(&self, field: &str) -> Result<(), Rejection> {
        match (self.data_from, self.data_to) {
            (Some(from), Some(to)) if from >= to => {
                Err(Rejection::invalid(format!("{field}/dataTo"), "must be later than `dataFrom`"))
            }
            (None | Some(_), None | Some(_)) => Ok(()),
        }
    }
}

/// What one access request asks for, or what was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Categories, ascending, without repetition, at least one.
    pub data_categories: Vec<DataCategory>,
    /// The data's time range, if narrowed.
    pub filter: Option<DataFilter>,
    /// How long access lasts from the last approval on.
    pub duration: Duration,
}

/// What an approver takes away from a requested scope. Absent parts stay as asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// Categories to keep.
    pub data_categories: Option<Vec<DataCategory>>,
    /// A shorter duration.
    pub duration: Option<Duration>,
    /// A smaller time range of the data.
    pub filter: Option<DataFilter>,
}

/// The shortest access that can be asked for or approved.
pub const DURATION_MIN: Duration = Duration::minutes(15);
/// What is asked for when nothing is said.
pub const DURATION_DEFAULT: Duration = Duration::days(7);

impl Scope {
    /// Checks what an engineer asks for.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] names the first field that is out of its bounds.
    pub fn new(
        categories: Vec<DataCategory>,
        filter: Option<DataFilter>,
        duration: Duration,
        max: Duration,
    ) -> Result<Self, Rejection> {
        let data_categories = normal(categories);
        if data_categories.is_empty() {
            return Err(Rejection::invalid("dataCategories", "must name at least one category"));
        }
        if duration < DURATION_MIN || duration > max {
            return Err(Rejection::invalid("duration", format!("must be between {DURATION_MIN} and {max}")));
        }
        let filter = filter.filter(|filter| *filter != DataFilter::default());
        if let Some(filter) = &filter {
            filter.check("filter")?;
        }
        Ok(Self { data_categories, filter, duration })
    }

    /// Whether nothing is readable under this scope, or for longer, than under `outer`.
    #[must_use]
    pub fn is_within(&self, outer: &Self) -> bool {
        self.data_categories.iter().all(|category| outer.data_categories.contains(category))
            && self.duration <= outer.duration
            && self.filter.unwrap_or_default().is_within(&outer.filter.unwrap_or_default())
    }

    /// The scope with `narrowing` taken away. Nobody widens (`lifecycle.md`, *Narrowing*).
    ///
    /// # Errors
    /// [`Rejection::Invalid`] names the part of `narrowTo` that would widen or is empty.
    pub fn narrowed(&self, narrowing: &Narrowing) -> Result<Self, Rejection> {
        let mut next = self.clone();
        if let Some(categories) = &narrowing.data_categories {
            next.data_categories = normal(categories.clone());
            if next.data_categories.is_empty() {
                return Err(Rejection::invalid("narrowTo/dataCategories", "must keep at least one category"));
            }
            if !next.data_categories.iter().all(|category| self.data_categories.contains(category)) {
                return Err(Rejection::invalid(
                    "narrowTo/dataCategories",
                    "names a category that was not asked for",
                ));
            }
        }
        if let Some(duration) = narrowing.duration {
            if duration < DURATION_MIN || duration > self.duration {
                let bounds = format!("must be between {DURATION_MIN} and {}", self.duration);
                return Err(Rejection::invalid("narrowTo/duration", bounds));
            }
            next.duration = duration;
        }
        if let Some(filter) = narrowing.filter {
            // A bound that the approver leaves out stays as asked; it never falls away.
            let asked = self.filter.unwrap_or_default();
            let filter = DataFilter {
                data_from: filter.data_from.or(asked.data_from),
                data_to: filter.data_to.or(asked.data_to),
            };
            filter.check("narrowTo/filter")?;
            if !filter.is_within(&asked) {
                return Err(Rejection::invalid(
                    "narrowTo/filter",
                    "must lie inside the time range that was asked for",
                ));
            }
            next.filter = (filter != DataFilter::default()).then_some(filter);
        }
        Ok(next)
    }
}

fn normal(mut categories: Vec<DataCategory>) -> Vec<DataCategory> {
    categories.sort_unstable();
    categories.dedup();
    categories
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filters() -> impl Strategy<Value = DataFilter> {
        (proptest::option::of(0i64..50), proptest::option::of(0i64..50)).prop_map(|(from, to)| DataFilter {
            data_from: from.map(Timestamp::from_micros),
            data_to: to.map(Timestamp::from_micros),
        })
    }

    fn scopes() -> impl Strategy<Value = Scope> {
        let categories = proptest::sample::subsequence(DataCategory::ALL.to_vec(), 1..=8);
        (categories, proptest::option::of(filters()), 15u32..10_000).prop_filter_map(
            "valid",
            |(categories, filter, minutes)| {
                Scope::new(categories, filter, Duration::minutes(minutes), Duration::days(30)).ok()
            },
        )
    }

    proptest! {
        #[test]
        fn narrowing_never_widens(asked in scopes(), wish in scopes(), keep_filter: bool) {
            let narrowing = Narrowing {
                data_categories: Some(wish.data_categories),
                duration: Some(wish.duration),
                filter: if keep_filter { None } else { wish.filter },
            };
            if let Ok(narrowed) = asked.narrowed(&narrowing) {
                prop_assert!(narrowed.is_within(&asked));
                for micros in 0..50 {
                    let at = Timestamp::from_micros(micros);
                    let inner = narrowed.filter.unwrap_or_default().admits(at);
                    prop_assert!(!inner || asked.filter.unwrap_or_default().admits(at));
                }
            }
        }

        #[test]
        fn within_means_nothing_more_is_admitted(inner in filters(), outer in filters()) {
            if inner.is_within(&outer) {
                for micros in 0..50 {
                    let at = Timestamp::from_micros(micros);
                    prop_assert!(!inner.admits(at) || outer.admits(at));
                }
            }
        }
    }

    #[test]
    fn an_empty_narrowing_changes_nothing() {
        let asked =
            Scope::new(vec![DataCategory::SignInLogs], None, DURATION_DEFAULT, Duration::days(30)).unwrap();
        assert_eq!(asked.narrowed(&Narrowing::default()).as_ref(), Ok(&asked));
    }
}
