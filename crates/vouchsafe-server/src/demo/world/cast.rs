//! The demo's organisations and people. All of them are invented.

use vouchsafe_app::NewPerson;
use vouchsafe_core::id::{Id as _, TenantId};
use vouchsafe_core::person::PersonKind;

/// The vendor.
pub(super) struct Provider {
    pub(super) name: &'static str,
    pub(super) domain: &'static str,
}

pub(super) const PROVIDER: Provider = Provider { name: "Northwind Cloud", domain: "northwind.example" };

/// One of the vendor's people.
pub(super) struct Staff {
    pub(super) name: &'static str,
    upn: &'static str,
    role: &'static str,
    employer: &'static str,
    location: &'static str,
    expertise: &'static [&'static str],
}

pub(super) const STAFF: &[Staff] = &[
    Staff {
        name: "Ines Okafor",
        upn: "ines.okafor@northwind.example",
        role: "Support Engineer",
        employer: "Northwind Cloud",
        location: "Ireland",
        expertise: &["signIn/conditionalAccess", "signIn/singleSignOn"],
    },
    Staff {
        name: "Jonas Lindqvist",
        upn: "jonas.lindqvist@northwind.example",
        role: "Support Engineer",
        employer: "Northwind Cloud",
        location: "Sweden",
        expertise: &["signIn/multifactorAuthentication", "signIn/passwordReset"],
    },
    Staff {
        name: "Meera Raghavan",
        upn: "meera.raghavan@northwind.example",
        role: "Support Engineer",
        employer: "Tailspin Services",
        location: "India",
        expertise: &["directory/synchronization", "directory/provisioning"],
    },
    Staff {
        name: "Tomas Albrecht",
        upn: "tomas.albrecht@northwind.example",
        role: "Support Engineer",
        employer: "Northwind Cloud",
        location: "Germany",
        expertise: &["devices", "applications"],
    },
    Staff {
        name: "Ruth Castellanos",
        upn: "ruth.castellanos@northwind.example",
        role: "Support Manager",
        employer: "Northwind Cloud",
        location: "Ireland",
        expertise: &[],
    },
    Staff {
        name: "Dmitri Haas",
        upn: "dmitri.haas@northwind.example",
        role: "Provider Administrator",
        employer: "Northwind Cloud",
        location: "Ireland",
        expertise: &[],
    },
];

/// A customer organisation.
pub(super) struct Customer {
    pub(super) name: &'static str,
    pub(super) domain: &'static str,
    id: u128,
    pub(super) people: &'static [Member],
}

/// One of a customer's people.
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) upn: &'static str,
    role: Option<&'static str>,
}

/// Service Support Administrator in two tenants: one person with two accounts.
pub(super) const LINKED: Member = member("Alex Moreno", "alex.moreno@contoso.example", SUPPORT);

const GLOBAL: Option<&str> = Some("Global Administrator");
const SUPPORT: Option<&str> = Some("Service Support Administrator");
const SECURITY: Option<&str> = Some("Security Reader");

const fn member(name: &'static str, upn: &'static str, role: Option<&'static str>) -> Member {
    Member { name, upn, role }
}

pub(super) const CONTOSO: Customer = Customer {
    name: "Contoso",
    domain: "contoso.example",
    id: 0x6b1c_7e0a_3f52_4c8d_9a41_0c5d_2f7e_1001,
    people: &[
        member("Priya Nair", "priya.nair@contoso.example", GLOBAL),
        LINKED,
        member("Sam Whitfield", "sam.whitfield@contoso.example", SECURITY),
        member("Lena Fischer", "lena.fischer@contoso.example", None),
    ],
};

pub(super) const FABRIKAM: Customer = Customer {
    name: "Fabrikam",
    domain: "fabrikam.example",
    id: 0x6b1c_7e0a_3f52_4c8d_9a41_0c5d_2f7e_1002,
    people: &[
        member("Omar Haddad", "omar.haddad@fabrikam.example", GLOBAL),
        LINKED,
        member("Greta Sund", "greta.sund@fabrikam.example", SECURITY),
        member("Paulo Reis", "paulo.reis@fabrikam.example", None),
    ],
};

pub(super) const ADATUM: Customer = Customer {
    name: "Adatum",
    domain: "adatum.example",
    id: 0x6b1c_7e0a_3f52_4c8d_9a41_0c5d_2f7e_1003,
    people: &[
        member("Yuki Tanabe", "yuki.tanabe@adatum.example", GLOBAL),
        member("Marta Kowal", "marta.kowal@adatum.example", SUPPORT),
        member("Noor Aziz", "noor.aziz@adatum.example", SECURITY),
        member("Ben Carver", "ben.carver@adatum.example", None),
    ],
};

pub(super) const CUSTOMERS: &[Customer] = &[CONTOSO, FABRIKAM, ADATUM];

impl Customer {
    /// Its tenant id, the same in every demo.
    pub(super) fn tenant(&self) -> TenantId {
        TenantId::from_uuid(uuid::Uuid::from_u128(self.id))
    }
}

impl Staff {
    pub(super) fn new_person(&self, tenant: TenantId) -> NewPerson {
        NewPerson {
            tenant,
            display_name: self.name.to_owned(),
            user_principal_name: self.upn.to_owned(),
            kind: PersonKind::User,
            roles: vec![self.role.to_owned()],
            employer: self.employer.to_owned(),
            location: self.location.to_owned(),
            expertise: self.expertise.iter().map(|topic| (*topic).to_owned()).collect(),
        }
    }
}

impl Member {
    pub(super) fn new_person(&self, tenant: TenantId) -> NewPerson {
        NewPerson {
            tenant,
            display_name: self.name.to_owned(),
            user_principal_name: self.upn.to_owned(),
            kind: PersonKind::User,
            roles: self.role.iter().map(|role| (*role).to_owned()).collect(),
            employer: String::new(),
            location: String::new(),
            expertise: Vec::new(),
        }
    }
}
