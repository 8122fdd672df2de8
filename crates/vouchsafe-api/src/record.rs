//! Imported Microsoft Graph objects.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A Graph object (`signIn`, `user`, `device` …) as it was imported: every member, known or not, untouched.
///
/// Under the diagnostics base masked members keep their JSON type or are null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct GraphRecord(
    /// The members.
    pub Map<String, Value>,
);

impl GraphRecord {
    /// The text, number or boolean at a path such as `status/errorCode`; empty if there is none.
    #[must_use]
    pub fn text(&self, path: &str) -> String {
        let mut members = Some(&self.0);
        let mut found = None;
        for name in path.split('/') {
            found = members.and_then(|m| m.get(name));
            members = found.and_then(Value::as_object);
        }
        match found {
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => String::new(),
        }
    }
}
