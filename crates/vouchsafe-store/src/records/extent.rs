//! What a reach would show: how much, of whom, from when to when, and a few samples.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::resource::Resource;

use super::files::{RecordsOf, View};
use super::layout;
use super::list::{Asked, RecordQuery, StoredRecord, stored};
use super::plan;
use super::reach::{DataPerson, Reach, Slot, slots};
use super::walk::{Walk, Wish};
use super::{object_list, place};
use crate::error::StoreError;
use crate::list::Order;
use crate::store::Store;

/// Samples of an extent.
const SAMPLES: usize = 3;

/// What a reach would show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    /// Records per category, in the order of the categories; each category of the reach stands here.
    pub counts: Vec<(DataCategory, u64)>,
    /// People whom these records name.
    pub people: u64,
    /// When the first event happened.
    pub first: Option<Timestamp>,
    /// When the last event happened.
    pub last: Option<Timestamp>,
    /// The latest events; where there are none, the first objects. Three at most.
    pub samples: Vec<(Resource, StoredRecord)>,
}

impl Store {
    /// What a reach would show of a tenant.
    ///
    /// # Errors
    /// [`StoreError::TooSlow`] after 2 seconds.
    pub async fn extent(&self, of: impl Into<RecordsOf>, reach: &Reach) -> Result<Extent, StoreError> {
        let reach = reach.clone();
        self.with_records(of.into(), move |view| {
            let mut categories = reach.data_categories.clone();
            categories.sort_unstable();
            categories.dedup();
            let mut extent =
                Extent { counts: categories.iter().map(|own| (*own, 0)).collect(), ..Extent::default() };
            let Some(view) = view else { return Ok(extent) };
            let mut people = Vec::new();
            let mut objects = Vec::new();
            for layout in layout::all() {
                for (category, count) in &mut extent.counts {
                    let one = Reach { data_categories: vec![*category], ..reach.clone() };
                    if let Some(asked) = Asked::within(layout, None, &one)? {
                        *count += counted(view, &asked)?;
                    }
                }
                let Some(asked) = Asked::within(layout, None, &reach)? else { continue };
                if layout.is_event() {
                    span_and_samples(view, &asked, &mut extent)?;
                } else {
                    let query = RecordQuery::new(layout.resource, reach.clone());
                    let top = u32::try_from(SAMPLES).unwrap_or(u32::MAX);
                    let page = object_list::page(view, &asked, &RecordQuery { top, ..query })?;
                    objects.extend(page.records.into_iter().map(|record| (layout.resource, record)));
                }
                people_touched(view, &asked, &mut people)?;
            }
            extent.people = distinct(people);
            let missing = SAMPLES.saturating_sub(extent.samples.len());
            extent.samples.extend(objects.into_iter().take(missing));
            Ok(extent)
        })
        .await
    }
}

fn counted(view: &View<'_>, asked: &Asked) -> Result<u64, StoreError> {
    if !asked.layout.is_event() {
        return object_list::count(view, asked);
    }
    let dialect = asked.dialect(view)?;
    let access = plan::access(view, dialect, asked.condition.as_ref(), asked.span(dialect))?;
    asked.count(view, dialect, &access)
}

/// When the first and the last event happened, and the latest ones.
fn span_and_samples(view: &View<'_>, asked: &Asked, extent: &mut Extent) -> Result<(), StoreError> {
    let dialect = asked.dialect(view)?;
    let access = plan::access(view, dialect, asked.condition.as_ref(), asked.span(dialect))?;
    let walk = |order, wanted: usize| -> Result<Vec<(i64, StoredRecord)>, StoreError> {
        let (sql, rest) = asked.sql(dialect, "r");
        let wish = Wish { dialect, sql, rest, span: asked.span(dialect), order };
        let mut walk = Walk::new(view, &wish, &access, i64::try_from(wanted).unwrap_or(i64::MAX))?;
        let mut found = Vec::new();
        while found.len() < wanted {
            let Some(row) = walk.next()? else { break };
            found.push((row.at, stored(view, &row)?));
        }
        Ok(found)
    };
    let latest = walk(Order::NewestFirst, SAMPLES)?;
    let first = walk(Order::OldestFirst, 1)?.first().map(|(at, _)| place::time(*at));
    let last = latest.first().map(|(at, _)| place::time(*at));
    extent.first = extent.first.into_iter().chain(first).min();
    extent.last = extent.last.into_iter().chain(last).max();
    let missing = SAMPLES.saturating_sub(extent.samples.len());
    let latest = latest.into_iter().map(|(_, record)| (asked.layout.resource, record));
    extent.samples.extend(latest.take(missing));
    Ok(())
}

/// Everyone whom the records name.
fn people_touched(view: &View<'_>, asked: &Asked, people: &mut Vec<DataPerson>) -> Result<(), StoreError> {
    for slot in slots(asked.layout.schema) {
        if !asked.layout.is_event() {
            objects_people(view, asked, &slot, people)?;
            continue;
        }
        let columns: Vec<_> = slot.paths().map(|path| asked.layout.column(path)).collect();
        let shared = match columns.as_slice() {
            [Some(one)] => asked.layout.group_of(*one).map(|(group, _)| group),
            [Some(one), Some(other)] => {
                let group = asked.layout.group_of(*one).map(|(group, _)| group);
                group.filter(|group| group.columns.contains(other))
            }
            _ => None,
        };
        match shared.filter(|group| !group.direct) {
            Some(group) => shared_people(view, asked, &slot, group.name, people)?,
            None => walked_people(view, asked, &slot, people)?,
        }
    }
    Ok(())
}

/// The people of a group whose events are within reach.
fn shared_people(
    view: &View<'_>,
    asked: &Asked,
    slot: &Slot,
    group: &str,
    people: &mut Vec<DataPerson>,
) -> Result<(), StoreError> {
    let dialect = asked.dialect(view)?;
    let (sql, rest) = asked.sql(dialect, "r");
    if rest.is_some() {
        return walked_people(view, asked, slot, people);
    }
    let table = &asked.layout.name;
    let name = |path: Option<&str>| {
        let column = path.and_then(|path| asked.layout.column(path));
        column.and_then(|column| asked.layout.group_of(column)).map_or("NULL", |(_, name)| name)
    };
    let span = asked.span(dialect);
    let asked_of_row = sql.map_or_else(String::new, |sql| {
        // Bound below, in the same order.
        format!(" AND {}", sql.text)
    });
    let (sql, _) = asked.sql(dialect, "r");
    let select = format!(
        "SELECT {}, {} FROM {table}_{group} p WHERE EXISTS (SELECT 1 FROM {table} r WHERE r.{group} = p.id AND r.at >= ? AND r.at <= ?{asked_of_row})",
        name(slot.id),
        name(slot.name)
    );
    let values =
        [span.first.into(), span.last.into()].into_iter().chain(sql.into_iter().flat_map(|sql| sql.values));
    let values: Vec<rusqlite::types::Value> = values.collect();
    let mut statement = view.connection.prepare_cached(&select)?;
    let found = statement.query_map(rusqlite::params_from_iter(values), |row| {
        Ok(DataPerson { user_id: row.get(0)?, user_principal_name: row.get(1)? })
    })?;
    for person in found {
        people.push(person?);
    }
    Ok(())
}

/// The people whom the events themselves name.
fn walked_people(
    view: &View<'_>,
    asked: &Asked,
    slot: &Slot,
    people: &mut Vec<DataPerson>,
) -> Result<(), StoreError> {
    let dialect = asked.dialect(view)?;
    let access = plan::access(view, dialect, asked.condition.as_ref(), asked.span(dialect))?;
    let (sql, rest) = asked.sql(dialect, "r");
    let wish = Wish { dialect, sql, rest, span: asked.span(dialect), order: Order::NewestFirst };
    let mut walk = Walk::new(view, &wish, &access, i64::MAX)?;
    let mut seen = BTreeSet::new();
    while let Some(row) = walk.next()? {
        let record: Value = serde_json::from_str(&stored(view, &row)?.json)
            .map_err(|error| StoreError::Corrupt(format!("a stored record: {error}")))?;
        slot.people_in(&record, &mut |person| {
            if seen.insert(person.clone()) {
                people.push(person);
            }
        });
    }
    Ok(())
}

/// The people whom objects name in a column.
fn objects_people(
    view: &View<'_>,
    asked: &Asked,
    slot: &Slot,
    people: &mut Vec<DataPerson>,
) -> Result<(), StoreError> {
    let mut query = RecordQuery::new(asked.layout.resource, Reach::everything());
    query.top = 1_000;
    loop {
        let page = object_list::page(view, asked, &query)?;
        for record in &page.records {
            let record: Value = serde_json::from_str(&record.json)
                .map_err(|error| StoreError::Corrupt(format!("a stored record: {error}")))?;
            slot.people_in(&record, &mut |person| people.push(person));
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(()),
        }
    }
}

/// How many people these are: one who is known by an id in one place and by the name alone in another is one.
fn distinct(people: Vec<DataPerson>) -> u64 {
    let ids: HashMap<String, String> = people
        .iter()
        .filter_map(|person| Some((person.user_principal_name.clone()?, person.user_id.clone()?)))
        .collect();
    let known: BTreeSet<String> = people
        .into_iter()
        .filter_map(|person| {
            let by_name = |name: String| ids.get(&name).cloned().unwrap_or(name);
            person.user_id.or_else(|| person.user_principal_name.map(by_name))
        })
        .collect();
    u64::try_from(known.len()).unwrap_or(u64::MAX)
}

impl Slot {
    fn paths(&self) -> impl Iterator<Item = &'static str> {
        self.id.into_iter().chain(self.name)
    }

    /// Everyone whom an object names here.
    fn people_in(&self, record: &Value, found: &mut dyn FnMut(DataPerson)) {
        let parent =
            self.paths().next().and_then(|path| path.rsplit_once('/')).map_or("", |(parent, _)| parent);
        elements(record, parent, &mut |element| {
            let text = |path: Option<&str>| {
                let name = path?.rsplit('/').next()?;
                let text = element.get(name)?.as_str().filter(|text| !text.is_empty())?;
                Some(text.to_lowercase())
            };
            let person = DataPerson { user_id: text(self.id), user_principal_name: text(self.name) };
            if person != DataPerson::default() {
                found(person);
            }
        });
    }
}

/// The objects at a path; an array stands for its elements.
fn elements(value: &Value, path: &str, found: &mut dyn FnMut(&Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| elements(item, path, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            if path.is_empty() {
                return found(value);
            }
            let (name, rest) = path.split_once('/').unwrap_or((path, ""));
            if let Some(member) = value.get(name) {
                elements(member, rest, found);
            }
        }
    }
}
