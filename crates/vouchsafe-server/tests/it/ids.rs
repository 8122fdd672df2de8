//! Ids that name nothing for the caller: no ids, ids of other kinds, of other tenants, of nothing. All look the same.

use crate::house::*;
use crate::rows::*;

const NOTHING: &str = "018bcfe568007707870707070707070a";

/// What stands at a placeholder of a path.
fn kinds(row: &Row) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    let segments: Vec<&str> = row.template().split('/').collect();
    for (before, segment) in segments.iter().zip(&segments[1..]) {
        kinds.extend(match (*segment, *before) {
            ("{id}", "requests") | ("{supportRequestId}", _) => Some("sr"),
            ("{id}", "accessRequests") => Some("sar"),
            ("{id}", "grants") => Some("grt"),
            ("{id}", "reveals") => Some("rv"),
            ("{id}", "dataCollections") | ("{dataCollectionId}", _) => Some("dc"),
            ("{id}", "directoryAudits") if !row.template().starts_with("/diagnostics/") => Some("aud"),
            ("{id}", _) => Some("record"),
            ("{tenantId}", _) => Some("tenant"),
            _ => None,
        });
    }
    kinds
}

/// Things of this kind that exist, but not for the row's caller.
fn of_others(stage: &Stage, by: Somebody, kind: &str) -> Vec<String> {
    let names: &[&str] = match kind {
        "sr" => &["prompts", "connector"],
        "sar" if by == INES => &["tomasRequest"],
        "sar" => &["contosoRequest"],
        "grt" => &["fabrikamGrant"],
        "aud" => &["contosoEntry"],
        "record" => &["contosoSignIn"],
        _ => &[],
    };
    names.iter().map(|name| stage.id(name).to_owned()).collect()
}

/// Ids that name nothing, whoever asks.
fn of_nothing(stage: &Stage, kind: &str) -> Vec<String> {
    let mut ids: Vec<String> = ["sr", "sar", "grt", "usr", "rd", "aud", "tok", "imp", "msg", "xx"]
        .iter()
        .filter(|prefix| **prefix != kind)
        .map(|prefix| format!("{prefix}_{NOTHING}"))
        .collect();
    for text in
        ["nothing", "%20", "sr_", "..%2F..", "%00", "'%20or%201=1", "%F0%9F%92%A9", "sr_%FF", NOTHING, "-1"]
    {
        ids.push(text.to_owned());
    }
    ids.push("9".repeat(500));
    for existing in ["payroll", "live", "grant", "entry", "signIn", "jonas"] {
        let same_kind = stage.id(existing).starts_with(&format!("{kind}_"));
        let a_record = kind == "record" && existing == "signIn";
        if !same_kind && !a_record {
            ids.push(stage.id(existing).to_owned());
        }
    }
    ids
}

#[tokio::test]
async fn ids_that_name_nothing_for_the_caller_all_get_the_answer_of_a_missing_thing() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let before = house.snapshot().await;
    let (mut tried, mut records) = (0, 0);
    for row in rows() {
        for (place, kind) in kinds(row).into_iter().enumerate() {
            if kind == "tenant" {
                continue;
            }
            let answer = async |id: &str| {
                let mut ids = row.ids(&stage);
                ids[place] = id.to_owned();
                let path = row.path(&ids);
                let reply = house.send(row.by, Ask { path: path.clone(), ..row.good(&stage) }).await;
                assert_eq!(reply.verdict(), "404 notFound", "{} {path}: {}", row.operation, reply.text());
                reply.text().replace(path.split('?').next().unwrap(), "PATH")
            };
            let missing = match kind {
                "record" => "66ea54eb-6301-4ee5-be62-ff5a759b0199".to_owned(),
                kind => format!("{kind}_{NOTHING}"),
            };
            let expected = answer(&missing).await;
            let mut ids = of_others(&stage, row.by, kind);
            ids.extend(of_nothing(&stage, kind));
            if kind == "record" && !row.template().contains("signIns") {
                ids.truncate(3);
            }
            for id in ids {
                // Ids of records count as typed: at most twenty an hour, over all kinds.
                let is_typed = kind == "record" && row.template().starts_with("/diagnostics/");
                records += usize::from(is_typed);
                if is_typed && records % 19 == 0 {
                    house.clock.advance(vouchsafe_core::time::Duration::hours(1));
                }
                assert_eq!(answer(&id).await, expected, "{} {id}", row.operation);
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried}");
    // A read that finds no record is a read: only those may have been logged.
    let after = house.snapshot().await;
    for (name, value) in before.iter().filter(|(name, _)| *name != "logs") {
        assert_eq!(after.get(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_tenant_that_gave_no_grant_reads_like_one_that_does_not_exist() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let answer = async |tenant: &str| {
        let path = format!("/diagnostics/{}/{tenant}/v1.0/auditLogs/signIns", stage.id("payroll"));
        let reply = house.send(INES, Ask::get(&path)).await;
        (reply.verdict(), reply.text().replace(&path, "PATH"))
    };
    let missing = answer("0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11").await;
    assert_eq!(missing.0, "403 noLiveGrant");
    assert_eq!(answer(stage.id("contoso")).await, missing);
    for garbage in ["contoso", "%20", "6b1c7e0a", stage.id("payroll")] {
        assert_eq!(answer(garbage).await.0, "404 notFound", "{garbage}");
    }
}

#[tokio::test]
async fn a_case_of_another_engineer_reads_like_one_that_does_not_exist() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let tenant = house.tenant(Org::Adatum);
    let nothing = format!("sr_{NOTHING}");
    for who in [JONAS, RUTH, DMITRI, YUKI, MARTA, SAM] {
        let mut seen = Vec::new();
        for case in [stage.id("payroll"), &nothing] {
            let path = format!("/diagnostics/{case}/{tenant}/v1.0/auditLogs/signIns");
            let reply = house.send(who, Ask::get(&path)).await;
            assert_eq!(reply.verdict(), "404 notFound", "{who:?} {path}");
            seen.push(reply.text().replace(&path, "PATH"));
        }
        assert_eq!(seen[0], seen[1], "{who:?}");
    }
}

#[tokio::test]
async fn who_lacks_the_permission_sees_no_list_and_no_thing() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    for row in rows().filter(|row| row.by == MARTA || row.by == YUKI || row.by == NOOR) {
        if matches!(
            row.template(),
            "/healthz" | "/readyz" | "/v1.0/me" | "/v1.0/organization" | "/v1.0/events"
        ) {
            continue;
        }
        if row.template().starts_with("/v1.0/support/problemTypes") {
            continue;
        }
        // An address without an id is no secret, but for those of a log, which name its tenant.
        let is_secret = !row.ids.is_empty() || row.template().starts_with("/log/");
        let expected = if is_secret { "404 notFound" } else { "403 forbidden" };
        let verdict = house.send(BEN, row.good(&stage)).await.verdict();
        assert_eq!(verdict, expected, "{}", row.operation);
    }
}
