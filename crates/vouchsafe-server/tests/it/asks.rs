//! Requests for access: nobody is buried in them, and one that passed to the next engineer is no longer the former one's.

use serde_json::{Value, json};
use vouchsafe_core::access_request::{ASKED_MAX, ASKED_WITHIN, PENDING_MAX};

use crate::house::*;

fn asking(house: &House) -> Value {
    json!({
        "resourceTenantId": house.tenant(Org::Adatum), "dataCategories": ["signInLogs"], "reasonCode": "troubleshooting",
        "justification": "The sign-in log should show which policy refuses them.",
    })
}

async fn pending(house: &House, case: &str) -> Vec<String> {
    let requests = house.list(YUKI, "/v1.0/support/accessRequests").await;
    let waits = |request: &&Value| request["status"] == "pending" && request["supportRequestId"] == case;
    requests.iter().filter(waits).map(|request| text(&request["id"])).collect()
}

async fn reject(house: &House, id: &str) {
    house.ok(YUKI, Ask::post(format!("/v1.0/support/accessRequests/{id}/reject"), &json!({}))).await;
}

#[tokio::test]
async fn an_approver_is_not_buried_in_requests() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let path = format!("/v1.0/support/requests/{case}/accessRequests");
    let ask = || Ask::post(path.as_str(), &asking(&house));
    while pending(&house, &case).await.len() < PENDING_MAX {
        house.ok(INES, ask()).await;
    }
    let refused = house.send(INES, ask()).await;
    assert_eq!(refused.verdict(), "429 tooManyRequests");
    assert!(refused.text().contains("wait for a decision"), "{}", refused.text());
    assert_eq!(refused.header("retry-after"), Some("600"));
    assert_eq!(pending(&house, &case).await.len(), PENDING_MAX);
    // One that is decided makes room for one, until the hour is full.
    reject(&house, &pending(&house, &case).await[0]).await;
    let mut asked = 0;
    let refused = loop {
        let reply = house.send(INES, ask()).await;
        if reply.status != 201 {
            break reply;
        }
        asked += 1;
        assert!(asked <= ASKED_MAX, "nobody counts");
        reject(&house, &text(&reply.json()["id"])).await;
    };
    assert_eq!(refused.verdict(), "429 tooManyRequests");
    assert!(refused.text().contains("within an hour"), "{}", refused.text());
    assert!(asked >= ASKED_MAX - 2 * u64::try_from(PENDING_MAX).unwrap(), "{asked}");
    house.clock.advance(ASKED_WITHIN);
    house.ok(INES, ask()).await;
}

#[tokio::test]
async fn what_passed_to_the_next_engineer_is_no_more_the_former_ones() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let grant = house.grant_of(YUKI, &case).await;
    let seen = house.ok(YUKI, Ask::get(format!("/v1.0/support/grants/{grant}"))).await;
    let request = format!("/v1.0/support/accessRequests/{}", text(&seen["accessRequestId"]));
    assert_eq!(house.ok(INES, Ask::get(&request)).await["status"], "live");
    let next = house.who("Jonas Lindqvist", Org::Provider).user.to_string();
    let over = json!({ "engineerId": next, "reason": "Ines is away." });
    house.ok(RUTH, Ask::post(format!("/v1.0/support/requests/{case}/assign"), &over)).await;
    // Adatum lets access pass on. The one who has left the case neither sees nor ends it.
    let cancel = || Ask::post(format!("{request}/cancel"), &json!({}));
    house.refused(INES, Ask::get(&request), "404 notFound").await;
    house.refused(INES, cancel(), "404 notFound").await;
    let listed = house.list(INES, "/v1.0/support/accessRequests").await;
    assert!(listed.iter().all(|ask| ask["supportRequestId"] != case.as_str()), "{listed:?}");
    assert_eq!(house.ok(JONAS, Ask::get(&request)).await["status"], "live");
    house.ok(JONAS, cancel()).await;
    assert_eq!(house.ok(JONAS, Ask::get(&request)).await["status"], "ended");
}
