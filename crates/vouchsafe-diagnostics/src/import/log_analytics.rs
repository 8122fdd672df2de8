//! Tables of Log Analytics as Graph objects: `SigninLogs`, `AADNonInteractiveUserSignInLogs`,
//! `AADServicePrincipalSignInLogs` and `AADManagedIdentitySignInLogs` as `signIn`, `AuditLogs` as `directoryAudit`.
//!
//! A column may come as `Name`, or split by type into `Name_dynamic` and `Name_string`: the first that is filled
//! counts. Every column with a Graph property becomes that property with Graph's type; what stands only in other
//! columns is filled in.

use serde_json::{Map, Value, json};

use crate::resource::Resource;
use crate::sign_in::RejectReason;

use super::cell::{self, Cell, Form};
use super::row::{Found, Row, fill_in_event_type, is_absent, split_tenant};

mod property;

use property::{AUDIT, Presence, Property, SIGN_IN};

/// Tables, categories of diagnostic settings, and Graph's `signInEventTypes` for each.
const EVENT_TYPES: [(&str, &str, &str); 5] = [
    ("SigninLogs", "SignInLogs", "interactiveUser"),
    ("AADNonInteractiveUserSignInLogs", "NonInteractiveUserSignInLogs", "nonInteractiveUser"),
    ("AADServicePrincipalSignInLogs", "ServicePrincipalSignInLogs", "servicePrincipal"),
    ("MicrosoftServicePrincipalSignInLogs", "MicrosoftServicePrincipalSignInLogs", "servicePrincipal"),
    ("AADManagedIdentitySignInLogs", "ManagedIdentitySignInLogs", "managedIdentity"),
];

/// The table of directory audits.
const AUDIT_TABLE: &str = "AuditLogs";
/// Columns that only the table of directory audits has.
const AUDIT_SIGNS: [&str; 3] = ["TargetResources", "LoggedByService", "ActivityDisplayName"];

/// What the columns of a table, or of a union of tables, hold.
#[derive(Debug)]
pub(super) struct Columns {
    /// The cells of each of [`SIGN_IN`], the best first, if the table may hold sign-ins.
    sign_in: Option<Vec<Vec<usize>>>,
    /// The cells of each of [`AUDIT`], if it may hold directory audits.
    audit: Option<Vec<Vec<usize>>>,
    others: Others,
}

/// Columns that tell the table or fill in what another column leaves out.
#[derive(Debug)]
struct Others {
    table: Vec<usize>,
    category: Vec<usize>,
    tenant: Vec<usize>,
    resource_id: Vec<usize>,
    time_generated: Vec<usize>,
    operation_name: Vec<usize>,
    identity: Vec<usize>,
    country: Vec<usize>,
    result_type: Vec<usize>,
    result_description: Vec<usize>,
}

/// The event type of a category of diagnostic settings, where it is one of sign-ins.
pub(super) fn event_type_of_category(category: &str) -> Option<&'static str> {
    EVENT_TYPES.iter().find(|(_, known, _)| *known == category).map(|(_, _, event)| *event)
}

impl Columns {
    /// Understands the names of the columns.
    ///
    /// # Errors
    /// What is missing for a table that is known.
    pub(super) fn of(names: &[String]) -> Result<Self, String> {
        let holders = |column: &str| holders(names, column);
        let has = |column: &str| !holders(column).is_empty();
        if let Some(local) = names.iter().find(|name| name.contains("DateTime [") && !name.ends_with("[UTC]"))
        {
            return Err(format!("the times of column `{}` are not in UTC", local.escape_debug()));
        }
        let audit = AUDIT_SIGNS.into_iter().any(has) && (has("ActivityDateTime") || has("TimeGenerated"));
        let sign_in = has("AppId") && (has("CreatedDateTime") || has("TimeGenerated"));
        if !has("Id") || !(audit || sign_in) {
            return Err("a table of Log Analytics has the columns `Id` and `TimeGenerated`, and `AppId` for sign-ins \
                        or `TargetResources` for directory audits"
                .to_owned());
        }
        let all = |properties: &[Property]| properties.iter().map(|each| holders(each.column)).collect();
        Ok(Self {
            sign_in: sign_in.then(|| all(&SIGN_IN)),
            audit: audit.then(|| all(&AUDIT)),
            others: Others {
                table: holders("Type"),
                category: holders("Category"),
                tenant: holders("AADTenantId"),
                resource_id: holders("ResourceId"),
                time_generated: holders("TimeGenerated"),
                operation_name: holders("OperationName"),
                identity: holders("Identity"),
                country: holders("Location"),
                result_type: holders("ResultType"),
                result_description: holders("ResultDescription"),
            },
        })
    }

    /// A row as a Graph object.
    pub(super) fn object(&self, row: Row<'_>) -> Result<Found, RejectReason> {
        let text = |holders| row.first_filled(holders).and_then(Cell::text);
        let table = text(&self.others.table);
        let is_audit = match table.as_deref() {
            Some(AUDIT_TABLE) => true,
            Some(table) if EVENT_TYPES.iter().any(|(known, _, _)| *known == table) => false,
            Some(_) | None => self.sign_in.is_none(),
        };
        let from_path = || text(&self.others.resource_id).and_then(|path| split_tenant(&path));
        let tenant = text(&self.others.tenant).or_else(from_path);
        let (resource, object) = match (&self.audit, &self.sign_in) {
            (Some(columns), _) if is_audit => {
                let mut object = properties(&AUDIT, columns, row)?;
                self.fill_in_audit(&mut object, row)?;
                (Resource::DirectoryAudit, object)
            }
            (_, Some(columns)) if !is_audit => {
                let mut object = properties(&SIGN_IN, columns, row)?;
                let category = text(&self.others.category);
                let event = EVENT_TYPES.iter().find(|(known, of, _)| {
                    table.as_deref() == Some(*known) || table.is_none() && category.as_deref() == Some(*of)
                });
                self.fill_in_sign_in(&mut object, row, event.map(|(_, _, event)| *event))?;
                (Resource::SignIn, object)
            }
            _ => {
                return Err(RejectReason::UnknownKind(
                    "the columns of its `Type` are not in the table".to_owned(),
                ));
            }
        };
        Ok(Found { resource, object: Value::Object(object), tenant })
    }

    /// Takes from other columns what the own column of a property of a sign-in leaves out.
    fn fill_in_sign_in(
        &self,
        object: &mut Map<String, Value>,
        row: Row<'_>,
        event: Option<&'static str>,
    ) -> Result<(), RejectReason> {
        let others = &self.others;
        fill(
            object,
            "createdDateTime",
            "TimeGenerated",
            Form::Time,
            row.first_filled(&others.time_generated),
        )?;
        let is_app = matches!(event, Some("servicePrincipal" | "managedIdentity"));
        let name = if is_app { "servicePrincipalName" } else { "userDisplayName" };
        fill(object, name, "Identity", Form::Text, row.first_filled(&others.identity))?;
        if is_absent(object, "location")
            && let Some(country) = row.first_filled(&others.country).and_then(Cell::text)
        {
            object.insert("location".to_owned(), json!({ "countryOrRegion": country }));
        }
        if let Some(event) = event {
            fill_in_event_type(object, event);
        }
        let status = object.entry("status").or_insert(Value::Null);
        if status.is_null() {
            *status = json!({});
        }
        let Some(status) = status.as_object_mut() else { return Ok(()) };
        fill(status, "errorCode", "ResultType", Form::Int, row.first_filled(&others.result_type))?;
        let reason = row.first_filled(&others.result_description);
        fill(status, "failureReason", "ResultDescription", Form::Text, reason)?;
        for name in ["failureReason", "additionalDetails"] {
            status.entry(name).or_insert(Value::Null);
        }
        Ok(())
    }

    /// The same for a directory audit.
    fn fill_in_audit(&self, object: &mut Map<String, Value>, row: Row<'_>) -> Result<(), RejectReason> {
        let others = &self.others;
        for (name, column, form, holders) in [
            ("activityDateTime", "TimeGenerated", Form::Time, &others.time_generated),
            ("activityDisplayName", "OperationName", Form::Text, &others.operation_name),
            ("result", "ResultType", Form::Word, &others.result_type),
            ("resultReason", "ResultDescription", Form::Text, &others.result_description),
        ] {
            fill(object, name, column, form, row.first_filled(holders))?;
        }
        Ok(())
    }
}

/// The properties that have a column of their own.
fn properties(
    properties: &[Property],
    columns: &[Vec<usize>],
    row: Row<'_>,
) -> Result<Map<String, Value>, RejectReason> {
    let mut object = Map::new();
    for (property, holders) in properties.iter().zip(columns) {
        let value = match row.first_filled(holders) {
            Some(cell) => cell::value(property.column, property.form, cell)?,
            None => Value::Null,
        };
        let wanted = property.presence == Presence::Always || !value.is_null();
        if wanted && is_absent(&object, property.name) {
            object.insert(property.name.to_owned(), value);
        }
    }
    Ok(object)
}

/// Takes a cell for a property that is absent.
fn fill(
    object: &mut Map<String, Value>,
    name: &str,
    column: &str,
    form: Form,
    cell: Option<Cell<'_>>,
) -> Result<(), RejectReason> {
    if is_absent(object, name)
        && let Some(cell) = cell
    {
        object.insert(name.to_owned(), cell::value(column, form, cell)?);
    }
    Ok(())
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
