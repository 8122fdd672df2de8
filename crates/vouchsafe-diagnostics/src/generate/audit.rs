//! Directory audits: Graph `directoryAudit`.

use super::World;
use super::catalogue::{DEPARTMENTS, Machine};
use super::dice::Dice;
use super::json::{Json, object};
use super::objects::policies::{ENABLED, PAYROLL, REPORT_ONLY};
use super::organisation::{App, Group};
use super::people::{Person, Registration};

mod activity;

use activity::{ACTIVITIES, Activity, By, REGISTRATIONS, Target};

/// One act of so many fails.
const FAILURES: u32 = 40;
/// Why it does, in the words of Graph.
const DENIED: &str = "Insufficient privileges to complete the operation.";

/// Who did something.
enum Actor<'w> {
    Person(&'w Person),
    Program(&'w App),
}

/// What it was done to.
enum Object<'w> {
    User(&'w Person),
    Group(&'w Group),
    Device(&'static Machine, &'w Registration),
    App(&'w App),
}

/// An act of any working day.
pub(super) fn everyday(world: &World, dice: &mut Dice, at: i64, out: &mut Vec<u8>) {
    let activity = dice.weighted(&ACTIVITIES);
    one(world, dice, activity, at, out);
}

/// An act of the Device Registration Service.
pub(super) fn registration(world: &World, dice: &mut Dice, at: i64, out: &mut Vec<u8>) {
    let activity = dice.weighted(&REGISTRATIONS);
    one(world, dice, activity, at, out);
}

fn one(world: &World, dice: &mut Dice, activity: &Activity, at: i64, out: &mut Vec<u8>) {
    let Some(person) = subject(world, dice, activity.target) else { return };
    let actor = match activity.by {
        By::Oneself => Actor::Person(person),
        By::Administrator => Actor::Person(administrator(world, dice).unwrap_or(person)),
        By::Program => {
            let [_, _, sync, ..] = &world.apps.daemons;
            Actor::Program(sync)
        }
    };
    let app = dice.pick(&world.apps.everyday);
    let device = person.devices().next();
    let device = device.map(|(machine, registration)| Object::Device(machine, registration));
    let targets = match activity.target {
        Target::User => [Some(Object::User(person)), None],
        Target::Membership => [Some(Object::User(person)), world.groups.team_of(person).map(Object::Group)],
        Target::Device => [device, None],
        Target::Ownership => [device, Some(Object::User(person))],
        Target::App => [Some(Object::App(app)), None],
    };
    let denied = matches!(activity.by, By::Administrator) && dice.chance(1, FAILURES);
    object(out, |json| {
        head(json, dice, activity, denied.then_some(DENIED), at);
        json.inner("initiatedBy", |json| initiator(json, &actor, dice));
        let changes = if denied { Changes::None } else { Changes::of(activity, dice, person, world) };
        json.list("targetResources", targets.iter().flatten(), |json, target| {
            write_target(json, target);
            json.list("modifiedProperties", changes.list(), |json, (name, old, new)| {
                json.text("displayName", name)
                    .maybe("oldValue", old.as_deref())
                    .maybe("newValue", new.as_deref());
            });
        });
        json.list("additionalDetails", details(activity, &targets), |json, (key, value)| {
            json.text("key", key).text("value", value);
        });
    });
}

/// The change that began the incident: a policy that was only watched is switched on.
pub(super) fn change(world: &World, dice: &mut Dice, at: i64, out: &mut Vec<u8>) {
    let version = |state: &str| {
        let mut text = Vec::new();
        object(&mut text, |json| PAYROLL.write(world, state, json));
        String::from_utf8(text).unwrap_or_default()
    };
    let (old, new) = (version(REPORT_ONLY), version(ENABLED));
    object(out, |json| {
        head(json, dice, &activity::POLICY_CHANGE, None, at);
        json.inner("initiatedBy", |json| match world.culprit() {
            Some(person) => initiator(json, &Actor::Person(person), dice),
            None => {
                json.null("user").null("app");
            }
        });
        json.list("targetResources", [()], |json, ()| {
            json.id("id", PAYROLL.id(world)).text("displayName", PAYROLL.name).text("type", "Policy");
            json.list("modifiedProperties", [()], |json, ()| {
                json.text("displayName", "ConditionalAccessPolicy")
                    .text("oldValue", &old)
                    .text("newValue", &new);
            });
        });
        json.texts("additionalDetails", None);
    });
}

/// Whom an act is about: for devices, somebody who has one.
fn subject<'w>(world: &'w World, dice: &mut Dice, target: Target) -> Option<&'w Person> {
    let start = dice.index(world.people.len());
    let from_there = world.people.iter().skip(start).chain(&world.people);
    let wants_device = matches!(target, Target::Device | Target::Ownership);
    from_there
        .into_iter()
        .find(|person| person.is_enabled && (!wants_device || person.devices().next().is_some()))
}

fn administrator<'w>(world: &'w World, dice: &mut Dice) -> Option<&'w Person> {
    world.person(*world.administrators.get(dice.index(world.administrators.len()))?)
}

/// The members before `initiatedBy`.
fn head(json: &mut Json<'_>, dice: &mut Dice, activity: &Activity, failure: Option<&str>, at: i64) {
    json.text("@odata.type", "#microsoft.graph.directoryAudit").id("id", dice.uuid());
    json.text("category", activity.category).id("correlationId", dice.uuid());
    json.text("result", if failure.is_some() { "failure" } else { "success" });
    json.text("resultReason", failure.unwrap_or(activity.reason));
    json.text("activityDisplayName", activity.name).time("activityDateTime", at);
    json.text("loggedByService", activity.service).text("operationType", activity.operation);
}

fn initiator(json: &mut Json<'_>, actor: &Actor<'_>, dice: &mut Dice) {
    match actor {
        Actor::Person(person) => {
            let spot = if dice.chance(2, 3) { super::sign_in::office(person, dice) } else { person.home };
            json.inner("user", |json| {
                json.id("id", person.id).text("displayName", &person.display_name);
                json.text("userPrincipalName", &person.user_principal_name);
                json.address("ipAddress", spot.address);
            });
            json.null("app");
        }
        Actor::Program(app) => {
            json.null("user").inner("app", |json| {
                json.id("appId", app.id).text("displayName", app.spec.name);
                json.id("servicePrincipalId", app.principal).null("servicePrincipalName");
            });
        }
    }
}

/// The members before `modifiedProperties`.
fn write_target(json: &mut Json<'_>, target: &Object<'_>) {
    match target {
        Object::User(person) => {
            json.id("id", person.id).text("displayName", &person.display_name).text("type", "User");
            json.text("userPrincipalName", &person.user_principal_name);
        }
        Object::Group(group) => {
            json.id("id", group.id).text("displayName", &group.name).text("type", "Group");
            json.text("groupType", "unifiedGroups");
        }
        Object::Device(_, registration) => {
            json.id("id", registration.object).text("displayName", &registration.name).text("type", "Device");
        }
        Object::App(app) => {
            json.id("id", app.principal).text("displayName", app.spec.name).text("type", "ServicePrincipal");
        }
    }
}

/// What an act changed: name, before, after, each of the latter a JSON text, as the directory has it.
enum Changes {
    None,
    One(&'static str, Option<String>, Option<String>),
}

impl Changes {
    fn of(activity: &Activity, dice: &mut Dice, person: &Person, world: &World) -> Self {
        let array = |value: &str| Some(format!("[\"{value}\"]"));
        match activity.property {
            Some("Department") => {
                let before = dice.weighted(&DEPARTMENTS).name;
                Self::One("Department", array(before), array(person.department.name))
            }
            Some("TelephoneNumber") => {
                let (start, digits) = person.office().phone;
                let number = |value: u32| format!("{start}{value:0digits$}");
                let below = u32::try_from(digits).map_or(1, |digits| 10_u32.pow(digits));
                let before = number(dice.below(below));
                Self::One("TelephoneNumber", array(&before), array(&number(person.digits % below)))
            }
            Some(property @ "Group.DisplayName") => {
                let name = world.groups.team_of(person).map(|group| format!("\"{}\"", group.name));
                if activity.operation == "Unassign" {
                    Self::One(property, name, None)
                } else {
                    Self::One(property, None, name)
                }
            }
            Some(property) => Self::One(property, Some("[false]".to_owned()), Some("[true]".to_owned())),
            None => Self::None,
        }
    }

    fn list(&self) -> Option<(&'static str, &Option<String>, &Option<String>)> {
        match self {
            Self::None => None,
            Self::One(name, old, new) => Some((name, old, new)),
        }
    }
}

/// Keys and values that the Device Registration Service adds.
fn details<'w>(activity: &Activity, targets: &[Option<Object<'w>>; 2]) -> Vec<(&'static str, &'w str)> {
    match targets {
        [Some(Object::Device(machine, registration)), ..] if activity.service == activity::REGISTRATION => {
            vec![
                ("Device OS", machine.directory_system),
                ("Device OS Version", machine.version),
                ("Device Trust Type", registration.trust.of_device()),
            ]
        }
        _ => Vec::new(),
    }
}
