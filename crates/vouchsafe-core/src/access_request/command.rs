//! What people do to access requests: ask, approve, reject, revoke, withdraw; and what time does to them.

mod ask;
mod decider;

pub use ask::{Ask, AskFacts, AskLoad, ask};
use ask::{create, resource_side};
use decider::refusal;
pub(crate) use decider::{decidable, may_decide};

use super::{AccessEvent, AccessSide, Approval, EngineerRequest, EngineerStatus, Side, SideStatus};
use crate::audit::Activity;
use crate::decided::{Context, Decided, Draft};
use crate::decision::{SignedDecision, Statement, assured, users_of};
use crate::grant::{Grant, GrantEnd, GrantEvent, GrantSource, GrantState, GrantStatus};
use crate::id::GrantId;
use crate::pace::{Measured, Usage};
use crate::permit::{ApproveRequest, CancelRequest, RejectRequest, RevokeRequest};
use crate::person::Person;
use crate::personal::Personal;
use crate::rejection::{Rejection, remark};
use crate::scope::{Narrowing, Scope};
use crate::support_request::{Stage, SupportRequest, SupportRequestEvent};
use crate::tenant::{SupportAccessPolicy, Tenant};
use crate::time::{Duration, Timestamp};
use crate::vote::{self, Standing, Weight};

/// A vote for one scope.
#[derive(Debug, Clone, Default)]
pub struct Vote {
    /// What the approver remarks.
    pub comment: Option<String>,
    /// What the approver takes away.
    pub narrowing: Narrowing,
    /// The approver's signature, checked.
    pub signed: Option<SignedDecision>,
}

/// What approving must know besides the record.
#[derive(Debug)]
pub struct ApproveFacts<'a> {
    /// The approver's tenant, with its settings.
    pub tenant: &'a Tenant,
    /// Whether the approver's account is linked to an account of the provider.
    pub linked_to_provider: bool,
    /// What is known of the votes given so far.
    pub standing: Standing,
    /// For the grant, if this side makes one.
    pub grant: NewGrant,
    /// The case, for S's side: its stage moves on.
    pub request: Option<&'a SupportRequest>,
    /// The engineer's record, for S's side where S ≠ R: R's record is made from it.
    pub ask: Option<&'a EngineerRequest>,
    /// R, for S's side where S ≠ R, if it exists here.
    pub resource: Option<Resource<'a>>,
}

/// What S's approval must know of R.
#[derive(Debug)]
pub struct Resource<'a> {
    /// R, with its settings.
    pub tenant: &'a Tenant,
    /// The approver's own account in R, if both accounts are linked as one person and that account may approve in R.
    pub same_person: Option<&'a Person>,
    /// For R's grant.
    pub grant: NewGrant,
}

/// What a grant takes besides its scope.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// Its id.
    pub id: GrantId,
    /// What was found in its tenant's data, for exactly the scope that the vote approves.
    pub measured: Measured,
}

/// Votes for one side. The vote approves it once as many people agree to the same scope as the tenant asks for; a vote
/// that narrows restarts the count at one, and one that is counted already changes nothing. On S's side where S ≠ R,
/// R's record comes into being then, and the same person's vote counts there too, at once.
///
/// # Errors
/// [`Rejection::Conflict`] and [`Rejection::AlreadyEnded`] as `lifecycle.md` says; [`Rejection::Invalid`] if the
/// vote would widen; [`Rejection::AssuranceRequired`]; [`Rejection::Forbidden`].
pub fn approve(
    side: &AccessSide,
    by: &Person,
    vote: &Vote,
    facts: &ApproveFacts<'_>,
    cx: &Context,
) -> Result<Decided<ApproveRequest>, Rejection> {
    let scope = agreed_scope(side, by, vote, facts, cx)?;
    let policy = &facts.tenant.policy;
    assured(policy, vote.signed.as_ref(), |signed| {
        let digest = users_of(&scope).and(signed.scope.users_digest.clone());
        Statement::of_access(side, by.id, &scope, digest, signed.nonce.clone())
    })?;
    let comment = remark("comment", vote.comment.as_deref(), by)?;
    let ballot = side.ballot.as_ref().filter(|ballot| ballot.scope == scope);
    let given = ballot.map(|ballot| ballot.votes.as_slice()).unwrap_or_default();
    let own = vote::Vote { signed: vote.signed.is_some(), ..vote_of(by, false, comment, cx) };
    let mut draft = Draft::new(cx);
    let earlier = match facts.standing.weigh(given, |vote| vote.by, by.id, policy.approvals.required) {
        Weight::Counted => return Ok(draft.decided(side.id)),
        Weight::Waits => {
            voted(&mut draft, side, own, scope);
            draft.signed(side.tenant, vote.signed.as_ref());
            return Ok(draft.decided(side.id));
        }
        Weight::Decides(earlier) => earlier,
    };
    let approval = approval_of(own, earlier, scope);
    decide(&mut draft, side, approval, facts, cx);
    draft.signed(side.tenant, vote.signed.as_ref());
    Ok(draft.decided(side.id))
}

fn vote_of(by: &Person, automatic: bool, comment: Option<Personal>, cx: &Context) -> vote::Vote {
    vote::Vote { by: by.id, by_name: by.display_name.clone(), at: cx.now, automatic, signed: false, comment }
}

fn approval_of(deciding: vote::Vote, earlier: Vec<vote::Vote>, scope: Scope) -> Approval {
    let vote::Vote { by, by_name, at, automatic, signed, comment } = deciding;
    Approval { earlier, by, by_name, at, automatic, signed, scope, comment, grant: None, expires: None }
}

/// Somebody agrees, and more must.
fn voted(draft: &mut Draft<'_>, side: &AccessSide, vote: vote::Vote, scope: Scope) {
    let automatic = vote.automatic;
    draft.entry(side.tenant, Activity::VoteGiven, side.id, Some(side.support_request));
    if automatic {
        draft.by_service(true);
    }
    draft.access(Some(side), AccessEvent::Voted { vote, scope });
}

/// Enough people agree.
fn decide(
    draft: &mut Draft<'_>,
    side: &AccessSide,
    approval: Approval,
    facts: &ApproveFacts<'_>,
    cx: &Context,
) {
    match side.side {
        Side::SupportRequestTenant => {
            draft
                .entry(side.tenant, Activity::RequestApproved, side.id, Some(side.support_request))
                .access(Some(side), AccessEvent::Approved { approval: approval.clone() });
            moved_on(draft, facts.request);
            if let (Some(ask), Some(resource)) = (facts.ask, &facts.resource) {
                reach_resource(draft, ask, facts.tenant, &approval.scope, resource, cx);
            }
        }
        Side::Both => {
            draft.entry(side.tenant, Activity::RequestApproved, side.id, Some(side.support_request));
            give_access(draft, side, approval, &facts.grant, &facts.tenant.policy, cx);
            moved_on(draft, facts.request);
        }
        Side::ResourceTenant => {
            give_access(draft, side, approval, &facts.grant, &facts.tenant.policy, cx);
        }
    }
}

/// The scope that a vote agrees to, if its giver may vote: what a signature must be over.
///
/// # Errors
/// As [`approve`], but for what a signature is needed for.
pub fn agreed_scope(
    side: &AccessSide,
    by: &Person,
    vote: &Vote,
    facts: &ApproveFacts<'_>,
    cx: &Context,
) -> Result<Scope, Rejection> {
    decidable(side, cx)?;
    may_decide(side.requested_by.id, by, facts.tenant, facts.linked_to_provider)?;
    let proposed = side.proposed(&facts.standing);
    Ok(capped(proposed.narrowed(&vote.narrowing)?, &facts.tenant.policy, side.side))
}

/// Approves the data's side: narrowing is told first, then access begins.
fn give_access(
    draft: &mut Draft<'_>,
    side: &AccessSide,
    mut approval: Approval,
    new: &NewGrant,
    policy: &SupportAccessPolicy,
    cx: &Context,
) {
    let expires = cx.now + approval.scope.duration;
    approval.grant = Some(new.id);
    approval.expires = Some(expires);
    let people = new.measured.people.clone();
    let grant = Grant {
        id: new.id,
        tenant: side.tenant,
        support_request: side.support_request,
        access_request: Some(side.id),
        collection: None,
        source: GrantSource::AccessRequest,
        data_categories: approval.scope.data_categories.clone(),
        filter: approval.scope.filter.clone(),
        people: people.map(|people| people.into_iter().map(|person| person.kept(approval.by)).collect()),
        extent: new.measured.extent,
        records_max: new.measured.extent.allowance(),
        idle_pause: policy.idle_pause,
        created: cx.now,
        expires,
        state: GrantState::Live,
        usage: Usage::begun(cx.now + policy.idle_pause),
        version: 0,
    };
    let automatic = approval.automatic;
    if approval.scope != side.requested {
        draft.entry(side.tenant, Activity::ScopeNarrowed, side.id, Some(side.support_request));
        if automatic {
            draft.by_service(true);
        }
    }
    draft.entry(side.tenant, Activity::AccessApproved, side.id, Some(side.support_request));
    if automatic {
        draft.by_service(true);
    }
    draft
        .access(Some(side), AccessEvent::Approved { approval })
        .grant(None, GrantEvent::Given { grant: Box::new(grant) });
}

/// Makes R's record after S approved. Where one person holds both rights, that is a vote here too, under R's rules.
fn reach_resource(
    draft: &mut Draft<'_>,
    ask: &EngineerRequest,
    support: &Tenant,
    scope: &Scope,
    resource: &Resource<'_>,
    cx: &Context,
) {
    let side = resource_side(ask, scope, support, resource.tenant, cx);
    create(draft, side.clone());
    let policy = &resource.tenant.policy;
    let assured = policy.decision_assurance.accepts(false);
    let Some(person) = resource.same_person.filter(|person| assured && policy.approvals.admits(person.id))
    else {
        return;
    };
    let scope = capped(scope.clone(), policy, Side::ResourceTenant);
    let vote = vote_of(person, true, None, cx);
    if policy.approvals.required > 1 {
        voted(draft, &side, vote, scope);
    } else {
        give_access(draft, &side, approval_of(vote, Vec::new(), scope), &resource.grant, policy, cx);
    }
}

/// The scope with the duration cut to what the data's tenant allows at most.
fn capped(mut scope: Scope, policy: &SupportAccessPolicy, side: Side) -> Scope {
    match side {
        Side::SupportRequestTenant => {}
        Side::ResourceTenant | Side::Both => scope.duration = scope.duration.min(policy.max_duration),
    }
    scope
}

/// Rejects one side. One rejection decides.
///
/// # Errors
/// As [`approve`].
pub fn reject(
    side: &AccessSide,
    by: &Person,
    reason: Option<&str>,
    facts: &ApproveFacts<'_>,
    cx: &Context,
) -> Result<Decided<RejectRequest>, Rejection> {
    decidable(side, cx)?;
    may_decide(side.requested_by.id, by, facts.tenant, facts.linked_to_provider)?;
    let reason = remark("reason", reason, by)?;
    let activity = match side.side {
        Side::SupportRequestTenant | Side::Both => Activity::RequestRejected,
        Side::ResourceTenant => Activity::AccessRejected,
    };
    let mut draft = Draft::new(cx);
    draft
        .entry(side.tenant, activity, side.id, Some(side.support_request))
        .access(Some(side), AccessEvent::Rejected { by: by.id, at: cx.now, reason });
    match side.side {
        Side::SupportRequestTenant | Side::Both => moved_on(&mut draft, facts.request),
        Side::ResourceTenant => {}
    }
    Ok(draft.decided(side.id))
}

/// Takes an approval back. On S's side where S ≠ R it ends every R side that rests on it (`dependents`, each with
/// its grant); on the data's side it ends the grant.
///
/// # Errors
/// [`Rejection::Conflict`] if someone of this tenant revoked or rejected, or nobody approved yet;
/// [`Rejection::AlreadyEnded`].
pub fn revoke(
    side: &AccessSide,
    grant: Option<&Grant>,
    dependents: &[(AccessSide, Option<Grant>)],
    by: &Person,
    reason: Option<&str>,
    cx: &Context,
) -> Result<Decided<RevokeRequest>, Rejection> {
    match side.status(cx.now) {
        SideStatus::Approved => {}
        SideStatus::Pending
        | SideStatus::Rejected
        | SideStatus::Revoked
        | SideStatus::Expired
        | SideStatus::Cancelled
        | SideStatus::Completed => return Err(refusal(side, cx)),
    }
    let reason = remark("reason", reason, by)?;
    let revoked = AccessEvent::Revoked { at: cx.now, by: Some(by.id), reason };
    let mut draft = Draft::new(cx);
    match side.side {
        Side::SupportRequestTenant => {
            draft
                .entry(side.tenant, Activity::RequestWithdrawn, side.id, Some(side.support_request))
                .access(Some(side), revoked);
            for (dependent, grant) in dependents {
                end_by_service(&mut draft, dependent, grant.as_ref(), GrantEnd::Revoked, cx);
            }
        }
        Side::ResourceTenant | Side::Both => {
            draft
                .entry(side.tenant, Activity::AccessRemoved, side.id, Some(side.support_request))
                .access(Some(side), revoked);
            if let Some(grant) = grant.filter(|grant| grant.is_open_on_record()) {
                draft.grant(Some(grant), GrantEvent::Ended { at: cx.now, how: GrantEnd::Removed });
            }
        }
    }
    Ok(draft.decided(side.id))
}

/// The engineer withdraws a pending request, or gives live access up. After S approved, only R's side changes.
///
/// # Errors
/// [`Rejection::AlreadyEnded`].
pub fn cancel(
    ask: &EngineerRequest,
    support_side: Option<&AccessSide>,
    data_side: Option<(&AccessSide, Option<&Grant>)>,
    cx: &Context,
) -> Result<Decided<CancelRequest>, Rejection> {
    let live = |side: &&AccessSide| matches!(side.status(cx.now), SideStatus::Pending | SideStatus::Approved);
    let mut draft = Draft::new(cx);
    if let Some((side, grant)) = data_side.filter(|(side, _)| live(side)) {
        end_by_service(&mut draft, side, grant, GrantEnd::Completed, cx);
    } else if let Some(side) = support_side.filter(|side| side.status(cx.now) == SideStatus::Pending) {
        end_by_service(&mut draft, side, None, GrantEnd::Completed, cx);
    } else {
        return Err(Rejection::AlreadyEnded);
    }
    Ok(draft.decided(ask.id))
}

/// The service ends a side that waits or stands: pending → cancelled; approved → `how`.
pub(crate) fn end_by_service(
    draft: &mut Draft<'_>,
    side: &AccessSide,
    grant: Option<&Grant>,
    how: GrantEnd,
    cx: &Context,
) {
    let (at, case) = (cx.now, Some(side.support_request));
    match side.status(cx.now) {
        SideStatus::Pending => {
            draft
                .entry(side.tenant, Activity::RequestCanceled, side.id, case)
                .by_service(false)
                .access(Some(side), AccessEvent::Cancelled { at });
        }
        SideStatus::Approved => {
            let event = match how {
                GrantEnd::Completed => AccessEvent::Completed { at },
                GrantEnd::Removed | GrantEnd::Revoked | GrantEnd::Expired | GrantEnd::Renewed => {
                    AccessEvent::Revoked { at, by: None, reason: None }
                }
            };
            let activity = match (side.side, how) {
                (Side::SupportRequestTenant, GrantEnd::Completed) => Activity::RequestCompleted,
                (
                    Side::SupportRequestTenant,
                    GrantEnd::Removed | GrantEnd::Revoked | GrantEnd::Expired | GrantEnd::Renewed,
                ) => Activity::RequestWithdrawn,
                (Side::ResourceTenant | Side::Both, _) => Activity::AccessRemoved,
            };
            draft.entry(side.tenant, activity, side.id, case).by_service(false).access(Some(side), event);
            if let Some(grant) = grant.filter(|grant| grant.is_open_on_record()) {
                draft.grant(Some(grant), GrantEvent::Ended { at, how });
            }
        }
        // What time has ended already is recorded as that, by `expire`.
        SideStatus::Expired => expire(draft, side, grant, cx),
        SideStatus::Rejected | SideStatus::Cancelled | SideStatus::Revoked | SideStatus::Completed => {}
    }
}

/// Records that time ended a side, as of the moment it did.
pub(crate) fn expire(draft: &mut Draft<'_>, side: &AccessSide, grant: Option<&Grant>, cx: &Context) {
    if !side.is_open_on_record() || side.status(cx.now) != SideStatus::Expired {
        return;
    }
    let at = side.approval().and_then(|approval| approval.expires).unwrap_or(side.pending_until);
    let activity = if side.approval().is_some() { Activity::AccessRemoved } else { Activity::RequestExpired };
    draft
        .entry(side.tenant, activity, side.id, Some(side.support_request))
        .by_service(false)
        .effective(at)
        .access(Some(side), AccessEvent::Expired { at });
    if let Some(grant) = grant.filter(|grant| grant.is_open_on_record()) {
        draft.grant(Some(grant), GrantEvent::Ended { at, how: GrantEnd::Expired });
    }
}

/// What the engineer is told of a request: never who, why, or a comment. `support` and `data` are the sides'
/// records; a request to a tenant that does not exist looks like one that nobody answers.
#[must_use]
pub fn engineer_status(
    support: Option<&AccessSide>,
    data: Option<(&AccessSide, Option<&Grant>)>,
    unanswered_for: Duration,
    now: Timestamp,
) -> EngineerStatus {
    if let Some((side, grant)) = data {
        return match (side.status(now), grant.map(|grant| grant.status(now))) {
            (SideStatus::Pending, _) => EngineerStatus::Pending,
            (SideStatus::Approved, Some(GrantStatus::Live)) => EngineerStatus::Live,
            (SideStatus::Approved, Some(GrantStatus::Paused)) => EngineerStatus::Paused,
            (SideStatus::Approved, Some(GrantStatus::Ended) | None)
            | (
                SideStatus::Rejected
                | SideStatus::Expired
                | SideStatus::Cancelled
                | SideStatus::Revoked
                | SideStatus::Completed,
                _,
            ) => EngineerStatus::Ended,
        };
    }
    match support.map(|side| (side.status(now), side.approval())) {
        Some((SideStatus::Pending, _)) => EngineerStatus::Pending,
        Some((SideStatus::Approved, Some(approval))) if now < approval.at + unanswered_for => {
            EngineerStatus::Pending
        }
        Some(_) | None => EngineerStatus::Ended,
    }
}

/// S has answered: the case goes on.
fn moved_on(draft: &mut Draft<'_>, request: Option<&SupportRequest>) {
    if let Some(request) = request.filter(|request| request.is_open() && request.stage != Stage::InProgress) {
        draft.support_request(Some(request), SupportRequestEvent::StageChanged { stage: Stage::InProgress });
    }
}
