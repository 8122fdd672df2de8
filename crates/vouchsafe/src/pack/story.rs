//! What the proven entries of one case say, one after another. Written from the entries' format alone.

use std::collections::BTreeMap;

use serde_json::Value;

use super::entry::Proven;

/// Rows of reads, and of other steps, that a report shows at most.
pub(crate) const ROWS_MAX: usize = 2_000;

/// The case so far.
#[derive(Debug, Default)]
pub(crate) struct Story {
    /// The support request, if its tenant's log this is.
    pub(crate) case: Option<Case>,
    /// This tenant's record of each access request, by id.
    pub(crate) requests: BTreeMap<String, Side>,
    /// Grants by id.
    pub(crate) grants: BTreeMap<String, Granted>,
    /// The settings that the last change of them left.
    pub(crate) policy: Option<Value>,
    /// What happened, without reads; the first [`ROWS_MAX`].
    pub(crate) steps: Vec<Step>,
    /// What was read; the first [`ROWS_MAX`].
    pub(crate) reads: Vec<ReadRow>,
    /// All reads.
    pub(crate) reads_count: u64,
    /// All records that they returned.
    pub(crate) records_count: u64,
    /// Entries.
    pub(crate) entries: u64,
    /// Place of the first and the last.
    pub(crate) places: Option<(u64, u64)>,
}

/// A support request.
#[derive(Debug)]
pub(crate) struct Case {
    /// As it was opened, with later changes put in.
    pub(crate) request: Value,
    /// When it was closed, and how; `None` while open.
    pub(crate) closed: Option<(Value, Value)>,
    /// The last word on advanced diagnostics.
    pub(crate) consent: Option<Value>,
}

/// One side's record of an access request.
#[derive(Debug)]
pub(crate) struct Side {
    /// As it began.
    pub(crate) side: Value,
    /// The approval that stands or stood.
    pub(crate) approval: Option<Value>,
    /// The last event that ended it.
    pub(crate) end: Option<Value>,
}

/// A grant.
#[derive(Debug)]
pub(crate) struct Granted {
    /// As it began.
    pub(crate) grant: Value,
    /// Whether it is suspended on record.
    pub(crate) paused: bool,
    /// How it ended.
    pub(crate) end: Option<Value>,
}

/// Something that happened.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) place: u64,
    pub(crate) at: String,
    pub(crate) activity: String,
    pub(crate) by: Value,
}

/// A read.
#[derive(Debug)]
pub(crate) struct ReadRow {
    pub(crate) at: String,
    pub(crate) read: Value,
}

impl Story {
    /// Takes in the next entry.
    pub(crate) fn take(&mut self, proven: &Proven) {
        self.entries += 1;
        self.places = Some((self.places.map_or(proven.sequence, |(first, _)| first), proven.sequence));
        if let Some((_, read)) = proven.read() {
            self.reads_count += 1;
            self.records_count += read.get("count").and_then(Value::as_u64).unwrap_or_default();
            if self.reads.len() < ROWS_MAX {
                self.reads.push(ReadRow { at: proven.text("/activityDateTime").to_owned(), read });
            }
        } else if self.steps.len() < ROWS_MAX {
            let by = ["/initiatedBy/user/displayName", "/initiatedBy/app/displayName"];
            let by = by.into_iter().find_map(|pointer| proven.entry.pointer(pointer));
            self.steps.push(Step {
                place: proven.sequence,
                at: proven.text("/activityDateTime").to_owned(),
                activity: proven.text("/activityDisplayName").to_owned(),
                by: by.cloned().unwrap_or_default(),
            });
        }
        for change in proven.events() {
            self.change(change);
        }
    }

    fn change(&mut self, change: &Value) {
        let text = |member: &str| change.get(member).and_then(Value::as_str).unwrap_or_default();
        let event = change.get("event").unwrap_or(&Value::Null);
        match text("of") {
            "supportRequest" => self.case_event(event),
            "accessRequest" => self.request_event(text("id"), event),
            "grant" => self.grant_event(text("id"), event),
            "policyChanged" => self.policy = change.get("policy").cloned(),
            _ => {}
        }
    }

    fn case_event(&mut self, event: &Value) {
        let kind = kind(event);
        if kind == "opened" {
            let request = event.get("request").cloned().unwrap_or_default();
            self.case = Some(Case { request, closed: None, consent: None });
        }
        let Some(case) = &mut self.case else { return };
        let member = |name: &str| event.get(name).cloned().unwrap_or_default();
        match kind {
            "updated" => {
                for name in ["severity", "contact"] {
                    put(&mut case.request, name, member(name));
                }
                let more = member("resourceTenants").as_array().cloned().unwrap_or_default();
                if let Some(Value::Array(tenants)) = case.request.get_mut("resourceTenants") {
                    tenants.extend(more);
                }
            }
            "assigned" => put(&mut case.request, "assignment", member("assignment")),
            // Consent ends with the case.
            "closed" => (case.closed, case.consent) = (Some((member("at"), member("resolution"))), None),
            "reopened" => (case.closed, case.consent) = (None, None),
            kind if kind.starts_with("consent") => case.consent = Some(event.clone()),
            _ => {}
        }
    }

    fn request_event(&mut self, id: &str, event: &Value) {
        let kind = kind(event);
        if kind == "created" {
            let side = event.get("side").cloned().unwrap_or_default();
            self.requests.insert(id.to_owned(), Side { side, approval: None, end: None });
        }
        let Some(side) = self.requests.get_mut(id) else { return };
        match kind {
            "created" => {}
            "approved" => side.approval = event.get("approval").cloned(),
            "rejected" | "expired" | "cancelled" | "revoked" | "completed" if side.end.is_none() => {
                side.end = Some(event.clone());
            }
            _ => {}
        }
    }

    fn grant_event(&mut self, id: &str, event: &Value) {
        let kind = kind(event);
        if kind == "given" {
            let grant = event.get("grant").cloned().unwrap_or_default();
            self.grants.insert(id.to_owned(), Granted { grant, paused: false, end: None });
        }
        let Some(grant) = self.grants.get_mut(id) else { return };
        match kind {
            "paused" => grant.paused = true,
            "confirmed" => grant.paused = false,
            "ended" if grant.end.is_none() => grant.end = Some(event.clone()),
            _ => {}
        }
    }
}

/// What kind of event it is.
pub(crate) fn kind(event: &Value) -> &str {
    event.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// Puts in a member that changed; null is no change.
fn put(object: &mut Value, name: &str, value: Value) {
    if let (Some(members), false) = (object.as_object_mut(), value.is_null()) {
        members.insert(name.to_owned(), value);
    }
}
