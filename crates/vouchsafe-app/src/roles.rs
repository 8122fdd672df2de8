//! Roles of the own tenant: those that come with the product, those it defined itself, and who holds which.

use std::collections::BTreeMap;

use vouchsafe_core::audit::{Activity, Initiator};
use vouchsafe_core::id::{SupportRequestId, TenantId, UserId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::permit::{self, Facts, RecordApprovers, Scope, authorize, for_service};
use vouchsafe_core::person::{Person, PersonKind};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::role::custom::{self, CustomRole, RoleText};
use vouchsafe_core::role::manage::{self, HeldRole, Managers, Role};
use vouchsafe_core::role::{self, RoleDefinition};
use vouchsafe_core::tenant::{Tenant, TenantKind};
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_store::{Holder, Listed, Session, Work};

use crate::call::{Acting, acting, finish, replayed, shown_after_commit, unchanged};
use crate::case::LOOK;
use crate::{App, AppError, Call, ListOptions, Who};

/// Open cases of one engineer whose answers on their way are stopped at once.
const CASES_MAX: u32 = 1_000;
/// How often a tenant is told that too few of its people can approve.
const REMINDED_EVERY: Duration = Duration::days(1);

/// A role as its tenant sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleView {
    /// It comes with the product.
    BuiltIn(&'static RoleDefinition),
    /// The tenant has defined it.
    Custom(CustomRole),
}

/// Somebody who may approve access now.
#[derive(Debug, Clone)]
pub struct Approver {
    /// Who.
    pub person: Person,
    /// By which roles, each with its end.
    pub by: Vec<(String, Option<Timestamp>)>,
    /// Until when, if every one of these roles has an end.
    pub until: Option<Timestamp>,
}

/// Who may approve access to a tenant's data now.
#[derive(Debug, Clone)]
pub struct Approvers {
    /// By name.
    pub people: Vec<Approver>,
    /// How many an approval needs.
    pub required: u32,
}

impl Approvers {
    /// Whether an approval could be given.
    #[must_use]
    pub fn suffice(&self) -> bool {
        u32::try_from(self.people.len()).unwrap_or(u32::MAX) >= self.required
    }
}

impl App {
    /// The roles that people of the own tenant can hold.
    ///
    /// # Errors
    /// [`AppError`], as every use case here.
    pub async fn role_definitions(&self, who: Who) -> Result<Vec<RoleView>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        read_roles(&me)?;
        let built_in = role::built_in().iter().filter(|role| role.is_for(me.tenant.kind));
        let mut roles: Vec<RoleView> = built_in.map(RoleView::BuiltIn).collect();
        roles.extend(reader.custom_roles(me.tenant.id).await?.into_iter().map(RoleView::Custom));
        Ok(roles)
    }

    /// One of them.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn role_definition(&self, who: Who, id: &str) -> Result<RoleView, AppError> {
        let roles = self.role_definitions(who).await.map_err(AppError::hidden)?;
        roles.into_iter().find(|role| role.id() == id).ok_or(AppError::NotFound)
    }

    /// Defines a role.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn define_role(&self, call: &Call, text: RoleText) -> Result<CustomRole, AppError> {
        let managing = self.managing_roles(call.who).await;
        let (mut work, me, permit) = managing.map_err(AppError::unhidden)?;
        if let Some((role, version)) = replayed(&mut work, call).await? {
            return shown_after_commit(work, CustomRole { version, ..role }).await;
        }
        let tenant = (me.tenant.id, me.tenant.kind);
        let others = work.custom_roles(me.tenant.id).await?;
        let (id, cx) = (work.new_id(me.tenant.id), me.context(&work));
        let decided = custom::define(id, tenant, text, &others, (&me.caller.person, &cx))?;
        work.record(permit, decided).await?;
        let role = custom_role(&mut work, me.tenant.id, &id.to_string()).await?;
        let (role, version) = finish(work, call, (role.clone(), role.version)).await?;
        Ok(CustomRole { version, ..role })
    }

    /// Changes one of the tenant's own roles, for everybody who holds it.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn change_role(
        &self,
        call: &Call,
        id: &str,
        change: impl FnOnce(RoleText) -> RoleText,
    ) -> Result<CustomRole, AppError> {
        let (mut work, me, permit) = self.managing_roles(call.who).await?;
        let role = custom_role(&mut work, me.tenant.id, id).await?;
        unchanged(call, role.version)?;
        let text = change(RoleText {
            display_name: role.display_name.clone(),
            description: role.description.text().to_owned(),
            actions: role.actions.clone(),
            enabled: role.enabled,
        });
        let others = work.custom_roles(me.tenant.id).await?;
        let managers = managers(&mut work, me.tenant.id).await?;
        let cx = me.context(&work);
        let by = (&me.caller.person, &cx);
        let decided = custom::change(&role, me.tenant.kind, text, (&others, &managers), by)?;
        work.record(permit, decided).await?;
        let role = custom_role(&mut work, me.tenant.id, id).await?;
        finish(work, call, role).await
    }

    /// Takes one of the tenant's own roles away.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn delete_role(&self, call: &Call, id: &str) -> Result<(), AppError> {
        let (mut work, me, permit) = self.managing_roles(call.who).await?;
        let role = custom_role(&mut work, me.tenant.id, id).await?;
        unchanged(call, role.version)?;
        let held = work.assignments(me.tenant.id).await?;
        let holders = held.iter().filter(|(_, one)| one.role == id).count();
        let decided = custom::delete(&role, holders, &me.context(&work))?;
        work.record(permit, decided).await?;
        Ok(work.commit().await?)
    }

    /// Who holds which role of the own tenant now.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn role_assignments(
        &self,
        who: Who,
        options: &ListOptions,
    ) -> Result<Listed<Holder>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let scope = read_roles(&me)?;
        Ok(reader.list_assignments(scope, &options.understood("createdDateTime")?).await?)
    }

    /// One assignment, by its id.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn role_assignment(&self, who: Who, id: &str) -> Result<Holder, AppError> {
        let filter = Some(format!("id eq '{}'", id.replace('\'', "''")));
        let one = ListOptions { filter, ..ListOptions::default() };
        let listed = self.role_assignments(who, &one).await.map_err(AppError::hidden)?;
        listed.items.into_iter().next().ok_or(AppError::NotFound)
    }

    /// Gives an account of the own tenant a role, until an instant or until it is taken back. It counts at once.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn assign_role(
        &self,
        call: &Call,
        principal: UserId,
        role: &str,
        ends: Option<Timestamp>,
    ) -> Result<Holder, AppError> {
        let managing = self.managing_roles(call.who).await;
        let (mut work, me, permit) = managing.map_err(AppError::unhidden)?;
        if let Some((user, assignment, created)) = replayed(&mut work, call).await? {
            return shown_after_commit(work, Holder { user, assignment, created }).await;
        }
        let unknown =
            |field, what| Rejection::invalid(field, format!("names no {what} of your organisation"));
        let account = work.account(me.tenant.id, principal).await?;
        let account = account.ok_or_else(|| unknown("principalId", "account"))?;
        let custom = work.custom_roles(me.tenant.id).await?;
        let found = Role::find(role, &custom).ok_or_else(|| unknown("roleDefinitionId", "role"))?;
        manage::must_have_room(work.assignments(me.tenant.id).await?.len())?;
        let decided = manage::assign(&account, me.tenant.kind, found, ends, &me.context(&work))?;
        work.record(permit, decided).await?;
        let assignment = role::Assignment { role: role.to_owned(), ends };
        let created = work.now();
        let (user, assignment, created) = finish(work, call, (principal, assignment, created)).await?;
        Ok(Holder { user, assignment, created })
    }

    /// Takes a role back. It counts at once: what an engineer is being sent stops, too.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn unassign_role(&self, call: &Call, id: &str) -> Result<(), AppError> {
        let (mut work, me, permit) = self.managing_roles(call.who).await?;
        let tenant = me.tenant.id;
        let (role, user) = id.rsplit_once('.').ok_or(AppError::NotFound)?;
        let user: UserId = user.parse().map_err(|_| AppError::NotFound)?;
        let account = work.account(tenant, user).await?.ok_or(AppError::NotFound)?;
        let managers = managers(&mut work, tenant).await?;
        let decided = match manage::unassign(&account, role, &managers, &me.context(&work)) {
            Err(Rejection::AlreadyEnded) => return Err(AppError::NotFound),
            decided => decided?,
        };
        work.record(permit, decided).await?;
        let stopped = cases_left(&mut work, tenant, user).await?;
        work.commit().await?;
        self.end_access_for(&stopped).await;
        Ok(())
    }

    /// Who may approve access to the own tenant's data now.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn who_can_approve(&self, who: Who) -> Result<Approvers, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        read_roles(&me)?;
        if me.is_provider() {
            return Err(AppError::NotFound);
        }
        approvers_of(&mut reader, &me.tenant).await
    }

    /// Every account of the own tenant that was not erased, by name: to whom a role can be given.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn principals(&self, who: Who) -> Result<Vec<Person>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        read_roles(&me)?;
        let accounts = reader.accounts(me.tenant.id).await?;
        let mut people: Vec<Person> = accounts.into_iter().map(|account| account.person).collect();
        people.retain(|person| !person.display_name.is_erased());
        people.sort_by(|a, b| a.display_name.text().cmp(b.display_name.text()));
        Ok(people)
    }

    /// Looks in every customer whether enough people can approve, and tells those where it is not so, once a day.
    ///
    /// # Errors
    /// The first [`AppError`]; what was recorded for others stays.
    pub async fn check_approvers(&self) -> Result<usize, AppError> {
        let tenants = self.store.read()?.tenants().await?;
        let mut told = Ok(0);
        for tenant in tenants {
            let checked = self.check_approvers_of(tenant).await;
            told = told.and_then(|sum| checked.map(|missing| sum + usize::from(missing)));
        }
        told
    }

    async fn check_approvers_of(&self, id: TenantId) -> Result<bool, AppError> {
        if !self.must_be_told(&mut *self.store.read()?, id).await? {
            return Ok(false);
        }
        let mut work = self.work_on([id].into()).await?;
        // Somebody may have been given a role meanwhile, or another node may have told them.
        if !self.must_be_told(&mut work, id).await? {
            return Ok(false);
        }
        let Some(tenant) = work.tenant(id).await? else { return Ok(false) };
        let able = approvers_of(&mut work, &tenant).await?.people.len();
        let permit = for_service::<RecordApprovers>(work.id(), id);
        let able = u32::try_from(able).unwrap_or(u32::MAX);
        let decided = manage::record_missing_approvers(&tenant, able, &work.context(Initiator::Service));
        work.record(permit, decided).await?;
        work.commit().await?;
        Ok(true)
    }

    /// Whether too few can approve, and the tenant was not told so within a day.
    async fn must_be_told(&self, session: &mut Session, id: TenantId) -> Result<bool, AppError> {
        let Some(tenant) = session.tenant(id).await? else { return Ok(false) };
        if tenant.kind == TenantKind::Provider || approvers_of(session, &tenant).await?.suffice() {
            return Ok(false);
        }
        let last = session.last_of(id, Activity::ApproversMissing).await?;
        Ok(last.is_none_or(|last| last + REMINDED_EVERY <= self.now()))
    }

    async fn managing_roles(
        &self,
        who: Who,
    ) -> Result<(Work, Acting, permit::Permit<permit::ManageRoles>), AppError> {
        let mut work = self.work_on([who.tenant].into()).await?;
        let me = acting(&mut work, who).await?;
        let facts = Facts::own_tenant(work.id(), &me.caller);
        let permit = authorize::<permit::ManageRoles>(facts, me.tenant.id)?;
        Ok((work, me, permit))
    }
}

impl RoleView {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::BuiltIn(role) => role.template_id.to_owned(),
            Self::Custom(role) => role.id.to_string(),
        }
    }
}

/// The open cases of somebody who may work on none any more: what is being sent for them stops.
pub(crate) async fn cases_left(
    work: &mut Work,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<SupportRequestId>, AppError> {
    let works = match work.caller(tenant, user).await? {
        Some((left, _)) => left.permissions.allow(Permission::WorkRequests),
        None => false,
    };
    let open = if works { Vec::new() } else { work.open_cases_of(tenant, user, CASES_MAX).await? };
    Ok(open.into_iter().map(|(case, _)| case).collect())
}

/// That the list exists is no secret.
fn read_roles(me: &Acting) -> Result<Scope, AppError> {
    let facts = Facts::own_tenant(LOOK, &me.caller);
    let permit = authorize::<permit::ReadRoles>(facts, me.tenant.id).map_err(AppError::unhidden)?;
    Ok(Scope::of_tenant(permit))
}

async fn custom_role(work: &mut Work, tenant: TenantId, id: &str) -> Result<CustomRole, AppError> {
    if role::by_template_id(id).is_some() {
        return Err(Rejection::Forbidden("roles that come with the product cannot be changed").into());
    }
    let roles = work.custom_roles(tenant).await?;
    roles.into_iter().find(|role| role.id.to_string() == id).ok_or(AppError::NotFound)
}

/// Every assignment to an active person of a role that may manage roles.
pub(crate) async fn managers(session: &mut Session, tenant: TenantId) -> Result<Managers, AppError> {
    let custom = session.custom_roles(tenant).await?;
    let mut found = Vec::new();
    for (user, held) in session.assignments(tenant).await? {
        let manages = Role::find(&held.role, &custom)
            .is_some_and(|role| role.permissions(false).allow(Permission::ManageRoles));
        let acts = |person: &Person| person.active && person.kind == PersonKind::User;
        if manages && session.account(tenant, user).await?.is_some_and(|account| acts(&account.person)) {
            found.push(HeldRole { user, role: held.role, ends: held.ends });
        }
    }
    Ok(Managers(found))
}

async fn approvers_of(session: &mut Session, tenant: &Tenant) -> Result<Approvers, AppError> {
    let custom = session.custom_roles(tenant.id).await?;
    let mut by_user: BTreeMap<UserId, Vec<(String, Option<Timestamp>)>> = BTreeMap::new();
    for (user, held) in session.assignments(tenant.id).await? {
        let role = Role::find(&held.role, &custom)
            .filter(|role| manage::may_approve(*role, tenant.policy.ticket_umbrella));
        if let Some(role) = role.filter(|_| tenant.policy.approvals.admits(user)) {
            by_user.entry(user).or_default().push((role.display_name().to_owned(), held.ends));
        }
    }
    let mut people = Vec::new();
    for (user, by) in by_user {
        let Some(account) = session.account(tenant.id, user).await? else { continue };
        if !account.person.active || account.person.kind != PersonKind::User {
            continue;
        }
        let lasting = by.iter().any(|(_, ends)| ends.is_none());
        let until = if lasting { None } else { by.iter().filter_map(|(_, ends)| *ends).max() };
        people.push(Approver { person: account.person, by, until });
    }
    people.sort_by(|a, b| a.person.display_name.text().cmp(b.person.display_name.text()));
    Ok(Approvers { people, required: tenant.policy.approvals.required })
}
