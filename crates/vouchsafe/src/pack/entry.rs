//! One entry that a receipt proves.

use serde_json::{Value, json};
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::opening::{COMMITMENT, Enclosed};
use vouchsafe_log::policy::Policy;
use vouchsafe_log::receipt::Receipt;

/// An entry, and the checkpoint that it stands under.
pub(crate) struct Proven {
    /// Its id.
    pub(crate) id: String,
    /// Its place in the log.
    pub(crate) sequence: u64,
    /// With the values that it commits to put in; those of erased people stay commitments.
    pub(crate) entry: Value,
    /// Its bytes in the log.
    pub(crate) bytes: String,
    /// For a read: the ids of the records.
    pub(crate) record_ids: Option<Vec<String>>,
    /// What the log's key has signed.
    pub(crate) checkpoint: Checkpoint,
    /// Id of that key, in hex.
    pub(crate) key: String,
    /// Witnesses that have seen the checkpoint.
    pub(crate) witnesses: Vec<String>,
    /// Values that were erased.
    pub(crate) erased: usize,
}

impl Proven {
    /// Checks a receipt with nothing but a policy.
    pub(crate) fn of(receipt: &str, policy: &Policy) -> Result<Self, String> {
        let receipt: Receipt = receipt.parse().map_err(said)?;
        let extra = receipt.extra.as_deref().ok_or("it does not enclose its entry")?;
        let enclosed = Enclosed::from_bytes(extra).map_err(said)?;
        let (checkpoint, trusted) = receipt.verify(enclosed.entry.as_bytes(), policy).map_err(said)?;
        let entry = enclosed.verify().map_err(said)?;
        let id = entry.get("id").and_then(Value::as_str).ok_or("the entry has no id")?.to_owned();
        if entry.get("sequence").and_then(Value::as_u64) != Some(receipt.index) {
            return Err("the entry's number is not its place in the log".to_owned());
        }
        let committed = enclosed.entry.matches(COMMITMENT).count();
        Ok(Self {
            id,
            sequence: receipt.index,
            entry,
            record_ids: enclosed.record_ids,
            checkpoint,
            key: vouchsafe_log::hex(&trusted.log.id()),
            witnesses: trusted.witnesses.iter().map(|witness| witness.key.name().to_owned()).collect(),
            erased: committed.saturating_sub(enclosed.openings.len()),
            bytes: enclosed.entry,
        })
    }

    /// A text of the entry; empty if it has none.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.entry.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// What changed.
    pub(crate) fn events(&self) -> impl Iterator<Item = &Value> {
        self.entry.get("events").and_then(Value::as_array).into_iter().flatten()
    }

    /// Whether it is of a passkey, or of somebody who lost all: what signatures are checked with.
    pub(crate) fn is_about_passkeys(&self) -> bool {
        let kinds = ["passkeyAdded", "passkeyRemoved", "userDeleted", "userErased"];
        let mut events = self.events().peekable();
        let of =
            |event: &Value| event.get("of").and_then(Value::as_str).is_some_and(|of| kinds.contains(&of));
        events.peek().is_some() && events.all(of)
    }

    /// Checks that a signed decision names the people whom the approved scope names, where those are not erased.
    pub(crate) fn names_whom_it_signs(&self) -> Result<(), String> {
        let Some(decision) = self.events().find_map(|event| event.get("decision")) else { return Ok(()) };
        let digest = decision.pointer("/statement/scope/usersDigest").and_then(Value::as_str);
        let Some(digest) = digest else { return Ok(()) };
        let scope = |event: &&Value| {
            event.pointer("/event/approval/scope").or(event.pointer("/event/scope")).is_some()
        };
        let users = self.events().find(scope).and_then(|event| {
            event.pointer("/event/approval/scope/filter/users").or(event.pointer("/event/scope/filter/users"))
        });
        let users: Option<Vec<&str>> =
            users.and_then(Value::as_array).and_then(|list| list.iter().map(Value::as_str).collect());
        let salt = decision.get("usersSalt").and_then(Value::as_str);
        let (Some(users), Some(salt)) = (users, salt) else { return Ok(()) };
        match vouchsafe_log::replay::decision::users_digest(salt, &users) {
            Ok(made) if made == digest => Ok(()),
            Ok(_) | Err(_) => Err("other people were signed than those it names".to_owned()),
        }
    }

    /// The read that it records, in the shape of the API's read records; `None` if it records none.
    pub(crate) fn read(&self) -> Option<(String, Value)> {
        let read = self.events().find_map(|event| event.get("read"))?;
        let id = read.get("id")?.as_str()?.to_owned();
        let names = |member: &str| -> Vec<&Value> {
            read.get(member).and_then(Value::as_array).into_iter().flatten().collect()
        };
        let revealed = names("revealed");
        let property = |name: &Value, masked: bool| json!({ "name": name, "masked": masked, "revealed": revealed.contains(&name) });
        let clear = names("clear").into_iter().map(|name| property(name, false));
        let properties: Vec<Value> =
            clear.chain(names("masked").into_iter().map(|name| property(name, true))).collect();
        let whole = json!({
            "id": id,
            "auditEntryId": self.id,
            "grantId": read.get("grant"),
            "dataCategory": read.get("category"),
            "engineer": {
                "id": self.entry.pointer("/initiatedBy/user/id"),
                "displayName": self.entry.pointer("/initiatedBy/user/displayName"),
            },
            "dateTime": self.entry.get("activityDateTime"),
            "query": read.get("query"),
            "typed": read.get("typed").cloned().unwrap_or_else(|| json!([])),
            "recordIds": self.record_ids,
            "properties": properties,
            "count": read.get("count"),
            "bytes": read.get("bytes"),
        });
        Some((id, whole))
    }
}

fn said(error: impl ToString) -> String {
    error.to_string()
}
