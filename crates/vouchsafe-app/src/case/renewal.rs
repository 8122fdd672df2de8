//! Renewing a consent: what its tenant's people are shown before its end, and the decision.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vouchsafe_core::consent::Consent;
use vouchsafe_core::grant::GrantSource;
use vouchsafe_core::id::{GrantId, SupportRequestId};
use vouchsafe_core::pace::Extent;
use vouchsafe_core::permit::{Facts, ReadReads, Scope, authorize};
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::support_request::{SupportRequest, command};
use vouchsafe_core::time::Timestamp;
use vouchsafe_store::{ReadsOf, Session};

use super::LOOK;
use super::consent::Deciding;
use super::view::consent_standing;
use crate::call::{Acting, shown_after_commit};
use crate::decision::SignedVote;
use crate::shown::{READS_COUNTED, newest};
use crate::view::{CaseView, ConsentTally};
use crate::{App, AppError, Call};

/// A consent that ends soon, or has ended, and can be renewed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenewalView {
    /// Since when it can be.
    pub since: Timestamp,
    /// Who wants to renew it so far.
    pub votes: ConsentTally,
    /// What was read under consent for this case; none for who may not know.
    pub read: Option<ConsentReads>,
}

/// What was read under consent for a case, before and after renewals.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentReads {
    /// Different records.
    pub records: u64,
    /// Of which categories.
    pub categories: BTreeSet<DataCategory>,
    /// Reads in which a masked value showed in clear because it was allowed.
    pub revealed: u64,
    /// When something was read last.
    pub last: Option<Timestamp>,
}

/// The renewal that one of the case's own people is shown now, if there is one.
pub(super) async fn renewal(
    session: &mut Session,
    me: &Acting,
    request: &SupportRequest,
    seen: Timestamp,
) -> Result<Option<RenewalView>, AppError> {
    let since = request.consent.renewable_from().filter(|from| *from <= seen);
    let Some(since) = since.filter(|_| request.is_open() && me.tenant.policy.consent_offered) else {
        return Ok(None);
    };
    let mut given = request.consent.renewal_votes().to_vec();
    let standing = consent_standing(session, me, request).await?;
    given.retain(|vote| standing.counts(vote.by));
    let reader = me.caller.person.id;
    let voted = given.iter().any(|vote| vote.by == reader || standing.own.contains(&vote.by));
    let votes = ConsentTally { required: me.tenant.policy.approvals.required, given, voted };
    Ok(Some(RenewalView { since, votes, read: reads(session, me, request).await? }))
}

async fn reads(
    session: &mut Session,
    me: &Acting,
    request: &SupportRequest,
) -> Result<Option<ConsentReads>, AppError> {
    let facts = Facts::own_tenant(LOOK, &me.caller);
    let Ok(permit) = authorize::<ReadReads>(facts, me.tenant.id) else { return Ok(None) };
    let scope = Scope::of_tenant(permit);
    let (mut found, mut records) = (ConsentReads::default(), BTreeSet::new());
    let grants = session.grants_of_case(request.tenant, request.id).await?;
    for grant in grants.into_iter().filter(|grant| grant.source == GrantSource::Consent) {
        let of_grant = ReadsOf::Grant(grant.id);
        for read in session.list_reads(scope, of_grant, &newest(READS_COUNTED)).await?.items {
            found.categories.insert(read.category);
            found.last = found.last.max(Some(read.at));
            found.revealed += u64::from(read.properties.iter().any(|property| property.revealed));
            records.extend(read.record_ids);
        }
    }
    found.records = u64::try_from(records.len()).unwrap_or(u64::MAX);
    Ok(Some(found))
}

impl App {
    /// Renews the consent of a case in its last days or after its end; one vote of as many as the tenant asks for.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn renew_consent(
        &self,
        call: &Call,
        id: SupportRequestId,
        given: Option<&SignedVote>,
    ) -> Result<CaseView, AppError> {
        let extent = self.consent_extent(call.who, true).await?;
        let (mut work, me, request, permit) = match self.deciding_consent(call, id).await? {
            Deciding::Again(work, answer) => return shown_after_commit(work, *answer).await,
            Deciding::Anew(work, me, request, permit) => (work, me, *request, permit),
        };
        let standing = consent_standing(&mut work, &me, &request).await?;
        let (by, policy, cx) = (&me.caller.person, &me.tenant.policy, me.context(&work));
        command::may_renew(&request, by, policy, &cx)?;
        let signed = self.signed_consent(&mut work, &me, &request, given).await?;
        let old = match request.consent {
            Consent::Given { grant, .. } => work.grant(request.tenant, grant).await?,
            Consent::None | Consent::AwaitingApproval { .. } | Consent::Expired { .. } => None,
        };
        let new: (GrantId, Extent) = (work.new_id(request.tenant), extent);
        let (old, signed) = (old.as_ref(), signed.as_ref());
        let decided = command::renew_consent(&request, old, new, by, &standing, signed, policy, &cx)?;
        self.consent_recorded(work, call, permit, decided, &me, request).await
    }
}
