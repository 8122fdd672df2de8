//! A measurement of the service. This product's own type, since Graph has none.
//!
//! | property | type | holds |
//! |---|---|---|
//! | `id` | string | names the measurement |
//! | `createdDateTime` | time | when it was taken |
//! | `service`, `component`, `operation`, `region` | string | what was measured, and where |
//! | `metric`, `value`, `unit` | string, number, string | the measurement, such as `tokenLatency`, 187, `milliseconds` |
//! | `count`, `durationInMilliseconds` | whole number | how many events, and over which time |
//! | `status` | string | `healthy`, `degraded`, `unhealthy` |
//! | `errorCode`, `message` | string | of a failure |
//! | `systemId` | string | which instance of the service, or which agent |
//! | `userId`, `deviceId`, `correlationId` | string | where one event was measured |
//!
//! Decisions on masks that are not obvious: telemetry names nobody by itself, but ids in it join with the other logs, so
//! they are pseudonyms, those of systems too; a message is free text, so it is personal.

use vouchsafe_core::scope::DataCategory;

use super::vocabulary::{
    CORRELATION, DEVICE, EVENT, ID, PERSON_ID, PLAIN, SESSION, TEXT, correlation, no_sentence, shared,
};
use super::{Category, Column, Schema, Shape};
use crate::mask::{Class, Registry};

pub(super) static SCHEMA: Schema = Schema {
    graph_type: "vouchsafe.healthTelemetry",
    derived_types: &[],
    path: "vouchsafe/healthTelemetry",
    shape: Shape::Events { time: "createdDateTime" },
    categories: &[DataCategory::HealthTelemetry],
    category: Category::Always(DataCategory::HealthTelemetry),
    columns: &COLUMNS,
    people: &["userId"],
    tenants: &[],
    signs: &[&["metric", "value"]],
    masks: &MASKS,
};

static COLUMNS: [Column; 12] = [
    ID,
    correlation("correlationId"),
    shared("service", "source", true),
    shared("component", "source", true),
    shared("operation", "source", true),
    shared("metric", "source", true),
    shared("status", "outcome", true),
    shared("errorCode", "outcome", true),
    shared("region", "region", true),
    shared("systemId", "system", true),
    shared("userId", "person", true),
    shared("deviceId", "device", true),
];

static MASKS: Registry = Registry::new(&ENTRIES, no_sentence);

static ENTRIES: [(&str, Class); 19] = [
    ("@odata.type", PLAIN),
    ("component", PLAIN),
    ("correlationId", CORRELATION),
    ("count", PLAIN),
    ("createdDateTime", PLAIN),
    ("deviceId", DEVICE),
    ("durationInMilliseconds", PLAIN),
    ("errorCode", PLAIN),
    ("id", EVENT),
    ("message", TEXT),
    ("metric", PLAIN),
    ("operation", PLAIN),
    ("region", PLAIN),
    ("service", PLAIN),
    ("status", PLAIN),
    ("systemId", SESSION),
    ("unit", PLAIN),
    ("userId", PERSON_ID),
    ("value", PLAIN),
];
