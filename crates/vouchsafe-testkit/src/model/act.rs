//! What commands do, from `lifecycle.md`.

use crate::cast::{CAST, PROVIDER, Tenant, place};

use super::command::latest;
use super::{
    Ask, Case, Command, Consent, DAY, Grant, HOUR, IDLE, MINUTE, Model, Narrow, Outcome, Person, Pick,
    Policy, Role, Scope, SideOf, State,
};

/// A command with everything that its numbers mean in a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// See [`Command::Open`].
    Open(Person, u8, bool),
    /// See [`Command::Consent`].
    Consent(Person, usize, bool),
    /// See [`Command::VoteConsent`].
    VoteConsent(Person, usize, bool),
    /// See [`Command::Name`].
    Name(Person, usize, u8, bool),
    /// See [`Command::Ask`].
    Ask(Person, usize, Tenant, Scope),
    /// See [`Command::Approve`].
    Approve(Person, usize, Narrow),
    /// See [`Command::Reject`].
    Reject(Person, usize),
    /// See [`Command::Revoke`].
    Revoke(Person, usize),
    /// See [`Command::Cancel`].
    Cancel(Person, usize),
    /// See [`Command::Remove`].
    Remove(Person, usize),
    /// See [`Command::RemoveAll`].
    RemoveAll(Person, Option<usize>),
    /// See [`Command::Assign`].
    Assign(Person, usize, Person),
    /// See [`Command::Close`].
    Close(Person, usize),
    /// See [`Command::Reopen`].
    Reopen(Person, usize),
    /// See [`Command::Read`].
    Read(Person, usize, Tenant, Option<usize>),
    /// See [`Command::Confirm`].
    Confirm(Person, usize),
    /// See [`Command::Post`].
    Post(Person, usize),
    /// See [`Command::Policy`].
    Policy(Person, Policy),
    /// Until when time passes.
    Wait(i64),
    /// See [`Command::Sweep`].
    Sweep,
}

/// The tenants of a set of bits, S = bit 0 and so on; the last bit is the tenant that does not exist.
#[must_use]
pub fn tenants_of(bits: u8) -> Vec<Tenant> {
    [0, 1, 2, 4]
        .into_iter()
        .enumerate()
        .filter(|(bit, _)| bits >> bit & 1 == 1)
        .map(|(_, tenant)| tenant)
        .collect()
}

impl Model {
    /// What a command means now; nothing if there is nothing to do it to.
    #[must_use]
    pub fn meant(&self, command: Command) -> Option<Act> {
        let case = |number| latest(number, self.cases.len());
        let owner = |case: usize| Some(self.cases[case].tenant);
        let by_owner = |by, case| self.picked(by, owner(case), None);
        let by_engineer = |by, case: usize| match by {
            Pick::Right(_) => self.picked(by, owner(case), self.cases[case].engineer),
            Pick::Anybody(_) => self.picked(by, None, None),
        };
        let side = |by, ask, resource: bool| {
            let ask = latest(ask, self.asks.len())?;
            let Ask { case, resource: data, .. } = self.asks[ask];
            Some((self.picked(by, if resource { Some(data) } else { owner(case) }, None), ask))
        };
        Some(match command {
            Command::Open { by, named, allow } => Act::Open(by, named, allow),
            Command::Consent { by, case: n, yes } => Act::Consent(by_owner(by, case(n)?), case(n)?, yes),
            Command::VoteConsent { by, case: n, yes } => {
                Act::VoteConsent(by_owner(by, case(n)?), case(n)?, yes)
            }
            Command::Name { by, case: n, tenants, keep } => {
                Act::Name(by_owner(by, case(n)?), case(n)?, tenants, keep)
            }
            Command::Ask { by, case: n, resource, scope } => {
                Act::Ask(by_engineer(by, case(n)?), case(n)?, resource, scope)
            }
            Command::Approve { by, ask, resource, narrow } => {
                side(by, ask, resource).map(|(by, ask)| Act::Approve(by, ask, narrow))?
            }
            Command::Reject { by, ask, resource } => {
                side(by, ask, resource).map(|(by, ask)| Act::Reject(by, ask))?
            }
            Command::Revoke { by, ask, resource } => {
                side(by, ask, resource).map(|(by, ask)| Act::Revoke(by, ask))?
            }
            Command::Cancel { by, ask } => {
                let ask = latest(ask, self.asks.len())?;
                Act::Cancel(by_engineer(by, self.asks[ask].case), ask)
            }
            Command::Remove { by, grant } => {
                let grant = latest(grant, self.grants.len())?;
                Act::Remove(self.picked(by, Some(self.grants[grant].tenant), None), grant)
            }
            Command::RemoveAll { by, case: None } => Act::RemoveAll(by, None),
            Command::RemoveAll { by, case: Some(n) } => Act::RemoveAll(by, Some(case(n)?)),
            Command::Assign { by, case: n, to } => Act::Assign(by_engineer(by, case(n)?), case(n)?, to),
            Command::Close { by: Pick::Right(0), case: n } => {
                Act::Close(by_engineer(Pick::Right(0), case(n)?), case(n)?)
            }
            Command::Close { by, case: n } => Act::Close(by_owner(by, case(n)?), case(n)?),
            Command::Reopen { by: Pick::Right(0), case: n } => {
                Act::Reopen(by_engineer(Pick::Right(0), case(n)?), case(n)?)
            }
            Command::Reopen { by, case: n } => Act::Reopen(by_owner(by, case(n)?), case(n)?),
            Command::Read { .. } | Command::Confirm { .. } | Command::Post { .. } => {
                self.meant_of_use(command)?
            }
            Command::Policy { by, change } => Act::Policy(by, change),
            Command::Advance(minutes) => Act::Wait(self.now + minutes * MINUTE),
            Command::AdvanceToEnd { before } => {
                Act::Wait((self.next_end()? - i64::from(before)).max(self.now))
            }
            Command::Sweep => Act::Sweep,
        })
    }

    /// Does it, and says how it must be answered.
    pub fn act(&mut self, act: Act) -> Outcome {
        let done = match act {
            Act::Open(by, named, allow) => self.open(by, named, allow),
            Act::Consent(by, case, yes) => self.answer(by, case, yes),
            Act::VoteConsent(by, case, yes) => self.vote_consent(by, case, yes),
            Act::Name(by, case, tenants, keep) => self.name(by, case, tenants, keep),
            Act::Ask(by, case, resource, scope) => self.ask(by, case, resource, scope),
            Act::Approve(by, ask, narrow) => self.approve(by, ask, narrow),
            Act::Reject(by, ask) => self.reject(by, ask),
            Act::Revoke(by, ask) => self.revoke(by, ask),
            Act::Cancel(by, ask) => self.cancel(by, ask),
            Act::Remove(by, grant) => self.remove(by, grant),
            Act::RemoveAll(by, case) => self.remove_all(by, case),
            Act::Assign(by, case, to) => self.assign(by, case, to),
            Act::Close(by, case) => self.close(by, case),
            Act::Reopen(by, case) => self.reopen(by, case),
            Act::Read(by, case, tenant, grant) => self.read(by, case, tenant, grant),
            Act::Confirm(by, grant) => self.confirm(by, grant),
            Act::Post(by, case) => self.post(by, case),
            Act::Policy(by, change) => self.policy(by, change),
            Act::Wait(until) => {
                self.now = until;
                Ok(())
            }
            Act::Sweep => Ok(()),
        };
        done.err().unwrap_or(Outcome::Ok)
    }

    pub(super) fn open_only(&self, case: usize) -> Result<(), Outcome> {
        if self.cases[case].closed.is_none() { Ok(()) } else { Err(Outcome::CaseClosed) }
    }

    fn accepts(&self, tenant: Tenant, engineer: Person) -> bool {
        self.settings[tenant].excluded != Some(engineer)
    }

    /// The engineers whom a tenant's rules accept.
    #[must_use]
    pub fn acceptable(&self, tenant: Tenant) -> Vec<Person> {
        let engineers = (0..CAST.len()).filter(|person| CAST[*person].engineer.is_some());
        engineers.filter(|engineer| self.accepts(tenant, *engineer)).collect()
    }

    fn open(&mut self, by: Person, named: u8, allow: bool) -> Result<(), Outcome> {
        let tenant = CAST[by].tenant;
        if Self::is_staff(by) || !self.tickets(by) {
            return Err(Outcome::Forbidden);
        }
        if allow && !self.settings[tenant].consent {
            return Err(Outcome::Forbidden);
        }
        // Any of them, until it is seen who it was.
        let engineer = self.acceptable(tenant).first().copied();
        let named = tenants_of(named).into_iter().filter(|other| *other != tenant).collect();
        let consent = Consent::No;
        self.cases.push(Case { tenant, named, closed: None, engineer, consent, stage: "waitingForEngineer" });
        if allow {
            self.say_yes(by, self.cases.len() - 1);
        }
        Ok(())
    }

    fn name(&mut self, by: Person, case: usize, tenants: u8, keep: bool) -> Result<(), Outcome> {
        self.own_case(by, case)?;
        self.open_only(case)?;
        let wanted = tenants_of(tenants);
        let Case { tenant: own, named, .. } = &mut self.cases[case];
        if !keep && !named.iter().all(|tenant| wanted.contains(tenant)) {
            return Err(Outcome::Invalid);
        }
        for tenant in wanted {
            if tenant != *own && !named.contains(&tenant) {
                named.push(tenant);
            }
        }
        Ok(())
    }

    fn ask(&mut self, by: Person, case: usize, resource: Tenant, scope: Scope) -> Result<(), Outcome> {
        self.worked_case(by, case)?;
        let Case { tenant: support, named, .. } = &self.cases[case];
        let support = *support;
        if scope.minutes > self.settings[support].longest {
            return Err(Outcome::Invalid);
        }
        self.open_only(case)?;
        if resource != support && !named.contains(&resource) {
            return Err(Outcome::Invalid);
        }
        let standing = (0..self.asks.len()).find(|ask| {
            let same = self.asks[*ask].case == case && self.asks[*ask].resource == resource;
            let side = self.sides.get(&(*ask, support)).filter(|side| side.role == Role::Support);
            same && matches!(side.map(|side| side.state), Some(State::Approved(_, approved, _)) if scope.within(&approved))
        });
        if self.is_overrun(by, case, resource, standing.is_some()) {
            return Err(Outcome::TooMany);
        }
        let ask = self.asks.len();
        self.asks.push(Ask { case, resource, by, scope, at: self.now, rests_on: standing });
        if standing.is_none() {
            let role = if resource == support { Role::Both } else { Role::Support };
            self.begin(ask, support, role, scope);
            self.cases[case].stage = "waitingForCustomer";
        } else if Self::exists(resource) {
            self.begin(ask, resource, Role::Resource, scope);
        }
        Ok(())
    }

    /// Whether whoever is asked first has ten to decide, or thirty of this engineer within an hour.
    fn is_overrun(&self, by: Person, case: usize, resource: Tenant, straight: bool) -> bool {
        let first = |ask: &Ask| {
            if ask.rests_on.is_some() { ask.resource } else { self.cases[ask.case].tenant }
        };
        let asked = if straight { resource } else { self.cases[case].tenant };
        let waits = |(n, ask): &(usize, &Ask)| {
            let alike = (ask.case, ask.resource, ask.rests_on.is_some()) == (case, resource, straight);
            let status = if straight { Some(self.told(*n)) } else { self.status(*n, asked) };
            alike && status == Some("pending")
        };
        let waiting = self.asks.iter().enumerate().filter(waits).count();
        let of_late = |ask: &&Ask| ask.by == by && first(ask) == asked && ask.at > self.now - HOUR;
        waiting >= 10 || self.asks.iter().filter(of_late).count() >= 30
    }

    fn begin(&mut self, ask: usize, tenant: Tenant, role: Role, scope: Scope) {
        let until = self.now + self.settings[tenant].pending;
        self.sides.insert((ask, tenant), SideOf { role, scope, until, state: State::Pending, ballot: None });
    }

    /// The caller's own side, for someone who may.
    fn own_side(&self, by: Person, ask: usize) -> Result<(Tenant, &'static str), Outcome> {
        let tenant = CAST[by].tenant;
        let unseen = || self.unless_works(by, self.asks[ask].case);
        let status = self.status(ask, tenant).ok_or_else(unseen)?;
        if self.tickets(by) { Ok((tenant, status)) } else { Err(Outcome::NotFound) }
    }

    /// `conflict` if someone of the own tenant has decided, else `alreadyEnded`.
    fn refusal(&self, ask: usize, tenant: Tenant, status: &str) -> Outcome {
        let by_person = matches!(self.sides[&(ask, tenant)].state, State::Over(_, true));
        if by_person || matches!(status, "pending" | "approved") {
            Outcome::Conflict
        } else {
            Outcome::AlreadyEnded
        }
    }

    fn decidable(&self, by: Person, ask: usize) -> Result<Tenant, Outcome> {
        let (tenant, status) = self.own_side(by, ask)?;
        if status != "pending" {
            return Err(self.refusal(ask, tenant, status));
        }
        if Self::same_person(by, PROVIDER).is_empty() { Ok(tenant) } else { Err(Outcome::Forbidden) }
    }

    fn approve(&mut self, by: Person, ask: usize, narrow: Narrow) -> Result<(), Outcome> {
        let tenant = self.decidable(by, ask)?;
        let SideOf { role, scope, .. } = self.sides[&(ask, tenant)];
        let proposed = match &self.sides[&(ask, tenant)].ballot {
            Some((scope, _)) if self.votes(ask, tenant) > 0 => *scope,
            Some(_) | None => scope,
        };
        let mut approved = narrowed(proposed, narrow).ok_or(Outcome::Invalid)?;
        if role != Role::Support {
            approved.minutes = approved.minutes.min(self.settings[tenant].longest);
        }
        if !self.vote(by, ask, tenant, approved) {
            return Ok(());
        }
        let Ask { case, resource, .. } = self.asks[ask];
        if role == Role::Support {
            self.set(ask, tenant, State::Approved(self.now, approved, None));
            if Self::exists(resource) {
                self.begin(ask, resource, Role::Resource, approved);
                let mut there = Self::same_person(by, resource).into_iter();
                if let Some(there) = there.find(|there| self.may_vote(*there)) {
                    approved.minutes = approved.minutes.min(self.settings[resource].longest);
                    if self.vote(there, ask, resource, approved) {
                        self.give_access(ask, resource, approved);
                    }
                }
            }
        } else {
            self.give_access(ask, tenant, approved);
        }
        if role != Role::Resource {
            self.cases[case].stage = "inProgress";
        }
        Ok(())
    }

    /// A vote for exactly this scope; says whether it decides. Another scope restarts the count at one.
    fn vote(&mut self, by: Person, ask: usize, tenant: Tenant, scope: Scope) -> bool {
        let before = self.sides[&(ask, tenant)].ballot.clone();
        let mut voters = before.filter(|(of, _)| *of == scope).map(|(_, voters)| voters).unwrap_or_default();
        if !voters.contains(&by) {
            voters.push(by);
        }
        let counting = voters.iter().filter(|voter| self.may_vote(**voter)).count();
        let decides = counting >= self.settings[tenant].required;
        let ballot = (!decides).then_some((scope, voters));
        self.sides.get_mut(&(ask, tenant)).unwrap().ballot = ballot;
        decides
    }

    fn give_access(&mut self, ask: usize, tenant: Tenant, mut scope: Scope) {
        scope.minutes = scope.minutes.min(self.settings[tenant].longest);
        let expires = self.now + scope.minutes * MINUTE;
        let case = self.asks[ask].case;
        self.set(ask, tenant, State::Approved(self.now, scope, Some(self.grants.len())));
        self.grants.push(Grant {
            tenant,
            case,
            ask: Some(ask),
            scope,
            created: self.now,
            expires,
            idle: self.now + IDLE,
            ended: None,
        });
    }

    fn set(&mut self, ask: usize, tenant: Tenant, state: State) {
        self.sides.get_mut(&(ask, tenant)).unwrap().state = state;
    }

    fn reject(&mut self, by: Person, ask: usize) -> Result<(), Outcome> {
        let tenant = self.decidable(by, ask)?;
        self.set(ask, tenant, State::Over("rejected", true));
        if self.sides[&(ask, tenant)].role != Role::Resource {
            self.cases[self.asks[ask].case].stage = "inProgress";
        }
        Ok(())
    }

    fn revoke(&mut self, by: Person, ask: usize) -> Result<(), Outcome> {
        let (tenant, status) = self.own_side(by, ask)?;
        if status != "approved" {
            return Err(self.refusal(ask, tenant, status));
        }
        if self.sides[&(ask, tenant)].role == Role::Support {
            let resource = self.asks[ask].resource;
            for other in 0..self.asks.len() {
                if other == ask || self.asks[other].rests_on == Some(ask) {
                    self.end_side(other, resource, "revoked", false);
                }
            }
        }
        self.end_side(ask, tenant, "revoked", true);
        Ok(())
    }

    /// Ends a side that waits or stands: pending is cancelled, approved gets `name`.
    fn end_side(&mut self, ask: usize, tenant: Tenant, name: &'static str, by_person: bool) {
        match self.status(ask, tenant) {
            Some("pending") => self.set(ask, tenant, State::Over("cancelled", false)),
            Some("approved") => {
                if let State::Approved(_, _, Some(grant)) = self.sides[&(ask, tenant)].state {
                    self.grants[grant].ended = Some(by_person);
                }
                self.set(ask, tenant, State::Over(name, by_person));
            }
            _ => {}
        }
    }

    /// Ends a grant with what it came from.
    pub(super) fn end_grant(&mut self, grant: usize, by_person: bool) {
        let Grant { tenant, case, ask, .. } = self.grants[grant];
        match ask {
            Some(ask) => self.end_side(ask, tenant, "revoked", by_person),
            None => {
                self.grants[grant].ended = Some(by_person);
                self.cases[case].consent = Consent::No;
            }
        }
    }

    fn cancel(&mut self, by: Person, ask: usize) -> Result<(), Outcome> {
        let Ask { case, resource, .. } = self.asks[ask];
        if CAST[by].manager {
            return Err(Outcome::Forbidden);
        }
        if self.cases[case].engineer != Some(by) {
            let sees = self.own_side(by, ask).is_ok();
            return Err(if sees { Outcome::Forbidden } else { Outcome::NotFound });
        }
        let support = self.cases[case].tenant;
        let ends = |status| matches!(status, Some("pending" | "approved"));
        if ends(self.status(ask, resource)) {
            self.end_side(ask, resource, "completed", false);
        } else if self.status(ask, support) == Some("pending") {
            self.end_side(ask, support, "completed", false);
        } else {
            return Err(Outcome::AlreadyEnded);
        }
        Ok(())
    }

    fn remove(&mut self, by: Person, grant: usize) -> Result<(), Outcome> {
        self.own_grant(by, grant)?;
        match self.grants[grant].ended {
            Some(true) => Err(Outcome::Conflict),
            _ if !self.open_grant(grant) => Err(Outcome::AlreadyEnded),
            _ => {
                self.end_grant(grant, true);
                Ok(())
            }
        }
    }

    fn remove_all(&mut self, by: Person, case: Option<usize>) -> Result<(), Outcome> {
        if !self.tickets(by) {
            return Err(Outcome::Forbidden);
        }
        for grant in self.open_grants() {
            let Grant { tenant, case: of, .. } = self.grants[grant];
            if tenant == CAST[by].tenant && case.is_none_or(|case| case == of) {
                self.end_grant(grant, true);
            }
        }
        Ok(())
    }

    fn assign(&mut self, by: Person, case: usize, to: Person) -> Result<(), Outcome> {
        if !CAST[by].manager {
            self.worked_case(by, case)?;
        }
        if CAST[to].engineer.is_none() {
            return Err(Outcome::Invalid);
        }
        self.open_only(case)?;
        let support = self.cases[case].tenant;
        if self.cases[case].engineer == Some(to) || !self.accepts(support, to) {
            return Err(Outcome::Invalid);
        }
        let passes =
            |model: &Self, tenant: Tenant| model.settings[tenant].inherit && model.accepts(tenant, to);
        let sides: Vec<(usize, Tenant)> =
            self.sides.keys().copied().filter(|(ask, _)| self.asks[*ask].case == case).collect();
        for (ask, tenant) in sides {
            let kept =
                self.status(ask, tenant) == Some("approved") && passes(self, tenant) && passes(self, support);
            if !kept {
                self.end_side(ask, tenant, "revoked", false);
            }
        }
        if let Consent::Given(grant) = self.cases[case].consent
            && self.open_grant(grant)
            && !passes(self, support)
        {
            self.end_grant(grant, false);
        }
        self.cases[case].engineer = Some(to);
        self.cases[case].stage = "waitingForEngineer";
        Ok(())
    }

    fn close(&mut self, by: Person, case: usize) -> Result<(), Outcome> {
        if self.own_case(by, case).is_err() {
            self.worked_case(by, case)?;
        }
        self.open_only(case)?;
        let sides: Vec<(usize, Tenant)> =
            self.sides.keys().copied().filter(|(ask, _)| self.asks[*ask].case == case).collect();
        for (ask, tenant) in sides {
            self.end_side(ask, tenant, "completed", false);
        }
        for grant in self
            .open_grants()
            .into_iter()
            .filter(|grant| self.grants[*grant].case == case)
            .collect::<Vec<_>>()
        {
            self.end_grant(grant, false);
        }
        self.cases[case].consent = Consent::No;
        self.cases[case].closed = Some(self.now);
        Ok(())
    }

    fn reopen(&mut self, by: Person, case: usize) -> Result<(), Outcome> {
        let customer = !Self::is_staff(by);
        if customer {
            self.own_case(by, case)?;
        } else {
            self.worked_case(by, case)?;
        }
        match self.cases[case].closed {
            None => return Err(Outcome::Conflict),
            Some(at) if self.now > at + 14 * DAY => return Err(Outcome::AlreadyEnded),
            Some(_) => {}
        }
        if customer {
            self.cases[case].closed = None;
            self.cases[case].stage = "waitingForEngineer";
        }
        Ok(())
    }

    fn policy(&mut self, by: Person, change: Policy) -> Result<(), Outcome> {
        if !CAST[by].policy {
            return Err(Outcome::Forbidden);
        }
        let tenant = CAST[by].tenant;
        let voters =
            (0..CAST.len()).filter(|person| CAST[*person].tenant == tenant && self.may_vote(*person));
        let voters = voters.count();
        let settings = &mut self.settings[tenant];
        match change {
            Policy::Required(people) if people == settings.required => {}
            Policy::Required(people) if people > 5 || people > voters => return Err(Outcome::Invalid),
            Policy::Required(people) => settings.required = people,
            Policy::Consent(offered) => settings.consent = offered,
            Policy::Inherit(passes) => settings.inherit = passes,
            Policy::Exclude(on) => settings.excluded = on.then(|| place("ewan")),
            Policy::Longest(minutes) => settings.longest = minutes,
            Policy::Umbrella(open) => settings.umbrella = open,
        }
        Ok(())
    }
}

/// A scope with something taken away; nothing if that would widen it or leave nothing.
fn narrowed(mut scope: Scope, narrow: Narrow) -> Option<Scope> {
    if let Some(categories) = narrow.categories {
        if categories == 0 || categories & !scope.categories != 0 {
            return None;
        }
        scope.categories = categories;
    }
    if let Some(minutes) = narrow.minutes {
        if minutes < 15 || minutes > scope.minutes {
            return None;
        }
        scope.minutes = minutes;
    }
    if let Some(from) = narrow.from {
        if scope.from.is_some_and(|asked| from < asked) || scope.to.is_some_and(|to| from >= to) {
            return None;
        }
        scope.from = Some(from);
    }
    Some(scope)
}
