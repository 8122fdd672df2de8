//! What the portal's *Download* of sign-ins and of directory audits writes as CSV, as Graph objects.
//!
//! The columns have the names that people see, so each is mapped by name; spaces and letter case do not count. The
//! portal rounds times to the second and leaves out what it does not show, such as the steps of an authentication.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::resource::Resource;
use crate::sign_in::RejectReason;

use super::cell::{self, Cell, Form};
use super::row::{Found, Row, fill_in_event_type};

mod property;

use property::{ACTOR, AUDIT, DETAILS, MODIFIED, MODIFIED_PROPERTIES, Property, SIGN_IN, TARGET, TARGETS};

/// Bytes of the hash that names an audit.
const ID_BYTES: usize = 16;

/// What the columns of a download hold.
#[derive(Debug)]
pub(super) enum Columns {
    /// Sign-ins: where each property stands.
    SignIns(Vec<Placed>),
    /// Directory audits.
    Audits(Box<Audits>),
}

/// A property and the cells that hold it.
#[derive(Debug)]
pub(super) struct Placed {
    property: &'static Property,
    cells: Vec<usize>,
}

/// The columns of directory audits.
#[derive(Debug)]
pub(super) struct Audits {
    own: Vec<Placed>,
    actor_type: Vec<usize>,
    user: Vec<Placed>,
    app: Vec<Placed>,
    targets: Vec<Target>,
    details: Vec<Vec<Placed>>,
}

/// The columns of one target.
#[derive(Debug)]
struct Target {
    own: Vec<Placed>,
    modified: Vec<Vec<Placed>>,
}

impl Columns {
    /// Understands the names of the columns, if they are those of a download.
    pub(super) fn of(names: &[String]) -> Option<Self> {
        let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
        let has = |name: &str| names.contains(&plain(name));
        if has("Date (UTC)") && has("Request ID") {
            return Some(Self::SignIns(placed(&names, &SIGN_IN, "")));
        }
        if has("Date (UTC)") && has("Activity") && has("Service") {
            return Some(Self::Audits(Box::new(Audits::of(&names))));
        }
        None
    }

    /// A row as a Graph object.
    pub(super) fn object(&self, row: Row<'_>, whole: &str) -> Result<Found, RejectReason> {
        let (resource, object) = match self {
            Self::SignIns(properties) => (Resource::SignIn, sign_in(properties, row)?),
            Self::Audits(audits) => (Resource::DirectoryAudit, audits.object(row, whole)?),
        };
        Ok(Found { resource, object: Value::Object(object), tenant: None })
    }
}

fn sign_in(properties: &[Placed], row: Row<'_>) -> Result<Map<String, Value>, RejectReason> {
    let mut object = filled(properties, row)?;
    // `Lisbon, Lisboa, PT`; of a place without a name the country alone is there.
    if let Some(Value::String(place)) = object.get("location") {
        let mut parts = place.rsplitn(3, ',').map(str::trim).filter(|part| !part.is_empty());
        let (country, state, city) = (parts.next(), parts.next(), parts.next());
        let location = json!({ "city": city, "state": state, "countryOrRegion": country });
        object.insert("location".to_owned(), location);
    }
    let status = object.entry("status").or_insert_with(|| json!({}));
    if let Some(status) = status.as_object_mut() {
        // The word is no property of Graph; it tells what an empty code means.
        let word = status.remove("result");
        let success =
            word.as_ref().and_then(Value::as_str).is_some_and(|word| word.eq_ignore_ascii_case("success"));
        if success {
            status.entry("errorCode").or_insert(json!(0));
        }
    }
    if let Some(Value::String(requirement)) = object.get_mut("authenticationRequirement")
        && requirement.as_str() == "multifactorAuthentication"
    {
        "multiFactorAuthentication".clone_into(requirement);
    }
    if object.contains_key("servicePrincipalId") && !object.contains_key("userId") {
        let managed = object.get("managedServiceIdentity").and_then(|identity| identity.get("msiType"));
        let is_managed = managed.and_then(Value::as_str).is_some_and(|kind| kind != "none");
        let event = if is_managed { "managedIdentity" } else { "servicePrincipal" };
        fill_in_event_type(&mut object, event);
    }
    Ok(object)
}

impl Audits {
    fn of(names: &[String]) -> Self {
        let placed = |properties: &'static [Property], prefix: &str| placed(names, properties, prefix);
        let targets = (1..=TARGETS).map(|n| Target {
            own: placed(&TARGET, &format!("Target{n}")),
            modified: (1..=MODIFIED_PROPERTIES)
                .map(|m| placed(&MODIFIED, &format!("Target{n}ModifiedProperty{m}")))
                .collect(),
        });
        let (user, app) = ACTOR;
        Self {
            own: placed(&AUDIT, ""),
            actor_type: positions(names, "ActorType"),
            user: placed(user, ""),
            app: placed(app, ""),
            targets: targets.collect(),
            details: (1..=property::ADDITIONAL_DETAILS)
                .map(|n| placed(&DETAILS, &format!("AdditionalDetail{n}")))
                .collect(),
        }
    }

    /// The download leaves out the id: the hash of the row stands for it, so that importing twice adds nothing.
    fn object(&self, row: Row<'_>, whole: &str) -> Result<Map<String, Value>, RejectReason> {
        let mut object = filled(&self.own, row)?;
        let hash = Sha256::digest(whole.as_bytes());
        let hash: String = hash.iter().take(ID_BYTES).map(|byte| format!("{byte:02x}")).collect();
        object.insert("id".to_owned(), json!(format!("portal_{hash}")));
        let is_app = row
            .first_filled(&self.actor_type)
            .and_then(Cell::text)
            .is_some_and(|word| word.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("app")));
        let initiator = if is_app {
            json!({ "user": null, "app": filled(&self.app, row)? })
        } else {
            json!({ "user": filled(&self.user, row)?, "app": null })
        };
        object.insert("initiatedBy".to_owned(), initiator);
        let mut targets = Vec::new();
        for target in &self.targets {
            let mut own = filled(&target.own, row)?;
            let modified = all_filled(&target.modified, row)?;
            if !own.is_empty() || !modified.is_empty() {
                own.insert("modifiedProperties".to_owned(), Value::Array(modified));
                targets.push(Value::Object(own));
            }
        }
        object.insert("targetResources".to_owned(), Value::Array(targets));
        object.insert("additionalDetails".to_owned(), Value::Array(all_filled(&self.details, row)?));
        Ok(object)
    }
}

/// The properties that have a filled cell.
fn filled(properties: &[Placed], row: Row<'_>) -> Result<Map<String, Value>, RejectReason> {
    let mut object = Map::new();
    for Placed { property, cells } in properties {
        if let Some(cell) = row.first_filled(cells).filter(|cell| !says_nothing(property.form, *cell)) {
            let value = cell::value(property.column, property.form, cell)?;
            match property.path.split_once('/') {
                None => {
                    object.insert(property.path.to_owned(), value);
                }
                Some((outer, inner)) => {
                    let outer = object.entry(outer).or_insert_with(|| json!({}));
                    if let Some(outer) = outer.as_object_mut() {
                        outer.insert(inner.to_owned(), value);
                    }
                }
            }
        }
    }
    Ok(object)
}

/// Whether the cell says that there is no number.
fn says_nothing(form: Form, cell: Cell<'_>) -> bool {
    form == Form::Int && cell.text().is_some_and(|text| text.trim().eq_ignore_ascii_case("none"))
}

/// The objects that have a filled cell.
fn all_filled(groups: &[Vec<Placed>], row: Row<'_>) -> Result<Vec<Value>, RejectReason> {
    let objects: Result<Vec<_>, _> = groups.iter().map(|properties| filled(properties, row)).collect();
    Ok(objects?.into_iter().filter(|object| !object.is_empty()).map(Value::Object).collect())
}

fn placed(names: &[String], properties: &'static [Property], prefix: &str) -> Vec<Placed> {
    let place = |property: &'static Property| {
        let cells = positions(names, &format!("{prefix}{}", property.column));
        Placed { property, cells }
    };
    properties.iter().map(place).collect()
}

fn positions(names: &[String], column: &str) -> Vec<usize> {
    let wanted = plain(column);
    names.iter().enumerate().filter(|(_, name)| **name == wanted).map(|(at, _)| at).collect()
}

/// A name without spaces, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
