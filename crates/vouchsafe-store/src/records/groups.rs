//! Shared columns on their way in: which number a combination of values has in its group.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, ToSql};
use vouchsafe_diagnostics::record::ColumnValue;

use super::layout::{Group, Layout};
use crate::error::StoreError;

/// A column's value as it is bound.
pub(super) struct Bound<'v>(pub(super) Option<&'v ColumnValue>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            None => ValueRef::Null,
            Some(ColumnValue::Text(text)) => ValueRef::Text(text.as_bytes()),
            Some(ColumnValue::Int(number)) => ValueRef::Integer(*number),
            Some(ColumnValue::Bool(flag)) => ValueRef::Integer(i64::from(*flag)),
        }))
    }
}

/// Values that an event has, by their columns' places.
pub(super) type Values = [(usize, ColumnValue)];

/// The value of a column.
pub(super) fn value(values: &Values, column: usize) -> Option<&ColumnValue> {
    values.iter().find(|(own, _)| *own == column).map(|(_, value)| value)
}

/// What an event says of a group.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shared {
    /// Nothing.
    Absent,
    /// The number that stands in the row.
    Direct(i64),
    /// A combination of values, by a hash that nobody can aim at.
    Coded(u128),
}

/// Hashes combinations of values. Keyed at random, and wide enough that two different ones never meet.
#[derive(Debug, Clone, Default)]
pub(super) struct Hashes(RandomState, RandomState);

impl Hashes {
    /// What the values say of a group.
    pub(super) fn shared(&self, group: &Group, values: &Values) -> Shared {
        if let (true, [column]) = (group.direct, group.columns.as_slice()) {
            return match value(values, *column) {
                Some(ColumnValue::Int(number)) => Shared::Direct(*number),
                Some(ColumnValue::Bool(flag)) => Shared::Direct(i64::from(*flag)),
                Some(ColumnValue::Text(_)) | None => Shared::Absent,
            };
        }
        let (mut left, mut right) = (self.0.build_hasher(), self.1.build_hasher());
        let mut any = false;
        for column in &group.columns {
            let value = value(values, *column);
            any |= value.is_some();
            value.hash(&mut left);
            value.hash(&mut right);
        }
        if any {
            Shared::Coded(u128::from(left.finish()) << 64 | u128::from(right.finish()))
        } else {
            Shared::Absent
        }
    }
}

/// The numbers of one kind's combinations that an import has met.
#[derive(Debug)]
pub(super) struct Numbers {
    layout: &'static Layout,
    /// Whether the file held nothing when the import began, so that what was not met is not there.
    complete: bool,
    groups: Vec<GroupNumbers>,
}

#[derive(Debug)]
struct GroupNumbers {
    met: HashMap<u128, i64>,
    find: String,
    add: String,
}

impl Numbers {
    pub(super) fn new(layout: &'static Layout, complete: bool) -> Self {
        let groups = layout.groups.iter().map(|group| {
            let table = format!("{}_{}", layout.name, group.name);
            let names = group.names.join(", ");
            let same: Vec<_> = group.names.iter().map(|name| format!("{name} IS ?")).collect();
            let places = vec!["?"; group.names.len()].join(", ");
            GroupNumbers {
                met: HashMap::new(),
                find: format!("SELECT id FROM {table} WHERE {}", same.join(" AND ")),
                add: format!("INSERT INTO {table} ({names}) VALUES ({places})"),
            }
        });
        Self { layout, complete, groups: groups.collect() }
    }

    /// The number that stands in the row for a group.
    pub(super) fn number(
        &mut self,
        connection: &Connection,
        group: usize,
        shared: Shared,
        values: &Values,
    ) -> Result<Option<i64>, StoreError> {
        let hash = match shared {
            Shared::Absent => return Ok(None),
            Shared::Direct(number) => return Ok(Some(number)),
            Shared::Coded(hash) => hash,
        };
        let (Some(numbers), Some(described)) = (self.groups.get_mut(group), self.layout.groups.get(group))
        else {
            return Ok(None);
        };
        if let Some(number) = numbers.met.get(&hash) {
            return Ok(Some(*number));
        }
        let bound = || described.columns.iter().map(|column| Bound(value(values, *column)));
        let known: Option<i64> = if self.complete {
            None
        } else {
            let mut find = connection.prepare_cached(&numbers.find)?;
            find.query_row(rusqlite::params_from_iter(bound()), |row| row.get(0)).optional()?
        };
        let number = match known {
            Some(number) => number,
            None => {
                connection.prepare_cached(&numbers.add)?.execute(rusqlite::params_from_iter(bound()))?;
                connection.last_insert_rowid()
            }
        };
        numbers.met.insert(hash, number);
        Ok(Some(number))
    }
}
