//! What a log tells of accounts, of the tenant itself and of messages, for the comparison with their rows.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vouchsafe_core::attachment::Attachment;
use vouchsafe_core::engineer::EngineerProfile;
use vouchsafe_core::id::{SupportRequestId, UserId};
use vouchsafe_core::person::Person;
use vouchsafe_core::personal::Personal;
use vouchsafe_core::retention::Retention;
use vouchsafe_core::role::Assignment;
use vouchsafe_core::setup::Account;
use vouchsafe_core::support_request::Message;
use vouchsafe_core::tenant::{SupportAccessPolicy, Tenant};
use vouchsafe_core::time::Timestamp;
use vouchsafe_store::LogEntry;

use super::comparable;

/// When an entry was written, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) at: Timestamp,
    /// The account's id; none if the service wrote it.
    pub(super) by: Option<String>,
}

impl Written {
    /// Of an entry.
    pub(super) fn of(entry: &LogEntry) -> Result<Self, String> {
        let text = |pointer| entry.entry.pointer(pointer).and_then(Value::as_str);
        let at = text("/activityDateTime").and_then(|at| at.parse().ok());
        let by = text("/initiatedBy/user/id").map(str::to_owned);
        Ok(Self { at: at.ok_or("it does not say when it was written")?, by })
    }
}

/// The accounts of a log.
#[derive(Debug, Default)]
pub(super) struct Accounts(BTreeMap<UserId, Account>);

impl Accounts {
    /// An account begins.
    pub(super) fn add(&mut self, person: Person, roles: Vec<String>) -> Result<String, String> {
        let id = person.id;
        let roles = roles.into_iter().map(Assignment::lasting).collect();
        match self.0.insert(id, Account { person, roles }) {
            None => Ok(id.to_string()),
            Some(_) => Err(format!("{id} is added a second time")),
        }
    }

    /// Something about an account changes.
    pub(super) fn change(
        &mut self,
        user: UserId,
        change: impl FnOnce(&mut Account),
    ) -> Result<String, String> {
        let account = self.0.get_mut(&user);
        change(account.ok_or_else(|| format!("{user} changes, but was never added"))?);
        Ok(user.to_string())
    }

    /// An account is deleted.
    pub(super) fn delete(&mut self, user: UserId, at: Timestamp) -> Result<String, String> {
        self.change(user, |account| {
            (account.person.active, account.person.deleted) = (false, Some(at));
            account.roles.clear();
        })
    }

    /// What assignment must know of an engineer changes.
    pub(super) fn describe(
        &mut self,
        user: UserId,
        location: String,
        expertise: Vec<String>,
        profile: EngineerProfile,
    ) -> Result<String, String> {
        self.change(user, |account| {
            let person = &mut account.person;
            (person.location, person.expertise, person.profile) = (location, expertise, profile);
        })
    }

    /// A role is given, for good or for a time.
    pub(super) fn assign(
        &mut self,
        user: UserId,
        role: String,
        ends: Option<Timestamp>,
    ) -> Result<String, String> {
        self.change(user, |account| {
            account.roles.retain(|one| one.role != role);
            account.roles.push(Assignment { role, ends });
        })
    }

    /// A person's key is destroyed.
    pub(super) fn erase(&mut self, user: UserId) -> Result<String, String> {
        self.change(user, |account| {
            let person = &mut account.person;
            person.display_name = Personal::erased(user);
            person.user_principal_name = Personal::erased(user);
            person.active = false;
            (person.employer, person.location) = (String::new(), String::new());
            (person.expertise, person.profile) = (Vec::new(), EngineerProfile::default());
            account.roles.clear();
        })
    }

    /// Each by its id.
    pub(super) fn told(self, now: Timestamp) -> impl Iterator<Item = (String, Value)> {
        self.0.into_iter().map(move |(id, account)| (id.to_string(), account_row(account, now)))
    }
}

/// An account with the roles that it holds now, in the order of their ids: those whose time is over may stand in its row
/// or not.
pub(super) fn account_row(mut account: Account, now: Timestamp) -> Value {
    account.roles.retain(|role| role.is_held(now));
    account.roles.sort_by(|one, other| one.role.cmp(&other.role));
    comparable(&account)
}

/// What a log tells of its tenant. Settings that no entry has changed are those it began with, of which entries say nothing.
#[derive(Debug, Default)]
pub(super) struct TenantTold {
    pub(super) display_name: Option<String>,
    pub(super) policy: Option<Box<SupportAccessPolicy>>,
    pub(super) retention: Option<Retention>,
}

impl TenantTold {
    /// What it says that the row must be, if it tells of the tenant at all.
    pub(super) fn told(&self) -> Option<Value> {
        let name = self.display_name.as_ref()?;
        Some(json!({ "displayName": name, "policy": self.policy, "retention": self.retention }))
    }

    /// Those parts of a row that the log tells of.
    pub(super) fn row(&self, row: &Tenant) -> Value {
        json!({
            "displayName": row.display_name,
            "policy": self.policy.is_some().then_some(&row.policy),
            "retention": self.retention.is_some().then_some(&row.retention),
        })
    }
}

/// A message as its entry tells it.
pub(super) fn message_told(
    case: SupportRequestId,
    (body, attachments): (&Personal, &[Attachment]),
    from_engineer: bool,
    written: &Written,
) -> Value {
    comparable(&json!({
        "attachments": attachments,
        "supportRequest": case, "created": written.at, "from": written.by, "fromEngineer": from_engineer, "body": body,
    }))
}

/// The same of a stored message. The writer's name stands in the entry as that of whoever wrote it, and is no part of this.
pub(super) fn message_row(row: &Message) -> Value {
    let from = Some(row.from.to_string());
    message_told(
        row.support_request,
        (&row.body, &row.attachments),
        row.from_engineer,
        &Written { at: row.created, by: from },
    )
}
