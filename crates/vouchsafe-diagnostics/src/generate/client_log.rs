//! Traces of apps on people's devices: the product's own kind `clientLog`.

use super::World;
use super::catalogue::Machine;
use super::dice::Dice;
use super::json::{Json, object};
use super::people::{Person, Registration};
use super::rhythm::Hour;

/// An app that writes traces.
struct Client {
    name: &'static str,
    version: &'static str,
    /// Whether it runs on the phone, where the person has one.
    on_phone: bool,
}

/// A line that an app writes, with the person's sign-in name in place of `{}`.
struct Line {
    client: &'static Client,
    level: &'static str,
    component: &'static str,
    event: &'static str,
    message: &'static str,
}

const fn line(
    client: &'static Client,
    level: &'static str,
    component: &'static str,
    event: &'static str,
    message: &'static str,
) -> Line {
    Line { client, level, component, event, message }
}

static AUTHENTICATOR: Client =
    Client { name: "Microsoft Authenticator", version: "6.2511.7834", on_phone: true };
static BROKER: Client = Client { name: "Web Account Manager", version: "10.0.26100", on_phone: false };
static PORTAL: Client = Client { name: "Company Portal", version: "11.2.1787", on_phone: false };

const ERROR: &str = "error";
const WARNING: &str = "warning";
const INFORMATION: &str = "information";
const VERBOSE: &str = "verbose";

/// What apps write, with weights.
static LINES: [(u32, Line); 12] = [
    (24, line(&AUTHENTICATOR, INFORMATION, "Push", "received", "push notification received")),
    (20, line(&AUTHENTICATOR, INFORMATION, "Approval", "sent", "approval of {} sent")),
    (12, line(&AUTHENTICATOR, VERBOSE, "OneTimeCode", "refreshed", "one-time code refreshed")),
    (5, line(&AUTHENTICATOR, WARNING, "Push", "expired", "push notification of {} expired unanswered")),
    (2, line(&AUTHENTICATOR, ERROR, "OneTimeCode", "clockSkew", "the clock is more than 30 seconds off")),
    (16, line(&BROKER, INFORMATION, "TokenCache", "renewed", "token of {} renewed silently")),
    (9, line(&BROKER, VERBOSE, "DeviceKey", "opened", "device key opened")),
    (4, line(&BROKER, WARNING, "TokenCache", "interactionRequired", "silent renewal refused for {}")),
    (2, line(&BROKER, ERROR, "Network", "unreachable", "the token service could not be reached")),
    (10, line(&PORTAL, INFORMATION, "Compliance", "checked", "all settings met")),
    (3, line(&PORTAL, WARNING, "Compliance", "checked", "the system is two versions behind")),
    (1, line(&PORTAL, ERROR, "Enrolment", "stopped", "the profile of {} could not be installed")),
];

/// Appends a line that somebody's device wrote.
pub(super) fn write(world: &World, hour: &Hour, dice: &mut Dice, at: i64, out: &mut Vec<u8>) {
    let Some(person) =
        super::sign_in::somebody_busy(world, hour, dice).and_then(|person| owner(world, person))
    else {
        return;
    };
    let line = dice.weighted(&LINES);
    let mut devices = person.devices();
    let device = if line.client.on_phone { devices.last() } else { devices.next() };
    object(out, |json| {
        json.text("@odata.type", "#vouchsafe.clientLog").id("id", dice.uuid()).time("createdDateTime", at);
        json.text("clientName", line.client.name).text("clientVersion", line.client.version);
        json.text("level", line.level).text("component", line.component).text("eventName", line.event);
        json.text("message", &line.message.replace("{}", &person.user_principal_name));
        json.id("userId", person.id).text("userPrincipalName", &person.user_principal_name);
        json.text("userDisplayName", &person.display_name);
        json.inner("deviceDetail", |json| {
            if let Some((machine, registration)) = device {
                write_device(json, machine, registration);
            }
        });
        json.address("ipAddress", person.home.address);
        json.text("networkType", if line.client.on_phone { "cellular" } else { "wifi" });
    });
}

fn write_device(json: &mut Json<'_>, machine: &Machine, registration: &Registration) {
    let (_, model) = machine.make;
    json.id("deviceId", registration.device).text("displayName", &registration.name);
    json.text("model", model).text("operatingSystem", machine.system);
    json.flag("isCompliant", registration.is_compliant).flag("isManaged", registration.is_managed);
    json.text("trustType", registration.trust.of_sign_in());
}

/// This person, or the next who has a device.
fn owner<'w>(world: &'w World, person: &'w Person) -> Option<&'w Person> {
    let from_there = world.people.iter().skip(person.number).chain(&world.people);
    from_there.into_iter().find(|person| person.devices().next().is_some())
}
