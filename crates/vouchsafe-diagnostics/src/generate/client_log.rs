//! Traces of apps on people's devices: the product's own kind `clientLog`.

use super::World;
use super::dice::Dice;
use super::json::object;
use super::people::Person;
use super::rhythm::Hour;

/// A line that apps write, with the person's sign-in name in place of `{}`.
struct Line {
    component: &'static str,
    level: &'static str,
    message: &'static str,
}

const fn line(component: &'static str, level: &'static str, message: &'static str) -> Line {
    Line { component, level, message }
}

/// What apps write, with weights.
static LINES: [(u32, Line); 12] = [
    (24, line("Authenticator", "information", "push notification received")),
    (20, line("Authenticator", "information", "approval of {} sent")),
    (12, line("Authenticator", "verbose", "one-time code refreshed")),
    (5, line("Authenticator", "warning", "push notification of {} expired unanswered")),
    (2, line("Authenticator", "error", "the device's clock is more than 30 seconds off")),
    (16, line("Broker", "information", "token of {} renewed silently")),
    (9, line("Broker", "verbose", "device key opened")),
    (4, line("Broker", "warning", "silent renewal refused: interaction required for {}")),
    (2, line("Broker", "error", "no network: the token service could not be reached")),
    (10, line("Company Portal", "information", "compliance checked: all settings met")),
    (3, line("Company Portal", "warning", "compliance checked: the system is two versions behind")),
    (1, line("Company Portal", "error", "enrolment of {} stopped: the profile could not be installed")),
];

/// Appends a line that somebody's device wrote.
pub(super) fn write(world: &World, hour: &Hour, dice: &mut Dice, at: i64, out: &mut Vec<u8>) {
    let Some(person) =
        super::sign_in::somebody_busy(world, hour, dice).and_then(|person| owner(world, person))
    else {
        return;
    };
    let line = dice.weighted(&LINES);
    let wants_phone = line.component == "Authenticator";
    let devices = || person.devices().map(|(_, registration)| registration.device);
    let device = if wants_phone { devices().last() } else { devices().next() };
    object(out, |json| {
        json.text("@odata.type", "#vouchsafe.clientLog").id("id", dice.uuid()).time("createdDateTime", at);
        json.id("userId", person.id).text("userPrincipalName", &person.user_principal_name);
        json.id("deviceId", device.unwrap_or_default());
        json.text("component", line.component).text("level", line.level);
        json.text("message", &line.message.replace("{}", &person.user_principal_name));
    });
}

/// This person, or the next who has a device.
fn owner<'w>(world: &'w World, person: &'w Person) -> Option<&'w Person> {
    let from_there = world.people.iter().skip(person.number).chain(&world.people);
    from_there.into_iter().find(|person| person.devices().next().is_some())
}
