//! An object of JSON as a record, whatever wrote it: Graph, diagnostic settings, or a table.

use serde_json::{Map, Value};

use crate::record::{Extractor, Record};
use crate::resource::{Recognised, Resource, Signs};
use crate::sign_in::{MAX_RECORD_BYTES, RejectReason};

use super::row::{Found, Row};
use super::{azure_monitor, log_analytics, shown};

/// Member names that a reason lists.
const NAMES_LISTED_MAX: usize = 6;
/// Member by which rows of tables are known.
const ROW_SIGN: &str = "TimeGenerated";

/// A record, and whether it is from another tenant.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) record: Record,
    /// The tenant that it is from, where that is not the one it should be from.
    pub(super) foreign_tenant: Option<String>,
}

/// Reads objects.
#[derive(Debug, Default)]
pub(super) struct Objects {
    pub(super) directory: Directory,
    /// One for each kind that was met, the last first: most sources are of one kind.
    extractors: Vec<Extractor>,
    /// The signs of the object before, and what they say.
    last: Option<(Signs, Option<Resource>)>,
    /// Rows of a table mostly have the same columns, so what they hold is understood once.
    table: Option<(Vec<String>, log_analytics::Columns)>,
}

/// The directory id of the tenant that records should be from, if that is known.
#[derive(Debug, Default)]
pub(super) struct Directory(pub(super) Option<String>);

impl Directory {
    /// The first of the tenants that a record names, if none of them is the right one.
    fn foreign<'t>(&self, mut named: impl Iterator<Item = &'t str> + Clone) -> Option<String> {
        let own = self.0.as_deref()?;
        let is_own = named.clone().any(|tenant| tenant.eq_ignore_ascii_case(own));
        if is_own { None } else { named.next().map(str::to_owned) }
    }

    /// A record of what was written otherwise; `original` is how.
    pub(super) fn converted(&self, found: Found, original: String) -> Result<Taken, RejectReason> {
        let json = found.object.to_string();
        if json.len() > MAX_RECORD_BYTES {
            return Err(RejectReason::TooLarge);
        }
        let mut record = Record::from_value(found.resource, &found.object, json)?;
        record.original = Some(original);
        let foreign_tenant = match &found.tenant {
            Some(tenant) => self.foreign(std::iter::once(tenant.as_str())),
            None => self.foreign(named_tenants(found.resource, &found.object)),
        };
        Ok(Taken { record, foreign_tenant })
    }
}

impl Objects {
    /// Reads objects that should be from the tenant of this directory id.
    pub(super) fn of(directory: Option<String>) -> Self {
        Self { directory: Directory(directory), ..Self::default() }
    }

    /// Reads an object. `page` is the kind that the page around it names.
    pub(super) fn read(&mut self, text: &str, page: Option<Resource>) -> Result<Taken, RejectReason> {
        if text.len() > MAX_RECORD_BYTES {
            return Err(RejectReason::TooLarge);
        }
        match self.quickly(text, page) {
            Some(taken) => Ok(taken),
            None => self.closely(text, page),
        }
    }

    /// Reads a Graph object of a kind that is expected or that it names, if it is just that and as it should be.
    fn quickly(&mut self, text: &str, page: Option<Resource>) -> Option<Taken> {
        if let Some(page) = page {
            self.expect(page);
        }
        self.as_expected(text, page)
            .or_else(|other| {
                // Of another kind than the one before it, and that is known now.
                self.expect(other.ok_or(None)?);
                self.as_expected(text, page)
            })
            .ok()
    }

    /// Reads an object of the kind that is expected; else says of which other kind it is, if that is plain.
    fn as_expected(&mut self, text: &str, page: Option<Resource>) -> Result<Taken, Option<Resource>> {
        let extractor = self.extractors.first_mut().ok_or(None)?;
        let resource = extractor.resource();
        let extract = extractor.take(text).map_err(|_| None)?;
        let kind = match (&extract.graph_type, page) {
            (Some(name), page) => Resource::of_type(name).or(page),
            (None, Some(page)) => Some(page),
            (None, None) if extract.has_context => None,
            (None, None) => match self.last {
                Some((signs, kind)) if signs == extract.signs => kind,
                Some(_) | None => {
                    let kind = extract.signs.kind();
                    self.last = Some((extract.signs, kind));
                    kind
                }
            },
        };
        if kind != Some(resource) {
            return Err(kind);
        }
        let named = extract.tenants.iter().flatten().map(|tenant| &**tenant).filter(|id| !id.is_empty());
        let foreign_tenant = self.directory.foreign(named);
        let record = Record::from_extract(resource, extract, text).ok_or(None)?;
        Ok(Taken { record, foreign_tenant })
    }

    /// Reads whatever it is.
    fn closely(&mut self, text: &str, page: Option<Resource>) -> Result<Taken, RejectReason> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| RejectReason::NotJson(error.to_string()))?;
        let Some(members) = value.as_object() else { return Err(RejectReason::NotAnObject) };
        let has = |name: &str| members.contains_key(name);
        let is_typed = has("@odata.type") || page.is_some();
        if !is_typed && azure_monitor::is_envelope(has) {
            return self.directory.converted(azure_monitor::object(members)?, text.to_owned());
        }
        if !is_typed && has(ROW_SIGN) {
            let found = self.row(members)?;
            return self.directory.converted(found, text.to_owned());
        }
        let resource = kind(members, page)?;
        self.expect(resource);
        let record = Record::from_value(resource, &value, text.to_owned())?;
        Ok(Taken { record, foreign_tenant: self.directory.foreign(named_tenants(resource, &value)) })
    }

    /// Expects objects of this kind next.
    fn expect(&mut self, resource: Resource) {
        match self.extractors.iter().position(|extractor| extractor.resource() == resource) {
            Some(place) => self.extractors.swap(0, place),
            None => {
                self.extractors.extend(Extractor::of(resource));
                let last = self.extractors.len().saturating_sub(1);
                self.extractors.swap(0, last);
            }
        }
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

fn named_tenants(resource: Resource, object: &Value) -> impl Iterator<Item = &str> + Clone {
    let names = resource.schema().tenants.iter();
    names.filter_map(|name| object.get(*name)?.as_str()).filter(|id| !id.is_empty())
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

#[cfg(test)]
mod tests;
