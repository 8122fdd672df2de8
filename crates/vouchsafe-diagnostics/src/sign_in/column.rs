//! Which properties filters and sorting may use, and on which columns they run.

pub use crate::resource::Fold;

use crate::filter::{Op, TextFunction};

/// A property that a filter may name, and the column it runs on.
#[derive(Debug)]
pub struct Column {
    /// Path of the Graph property.
    pub path: &'static str,
    /// Name of the column in the database.
    pub name: &'static str,
    /// Type of its values.
    pub kind: ColumnKind,
    /// How texts are stored and therefore how the text of a filter must be folded before it is compared.
    pub fold: Fold,
    /// Relations that may be asked. `in` is allowed where [`Op::Eq`] is.
    pub operators: &'static [Op],
    /// Text functions that may be asked. What no index answers may still be refused for its cost.
    pub text_functions: &'static [TextFunction],
    /// Whether `$orderby` may name it.
    pub sortable: bool,
    /// Whether a record may lack it, so that comparing with `null` makes sense.
    pub nullable: bool,
}

/// Type of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// Whole number of 64 bits.
    Int,
    /// True or false.
    Bool,
    /// Instant.
    Time,
}

/// The column of a property, if filters may name it.
#[must_use]
pub fn column(path: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.path == path)
}

const EQUALITY: &[Op] = &[Op::Eq, Op::Ne];
const STARTS: &[TextFunction] = &[TextFunction::StartsWith];

/// An id: whole values only.
const fn id(path: &'static str, name: &'static str, fold: Fold, nullable: bool) -> Column {
    Column {
        path,
        name,
        kind: ColumnKind::Text,
        fold,
        operators: EQUALITY,
        text_functions: &[],
        sortable: false,
        nullable,
    }
}

/// A text that people search in.
const fn words(path: &'static str, name: &'static str) -> Column {
    Column { text_functions: &TextFunction::ALL, ..id(path, name, Fold::Lower, true) }
}

const fn other(path: &'static str, name: &'static str, kind: ColumnKind, operators: &'static [Op]) -> Column {
    Column { kind, operators, fold: Fold::None, ..id(path, name, Fold::None, true) }
}

/// Every property of a sign-in that filters and sorting may use.
pub static COLUMNS: [Column; 15] = [
    id("id", "id", Fold::Id, false),
    Column {
        sortable: true,
        nullable: false,
        ..other("createdDateTime", "created", ColumnKind::Time, &Op::ALL)
    },
    id("userId", "user_id", Fold::Lower, true),
    words("userPrincipalName", "user_principal_name"),
    words("userDisplayName", "user_display_name"),
    id("appId", "app_id", Fold::Lower, true),
    words("appDisplayName", "app_display_name"),
    id("resourceId", "resource_id", Fold::Lower, true),
    words("resourceDisplayName", "resource_display_name"),
    Column { text_functions: STARTS, ..id("ipAddress", "ip_address", Fold::Address, true) },
    id("correlationId", "correlation_id", Fold::Id, true),
    other("status/errorCode", "error_code", ColumnKind::Int, &Op::ALL),
    id("conditionalAccessStatus", "conditional_access_status", Fold::Lower, true),
    words("clientAppUsed", "client_app_used"),
    other("isInteractive", "is_interactive", ColumnKind::Bool, EQUALITY),
];
