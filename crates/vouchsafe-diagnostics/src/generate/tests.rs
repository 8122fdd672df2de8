//! Tests of the generator: what it promises about any plan, and one plan in full.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::resource::{Shape, sign_in::error_code};

fn plan() -> Plan {
    Plan {
        tenant: "6b1c7e0a-35c9-4d3f-9a52-0a8f5d3f6b11".parse().unwrap(),
        seed: 7,
        domain: "contoso.example".to_owned(),
        people: 60,
        days: 30,
        end: "2026-11-23T15:00:00Z".parse().unwrap(),
        counts: Counts {
            sign_ins: 6_000,
            directory_audits: 120,
            device_registrations: 40,
            client_logs: 80,
            telemetry: 100,
        },
    }
}

/// Everything of a plan, each with its kind and its line.
fn lines(plan: &Plan) -> Vec<(Resource, String)> {
    let world = World::new(plan.clone()).unwrap();
    let (mut objects, mut events) = (world.objects(), world.events());
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        let kind = objects.write_next(&mut line).or_else(|| events.write_next(&mut line));
        let Some(kind) = kind else { return lines };
        lines.push((kind, String::from_utf8(line).unwrap()));
    }
}

/// The same, read.
struct Made {
    kinds: BTreeMap<Resource, Vec<Value>>,
    /// Times of the events, as they came.
    times: Vec<i64>,
}

impl Made {
    fn new(plan: &Plan) -> Self {
        let (mut kinds, mut times) = (BTreeMap::<Resource, Vec<Value>>::new(), Vec::new());
        for (kind, line) in lines(plan) {
            assert!(!line.contains('\n'));
            let value: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(Resource::of_type(value["@odata.type"].as_str().unwrap()), Some(kind));
            if let Shape::Events { time: name } = kind.schema().shape {
                times.push(time(&value, name));
            }
            kinds.entry(kind).or_default().push(value);
        }
        Self { kinds, times }
    }

    fn of(&self, kind: Resource) -> &[Value] {
        self.kinds.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// What an object says under each value of another member.
    fn index(&self, kind: Resource, key: &str) -> BTreeMap<&str, &Value> {
        self.of(kind).iter().map(|value| (text(value, key), value)).collect()
    }
}

fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(&format!("/{path}")).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} of {value}"))
}

fn time(value: &Value, name: &str) -> i64 {
    seconds(text(value, name).parse().unwrap())
}

fn code(sign_in: &Value) -> i64 {
    sign_in["status"]["errorCode"].as_i64().unwrap()
}

#[test]
fn a_plan_means_the_same_bytes_for_ever() {
    let lines = lines(&plan());
    let mut hash = Sha256::new();
    let mut sizes = BTreeMap::<Resource, (usize, usize)>::new();
    let (mut sorts, mut shown) = (BTreeSet::new(), String::new());
    for (kind, line) in &lines {
        hash.update(line);
        let (count, bytes) = sizes.entry(*kind).or_default();
        *count += 1;
        *bytes += line.len();
        // The first of each kind, and of each sort of sign-ins.
        let sort = line.split_once("\"signInEventTypes\":").and_then(|(_, sort)| sort.split(']').next());
        if sorts.insert((*kind, sort)) {
            shown.push_str(&format!("{line}\n"));
        }
    }
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let sizes = sizes
        .iter()
        .map(|(kind, (count, bytes))| format!("{kind:?}: {count}, {} bytes each\n", bytes / count));
    insta::assert_snapshot!("plan", format!("{shown}\n{}\n{digest}", sizes.collect::<String>()));
}

#[test]
fn seed_and_tenant_make_another_world_and_counts_do_not() {
    let sign_ins = 1_000;
    let plan = || Plan { counts: Counts { sign_ins, ..plan().counts }, ..plan() };
    let first = lines(&plan());
    let ids = |lines: &[(Resource, String)]| -> BTreeSet<String> {
        lines.iter().map(|(_, line)| text(&serde_json::from_str(line).unwrap(), "id").to_owned()).collect()
    };
    let other_tenant = "0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11".parse().unwrap();
    for other in [Plan { seed: 8, ..plan() }, Plan { tenant: other_tenant, ..plan() }] {
        let shared: Vec<_> = ids(&first).intersection(&ids(&lines(&other))).cloned().collect();
        // What has a fixed id.
        let fixed = [
            "6b1c7e0a-35c9-4d3f-9a52-0a8f5d3f6b11",
            "authenticationMethodsPolicy",
            "crossTenantAccessPolicy",
            "authorizationPolicy",
        ];
        assert!(shared.iter().all(|id| fixed.contains(&id.as_str())), "{shared:?}");
    }
    let of_sign_ins = |lines: Vec<(Resource, String)>| -> Vec<String> {
        lines.into_iter().filter(|(kind, _)| *kind == Resource::SignIn).map(|(_, line)| line).collect()
    };
    let fewer = Plan { counts: Counts { sign_ins, ..Counts::default() }, ..plan() };
    assert_eq!(of_sign_ins(first), of_sign_ins(lines(&fewer)));
}

/// Checks everything that holds for any plan.
fn check(plan: &Plan) {
    let made = Made::new(plan);
    let counts = plan.counts;
    let audits = counts.directory_audits + counts.device_registrations;
    let wanted = [
        (Resource::Organization, 1),
        (Resource::User, u64::try_from(plan.people).unwrap()),
        (Resource::SignIn, counts.sign_ins),
        (Resource::DirectoryAudit, audits),
        (Resource::ClientLog, counts.client_logs),
        (Resource::HealthTelemetry, counts.telemetry),
    ];
    for (kind, count) in wanted {
        assert_eq!(made.of(kind).len(), usize::try_from(count).unwrap(), "{kind:?}");
    }
    let registrations = made
        .of(Resource::DirectoryAudit)
        .iter()
        .filter(|audit| audit["loggedByService"] == "Device Registration Service");
    assert_eq!(registrations.count(), usize::try_from(counts.device_registrations).unwrap());

    let all: Vec<&str> = made.kinds.values().flatten().map(|value| text(value, "id")).collect();
    let ids: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(ids.len(), all.len(), "an id came twice");
    check_times(plan, &made);
    check_sign_ins(plan, &made);
    check_other_events(plan, &made, &ids);
}

fn check_times(plan: &Plan, made: &Made) {
    let end = seconds(plan.end);
    let start = end - i64::from(plan.days) * DAY;
    assert!(made.times.is_sorted());
    assert!(made.times.iter().all(|at| (start..end).contains(at)));
    for user in made.of(Resource::User) {
        assert!(time(user, "createdDateTime") < start);
    }
    for device in made.of(Resource::Device) {
        let (registered, seen) =
            (time(device, "registrationDateTime"), time(device, "approximateLastSignInDateTime"));
        assert!(registered <= seen && seen < end, "{device}");
    }
}

fn check_sign_ins(plan: &Plan, made: &Made) {
    let users = made.index(Resource::User, "id");
    let devices = made.index(Resource::Device, "deviceId");
    let apps = made.index(Resource::ServicePrincipal, "appId");
    let policies = made.index(Resource::ConditionalAccessPolicy, "id");
    let owners = owners(plan);
    let tenant = plan.tenant.to_string();
    for sign_in in made.of(Resource::SignIn) {
        assert!(error_code::sentence(code(sign_in)).is_some(), "{sign_in}");
        let app = apps[text(sign_in, "appId")];
        assert_eq!(app["displayName"], sign_in["appDisplayName"]);
        assert_eq!(apps[text(sign_in, "resourceId")]["displayName"], sign_in["resourceDisplayName"]);
        if let Some(principal) = sign_in.get("servicePrincipalId") {
            assert_eq!((principal, &sign_in["userId"]), (&app["id"], &Value::from("")));
        } else if code(sign_in) == 50_034 {
            assert_eq!(sign_in["userId"], "");
        } else {
            let user = users[text(sign_in, "userId")];
            assert_eq!(user["displayName"], sign_in["userDisplayName"]);
            assert_eq!(user["userPrincipalName"], sign_in["userPrincipalName"]);
            assert_eq!(user["userType"].as_str().unwrap().to_lowercase(), sign_in["userType"]);
            assert_eq!(sign_in.get("resourceTenantId").is_some(), user["userType"] == "Guest");
            assert_ne!(sign_in.get("homeTenantId"), Some(&Value::from(tenant.as_str())));
        }
        let device = text(sign_in, "deviceDetail/deviceId");
        if !device.is_empty() {
            assert_eq!(devices[device]["displayName"], sign_in["deviceDetail"]["displayName"]);
            assert_eq!(owners[device], text(sign_in, "userId"));
        }
        for applied in sign_in["appliedConditionalAccessPolicies"].as_array().unwrap() {
            assert_eq!(policies[text(applied, "id")]["displayName"], applied["displayName"]);
        }
        let blocked = code(sign_in) == 53_003;
        assert!(!blocked || sign_in["conditionalAccessStatus"] == "failure", "{sign_in}");
        assert!(code(sign_in) != 0 || sign_in["conditionalAccessStatus"] != "failure", "{sign_in}");
        check_address(text(sign_in, "ipAddress"));
    }
}

/// Ids of devices, with those of their people.
fn owners(plan: &Plan) -> BTreeMap<String, String> {
    let world = World::new(plan.clone()).unwrap();
    let of = |person: &Person| {
        let devices = person.devices().map(|(_, registration)| registration.device.to_string());
        devices.map(|device| (device, person.id.to_string())).collect::<Vec<_>>()
    };
    world.people.iter().flat_map(of).collect()
}

/// RFC 5737, RFC 3849 and RFC 2544.
fn check_address(address: &str) {
    let documented = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:", "198.18.", "198.19."];
    assert!(address.is_empty() || documented.iter().any(|start| address.starts_with(start)), "{address}");
    assert!(address.is_empty() || address.parse::<std::net::IpAddr>().is_ok(), "{address}");
}

fn check_other_events(plan: &Plan, made: &Made, ids: &BTreeSet<&str>) {
    let owners = owners(plan);
    let users = made.index(Resource::User, "id");
    let devices = made.index(Resource::Device, "deviceId");
    let apps = made.index(Resource::ServicePrincipal, "appId");
    for audit in made.of(Resource::DirectoryAudit) {
        let by = &audit["initiatedBy"];
        if by["user"].is_null() {
            assert_eq!(apps[text(by, "app/appId")]["id"], by["app"]["servicePrincipalId"]);
        } else {
            assert_eq!(users[text(by, "user/id")]["userPrincipalName"], by["user"]["userPrincipalName"]);
            check_address(text(by, "user/ipAddress"));
        }
        let targets = audit["targetResources"].as_array().unwrap();
        assert!(
            !targets.is_empty() && targets.iter().all(|target| ids.contains(text(target, "id"))),
            "{audit}"
        );
    }
    for log in made.of(Resource::ClientLog) {
        let user = users[text(log, "userId")];
        assert_eq!(user["userPrincipalName"], log["userPrincipalName"]);
        let device = text(log, "deviceDetail/deviceId");
        assert_eq!(devices[device]["displayName"], log["deviceDetail"]["displayName"]);
        assert_eq!(owners[device], text(log, "userId"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("VOUCHSAFE_LONG").is_some_and(|value| value != "0") { 200 } else { 8 }))]
    #[test]
    fn any_plan_is_kept_and_coherent(
        seed: u64,
        tenant: u128,
        people in MIN_PEOPLE..120,
        days in 1_u32..12,
        minute in 0_i64..600_000,
        (sign_ins, directory_audits, device_registrations, client_logs, telemetry)
            in (0_u64..800, 0_u64..100, 0_u64..40, 0_u64..40, 0_u64..40),
    ) {
        let counts = Counts { sign_ins, directory_audits, device_registrations, client_logs, telemetry };
        let tenant = TenantId::from_uuid(Uuid::from_u128(tenant));
        let end = Timestamp::from_micros(1_790_000_000_000_000 + minute * 60_000_000 + 7);
        check(&Plan { seed, tenant, people, days, end, counts, ..plan() });
    }
}

/// Paths of all values, those of an array without a number.
fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
                paths(value, &path, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| paths(item, path, found)),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => drop(found.insert(path.to_owned())),
    }
}

#[test]
fn every_kind_is_made_of_properties_that_its_schema_knows() {
    let made = Made::new(&plan());
    for kind in Resource::ALL {
        assert!(!made.of(kind).is_empty(), "{kind:?}");
        let mut found = BTreeSet::new();
        made.of(kind).iter().for_each(|value| paths(value, "", &mut found));
        let known: BTreeSet<&str> = kind.schema().masks.entries().iter().map(|(path, _)| *path).collect();
        let unknown: Vec<&String> = found.iter().filter(|path| !known.contains(path.as_str())).collect();
        assert!(unknown.is_empty(), "{kind:?}: {unknown:?}");
    }
}

#[test]
fn there_is_an_incident_to_find() {
    let made = Made::new(&plan());
    let changes: Vec<&Value> = made
        .of(Resource::DirectoryAudit)
        .iter()
        .filter(|audit| audit["activityDisplayName"] == "Update conditional access policy")
        .collect();
    let [change] = changes.as_slice() else { panic!("{changes:?}") };
    let at = time(change, "activityDateTime");
    assert_eq!(at, seconds(plan().end) - 44 * HOUR - MINUTE);

    let target = &change["targetResources"][0];
    let policy = made.index(Resource::ConditionalAccessPolicy, "id")[text(target, "id")];
    assert_eq!(time(policy, "modifiedDateTime"), at);
    let version =
        |name| -> Value { serde_json::from_str(text(&target["modifiedProperties"][0], name)).unwrap() };
    let (old, new) = (version("oldValue"), version("newValue"));
    assert_eq!(
        (&old["state"], &new["state"]),
        (&"enabledForReportingButNotEnforced".into(), &policy["state"])
    );
    assert_eq!(new["conditions"], policy["conditions"]);
    assert_eq!(policy["conditions"]["locations"]["excludeLocations"][0], "AllTrusted");

    let trusted: Vec<&str> = made
        .of(Resource::NamedLocation)
        .iter()
        .filter(|location| location["isTrusted"] == true)
        .map(|location| text(location, "ipRanges/0/cidrAddress"))
        .collect();
    assert_eq!(trusted, ["192.0.2.0/25", "192.0.2.128/25", "2001:db8:20::/48", "2001:db8:30::/48"]);

    let blocked = |by: &Value| code(by) == 53_003 && by["appDisplayName"] == "Example Payroll";
    let blocked: Vec<&Value> = made.of(Resource::SignIn).iter().filter(|sign_in| blocked(sign_in)).collect();
    assert!(blocked.len() > 100, "{}", blocked.len());
    for sign_in in &blocked {
        assert!(time(sign_in, "createdDateTime") > at);
        assert!(text(sign_in, "ipAddress").starts_with("203.0.113."), "{sign_in}");
        let applied = sign_in["appliedConditionalAccessPolicies"].as_array().unwrap();
        let failed = applied.iter().find(|applied| applied["result"] == "failure").unwrap();
        assert_eq!(failed["id"], policy["id"]);
    }
    let affected: BTreeSet<&str> = blocked.iter().map(|sign_in| text(sign_in, "userId")).collect();
    assert!((4..=20).contains(&affected.len()), "{}", affected.len());
    // Before, the policy only said that it would have.
    let warned = made.of(Resource::SignIn).iter().filter(|sign_in| {
        let applied = sign_in["appliedConditionalAccessPolicies"].as_array().unwrap();
        applied
            .iter()
            .any(|applied| applied["id"] == policy["id"] && applied["result"] == "reportOnlyFailure")
    });
    assert!(warned.clone().count() > 5);
    assert!(warned.clone().all(|sign_in| time(sign_in, "createdDateTime") < at));
}

#[test]
fn days_have_a_rhythm_and_outcomes_are_the_usual_ones() {
    let made = Made::new(&plan());
    let (mut hours, mut codes, mut sorts) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for sign_in in made.of(Resource::SignIn) {
        let hour = time(sign_in, "createdDateTime").rem_euclid(DAY) / HOUR;
        if sign_in["location"]["countryOrRegion"] == "DE" {
            *hours.entry(hour).or_insert(0) += 1;
        }
        *codes.entry(code(sign_in)).or_insert(0) += 1;
        *sorts.entry(text(sign_in, "signInEventTypes/0")).or_insert(0) += 1;
    }
    assert!(hours[&8] > 5 * hours[&2], "{hours:?}");
    assert!(codes[&0] * 10 > made.of(Resource::SignIn).len() * 8);
    for code in [50_126, 50_074, 50_076, 53_003, 50_140, 50_058, 50_034, 7_000_215] {
        assert!(codes.contains_key(&code), "{code}");
    }
    assert_eq!(sorts.len(), 4, "{sorts:?}");
}

#[test]
fn who_is_asked_for_a_second_factor_comes_back_with_it() {
    let made = Made::new(&plan());
    let mut tries = BTreeMap::<&str, Vec<i64>>::new();
    for sign_in in made.of(Resource::SignIn) {
        tries.entry(text(sign_in, "correlationId")).or_default().push(code(sign_in));
    }
    let asked = tries.values().filter(|codes| matches!(codes[..], [50_074 | 50_076, _, ..]));
    assert!(asked.clone().count() > 30);
    let passed = asked.clone().filter(|codes| codes.last() == Some(&0)).count();
    assert!(passed * 10 > asked.count() * 8);
}

#[test]
fn plans_that_make_no_sense_are_refused_by_name() {
    let end = |text: &str| text.parse().unwrap();
    let wrong = [
        Plan { people: 29, ..plan() },
        Plan { people: 1_000_001, ..plan() },
        Plan { days: 0, ..plan() },
        Plan { days: 3_661, ..plan() },
        Plan { end: end("1989-12-31T00:00:00Z"), ..plan() },
        Plan { end: end("2200-01-01T00:00:00Z"), ..plan() },
        Plan { counts: Counts { client_logs: MAX_EVENTS + 1, ..Counts::default() }, ..plan() },
        Plan { domain: "Contoso.example".to_owned(), ..plan() },
        Plan { domain: "localhost".to_owned(), ..plan() },
        Plan { domain: "-a.example".to_owned(), ..plan() },
    ];
    let errors = wrong.map(|plan| World::new(plan).unwrap_err().to_string());
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn small_and_long_plans_are_served() {
    let nothing = Plan { people: MIN_PEOPLE, days: 1, counts: Counts::default(), ..plan() };
    check(&nothing);
    check(&Plan { counts: Counts { sign_ins: 1, directory_audits: 1, ..Counts::default() }, ..nothing });
    let sign_ins = Counts { sign_ins: 500, ..Counts::default() };
    check(&Plan { days: 400, counts: sign_ins, ..plan() });
    assert!(World::new(Plan { days: MAX_DAYS, ..plan() }).is_ok());
}

#[test]
fn names_do_not_come_twice() {
    let world = World::new(Plan { people: 5_000, ..plan() }).unwrap();
    let upns: BTreeSet<&str> =
        world.people.iter().map(|person| person.user_principal_name.as_str()).collect();
    assert_eq!(upns.len(), 5_000);
    let names: BTreeSet<&str> = world.people.iter().map(|person| person.display_name.as_str()).collect();
    assert_eq!(names.len(), 64 * 61);
}
