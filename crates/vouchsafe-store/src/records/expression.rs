//! From a condition to SQL with bound values. Only names from the layout get into the text; every value is bound.
//!
//! What SQL says exactly is told apart from what it can only say too widely: the rest is looked at in the objects.

use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Row, ToSql};
use vouchsafe_diagnostics::filter::{Op, TextFunction};
use vouchsafe_diagnostics::resource::{Condition, Stored, Test, Wanted};

use super::layout::{Group, Layout};
use super::place;
use super::splice::Key;

/// Values of a list that are bound one by one; a longer list is bound as one.
const BOUND_MAX: usize = 300;

/// A piece of SQL with the values of its placeholders, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sql {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Sql {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Vec::new() }
    }

    /// With one more value.
    pub(super) fn with(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Appends another piece.
    pub(super) fn push(&mut self, other: Self) {
        self.text.push_str(&other.text);
        self.values.extend(other.values);
    }

    pub(super) fn and(self, other: Self) -> Self {
        self.joined(" AND ", other)
    }

    fn joined(self, by: &str, other: Self) -> Self {
        let mut both = Self::new("(");
        both.push(self);
        both.text.push_str(by);
        both.push(other);
        both.text.push(')');
        both
    }

    fn around(before: &str, inner: Self, after: &str) -> Self {
        let mut around = Self::new(before);
        around.push(inner);
        around.text.push_str(after);
        around
    }
}

/// What conditions are made for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    pub(super) layout: &'static Layout,
    /// Whether some events lie in another microsecond of their second.
    pub(super) crowded: bool,
}

/// The value as SQLite has it.
pub(super) fn bound(wanted: &Wanted) -> Value {
    match wanted {
        Wanted::Text(text) => Value::Text(text.clone()),
        Wanted::Int(number) => Value::Integer(*number),
        Wanted::Bool(flag) => Value::Integer(i64::from(*flag)),
        Wanted::Time(time) => Value::Integer(time.as_micros()),
    }
}

/// The value as it stands in a row beside the JSON.
pub(super) fn bound_key(wanted: &Wanted) -> Value {
    match wanted {
        Wanted::Text(text) => key_value(Key::new(text)),
        Wanted::Int(_) | Wanted::Bool(_) | Wanted::Time(_) => bound(wanted),
    }
}

/// A key as SQLite has it.
pub(super) fn key_value(key: Key) -> Value {
    match key {
        Key::Uuid(bytes) => Value::Blob(bytes.to_vec()),
        Key::Text(text) => Value::Text(text),
    }
}

/// A key as it is read from a row.
pub(super) fn read_key(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Key>> {
    Ok(Key::read(row.get_ref(column)?))
}

impl Dialect {
    /// The condition exactly, where SQL can say it.
    pub(super) fn exact(self, condition: &Condition) -> Option<Sql> {
        match condition {
            Condition::And(a, b) => Some(self.exact(a)?.and(self.exact(b)?)),
            Condition::Or(a, b) => Some(self.exact(a)?.joined(" OR ", self.exact(b)?)),
            Condition::Not(inner) => Some(Sql::around("NOT ", self.exact(inner)?, "")),
            Condition::Any { inner, .. } => match &**inner {
                Condition::Property { column: Some(column), test, .. } if self.is_each(*column) => {
                    self.each(*column, test)
                }
                Condition::Property { .. }
                | Condition::Any { .. }
                | Condition::Not(_)
                | Condition::And(..)
                | Condition::Or(..) => None,
            },
            Condition::Property { is_event_time: true, test, .. } => self.time(test),
            Condition::Property { column: Some(column), test, .. } => self.column(*column, test),
            Condition::Property { .. } => None,
        }
    }

    /// A condition that every object fulfils which fulfils this one; `None` if SQL has none to say.
    pub(super) fn wider(self, condition: &Condition) -> Option<Sql> {
        if let Some(exact) = self.exact(condition) {
            return Some(exact);
        }
        match condition {
            Condition::And(a, b) => match (self.wider(a), self.wider(b)) {
                (Some(a), Some(b)) => Some(a.and(b)),
                (one, other) => one.or(other),
            },
            Condition::Or(a, b) => Some(self.wider(a)?.joined(" OR ", self.wider(b)?)),
            Condition::Any { inner, .. } => self.wider_element(inner),
            Condition::Property { is_event_time: true, test, .. } => Some(widened_time(test)),
            Condition::Not(_) | Condition::Property { .. } => None,
        }
    }

    /// Inside `any()`, where only what is asked of one property of some element can be said.
    fn wider_element(self, inner: &Condition) -> Option<Sql> {
        match inner {
            Condition::And(a, b) => match (self.wider_element(a), self.wider_element(b)) {
                (Some(a), Some(b)) => Some(a.and(b)),
                (one, other) => one.or(other),
            },
            Condition::Or(a, b) => Some(self.wider_element(a)?.joined(" OR ", self.wider_element(b)?)),
            Condition::Any { inner, .. } => self.wider_element(inner),
            Condition::Property { column: Some(column), test, .. } if self.is_each(*column) => {
                self.each(*column, test)
            }
            Condition::Not(_) | Condition::Property { .. } => None,
        }
    }

    fn is_each(self, column: usize) -> bool {
        self.stored(column) == Some(Stored::Each)
    }

    fn stored(self, column: usize) -> Option<Stored> {
        self.layout.schema.columns.get(column).map(|column| column.stored)
    }

    /// A test of a column.
    fn column(self, column: usize, test: &Test) -> Option<Sql> {
        if !self.layout.is_event() {
            return self.object_column(column, test);
        }
        match self.stored(column)? {
            Stored::Id => own("r.id", test),
            Stored::Reference => {
                let name = &self.layout.references.iter().find(|own| own.column == column)?.name;
                own(&format!("r.{name}"), test)
            }
            Stored::Each => self.each(column, test),
            Stored::Shared { .. } => {
                let (group, name) = self.layout.group_of(column)?;
                Some(self.shared(group, name, test))
            }
        }
    }

    /// A test of a column of a group.
    fn shared(self, group: &Group, name: &str, test: &Test) -> Sql {
        let column = format!("r.{}", group.name);
        if group.direct {
            return value_test(&column, test);
        }
        match self.group_ids(group, name, test) {
            Some(ids) => {
                Sql::around(&format!("({column} IN ("), ids, &format!(") AND {column} IS NOT NULL)"))
            }
            None => {
                let table = format!("{}_{}", self.layout.name, group.name);
                Sql::new(format!(
                    "({column} IS NULL OR {column} IN (SELECT id FROM {table} WHERE {name} IS NULL))"
                ))
            }
        }
    }

    /// The numbers of a group whose column passes a test; `None` for absence, which events without a number have too.
    pub(super) fn group_ids(self, group: &Group, name: &str, test: &Test) -> Option<Sql> {
        if *test == Test::Absent {
            return None;
        }
        let table = format!("{}_{}", self.layout.name, group.name);
        Some(Sql::around(&format!("SELECT id FROM {table} WHERE "), value_test(name, test), ""))
    }

    /// A test of values below an array.
    fn each(self, column: usize, test: &Test) -> Option<Sql> {
        if !self.layout.is_event() {
            return self.object_column(column, test);
        }
        let own = self.layout.each.iter().find(|own| own.column == column)?;
        let Test::OneOf(values) = test else { return None };
        let table = format!("{}_each_{}", self.layout.name, own.name);
        let values = values.iter().map(bound_key).collect();
        Some(Sql::around(&format!("r.at IN (SELECT at FROM {table} WHERE "), among("value", values)?, ")"))
    }

    /// A test of a column of objects that are no events.
    fn object_column(self, column: usize, test: &Test) -> Option<Sql> {
        let path = self.layout.schema.columns.get(column)?.path;
        let kind = Value::Text(self.layout.name.clone());
        let select = |is: &str| {
            Sql::new(format!("o.id {is} (SELECT id FROM object_value WHERE kind = ? AND path = ?"))
                .with(kind.clone())
                .with(path.to_owned())
        };
        if *test == Test::Absent {
            let mut absent = select("NOT IN");
            absent.text.push(')');
            return Some(absent);
        }
        let mut present = select("IN");
        present.text.push_str(" AND ");
        present.push(value_test("value", test));
        present.text.push(')');
        Some(present)
    }

    /// A test of the time of an event.
    fn time(self, test: &Test) -> Option<Sql> {
        let sharp = |wanted: &Wanted| match wanted {
            Wanted::Time(time) => !self.crowded || place::is_whole_second(*time),
            Wanted::Text(_) | Wanted::Int(_) | Wanted::Bool(_) => true,
        };
        match test {
            // The first instant of a crowded second may lie behind it.
            Test::OneOf(values) if self.crowded && !values.is_empty() => None,
            Test::Ordered(Op::Gt | Op::Le, _) if self.crowded => None,
            Test::Ordered(_, wanted) if !sharp(wanted) => None,
            Test::Absent | Test::OneOf(_) | Test::Ordered(..) | Test::Text(..) => Some(exact_time(test)),
        }
    }
}

/// A test of the id or a reference in the row.
fn own(column: &str, test: &Test) -> Option<Sql> {
    match test {
        Test::Absent => Some(Sql::new(format!("({column} IS NULL)"))),
        Test::OneOf(values) => {
            let listed = among(column, values.iter().map(bound_key).collect())?;
            Some(listed.and(Sql::new(format!("{column} IS NOT NULL"))))
        }
        Test::Ordered(..) | Test::Text(..) => None,
    }
}

/// A test of a column that holds the value itself.
fn value_test(column: &str, test: &Test) -> Sql {
    let present = || Sql::new(format!("{column} IS NOT NULL"));
    match test {
        Test::Absent => Sql::new(format!("({column} IS NULL)")),
        Test::OneOf(values) => match among(column, values.iter().map(bound).collect()) {
            Some(listed) => listed.and(present()),
            None => Sql::new("0"),
        },
        Test::Ordered(op, wanted) => {
            let compared = Sql::new(format!("{column} {} ?", operator(*op))).with(bound(wanted));
            compared.and(present())
        }
        Test::Text(function, text) => text_test(column, *function, text).and(present()),
    }
}

fn text_test(column: &str, function: TextFunction, text: &str) -> Sql {
    match function {
        // A range, so that an index answers it; nothing sorts after the last character there is.
        TextFunction::StartsWith => Sql::new(format!("({column} >= ? AND {column} < ?)"))
            .with(text.to_owned())
            .with(format!("{text}\u{10FFFF}")),
        TextFunction::EndsWith => {
            let characters = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            Sql::new(format!("(length({column}) >= ? AND substr({column}, -?) = ?)"))
                .with(characters)
                .with(characters)
                .with(text.to_owned())
        }
        TextFunction::Contains => Sql::new(format!("(instr({column}, ?) > 0)")).with(text.to_owned()),
    }
}

/// That a column has one of these values; `None` if they are too many to be bound.
pub(super) fn among(column: &str, values: Vec<Value>) -> Option<Sql> {
    if values.len() <= BOUND_MAX {
        let places = vec!["?"; values.len()].join(", ");
        return Some(Sql { text: format!("{column} IN ({places})"), values });
    }
    // JSON has no bytes, so those are listed apart, as hexadecimal digits.
    let (mut plain, mut bytes) = (Vec::new(), Vec::new());
    for value in values {
        match value {
            Value::Text(text) => plain.push(serde_json::Value::String(text)),
            Value::Integer(number) => plain.push(number.into()),
            Value::Blob(blob) => bytes.push(serde_json::Value::String(vouchsafe_log::hex(&blob))),
            Value::Null | Value::Real(_) => return None,
        }
    }
    let unpacked = "SELECT value FROM json_each(?) UNION ALL SELECT unhex(value) FROM json_each(?)";
    let listed = |list| serde_json::Value::Array(list).to_string();
    Some(Sql::new(format!("{column} IN ({unpacked})")).with(listed(plain)).with(listed(bytes)))
}

fn operator(op: Op) -> &'static str {
    match op {
        Op::Eq => "=",
        Op::Ne => "<>",
        Op::Gt => ">",
        Op::Ge => ">=",
        Op::Lt => "<",
        Op::Le => "<=",
    }
}

/// The places of the instants that pass a test, where each event lies in its own microsecond or the edge is one that
/// none crosses.
fn exact_time(test: &Test) -> Sql {
    let first = |wanted: &Wanted| match wanted {
        Wanted::Time(time) => place::first(*time),
        Wanted::Text(_) | Wanted::Int(_) | Wanted::Bool(_) => 0,
    };
    match test {
        Test::OneOf(times) => times
            .iter()
            .map(|time| {
                let range = place::same_microsecond(first(time));
                Sql::new("(r.at >= ? AND r.at < ?)").with(range.start).with(range.end)
            })
            .reduce(|either, or| either.joined(" OR ", or))
            .unwrap_or_else(|| Sql::new("0")),
        Test::Ordered(op, time) => {
            let behind = place::same_microsecond(first(time)).end;
            match op {
                Op::Gt => Sql::new("(r.at >= ?)").with(behind),
                Op::Le => Sql::new("(r.at < ?)").with(behind),
                Op::Lt => Sql::new("(r.at < ?)").with(first(time)),
                Op::Ge | Op::Eq | Op::Ne => Sql::new("(r.at >= ?)").with(first(time)),
            }
        }
        // Every event has a time, which is no text.
        Test::Absent | Test::Text(..) => Sql::new("0"),
    }
}

/// The same, with the whole seconds at the edges.
fn widened_time(test: &Test) -> Sql {
    let second = |wanted: &Wanted| match wanted {
        Wanted::Time(time) => place::same_second(place::first(*time)),
        Wanted::Text(_) | Wanted::Int(_) | Wanted::Bool(_) => 0..0,
    };
    match test {
        Test::OneOf(times) => times
            .iter()
            .map(|time| {
                let range = second(time);
                Sql::new("(r.at >= ? AND r.at < ?)").with(range.start).with(range.end)
            })
            .reduce(|either, or| either.joined(" OR ", or))
            .unwrap_or_else(|| Sql::new("0")),
        Test::Ordered(Op::Lt | Op::Le, time) => Sql::new("(r.at < ?)").with(second(time).end),
        Test::Ordered(_, time) => Sql::new("(r.at >= ?)").with(second(time).start),
        Test::Absent | Test::Text(..) => Sql::new("0"),
    }
}

/// The parameters of a statement.
#[derive(Debug)]
pub(super) struct Parameter<'v>(pub(super) &'v Value);

impl ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.0.into()))
    }
}
