//! The known paths of a registry as a tree of names, made once.

use super::key::IdSpace;
use super::registry::{Class, Personal};

/// A place in the tree, or one that an answer added: see `places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PlaceId(u32);

impl PlaceId {
    /// The record itself.
    pub(super) const ROOT: Self = Self(0);

    pub(super) fn new(at: usize) -> Self {
        Self(u32::try_from(at).unwrap_or(u32::MAX))
    }

    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

/// A known path.
#[derive(Debug)]
pub(super) struct Node {
    /// The path, joined by `/`; empty for the record itself.
    pub(super) path: String,
    /// The name of the last member, which no two of one parent share.
    pub(super) name: &'static str,
    /// The same as it stands in JSON: quoted, with its colon.
    pub(super) member: String,
    /// What it holds; nothing where only longer paths are known.
    pub(super) class: Option<Class>,
    /// Ascending by name.
    children: Vec<(&'static str, PlaceId)>,
    /// The members that must be seen before any of them can be shown, ascending by name; empty where none must.
    pub(super) notable: Vec<(&'static str, Class)>,
}

/// All known paths.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    pub(super) fn new(entries: &[(&'static str, Class)]) -> Self {
        let mut tree = Self { nodes: vec![Node::new(String::new(), "")] };
        for (path, class) in entries {
            tree.insert(path, *class);
        }
        for at in 0..tree.nodes.len() {
            let notable = tree.notable(PlaceId::new(at));
            if let Some(node) = tree.nodes.get_mut(at) {
                node.notable = notable;
            }
        }
        tree
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(super) fn node(&self, place: PlaceId) -> Option<&Node> {
        self.nodes.get(place.at())
    }

    /// What a path holds, if it is known.
    pub(super) fn class(&self, path: &str) -> Option<Class> {
        let find = |place, name| self.node(place)?.child(name);
        self.node(path.split('/').try_fold(PlaceId::ROOT, find)?)?.class
    }

    fn insert(&mut self, path: &'static str, class: Class) {
        let mut place = PlaceId::ROOT;
        for name in path.split('/') {
            let next = PlaceId::new(self.nodes.len());
            let Some(node) = self.nodes.get_mut(place.at()) else { return };
            place = match node.children.binary_search_by_key(&name, |(name, _)| name) {
                Ok(at) => node.children.get(at).map_or(next, |(_, child)| *child),
                Err(at) => {
                    node.children.insert(at, (name, next));
                    let separator = if node.path.is_empty() { "" } else { "/" };
                    let path = format!("{}{separator}{name}", node.path);
                    self.nodes.push(Node::new(path, name));
                    next
                }
            };
        }
        if let Some(node) = self.nodes.get_mut(place.at()) {
            node.class = Some(class);
        }
    }

    /// Who a name or an address belongs to is told by an id that may come after it, and a switch by another member.
    fn notable(&self, place: PlaceId) -> Vec<(&'static str, Class)> {
        let Some(node) = self.node(place) else { return Vec::new() };
        let classes = || node.children.iter().filter_map(|(name, at)| Some((*name, self.node(*at)?.class?)));
        let named = classes().any(|(_, class)| class.possible().any(is_name));
        let describes = |class: Class| {
            named && class.possible().any(|class| is_name(class) || class == Class::Id(IdSpace::Person))
        };
        let switches = |name: &str| {
            classes().any(|(_, class)| matches!(class, Class::Switch(switch) if switch.member == name))
        };
        classes().filter(|(name, class)| describes(*class) || switches(name)).collect()
    }
}

impl Node {
    fn new(path: String, name: &'static str) -> Self {
        Self {
            path,
            name,
            member: format!("\"{name}\":"),
            class: None,
            children: Vec::new(),
            notable: Vec::new(),
        }
    }

    pub(super) fn child(&self, name: &str) -> Option<PlaceId> {
        let at = self.children.binary_search_by_key(&name, |(name, _)| name).ok()?;
        self.children.get(at).map(|(_, child)| *child)
    }
}

fn is_name(class: Class) -> bool {
    matches!(class, Class::Personal(Personal::UserPrincipalName | Personal::PersonName))
}
