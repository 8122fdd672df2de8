//! One diagnostic object on its way into storage.

use serde_json::Value;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::time::Timestamp;

use crate::resource::{Column, Fold, Resource, Shape, Stored, Type};
use crate::sign_in::{MAX_COLUMN_CHARS, MAX_RECORD_BYTES, RejectReason};

mod extract;

pub(crate) use extract::{Extract, Extractor};

/// When events happen that are kept, in microseconds since 1970: from 1900 on and before 2150. Storage has places for
/// no others, and no log has any.
const KEPT_MICROS: std::ops::Range<i64> = -2_208_988_800_000_000..5_680_281_600_000_000;

/// An object of a tenant: its JSON unchanged, and the values that are kept beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its kind.
    pub resource: Resource,
    /// The category it is read under.
    pub category: DataCategory,
    /// `id`, folded: names the object for good.
    pub id: String,
    /// When it happened, for events.
    pub at: Option<Timestamp>,
    /// The values of the schema's columns, folded, each with the place of its column in the schema, in that order. A
    /// column without a value is not there; one below an array may be there many times.
    pub values: Vec<(usize, ColumnValue)>,
    /// The Graph object that readers are served, byte for byte as it came where it came as Graph JSON.
    pub json: String,
    /// The source record as imported, where that was not Graph JSON: nothing is lost.
    pub original: Option<String>,
}

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColumnValue {
    /// A text, folded.
    Text(String),
    /// A whole number.
    Int(i64),
    /// True or false.
    Bool(bool),
}

impl Record {
    /// The values of the column at this place of the schema.
    pub fn values_of(&self, column: usize) -> impl Iterator<Item = &ColumnValue> {
        self.values.iter().filter(move |(place, _)| *place == column).map(|(_, value)| value)
    }

    /// Reads a Graph object. `json` is kept byte for byte.
    ///
    /// # Errors
    /// [`RejectReason`] when the text is no JSON object, the id or the time of an event is missing, a property that is
    /// kept beside the object has a wrong type, or a limit is exceeded.
    pub fn from_graph(resource: Resource, json: &str) -> Result<Self, RejectReason> {
        if json.len() > MAX_RECORD_BYTES {
            return Err(RejectReason::TooLarge);
        }
        let extract = Extractor::of(resource).and_then(|mut extractor| extractor.take(json).ok());
        if let Some(record) = extract.and_then(|extract| Self::from_extract(resource, extract, json)) {
            return Ok(record);
        }
        let value: Value =
            serde_json::from_str(json).map_err(|error| RejectReason::NotJson(error.to_string()))?;
        Self::from_value(resource, &value, json.to_owned())
    }

    /// A record of what was taken from `json`; nothing where something is missing that it needs.
    pub(crate) fn from_extract(resource: Resource, extract: Extract<'_>, json: &str) -> Option<Self> {
        let schema = resource.schema();
        if matches!(schema.shape, Shape::Events { .. }) && !extract.at.is_some_and(is_kept) {
            return None;
        }
        let only = (schema.shape == Shape::Singleton).then_some(schema.path);
        let id = extract.id.as_deref().filter(|id| !id.is_empty()).or(only)?;
        // The id is the first of the columns, folded already.
        let folded = match extract.values.first() {
            Some((0, ColumnValue::Text(folded))) => folded.clone(),
            Some(_) | None => Fold::Id.apply(id),
        };
        Some(Self {
            resource,
            category: schema.category.decided(extract.decides.as_deref()),
            id: folded,
            at: extract.at,
            values: extract.values,
            json: json.to_owned(),
            original: None,
        })
    }

    /// Takes from `value` what is kept beside the object; `json` is its text.
    ///
    /// # Errors
    /// As [`Record::from_graph`].
    pub fn from_value(resource: Resource, value: &Value, json: String) -> Result<Self, RejectReason> {
        if !value.is_object() {
            return Err(RejectReason::NotAnObject);
        }
        let schema = resource.schema();
        let at = match schema.shape {
            Shape::Events { time } => Some(event_time(value, time)?),
            Shape::Objects | Shape::Singleton => None,
        };
        let mut values = Vec::with_capacity(schema.columns.len());
        for (place, column) in schema.columns.iter().enumerate() {
            collect(value, column.path, column, &mut |found| values.push((place, found)))?;
        }
        let id = value.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
        // Some policies have no id: there is one of them.
        let only = (schema.shape == Shape::Singleton).then_some(schema.path);
        let id = Fold::Id.apply(id.or(only).ok_or(RejectReason::Missing("id"))?);
        Ok(Self { resource, category: schema.category.of(value), id, at, values, json, original: None })
    }
}

/// Gathers the values at a path; an array on the way stands for its elements, where the column may have many values.
fn collect(
    value: &Value,
    rest: &str,
    column: &Column,
    found: &mut impl FnMut(ColumnValue),
) -> Result<(), RejectReason> {
    match value {
        Value::Array(items) if column.stored == Stored::Each => {
            items.iter().try_for_each(|item| collect(item, rest, column, found))
        }
        Value::Null => Ok(()),
        _ if rest.is_empty() => {
            if let Some(value) = kept(value, column)? {
                found(value);
            }
            Ok(())
        }
        Value::Array(_) => Err(wrong_type(column, "a single value")),
        Value::Object(members) => {
            let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
            members.get(name).map_or(Ok(()), |member| collect(member, rest, column, found))
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(wrong_type(column, "an object")),
    }
}

fn kept(value: &Value, column: &Column) -> Result<Option<ColumnValue>, RejectReason> {
    match column.holds {
        Type::Text => {
            let text = value.as_str().ok_or_else(|| wrong_type(column, "a string"))?;
            kept_text(text, column)
        }
        Type::Int => {
            let number = value.as_i64().ok_or_else(|| wrong_type(column, "a whole number"))?;
            Ok(Some(ColumnValue::Int(number)))
        }
        Type::Bool => {
            let flag = value.as_bool().ok_or_else(|| wrong_type(column, "true or false"))?;
            Ok(Some(ColumnValue::Bool(flag)))
        }
    }
}

fn kept_text(text: &str, column: &Column) -> Result<Option<ColumnValue>, RejectReason> {
    if text.len() > MAX_COLUMN_CHARS && text.chars().count() > MAX_COLUMN_CHARS {
        return Err(RejectReason::TooLong(column.path));
    }
    if text.contains('\0') {
        return Err(RejectReason::Nul(column.path));
    }
    Ok((!text.is_empty()).then(|| ColumnValue::Text(column.fold.apply(text))))
}

fn is_kept(at: Timestamp) -> bool {
    KEPT_MICROS.contains(&at.as_micros())
}

fn event_time(value: &Value, name: &'static str) -> Result<Timestamp, RejectReason> {
    let found = value.get(name).filter(|found| !found.is_null()).ok_or(RejectReason::Missing(name))?;
    let wrong = || RejectReason::WrongType { property: name.to_owned(), expected: "an RFC 3339 time" };
    let at = found.as_str().ok_or_else(wrong)?.parse().map_err(|_| wrong())?;
    if is_kept(at) { Ok(at) } else { Err(RejectReason::Remote(name)) }
}

fn wrong_type(column: &Column, expected: &'static str) -> RejectReason {
    RejectReason::WrongType { property: column.path.to_owned(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(time: &str) -> Result<Record, RejectReason> {
        Record::from_graph(Resource::SignIn, &format!(r#"{{"id":"a","createdDateTime":"{time}"}}"#))
    }

    #[test]
    fn events_of_no_log_are_refused() {
        for time in ["1899-12-31T23:59:59.999999Z", "2150-01-01T00:00:00Z", "0001-01-01T00:00:00Z"] {
            assert_eq!(read(time), Err(RejectReason::Remote("createdDateTime")), "{time}");
        }
        for time in ["1900-01-01T00:00:00Z", "2149-12-31T23:59:59.999999Z"] {
            assert!(read(time).is_ok(), "{time}");
        }
    }

    #[test]
    fn only_a_column_below_an_array_has_many_values() {
        let many = r#"{"id":"a","createdDateTime":"2026-11-23T09:00:00Z","status":[{"errorCode":1},{"errorCode":2}]}"#;
        let refused = Record::from_graph(Resource::SignIn, many).unwrap_err();
        assert_eq!(refused.to_string(), "`status/errorCode` is not a single value");
        let targets = r#"{"id":"a","activityDateTime":"2026-11-23T09:00:00Z","targetResources":[{"id":"T1"},{"id":"t2"},{}]}"#;
        let record = Record::from_graph(Resource::DirectoryAudit, targets).unwrap();
        let column =
            Resource::DirectoryAudit.schema().columns.iter().position(|own| own.path == "targetResources/id");
        let found: Vec<_> = record.values_of(column.unwrap()).collect();
        assert_eq!(found, [&ColumnValue::Text("t1".to_owned()), &ColumnValue::Text("t2".to_owned())]);
    }
}
