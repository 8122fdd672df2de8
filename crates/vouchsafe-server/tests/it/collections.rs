//! Data collections over HTTP: refused access, collected by the customer, read by the engineer with the tools of live data;
//! and every hostile file and upload that should not come in.

use std::io::{Cursor, Write as _};

use axum::body::{Body, Bytes};
use http::{Method, Request, header};
use serde_json::{Value, json};
use vouchsafe_core::time::Duration;

use crate::house::*;

/// What a client of this service reads of a file at a time.
const PIECE: usize = 1 << 20;

struct Asked<'h> {
    house: &'h House,
    case: String,
    id: String,
}

impl<'h> Asked<'h> {
    async fn of(house: &'h House) -> Self {
        let case = house.case(MARTA, PAYROLL).await;
        let id = collect(house, &case, Org::Adatum).await;
        Self { house, case, id }
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1.0/support/dataCollections/{}{rest}", self.id)
    }

    fn put(&self, name: &str, content: impl Into<Vec<u8>>) -> Ask {
        let path = self.path(&format!("/files/{}", encoded(name)));
        Ask::new(Method::PUT, path).raw("application/octet-stream", content)
    }

    async fn refused(&self, name: &str, content: impl Into<Vec<u8>>, said: &str) {
        let problem = self.house.refused(YUKI, self.put(name, content), "400 invalidRequest").await;
        assert!(text(&problem["detail"]).contains(said), "{name}: {problem}");
        let now = self.house.ok(YUKI, Ask::get(self.path(""))).await;
        assert_eq!(now["files"], json!([]), "{name} left something");
    }

    async fn act(&self, who: Somebody, act: &str) -> Value {
        self.house.ok(who, Ask::post(self.path(&format!("/{act}")), &json!({}))).await
    }

    fn base(&self) -> String {
        format!("/diagnostics/{}/{}/collections/{}/v1.0", self.case, self.house.tenant(Org::Adatum), self.id)
    }
}

async fn collect(house: &House, case: &str, org: Org) -> String {
    let ask = json!({
        "tenantId": house.tenant(org), "dataCategories": ["signInLogs"],
        "filter": { "dataFrom": "2026-10-01T00:00:00Z" },
        "instructions": "Please export the sign-ins of the night shift since Monday.",
    });
    let path = format!("/v1.0/support/requests/{case}/dataCollections");
    text(&house.ok(INES, Ask::post(path, &ask)).await["id"])
}

/// Sign-ins as an export has them, the customer's own.
async fn export(house: &House) -> (Vec<Value>, String) {
    let rows = house.list(NOOR, "/v1.0/auditLogs/signIns").await;
    let page = json!({ "value": rows }).to_string();
    (rows, page)
}

#[tokio::test]
async fn who_refuses_access_collects_instead_and_the_engineer_reads_it_with_the_same_filters() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    // The customer rejects.
    let ask = json!({
        "resourceTenantId": house.tenant(Org::Adatum), "dataCategories": ["signInLogs"],
        "reasonCode": "troubleshooting", "justification": "The sign-in log should show which policy refuses them.",
    });
    let path = format!("/v1.0/support/requests/{case}/accessRequests");
    let request = text(&house.ok(INES, Ask::post(path, &ask)).await["id"]);
    let reject = format!("/v1.0/support/accessRequests/{request}/reject");
    house.ok(YUKI, Ask::post(reject, &json!({}))).await;
    // The engineer asks for a collection; the customer sees it, uploads, and looks at what was taken out.
    let asked = Asked { house: &house, id: collect(&house, &case, Org::Adatum).await, case };
    let (rows, page) = export(&house).await;
    let seen = house.list(YUKI, "/v1.0/support/dataCollections").await;
    assert_eq!((&seen[0]["id"], &seen[0]["status"]), (&json!(asked.id), &json!("requested")));
    let filled = house.ok(YUKI, asked.put("sign-ins.json", page)).await;
    let trace =
        "2026-10-01T09:00:00Z GET /me Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln\n";
    let filled_again = house.ok(YUKI, asked.put("trace.log", trace)).await;
    assert_eq!((&filled["status"], &filled["files"][0]["removed"]), (&json!("inPreparation"), &json!({})));
    let removed = filled_again["files"][1]["removed"].as_object().unwrap();
    assert_eq!(removed.values().map(|count| count.as_u64().unwrap()).sum::<u64>(), 1, "{filled_again}");
    assert!(text(&filled_again["files"][1]["places"][0]["place"]).starts_with("trace.log, line 1"));
    // Nothing is the engineer's before it is sent.
    let before = house.ok(INES, Ask::get(asked.path(""))).await;
    assert_eq!((&before["files"], &before["grantId"]), (&json!([]), &Value::Null));
    let sign_ins = format!("{}/auditLogs/signIns", asked.base());
    house.refused(INES, Ask::get(&sign_ins), "403 noLiveGrant").await;
    let sent = asked.act(YUKI, "submit").await;
    assert_eq!(sent["status"], "submitted");
    // Read like live data: masked, filtered, counted, recorded.
    let reply = house.send(INES, Ask::get(&sign_ins).query(&[("$top", "1000"), ("$count", "true")])).await;
    assert_eq!(reply.verdict(), "200", "{}", reply.text());
    assert_eq!(reply.header("vouchsafe-grant"), sent["grantId"].as_str());
    let found = reply.json();
    assert_eq!(found["@odata.count"], rows.len());
    // Some sign-ins name nobody, and an empty name stays empty.
    let named = rows.iter().position(|row| row["userPrincipalName"] != "").unwrap();
    assert_ne!(found["value"][named]["userPrincipalName"], rows[named]["userPrincipalName"]);
    let failed = |rows: &[Value]| rows.iter().filter(|row| row["status"]["errorCode"] != 0).count();
    let only = Ask::get(&sign_ins).query(&[("$filter", "status/errorCode ne 0"), ("$top", "1000")]);
    let only = house.ok(INES, only).await;
    assert_eq!(only["value"].as_array().unwrap().len(), failed(&rows));
    house.ok(INES, Ask::get(format!("{sign_ins}/summary?by=hour"))).await;
    let reads = format!("/v1.0/support/grants/{}/reads", text(&sent["grantId"]));
    assert_eq!(house.list(YUKI, &reads).await.len(), 3);
    asked.act(INES, "accept").await;
    // And its tenant can take it away again.
    let remove = format!("/v1.0/support/grants/{}/remove", text(&sent["grantId"]));
    house.ok(YUKI, Ask::post(remove, &json!({}))).await;
    house.refused(INES, Ask::get(&sign_ins), "403 noLiveGrant").await;
    let grant = text(&sent["grantId"]);
    house.refused(INES, Ask::get(&sign_ins).with("vouchsafe-grant", grant), "403 grantEnded").await;
}

/// Records that are loaded of a collection, whoever may read them: files, one for each submission.
fn loaded(house: &House, collection: &str) -> usize {
    let id: vouchsafe_core::id::DataCollectionId = collection.parse().unwrap();
    let copied = house.copied();
    let names =
        std::fs::read_dir(copied.path().join("records")).unwrap().map(|file| file.unwrap().file_name());
    let own = vouchsafe_core::id::Id::uuid(id).to_string();
    names
        .filter(|name| name.to_str().unwrap().starts_with(&own))
        .filter(|name| name.to_str().unwrap().ends_with(".sqlite"))
        .count()
}

#[tokio::test]
async fn what_was_not_sent_can_be_read_by_nobody() {
    let house = House::new().await;
    let asked = Asked::of(&house).await;
    let (rows, _) = export(&house).await;
    let one = |n: usize| json!({ "value": [rows[n]] }).to_string();
    let submit = |key: &str| Ask::post(asked.path("/submit"), &json!({})).with("idempotency-key", key);
    let sign_ins = format!("{}/auditLogs/signIns", asked.base());
    let give_back = Ask::post(asked.path("/return"), &json!({ "reason": "Tuesday is missing." }));
    let remove = |name: &str| Ask::new(Method::DELETE, asked.path(&format!("/files/{name}")));
    let count = async || house.ok(INES, Ask::get(&sign_ins)).await["value"].as_array().unwrap().len();
    let status = async || text(&house.ok(YUKI, Ask::get(asked.path(""))).await["status"]);

    house.ok(YUKI, asked.put("one.json", one(0))).await;
    let sent = house.ok(YUKI, submit("first")).await;
    assert_eq!((count().await, loaded(&house, &asked.id)), (1, 1));
    // The engineer gives it back, to keep what it opened: it opens nothing more, also by its name.
    let back = house.ok(INES, give_back.clone()).await;
    assert_eq!((&back["status"], &back["grantId"]), (&json!("returned"), &Value::Null));
    let closed = async || {
        house.refused(INES, Ask::get(&sign_ins), "403 noLiveGrant").await;
        let named = Ask::get(&sign_ins).with("vouchsafe-grant", text(&sent["grantId"]));
        house.refused(INES, named, "403 grantEnded").await;
        assert_eq!(loaded(&house, &asked.id), 0);
    };
    closed().await;
    house.ok(YUKI, asked.put("two.json", one(1))).await;
    // An old tab, and a late repetition of the first submission, send nothing and load nothing.
    let old = Ask::post(asked.path("/submit"), &json!({})).with("if-match", "\"1\"");
    house.refused(YUKI, old, "412 preconditionFailed").await;
    closed().await;
    assert_eq!(house.ok(YUKI, submit("first")).await["status"], "submitted");
    assert_eq!(status().await, "inPreparation");
    closed().await;
    // A submission that fails at its very end leaves nothing.
    house.faults.fail(Some("UPDATE data_collection"));
    let failed = house.send(YUKI, submit("second")).await;
    assert!(failed.status >= 500, "{}", failed.text());
    house.faults.fail(None);
    closed().await;
    // What is sent at last is what is there then, and no more.
    house.ok(YUKI, remove("two.json")).await;
    house.ok(YUKI, submit("third")).await;
    assert_eq!((count().await, loaded(&house, &asked.id)), (1, 1));
    house.refused(YUKI, submit("fourth"), "409 conflict").await;
    assert_eq!(count().await, 1);
    // Who has it back and declines then has declined all of it.
    house.ok(INES, give_back).await;
    asked.act(YUKI, "decline").await;
    closed().await;
}

#[tokio::test]
async fn a_collection_opens_itself_and_nothing_else() {
    let house = House::new().await;
    let asked = Asked::of(&house).await;
    let other = Asked { id: collect(&house, &asked.case, Org::Adatum).await, ..Asked::of(&house).await };
    let (_, page) = export(&house).await;
    house.ok(YUKI, asked.put("sign-ins.json", page)).await;
    let grant = text(&asked.act(YUKI, "submit").await["grantId"]);
    let named = |path: String| Ask::get(path).with("vouchsafe-grant", grant.clone());
    let live = format!("{}/auditLogs/signIns", house.base(&asked.case, Org::Adatum));
    house.refused(INES, named(live), "403 noLiveGrant").await;
    house.refused(INES, named(format!("{}/auditLogs/signIns", other.base())), "403 noLiveGrant").await;
    // Nobody but the case's engineer and the collection's tenant knows of it.
    for who in [JONAS, ALEX, OMAR] {
        house.refused(who, Ask::get(asked.path("")), "404 notFound").await;
        house.refused(who, asked.put("a.json", "{}"), "404 notFound").await;
    }
    house.refused(JONAS, Ask::get(format!("{}/users", asked.base())), "404 notFound").await;
    house.refused(INES, asked.put("a.json", "{}"), "403 forbidden").await;
    // The live grant of the same case does not open the collection.
    let live = house.grant_of(YUKI, &asked.case).await;
    let ask = Ask::get(format!("{}/users", other.base())).with("vouchsafe-grant", live);
    house.refused(INES, ask, "403 noLiveGrant").await;
}

#[tokio::test]
async fn closing_ends_it_opening_again_brings_nothing_back_and_four_weeks_later_it_is_gone() {
    let house = House::new().await;
    let asked = Asked::of(&house).await;
    let open = Asked { id: collect(&house, &asked.case, Org::Adatum).await, ..Asked::of(&house).await };
    let (_, page) = export(&house).await;
    house.ok(YUKI, asked.put("sign-ins.json", page)).await;
    asked.act(YUKI, "submit").await;
    let case = format!("/v1.0/support/requests/{}", asked.case);
    let close = Ask::post(format!("{case}/close"), &json!({ "resolution": "resolved" }));
    house.ok(MARTA, close.clone()).await;
    assert_eq!(house.ok(YUKI, Ask::get(open.path(""))).await["status"], "cancelled");
    let kept = house.ok(YUKI, Ask::get(asked.path(""))).await;
    assert_eq!((&kept["status"], &kept["grantId"]), (&json!("submitted"), &Value::Null));
    house.refused(YUKI, Ask::post(asked.path("/submit"), &json!({})), "409 caseClosed").await;
    house.ok(MARTA, Ask::post(format!("{case}/reopen"), &json!({}))).await;
    let users = Ask::get(format!("{}/auditLogs/signIns", asked.base()));
    house.refused(INES, users.clone(), "403 noLiveGrant").await;
    asked.act(YUKI, "submit").await;
    house.ok(INES, users.clone()).await;
    house.ok(MARTA, close).await;
    house.clock.advance(Duration::days(27));
    assert_eq!(house.app.delete_collections().await.unwrap(), 0);
    house.clock.advance(Duration::days(1));
    assert!(house.app.delete_collections().await.unwrap() >= 1);
    let gone = house.ok(YUKI, Ask::get(asked.path(""))).await;
    assert_eq!(gone["files"], json!([]));
    assert!(gone["deletedDateTime"].is_string());
    let log = house.list(NOOR, "/v1.0/auditLogs/directoryAudits").await;
    assert!(log.iter().any(|entry| entry["activityDisplayName"] == "Collection deleted"));
    assert_eq!(house.app.delete_collections().await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_declined_returned_or_cancelled_says_so_to_both() {
    let house = House::new().await;
    let asked = Asked::of(&house).await;
    let decline = Ask::post(asked.path("/decline"), &json!({ "reason": "We may not." }));
    house.ok(YUKI, decline).await;
    let seen = house.ok(INES, Ask::get(asked.path(""))).await;
    assert_eq!((&seen["status"], &seen["reason"]), (&json!("declined"), &json!("We may not.")));
    house.refused(YUKI, asked.put("a.json", "[]"), "409 alreadyEnded").await;
    let asked = Asked::of(&house).await;
    house.refused(INES, Ask::post(asked.path("/accept"), &json!({})), "409 conflict").await;
    house.ok(YUKI, asked.put("a.json", "[]")).await;
    asked.act(YUKI, "submit").await;
    house.refused(YUKI, asked.put("b.json", "[]"), "409 conflict").await;
    let give_back = Ask::post(asked.path("/return"), &json!({ "reason": "Only half of it." }));
    house.ok(INES, give_back).await;
    house.ok(YUKI, Ask::post(asked.path("/messages"), &json!({ "body": "Here is the rest." }))).await;
    let read = house.list(INES, &asked.path("/messages")).await;
    assert_eq!((&read[0]["body"], &read[0]["party"]), (&json!("Here is the rest."), &json!("customer")));
    house.ok(YUKI, asked.put("b.json", "[]")).await;
    asked.act(YUKI, "submit").await;
    let asked = Asked::of(&house).await;
    asked.act(INES, "cancel").await;
    assert_eq!(house.ok(YUKI, Ask::get(asked.path(""))).await["status"], "cancelled");
}

#[tokio::test]
async fn a_tenant_that_has_no_side_of_the_case_hears_nothing_and_the_engineer_cannot_tell() {
    let house = House::new().await;
    let case = house.case(ALEX, PORTAL).await;
    let ask = |tenant: String| {
        let body = json!({
            "tenantId": tenant, "dataCategories": ["signInLogs"], "instructions": "Please export the sign-ins.",
        });
        Ask::post(format!("/v1.0/support/requests/{case}/dataCollections"), &body)
    };
    let nobody = "11111111-2222-4333-8444-555555555555".to_owned();
    let change =
        json!({ "resourceTenantIds": [house.tenant(Org::Fabrikam), house.tenant(Org::Adatum), nobody] });
    house.ok(ALEX, Ask::patch(format!("/v1.0/support/requests/{case}"), &change)).await;
    let who = house.engineer_of(ALEX, &case).await;
    let before = house.log_sizes().await;
    let there = house.ok(who, ask(house.tenant(Org::Adatum).to_string())).await;
    let not_there = house.ok(who, ask(nobody)).await;
    for member in ["status", "files", "grantId", "reason", "dataCategories", "instructions"] {
        assert_eq!(there[member], not_there[member], "{member}");
    }
    let after = house.log_sizes().await;
    assert_eq!(after[Org::Adatum as usize], before[Org::Adatum as usize]);
    let path = format!("/v1.0/support/dataCollections/{}", text(&there["id"]));
    house.refused(YUKI, Ask::get(path), "404 notFound").await;
    assert_eq!(house.list(YUKI, "/v1.0/support/dataCollections").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_cut_upload_goes_on_where_it_was() {
    let house = House::new().await;
    let asked = Asked::of(&house).await;
    let line = "2026-10-01T09:00:00Z nothing to see here\n";
    let content = line.repeat(3 * PIECE / line.len() + 1);
    let total = content.len();
    // The connection is cut in the middle of the third piece.
    let (first, _) = content.as_bytes().split_at(2 * PIECE + 99);
    let pieces = vec![Ok(Bytes::copy_from_slice(first)), Err(std::io::Error::other("cut"))];
    let token = format!("Bearer {}", house.token(YUKI));
    let request = Request::put(asked.path("/files/trace.log"))
        .header(header::HOST, HOST)
        .header(header::AUTHORIZATION, &token)
        .body(Body::from_stream(futures_util::stream::iter(pieces)))
        .unwrap();
    assert_eq!(house.exchange(request).await.verdict(), "400 invalidRequest");
    let ask = asked.put("trace.log", "").with("content-range", "bytes */*");
    let progress = house.send(YUKI, ask).await;
    assert_eq!(progress.status, 202);
    assert_eq!(progress.json()["nextExpectedRanges"], json!([format!("{}-", 2 * PIECE)]));
    let part = |from: usize, to: usize| {
        let range = format!("bytes {from}-{}/{total}", to - 1);
        asked.put("trace.log", &content[from..to]).with("content-range", range)
    };
    let wrong = house.refused(YUKI, part(PIECE, total), "400 invalidRequest").await;
    assert!(text(&wrong["detail"]).contains(&format!("must begin at byte {}", 2 * PIECE)), "{wrong}");
    let short = asked.put("trace.log", &content[2 * PIECE..2 * PIECE + 5]);
    let short = short.with("content-range", format!("bytes {}-{}/{total}", 2 * PIECE, total - 1));
    house.refused(YUKI, short, "400 invalidRequest").await;
    let long = asked.put("trace.log", &content[2 * PIECE..]);
    let long = long.with("content-range", format!("bytes {}-{}/{total}", 2 * PIECE, 2 * PIECE));
    house.refused(YUKI, long, "400 invalidRequest").await;
    let done = house.ok(YUKI, part(2 * PIECE, total)).await;
    assert_eq!(done["files"][0]["bytes"], total);
}

#[tokio::test]
async fn uploads_that_are_too_large_are_refused_before_they_come() {
    let house = House::new().await;
    let asked = Asked::of(&house).await;
    let ten_gb = 10u64 << 30;
    let ask = asked.put("a.log", "x").with("content-range", format!("bytes 0-{}/{ten_gb}", ten_gb - 1));
    let problem = house.refused(YUKI, ask, "413 tooLarge").await;
    assert!(text(&problem["detail"]).contains("at most 536870912 bytes"), "{problem}");
    for wrong in ["bytes 5-1/9", "bytes 0-9/9", "0-1/2", "bytes 0-/9"] {
        house.refused(YUKI, asked.put("a.log", "x").with("content-range", wrong), "400 invalidRequest").await;
    }
}

#[tokio::test]
async fn hostile_files_are_refused_with_the_reason_and_leave_nothing() {
    let house = House::new().await;
    let asked = Asked::of(&house).await;
    let zip = |entries: &[(&str, Vec<u8>)]| zipped(entries, false);
    asked
        .refused(
            "bomb.zip",
            zip(&[("a.txt", [vec![b'a'; 4_000], vec![b'\n']].concat().repeat(16 << 10))]),
            "unpacks to more than",
        )
        .await;
    asked.refused("up.zip", zip(&[("../../etc/cron.d/x", b"a".to_vec())]), "leads out of the archive").await;
    asked.refused("root.zip", zip(&[("/etc/passwd", b"a".to_vec())]), "leads out of the archive").await;
    asked
        .refused("twice.zip", zip(&[("a.txt", b"a".to_vec()), ("A.TXT", b"b".to_vec())]), "have this name")
        .await;
    asked.refused("link.zip", zipped(&[("a", b"/etc/passwd".to_vec())], true), "a link or device").await;
    asked.refused("secret.zip", encrypted(), "encrypted").await;
    asked.refused("not.zip", b"PK\x03\x04 and nothing else".to_vec(), "damaged").await;
    asked.refused("tool.exe", b"MZ\x90\x00\x03\x00\x00\x00".to_vec(), "cannot be searched").await;
    asked.refused("picture.json", b"\x89PNG\r\n\x1a\n".to_vec(), "").await;
    asked.refused("bytes.log", b"a\xff\xfeb".to_vec(), "UTF-8").await;
}

#[tokio::test]
async fn names_of_files_lead_nowhere_and_stand_once() {
    let house = House::new().await;
    let asked = Asked::of(&house).await;
    for name in ["../a.json", "a/b.json", "..", ".hidden", "a\\b.json", "a\u{202e}b.json", "C:a.json"] {
        let refused = house.send(YUKI, asked.put(name, "[]")).await;
        assert!([400, 404].contains(&refused.status), "{name}: {}", refused.text());
    }
    house.ok(YUKI, asked.put("a.json", "[1]")).await;
    house.refused(YUKI, asked.put("A.json", "[]"), "400 invalidRequest").await;
    let twice = house.ok(YUKI, asked.put("a.json", "[1,2]")).await;
    assert_eq!(twice["files"].as_array().unwrap().len(), 1);
    assert_eq!(twice["files"][0]["bytes"], 5);
    let gone = Ask::new(Method::DELETE, asked.path("/files/a.json"));
    assert_eq!(house.ok(YUKI, gone.clone()).await["files"], json!([]));
    house.refused(YUKI, gone, "404 notFound").await;
    house.refused(YUKI, Ask::post(asked.path("/submit"), &json!({})), "400 invalidRequest").await;
}

fn zipped(entries: &[(&str, Vec<u8>)], links: bool) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in entries {
        if links {
            archive.add_symlink(*name, String::from_utf8(content.clone()).unwrap(), options).unwrap();
            continue;
        }
        archive.start_file(*name, options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// An archive whose only entry says that it is encrypted, in both of its headers.
fn encrypted() -> Vec<u8> {
    let mut bytes = zipped(&[("a.txt", b"attack at dawn".to_vec())], false);
    for (mark, offset) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = bytes.windows(4).position(|window| window == mark).unwrap();
        bytes[at + offset] |= 1;
    }
    bytes
}
