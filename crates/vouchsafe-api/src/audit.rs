//! Entries of a tenant's audit log, in the shape of Microsoft Graph's `directoryAudit`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::EntryId;
use vouchsafe_core::time::Timestamp;

use crate::wire_enum::wire_enum;

mod entry;

pub use entry::{OpenedEntry, directory_audit};

/// One audit entry: who did what to what, when, with what result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryAudit {
    /// Id of the entry.
    #[schema(value_type = String, example = "aud_018bcfe568007707870707070707070a")]
    pub id: EntryId,
    /// Group of activities, such as `SupportAccessManagement`.
    pub category: String,
    /// Ties entries of one tenant's log together; never shared between tenants.
    pub correlation_id: String,
    /// How it went.
    pub result: AuditResult,
    /// Why it failed; empty if it did not.
    pub result_reason: String,
    /// What was done, such as `Request approved`.
    pub activity_display_name: String,
    /// When it took effect.
    #[schema(value_type = String, format = DateTime)]
    pub activity_date_time: Timestamp,
    /// Always `Core Directory`.
    pub logged_by_service: String,
    /// Kind of change: `Add`, `Update`, `Delete` …; an open list, as in Graph.
    pub operation_type: String,
    /// Who did it.
    pub initiated_by: Initiator,
    /// What it was done to; the first is the `sar_`, `grt_` or `sr_` id.
    pub target_resources: Vec<TargetResource>,
    /// Further facts; keys include `supportRequestId`, `automatic` and `sequence`, the entry's place in the log from 0.
    pub additional_details: Vec<KeyValue>,
}

/// Who did it: exactly one member is not null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Initiator {
    /// A person.
    #[schema(required = true)]
    pub user: Option<UserIdentity>,
    /// The service, or a token without a person.
    #[schema(required = true)]
    pub app: Option<AppIdentity>,
}

/// A person in an audit entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserIdentity {
    /// Id of the person.
    pub id: String,
    /// Name; null once the tenant has erased the person.
    #[schema(required = true)]
    pub display_name: Option<String>,
    /// Sign-in name; null once the tenant has erased the person.
    #[schema(required = true)]
    pub user_principal_name: Option<String>,
    /// Address the act came from; null if none is known.
    #[schema(required = true)]
    pub ip_address: Option<String>,
}

/// A program in an audit entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppIdentity {
    /// Id of the application; null if it has none.
    #[schema(required = true)]
    pub app_id: Option<String>,
    /// Name.
    #[schema(required = true)]
    pub display_name: Option<String>,
    /// Id of its service account; null if it has none.
    #[schema(required = true)]
    pub service_principal_id: Option<String>,
    /// Name of its service account; null if it has none.
    #[schema(required = true)]
    pub service_principal_name: Option<String>,
}

/// A thing that an act was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetResource {
    /// Id of the thing.
    pub id: String,
    /// Name; null if it has none.
    #[schema(required = true)]
    pub display_name: Option<String>,
    /// Kind: `User`, `Role`, `Policy`, `Other` …
    #[serde(rename = "type")]
    pub kind: String,
    /// Sign-in name, for people.
    #[schema(required = true)]
    pub user_principal_name: Option<String>,
    /// Kind of group, for groups.
    #[schema(required = true)]
    pub group_type: Option<String>,
    /// What changed.
    pub modified_properties: Vec<ModifiedProperty>,
}

/// A property that changed. Values are texts; structured ones are JSON in a text, as in Graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModifiedProperty {
    /// Name of the property.
    pub display_name: String,
    /// Value before; null if there was none.
    #[schema(required = true)]
    pub old_value: Option<String>,
    /// Value after; null if there is none.
    #[schema(required = true)]
    pub new_value: Option<String>,
}

/// A further fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyValue {
    /// What it is.
    pub key: String,
    /// Its value as text.
    pub value: String,
}

wire_enum! {
    /// How an act went.
    AuditResult {
        /// As asked.
        Success = "success",
        /// Refused or failed.
        Failure = "failure",
        /// No answer in time.
        Timeout = "timeout",
        /// A result that this version does not know.
        UnknownFutureValue = "unknownFutureValue",
    }
}
