//! An object of JSON as a record, whatever wrote it: Graph, diagnostic settings, or a table.

use serde_json::{Map, Value};

use crate::record::Record;
use crate::resource::{Recognised, Resource};
use crate::sign_in::{MAX_RECORD_BYTES, RejectReason};

use super::row::{Found, Row};
use super::{azure_monitor, log_analytics, shown};

/// Member names that a reason lists.
const NAMES_LISTED_MAX: usize = 6;
/// Member by which rows of tables are known.
const ROW_SIGN: &str = "TimeGenerated";

/// A record, and the tenant that it is from.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) record: Record,
    /// The tenants that it names: the one that wrote it, where that is said; else those that it is between.
    pub(super) tenants: Vec<String>,
}

/// Reads objects. Rows of a table mostly have the same columns, so what they hold is understood once.
#[derive(Debug, Default)]
pub(super) struct Objects {
    table: Option<(Vec<String>, log_analytics::Columns)>,
}

impl Objects {
    /// Reads an object. `page` is the kind that the page around it names.
    pub(super) fn read(&mut self, text: &str, page: Option<Resource>) -> Result<Taken, RejectReason> {
        if text.len() > MAX_RECORD_BYTES {
            return Err(RejectReason::TooLarge);
        }
        let value: Value =
            serde_json::from_str(text).map_err(|error| RejectReason::NotJson(error.to_string()))?;
        let Some(members) = value.as_object() else { return Err(RejectReason::NotAnObject) };
        let has = |name: &str| members.contains_key(name);
        let is_typed = has("@odata.type") || page.is_some();
        if !is_typed && azure_monitor::is_envelope(has) {
            return converted(azure_monitor::object(members)?, text.to_owned());
        }
        if !is_typed && has(ROW_SIGN) {
            return converted(self.row(members)?, text.to_owned());
        }
        let resource = kind(members, page)?;
        let record = Record::from_value(resource, &value, text.to_owned())?;
        Ok(Taken { record, tenants: named_tenants(resource, &value) })
    }

    fn row(&mut self, members: &Map<String, Value>) -> Result<Found, RejectReason> {
        let same = |names: &[String]| names.len() == members.len() && names.iter().eq(members.keys());
        if self.table.as_ref().is_none_or(|(names, _)| !same(names)) {
            let names: Vec<String> = members.keys().cloned().collect();
            let columns = log_analytics::Columns::of(&names).map_err(RejectReason::UnknownKind)?;
            self.table = Some((names, columns));
        }
        let values: Vec<&Value> = members.values().collect();
        match &self.table {
            Some((_, columns)) => columns.object(Row::Values(&values)),
            None => Err(RejectReason::NotAnObject),
        }
    }
}

/// A record of what was written otherwise; `original` is how.
pub(super) fn converted(found: Found, original: String) -> Result<Taken, RejectReason> {
    let json = found.object.to_string();
    if json.len() > MAX_RECORD_BYTES {
        return Err(RejectReason::TooLarge);
    }
    let mut record = Record::from_value(found.resource, &found.object, json)?;
    record.original = Some(original);
    let tenants = match found.tenant {
        Some(tenant) => vec![tenant],
        None => named_tenants(found.resource, &found.object),
    };
    Ok(Taken { record, tenants })
}

fn named_tenants(resource: Resource, object: &Value) -> Vec<String> {
    let names = resource.schema().tenants.iter();
    let named = names.filter_map(|name| object.get(*name)?.as_str());
    named.filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// The kind that an object names, or the page around it, or its members.
fn kind(members: &Map<String, Value>, page: Option<Resource>) -> Result<Resource, RejectReason> {
    let named = members.get("@odata.type").and_then(Value::as_str);
    if let Some(kind) = named.and_then(Resource::of_type).or(page) {
        return Ok(kind);
    }
    let context = members.get("@odata.context").and_then(Value::as_str);
    if let Some(kind) = context.and_then(Resource::of_context) {
        return Ok(kind);
    }
    if let Some(named) = named {
        return Err(RejectReason::UnknownType(shown(named)));
    }
    match Resource::of_members(|name| members.contains_key(name)) {
        Recognised::As(kind) => Ok(kind),
        Recognised::Several(one, other) => {
            let (one, other) = (one.schema().graph_type, other.schema().graph_type);
            Err(RejectReason::UnknownKind(format!("it could be `{one}` or `{other}`; {NAME_IT}")))
        }
        Recognised::Nothing => {
            let names: Vec<String> =
                members.keys().take(NAMES_LISTED_MAX).map(|name| format!("`{}`", shown(name))).collect();
            let seen = match names.len() {
                0 => "it has no members".to_owned(),
                _ if names.len() < members.len() => format!("it has {} …", names.join(", ")),
                _ => format!("it has only {}", names.join(", ")),
            };
            Err(RejectReason::UnknownKind(format!("{seen}; {NAME_IT}")))
        }
    }
}

/// How to say what an object is.
const NAME_IT: &str = "name it by `@odata.type`, such as `#microsoft.graph.user`";
