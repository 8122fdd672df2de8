//! Who is in the world, and what the reference model must know of them.

/// One of the tenants, by its place in the model: three customers, the provider, and a UUID that nobody has.
pub type Tenant = usize;

/// The customer that opens most cases.
pub const S: Tenant = 0;
/// A customer whose data is asked for.
pub const R1: Tenant = 1;
/// Another one.
pub const R2: Tenant = 2;
/// The provider.
pub const PROVIDER: Tenant = 3;
/// Nobody.
pub const NOBODY: Tenant = 4;

/// Names and domains of the tenants that exist.
pub const TENANTS: [(&str, &str); 4] = [
    ("Contoso", "contoso.example"),
    ("Fabrikam", "fabrikam.example"),
    ("Tailspin", "tailspin.example"),
    ("Northwind Cloud", "northwind.example"),
];

/// A member of the cast.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// The name that tests use.
    pub name: &'static str,
    /// The tenant of the account.
    pub tenant: Tenant,
    /// The built-in role, if any.
    pub role: Option<&'static str>,
    /// Whether the role carries the umbrella over support tickets.
    pub tickets: bool,
    /// Whether the role may change the tenant's settings.
    pub policy: bool,
    /// An engineer with this location.
    pub engineer: Option<&'static str>,
    /// Whether the role may see the queue and assign.
    pub manager: bool,
}

const fn customer(name: &'static str, tenant: Tenant, role: Option<&'static str>, tickets: bool) -> Member {
    Member { name, tenant, role, tickets, policy: false, engineer: None, manager: false }
}

const fn admin(name: &'static str, tenant: Tenant) -> Member {
    Member { policy: true, ..customer(name, tenant, Some("Global Administrator"), true) }
}

const fn staff(name: &'static str, role: &'static str) -> Member {
    customer(name, PROVIDER, Some(role), false)
}

const HELPDESK: Option<&str> = Some("Helpdesk Administrator");

/// Everybody, in the order in which the accounts are made.
pub const CAST: [Member; 18] = [
    Member { engineer: Some("Ireland"), ..staff("eve", "Support Engineer") },
    Member { engineer: Some("India"), ..staff("ewan", "Support Engineer") },
    Member { manager: true, ..staff("mona", "Support Manager") },
    Member { policy: true, ..staff("paul", "Provider Administrator") },
    admin("ada", S),
    customer("ben", S, HELPDESK, true),
    customer("lin", S, HELPDESK, true),
    customer("pia", S, HELPDESK, true),
    customer("rex", S, Some("Reports Reader"), false),
    customer("sam", S, None, false),
    admin("rita", R1),
    customer("ron", R1, HELPDESK, true),
    customer("lin-r1", R1, HELPDESK, true),
    customer("roy", R1, None, false),
    admin("rolf", R2),
    customer("rob", R2, HELPDESK, true),
    customer("lin-r2", R2, None, false),
    customer("cleo", R1, Some("Reports Reader"), false),
];

/// Accounts of one person: `lin` may approve in [`R1`] but not in [`R2`]; `pia` also works for the provider.
pub const LINKS: [(&str, &str); 3] = [("lin", "lin-r1"), ("lin", "lin-r2"), ("pia", "paul")];

/// Place of a member by name.
#[must_use]
pub fn place(name: &str) -> usize {
    CAST.iter().position(|member| member.name == name).expect("a member of the cast")
}
