//! The tree of problem types that support requests are filed under. It is the provider's: it begins with what is built in,
//! and the provider adds, renames and retires. What is retired stays on the requests that name it and is offered no more.

use serde::{Deserialize, Serialize};

use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::TenantId;
use crate::permit::ManageProblemTypes;
use crate::rejection::{Rejection, text_within};

/// Characters of a name.
pub const NAME_CHARS_MAX: usize = 100;
/// Characters of one part of an id.
const PART_CHARS_MAX: usize = 40;
/// Parts of an id: how deep the tree is.
const DEPTH_MAX: usize = 4;
/// Problem types, retired ones too.
const TYPES_MAX: usize = 500;

/// What the tree of the service `identity` begins with, by id and name; parents stand before their children.
pub const BUILT_IN: [(&str, &str); 13] = [
    ("signIn", "Sign-in"),
    ("signIn/conditionalAccess", "Conditional Access"),
    ("signIn/multifactorAuthentication", "Multifactor authentication"),
    ("signIn/passwordReset", "Password reset and lock-out"),
    ("signIn/singleSignOn", "Single sign-on to an application"),
    ("directory", "Directory"),
    ("directory/synchronization", "Synchronization with an on-premises directory"),
    ("directory/groups", "Groups and dynamic membership"),
    ("directory/provisioning", "User provisioning"),
    ("devices", "Devices"),
    ("devices/registration", "Device registration and join"),
    ("applications", "Applications"),
    ("applications/consent", "Application consent and permissions"),
];

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProblemType {
    /// Path from the root, such as `signIn/conditionalAccess`. It never changes.
    pub id: String,
    /// The provider.
    pub tenant: TenantId,
    /// Name shown to people.
    pub display_name: String,
    /// Whether it is offered no more, with all that is below it.
    pub retired: bool,
    /// Row version; 0 before the first write, so also of what is built in and was never changed.
    #[serde(skip)]
    pub version: u64,
}

impl ProblemType {
    /// The id of the type above it.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        parent_of(&self.id)
    }
}

/// The id of the type above an id.
fn parent_of(id: &str) -> Option<&str> {
    id.rsplit_once('/').map(|(parent, _)| parent)
}

/// The whole tree of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemTypes {
    tenant: TenantId,
    types: Vec<ProblemType>,
}

/// What a change says; absent parts stay.
#[derive(Debug, Clone, Default)]
pub struct ProblemTypeChange {
    /// A new name, 1 to 100 characters.
    pub display_name: Option<String>,
    /// Whether it is offered no more.
    pub retired: Option<bool>,
}

impl ProblemTypes {
    /// The tree as it begins.
    #[must_use]
    pub fn built_in(tenant: TenantId) -> Self {
        Self::of(tenant, Vec::new())
    }

    /// The tree of a provider that has added or changed these.
    #[must_use]
    pub fn of(tenant: TenantId, changed: Vec<ProblemType>) -> Self {
        let built_in = BUILT_IN.into_iter().map(|(id, name)| ProblemType {
            id: id.to_owned(),
            tenant,
            display_name: name.to_owned(),
            retired: false,
            version: 0,
        });
        let mut known: Vec<ProblemType> = built_in.collect();
        for one in changed {
            match known.iter_mut().find(|earlier| earlier.id == one.id) {
                Some(earlier) => *earlier = one,
                None => known.push(one),
            }
        }
        let mut types = Vec::with_capacity(known.len());
        add_below(None, &known, &mut types);
        Self { tenant, types }
    }

    /// Every type, retired ones too; parents stand before what is below them.
    #[must_use]
    pub fn all(&self) -> &[ProblemType] {
        &self.types
    }

    /// One of them.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&ProblemType> {
        self.types.iter().find(|known| known.id == id)
    }

    /// The types right below one, or the roots.
    pub fn below<'a>(&'a self, parent: Option<&'a str>) -> impl Iterator<Item = &'a ProblemType> {
        self.types.iter().filter(move |known| known.parent() == parent)
    }

    /// The name shown to people; the id itself where it is not known.
    #[must_use]
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.find(id).map_or(id, |known| &known.display_name)
    }

    /// The names from the root on, as people read them; the id itself where it is not known.
    #[must_use]
    pub fn path(&self, id: &str) -> String {
        match parent_of(id) {
            Some(parent) if self.find(id).is_some() => format!("{} › {}", self.path(parent), self.name(id)),
            Some(_) | None => self.name(id).to_owned(),
        }
    }

    /// Whether a type, or one above it, is retired.
    #[must_use]
    pub fn is_retired(&self, id: &str) -> bool {
        let mut at = Some(id);
        while let Some(id) = at {
            if self.find(id).is_some_and(|known| known.retired) {
                return true;
            }
            at = parent_of(id);
        }
        false
    }

    /// What a new request can be filed under: types that are not retired, and have none below them that is not.
    pub fn offered(&self) -> impl Iterator<Item = &ProblemType> {
        self.types.iter().filter(move |known| self.is_offered(&known.id))
    }

    fn is_offered(&self, id: &str) -> bool {
        !self.is_retired(id) && self.below(Some(id)).all(|child| child.retired)
    }

    /// # Errors
    /// [`Rejection::Invalid`] says why no new request can be filed under this id.
    pub(crate) fn must_be_offered(&self, id: &str) -> Result<(), Rejection> {
        let wrong = |message: String| Err(Rejection::invalid("problemType", message));
        if self.find(id).is_none() {
            return wrong("is not a known problem type".to_owned());
        }
        if self.is_retired(id) {
            return wrong("is not offered any more".to_owned());
        }
        if self.is_offered(id) {
            return Ok(());
        }
        let below = self.offered().find(|leaf| leaf.id.starts_with(&format!("{id}/")));
        let such = below.map(|leaf| format!(", such as `{}`", leaf.id)).unwrap_or_default();
        wrong(format!("has finer ones below it: name one of them{such}"))
    }

    /// Checks a name: nothing beside it is called the same.
    fn checked_name(&self, id: &str, name: &str) -> Result<String, Rejection> {
        let name = text_within("displayName", name, 1, NAME_CHARS_MAX)?;
        let beside =
            self.below(parent_of(id)).find(|other| other.id != id && same(&other.display_name, &name));
        match beside {
            Some(other) => {
                Err(Rejection::invalid("displayName", format!("is what `{}` is called", other.id)))
            }
            None => Ok(name),
        }
    }
}

fn same(name: &str, other: &str) -> bool {
    name.to_lowercase() == other.to_lowercase()
}

/// Adds all that is below a type, each followed by what is below it.
fn add_below(parent: Option<&str>, known: &[ProblemType], types: &mut Vec<ProblemType>) {
    for one in known.iter().filter(|one| one.parent() == parent) {
        types.push(one.clone());
        add_below(Some(&one.id), known, types);
    }
}

/// Adds a type below one that is there and not retired, or as a root.
///
/// # Errors
/// [`Rejection::Invalid`] names the field; [`Rejection::Conflict`] if the id is taken.
pub fn add(
    types: &ProblemTypes,
    id: &str,
    name: &str,
    cx: &Context,
) -> Result<Decided<ManageProblemTypes>, Rejection> {
    let well_formed = |part: &str| {
        part.len() <= PART_CHARS_MAX
            && part.starts_with(|first: char| first.is_ascii_lowercase())
            && part.chars().all(|one| one.is_ascii_alphanumeric())
    };
    if id.split('/').count() > DEPTH_MAX || !id.split('/').all(well_formed) {
        let form = format!(
            "must be 1 to {DEPTH_MAX} parts like `signIn/conditionalAccess`: ASCII letters and digits, the first a \
             small letter, at most {PART_CHARS_MAX} each"
        );
        return Err(Rejection::invalid("id", form));
    }
    if types.find(id).is_some() {
        return Err(Rejection::Conflict);
    }
    if let Some(parent) = parent_of(id) {
        if types.find(parent).is_none() {
            return Err(Rejection::invalid("id", format!("names `{parent}`, which is not there")));
        }
        if types.is_retired(parent) {
            return Err(Rejection::invalid("id", format!("names `{parent}`, which is retired")));
        }
    }
    if types.types.len() >= TYPES_MAX {
        return Err(Rejection::invalid("id", format!("is one too many: there may be {TYPES_MAX}")));
    }
    let display_name = types.checked_name(id, name)?;
    let added =
        ProblemType { id: id.to_owned(), tenant: types.tenant, display_name, retired: false, version: 0 };
    Ok(changed(added, Activity::ProblemTypeAdded, cx))
}

/// Renames a type, retires it or brings it back. Nothing changed is nothing recorded.
///
/// # Errors
/// [`Rejection::Invalid`] names the field.
pub fn change(
    types: &ProblemTypes,
    old: &ProblemType,
    change: ProblemTypeChange,
    cx: &Context,
) -> Result<Decided<ManageProblemTypes>, Rejection> {
    let mut new = old.clone();
    if let Some(name) = change.display_name {
        new.display_name = types.checked_name(&old.id, &name)?;
    }
    new.retired = change.retired.unwrap_or(old.retired);
    if new == *old {
        return Ok(Draft::new(cx).decided(types.tenant));
    }
    if new.retired && !old.retired {
        let others = types.types.iter().filter(|one| one.id != new.id).cloned();
        let left = ProblemTypes::of(types.tenant, others.chain([new.clone()]).collect());
        if left.offered().next().is_none() {
            let message = "would leave nothing that a request can be filed under";
            return Err(Rejection::invalid("retired", message));
        }
    }
    let activity = match new.retired && !old.retired {
        true => Activity::ProblemTypeRetired,
        false => Activity::ProblemTypeUpdated,
    };
    Ok(changed(new, activity, cx))
}

fn changed(new: ProblemType, activity: Activity, cx: &Context) -> Decided<ManageProblemTypes> {
    let tenant = new.tenant;
    let mut draft = Draft::new(cx);
    draft
        .entry(tenant, activity, &new.id, None)
        .event(Event::ProblemTypeChanged { problem_type: new.clone() })
        .put(Write::ProblemType(Box::new(new)));
    draft.decided(tenant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Initiator;
    use crate::id::{Id as _, uuid_v7};
    use crate::time::Timestamp;

    fn tenant() -> TenantId {
        TenantId::from_uuid(uuid_v7(Timestamp::from_millis(1), [1; 10]))
    }

    fn cx() -> Context {
        Context { now: Timestamp::from_millis(1), initiator: Initiator::Service, provider: tenant() }
    }

    /// The tree after a decision.
    fn after(types: &ProblemTypes, decided: Decided<ManageProblemTypes>) -> ProblemTypes {
        let (_, writes, _) = decided.into_parts();
        let new = writes
            .into_iter()
            .filter_map(|write| if let Write::ProblemType(new) = write { Some(*new) } else { None });
        ProblemTypes::of(tenant(), types.all().iter().cloned().chain(new).collect())
    }

    fn retire(types: &ProblemTypes, id: &str, retired: bool) -> Result<ProblemTypes, Rejection> {
        let change = ProblemTypeChange { retired: Some(retired), ..ProblemTypeChange::default() };
        super::change(types, types.find(id).unwrap(), change, &cx()).map(|decided| after(types, decided))
    }

    fn told(result: Result<impl Sized, Rejection>) -> String {
        result.map(drop).unwrap_err().to_string()
    }

    #[test]
    fn only_leaves_that_are_not_retired_are_offered() {
        let types = ProblemTypes::built_in(tenant());
        assert!(types.must_be_offered("signIn/conditionalAccess").is_ok());
        let group = told(types.must_be_offered("signIn"));
        assert!(group.ends_with("name one of them, such as `signIn/conditionalAccess`"), "{group}");
        assert!(told(types.must_be_offered("signIn/else")).ends_with("is not a known problem type"));

        let types = retire(&types, "signIn/conditionalAccess", true).unwrap();
        assert!(told(types.must_be_offered("signIn/conditionalAccess")).ends_with("is not offered any more"));
        let types = retire(&types, "signIn", true).unwrap();
        assert!(told(types.must_be_offered("signIn/passwordReset")).ends_with("is not offered any more"));
        let types = retire(&types, "signIn", false).unwrap();
        assert!(types.must_be_offered("signIn/passwordReset").is_ok());

        let types = retire(&types, "devices/registration", true).unwrap();
        assert!(types.must_be_offered("devices").is_ok(), "nothing finer is left");
    }

    #[test]
    fn the_last_leaf_cannot_be_retired() {
        let mut types = ProblemTypes::built_in(tenant());
        for root in ["directory", "devices", "applications"] {
            types = retire(&types, root, true).unwrap();
        }
        assert!(told(retire(&types, "signIn", true)).contains("would leave nothing"));
    }

    #[test]
    fn a_type_is_added_where_it_belongs_and_once() {
        let types = ProblemTypes::built_in(tenant());
        let add = |types: &ProblemTypes, id: &str, name: &str| {
            super::add(types, id, name, &cx()).map(|decided| after(types, decided))
        };
        let types = add(&types, "signIn/tokens", "Tokens").unwrap();
        assert_eq!(types.path("signIn/tokens"), "Sign-in › Tokens");
        let place = |id: &str| types.all().iter().position(|known| known.id == id).unwrap();
        assert!(place("signIn/tokens") < place("directory"), "beside its siblings");
        assert_eq!(add(&types, "signIn/tokens", "Others").unwrap_err(), Rejection::Conflict);
        assert!(told(add(&types, "signIn/others", "tokens")).contains("what `signIn/tokens` is called"));
        assert!(told(add(&types, "no/where", "X")).contains("`no`, which is not there"));
        for wrong in ["", "Sign", "sign in", "signIn/", "a/b/c/d/e", &"x".repeat(41)] {
            assert!(told(add(&types, wrong, "X")).starts_with("`id` must be"), "{wrong}");
        }
        let types = retire(&types, "signIn", true).unwrap();
        assert!(told(add(&types, "signIn/more", "More")).contains("which is retired"));
    }

    #[test]
    fn a_name_changes_and_the_id_stays() {
        let types = ProblemTypes::built_in(tenant());
        let rename = |name: &str| ProblemTypeChange {
            display_name: Some(name.to_owned()),
            ..ProblemTypeChange::default()
        };
        let old = types.find("signIn").unwrap();
        let decided = change(&types, old, rename(" Signing in "), &cx()).unwrap();
        assert_eq!(
            after(&types, decided).path("signIn/passwordReset"),
            "Signing in › Password reset and lock-out"
        );
        assert!(change(&types, old, rename("Sign-in"), &cx()).unwrap().writes().is_empty());
        assert!(told(change(&types, old, rename("Devices"), &cx())).contains("what `devices` is called"));
        assert_eq!((types.name("gone"), types.path("gone/types")), ("gone", "gone/types".to_owned()));
    }
}
