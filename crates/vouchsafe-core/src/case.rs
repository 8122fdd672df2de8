//! A whole case: the support request with every access that hangs on it. Closing and handing over touch all of it
//! in one decision over S and every R (`lifecycle.md`, *Closure* and *reassign*).

use std::collections::BTreeMap;

use crate::access_request::command::{end_by_service, engineer_status, expire};
use crate::access_request::{
    AccessEvent, AccessSide, EngineerRequest, EngineerStatus, Side, SideState, SideStatus, UNANSWERED_FOR,
};
use crate::audit::Activity;
use crate::consent::Consent;
use crate::data_collection::DataCollection;
use crate::data_collection::command::close_into;
use crate::decided::{Context, Decided, Draft};
use crate::grant::{Grant, GrantEnd, GrantEvent, GrantSource, GrantState, GrantStatus};
use crate::id::TenantId;
use crate::permit::{AssignRequest, CloseRequest, RecordExpiry, RemoveAllGrants, RemoveGrant, RouteRequest};
use crate::person::Person;
use crate::personal::Personal;
use crate::problem_type::ProblemTypes;
use crate::rejection::{Rejection, remark, text_within};
use crate::support_request::command::{Chosen, end_consent, expire_consent, explained, open_only};
use crate::support_request::{Assignment, REASON_CHARS_MAX, Resolution, SupportRequest, SupportRequestEvent};
use crate::tenant::SupportAccessPolicy;
use crate::time::Timestamp;

/// A support request with the records of every side and every grant.
#[derive(Debug, Clone)]
pub struct Case {
    /// The request.
    pub request: SupportRequest,
    /// The engineer's records.
    pub asks: Vec<EngineerRequest>,
    /// Every side's record.
    pub sides: Vec<AccessSide>,
    /// Every grant, of S and of every R.
    pub grants: Vec<Grant>,
    /// Every data collection that has reached its tenant.
    pub collections: Vec<DataCollection>,
}

impl Case {
    /// The grant of a data side.
    #[must_use]
    pub fn grant_of(&self, side: &AccessSide) -> Option<&Grant> {
        let id = side.approval().and_then(|approval| approval.grant)?;
        self.grants.iter().find(|grant| grant.id == id)
    }

    /// The grant that consent made, if the property is yes.
    #[must_use]
    pub fn consent_grant(&self) -> Option<&Grant> {
        match &self.request.consent {
            Consent::Given { grant, .. } => self.grants.iter().find(|candidate| candidate.id == *grant),
            Consent::None | Consent::AwaitingApproval { .. } | Consent::Expired { .. } => None,
        }
    }

    /// R's sides that rest on this approval of S, each with its grant.
    #[must_use]
    pub fn resting_on(&self, support_side: &AccessSide) -> Vec<(AccessSide, Option<Grant>)> {
        self.sides
            .iter()
            .filter(|side| side.rests_on == Some(support_side.id))
            .map(|side| (side.clone(), self.grant_of(side).cloned()))
            .collect()
    }

    /// Requests for a tenant's data that wait for whoever is asked first: R itself, as the engineer sees it, where they rest on
    /// S's standing approval, else S.
    #[must_use]
    pub fn waiting(&self, resource: TenantId, standing: bool, now: Timestamp) -> usize {
        let support = self.request.tenant;
        let side = |tenant, id| self.sides.iter().find(|side| (side.tenant, side.id) == (tenant, id));
        let waits = |ask: &&EngineerRequest| match ask.rests_on {
            None => side(support, ask.id).is_some_and(|side| side.status(now) == SideStatus::Pending),
            Some(approval) => {
                let data = side(resource, ask.id).map(|side| (side, self.grant_of(side)));
                let told = engineer_status(side(support, approval), data, UNANSWERED_FOR, now);
                told == EngineerStatus::Pending
            }
        };
        let alike =
            |ask: &&EngineerRequest| ask.resource_tenant == resource && ask.rests_on.is_some() == standing;
        self.asks.iter().filter(alike).filter(waits).count()
    }

    /// S's standing approval that covers an ask, if there is one.
    #[must_use]
    pub fn standing(&self, resource: TenantId, covers: impl Fn(&AccessSide) -> bool) -> Option<&AccessSide> {
        self.sides.iter().find(|side| {
            side.side == Side::SupportRequestTenant
                && side.resource_tenant == resource
                && matches!(side.state, SideState::Approved { .. })
                && covers(side)
        })
    }
}

/// Closes the case: ends consent and every grant, completes or cancels each side.
///
/// # Errors
/// [`Rejection::CaseClosed`].
pub fn close(case: &Case, resolution: Resolution, cx: &Context) -> Result<Decided<CloseRequest>, Rejection> {
    let request = &case.request;
    open_only(request)?;
    let mut draft = Draft::new(cx);
    draft
        .entry(request.tenant, Activity::SupportRequestClosed, request.id, Some(request.id))
        .support_request(Some(request), SupportRequestEvent::Closed { at: cx.now, resolution });
    for side in &case.sides {
        end_by_service(&mut draft, side, case.grant_of(side), GrantEnd::Completed, cx);
    }
    for grant in case.grants.iter().filter(|grant| grant.access_request.is_none()) {
        end_grant(&mut draft, grant, GrantEnd::Completed, cx);
    }
    for collection in &case.collections {
        close_into(&mut draft, collection, cx);
    }
    Ok(draft.decided(request.id))
}

/// The service ends a grant that no access side carries: consent.
fn end_grant(draft: &mut Draft<'_>, grant: &Grant, how: GrantEnd, cx: &Context) {
    if grant.is_open_on_record() {
        let (at, how) =
            if cx.now >= grant.expires { (grant.expires, GrantEnd::Expired) } else { (cx.now, how) };
        draft
            .entry(grant.tenant, Activity::AccessRemoved, grant.id, Some(grant.support_request))
            .by_service(false)
            .effective(at)
            .grant(Some(grant), GrantEvent::Ended { at, how });
    }
}

/// Gives the case to `engineer`. Pending requests of the former engineer are cancelled. A grant passes on only if
/// its tenant's policy says so and accepts the next engineer; S's approval passes under S's policy like a grant.
///
/// # Errors
/// [`Rejection::CaseClosed`]; [`Rejection::Invalid`] for a missing reason, an inactive engineer or the same one.
pub fn assign(
    case: &Case,
    engineer: &Person,
    reason: &str,
    policies: &BTreeMap<TenantId, SupportAccessPolicy>,
    cx: &Context,
) -> Result<Decided<AssignRequest>, Rejection> {
    let request = &case.request;
    open_only(request)?;
    let reason = text_within("reason", reason, 1, REASON_CHARS_MAX)?;
    if !engineer.active {
        return Err(Rejection::invalid("engineerId", "is not an active engineer"));
    }
    if request.engineer() == Some(engineer.id) {
        return Err(Rejection::invalid("engineerId", "already has this support request"));
    }
    if !policies.get(&request.tenant).is_some_and(|policy| policy.engineer_rules.accept(engineer)) {
        return Err(Rejection::invalid("engineerId", "is excluded by the customer's rules for engineers"));
    }
    if engineer.profile.conflicts.contains(&request.tenant) {
        return Err(Rejection::invalid("engineerId", "has a conflict of interest with the customer"));
    }
    let assignment = Assignment {
        engineer: engineer.id,
        display_name: engineer.display_name.clone(),
        since: cx.now,
        reason: Personal::new(engineer.id, reason),
        grounds: Vec::new(),
    };
    let mut draft = Draft::new(cx);
    draft.entry(request.tenant, Activity::SupportRequestAssigned, request.id, Some(request.id));
    pass(&mut draft, case, engineer, assignment, policies, cx);
    Ok(draft.decided(request.id))
}

/// The service gives a case that has no engineer who may work to the one that assignment chose, with everything as in
/// [`assign`]; or to the queue, where pending requests are cancelled and all access rests: nobody is its engineer. What
/// passes on is decided when the next one comes.
///
/// # Errors
/// [`Rejection::CaseClosed`].
pub fn route(
    case: &Case,
    chosen: Option<(Chosen, &ProblemTypes)>,
    policies: &BTreeMap<TenantId, SupportAccessPolicy>,
    cx: &Context,
) -> Result<Decided<RouteRequest>, Rejection> {
    let request = &case.request;
    open_only(request)?;
    let mut draft = Draft::new(cx);
    if let Some((chosen, types)) = chosen {
        let engineer = chosen.person.clone();
        let assignment = explained(chosen, request, types, cx);
        draft
            .entry(request.tenant, Activity::SupportRequestAssigned, request.id, Some(request.id))
            .by_service(true);
        pass(&mut draft, case, &engineer, assignment, policies, cx);
    } else if request.assignment.is_some() {
        draft
            .entry(request.tenant, Activity::SupportRequestQueued, request.id, Some(request.id))
            .by_service(true)
            .support_request(Some(request), SupportRequestEvent::Queued);
        // Whoever asked is gone: nobody shall have to decide on that any more.
        for side in case.sides.iter().filter(|side| side.status(cx.now) == SideStatus::Pending) {
            end_by_service(&mut draft, side, None, GrantEnd::Revoked, cx);
        }
    }
    Ok(draft.decided(request.id))
}

/// Writes the next engineer into the entry begun last, and passes on or ends every access.
fn pass(
    draft: &mut Draft<'_>,
    case: &Case,
    engineer: &Person,
    assignment: Assignment,
    policies: &BTreeMap<TenantId, SupportAccessPolicy>,
    cx: &Context,
) {
    let request = &case.request;
    let passes = |tenant: TenantId| {
        policies
            .get(&tenant)
            .is_some_and(|policy| policy.inherit_on_reassign && policy.engineer_rules.accept(engineer))
    };
    draft.support_request(Some(request), SupportRequestEvent::Assigned { assignment });
    for side in &case.sides {
        hand_over(draft, case, side, &passes, cx);
    }
    if let Some(grant) = case.consent_grant().filter(|grant| grant.status(cx.now) != GrantStatus::Ended) {
        if passes(grant.tenant) {
            inherit(draft, grant);
        } else {
            end_grant(draft, grant, GrantEnd::Revoked, cx);
            draft.support_request(Some(request), SupportRequestEvent::ConsentEnded { reason: None });
        }
    }
    let collected = case.grants.iter().filter(|grant| grant.collection.is_some());
    for grant in collected.filter(|grant| grant.status(cx.now) != GrantStatus::Ended) {
        if passes(grant.tenant) {
            inherit(draft, grant);
        } else {
            end_grant(draft, grant, GrantEnd::Revoked, cx);
        }
    }
}

fn hand_over(
    draft: &mut Draft<'_>,
    case: &Case,
    side: &AccessSide,
    passes: &impl Fn(TenantId) -> bool,
    cx: &Context,
) {
    let approved = side.status(cx.now) == SideStatus::Approved;
    // R's access needs S's approval behind it: where that does not pass on, neither does R's.
    let backed = side.rests_on.is_none() || passes(side.support_tenant);
    if !(approved && passes(side.tenant) && backed) {
        end_by_service(draft, side, case.grant_of(side), GrantEnd::Revoked, cx);
    } else if let Some(grant) = case.grant_of(side) {
        inherit(draft, grant);
    } else {
        draft
            .entry(side.tenant, Activity::AccessInherited, side.id, Some(side.support_request))
            .by_service(false);
    }
}

fn inherit(draft: &mut Draft<'_>, grant: &Grant) {
    draft
        .entry(grant.tenant, Activity::AccessInherited, grant.id, Some(grant.support_request))
        .by_service(false)
        .grant(Some(grant), GrantEvent::Inherited);
}

/// One grant of a tenant with what it rests on: its case for a consent, its side for an access request.
#[derive(Debug, Clone)]
pub struct Held {
    /// The grant.
    pub grant: Grant,
    /// The tenant's record of the access request, if it came from one.
    pub side: Option<AccessSide>,
    /// The case, if it came from consent.
    pub request: Option<SupportRequest>,
}

/// An administrator of the data's tenant ends one grant.
///
/// # Errors
/// [`Rejection::Conflict`] if someone of the tenant removed it before, [`Rejection::AlreadyEnded`] otherwise.
pub fn remove(
    held: &Held,
    by: &Person,
    reason: Option<&str>,
    cx: &Context,
) -> Result<Decided<RemoveGrant>, Rejection> {
    if !held.grant.is_open_on_record() || cx.now >= held.grant.expires {
        return Err(match held.grant.state {
            GrantState::Ended { how: GrantEnd::Removed, .. } => Rejection::Conflict,
            GrantState::Ended { .. } | GrantState::Live | GrantState::Paused { .. } => {
                Rejection::AlreadyEnded
            }
        });
    }
    let reason = remark("reason", reason, by)?;
    let mut draft = Draft::new(cx);
    remove_into(&mut draft, held, by, reason, cx);
    Ok(draft.decided(held.grant.id))
}

/// An administrator of the data's tenant ends all of these grants. Those that have ended already are passed over.
///
/// # Errors
/// [`Rejection::Invalid`] for an over-long reason.
pub fn remove_all(
    tenant: TenantId,
    held: &[Held],
    by: &Person,
    reason: Option<&str>,
    cx: &Context,
) -> Result<Decided<RemoveAllGrants>, Rejection> {
    let reason = remark("reason", reason, by)?;
    let mut draft = Draft::new(cx);
    for held in held.iter().filter(|held| held.grant.is_open_on_record() && cx.now < held.grant.expires) {
        remove_into(&mut draft, held, by, reason.clone(), cx);
    }
    Ok(draft.decided(tenant))
}

fn remove_into(draft: &mut Draft<'_>, held: &Held, by: &Person, reason: Option<Personal>, cx: &Context) {
    let grant = &held.grant;
    if let Some(request) = held.request.as_ref().filter(|_| grant.source == GrantSource::Consent) {
        end_consent(draft, request, Some(grant), reason, cx);
        return;
    }
    let target = held.side.as_ref().map_or_else(|| grant.id.to_string(), |side| side.id.to_string());
    draft.entry(grant.tenant, Activity::AccessRemoved, target, Some(grant.support_request));
    if let Some(side) = &held.side {
        let revoked = AccessEvent::Revoked { at: cx.now, by: Some(by.id), reason };
        draft.access(Some(side), revoked);
    }
    draft.grant(Some(grant), GrantEvent::Ended { at: cx.now, how: GrantEnd::Removed });
}

/// Records for people what time has ended in one tenant: pending requests, approved access, consent. Enforcement
/// never waits for it.
pub fn record_expiry(
    tenant: TenantId,
    sides: &[(AccessSide, Option<Grant>)],
    consents: &[(SupportRequest, Option<Grant>)],
    cx: &Context,
) -> Decided<RecordExpiry> {
    let mut draft = Draft::new(cx);
    for (side, grant) in sides.iter().filter(|(side, _)| side.tenant == tenant) {
        expire(&mut draft, side, grant.as_ref(), cx);
    }
    for (request, grant) in consents.iter().filter(|(request, _)| request.tenant == tenant) {
        expire_consent(&mut draft, request, grant.as_ref(), cx);
    }
    draft.decided(tenant)
}
