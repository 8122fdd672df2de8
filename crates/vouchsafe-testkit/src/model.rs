//! The reference model: `lifecycle.md` a second time, with plain maps and small numbers, knowing nothing of the rules
//! in `vouchsafe-core`. Time is milliseconds. Nothing is swept: what time has ended is computed whenever it is asked.

pub mod act;
mod command;
mod consent;
mod sees;
mod usage;

use std::collections::{BTreeMap, BTreeSet};

use crate::cast::{CAST, LINKS, NOBODY, PROVIDER, Tenant};

pub use act::Act;
pub use command::{Command, Narrow, Pick, Policy};

/// A member of [`CAST`].
pub type Person = usize;
/// Milliseconds since [`crate::START`].
pub type Time = i64;

/// A minute.
pub const MINUTE: Time = 60_000;
/// An hour.
pub const HOUR: Time = 60 * MINUTE;
/// A day.
pub const DAY: Time = 24 * HOUR;

/// How long access may lie unused before it pauses.
pub const IDLE: Time = 7 * DAY;

/// The bit of sign-in logs, the category that this version reads.
pub const SIGN_INS: u8 = 1 << 3;
/// All advanced categories.
pub const ADVANCED: u8 = 0b1111_1110;

/// How a use case answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It was done.
    Ok,
    /// Someone of the own tenant has decided.
    Conflict,
    /// The own side ended otherwise.
    AlreadyEnded,
    /// The case is closed.
    CaseClosed,
    /// Too many are waited for, or were asked of late.
    TooMany,
    /// There is no such thing, as far as the caller may know.
    NotFound,
    /// Not for this person.
    Forbidden,
    /// A value is wrong.
    Invalid,
    /// No live grant covers the read.
    NoLiveGrant,
    /// The named grant has ended.
    GrantEnded,
    /// Only a paused grant covers the read.
    GrantPaused,
}

/// What is asked for or approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Categories by their place in the specification's table.
    pub categories: u8,
    /// How long, in minutes.
    pub minutes: i64,
    /// The data's time range.
    pub from: Option<Time>,
    /// Its end.
    pub to: Option<Time>,
}

/// A support request.
#[derive(Debug, Clone)]
pub struct Case {
    /// S.
    pub tenant: Tenant,
    /// Tenants named besides S.
    pub named: Vec<Tenant>,
    /// When it was closed, if it is.
    pub closed: Option<Time>,
    /// Who works on it.
    pub engineer: Option<Person>,
    /// The consent property.
    pub consent: Consent,
    /// Whose turn it is.
    pub stage: &'static str,
}

/// The consent property. *Yes, awaiting approval* needs a role that no built-in role is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// No.
    No,
    /// Yes of this person, whose word alone is not enough, with a bit for each person of the cast who agrees so far.
    Awaiting(Person, u32),
    /// Yes, with its grant.
    Given(usize),
}

/// What an engineer asked.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The case.
    pub case: usize,
    /// Whose data.
    pub resource: Tenant,
    /// Who asked.
    pub by: Person,
    /// What.
    pub scope: Scope,
    /// When.
    pub at: Time,
    /// The ask whose approval by S it rests on, if it went straight to R.
    pub rests_on: Option<usize>,
}

/// The role of a side's tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// S, where S ≠ R.
    Support,
    /// R, where S ≠ R.
    Resource,
    /// S = R.
    Both,
}

/// One side of an ask.
#[derive(Debug, Clone)]
pub struct SideOf {
    /// In which role.
    pub role: Role,
    /// What was asked of this side.
    pub scope: Scope,
    /// When it expires undecided.
    pub until: Time,
    /// Where it stands.
    pub state: State,
    /// What some have agreed to while more must, and who they are.
    pub ballot: Option<(Scope, Vec<Person>)>,
}

/// Where a side stands, but for time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Undecided.
    Pending,
    /// Approved at this time for this scope, with a grant on the data's side.
    Approved(Time, Scope, Option<usize>),
    /// Ended for good under this name; `true` if a person of the tenant did it.
    Over(&'static str, bool),
}

/// The right to read.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Whose data.
    pub tenant: Tenant,
    /// For which case.
    pub case: usize,
    /// From which ask; none for consent.
    pub ask: Option<usize>,
    /// What.
    pub scope: Scope,
    /// From when on.
    pub created: Time,
    /// Until when.
    pub expires: Time,
    /// When it pauses if nothing is read until then.
    pub idle: Time,
    /// Ended before; `true` if a person of the tenant removed it.
    pub ended: Option<bool>,
}

/// A tenant's settings, as far as tests change them.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Whether the umbrella covers the support permissions.
    pub umbrella: bool,
    /// Whether consent is offered.
    pub consent: bool,
    /// Whether grants pass to the next engineer.
    pub inherit: bool,
    /// The engineer who is excluded.
    pub excluded: Option<Person>,
    /// Longest access in minutes.
    pub longest: i64,
    /// How long a request waits.
    pub pending: Time,
    /// How long a consent lasts.
    pub consent_lasts: Time,
    /// How many must agree.
    pub required: usize,
}

/// All that the reference model knows.
#[derive(Debug, Clone)]
pub struct Model {
    /// The present.
    pub now: Time,
    /// Settings of the tenants that exist.
    pub settings: [Settings; 4],
    /// Cases in the order of opening.
    pub cases: Vec<Case>,
    /// Asks in order.
    pub asks: Vec<Ask>,
    /// Sides by ask and tenant.
    pub sides: BTreeMap<(usize, Tenant), SideOf>,
    /// Grants in order.
    pub grants: Vec<Grant>,
}

impl Default for Model {
    fn default() -> Self {
        let settings = Settings {
            umbrella: true,
            consent: true,
            inherit: true,
            excluded: None,
            longest: 30 * 24 * 60,
            pending: 4 * DAY,
            consent_lasts: 30 * DAY,
            required: 1,
        };
        Self {
            now: 0,
            settings: [settings; 4],
            cases: Vec::new(),
            asks: Vec::new(),
            sides: BTreeMap::new(),
            grants: Vec::new(),
        }
    }
}

impl Model {
    /// Whether a person's role carries the support permissions now.
    #[must_use]
    pub fn tickets(&self, person: Person) -> bool {
        CAST[person].tickets && self.settings[CAST[person].tenant].umbrella
    }

    /// Whether a person belongs to the provider.
    #[must_use]
    pub fn is_staff(person: Person) -> bool {
        CAST[person].tenant == PROVIDER
    }

    /// The accounts of the same person in a tenant.
    fn same_person(person: Person, tenant: Tenant) -> Vec<Person> {
        let name = CAST[person].name;
        let linked = LINKS.iter().filter_map(|(one, other)| match (*one == name, *other == name) {
            (true, _) => Some(*other),
            (_, true) => Some(*one),
            (false, false) => None,
        });
        linked.map(crate::cast::place).filter(|other| CAST[*other].tenant == tenant).collect()
    }

    /// Whether a person's vote counts now.
    #[must_use]
    pub fn may_vote(&self, person: Person) -> bool {
        self.tickets(person) && Self::same_person(person, PROVIDER).is_empty()
    }

    /// How many votes on a side count now, while it is pending.
    #[must_use]
    pub fn votes(&self, ask: usize, tenant: Tenant) -> usize {
        let ballot = self.sides.get(&(ask, tenant)).and_then(|side| side.ballot.as_ref());
        ballot.map_or(0, |(_, voters)| voters.iter().filter(|voter| self.may_vote(**voter)).count())
    }

    /// Whether a grant has not ended.
    #[must_use]
    pub fn open_grant(&self, grant: usize) -> bool {
        let grant = &self.grants[grant];
        grant.ended.is_none() && self.now < grant.expires
    }

    /// Whether a grant can be read under now.
    #[must_use]
    pub fn live(&self, grant: usize) -> bool {
        self.open_grant(grant) && self.now < self.grants[grant].idle
    }

    /// Something was read under a grant.
    pub fn has_read(&mut self, grant: usize) {
        self.grants[grant].idle = self.now + IDLE;
    }

    /// How a side looks now.
    #[must_use]
    pub fn status(&self, ask: usize, tenant: Tenant) -> Option<&'static str> {
        let side = self.sides.get(&(ask, tenant))?;
        Some(match side.state {
            State::Pending if self.now >= side.until => "expired",
            State::Pending => "pending",
            State::Approved(_, _, Some(grant)) if self.now >= self.grants[grant].expires => "expired",
            State::Approved(..) => "approved",
            State::Over(name, _) => name,
        })
    }

    /// What the engineer is told of an ask.
    #[must_use]
    pub fn told(&self, ask: usize) -> &'static str {
        let Ask { case, resource, rests_on, .. } = &self.asks[ask];
        match self.status(ask, *resource) {
            Some("pending") => return "pending",
            Some("approved") => {
                let State::Approved(_, _, Some(grant)) = self.sides[&(ask, *resource)].state else {
                    return "live";
                };
                return if self.live(grant) { "live" } else { "paused" };
            }
            Some(_) => return "ended",
            None => {}
        }
        let (asked, support) = (rests_on.unwrap_or(ask), self.cases[*case].tenant);
        match (self.status(asked, support), self.sides.get(&(asked, support)).map(|side| side.state)) {
            (Some("pending"), _) => "pending",
            // A tenant that does not exist looks like one that never answers.
            (Some("approved"), Some(State::Approved(at, ..))) if self.now < at + 4 * DAY => "pending",
            _ => "ended",
        }
    }

    /// How the consent property looks.
    #[must_use]
    pub fn consent(&self, case: usize) -> &'static str {
        let Case { tenant, consent, .. } = &self.cases[case];
        match consent {
            Consent::Given(grant) if self.live(*grant) => "given",
            Consent::Given(grant) if self.open_grant(*grant) => "paused",
            Consent::Awaiting(..) => "awaitingApproval",
            _ if !self.settings[*tenant].consent => "notOffered",
            Consent::Given(_) => "expired",
            Consent::No => "none",
        }
    }

    /// The grant under which an engineer reads a tenant's sign-ins for a case now: the oldest live one.
    ///
    /// # Errors
    /// How the read is refused.
    pub fn may_read(&self, engineer: Person, tenant: Tenant, case: usize) -> Result<usize, Outcome> {
        if self.cases[case].engineer != Some(engineer) {
            return Err(Outcome::NotFound);
        }
        if self.cases[case].closed.is_some() {
            return Err(Outcome::NoLiveGrant);
        }
        let covers = |grant: &usize| {
            let found = &self.grants[*grant];
            found.tenant == tenant && found.case == case && found.scope.categories & SIGN_INS != 0
        };
        let open: Vec<usize> = self.open_grants().into_iter().filter(covers).collect();
        let live = open.iter().copied().filter(|grant| self.live(*grant));
        let refused = if open.is_empty() { Outcome::NoLiveGrant } else { Outcome::GrantPaused };
        live.min_by_key(|grant| self.grants[*grant].created).ok_or(refused)
    }

    /// Grants that have not ended, paused or not.
    #[must_use]
    pub fn open_grants(&self) -> BTreeSet<usize> {
        (0..self.grants.len()).filter(|grant| self.open_grant(*grant)).collect()
    }

    /// The next instant at which time alone ends or pauses something.
    #[must_use]
    pub fn next_end(&self) -> Option<Time> {
        let pending = self.sides.values().filter(|side| side.state == State::Pending).map(|side| side.until);
        let open = self.open_grants().into_iter();
        let open = open.flat_map(|grant| [self.grants[grant].expires, self.grants[grant].idle]);
        pending.chain(open).filter(|at| *at > self.now).min()
    }

    /// Whether a tenant exists here.
    #[must_use]
    pub fn exists(tenant: Tenant) -> bool {
        tenant < NOBODY
    }
}

impl Scope {
    /// Whether nothing more is readable, or for longer, than under `outer`.
    #[must_use]
    pub fn within(&self, outer: &Self) -> bool {
        let from = outer.from.is_none_or(|from| self.from.is_some_and(|own| own >= from));
        let to = outer.to.is_none_or(|to| self.to.is_some_and(|own| own <= to));
        self.categories & !outer.categories == 0 && self.minutes <= outer.minutes && from && to
    }
}
