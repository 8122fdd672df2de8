//! Made-up diagnostic data of an organisation, of any size: for the demo, for benchmarks, for whoever writes a client.
//!
//! A [`World`] is made from a [`Plan`] and written as JSON, an object per record, of every [kind](Resource) there is,
//! each with its `@odata.type`: first [what the organisation is](World::objects) (people, groups, devices, apps,
//! policies, named locations), then [what happened](World::events) (sign-ins, directory audits, client logs,
//! telemetry), oldest first. The same plan gives the same bytes. Each kind of event has its own randomness: more of one
//! leaves the others as they are.
//!
//! Records refer to each other. A sign-in's person, device, app, resource and policies are objects of the world; audits
//! name real actors and targets. People have habits: an office, a home, a computer, mostly a phone, a few apps, a
//! working day by their own clock. Most sign-ins succeed; the rest fail with the codes that support meets every day,
//! and a failure that people overcome is followed by their next try under the same `correlationId`. In two nights
//! somebody tries passwords on many names from one address.
//!
//! And there is something to find. About two days before the end an administrator switches a policy from report-only
//! to on, which blocks one app outside of the trusted named locations. The new office's network is not among
//! them: its people fail with `53003` from then on. Audits, policies, named locations and sign-ins all show their part.
//!
//! Everything is made while it is written. Memory holds the people (about 1 kB each) and one minute of events.
//!
//! Members stand in the order of Graph's documentation. A sign-in has those of Graph v1.0, then, where they say
//! something, members that beta adds: `signInEventTypes`, `userType`, `mfaDetail`, of interactive ones
//! `authenticationRequirement` and `userAgent`, service principal or home tenant. Policies that do not concern it are
//! left out.

use uuid::Uuid;
use vouchsafe_core::id::{Id as _, TenantId};
use vouchsafe_core::time::Timestamp;

use crate::resource::Resource;

mod audit;
mod catalogue;
mod client_log;
mod dice;
mod events;
mod json;
mod objects;
mod organisation;
mod people;
mod rhythm;
mod schedule;
mod sign_in;
mod telemetry;

pub use events::Events;
pub use objects::Objects;

use catalogue::{NEW_OFFICE, OFFICES, PARTNERS};
use dice::Dice;
use organisation::{Access, Apps, Groups};
use people::{Company, Person};

/// Fewest people of a plan.
pub const MIN_PEOPLE: usize = 30;
/// Most people of a plan.
pub const MAX_PEOPLE: usize = 1_000_000;
/// Most days of a plan.
pub const MAX_DAYS: u32 = 3_660;
/// Most events of a kind.
pub const MAX_EVENTS: u64 = 1_000_000_000_000;
/// Longest domain, in bytes.
const MAX_DOMAIN: usize = 200;
/// Processes of the service that report telemetry.
const INSTANCES: usize = 12;
/// Seconds of a minute.
const MINUTE: i64 = 60;
/// Seconds of an hour.
const HOUR: i64 = 3_600;
/// Seconds of a day.
const DAY: i64 = 24 * HOUR;
/// How long the incident has lasted, in hours; half of the plan where that is shorter.
const INCIDENT_HOURS: i64 = 44;
/// Earliest and latest end of a plan, in seconds since 1970: 1990-01-01 and 2200-01-01.
const ENDS: std::ops::Range<i64> = 631_152_000..7_258_118_400;

/// What to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The tenant: the id of its `organization`. All other ids derive from it and the seed.
    pub tenant: TenantId,
    /// Where the randomness begins.
    pub seed: u64,
    /// Domain of sign-in names, such as `contoso.example`.
    pub domain: String,
    /// How many people, guests among them: [`MIN_PEOPLE`] to [`MAX_PEOPLE`].
    pub people: usize,
    /// How many days of events: 1 to [`MAX_DAYS`].
    pub days: u32,
    /// The end of the time span, which no event reaches, cut to the second: 1990 to 2199.
    pub end: Timestamp,
    /// How many events.
    pub counts: Counts,
}

/// How many events of each kind, each up to [`MAX_EVENTS`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sign-ins of people and programs.
    pub sign_ins: u64,
    /// Directory audits besides those of device registration.
    pub directory_audits: u64,
    /// Directory audits of the Device Registration Service.
    pub device_registrations: u64,
    /// Client logs.
    pub client_logs: u64,
    /// Samples of telemetry.
    pub telemetry: u64,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.list().iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    fn list(&self) -> [(&'static str, u64); 5] {
        [
            ("sign-ins", self.sign_ins),
            ("directory audits", self.directory_audits),
            ("device registrations", self.device_registrations),
            ("client logs", self.client_logs),
            ("telemetry samples", self.telemetry),
        ]
    }
}

/// Why a plan cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Too few or too many people.
    #[error("{0} people: give {MIN_PEOPLE} to {MAX_PEOPLE}")]
    People(usize),
    /// No days or too many.
    #[error("{0} days: give 1 to {MAX_DAYS}")]
    Days(u32),
    /// The end is too far away.
    #[error("the end {0}: give a time from 1990 to 2199")]
    End(Timestamp),
    /// Too many events of a kind.
    #[error("{count} {what}: give {MAX_EVENTS} at most")]
    Events {
        /// Which.
        what: &'static str,
        /// How many.
        count: u64,
    },
    /// Not a domain name.
    #[error(
        "the domain `{0}`: give lower-case letters, digits and hyphens in parts with dots between them, {MAX_DOMAIN} characters at most"
    )]
    Domain(String),
}

impl Plan {
    /// Whether the plan can be carried out.
    ///
    /// # Errors
    /// [`PlanError`] names the first number that is out of its range.
    pub fn check(&self) -> Result<(), PlanError> {
        if !(MIN_PEOPLE..=MAX_PEOPLE).contains(&self.people) {
            return Err(PlanError::People(self.people));
        }
        if !(1..=MAX_DAYS).contains(&self.days) {
            return Err(PlanError::Days(self.days));
        }
        if !ENDS.contains(&seconds(self.end)) {
            return Err(PlanError::End(self.end));
        }
        if let Some((what, count)) = self.counts.list().into_iter().find(|(_, count)| *count > MAX_EVENTS) {
            return Err(PlanError::Events { what, count });
        }
        if !is_domain(&self.domain) {
            return Err(PlanError::Domain(self.domain.clone()));
        }
        Ok(())
    }
}

fn seconds(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(1_000_000)
}

fn is_domain(text: &str) -> bool {
    let part = |part: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !part.is_empty() && part.bytes().all(inner) && !part.starts_with('-') && !part.ends_with('-')
    };
    text.len() <= MAX_DOMAIN && text.contains('.') && text.split('.').all(part)
}

/// A made-up organisation.
#[derive(Debug)]
pub struct World {
    plan: Plan,
    people: Vec<Person>,
    /// Numbers of the people who sign in, by office.
    offices: [Vec<usize>; OFFICES.len()],
    /// Numbers of the administrators.
    administrators: Vec<usize>,
    groups: Groups,
    apps: Apps,
    access: Access,
    /// Home tenants of guests.
    partners: [Uuid; PARTNERS.len()],
    instances: [Uuid; INSTANCES],
    /// Span of the events, in seconds since 1970.
    start: i64,
    end: i64,
    /// When a policy was changed: the last minute of the hour before the incident.
    change: i64,
}

impl World {
    /// Makes the organisation; the events are made later, one by one.
    ///
    /// # Errors
    /// [`PlanError`] where the plan [cannot be carried out](Plan::check).
    pub fn new(plan: Plan) -> Result<Self, PlanError> {
        plan.check()?;
        let end = seconds(plan.end);
        let hours = i64::from(plan.days) * 24;
        let start = end - hours * HOUR;
        let company = Company { domain: &plan.domain, start, end };
        let mut dice = Dice::new(plan.tenant.uuid(), plan.seed, "organisation");
        let apps = Apps::draw(&mut dice, company);
        let access = Access::draw(&mut dice);
        let partners = std::array::from_fn(|_| dice.uuid());
        let instances = std::array::from_fn(|_| dice.uuid());
        let groups = Groups::draw(&mut dice, company, plan.people);
        let people = people::draw(&mut dice, company, plan.people);
        let mut offices = [const { Vec::new() }; OFFICES.len()];
        for person in people.iter().filter(|person| person.is_enabled) {
            if let Some(office) = offices.get_mut(person.office) {
                office.push(person.number);
            }
        }
        let administrators = people.iter().filter(|person| person.is_administrator);
        let administrators = administrators.map(|person| person.number).collect();
        let change = end - INCIDENT_HOURS.min(hours / 2) * HOUR - MINUTE;
        Ok(Self {
            people,
            offices,
            administrators,
            groups,
            apps,
            access,
            partners,
            instances,
            start,
            end,
            change,
            plan,
        })
    }

    /// What the organisation is: its directory and configuration.
    #[must_use]
    pub fn objects(&self) -> Objects<'_> {
        Objects::new(self)
    }

    /// What happened, oldest first.
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        Events::new(self)
    }

    fn dice(&self, purpose: &str) -> Dice {
        Dice::new(self.tenant(), self.plan.seed, purpose)
    }

    fn tenant(&self) -> Uuid {
        self.plan.tenant.uuid()
    }

    fn person(&self, number: usize) -> Option<&Person> {
        self.people.get(number)
    }

    /// The administrator who changed the policy.
    fn culprit(&self) -> Option<&Person> {
        self.person(*self.administrators.last()?)
    }

    /// Numbers of the people behind the network that nobody trusts.
    fn affected(&self) -> &[usize] {
        self.offices.get(NEW_OFFICE).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests;
