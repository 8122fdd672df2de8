//! A row of a table, whatever wrote it.

use serde_json::{Map, Value, json};

use crate::resource::Resource;

use super::cell::Cell;

/// The cells of a row, by the columns of its table.
#[derive(Debug, Clone, Copy)]
pub(super) enum Row<'r> {
    /// As CSV has it.
    Texts(&'r [String]),
    /// As an object of JSON has it.
    Values(&'r [&'r Value]),
}

/// What a row, or a record in an envelope, turned out to be.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) resource: Resource,
    /// The Graph object.
    pub(super) object: Value,
    /// The tenant that wrote it, where that is said.
    pub(super) tenant: Option<String>,
}

impl<'r> Row<'r> {
    /// The first of these cells that is not empty.
    pub(super) fn first_filled(self, columns: &[usize]) -> Option<Cell<'r>> {
        columns.iter().find_map(|&at| match self {
            Self::Texts(cells) => cells.get(at).and_then(|text| Cell::of_text(text)),
            Self::Values(cells) => cells.get(at).and_then(|value| Cell::of_json(value)),
        })
    }
}

/// Whether a property is not there, or null.
pub(super) fn is_absent(object: &Map<String, Value>, name: &str) -> bool {
    object.get(name).is_none_or(Value::is_null)
}

/// Says which of the four kinds of sign-in an object is, where it does not say so itself.
pub(super) fn fill_in_event_type(object: &mut Map<String, Value>, event: &str) {
    if is_absent(object, "signInEventTypes") {
        object.insert("signInEventTypes".to_owned(), json!([event]));
    }
    if is_absent(object, "isInteractive") {
        object.insert("isInteractive".to_owned(), json!(event == "interactiveUser"));
    }
}

/// The tenant of a resource id such as `/tenants/{id}/providers/Microsoft.aadiam`.
pub(super) fn split_tenant(resource_id: &str) -> Option<String> {
    let (_, rest) = resource_id.split_once("/tenants/")?;
    rest.split('/').next().filter(|id| !id.is_empty()).map(str::to_owned)
}
