//! Audit entries: from a draft to canonical bytes in a tenant's log, and back for readers (`evidence.md`, *Format*).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vouchsafe_core::audit::{EntryDraft, Initiator, Outcome};
use vouchsafe_core::decided::Notice;
use vouchsafe_core::id::{EntryId, Id as _, OutboxId, TenantId, UserId, uuid_v7};

use crate::document::{Found, damaged, people_in, replace_personal};
use crate::error::StoreError;
use crate::session::Session;
use crate::sql::{self, Row, values};
use crate::work::Work;

/// Version of the entry format. A new version never changes what entries of an older one mean.
const ENTRY_VERSION: u32 = 1;
/// The member that stands in an entry for a committed value.
const COMMITTED: &str = "$sha256";

/// An entry of a tenant's log as its readers see it.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// Its place in the log, from 0 on, without gaps.
    pub sequence: u64,
    /// The entry as it stands in the log, with commitments.
    pub entry: Value,
    /// The committed values by RFC 6901 pointer; `None` once the person was erased.
    pub openings: BTreeMap<String, Option<String>>,
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
            Some(opened) => opened.as_deref(),
            None => self.entry.pointer(pointer).and_then(Value::as_str),
        }
    }
}

/// A committed value with its salt, sealed beside the entry.
#[derive(serde::Serialize, serde::Deserialize)]
struct Opening {
    pointer: String,
    person: UserId,
    sealed: String,
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
        let mut entry = entry_json(draft, sequence, id, &correlation)?;
        let openings = self.commit_personal(tenant, id, &mut entry).await?;
        let bytes = vouchsafe_log::entry_bytes(&entry)?;
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
            bytes,
            serde_json::to_vec(&openings).map_err(damaged)?,
            leaf.to_vec(),
        ];
        self.execute(sql::INSERT_ENTRY, &parameters).await?;
        let moved = self.execute(sql::SET_LOG_SIZE, &values![sequence + 1, tenant, sequence]).await?;
        if moved != 1 {
            return Err(StoreError::VersionConflict("the log head"));
        }
        self.heads.insert(tenant, sequence + 1);
        Ok(())
    }

    /// Puts a notice into the outbox.
    pub(crate) async fn notify(&mut self, notice: Notice) -> Result<(), StoreError> {
        let id: OutboxId = self.new_id(notice.tenant);
        let parameters = values![notice.tenant, id, notice.topic, notice.subject, self.now()];
        self.execute(sql::INSERT_OUTBOX, &parameters).await?;
        Ok(())
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

    /// Replaces personal values by salted commitments; gives their sealed openings.
    async fn commit_personal(
        &mut self,
        tenant: TenantId,
        id: EntryId,
        entry: &mut Value,
    ) -> Result<Vec<Opening>, StoreError> {
        for person in people_in(entry)? {
            self.ensure_key(tenant, person).await?;
        }
        let mut openings = Vec::new();
        replace_personal(entry, &mut |Found { pointer, person, inner }| {
            let text = inner.get("text").and_then(Value::as_str).unwrap_or_default();
            let mut salt = [0; vouchsafe_log::SALT_BYTES];
            self.random(tenant, &mut salt);
            let commitment = vouchsafe_log::commit(&salt, text)?;
            let plain = format!("{}{text}", vouchsafe_log::hex(&salt));
            let sealed = self.seal_text(tenant, person, &plain, &format!("{id}{pointer}"))?;
            openings.push(Opening { pointer: pointer.to_owned(), person, sealed });
            Ok(json!({ COMMITTED: vouchsafe_log::hex(&commitment) }))
        })?;
        Ok(openings)
    }
}

/// The entry's JSON with personal values still in it.
fn entry_json(
    draft: &EntryDraft,
    sequence: u64,
    id: EntryId,
    correlation: &str,
) -> Result<Value, StoreError> {
    let (result, reason) = outcome(&draft.outcome);
    let initiated_by = match &draft.initiated_by {
        Initiator::Service => json!({ "app": { "displayName": "Vouchsafe" } }),
        Initiator::User(person) => json!({ "user": {
            "id": person.id,
            "displayName": person.display_name,
            "userPrincipalName": person.user_principal_name,
        }}),
    };
    Ok(json!({
        "version": ENTRY_VERSION,
        "tenantId": draft.tenant,
        "sequence": sequence,
        "id": id,
        "activityDateTime": draft.at,
        "activityDisplayName": draft.activity.name(),
        "category": draft.activity.category().name(),
        "operationType": draft.activity.operation(),
        "result": result,
        "resultReason": reason,
        "correlationId": correlation,
        "initiatedBy": initiated_by,
        "target": draft.target,
        "supportRequestId": draft.support_request,
        "automatic": draft.automatic,
        "events": serde_json::to_value(&draft.events).map_err(damaged)?,
    }))
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
        let stored: Vec<Opening> = serde_json::from_slice(&row.bytes(2)?).map_err(damaged)?;
        let leaf = vouchsafe_log::Hash::try_from(row.bytes(3)?.as_slice())
            .map_err(|_| StoreError::Corrupt("a leaf hash has a wrong length".to_owned()))?;
        let id = entry.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut openings = BTreeMap::new();
        for Opening { pointer, person, sealed } in stored {
            self.find_key(tenant, person).await?;
            let what = format!("{id}{pointer}");
            let plain = self.open_text(tenant, person, &sealed, &what)?;
            let text = plain.and_then(|plain| plain.get(vouchsafe_log::SALT_BYTES * 2..).map(str::to_owned));
            openings.insert(pointer, text);
        }
        Ok(LogEntry { sequence, entry, openings, leaf, bytes })
    }
}
