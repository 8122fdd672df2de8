//! A filter understood for one kind: every property known, every value of the right type and folded.
//!
//! It says what the whole grammar means, on the object itself ([`Condition::holds`]); an index may only be quicker. A
//! missing value is unequal to everything but null, as OData says, and the empty text counts as missing, as exports
//! write it. A path that leads through a collection without `any()` means any of its elements, and `ne` is the
//! contrary of `eq`.

use std::cmp::Ordering;

use serde_json::Value;
use vouchsafe_core::time::Timestamp;

use super::{Fold, Schema, Shape, Type};
use crate::filter::{Filter, Literal, Op, Path, TextFunction};

/// A condition on the objects of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Both hold.
    And(Box<Condition>, Box<Condition>),
    /// At least one holds.
    Or(Box<Condition>, Box<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// At least one element of the collection fulfils the condition, whose paths start at the element.
    Any {
        /// The collection, from where the paths around it start.
        path: Path,
        /// The condition on an element.
        inner: Box<Condition>,
    },
    /// A property stands a test.
    Property {
        /// Its path, from where the paths around it start; empty for an element itself.
        path: Path,
        /// Its place among the schema's columns, if it is one.
        column: Option<usize>,
        /// Whether it is the time of the event.
        is_event_time: bool,
        /// How its texts are folded.
        fold: Fold,
        /// The test.
        test: Test,
    },
}

/// What is asked of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// It has no value.
    Absent,
    /// It has one of these values; ascending, without repetition.
    OneOf(Vec<Wanted>),
    /// It has a value in this relation, which is none of `eq` and `ne`.
    Ordered(Op, Wanted),
    /// It has a text with this text, which is not empty, at that place.
    Text(TextFunction, String),
}

/// A value to compare with. Texts are folded as the property's are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// An instant.
    Time(Timestamp),
}

/// What a filter asks that a kind does not offer. Its text is for the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` {message}")]
pub struct Unanswerable {
    /// The property.
    pub path: String,
    /// What is wrong with it, as the end of a sentence.
    pub message: String,
}

/// What a property may be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Int,
    Bool,
    Time,
    /// The schema does not say: each value is compared as what it is.
    Anything,
}

/// A property, looked up.
struct Property<'a> {
    full: Path,
    relative: &'a Path,
    column: Option<usize>,
    holds: Holds,
    fold: Fold,
}

impl Condition {
    /// Understands a filter.
    ///
    /// # Errors
    /// [`Unanswerable`] for a property that the kind does not have, and for a comparison that its type does not know.
    pub fn new(schema: &Schema, filter: &Filter) -> Result<Self, Unanswerable> {
        understand(schema, filter, &Path::element())
    }

    /// Both conditions.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::And(Box::new(self), Box::new(other))
    }

    /// Whether it holds for an object.
    #[must_use]
    pub fn holds(&self, value: &Value) -> bool {
        match self {
            Self::And(a, b) => a.holds(value) && b.holds(value),
            Self::Or(a, b) => a.holds(value) || b.holds(value),
            Self::Not(inner) => !inner.holds(value),
            Self::Any { path, inner } => {
                any_element(value, path.as_str(), &mut |element| inner.holds(element))
            }
            Self::Property { path, fold, test, .. } => match test {
                Test::Absent => !reaches(value, path.as_str(), &mut |_| true),
                Test::OneOf(_) | Test::Ordered(..) | Test::Text(..) => {
                    reaches(value, path.as_str(), &mut |found| stands(found, *fold, test))
                }
            },
        }
    }

    /// A text without which no object fulfils the condition: in lower case, in ASCII without quotes and backslashes, so
    /// that it is found in the object's JSON wherever that is ASCII without backslashes.
    #[must_use]
    pub fn needle(&self) -> Option<&str> {
        let needle = match self {
            Self::And(a, b) => a.needle().into_iter().chain(b.needle()).max_by_key(|needle| needle.len()),
            Self::Or(..) | Self::Not(_) => None,
            Self::Any { inner, .. } => inner.needle(),
            Self::Property { fold: Fold::Address, .. } => None,
            Self::Property { test: Test::Text(_, text), .. } => Some(text.as_str()),
            Self::Property { test: Test::OneOf(values), .. } => match values.as_slice() {
                [Wanted::Text(text)] => Some(text.as_str()),
                _ => None,
            },
            Self::Property { test: Test::Absent | Test::Ordered(..), .. } => None,
        };
        needle.filter(|text| text.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\'))
    }
}

fn understand(schema: &Schema, filter: &Filter, outer: &Path) -> Result<Condition, Unanswerable> {
    let both = |a: &Filter, b: &Filter| -> Result<_, Unanswerable> {
        Ok((Box::new(understand(schema, a, outer)?), Box::new(understand(schema, b, outer)?)))
    };
    match filter {
        Filter::And(a, b) => both(a, b).map(|(a, b)| Condition::And(a, b)),
        Filter::Or(a, b) => both(a, b).map(|(a, b)| Condition::Or(a, b)),
        Filter::Not(inner) => Ok(Condition::Not(Box::new(understand(schema, inner, outer)?))),
        Filter::Any { path, filter } => {
            let collection = property(schema, path, outer)?;
            let inner = Box::new(understand(schema, filter, &collection.full)?);
            Ok(Condition::Any { path: path.clone(), inner })
        }
        Filter::Compare { path, op, value } => property(schema, path, outer)?.compared(*op, value),
        Filter::In { path, values } => property(schema, path, outer)?.one_of(values),
        Filter::Text { function, path, text } => property(schema, path, outer)?.text(*function, text),
    }
}

fn property<'a>(schema: &Schema, relative: &'a Path, outer: &Path) -> Result<Property<'a>, Unanswerable> {
    let full = outer.join(relative);
    let known =
        |column: Option<usize>, holds, fold| Property { full: full.clone(), relative, column, holds, fold };
    if matches!(schema.shape, Shape::Events { time } if time == full.as_str()) {
        return Ok(known(None, Holds::Time, Fold::None));
    }
    let column = schema.columns.iter().enumerate().find(|(_, column)| column.path == full.as_str());
    if let Some((place, column)) = column {
        let holds = match column.holds {
            Type::Text => Holds::Text,
            Type::Int => Holds::Int,
            Type::Bool => Holds::Bool,
        };
        return Ok(known(Some(place), holds, column.fold));
    }
    if is_known(schema, full.as_str()) {
        return Ok(known(None, Holds::Anything, Fold::Lower));
    }
    let name = schema.graph_type.rsplit_once('.').map_or(schema.graph_type, |(_, name)| name);
    Err(Unanswerable { path: full.to_string(), message: format!("is not a property of `{name}`") })
}

/// Whether the masks know the property, or one inside it.
fn is_known(schema: &Schema, path: &str) -> bool {
    let below =
        |entry: &str| entry.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let inside_column = schema.columns.iter().any(|column| below(column.path));
    inside_column || schema.masks.entries().iter().any(|(entry, _)| below(entry))
}

impl Property<'_> {
    fn tested(&self, test: Test) -> Condition {
        Condition::Property {
            path: self.relative.clone(),
            column: self.column,
            is_event_time: self.holds == Holds::Time,
            fold: self.fold,
            test,
        }
    }

    fn compared(&self, op: Op, value: &Literal) -> Result<Condition, Unanswerable> {
        let order = match op {
            Op::Eq => return self.one_of(std::slice::from_ref(value)),
            Op::Ne => {
                let equal = self.one_of(std::slice::from_ref(value))?;
                return Ok(Condition::Not(Box::new(equal)));
            }
            Op::Gt | Op::Ge | Op::Lt | Op::Le => op,
        };
        if *value == Literal::Null {
            return Err(self.refused("can be compared with null by `eq` and `ne` only"));
        }
        let wanted = self.wanted(value)?;
        if matches!(wanted, Wanted::Bool(_)) {
            return Err(self.refused("is true or false: use `eq` or `ne`"));
        }
        Ok(self.tested(Test::Ordered(order, wanted)))
    }

    fn one_of(&self, values: &[Literal]) -> Result<Condition, Unanswerable> {
        let is_absent = |value: &Literal| match value {
            Literal::Null => true,
            Literal::String(text) => text.is_empty(),
            Literal::Bool(_) | Literal::Int(_) | Literal::Time(_) => false,
        };
        let absent = values.iter().any(is_absent).then(|| self.tested(Test::Absent));
        let present = values.iter().filter(|value| !is_absent(value)).map(|value| self.wanted(value));
        let mut wanted = present.collect::<Result<Vec<_>, _>>()?;
        wanted.sort_unstable();
        wanted.dedup();
        let present = (!wanted.is_empty() || absent.is_none()).then(|| self.tested(Test::OneOf(wanted)));
        let either = |a, b| Condition::Or(Box::new(a), Box::new(b));
        Ok(absent
            .into_iter()
            .chain(present)
            .reduce(either)
            .unwrap_or_else(|| self.tested(Test::OneOf(Vec::new()))))
    }

    fn text(&self, function: TextFunction, text: &str) -> Result<Condition, Unanswerable> {
        if !matches!(self.holds, Holds::Text | Holds::Anything) {
            return Err(self.refused(&format!("is no text: it does not take `{}`", function.keyword())));
        }
        let text = self.fold.apply_to_part(text);
        if text.is_empty() {
            return Ok(Condition::Not(Box::new(self.tested(Test::Absent))));
        }
        Ok(self.tested(Test::Text(function, text)))
    }

    fn wanted(&self, value: &Literal) -> Result<Wanted, Unanswerable> {
        match (self.holds, value) {
            (Holds::Text | Holds::Anything, Literal::String(text)) => Ok(Wanted::Text(self.fold.apply(text))),
            (Holds::Int | Holds::Anything, Literal::Int(number)) => Ok(Wanted::Int(*number)),
            (Holds::Bool | Holds::Anything, Literal::Bool(flag)) => Ok(Wanted::Bool(*flag)),
            (Holds::Time | Holds::Anything, Literal::Time(time)) => Ok(Wanted::Time(*time)),
            (Holds::Text, Literal::Int(_) | Literal::Bool(_) | Literal::Time(_) | Literal::Null) => {
                Err(self.refused("is text: write the value in single quotes"))
            }
            (Holds::Int, Literal::String(_) | Literal::Bool(_) | Literal::Time(_) | Literal::Null) => {
                Err(self.refused("is a whole number"))
            }
            (Holds::Bool, Literal::String(_) | Literal::Int(_) | Literal::Time(_) | Literal::Null) => {
                Err(self.refused("is `true` or `false`"))
            }
            (Holds::Time, Literal::String(_) | Literal::Int(_) | Literal::Bool(_) | Literal::Null) => {
                Err(self.refused("is a time: write it without quotes, as in 2026-11-23T09:00:00Z"))
            }
            (Holds::Anything, Literal::Null) => Err(self.refused("cannot be compared with null here")),
        }
    }

    fn refused(&self, message: &str) -> Unanswerable {
        Unanswerable { path: self.full.to_string(), message: message.to_owned() }
    }
}

/// Whether a value at the path fulfils the test; arrays on the way and at its end stand for their elements, and neither
/// null nor the empty text is a value.
fn reaches(value: &Value, path: &str, test: &mut impl FnMut(&Value) -> bool) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().any(|item| reaches(item, path, test)),
        Value::String(text) => path.is_empty() && !text.is_empty() && test(value),
        _ if path.is_empty() => test(value),
        Value::Object(_) => inside(value, path).is_some_and(|(member, rest)| reaches(member, rest, test)),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether an element of the collection at the path fulfils the test.
fn any_element(value: &Value, path: &str, test: &mut impl FnMut(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) if path.is_empty() => items.iter().any(test),
        Value::Array(items) => items.iter().any(|item| any_element(item, path, test)),
        Value::Object(_) if !path.is_empty() => {
            inside(value, path).is_some_and(|(member, rest)| any_element(member, rest, test))
        }
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The member that a path enters, and the rest of the path.
fn inside<'v, 'p>(value: &'v Value, path: &'p str) -> Option<(&'v Value, &'p str)> {
    let (name, rest) = path.split_once('/').unwrap_or((path, ""));
    Some((value.get(name)?, rest))
}

fn stands(found: &Value, fold: Fold, test: &Test) -> bool {
    match test {
        Test::Absent => false,
        Test::OneOf(wanted) => equals_one(found, fold, wanted),
        Test::Ordered(op, wanted) => order(found, fold, wanted).is_some_and(|order| match op {
            Op::Gt => order == Ordering::Greater,
            Op::Ge => order != Ordering::Less,
            Op::Lt => order == Ordering::Less,
            Op::Le => order != Ordering::Greater,
            Op::Eq => order == Ordering::Equal,
            Op::Ne => order != Ordering::Equal,
        }),
        Test::Text(function, part) => found.as_str().is_some_and(|text| {
            let text = fold.apply(text);
            match function {
                TextFunction::StartsWith => text.starts_with(part.as_str()),
                TextFunction::EndsWith => text.ends_with(part.as_str()),
                TextFunction::Contains => text.contains(part.as_str()),
            }
        }),
    }
}

fn equals_one(found: &Value, fold: Fold, wanted: &[Wanted]) -> bool {
    let among = |value: Wanted| wanted.binary_search(&value).is_ok();
    match found {
        Value::String(text) => {
            // Times sort last.
            let times = matches!(wanted.last(), Some(Wanted::Time(_)));
            among(Wanted::Text(fold.apply(text)))
                || (times && text.parse().is_ok_and(|time| among(Wanted::Time(time))))
        }
        Value::Bool(flag) => among(Wanted::Bool(*flag)),
        Value::Number(_) => wanted.iter().any(|wanted| order(found, fold, wanted) == Some(Ordering::Equal)),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// How a value of an object stands to another; values of different types are not comparable.
#[expect(
    clippy::cast_precision_loss,
    reason = "a fraction is compared as the floating-point number that JSON holds"
)]
fn order(found: &Value, fold: Fold, wanted: &Wanted) -> Option<Ordering> {
    match (wanted, found) {
        (Wanted::Text(wanted), Value::String(text)) => Some(fold.apply(text).as_str().cmp(wanted)),
        (Wanted::Time(wanted), Value::String(text)) => {
            text.parse::<Timestamp>().ok().map(|time| time.cmp(wanted))
        }
        (Wanted::Bool(wanted), Value::Bool(flag)) => Some(flag.cmp(wanted)),
        (Wanted::Int(wanted), Value::Number(number)) => match number.as_i64() {
            Some(number) => Some(number.cmp(wanted)),
            None => number.as_f64().and_then(|number| number.partial_cmp(&(*wanted as f64))),
        },
        (Wanted::Text(_) | Wanted::Int(_) | Wanted::Bool(_) | Wanted::Time(_), _) => None,
    }
}

#[cfg(test)]
mod tests;
