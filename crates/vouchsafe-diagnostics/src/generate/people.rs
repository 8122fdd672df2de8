//! People and their machines.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use uuid::Uuid;

use super::DAY;
use super::catalogue::{
    APPS, COMPUTERS, DEPARTMENTS, Department, FAMILY, GIVEN, HEAD_OFFICE, Machine, OFFICES, Office, PARTNERS,
    PHONES, Partner, Place, ascii,
};
use super::dice::Dice;

/// One person of so many is a guest.
const GUESTS: usize = 16;
/// One person of so many has an account that is disabled.
const DISABLED: usize = 50;
/// One person of so many is an administrator, beginning with the first.
const ADMINISTRATORS: usize = 60;
/// Apps that a person uses often.
const FAVOURITES: usize = 3;
/// How long before the records the oldest account was made, in days.
const OLDEST: i64 = 2_400;

/// Someone who signs in, with habits.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    pub(super) display_name: String,
    /// `given.family@domain`, or the form that guests get.
    pub(super) user_principal_name: String,
    pub(super) mail: String,
    pub(super) number: usize,
    pub(super) office: usize,
    pub(super) department: &'static Department,
    pub(super) job: &'static str,
    /// The home organisation of a guest.
    pub(super) partner: Option<usize>,
    pub(super) is_administrator: bool,
    pub(super) is_enabled: bool,
    /// Whether the account comes from a directory on the premises.
    pub(super) is_synced: bool,
    /// Seconds since 1970.
    pub(super) created: i64,
    pub(super) home: Spot,
    /// Days of five at home.
    pub(super) days_at_home: u32,
    pub(super) computer: Device,
    pub(super) phone: Option<Device>,
    /// Indexes of the usual apps.
    pub(super) favourites: [usize; FAVOURITES],
    /// Digits at the end of telephone numbers.
    pub(super) digits: u32,
}

/// A place and an address there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) place: &'static Place,
    pub(super) address: IpAddr,
    /// Whether the network is a trusted named location.
    pub(super) is_trusted: bool,
}

/// A machine of a person.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) machine: &'static Machine,
    /// What the directory knows of it; nothing of machines of guests and of some phones.
    pub(super) registration: Option<Registration>,
}

/// A device in the directory.
#[derive(Debug)]
pub(super) struct Registration {
    /// The object's id, and the id that the device itself carries.
    pub(super) object: Uuid,
    pub(super) device: Uuid,
    pub(super) name: String,
    pub(super) is_compliant: bool,
    pub(super) is_managed: bool,
    pub(super) trust: Trust,
    /// Seconds since 1970.
    pub(super) registered: i64,
    pub(super) last_seen: i64,
}

/// How a device belongs to the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Joined to the directory.
    Joined,
    /// Joined to a domain on the premises, too.
    Hybrid,
    /// The person's own, registered.
    Registered,
}

impl Trust {
    /// As a device's `trustType` says it.
    pub(super) fn of_device(self) -> &'static str {
        match self {
            Self::Joined => "AzureAd",
            Self::Hybrid => "ServerAd",
            Self::Registered => "Workplace",
        }
    }

    /// As the `deviceDetail` of a sign-in says it.
    pub(super) fn of_sign_in(self) -> &'static str {
        match self {
            Self::Joined => "Azure AD joined",
            Self::Hybrid => "Hybrid Azure AD joined",
            Self::Registered => "Azure AD registered",
        }
    }
}

impl Person {
    pub(super) fn office(&self) -> &'static Office {
        let [head, ..] = &OFFICES;
        OFFICES.get(self.office).unwrap_or(head)
    }

    pub(super) fn partner(&self) -> Option<&'static Partner> {
        PARTNERS.get(self.partner?)
    }

    pub(super) fn devices(&self) -> impl Iterator<Item = (&'static Machine, &Registration)> {
        let all = [Some(&self.computer), self.phone.as_ref()].into_iter().flatten();
        all.filter_map(|device| Some((device.machine, device.registration.as_ref()?)))
    }
}

/// What all people of an organisation share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Company<'a> {
    pub(super) domain: &'a str,
    /// When the records begin and end, in seconds since 1970.
    pub(super) start: i64,
    pub(super) end: i64,
}

/// Makes the people of an organisation.
pub(super) fn draw(dice: &mut Dice, company: Company<'_>, people: usize) -> Vec<Person> {
    let mix = Mix::draw(dice);
    (0..people).map(|number| person(dice, company, mix, number)).collect()
}

/// How names are dealt out: two walks of coprime length, so that no pair comes twice before all came once.
#[derive(Debug, Clone, Copy)]
struct Mix {
    given: (usize, usize),
    family: (usize, usize),
}

impl Mix {
    fn draw(dice: &mut Dice) -> Self {
        // An odd step is coprime to 64, and any step to 61, which is prime.
        let given = (2 * dice.index(GIVEN.len() / 2) + 1, dice.index(GIVEN.len()));
        Self { given, family: (dice.index(FAMILY.len() - 1) + 1, dice.index(FAMILY.len())) }
    }

    /// The names of a person, and the number of earlier people of the same names.
    fn deal(self, number: usize) -> (&'static str, &'static str, usize) {
        let name = |(step, offset): (usize, usize), names: &'static [&'static str]| {
            let at = (number % names.len() * step + offset) % names.len();
            names.get(at).copied().unwrap_or_default()
        };
        (name(self.given, &GIVEN), name(self.family, &FAMILY), number / (GIVEN.len() * FAMILY.len()))
    }
}

fn person(dice: &mut Dice, company: Company<'_>, mix: Mix, number: usize) -> Person {
    let (given, family, namesakes) = mix.deal(number);
    let is_administrator = number.is_multiple_of(ADMINISTRATORS);
    // The last of each group, so that no administrator is a guest or disabled.
    let partner = (number % GUESTS == GUESTS - 1).then(|| dice.index(PARTNERS.len()));
    let office = if is_administrator {
        HEAD_OFFICE
    } else {
        dice.weighted_index(OFFICES.iter().map(|office| office.share))
    };
    let [(_, first), ..] = &DEPARTMENTS;
    let department = if is_administrator { first } else { dice.weighted(&DEPARTMENTS) };
    let again = if namesakes == 0 { String::new() } else { (namesakes + 1).to_string() };
    let local = format!("{}.{}{again}", ascii(given), ascii(family));
    let (user_principal_name, mail) = match partner.and_then(|partner| PARTNERS.get(partner)) {
        Some(partner) => {
            let upn = format!("{local}_{}#EXT#@{}", partner.domain, company.domain);
            (upn, format!("{local}@{}", partner.domain))
        }
        None => (format!("{local}@{}", company.domain), format!("{local}@{}", company.domain)),
    };
    let created = dice.between(company.start - OLDEST * DAY, company.start - DAY);
    let device = |dice: &mut Dice, machine, is_computer| Device {
        machine,
        registration: (partner.is_none() && (is_computer || dice.chance(4, 5)))
            .then(|| registration(dice, (created, company.end), machine, (number, given), is_computer)),
    };
    let computer = dice.weighted(&COMPUTERS);
    let computer = device(dice, computer, true);
    let phone = dice.chance(2, 3).then(|| {
        let phone = dice.weighted(&PHONES);
        device(dice, phone, false)
    });
    Person {
        id: dice.uuid(),
        given,
        family,
        display_name: format!("{given} {family}"),
        user_principal_name,
        mail,
        number,
        office,
        department,
        job: dice.pick::<&str, _>(&department.jobs),
        partner,
        is_administrator,
        is_enabled: number % DISABLED != DISABLED - 1,
        is_synced: partner.is_none() && dice.chance(7, 10),
        created,
        home: home(dice, office),
        days_at_home: dice.below(4),
        computer,
        phone,
        favourites: std::array::from_fn(|_| dice.index(APPS.len()).min(dice.index(APPS.len()))),
        digits: dice.below(10_000),
    }
}

fn home(dice: &mut Dice, office: usize) -> Spot {
    let [head, ..] = &OFFICES;
    let place = dice.pick(&OFFICES.get(office).unwrap_or(head).homes);
    let host = dice.below(1 << 16);
    let address = if dice.chance(1, 2) {
        // 198.18.0.0/16 of RFC 2544.
        let [_, _, high, low] = host.to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(198, 18, high, low.max(1)))
    } else {
        let group = u16::try_from(host).unwrap_or_default();
        let device = u16::try_from(dice.below(1 << 16)).unwrap_or_default();
        IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x1000, group, 0, 0, 0, device.max(1)))
    };
    Spot { place, address, is_trusted: false }
}

fn registration(
    dice: &mut Dice,
    (hired, end): (i64, i64),
    machine: &'static Machine,
    (owner, given): (usize, &str),
    is_computer: bool,
) -> Registration {
    let trust = match (is_computer, dice.chance(1, 3)) {
        (false, _) => Trust::Registered,
        (true, true) => Trust::Hybrid,
        (true, false) => Trust::Joined,
    };
    let is_managed = is_computer || dice.chance(1, 4);
    // A machine that was given out while the records run has its registration among them.
    let registered = dice.between(hired, end - DAY / 2);
    Registration {
        object: dice.uuid(),
        device: dice.uuid(),
        name: format!("{}-{}-{:04}", machine.prefix, ascii(given).to_uppercase(), owner * 7 + dice.index(7)),
        is_compliant: is_managed && dice.chance(19, 20),
        is_managed,
        trust,
        registered,
        last_seen: dice.between(registered.max(end - 9 * DAY), end - 1),
    }
}
