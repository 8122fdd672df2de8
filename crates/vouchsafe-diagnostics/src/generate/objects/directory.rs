//! Users, groups, devices.

use super::super::catalogue::{Machine, ascii};
use super::super::json::{Json, object};
use super::super::organisation::{Group, Rule};
use super::super::people::{Person, Registration, Trust};
use super::super::{HOUR, World};

pub(super) fn user(world: &World, person: &Person, out: &mut Vec<u8>) {
    let office = person.office();
    let member = person.partner.is_none();
    let number = |(start, digits): (&str, usize)| {
        let below = u32::try_from(digits).map_or(1, |digits| 10_u32.pow(digits));
        format!("{start}{:0digits$}", person.digits % below)
    };
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.user").id("id", person.id);
        json.flag("accountEnabled", person.is_enabled);
        let phone = number(office.phone);
        json.texts("businessPhones", member.then_some(phone.as_str()));
        json.maybe("companyName", person.partner().map(|partner| partner.name));
        json.time("createdDateTime", person.created);
        json.maybe("creationType", (!member).then_some("Invitation"));
        json.maybe("department", member.then_some(person.department.name));
        json.text("displayName", &person.display_name);
        json.maybe("employeeId", member.then(|| format!("E{:06}", person.number + 1)).as_deref());
        json.maybe("externalUserState", (!member).then_some("Accepted"));
        json.text("givenName", person.given).maybe("jobTitle", member.then_some(person.job));
        json.text("mail", &person.mail);
        json.maybe("mobilePhone", person.phone.as_ref().map(|_| number(office.mobile)).as_deref());
        json.maybe("officeLocation", member.then_some(office.place.city));
        on_premises(world, person, json);
        json.maybe("preferredLanguage", member.then_some(office.language));
        json.text("surname", person.family);
        json.maybe("usageLocation", member.then_some(office.place.country));
        json.text("userPrincipalName", &person.user_principal_name);
        json.text("userType", if member { "Member" } else { "Guest" });
    });
}

fn on_premises(world: &World, person: &Person, json: &mut Json<'_>) {
    let synced = person.is_synced;
    let account = synced.then(|| format!("{}{}", ascii(person.family), person.number));
    json.maybe("onPremisesDomainName", synced.then(|| format!("corp.{}", world.plan.domain)).as_deref());
    match synced {
        true => json.time("onPremisesLastSyncDateTime", world.end - HOUR),
        false => json.null("onPremisesLastSyncDateTime"),
    };
    json.maybe("onPremisesSamAccountName", account.as_deref());
    match synced {
        true => json.flag("onPremisesSyncEnabled", true),
        false => json.null("onPremisesSyncEnabled"),
    };
}

pub(super) fn group(world: &World, group: &Group, out: &mut Vec<u8>) {
    let members = world.groups.members(group, &world.people);
    let (is_team, rule) = match group.rule {
        Rule::Team(_) => (true, None),
        Rule::Everyone => (false, Some("(user.userType -eq \"Member\")".to_owned())),
        Rule::Guests => (false, Some("(user.userType -eq \"Guest\")".to_owned())),
        Rule::Department(_) => (false, Some(format!("(user.department -eq \"{}\")", group.name))),
        Rule::Office(_) | Rule::Administrators => (false, None),
    };
    let nickname = group.name.to_lowercase().replace(' ', "-");
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.group").id("id", group.id);
        json.time("createdDateTime", group.created);
        json.maybe("description", is_team.then_some("A project and who works on it"));
        json.text("displayName", &group.name);
        json.texts(
            "groupTypes",
            [is_team.then_some("Unified"), rule.as_ref().map(|_| "DynamicMembership")].into_iter().flatten(),
        );
        let mail = is_team.then(|| format!("{nickname}@{}", world.plan.domain));
        json.maybe("mail", mail.as_deref()).flag("mailEnabled", is_team).text("mailNickname", &nickname);
        json.maybe("membershipRule", rule.as_deref());
        json.maybe("membershipRuleProcessingState", rule.as_ref().map(|_| "On"));
        json.null("onPremisesSyncEnabled");
        json.flag("securityEnabled", true).maybe("visibility", is_team.then_some("Private"));
        json.number("members@odata.count", i64::try_from(members).unwrap_or(i64::MAX));
    });
}

pub(super) fn device(owner: &Person, machine: &Machine, registration: &Registration, out: &mut Vec<u8>) {
    let (manufacturer, model) = machine.make;
    let is_own = registration.trust == Trust::Registered;
    object(out, |json| {
        json.text("@odata.type", "#microsoft.graph.device").id("id", registration.object);
        json.flag("accountEnabled", owner.is_enabled);
        json.time("approximateLastSignInDateTime", registration.last_seen);
        json.id("deviceId", registration.device);
        json.text("deviceOwnership", if is_own { "Personal" } else { "Company" });
        json.text("displayName", &registration.name);
        json.text("enrollmentType", if is_own { "UserEnrollment" } else { "AzureDomainJoined" });
        json.flag("isCompliant", registration.is_compliant).flag("isManaged", registration.is_managed);
        json.text("manufacturer", manufacturer).text("model", model);
        match registration.trust {
            Trust::Hybrid => json.flag("onPremisesSyncEnabled", true),
            Trust::Joined | Trust::Registered => json.null("onPremisesSyncEnabled"),
        };
        json.text("operatingSystem", machine.directory_system);
        json.text("operatingSystemVersion", machine.version);
        json.text("profileType", "RegisteredDevice");
        json.time("registrationDateTime", registration.registered);
        json.text("trustType", registration.trust.of_device());
    });
}
