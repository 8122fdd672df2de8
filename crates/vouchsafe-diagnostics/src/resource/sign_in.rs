//! Microsoft Graph `signIn`, v1.0 (`microsoft.md` e.4).

use vouchsafe_core::scope::DataCategory;

use super::{Column, Fold, Schema, Shape, Stored, Type};
use crate::sign_in::MASKS;

pub(super) static SCHEMA: Schema = Schema {
    graph_type: "microsoft.graph.signIn",
    path: "auditLogs/signIns",
    shape: Shape::Events { time: "createdDateTime" },
    categories: &[DataCategory::SignInLogs],
    category: |_| DataCategory::SignInLogs,
    columns: &COLUMNS,
    people: &["userId", "userPrincipalName"],
    masks: &MASKS,
};

static COLUMNS: [Column; 14] = [
    Column { path: "id", holds: Type::Text, fold: Fold::Id, stored: Stored::Id },
    Column { path: "correlationId", holds: Type::Text, fold: Fold::Id, stored: Stored::Reference },
    shared("userId", Type::Text, Fold::Lower, "person", true),
    shared("userPrincipalName", Type::Text, Fold::Lower, "person", true),
    shared("userDisplayName", Type::Text, Fold::Lower, "person", true),
    shared("ipAddress", Type::Text, Fold::Address, "address", true),
    shared("status/errorCode", Type::Int, Fold::None, "error", true),
    shared("appId", Type::Text, Fold::Lower, "app", true),
    shared("appDisplayName", Type::Text, Fold::Lower, "app", true),
    shared("resourceId", Type::Text, Fold::Lower, "resource", false),
    shared("resourceDisplayName", Type::Text, Fold::Lower, "resource", false),
    shared("clientAppUsed", Type::Text, Fold::Lower, "client", false),
    shared("conditionalAccessStatus", Type::Text, Fold::Lower, "client", false),
    shared("isInteractive", Type::Bool, Fold::None, "client", false),
];

const fn shared(path: &'static str, holds: Type, fold: Fold, group: &'static str, indexed: bool) -> Column {
    Column { path, holds, fold, stored: Stored::Shared { group, indexed } }
}
