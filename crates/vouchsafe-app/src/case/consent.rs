//! Votes on a consent that waits for more of them.

use vouchsafe_core::decided::Decided;
use vouchsafe_core::id::{GrantId, SupportRequestId};
use vouchsafe_core::pace::Extent;
use vouchsafe_core::permit::{DecideConsent, Facts, Permit, authorize};
use vouchsafe_core::support_request::{SupportRequest, command};
use vouchsafe_store::Work;

use super::recorded;
use super::view::{case_view, consent_standing};
use crate::call::{Acting, finish, replayed, shown_after_commit, unchanged};
use crate::decision::SignedVote;
use crate::pace::not_of_the_provider;
use crate::view::{CaseView, ended_grants};
use crate::{App, AppError, Call};

/// How a decision on consent begins.
pub(super) enum Deciding {
    /// The same call was answered before, with this.
    Again(Work, Box<CaseView>),
    /// The caller may decide.
    Anew(Work, Acting, Box<SupportRequest>, Permit<DecideConsent>),
}

impl App {
    /// What holds before every decision on a case's consent, whichever it is: who may, what was answered before, what the
    /// caller saw, and that nobody decides who works for the provider.
    pub(super) async fn deciding_consent(
        &self,
        call: &Call,
        id: SupportRequestId,
    ) -> Result<Deciding, AppError> {
        let (mut work, me, request) = self.customer_case::<DecideConsent>(call.who, id).await?;
        let permit = authorize::<DecideConsent>(Facts::of_case(work.id(), &me.caller, &request, false), id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return Ok(Deciding::Again(work, Box::new(answer)));
        }
        unchanged(call, request.version)?;
        not_of_the_provider(&mut work, &me).await?;
        Ok(Deciding::Anew(work, me, Box::new(request), permit))
    }

    /// Approves a *yes* that waits for another approver.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn approve_consent(
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
        let grant: (GrantId, Extent) = (work.new_id(request.tenant), extent);
        let standing = consent_standing(&mut work, &me, &request).await?;
        let (by, policy, cx) = (&me.caller.person, &me.tenant.policy, me.context(&work));
        command::may_agree(&request, by, &standing, policy, &cx)?;
        let signed = self.signed_consent(&mut work, &me, &request, given).await?;
        let signed = signed.as_ref();
        let decided = command::approve_consent(&request, grant, by, &standing, signed, policy, &cx)?;
        self.consent_recorded(work, call, permit, decided, &me, request).await
    }

    /// Records a vote on consent. One that changes nothing is answered with the case as it is.
    pub(super) async fn consent_recorded(
        &self,
        mut work: Work,
        call: &Call,
        permit: Permit<DecideConsent>,
        decided: Decided<DecideConsent>,
        me: &Acting,
        request: SupportRequest,
    ) -> Result<CaseView, AppError> {
        if decided.writes().is_empty() {
            let seen = work.now();
            let view = case_view(&mut work, me, request, Some(&me.tenant), seen).await?;
            return finish(work, call, view).await;
        }
        let ended = ended_grants(decided.writes());
        let view = recorded(work, call, permit, decided, me).await?;
        self.end_access(&ended).await;
        Ok(view)
    }

    /// Refuses a *yes* that waits for another approver.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn reject_consent(
        &self,
        call: &Call,
        id: SupportRequestId,
        reason: Option<&str>,
    ) -> Result<CaseView, AppError> {
        let (mut work, me, request, permit) = match self.deciding_consent(call, id).await? {
            Deciding::Again(work, answer) => return shown_after_commit(work, *answer).await,
            Deciding::Anew(work, me, request, permit) => (work, me, *request, permit),
        };
        let standing = consent_standing(&mut work, &me, &request).await?;
        let cx = me.context(&work);
        let decided = command::reject_consent(&request, &me.caller.person, reason, &standing, &cx)?;
        recorded(work, call, permit, decided, &me).await
    }
}
