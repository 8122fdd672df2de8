//! What may be read: data categories, the data's time range, and for how long.

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::personal::Personal;
use crate::rejection::{Rejection, text_within};
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

/// Most people that one filter names.
pub const USERS_MAX: usize = 100;
/// Most characters of a person's object id or UPN in a filter.
pub const USER_CHARS_MAX: usize = 256;

/// Which rows of the data: the half-open time range `from <= event < to` in UTC, and the people they are about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataFilter {
    /// Earliest event, inclusive.
    pub data_from: Option<Timestamp>,
    /// Latest event, exclusive.
    pub data_to: Option<Timestamp>,
    /// Object ids or UPNs as typed, 1 to [`USERS_MAX`] of up to [`USER_CHARS_MAX`] characters, none twice; `None`
    /// does not limit. Whom they name is found at the approval (`crate::reach`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<Personal>>,
}

/// The people of a filter as `writer` typed them: trimmed, each once whatever the case.
///
/// # Errors
/// [`Rejection::Invalid`] for an empty or over-long list, or a text that is no id or UPN; `field` is the list's path.
pub fn users_typed(field: &str, texts: &[String], writer: UserId) -> Result<Vec<Personal>, Rejection> {
    if texts.is_empty() || texts.len() > USERS_MAX {
        return Err(Rejection::invalid(field, format!("must name 1 to {USERS_MAX} people")));
    }
    let mut users: Vec<Personal> = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        let text = text_within(&format!("{field}/{index}"), text, 1, USER_CHARS_MAX)?;
        if text.contains(char::is_whitespace) {
            return Err(Rejection::invalid(
                format!("{field}/{index}"),
                "must be an object id or a user principal name, which have no spaces",
            ));
        }
        if !users.iter().any(|known| is_same_user(known.text(), &text)) {
            users.push(Personal::new(writer, text));
        }
    }
    Ok(users)
}

/// Ids and UPNs are the same in any case. An erased one is nobody's.
fn is_same_user(one: &str, other: &str) -> bool {
    !one.is_empty() && one.to_lowercase() == other.to_lowercase()
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
        let users = match (&self.users, &outer.users) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(inner), Some(outer)) => inner.iter().all(|user| names(outer, user)),
        };
        from && to && users
    }

    /// # Errors
    /// The range is empty, or names nobody.
    fn check(&self, field: &str) -> Result<(), Rejection> {
        if self.users.as_ref().is_some_and(Vec::is_empty) {
            return Err(Rejection::invalid(
                format!("{field}/users"),
                format!("must name 1 to {USERS_MAX} people"),
            ));
        }
        match (self.data_from, self.data_to) {
            (Some(from), Some(to)) if from >= to => {
                Err(Rejection::invalid(format!("{field}/dataTo"), "must be later than `dataFrom`"))
            }
            (None | Some(_), None | Some(_)) => Ok(()),
        }
    }

    /// This filter with what `wish` takes away. What it leaves out stays as asked; it never falls away.
    fn narrowed(&self, wish: &Self, field: &str) -> Result<Self, Rejection> {
        let users = match (&self.users, &wish.users) {
            (asked, None) => asked.clone(),
            (None, Some(wish)) => Some(wish.clone()),
            (Some(asked), Some(wish)) => {
                if let Some(index) = wish.iter().position(|user| !names(asked, user)) {
                    return Err(Rejection::invalid(
                        format!("{field}/users/{index}"),
                        "names somebody who was not asked for",
                    ));
                }
                Some(asked.iter().filter(|user| names(wish, user)).cloned().collect())
            }
        };
        let filter = Self {
            data_from: wish.data_from.or(self.data_from),
            data_to: wish.data_to.or(self.data_to),
            users,
        };
        filter.check(field)?;
        if filter.is_within(self) {
            return Ok(filter);
        }
        Err(Rejection::invalid(field, "must lie inside the time range that was asked for"))
    }
}

fn names(users: &[Personal], user: &Personal) -> bool {
    users.iter().any(|known| is_same_user(known.text(), user.text()))
}

/// What one access request asks for, or what was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Categories, ascending, without repetition, at least one.
    pub data_categories: Vec<DataCategory>,
    /// Which rows, if not all.
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
    /// Fewer rows: a smaller time range, fewer people.
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
            && match (&self.filter, &outer.filter) {
                (_, None) => true,
                (inner, Some(outer)) => inner.clone().unwrap_or_default().is_within(outer),
            }
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
        if let Some(wish) = &narrowing.filter {
            let asked = self.filter.clone().unwrap_or_default();
            let filter = asked.narrowed(wish, "narrowTo/filter")?;
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

    const PEOPLE: [&str; 4] = ["ann@contoso.example", "ANN@contoso.example", "bob@contoso.example", "c0ffee"];

    fn writer() -> UserId {
        use crate::id::Id as _;
        UserId::from_uuid(crate::id::uuid_v7(Timestamp::from_millis(1), [1; 10]))
    }

    fn users() -> impl Strategy<Value = Option<Vec<Personal>>> {
        let named = proptest::sample::subsequence(PEOPLE.to_vec(), 1..=PEOPLE.len());
        proptest::option::of(named.prop_map(|texts| {
            users_typed("users", &texts.into_iter().map(str::to_owned).collect::<Vec<_>>(), writer()).unwrap()
        }))
    }

    fn filters() -> impl Strategy<Value = DataFilter> {
        (proptest::option::of(0i64..50), proptest::option::of(0i64..50), users()).prop_map(
            |(from, to, users)| DataFilter {
                data_from: from.map(Timestamp::from_micros),
                data_to: to.map(Timestamp::from_micros),
                users,
            },
        )
    }

    /// Whether a filter lets a person's rows through, told by the text that names the person.
    fn lets(filter: &DataFilter, person: &str) -> bool {
        filter.users.as_ref().is_none_or(|users| users.iter().any(|user| is_same_user(user.text(), person)))
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
                let inner = narrowed.filter.clone().unwrap_or_default();
                let outer = asked.filter.clone().unwrap_or_default();
                for at in (0..50).map(Timestamp::from_micros) {
                    prop_assert!(!inner.admits(at) || outer.admits(at));
                }
                for person in PEOPLE.into_iter().chain(["nobody"]) {
                    prop_assert!(!lets(&inner, person) || lets(&outer, person));
                }
            }
        }

        #[test]
        fn within_means_nothing_more_is_admitted(inner in filters(), outer in filters()) {
            if inner.is_within(&outer) {
                for at in (0..50).map(Timestamp::from_micros) {
                    prop_assert!(!inner.admits(at) || outer.admits(at));
                }
                for person in PEOPLE.into_iter().chain(["nobody"]) {
                    prop_assert!(!lets(&inner, person) || lets(&outer, person));
                }
            }
        }
    }

    fn of_users(texts: &[&str]) -> Result<Option<DataFilter>, Rejection> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let users = users_typed("filter/users", &texts, writer())?;
        Ok(Some(DataFilter { users: Some(users), ..DataFilter::default() }))
    }

    fn field(refused: Result<impl std::fmt::Debug, Rejection>) -> String {
        let refused = refused.unwrap_err();
        let Rejection::Invalid { field, .. } = refused else { panic!("{refused:?}") };
        field
    }

    #[test]
    fn people_are_trimmed_each_once_and_within_bounds() {
        let Some(DataFilter { users: Some(users), .. }) =
            of_users(&[" Ann@x.example ", "ann@X.example"]).unwrap()
        else {
            panic!("no users")
        };
        assert_eq!(users, [Personal::new(writer(), "Ann@x.example")]);
        assert_eq!(field(of_users(&[])), "filter/users");
        assert_eq!(field(of_users(&vec!["a"; 101])), "filter/users");
        assert_eq!(field(of_users(&["a", " "])), "filter/users/1");
        assert_eq!(field(of_users(&[&"a".repeat(257)])), "filter/users/0");
        assert_eq!(field(of_users(&["Lee Gu"])), "filter/users/0");
    }

    #[test]
    fn an_approver_may_name_people_or_drop_some_but_add_none() {
        let scope = |filter| {
            Scope::new(vec![DataCategory::SignInLogs], filter, DURATION_DEFAULT, Duration::days(30)).unwrap()
        };
        let to = |filter| Narrowing { filter, ..Narrowing::default() };
        let (all, two) = (scope(None), scope(of_users(&["a", "b"]).unwrap()));
        assert_eq!(all.narrowed(&to(of_users(&["a"]).unwrap())).unwrap(), scope(of_users(&["a"]).unwrap()));
        assert_eq!(two.narrowed(&to(of_users(&["B"]).unwrap())).unwrap(), scope(of_users(&["b"]).unwrap()));
        assert_eq!(two.narrowed(&to(Some(DataFilter::default()))).unwrap(), two);
        assert_eq!(field(two.narrowed(&to(of_users(&["a", "c"]).unwrap()))), "narrowTo/filter/users/1");
    }

    #[test]
    fn an_erased_name_is_nobodys() {
        assert!(!is_same_user("", ""));
    }

    #[test]
    fn an_empty_narrowing_changes_nothing() {
        let asked =
            Scope::new(vec![DataCategory::SignInLogs], None, DURATION_DEFAULT, Duration::days(30)).unwrap();
        assert_eq!(asked.narrowed(&Narrowing::default()).as_ref(), Ok(&asked));
    }
}
