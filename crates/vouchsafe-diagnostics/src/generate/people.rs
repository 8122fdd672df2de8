//! The demo's people and their habits.

use super::catalogue::{
    APPS, App, COMPUTERS, FAMILY, GIVEN, HEAD_OFFICE, HOME, HOMES, LAPTOP, Machine, OFFICES, PHONE, PORTAL,
    Place,
};
use super::dice::Dice;
use super::{MIN_PEOPLE, Plan};

/// Apps that a person uses often.
const FAVOURITES: usize = 3;

/// Someone who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Object id: a UUID.
    pub id: String,
    /// `given.family@domain`
    pub user_principal_name: String,
    /// `Given Family`
    pub display_name: String,
}

/// What a person usually does.
#[derive(Debug)]
pub(super) struct Habits {
    pub(super) person: Person,
    pub(super) office: Spot,
    pub(super) home: Spot,
    pub(super) computer: Device,
    pub(super) phone: Option<Device>,
    pub(super) apps: Vec<App>,
    pub(super) phone_digits: i64,
}

/// A place and the person's host in its network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) place: Place,
    pub(super) host: i64,
}

/// A machine of a person.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) machine: Machine,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) managed: bool,
}

/// Makes the people of a plan.
pub(super) fn draw(dice: &mut Dice, plan: &Plan<'_>) -> Vec<Habits> {
    (0..plan.people.max(MIN_PEOPLE)).map(|at| habits(dice, plan.domain, at)).collect()
}

fn habits(dice: &mut Dice, domain: &str, at: usize) -> Habits {
    // The numbers of given and family names have no common factor, so all pairs come before one comes again.
    let pairs = GIVEN.len() * FAMILY.len();
    let name = |names: &[&'static str]| names.get(at % names.len()).copied().unwrap_or_default();
    let (given, family) = (name(&GIVEN), name(&FAMILY));
    let again = if at < pairs { String::new() } else { (at / pairs + 1).to_string() };
    let person = Person {
        id: dice.uuid(),
        user_principal_name: format!("{}.{}{again}@{domain}", given.to_lowercase(), family.to_lowercase()),
        display_name: format!("{given} {family}"),
    };
    let spot = |dice: &mut Dice, place| Spot { place, host: dice.between(2, 254) };
    let office = dice.pick(HEAD_OFFICE, &OFFICES);
    let home = dice.pick(HOME, &HOMES);
    let (office, home) = (spot(dice, office), spot(dice, home));
    let machine = dice.pick(LAPTOP, &COMPUTERS);
    let computer = device(dice, machine, &person, true);
    let phone = dice.chance(2, 3).then(|| device(dice, PHONE, &person, false));
    let apps = (0..FAVOURITES).map(|_| dice.pick(PORTAL, &APPS)).collect();
    Habits { person, office, home, computer, phone, apps, phone_digits: dice.between(10, 99) }
}

fn device(dice: &mut Dice, machine: Machine, person: &Person, managed: bool) -> Device {
    let owner = person.user_principal_name.split(['.', '@']).next().unwrap_or_default().to_uppercase();
    let name = format!("{}-{owner}-{:02}", machine.prefix, dice.below(100));
    Device { machine, id: dice.uuid(), name, managed }
}
