//! A made-up case in a pack: what holds, what is found, and what no flipped bit can change.

use std::collections::HashMap;
use std::io::Cursor;

use proptest::prelude::*;
use serde_json::{Value, json};
use vouchsafe_client::api::audit::directory_audit;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::{KeyKind, Signer, VerifierKey};
use vouchsafe_log::opening::{COMMITMENT, Enclosed, Opening};
use vouchsafe_log::policy::Policy;
use vouchsafe_log::receipt::Receipt;
use vouchsafe_log::tree::{Frontier, inclusion_proof};
use vouchsafe_log::{commit, hex, leaf_hash, root};

use super::archive::PackWriter;
use super::entry::Proven;
use super::story::Story;
use super::*;
use crate::verify::known::Known;
use crate::verify::{Report, Verifier, policy_of};

const ORIGIN: &str = "vouchsafe.example/log/00000000-0001-7000-8000-000000000000";
const TENANT: &str = "00000000-0001-7000-8000-000000000000";
const CASE: &str = "sr_01a3185c500070008000000000010101";
const ASKED: &str = "sar_01a3185ff98070008000000000090303";
const GRANT: &str = "grt_01a31861ce40700080000000000d0404";
const READ: &str = "rd_01a31861ce40700080000000000d0505";
const ENGINEER: &str = "usr_00000000000270008000000000000001";
const APPROVER: &str = "usr_00000000000270008000000000000000";
const REASON: &str = "Sign-ins of the night shift fail since Monday.";

fn signer() -> Signer {
    Signer::new(ORIGIN, KeyKind::Log, &[7; 32]).unwrap()
}

fn key() -> VerifierKey {
    signer().verifier().clone()
}

fn at(minute: u32) -> String {
    format!("2027-01-15T08:{minute:02}:00Z")
}

fn scope() -> Value {
    json!({ "dataCategories": ["signInLogs"], "duration": "PT1H", "filter": null })
}

/// What happened, as activity, category, kind of change, minute and events.
fn happenings() -> Vec<(&'static str, &'static str, u32, Value)> {
    let of = |of: &str, id: &str, event: Value| json!({ "of": of, "id": id, "event": event });
    let request = json!({
        "id": CASE, "tenant": TENANT, "number": "2611230040001234", "title": "Payroll is blocked", "description": "Since Monday.",
        "severity": "moderate", "service": "identity", "problemType": "signIn/conditionalAccess", "contact": null,
        "openedBy": APPROVER, "created": at(0), "resourceTenants": [], "assignment": null,
        "stage": "waitingForEngineer", "state": { "status": "open" }, "consent": { "status": "none" },
    });
    let side = json!({
        "id": ASKED, "tenant": TENANT, "side": "both", "supportRequest": CASE, "supportRequestNumber": "2611230040001234",
        "supportTenant": TENANT, "supportTenantName": "Adatum", "resourceTenant": TENANT,
        "requestedBy": { "id": ENGINEER, "displayName": "Ines Okafor", "employer": "Northwind", "location": "PT" },
        "reasonCode": "troubleshooting", "justification": REASON, "requested": scope(), "linkedTo": null, "restsOn": null,
        "created": at(1), "pendingUntil": "2027-01-19T08:01:00Z", "state": { "status": "pending" },
    });
    let approval = json!({
        "by": APPROVER, "byName": "Marta Kowal", "at": at(2), "automatic": false, "scope": scope(), "comment": null,
        "grant": GRANT, "expires": "2027-01-15T09:02:00Z",
    });
    let grant = json!({
        "id": GRANT, "tenant": TENANT, "supportRequest": CASE, "accessRequest": ASKED, "source": "accessRequest",
        "dataCategories": ["signInLogs"], "filter": null, "extent": { "records": 3, "people": 1 }, "recordsMax": 1_000,
        "idlePause": "P7D", "created": at(2), "expires": "2027-01-15T09:02:00Z", "state": { "status": "live" },
    });
    let read = json!({
        "id": READ, "grant": GRANT, "category": "signInLogs", "query": "/auditLogs/signIns?$top=2", "count": 2, "bytes": 900,
        "clear": ["id"], "masked": ["userPrincipalName"], "recordsRoot": hex(&root(records().iter().map(String::as_bytes))),
    });
    let (access, cases) = ("SupportAccessManagement", "SupportRequestManagement");
    vec![
        (
            "Support request created",
            cases,
            0,
            json!([of("supportRequest", CASE, json!({ "type": "opened", "request": request }))]),
        ),
        ("Create API token", "UserManagement", 0, json!([])),
        (
            "Request created",
            access,
            1,
            json!([of("accessRequest", ASKED, json!({ "type": "created", "side": side }))]),
        ),
        (
            "Access approved",
            access,
            2,
            json!([
                of("accessRequest", ASKED, json!({ "type": "approved", "approval": approval })),
                of("grant", GRANT, json!({ "type": "given", "grant": grant })),
            ]),
        ),
        ("Diagnostic data read", "SupportDataAccess", 3, json!([{ "of": "read", "read": read }])),
        (
            "Support request closed",
            cases,
            4,
            json!([
                of(
                    "supportRequest",
                    CASE,
                    json!({ "type": "closed", "at": at(4), "resolution": "resolved" })
                ),
                of("accessRequest", ASKED, json!({ "type": "completed", "at": at(4) })),
                of("grant", GRANT, json!({ "type": "ended", "at": at(4), "how": "completed" })),
            ]),
        ),
    ]
}

fn records() -> Vec<String> {
    vec!["one".to_owned(), "two".to_owned()]
}

/// The entries' ids and receipts; the one about a token is of no case.
fn receipts() -> Vec<(String, String)> {
    let entries = happenings().into_iter().zip(0_u64..).map(|((activity, category, minute, events), sequence)| {
        let case = (category != "UserManagement").then_some(CASE);
        let mut entry = json!({
            "version": 1, "sequence": sequence, "id": format!("aud_01a31861ce407000800000000{sequence:07x}"), "tenantId": TENANT,
            "activityDateTime": at(minute), "activityDisplayName": activity, "category": category, "operationType": "Add",
            "result": "success", "resultReason": "", "automatic": false, "target": CASE, "supportRequestId": case,
            "initiatedBy": { "user": { "id": if activity.contains("read") { ENGINEER } else { APPROVER },
                "displayName": "Marta Kowal", "userPrincipalName": "marta@adatum.example" } },
            "correlationId": sequence.to_string(), "events": events,
        });
        // Names are committed to, as the server does it.
        let mut openings = std::collections::BTreeMap::new();
        for pointer in ["/initiatedBy/user/displayName", "/events/0/event/side/justification", "/events/0/read/query"] {
            if let Some(place) = entry.pointer_mut(pointer) {
                let opening = Opening { salt: [9; 32], text: place.as_str().unwrap().to_owned() };
                *place = json!({ COMMITMENT: hex(&commit(&opening.salt, &opening.text).unwrap()) });
                openings.insert(pointer.to_owned(), opening.into());
            }
        }
        let record_ids = activity.contains("read").then(records);
        let id = entry["id"].as_str().unwrap().to_owned();
        let entry = String::from_utf8(vouchsafe_log::canonical(&entry).unwrap()).unwrap();
        (id, Enclosed { entry, openings, record_ids })
    });
    let entries: Vec<(String, Enclosed)> = entries.collect();
    let (mut edge, mut nodes) = (Frontier::default(), HashMap::new());
    for (_, enclosed) in &entries {
        for node in edge.append(leaf_hash(enclosed.entry.as_bytes())) {
            nodes.insert((node.level, node.index), node.hash);
        }
    }
    let size = edge.size();
    let checkpoint =
        Checkpoint { origin: ORIGIN.to_owned(), size, root: edge.root(), extensions: Vec::new() };
    let note = checkpoint.signed(&signer()).unwrap();
    let receipt = |(id, enclosed): (String, Enclosed), index| {
        let path = inclusion_proof(index, size, &|level, index| nodes.get(&(level, index)).copied()).unwrap();
        let receipt =
            Receipt { extra: Some(enclosed.to_bytes().unwrap()), index, path, checkpoint: note.clone() };
        (id, receipt.to_string())
    };
    entries
        .into_iter()
        .zip(0..)
        .map(|(entry, index)| receipt(entry, index))
        .filter(|(id, _)| !id.ends_with('1'))
        .collect()
}

fn policy() -> Policy {
    policy_of(&[key()]).unwrap()
}

/// The files of a pack that holds, without its manifest.
fn files() -> Vec<(String, Vec<u8>)> {
    let (mut story, mut lines, mut files) = (Story::default(), String::new(), Vec::new());
    for (id, receipt) in receipts() {
        let proven = Proven::of(&receipt, &policy()).unwrap();
        lines.push_str(&serde_json::to_string(&directory_audit(&proven.entry).unwrap()).unwrap());
        lines.push('\n');
        files.push((receipt_name(&id), receipt.into_bytes()));
        if let Some((read, value)) = proven.read() {
            files.push((read_name(&read), value.to_string().into_bytes()));
        }
        story.take(&proven);
    }
    let request = json!({
        "id": CASE, "number": "2611230040001234", "tenantId": TENANT, "title": "Payroll is blocked", "description": "Since Monday.",
        "severity": "moderate", "service": "identity", "problemType": "signIn/conditionalAccess", "status": "closed", "stage": null,
        "assignedTo": null, "allowAdvancedDiagnostics": false,
        "consent": { "status": "none", "approvals": { "required": 1, "given": [] }, "grantId": null, "expiresDateTime": null },
        "contact": { "name": "", "email": "", "language": "en", "timeZone": "UTC" }, "resourceTenantIds": [],
        "resolution": "resolved", "createdDateTime": at(0), "closedDateTime": at(4),
    });
    let asked = json!({
        "id": ASKED, "supportRequestId": CASE, "supportRequestNumber": "2611230040001234", "side": "both", "status": "completed",
        "resourceTenantId": TENANT,
        "requestedBy": { "id": ENGINEER, "displayName": "Ines Okafor", "employer": "Northwind", "location": "PT" },
        "reasonCode": "troubleshooting", "justification": REASON, "requested": scope(), "approved": scope(),
        "approvals": { "required": 1, "given": [{ "userId": APPROVER, "dateTime": at(2) }] }, "grantId": GRANT, "linkedTo": null,
        "createdDateTime": at(1), "expiresDateTime": "2027-01-15T09:02:00Z",
    });
    let grant = json!({
        "id": GRANT, "status": "ended", "tenantId": TENANT, "supportRequestId": CASE, "accessRequestId": ASKED,
        "source": "accessRequest", "dataCategories": ["signInLogs"], "filter": null, "expiresDateTime": "2027-01-15T09:02:00Z",
    });
    files.push((ENTRIES.to_owned(), lines.into_bytes()));
    files.push((SUPPORT_REQUEST.to_owned(), request.to_string().into_bytes()));
    files.push((ACCESS_REQUESTS.to_owned(), format!("{asked}\n").into_bytes()));
    files.push((GRANTS.to_owned(), format!("{grant}\n").into_bytes()));
    files.push((REPORT.to_owned(), report::render(&manifest(), &story).into_bytes()));
    files
}

fn manifest() -> Manifest {
    Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        made_by: made_by(),
        created_date_time: "2027-01-15T08:30:00Z".parse().unwrap(),
        origin: ORIGIN.to_owned(),
        verifier_keys: vec![key().to_string()],
        tenant_id: TENANT.to_owned(),
        support_request_id: CASE.to_owned(),
        files: BTreeMap::new(),
    }
}

/// A pack of these files, with a manifest that fits them.
fn packed(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut pack = PackWriter::new(Cursor::new(Vec::new()));
    files.iter().for_each(|(name, bytes)| pack.add(name, bytes).unwrap());
    pack.finish(manifest()).unwrap().into_inner()
}

fn verified(pack: &[u8]) -> Report {
    Verifier { policy: None, keys: vec![key()], known: Known::nothing() }.pack(Cursor::new(pack))
}

fn said(report: &Report) -> (Vec<String>, Vec<String>, Option<String>) {
    (report.checked.clone(), report.not_proven.clone(), report.fault.clone())
}

/// The fault that changing one file brings, though the manifest fits it.
fn changed(name: &str, change: impl Fn(String) -> String) -> String {
    let mut files = files();
    let (_, bytes) = files.iter_mut().find(|(found, _)| found.starts_with(name)).unwrap();
    let before = String::from_utf8(bytes.clone()).unwrap();
    let after = change(before.clone());
    assert_ne!(before, after, "{name} stays as it is");
    *bytes = after.into_bytes();
    verified(&packed(&files)).fault.unwrap_or_else(|| panic!("a change of {name} is not found"))
}

#[test]
fn a_pack_holds_and_says_what_it_cannot_prove() {
    let report = verified(&packed(&files()));
    assert_eq!(report.fault, None);
    assert!(report.holds);
    let told = report.checked.join("\n");
    assert!(
        told.contains("5 entries of the case") && told.contains("at places 0 to 5, under 1 checkpoints"),
        "{told}"
    );
    assert!(told.contains("1 reads of 2 records"), "{told}");
    let open = report.not_proven.join("\n");
    assert!(open.contains("1 numbers between the first and the last are not in the pack"), "{open}");
    let stranger = Verifier { policy: None, keys: Vec::new(), known: Known::nothing() };
    let fault = stranger.pack(Cursor::new(packed(&files()))).fault.unwrap();
    assert!(fault.contains("no key of the log"), "{fault}");
    let other = Signer::new(ORIGIN, KeyKind::Log, &[8; 32]).unwrap().verifier().clone();
    let stranger = Verifier { policy: None, keys: vec![other], known: Known::nothing() };
    assert!(stranger.pack(Cursor::new(packed(&files()))).fault.is_some());
}

/// Somebody who may read the log and not the case has a pack of its entries, which says so. One that lacks only some of
/// what the server said has lost it.
#[test]
fn a_pack_of_entries_alone_holds_and_says_that_it_is_one() {
    let claims = [SUPPORT_REQUEST, ACCESS_REQUESTS, GRANTS];
    let without = |names: &[&str]| -> Report {
        let files = files().into_iter().filter(|(name, _)| !names.contains(&name.as_str()));
        verified(&packed(&files.collect::<Vec<_>>()))
    };
    let report = without(&claims);
    assert_eq!(report.fault, None);
    assert!(report.not_proven.iter().any(|line| line.contains("the pack has none of it")), "{report:?}");
    assert!(report.checked.iter().any(|line| line.contains("1 reads of 2 records")), "{report:?}");
    for lost in claims {
        assert!(without(&[lost]).fault.unwrap().contains("missing"), "{lost}");
        let kept: Vec<&str> = claims.into_iter().filter(|name| *name != lost).collect();
        assert!(without(&kept).fault.is_some(), "{lost} alone");
    }
    assert!(!verified(&packed(&files())).not_proven.iter().any(|line| line.contains("has none of it")));
}

#[test]
fn every_altered_claim_is_named() {
    for (file, from, to, named) in [
        ("reads/", "\"two\"", "\"three\"", "recordIds/1"),
        ("reads/", "$top=2", "$top=1", "query"),
        ("reads/", "\"masked\":true", "\"masked\":false", "properties/1/masked"),
        ("reads/", GRANT, "grt_01a31861ce40700080000000000d0405", "grantId"),
        ("reads/", "08:03", "08:02", "dateTime"),
        (ACCESS_REQUESTS, "completed", "revoked", "status"),
        (
            ACCESS_REQUESTS,
            "\"approved\":{\"dataCategories\":[\"signInLogs\"]",
            "\"approved\":{\"dataCategories\":[\"auditLogs\"]",
            "approved/dataCategories/0",
        ),
        (
            ACCESS_REQUESTS,
            "\"requested\":{\"dataCategories\":[\"signInLogs\"]",
            "\"requested\":{\"dataCategories\":[\"auditLogs\"]",
            "requested/dataCategories/0",
        ),
        (ACCESS_REQUESTS, "PT1H", "PT2H", "duration"),
        (ACCESS_REQUESTS, APPROVER, ENGINEER, "approvals/given/0/userId"),
        (ACCESS_REQUESTS, "T08:02:00Z", "T08:01:30Z", "approvals/given/0/dateTime"),
        (ACCESS_REQUESTS, "night", "late", "justification"),
        (ACCESS_REQUESTS, "T09:02", "T10:02", "expiresDateTime"),
        (GRANTS, "ended", "live", "status"),
        (GRANTS, "signInLogs", "auditLogs", "dataCategories/0"),
        (GRANTS, "T09:02", "T09:30", "expiresDateTime"),
        (SUPPORT_REQUEST, "closed\"", "open\"", "status"),
        (SUPPORT_REQUEST, "08:04", "08:03", "closedDateTime"),
        (SUPPORT_REQUEST, "moderate", "minimal", "severity"),
        (SUPPORT_REQUEST, "Diagnostics\":false", "Diagnostics\":true", "allowAdvancedDiagnostics"),
        (SUPPORT_REQUEST, "\"status\":\"none\"", "\"status\":\"given\"", "consent"),
        (ENTRIES, "Access approved", "Access rejected", "activityDisplayName"),
        (ENTRIES, "T08:02:00Z", "T08:01:59Z", "activityDateTime"),
        (ENTRIES, "Marta Kowal", "Sam Whitfield", "displayName"),
        (
            ENTRIES,
            "\"key\":\"sequence\",\"value\":\"3\"",
            "\"key\":\"sequence\",\"value\":\"2\"",
            "additionalDetails",
        ),
        (REPORT, "Ines Okafor", "Nobody", REPORT),
        (REPORT, "</main>", "<script>1</script></main>", REPORT),
    ] {
        let fault = changed(file, |text| text.replacen(from, to, 1));
        assert!(fault.contains(named), "{file}: {from} → {to}: {fault}");
    }
}

#[test]
fn what_is_left_out_or_added_is_found() {
    let without = |name: &str| {
        let mut files = files();
        files.retain(|(found, _)| !found.starts_with(name));
        verified(&packed(&files)).fault.unwrap()
    };
    for name in ["receipts/", "reads/", SUPPORT_REQUEST, ACCESS_REQUESTS, GRANTS, ENTRIES, REPORT] {
        assert!(without(name).contains("is missing"), "{name}: {}", without(name));
    }
    assert!(changed(ACCESS_REQUESTS, |_| String::new()).contains(ASKED));
    assert!(changed(GRANTS, |_| String::new()).contains(GRANT));
    // An entry that is left out with its line: the read then rests on nothing.
    let fault = changed(ENTRIES, |text| {
        text.lines()
            .filter(|line| !line.contains("Access approved"))
            .map(|line| format!("{line}\n"))
            .collect()
    });
    assert!(fault.contains(GRANT), "{fault}");
    let mut more = files();
    more.push((read_name("rd_1"), b"{}".to_vec()));
    assert!(verified(&packed(&more)).fault.unwrap().contains("belongs to none"));
    // A pack of a receipt under another name.
    let fault = changed("receipts/", |_| receipts().pop().unwrap().1);
    assert!(fault.contains("its receipt is of"), "{fault}");
}

#[test]
fn foreign_names_duplicates_and_bombs_are_refused() {
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;
    for name in [
        "../manifest.json",
        "/etc/passwd",
        "reads/../x.json",
        "receipts/a/b.tlog-proof",
        "reads/.json",
        "C:\\x",
        "reads/",
    ] {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(b"x").unwrap();
        let fault = verified(&zip.finish().unwrap().into_inner()).fault.unwrap();
        assert!(fault.contains("no name of a file of a pack"), "{name}: {fault}");
    }
    // Two files of one name, made of two names that are as long.
    let (from, to) = (POLICY.as_bytes(), REPORT.as_bytes());
    let mut files = files();
    files.push((POLICY.to_owned(), b"{}".to_vec()));
    let mut duplicate = packed(&files);
    let named = duplicate.windows(from.len()).enumerate().filter(|(_, window)| *window == from);
    let places: Vec<usize> = named.map(|(at, _)| at).collect();
    for place in places {
        duplicate[place..place + to.len()].copy_from_slice(to);
    }
    let fault = verified(&duplicate).fault.unwrap();
    assert!(fault.contains("same name"), "{fault}");
    // A file that unpacks to more than its manifest says.
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file(MANIFEST, options).unwrap();
    let chunk = vec![b' '; 1_024 * 1_024];
    for _ in 0..=FILE_BYTES_MAX / 1_048_576 {
        zip.write_all(&chunk).unwrap();
    }
    let fault = verified(&zip.finish().unwrap().into_inner()).fault.unwrap();
    assert!(fault.contains("longer than it may be"), "{fault}");
}

#[test]
fn the_page_is_escaped_and_has_nothing_from_outside() {
    let mut story = Story::default();
    for (_, receipt) in receipts() {
        story.take(&Proven::of(&receipt, &policy()).unwrap());
    }
    let evil = "<img src=x onerror=alert(1)>\u{202e}&\"'";
    story.requests.values_mut().for_each(|side| side.side["justification"] = json!(evil));
    story.reads.iter_mut().for_each(|row| row.read["query"] = json!(evil));
    let page = report::render(&manifest(), &story);
    assert!(
        !page.contains("<img") && page.contains("&lt;img src=x onerror=alert(1)&gt;\u{fffd}&amp;&quot;&#39;")
    );
    for foreign in ["<script", "src=\"", "href=", "url(", "@import", "http://"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    for told in [
        "Ines Okafor, Northwind, PT",
        "Marta Kowal",
        "signInLogs; for PT1H",
        "2027-01-15T08:04:00Z completed",
        "1 reads of 2 records",
    ] {
        assert!(page.contains(told), "{told}\n{page}");
    }
}

fn cases() -> ProptestConfig {
    let long = std::env::var_os("VOUCHSAFE_LONG").is_some_and(|value| value != "0");
    ProptestConfig::with_cases(if long { 10_000 } else { 200 })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_flipped_bit_is_found_or_changes_nothing_that_is_said(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        static PACK: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| packed(&files()));
        let mut pack = PACK.clone();
        let at = at.index(pack.len());
        pack[at] ^= 1 << bit;
        let report = verified(&pack);
        prop_assert!(report.fault.is_some() || said(&report) == said(&verified(&PACK)), "byte {at}, bit {bit}");
    }
}
