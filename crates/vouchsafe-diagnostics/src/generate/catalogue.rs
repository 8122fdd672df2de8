//! What the demo's people use: apps, places, machines, policies, and how sign-ins end.

/// An app or resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct App {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
}

/// The app that the incident is about.
pub(super) const PAYROLL: App = App { id: "5d1c7a0e-3b52-4c8e-9a41-0f6e2b7d9c10", name: "Example Payroll" };
/// The app most used.
pub(super) const PORTAL: App = App { id: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", name: "Azure Portal" };
/// The other apps; the ids of Microsoft's are public.
pub(super) const APPS: [App; 8] = [
    PAYROLL,
    App { id: "5e3ce6c0-2b1f-4285-8d4b-75ee78787346", name: "Microsoft Teams Web Client" },
    App { id: "00000003-0000-0ff1-ce00-000000000000", name: "Office 365 SharePoint Online" },
    App { id: "00000002-0000-0ff1-ce00-000000000000", name: "Office 365 Exchange Online" },
    App { id: "89bee1f7-5e6e-4d8a-9f3d-ecd601259da7", name: "Office365 Shell WCSS-Client" },
    App { id: "d3590ed6-52b3-4102-aeff-aad2292ab01c", name: "Microsoft Office" },
    App { id: "7b0e6a52-94c1-4a3f-8d26-15c9f0ab3e77", name: "Example Travel" },
    App { id: "e2f4c8b6-07d3-49a5-b1c0-6a8d3f5e9271", name: "Example Helpdesk" },
];
/// What apps ask tokens for.
pub(super) const GRAPH: App = App { id: "00000003-0000-0000-c000-000000000000", name: "Microsoft Graph" };
/// The other resources.
pub(super) const RESOURCES: [App; 2] = [
    App { id: "797f4846-ba00-4fd7-ba43-dac1f8f63013", name: "Windows Azure Service Management API" },
    App { id: "00000002-0000-0000-c000-000000000000", name: "Windows Azure Active Directory" },
];

/// A place and the beginning of its addresses, which a host ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) state: &'static str,
    pub(super) country: &'static str,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) network: &'static str,
}

const fn place(
    city: &'static str,
    state: &'static str,
    country: &'static str,
    (latitude, longitude): (f64, f64),
    network: &'static str,
) -> Place {
    Place { city, state, country, latitude, longitude, network }
}

/// The head office.
pub(super) const HEAD_OFFICE: Place = place("Berlin", "Berlin", "DE", (52.52, 13.405), "192.0.2.");
/// The other offices.
pub(super) const OFFICES: [Place; 2] = [
    place("Lisbon", "Lisboa", "PT", (38.7223, -9.1393), "198.51.100."),
    place("Toronto", "Ontario", "CA", (43.6532, -79.3832), "2001:db8:20::"),
];
/// The new office of the incident, whose network is not among the trusted ones.
pub(super) const NEW_OFFICE: Place = place("Leipzig", "Sachsen", "DE", (51.3397, 12.3731), "203.0.113.");
/// Where people live and travel.
pub(super) const HOME: Place = place("Potsdam", "Brandenburg", "DE", (52.3906, 13.0645), "2001:db8:100::");
/// More of these.
pub(super) const HOMES: [Place; 5] = [
    place("Hamburg", "Hamburg", "DE", (53.5511, 9.9937), "2001:db8:101::"),
    place("Porto", "Porto", "PT", (41.1579, -8.6291), "2001:db8:102::"),
    place("Oshawa", "Ontario", "CA", (43.8971, -78.8658), "2001:db8:103::"),
    place("Vienna", "Wien", "AT", (48.2082, 16.3738), "2001:db8:104::"),
    place("Lyon", "Auvergne-Rhone-Alpes", "FR", (45.764, 4.8357), "2001:db8:105::"),
];
/// Where wrong passwords sometimes come from.
pub(super) const ABROAD: Place = place("Singapore", "Singapore", "SG", (1.3521, 103.8198), "2001:db8:200::");

/// A kind of machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Machine {
    pub(super) system: &'static str,
    pub(super) browser: &'static str,
    pub(super) agent: &'static str,
    pub(super) prefix: &'static str,
}

/// The usual computer.
pub(super) const LAPTOP: Machine = Machine {
    system: "Windows 11",
    browser: "Edge 142.0.0",
    agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    prefix: "LT",
};
/// Other computers.
pub(super) const COMPUTERS: [Machine; 2] = [
    Machine {
        system: "MacOs",
        browser: "Safari 19.1",
        agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15",
        prefix: "MB",
    },
    Machine {
        system: "Linux",
        browser: "Firefox 145.0",
        agent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        prefix: "WS",
    },
];
/// The phone.
pub(super) const PHONE: Machine = Machine {
    system: "Ios 19.1",
    browser: "Mobile Safari 19.1",
    agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
    prefix: "PH",
};

/// Policies of conditional access: id, name, control.
pub(super) const REQUIRE_MFA: (&str, &str, &str) =
    ("0f3b5f6a-6f0e-4b1c-8a37-2d1f7c5e9b01", "Require MFA for all users", "Mfa");
/// The policy of the incident.
pub(super) const TRUSTED_ONLY: (&str, &str, &str) =
    ("0f3b5f6a-6f0e-4b1c-8a37-2d1f7c5e9b02", "Payroll only from trusted locations", "Block");
/// A policy that is being tried.
pub(super) const COMPLIANT: (&str, &str, &str) =
    ("0f3b5f6a-6f0e-4b1c-8a37-2d1f7c5e9b03", "Require compliant device", "CompliantDevice");

/// How everyday sign-ins end: error code and weight.
pub(super) const OUTCOMES: [(i64, u32); 14] = [
    (0, 8_800),
    (50_126, 330),
    (50_076, 180),
    (50_140, 170),
    (50_074, 140),
    (50_058, 130),
    (65_001, 50),
    (50_053, 40),
    (53_003, 35),
    (50_105, 30),
    (700_016, 30),
    (50_055, 25),
    (50_097, 20),
    (50_057, 20),
];

/// Given names.
pub(super) const GIVEN: [&str; 24] = [
    "Ada", "Bao", "Carla", "Deniz", "Emeka", "Farida", "Goran", "Hana", "Ines", "Jonas", "Keiko", "Lars",
    "Mira", "Nia", "Oskar", "Petra", "Quentin", "Rosa", "Samir", "Tove", "Uma", "Viktor", "Wanda", "Yusuf",
];
/// Family names.
pub(super) const FAMILY: [&str; 23] = [
    "Abel", "Brandt", "Costa", "Dietz", "Eriksen", "Ferreira", "Gruber", "Haddad", "Ivanova", "Jansen",
    "Kaya", "Lindt", "Moreau", "Novak", "Okafor", "Pereira", "Reyes", "Sato", "Tran", "Urban", "Vogel",
    "Weber", "Zeman",
];
