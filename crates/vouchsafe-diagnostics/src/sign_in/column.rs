//! Which properties filters and sorting may use, and on which columns they run.

use std::net::IpAddr;

use crate::filter::{Op, TextFunction};
use crate::form::{address, expanded, is_uuid};

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

/// How a text is written before it is stored in a column or compared with one. Entra compares all of these without
/// regard to case; the form in the JSON stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Not a text.
    None,
    /// A record's name: a UUID in lower case, anything else as it is, because ids of other forms can be
    /// case-sensitive and two records must never become one.
    Id,
    /// Unicode lower case.
    Lower,
    /// An IP address: IPv4 in dots; IPv6 as eight groups of four lower-case digits, so that a network is exactly
    /// the addresses that start with its groups. Anything else in lower case.
    Address,
}

impl Fold {
    /// The folded form of a whole value.
    #[must_use]
    pub fn apply(self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            Self::Id if is_uuid(text) => text.to_ascii_lowercase(),
            Self::Id => text.to_owned(),
            Self::Lower => text.to_lowercase(),
            Self::Address => match address(text) {
                Some(IpAddr::V4(v4)) => v4.to_string(),
                Some(IpAddr::V6(v6)) => expanded(v6),
                None => text.to_lowercase(),
            },
        }
    }

    /// The folded form of a part of a value, for the text functions. In an IPv6 address the groups that a `:`
    /// ends are filled up to four digits; `::` cannot be, and finds nothing.
    #[must_use]
    pub fn apply_to_part(self, text: &str) -> String {
        match self {
            Self::None | Self::Id => text.to_owned(),
            Self::Lower => text.to_lowercase(),
            Self::Address => match text.rsplit_once(':') {
                Some((groups, last)) => {
                    let filled: String = groups.split(':').map(|group| format!("{group:0>4}:")).collect();
                    format!("{filled}{last}").to_lowercase()
                }
                None => text.to_lowercase(),
            },
        }
    }
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
