//! The places of an answer's properties: the known ones, and those that its records added. Finds the place of a member
//! without building a path, and notes how each was shown.

use std::collections::HashMap;

use super::tree::{PlaceId, Tree};
use super::{PropertyRead, Shown};

/// All places of an answer.
#[derive(Debug)]
pub(super) struct Places<'a> {
    tree: &'a Tree,
    /// Of the known places, then of the added ones.
    states: Vec<State>,
    added: Vec<Added>,
    added_by_name: HashMap<PlaceId, HashMap<Box<str>, PlaceId>>,
}

/// What an answer knows of a place.
#[derive(Debug, Clone, Copy)]
struct State {
    shown: Option<Shown>,
    /// The member that came first in it the last time; the record itself, which is no member, until there is one.
    first: PlaceId,
    /// The member that came after it the last time.
    next: PlaceId,
}

impl State {
    const NEW: Self = Self { shown: None, first: PlaceId::ROOT, next: PlaceId::ROOT };
}

/// A place that the registry does not know.
#[derive(Debug)]
struct Added {
    parent: PlaceId,
    /// The name of the last member, as the records have it.
    name: Box<str>,
    /// As readers see it: quoted, with its colon.
    member: Box<str>,
}

impl Added {
    fn shown_name(&self) -> &str {
        self.member.trim_matches(['"', ':'])
    }
}

impl<'a> Places<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        let states = vec![State::NEW; tree.nodes().len()];
        Self { tree, states, added: Vec::new(), added_by_name: HashMap::new() }
    }

    /// The place of a member of `parent` that follows `previous`. `shown` makes the name that readers see where the
    /// registry does not know it.
    ///
    /// Records of one kind list their members alike, so what followed the last time is looked at first.
    pub(super) fn child(
        &mut self,
        parent: PlaceId,
        previous: Option<PlaceId>,
        name: &str,
        shown: impl FnOnce(&str) -> String,
    ) -> PlaceId {
        let state = |place: PlaceId| self.states.get(place.at());
        let guess = previous.map_or_else(|| state(parent).map(|s| s.first), |p| state(p).map(|s| s.next));
        if let Some(guess) = guess.filter(|guess| *guess != PlaceId::ROOT && self.name(*guess) == name) {
            return guess;
        }
        let known = self.tree.node(parent).and_then(|node| node.child(name));
        let child = known.unwrap_or_else(|| self.added(parent, name, shown));
        match previous {
            None => self.change(parent, |state| state.first = child),
            Some(previous) => self.change(previous, |state| state.next = child),
        }
        child
    }

    /// The name of a place as readers see it: quoted, with its colon.
    pub(super) fn member(&self, place: PlaceId) -> &str {
        let added = || self.added_at(place).map_or("", |added| &added.member);
        self.tree.node(place).map_or_else(added, |node| &node.member)
    }

    /// Notes how what stands there was shown.
    pub(super) fn note(&mut self, place: PlaceId, shown: Shown) {
        self.change(place, |state| state.shown = state.shown.max(Some(shown)));
    }

    /// What was shown, in order of the paths.
    pub(super) fn properties(&self) -> Vec<PropertyRead> {
        let places = self.states.iter().enumerate().skip(1);
        let read = places.filter_map(|(at, state)| {
            let shown = state.shown?;
            Some(PropertyRead { name: self.path(PlaceId::new(at)), shown })
        });
        let mut properties: Vec<PropertyRead> = read.collect();
        properties.sort_unstable();
        properties
    }

    fn name(&self, place: PlaceId) -> &str {
        let added = || self.added_at(place).map_or("", |added| &added.name);
        self.tree.node(place).map_or_else(added, |node| node.name)
    }

    fn path(&self, place: PlaceId) -> String {
        let Some(added) = self.added_at(place) else {
            return self.tree.node(place).map(|node| node.path.clone()).unwrap_or_default();
        };
        let mut path = self.path(added.parent);
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(added.shown_name());
        path
    }

    fn added_at(&self, place: PlaceId) -> Option<&Added> {
        self.added.get(place.at().checked_sub(self.tree.nodes().len())?)
    }

    fn added(&mut self, parent: PlaceId, name: &str, shown: impl FnOnce(&str) -> String) -> PlaceId {
        let siblings = self.added_by_name.entry(parent).or_default();
        if let Some(place) = siblings.get(name) {
            return *place;
        }
        let place = PlaceId::new(self.states.len());
        siblings.insert(name.into(), place);
        let member = format!("\"{}\":", shown(name)).into();
        self.added.push(Added { parent, name: name.into(), member });
        self.states.push(State::NEW);
        place
    }

    fn change(&mut self, place: PlaceId, change: impl FnOnce(&mut State)) {
        if let Some(state) = self.states.get_mut(place.at()) {
            change(state);
        }
    }
}
