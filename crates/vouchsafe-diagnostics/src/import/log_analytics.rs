//! The Log Analytics table `SigninLogs` as CSV, read as Graph `signIn` objects.
//!
//! A column may come as `Name`, or split by type into `Name_dynamic` and `Name_string`: the first that is filled
//! counts. Every column with a Graph property becomes that property with Graph's type; the whole row stays in
//! [`SignInRecord::original`].

use std::io::BufRead;

use serde::ser::{SerializeMap as _, Serializer};
use serde_json::{Map, Value, json};

use crate::sign_in::{MAX_RECORD_BYTES, RejectReason, SignInRecord};

use super::bytes::Bytes;
use super::{ImportError, Step, csv, us_date};

mod cell;
mod property;

use property::{PROPERTIES, Presence};

/// Columns without which a table is not `SigninLogs`; of each row one name must be there.
const REQUIRED: [&[&str]; 3] = [&["CreatedDateTime", "TimeGenerated"], &["Id"], &["AppId"]];

/// The rows of a table.
#[derive(Debug)]
pub(super) struct Rows<R> {
    bytes: Bytes<R>,
    columns: Columns,
}

/// What the header says.
#[derive(Debug)]
struct Columns {
    /// Names as written.
    names: Vec<String>,
    /// The cells that hold each of [`PROPERTIES`], the best first.
    cells: Vec<Vec<usize>>,
    /// The cells that fill in what another column leaves out.
    fallbacks: Fallbacks,
}

#[derive(Debug)]
struct Fallbacks {
    time_generated: Vec<usize>,
    identity: Vec<usize>,
    country: Vec<usize>,
    result_type: Vec<usize>,
    result_description: Vec<usize>,
}

impl<R: BufRead> Rows<R> {
    /// Reads the header.
    pub(super) fn open(mut bytes: Bytes<R>) -> Result<Self, ImportError> {
        let unknown = |reason: &str| ImportError::UnknownFormat(reason.to_owned());
        let header = csv::row(&mut bytes, MAX_RECORD_BYTES)?.unwrap_or_default();
        if header.overflow {
            return Err(unknown("the first line is too long for the header of a table"));
        }
        let names: Result<Vec<String>, _> = header.cells.into_iter().map(String::from_utf8).collect();
        let names = names.map_err(|_| unknown("the first line is not UTF-8"))?;
        Columns::new(names).map(|columns| Self { bytes, columns })
    }

    /// The next row as a record.
    pub(super) fn next(&mut self) -> Step {
        let Some(row) = csv::row(&mut self.bytes, MAX_RECORD_BYTES)? else { return Ok(None) };
        let record = if row.overflow { Err(RejectReason::TooLarge) } else { self.columns.record(row.cells) };
        Ok(Some((row.line, record)))
    }
}

impl Columns {
    fn new(names: Vec<String>) -> Result<Self, ImportError> {
        let unknown = |reason: String| Err(ImportError::UnknownFormat(reason));
        if let Some(local) = names.iter().find(|name| name.contains("DateTime [") && !name.ends_with("[UTC]"))
        {
            return unknown(format!("the times of column `{}` are not in UTC", local.escape_debug()));
        }
        let missing = REQUIRED
            .iter()
            .find(|choices| choices.iter().all(|choice| holders(&names, choice).is_empty()))
            .and_then(|choices| choices.first());
        if let Some(missing) = missing {
            return unknown(format!("a table without the column `{missing}` is not `SigninLogs`"));
        }
        let fallbacks = Fallbacks {
            time_generated: holders(&names, "TimeGenerated"),
            identity: holders(&names, "Identity"),
            country: holders(&names, "Location"),
            result_type: holders(&names, "ResultType"),
            result_description: holders(&names, "ResultDescription"),
        };
        let cells = PROPERTIES.iter().map(|property| holders(&names, property.column)).collect();
        Ok(Self { names, cells, fallbacks })
    }

    fn record(&self, cells: Vec<Vec<u8>>) -> Result<SignInRecord, RejectReason> {
        if cells.len() != self.names.len() {
            return Err(RejectReason::CellCount { found: cells.len(), expected: self.names.len() });
        }
        let cells: Result<Vec<String>, _> = cells.into_iter().map(String::from_utf8).collect();
        let cells = cells.map_err(|_| RejectReason::NotUtf8)?;
        let mut object = Map::new();
        for (property, holders) in PROPERTIES.iter().zip(&self.cells) {
            let value = match first_filled(&cells, holders) {
                Some(text) => cell::value(property, text)?,
                None => Value::Null,
            };
            if property.presence == Presence::Always || !value.is_null() {
                object.insert(property.name.to_owned(), value);
            }
        }
        self.fill_in(&mut object, &cells)?;
        let value = Value::Object(object);
        let json = value.to_string();
        if json.len() > MAX_RECORD_BYTES {
            return Err(RejectReason::TooLarge);
        }
        let mut record = SignInRecord::from_value(&value, json)?;
        record.original = Some(self.original(&cells)?);
        Ok(record)
    }

    /// Takes from other columns what the own column of a property leaves out.
    fn fill_in(&self, object: &mut Map<String, Value>, cells: &[String]) -> Result<(), RejectReason> {
        let absent = |object: &Map<String, Value>, name: &str| object.get(name).is_none_or(Value::is_null);
        if absent(object, "createdDateTime")
            && let Some(text) = first_filled(cells, &self.fallbacks.time_generated)
        {
            let time = us_date::parse(text).ok_or_else(|| cell::wrong("TimeGenerated", "a time"))?;
            object.insert("createdDateTime".to_owned(), json!(time));
        }
        if absent(object, "userDisplayName")
            && let Some(name) = first_filled(cells, &self.fallbacks.identity)
        {
            object.insert("userDisplayName".to_owned(), json!(name));
        }
        if absent(object, "location")
            && let Some(country) = first_filled(cells, &self.fallbacks.country)
        {
            object.insert("location".to_owned(), json!({ "countryOrRegion": country }));
        }
        let status = object.entry("status").or_insert(Value::Null);
        if status.is_null() {
            *status = json!({});
        }
        let Some(status) = status.as_object_mut() else { return Ok(()) };
        if absent(status, "errorCode")
            && let Some(code) = first_filled(cells, &self.fallbacks.result_type)
        {
            let code: i64 = code.trim().parse().map_err(|_| cell::wrong("ResultType", "a whole number"))?;
            status.insert("errorCode".to_owned(), json!(code));
        }
        if absent(status, "failureReason") {
            let reason = first_filled(cells, &self.fallbacks.result_description);
            status.insert("failureReason".to_owned(), json!(reason));
        }
        if absent(status, "additionalDetails") {
            status.insert("additionalDetails".to_owned(), Value::Null);
        }
        Ok(())
    }

    /// The filled cells of the row under the names of the header, as one JSON object in the header's order.
    fn original(&self, cells: &[String]) -> Result<String, RejectReason> {
        let mut text = Vec::new();
        let mut serializer = serde_json::Serializer::new(&mut text);
        let written = (&mut serializer).serialize_map(None).and_then(|mut map| {
            for (name, cell) in self.names.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                map.serialize_entry(name, cell)?;
            }
            map.end()
        });
        written.map_err(|error| RejectReason::NotJson(error.to_string()))?;
        String::from_utf8(text).map_err(|_| RejectReason::NotUtf8)
    }
}

/// The cells that hold a column: under its name, then as `_dynamic`, then as `_string`.
fn holders(names: &[String], column: &str) -> Vec<usize> {
    let spelled = |suffix: &str| {
        let wanted = format!("{column}{suffix}");
        names.iter().position(|name| {
            let name = name.trim();
            name.strip_suffix("[UTC]").unwrap_or(name).trim_end().eq_ignore_ascii_case(&wanted)
        })
    };
    ["", "_dynamic", "_string"].into_iter().filter_map(spelled).collect()
}

fn first_filled<'c>(cells: &'c [String], holders: &[usize]) -> Option<&'c str> {
    holders.iter().filter_map(|&at| cells.get(at)).map(String::as_str).find(|cell| !cell.trim().is_empty())
}
