//! A cell of the table as a Graph value.

use serde_json::{Value, json};

use crate::sign_in::RejectReason;

use super::super::us_date;
use super::property::{Form, Property};

/// Deepest nesting of a JSON cell, in levels; far under what JSON readers accept, since the cell becomes a member.
const MAX_NESTING: usize = 64;

/// Conditions of conditional access, by bit (Graph beta, `conditionalAccessConditions`).
const CONDITIONS: [&str; 12] = [
    "application",
    "users",
    "devicePlatform",
    "location",
    "clientType",
    "signInRisk",
    "userRisk",
    "time",
    "deviceState",
    "client",
    "ipAddressSeenByAzureAD",
    "ipAddressSeenByResourceProvider",
];

/// The value of a filled cell.
pub(super) fn value(property: &Property, text: &str) -> Result<Value, RejectReason> {
    let wrong = |expected| wrong(property.column, expected);
    match property.form {
        Form::Text => Ok(json!(text)),
        Form::Word => Ok(json!(uncapitalised(text))),
        Form::Bool if text.trim().eq_ignore_ascii_case("true") => Ok(json!(true)),
        Form::Bool if text.trim().eq_ignore_ascii_case("false") => Ok(json!(false)),
        Form::Bool => Err(wrong("true or false")),
        Form::Int => {
            text.trim().parse::<i64>().map(|number| json!(number)).map_err(|_| wrong("a whole number"))
        }
        Form::Time => us_date::parse(text).map(|time| json!(time)).ok_or_else(|| wrong("a time")),
        Form::Object => match nested(text) {
            Some(object @ Value::Object(_)) => Ok(object),
            Some(Value::Null) => Ok(Value::Null),
            Some(_) | None => Err(wrong("a JSON object")),
        },
        Form::List => list(text).ok_or_else(|| wrong("a JSON array")),
        Form::Policies => list(text).map(with_condition_words).ok_or_else(|| wrong("a JSON array")),
    }
}

/// That a column holds something else than it should.
pub(super) fn wrong(column: &str, expected: &'static str) -> RejectReason {
    RejectReason::WrongType { property: column.to_owned(), expected }
}

fn nested(text: &str) -> Option<Value> {
    let value = serde_json::from_str(text).ok()?;
    (nesting(&value) <= MAX_NESTING).then_some(value)
}

/// Recursion ends because the parser refuses values nested deeper than 128 levels.
fn nesting(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        Value::Array(items) => 1 + items.iter().map(nesting).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(nesting).max().unwrap_or(0),
    }
}

/// A JSON array; words divided by commas where the cell is no JSON at all.
fn list(text: &str) -> Option<Value> {
    match nested(text) {
        Some(list @ (Value::Array(_) | Value::Null)) => Some(list),
        Some(Value::Object(_)) => None,
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_)) | None
            if text.trim_start().starts_with('[') =>
        {
            None
        }
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {
            Some(text.split(',').map(|word| json!(word.trim())).collect())
        }
    }
}

fn with_condition_words(mut policies: Value) -> Value {
    for policy in policies.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        for name in ["conditionsSatisfied", "conditionsNotSatisfied"] {
            if let Some(conditions) = policy.get_mut(name)
                && let Some(bits) = conditions.as_u64()
            {
                *conditions = json!(condition_words(bits));
            }
        }
    }
    policies
}

fn condition_words(bits: u64) -> String {
    let mut words: Vec<&str> = CONDITIONS
        .iter()
        .enumerate()
        .filter(|(bit, _)| bits >> bit & 1 == 1)
        .map(|(_, word)| *word)
        .collect();
    if bits >> CONDITIONS.len() != 0 {
        words.push("unknownFutureValue");
    }
    if words.is_empty() { "none".to_owned() } else { words.join(",") }
}

fn uncapitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn condition_flags_become_words() {
        assert_eq!(condition_words(0), "none");
        assert_eq!(condition_words(3), "application,users");
        assert_eq!(condition_words(8 | 1 << 40), "location,unknownFutureValue");
    }

    #[test]
    fn lists_come_as_json_or_as_words() {
        assert_eq!(list("[]"), Some(json!([])));
        assert_eq!(list("Password, Phone"), Some(json!(["Password", "Phone"])));
        assert_eq!(list("[1"), None);
        assert_eq!(list("{}"), None);
        assert_eq!(nested(&("[".repeat(100) + &"]".repeat(100))), None);
        assert_eq!(nested(&"[".repeat(100_000)), None);
    }
}
