//! Sign-ins: who, from where, with what, to which app, and how it ends.

use uuid::Uuid;

use super::World;
use super::catalogue::{CLOUD, COMPUTERS, DAEMONS, IDENTITIES, SPRAY_ADDRESS, SPRAY_PLACE};
use super::dice::Dice;
use super::organisation::App;
use super::people::{Device, Person, Spot};
use super::rhythm::Hour;

mod outcome;
mod policies;
mod record;

use outcome::{BLOCKED, NO_SUCH_USER};

/// One sign-in of a person of so many is by someone whose account is disabled.
const BY_DISABLED: u32 = 500;
/// Names that somebody tries who does not know the organisation.
const GUESSES: [&str; 5] = ["admin", "backup", "info", "scanner", "test"];

/// The four kinds that `signInEventTypes` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EventType {
    Interactive,
    NonInteractive,
    ServicePrincipal,
    ManagedIdentity,
}

/// Who signs in.
#[derive(Debug, Clone, Copy)]
enum Who<'w> {
    Person(&'w Person),
    /// A name that the directory does not have.
    Nobody(&'static str),
    /// An app by itself: the app of the scene.
    Program,
}

/// Everything about a sign-in but its time and id.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'w> {
    event: EventType,
    who: Who<'w>,
    app: &'w App,
    resource: &'w App,
    /// Unknown for managed identities.
    spot: Option<Spot>,
    device: Option<&'w Device>,
    client: &'static str,
    code: i64,
    correlation: Uuid,
    /// How many tries came before.
    tries: u32,
    /// Whether a second factor was given on the way.
    with_second_factor: bool,
    /// Whether somebody else may be behind it.
    is_risky: bool,
}

const BROWSER: &str = "Browser";
const CLIENTS: &str = "Mobile Apps and Desktop clients";
const LEGACY: &str = "IMAP4";

/// A sign-in of a person, by habit.
pub(super) fn everyday<'w>(world: &'w World, hour: &Hour, dice: &mut Dice, at: i64) -> Scene<'w> {
    let Some((person, is_disabled)) = somebody(world, hour, dice) else { return daemon(world, dice) };
    let is_working = hour.working.get(person.office).copied().unwrap_or(false);
    let spot = spot(person, hour, is_working, dice);
    let with_phone = if is_working { dice.chance(1, 6) } else { dice.chance(1, 2) };
    let device = person.phone.as_ref().filter(|_| with_phone).unwrap_or(&person.computer);
    let interactive = dice.chance(36, 100);
    let mut app = app(world, person, dice);
    let is_blocked = app.id == world.apps.payroll.id && at > world.change && !spot.is_trusted;
    // Who is at home was told to use it in the office.
    let mut is_refused = is_blocked && (spot.address != person.home.address);
    if is_blocked && !is_refused {
        app = dice.pick(&world.apps.everyday);
    }
    let mut client = if app.spec.on_desktop && dice.chance(2, 3) { CLIENTS } else { BROWSER };
    let [_, mail, ..] = &world.apps.everyday;
    if interactive && app.id == mail.id && dice.chance(1, 120) {
        (client, is_refused) = (LEGACY, true);
    }
    let drawn = if interactive { outcome::interactive(dice, spot) } else { outcome::silent(dice) };
    let code = match (is_disabled, is_refused) {
        (true, _) => outcome::DISABLED,
        (false, true) => BLOCKED,
        (false, false) => drawn,
    };
    Scene {
        event: if interactive { EventType::Interactive } else { EventType::NonInteractive },
        who: Who::Person(person),
        app,
        resource: resource(world, dice),
        spot: Some(spot),
        device: Some(device),
        client,
        code,
        correlation: dice.uuid(),
        tries: 0,
        with_second_factor: false,
        is_risky: false,
    }
}

/// A person of the new office, at whose network the changed policy stops the app.
pub(super) fn incident<'w>(world: &'w World, dice: &mut Dice) -> Scene<'w> {
    let affected = world.affected();
    let number = affected.get(dice.index(affected.len())).copied();
    let Some(person) = number.and_then(|number| world.person(number)) else { return daemon(world, dice) };
    Scene {
        event: EventType::Interactive,
        who: Who::Person(person),
        app: &world.apps.payroll,
        resource: resource(world, dice),
        spot: Some(office(person, dice)),
        device: Some(&person.computer),
        client: BROWSER,
        code: BLOCKED,
        correlation: dice.uuid(),
        tries: 0,
        with_second_factor: false,
        is_risky: false,
    }
}

/// A try of somebody who has one password and many names.
pub(super) fn spray<'w>(world: &'w World, dice: &mut Dice) -> Scene<'w> {
    let who = match world.person(dice.index(world.people.len())) {
        Some(person) if person.partner.is_none() && dice.chance(9, 10) => Who::Person(person),
        Some(_) | None => Who::Nobody(dice.pick::<&str, _>(&GUESSES)),
    };
    let code = match who {
        Who::Nobody(_) => NO_SUCH_USER,
        Who::Person(_) | Who::Program => outcome::sprayed(dice),
    };
    let [_, _, _, office, ..] = &world.apps.everyday;
    let [graph, ..] = &world.apps.resources;
    Scene {
        event: EventType::Interactive,
        who,
        app: office,
        resource: graph,
        spot: Some(Spot { place: &SPRAY_PLACE, address: SPRAY_ADDRESS, is_trusted: false }),
        device: None,
        client: CLIENTS,
        code,
        correlation: dice.uuid(),
        tries: 0,
        with_second_factor: false,
        is_risky: true,
    }
}

/// A program with a credential of its own.
pub(super) fn daemon<'w>(world: &'w World, dice: &mut Dice) -> Scene<'w> {
    let number = dice.index(DAEMONS.len()).min(dice.index(DAEMONS.len()));
    let [usual, ..] = &world.apps.daemons;
    let host = u16::try_from(number + 16).unwrap_or_default();
    let address = std::net::Ipv6Addr::new(0x2001, 0xdb8, 0xc10d, 0, 0, 0, 0, host);
    Scene {
        event: EventType::ServicePrincipal,
        who: Who::Program,
        app: world.apps.daemons.get(number).unwrap_or(usual),
        resource: resource(world, dice),
        spot: Some(Spot { place: &CLOUD, address: address.into(), is_trusted: false }),
        device: None,
        client: "",
        code: outcome::of_daemon(dice),
        correlation: dice.uuid(),
        tries: 0,
        with_second_factor: false,
        is_risky: false,
    }
}

/// A program whose credential the platform keeps.
pub(super) fn identity<'w>(world: &'w World, dice: &mut Dice) -> Scene<'w> {
    let [usual, ..] = &world.apps.identities;
    let app = world.apps.identities.get(dice.index(IDENTITIES.len())).unwrap_or(usual);
    Scene { event: EventType::ManagedIdentity, app, spot: None, code: 0, ..daemon(world, dice) }
}

impl<'w> Scene<'w> {
    /// What the same person does next about a failure, and after how many seconds.
    pub(super) fn next_try(&self, dice: &mut Dice) -> Option<(i64, Self)> {
        if self.event != EventType::Interactive || self.is_risky {
            return None;
        }
        let (code, (shortest, longest)) = outcome::next(dice, self.code, self.tries)?;
        let passed = matches!(self.code, outcome::SECOND_FACTOR_WANTED | outcome::SECOND_FACTOR_REQUIRED);
        let mut next = Self { code, tries: self.tries + 1, ..*self };
        next.with_second_factor |= passed && code == 0;
        if code == BLOCKED {
            // The page was opened anew.
            next.correlation = dice.uuid();
        }
        Some((dice.between(shortest, longest), next))
    }
}

/// Someone who is busy at this hour, and whether the account is disabled.
fn somebody<'w>(world: &'w World, hour: &Hour, dice: &mut Dice) -> Option<(&'w Person, bool)> {
    if dice.chance(1, BY_DISABLED) {
        let disabled = world.person(dice.index(world.people.len())).filter(|person| !person.is_enabled);
        if let Some(person) = disabled {
            return Some((person, true));
        }
    }
    somebody_busy(world, hour, dice).map(|person| (person, false))
}

/// Someone who is busy at this hour.
pub(super) fn somebody_busy<'w>(world: &'w World, hour: &Hour, dice: &mut Dice) -> Option<&'w Person> {
    let weights = world.offices.iter().zip(hour.weights);
    let weight =
        |(people, weight): (&Vec<usize>, u32)| u32::try_from(people.len()).unwrap_or(0).min(800_000) * weight;
    let office = world.offices.get(dice.weighted_index(weights.map(weight)))?;
    // Some people sign in more often than others.
    let (one, other) = (dice.index(office.len()), dice.index(office.len()));
    let at = if dice.chance(1, 2) { one } else { one.min(other) };
    world.person(*office.get(at)?)
}

/// Where the person is: each has days at home.
fn spot(person: &Person, hour: &Hour, is_working: bool, dice: &mut Dice) -> Spot {
    let day = hour.day + i64::try_from(person.number).unwrap_or(0) * 3;
    let at_home = day.rem_euclid(5) < i64::from(person.days_at_home);
    if is_working && !at_home && person.partner.is_none() { office(person, dice) } else { person.home }
}

/// An address of the person's office.
pub(super) fn office(person: &Person, dice: &mut Dice) -> Spot {
    let office = person.office();
    let exit = 1 + dice.below(office.exits);
    let (network, _) = office.network;
    let address = match network {
        std::net::IpAddr::V4(v4) => std::net::Ipv4Addr::from_bits(v4.to_bits() + exit).into(),
        std::net::IpAddr::V6(v6) => std::net::Ipv6Addr::from_bits(v6.to_bits() + u128::from(exit)).into(),
    };
    Spot { place: &office.place, address, is_trusted: office.trusted }
}

/// What the person works with.
fn app<'w>(world: &'w World, person: &Person, dice: &mut Dice) -> &'w App {
    if person.partner.is_none() && dice.chance(1, 30) {
        return &world.apps.payroll;
    }
    let apps = &world.apps.everyday;
    if dice.chance(1, 5) {
        return dice.pick(apps);
    }
    let favourite = dice.pick(&person.favourites);
    let [usual, ..] = apps;
    apps.get(*favourite).unwrap_or(usual)
}

fn resource<'w>(world: &'w World, dice: &mut Dice) -> &'w App {
    let [graph, directory, service] = &world.apps.resources;
    match dice.below(10) {
        0..6 => graph,
        6..9 => directory,
        _ => service,
    }
}

/// What the page shows of a browser that nothing is known of.
fn usual_agent() -> &'static str {
    let [(_, usual), ..] = &COMPUTERS;
    usual.agent
}
