//! The operator's check: whether database, tiles, checkpoints and heads file say the same (`evidence.md`).
//!
//! For each log: every entry has its place, its canonical bytes and its leaf hash; what opens its commitments opens them;
//! tiles and checkpoint are those of the entries, signed with the log's key; the entries keep the rules; and folding the
//! events once more gives every row, value for value: accounts and messages as well, and of the tenant what entries tell.
//! Of each cosignature: that it is of this log, and right where the witness's key is known. Reads only; says all that is
//! wrong, not just the first.

mod cosigned;
mod people;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};
use vouchsafe_core::access_request::AccessSide;
use vouchsafe_core::audit::{Event, ReadSummary};
use vouchsafe_core::data_collection::DataCollection;
use vouchsafe_core::grant::Grant;
use vouchsafe_core::id::{SupportRequestId, TenantId};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::reveal::Reveal;
use vouchsafe_core::support_request::{SupportRequest, SupportRequestEvent};
use vouchsafe_core::time::Timestamp;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::VerifierKey;
use vouchsafe_log::whole::LogCheck;
use vouchsafe_log::{commit, hex, leaf_hash, opening::COMMITMENT, root};
use vouchsafe_store::{Head, Heads, LogEntry, Reader, StoreError};

use self::cosigned::cosigned;
use self::people::{Accounts, TenantTold, Written, account_row, message_row, message_told};
use crate::{App, AppError};

/// Entries or rows that are looked at together.
const PAGE: u32 = 1_000;
/// Faults that are told; the rest is counted.
const FAULTS_MAX: usize = 100;

/// What the check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FsckReport {
    /// Logs that were looked at.
    pub logs: u64,
    /// Entries.
    pub entries: u64,
    /// Rows that were held against them.
    pub rows: u64,
    /// Entries whose values were erased in part, so that not all of their rows could be compared.
    pub erased: u64,
    /// What is wrong, at most a hundred of it.
    pub faults: Vec<String>,
    /// How much is wrong.
    pub faults_in_all: u64,
}

impl FsckReport {
    fn fault(&mut self, tenant: TenantId, what: impl std::fmt::Display) {
        self.faults_in_all += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(format!("log of {tenant}: {what}"));
        }
    }
}

/// Notes what an entry says last.
fn told<T>(place: &mut Option<T>, value: T) -> Result<(), String> {
    *place = Some(value);
    Ok(())
}

/// Rows by kind and id, each as JSON without the persons whose keys seal its values: an entry does not say whose they are.
type Rows = BTreeMap<(&'static str, String), Value>;

/// The rows that a log tells of.
#[derive(Default)]
struct Folded {
    cases: BTreeMap<String, SupportRequest>,
    sides: BTreeMap<String, AccessSide>,
    grants: BTreeMap<String, Grant>,
    reveals: BTreeMap<String, Reveal>,
    collections: BTreeMap<String, DataCollection>,
    accounts: Accounts,
    tenant: TenantTold,
    /// What is compared of each message.
    messages: BTreeMap<String, Value>,
    /// Count and root of each read's records.
    reads: BTreeMap<String, Value>,
    /// Rows of which an entry could not be opened: their texts are not compared.
    closed: BTreeSet<String>,
}

impl App {
    /// Checks every log. `heads` is the heads file, if there is one to compare with.
    ///
    /// # Errors
    /// [`AppError`] if the database or the file cannot be read at all.
    pub async fn fsck(&self, heads: Option<&Path>) -> Result<FsckReport, AppError> {
        self.fsck_with(heads, &[]).await
    }

    /// As [`App::fsck`], with the keys of witnesses: what those have signed is checked with them.
    ///
    /// # Errors
    /// As [`App::fsck`].
    pub async fn fsck_with(
        &self,
        heads: Option<&Path>,
        witnesses: &[VerifierKey],
    ) -> Result<FsckReport, AppError> {
        let heads = heads.map(Heads::open).transpose()?.flatten();
        let mut report = FsckReport::default();
        let mut reader = self.store.read()?;
        let mut tenants: BTreeSet<TenantId> = reader.tenants().await?.into_iter().collect();
        // A tenant whose row is gone has its log still.
        tenants.extend(reader.published_heads().await?.into_keys());
        drop(reader);
        for tenant in tenants {
            let mut reader = self.store.read()?;
            let mut folded = Folded::default();
            let size = entries(&mut reader, tenant, &mut folded, &mut report).await?;
            let promised = heads.as_ref().and_then(|heads| heads.get(tenant));
            published(&mut reader, tenant, size, promised, witnesses, &mut report).await?;
            rows(&mut reader, tenant, folded, &mut report).await?;
            report.logs += 1;
        }
        Ok(report)
    }
}

/// Every entry by itself, and what all of them tell. Gives their number.
async fn entries(
    reader: &mut Reader,
    tenant: TenantId,
    folded: &mut Folded,
    report: &mut FsckReport,
) -> Result<u64, AppError> {
    let mut place = 0;
    loop {
        let page = match reader.entries_from(tenant, place, PAGE).await {
            Ok(page) => page,
            Err(StoreError::Corrupt(what)) => {
                report.fault(tenant, format_args!("from entry {place} on: {what}"));
                break;
            }
            Err(error) => return Err(error.into()),
        };
        if page.is_empty() {
            break;
        }
        for entry in page {
            if entry.sequence != place {
                report.fault(tenant, format_args!("entry {place} is missing"));
                place = entry.sequence;
            }
            if let Err(what) = one(tenant, &entry) {
                report.fault(tenant, format_args!("entry {place}: {what}"));
            } else if let Err(what) = folded.entry(entry, report) {
                report.fault(tenant, format_args!("entry {place}: {what}"));
            }
            place += 1;
        }
    }
    let size = reader.entries_in_log(tenant).await?;
    if size != place {
        report.fault(tenant, format_args!("it should have {size} entries, but has {place}"));
    }
    report.entries += place;
    Ok(place)
}

/// An entry's bytes, leaf and openings.
fn one(tenant: TenantId, entry: &LogEntry) -> Result<(), String> {
    if vouchsafe_log::entry_bytes(&entry.entry).ok().as_deref() != Some(entry.bytes.as_slice()) {
        return Err("its bytes are not in canonical form".to_owned());
    }
    if entry.leaf != leaf_hash(&entry.bytes) {
        return Err("its leaf hash is not the one of its bytes".to_owned());
    }
    if entry.entry.get("sequence") != Some(&json!(entry.sequence)) {
        return Err("it says another sequence number".to_owned());
    }
    if entry.entry.get("tenantId") != Some(&json!(tenant)) {
        return Err("it is of another tenant".to_owned());
    }
    for (pointer, opening) in &entry.openings {
        let committed = entry.entry.pointer(&format!("{pointer}/{COMMITMENT}")).and_then(Value::as_str);
        let found = commit(&opening.salt, &opening.text).map(|hash| hex(&hash)).ok();
        if found.as_deref() != committed {
            return Err(format!("the value at {pointer} is not the one that it commits to"));
        }
    }
    Ok(())
}

impl Folded {
    /// Folds an entry's events, with what it commits to put in as far as it can be opened.
    fn entry(&mut self, entry: LogEntry, report: &mut FsckReport) -> Result<(), String> {
        let mut events = entry.entry.get("events").cloned().unwrap_or_default();
        let mut closed = false;
        open(&mut events, "/events", &entry, &mut closed);
        report.erased += u64::from(closed);
        let written = Written::of(&entry)?;
        let events: Vec<Event> =
            serde_json::from_value(events).map_err(|error| format!("its events cannot be read: {error}"))?;
        for event in events {
            self.event(event, &written, closed)?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event, written: &Written, closed: bool) -> Result<(), String> {
        let changed = match event {
            Event::SupportRequest { id, event } => {
                self.message(id, &event, written, closed);
                evolved(&mut self.cases, id, |row| SupportRequest::evolve(row, &event))?
            }
            Event::AccessRequest { id, event } => {
                evolved(&mut self.sides, id, |row| AccessSide::evolve(row, &event))?
            }
            Event::Grant { id, event } => evolved(&mut self.grants, id, |row| Grant::evolve(row, &event))?,
            Event::Reveal { id, event } => evolved(&mut self.reveals, id, |row| Reveal::evolve(row, &event))?,
            Event::DataCollection { id, event } => {
                evolved(&mut self.collections, id, |row| DataCollection::evolve(row, &event))?
            }
            Event::Read { read } => return self.read(&read),
            Event::TenantCreated { display_name } => {
                return told(&mut self.tenant.display_name, display_name);
            }
            Event::PolicyChanged { policy } => return told(&mut self.tenant.policy, policy),
            Event::RetentionChanged { retention } => return told(&mut self.tenant.retention, retention),
            Event::UserAdded { user, roles } => self.accounts.add(*user, roles)?,
            Event::UserChanged { user, display_name } => {
                self.accounts.change(user, |account| account.person.display_name = display_name)?
            }
            Event::UserDeleted { user } => self.accounts.delete(user, written.at)?,
            Event::UserErased { user } => self.accounts.erase(user)?,
            Event::EngineerChanged { user, location, expertise, profile } => {
                self.accounts.describe(user, location, expertise, *profile)?
            }
            Event::AccountEnabled { user, enabled } => {
                self.accounts.change(user, |account| account.person.active = enabled)?
            }
            Event::RoleAssigned { user, role, ends } => self.accounts.assign(user, role, ends)?,
            Event::RoleUnassigned { user, role } => {
                self.accounts.change(user, |account| account.roles.retain(|one| one.role != role))?
            }
            Event::PreviewShown { .. }
            | Event::ReadDenied { .. }
            | Event::Imported { .. }
            | Event::DataDeleted { .. }
            | Event::EnrolmentOffered { .. }
            | Event::PasskeyAdded { .. }
            | Event::PasskeyRemoved { .. }
            | Event::DecisionSigned { .. }
            | Event::PolicySigned { .. }
            | Event::AccountsLinked { .. }
            | Event::AccountLinkOffered { .. }
            | Event::AccountLinkAccepted { .. }
            | Event::AccountLinkConfirmed { .. }
            | Event::AccountLinkEnded { .. }
            | Event::RoleDefined { .. }
            | Event::RoleDeleted { .. }
            | Event::IdentityProviderDefined { .. }
            | Event::IdentityProviderDeleted { .. }
            | Event::IdentityLinked { .. }
            | Event::ApproversMissing { .. }
            | Event::DecisionReminded { .. }
            | Event::ProblemTypeChanged { .. }
            | Event::TokenIssued { .. }
            | Event::TokenRevoked { .. }
            | Event::LogKeyAdded { .. }
            | Event::LogHeadsAdopted { .. } => return Ok(()),
        };
        if closed {
            self.closed.insert(changed);
        }
        Ok(())
    }

    /// Notes what one read returned.
    fn read(&mut self, read: &ReadSummary) -> Result<(), String> {
        self.reads.insert(read.id.to_string(), json!({ "count": read.count, "root": read.records_root }));
        Ok(())
    }

    /// Notes the message that an event of a case tells of.
    fn message(
        &mut self,
        case: SupportRequestId,
        event: &SupportRequestEvent,
        written: &Written,
        closed: bool,
    ) {
        if let SupportRequestEvent::MessageAdded { message, body, from_engineer, attachments } = event {
            let told = message_told(case, (body, attachments), *from_engineer, written);
            self.messages.insert(message.to_string(), told);
            if closed {
                self.closed.insert(message.to_string());
            }
        }
    }

    /// The rows that the log tells of, and which of them were not wholly opened.
    fn rows(self, tenant: TenantId, now: Timestamp) -> (Rows, BTreeSet<String>) {
        fn all<R: Serialize>(rows: &mut Rows, kind: &'static str, told: BTreeMap<String, R>) {
            rows.extend(told.into_iter().map(|(id, row)| ((kind, id), comparable(&row))));
        }
        let mut rows = Rows::new();
        all(&mut rows, "support request", self.cases);
        all(&mut rows, "access request", self.sides);
        all(&mut rows, "grant", self.grants);
        all(&mut rows, "reveal", self.reveals);
        all(&mut rows, "data collection", self.collections);
        rows.extend(self.reads.into_iter().map(|(id, records)| (("read", id), records)));
        rows.extend(self.messages.into_iter().map(|(id, message)| (("message", id), message)));
        rows.extend(self.accounts.told(now).map(|(id, account)| (("account", id), account)));
        rows.extend(self.tenant.told().map(|told| (("tenant", tenant.to_string()), told)));
        (rows, self.closed)
    }
}

/// Folds an event into its row; gives the row's id.
fn evolved<R>(
    rows: &mut BTreeMap<String, R>,
    id: impl ToString,
    evolve: impl FnOnce(Option<R>) -> Option<R>,
) -> Result<String, String> {
    let id = id.to_string();
    let next = evolve(rows.remove(&id)).ok_or_else(|| format!("{id} changes, but never began"))?;
    rows.insert(id.clone(), next);
    Ok(id)
}

/// An entry does not say whose key seals a value, and rows are compared without it.
const NOBODY: &str = "usr_00000000000000000000000000000000";

/// Replaces the commitments below `place` of an entry by what opens them.
fn open(value: &mut Value, place: &str, entry: &LogEntry, closed: &mut bool) {
    match value {
        Value::Object(members) if members.len() == 1 && members.contains_key(COMMITMENT) => {
            let text = entry.openings.get(place).map(|opening| opening.text.as_str());
            *closed |= text.is_none();
            *value = json!({ Personal::MARKER: { "person": NOBODY, "text": text } });
        }
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                open(value, &format!("{place}/{name}"), entry, closed);
            }
        }
        Value::Array(items) => {
            for (number, value) in items.iter_mut().enumerate() {
                open(value, &format!("{place}/{number}"), entry, closed);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The heads file against a log that was published up to `until` and has `size` entries.
async fn held_against(
    reader: &mut Reader,
    tenant: TenantId,
    (until, size): (u64, u64),
    promised: Option<Head>,
    report: &mut FsckReport,
) -> Result<(), AppError> {
    match promised {
        Some(promised) if promised.size < until => {
            report
                .fault(tenant, format_args!("the heads file is older: {} of {until} entries", promised.size));
        }
        Some(promised) if promised.size > size => {
            report.fault(tenant, format_args!("{} entries were published, but it has {size}", promised.size));
        }
        Some(promised) => {
            let edge = reader.frontier(tenant, promised.size).await;
            if edge.is_ok_and(|edge| edge.root() != promised.root) {
                report.fault(
                    tenant,
                    format_args!("its first {} entries are not those that were published", promised.size),
                );
            }
        }
        None => {}
    }
    Ok(())
}

/// Tiles and checkpoint against the entries, and heads file and witnesses against both.
async fn published(
    reader: &mut Reader,
    tenant: TenantId,
    size: u64,
    promised: Option<Head>,
    witnesses: &[VerifierKey],
    report: &mut FsckReport,
) -> Result<(), AppError> {
    let Some(published) = reader.checkpoint(tenant).await? else {
        if let Some(promised) = promised {
            report.fault(
                tenant,
                format_args!("{} entries were published, but no checkpoint is stored", promised.size),
            );
        }
        return Ok(());
    };
    let Head { size: until, root } = published.head;
    if until > size {
        report.fault(tenant, format_args!("{until} entries were published, but it has {size}"));
        return Ok(());
    }
    held_against(reader, tenant, (until, size), promised, report).await?;
    cosigned(reader, tenant, &published, witnesses, report).await?;
    let mut keys = Vec::new();
    for key in reader.log_keys(tenant).await? {
        keys.extend(key.verifier_key.parse::<VerifierKey>().ok());
    }
    let signed = keys.iter().find_map(|key| Checkpoint::verified(&published.note, key, &[]).ok());
    let Some((checkpoint, _)) = signed else {
        report.fault(tenant, "no key of the log has signed its checkpoint");
        return Ok(());
    };
    if (checkpoint.size, checkpoint.root) != (until, root) {
        report.fault(tenant, "its checkpoint says another size or root than the database");
    }
    if let Err(what) = tiles(reader, tenant, checkpoint).await? {
        report.fault(tenant, what);
    }
    Ok(())
}

/// Every tile, as it would be served, and the rules.
async fn tiles(
    reader: &mut Reader,
    tenant: TenantId,
    checkpoint: Checkpoint,
) -> Result<Result<(), String>, AppError> {
    let mut check = match LogCheck::new(checkpoint, None) {
        Ok(check) => check,
        Err(fault) => return Ok(Err(fault.to_string())),
    };
    while let Some(tile) = check.next_tile() {
        let Some(bytes) = reader.tile_bytes(tenant, tile).await? else {
            return Ok(Err(format!("{tile} is not there")));
        };
        if let Err(fault) = check.take(&bytes) {
            return Ok(Err(fault.to_string()));
        }
    }
    Ok(check.end().map(drop).map_err(|fault| fault.to_string()))
}

/// The tenant itself against what its log tells of it.
async fn the_tenant(
    reader: &mut Reader,
    tenant: TenantId,
    folded: &mut Folded,
    report: &mut FsckReport,
) -> Result<(), AppError> {
    if let Some(row) = reader.tenant(tenant).await? {
        report.rows += 1;
        let differs = |told| difference(&told, &folded.tenant.row(&row), String::new());
        match folded.tenant.told().map(differs) {
            None => report.fault(tenant, "the tenant has no entry"),
            Some(Some(place)) => {
                report.fault(tenant, format_args!("the tenant is not what its entries say at {place}"));
            }
            Some(None) => {}
        }
        folded.tenant = TenantTold::default();
    }
    Ok(())
}

/// Every row against what the log tells of it.
async fn rows(
    reader: &mut Reader,
    tenant: TenantId,
    mut folded: Folded,
    report: &mut FsckReport,
) -> Result<(), AppError> {
    let now = reader.now();
    the_tenant(reader, tenant, &mut folded, report).await?;
    let (mut told, closed) = folded.rows(tenant, now);
    let mut compare = |kind: &'static str, id: String, mut found: Value, report: &mut FsckReport| {
        report.rows += 1;
        let Some(mut expected) = told.remove(&(kind, id.clone())) else {
            report.fault(tenant, format_args!("the {kind} {id} has no entry"));
            return;
        };
        if closed.contains(&id) {
            without_texts(&mut found);
            without_texts(&mut expected);
        }
        if let Some(place) = difference(&expected, &found, String::new()) {
            report.fault(tenant, format_args!("the {kind} {id} is not what its entries say at {place}"));
        }
    };
    macro_rules! each {
        ($kind:literal, $page:ident, $row:ident => $value:expr) => {
            let mut after = String::new();
            loop {
                let page = reader.$page(tenant, &after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = last.id.to_string();
                for $row in page {
                    compare($kind, $row.id.to_string(), $value, report);
                }
            }
        };
    }
    each!("support request", cases_after, row => comparable(&row));
    each!("access request", sides_after, row => comparable(&row));
    each!("grant", grants_after, row => comparable(&row));
    each!("reveal", reveals_after, row => comparable(&row));
    each!("data collection", collections_after, row => comparable(&row));
    each!("read", reads_after, row => json!({
        "count": row.record_ids.len(),
        "root": hex(&root(row.record_ids.iter().map(String::as_bytes))),
    }));
    let mut after = String::new();
    loop {
        let page = reader.accounts_after(tenant, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.person.id.to_string();
        for row in page {
            compare("account", row.person.id.to_string(), account_row(row, now), report);
        }
    }
    let mut after = (String::new(), String::new());
    loop {
        let page = reader.messages_after(tenant, (&after.0, &after.1), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = (last.support_request.to_string(), last.id.to_string());
        for row in page {
            compare("message", row.id.to_string(), message_row(&row), report);
        }
    }
    for ((kind, id), _) in told {
        report.fault(tenant, format_args!("the {kind} {id} stands in the log only"));
    }
    Ok(())
}

/// A row as JSON, a personal value being its text alone.
fn comparable(row: &impl Serialize) -> Value {
    fn texts(value: &mut Value) {
        match value {
            Value::Object(members) if members.contains_key(Personal::MARKER) => {
                let text = members.get(Personal::MARKER).and_then(|inner| inner.get("text"));
                *value = json!({ TEXT: text });
            }
            Value::Object(members) => members.values_mut().for_each(texts),
            Value::Array(items) => items.iter_mut().for_each(texts),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut value = serde_json::to_value(row).unwrap_or_default();
    texts(&mut value);
    value
}

/// The member that stands for a personal value while rows are compared.
const TEXT: &str = "$text";

/// Takes out what was erased, on both sides.
fn without_texts(value: &mut Value) {
    match value {
        Value::Object(members) if members.contains_key(TEXT) => *value = Value::Null,
        Value::Object(members) => members.values_mut().for_each(without_texts),
        Value::Array(items) => items.iter_mut().for_each(without_texts),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Where two values first differ, as an RFC 6901 pointer.
fn difference(expected: &Value, found: &Value, place: String) -> Option<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let names: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
            let absent = Value::Null;
            names.into_iter().find_map(|name| {
                let of = |members: &'_ serde_json::Map<String, Value>| members.get(name).cloned();
                let (expected, found) =
                    (of(expected).unwrap_or_default(), of(found).unwrap_or_else(|| absent.clone()));
                difference(&expected, &found, format!("{place}/{name}"))
            })
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let pairs = expected.iter().zip(found).enumerate();
            pairs
                .into_iter()
                .find_map(|(n, (expected, found))| difference(expected, found, format!("{place}/{n}")))
        }
        (expected, found) => (expected != found).then_some(place),
    }
}
