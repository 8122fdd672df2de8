//! How far a grant reaches in its tenant's data: categories, the data's time, and people.
//!
//! People are found once, at the approval, in the data of its tenant, and frozen on the grant. A text that names
//! nobody there matches nobody, now and later: an empty list admits no row about a person.

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::personal::Personal;
use crate::scope::{DataCategory, Scope};
use crate::time::Timestamp;

/// Somebody in the data of a tenant, as a grant keeps it. At least one of both is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedPerson {
    /// The object id.
    pub user_id: Option<Personal>,
    /// A UPN that the person was seen with.
    pub user_principal_name: Option<Personal>,
}

/// Somebody in the data of a tenant, in clear. Texts are in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataPerson {
    /// The object id.
    pub user_id: Option<String>,
    /// A UPN that the person was seen with.
    pub user_principal_name: Option<String>,
}

impl DataPerson {
    /// The person as a grant keeps it, under the key of `writer`.
    #[must_use]
    pub fn kept(self, writer: UserId) -> NamedPerson {
        let kept = |text: String| Personal::new(writer, text);
        NamedPerson {
            user_id: self.user_id.map(kept),
            user_principal_name: self.user_principal_name.map(kept),
        }
    }
}

impl NamedPerson {
    /// The person in clear. An erased text is none.
    #[must_use]
    pub fn in_clear(&self) -> DataPerson {
        let clear = |text: &Option<Personal>| {
            text.as_ref().map(|text| text.text().to_lowercase()).filter(|text| !text.is_empty())
        };
        DataPerson { user_id: clear(&self.user_id), user_principal_name: clear(&self.user_principal_name) }
    }
}

/// Which rows of a tenant's data are there for a reader. All others are absent, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Categories.
    pub data_categories: Vec<DataCategory>,
    /// Earliest event, inclusive.
    pub data_from: Option<Timestamp>,
    /// Latest event, exclusive.
    pub data_to: Option<Timestamp>,
    /// Whose rows; `None` does not limit. Types that name no person are not limited by it.
    pub people: Option<Vec<DataPerson>>,
}

impl Reach {
    /// All of a tenant's data: what its own people see.
    #[must_use]
    pub fn everything() -> Self {
        Self { data_categories: DataCategory::ALL.to_vec(), data_from: None, data_to: None, people: None }
    }

    /// What a scope would reach, once its people are found.
    #[must_use]
    pub fn of(scope: &Scope, people: Option<Vec<DataPerson>>) -> Self {
        let filter = scope.filter.as_ref();
        Self {
            data_categories: scope.data_categories.clone(),
            data_from: filter.and_then(|filter| filter.data_from),
            data_to: filter.and_then(|filter| filter.data_to),
            people,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: Option<&str>, upn: Option<&str>) -> DataPerson {
        DataPerson { user_id: id.map(str::to_owned), user_principal_name: upn.map(str::to_owned) }
    }

    #[test]
    fn an_erased_person_is_nobody() {
        use crate::id::Id as _;
        let writer = UserId::from_uuid(crate::id::uuid_v7(Timestamp::from_millis(1), [1; 10]));
        let erased = NamedPerson { user_id: Some(Personal::new(writer, "")), user_principal_name: None };
        assert_eq!(erased.in_clear(), DataPerson::default());
        let kept = person(Some("1"), Some("Lee@x")).kept(writer);
        assert_eq!(kept.in_clear(), person(Some("1"), Some("lee@x")));
    }
}
