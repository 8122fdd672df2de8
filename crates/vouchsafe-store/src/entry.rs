//! Audit entries: from a draft to canonical bytes in a tenant's log, and back for readers (`evidence.md`, *Format*).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use vouchsafe_core::audit::{EntryDraft, Event, Initiator, Outcome};
use vouchsafe_core::decided::Notice;
use vouchsafe_core::id::{EntryId, Id as _, OutboxId, SupportRequestId, TenantId, UserId, uuid_v7};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::time::Timestamp;
use vouchsafe_log::opening::Opening;

use crate::canonical::{self, Gap, Order};
use crate::document::damaged;
use crate::error::StoreError;
use crate::opening::Committed;
use crate::session::Session;
use crate::sql::{self, Row, values};
use crate::work::Work;

/// Version of the entry format. A new version never changes what entries of an older one mean.
const ENTRY_VERSION: u32 = 1;

/// An entry of a tenant's log as its readers see it.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// Its place in the log, from 0 on, without gaps.
    pub sequence: u64,
    /// The entry as it stands in the log, with commitments.
    pub entry: Value,
    /// The committed values by RFC 6901 pointer, without those of people who were erased.
    pub openings: BTreeMap<String, Opening>,
    /// RFC 6962 leaf hash of the canonical bytes.
    pub leaf: vouchsafe_log::Hash,
    /// The canonical bytes.
    pub bytes: Vec<u8>,
}

impl LogEntry {
    /// The text at a pointer, whether it stands in clear or was committed. `None` if absent or erased.
    #[must_use]
    pub fn text(&self, pointer: &str) -> Option<&str> {
        match self.openings.get(pointer) {
            Some(opened) => Some(&opened.text),
            None => self.entry.pointer(pointer).and_then(Value::as_str),
        }
    }
}

/// An entry's members in RFC 8785 order; `events` and what stands in them is sorted as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    activity_date_time: Timestamp,
    activity_display_name: &'static str,
    automatic: bool,
    category: &'static str,
    correlation_id: &'a str,
    events: &'a [Event],
    id: EntryId,
    initiated_by: By<'a>,
    operation_type: &'static str,
    result: &'static str,
    result_reason: &'a str,
    sequence: u64,
    support_request_id: Option<SupportRequestId>,
    target: &'a str,
    tenant_id: TenantId,
    version: u32,
}

/// Who did it, in an entry.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum By<'a> {
    #[serde(rename_all = "camelCase")]
    App { display_name: &'static str },
    #[serde(rename_all = "camelCase")]
    User { display_name: &'a Personal, id: UserId, user_principal_name: &'a Personal },
}

impl Work {
    /// Appends an entry to its tenant's log, whose head this unit of work has locked.
    pub(crate) async fn append(&mut self, draft: &EntryDraft) -> Result<(), StoreError> {
        let tenant = draft.tenant;
        let Some(sequence) = self.heads.get(&tenant).copied() else {
            return Err(StoreError::NotLocked(tenant.to_string()));
        };
        let id = self.new_entry_id(tenant, sequence);
        let correlation = self.correlation(tenant);
        let written = canonical::write(&entry_of(draft, sequence, id, &correlation), Order::Canonical)?;
        for person in written.people() {
            self.ensure_key(tenant, person).await?;
        }
        let mut committed = Vec::new();
        let bytes = written.filled(|Gap { pointer, person, text, .. }, out| {
            let mut salt = [0; vouchsafe_log::SALT_BYTES];
            self.random(tenant, &mut salt);
            let text = text.unwrap_or_default();
            let commitment = vouchsafe_log::hex(&vouchsafe_log::commit(&salt, &text)?);
            out.extend_from_slice(br#"{"$sha256":""#);
            out.extend_from_slice(commitment.as_bytes());
            out.extend_from_slice(br#""}"#);
            if self.has_key(tenant, person) {
                committed.push(Committed { pointer, person, salt, text });
            }
            Ok(())
        })?;
        vouchsafe_log::check_length(&bytes)?;
        let openings = self.sealed_openings(tenant, id, committed)?;
        let leaf = vouchsafe_log::leaf_hash(&bytes);
        let parameters = values![
            tenant,
            sequence,
            id,
            draft.at,
            draft.activity.name(),
            draft.activity.category().name(),
            outcome(&draft.outcome).0,
            correlation,
            initiator_id(&draft.initiated_by),
            draft.target.as_str(),
            draft.support_request,
            bytes,
            openings,
            leaf.to_vec(),
        ];
        self.execute(sql::INSERT_ENTRY, parameters).await?;
        self.heads.insert(tenant, sequence + 1);
        if draft.activity.may_change_access() {
            self.changed.insert(tenant);
        }
        Ok(())
    }

    /// Puts notices into the outbox, two rows a statement.
    pub(crate) async fn notify(&mut self, notices: Vec<Notice>) -> Result<(), StoreError> {
        let at = self.now();
        let mut rows = notices.into_iter();
        while let Some(Notice { tenant, topic, subject }) = rows.next() {
            let id = self.new_outbox_id(tenant);
            let Some(next) = rows.next() else {
                self.execute(sql::INSERT_OUTBOX, values![tenant, id, topic, subject, at]).await?;
                break;
            };
            let next_id = self.new_outbox_id(next.tenant);
            let pair =
                values![tenant, id, topic, subject, at, next.tenant, next_id, next.topic, next.subject, at];
            self.execute(sql::INSERT_OUTBOX_PAIR, pair).await?;
        }
        Ok(())
    }

    /// An outbox item's id sorts by the microsecond of its unit of work, so that what is written together lies together.
    /// The fraction of the millisecond stands in the twelve bits after it (RFC 9562 section 6.2, method 3).
    fn new_outbox_id(&self, tenant: TenantId) -> OutboxId {
        let mut random = [0; 10];
        self.random(tenant, &mut random);
        let within = u16::try_from(self.now().as_micros().rem_euclid(1_000)).unwrap_or_default();
        // 999 thousandths of 2^12 are below 2^12.
        let fraction = u32::from(within) * 4_096 / 1_000;
        random
            .iter_mut()
            .zip(fraction.to_be_bytes().into_iter().skip(2))
            .for_each(|(byte, part)| *byte = part);
        OutboxId::from_uuid(uuid_v7(self.now(), random))
    }

    /// An entry's id sorts by its place in the log among those of one instant: lists sort by time, then by id.
    /// The sequence number is the counter of RFC 9562 section 6.2, method 1.
    fn new_entry_id(&self, tenant: TenantId, sequence: u64) -> EntryId {
        let mut random = [0; 10];
        self.random(tenant, &mut random);
        let counter = [0, 0, 0].into_iter().chain(sequence.to_be_bytes().into_iter().skip(4));
        random.iter_mut().zip(counter).for_each(|(byte, count)| *byte = count);
        EntryId::from_uuid(uuid_v7(self.now(), random))
    }

    fn correlation(&mut self, tenant: TenantId) -> String {
        if let Some(correlation) = self.correlations.get(&tenant) {
            return correlation.clone();
        }
        let drawn: TenantId = self.new_id(tenant);
        let correlation = drawn.uuid().hyphenated().to_string();
        self.correlations.insert(tenant, correlation.clone());
        correlation
    }
}

/// The entry's members, with personal values still in them.
fn entry_of<'a>(draft: &'a EntryDraft, sequence: u64, id: EntryId, correlation_id: &'a str) -> Entry<'a> {
    let (result, result_reason) = outcome(&draft.outcome);
    let initiated_by = match &draft.initiated_by {
        Initiator::Service => By::App { display_name: "Vouchsafe" },
        Initiator::User(person) => By::User {
            display_name: &person.display_name,
            id: person.id,
            user_principal_name: &person.user_principal_name,
        },
    };
    Entry {
        activity_date_time: draft.at,
        activity_display_name: draft.activity.name(),
        automatic: draft.automatic,
        category: draft.activity.category().name(),
        correlation_id,
        events: &draft.events,
        id,
        initiated_by,
        operation_type: draft.activity.operation(),
        result,
        result_reason,
        sequence,
        support_request_id: draft.support_request,
        target: &draft.target,
        tenant_id: draft.tenant,
        version: ENTRY_VERSION,
    }
}

fn outcome(outcome: &Outcome) -> (&'static str, &str) {
    match outcome {
        Outcome::Success => ("success", ""),
        Outcome::Failure { reason } => ("failure", reason),
    }
}

fn initiator_id(initiator: &Initiator) -> Option<UserId> {
    match initiator {
        Initiator::User(person) => Some(person.id),
        Initiator::Service => None,
    }
}

impl Session {
    /// One entry of a tenant's log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn entry(&mut self, tenant: TenantId, id: EntryId) -> Result<Option<LogEntry>, StoreError> {
        match self.query_one(sql::ENTRY, &values![tenant, id]).await? {
            Some(row) => self.log_entry(tenant, row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Entries of a tenant's log in order, from a sequence number on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn entries_from(
        &mut self,
        tenant: TenantId,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let rows = self.query(sql::ENTRIES_FROM, &values![tenant, sequence, i64::from(limit)]).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            entries.push(self.log_entry(tenant, row).await?);
        }
        Ok(entries)
    }

    /// Builds an entry from the columns sequence, entry, openings, leaf.
    pub(crate) async fn log_entry(&mut self, tenant: TenantId, mut row: Row) -> Result<LogEntry, StoreError> {
        let (sequence, bytes) = (row.count(0)?, row.bytes(1)?);
        let entry: Value = serde_json::from_slice(&bytes).map_err(damaged)?;
        let stored = row.bytes(2)?;
        let leaf = vouchsafe_log::Hash::try_from(row.bytes(3)?.as_slice())
            .map_err(|_| StoreError::Corrupt("a leaf hash has a wrong length".to_owned()))?;
        let id: EntryId = entry
            .get("id")
            .and_then(|id| id.as_str()?.parse().ok())
            .ok_or_else(|| StoreError::Corrupt("an entry has no id".to_owned()))?;
        let openings = self.opened_openings(tenant, id, &stored).await?;
        Ok(LogEntry { sequence, entry, openings, leaf, bytes })
    }
}
