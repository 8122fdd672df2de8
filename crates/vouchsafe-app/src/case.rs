//! Support requests: open, change, consent, talk, hand over, close, reopen.

mod consent;
mod renewal;
mod view;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use vouchsafe_core::attachment::are_kept;
use vouchsafe_core::case as rules;
use vouchsafe_core::consent::Consent;
use vouchsafe_core::decided::Decided;
use vouchsafe_core::id::{SupportRequestId, TenantId, UserId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::permit::{
    Action, AskConsent, AssignRequest, CloseRequest, DecideConsent, EnterRequest, Facts, OpenRequest, Permit,
    PostMessage, ProposeReopen, ReadConversation, ReadRanking, ReadRequest, ReopenRequest, Scope,
    UpdateRequest, WorkId, authorize,
};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::support_request::command::{
    self, Answer, Chosen, MayUpdate, NewContact, NewFromElsewhere, NewRequest, Opening, RequestChange,
};
use vouchsafe_core::support_request::{Resolution, Severity, SupportRequest};
use vouchsafe_core::tenant::{SupportAccessPolicy, Tenant};
use vouchsafe_store::{Listed, Order, Session, StoreError, Work};

use crate::attachment::Attaching;
use crate::call::{Acting, acting, finish, replayed, shown_after_commit, unchanged};
use crate::cursor::ListOptions;
use crate::decision::answer_of;
use crate::desk::{Asked, Ranked, policies_of};
use crate::view::{CaseView, MessageView, Rows, ended_grants};
use crate::{App, AppError, Call, Who};
pub use renewal::{ConsentReads, RenewalView};
use view::{case_view, consent_standing};

/// What a customer writes to open a request.
#[derive(Debug, Clone)]
pub struct OpenCommand {
    /// The request.
    pub new: NewRequest,
    /// *Allow collection of advanced diagnostic information*.
    pub allow_advanced_diagnostics: bool,
}

/// What the provider's intake writes for a case that came from elsewhere.
#[derive(Debug, Clone)]
pub struct EnterCommand {
    /// Whose case it is.
    pub tenant: TenantId,
    /// The case, and where it came from.
    pub entered: NewFromElsewhere,
}

/// What a customer changes.
#[derive(Debug, Clone, Default)]
pub struct UpdateCommand {
    /// New severity.
    pub severity: Option<Severity>,
    /// New contact.
    pub contact: Option<NewContact>,
    /// The whole list of resource tenants from now on.
    pub resource_tenants: Option<Vec<TenantId>>,
    /// A new answer to the consent question.
    pub allow_advanced_diagnostics: Option<bool>,
}

impl App {
    /// Opens a support request, assigned in the same transaction if an engineer is eligible.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn open_request(&self, call: &Call, command: OpenCommand) -> Result<CaseView, AppError> {
        let tenant = call.who.tenant;
        let extent = self.consent_extent(call.who, command.allow_advanced_diagnostics).await?;
        self.learn_before_opening().await;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let id: SupportRequestId = work.new_id(tenant);
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let permit = authorize::<OpenRequest>(facts, id).map_err(AppError::unhidden)?;
        if me.is_provider() {
            return Err(AppError::Forbidden);
        }
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        let asked = Asked::new(tenant, &command.new, work.now());
        let engineer = self.chosen_for(&mut work, &asked, &me.tenant.policy).await?;
        let consent = answer_of(&mut work, &me, command.allow_advanced_diagnostics, extent).await?;
        let provider = work.provider();
        let problem_types = work.problem_types(provider).await?;
        let number = work.new_number(tenant);
        let opening = Opening { id, number, engineer, consent, problem_types };
        let cx = me.context(&work);
        let decided = command::open(command.new, opening, &me.caller.person, &me.tenant.policy, &cx)?;
        recorded(work, call, permit, decided, &me).await
    }

    /// The engineer whom assignment chooses for a new case of a tenant with these settings.
    async fn chosen_for(
        &self,
        work: &mut Work,
        asked: &Asked<'_>,
        policy: &SupportAccessPolicy,
    ) -> Result<Option<Chosen>, AppError> {
        let provider = work.provider();
        let engineers = work.desk_engineers(provider).await?;
        Ok(self.desk.choose(asked, policy, &engineers, work.now()))
    }

    /// Enters a support request that came from elsewhere for a customer. What is there under the same origin and
    /// external id is the answer if there is something: one case has one record.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn enter_request(&self, call: &Call, command: EnterCommand) -> Result<CaseView, AppError> {
        let EnterCommand { tenant, entered } = command;
        self.learn_before_opening().await;
        let mut work = self.work_on([tenant].into()).await?;
        let me = acting(&mut work, call.who).await?;
        let id: SupportRequestId = work.new_id(tenant);
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let permit = authorize::<EnterRequest>(facts, id).map_err(AppError::unhidden)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        let owner = work.tenant(tenant).await?;
        let engineer = match &owner {
            Some(owner) => {
                let asked = Asked::new(tenant, &entered.new, work.now());
                self.chosen_for(&mut work, &asked, &owner.policy).await?
            }
            None => None,
        };
        let provider = work.provider();
        let problem_types = work.problem_types(provider).await?;
        let number = work.new_number(tenant);
        let opening = Opening { id, number, engineer, consent: Answer::No, problem_types };
        let cx = me.context(&work);
        let (origin, decided) =
            command::enter(entered, opening, &me.caller.person, (tenant, owner.as_ref()), &cx)?;
        if let Some(first) = work.request_from(tenant, &origin).await? {
            let seen = work.now();
            let view = case_view(&mut work, &me, first, owner.as_ref(), seen).await?;
            return finish(work, call, view).await;
        }
        recorded(work, call, permit, decided, &me).await
    }

    /// Support requests: the own tenant's, the engineer's own, the manager's queue, or those that came from elsewhere.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn requests(&self, who: Who, options: &ListOptions) -> Result<Listed<CaseView>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let scope = Scope::of_cases(&me.caller, me.tenant.kind)?;
        let query = options.understood("createdDateTime")?;
        let listed = reader.list_cases(scope, &query).await?;
        let seen = reader.now();
        let mut owners: BTreeMap<TenantId, Option<Tenant>> = BTreeMap::new();
        for request in &listed.items {
            if let Entry::Vacant(unknown) = owners.entry(request.tenant) {
                unknown.insert(reader.tenant(request.tenant).await?);
            }
        }
        let mut items = Vec::with_capacity(listed.items.len());
        for request in listed.items {
            let owner = owners.get(&request.tenant).and_then(Option::as_ref);
            items.push(case_view(&mut reader, &me, request, owner, seen).await?);
        }
        Ok(Listed { items, next: listed.next, total: listed.total })
    }

    /// One support request.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn request(&self, who: Who, id: SupportRequestId) -> Result<CaseView, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let request = visible_case(&mut reader, &me, id).await?;
        let seen = reader.now();
        let owner = reader.tenant(request.tenant).await?.ok_or(AppError::NotFound)?;
        case_view(&mut reader, &me, request, Some(&owner), seen).await
    }

    /// Changes a support request.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn update_request(
        &self,
        call: &Call,
        id: SupportRequestId,
        command: UpdateCommand,
    ) -> Result<CaseView, AppError> {
        let extent = self.consent_extent(call.who, command.allow_advanced_diagnostics == Some(true)).await?;
        let (mut work, me, request) = self.customer_case::<UpdateRequest>(call.who, id).await?;
        let changes_fields =
            command.severity.is_some() || command.contact.is_some() || command.resource_tenants.is_some();
        let facts = Facts::of_case(work.id(), &me.caller, &request, false);
        let plain = authorize::<UpdateRequest>(facts, id);
        let consent = match command.allow_advanced_diagnostics {
            Some(yes) => Some(answer_of(&mut work, &me, yes, extent).await?),
            None => None,
        };
        let standing = consent_standing(&mut work, &me, &request).await?;
        let change = RequestChange {
            standing,
            severity: command.severity,
            contact: command.contact,
            resource_tenants: command.resource_tenants,
            consent,
        };
        if consent.is_none() {
            let permit = plain?;
            unchanged(call, request.version)?;
            return self.changed(work, call, permit, &request, change, &me).await;
        }
        if changes_fields {
            drop(plain?);
        }
        unchanged(call, request.version)?;
        if let Ok(permit) = authorize::<DecideConsent>(facts, id) {
            return self.changed(work, call, permit, &request, change, &me).await;
        }
        let permit = authorize::<AskConsent>(facts, id)?;
        self.changed(work, call, permit, &request, change, &me).await
    }

    async fn changed<A: Action<Subject = SupportRequestId> + MayUpdate>(
        &self,
        mut work: Work,
        call: &Call,
        permit: Permit<A>,
        request: &SupportRequest,
        change: RequestChange,
        me: &Acting,
    ) -> Result<CaseView, AppError> {
        let grant = match request.consent {
            Consent::Given { grant, .. } if change.consent.is_some() => {
                work.grant(request.tenant, grant).await?
            }
            Consent::None
            | Consent::AwaitingApproval { .. }
            | Consent::Given { .. }
            | Consent::Expired { .. } => None,
        };
        let cx = me.context(&work);
        let policy = &me.tenant.policy;
        let decided = command::update::<A>(request, grant.as_ref(), change, &me.caller.person, policy, &cx)?;
        if decided.writes().is_empty() {
            let seen = work.now();
            let view = case_view(&mut work, me, request.clone(), Some(&me.tenant), seen).await?;
            return shown_after_commit(work, view).await;
        }
        let ended = ended_grants(decided.writes());
        let view = recorded(work, call, permit, decided, me).await?;
        self.end_access(&ended).await;
        Ok(view)
    }

    /// Messages of a request, in order.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn messages(
        &self,
        who: Who,
        id: SupportRequestId,
        options: &ListOptions,
    ) -> Result<Listed<MessageView>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let request = visible_case(&mut reader, &me, id).await?;
        let facts = Facts::of_case(LOOK, &me.caller, &request, me.is_provider());
        drop(authorize::<ReadConversation>(facts, id)?);
        let mut query = options.understood("createdDateTime")?;
        if options.order_by.is_none() {
            // A conversation reads from its beginning.
            query.order = Order::OldestFirst;
        }
        let listed = reader.list_messages(request.tenant, id, &query).await?;
        let files_kept = are_kept(&request, reader.now());
        Ok(listed.map(|message| MessageView { message, files_kept }))
    }

    /// Adds a message.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn post_message(
        &self,
        call: &Call,
        id: SupportRequestId,
        body: &str,
    ) -> Result<MessageView, AppError> {
        self.post_message_with(call, id, body, None).await
    }

    /// Adds a message with files, which were taken in for it.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn post_message_with(
        &self,
        call: &Call,
        id: SupportRequestId,
        body: &str,
        files: Option<Attaching>,
    ) -> Result<MessageView, AppError> {
        let (mut work, me, request) = self.any_case(call.who, id).await?;
        let facts = Facts::of_case(work.id(), &me.caller, &request, me.is_provider());
        let permit = authorize::<PostMessage>(facts, id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        let cx = me.context(&work);
        let (message, attachments) = match &files {
            Some(files) => files.parts(),
            None => (work.new_id(request.tenant), Vec::new()),
        };
        let by = &me.caller.person;
        let decided = command::post_message(&request, message, body, attachments, by, &cx)?;
        if let Some(files) = &files {
            files.keep_key(&mut work, request.tenant, &request).await?;
        }
        let rows = Rows(work.record(permit, decided).await?);
        let message = rows.message().cloned().ok_or_else(lost)?;
        let view = finish(work, call, MessageView { message, files_kept: true }).await?;
        files.into_iter().for_each(Attaching::recorded);
        Ok(view)
    }

    /// Gives the case to another engineer.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn assign(
        &self,
        call: &Call,
        id: SupportRequestId,
        engineer: UserId,
        reason: &str,
    ) -> Result<CaseView, AppError> {
        let (mut work, me, request) = self.whole_case(call.who, id).await?;
        let facts = Facts::of_case(work.id(), &me.caller, &request, me.is_provider());
        let permit = authorize::<AssignRequest>(facts, id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, request.version)?;
        let provider = work.provider();
        let unknown = || Rejection::invalid("engineerId", "is not an engineer of the provider");
        let (next, _) = work.caller(provider, engineer).await?.ok_or_else(unknown)?;
        if !next.permissions.allow(Permission::WorkRequests) {
            return Err(unknown().into());
        }
        let policies = policies_of(&mut work, provider, &request).await?;
        let case = work.case(provider, request).await?;
        let cx = me.context(&work);
        let decided = rules::assign(&case, &next.person, reason, &policies, &cx)?;
        // The former engineer can read nothing more, whether grants pass on or not.
        let view = recorded(work, call, permit, decided, &me).await?;
        self.end_access_for(&[id]).await;
        Ok(view)
    }

    /// How everyone ranks for a case now, the eligible first. None for who may not see it; the case itself may be seen.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn ranking(&self, who: Who, id: SupportRequestId) -> Result<Option<Vec<Ranked>>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let request = visible_case(&mut reader, &me, id).await?;
        let facts = Facts::of_case(LOOK, &me.caller, &request, me.is_provider());
        if authorize::<ReadRanking>(facts, id).is_err() {
            return Ok(None);
        }
        let engineers = reader.desk_engineers(me.tenant.id).await?;
        let owner = reader.tenant(request.tenant).await?.ok_or(AppError::NotFound)?;
        let now = reader.now();
        Ok(Some(self.desk.ranking(&Asked::of(&request), &owner.policy, &engineers, now)))
    }

    /// Closes the case, and all access with it.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn close(
        &self,
        call: &Call,
        id: SupportRequestId,
        how: Resolution,
    ) -> Result<CaseView, AppError> {
        let (mut work, me, request) = self.whole_case(call.who, id).await?;
        let facts = Facts::of_case(work.id(), &me.caller, &request, me.is_provider());
        let permit = authorize::<CloseRequest>(facts, id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, request.version)?;
        let provider = work.provider();
        let case = work.case(provider, request).await?;
        let cx = me.context(&work);
        let decided = rules::close(&case, how, &cx)?;
        let view = recorded(work, call, permit, decided, &me).await?;
        self.end_access_for(&[id]).await;
        Ok(view)
    }

    /// Opens a closed case again; from the engineer it is a proposal.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn reopen(&self, call: &Call, id: SupportRequestId) -> Result<CaseView, AppError> {
        let (mut work, me, request) = self.any_case(call.who, id).await?;
        let facts = Facts::of_case(work.id(), &me.caller, &request, me.is_provider());
        let cx = me.context(&work);
        if me.is_provider() {
            let permit = authorize::<ProposeReopen>(facts, id)?;
            if let Some(answer) = replayed(&mut work, call).await? {
                return shown_after_commit(work, answer).await;
            }
            let decided = command::propose_reopen(&request, &cx)?;
            return recorded(work, call, permit, decided, &me).await;
        }
        let permit = authorize::<ReopenRequest>(facts, id)?;
        if let Some(answer) = replayed(&mut work, call).await? {
            return shown_after_commit(work, answer).await;
        }
        unchanged(call, request.version)?;
        let decided = command::reopen(&request, &cx)?;
        recorded(work, call, permit, decided, &me).await
    }

    /// A unit of work on a case of the caller's own tenant, for an act that is that tenant's alone. Who sees the case and is
    /// of another tenant is told that it is not theirs to do.
    async fn customer_case<A: Action<Subject = SupportRequestId>>(
        &self,
        who: Who,
        id: SupportRequestId,
    ) -> Result<(Work, Acting, SupportRequest), AppError> {
        let mut work = self.work_on([who.tenant].into()).await?;
        let me = acting(&mut work, who).await?;
        if let Some(request) = work.support_request(who.tenant, id).await? {
            return Ok((work, me, request));
        }
        let request = visible_case(&mut work, &me, id).await?;
        let facts = Facts::of_case(LOOK, &me.caller, &request, me.is_provider());
        Err(authorize::<A>(facts, id).err().map_or(AppError::NotFound, AppError::from))
    }

    /// A unit of work on a case of the caller's tenant, or one that the caller's provider serves.
    async fn any_case(
        &self,
        who: Who,
        id: SupportRequestId,
    ) -> Result<(Work, Acting, SupportRequest), AppError> {
        let owner = self.owner_of(who, id).await?;
        let mut work = self.work_on([owner].into()).await?;
        let me = acting(&mut work, who).await?;
        let request = work.support_request(owner, id).await?.ok_or(AppError::NotFound)?;
        Ok((work, me, request))
    }

    /// A unit of work on a case and every tenant that it has reached.
    async fn whole_case(
        &self,
        who: Who,
        id: SupportRequestId,
    ) -> Result<(Work, Acting, SupportRequest), AppError> {
        let owner = self.owner_of(who, id).await?;
        let provider = self.store.provider();
        let mut reader = self.store.read()?;
        let request = reader.support_request(owner, id).await?.ok_or(AppError::NotFound)?;
        let mut tenants = reader.tenants_of_case(provider, &request).await?;
        drop(reader);
        loop {
            let mut work = self.work_on(tenants.clone()).await?;
            let me = acting(&mut work, who).await?;
            let request = work.support_request(owner, id).await?.ok_or(AppError::NotFound)?;
            let reached = work.tenants_of_case(provider, &request).await?;
            // Somebody asked for another tenant's data between the two looks: lock that one too.
            if reached.is_subset(&tenants) {
                return Ok((work, me, request));
            }
            tenants = reached;
        }
    }

    /// The tenant of a case that the caller may have to do with.
    pub(crate) async fn owner_of(&self, who: Who, id: SupportRequestId) -> Result<TenantId, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let found = if me.is_provider() {
            reader.desk_case(who.tenant, id).await?
        } else {
            reader.support_request(who.tenant, id).await?
        };
        found.map(|request| request.tenant).ok_or(AppError::NotFound)
    }
}

/// Loads a case that the caller may see.
pub(crate) async fn visible_case(
    session: &mut Session,
    me: &Acting,
    id: SupportRequestId,
) -> Result<SupportRequest, AppError> {
    let found = if me.is_provider() {
        session.desk_case(me.tenant.id, id).await?
    } else {
        session.support_request(me.tenant.id, id).await?
    };
    let request = found.ok_or(AppError::NotFound)?;
    // A look has no unit of work; its permit is spent on seeing.
    drop(authorize::<ReadRequest>(Facts::of_case(LOOK, &me.caller, &request, me.is_provider()), id)?);
    Ok(request)
}

/// The unit of work of a look: no write takes a permit of it.
pub(crate) const LOOK: WorkId = WorkId(0);

/// Records a decision on a case, commits, and gives the case as it is now.
async fn recorded<A: Action>(
    mut work: Work,
    call: &Call,
    permit: Permit<A>,
    decided: Decided<A>,
    me: &Acting,
) -> Result<CaseView, AppError> {
    let request = Rows(work.record(permit, decided).await?).into_request().ok_or_else(lost)?;
    let owner = if request.tenant == me.tenant.id {
        Some(Arc::clone(&me.tenant))
    } else {
        work.tenant(request.tenant).await?.map(Arc::new)
    };
    let seen = work.now();
    let view = case_view(&mut work, me, request, owner.as_deref(), seen).await?;
    finish(work, call, view).await
}

/// A decision that lacks the row it is about.
pub(crate) fn lost() -> AppError {
    AppError::Internal(StoreError::Corrupt("a decision did not write its subject".to_owned()))
}
