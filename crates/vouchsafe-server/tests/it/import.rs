//! Bringing sign-ins in: formats, faults, permission, and a real export that reads back as it was.

use http::Method;
use serde_json::{Value, json};

use crate::house::*;
use crate::rows::*;

const IMPORT: &str = "/v1.0/diagnostics/import";
const FEED: Somebody = Somebody::Feed(Org::Adatum);
const EXPORT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/entra/signin-log-analytics.csv");

fn file(content: impl Into<Vec<u8>>) -> Ask {
    Ask::new(Method::POST, IMPORT).raw("application/octet-stream", content)
}

#[tokio::test]
async fn a_file_is_imported_once_however_often_it_is_sent() {
    let house = House::new().await;
    let first = house.ok(FEED, file(SIGN_IN)).await;
    let mut keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    keys.sort_unstable();
    assert_eq!(keys, ["alreadyPresent", "id", "imported", "received", "rejected", "rejections"]);
    assert!(text(&first["id"]).starts_with("imp_"));
    assert_eq!(
        (&first["received"], &first["imported"], &first["alreadyPresent"]),
        (&json!(1), &json!(1), &json!(0))
    );
    let again = house.ok(FEED, file(SIGN_IN).with("idempotency-key", "ignored here")).await;
    assert_eq!((&again["imported"], &again["alreadyPresent"]), (&json!(0), &json!(1)));
    let id = "66ea54eb-6301-4ee5-be62-ff5a759b0100";
    let stored = house.ok(NOOR, Ask::get(format!("/v1.0/auditLogs/signIns/{id}"))).await;
    assert_eq!(stored, serde_json::from_str::<Value>(SIGN_IN).unwrap(), "the original stays as it was");
    house.refused(SAM, Ask::get(format!("/v1.0/auditLogs/signIns/{id}")), "404 notFound").await;
}

#[tokio::test]
async fn bad_records_are_counted_with_their_lines_and_the_others_go_in() {
    let house = House::new().await;
    let other = SIGN_IN.replace("b0100", "b0101");
    let lines = format!("{SIGN_IN}\n{{\"id\":7}}\n{other}\nnot json\n");
    let reply = house.send(FEED, file(lines)).await;
    let report = reply.json();
    assert_eq!(reply.status, 200, "{report}");
    assert_eq!(
        (&report["received"], &report["imported"], &report["rejected"]),
        (&json!(4), &json!(2), &json!(2))
    );
    let listed: Vec<u64> = report["rejections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rejection| rejection["line"].as_u64().unwrap())
        .collect();
    assert_eq!(listed, [2, 4]);
}

#[tokio::test]
async fn what_is_no_file_of_a_known_format_is_refused_and_leaves_nothing() {
    let house = House::new().await;
    let before = house.snapshot().await;
    assert_eq!(house.ok(FEED, file("")).await["received"], 0, "an empty file holds nothing");
    for content in ["hello", "a,b,c\n1,2,3\n", "\u{0}\u{1}", "<html>", "7", "\"x\""] {
        let problem = house.refused(FEED, file(content), "400 invalidRequest").await;
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
    assert_eq!(house.snapshot().await, before);
    // Records before the place where a file breaks count: the log tells of them.
    house.refused(FEED, file("[1,2]x"), "400 invalidRequest").await;
    let before = house.snapshot().await;
    house.refused(FEED, file(SIGN_IN).with("content-encoding", "br"), "415 unsupportedMediaType").await;
    house.refused(FEED, file(SIGN_IN).query(&[("tenant", "x")]), "400 unknownQueryOption").await;
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn only_who_may_import_does_and_only_into_the_own_tenant() {
    let house = House::new().await;
    let before = house.snapshot().await;
    for who in [MARTA, NOOR, BEN, INES, RUTH, DMITRI] {
        house.refused(who, file(SIGN_IN), "403 forbidden").await;
    }
    assert_eq!(house.snapshot().await, before);
    house.ok(YUKI, file(SIGN_IN)).await;
    let count = Ask::get("/v1.0/auditLogs/signIns?$count=true&$top=1");
    assert_eq!(house.ok(NOOR, count.clone()).await["@odata.count"], 201);
    assert_eq!(house.ok(SAM, count).await["@odata.count"], 200);
}

#[tokio::test]
async fn every_row_of_a_real_export_reads_back_under_graphs_names() {
    let Ok(bytes) = std::fs::read(EXPORT) else {
        println!("skipped: {EXPORT} is not there");
        return;
    };
    let rows = table(std::str::from_utf8(&bytes).unwrap().trim_start_matches('\u{feff}'));
    let (header, rows) = rows.split_first().unwrap();
    let house = House::new().await;
    let report = house.ok(FEED, file(bytes.clone())).await;
    assert_eq!(
        (&report["received"], &report["imported"]),
        (&json!(rows.len()), &json!(rows.len())),
        "{report}"
    );
    let log = "/v1.0/auditLogs/directoryAudits?$top=1";
    assert_eq!(
        house.ok(NOOR, Ask::get(log)).await["value"][0]["activityDisplayName"],
        "Diagnostic data imported"
    );
    for row in rows {
        let cell = |name: &str| {
            let place =
                header.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"));
            row[place].as_str()
        };
        let stored = house.ok(NOOR, Ask::get(format!("/v1.0/auditLogs/signIns/{}", cell("Id")))).await;
        for (property, column) in [
            ("id", "Id"),
            ("userPrincipalName", "UserPrincipalName"),
            ("userDisplayName", "UserDisplayName"),
            ("userId", "UserId"),
            ("appDisplayName", "AppDisplayName"),
            ("appId", "AppId"),
            ("ipAddress", "IPAddress"),
            ("clientAppUsed", "ClientAppUsed"),
            ("correlationId", "CorrelationId"),
            ("conditionalAccessStatus", "ConditionalAccessStatus"),
            ("resourceDisplayName", "ResourceDisplayName"),
            ("riskState", "RiskState"),
            ("userType", "UserType"),
        ] {
            let expected = cell(column);
            let found = stored[property].as_str().unwrap_or_default();
            // Graph writes `member` where the table has `Member`.
            let same = found == expected || (property == "userType" && found == expected.to_lowercase());
            assert!(same, "{property} of {}: {found} is not {expected}", cell("Id"));
        }
        assert_eq!(stored["isInteractive"], json!(cell("IsInteractive").eq_ignore_ascii_case("true")));
        assert_eq!(stored["status"]["errorCode"], json!(cell("ResultType").parse::<i64>().unwrap()));
        let device: Value = first_json(&[cell("DeviceDetail_dynamic"), cell("DeviceDetail_string")]);
        assert_eq!(stored["deviceDetail"]["operatingSystem"], device["operatingSystem"], "{}", cell("Id"));
        let place: Value = first_json(&[cell("LocationDetails_dynamic"), cell("LocationDetails_string")]);
        assert_eq!(stored["location"]["city"], place["city"], "{}", cell("Id"));
        let time = text(&stored["createdDateTime"]);
        assert!(time.ends_with('Z') && time.as_bytes()[4] == b'-', "{time}");
        let (date, _) =
            cell("CreatedDateTime [UTC]").split_once(' ').unwrap_or((cell("CreatedDateTime [UTC]"), ""));
        let parts: Vec<&str> = date.split(['/', ',']).collect();
        let [month, day, year, ..] = parts.as_slice() else { panic!("{date} is no date") };
        let day = format!("{year}-{month:0>2}-{day:0>2}");
        assert!(time.starts_with(&day), "{time} is not {date}");
    }
    let again = house.ok(FEED, file(bytes)).await;
    assert_eq!((&again["imported"], &again["alreadyPresent"]), (&json!(0), &json!(rows.len())));
}

fn first_json(cells: &[&str]) -> Value {
    let filled = cells.iter().find(|cell| !cell.trim().is_empty());
    filled.map(|cell| serde_json::from_str(cell).unwrap()).unwrap_or_default()
}

/// RFC 4180, enough for one file: quoted cells hold commas, line breaks and doubled quotes.
fn table(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quoted) {
            ('"', true) if chars.peek() == Some(&'"') => cell.extend(chars.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut cell)),
            ('\n', false) => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            ('\r', false) => {}
            (c, _) => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}
