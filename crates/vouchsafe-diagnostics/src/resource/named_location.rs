//! Microsoft Graph `ipNamedLocation` and `countryNamedLocation`, v1.0: the kinds of `namedLocation`.
//!
//! Everything is plain, address ranges too: they are the organisation's networks, and the question why a sign-in was not
//! seen as coming from one of them is answered by comparing them with the network that a masked address still shows.

use vouchsafe_core::scope::DataCategory;

use super::vocabulary::{ID, PLAIN, no_sentence, of, reference};
use super::{Category, Column, Fold, Schema, Shape, Type};
use crate::mask::{Class, Registry};

pub(super) static SCHEMA: Schema = Schema {
    graph_type: "microsoft.graph.namedLocation",
    derived_types: &["microsoft.graph.ipNamedLocation", "microsoft.graph.countryNamedLocation"],
    path: "identity/conditionalAccess/namedLocations",
    shape: Shape::Objects,
    categories: &[DataCategory::ServiceConfiguration],
    category: Category::Always(DataCategory::ServiceConfiguration),
    columns: &COLUMNS,
    people: &[],
    tenants: &[],
    signs: &[&["ipRanges"], &["countriesAndRegions"]],
    masks: &MASKS,
};

static COLUMNS: [Column; 3] =
    [ID, reference("displayName"), of("isTrusted", Type::Bool, Fold::None, "trust", false)];

static MASKS: Registry = Registry::new(&ENTRIES, no_sentence);

static ENTRIES: [(&str, Class); 14] = [
    ("@odata.type", PLAIN),
    ("countriesAndRegions", PLAIN),
    ("countryLookupMethod", PLAIN),
    ("createdDateTime", PLAIN),
    ("deletedDateTime", PLAIN),
    ("displayName", PLAIN),
    ("id", PLAIN),
    ("includeUnknownCountriesAndRegions", PLAIN),
    ("ipRanges/@odata.type", PLAIN),
    ("ipRanges/cidrAddress", PLAIN),
    ("ipRanges/lowerAddress", PLAIN),
    ("ipRanges/upperAddress", PLAIN),
    ("isTrusted", PLAIN),
    ("modifiedDateTime", PLAIN),
];
