//! Reads of diagnostic data, and their refusals, as the log knows them. The record is durable before the data
//! leaves (`product.md`, promise 5).

use serde::{Deserialize, Serialize};

use crate::audit::{Activity, Event, ReadSummary};
use crate::decided::{Context, Decided, Draft, Write};
use crate::id::{AccessRequestId, GrantId, ReadId, SupportRequestId, TenantId};
use crate::permit::{ImportData, ReadData, RecordDenied};
use crate::person::EngineerCard;
use crate::personal::Personal;
use crate::scope::DataCategory;
use crate::time::Timestamp;

/// What one read returned, kept for the tenant that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadRecord {
    /// Its id.
    pub id: ReadId,
    /// Whose data was read.
    pub tenant: TenantId,
    /// For which case.
    pub support_request: SupportRequestId,
    /// The grant it rested on; none for a basic category of the support request tenant.
    pub grant: Option<GrantId>,
    /// The access request of that grant.
    pub access_request: Option<AccessRequestId>,
    /// Who read.
    pub engineer: EngineerCard,
    /// When.
    pub at: Timestamp,
    /// What kind of data.
    pub category: DataCategory,
    /// The query in canonical form, with the values that were typed.
    pub query: Personal,
    /// The whole values that were typed on masked properties, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub typed: Vec<TypedValue>,
    /// True ids of the records returned, in order.
    pub record_ids: Vec<String>,
    /// The properties returned, each masked or not.
    pub properties: Vec<PropertyRead>,
    /// Bytes of the answer's body.
    pub bytes: u64,
}

/// A whole value that the engineer typed on a masked property, and so may have guessed. It counts, hit or miss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TypedValue {
    /// Path of the property.
    pub property: String,
    /// The value as typed.
    pub value: Personal,
}

/// Most different values that may be typed on one property, under one grant (for basic reads: for one case), in one
/// clock hour (`diagnostics.md`, *Filters don't undo masks*).
pub const TYPED_VALUES_MAX: u64 = 20;

/// One property of a read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PropertyRead {
    /// Its path.
    pub name: String,
    /// Whether it left masked.
    pub masked: bool,
    /// Whether a value of it left in clear because its tenant approved that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revealed: bool,
}

/// Records a read. `records_root` is the RFC 6962 root, in hex, of the record ids.
pub fn record(read: ReadRecord, records_root: String, cx: &Context) -> Decided<ReadData> {
    let names = |masked: bool| {
        read.properties
            .iter()
            .filter(|property| property.masked == masked)
            .map(|property| property.name.clone())
            .collect()
    };
    let revealed = read.properties.iter().filter(|property| property.revealed);
    let summary = ReadSummary {
        revealed: revealed.map(|property| property.name.clone()).collect(),
        id: read.id,
        grant: read.grant,
        category: read.category,
        query: read.query.clone(),
        typed: read.typed.clone(),
        count: u64::try_from(read.record_ids.len()).unwrap_or(u64::MAX),
        bytes: read.bytes,
        clear: names(false),
        masked: names(true),
        records_root,
    };
    let target = read.grant.map_or_else(|| read.support_request.to_string(), |grant| grant.to_string());
    let case = read.support_request;
    let mut draft = Draft::new(cx);
    draft
        .entry(read.tenant, Activity::DataRead, target, Some(case))
        .event(Event::Read { read: Box::new(summary) })
        .put(Write::Read(Box::new(read)));
    draft.decided(case)
}

/// Equal refusals of one minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedReads {
    /// Whose log they go to.
    pub log: TenantId,
    /// Whose data was asked for.
    pub tenant: TenantId,
    /// For which case.
    pub support_request: SupportRequestId,
    /// What was asked for.
    pub category: DataCategory,
    /// The problem code of the answer.
    pub reason: String,
    /// When the last one was.
    pub at: Timestamp,
    /// How many.
    pub count: u64,
}

/// Records refused reads; the context's initiator is the engineer who tried.
pub fn record_denied(denied: DeniedReads, cx: &Context) -> Decided<RecordDenied> {
    let DeniedReads { log, tenant, support_request, category, reason, at, count } = denied;
    let mut draft = Draft::new(cx);
    draft
        .entry(log, Activity::DataReadDenied, support_request, Some(support_request))
        .refused(reason)
        .effective(at)
        .event(Event::ReadDenied { tenant, category, count });
    draft.decided(log)
}

/// Records that diagnostic data came in.
pub fn record_import(
    tenant: TenantId,
    imported: u64,
    already_present: u64,
    rejected: u64,
    cx: &Context,
) -> Decided<ImportData> {
    let mut draft = Draft::new(cx);
    draft.entry(tenant, Activity::DataImported, tenant, None).event(Event::Imported {
        imported,
        already_present,
        rejected,
    });
    draft.decided(tenant)
}
