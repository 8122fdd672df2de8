//! Where the events that a condition admits are looked for: in an index, by values that they must have, or in the table.

use rusqlite::types::Value;
use vouchsafe_diagnostics::filter::Op;
use vouchsafe_diagnostics::resource::{Condition, Stored, Test, Wanted};

use super::expression::{Dialect, Parameter, Sql, among, bound, bound_key};
use super::files::View;
use super::layout::Group;
use super::place;
use crate::error::StoreError;

/// Values that an index is read for at once at most; of more, most events have one, and the table is read.
const CURSORS_MAX: usize = 256;
/// Entries that are counted to tell which of two indexes is the narrower.
const PROBE: i64 = 2_000;

/// One value of one index, under which events are in order of time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cursor {
    pub(super) index: Index,
    pub(super) value: Value,
}

/// An index over the events of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Index {
    /// Of a column of the table, which has that name.
    Row(String),
    /// A table of values and places.
    Each(String),
}

/// Where to look.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Access {
    /// In the table, in its order.
    Table,
    /// Under these values; each event that fulfils the condition is under one of them.
    Cursors(Vec<Cursor>),
}

/// A range of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// First.
    pub(super) first: i64,
    /// Last, inclusive.
    pub(super) last: i64,
}

impl Span {
    pub(super) const ALL: Self = Self { first: i64::MIN, last: i64::MAX };

    /// The places outside of which no event fulfils the condition. A crowded microsecond reaches as far as its second.
    pub(super) fn of(condition: &Condition, crowded: bool) -> Self {
        match condition {
            Condition::And(a, b) => {
                let (a, b) = (Self::of(a, crowded), Self::of(b, crowded));
                Self { first: a.first.max(b.first), last: a.last.min(b.last) }
            }
            Condition::Property {
                is_event_time: true, test: Test::Ordered(op, Wanted::Time(time)), ..
            } => {
                let first = place::first(*time);
                let crowd = crowded && !(*op == Op::Lt && place::is_whole_second(*time));
                let reached = if crowd { place::same_second(first) } else { place::same_microsecond(first) };
                match op {
                    Op::Gt if !crowded => Self { first: reached.end, last: i64::MAX },
                    Op::Gt | Op::Ge => Self { first: reached.start, last: i64::MAX },
                    Op::Lt if !crowd => Self { first: i64::MIN, last: reached.start - 1 },
                    Op::Lt | Op::Le => Self { first: i64::MIN, last: reached.end - 1 },
                    Op::Eq | Op::Ne => Self::ALL,
                }
            }
            Condition::Property { .. } | Condition::Or(..) | Condition::Not(_) | Condition::Any { .. } => {
                Self::ALL
            }
        }
    }
}

/// Chooses where to look for what fulfils the condition within the span.
pub(super) fn access(
    view: &View<'_>,
    dialect: Dialect,
    condition: Option<&Condition>,
    span: Span,
) -> Result<Access, StoreError> {
    let cursors = match condition {
        Some(condition) => narrowest(view, dialect, condition, span)?,
        None => None,
    };
    Ok(cursors.map_or(Access::Table, Access::Cursors))
}

/// The cursors of a condition, if it has any.
fn narrowest(
    view: &View<'_>,
    dialect: Dialect,
    condition: &Condition,
    span: Span,
) -> Result<Option<Vec<Cursor>>, StoreError> {
    match condition {
        Condition::And(a, b) => {
            let found = (narrowest(view, dialect, a, span)?, narrowest(view, dialect, b, span)?);
            Ok(match found {
                (Some(a), Some(b)) => {
                    let most = entries(view, dialect, &a, span, i64::MAX)?;
                    let fewer = entries(view, dialect, &b, span, most)? < most;
                    Some(if fewer { b } else { a })
                }
                (one, other) => one.or(other),
            })
        }
        Condition::Or(a, b) => {
            let Some(mut cursors) = narrowest(view, dialect, a, span)? else { return Ok(None) };
            let Some(others) = narrowest(view, dialect, b, span)? else { return Ok(None) };
            cursors.extend(others);
            Ok((cursors.len() <= CURSORS_MAX).then_some(cursors))
        }
        Condition::Any { inner, .. } => narrowest(view, dialect, inner, span),
        Condition::Property { column: Some(column), test, .. } => cursors(view, dialect, *column, test),
        Condition::Property { .. } | Condition::Not(_) => Ok(None),
    }
}

/// The values of an index under which all events are that pass the test, if there is such an index and they are few.
fn cursors(
    view: &View<'_>,
    dialect: Dialect,
    column: usize,
    test: &Test,
) -> Result<Option<Vec<Cursor>>, StoreError> {
    let layout = dialect.layout;
    let listed = |index: Index, values: &[Wanted], to_value: fn(&Wanted) -> Value| {
        let cursors = values.iter().map(|value| Cursor { index: index.clone(), value: to_value(value) });
        (values.len() <= CURSORS_MAX).then(|| cursors.collect())
    };
    let own = |owns: &[super::layout::Own]| {
        owns.iter().find(|own| own.column == column).map(|own| own.name.clone())
    };
    match (layout.schema.columns.get(column).map(|column| column.stored), test) {
        (Some(Stored::Id), Test::OneOf(values)) => Ok(listed(Index::Row("id".to_owned()), values, bound_key)),
        (Some(Stored::Reference), Test::OneOf(values)) => {
            Ok(own(&layout.references).and_then(|name| listed(Index::Row(name), values, bound_key)))
        }
        (Some(Stored::Each), Test::OneOf(values)) => {
            let table = own(&layout.each).map(|name| format!("{}_each_{name}", layout.name));
            Ok(table.and_then(|table| listed(Index::Each(table), values, bound_key)))
        }
        (Some(Stored::Shared { .. }), _) => {
            match layout.group_of(column).filter(|(group, _)| group.indexed) {
                Some((group, _)) if group.direct => match test {
                    Test::OneOf(values) => Ok(listed(Index::Row(group.name.to_owned()), values, bound)),
                    Test::Absent | Test::Ordered(..) | Test::Text(..) => Ok(None),
                },
                Some((group, name)) => shared(view, dialect, group, name, test),
                None => Ok(None),
            }
        }
        (Some(_) | None, _) => Ok(None),
    }
}

/// The numbers of a group whose column passes the test.
fn shared(
    view: &View<'_>,
    dialect: Dialect,
    group: &Group,
    name: &str,
    test: &Test,
) -> Result<Option<Vec<Cursor>>, StoreError> {
    let Some(mut ids) = dialect.group_ids(group, name, test) else { return Ok(None) };
    let most = i64::try_from(CURSORS_MAX).unwrap_or(i64::MAX);
    ids.push(Sql::new(" LIMIT ?").with(most + 1));
    let mut statement = view.connection.prepare_cached(&ids.text)?;
    let parameters = rusqlite::params_from_iter(ids.values.iter().map(Parameter));
    let numbers = statement.query_map(parameters, |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let index = Index::Row(group.name.to_owned());
    let cursors =
        numbers.iter().map(|number| Cursor { index: index.clone(), value: Value::Integer(*number) });
    Ok((numbers.len() <= CURSORS_MAX).then(|| cursors.collect()))
}

/// How many entries the cursors have within the span, up to [`PROBE`] each and about `most` in all.
fn entries(
    view: &View<'_>,
    dialect: Dialect,
    cursors: &[Cursor],
    span: Span,
    most: i64,
) -> Result<i64, StoreError> {
    let mut entries = 0;
    for cursor in cursors {
        if entries >= most {
            break;
        }
        let from = cursor.index.from(dialect);
        let sql = format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM {from} = ? AND {at} >= ? AND {at} <= ? LIMIT ?)",
            at = cursor.index.at()
        );
        let mut statement = view.connection.prepare_cached(&sql)?;
        entries += statement.query_row((Parameter(&cursor.value), span.first, span.last, PROBE), |row| {
            row.get::<_, i64>(0)
        })?;
    }
    Ok(entries)
}

/// The entries of cursors of one index over the table, up to further conditions: each event is under one value only.
pub(super) fn listed(dialect: Dialect, cursors: &[Cursor]) -> Option<Sql> {
    let first = cursors.first()?;
    let Index::Row(name) = &first.index else { return None };
    if cursors.iter().any(|cursor| cursor.index != first.index) {
        return None;
    }
    let table = &dialect.layout.name;
    let mut listed = Sql::new(format!("{table} r INDEXED BY {table}_by_{name} WHERE "));
    listed.push(among(&format!("r.{name}"), cursors.iter().map(|cursor| cursor.value.clone()).collect())?);
    Some(listed)
}

impl Index {
    /// Its entries, up to the comparison with a value.
    fn from(&self, dialect: Dialect) -> String {
        let table = &dialect.layout.name;
        match self {
            Self::Row(name) => format!("{table} r INDEXED BY {table}_by_{name} WHERE r.{name}"),
            Self::Each(each) => format!("{each} e WHERE e.value"),
        }
    }

    /// Its entries with their rows, up to the comparison with a value.
    pub(super) fn rows(&self, dialect: Dialect) -> String {
        let table = &dialect.layout.name;
        match self {
            Self::Row(_) => self.from(dialect),
            Self::Each(each) => format!("{each} e CROSS JOIN {table} r ON r.at = e.at WHERE e.value"),
        }
    }

    /// The place of an entry.
    pub(super) fn at(&self) -> &'static str {
        match self {
            Self::Row(_) => "r.at",
            Self::Each(_) => "e.at",
        }
    }
}
