//! What kind of object something is.

use std::ops::BitOrAssign;
use std::sync::LazyLock;

use super::Resource;

/// What the members of an object say about its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// It is of this kind.
    As(Resource),
    /// It could be of any kind.
    Nothing,
    /// It could be of these two, or of more.
    Several(Resource, Resource),
}

/// Which members an object has of those that tell kinds apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Signs(u128);

/// The names of these members; the place of each is its bit.
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let sets = Resource::ALL.into_iter().flat_map(|kind| kind.schema().signs);
    let mut names: Vec<&str> = sets.copied().flatten().copied().chain(ELSEWHERE).collect();
    names.sort_unstable();
    names.dedup();
    names
});

/// Members by which what is no Graph object is known: envelopes of diagnostic settings, rows of tables.
const ELSEWHERE: [&str; 2] = ["properties", "TimeGenerated"];

impl Signs {
    /// Each name, and the sign that it is.
    pub(crate) fn all() -> impl Iterator<Item = (&'static str, Self)> {
        NAMES.iter().enumerate().map(|(place, name)| (*name, Self(1 << place)))
    }

    fn of(names: &[&str]) -> Self {
        let places = names.iter().filter_map(|name| NAMES.binary_search(name).ok());
        Self(places.fold(0, |signs, place| signs | 1 << place))
    }

    fn has_all(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }

    /// The kind of a Graph object; nothing where that has to be looked at closely.
    pub(crate) fn kind(self) -> Option<Resource> {
        if ELSEWHERE.iter().any(|name| self.has_all(Self::of(&[name]))) {
            return None;
        }
        let mut kinds = SETS.iter().filter(|(_, sets)| sets.iter().any(|set| self.has_all(*set)));
        let only = kinds.next()?;
        kinds.next().is_none().then_some(only.0)
    }
}

/// The sets of each kind.
static SETS: LazyLock<Vec<(Resource, Vec<Signs>)>> = LazyLock::new(|| {
    let sets = |kind: Resource| kind.schema().signs.iter().map(|set| Signs::of(set)).collect();
    Resource::ALL.into_iter().map(|kind| (kind, sets(kind))).collect()
});

impl BitOrAssign for Signs {
    fn bitor_assign(&mut self, more: Self) {
        self.0 |= more.0;
    }
}

impl Resource {
    /// The kind of this Graph type, with or without the `#` of `@odata.type`.
    #[must_use]
    pub fn of_type(graph_type: &str) -> Option<Self> {
        let name = graph_type.strip_prefix('#').unwrap_or(graph_type);
        Self::ALL.into_iter().find(|kind| {
            let schema = kind.schema();
            schema.graph_type == name || schema.derived_types.contains(&name)
        })
    }

    /// The kind of the objects of a page with this `@odata.context`, such as
    /// `https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns` or `…#users(id,displayName)/$entity`.
    #[must_use]
    pub fn of_context(context: &str) -> Option<Self> {
        let (_, fragment) = context.rsplit_once("$metadata#")?;
        let set = fragment.strip_suffix("/$entity").unwrap_or(fragment);
        if let Some(of) = set.strip_prefix("Collection(") {
            return Self::of_type(of.strip_suffix(')')?);
        }
        // What follows in brackets is `$select` and `$expand`; before a `/` it is a key.
        let set = match set.split_once('(') {
            Some((set, selected)) if selected.ends_with(')') && !selected.contains(")/") => set,
            Some(_) => return None,
            None => set,
        };
        let ends_so =
            |path: &str| path.strip_suffix(set).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        Self::ALL.into_iter().find(|kind| ends_so(kind.schema().path))
    }

    /// The kind of an object by the names of its members: `has` tells whether it has one.
    #[must_use]
    pub fn of_members(has: impl Fn(&str) -> bool) -> Recognised {
        let fits = |kind: &Self| kind.schema().signs.iter().any(|signs| signs.iter().all(|name| has(name)));
        let mut kinds = Self::ALL.into_iter().filter(fits);
        match (kinds.next(), kinds.next()) {
            (Some(first), Some(second)) => Recognised::Several(first, second),
            (Some(only), None) => Recognised::As(only),
            (None, _) => Recognised::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_members_say_the_same() {
        assert!(NAMES.len() <= 128, "every name has a bit");
        let all = |names: &[&str]| {
            let mut signs = Signs::default();
            for name in names {
                signs |= Signs::of(&[name]);
            }
            signs
        };
        for kind in Resource::ALL {
            for set in kind.schema().signs {
                for more in ["id", "userPrincipalName", "activityDateTime", "appId", "conditions"] {
                    let names: Vec<&str> = set.iter().copied().chain([more]).collect();
                    let close = match Resource::of_members(|name| names.contains(&name)) {
                        Recognised::As(kind) => Some(kind),
                        Recognised::Nothing | Recognised::Several(..) => None,
                    };
                    assert_eq!(all(&names).kind(), close, "{names:?}");
                }
                assert_eq!(all(&[set, &["properties"][..]].concat()).kind(), None);
            }
        }
    }
}
