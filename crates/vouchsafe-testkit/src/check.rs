//! Holds every log against every row: no gap, true leaf hashes, and each change of a row with its entry.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vouchsafe_core::id::{SupportRequestId, TenantId};
use vouchsafe_store::{LogEntry, Reader};

use crate::cast::PROVIDER;
use crate::state;
use crate::world::World;

/// What the entries of one tenant say of its rows: by kind and id, the units of work that changed it and the type of
/// the last event.
type Changes = BTreeMap<(String, String), (BTreeSet<String>, String)>;

/// Checks the logs of every tenant, and every row against them, value for value.
///
/// # Panics
/// If a log has a gap or a wrong leaf, or a row has a change without an entry.
pub async fn logs(world: &World) {
    let report = world.app.fsck(None).await.unwrap();
    assert!(report.faults.is_empty(), "{:#?}", report.faults);
    let mut reader = world.app.store().read().unwrap();
    let cases = state::all_cases(world, &mut reader).await;
    for place in 0..=PROVIDER {
        let tenant = world.tenant(place);
        let entries = state::log(&mut reader, tenant).await;
        let changes = gapless(tenant, &entries);
        if place != PROVIDER {
            rows(world, &mut reader, place, &cases, &changes).await;
        }
    }
}

/// Checks a log's places, bytes and leaves.
fn gapless(tenant: TenantId, entries: &[LogEntry]) -> Changes {
    let mut changes = Changes::new();
    let mut live = BTreeSet::new();
    for (place, entry) in (0u64..).zip(entries) {
        assert_eq!(entry.sequence, place, "a gap in the log of {tenant}");
        assert_eq!(entry.entry["sequence"], place);
        assert_eq!(entry.entry["tenantId"], tenant.to_string());
        assert_eq!(entry.leaf, vouchsafe_log::leaf_hash(&entry.bytes), "the leaf of entry {place}");
        assert_eq!(entry.bytes, vouchsafe_log::entry_bytes(&entry.entry).unwrap());
        let unit = entry.entry["correlationId"].as_str().unwrap();
        for event in entry.entry["events"].as_array().unwrap() {
            covered(event, &mut live);
            let of = |member: &Value| member.as_str().unwrap_or_default().to_owned();
            let (id, kind) = match of(&event["of"]).as_str() {
                "read" => (of(&event["read"]["id"]), "read".to_owned()),
                kind => (of(&event["id"]), kind.to_owned()),
            };
            let (units, last) = changes.entry((kind, id)).or_default();
            assert_ne!(
                (of(&event["of"]).as_str(), last.as_str()),
                ("grant", "ended"),
                "{event} after its end"
            );
            units.insert(unit.to_owned());
            *last = of(&event["event"]["type"]);
        }
    }
    changes
}

/// Checks that every read stands in the log between the beginning and the end of the grant that it rests on.
fn covered(event: &Value, live: &mut BTreeSet<String>) {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    match (text("/of"), text("/event/type")) {
        ("grant", "given" | "confirmed") => drop(live.insert(text("/id").to_owned())),
        // One that was paused before has nothing to lose.
        ("grant", "paused" | "ended") => drop(live.remove(text("/id"))),
        ("read", _) => {
            let grant = text("/read/grant");
            assert!(live.contains(grant), "read {} under {grant}, which is not live", text("/read/id"));
        }
        _ => {}
    }
}

/// Checks that each row was changed by exactly the units of work that the log knows, and stands as the last one says.
async fn rows(
    world: &World,
    reader: &mut Reader,
    place: usize,
    cases: &[SupportRequestId],
    changes: &Changes,
) {
    let mut left: BTreeSet<_> = changes
        .keys()
        .filter(|(kind, _)| matches!(kind.as_str(), "supportRequest" | "accessRequest" | "grant"))
        .cloned()
        .collect();
    let mut check = |kind: &str, id: String, version: u64| -> String {
        let key = (kind.to_owned(), id);
        let (units, last) = changes.get(&key).unwrap_or_else(|| panic!("{key:?} has no entry"));
        assert_eq!(u64::try_from(units.len()).unwrap(), version, "changes of {key:?} without an entry");
        left.remove(&key);
        last.clone()
    };
    for case in state::cases(world, reader, place).await {
        check("supportRequest", case.id.to_string(), case.version);
    }
    for side in state::sides(world, reader, place).await {
        let last = check("accessRequest", side.id.to_string(), side.version);
        let status = serde_json::to_value(&side.state).unwrap()["status"].as_str().unwrap().to_owned();
        let told = if matches!(last.as_str(), "created" | "voted") { "pending" } else { &last };
        assert_eq!(told, status, "{}", side.id);
    }
    for grant in state::grants(world, reader, place, cases).await {
        let last = check("grant", grant.id.to_string(), grant.version);
        assert_eq!(last == "ended", !grant.is_open_on_record(), "{}", grant.id);
    }
    for (_, read) in changes.keys().filter(|(kind, _)| kind == "read") {
        let record = reader.read_record(world.tenant(place), read.parse().unwrap()).await.unwrap();
        assert!(record.is_some(), "{read} stands in the log only");
    }
    assert_eq!(left, BTreeSet::new(), "entries without a row");
}
