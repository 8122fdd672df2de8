//! Files of a collection that hold no records, read as they are; and records in archives, read like live data.

use std::io::{Cursor, Write as _};

use http::Method;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use vouchsafe_core::time::Duration;

use crate::house::*;

const LOG: &str = "2026-10-01T09:00:00Z the broker was asked <script>alert(1)</script>\n";
const BEARER: &str = "GET /me Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln\n";
const HAR: &str = r#"{"log":{"version":"1.2","creator":{"name":"a","version":"1"},"entries":[]}}"#;

struct Sent<'h> {
    house: &'h House,
    case: String,
    id: String,
    grant: String,
}

impl<'h> Sent<'h> {
    /// A collection that was sent with these files.
    async fn with(house: &'h House, files: &[(&str, Vec<u8>)]) -> Self {
        let case = house.case(MARTA, PAYROLL).await;
        let ask = json!({
            "tenantId": house.tenant(Org::Adatum), "dataCategories": ["signInLogs", "clientLogs"],
            "instructions": "Please send the trace of the broker, and the sign-ins of that night.",
        });
        let path = format!("/v1.0/support/requests/{case}/dataCollections");
        let id = text(&house.ok(INES, Ask::post(path, &ask)).await["id"]);
        let mut sent = Self { house, case, id, grant: String::new() };
        for (name, content) in files {
            let put = Ask::new(Method::PUT, sent.file(name));
            house.ok(YUKI, put.raw("application/octet-stream", content.clone())).await;
        }
        let submitted = house.ok(YUKI, Ask::post(sent.path("/submit"), &json!({}))).await;
        sent.grant = text(&submitted["grantId"]);
        sent
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1.0/support/dataCollections/{}{rest}", self.id)
    }

    fn file(&self, name: &str) -> String {
        self.path(&format!("/files/{}", encoded(name)))
    }

    fn entry(&self, name: &str, entry: &str) -> String {
        format!("{}/entries/{}", self.file(name), encoded(entry))
    }

    async fn reads(&self) -> Vec<Value> {
        self.house.list(YUKI, &format!("/v1.0/support/grants/{}/reads", self.grant)).await
    }

    async fn remove(&self) {
        let path = format!("/v1.0/support/grants/{}/remove", self.grant);
        self.house.ok(YUKI, Ask::post(path, &json!({}))).await;
    }

    async fn sign_ins(&self, filter: &str) -> Vec<Value> {
        let tenant = self.house.tenant(Org::Adatum);
        let base = format!("/diagnostics/{}/{tenant}/collections/{}/v1.0", self.case, self.id);
        let ask =
            Ask::get(format!("{base}/auditLogs/signIns")).query(&[("$filter", filter), ("$top", "1000")]);
        self.house.ok(INES, ask).await["value"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_log_is_read_as_it_was_cleaned_and_the_read_stands_in_the_record_before() {
    let house = House::new().await;
    let log = format!("{LOG}{BEARER}");
    let sent = Sent::with(&house, &[("trace.log", log.into_bytes()), ("browser.har", HAR.into())]).await;
    let listed = house.ok(INES, Ask::get(sent.path(""))).await;
    let records: Vec<&Value> = listed["files"].as_array().unwrap().iter().map(|f| &f["records"]).collect();
    assert_eq!(records, [&json!(0), &json!(0)]);
    let before = house.log_size(house.tenant(Org::Adatum)).await;
    let reply = house.send(INES, Ask::get(sent.file("trace.log"))).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let found = reply.text();
    assert!(found.starts_with(LOG) && found.contains("[removed:") && !found.contains("eyJ"), "{found}");
    for (name, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-disposition", "attachment; filename=\"trace.log\"; filename*=UTF-8''trace.log"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
        ("cache-control", "no-store"),
        ("vouchsafe-grant", sent.grant.as_str()),
    ] {
        assert_eq!(reply.header(name), Some(value), "{name}");
    }
    assert_eq!(reply.header("etag"), None);
    assert_eq!(reply.header("content-length").unwrap_or(&found.len().to_string()), found.len().to_string());
    let reads = sent.reads().await;
    let read = reads.iter().find(|read| read["id"].as_str() == reply.header("vouchsafe-read")).unwrap();
    assert_eq!(
        (&read["query"], &read["bytes"], &read["count"], &read["properties"]),
        (
            &json!("files/trace.log"),
            &json!(found.len()),
            &json!(1),
            &json!([{ "name": "content", "masked": false }])
        ),
        "{read}"
    );
    assert_eq!(house.log_size(house.tenant(Org::Adatum)).await, before + 1);
    // Asking for the headers alone is a read, too.
    let head = house.send(INES, Ask::new(Method::HEAD, sent.file("browser.har"))).await;
    assert_eq!((head.status, head.header("content-type")), (200, Some("application/json")));
    assert_eq!(sent.reads().await.len(), 2);
    // Its own people have it back without one.
    let own = house.send(YUKI, Ask::get(sent.file("trace.log"))).await;
    assert_eq!((own.status, own.text(), own.header("vouchsafe-read")), (200, found, None));
    assert_eq!(sent.reads().await.len(), 2);
}

#[tokio::test]
async fn nobody_but_the_engineer_of_the_case_and_who_collects_reads_it_and_only_while_it_may_be_read() {
    let house = House::new().await;
    let sent = Sent::with(&house, &[("trace.log", LOG.into())]).await;
    let get = || Ask::get(sent.file("trace.log"));
    for who in [JONAS, RUTH, OMAR, ALEX, BEN] {
        house.refused(who, get(), "404 notFound").await;
    }
    house.refused(INES, Ask::get(sent.file("other.log")), "404 notFound").await;
    assert_eq!(sent.reads().await.len(), 0);
    let grant = || get().with("vouchsafe-grant", sent.grant.clone());
    assert_eq!(house.send(INES, grant()).await.status, 200);
    // A grant of something else opens nothing.
    let other = Sent::with(&house, &[("other.log", LOG.into())]).await;
    house.refused(INES, get().with("vouchsafe-grant", other.grant), "403 noLiveGrant").await;
    sent.remove().await;
    house.refused(INES, get(), "403 noLiveGrant").await;
    house.refused(INES, grant(), "403 grantEnded").await;
    house.clock.advance(Duration::minutes(2));
    house.app.sweep().await.unwrap();
    let log = house.list(NOOR, "/v1.0/auditLogs/directoryAudits").await;
    let denied = |entry: &&Value| entry["activityDisplayName"] == "Diagnostic data read denied";
    assert!(log.iter().any(|entry| denied(&entry) && entry["resultReason"] == "grantEnded"), "{log:?}");
    // Its own people still have it.
    assert_eq!(house.send(YUKI, get()).await.text(), LOG);
}

#[tokio::test]
async fn a_file_on_its_way_stops_when_its_tenant_takes_the_access_away() {
    let house = House::new().await;
    let log = LOG.repeat((3 << 20) / LOG.len());
    let sent = Sent::with(&house, &[("trace.log", log.clone().into_bytes())]).await;
    let mut body = house.begin(INES, &sent.file("trace.log")).await;
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(log.as_bytes().starts_with(&first) && first.len() < log.len() / 8);
    sent.remove().await;
    assert!(body.frame().await.unwrap().is_err(), "nothing more is sent");
}

#[tokio::test]
async fn a_file_that_holds_records_leaves_with_masks_alone() {
    let house = House::new().await;
    let rows = house.list(NOOR, "/v1.0/auditLogs/signIns").await;
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    // One record is enough, wherever it stands.
    let files: &[(&str, Vec<u8>)] = &[
        ("all.ndjson", lines.clone().into_bytes()),
        ("hidden.ndjson", format!("{{\"a\":1}}\n{}\n", rows[1]).into_bytes()),
        ("all.ndjson.gz", gzipped(lines.as_bytes())),
    ];
    let sent = Sent::with(&house, files).await;
    let listed = house.ok(INES, Ask::get(sent.path(""))).await;
    for (file, count) in listed["files"].as_array().unwrap().iter().zip([rows.len(), 1, rows.len()]) {
        assert_eq!(file["records"], count, "{file}");
        let path = sent.file(&text(&file["name"]));
        let problem = house.refused(INES, Ask::get(path), "403 forbidden").await;
        assert!(text(&problem["detail"]).contains("holds records"), "{problem}");
    }
    assert_eq!(sent.reads().await.len(), 0);
    // Who collected may look at what would be sent.
    assert_eq!(house.send(YUKI, Ask::get(sent.file("all.ndjson"))).await.status, 200);
}

#[tokio::test]
async fn records_in_archives_are_read_with_filters_and_the_logs_beside_them_as_they_are() {
    let house = House::new().await;
    let rows = house.list(NOOR, "/v1.0/auditLogs/signIns").await;
    let page = |rows: &[Value]| json!({ "value": rows }).to_string().into_bytes();
    let third = rows.len() / 3;
    let entries = |from: usize, to: usize| {
        vec![("exports/sign-ins.json", page(&rows[from..to])), ("logs/a b.log", LOG.as_bytes().to_vec())]
    };
    let files: &[(&str, Vec<u8>)] = &[
        ("one.zip", zipped(&entries(0, third))),
        ("two.tar", tarred(&entries(third, 2 * third))),
        ("three.tgz", gzipped(&tarred(&entries(2 * third, rows.len())))),
        ("logs.zip", zipped(&[("a.log", LOG.into()), ("b.log", BEARER.into())])),
    ];
    let sent = Sent::with(&house, files).await;
    assert_eq!(sent.sign_ins("status/errorCode ge 0").await.len(), rows.len());
    let failed = rows.iter().filter(|row| row["status"]["errorCode"] != 0).count();
    assert_eq!(sent.sign_ins("status/errorCode ne 0").await.len(), failed);
    let listed = house.ok(INES, Ask::get(sent.path(""))).await;
    for file in &listed["files"].as_array().unwrap()[..3] {
        let name = text(&file["name"]);
        assert_eq!(file["entries"], json!([{ "name": "logs/a b.log", "bytes": LOG.len() }]), "{file}");
        house.refused(INES, Ask::get(sent.file(&name)), "403 forbidden").await;
        let reply = house.send(INES, Ask::get(sent.entry(&name, "logs/a b.log"))).await;
        assert_eq!((reply.status, reply.text().as_str()), (200, LOG), "{name}");
        let disposition = reply.header("content-disposition").unwrap();
        assert_eq!(disposition, "attachment; filename=\"a b.log\"; filename*=UTF-8''a%20b.log");
        house.refused(INES, Ask::get(sent.entry(&name, "exports/sign-ins.json")), "404 notFound").await;
        house.refused(INES, Ask::get(sent.entry(&name, "../a b.log")), "404 notFound").await;
    }
    let asked = |read: &Value| read["query"] == "files/two.tar/entries/logs/a b.log";
    assert!(sent.reads().await.iter().any(asked));
    // Without any record it is read whole.
    let whole = house.send(INES, Ask::get(sent.file("logs.zip"))).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, Some("application/zip")));
    let mut archive = zip::ZipArchive::new(Cursor::new(whole.bytes)).unwrap();
    assert_eq!(archive.len(), 2);
    let clean = std::io::read_to_string(archive.by_index(1).unwrap()).unwrap();
    assert!(clean.contains("[removed:"), "{clean}");
}

fn zipped(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn tarred(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzipped(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}
