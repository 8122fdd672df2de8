//! Offices, homes, networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A place as the directory locates addresses. The coordinates are JSON numbers already.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::generate) struct Place {
    pub(in crate::generate) city: &'static str,
    pub(in crate::generate) state: &'static str,
    pub(in crate::generate) country: &'static str,
    pub(in crate::generate) latitude: &'static str,
    pub(in crate::generate) longitude: &'static str,
}

const fn place(
    city: &'static str,
    state: &'static str,
    country: &'static str,
    latitude: &'static str,
    longitude: &'static str,
) -> Place {
    Place { city, state, country, latitude, longitude }
}

/// An office: its people live around it, by its clock.
#[derive(Debug)]
pub(in crate::generate) struct Office {
    pub(in crate::generate) place: Place,
    /// How many people of a hundred work here.
    pub(in crate::generate) share: u32,
    /// Its time zone in the form of POSIX, which needs no database.
    pub(in crate::generate) zone: &'static str,
    /// Addresses that its people come from, and how many leave through them.
    pub(in crate::generate) network: (IpAddr, u8),
    /// Hosts of that network that are seen.
    pub(in crate::generate) exits: u32,
    /// Whether the network is among the named locations.
    pub(in crate::generate) trusted: bool,
    pub(in crate::generate) homes: [Place; 3],
    /// Beginnings of a telephone and a mobile number that nobody has, and how many digits follow.
    pub(in crate::generate) phone: (&'static str, usize),
    pub(in crate::generate) mobile: (&'static str, usize),
    pub(in crate::generate) language: &'static str,
}

/// Index of the office where the administrators are.
pub(in crate::generate) const HEAD_OFFICE: usize = 0;
/// Index of the office of the incident: new, and nobody has added its network to the named locations.
pub(in crate::generate) const NEW_OFFICE: usize = 4;

/// The offices.
pub(in crate::generate) static OFFICES: [Office; 5] = [
    Office {
        place: place("Berlin", "Berlin", "DE", "52.52", "13.405"),
        share: 34,
        zone: "CET-1CEST,M3.5.0,M10.5.0/3",
        network: (IpAddr::V4(Ipv4Addr::new(192, 0, 2, 0)), 25),
        exits: 12,
        trusted: true,
        homes: [
            place("Potsdam", "Brandenburg", "DE", "52.3906", "13.0645"),
            place("Berlin", "Berlin", "DE", "52.4797", "13.4373"),
            place("Bernau", "Brandenburg", "DE", "52.6788", "13.587"),
        ],
        phone: ("+49 30 23125 ", 3),
        mobile: ("+49 171 39200", 2),
        language: "de-DE",
    },
    Office {
        place: place("London", "England", "GB", "51.5072", "-0.1276"),
        share: 20,
        zone: "GMT0BST,M3.5.0/1,M10.5.0",
        network: (IpAddr::V4(Ipv4Addr::new(192, 0, 2, 128)), 25),
        exits: 8,
        trusted: true,
        homes: [
            place("Reading", "England", "GB", "51.4543", "-0.9781"),
            place("London", "England", "GB", "51.5465", "-0.1058"),
            place("Brighton", "England", "GB", "50.8225", "-0.1372"),
        ],
        phone: ("+44 20 7946 0", 3),
        mobile: ("+44 7700 900", 3),
        language: "en-GB",
    },
    Office {
        place: place("Toronto", "Ontario", "CA", "43.6532", "-79.3832"),
        share: 16,
        zone: "EST5EDT,M3.2.0,M11.1.0",
        network: (IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x20, 0, 0, 0, 0, 0)), 48),
        exits: 40,
        trusted: true,
        homes: [
            place("Oshawa", "Ontario", "CA", "43.8971", "-78.8658"),
            place("Mississauga", "Ontario", "CA", "43.589", "-79.6441"),
            place("Hamilton", "Ontario", "CA", "43.2557", "-79.8711"),
        ],
        phone: ("+1 416 555 01", 2),
        mobile: ("+1 647 555 01", 2),
        language: "en-CA",
    },
    Office {
        place: place("Sydney", "New South Wales", "AU", "-33.8688", "151.2093"),
        share: 10,
        zone: "AEST-10AEDT,M10.1.0,M4.1.0/3",
        network: (IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x30, 0, 0, 0, 0, 0)), 48),
        exits: 24,
        trusted: true,
        homes: [
            place("Parramatta", "New South Wales", "AU", "-33.815", "151.0011"),
            place("Sydney", "New South Wales", "AU", "-33.9173", "151.2313"),
            place("Gosford", "New South Wales", "AU", "-33.425", "151.3418"),
        ],
        phone: ("+61 2 5550 ", 4),
        mobile: ("+61 2 7010 ", 4),
        language: "en-AU",
    },
    Office {
        place: place("Leipzig", "Sachsen", "DE", "51.3397", "12.3731"),
        share: 20,
        zone: "CET-1CEST,M3.5.0,M10.5.0/3",
        network: (IpAddr::V4(Ipv4Addr::new(203, 0, 113, 0)), 24),
        exits: 6,
        trusted: false,
        homes: [
            place("Halle", "Sachsen-Anhalt", "DE", "51.497", "11.9688"),
            place("Leipzig", "Sachsen", "DE", "51.3127", "12.3346"),
            place("Grimma", "Sachsen", "DE", "51.2367", "12.7312"),
        ],
        phone: ("+49 30 23125 ", 3),
        mobile: ("+49 171 39200", 2),
        language: "de-DE",
    },
];

/// Where somebody tries one password with many names.
pub(in crate::generate) static SPRAY_PLACE: Place =
    place("Singapore", "Singapore", "SG", "1.3521", "103.8198");
/// The one address of these attempts.
pub(in crate::generate) const SPRAY_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 77));
/// Where the organisation's programs run.
pub(in crate::generate) static CLOUD: Place = place("Amsterdam", "Noord-Holland", "NL", "52.3676", "4.9041");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offices_hold_everybody() {
        assert_eq!(OFFICES.iter().map(|office| office.share).sum::<u32>(), 100);
        assert!(OFFICES[HEAD_OFFICE].trusted && !OFFICES[NEW_OFFICE].trusted);
        for office in &OFFICES {
            assert!(jiff::tz::TimeZone::posix(office.zone).is_ok(), "{}", office.zone);
        }
    }
}
