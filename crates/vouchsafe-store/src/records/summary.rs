//! How many events there are by hour, error, app or person: from exact counts by time where nothing else limits, from the
//! rows otherwise.

use std::collections::HashMap;

use rusqlite::OptionalExtension as _;
use rusqlite::types::ValueRef;
use serde_json::Value;
use vouchsafe_core::time::Timestamp;
use vouchsafe_diagnostics::filter::Filter;
use vouchsafe_diagnostics::resource::Resource;

use super::expression::{Dialect, Parameter, Sql};
use super::files::{RecordsOf, View};
use super::layout::{self, Group};
use super::list::{Asked, stored};
use super::place;
use super::plan::{self, Access, Cursor, Index, Span};
use super::reach::Reach;
use super::roll_up::{ABSENT, counted, steps};
use super::walk::{Walk, Wish};
use crate::error::{QueryRefusal, StoreError};
use crate::list::Order;
use crate::store::Store;

/// What events are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SummaryBy {
    /// The hour in which they happened, in UTC.
    Hour,
    /// `status/errorCode`.
    ErrorCode,
    /// `appId`.
    App,
    /// `userId`.
    User,
}

impl SummaryBy {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Hour, Self::ErrorCode, Self::App, Self::User];

    /// Its name in queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::ErrorCode => "errorCode",
            Self::App => "app",
            Self::User => "user",
        }
    }

    /// The property.
    pub(super) const fn path(self) -> Option<&'static str> {
        match self {
            Self::Hour => None,
            Self::ErrorCode => Some("status/errorCode"),
            Self::App => Some("appId"),
            Self::User => Some("userId"),
        }
    }

    /// The property that people know it by.
    const fn label(self) -> Option<&'static str> {
        match self {
            Self::Hour => None,
            Self::ErrorCode => Some("status/failureReason"),
            Self::App => Some("appDisplayName"),
            Self::User => Some("userPrincipalName"),
        }
    }
}

/// A question how many events there are.
#[derive(Debug, Clone)]
pub struct SummaryQuery {
    /// The kind, which is one of events.
    pub resource: Resource,
    /// By what they are counted.
    pub by: SummaryBy,
    /// The caller's filter, with true values.
    pub filter: Option<Filter>,
    /// How far the caller sees.
    pub reach: Reach,
    /// How many values at most: the most frequent, or the latest hours.
    pub top: u32,
}

/// The answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The values: hours in order of time, anything else the most frequent first.
    pub rows: Vec<SummaryRow>,
    /// How many events there are in all, those of values that are not listed too.
    pub total: u64,
}

/// How many events have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryRow {
    /// The value.
    pub key: SummaryKey,
    /// What people know it by, as the latest of its events writes it: the app's name, the UPN, the sentence of an error.
    pub label: Option<String>,
    /// How many.
    pub count: u64,
}

/// A value that events are counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SummaryKey {
    /// The event has none.
    Absent,
    /// The hour that begins then.
    Hour(Timestamp),
    /// A number.
    Number(i64),
    /// A folded text: the id, or else what comes first of what stands beside it.
    Text(String),
}

/// Events by the number of their group, or by hour since 2020.
pub(super) type Counts = HashMap<i64, u64>;

impl Store {
    /// How many events of a tenant there are by some value.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where the kind has no such value, or for the filter; [`StoreError::TooSlow`] after
    /// 2 seconds.
    pub async fn summary(
        &self,
        of: impl Into<RecordsOf>,
        query: SummaryQuery,
    ) -> Result<Summary, StoreError> {
        self.with_records(of.into(), move |view| {
            let layout = layout::of(query.resource);
            let known = layout.is_event()
                && (query.by == SummaryBy::Hour || layout.counted.iter().any(|(by, _)| *by == query.by));
            if !known {
                let path = query.by.path().or(layout.time()).unwrap_or("createdDateTime").to_owned();
                let message = "is nothing that this kind is counted by".to_owned();
                return Err(QueryRefusal { path, message }.into());
            }
            let asked = Asked::within(layout, query.filter.as_ref(), &query.reach)?;
            let (Some(view), Some(asked)) = (view, asked) else { return Ok(Summary::default()) };
            summary(view, &asked, query.by, usize::try_from(query.top).unwrap_or(usize::MAX))
        })
        .await
    }
}

fn summary(view: &View<'_>, asked: &Asked, by: SummaryBy, top: usize) -> Result<Summary, StoreError> {
    let counts = merged(view, asked, by, counts(view, asked, by)?)?;
    let total = counts.values().sum();
    let mut sorted: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    if by == SummaryBy::Hour {
        sorted.sort_unstable();
        let rows = sorted.split_off(sorted.len().saturating_sub(top)).into_iter().map(|(hour, count)| {
            let key = SummaryKey::Hour(place::time(place::of_hour(hour)));
            SummaryRow { key, label: None, count }
        });
        return Ok(Summary { rows: rows.collect(), total });
    }
    sorted.sort_unstable_by_key(|(value, count)| (std::cmp::Reverse(*count), *value));
    sorted.truncate(top);
    let rows = sorted.into_iter().map(|(value, count)| row(view, asked, by, value, count));
    Ok(Summary { rows: rows.collect::<Result<_, _>>()?, total })
}

/// The group of what is counted.
fn group(asked: &Asked, by: SummaryBy) -> Option<&'static Group> {
    let place = asked.layout.counted.iter().find(|(own, _)| *own == by).map(|(_, group)| *group)?;
    asked.layout.groups.get(place)
}

/// Numbers of one group that have the same first value are one: a person is known by the id, whatever the name was.
fn merged(view: &View<'_>, asked: &Asked, by: SummaryBy, mut counts: Counts) -> Result<Counts, StoreError> {
    let Some(group) = group(asked, by).filter(|group| !group.direct) else { return Ok(counts) };
    let Some(first) = key_column(asked, by, group) else { return Ok(counts) };
    let table = format!("{}_{}", asked.layout.name, group.name);
    let sql = format!(
        "SELECT {first}, id FROM {table} WHERE {first} IN (SELECT {first} FROM {table} GROUP BY {first} HAVING COUNT(*) > 1) ORDER BY 1, 2 DESC"
    );
    let mut statement = view.connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut current: Option<(String, i64)> = None;
    while let Some(row) = rows.next()? {
        let (key, id): (String, i64) = (row.get(0)?, row.get(1)?);
        match &current {
            Some((known, newest)) if *known == key => {
                if let Some(count) = counts.remove(&id) {
                    *counts.entry(*newest).or_insert(0) += count;
                }
            }
            Some(_) | None => current = Some((key, id)),
        }
    }
    Ok(counts)
}

/// The name of the column that tells the values of a group apart.
fn key_column<'g>(asked: &Asked, by: SummaryBy, group: &'g Group) -> Option<&'g str> {
    let column = asked.layout.column(by.path()?)?;
    let place = group.columns.iter().position(|own| *own == column)?;
    group.names.get(place).map(String::as_str)
}

/// A value with what people know it by.
fn row(
    view: &View<'_>,
    asked: &Asked,
    by: SummaryBy,
    value: i64,
    count: u64,
) -> Result<SummaryRow, StoreError> {
    let absent = SummaryRow { key: SummaryKey::Absent, label: None, count };
    let Some(group) = group(asked, by).filter(|_| value != ABSENT) else { return Ok(absent) };
    let key = if group.direct {
        SummaryKey::Number(value)
    } else {
        let mut names: Vec<_> = group.names.iter().map(String::as_str).collect();
        if let Some(key) = key_column(asked, by, group) {
            names.insert(0, key);
        }
        let sql = format!(
            "SELECT COALESCE({}, '') FROM {}_{} WHERE id = ?",
            names.join(", "),
            asked.layout.name,
            group.name
        );
        let key = view.connection.prepare_cached(&sql)?.query_row([value], |row| {
            Ok(match row.get_ref(0)? {
                ValueRef::Text(text) => SummaryKey::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Integer(number) => SummaryKey::Number(number),
                ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => SummaryKey::Absent,
            })
        });
        key.optional()?.unwrap_or(SummaryKey::Absent)
    };
    let label = if group.indexed { label(view, asked, by, group, value)? } else { None };
    Ok(SummaryRow { key, label, count })
}

/// What the latest event within reach calls the value.
fn label(
    view: &View<'_>,
    asked: &Asked,
    by: SummaryBy,
    group: &Group,
    value: i64,
) -> Result<Option<String>, StoreError> {
    let Some(path) = by.label() else { return Ok(None) };
    let dialect = asked.dialect(view)?;
    let cursor = Cursor { index: Index::Row(group.name.to_owned()), value: value.into() };
    let (sql, rest) = asked.sql(dialect, "r");
    let wish = Wish { dialect, sql, rest, span: asked.span(dialect), order: Order::NewestFirst };
    let Some(row) = Walk::new(view, &wish, &Access::Cursors(vec![cursor]), 1)?.next()? else {
        return Ok(None);
    };
    let record: Value = serde_json::from_str(&stored(view, &row)?.json)
        .map_err(|error| StoreError::Corrupt(format!("a stored record: {error}")))?;
    let mut found = &record;
    for name in path.split('/') {
        found = found.get(name).unwrap_or(&Value::Null);
    }
    Ok(found.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
}

/// How many events there are of categories and of a time alone.
pub(super) fn count(view: &View<'_>, asked: &Asked, span: Span) -> Result<u64, StoreError> {
    Ok(rolled_up(view, asked, SummaryBy::Hour, span)?.values().sum())
}

/// Counts what is asked for.
pub(super) fn counts(view: &View<'_>, asked: &Asked, by: SummaryBy) -> Result<Counts, StoreError> {
    let dialect = asked.dialect(view)?;
    let span = asked.span(dialect);
    if asked.plain && !dialect.crowded {
        return rolled_up(view, asked, by, span);
    }
    let (sql, rest) = asked.sql(dialect, "r");
    let access = plan::access(view, dialect, asked.condition.as_ref(), span)?;
    if rest.is_none() {
        let from = match &access {
            Access::Cursors(cursors) => plan::listed(dialect, cursors),
            Access::Table => None,
        };
        let from = from.unwrap_or_else(|| Sql::new(format!("{} r WHERE 1", asked.layout.name)));
        return from_rows(view, &value_of(asked, by), from, span, sql);
    }
    let wish = Wish { dialect, sql, rest, span, order: Order::NewestFirst };
    let mut walk = Walk::new(view, &wish, &access, i64::MAX)?;
    let find = format!("SELECT {} FROM {} r WHERE r.at = ?", value_of(asked, by), asked.layout.name);
    let mut find = view.connection.prepare_cached(&find)?;
    let mut counts = Counts::new();
    while let Some(row) = walk.next()? {
        let value: i64 = find.query_row([row.at], |row| row.get(0))?;
        *counts.entry(value).or_insert(0) += 1;
    }
    Ok(counts)
}

/// What an event is counted by, in SQL.
fn value_of(asked: &Asked, by: SummaryBy) -> String {
    match group(asked, by) {
        Some(group) => format!("COALESCE(r.{}, {ABSENT})", group.name),
        None => place::hour_in_sql("r.at"),
    }
}

fn from_rows(
    view: &View<'_>,
    value: &str,
    from: Sql,
    span: Span,
    asked: Option<Sql>,
) -> Result<Counts, StoreError> {
    let mut sql = from;
    sql.text.insert_str(0, &format!("SELECT {value}, COUNT(*) FROM "));
    sql.push(Sql::new(" AND r.at >= ? AND r.at <= ?").with(span.first).with(span.last));
    if let Some(asked) = asked {
        sql.text.push_str(" AND ");
        sql.push(asked);
    }
    sql.text.push_str(" GROUP BY 1");
    add_up(view, &sql)
}

fn add_up(view: &View<'_>, sql: &Sql) -> Result<Counts, StoreError> {
    let mut counts = Counts::new();
    let mut statement = view.connection.prepare_cached(&sql.text)?;
    let mut rows = statement.query(rusqlite::params_from_iter(sql.values.iter().map(Parameter)))?;
    while let Some(row) = rows.next()? {
        let count: i64 = row.get(1)?;
        *counts.entry(row.get(0)?).or_insert(0) += u64::try_from(count).unwrap_or(0);
    }
    Ok(counts)
}

/// Counts from the counts by time, and at the edges of the span from the rows.
fn rolled_up(view: &View<'_>, asked: &Asked, by: SummaryBy, span: Span) -> Result<Counts, StoreError> {
    let table = &asked.layout.name;
    let sql = format!("SELECT (SELECT MIN(at) FROM {table}), (SELECT MAX(at) FROM {table})");
    let (first, last): (Option<i64>, Option<i64>) =
        view.connection.prepare_cached(&sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(Counts::new()) };
    let hours = steps(by).first().copied().unwrap_or(1);
    // Beyond the first and the last event there is nothing that a whole step could count too much.
    let from = if span.first <= first {
        place::hour(first).div_euclid(hours)
    } else {
        let begun = place::hour(span.first - 1) + 1;
        begun.div_euclid(hours) + i64::from(begun.rem_euclid(hours) != 0)
    };
    let to = if span.last >= last {
        place::hour(last).div_euclid(hours) + 1
    } else {
        place::hour(span.last.saturating_add(1)).div_euclid(hours)
    };
    let edge = |first: i64, last: i64| {
        let (sql, _) = asked.sql(Dialect { layout: asked.layout, crowded: false }, "r");
        let from = Sql::new(format!("{table} r NOT INDEXED WHERE 1"));
        from_rows(view, &value_of(asked, by), from, Span { first, last }, sql)
    };
    if from >= to {
        return edge(span.first, span.last);
    }
    let mut counts = Counts::new();
    whole_steps(view, asked, by, steps(by), from, to, &mut counts)?;
    for (first, last) in [
        (span.first, place::of_hour(from.saturating_mul(hours)) - 1),
        (place::of_hour(to.saturating_mul(hours)), span.last),
    ] {
        let beyond = first <= last && first <= last_of(view, table)? && last >= first_of(view, table)?;
        if beyond {
            for (value, count) in edge(first, last)? {
                *counts.entry(value).or_insert(0) += count;
            }
        }
    }
    Ok(counts)
}

fn first_of(view: &View<'_>, table: &str) -> Result<i64, StoreError> {
    let sql = format!("SELECT MIN(at) FROM {table}");
    Ok(view.connection.prepare_cached(&sql)?.query_row([], |row| row.get::<_, Option<i64>>(0))?.unwrap_or(0))
}

fn last_of(view: &View<'_>, table: &str) -> Result<i64, StoreError> {
    let sql = format!("SELECT MAX(at) FROM {table}");
    Ok(view.connection.prepare_cached(&sql)?.query_row([], |row| row.get::<_, Option<i64>>(0))?.unwrap_or(0))
}

/// Adds up the counts of steps, `from` and before `to`, the longest steps first.
fn whole_steps(
    view: &View<'_>,
    asked: &Asked,
    by: SummaryBy,
    lengths: &[i64],
    from: i64,
    to: i64,
    counts: &mut Counts,
) -> Result<(), StoreError> {
    if from >= to {
        return Ok(());
    }
    let Some((hours, longer)) = lengths.split_first() else { return Ok(()) };
    if let Some(next) = longer.first() {
        let of = next / hours;
        let (first, last) = ((from + of - 1).div_euclid(of), to.div_euclid(of));
        if first < last {
            let only = std::slice::from_ref(hours);
            whole_steps(view, asked, by, only, from, first * of, counts)?;
            whole_steps(view, asked, by, only, last * of, to, counts)?;
            return whole_steps(view, asked, by, longer, first, last, counts);
        }
    }
    let value = if by == SummaryBy::Hour { "step" } else { "value" };
    let categories = match &asked.categories {
        Some(categories) => categories.clone(),
        None => (0..i64::try_from(asked.layout.schema.categories.len()).unwrap_or(0)).collect(),
    };
    for category in categories {
        let sql = Sql::new(format!(
            "SELECT {value}, count FROM roll_up WHERE kind = ? AND counted = ? AND hours = ? AND category = ? AND step >= ? AND step < ?"
        ));
        let sql = sql
            .with(asked.layout.name.clone())
            .with(counted(by))
            .with(*hours)
            .with(category)
            .with(from)
            .with(to);
        for (value, count) in add_up(view, &sql)? {
            *counts.entry(value).or_insert(0) += count;
        }
    }
    Ok(())
}
