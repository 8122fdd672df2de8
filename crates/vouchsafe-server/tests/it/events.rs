//! What changed, told as it happens: each side hears of what it may see, and misses nothing.

use std::time::Duration;

use axum::body::Body;
use http::{Request, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::house::*;

const EVENTS: &str = "/v1.0/events";
/// Longer than a stream takes to tell what has changed.
const SOON: Duration = Duration::from_secs(5);

/// A stream that somebody has open.
struct Listening(Body, String);

/// One event: its name, its id and what it tells.
#[derive(Debug, Clone, PartialEq)]
struct Heard {
    name: String,
    id: String,
    told: Value,
}

impl Listening {
    async fn new(house: &House, who: Somebody) -> Self {
        Self(house.begin(who, EVENTS).await, String::new())
    }

    async fn after(house: &House, who: Somebody, last: &str) -> Self {
        let request = Request::get(EVENTS)
            .header(header::HOST, HOST)
            .header(header::AUTHORIZATION, format!("Bearer {}", house.token(who)))
            .header("last-event-id", last);
        let answer = house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
        Self(answer.into_body(), String::new())
    }

    /// The next event; none if nothing more comes for a while, or ever.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            while let Some((block, rest)) = self.1.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.1 = rest;
                let field = |name: &str| {
                    block
                        .lines()
                        .find_map(|line| line.strip_prefix(name))
                        .map(|value| value.trim().to_owned())
                };
                if let (Some(name), Some(data)) = (field("event:"), field("data:")) {
                    let told = serde_json::from_str(&data).unwrap();
                    return Some(Heard { name, id: field("id:").unwrap_or_default(), told });
                }
            }
            let frame = tokio::time::timeout(SOON, self.0.frame()).await.ok()??.unwrap();
            self.1.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }

    /// Everything that comes until nothing more does: what changed, in order.
    async fn all(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Some(next) = self.next().await {
            heard.push(next);
        }
        heard
    }
}

fn resources(heard: &[Heard]) -> Vec<&str> {
    heard.iter().map(|heard| heard.told["resource"].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn each_side_hears_of_what_it_may_see_and_of_nothing_else() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let mut streams = Vec::new();
    for who in [YUKI, INES, TOMAS, PRIYA, BEN] {
        streams.push(Listening::new(&house, who).await);
    }
    let ask = json!({
        "resourceTenantId": house.tenant(Org::Adatum), "dataCategories": ["signInLogs"],
        "reasonCode": "troubleshooting", "justification": "The sign-in log should show which policy refuses them.",
    });
    let path = format!("/v1.0/support/requests/{case}/accessRequests");
    let request = text(&house.ok(INES, Ask::post(path, &ask)).await["id"]);
    house.ok(YUKI, Ask::post(format!("/v1.0/support/accessRequests/{request}/approve"), &json!({}))).await;
    let mut heard = Vec::new();
    for stream in &mut streams {
        heard.push(stream.all().await);
    }
    let (customer, engineer) = (&heard[0], &heard[1]);
    let address = format!("/v1.0/support/accessRequests/{request}");
    // The customer hears what happened, in the words of its log; each event is one entry.
    let named: Vec<&str> =
        customer.iter().map(|heard| heard.told["activityDisplayName"].as_str().unwrap()).collect();
    assert!(named.len() >= 2 && customer.iter().all(|heard| heard.name == "change"), "{customer:?}");
    let log = house.list(YUKI, "/v1.0/auditLogs/directoryAudits").await;
    for name in &named {
        assert!(log.iter().any(|entry| entry["activityDisplayName"] == **name), "{name}");
    }
    assert!(resources(customer).contains(&address.as_str()), "{customer:?}");
    // The engineer hears what changed, not what happened.
    assert!(resources(engineer).contains(&address.as_str()), "{engineer:?}");
    assert!(
        engineer.iter().all(|heard| heard.told["activityDisplayName"].as_str().unwrap().ends_with("Changed"))
    );
    // Another engineer, another customer and somebody without a role hear nothing.
    for nothing in &heard[2..] {
        assert_eq!(nothing, &[], "hears of what it may not see");
    }
    // Whoever comes back behind the first event hears the rest again, with the same ids.
    let mut again = Listening::after(&house, YUKI, &customer[0].id).await;
    let rest = again.all().await;
    assert!(customer[1..].iter().all(|heard| rest.contains(heard)), "{rest:?}");
}

#[tokio::test]
async fn who_was_away_too_long_is_told_to_load_anew_and_a_wrong_place_is_refused() {
    let house = House::new().await;
    let long_ago = "obx_018bcfe568007707870707070707070a";
    let first = Listening::after(&house, YUKI, long_ago).await.next().await.unwrap();
    assert_eq!((first.name.as_str(), &first.told), ("reload", &json!({})));
    for wrong in ["", "7", "sr_018bcfe568007707870707070707070a", "obx_"] {
        let ask = Ask::get(EVENTS).with("last-event-id", wrong);
        let refused = house.refused(YUKI, ask, "400 invalidRequest").await;
        assert_eq!(refused["errors"][0]["parameter"], "Last-Event-ID");
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_account_and_an_account_has_no_more_than_ten() {
    let house = House::new().await;
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(Listening::new(&house, YUKI).await);
    }
    let refused = house.send(YUKI, Ask::get(EVENTS)).await;
    assert_eq!(refused.verdict(), "429 tooManyRequests");
    assert!(refused.header("retry-after").is_some());
    drop(open.split_off(5));
    open.push(Listening::new(&house, YUKI).await);
    // Who is disabled hears nothing more.
    let path = format!("/v1.0/users/{}", house.who("Noor Aziz", Org::Adatum).user);
    let mut noor = Listening::new(&house, NOOR).await;
    house.ok(YUKI, Ask::patch(path, &json!({ "accountEnabled": false }))).await;
    let ended = tokio::time::timeout(SOON, async { while noor.0.frame().await.is_some() {} }).await;
    assert!(ended.is_ok(), "the stream of a disabled account goes on");
}
