//! A live source that fails, lies or attacks: each has its clear outcome, and nothing that was not approved is shown.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, Response, header};
use serde_json::{Value, json};
use vouchsafe_core::time::{Duration, Timestamp};

use crate::house::*;
use crate::upstream::{SECRET, SIGN_INS, source, token_endpoint};

const TOKEN: &str = "t0ken-of-the-source";
/// Stands in whatever a source says that nobody may see.
const MARK: &str = "n0b0dy-may-see-this";

/// What a source was asked.
#[derive(Debug, Clone)]
struct Seen {
    target: String,
    headers: HeaderMap,
}

/// What a source does with its n-th question, the first being 0.
type Behaviour = Box<dyn Fn(usize, &Seen) -> Response<Body> + Send + Sync>;

struct Stage {
    house: House,
    signs: String,
    /// URL of the source.
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    tokens: Arc<AtomicU32>,
}

/// Ines may read Adatum's sign-ins, which come from a source that behaves so.
async fn stage(behave: impl Fn(usize, &Seen) -> Response<Body> + Send + Sync + 'static) -> Stage {
    staged(Org::Adatum, MARTA, PAYROLL, behave).await
}

async fn staged(
    org: Org,
    who: Somebody,
    title: &str,
    behave: impl Fn(usize, &Seen) -> Response<Body> + Send + Sync + 'static,
) -> Stage {
    let (url, seen) = fake(Box::new(behave)).await;
    let (token_url, tokens) = token_endpoint(TOKEN).await;
    let house = House::new().await;
    let live = source(&house, org, &format!("{url}/v1.0"), &token_url, SECRET, &[SIGN_INS]);
    let house = house.reading(live);
    let case = house.case(who, title).await;
    let signs = format!("{}/{SIGN_INS}", house.base(&case, org));
    Stage { house, signs, url, seen, tokens }
}

async fn fake(behave: Behaviour) -> (String, Arc<Mutex<Vec<Seen>>>) {
    let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let (behave, noted) = (Arc::new(behave), Arc::clone(&seen));
    let answer = move |request: Request<Body>| {
        let target = request.uri().to_string();
        let asked = Seen { target, headers: request.headers().clone() };
        let mut noted = noted.lock().unwrap();
        let answer = behave(noted.len(), &asked);
        noted.push(asked);
        std::future::ready(answer)
    };
    (listen(Router::new().fallback(answer)).await, seen)
}

impl Stage {
    fn asked(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// Reads, and looks that nothing leaked.
    async fn read(&self, options: &[(&str, &str)]) -> Reply {
        let reply = self.house.send(INES, Ask::get(&self.signs).query(options)).await;
        let headers = format!("{:?}", reply.headers);
        for secret in [MARK, TOKEN, SECRET, self.url.trim_start_matches("http://")] {
            assert!(
                !reply.text().contains(secret) && !headers.contains(secret),
                "{secret}: {}",
                reply.text()
            );
        }
        reply
    }
}

fn answer(status: u16, body: impl Into<Body>) -> Response<Body> {
    Response::builder().status(status).body(body.into()).unwrap()
}

fn page(objects: &[Value], next: Option<&str>) -> Response<Body> {
    let mut page = json!({ "@odata.context": MARK, "value": objects });
    if let Some(next) = next {
        page["@odata.nextLink"] = json!(next);
    }
    answer(200, page.to_string())
}

fn sign_in(number: u32, at: &str, error_code: i64) -> Value {
    json!({
        "id": format!("018bcfe5-6800-4777-b078-{number:012}"),
        "createdDateTime": at,
        "userPrincipalName": format!("{MARK}@adatum.example"),
        "userId": "5f0a1c1e-7d64-4c9a-9a51-3f6f3b1f2a10",
        "appDisplayName": "Payroll",
        "status": { "errorCode": error_code },
        MARK: MARK,
    })
}

const AT: &str = "2026-05-01T09:00:00Z";

fn ok_page() -> Response<Body> {
    page(&[sign_in(1, AT, 0)], None)
}

fn count(reply: &Reply) -> usize {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["value"].as_array().unwrap().len()
}

/// Makes a wrong answer.
type Fault = fn() -> Response<Body>;

/// A page with one object, of which a member is something else.
fn changed(member: &str, value: Value) -> Response<Body> {
    let mut object = sign_in(1, AT, 0);
    object[member] = value;
    page(&[object], None)
}

#[tokio::test]
async fn answers_that_are_none_are_the_sources_failure() {
    let faults: [(&str, Fault); 12] = [
        ("no JSON", || answer(200, format!("<html>{MARK}"))),
        ("an envelope without value", || answer(200, json!({ "values": [MARK] }).to_string())),
        ("a value that is no list", || answer(200, json!({ "value": MARK }).to_string())),
        ("no object", || page(&[json!(MARK)], None)),
        ("no id", || changed("id", json!(null))),
        ("no time", || changed("createdDateTime", json!(MARK))),
        ("another type", || changed("status", json!({ "errorCode": MARK }))),
        ("no UTF-8", || answer(200, b"{\"value\":[\"\xff\"]}".to_vec())),
        ("a redirect", || {
            let mut away = answer(302, MARK);
            away.headers_mut().insert(header::LOCATION, "https://evil.example/".parse().unwrap());
            away
        }),
        ("a fault of its own", || answer(500, MARK)),
        ("a refusal of our rights", || answer(403, MARK)),
        ("a list that is not there", || answer(404, MARK)),
    ];
    let stage = stage(move |number, _| (faults[number].1)()).await;
    for (number, (name, _)) in faults.iter().enumerate() {
        let reply = stage.read(&[]).await;
        assert_eq!(reply.verdict(), "503 unavailable", "{name}: {}", reply.text());
        assert_eq!((stage.asked(), reply.header("retry-after")), (number + 1, Some("2")), "{name}");
    }
}

#[tokio::test]
async fn a_source_that_ignores_filters_shows_nothing_more() {
    let behave = |_: usize, _: &Seen| {
        page(&[sign_in(1, AT, 50126), sign_in(2, AT, 0), sign_in(3, AT, 50126), sign_in(4, AT, 0)], None)
    };
    let stage = stage(behave).await;
    for (filter, expected) in [
        ("status/errorCode eq 50126", 2),
        ("status/errorCode ne 50126", 2),
        ("status/errorCode eq 1", 0),
        ("userPrincipalName eq 'somebody@adatum.example'", 0),
        ("createdDateTime lt 2026-05-01T09:00:00Z", 0),
    ] {
        assert_eq!(count(&stage.read(&[("$filter", filter)]).await), expected, "{filter}");
    }
    let one = format!("{}/018bcfe5-6800-4777-b078-000000000009", stage.signs);
    let reply = stage.house.send(INES, Ask::get(one)).await;
    assert_ne!(reply.status, 200, "a list is no object: {}", reply.text());
}

#[tokio::test]
async fn nothing_outside_of_the_grants_range_is_shown_and_the_range_is_asked_for() {
    let hidden = Arc::new(Mutex::new(Vec::new()));
    let shown = Arc::clone(&hidden);
    let behave = move |_: usize, _: &Seen| page(&shown.lock().unwrap(), None);
    let stage = staged(Org::Fabrikam, ALEX, PORTAL, behave).await;
    let house = &stage.house;
    let requests = house.list(ALEX, "/v1.0/support/accessRequests").await;
    let pending = requests.iter().find(|request| request["status"] == "pending").unwrap();
    let approve = format!("/v1.0/support/accessRequests/{}/approve", text(&pending["id"]));
    house.ok(ALEX, Ask::post(approve, &json!({}))).await;
    let case = house.case(ALEX, PORTAL).await;
    let grant = house.grant_of(INES, &case).await;
    let grant = house.ok(INES, Ask::get(format!("/v1.0/support/grants/{grant}"))).await;
    let from: Timestamp = text(&grant["filter"]["dataFrom"]).parse().unwrap();
    let (inside, outside) = (from + Duration::minutes(1), from - Duration::minutes(1));
    *hidden.lock().unwrap() = vec![
        sign_in(1, &inside.to_string(), 0),
        sign_in(2, &from.to_string(), 0),
        sign_in(3, &outside.to_string(), 0),
    ];
    assert_eq!(count(&stage.read(&[]).await), 2);
    let asked = stage.seen.lock().unwrap()[0].target.clone();
    assert!(asked.contains("$filter=createdDateTime%20ge%20"), "{asked}");
    assert_eq!(count(&stage.read(&[("$filter", "createdDateTime lt 2100-01-01T00:00:00Z")]).await), 2);
}

#[tokio::test]
async fn a_member_that_stands_twice_cannot_show_what_was_not_looked_at() {
    let twice = |_: usize, _: &Seen| {
        let object = sign_in(1, AT, 0).to_string();
        let object = object.replacen('{', r#"{"appDisplayName":"Treasury","#, 1);
        answer(200, format!(r#"{{"value":[{object}]}}"#))
    };
    let stage = stage(twice).await;
    let seen = stage.read(&[("$filter", "appDisplayName eq 'Payroll'")]).await;
    assert_eq!(count(&seen), 1);
    assert!(!seen.text().contains("Treasury"), "{}", seen.text());
}

#[tokio::test]
async fn links_that_lead_away_are_not_followed_and_endless_ones_end() {
    let (elsewhere, foreign) = fake(Box::new(|_, _| ok_page())).await;
    let away = format!("{elsewhere}/v1.0/auditLogs/signIns?$skiptoken=1");
    let stage_of_foreign = stage(move |_, _| page(&[sign_in(1, AT, 0)], Some(&away))).await;
    assert_eq!(stage_of_foreign.read(&[]).await.verdict(), "503 unavailable");
    assert_eq!(foreign.lock().unwrap().len(), 0, "the token stays with its source");

    let endless = stage(|number, _| {
        page(&[sign_in(1, AT, 0)], Some(&format!("/v1.0/auditLogs/signIns?$skiptoken={number}")))
    })
    .await;
    let reply = endless.read(&[("$filter", "status/errorCode eq 1")]).await;
    assert_eq!((reply.verdict().as_str(), endless.asked()), ("400 tooCostly", 20));
    // What there is comes page by page; how far one read goes is limited.
    let reply = endless.read(&[]).await;
    assert_eq!((count(&reply), endless.asked()), (20, 40));
    assert!(reply.json()["@odata.nextLink"].is_string());

    let circle = stage(|_, _| page(&[], Some("/v1.0/auditLogs/signIns?$skiptoken=1"))).await;
    assert_eq!(circle.read(&[]).await.verdict(), "503 unavailable");
    assert_eq!(circle.asked(), 2);
}

#[tokio::test]
async fn a_page_that_is_larger_than_asked_for_is_shown_piece_by_piece() {
    let many: Vec<Value> = (0..25).map(|number| sign_in(number, AT, 0)).collect();
    let newer: Vec<Value> = std::iter::once(sign_in(99, AT, 0)).chain(many.clone()).collect();
    let gone: Vec<Value> = many[20..].to_vec();
    let stage = stage(move |number, _| {
        page(
            if number == 0 {
                &many
            } else if number == 3 {
                &gone
            } else {
                &newer
            },
            None,
        )
    })
    .await;
    let mut sizes = Vec::new();
    let first = stage.read(&[("$top", "10")]).await;
    sizes.push(count(&first));
    let link = |reply: &Reply| {
        let link = reply.json()["@odata.nextLink"].as_str().map(str::to_owned);
        link.map(|link| link.replace(&format!("http://{HOST}"), ""))
    };
    let second = link(&first).unwrap();
    let reply = stage.house.send(INES, Ask::get(&second)).await;
    sizes.push(count(&reply));
    let reply = stage.house.send(INES, Ask::get(link(&reply).unwrap())).await;
    sizes.push(count(&reply));
    assert_eq!(
        (sizes, link(&reply)),
        (vec![10, 10, 5], None),
        "what came meanwhile neither repeats nor hides"
    );
    let problem = stage.house.refused(INES, Ask::get(&second), "400 invalidRequest").await;
    assert_eq!(problem["errors"][0]["parameter"], "$skiptoken");
}

#[tokio::test]
async fn a_source_that_does_not_know_a_filter_is_asked_for_more() {
    let behave = |_: usize, seen: &Seen| {
        if seen.target.contains("errorCode") {
            answer(400, MARK)
        } else {
            page(&[sign_in(1, AT, 50126), sign_in(2, AT, 0)], None)
        }
    };
    let narrow = stage(behave).await;
    let filter = "status/errorCode eq 50126 and createdDateTime ge 2026-01-01T00:00:00Z";
    assert_eq!(count(&narrow.read(&[("$filter", filter)]).await), 1);
    let stubborn = stage(|_, _| answer(400, MARK)).await;
    let reply = stubborn.read(&[("$filter", filter)]).await;
    assert_eq!(reply.verdict(), "400 invalidRequest");
    assert!(reply.text().contains("refuses this query"), "{}", reply.text());
}

#[tokio::test]
async fn retry_after_is_obeyed_within_the_readers_patience_and_by_everybody() {
    let stage_of_busy = stage(|number, _| {
        let mut busy = answer(429, MARK);
        busy.headers_mut().insert(header::RETRY_AFTER, "1".parse().unwrap());
        if number == 0 { busy } else { ok_page() }
    })
    .await;
    assert_eq!((count(&stage_of_busy.read(&[]).await), stage_of_busy.asked()), (1, 2));

    let closed = stage(|_, _| {
        let mut closed = answer(503, MARK);
        closed.headers_mut().insert(header::RETRY_AFTER, "120".parse().unwrap());
        closed
    })
    .await;
    for _ in 0..3 {
        let reply = closed.read(&[]).await;
        assert_eq!(reply.verdict(), "503 unavailable");
        let after: u32 = reply.header("retry-after").unwrap().parse().unwrap();
        assert!((100..=120).contains(&after), "{after}");
    }
    assert_eq!(closed.asked(), 1, "nobody asks while it wants to be left alone");
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let once = stage(|number, _| if number == 0 { answer(401, MARK) } else { ok_page() }).await;
    assert_eq!(count(&once.read(&[]).await), 1);
    assert_eq!((once.asked(), once.tokens.load(Ordering::SeqCst)), (2, 2));
    let header = once.seen.lock().unwrap()[1].headers[header::AUTHORIZATION].clone();
    assert_eq!(header, format!("Bearer {TOKEN}"));
    let never = stage(|_, _| answer(401, MARK)).await;
    let reply = never.read(&[]).await;
    assert_eq!((reply.verdict().as_str(), never.asked()), ("503 unavailable", 2));
    assert!(reply.text().contains("credentials"), "{}", reply.text());
}

#[tokio::test]
async fn answers_without_end_are_cut_off() {
    let huge = stage(|_, _| answer(200, format!(r#"{{"value":["{}"]}}"#, MARK.repeat(2_000_000)))).await;
    let reply = huge.read(&[]).await;
    assert_eq!(reply.verdict(), "503 unavailable");
    assert!(reply.text().contains("cannot be used"), "{}", reply.text());
    let crowded = stage(|_, _| {
        let many: Vec<Value> = (0..5_001).map(|number| sign_in(number, AT, 0)).collect();
        page(&many, None)
    })
    .await;
    assert_eq!(crowded.read(&[]).await.verdict(), "503 unavailable");
}

#[tokio::test]
async fn a_source_that_never_answers_does_not_hold_its_readers() {
    // It takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let (token_url, _) = token_endpoint(TOKEN).await;
    let house = House::new().await;
    let live = source(&house, Org::Adatum, &format!("{url}/v1.0"), &token_url, SECRET, &[SIGN_INS]);
    let house = house.reading(live.with_patience(std::time::Duration::from_millis(50)));
    let case = house.case(MARTA, PAYROLL).await;
    let signs = format!("{}/{SIGN_INS}", house.base(&case, Org::Adatum));
    house.refused(INES, Ask::get(&signs), "503 unavailable").await;
    drop(silent);
}
