//! Who is let in: nobody without a token that is good now.

use serde_json::json;
use vouchsafe_app::{NewPerson, Who};
use vouchsafe_core::audit::Initiator;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::{SetUp, for_service};
use vouchsafe_core::person::{Person, PersonKind};
use vouchsafe_core::personal::Personal;
use vouchsafe_core::setup::{Account, add_user};
use vouchsafe_core::time::Duration;
use vouchsafe_signin::{Purpose, Secret};

use crate::house::*;
use crate::rows::*;

/// Routes that answer without a token. This list may only get shorter.
const OPEN: &[&str] = &["GET /healthz", "GET /readyz"];

#[tokio::test]
async fn every_route_asks_for_a_token() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let before = house.snapshot().await;
    for operation in house.contract.operations() {
        let row = Row::of(operation);
        let reply = house.raw(row.good(&stage)).await;
        if OPEN.contains(&row.operation) {
            assert_eq!(reply.status, 200, "{}", row.operation);
            continue;
        }
        assert_eq!(reply.verdict(), "401 unauthenticated", "{}", row.operation);
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{}", row.operation);
        // Nor does it say, without one, what an id looks like or whether a body is right.
        let ids = vec!["nothing".to_owned(); row.ids.len()];
        let nonsense = Ask { path: row.path(&ids), ..row.good(&stage) }.raw("text/plain", "nonsense");
        assert_eq!(house.raw(nonsense).await.verdict(), "401 unauthenticated", "{}", row.operation);
    }
    assert!(OPEN.iter().all(|open| rows().any(|row| row.operation == *open)), "a stale line in OPEN");
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn tokens_that_are_not_good_now_open_nothing() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let mut bad: Vec<(&str, String, &str)> = Vec::new();
    let good = house.token(YUKI).to_owned();
    let adatum = house.tenant(Org::Adatum);
    for (what, token) in [
        ("garbage", "garbage".to_owned()),
        ("empty", String::new()),
        ("no prefix", good.trim_start_matches("vst_").to_owned()),
        ("cut off", good[..good.len() - 2].to_owned()),
        ("longer", format!("{good}AAAA")),
        ("of nobody", Secret::new(Purpose::ApiToken, adatum, [7; 32]).expose()),
        ("of a session", Secret::new(Purpose::Session, adatum, [7; 32]).expose()),
        ("of a tenant that is not", Secret::new(Purpose::ApiToken, foreign(), [7; 32]).expose()),
        ("two", format!("{good} {good}")),
    ] {
        bad.push((what, token, "401 unauthenticated"));
    }
    let yuki = house.who("Yuki Tanabe", Org::Adatum);
    let revoked = house.app.issue_token(yuki, Duration::days(1)).await.unwrap();
    house.app.revoke_token(&revoked).await.unwrap();
    bad.push(("revoked", revoked.expose(), "401 tokenRevoked"));
    let short = house.app.issue_token(yuki, Duration::minutes(5)).await.unwrap();
    house.clock.advance(Duration::minutes(5));
    bad.push(("expired", short.expose(), "401 tokenExpired"));
    bad.push(("of a disabled account", disabled(&house).await, "401 unauthenticated"));
    let before = house.snapshot().await;
    for row in rows().filter(|row| !OPEN.contains(&row.operation)) {
        for (what, token, verdict) in &bad {
            let reply = house.raw(row.good(&stage).bearer(token)).await;
            assert_eq!(reply.verdict(), *verdict, "{}: a token {what}: {}", row.operation, reply.text());
        }
    }
    for value in ["", "Bearer", "Basic eXVraTp5dWtp", good.as_str(), &format!("Token {good}")] {
        let reply = house.raw(Ask::get("/v1.0/me").with("authorization", value)).await;
        assert_eq!(reply.verdict(), "401 unauthenticated", "{value:.12}");
    }
    let lower = Ask::get("/v1.0/me").with("authorization", format!("bearer {good}"));
    assert_eq!(house.raw(lower).await.status, 200, "schemes have no case (RFC 9110 section 11.1)");
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn an_expired_or_revoked_token_says_so_in_the_challenge() {
    let house = House::new().await;
    let yuki = house.who("Yuki Tanabe", Org::Adatum);
    let revoked = house.app.issue_token(yuki, Duration::days(1)).await.unwrap();
    house.app.revoke_token(&revoked).await.unwrap();
    let reply = house.raw(Ask::get("/v1.0/me").bearer(&revoked.expose())).await;
    assert_eq!(reply.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
}

fn foreign() -> TenantId {
    "0b0e7c6e-35c9-4d3f-9a52-0a8f5d3f6b11".parse().unwrap()
}

/// The token of an account that may do everything but is disabled.
async fn disabled(house: &House) -> String {
    let tenant = house.tenant(Org::Adatum);
    let new = NewPerson {
        tenant,
        display_name: "Vera Blom".to_owned(),
        user_principal_name: "vera.blom@adatum.example".to_owned(),
        kind: PersonKind::User,
        roles: vec!["Global Administrator".to_owned()],
        employer: String::new(),
        location: String::new(),
        expertise: Vec::new(),
    };
    let user = house.app.add_person(new).await.unwrap();
    let token = house.app.issue_token(Who::of(tenant, user), Duration::days(1)).await.unwrap().expose();
    assert_eq!(house.raw(Ask::get("/v1.0/me").bearer(&token)).await.status, 200);
    let mut work = house.app.store().work().await.unwrap();
    work.lock([tenant]).await.unwrap();
    let account = work.account(tenant, user).await.unwrap().unwrap();
    let person = Person { active: false, display_name: Personal::new(user, "Vera Blom"), ..account.person };
    let decided = add_user(Account { person, roles: account.roles }, &work.context(Initiator::Service));
    work.record(for_service::<SetUp>(work.id(), tenant), decided).await.unwrap();
    work.commit().await.unwrap();
    token
}

#[tokio::test]
async fn a_token_speaks_for_one_tenant_only() {
    let house = House::new().await;
    for (org, domain) in [(Org::Contoso, "contoso.example"), (Org::Fabrikam, "fabrikam.example")] {
        let alex = Somebody::Person("Alex Moreno", org);
        let me = house.ok(alex, Ask::get("/v1.0/me")).await;
        assert_eq!(me["tenantId"], json!(house.tenant(org)));
        let organization = house.ok(alex, Ask::get("/v1.0/organization")).await;
        assert_eq!(organization["value"][0]["verifiedDomains"][0]["name"], domain);
        assert_eq!(organization["value"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn the_tokens_of_an_account_that_was_disabled_stay_ended_when_it_is_enabled_again() {
    let house = House::new().await;
    let me = || Ask::get("/v1.0/me");
    for (who, path) in [
        (MARTA, format!("/v1.0/users/{}", house.who("Marta Kowal", Org::Adatum).user)),
        (INES, format!("/v1.0/support/engineers/{}", house.who("Ines Okafor", Org::Provider).user)),
    ] {
        let by = if who == MARTA { YUKI } else { DMITRI };
        house.ok(who, me()).await;
        for enabled in [false, true] {
            house.ok(by, Ask::patch(path.as_str(), &json!({ "accountEnabled": enabled }))).await;
            house.refused(who, me(), "401 tokenRevoked").await;
        }
    }
    // What belongs to others goes on.
    house.ok(NOOR, me()).await;
}
