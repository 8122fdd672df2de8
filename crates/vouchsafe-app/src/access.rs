//! Access requests: ask, approve, reject, revoke, withdraw, list.

use std::collections::BTreeSet;

use vouchsafe_core::access_request::command::{
    self, ApproveFacts, Ask, AskFacts, AskLoad, NewGrant, Resource, Vote, engineer_status,
};
use vouchsafe_core::access_request::{
    ASKED_WITHIN, AccessSide, EngineerRequest, ReasonCode, Side, SideStatus, UNANSWERED_FOR,
};
use vouchsafe_core::case::Case;
use vouchsafe_core::decision::Statement;
use vouchsafe_core::id::{AccessRequestId, SupportRequestId, TenantId};
use vouchsafe_core::pace::{Extent, Measured};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::permit::{
    Action, ApproveRequest, AskAccess, CancelRequest, Facts, Reach, ReadAccess, RejectRequest, RevokeRequest,
    Scope as Listing, authorize,
};
use vouchsafe_core::person::Person;
use vouchsafe_core::scope::{DURATION_DEFAULT, DataCategory, DataFilter, Narrowing, Scope};
use vouchsafe_core::tenant::Tenant;
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_core::vote::Standing;
use vouchsafe_store::{Listed, Session, Work};

use crate::call::{Acting, acting, finish, replayed, shown_after_commit, unchanged};
use crate::case::{LOOK, lost};
use crate::cursor::ListOptions;
use crate::decision::SignedVote;
use crate::pace::linked_to_provider;
use crate::view::{AccessView, AskView, EndedView, GrantView, Rows, SideView};
use crate::votes::{standing, works_for_provider};
use crate::{App, AppError, Call, Who};

/// What an engineer asks.
#[derive(Debug, Clone)]
pub struct AskCommand {
    /// Whose data.
    pub resource_tenant: TenantId,
    /// Which categories.
    pub data_categories: Vec<DataCategory>,
    /// The data's time range.
    pub filter: Option<DataFilter>,
    /// How long; 7 days, or less where the customer allows less, if not said.
    pub duration: Option<Duration>,
    /// Why, in one word.
    pub reason_code: ReasonCode,
    /// Why, in sentences.
    pub justification: String,
}

/// What an approver says.
#[derive(Debug, Clone, Default)]
pub struct VoteCommand {
    /// A remark.
    pub comment: Option<String>,
    /// What is taken away.
    pub narrowing: Narrowing,
    /// The answer to what had to be signed.
    pub signed: Option<SignedVote>,
}

impl App {
    /// Asks for access to a tenant's data.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn ask(
        &self,
        call: &Call,
        id: SupportRequestId,
        command: AskCommand,
    ) -> Result<AccessView, AppError> {
        let owner = self.owner_of(call.who, id).await?;
        let mut work = self.work_on([owner, command.resource_tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let request = work.support_request(owner, id).await?.ok_or(AppError::NotFound)?;
        let facts = Facts::of_case(work.id(), &me.caller, &request, me.is_provider());
        let permit = authorize::<AskAccess>(facts, id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        let support_tenant = work.tenant(owner).await?.ok_or(AppError::NotFound)?;
        let max = support_tenant.policy.max_duration;
        let duration = command.duration.unwrap_or(DURATION_DEFAULT.min(max));
        let scope = Scope::new(command.data_categories, command.filter, duration, max)?;
        let provider = work.provider();
        let case = work.case(provider, request).await?;
        let covers =
            |side: &AccessSide| side.approval().is_some_and(|approval| scope.is_within(&approval.scope));
        let standing = case.standing(command.resource_tenant, covers).cloned();
        let resource_tenant = match &standing {
            Some(_) => work.tenant(command.resource_tenant).await?,
            None => None,
        };
        // The tenant that is asked first.
        let stream = if standing.is_some() { command.resource_tenant } else { owner };
        let (engineer, now) = (me.caller.person.id, work.now());
        let load = AskLoad {
            waiting: case.waiting(command.resource_tenant, standing.is_some(), now),
            asked: work.requests_asked(provider, engineer, stream, now - ASKED_WITHIN).await?,
        };
        let ask = Ask {
            id: work.new_id(stream),
            resource_tenant: command.resource_tenant,
            reason_code: command.reason_code,
            justification: command.justification,
            scope: scope.clone(),
            linked_to: extended(&case, command.resource_tenant, work.now()),
        };
        let facts = AskFacts {
            support_tenant: &support_tenant,
            standing: standing.as_ref(),
            resource_tenant: resource_tenant.as_ref(),
            load,
        };
        let decided = command::ask(&case.request, &me.caller.person, ask, &facts, &me.context(&work))?;
        let rows = Rows(work.record(permit, decided).await?);
        let ask = rows.ask().cloned().ok_or_else(lost)?;
        let seen = work.now();
        let view = ask_view(&mut work, ask, seen).await?;
        finish(work, call, AccessView::Ask(Box::new(view))).await
    }

    /// Access requests: the own tenant's records, or the engineer's.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn access_requests(
        &self,
        who: Who,
        options: &ListOptions,
    ) -> Result<Listed<AccessView>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let scope = Listing::of_access(&me.caller, me.tenant.kind)?;
        let query = options.understood("createdDateTime")?;
        let seen = reader.now();
        let (provider, engineer) = match scope.reach() {
            Reach::Tenant(tenant) => {
                let listed = reader.list_sides(tenant, &query, seen).await?;
                let mut items = Vec::with_capacity(listed.items.len());
                for side in listed.items {
                    items.push(AccessView::Side(Box::new(side_view(&mut reader, &me, side, seen).await?)));
                }
                return Ok(Listed { items, next: listed.next, total: listed.total });
            }
            // Nobody's scope of access reaches as the intake's does.
            Reach::Intake(_) => return Err(AppError::Forbidden),
            Reach::Desk(provider) => (provider, None),
            Reach::Engineer { provider, engineer } => (provider, Some(engineer)),
        };
        let listed = reader.list_asks(provider, engineer, &query, seen).await?;
        let mut items = Vec::with_capacity(listed.items.len());
        for ask in listed.items {
            items.push(AccessView::Ask(Box::new(ask_view(&mut reader, ask, seen).await?)));
        }
        Ok(Listed { items, next: listed.next, total: listed.total })
    }

    /// One access request, as the caller's side sees it.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn access_request(&self, who: Who, id: AccessRequestId) -> Result<AccessView, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let seen = reader.now();
        if me.is_provider() {
            let ask = reader.engineer_request(who.tenant, id).await?.ok_or(AppError::NotFound)?;
            let assigned = reader.desk_case(who.tenant, ask.support_request).await?;
            let assigned = assigned.and_then(|request| request.engineer());
            drop(authorize::<ReadAccess>(Facts::of_ask(LOOK, &me.caller, &ask, assigned), id)?);
            return Ok(AccessView::Ask(Box::new(ask_view(&mut reader, ask, seen).await?)));
        }
        let side = reader.access_side(who.tenant, id).await?.ok_or(AppError::NotFound)?;
        drop(authorize::<ReadAccess>(Facts::of_side(LOOK, &me.caller, &side), id)?);
        Ok(AccessView::Side(Box::new(side_view(&mut reader, &me, side, seen).await?)))
    }

    /// Approves the caller's side.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn approve(
        &self,
        call: &Call,
        id: AccessRequestId,
        vote: VoteCommand,
    ) -> Result<SideView, AppError> {
        let measured = self.measured_vote(call.who, id, &vote).await?;
        let (mut work, me, side) = self.own_side::<ApproveRequest>(call.who, id).await?;
        let permit = authorize::<ApproveRequest>(Facts::of_side(work.id(), &me.caller, &side), id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, side.version)?;
        let mut known = Known::load(&mut work, &side, &me).await?;
        known.load_resource(&mut work, &side, &me).await?;
        let facts = known.facts(&me.tenant, &work, &side, measured);
        let (given, cx, by) = (vote.signed, me.context(&work), &me.caller.person);
        let vote = Vote { comment: vote.comment, narrowing: vote.narrowing, signed: None };
        let scope = command::agreed_scope(&side, by, &vote, &facts, &cx)?;
        let stated = |nonce, digest| Statement::of_access(&side, by.id, &scope, digest, nonce);
        let signed = self.signature(&mut work, &me, &scope, given.as_ref(), &stated).await?;
        let decided = command::approve(&side, by, &Vote { signed, ..vote }, &facts, &cx)?;
        let seen = work.now();
        if decided.writes().is_empty() {
            let view = side_view(&mut work, &me, side, seen).await?;
            return finish(work, call, view).await;
        }
        let rows = Rows(work.record(permit, decided).await?);
        let side = rows.side(side.tenant).cloned().ok_or_else(lost)?;
        let view = side_view(&mut work, &me, side, seen).await?;
        finish(work, call, view).await
    }

    /// Rejects the caller's side.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn reject(
        &self,
        call: &Call,
        id: AccessRequestId,
        reason: Option<&str>,
    ) -> Result<SideView, AppError> {
        let (mut work, me, side) = self.own_side::<RejectRequest>(call.who, id).await?;
        let permit = authorize::<RejectRequest>(Facts::of_side(work.id(), &me.caller, &side), id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, side.version)?;
        let known = Known::load(&mut work, &side, &me).await?;
        let facts = known.facts(&me.tenant, &work, &side, None);
        let decided = command::reject(&side, &me.caller.person, reason, &facts, &me.context(&work))?;
        let rows = Rows(work.record(permit, decided).await?);
        let side = rows.side(side.tenant).cloned().ok_or_else(lost)?;
        let seen = work.now();
        let view = side_view(&mut work, &me, side, seen).await?;
        finish(work, call, view).await
    }

    /// Takes the caller's side's approval back, and ends the access that rests on it.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn revoke(
        &self,
        call: &Call,
        id: AccessRequestId,
        reason: Option<&str>,
    ) -> Result<EndedView, AppError> {
        let (mut work, me, side) = self.own_side::<RevokeRequest>(call.who, id).await?;
        let permit = authorize::<RevokeRequest>(Facts::of_side(work.id(), &me.caller, &side), id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, side.version)?;
        let grant = match side.approval().and_then(|approval| approval.grant) {
            Some(grant) => work.grant(side.tenant, grant).await?,
            None => None,
        };
        let dependents = match side.side {
            Side::SupportRequestTenant => self.case_of(&mut work, &side).await?.resting_on(&side),
            Side::ResourceTenant | Side::Both => Vec::new(),
        };
        let cx = me.context(&work);
        let decided = command::revoke(&side, grant.as_ref(), &dependents, &me.caller.person, reason, &cx)?;
        let rows = Rows(work.record(permit, decided).await?);
        let view = EndedView {
            id: id.to_string(),
            reads_ended: work.now(),
            decisions_end_by: self.decisions_end_by(work.now()),
        };
        let view = finish(work, call, view).await?;
        self.end_access(&rows.ended_grants()).await;
        Ok(view)
    }

    /// The engineer withdraws a request, or gives its access up.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn cancel(&self, call: &Call, id: AccessRequestId) -> Result<AccessView, AppError> {
        let provider = call.who.tenant;
        let ask = {
            let mut reader = self.store.read()?;
            let me = acting(&mut reader, call.who).await?;
            match reader.engineer_request(provider, id).await? {
                Some(ask) => ask,
                None => return Err(refusal::<CancelRequest>(&mut reader, &me, id).await),
            }
        };
        let mut work = self.work_on([ask.support_tenant, ask.resource_tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let request = work.support_request(ask.support_tenant, ask.support_request).await?;
        let assigned = request.and_then(|request| request.engineer());
        let permit = authorize::<CancelRequest>(Facts::of_ask(work.id(), &me.caller, &ask, assigned), id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        let (support, data) = sides_of(&mut work, &ask).await?;
        let data = data.as_ref().map(|(side, grant)| (side, grant.as_ref()));
        let cx = me.context(&work);
        let decided = command::cancel(&ask, support.as_ref(), data, &cx)?;
        let rows = Rows(work.record(permit, decided).await?);
        let seen = work.now();
        let view = ask_view(&mut work, ask, seen).await?;
        let view = finish(work, call, AccessView::Ask(Box::new(view))).await?;
        self.end_access(&rows.ended_grants()).await;
        Ok(view)
    }

    /// A unit of work on the caller's own side of a request, for an act that is that side's alone. S's side where S ≠ R
    /// reaches R, and what rests on it.
    async fn own_side<A: Action<Subject = AccessRequestId>>(
        &self,
        who: Who,
        id: AccessRequestId,
    ) -> Result<(Work, Acting, AccessSide), AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let Some(side) = reader.access_side(who.tenant, id).await? else {
            return Err(refusal::<A>(&mut reader, &me, id).await);
        };
        let tenants: BTreeSet<TenantId> = match side.side {
            Side::SupportRequestTenant => [side.tenant, side.resource_tenant].into(),
            Side::ResourceTenant | Side::Both => [side.tenant].into(),
        };
        drop(reader);
        let mut work = self.work_on(tenants).await?;
        let me = acting(&mut work, who).await?;
        let side = work.access_side(who.tenant, id).await?.ok_or(AppError::NotFound)?;
        Ok((work, me, side))
    }

    async fn case_of(&self, work: &mut Work, side: &AccessSide) -> Result<Case, AppError> {
        let request =
            work.support_request(side.support_tenant, side.support_request).await?.ok_or_else(lost)?;
        Ok(work.case(self.store.provider(), request).await?)
    }
}

/// Whether the caller may do `A` to a request, as the caller's side knows it.
///
/// # Errors
/// [`AppError::NotFound`] or [`AppError::Forbidden`] if not.
pub(crate) async fn look_at<A: Action<Subject = AccessRequestId>>(
    session: &mut Session,
    me: &Acting,
    id: AccessRequestId,
) -> Result<(), AppError> {
    let facts = if me.is_provider() {
        let ask = session.engineer_request(me.tenant.id, id).await?.ok_or(AppError::NotFound)?;
        let assigned = session.desk_case(me.tenant.id, ask.support_request).await?;
        Facts::of_ask(LOOK, &me.caller, &ask, assigned.and_then(|request| request.engineer()))
    } else {
        let side = session.access_side(me.tenant.id, id).await?.ok_or(AppError::NotFound)?;
        Facts::of_side(LOOK, &me.caller, &side)
    };
    drop(authorize::<A>(facts, id)?);
    Ok(())
}

/// Why an act on a request that is not the caller's to decide is refused: forbidden to who sees the request, hidden from
/// everybody else.
async fn refusal<A: Action<Subject = AccessRequestId>>(
    session: &mut Session,
    me: &Acting,
    id: AccessRequestId,
) -> AppError {
    look_at::<A>(session, me, id).await.err().unwrap_or(AppError::NotFound)
}

/// What deciding on a side must know, loaded in its unit of work.
struct Known {
    linked_to_provider: bool,
    standing: Standing,
    request: Option<vouchsafe_core::support_request::SupportRequest>,
    ask: Option<EngineerRequest>,
    resource: Option<(Tenant, Option<Person>)>,
}

impl Known {
    async fn load(work: &mut Work, side: &AccessSide, me: &Acting) -> Result<Self, AppError> {
        let linked_to_provider = linked_to_provider(work, me).await?;
        let standing = standing_of(work, me, side).await?;
        let request = match side.side {
            Side::SupportRequestTenant | Side::Both => {
                work.support_request(side.tenant, side.support_request).await?
            }
            Side::ResourceTenant => None,
        };
        Ok(Self { linked_to_provider, standing, request, ask: None, resource: None })
    }

    /// For S's side where S ≠ R: R, and the approver's own account there if it may approve.
    async fn load_resource(
        &mut self,
        work: &mut Work,
        side: &AccessSide,
        me: &Acting,
    ) -> Result<(), AppError> {
        match side.side {
            Side::ResourceTenant | Side::Both => return Ok(()),
            Side::SupportRequestTenant => {}
        }
        let provider = work.provider();
        self.ask = work.engineer_request(provider, side.id).await?;
        let Some(resource) = work.tenant(side.resource_tenant).await? else { return Ok(()) };
        let mut same_person = None;
        for (tenant, user) in work.links(me.tenant.id, me.caller.person.id).await? {
            if tenant != resource.id {
                continue;
            }
            let to_provider = works_for_provider(work, tenant, user).await?;
            if let Some((there, _)) = work.caller(tenant, user).await?
                && there.person.active
                && there.permissions.allow(Permission::ApproveAccess)
                && !to_provider
            {
                same_person = Some(there.person.clone());
            }
        }
        self.resource = Some((resource, same_person));
        Ok(())
    }

    /// What was not measured could not be decided about a moment ago. If it can now, nobody was found and the bound
    /// stands for the count.
    fn facts<'a>(
        &'a self,
        tenant: &'a Tenant,
        work: &Work,
        side: &AccessSide,
        measured: Option<Measured>,
    ) -> ApproveFacts<'a> {
        let named =
            side.proposed(&self.standing).filter.as_ref().is_some_and(|filter| filter.users.is_some());
        let unknown = || Measured { people: named.then(Vec::new), extent: Extent::BOUND };
        let measured = measured.unwrap_or_else(unknown);
        ApproveFacts {
            tenant,
            linked_to_provider: self.linked_to_provider,
            standing: self.standing.clone(),
            grant: NewGrant { id: work.new_id(side.tenant), measured: measured.clone() },
            request: self.request.as_ref(),
            ask: self.ask.as_ref(),
            resource: self.resource.as_ref().map(|(tenant, same_person)| Resource {
                tenant,
                same_person: same_person.as_ref(),
                grant: NewGrant { id: work.new_id(tenant.id), measured },
            }),
        }
    }
}

/// The request that a new one for the same tenant extends.
fn extended(case: &Case, resource: TenantId, now: Timestamp) -> Option<AccessRequestId> {
    let same_data = case.sides.iter().filter(|side| {
        side.side == Side::Both
            && side.resource_tenant == resource
            && side.status(now) == SideStatus::Approved
    });
    let latest = same_data.max_by_key(|side| (side.created, side.id));
    latest.or_else(|| case.standing(resource, |_| true)).map(|side| side.id)
}

/// A tenant's own record with the votes on it, as its own people see it.
async fn side_view(
    session: &mut Session,
    me: &Acting,
    side: AccessSide,
    seen: Timestamp,
) -> Result<SideView, AppError> {
    let reader = me.caller.person.id;
    let required = me.tenant.policy.approvals.required;
    let (required, votes, own) = match (side.approval(), &side.ballot) {
        (Some(approval), _) => {
            let votes = approval.votes();
            (u32::try_from(votes.len()).unwrap_or(u32::MAX), votes, BTreeSet::new())
        }
        (None, Some(ballot)) => {
            let standing = standing_of(session, me, &side).await?;
            let mut votes = ballot.votes.clone();
            votes.retain(|vote| standing.counts(vote.by));
            (required, votes, standing.own)
        }
        (None, None) => (required, Vec::new(), BTreeSet::new()),
    };
    let voted = votes.iter().any(|vote| vote.by == reader || own.contains(&vote.by));
    let proposed = match &side.ballot {
        Some(ballot) if !votes.is_empty() => ballot.scope.clone(),
        Some(_) | None => side.requested.clone(),
    };
    Ok(SideView { version: side.version, side, required, votes, voted, proposed, seen })
}

/// What is known of the votes on a side.
pub(crate) async fn standing_of(
    session: &mut Session,
    me: &Acting,
    side: &AccessSide,
) -> Result<Standing, AppError> {
    let Some(ballot) = &side.ballot else { return Ok(Standing::default()) };
    let votes = ballot.votes.iter().map(|vote| (vote.by, vote.signed)).collect();
    standing(session, &me.tenant, votes, Permission::ApproveAccess, me.caller.person.id).await
}

/// S's side and the data's side of a request, the latter with its grant.
pub(crate) async fn sides_of(
    session: &mut Session,
    ask: &EngineerRequest,
) -> Result<(Option<AccessSide>, Option<(AccessSide, Option<vouchsafe_core::grant::Grant>)>), AppError> {
    let support = session.access_side(ask.support_tenant, ask.rests_on.unwrap_or(ask.id)).await?;
    let data = if ask.support_tenant == ask.resource_tenant {
        support.clone()
    } else {
        session.access_side(ask.resource_tenant, ask.id).await?
    };
    let Some(side) = data else { return Ok((support, None)) };
    let grant = match side.approval().and_then(|approval| approval.grant) {
        Some(id) => session.grant(side.tenant, id).await?,
        None => None,
    };
    Ok((support, Some((side, grant))))
}

/// The engineer's view at an instant.
async fn ask_view(session: &mut Session, ask: EngineerRequest, seen: Timestamp) -> Result<AskView, AppError> {
    let (support, data) = sides_of(session, &ask).await?;
    let borrowed = data.as_ref().map(|(side, grant)| (side, grant.as_ref()));
    let status = engineer_status(support.as_ref(), borrowed, UNANSWERED_FOR, seen);
    let grant = data
        .and_then(|(_, grant)| grant)
        .filter(|grant| grant.status(seen) != vouchsafe_core::grant::GrantStatus::Ended);
    Ok(AskView { ask, status, grant: grant.map(|grant| GrantView::of(grant, seen)), seen })
}
