//! Callers who begin and do not go on: they hold nothing for long, and nothing of others at all.

use axum::body::{Body, Bytes};
use futures_util::StreamExt as _;
use http::{Method, Request, header};
use serde_json::json;

use crate::house::*;

/// More than a tenant has places.
const SLOW: usize = 34;

async fn collection(house: &House, engineer: Somebody, case: &str, org: Org) -> String {
    let ask = json!({
        "tenantId": house.tenant(org), "dataCategories": ["signInLogs"],
        "instructions": "Please export the sign-ins.",
    });
    let path = format!("/v1.0/support/requests/{case}/dataCollections");
    text(&house.ok(engineer, Ask::post(path, &ask)).await["id"])
}

/// A request whose body begins and never goes on.
fn begun(house: &House, who: Somebody, method: Method, path: String) -> Request<Body> {
    let first = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"value\":["))]);
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, HOST)
        .header(header::AUTHORIZATION, format!("Bearer {}", house.token(who)))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from_stream(first.chain(futures_util::stream::pending())))
        .unwrap()
}

fn put(collection: &str, name: &str) -> Ask {
    let path = format!("/v1.0/support/dataCollections/{collection}/files/{name}");
    Ask::new(Method::PUT, path).raw("application/json", "[]")
}

#[tokio::test]
async fn slow_uploads_of_one_organisation_do_not_stop_those_of_others() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let theirs = collection(&house, INES, &case, Org::Adatum).await;
    let case = house.case(ALEX, PORTAL).await;
    let engineer = house.engineer_of(ALEX, &case).await;
    let ours = collection(&house, engineer, &case, Org::Contoso).await;
    let slow = async |n: usize| {
        let path = format!("/v1.0/support/dataCollections/{theirs}/files/slow{n}.json");
        house.exchange(begun(&house, YUKI, Method::PUT, path)).await.status
    };
    let mut slow: futures_util::stream::FuturesUnordered<_> = (0..SLOW).map(slow).collect();
    // Those beyond its places are told so; the others wait for what does not come.
    let refused = slow.by_ref().take(SLOW - 8).collect::<Vec<_>>().await;
    assert_eq!(refused, [429; SLOW - 8]);
    house.refused(YUKI, put(&theirs, "more.json"), "429 tooManyRequests").await;
    house.ok(ALEX, put(&ours, "ours.json")).await;
    // Who hangs up gives the places back.
    drop(slow);
    house.ok(YUKI, put(&theirs, "more.json")).await;
}

#[tokio::test]
async fn a_body_that_does_not_go_on_is_given_up() {
    let house = House::new().await.impatient();
    let case = house.case(MARTA, PAYROLL).await;
    let id = collection(&house, INES, &case, Org::Adatum).await;
    let file = format!("/v1.0/support/dataCollections/{id}/files/slow.json");
    for _ in 0..2 * 8 {
        let reply = house.exchange(begun(&house, YUKI, Method::PUT, file.clone())).await;
        assert_eq!(reply.verdict(), "408 requestTimeout", "{}", reply.text());
        assert!(text(&reply.json()["detail"]).contains("goes on at byte 0"), "{}", reply.text());
    }
    house.ok(YUKI, put(&id, "slow.json")).await;
    // Bodies of other acts, and of people who have not signed in.
    let submit = format!("/v1.0/support/dataCollections/{id}/submit");
    let reply = house.exchange(begun(&house, YUKI, Method::POST, submit)).await;
    assert_eq!(reply.verdict(), "408 requestTimeout", "{}", reply.text());
    let form = begun(&house, YUKI, Method::POST, "/passkeys/sign-in/options".to_owned());
    assert_eq!(house.exchange(form).await.status, 408);
}
