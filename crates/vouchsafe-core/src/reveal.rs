//! Reveals: the engineer asks the tenant of the data to see one masked value, or one person, in clear for a quarter
//! of an hour (`diagnostics.md`, *Reveal*).

use serde::{Deserialize, Serialize};

use crate::access_request::command::may_decide;
use crate::audit::{Activity, Event};
use crate::decided::{Context, Decided, Draft, Write};
use crate::grant::Grant;
use crate::id::{GrantId, RevealId, SupportRequestId, TenantId, UserId};
use crate::permit::{AskReveal, DecideReveal};
use crate::person::{EngineerCard, Person};
use crate::personal::Personal;
use crate::rejection::{Rejection, remark, text_within};
use crate::support_request::REASON_CHARS_MAX;
use crate::tenant::{Assurance, Tenant};
use crate::time::{Duration, Timestamp};

/// How long a value shows in clear, from the approval on.
pub const REVEALED_FOR: Duration = Duration::minutes(15);
/// How long a question waits for an answer.
pub const PENDING_FOR: Duration = Duration::days(4);
/// Most questions that wait under one grant at a time.
pub const PENDING_MAX: usize = 20;

/// A question to see one value in clear, kept by the tenant of the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reveal {
    /// Its id.
    pub id: RevealId,
    /// Whose data it is.
    pub tenant: TenantId,
    /// For which case.
    pub support_request: SupportRequestId,
    /// Under which grant; it ends with that.
    pub grant: GrantId,
    /// Who asks, as the provider discloses it.
    pub engineer: EngineerCard,
    /// Path of the property that it was seen at.
    pub property: String,
    /// The value as the engineer wrote it: a pseudonym, or the whole value.
    pub shown: Personal,
    /// Path of the property that holds the true value: the person's id where the name was asked for by its pseudonym.
    pub of: String,
    /// The true value.
    pub value: Personal,
    /// Why, if said.
    pub justification: Option<Personal>,
    /// When it was asked.
    pub created: Timestamp,
    /// When it ends by itself if nobody decides.
    pub pending_until: Timestamp,
    /// Where it stands on record.
    pub state: RevealState,
    /// Row version; 0 before the first write.
    #[serde(skip)]
    pub version: u64,
}

/// Where a reveal stands on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "status")]
pub enum RevealState {
    /// Waits for a decision.
    Pending,
    /// Approved.
    Approved {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Until when it shows.
        until: Timestamp,
    },
    /// Refused.
    Rejected {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why, if said.
        reason: Option<Personal>,
    },
}

/// How a reveal looks at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RevealStatus {
    /// Waits for a decision.
    Pending,
    /// The value shows in clear.
    Approved,
    /// Refused.
    Rejected,
    /// Over: nobody decided, its time is over, or its grant has ended.
    Ended,
}

/// What can happen to a reveal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum RevealEvent {
    /// It was asked for.
    Asked {
        /// As it began.
        reveal: Box<Reveal>,
    },
    /// Approved.
    Approved {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Until when it shows.
        until: Timestamp,
        /// What shows.
        value: Personal,
    },
    /// Refused.
    Rejected {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why, if said.
        reason: Option<Personal>,
    },
}

impl Reveal {
    /// The status at `now` under its grant.
    #[must_use]
    pub fn status(&self, grant: &Grant, now: Timestamp) -> RevealStatus {
        let over = matches!(grant.status(now), crate::grant::GrantStatus::Ended);
        match &self.state {
            RevealState::Rejected { .. } => RevealStatus::Rejected,
            RevealState::Pending | RevealState::Approved { .. } if over => RevealStatus::Ended,
            RevealState::Pending if now >= self.pending_until => RevealStatus::Ended,
            RevealState::Pending => RevealStatus::Pending,
            RevealState::Approved { until, .. } if now >= *until => RevealStatus::Ended,
            RevealState::Approved { .. } => RevealStatus::Approved,
        }
    }

    /// The reveal after one more event. Total: an event that cannot follow leaves it as it is.
    #[must_use]
    pub fn evolve(current: Option<Self>, event: &RevealEvent) -> Option<Self> {
        let Some(mut reveal) = current else {
            return match event {
                RevealEvent::Asked { reveal } => Some((**reveal).clone()),
                RevealEvent::Approved { .. } | RevealEvent::Rejected { .. } => None,
            };
        };
        if reveal.state == RevealState::Pending {
            reveal.state = match event {
                RevealEvent::Asked { .. } => RevealState::Pending,
                RevealEvent::Approved { by, at, until, .. } => {
                    RevealState::Approved { by: *by, at: *at, until: *until }
                }
                RevealEvent::Rejected { by, at, reason } => {
                    RevealState::Rejected { by: *by, at: *at, reason: reason.clone() }
                }
            };
        }
        Some(reveal)
    }
}

/// What an engineer asks to see.
#[derive(Debug, Clone)]
pub struct Question {
    /// The reveal's id.
    pub id: RevealId,
    /// Path of the property.
    pub property: String,
    /// The value as the engineer wrote it.
    pub shown: String,
    /// Path of the property that holds the true value.
    pub of: String,
    /// The true value.
    pub value: String,
    /// Why, at most 2,000 characters.
    pub justification: Option<String>,
}

/// Asks to see one value in clear. `others` are the reveals that the grant has already.
///
/// # Errors
/// [`Rejection::AlreadyEnded`] under a grant that is not live; [`Rejection::Invalid`].
pub fn ask(
    grant: &Grant,
    others: &[Reveal],
    by: &Person,
    question: Question,
    cx: &Context,
) -> Result<Decided<AskReveal>, Rejection> {
    if !grant.is_live(cx.now) {
        return Err(Rejection::AlreadyEnded);
    }
    let waits = |other: &&Reveal| other.status(grant, cx.now) == RevealStatus::Pending;
    if others.iter().filter(waits).count() >= PENDING_MAX {
        return Err(Rejection::invalid(
            "value",
            format!("must wait: {PENDING_MAX} questions are not answered yet"),
        ));
    }
    let why =
        text_within("justification", question.justification.as_deref().unwrap_or(""), 0, REASON_CHARS_MAX)?;
    let mine = |text: String| Personal::new(by.id, text);
    let reveal = Reveal {
        id: question.id,
        tenant: grant.tenant,
        support_request: grant.support_request,
        grant: grant.id,
        engineer: by.card(),
        property: question.property,
        shown: mine(question.shown),
        of: question.of,
        value: mine(question.value),
        justification: (!why.is_empty()).then(|| mine(why)),
        created: cx.now,
        pending_until: cx.now + PENDING_FOR,
        state: RevealState::Pending,
        version: 0,
    };
    let mut draft = Draft::new(cx);
    draft.entry(grant.tenant, Activity::RevealAsked, grant.id, Some(grant.support_request));
    put(&mut draft, None, RevealEvent::Asked { reveal: Box::new(reveal) });
    Ok(draft.decided(grant.id))
}

/// What deciding must know.
#[derive(Debug, Clone, Copy)]
pub struct RevealFacts<'a> {
    /// The grant.
    pub grant: &'a Grant,
    /// The tenant of the data.
    pub tenant: &'a Tenant,
    /// Whether the decider's account is linked to one of the provider.
    pub linked_to_provider: bool,
}

/// Lets the value show in clear for [`REVEALED_FOR`].
///
/// # Errors
/// [`Rejection::Conflict`] if someone has decided; [`Rejection::AlreadyEnded`]; [`Rejection::Forbidden`];
/// [`Rejection::AssuranceRequired`] where the tenant asks for signatures, which nothing gives for a single value.
pub fn approve(
    reveal: &Reveal,
    by: &Person,
    facts: RevealFacts<'_>,
    cx: &Context,
) -> Result<Decided<DecideReveal>, Rejection> {
    decidable(reveal, by, facts, cx)?;
    if facts.tenant.policy.decision_assurance > Assurance::Token {
        return Err(Rejection::AssuranceRequired);
    }
    let value = reveal.value.clone();
    let approved = RevealEvent::Approved { by: by.id, at: cx.now, until: cx.now + REVEALED_FOR, value };
    let mut draft = Draft::new(cx);
    draft.entry(reveal.tenant, Activity::ValueRevealed, reveal.grant, Some(reveal.support_request));
    put(&mut draft, Some(reveal), approved);
    Ok(draft.decided(reveal.grant))
}

/// Refuses: the value stays masked.
///
/// # Errors
/// As [`approve`]; [`Rejection::Invalid`] for an over-long reason.
pub fn reject(
    reveal: &Reveal,
    by: &Person,
    reason: Option<&str>,
    facts: RevealFacts<'_>,
    cx: &Context,
) -> Result<Decided<DecideReveal>, Rejection> {
    decidable(reveal, by, facts, cx)?;
    let reason = remark("reason", reason, by)?;
    let mut draft = Draft::new(cx);
    draft.entry(reveal.tenant, Activity::RevealRejected, reveal.grant, Some(reveal.support_request));
    put(&mut draft, Some(reveal), RevealEvent::Rejected { by: by.id, at: cx.now, reason });
    Ok(draft.decided(reveal.grant))
}

fn decidable(reveal: &Reveal, by: &Person, facts: RevealFacts<'_>, cx: &Context) -> Result<(), Rejection> {
    match (&reveal.state, reveal.status(facts.grant, cx.now)) {
        (_, RevealStatus::Pending) => {
            may_decide(reveal.engineer.id, by, facts.tenant, facts.linked_to_provider)
        }
        (RevealState::Approved { .. } | RevealState::Rejected { .. }, _) => Err(Rejection::Conflict),
        (RevealState::Pending, _) => Err(Rejection::AlreadyEnded),
    }
}

fn put(draft: &mut Draft<'_>, reveal: Option<&Reveal>, event: RevealEvent) {
    if let Some(next) = Reveal::evolve(reveal.cloned(), &event) {
        draft.tell_provider("grantChanged", next.grant.to_string());
        draft.event(Event::Reveal { id: next.id, event });
        draft.put(Write::Reveal(Box::new(next)));
    }
}
