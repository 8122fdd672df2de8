//! Made-up sign-ins for the demo: seeded, so that the same plan gives the same records (`api.md`, *Starting it*).
//!
//! People have habits: two networks, a computer, sometimes a phone, a few apps, a working day. Most sign-ins succeed;
//! the rest fail with the error codes that support meets every day. And there is something to find: in the last two
//! days conditional access blocks one app (`53003`) from one network, which nobody added to the trusted ones.
//!
//! Names are examples; addresses are those for documentation (RFC 5737, RFC 3849).

use serde_json::Value;
use vouchsafe_core::time::Timestamp;

mod catalogue;
mod dice;
mod event;
mod people;

use dice::Dice;
use event::{Event, Kind};
use people::Habits;
pub use people::Person;

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;
/// Microseconds of a day.
const DAY: i64 = 24 * HOUR;
/// Fewest people of a plan.
pub const MIN_PEOPLE: usize = 30;
/// How long the incident has lasted, in microseconds.
const INCIDENT: i64 = 44 * HOUR;
/// One sign-in of so many belongs to the incident.
const INCIDENT_SHARE: usize = 40;
/// One person of so many works behind the network of the incident.
const INCIDENT_PEOPLE: usize = 3;
/// Weight of each hour of a working day, in UTC.
const HOURS: [u32; 24] = [1, 1, 1, 1, 2, 6, 18, 40, 52, 44, 36, 30, 26, 38, 40, 34, 26, 16, 9, 6, 5, 4, 2, 1];
/// Weight of a day at the weekend against 100 of a working day.
const WEEKEND: u32 = 14;
/// How often a time is drawn anew that would lie outside the plan, before it is put anywhere.
const MAX_DRAWS: usize = 50;

/// What to make.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// Where the randomness begins. Plans of two tenants should differ in it.
    pub seed: u64,
    /// The end of the time span.
    pub now: Timestamp,
    /// Domain of the user principal names.
    pub domain: &'a str,
    /// How many people; fewer than [`MIN_PEOPLE`] count as that many.
    pub people: usize,
    /// How many sign-ins.
    pub sign_ins: usize,
    /// How many days before `now`; 0 counts as 1.
    pub days: u32,
}

/// The people of a plan, in the order in which they were made.
#[must_use]
pub fn people(plan: &Plan<'_>) -> Vec<Person> {
    Dice::with(plan.seed, |dice| people::draw(dice, plan).into_iter().map(|habits| habits.person).collect())
}

/// The sign-ins of a plan as Graph `signIn` objects, oldest first.
pub fn sign_ins(plan: &Plan<'_>) -> impl Iterator<Item = Value> + use<> {
    let mut dice = Dice::new(plan.seed);
    let people = people::draw(&mut dice, plan);
    let mut events = schedule(&mut dice, plan, people.len());
    events.sort_by_key(|event| event.at);
    events.into_iter().filter_map(move |event| {
        let habits: &Habits = people.get(event.person)?;
        Some(event::record(&mut dice, &event, habits))
    })
}

/// When who does what.
fn schedule(dice: &mut Dice, plan: &Plan<'_>, people: usize) -> Vec<Event> {
    let now = plan.now.as_micros();
    let start = now.saturating_sub(i64::from(plan.days.max(1)).saturating_mul(DAY));
    let incident = plan.sign_ins / INCIDENT_SHARE;
    let mut events = Vec::with_capacity(plan.sign_ins);
    for at in 0..plan.sign_ins {
        let event = if at < incident {
            let affected = dice.below(people.div_ceil(INCIDENT_PEOPLE));
            let from = now.saturating_sub(INCIDENT).max(start);
            Event { at: time(dice, from, now), person: affected * INCIDENT_PEOPLE, kind: Kind::Incident }
        } else {
            Event { at: time(dice, start, now), person: dice.below(people), kind: Kind::Everyday }
        };
        events.push(event);
    }
    events
}

/// An instant in the span, when people work.
fn time(dice: &mut Dice, start: i64, now: i64) -> i64 {
    let (first, last) = (start.div_euclid(DAY), now.div_euclid(DAY));
    for _ in 0..MAX_DRAWS {
        let day = first.saturating_add(dice.between(0, last.saturating_sub(first)));
        // 1970-01-01 was a Thursday.
        let weekend = matches!(day.saturating_add(3).rem_euclid(7), 5 | 6);
        if weekend && !dice.chance(WEEKEND, 100) {
            continue;
        }
        let hour = i64::try_from(dice.weighted(HOURS.iter().copied())).unwrap_or(0);
        let at =
            day.saturating_mul(DAY).saturating_add(hour * HOUR).saturating_add(dice.between(0, HOUR - 1));
        if (start..=now).contains(&at) {
            return at;
        }
    }
    start.saturating_add(dice.between(0, now.saturating_sub(start)))
}

#[cfg(test)]
mod tests;
