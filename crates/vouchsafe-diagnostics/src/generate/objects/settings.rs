//! The tenant itself and its settings.

use super::super::catalogue::{HEAD_OFFICE, OFFICES, PARTNERS};
use super::super::json::{Json, object};
use super::super::{DAY, World};

/// Services of the plans that the tenant has, with their public plan ids.
const PLANS: [(&str, &str); 3] = [
    ("AADPremiumService", "41781fb2-bc02-4b7c-bd55-b576c07bb09d"),
    ("exchange", "efb87545-963c-4e0d-99df-69c6916d9eb0"),
    ("SharePoint", "5dbe027f-2339-4123-9542-606e4d348a72"),
];
/// Methods by which people may prove who they are, and whether they are on.
const METHODS: [(&str, &str, &str); 5] = [
    ("microsoftAuthenticatorAuthenticationMethodConfiguration", "MicrosoftAuthenticator", "enabled"),
    ("fido2AuthenticationMethodConfiguration", "Fido2", "enabled"),
    ("smsAuthenticationMethodConfiguration", "Sms", "enabled"),
    ("temporaryAccessPassAuthenticationMethodConfiguration", "TemporaryAccessPass", "disabled"),
    ("emailAuthenticationMethodConfiguration", "Email", "disabled"),
];

/// Template id of the role that guests have, which is public.
const RESTRICTED_GUEST: &str = "2af84b1e-32c8-42b7-82bc-daa82404023b";

pub(super) fn organization(world: &World, out: &mut Vec<u8>) {
    let domain = &world.plan.domain;
    let label = domain.split('.').next().unwrap_or_default();
    let founded = world.start - 2_600 * DAY;
    let place = OFFICES.get(HEAD_OFFICE).map(|office| &office.place);
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.organization").id("id", world.tenant());
        json.list("assignedPlans", PLANS, |json, (service, id)| {
            json.time("assignedDateTime", founded).text("capabilityStatus", "Enabled");
            json.text("service", service).text("servicePlanId", id);
        });
        json.maybe("city", place.map(|place| place.city));
        json.maybe("countryLetterCode", place.map(|place| place.country));
        json.time("createdDateTime", founded);
        let mut letters = label.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase()).unwrap_or_default();
        json.format("displayName", format_args!("{first}{}", letters.as_str()));
        json.time("onPremisesLastSyncDateTime", world.end - super::super::HOUR)
            .flag("onPremisesSyncEnabled", true);
        json.text("preferredLanguage", "en");
        let mail = format!("directory@{domain}");
        json.texts("technicalNotificationMails", [mail.as_str()]);
        json.text("tenantType", "AAD");
        let initial = format!("{label}.onmicrosoft.example");
        json.list(
            "verifiedDomains",
            [(initial.as_str(), true), (domain.as_str(), false)],
            |json, (name, initial)| {
                json.text("capabilities", "Email, OfficeCommunicationsOnline").flag("isDefault", !initial);
                json.flag("isInitial", initial).text("name", name).text("type", "Managed");
            },
        );
    });
}

pub(super) fn authentication_methods(world: &World, out: &mut Vec<u8>) {
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.authenticationMethodsPolicy");
        json.text("id", "authenticationMethodsPolicy").text("displayName", "Authentication Methods Policy");
        json.text("description", "By which methods people of the tenant may sign in");
        json.time("lastModifiedDateTime", world.start - 40 * DAY).text("policyVersion", "1.5");
        json.list("authenticationMethodConfigurations", METHODS, |json, (kind, id, state)| {
            json.format("@odata.type", format_args!("#microsoft.graph.{kind}"))
                .text("id", id)
                .text("state", state);
        });
    });
}

pub(super) fn cross_tenant_access(world: &World, out: &mut Vec<u8>) {
    let trust = |json: &mut Json<'_>, trusted: bool| {
        json.flag("isMfaAccepted", trusted).flag("isCompliantDeviceAccepted", false);
    };
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.crossTenantAccessPolicy")
            .text("id", "crossTenantAccessPolicy");
        json.text("displayName", "Cross-tenant access").texts("allowedCloudEndpoints", None);
        json.inner("default", |json| {
            json.flag("isServiceDefault", true).inner("inboundTrust", |json| trust(json, false));
        });
        json.list("partners", world.partners.into_iter().zip(&PARTNERS), |json, (tenant, _)| {
            json.id("tenantId", tenant).inner("inboundTrust", |json| trust(json, true));
        });
    });
}

pub(super) fn authorization(out: &mut Vec<u8>) {
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.authorizationPolicy");
        json.text("id", "authorizationPolicy").text("displayName", "Authorization Policy");
        json.text("description", "What people and guests of the tenant may do");
        json.text("allowInvitesFrom", "adminsAndGuestInviters");
        json.flag("allowedToSignUpEmailBasedSubscriptions", false).flag("allowedToUseSSPR", true);
        json.flag("allowEmailVerifiedUsersToJoinOrganization", false).flag("blockMsolPowerShell", true);
        json.inner("defaultUserRolePermissions", |json| {
            json.flag("allowedToCreateApps", false).flag("allowedToCreateSecurityGroups", false);
            json.flag("allowedToCreateTenants", false).flag("allowedToReadOtherUsers", true);
        });
        json.text("guestUserRoleId", RESTRICTED_GUEST);
    });
}
