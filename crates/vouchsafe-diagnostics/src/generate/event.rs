//! One sign-in of the demo.

use serde_json::{Value, json};
use vouchsafe_core::time::Timestamp;

use crate::sign_in::error_code;

use super::catalogue::{
    ABROAD, APPS, App, COMPLIANT, GRAPH, NEW_OFFICE, OUTCOMES, PAYROLL, PORTAL, Place, REQUIRE_MFA,
    RESOURCES, TRUSTED_ONLY,
};
use super::dice::Dice;
use super::people::{Device, Habits, Spot};

/// Error code of a sign-in that conditional access blocks.
const BLOCKED: i64 = 53_003;

/// Who signs in when, and why.
#[derive(Debug)]
pub(super) struct Event {
    /// Microseconds since 1970.
    pub(super) at: i64,
    /// Index of the person.
    pub(super) person: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// As always.
    Everyday,
    /// Part of what there is to find.
    Incident,
}

/// Where from, with what, to which app, and how it ends.
struct Scene<'h> {
    place: Place,
    address: String,
    device: Option<&'h Device>,
    app: App,
    code: i64,
    abroad: bool,
}

/// The Graph object of an event.
pub(super) fn record(dice: &mut Dice, event: &Event, habits: &Habits) -> Value {
    let scene = match event.kind {
        Kind::Everyday => everyday(dice, habits),
        Kind::Incident => incident(dice, habits),
    };
    let resource = dice.pick(GRAPH, &RESOURCES);
    let risk = if scene.abroad { "medium" } else { "none" };
    let person = &habits.person;
    let silent = scene.code == 50_058;
    json!({
        "id": dice.uuid(),
        "createdDateTime": Timestamp::from_micros(event.at),
        "userId": person.id,
        "userPrincipalName": person.user_principal_name,
        "userDisplayName": person.display_name,
        "appId": scene.app.id,
        "appDisplayName": scene.app.name,
        "resourceId": resource.id,
        "resourceDisplayName": resource.name,
        "ipAddress": scene.address,
        "clientAppUsed": client(dice, scene.app),
        "userAgent": scene.device.map(|device| device.machine.agent),
        "correlationId": dice.uuid(),
        "conditionalAccessStatus": conditional_access_status(scene.code),
        "appliedConditionalAccessPolicies": policies(&scene),
        "isInteractive": !silent && dice.chance(9, 10),
        "deviceDetail": device_detail(scene.device),
        "location": {
            "city": scene.place.city,
            "state": scene.place.state,
            "countryOrRegion": scene.place.country,
            "geoCoordinates": { "altitude": null, "latitude": scene.place.latitude, "longitude": scene.place.longitude },
        },
        "mfaDetail": mfa_detail(dice, &scene, habits),
        "status": status(scene.code),
        "riskDetail": "none",
        "riskEventTypes_v2": if scene.abroad { json!(["unfamiliarFeatures"]) } else { json!([]) },
        "riskLevelAggregated": risk,
        "riskLevelDuringSignIn": risk,
        "riskState": if scene.abroad { "atRisk" } else { "none" },
        "authenticationRequirement": if needs_mfa(scene.code) { "multiFactorAuthentication" } else { "singleFactorAuthentication" },
        "userType": "member",
        "processingTimeInMilliseconds": dice.between(60, 900),
    })
}

fn everyday<'h>(dice: &mut Dice, habits: &'h Habits) -> Scene<'h> {
    let outcome = dice.weighted(OUTCOMES.iter().map(|(_, weight)| *weight));
    let code = OUTCOMES.get(outcome).map_or(0, |(code, _)| *code);
    // Wrong passwords and locked accounts are sometimes somebody else's doing.
    let abroad = matches!(code, 50_126 | 50_053) && dice.chance(1, 5);
    let spot = match (abroad, dice.chance(2, 3)) {
        (true, _) => Spot { place: ABROAD, host: dice.between(2, 9) },
        (false, true) => habits.office,
        (false, false) => habits.home,
    };
    let phone = habits.phone.as_ref().filter(|_| dice.chance(1, 5));
    let device = if abroad { None } else { Some(phone.unwrap_or(&habits.computer)) };
    let favourite = habits.apps.get(dice.below(habits.apps.len())).copied();
    let app = favourite.filter(|_| dice.chance(4, 5)).unwrap_or_else(|| dice.pick(PORTAL, &APPS));
    Scene { place: spot.place, address: address(spot), device, app, code, abroad }
}

/// The app that conditional access blocks from the network of the new office.
fn incident<'h>(dice: &mut Dice, habits: &'h Habits) -> Scene<'h> {
    let host = dice.between(10, 40);
    let spot = Spot { place: NEW_OFFICE, host };
    Scene {
        place: NEW_OFFICE,
        address: address(spot),
        device: Some(&habits.computer),
        app: PAYROLL,
        code: BLOCKED,
        abroad: false,
    }
}

fn address(spot: Spot) -> String {
    if spot.place.network.contains(':') {
        format!("{}{:x}", spot.place.network, spot.host)
    } else {
        format!("{}{}", spot.place.network, spot.host)
    }
}

fn client(dice: &mut Dice, app: App) -> &'static str {
    let mail = app.name.contains("Exchange");
    if mail && dice.chance(1, 20) {
        "IMAP4"
    } else if mail || dice.chance(1, 6) {
        "Mobile Apps and Desktop clients"
    } else {
        "Browser"
    }
}

fn needs_mfa(code: i64) -> bool {
    matches!(code, 0 | 50_074 | 50_076)
}

fn conditional_access_status(code: i64) -> &'static str {
    match code {
        0 | 50_140 => "success",
        50_074 | 50_076 | 50_097 | BLOCKED => "failure",
        _ => "notApplied",
    }
}

fn policies(scene: &Scene<'_>) -> Value {
    let policy = |(id, name, control): (&str, &str, &str), result: &str| {
        json!({
            "id": id, "displayName": name, "enforcedGrantControls": [control], "enforcedSessionControls": [],
            "result": result,
        })
    };
    let mfa = match scene.code {
        0 | 50_140 => "success",
        50_074 | 50_076 => "failure",
        _ => "notApplied",
    };
    let trusted = if scene.code == BLOCKED { "failure" } else { "notApplied" };
    let compliant = if scene.code == 50_097 { "failure" } else { "notEnabled" };
    json!([policy(REQUIRE_MFA, mfa), policy(TRUSTED_ONLY, trusted), policy(COMPLIANT, compliant)])
}

fn device_detail(device: Option<&Device>) -> Value {
    match device {
        Some(device) if device.managed => json!({
            "deviceId": device.id, "displayName": device.name, "operatingSystem": device.machine.system,
            "browser": device.machine.browser, "isCompliant": true, "isManaged": true,
            "trustType": "Azure AD joined",
        }),
        Some(device) => json!({
            "deviceId": "", "displayName": "", "operatingSystem": device.machine.system,
            "browser": device.machine.browser, "isCompliant": false, "isManaged": false, "trustType": "",
        }),
        None => json!({
            "deviceId": "", "displayName": "", "operatingSystem": "", "browser": "", "isCompliant": false,
            "isManaged": false, "trustType": "",
        }),
    }
}

fn mfa_detail(dice: &mut Dice, scene: &Scene<'_>, habits: &Habits) -> Value {
    if !needs_mfa(scene.code) || dice.chance(1, 2) {
        return Value::Null;
    }
    if dice.chance(1, 4) {
        return json!({ "authMethod": "Text message", "authDetail": format!("+49 ********{}", habits.phone_digits) });
    }
    json!({ "authMethod": "Mobile app notification", "authDetail": null })
}

fn status(code: i64) -> Value {
    let details = match code {
        0 => json!("MFA requirement satisfied by claim in the token"),
        50_074 | 50_076 => json!("MFA required in Azure AD"),
        _ => Value::Null,
    };
    json!({ "errorCode": code, "failureReason": error_code::sentence(code), "additionalDetails": details })
}
