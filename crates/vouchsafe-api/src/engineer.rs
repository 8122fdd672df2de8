//! The provider's engineers, as assignment knows them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vouchsafe_core::id::{TenantId, UserId};
use vouchsafe_core::time::Timestamp;

use crate::body::{not_null, nullable_object, objects};
use crate::wire_enum::wire_enum;

/// An engineer with what is open now. For the provider's managers and administrators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Engineer {
    /// The `usr_` id.
    #[schema(value_type = String)]
    pub id: UserId,
    /// The name.
    pub display_name: String,
    /// Whether the account may do anything.
    pub account_enabled: bool,
    /// Where the engineer works; what a customer's `engineerRules/regions` is held against.
    pub region: String,
    /// Declared problem types. A parent covers its children.
    pub declared_expertise: Vec<String>,
    /// Languages spoken, primary tags in small letters; empty for any.
    pub languages: Vec<String>,
    /// Clearances held.
    pub clearances: Vec<String>,
    /// Tenants that the engineer must have nothing to do with.
    #[schema(value_type = Vec<String>)]
    pub conflicts: Vec<TenantId>,
    /// Working hours; null for always.
    #[schema(required = true)]
    pub hours: Option<WorkingHours>,
    /// How many cases may be open when one more comes; null for any number.
    #[schema(required = true)]
    pub load_caps: Option<LoadCaps>,
    /// Cases open now.
    pub open_cases: u32,
    /// When a case was last assigned to the engineer; null if never.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub last_assigned_date_time: Option<Timestamp>,
}

/// Working hours of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkingHours {
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: String,
    /// The spans; none is never on shift.
    #[serde(deserialize_with = "objects")]
    pub week: Vec<WorkingSpan>,
    /// Days without work, `YYYY-MM-DD`.
    #[serde(default)]
    pub days_off: Vec<String>,
}

/// A span of working time. If `until` is not after `from`, it lies on the next day; equal times are a whole day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkingSpan {
    /// The day on which it begins.
    pub weekday: Weekday,
    /// `HH:MM` by the clock of the zone.
    pub from: String,
    /// `HH:MM` by the clock of the zone.
    pub until: String,
}

/// An engineer who has this many cases open gets no further one of that severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoadCaps {
    /// For a critical request.
    pub critical: u32,
    /// For a moderate one.
    pub moderate: u32,
    /// For a minimal one.
    pub minimal: u32,
}

wire_enum! {
    /// A day of the week.
    Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

/// Body of `PATCH /support/engineers/{id}`. Absent members stay as they are; null takes hours or caps away, and is an
/// error elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateEngineer {
    /// False ends everything that the account may do, at once; its open cases find their next engineer.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub account_enabled: Option<bool>,
    /// Where the engineer works. Customers see it, and hold their rules against it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub region: Option<String>,
    /// Declared problem types, the whole list from now on.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub declared_expertise: Option<Vec<String>>,
    /// Languages spoken, the whole list from now on.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub languages: Option<Vec<String>>,
    /// Clearances held, the whole list from now on.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub clearances: Option<Vec<String>>,
    /// Tenants to have nothing to do with, the whole list from now on.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>, required = false)]
    pub conflicts: Option<Vec<TenantId>>,
    /// Working hours from now on; null for always.
    #[serde(default, deserialize_with = "nullable_object", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<WorkingHours>, required = false)]
    pub hours: Option<Option<WorkingHours>>,
    /// Load caps from now on; null for none.
    #[serde(default, deserialize_with = "nullable_object", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<LoadCaps>, required = false)]
    pub load_caps: Option<Option<LoadCaps>>,
}
