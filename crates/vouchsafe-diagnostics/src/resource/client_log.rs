//! A line of a trace that a client uploaded: an authenticator app, a broker, a synchronisation agent. This product's own
//! type, since Graph has none.
//!
//! | property | type | holds |
//! |---|---|---|
//! | `id` | string | names the line |
//! | `createdDateTime` | time | when it was written |
//! | `clientName`, `clientVersion` | string | which client, such as `Microsoft Authenticator` |
//! | `level` | string | `verbose`, `information`, `warning`, `error` |
//! | `component`, `eventName` | string | where in the client, and what happened |
//! | `errorCode` | string | as the client writes it, such as `AADSTS50076` |
//! | `message` | string | free text |
//! | `userId`, `userPrincipalName`, `userDisplayName` | string | for whom |
//! | `appId`, `appDisplayName` | string | on the way to which app |
//! | `deviceDetail` | object | `deviceId`, `displayName`, `model`, `operatingSystem`, `isCompliant`, `isManaged`, `trustType` |
//! | `ipAddress`, `networkType` | string | from where |
//! | `correlationId`, `sessionId` | string | the same as in the sign-in that it led to |
//! | `attributes` | array of `key`, `value` | anything else, texts |
//!
//! Decisions on masks that are not obvious: messages and values of attributes hold whatever a programmer printed, so they
//! are personal; names of components and events, keys and error codes are the programmer's own, so they are plain.

use vouchsafe_core::scope::DataCategory;

use super::vocabulary::{
    ADDRESS, CORRELATION, DEVICE, EVENT, ID, PERSON_ID, PERSON_NAME, PERSON_UPN, PLAIN, SESSION, TEXT,
    correlation, no_sentence, of, shared,
};
use super::{Category, Column, Fold, Schema, Shape, Type};
use crate::mask::{Class, Registry};

pub(super) static SCHEMA: Schema = Schema {
    graph_type: "vouchsafe.clientLog",
    derived_types: &[],
    path: "vouchsafe/clientLogs",
    shape: Shape::Events { time: "createdDateTime" },
    categories: &[DataCategory::ClientLogs],
    category: Category::Always(DataCategory::ClientLogs),
    columns: &COLUMNS,
    people: &["userId", "userPrincipalName"],
    tenants: &[],
    signs: &[&["clientName", "message"], &["clientName", "eventName"]],
    masks: &MASKS,
};

static COLUMNS: [Column; 16] = [
    ID,
    correlation("correlationId"),
    shared("userId", "person", true),
    shared("userPrincipalName", "person", true),
    shared("userDisplayName", "person", true),
    shared("deviceDetail/deviceId", "device", true),
    shared("deviceDetail/displayName", "device", true),
    shared("clientName", "client", true),
    shared("clientVersion", "client", false),
    shared("component", "event", true),
    shared("eventName", "event", true),
    shared("level", "event", true),
    shared("errorCode", "event", true),
    shared("appId", "app", true),
    shared("appDisplayName", "app", true),
    of("ipAddress", Type::Text, Fold::Address, "address", true),
];

static MASKS: Registry = Registry::new(&ENTRIES, no_sentence);

static ENTRIES: [(&str, Class); 28] = [
    ("@odata.type", PLAIN),
    ("appDisplayName", PLAIN),
    ("appId", PLAIN),
    ("attributes/key", PLAIN),
    ("attributes/value", TEXT),
    ("clientName", PLAIN),
    ("clientVersion", PLAIN),
    ("component", PLAIN),
    ("correlationId", CORRELATION),
    ("createdDateTime", PLAIN),
    ("deviceDetail/deviceId", DEVICE),
    ("deviceDetail/displayName", TEXT),
    ("deviceDetail/isCompliant", PLAIN),
    ("deviceDetail/isManaged", PLAIN),
    ("deviceDetail/model", PLAIN),
    ("deviceDetail/operatingSystem", PLAIN),
    ("deviceDetail/trustType", PLAIN),
    ("errorCode", PLAIN),
    ("eventName", PLAIN),
    ("id", EVENT),
    ("ipAddress", ADDRESS),
    ("level", PLAIN),
    ("message", TEXT),
    ("networkType", PLAIN),
    ("sessionId", SESSION),
    ("userDisplayName", PERSON_NAME),
    ("userId", PERSON_ID),
    ("userPrincipalName", PERSON_UPN),
];
