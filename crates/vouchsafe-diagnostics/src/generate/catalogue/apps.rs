//! Apps, resources, programs.

use uuid::Uuid;

/// The tenant of Microsoft's own apps.
pub(in crate::generate) const MICROSOFT: Uuid = Uuid::from_u128(0xf8cdef31_a31e_4b4a_93e4_5f571e91255a);

/// An app. Those without a public id are the organisation's own, and get one per tenant.
#[derive(Debug)]
pub(in crate::generate) struct AppSpec {
    pub(in crate::generate) id: Option<Uuid>,
    pub(in crate::generate) name: &'static str,
    /// Whether people use it outside of the browser, too.
    pub(in crate::generate) on_desktop: bool,
}

const fn microsoft(id: u128, name: &'static str, on_desktop: bool) -> AppSpec {
    AppSpec { id: Some(Uuid::from_u128(id)), name, on_desktop }
}

const fn own(name: &'static str) -> AppSpec {
    AppSpec { id: None, name, on_desktop: false }
}

/// The app that the incident is about.
pub(in crate::generate) static PAYROLL: AppSpec = own("Example Payroll");

/// The apps of every day, the most used first.
pub(in crate::generate) static APPS: [AppSpec; 9] = [
    microsoft(0x1fec8e78_bce4_4aaf_ab1b_5451cc387264, "Microsoft Teams", true),
    microsoft(0x00000002_0000_0ff1_ce00_000000000000, "Office 365 Exchange Online", true),
    microsoft(0x00000003_0000_0ff1_ce00_000000000000, "Office 365 SharePoint Online", false),
    microsoft(0xd3590ed6_52b3_4102_aeff_aad2292ab01c, "Microsoft Office", true),
    microsoft(0x89bee1f7_5e6e_4d8a_9f3d_ecd601259da7, "Office365 Shell WCSS-Client", false),
    microsoft(0xc44b4083_3bb0_49c1_b47d_974e53cbdf3c, "Azure Portal", false),
    own("Example Travel"),
    own("Example Helpdesk"),
    own("Example Warehouse"),
];

/// What apps ask tokens for.
pub(in crate::generate) static RESOURCES: [AppSpec; 3] = [
    microsoft(0x00000003_0000_0000_c000_000000000000, "Microsoft Graph", false),
    microsoft(0x00000002_0000_0000_c000_000000000000, "Windows Azure Active Directory", false),
    microsoft(0x797f4846_ba00_4fd7_ba43_dac1f8f63013, "Windows Azure Service Management API", false),
];

/// Programs with a credential of their own.
pub(in crate::generate) static DAEMONS: [AppSpec; 4] = [
    own("Example Backup"),
    own("Example Payroll Export"),
    own("Example Directory Sync"),
    own("Example Monitoring"),
];

/// Programs whose credential the platform keeps.
pub(in crate::generate) static IDENTITIES: [AppSpec; 3] =
    [own("func-invoices-prod"), own("vm-build-01"), own("aks-warehouse-agentpool")];
