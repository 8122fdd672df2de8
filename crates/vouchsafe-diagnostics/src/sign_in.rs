//! The sign-in record: Microsoft Graph `signIn`, v1.0 (`microsoft.md` e.4; `diagnostics.md`, *Storing it*).

use serde_json::Value;
use vouchsafe_core::time::Timestamp;

mod column;

pub use crate::resource::sign_in::{MASKS, error_code};
pub use column::{COLUMNS, Column, ColumnKind, Fold, column};

/// Largest record, in bytes of JSON.
pub const MAX_RECORD_BYTES: usize = 256 * 1024;
/// Longest text of a column, in characters; the JSON may hold more elsewhere.
pub const MAX_COLUMN_CHARS: usize = 1_024;

/// One sign-in: its JSON unchanged, and the values that filters and sorting use.
///
/// The column fields are for comparing, not for showing: each text is folded as its [`Column::fold`] says, so that a
/// filter finds `Ada@Contoso.example` however it is spelled. What readers see comes from `json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRecord {
    /// `id`: names the record for good; a second import of it adds nothing.
    pub id: String,
    /// `createdDateTime`
    pub created: Timestamp,
    /// `userId`
    pub user_id: Option<String>,
    /// `userPrincipalName`
    pub user_principal_name: Option<String>,
    /// `userDisplayName`
    pub user_display_name: Option<String>,
    /// `appId`
    pub app_id: Option<String>,
    /// `appDisplayName`
    pub app_display_name: Option<String>,
    /// `appDisplayName` as written: the label of plots and counts, no filter column.
    pub app_label: Option<String>,
    /// `resourceId`
    pub resource_id: Option<String>,
    /// `resourceDisplayName`
    pub resource_display_name: Option<String>,
    /// `ipAddress` in the form of [`Fold::Address`]
    pub ip_address: Option<String>,
    /// `correlationId`
    pub correlation_id: Option<String>,
    /// `status/errorCode`
    pub error_code: Option<i64>,
    /// `conditionalAccessStatus`
    pub conditional_access_status: Option<String>,
    /// `clientAppUsed`
    pub client_app_used: Option<String>,
    /// `isInteractive`
    pub is_interactive: Option<bool>,
    /// The Graph `signIn` object that readers are served.
    pub json: String,
    /// The source record as imported, where that was not Graph JSON: nothing is lost.
    pub original: Option<String>,
}

/// Why a record was not taken. The text names the property, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RejectReason {
    /// Larger than [`MAX_RECORD_BYTES`].
    #[error("the record is larger than {} KiB", MAX_RECORD_BYTES / 1024)]
    TooLarge,
    /// Not UTF-8.
    #[error("the record is not UTF-8")]
    NotUtf8,
    /// Not one JSON value, or nested too deep.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// An object of which nothing tells the kind: what was seen instead.
    #[error("the kind of object is not known: {0}")]
    UnknownKind(String),
    /// An object of a Graph type that is not kept.
    #[error("objects of the type `{0}` are not kept")]
    UnknownType(String),
    /// A record of a category of diagnostic settings that is not kept.
    #[error("records of the category `{0}` are not kept")]
    UnknownCategory(String),
    /// JSON, but no object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A property without which the record cannot be kept is absent.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// The time of an event lies before 1900 or after 2149.
    #[error("`{0}` is before the year 1900 or after 2149")]
    Remote(&'static str),
    /// A property has another type than Graph gives it.
    #[error("`{property}` is not {expected}")]
    WrongType {
        /// Path of the property, or name of the column in the source.
        property: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A text that filters use is longer than [`MAX_COLUMN_CHARS`].
    #[error("`{0}` is longer than {MAX_COLUMN_CHARS} characters")]
    TooLong(&'static str),
    /// A text that filters use holds U+0000, which no database takes.
    #[error("`{0}` holds a NUL character")]
    Nul(&'static str),
    /// A row of a table has another number of cells than its header.
    #[error("the row has {found} cells, the header {expected}")]
    CellCount {
        /// Cells of the row.
        found: usize,
        /// Columns of the header.
        expected: usize,
    },
}

impl SignInRecord {
    /// Reads a Graph `signIn` object. `json` keeps the text byte for byte.
    ///
    /// # Errors
    /// [`RejectReason`] when the text is no JSON object, `id` or `createdDateTime` is missing, a property that filters
    /// use has a wrong type, or a limit is exceeded.
    pub fn from_graph(json: &str) -> Result<Self, RejectReason> {
        if json.len() > MAX_RECORD_BYTES {
            return Err(RejectReason::TooLarge);
        }
        let value: Value =
            serde_json::from_str(json).map_err(|error| RejectReason::NotJson(error.to_string()))?;
        Self::from_value(&value, json.to_owned())
    }

    /// Takes the columns from `value`, which `json` is the text of.
    pub(crate) fn from_value(value: &Value, json: String) -> Result<Self, RejectReason> {
        if !value.is_object() {
            return Err(RejectReason::NotAnObject);
        }
        Ok(Self {
            id: text(value, "id")?.ok_or(RejectReason::Missing("id"))?,
            created: time(value, "createdDateTime")?,
            user_id: text(value, "userId")?,
            user_principal_name: text(value, "userPrincipalName")?,
            user_display_name: text(value, "userDisplayName")?,
            app_id: text(value, "appId")?,
            app_display_name: text(value, "appDisplayName")?,
            app_label: raw_text(value, "appDisplayName")?.map(str::to_owned),
            resource_id: text(value, "resourceId")?,
            resource_display_name: text(value, "resourceDisplayName")?,
            ip_address: text(value, "ipAddress")?,
            correlation_id: text(value, "correlationId")?,
            error_code: error_code(value)?,
            conditional_access_status: text(value, "conditionalAccessStatus")?,
            client_app_used: text(value, "clientAppUsed")?,
            is_interactive: boolean(value, "isInteractive")?,
            json,
            original: None,
        })
    }
}

fn wrong_type(property: &str, expected: &'static str) -> RejectReason {
    RejectReason::WrongType { property: property.to_owned(), expected }
}

/// The property, where it is neither absent nor null.
fn present<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|found| !found.is_null())
}

/// A text within the limits of a column; the empty text counts as absent, as exports write it.
fn raw_text<'v>(value: &'v Value, name: &'static str) -> Result<Option<&'v str>, RejectReason> {
    let Some(found) = present(value, name) else { return Ok(None) };
    let text = found.as_str().ok_or_else(|| wrong_type(name, "a string"))?;
    if text.len() > MAX_COLUMN_CHARS && text.chars().count() > MAX_COLUMN_CHARS {
        return Err(RejectReason::TooLong(name));
    }
    if text.contains('\0') {
        return Err(RejectReason::Nul(name));
    }
    Ok((!text.is_empty()).then_some(text))
}

/// A text folded as the property's column says.
fn text(value: &Value, name: &'static str) -> Result<Option<String>, RejectReason> {
    let fold = column(name).map_or(Fold::Lower, |column| column.fold);
    Ok(raw_text(value, name)?.map(|text| fold.apply(text)))
}

fn time(value: &Value, name: &'static str) -> Result<Timestamp, RejectReason> {
    let text = raw_text(value, name)?.ok_or(RejectReason::Missing(name))?;
    text.parse().map_err(|_| wrong_type(name, "an RFC 3339 time"))
}

fn boolean(value: &Value, name: &'static str) -> Result<Option<bool>, RejectReason> {
    present(value, name)
        .map(|found| found.as_bool().ok_or_else(|| wrong_type(name, "true or false")))
        .transpose()
}

fn error_code(value: &Value) -> Result<Option<i64>, RejectReason> {
    let Some(status) = present(value, "status") else { return Ok(None) };
    if !status.is_object() {
        return Err(wrong_type("status", "an object"));
    }
    present(status, "errorCode")
        .map(|code| code.as_i64().ok_or_else(|| wrong_type("status/errorCode", "a whole number")))
        .transpose()
}
