//! What holds for every request: ids, hosts, health, faults inside.

use serde_json::json;

use crate::house::*;
use crate::rows::*;

#[tokio::test]
async fn request_ids_are_echoed_or_made() {
    let house = House::new().await;
    let me = || Ask::get("/v1.0/me");
    let echoed = async |ask: Ask| house.send(YUKI, ask).await.header("x-request-id").unwrap().to_owned();
    assert_eq!(echoed(me().with("x-request-id", "abc-1")).await, "abc-1");
    assert_eq!(echoed(me().with("client-request-id", "graph-2")).await, "graph-2");
    assert_eq!(
        echoed(me().with("client-request-id", "graph-2").with("x-request-id", "abc-1")).await,
        "abc-1"
    );
    let made = [echoed(me()).await, echoed(me()).await];
    assert_ne!(made[0], made[1]);
    for odd in ["", "with space", &"x".repeat(129), "tab\there", "schlüssel"] {
        assert_eq!(echoed(me().with("x-request-id", odd)).await.len(), 36, "{odd:?} is not taken over");
    }
    let refused = house.raw(me().with("x-request-id", "abc-3")).await;
    assert_eq!((refused.status, refused.header("x-request-id")), (401, Some("abc-3")));
}

#[tokio::test]
async fn the_demo_answers_loopback_hosts_only() {
    let house = House::new().await;
    let asked = async |host: &str| house.send(YUKI, Ask::get("/v1.0/me").with("host", host)).await.verdict();
    for host in [
        "localhost",
        "localhost:8080",
        "LOCALHOST:1",
        "127.0.0.1",
        "127.0.0.1:8080",
        "127.8.8.8:80",
        "[::1]",
        "[::1]:8080",
    ] {
        assert_eq!(asked(host).await, "200", "{host}");
    }
    for host in [
        "",
        "example.com",
        "example.com:8080",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "10.0.0.1:8080",
        "[::2]:80",
        "0.0.0.0:8080",
        "127.0.0.1@example.com",
        "localhost:8080.example.com",
        "::1:example.com",
    ] {
        assert_eq!(asked(host).await, "403 forbidden", "{host}");
    }
}

#[tokio::test]
async fn addresses_that_are_not_are_not_found() {
    let house = House::new().await;
    for path in [
        "/v1.0",
        "/v1.0/",
        "/v1.0/nothing",
        "/v2.0/me",
        "/V1.0/me",
        "/v1.0/me/",
        "//v1.0/me",
        "/v1.0/support/requests/",
    ] {
        assert_eq!(house.send(YUKI, Ask::get(path)).await.verdict(), "404 notFound", "{path}");
    }
}

#[tokio::test]
async fn a_store_that_fails_is_unavailable_and_says_no_more_and_changes_nothing() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let before = house.snapshot().await;
    for statement in ["INSERT", "SELECT", "UPDATE"] {
        for row in rows() {
            let reads = row.template().starts_with("/diagnostics/");
            if row.method() == http::Method::GET && !reads {
                continue;
            }
            house.faults.fail(Some(statement));
            let reply = house.send(row.by, row.good(&stage)).await;
            house.faults.fail(None);
            let refused_anyway = row.answers.starts_with('4') && statement != "SELECT";
            // Not every write changes a row, and facts that are known need not be asked for.
            let untouched = statement != "INSERT" && reply.status < 300;
            if refused_anyway || untouched {
                continue;
            }
            assert_eq!(
                reply.verdict(),
                "503 unavailable",
                "{} without {statement}: {}",
                row.operation,
                reply.text()
            );
            assert_eq!(reply.json()["detail"], "Try again in a moment.");
            assert_eq!(reply.header("vouchsafe-read"), None, "no data without its record");
        }
        if statement == "INSERT" {
            let after = house.snapshot().await;
            for (name, value) in &before {
                let imported = name.starts_with("/v1.0/auditLogs/signIns");
                assert!(imported || after.get(name) == Some(value), "{name} changed without {statement}");
            }
        }
    }
}

#[tokio::test]
async fn what_failed_can_be_repeated_with_its_key() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let open = Ask::post("/v1.0/support/requests", &new_case(&stage)).with("idempotency-key", "k");
    house.faults.fail(Some("audit_entry"));
    house.refused(MARTA, open.clone(), "503 unavailable").await;
    house.faults.fail(None);
    let first = house.ok(MARTA, open.clone()).await;
    assert_eq!(house.ok(MARTA, open).await, first);
}

#[tokio::test]
async fn health_needs_no_token_and_says_nothing() {
    let house = House::new().await;
    for path in ["/healthz", "/readyz"] {
        let reply = house.raw(Ask::get(path)).await;
        assert_eq!((reply.status, reply.bytes.len()), (200, 0), "{path}");
    }
    assert_eq!(house.raw(Ask::post("/healthz", &json!({}))).await.verdict(), "405 methodNotAllowed");
}

#[tokio::test]
async fn a_request_with_two_hosts_is_refused_whichever_comes_first() {
    let house = House::new().await;
    for hosts in [[HOST, HOST], [HOST, "evil.example"], ["evil.example", HOST]] {
        for path in ["/v1.0/me", "/demo", "/healthz", "/access/v1/evaluation"] {
            let mut ask = Ask::get(path).bearer(house.token(YUKI));
            ask.headers.extend(hosts.map(|host| ("host", host.to_owned())));
            let mut request = http::Request::builder().uri(path);
            for (name, value) in &ask.headers {
                request = request.header(*name, value);
            }
            let reply = house.exchange(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(reply.status, 400, "{path} {hosts:?}: {}", reply.text());
        }
    }
}
