//! A case as its reader may see it, with the votes on its consent.

use std::collections::BTreeSet;

use vouchsafe_core::consent::Consent;
use vouchsafe_core::grant::GrantStatus;
use vouchsafe_core::permission::Permission;
use vouchsafe_core::support_request::SupportRequest;
use vouchsafe_core::tenant::Tenant;
use vouchsafe_core::time::Timestamp;
use vouchsafe_core::vote::Standing;
use vouchsafe_store::Session;

use super::renewal::renewal;
use crate::AppError;
use crate::call::Acting;
use crate::view::{CaseView, ConsentTally};
use crate::votes::{accounts_of, standing};

/// Whether the access that consent gives rests until the tenant confirms it.
async fn consent_paused(
    session: &mut Session,
    request: &SupportRequest,
    seen: Timestamp,
) -> Result<bool, AppError> {
    let Consent::Given { grant, .. } = request.consent else { return Ok(false) };
    let grant = session.grant(request.tenant, grant).await?;
    Ok(grant.is_some_and(|grant| grant.status(seen) == GrantStatus::Paused))
}

/// A case with what belongs to its owner, as its reader sees it.
pub(super) async fn case_view(
    session: &mut Session,
    me: &Acting,
    request: SupportRequest,
    owner: Option<&Tenant>,
    seen: Timestamp,
) -> Result<CaseView, AppError> {
    let own = owner.is_some_and(|owner| owner.id == me.tenant.id);
    let consent_votes = if own { Some(tally(session, me, &request).await?) } else { None };
    let offered = owner.is_some_and(|owner| owner.policy.consent_offered);
    Ok(CaseView {
        consent_paused: consent_paused(session, &request, seen).await?,
        consent_votes,
        renewal: match own {
            true => renewal(session, me, &request, seen).await?,
            false => None,
        },
        version: request.version,
        tenant_name: owner.map(|owner| owner.display_name.clone()).unwrap_or_default(),
        consent_offered: offered && !request.is_from_elsewhere(),
        request,
        seen,
    })
}

/// How the votes on a *yes* stand, for one of its tenant's people.
async fn tally(
    session: &mut Session,
    me: &Acting,
    request: &SupportRequest,
) -> Result<ConsentTally, AppError> {
    let mut given = request.consent.votes();
    let mut required = me.tenant.policy.approvals.required;
    let mut own = BTreeSet::new();
    match &request.consent {
        Consent::AwaitingApproval { .. } => {
            let standing = consent_standing(session, me, request).await?;
            given.retain(|vote| standing.counts(vote.by));
            own = standing.own;
        }
        Consent::Given { .. } => required = u32::try_from(given.len()).unwrap_or(u32::MAX),
        Consent::None | Consent::Expired { .. } => {}
    }
    let voted = given.iter().any(|vote| vote.by == me.caller.person.id || own.contains(&vote.by));
    Ok(ConsentTally { required, given, voted })
}

/// What is known of the votes on a *yes* that waits, or on its renewal, and of who said it.
pub(super) async fn consent_standing(
    session: &mut Session,
    me: &Acting,
    request: &SupportRequest,
) -> Result<Standing, AppError> {
    let (asker, votes) = match &request.consent {
        Consent::AwaitingApproval { by, votes, .. } => (Some(*by), votes),
        Consent::Given { renewal, .. } if !renewal.is_empty() => (None, renewal),
        Consent::None | Consent::Given { .. } | Consent::Expired { .. } => return Ok(Standing::default()),
    };
    let votes = votes.iter().map(|vote| (vote.by, vote.signed)).collect();
    let reader = me.caller.person.id;
    let mut known = standing(session, &me.tenant, votes, Permission::Consent, reader).await?;
    if let Some(asker) = asker
        && accounts_of(session, me.tenant.id, asker).await?.contains(&(me.tenant.id, reader))
    {
        known.own.insert(asker);
    }
    Ok(known)
}
