//! Files that come with messages: cleaned, seen by whom the message is seen, gone with the case's data.

use std::io::{Cursor, Write as _};

use http::Method;
use serde_json::{Value, json};
use vouchsafe_core::time::Duration;

use crate::house::*;

const LOG: &str = "2026-10-01T09:00:00Z nothing to see here\n";
const BEARER: &str = "GET /me Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln\n";
const BOUNDARY: &str = "a-boundary-of-this-test";

/// A form as browsers send it.
pub(crate) fn form(path: &str, text: &str, files: &[(&str, &[u8])]) -> Ask {
    let mut body = Vec::new();
    let mut part = |disposition: String, content: &[u8]| {
        write!(body, "--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n").unwrap();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    part("name=\"body\"".to_owned(), text.as_bytes());
    for (name, content) in files {
        part(format!("name=\"file\"; filename=\"{name}\""), content);
    }
    write!(body, "--{BOUNDARY}--\r\n").unwrap();
    Ask::new(Method::POST, path).raw(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

fn messages(case: &str) -> String {
    format!("/v1.0/support/requests/{case}/messages")
}

fn file(of: &str, message: &Value, name: &str) -> Ask {
    Ask::get(format!("{of}/{}/attachments/{}", text(&message["id"]), encoded(name)))
}

#[tokio::test]
async fn a_file_of_a_message_is_cleaned_and_read_by_both_parties_and_nobody_else() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let path = messages(&case);
    let before = house.log_size(house.tenant(Org::Adatum)).await;
    let trace = format!("{LOG}{BEARER}");
    let files: &[(&str, &[u8])] = &[("Über trace.log", trace.as_bytes()), ("empty.txt", b"")];
    let sent = house.ok(MARTA, form(&path, "Here is the trace.", files)).await;
    let first = &sent["attachments"][0];
    assert_eq!((&first["name"], &first["deleted"]), (&json!("Über trace.log"), &json!(false)));
    assert_eq!(first["removed"].as_object().unwrap().len(), 1, "{sent}");
    assert_eq!(house.log_size(house.tenant(Org::Adatum)).await, before + 1);
    let log = house.list(NOOR, "/v1.0/auditLogs/directoryAudits").await;
    assert_eq!(log[0]["activityDisplayName"], "Message added to support request");
    for who in [MARTA, YUKI, INES] {
        let seen = house.list(who, &path).await;
        assert_eq!(seen.last().unwrap()["attachments"], sent["attachments"], "{who:?}");
        let reply = house.send(who, file(&path, &sent, "Über trace.log")).await;
        let found = reply.text();
        assert!(found.starts_with(LOG) && found.contains("[removed:") && !found.contains("eyJ"), "{found}");
        for (name, value) in [
            ("content-type", "text/plain; charset=utf-8"),
            (
                "content-disposition",
                "attachment; filename=\"_ber trace.log\"; filename*=UTF-8''%C3%9Cber%20trace.log",
            ),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{who:?} {name}");
        }
        assert_eq!(house.send(who, file(&path, &sent, "empty.txt")).await.text(), "");
    }
    for who in [JONAS, OMAR, ALEX, BEN] {
        house.refused(who, file(&path, &sent, "empty.txt"), "404 notFound").await;
    }
    // Under another case there is no such message.
    let other = messages(&house.case(MARTA, LAPTOPS).await);
    house.refused(MARTA, file(&other, &sent, "empty.txt"), "404 notFound").await;
    house.refused(MARTA, file(&path, &sent, "other.txt"), "404 notFound").await;
    // The engineer may send one as well, and loses all of them with the case.
    let theirs = house.ok(INES, form(&path, "Try this.", &[("steps.md", b"# Steps\n")])).await;
    assert_eq!(house.send(MARTA, file(&path, &theirs, "steps.md")).await.text(), "# Steps\n");
    let jonas = house.who("Jonas Lindqvist", Org::Provider).user;
    let assign = json!({ "engineerId": jonas, "reason": "Jonas knows the broker." });
    house.ok(RUTH, Ask::post(format!("/v1.0/support/requests/{case}/assign"), &assign)).await;
    house.refused(INES, file(&path, &sent, "empty.txt"), "404 notFound").await;
    assert_eq!(house.send(JONAS, file(&path, &sent, "empty.txt")).await.status, 200);
}

#[tokio::test]
async fn what_cannot_be_taken_leaves_no_message_and_no_file() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let path = messages(&case);
    let before = house.list(MARTA, &path).await.len();
    let rows = house.list(NOOR, "/v1.0/auditLogs/signIns").await;
    let record = rows[0].to_string();
    let large = vec![b'\n'; (25 << 20) + 1];
    let six: Vec<(&str, &[u8])> =
        ["a", "b", "c", "d", "e", "f"].into_iter().map(|name| (name, b"x".as_slice())).collect();
    let bomb = zipped("a.txt", &[vec![b'a'; 4_000], vec![b'\n']].concat().repeat(16 << 10));
    for (files, verdict, said) in [
        (vec![("large.log", large.as_slice())], "413 tooLarge", "at most 26214400 bytes"),
        (six, "400 invalidRequest", "at most 5 files"),
        (vec![("a.log", b"x".as_slice()), ("A.LOG", b"y")], "400 invalidRequest", "another file"),
        (vec![("../../a.log", b"x".as_slice())], "400 invalidRequest", "without slashes"),
        (vec![("tool.exe", b"MZ\x90\x00".as_slice())], "400 invalidRequest", "cannot be searched"),
        (vec![("bomb.zip", bomb.as_slice())], "400 invalidRequest", "unpacks to more than"),
        (vec![("in.json", record.as_bytes())], "400 invalidRequest", "data collection"),
    ] {
        let problem = house.refused(MARTA, form(&path, "Here.", &files), verdict).await;
        assert!(text(&problem["detail"]).contains(said), "{said}: {problem}");
    }
    house.refused(MARTA, form(&path, "", &[("a.log", b"x")]), "400 invalidRequest").await;
    assert_eq!(house.list(MARTA, &path).await.len(), before);
    // Nothing waits in the store of files once what was refused has been put away.
    for _ in 0..100 {
        if files(&house) == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{} files were left", files(&house));
}

/// Files of messages and collections that lie in the store.
fn files(house: &House) -> usize {
    fn under(folder: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries
            .map(|entry| entry.unwrap().path())
            .map(|path| if path.is_dir() { under(&path) } else { 1 })
            .sum()
    }
    under(&house.copied().path().join("files"))
}

#[tokio::test]
async fn a_repeated_form_writes_one_message_and_another_one_with_its_key_is_refused() {
    let house = House::new().await;
    let path = messages(&house.case(MARTA, PAYROLL).await);
    let send = |content: &[u8]| form(&path, "Here.", &[("a.log", content)]).with("idempotency-key", "k1");
    let first = house.ok(MARTA, send(b"one\n")).await;
    let again = house.ok(MARTA, send(b"one\n")).await;
    assert_eq!(first, again);
    house.refused(MARTA, send(b"two\n"), "422 idempotencyMismatch").await;
    assert_eq!(house.send(MARTA, file(&path, &first, "a.log")).await.text(), "one\n");
}

#[tokio::test]
async fn files_go_four_weeks_after_the_case_was_closed_and_their_key_with_them() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let path = messages(&case);
    let sent = house.ok(MARTA, form(&path, "Here.", &[("a.log", LOG.as_bytes())])).await;
    let act = |act: &str, body: Value| Ask::post(format!("/v1.0/support/requests/{case}/{act}"), &body);
    house.ok(MARTA, act("close", json!({ "resolution": "resolved" }))).await;
    house.refused(MARTA, form(&path, "Late.", &[("a.log", b"x")]), "409 caseClosed").await;
    assert_eq!(house.send(MARTA, file(&path, &sent, "a.log")).await.status, 200);
    house.clock.advance(Duration::days(27));
    assert_eq!(house.app.delete_attachments().await.unwrap(), 0);
    house.clock.advance(Duration::days(1));
    // Nobody waits for the job: the rule alone says that they are gone.
    house.refused(MARTA, file(&path, &sent, "a.log"), "404 notFound").await;
    assert!(files(&house) > 0);
    assert!(house.app.delete_attachments().await.unwrap() >= 1);
    assert_eq!(files(&house), 0);
    assert_eq!(house.app.delete_attachments().await.unwrap(), 0);
    let seen = house.list(MARTA, &path).await;
    let with_file = seen.iter().find(|message| message["id"] == sent["id"]).unwrap();
    assert_eq!(with_file["attachments"][0]["deleted"], true);
}

#[tokio::test]
async fn files_about_a_collection_are_its_tenants_and_the_engineers_alone() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let ask = json!({
        "tenantId": house.tenant(Org::Adatum), "dataCategories": ["signInLogs"], "instructions": "Please export them.",
    });
    let ask = Ask::post(format!("/v1.0/support/requests/{case}/dataCollections"), &ask);
    let id = text(&house.ok(INES, ask).await["id"]);
    let path = format!("/v1.0/support/dataCollections/{id}/messages");
    let theirs = house.ok(INES, form(&path, "Like this.", &[("how.txt", b"Click on Download.\n")])).await;
    let ours = house.ok(YUKI, form(&path, "Is it this one?", &[("a.log", BEARER.as_bytes())])).await;
    for who in [INES, YUKI] {
        assert_eq!(house.send(who, file(&path, &theirs, "how.txt")).await.text(), "Click on Download.\n");
        assert!(house.send(who, file(&path, &ours, "a.log")).await.text().contains("[removed:"));
        assert_eq!(house.list(who, &path).await.len(), 2);
    }
    for who in [JONAS, OMAR, ALEX, BEN] {
        house.refused(who, file(&path, &ours, "a.log"), "404 notFound").await;
        house.refused(who, form(&path, "Hello.", &[("a.log", b"x")]), "404 notFound").await;
    }
    // Neither conversation opens the other one's files.
    house.refused(YUKI, file(&messages(&case), &ours, "a.log"), "404 notFound").await;
}

fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(content).unwrap();
    archive.finish().unwrap().into_inner()
}
