//! A sign-in as Graph `signIn`.

use crate::resource::sign_in::error_code;

use super::super::World;
use super::super::catalogue::PARTNERS;
use super::super::dice::Dice;
use super::super::json::{Json, object};
use super::super::people::{Device, Person, Spot};
use super::{EventType, Scene, Who, outcome, usual_agent};

/// Of a hundred second factors, how many are messages to a telephone.
const BY_TEXT_MESSAGE: u32 = 18;

impl EventType {
    fn as_str(self) -> &'static str {
        match self {
            Self::Interactive => "interactiveUser",
            Self::NonInteractive => "nonInteractiveUser",
            Self::ServicePrincipal => "servicePrincipal",
            Self::ManagedIdentity => "managedIdentity",
        }
    }
}

impl Scene<'_> {
    /// Appends the record.
    pub(in super::super) fn write(&self, world: &World, dice: &mut Dice, at: i64, out: &mut Vec<u8>) {
        object(out, |json| {
            json.text("@odata.type", "#microsoft.graph.signIn");
            json.id("id", dice.uuid()).time("createdDateTime", at);
            json.text("appDisplayName", self.app.spec.name).id("appId", self.app.id);
            address(json, self.spot);
            json.text("clientAppUsed", self.client).id("correlationId", self.correlation);
            self.write_policies(world, at, json);
            json.flag("isInteractive", self.event == EventType::Interactive);
            json.inner("deviceDetail", |json| device(json, self.device));
            json.inner("location", |json| location(json, self.spot));
            self.write_risk(json);
            json.text("resourceDisplayName", self.resource.spec.name).id("resourceId", self.resource.id);
            json.inner("status", |json| self.write_status(json));
            self.write_who(world, json);
            json.texts("signInEventTypes", [self.event.as_str()]);
            self.write_beta(world, dice, json);
        });
    }

    fn write_risk(&self, json: &mut Json<'_>) {
        let level = if self.is_risky { "medium" } else { "none" };
        json.text("riskDetail", "none")
            .text("riskLevelAggregated", level)
            .text("riskLevelDuringSignIn", level);
        json.text("riskState", if self.is_risky { "atRisk" } else { "none" });
        json.texts("riskEventTypes_v2", self.is_risky.then_some("maliciousIPAddress"));
    }

    fn write_status(&self, json: &mut Json<'_>) {
        let needs_more = self.spot.is_some_and(|spot| !spot.is_trusted);
        let details = match self.code {
            0 if self.with_second_factor => Some("MFA completed in Azure AD"),
            0 if needs_more && matches!(self.who, Who::Person(_)) => {
                Some("MFA requirement satisfied by claim in the token")
            }
            outcome::SECOND_FACTOR_WANTED | outcome::SECOND_FACTOR_REQUIRED => {
                Some("MFA required in Azure AD")
            }
            outcome::SECOND_FACTOR_FAILED => {
                Some("MFA denied; user did not respond to mobile app notification")
            }
            _ => None,
        };
        json.number("errorCode", self.code).maybe("failureReason", error_code::sentence(self.code));
        json.maybe("additionalDetails", details);
    }

    fn write_who(&self, world: &World, json: &mut Json<'_>) {
        match self.who {
            Who::Person(person) => {
                json.text("userDisplayName", &person.display_name)
                    .id("userId", person.id)
                    .text("userPrincipalName", &person.user_principal_name);
            }
            Who::Nobody(name) => {
                json.text("userDisplayName", "").text("userId", "");
                json.format("userPrincipalName", format_args!("{name}@{}", world.plan.domain));
            }
            Who::Program => {
                json.text("userDisplayName", "").text("userId", "").text("userPrincipalName", "");
            }
        }
    }

    /// Members that Graph has in beta alone.
    fn write_beta(&self, world: &World, dice: &mut Dice, json: &mut Json<'_>) {
        let Who::Person(person) = self.who else {
            if matches!(self.who, Who::Program) {
                json.id("servicePrincipalId", self.app.principal);
                json.text("servicePrincipalName", self.app.spec.name);
            }
            return;
        };
        json.text("userType", if person.partner.is_some() { "guest" } else { "member" });
        if self.with_second_factor {
            json.inner("mfaDetail", |json| second_factor(json, dice, person));
        }
        if self.event == EventType::Interactive {
            let is_outside = self.spot.is_some_and(|spot| !spot.is_trusted);
            let wants_second = is_outside && outcome::reaches_policies(self.code);
            let factors =
                if wants_second { "multiFactorAuthentication" } else { "singleFactorAuthentication" };
            json.text("authenticationRequirement", factors);
            json.text("userAgent", self.device.map_or_else(usual_agent, |device| device.machine.agent));
        }
        if let Some(partner) = person.partner {
            let home = world.partners.get(partner).copied().unwrap_or_default();
            json.text("crossTenantAccessType", "b2bCollaboration").id("homeTenantId", home);
            json.maybe("homeTenantName", PARTNERS.get(partner).map(|partner| partner.name));
            json.id("resourceTenantId", world.tenant());
        }
    }
}

fn second_factor(json: &mut Json<'_>, dice: &mut Dice, person: &Person) {
    let (mobile, _) = person.office().mobile;
    let country = mobile.split(' ').next().unwrap_or_default();
    if dice.chance(BY_TEXT_MESSAGE, 100) {
        let digits = person.digits % 100;
        json.text("authMethod", "Text message");
        json.format("authDetail", format_args!("{country} *********{digits:02}"));
    } else {
        json.text("authMethod", "Mobile app notification").null("authDetail");
    }
}

fn address(json: &mut Json<'_>, spot: Option<Spot>) {
    match spot {
        Some(spot) => json.address("ipAddress", spot.address),
        None => json.text("ipAddress", ""),
    };
}

fn location(json: &mut Json<'_>, spot: Option<Spot>) {
    let place = spot.map(|spot| spot.place);
    json.text("city", place.map_or("", |place| place.city));
    json.text("state", place.map_or("", |place| place.state));
    json.text("countryOrRegion", place.map_or("", |place| place.country));
    json.inner("geoCoordinates", |json| {
        if let Some(place) = place {
            json.raw("latitude", place.latitude).raw("longitude", place.longitude);
        }
    });
}

fn device(json: &mut Json<'_>, device: Option<&Device>) {
    let registration = device.and_then(|device| device.registration.as_ref());
    match registration {
        Some(registration) => {
            json.id("deviceId", registration.device).text("displayName", &registration.name)
        }
        None => json.text("deviceId", "").text("displayName", ""),
    };
    json.text("operatingSystem", device.map_or("", |device| device.machine.system));
    json.text("browser", device.map_or("", |device| device.machine.browser));
    json.flag("isCompliant", registration.is_some_and(|registration| registration.is_compliant));
    json.flag("isManaged", registration.is_some_and(|registration| registration.is_managed));
    json.text("trustType", registration.map_or("", |registration| registration.trust.of_sign_in()));
}
