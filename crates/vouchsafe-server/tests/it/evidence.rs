//! The log over HTTP: whoever has the tenant's log token can check it, and nobody else sees anything.

use http::Method;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::{Note, VerifierKey};
use vouchsafe_log::opening::Enclosed;
use vouchsafe_log::policy::Policy;
use vouchsafe_log::receipt::Receipt;
use vouchsafe_log::whole::{LogCheck, Seen};
use vouchsafe_server::demo::DemoToken;

use crate::house::*;

/// The token that Adatum gives to whoever checks its log.
fn log_token(house: &House) -> String {
    let adatum = house.tenant(Org::Adatum);
    let mine = |token: &&DemoToken| token.purpose == "logReader" && token.tenant == adatum;
    house.world.tokens.iter().find(mine).unwrap().token.clone()
}

async fn get(house: &House, path: &str) -> Reply {
    house.raw(Ask::get(path).bearer(&log_token(house))).await
}

async fn key(house: &House) -> VerifierKey {
    let keys = get(house, "/v1.0/auditLogs/logKeys").await.json();
    keys["value"][0]["verifierKey"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_log_token_is_enough_to_check_the_whole_log_with_its_reads() {
    let house = House::new().await;
    let payroll = house.case(MARTA, crate::house::PAYROLL).await;
    let base = house.base(&payroll, Org::Adatum);
    for _ in 0..3 {
        house.ok(INES, Ask::get(format!("{base}/auditLogs/signIns?$top=5"))).await;
    }
    house.app.publish().await.unwrap();
    let log = format!("/log/{}", house.tenant(Org::Adatum));
    let mut seen = None;
    for round in 0..2 {
        let reply = get(&house, &format!("{log}/checkpoint")).await;
        assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(reply.header("cache-control"), Some("private, max-age=1"));
        let note: Note = reply.text().parse().unwrap();
        let (checkpoint, _) = Checkpoint::verified(&note, &key(&house).await, &[]).unwrap();
        let next = Seen { size: checkpoint.size, root: checkpoint.root };
        let mut check = LogCheck::new(checkpoint, seen).unwrap();
        while let Some(tile) = check.next_tile() {
            let reply = get(&house, &format!("{log}/{tile}")).await;
            assert_eq!(reply.status, 200, "{tile}: {}", reply.text());
            assert_eq!(reply.header("content-type"), Some("application/octet-stream"));
            assert_eq!(reply.header("cache-control"), Some("private, max-age=31536000, immutable"));
            check.take(&reply.bytes).unwrap();
        }
        let story = check.end().unwrap();
        assert_eq!((story.reads, story.records), (3 + round, 15 + round * 5));
        seen = Some(next);
        house.ok(INES, Ask::get(format!("{base}/auditLogs/signIns?$top=5"))).await;
        house.app.publish().await.unwrap();
    }
}

#[tokio::test]
async fn the_receipt_of_a_read_proves_which_records_were_read() {
    let house = House::new().await;
    let payroll = house.case(MARTA, crate::house::PAYROLL).await;
    let base = house.base(&payroll, Org::Adatum);
    let read = house.ok(INES, Ask::get(format!("{base}/auditLogs/signIns?$top=4"))).await;
    let ids: Vec<&str> =
        read["value"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    let filter = ("$filter", "activityDisplayName eq 'Diagnostic data read'");
    let entries = house.ok(NOOR, Ask::get("/v1.0/auditLogs/directoryAudits").query(&[filter])).await;
    let id = entries["value"][0]["id"].as_str().unwrap();
    // Younger than the newest checkpoint: it is published for the receipt.
    let reply = get(&house, &format!("/v1.0/auditLogs/directoryAudits/{id}/receipt")).await;
    let disposition = format!("attachment; filename=\"{id}.tlog-proof\"");
    assert_eq!(reply.header("content-disposition"), Some(disposition.as_str()));
    let receipt: Receipt = reply.text().parse().unwrap();
    let enclosed = Enclosed::from_bytes(receipt.extra.as_deref().unwrap()).unwrap();
    receipt.verify(enclosed.entry.as_bytes(), &Policy::of_log(key(&house).await)).unwrap();
    let entry = enclosed.verify().unwrap();
    assert_eq!(entry["initiatedBy"]["user"]["displayName"], "Ines Okafor");
    let mut read_ids = enclosed.record_ids.unwrap();
    read_ids.sort_unstable();
    let mut seen: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    seen.sort_unstable();
    assert_eq!(read_ids.len(), seen.len());
}

#[tokio::test]
async fn nobody_else_sees_that_there_is_a_log() {
    let house = House::new().await;
    let log = format!("/log/{}", house.tenant(Org::Adatum));
    for path in
        [format!("{log}/checkpoint"), format!("{log}/tile/entries/000.p/3"), format!("{log}/tile/0/000.p/3")]
    {
        // Another tenant's administrator, the engineer of a case, the provider's administrator, and who may not read logs.
        for stranger in [SAM, INES, DMITRI, BEN] {
            house.refused(stranger, Ask::get(&path), "404 notFound").await;
        }
        let reply = house.raw(Ask::get(&path)).await;
        assert_eq!(reply.verdict(), "401 unauthenticated");
    }
}

#[tokio::test]
async fn only_paths_that_name_a_tile_are_tiles() {
    let house = House::new().await;
    let log = format!("/log/{}", house.tenant(Org::Adatum));
    for wrong in [
        "0/0",
        "0/000",
        "0/000.p/0",
        "0/000.p/256",
        "9/000.p/1",
        "entries/x000/000.p/1",
        "data/000",
        "0/000.p/1/",
        "",
    ] {
        let reply = get(&house, &format!("{log}/tile/{wrong}")).await;
        assert_eq!(reply.status, 404, "{wrong}");
    }
    assert_eq!(get(&house, &format!("{log}/tile/0/000.p/1")).await.status, 200);
    let reply =
        house.raw(Ask::new(Method::POST, format!("{log}/checkpoint")).bearer(&log_token(&house))).await;
    assert_eq!(reply.status, 405);
}
