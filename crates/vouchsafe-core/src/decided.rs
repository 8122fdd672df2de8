//! What a rule decided: audit entries with their events, and the rows that those events make.

use std::fmt;

use crate::access_request::{AccessEvent, AccessSide, EngineerRequest};
use crate::account_link::LinkRecord;
use crate::audit::{Activity, EntryDraft, Event, Initiator, Outcome};
use crate::data_collection::{CollectionMessage, DataCollection};
use crate::decision::SignedDecision;
use crate::erasure::Erasure;
use crate::grant::{Grant, GrantEvent};
use crate::id::{SupportRequestId, TenantId};
use crate::identity_provider::IdentityProvider;
use crate::identity_provider::arrival::ExternalIdentity;
use crate::log_key::LogKey;
use crate::passkey::{CredentialsEnd, Enrolment, PasskeyRecord};
use crate::past_request::PastRequest;
use crate::permit::Action;
use crate::problem_type::ProblemType;
use crate::read::ReadRecord;
use crate::reveal::Reveal;
use crate::role::custom::CustomRole;
use crate::setup::{Account, AccountLink, TokenRecord};
use crate::support_request::{Message, SupportRequest, SupportRequestEvent};
use crate::tenant::Tenant;
use crate::time::Timestamp;

/// The values a rule may use besides its state and command.
#[derive(Debug, Clone)]
pub struct Context {
    /// The unit of work's time, taken after its locks.
    pub now: Timestamp,
    /// Who acts.
    pub initiator: Initiator,
    /// The provider, whose engineers are told what changed for them.
    pub provider: TenantId,
}

/// A decision of action `A` about one subject. Only rules make one; only the store's `record` takes one, and
/// only together with the permit of the same action and subject.
#[must_use = "a decision changes nothing until it is recorded"]
#[derive(Debug)]
pub struct Decided<A: Action> {
    subject: A::Subject,
    entries: Vec<EntryDraft>,
    writes: Vec<Write>,
    notices: Vec<Notice>,
}

/// A row to insert (version 0) or to update if it still has the version it was decided on.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// A case.
    SupportRequest(Box<SupportRequest>),
    /// One tenant's record of an access request.
    AccessSide(Box<AccessSide>),
    /// The engineer's record of an access request.
    EngineerRequest(Box<EngineerRequest>),
    /// A grant.
    Grant(Box<Grant>),
    /// A message.
    Message(Box<Message>),
    /// What one read returned.
    Read(Box<ReadRecord>),
    /// A question to see a masked value in clear.
    Reveal(Box<Reveal>),
    /// A data collection.
    DataCollection(Box<DataCollection>),
    /// A message about a data collection.
    CollectionMessage(Box<CollectionMessage>),
    /// A request that was resolved before, for assignment to learn from.
    PastRequest(Box<PastRequest>),
    /// A problem type of the provider's tree.
    ProblemType(Box<ProblemType>),
    /// A tenant.
    Tenant(Box<Tenant>),
    /// An account with its roles.
    Account(Box<Account>),
    /// A role that a tenant has defined itself.
    Role(Box<CustomRole>),
    /// Such a role, taken away.
    RoleGone(Box<CustomRole>),
    /// Two accounts that are one person; written in both directions.
    Link(Box<AccountLink>),
    /// Such accounts that are so no more; in both directions.
    LinkGone(Box<AccountLink>),
    /// A tenant's record of a link.
    LinkRecord(Box<LinkRecord>),
    /// An API token.
    Token(Box<TokenRecord>),
    /// A passkey.
    Passkey(Box<PasskeyRecord>),
    /// A one-time pass for enrolling a passkey.
    Enrolment(Box<Enrolment>),
    /// An identity provider of a tenant.
    IdentityProvider(Box<IdentityProvider>),
    /// Such a one, taken away with what was linked with it.
    IdentityProviderGone(Box<IdentityProvider>),
    /// An account that belongs to a person at an identity provider.
    Identity(Box<ExternalIdentity>),
    /// A person who is signed out everywhere.
    CredentialsEnd(Box<CredentialsEnd>),
    /// A person whose key is destroyed, with tokens and sessions.
    Erasure(Box<Erasure>),
    /// A key that checkpoints are signed with.
    LogKey(Box<LogKey>),
}

/// Something to tell the people of `tenant`, delivered from the outbox after the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Whose people.
    pub tenant: TenantId,
    /// What kind of change.
    pub topic: &'static str,
    /// Id of the changed thing.
    pub subject: String,
}

impl<A: Action> Decided<A> {
    /// What it is about; the permit must name the same.
    pub fn subject(&self) -> A::Subject {
        self.subject
    }

    /// Its parts, for the store to write.
    pub fn into_parts(self) -> (Vec<EntryDraft>, Vec<Write>, Vec<Notice>) {
        (self.entries, self.writes, self.notices)
    }

    /// The rows as they will be.
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// The entries as they will be, without their place in the log.
    pub fn entries(&self) -> &[EntryDraft] {
        &self.entries
    }
}

/// Collects a decision. Each event goes into the entry begun last and is folded into its row at once, so that
/// rows and entries cannot disagree. Private to the rules: who could fill one could decide anything.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    cx: &'a Context,
    entries: Vec<EntryDraft>,
    writes: Vec<Write>,
    notices: Vec<Notice>,
}

impl<'a> Draft<'a> {
    /// An empty decision.
    pub(crate) fn new(cx: &'a Context) -> Self {
        Self { cx, entries: Vec::new(), writes: Vec::new(), notices: Vec::new() }
    }

    /// Begins an entry of `tenant`'s log, done by the context's initiator now.
    pub(crate) fn entry(
        &mut self,
        tenant: TenantId,
        activity: Activity,
        target: impl fmt::Display,
        case: Option<SupportRequestId>,
    ) -> &mut Self {
        let target = target.to_string();
        self.notices.push(Notice { tenant, topic: activity.name(), subject: target.clone() });
        self.entries.push(EntryDraft {
            tenant,
            activity,
            initiated_by: self.cx.initiator.clone(),
            target,
            support_request: case,
            automatic: false,
            outcome: Outcome::Success,
            at: self.cx.now,
            events: Vec::new(),
        });
        self
    }

    /// Says that the service did the entry begun last; `automatic` marks an act in somebody's place.
    pub(crate) fn by_service(&mut self, automatic: bool) -> &mut Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.initiated_by = Initiator::Service;
            entry.automatic = automatic;
        }
        self
    }

    /// Says when the entry begun last took effect, if not now (an expiry is recorded after the fact).
    pub(crate) fn effective(&mut self, at: Timestamp) -> &mut Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.at = at;
        }
        self
    }

    /// Makes the entry begun last a refusal.
    pub(crate) fn refused(&mut self, reason: impl Into<String>) -> &mut Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.outcome = Outcome::Failure { reason: reason.into() };
        }
        self
    }

    /// Puts a signature beside the yes that it is of, in `tenant`'s entry.
    pub(crate) fn signed(&mut self, tenant: TenantId, signed: Option<&SignedDecision>) -> &mut Self {
        let is_yes = |event: &Event| {
            matches!(
                event,
                Event::AccessRequest { event: AccessEvent::Approved { .. } | AccessEvent::Voted { .. }, .. }
                    | Event::SupportRequest {
                        event: SupportRequestEvent::ConsentGiven { .. }
                            | SupportRequestEvent::ConsentVoted { .. },
                        ..
                    }
            )
        };
        let of_yes = |entry: &&mut EntryDraft| entry.tenant == tenant && entry.events.iter().any(is_yes);
        if let (Some(entry), Some(signed)) = (self.entries.iter_mut().find(of_yes), signed) {
            entry.events.push(Event::DecisionSigned { decision: Box::new(signed.clone()) });
        }
        self
    }

    /// Adds an event that changes no row.
    pub(crate) fn event(&mut self, event: Event) -> &mut Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.events.push(event);
        }
        self
    }

    /// Applies an event to a support request.
    pub(crate) fn support_request(
        &mut self,
        row: Option<&SupportRequest>,
        event: SupportRequestEvent,
    ) -> &mut Self {
        let current = row.map(|row| {
            let written = self.writes.iter().find_map(|write| {
                if let Write::SupportRequest(written) = write
                    && (written.tenant, written.id) == (row.tenant, row.id)
                {
                    Some((**written).clone())
                } else {
                    None
                }
            });
            written.unwrap_or_else(|| row.clone())
        });
        if let Some(next) = SupportRequest::evolve(current, &event) {
            self.tell_provider("supportRequestChanged", next.id.to_string());
            self.event(Event::SupportRequest { id: next.id, event });
            self.put(Write::SupportRequest(Box::new(next)));
        }
        self
    }

    /// Applies an event to one side's record of an access request.
    pub(crate) fn access(&mut self, row: Option<&AccessSide>, event: AccessEvent) -> &mut Self {
        let current = row.map(|side| {
            let written = self.writes.iter().find_map(|write| {
                if let Write::AccessSide(written) = write
                    && written.key() == side.key()
                {
                    Some((**written).clone())
                } else {
                    None
                }
            });
            written.unwrap_or_else(|| side.clone())
        });
        if let Some(next) = AccessSide::evolve(current, &event) {
            // How a tenant's people vote is their own matter until they have decided.
            if !matches!(event, AccessEvent::Voted { .. }) {
                self.tell_provider("accessRequestChanged", next.id.to_string());
            }
            self.event(Event::AccessRequest { id: next.id, event });
            self.put(Write::AccessSide(Box::new(next)));
        }
        self
    }

    /// Applies an event to a grant.
    pub(crate) fn grant(&mut self, row: Option<&Grant>, event: GrantEvent) -> &mut Self {
        let current = row.map(|row| {
            let written = self.writes.iter().find_map(|write| {
                if let Write::Grant(written) = write
                    && (written.tenant, written.id) == (row.tenant, row.id)
                {
                    Some((**written).clone())
                } else {
                    None
                }
            });
            written.unwrap_or_else(|| row.clone())
        });
        if let Some(next) = Grant::evolve(current, &event) {
            self.tell_provider("grantChanged", next.id.to_string());
            self.event(Event::Grant { id: next.id, event });
            self.put(Write::Grant(Box::new(next)));
        }
        self
    }

    /// The engineer's people learn that something changed, never who, why or a comment.
    pub(crate) fn tell_provider(&mut self, topic: &'static str, subject: String) {
        let notice = Notice { tenant: self.cx.provider, topic, subject };
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    /// Writes a row that no event changes later: a message, the engineer's record.
    pub(crate) fn put(&mut self, write: Write) -> &mut Self {
        match self.writes.iter_mut().find(|written| written.is_same_row(&write)) {
            Some(written) => *written = write,
            None => self.writes.push(write),
        }
        self
    }

    /// The finished decision.
    pub(crate) fn decided<A: Action>(self, subject: A::Subject) -> Decided<A> {
        Decided { subject, entries: self.entries, writes: self.writes, notices: self.notices }
    }
}

impl Write {
    /// Whether both would write the same row.
    fn is_same_row(&self, other: &Self) -> bool {
        self.row() == other.row()
    }

    fn row(&self) -> (&'static str, TenantId, String) {
        match self {
            Self::SupportRequest(row) => ("support request", row.tenant, row.id.to_string()),
            Self::AccessSide(row) => ("access request", row.tenant, row.id.to_string()),
            Self::EngineerRequest(row) => ("engineer request", row.tenant, row.id.to_string()),
            Self::Grant(row) => ("grant", row.tenant, row.id.to_string()),
            Self::Message(row) => ("message", row.tenant, row.id.to_string()),
            Self::Read(row) => ("read", row.tenant, row.id.to_string()),
            Self::Reveal(row) => ("reveal", row.tenant, row.id.to_string()),
            Self::DataCollection(row) => ("data collection", row.kept_by, row.id.to_string()),
            Self::CollectionMessage(row) => ("collection message", row.tenant, row.id.to_string()),
            Self::PastRequest(row) => ("past request", row.tenant, row.id.clone()),
            Self::ProblemType(row) => ("problem type", row.tenant, row.id.clone()),
            Self::Tenant(row) => ("tenant", row.id, String::new()),
            Self::Account(row) => ("account", row.person.tenant, row.person.id.to_string()),
            Self::Role(row) | Self::RoleGone(row) => ("role", row.tenant, row.id.to_string()),
            Self::Link(row) | Self::LinkGone(row) => {
                ("link", row.tenant, format!("{} {}", row.user, row.other_user))
            }
            Self::LinkRecord(row) => ("record of a link", row.tenant, row.id.to_string()),
            Self::Token(row) => ("token", row.tenant, row.id.to_string()),
            Self::Passkey(row) => ("passkey", row.passkey.tenant, row.passkey.credential.clone()),
            Self::Enrolment(row) => ("enrolment", row.tenant, row.id.to_string()),
            Self::IdentityProvider(row) | Self::IdentityProviderGone(row) => {
                ("identity provider", row.tenant, row.id.to_string())
            }
            Self::Identity(row) => {
                ("external identity", row.tenant, format!("{} {}", row.provider, row.subject))
            }
            Self::CredentialsEnd(row) => ("end of credentials", row.tenant, row.user.to_string()),
            Self::Erasure(row) => ("erasure", row.tenant, row.user.to_string()),
            Self::LogKey(row) => ("log key", row.tenant, row.id.clone()),
        }
    }
}
