//! A cell of a table as a Graph value.

use serde_json::{Value, json};

use crate::sign_in::RejectReason;

use super::us_date;

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

/// What a cell holds, and so the type of the property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text as it is.
    Text,
    /// An enumerated word that tables capitalise and Graph does not.
    Word,
    /// Several words that are one enumerated word in Graph: `Not Applied`, `Single-factor authentication`.
    Words,
    /// True or false, or yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A time.
    Time,
    /// A JSON object.
    Object,
    /// A JSON array, or words divided by commas.
    List,
    /// The array of conditional access results, whose condition flags are numbers in the table and words in Graph.
    Policies,
}

/// A cell that is not empty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'c> {
    /// As CSV has it: nested values are JSON in the text.
    Text(&'c str),
    /// As JSON may have it: neither a text nor null.
    Json(&'c Value),
}

impl<'c> Cell<'c> {
    /// The cell of a CSV row, if it is not empty.
    pub(super) fn of_text(text: &'c str) -> Option<Self> {
        (!text.trim().is_empty()).then_some(Self::Text(text))
    }

    /// The member of a JSON row, if it is not empty.
    pub(super) fn of_json(value: &'c Value) -> Option<Self> {
        match value {
            Value::Null => None,
            Value::String(text) => Self::of_text(text),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(Self::Json(value)),
        }
    }

    /// The cell as text, where it is no array and no object.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.to_owned()),
            Self::Json(value @ (Value::Bool(_) | Value::Number(_))) => Some(value.to_string()),
            Self::Json(_) => None,
        }
    }

    fn nested(self) -> Option<Value> {
        match self {
            Self::Text(text) => nested(text),
            Self::Json(value) => (nesting(value) <= MAX_NESTING).then(|| value.clone()),
        }
    }
}

/// The value of a cell in `column`.
pub(super) fn value(column: &str, form: Form, cell: Cell<'_>) -> Result<Value, RejectReason> {
    let wrong = |expected| wrong(column, expected);
    let text = || cell.text().ok_or_else(|| wrong("a single value"));
    match form {
        Form::Text => Ok(json!(text()?)),
        Form::Word => Ok(json!(uncapitalised(&text()?))),
        Form::Words => Ok(json!(joined(&text()?))),
        Form::Bool => boolean(text()?.trim()).map(Value::Bool).ok_or_else(|| wrong("true or false")),
        Form::Int => whole(text()?.trim()).map(|number| json!(number)).ok_or_else(|| wrong("a whole number")),
        Form::Time => us_date::parse(&text()?).map(|time| json!(time)).ok_or_else(|| wrong("a time")),
        Form::Object => match cell.nested() {
            Some(object @ (Value::Object(_) | Value::Null)) => Ok(object),
            Some(_) | None => Err(wrong("a JSON object")),
        },
        Form::List => list(cell).ok_or_else(|| wrong("a JSON array")),
        Form::Policies => list(cell).map(with_condition_words).ok_or_else(|| wrong("a JSON array")),
    }
}

fn boolean(text: &str) -> Option<bool> {
    let is = |words: [&str; 2]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(["true", "yes"]) {
        return Some(true);
    }
    is(["false", "no"]).then_some(false)
}

/// A whole number, which some tools write with a fraction of zero.
fn whole(text: &str) -> Option<i64> {
    let digits = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'));
    digits.map_or(text, |(digits, _)| digits).parse().ok()
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
fn list(cell: Cell<'_>) -> Option<Value> {
    match (cell.nested(), cell) {
        (Some(list @ (Value::Array(_) | Value::Null)), _) => Some(list),
        (Some(Value::Object(_)), _) | (_, Cell::Json(_)) => None,
        (Some(Value::Bool(_) | Value::Number(_) | Value::String(_)) | None, Cell::Text(text)) => {
            let is_words = !text.trim_start().starts_with('[');
            is_words.then(|| text.split(',').map(|word| json!(word.trim())).collect())
        }
    }
}

/// Names the conditions of conditional access results as Graph does.
pub(super) fn with_condition_words(mut policies: Value) -> Value {
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

/// The word without its capital letter.
pub(super) fn uncapitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Words as one, in the manner of camels.
fn joined(text: &str) -> String {
    let words = text.split([' ', '-']).filter(|word| !word.is_empty());
    words
        .enumerate()
        .map(|(at, word)| if at == 0 { uncapitalised(word) } else { capitalised(word) })
        .collect()
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
    fn words_become_one() {
        for (words, word) in [
            ("Not Applied", "notApplied"),
            ("Single-factor authentication", "singleFactorAuthentication"),
            ("success", "success"),
            ("", ""),
        ] {
            assert_eq!(joined(words), word);
        }
    }

    #[test]
    fn numbers_and_truths_are_read_as_tools_write_them() {
        assert_eq!((whole("7.0"), whole("7.5"), whole("7"), whole("x.0")), (Some(7), None, Some(7), None));
        assert_eq!((boolean("TRUE"), boolean("No"), boolean("maybe")), (Some(true), Some(false), None));
    }

    #[test]
    fn lists_come_as_json_or_as_words() {
        let text = |text| list(Cell::Text(text));
        assert_eq!(text("[]"), Some(json!([])));
        assert_eq!(text("Password, Phone"), Some(json!(["Password", "Phone"])));
        assert_eq!(text("[1"), None);
        assert_eq!(text("{}"), None);
        assert_eq!(list(Cell::Json(&json!(["x"]))), Some(json!(["x"])));
        assert_eq!(list(Cell::Json(&json!(1))), None);
        assert_eq!(nested(&("[".repeat(100) + &"]".repeat(100))), None);
        assert_eq!(nested(&"[".repeat(100_000)), None);
    }
}
