//! The envelope of every list.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One page of a list, as OData writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Collection<T> {
    /// What the list is, as an OData context URL: `…/v1.0/$metadata#…`.
    #[serde(rename = "@odata.context")]
    pub context: String,
    /// How many items all pages hold together; present only when `$count=true` asked for it.
    #[serde(rename = "@odata.count", default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The items of this page.
    pub value: Vec<T>,
    /// Address of the next page; absent on the last one. Opaque.
    #[serde(rename = "@odata.nextLink", default, skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
}
