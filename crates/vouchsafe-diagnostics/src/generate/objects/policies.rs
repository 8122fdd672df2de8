//! Conditional access policies and named locations, the change of the incident among them.

use uuid::Uuid;

use super::super::catalogue::{OFFICES, Office};
use super::super::json::{Json, object};
use super::super::organisation::Access;
use super::super::{DAY, World};

/// Template id of the role Global Administrator, which is public.
const ADMINISTRATOR_ROLE: &str = "62e90394-69f5-4237-9190-012177145e10";
/// On.
pub(in super::super) const ENABLED: &str = "enabled";
/// Watched, without effect.
pub(in super::super) const REPORT_ONLY: &str = "enabledForReportingButNotEnforced";

/// A control as policies name it and as sign-ins do.
#[derive(Debug)]
pub(in super::super) struct Control {
    pub(in super::super) built_in: &'static str,
    pub(in super::super) in_sign_ins: &'static str,
}

/// Whom and what a policy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Everything,
    Payroll,
    Office365,
    LegacyClients,
    Administrators,
}

/// A conditional access policy.
#[derive(Debug)]
pub(in super::super) struct Policy {
    pub(in super::super) name: &'static str,
    pub(in super::super) control: Option<Control>,
    /// How often people must sign in anew, in hours.
    pub(in super::super) session: Option<i64>,
    subject: Subject,
    /// Whether trusted networks are left out.
    outside_alone: bool,
    state: &'static str,
    id: fn(&Access) -> Uuid,
}

const BLOCK: Option<Control> = Some(Control { built_in: "block", in_sign_ins: "Block" });

/// A second factor for everything, outside of the offices.
pub(in super::super) static MFA: Policy = Policy {
    name: "Require MFA outside the offices",
    control: Some(Control { built_in: "mfa", in_sign_ins: "Mfa" }),
    session: None,
    subject: Subject::Everything,
    outside_alone: true,
    state: ENABLED,
    id: |access| access.mfa,
};
/// The policy of the incident.
pub(in super::super) static PAYROLL: Policy = Policy {
    name: "Payroll only from trusted locations",
    control: BLOCK,
    session: None,
    subject: Subject::Payroll,
    outside_alone: true,
    state: ENABLED,
    id: |access| access.payroll,
};
/// A policy that is being tried.
pub(in super::super) static COMPLIANT: Policy = Policy {
    name: "Require compliant device for Office 365",
    control: Some(Control { built_in: "compliantDevice", in_sign_ins: "RequireCompliantDevice" }),
    session: None,
    subject: Subject::Office365,
    outside_alone: false,
    state: REPORT_ONLY,
    id: |access| access.compliant,
};
/// No clients that know no second factor.
pub(in super::super) static LEGACY: Policy = Policy {
    name: "Block legacy authentication",
    control: BLOCK,
    session: None,
    subject: Subject::LegacyClients,
    outside_alone: false,
    state: ENABLED,
    id: |access| access.legacy,
};
/// Short sessions for administrators.
pub(in super::super) static ADMINISTRATORS: Policy = Policy {
    name: "Administrators sign in twice a day",
    control: None,
    session: Some(12),
    subject: Subject::Administrators,
    outside_alone: false,
    state: ENABLED,
    id: |access| access.administrators,
};

/// All of them.
pub(super) static ALL: [&Policy; 5] = [&MFA, &PAYROLL, &COMPLIANT, &LEGACY, &ADMINISTRATORS];

impl Policy {
    pub(in super::super) fn id(&self, world: &World) -> Uuid {
        (self.id)(&world.access)
    }

    /// Adds the members of the policy, in a state that it has or had.
    pub(in super::super) fn write(&self, world: &World, state: &str, json: &mut Json<'_>) {
        json.id("id", self.id(world)).text("displayName", self.name);
        json.time("createdDateTime", world.start - 200 * DAY);
        match self.subject {
            Subject::Payroll if state == ENABLED => json.time("modifiedDateTime", world.change),
            Subject::Payroll
            | Subject::Everything
            | Subject::Office365
            | Subject::LegacyClients
            | Subject::Administrators => json.null("modifiedDateTime"),
        };
        json.text("state", state);
        match self.session {
            Some(hours) => json.inner("sessionControls", |json| {
                json.inner("signInFrequency", |json| {
                    json.number("value", hours).text("type", "hours").flag("isEnabled", true);
                });
            }),
            None => json.null("sessionControls"),
        };
        json.inner("conditions", |json| self.write_conditions(world, json));
        match &self.control {
            Some(control) => json.inner("grantControls", |json| {
                json.text("operator", "OR").texts("builtInControls", [control.built_in]);
                json.texts("customAuthenticationFactors", None).texts("termsOfUse", None);
            }),
            None => json.null("grantControls"),
        };
    }

    fn write_conditions(&self, world: &World, json: &mut Json<'_>) {
        let legacy: &[&str] = &["exchangeActiveSync", "other"];
        let clients = if self.subject == Subject::LegacyClients { legacy } else { &["all"] };
        json.texts("clientAppTypes", clients.iter().copied());
        json.texts("signInRiskLevels", None).texts("userRiskLevels", None).null("platforms");
        if self.outside_alone {
            json.inner("locations", |json| {
                json.texts("includeLocations", ["All"]).texts("excludeLocations", ["AllTrusted"]);
            });
        } else {
            json.null("locations");
        }
        let payroll = world.apps.payroll.id.to_string();
        let app = match self.subject {
            Subject::Payroll => payroll.as_str(),
            Subject::Office365 => "Office365",
            Subject::Everything | Subject::LegacyClients | Subject::Administrators => "All",
        };
        json.inner("applications", |json| {
            json.texts("includeApplications", [app]).texts("excludeApplications", None);
            json.texts("includeUserActions", None);
        });
        let of_administrators = self.subject == Subject::Administrators;
        json.inner("users", |json| {
            json.texts("includeUsers", (!of_administrators).then_some("All")).texts("excludeUsers", None);
            json.texts("includeGroups", None).texts("excludeGroups", None);
            json.texts("includeRoles", of_administrators.then_some(ADMINISTRATOR_ROLE))
                .texts("excludeRoles", None);
        });
    }
}

pub(super) fn policy(world: &World, policy: &Policy, out: &mut Vec<u8>) {
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.conditionalAccessPolicy");
        policy.write(world, policy.state, json);
    });
}

/// The network of an office as a trusted location.
pub(super) fn network(world: &World, at: usize, office: &Office, out: &mut Vec<u8>) {
    let (network, bits) = office.network;
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.ipNamedLocation");
        json.id("id", world.access.locations.get(at).copied().unwrap_or_default());
        json.format("displayName", format_args!("Office {}", office.place.city));
        json.time("createdDateTime", world.start - 400 * DAY)
            .time("modifiedDateTime", world.start - 250 * DAY);
        json.flag("isTrusted", office.trusted);
        json.list("ipRanges", [network], |json, network| {
            let version = if network.is_ipv4() { "iPv4CidrRange" } else { "iPv6CidrRange" };
            json.format("@odata.type", format_args!("#microsoft.graph.{version}"));
            json.format("cidrAddress", format_args!("{network}/{bits}"));
        });
    });
}

/// The countries with an office.
pub(super) fn countries(world: &World, out: &mut Vec<u8>) {
    let mut countries: Vec<&str> = OFFICES.iter().map(|office| office.place.country).collect();
    countries.sort_unstable();
    countries.dedup();
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.countryNamedLocation").id("id", world.access.countries);
        json.text("displayName", "Countries with an office");
        json.time("createdDateTime", world.start - 400 * DAY)
            .time("modifiedDateTime", world.start - 400 * DAY);
        json.texts("countriesAndRegions", countries).text("countryLookupMethod", "clientIpAddress");
        json.flag("includeUnknownCountriesAndRegions", false);
    });
}
