//! The application as the model sees it: acts in small numbers, ids kept on the side. Faults that the comparison must
//! find can be planted here, and only here.

use std::collections::BTreeMap;

use vouchsafe_app::view::AccessView;
use vouchsafe_app::{AppError, Call, ListOptions, ReadQuery, UpdateCommand, VoteCommand, Wanted};
use vouchsafe_core::access_request::ReasonCode;
use vouchsafe_core::id::{AccessRequestId, GrantId, SupportRequestId, TenantId};
use vouchsafe_core::scope::{DataCategory, DataFilter, Narrowing};
use vouchsafe_core::support_request::Resolution;
use vouchsafe_core::time::Duration;
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_testkit::cast::{CAST, Tenant, place};
use vouchsafe_testkit::model::act::tenants_of;
use vouchsafe_testkit::model::{Act, Model, Narrow, Outcome, Person, Policy, Scope};
use vouchsafe_testkit::{World, millis};

use crate::outcome::class;

/// A rule that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planted {
    /// None.
    Nothing,
    /// Closing forgets what is pending in R.
    ClosingForgetsPending,
    /// A grant whose time is over still reads.
    ExpiredReads,
    /// A removed grant still stands in the list of what is live.
    RemovedIsListed,
    /// A late decision is answered `alreadyEnded` where someone has decided.
    ConflictIsHidden,
    /// The former engineer goes on reading.
    FormerEngineerReads,
}

/// The application under test with the ids of what the model counts.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) world: World,
    pub(crate) cases: Vec<SupportRequestId>,
    pub(crate) asks: Vec<AccessRequestId>,
    pub(crate) grants: Vec<GrantId>,
    pub(crate) planted: Planted,
    /// Sides that a planted fault forgot at closure.
    pub(crate) forgotten: BTreeMap<(AccessRequestId, TenantId), &'static str>,
}

pub(crate) fn name(person: Person) -> &'static str {
    CAST[person].name
}

fn categories(bits: u8) -> Vec<DataCategory> {
    DataCategory::ALL.into_iter().enumerate().filter(|(n, _)| bits >> n & 1 == 1).map(|(_, c)| c).collect()
}

fn minutes(minutes: i64) -> Duration {
    Duration::minutes(u32::try_from(minutes).unwrap())
}

impl Subject {
    pub(crate) fn new(world: World, planted: Planted) -> Self {
        let (cases, asks, grants) = (Vec::new(), Vec::new(), Vec::new());
        Self { world, cases, asks, grants, planted, forgotten: BTreeMap::new() }
    }

    fn call(&self, person: Person) -> Call {
        self.world.call(name(person))
    }

    /// Does what the model has just done; `model` is as it was before.
    pub(crate) async fn act(&mut self, act: Act, model: &Model) -> Outcome {
        let app = self.world.app.clone();
        match act {
            Act::Open(by, named, allow) => {
                let opened = self.world.open(name(by), &tenants_of(named), allow).await;
                self.cases.extend(opened.as_ref().ok().map(|view| view.request.id));
                class(opened)
            }
            Act::Consent(by, case, yes) => class(self.world.consent(name(by), self.cases[case], yes).await),
            Act::VoteConsent(by, case, true) => {
                class(app.approve_consent(&self.call(by), self.cases[case], None).await)
            }
            Act::VoteConsent(by, case, false) => {
                class(app.reject_consent(&self.call(by), self.cases[case], None).await)
            }
            Act::Name(by, case, tenants, keep) => class(self.name(by, case, tenants, keep, model).await),
            Act::Ask(by, case, resource, scope) => class(self.ask(by, case, resource, scope).await),
            Act::Approve(by, ask, narrow) => self.decided(self.approve(by, ask, narrow).await),
            Act::Reject(by, ask) => {
                self.decided(class(app.reject(&self.call(by), self.asks[ask], None).await))
            }
            Act::Revoke(by, ask) => class(app.revoke(&self.call(by), self.asks[ask], Some("enough")).await),
            Act::Cancel(by, ask) => class(app.cancel(&self.call(by), self.asks[ask]).await),
            Act::Remove(by, grant) => class(app.remove_grant(&self.call(by), self.grants[grant], None).await),
            Act::RemoveAll(by, case) => {
                let case = case.map(|case| self.cases[case]);
                class(app.remove_all_grants(&self.call(by), case, None).await)
            }
            Act::Assign(by, case, to) => {
                let to = self.world.who(name(to)).user;
                class(app.assign(&self.call(by), self.cases[case], to, "shift ends").await)
            }
            Act::Close(by, case) => {
                let closed = class(app.close(&self.call(by), self.cases[case], Resolution::Resolved).await);
                self.forget(model, case, closed);
                closed
            }
            Act::Reopen(by, case) => class(app.reopen(&self.call(by), self.cases[case]).await),
            Act::Read(by, case, tenant, grant) => self.read(by, case, tenant, grant, model).await,
            Act::Confirm(by, grant) => class(app.confirm_grant(&self.call(by), self.grants[grant]).await),
            Act::Post(by, case) => {
                class(app.post_message(&self.call(by), self.cases[case], "Any news?").await)
            }
            Act::Policy(by, change) => class(self.policy(by, change).await),
            Act::Wait(until) => {
                self.world.clock.set(millis(until));
                Outcome::Ok
            }
            Act::Sweep => {
                self.world.sweep().await;
                Outcome::Ok
            }
        }
    }

    fn decided(&self, outcome: Outcome) -> Outcome {
        match (self.planted, outcome) {
            (Planted::ConflictIsHidden, Outcome::Conflict) => Outcome::AlreadyEnded,
            (_, outcome) => outcome,
        }
    }

    fn forget(&mut self, model: &Model, case: usize, closed: Outcome) {
        if self.planted != Planted::ClosingForgetsPending || closed != Outcome::Ok {
            return;
        }
        for (ask, tenant) in model.sides.keys() {
            let of = &model.asks[*ask];
            let of_resource = of.case == case && *tenant == of.resource;
            if of_resource && model.status(*ask, *tenant) == Some("pending") {
                self.forgotten.insert((self.asks[*ask], self.world.tenant(*tenant)), "pending");
            }
        }
    }

    async fn name(
        &self,
        by: Person,
        case: usize,
        tenants: u8,
        keep: bool,
        model: &Model,
    ) -> Result<(), AppError> {
        let mut all = tenants_of(tenants);
        if keep {
            all.extend(&model.cases[case].named);
        }
        let resource_tenants = Some(all.into_iter().map(|tenant| self.world.tenant(tenant)).collect());
        let command = UpdateCommand { resource_tenants, ..UpdateCommand::default() };
        self.world.app.update_request(&self.call(by), self.cases[case], command).await.map(drop)
    }

    async fn ask(&mut self, by: Person, case: usize, resource: Tenant, scope: Scope) -> Result<(), AppError> {
        let (data_from, data_to) = (scope.from.map(millis), scope.to.map(millis));
        let filter = DataFilter { data_from, data_to, users: None };
        let mut command = self.world.ask_for(resource);
        command.data_categories = categories(scope.categories);
        command.filter = Some(filter);
        command.duration = Some(minutes(scope.minutes));
        command.reason_code = ReasonCode::VerifyFix;
        match self.world.app.ask(&self.call(by), self.cases[case], command).await? {
            AccessView::Ask(ask) => self.asks.push(ask.ask.id),
            AccessView::Side(_) => panic!("an engineer was answered with a tenant's record"),
        }
        Ok(())
    }

    async fn approve(&self, by: Person, ask: usize, narrow: Narrow) -> Outcome {
        let narrowing = Narrowing {
            data_categories: narrow.categories.map(categories),
            duration: narrow.minutes.map(minutes),
            filter: narrow
                .from
                .map(|from| DataFilter { data_from: Some(millis(from)), ..DataFilter::default() }),
        };
        let vote = VoteCommand { narrowing, ..VoteCommand::default() };
        class(self.world.app.approve(&self.call(by), self.asks[ask], vote).await)
    }

    /// Reads for real.
    pub(crate) async fn read(
        &self,
        by: Person,
        case: usize,
        tenant: Tenant,
        grant: Option<usize>,
        model: &Model,
    ) -> Outcome {
        let wanted = Wanted::Page(ListOptions { top: 1, ..ListOptions::default() });
        let (case_id, tenant_id) = (self.cases[case], self.world.tenant(tenant));
        let named = grant.map(|grant| self.grants[grant]);
        let query = ReadQuery {
            case: case_id,
            tenant: tenant_id,
            collection: None,
            grant: named,
            resource: Resource::SignIn,
            wanted,
            select: None,
        };
        let outcome = class(self.world.read(name(by), &query).await);
        let expired = |grant: &vouchsafe_testkit::model::Grant| {
            (grant.case, grant.tenant) == (case, tenant)
                && grant.ended.is_none()
                && model.now >= grant.expires
        };
        match (self.planted, outcome) {
            (Planted::ExpiredReads, Outcome::NoLiveGrant) if model.grants.iter().any(expired) => Outcome::Ok,
            (Planted::FormerEngineerReads, Outcome::NotFound)
                if model.asks.iter().any(|ask| ask.case == case && ask.by == by)
                    && model.cases[case].closed.is_none() =>
            {
                Outcome::Ok
            }
            (_, outcome) => outcome,
        }
    }

    async fn policy(&self, by: Person, change: Policy) -> Result<(), AppError> {
        let ewan = self.world.who(name(place("ewan"))).user;
        let change = |mut policy: vouchsafe_core::tenant::SupportAccessPolicy| {
            match change {
                Policy::Consent(offered) => policy.consent_offered = offered,
                Policy::Inherit(passes) => policy.inherit_on_reassign = passes,
                Policy::Exclude(on) => {
                    policy.engineer_rules.excluded_engineer_ids = on.then_some(ewan).into_iter().collect();
                }
                Policy::Longest(longest) => policy.max_duration = minutes(longest),
                Policy::Umbrella(open) => policy.ticket_umbrella = open,
                Policy::Required(people) => policy.approvals.required = u32::try_from(people).unwrap(),
            }
            policy
        };
        self.world.app.change_policy(&self.call(by), change).await.map(drop)
    }
}
