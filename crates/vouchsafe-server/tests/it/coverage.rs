//! Every mutating route leaves an entry in the right tenant's log, and in no other's than it should.

use crate::house::*;
use crate::rows::*;

#[tokio::test]
async fn every_mutating_route_writes_to_the_log_of_its_tenant_and_no_other() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let orgs = [Org::Provider, Org::Contoso, Org::Fabrikam, Org::Adatum];
    for operation in house.contract.operations().iter().filter(|operation| operation.mutates()) {
        let row = Row::of(operation);
        let before = house.log_sizes().await;
        let reply = house.send(row.by, row.good(&stage)).await;
        assert_eq!(reply.verdict(), row.answers, "{}: {}", row.operation, reply.text());
        let after = house.log_sizes().await;
        for (org, (before, after)) in orgs.iter().zip(before.iter().zip(&after)) {
            let expected = row.logs.contains(org);
            assert_eq!(after > before, expected, "{} and the log of {org:?}", row.operation);
        }
        assert!(!row.logs.is_empty(), "{}", row.operation);
    }
}

#[tokio::test]
async fn looking_at_what_is_ones_own_leaves_no_entry_and_reading_for_a_case_or_ahead_does() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    for operation in house.contract.operations().iter().filter(|operation| !operation.mutates()) {
        let row = Row::of(operation);
        let before = house.log_size(house.tenant(Org::Adatum)).await;
        let reply = house.send(row.by, row.good(&stage)).await;
        assert_eq!(reply.verdict(), row.answers, "{}: {}", row.operation, reply.text());
        let told = row.template().starts_with("/diagnostics/")
            || row.template().ends_with("/preview")
            || row.template().contains("/files/{name}");
        let after = house.log_size(house.tenant(Org::Adatum)).await;
        assert_eq!(after, before + u64::from(told), "{}", row.operation);
    }
}

#[tokio::test]
async fn a_cross_tenant_approval_is_in_the_logs_of_both_and_the_provider_keeps_none_of_it() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let before = house.log_sizes().await;
    let path = format!("/v1.0/support/accessRequests/{}/approve", stage.id("contosoRequest"));
    house.ok(ALEX, Ask::post(path, &serde_json::json!({}))).await;
    let after = house.log_sizes().await;
    assert_eq!(after[Org::Provider as usize], before[Org::Provider as usize]);
    assert_eq!(after[Org::Adatum as usize], before[Org::Adatum as usize]);
    assert!(after[Org::Contoso as usize] > before[Org::Contoso as usize]);
    assert!(after[Org::Fabrikam as usize] > before[Org::Fabrikam as usize]);
}
