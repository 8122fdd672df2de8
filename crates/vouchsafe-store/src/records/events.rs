//! Events into and out of their tables.

use std::collections::{BTreeSet, HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension as _, Statement};
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::record::ColumnValue;

use super::coder::Coded;
use super::groups::Numbers;
use super::layout::Layout;
use super::place;
use super::roll_up::RollUp;
use super::splice::Key;
use crate::error::StoreError;

/// What became of some records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Added {
    pub(super) imported: u64,
    pub(super) already_present: u64,
}

/// An event on its way into its row.
struct Row<'r> {
    batch: i64,
    event: &'r Coded,
    /// The numbers of its groups.
    values: &'r [Option<i64>],
}

/// Writes the events of one kind.
#[derive(Debug)]
pub(super) struct EventWriter {
    layout: &'static Layout,
    numbers: Numbers,
    roll_up: RollUp,
    insert: String,
    known: String,
    /// Whether ids are looked for while writing; a file that is being loaded has no index yet.
    indexed: bool,
}

impl EventWriter {
    /// A writer into a file that is empty (`loading`), or has its indexes.
    pub(super) fn new(layout: &'static Layout, loading: bool) -> Self {
        let mut names = vec!["at", "batch"];
        names.extend(layout.has_category.then_some("category"));
        names.extend(layout.groups.iter().map(|group| group.name));
        names.extend(layout.spliced());
        names.extend(["packing", "json"]);
        let places = vec!["?"; names.len()].join(", ");
        Self {
            layout,
            numbers: Numbers::new(layout, loading),
            roll_up: RollUp::new(layout),
            insert: format!("INSERT OR IGNORE INTO {} ({}) VALUES ({places})", layout.name, names.join(", ")),
            known: format!("SELECT 1 FROM {} WHERE id = ?", layout.name),
            indexed: !loading,
        }
    }

    /// Adds events that came together; one whose id is there already stays as it is.
    pub(super) fn add(
        &mut self,
        connection: &Connection,
        mut events: Vec<Coded>,
        now: Timestamp,
    ) -> Result<Added, StoreError> {
        let mut added = Added::default();
        let mut seen = HashSet::with_capacity(events.len());
        let mut twice = 0;
        events.retain(|event| {
            let first = event.at.is_some() && seen.insert(event.id.clone());
            twice += u64::from(!first);
            first
        });
        drop(seen);
        added.already_present += twice;
        events.sort_by_key(|event| event.at);
        let batch = self.add_batch(connection, &events, now)?;
        let mut values = Vec::with_capacity(self.layout.groups.len());
        let mut known = if self.indexed { Some(connection.prepare_cached(&self.known)?) } else { None };
        let mut insert = connection.prepare_cached(&self.insert)?;
        for event in &events {
            if let Some(known) = &mut known
                && known.exists([&event.id])?
            {
                added.already_present += 1;
                continue;
            }
            values.clear();
            for (group, shared) in event.shared.iter().enumerate() {
                values.push(self.numbers.number(connection, group, *shared, &event.values)?);
            }
            let row = Row { batch, event, values: &values };
            let at = self.insert(connection, &mut insert, &row)?;
            self.add_beside(connection, at, event)?;
            self.roll_up.add(at, event.category, &values, 1);
            added.imported += 1;
        }
        if self.roll_up.is_full() {
            self.roll_up.write(connection)?;
        }
        Ok(added)
    }

    fn add_batch(
        &self,
        connection: &Connection,
        events: &[Coded],
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let micros = |event: Option<&Coded>| event.and_then(|event| event.at).map_or(0, Timestamp::as_micros);
        let sql = "INSERT INTO batch (kind, imported, first_at, last_at) VALUES (?, ?, ?, ?)";
        let (first, last) = (micros(events.first()), micros(events.last()));
        connection.prepare_cached(sql)?.execute((&self.layout.name, now.as_micros(), first, last))?;
        Ok(connection.last_insert_rowid())
    }

    /// Puts an event into the first free place of its time.
    fn insert(
        &self,
        connection: &Connection,
        insert: &mut Statement<'_>,
        row: &Row<'_>,
    ) -> Result<i64, StoreError> {
        let first = place::first(row.event.at.unwrap_or(Timestamp::from_micros(0)));
        if self.insert_at(insert, first, row)? {
            return Ok(first);
        }
        let at = free_place(connection, self.layout, first)?;
        if self.insert_at(insert, at, row)? {
            return Ok(at);
        }
        Err(StoreError::Corrupt("a free place of the table was taken".to_owned()))
    }

    fn insert_at(&self, statement: &mut Statement<'_>, at: i64, row: &Row<'_>) -> Result<bool, StoreError> {
        statement.raw_bind_parameter(1, at)?;
        statement.raw_bind_parameter(2, row.batch)?;
        let mut next = 3;
        if self.layout.has_category {
            statement.raw_bind_parameter(next, row.event.category)?;
            next += 1;
        }
        for value in row.values {
            statement.raw_bind_parameter(next, value)?;
            next += 1;
        }
        statement.raw_bind_parameter(next, &row.event.id)?;
        next += 1;
        for reference in &row.event.references {
            statement.raw_bind_parameter(next, reference.as_ref())?;
            next += 1;
        }
        statement.raw_bind_parameter(next, row.event.packing)?;
        statement.raw_bind_parameter(next + 1, row.event.json.as_slice())?;
        Ok(statement.raw_execute()? == 1)
    }

    /// What lies in other tables.
    fn add_beside(&self, connection: &Connection, at: i64, event: &Coded) -> Result<(), StoreError> {
        let name = &self.layout.name;
        if let Some(original) = &event.original {
            let sql = format!("INSERT INTO {name}_original (at, packing, json) VALUES (?, ?, ?)");
            connection.prepare_cached(&sql)?.execute((at, event.packing, original))?;
        }
        for own in &self.layout.each {
            let sql = format!("INSERT OR IGNORE INTO {name}_each_{} (value, at) VALUES (?, ?)", own.name);
            let mut statement = connection.prepare_cached(&sql)?;
            for (_, value) in event.values.iter().filter(|(column, _)| *column == own.column) {
                if let ColumnValue::Text(text) = value {
                    statement.execute((Key::new(text), at))?;
                }
            }
        }
        Ok(())
    }

    /// Writes the counts; before every commit.
    pub(super) fn settle(&mut self, connection: &Connection) -> Result<(), StoreError> {
        self.roll_up.write(connection)
    }
}

/// A place for one more event of the microsecond that `first` is of; when it is full, one of the same second.
fn free_place(connection: &Connection, layout: &Layout, first: i64) -> Result<i64, StoreError> {
    let second = place::same_second(first);
    let mut last = connection
        .prepare_cached(&format!("SELECT MAX(at) FROM {} WHERE at >= ? AND at < ?", layout.name))?;
    let upwards = (first..second.end).step_by(STEP);
    let downwards = (second.start..first).rev().step_by(STEP);
    for (tried, at) in upwards.chain(downwards).enumerate() {
        let range = place::same_microsecond(at);
        let taken: Option<i64> = last.query_row((range.start, range.end), |row| row.get(0))?;
        let free = taken.map_or(range.start, |taken| taken + 1);
        if range.contains(&free) {
            if tried > 0 {
                let sql = "INSERT OR IGNORE INTO crowded (kind) VALUES (?)";
                connection.prepare_cached(sql)?.execute([&layout.name])?;
            }
            return Ok(free);
        }
    }
    Err(StoreError::Corrupt("a second is full".to_owned()))
}

/// Places of a microsecond.
const STEP: usize = place::PER_MICROSECOND as usize;

/// Takes events out of the table of a kind, with all that lies beside them and their counts.
pub(super) fn delete(
    connection: &Connection,
    layout: &'static Layout,
    places: &[i64],
) -> Result<(), StoreError> {
    let name = &layout.name;
    let groups: Vec<_> = layout.groups.iter().map(|group| format!(", {}", group.name)).collect();
    let category = if layout.has_category { "category" } else { "0" };
    let row = format!("SELECT {category}{} FROM {name} WHERE at = ?", groups.concat());
    let beside = std::iter::once(format!("DELETE FROM {name}_original WHERE at = ?"));
    let each = layout.each.iter().map(|own| format!("DELETE FROM {name}_each_{} WHERE at = ?", own.name));
    let deletions: Vec<_> =
        beside.chain(each).chain(std::iter::once(format!("DELETE FROM {name} WHERE at = ?"))).collect();
    let mut roll_up = RollUp::new(layout);
    let mut touched: HashMap<usize, BTreeSet<i64>> = HashMap::new();
    for at in places {
        let found = connection.prepare_cached(&row)?.query_row([at], |row| {
            let values = (1..=groups.len()).map(|column| row.get(column)).collect::<Result<Vec<_>, _>>()?;
            Ok((row.get::<_, i64>(0)?, values))
        });
        let Some((category, values)) = found.optional()? else { continue };
        roll_up.add(*at, category, &values, -1);
        for (group, value) in values.iter().enumerate() {
            touched.entry(group).or_default().extend(value);
        }
        for sql in &deletions {
            connection.prepare_cached(sql)?.execute([at])?;
        }
    }
    roll_up.write(connection)?;
    for (place, group) in layout.groups.iter().enumerate().filter(|(_, group)| group.indexed && !group.direct)
    {
        let sql = format!(
            "DELETE FROM {name}_{group} WHERE id = ? AND NOT EXISTS (SELECT 1 FROM {name} WHERE {group} = ?)",
            group = group.name
        );
        let mut orphan = connection.prepare_cached(&sql)?;
        for value in touched.remove(&place).unwrap_or_default() {
            orphan.execute((value, value))?;
        }
    }
    Ok(())
}

/// Leaves of events that came several times into a file without indexes, which it has now, the one that came first;
/// gives how many went.
pub(super) fn delete_repeated(connection: &Connection, layout: &'static Layout) -> Result<u64, StoreError> {
    let name = &layout.name;
    let sql = format!(
        "SELECT at FROM (SELECT at, ROW_NUMBER() OVER (PARTITION BY id ORDER BY batch, at) AS copy FROM {name} WHERE id IN (SELECT id FROM {name} INDEXED BY {name}_by_id GROUP BY id HAVING COUNT(*) > 1)) WHERE copy > 1"
    );
    let places =
        connection.prepare(&sql)?.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    delete(connection, layout, &places)?;
    Ok(u64::try_from(places.len()).unwrap_or(u64::MAX))
}
