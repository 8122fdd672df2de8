//! What kind of object something is.

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
