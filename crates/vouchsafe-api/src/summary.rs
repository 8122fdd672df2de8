//! Counts of diagnostic objects, for plots.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire_enum::wire_enum;

wire_enum! {
    /// What objects are counted by.
    SummaryBy {
        /// Hour of the event, UTC.
        Hour = "hour",
        /// `status/errorCode`.
        ErrorCode = "errorCode",
        /// Application.
        App = "app",
        /// Person: a pseudonym where reads are masked.
        User = "user",
    }
}

/// How many objects there are for each value of one property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// What is counted, as an OData context URL.
    #[serde(rename = "@odata.context")]
    pub context: String,
    /// What it is counted by.
    pub by: SummaryBy,
    /// The counts: hours in order of time, everything else by falling count.
    pub value: Vec<SummaryRow>,
}

/// One value and its count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SummaryRow {
    /// The value: the start of the hour, the error code, the application's id, the person. Null where the property is
    /// absent.
    pub key: Option<String>,
    /// What people know the value by: the application's name, the sentence of the error code. Masked like the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How many objects have it; at least 1.
    pub count: u64,
}
