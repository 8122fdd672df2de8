//! The consent question: yes, no, and the votes on a *yes* that waits.

use super::{Answer, open_only};
use crate::audit::Activity;
use crate::consent::{Consent, ConsentStatus, ConsentVote};
use crate::decided::{Context, Decided, Draft};
use crate::decision::{SignedDecision, Statement, assured};
use crate::grant::{Grant, GrantEnd, GrantEvent, GrantSource, GrantState};
use crate::id::{GrantId, UserId};
use crate::pace::{Extent, Usage};
use crate::permit::DecideConsent;
use crate::person::Person;
use crate::personal::Personal;
use crate::rejection::{Rejection, remark};
use crate::scope::DataCategory;
use crate::support_request::{SupportRequest, SupportRequestEvent};
use crate::tenant::SupportAccessPolicy;
use crate::vote::{Standing, Weight};

/// Votes for a *yes* that waits for another approver. It is given once as many agree as the tenant asks for; a vote that
/// is counted already changes nothing.
///
/// # Errors
/// [`Rejection::CaseClosed`]; [`Rejection::Conflict`] if it was decided; [`Rejection::AlreadyEnded`] if nothing
/// waits; [`Rejection::Forbidden`] for the person who said yes, and for whom the tenant does not name as approver.
pub fn approve_consent(
    request: &SupportRequest,
    (grant, extent): (GrantId, Extent),
    by: &Person,
    standing: &Standing,
    signed: Option<&SignedDecision>,
    policy: &SupportAccessPolicy,
    cx: &Context,
) -> Result<Decided<DecideConsent>, Rejection> {
    may_agree(request, by, standing, policy, cx)?;
    assured(policy, signed, |signed| Statement::of_consent(request, by.id, policy, signed.nonce.clone()))?;
    let mut draft = Draft::new(cx);
    let answer = Answer::Yes(grant, extent);
    answer_consent(&mut draft, request, answer, by.id, standing, signed.is_some(), policy, cx)?;
    draft.signed(request.tenant, signed);
    Ok(draft.decided(request.id))
}

/// Whether somebody may vote for a *yes* that waits, but for a signature.
///
/// # Errors
/// As [`approve_consent`].
pub fn may_agree(
    request: &SupportRequest,
    by: &Person,
    standing: &Standing,
    policy: &SupportAccessPolicy,
    cx: &Context,
) -> Result<(), Rejection> {
    waiting_consent(request, cx)?;
    // Where a yes must be signed, whoever said it signs it afterwards: that is the person's own vote, not a second one.
    if policy.decision_assurance.accepts(false) {
        not_own_yes(request, by, standing)?;
    }
    policy.approvals.must_admit(by.id)
}

/// Refuses a *yes* that waits for another approver: the property is *no* again. As *no* always does, it needs one
/// person who may consent, named as approver or not.
///
/// # Errors
/// As [`approve_consent`], but for the named approvers.
pub fn reject_consent(
    request: &SupportRequest,
    by: &Person,
    reason: Option<&str>,
    standing: &Standing,
    cx: &Context,
) -> Result<Decided<DecideConsent>, Rejection> {
    waiting_consent(request, cx)?;
    not_own_yes(request, by, standing)?;
    let reason = remark("reason", reason, by)?;
    let mut draft = Draft::new(cx);
    end_consent(&mut draft, request, None, reason, cx);
    Ok(draft.decided(request.id))
}

/// Renews a *yes* in its last days or after its end, under the tenant's rules like the first one: once as many agree as the
/// tenant asks for, another grant takes the place of the old one. Until then the old one goes on to its end. A vote that is
/// counted already changes nothing.
///
/// # Errors
/// As [`may_renew`]; [`Rejection::AssuranceRequired`] without a signature where the tenant asks for one.
#[expect(clippy::too_many_arguments, reason = "each is one fact of the decision")]
pub fn renew_consent(
    request: &SupportRequest,
    old: Option<&Grant>,
    (grant, extent): (GrantId, Extent),
    by: &Person,
    standing: &Standing,
    signed: Option<&SignedDecision>,
    policy: &SupportAccessPolicy,
    cx: &Context,
) -> Result<Decided<DecideConsent>, Rejection> {
    may_renew(request, by, policy, cx)?;
    assured(policy, signed, |signed| Statement::of_consent(request, by.id, policy, signed.nonce.clone()))?;
    let mut draft = Draft::new(cx);
    if request.consent.status(cx.now, true) == ConsentStatus::Given {
        let given = request.consent.renewal_votes();
        match standing.weigh(given, |vote| vote.by, by.id, policy.approvals.required) {
            Weight::Counted => {}
            Weight::Waits => {
                let vote = ConsentVote { by: by.id, at: cx.now, signed: signed.is_some() };
                draft
                    .entry(request.tenant, Activity::ConsentAwaitingApproval, request.id, Some(request.id))
                    .support_request(Some(request), SupportRequestEvent::ConsentVoted { vote });
            }
            Weight::Decides(votes) => {
                give_consent(&mut draft, request, (grant, extent), by.id, votes, policy, cx);
                if let Some(old) = old.filter(|old| old.is_open_on_record()) {
                    draft.grant(Some(old), GrantEvent::Ended { at: cx.now, how: GrantEnd::Renewed });
                }
            }
        }
    } else {
        expire_consent(&mut draft, request, old, cx);
        let answer = Answer::Yes(grant, extent);
        answer_consent(&mut draft, request, answer, by.id, standing, signed.is_some(), policy, cx)?;
    }
    draft.signed(request.tenant, signed);
    Ok(draft.decided(request.id))
}

/// Whether somebody may renew a *yes*, but for a signature.
///
/// # Errors
/// [`Rejection::CaseClosed`]; [`Rejection::AlreadyEnded`] if there is no *yes* to renew; [`Rejection::Conflict`] if one waits for
/// approval; [`Rejection::Forbidden`] before its last days, where consent is not offered any more, and for whom the tenant
/// does not name as approver.
pub fn may_renew(
    request: &SupportRequest,
    by: &Person,
    policy: &SupportAccessPolicy,
    cx: &Context,
) -> Result<(), Rejection> {
    open_only(request)?;
    if !policy.consent_offered {
        return Err(Rejection::Forbidden("your organisation does not offer consent on support requests"));
    }
    match (&request.consent, request.consent.renewable_from()) {
        (Consent::AwaitingApproval { .. }, _) => Err(Rejection::Conflict),
        (Consent::None, _) | (_, None) => Err(Rejection::AlreadyEnded),
        (Consent::Given { .. } | Consent::Expired { .. }, Some(from)) if cx.now < from => {
            Err(Rejection::Forbidden("a consent can be renewed in its last 7 days and after its end"))
        }
        (Consent::Given { .. } | Consent::Expired { .. }, Some(_)) => policy.approvals.must_admit(by.id),
    }
}

fn not_own_yes(request: &SupportRequest, by: &Person, standing: &Standing) -> Result<(), Rejection> {
    match &request.consent {
        Consent::AwaitingApproval { by: opener, .. } if *opener == by.id || standing.own.contains(opener) => {
            Err(Rejection::Forbidden("another person has to decide on your own yes"))
        }
        Consent::AwaitingApproval { .. }
        | Consent::None
        | Consent::Given { .. }
        | Consent::Expired { .. } => Ok(()),
    }
}

fn waiting_consent(request: &SupportRequest, cx: &Context) -> Result<(), Rejection> {
    open_only(request)?;
    match (&request.consent, request.consent.status(cx.now, true)) {
        (Consent::AwaitingApproval { .. }, _) => Ok(()),
        (_, ConsentStatus::Given | ConsentStatus::Paused) => Err(Rejection::Conflict),
        (Consent::None | Consent::Given { .. } | Consent::Expired { .. }, _) => Err(Rejection::AlreadyEnded),
    }
}

#[expect(clippy::too_many_arguments, reason = "each is one fact of the answer")]
pub(super) fn answer_consent(
    draft: &mut Draft<'_>,
    request: &SupportRequest,
    answer: Answer,
    by: UserId,
    standing: &Standing,
    signed: bool,
    policy: &SupportAccessPolicy,
    cx: &Context,
) -> Result<(), Rejection> {
    if answer != Answer::No && !policy.consent_offered {
        return Err(Rejection::Forbidden("your organisation does not offer consent on support requests"));
    }
    if answer != Answer::No && request.is_from_elsewhere() {
        return Err(Rejection::Forbidden("a support request that came from elsewhere carries no consent"));
    }
    let already = request.consent.status(cx.now, true);
    let answer = match answer {
        // A *yes* is an approval: from whom the tenant does not name as approver, it waits for one who is.
        Answer::Yes(..) if !policy.approvals.admits(by) => Answer::YesIfApproved,
        // And one that is not as sure as the tenant asks waits for one that is.
        Answer::Yes(..) if !policy.decision_assurance.accepts(signed) => Answer::YesIfApproved,
        Answer::No | Answer::Yes(..) | Answer::YesIfApproved => answer,
    };
    match answer {
        Answer::No => {}
        Answer::Yes(..) if already == ConsentStatus::Given => {}
        Answer::YesIfApproved
            if already == ConsentStatus::Given || already == ConsentStatus::AwaitingApproval => {}
        Answer::YesIfApproved => awaits(draft, request, (by, signed), false, cx),
        Answer::Yes(grant, extent) => {
            let given = match &request.consent {
                Consent::AwaitingApproval { votes, .. } => votes.as_slice(),
                Consent::None | Consent::Given { .. } | Consent::Expired { .. } => &[],
            };
            match standing.weigh(given, |vote| vote.by, by, policy.approvals.required) {
                Weight::Counted => {}
                Weight::Waits => awaits(draft, request, (by, signed), true, cx),
                Weight::Decides(votes) => {
                    give_consent(draft, request, (grant, extent), by, votes, policy, cx)
                }
            }
        }
    }
    Ok(())
}

/// A *yes* begins to wait, or one more agrees to a *yes* that goes on waiting.
fn awaits(
    draft: &mut Draft<'_>,
    request: &SupportRequest,
    (by, signed): (UserId, bool),
    counts: bool,
    cx: &Context,
) {
    let event = match request.consent {
        Consent::AwaitingApproval { .. } => {
            SupportRequestEvent::ConsentVoted { vote: ConsentVote { by, at: cx.now, signed } }
        }
        Consent::None | Consent::Given { .. } | Consent::Expired { .. } => {
            SupportRequestEvent::ConsentAwaiting { by, since: cx.now, counts }
        }
    };
    draft
        .entry(request.tenant, Activity::ConsentAwaitingApproval, request.id, Some(request.id))
        .support_request(Some(request), event);
}

fn give_consent(
    draft: &mut Draft<'_>,
    request: &SupportRequest,
    (id, extent): (GrantId, Extent),
    by: UserId,
    votes: Vec<ConsentVote>,
    policy: &SupportAccessPolicy,
    cx: &Context,
) {
    let expires = cx.now + policy.consent_duration;
    let given = SupportRequestEvent::ConsentGiven { grant: id, by, at: cx.now, expires, votes };
    let grant = Grant {
        id,
        tenant: request.tenant,
        support_request: request.id,
        access_request: None,
        collection: None,
        source: GrantSource::Consent,
        data_categories: DataCategory::advanced(),
        filter: None,
        people: None,
        extent,
        records_max: extent.allowance(),
        idle_pause: policy.idle_pause,
        created: cx.now,
        expires,
        state: GrantState::Live,
        usage: Usage::begun(cx.now + policy.idle_pause),
        version: 0,
    };
    draft
        .entry(request.tenant, Activity::ConsentGiven, grant.id, Some(request.id))
        .support_request(Some(request), given)
        .grant(None, GrantEvent::Given { grant: Box::new(grant) });
}

/// Sets the property to *no* and ends its grant.
pub(crate) fn end_consent(
    draft: &mut Draft<'_>,
    request: &SupportRequest,
    grant: Option<&Grant>,
    reason: Option<Personal>,
    cx: &Context,
) {
    if !request.consent.is_yes(cx.now) {
        return;
    }
    let target = grant.map_or_else(|| request.id.to_string(), |grant| grant.id.to_string());
    draft
        .entry(request.tenant, Activity::ConsentWithdrawn, target, Some(request.id))
        .support_request(Some(request), SupportRequestEvent::ConsentEnded { reason });
    if let Some(grant) = grant.filter(|grant| grant.is_open_on_record()) {
        draft.grant(Some(grant), GrantEvent::Ended { at: cx.now, how: GrantEnd::Removed });
    }
}

/// Records that the time of a *yes* ran out, as of the moment it did.
pub(crate) fn expire_consent(
    draft: &mut Draft<'_>,
    request: &SupportRequest,
    grant: Option<&Grant>,
    cx: &Context,
) {
    let Consent::Given { expires: at, .. } = request.consent else { return };
    if cx.now < at {
        return;
    }
    let target = grant.map_or_else(|| request.id.to_string(), |grant| grant.id.to_string());
    draft
        .entry(request.tenant, Activity::ConsentExpired, target, Some(request.id))
        .by_service(false)
        .effective(at)
        .support_request(Some(request), SupportRequestEvent::ConsentExpired { at });
    if let Some(grant) = grant.filter(|grant| grant.is_open_on_record()) {
        draft.grant(Some(grant), GrantEvent::Ended { at, how: GrantEnd::Expired });
    }
}
