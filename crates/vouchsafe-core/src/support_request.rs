//! Support requests: the cases that every access hangs on.

use serde::{Deserialize, Serialize};

use crate::attachment::Attachment;
use crate::consent::{Consent, ConsentVote};
use crate::id::{GrantId, MessageId, SupportRequestId, TenantId, UserId};
use crate::personal::Personal;
use crate::text::serde_as_text;
use crate::time::{Duration, Timestamp};

pub mod command;

/// How long after closure a request can be opened again.
pub const REOPEN_WITHIN: Duration = Duration::days(14);
/// Most resource tenants that a request can name.
pub const RESOURCE_TENANTS_MAX: usize = 20;
/// Characters of a title.
pub const TITLE_CHARS_MAX: usize = 200;
/// Characters of a description or a message.
pub const BODY_CHARS_MAX: usize = 10_000;
/// Characters of a reason or comment.
pub const REASON_CHARS_MAX: usize = 2_000;
/// Characters of the name of another ticket system or way in.
pub const ORIGIN_CHARS_MAX: usize = 64;
/// Characters of the id that a case has there.
pub const EXTERNAL_ID_CHARS_MAX: usize = 128;

/// A case of the support request tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportRequest {
    /// Its id.
    pub id: SupportRequestId,
    /// The support request tenant, S.
    pub tenant: TenantId,
    /// Sixteen decimal digits, the first not 0; what people say on the phone.
    pub number: String,
    /// One line.
    pub title: Personal,
    /// What is wrong.
    pub description: Personal,
    /// How much it hurts.
    pub severity: Severity,
    /// The service concerned.
    pub service: String,
    /// Id of the problem type.
    pub problem_type: String,
    /// Whom to talk to.
    pub contact: Option<Contact>,
    /// Who opened it: a person of S, or the provider's intake for a case that came from elsewhere.
    pub opened_by: UserId,
    /// Where it came from, if the provider entered it for S. Such a case carries no consent property.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// When.
    pub created: Timestamp,
    /// Tenants whose data the engineer may ask for besides S; may only grow.
    pub resource_tenants: Vec<TenantId>,
    /// The engineer who works on it.
    pub assignment: Option<Assignment>,
    /// What is waited for while open.
    pub stage: Stage,
    /// Open or closed.
    pub state: RequestState,
    /// The consent property.
    pub consent: Consent,
    /// Row version; 0 before the first write.
    #[serde(skip)]
    pub version: u64,
}

/// Where a case came from that the provider entered: by phone, by mail, from another ticket system. Both texts together
/// name one case of a tenant. Neither is personal: the form of the id keeps addresses out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// The other system or way in, such as `phone`.
    pub name: String,
    /// What the case is called there.
    pub external_id: String,
}

/// How much a problem hurts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Work stands still.
    Critical,
    /// Work is hindered.
    Moderate,
    /// A question or a small trouble.
    Minimal,
}

/// Whom the engineer talks to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Name.
    pub name: Personal,
    /// Address.
    pub email: Personal,
    /// Preferred language, BCP 47.
    pub language: String,
    /// IANA time zone.
    pub time_zone: String,
}

/// Who works on a case, and why that one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The engineer.
    pub engineer: UserId,
    /// The engineer's name, as shown to S.
    pub display_name: Personal,
    /// Since when.
    pub since: Timestamp,
    /// Why, in words frozen at assignment that say nothing of other customers.
    pub reason: Personal,
    /// What the words rest on, frozen with them; empty where a person chose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<Ground>,
}

/// A problem type that speaks for an engineer, no finer than every customer may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ground {
    /// The request's problem type or one of its parents.
    pub problem_type: String,
    /// Whether the engineer's declared expertise covers it.
    pub declared: bool,
    /// How many cases under it the engineer has solved for other tenants.
    pub solved: Amount,
}

/// A count, told no finer than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Amount {
    /// Below 10; none at all is not told apart.
    Some,
    /// 10 to 49.
    Many,
    /// 50 and more.
    VeryMany,
}

/// What an open case waits for. Nothing that a resource tenant does changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The engineer's turn.
    WaitingForEngineer,
    /// Being worked on.
    InProgress,
    /// The customer's turn.
    WaitingForCustomer,
}

impl Stage {
    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WaitingForEngineer => "waitingForEngineer",
            Self::InProgress => "inProgress",
            Self::WaitingForCustomer => "waitingForCustomer",
        }
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a stage")]
pub struct UnknownStage;

impl std::str::FromStr for Stage {
    type Err = UnknownStage;
    fn from_str(text: &str) -> Result<Self, UnknownStage> {
        [Self::WaitingForEngineer, Self::InProgress, Self::WaitingForCustomer]
            .into_iter()
            .find(|stage| stage.name() == text)
            .ok_or(UnknownStage)
    }
}

serde_as_text!(Stage);

/// Open or closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "status")]
pub enum RequestState {
    /// Worked on.
    Open,
    /// Over, and all access with it.
    Closed {
        /// When.
        at: Timestamp,
        /// How it ended.
        resolution: Resolution,
        /// Whether the engineer proposed to open it again.
        reopen_proposed: bool,
    },
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Resolution {
    /// The problem is solved.
    Resolved,
    /// The customer took it back.
    Withdrawn,
    /// Another request covers it.
    Duplicate,
    /// It could not be seen again.
    NotReproducible,
}

/// A message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// S.
    pub tenant: TenantId,
    /// The case.
    pub support_request: SupportRequestId,
    /// Who wrote it.
    pub from: UserId,
    /// The writer's name.
    pub from_name: Personal,
    /// Whether the engineer wrote it.
    pub from_engineer: bool,
    /// When.
    pub created: Timestamp,
    /// What.
    pub body: Personal,
    /// Files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// What can happen to a support request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum SupportRequestEvent {
    /// It was opened.
    Opened {
        /// As it began.
        request: Box<SupportRequest>,
    },
    /// Severity, contact or resource tenants changed; absent parts did not.
    Updated {
        /// New severity.
        severity: Option<Severity>,
        /// New contact.
        contact: Option<Contact>,
        /// Tenants named in addition.
        resource_tenants: Vec<TenantId>,
    },
    /// It got an engineer.
    Assigned {
        /// Who and why.
        assignment: Assignment,
    },
    /// Its engineer may not work any more, and nobody is eligible: it waits in the queue.
    Queued,
    /// Another party's turn.
    StageChanged {
        /// Whose.
        stage: Stage,
    },
    /// A message was added.
    MessageAdded {
        /// Which.
        message: MessageId,
        /// What it said.
        body: Personal,
        /// Whether the engineer wrote it.
        from_engineer: bool,
        /// Files that came with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// *Yes* that needs another approver.
    ConsentAwaiting {
        /// Who said it.
        by: UserId,
        /// When.
        since: Timestamp,
        /// Whether that is a vote already.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        counts: bool,
    },
    /// Somebody agreed to a *yes*, and more must.
    ConsentVoted {
        /// Who and when.
        vote: ConsentVote,
    },
    /// *Yes*.
    ConsentGiven {
        /// The grant.
        grant: GrantId,
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Until when.
        expires: Timestamp,
        /// Who had agreed before, oldest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        votes: Vec<ConsentVote>,
    },
    /// *No*, by a person or because the case ended.
    ConsentEnded {
        /// Why, if said.
        reason: Option<Personal>,
    },
    /// The time of a *yes* ran out.
    ConsentExpired {
        /// When.
        at: Timestamp,
    },
    /// The case was closed.
    Closed {
        /// When.
        at: Timestamp,
        /// How.
        resolution: Resolution,
    },
    /// The engineer proposed to open it again.
    ReopenProposed,
    /// It was opened again. Consent starts at *no*; no grant comes back.
    Reopened,
}

impl SupportRequestEvent {
    /// Whether it changes what the provider's desk keeps of a case: who works on it, and whether it is open.
    #[must_use]
    pub fn concerns_desk(&self) -> bool {
        match self {
            Self::Opened { .. }
            | Self::Assigned { .. }
            | Self::Queued
            | Self::Closed { .. }
            | Self::Reopened
            | Self::Updated { severity: Some(_), .. } => true,
            Self::Updated { severity: None, .. }
            | Self::StageChanged { .. }
            | Self::MessageAdded { .. }
            | Self::ConsentAwaiting { .. }
            | Self::ConsentVoted { .. }
            | Self::ConsentGiven { .. }
            | Self::ConsentEnded { .. }
            | Self::ConsentExpired { .. }
            | Self::ReopenProposed => false,
        }
    }
}

impl SupportRequest {
    /// Whether work may go on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, RequestState::Open)
    }

    /// Whether the provider entered it because it came from elsewhere.
    #[must_use]
    pub fn is_from_elsewhere(&self) -> bool {
        self.origin.is_some()
    }

    /// The assigned engineer.
    #[must_use]
    pub fn engineer(&self) -> Option<UserId> {
        self.assignment.as_ref().map(|assignment| assignment.engineer)
    }

    /// Whether the engineer may ask for this tenant's data: S itself, or a tenant that S named.
    #[must_use]
    pub fn names(&self, tenant: TenantId) -> bool {
        self.tenant == tenant || self.resource_tenants.contains(&tenant)
    }

    /// The request that an event begins.
    fn begun(event: &SupportRequestEvent) -> Option<Self> {
        match event {
            SupportRequestEvent::Opened { request } => Some((**request).clone()),
            SupportRequestEvent::Updated { .. }
            | SupportRequestEvent::Assigned { .. }
            | SupportRequestEvent::Queued
            | SupportRequestEvent::StageChanged { .. }
            | SupportRequestEvent::MessageAdded { .. }
            | SupportRequestEvent::ConsentAwaiting { .. }
            | SupportRequestEvent::ConsentVoted { .. }
            | SupportRequestEvent::ConsentGiven { .. }
            | SupportRequestEvent::ConsentEnded { .. }
            | SupportRequestEvent::ConsentExpired { .. }
            | SupportRequestEvent::Closed { .. }
            | SupportRequestEvent::ReopenProposed
            | SupportRequestEvent::Reopened => None,
        }
    }

    /// The request after one more event. Total.
    #[must_use]
    pub fn evolve(current: Option<Self>, event: &SupportRequestEvent) -> Option<Self> {
        let Some(mut request) = current else { return Self::begun(event) };
        match event {
            SupportRequestEvent::Opened { .. } => {}
            SupportRequestEvent::Updated { severity, contact, resource_tenants } => {
                request.severity = severity.unwrap_or(request.severity);
                request.contact = contact.clone().or(request.contact);
                request.resource_tenants.extend(resource_tenants);
            }
            SupportRequestEvent::Assigned { assignment } => {
                request.assignment = Some(assignment.clone());
                request.stage = Stage::WaitingForEngineer;
            }
            SupportRequestEvent::Queued => {
                request.assignment = None;
                request.stage = Stage::WaitingForEngineer;
            }
            SupportRequestEvent::StageChanged { stage } => request.stage = *stage,
            SupportRequestEvent::MessageAdded { from_engineer, .. } => {
                request.stage =
                    if *from_engineer { Stage::WaitingForCustomer } else { Stage::WaitingForEngineer };
            }
            SupportRequestEvent::ConsentAwaiting { by, since, counts } => {
                let votes = counts
                    .then_some(ConsentVote { by: *by, at: *since, signed: false })
                    .into_iter()
                    .collect();
                request.consent = Consent::AwaitingApproval { by: *by, since: *since, votes };
            }
            SupportRequestEvent::ConsentVoted { vote } => {
                if let Consent::AwaitingApproval { votes, .. } | Consent::Given { renewal: votes, .. } =
                    &mut request.consent
                {
                    votes.retain(|known| known.by != vote.by);
                    votes.push(*vote);
                }
            }
            SupportRequestEvent::ConsentGiven { grant, by, at, expires, votes } => {
                request.consent = Consent::Given {
                    grant: *grant,
                    by: *by,
                    at: *at,
                    expires: *expires,
                    votes: votes.clone(),
                    renewal: Vec::new(),
                };
            }
            SupportRequestEvent::ConsentEnded { .. } => request.consent = Consent::None,
            SupportRequestEvent::ConsentExpired { at } => request.consent = Consent::Expired { at: *at },
            SupportRequestEvent::Closed { at, resolution } => {
                request.state =
                    RequestState::Closed { at: *at, resolution: *resolution, reopen_proposed: false };
                request.consent = Consent::None;
            }
            SupportRequestEvent::ReopenProposed => {
                if let RequestState::Closed { reopen_proposed, .. } = &mut request.state {
                    *reopen_proposed = true;
                }
            }
            SupportRequestEvent::Reopened => {
                request.state = RequestState::Open;
                request.stage = Stage::WaitingForEngineer;
                request.consent = Consent::None;
            }
        }
        Some(request)
    }
}
