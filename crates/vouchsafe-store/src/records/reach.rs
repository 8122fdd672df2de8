//! How far a reader sees in a tenant's records. All other records are absent, not an error.

pub use vouchsafe_core::reach::{DataPerson, Reach};
use vouchsafe_diagnostics::filter::{Filter, Literal, Op, Path};
use vouchsafe_diagnostics::mask::{Class, Personal};
use vouchsafe_diagnostics::resource::{Schema, Shape, Stored};

use super::coder;
use super::layout::Layout;

/// What a reach means for one kind.
pub trait Within {
    /// What times and people ask of an object of a kind; `None` where they do not limit. Its category is asked apart.
    fn filter(&self, schema: &Schema) -> Option<Filter>;
    /// The range of time as a condition on the events of a kind; `None` where it does not limit.
    fn times_of(&self, schema: &Schema) -> Option<Filter>;
    /// The condition that an object of a kind names one of the people within reach; `None` where they do not limit.
    fn people_of(&self, schema: &Schema) -> Option<Filter>;
}

impl Within for Reach {
    fn filter(&self, schema: &Schema) -> Option<Filter> {
        self.times_of(schema).into_iter().chain(self.people_of(schema)).reduce(Filter::and)
    }

    fn times_of(&self, schema: &Schema) -> Option<Filter> {
        let Shape::Events { time } = schema.shape else { return None };
        let path: Path = time.parse().ok()?;
        let compare = |op, time| Filter::Compare { path: path.clone(), op, value: Literal::Time(time) };
        let from = self.data_from.map(|from| compare(Op::Ge, from));
        let to = self.data_to.map(|to| compare(Op::Lt, to));
        from.into_iter().chain(to).reduce(Filter::and)
    }

    fn people_of(&self, schema: &Schema) -> Option<Filter> {
        let people = self.people.as_ref()?;
        let mut slots = slots(schema);
        let first = slots.next()?;
        Some(slots.fold(first.names(people), |either, slot| either.or(slot.names(people))))
    }
}

/// The places, among the categories of a kind, of those that are within reach.
pub(super) fn categories(reach: &Reach, layout: &Layout) -> Vec<i64> {
    let own = layout.schema.categories.iter();
    own.filter(|own| reach.data_categories.contains(own)).map(|own| coder::category(layout, *own)).collect()
}

/// Where a kind names a person: by object id, by UPN, or both.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// The collection whose elements name people.
    pub(super) collection: Option<Path>,
    /// The full path of the object id.
    pub(super) id: Option<&'static str>,
    /// The full path of the UPN.
    pub(super) name: Option<&'static str>,
}

/// The places where a kind names people.
pub(super) fn slots(schema: &Schema) -> impl Iterator<Item = Slot> + use<> {
    let mut slots: Vec<(&'static str, Slot)> = Vec::new();
    for path in schema.people.iter().copied() {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let is_name = schema.masks.class(path) == Class::Personal(Personal::UserPrincipalName);
        let taken = |slot: &Slot| if is_name { slot.name.is_some() } else { slot.id.is_some() };
        let beside = slots.iter().position(|(own, slot)| *own == parent && !taken(slot));
        let place = beside.unwrap_or_else(|| {
            slots.push((parent, Slot::default()));
            slots.len() - 1
        });
        let Some((_, slot)) = slots.get_mut(place) else { continue };
        let each = schema.columns.iter().any(|column| column.path == path && column.stored == Stored::Each);
        if each && slot.collection.is_none() {
            slot.collection = parent.parse().ok();
        }
        let named = if is_name { &mut slot.name } else { &mut slot.id };
        *named = Some(path);
    }
    slots.into_iter().map(|(_, slot)| slot)
}

impl Slot {
    /// The condition that one of these people is named here. An id decides where both have one: a UPN can pass on to
    /// somebody else.
    fn names(&self, people: &[DataPerson]) -> Filter {
        let texts = |texts: &mut dyn Iterator<Item = &String>| {
            texts.cloned().map(Literal::String).collect::<Vec<_>>()
        };
        let ids = texts(&mut people.iter().filter_map(|person| person.user_id.as_ref()));
        let named = |with_id: bool| {
            let people = people.iter().filter(|person| person.user_id.is_some() == with_id);
            texts(&mut people.filter_map(|person| person.user_principal_name.as_ref()))
        };
        let (known_by_name, known_by_both) = (named(false), named(true));
        let one_of = |path: Path, values| Filter::In { path, values };
        let condition = match (self.path(self.id), self.path(self.name)) {
            (Some(id), Some(name)) => {
                let no_id = Filter::Compare { path: id.clone(), op: Op::Eq, value: Literal::Null };
                let by_name = no_id.and(one_of(name.clone(), known_by_both));
                one_of(id, ids).or(one_of(name, known_by_name)).or(by_name)
            }
            (Some(id), None) => one_of(id, ids),
            (None, Some(name)) => one_of(name, [known_by_name, known_by_both].concat()),
            // A path that cannot be written admits nobody.
            (None, None) => one_of(Path::element(), Vec::new()),
        };
        match &self.collection {
            Some(path) => Filter::Any { path: path.clone(), filter: Box::new(condition) },
            None => condition,
        }
    }

    /// A path from where the condition stands.
    fn path(&self, full: Option<&'static str>) -> Option<Path> {
        let full = full?;
        match &self.collection {
            Some(collection) => full.strip_prefix(collection.as_str())?.strip_prefix('/')?.parse().ok(),
            None => full.parse().ok(),
        }
    }
}
