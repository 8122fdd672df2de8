//! What is tried at the sign-in with identity providers: by an issuer, by somebody in between, by a page elsewhere, by a
//! tenant. Each attack is a test.

use serde_json::{Value, json};
use vouchsafe_core::time::Duration;
use vouchsafe_server::issuers::network::Networks;
use vouchsafe_store::edge::Clock as _;

use crate::house::*;
use crate::issuer::{Issuer, Signing, Trouble};
use crate::oidc::{PROVIDERS, Provider, Site, session_of};

/// Nobody was let in, and nothing was told of why.
fn kept_out(reply: &Reply, status: u16, what: &str) {
    assert_eq!((reply.status, session_of(reply)), (status, None), "{what}: {}", reply.text());
    for inside in ["127.0.0.1", "reqwest", "stack trace", "nonce", "signature", "kid", "invalid_", "claim"] {
        assert!(!reply.text().contains(inside), "{what} tells of {inside}: {}", reply.text());
    }
}

async fn set() -> (House, Issuer) {
    (House::new().await, Issuer::new().await)
}

#[tokio::test]
async fn a_token_that_is_signed_otherwise_lets_nobody_in() {
    let (house, issuer) = set().await;
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    for signing in [Signing::None, Signing::Hs256, Signing::Foreign] {
        issuer.signs(signing);
        let reply = site.comes(&issuer, &provider, "Yuki Tanabe", json!({})).await;
        kept_out(&reply, 503, &format!("{signing:?}"));
    }
    issuer.signs(Signing::Rs256);
    site.let_in(&issuer, &provider, "Yuki Tanabe", json!({})).await;
}

#[tokio::test]
async fn a_token_that_says_something_else_lets_nobody_in() {
    let (house, issuer) = set().await;
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    let now = house.clock.now().as_millis() / 1_000;
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(format!("{}/", issuer.url))),
        ("iss", Value::Null),
        ("aud", json!("another client")),
        ("aud", json!(["vouchsafe", "another client"])),
        ("aud", Value::Null),
        ("azp", json!("another client")),
        ("nonce", json!("of another sign-in")),
        ("nonce", Value::Null),
        ("exp", json!(now - 3_600)),
        ("exp", Value::Null),
        ("iat", json!(now - 3_600)),
        ("iat", json!(now + 3_600)),
        ("nbf", json!(now + 3_600)),
        ("sub", Value::Null),
        ("sub", json!("")),
    ] {
        let changed = json!({ name: value });
        let reply = site.comes(&issuer, &provider, "Yuki Tanabe", changed.clone()).await;
        kept_out(&reply, 503, &changed.to_string());
    }
    site.let_in(&issuer, &provider, "Yuki Tanabe", json!({})).await;
}

#[tokio::test]
async fn an_answer_counts_once_and_only_in_the_browser_that_asked() {
    let (house, issuer) = set().await;
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    let let_in = |away: &crate::oidc::Away, code: &str| {
        issuer.lets_in(code, &away.asked, site.claims(&issuer, "Yuki Tanabe", &away.asked["nonce"]));
    };
    // Replayed, whole.
    let away = site.begin(&provider, "").await;
    let_in(&away, "first");
    assert_eq!(site.back(&provider, &away, "first").await.status, 303);
    let_in(&away, "first");
    kept_out(&site.back(&provider, &away, "first").await, 400, "the same answer again");
    assert_eq!(issuer.asked_for("token"), 1, "the code of an answer that was used goes nowhere");
    // The code again, in a sign-in of its own: the verifier is another.
    let (victim, thief) = (site.begin(&provider, "").await, site.begin(&provider, "").await);
    let_in(&victim, "stolen");
    kept_out(&site.back(&provider, &thief, "stolen").await, 503, "a stolen code");
    // Forged: no cookie, another browser's cookie, another state, a cookie that was touched.
    let away = site.begin(&provider, "").await;
    let_in(&away, "code");
    let path = format!("{}/callback?state={}&code=code", provider.begin, away.asked["state"]);
    kept_out(&site.get(&path, "").await, 400, "no cookie");
    kept_out(&site.get(&path, &thief.cookie).await, 400, "another browser");
    let mut touched = away.cookie.clone();
    let last = if touched.pop() == Some('A') { 'B' } else { 'A' };
    touched.push(last);
    kept_out(&site.get(&path, &touched).await, 400, "a cookie that was touched");
    for query in ["", "?code=code", "?state=&code=code", "?state=x&code=code", "?error=access_denied"] {
        let reply = site.get(&format!("{}/callback{query}", provider.begin), &away.cookie).await;
        kept_out(&reply, 400, query);
    }
    let long = format!("{path}{}", "x".repeat(5_000));
    kept_out(&site.get(&long, &away.cookie).await, 400, "a code that is too long");
    // The person, or the issuer, says no; in time, and too late.
    let denied = format!("{}/callback?state={}&error=access_denied", provider.begin, away.asked["state"]);
    kept_out(&site.get(&denied, &away.cookie).await, 403, "no");
    house.clock.advance(Duration::minutes(10));
    kept_out(&site.back(&provider, &away, "code").await, 400, "too late");
}

#[tokio::test]
async fn an_answer_of_one_issuer_is_none_of_another() {
    let (house, honest) = set().await;
    let evil = Issuer::new().await;
    let site = Site::of(&house);
    let (good, bad) = (site.provider(&honest, json!({})).await, site.provider(&evil, json!({})).await);
    // Begun with one, ended with the other: each has an address and a cookie of its own.
    let away = site.begin(&bad, "").await;
    assert_ne!(away.asked["redirect_uri"], site.begin(&good, "").await.asked["redirect_uri"]);
    honest.lets_in("code", &away.asked, site.claims(&honest, "Yuki Tanabe", &away.asked["nonce"]));
    kept_out(&site.back(&good, &away, "code").await, 400, "at the other's address");
    kept_out(&site.back(&bad, &away, "code").await, 503, "a code of the honest one");
    // The issuer says which it is (RFC 9207).
    let away = site.begin(&good, "").await;
    honest.lets_in("code", &away.asked, site.claims(&honest, "Yuki Tanabe", &away.asked["nonce"]));
    let from = |issuer: &str| {
        format!("{}/callback?state={}&code=code&iss={issuer}", good.begin, away.asked["state"])
    };
    kept_out(&site.get(&from(&evil.url), &away.cookie).await, 400, "from the evil one");
    assert_eq!(site.get(&from(&honest.url), &away.cookie).await.status, 303);
    // One that always says so must.
    honest.says("authorization_response_iss_parameter_supported", json!(true));
    house.clock.advance(Duration::hours(1));
    let away = site.begin(&good, "").await;
    honest.lets_in("code", &away.asked, site.claims(&honest, "Yuki Tanabe", &away.asked["nonce"]));
    kept_out(&site.back(&good, &away, "code").await, 400, "nobody says from whom");
}

#[tokio::test]
async fn a_session_is_always_a_new_one_and_the_former_ends() {
    let (house, issuer) = set().await;
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    let planted = site.let_in(&issuer, &provider, "Noor Aziz", json!({})).await;
    let away = site.begin(&provider, "").await;
    issuer.lets_in("code", &away.asked, site.claims(&issuer, "Yuki Tanabe", &away.asked["nonce"]));
    let path = format!("{}/callback?state={}&code=code", provider.begin, away.asked["state"]);
    let reply = site.get(&path, &format!("{planted}; {}", away.cookie)).await;
    let begun = session_of(&reply).unwrap();
    assert_ne!(begun, planted);
    assert!(site.opens(&begun).await && !site.opens(&planted).await);
    let forgotten = reply.headers.get_all("set-cookie").iter().any(|line| {
        let line = line.to_str().unwrap();
        line.starts_with("__Host-vouchsafe_sign_in=;") && line.contains("Max-Age=0")
    });
    assert!(forgotten, "{:?}", reply.headers);
}

#[tokio::test]
async fn nobody_is_led_elsewhere_afterwards() {
    let (house, issuer) = set().await;
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    let led = async |wanted: &str| {
        let away = site.begin(&provider, &format!("?returnTo={wanted}")).await;
        issuer.lets_in("code", &away.asked, site.claims(&issuer, "Yuki Tanabe", &away.asked["nonce"]));
        site.back(&provider, &away, "code").await.header("location").unwrap().to_owned()
    };
    assert_eq!(led("/audit-log%3Fcategory%3Dx").await, "/audit-log?category=x");
    for wanted in [
        "https%3A%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "%2F%5Cevil.example",
        "%5C%5Cevil.example",
        "javascript%3Aalert(1)",
        "%2F%0D%0ASet-Cookie%3A%20x",
        "evil.example",
    ] {
        assert_eq!(led(wanted).await, "/", "{wanted}");
    }
}

#[tokio::test]
async fn new_keys_are_found_and_unknown_ones_make_nobody_call_out_again_and_again() {
    let (house, issuer) = set().await;
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    site.let_in(&issuer, &provider, "Yuki Tanabe", json!({})).await;
    issuer.rotate();
    site.let_in(&issuer, &provider, "Yuki Tanabe", json!({})).await;
    assert_eq!(issuer.asked_for("keys"), 2);
    // Once more within the minute: whoever comes with it waits for the minute's end.
    issuer.rotate();
    kept_out(&site.comes(&issuer, &provider, "Yuki Tanabe", json!({})).await, 503, "within the minute");
    assert_eq!(issuer.asked_for("keys"), 2);
    house.clock.advance(Duration::minutes(1));
    site.let_in(&issuer, &provider, "Yuki Tanabe", json!({})).await;
    assert_eq!(issuer.asked_for("keys"), 3);
    // Between the way out and the way back.
    house.clock.advance(Duration::minutes(1));
    let away = site.begin(&provider, "").await;
    issuer.rotate();
    issuer.lets_in("code", &away.asked, site.claims(&issuer, "Yuki Tanabe", &away.asked["nonce"]));
    assert_eq!(site.back(&provider, &away, "code").await.status, 303);
    // Anybody may send logout tokens with keys that nobody has.
    let logout = format!("{}/logout", provider.begin);
    issuer.rotate();
    let token = issuer.token_of("logout+jwt", &json!({}));
    for _ in 0..5 {
        assert_eq!(site.post(&logout, &format!("logout_token={token}")).await.status, 400);
    }
    assert_eq!(issuer.asked_for("keys"), 4);
}

#[tokio::test]
async fn an_issuer_in_trouble_is_a_clear_page_and_is_left_alone_for_a_moment() {
    let (house, issuer) = set().await;
    let provider = Site::of(&house).provider(&issuer, json!({})).await;
    for what in ["document", "keys", "token"] {
        for trouble in [Trouble::Down, Trouble::Slow, Trouble::Huge, Trouble::Elsewhere, Trouble::NoJson] {
            // Another one, which remembers nothing yet.
            let site = Site::of(&house);
            issuer.has(what, Some(trouble));
            let told = format!("{what}: {trouble:?}");
            let reply = match what {
                "document" => site.get(&provider.begin, "").await,
                _ => site.comes(&issuer, &provider, "Yuki Tanabe", json!({})).await,
            };
            kept_out(&reply, 503, &told);
            assert!(
                reply.text().contains("identity provider") && reply.header("retry-after").is_some(),
                "{told}"
            );
            if what == "document" && trouble != Trouble::NoJson {
                let before = issuer.asked_for("document");
                kept_out(&site.get(&provider.begin, "").await, 503, &told);
                assert_eq!(issuer.asked_for("document"), before, "{told}: it is left alone");
            }
            issuer.has(what, None);
            house.clock.advance(Duration::minutes(1));
            site.let_in(&issuer, &provider, "Yuki Tanabe", json!({})).await;
        }
    }
}

#[tokio::test]
async fn a_document_that_leads_elsewhere_is_not_followed() {
    let (house, issuer) = set().await;
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    let good = issuer.url.clone();
    for (member, wrong, right) in [
        ("issuer", json!("https://evil.example"), json!(good)),
        ("authorization_endpoint", json!("javascript:alert(1)"), json!(format!("{good}/authorize"))),
        ("token_endpoint", json!("http://evil.example/token"), json!(format!("{good}/token"))),
        ("jwks_uri", json!("file:///etc/passwd"), json!(format!("{good}/keys"))),
    ] {
        issuer.says(member, wrong);
        kept_out(&site.get(&provider.begin, "").await, 503, member);
        issuer.says(member, right);
    }
    assert_eq!(site.get(&provider.begin, "").await.status, 303);
}

#[tokio::test]
async fn a_tenant_makes_the_service_ask_no_machine_of_its_own_house() {
    let (house, issuer) = set().await;
    let site = Site::asking(&house, Networks::default());
    let provider = site.provider(&issuer, json!({})).await;
    kept_out(&site.get(&provider.begin, "").await, 503, "loopback by its number");
    // By a name that means this machine.
    let named = issuer.url.replace("127.0.0.1", "localhost");
    issuer.says("issuer", json!(named));
    let body = json!({ "displayName": "Named", "issuer": named, "clientId": "vouchsafe" });
    let made = house.ok(YUKI, Ask::post(PROVIDERS, &body)).await;
    let begin = format!("/sign-in/with/{}/{}", house.tenant(Org::Adatum), text(&made["id"]));
    kept_out(&site.get(&begin, "").await, 503, "loopback by its name");
    assert_eq!(issuer.asked_for("document"), 0, "nothing was sent");
    // What is no address of an issuer is not even written down.
    for issuer in [
        "http://10.0.0.1",
        "http://evil.example",
        "https://me:x@id.example",
        "https://id.example/?x",
        "file:///x",
    ] {
        let body = json!({ "displayName": "Odd", "issuer": issuer, "clientId": "vouchsafe" });
        house.refused(YUKI, Ask::post(PROVIDERS, &body), "400 invalidRequest").await;
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_and_one_of_another_tenant_look_alike() {
    let (house, issuer) = set().await;
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    let elsewhere = format!("/sign-in/with/{}/{}", house.tenant(Org::Contoso), provider.id);
    let nowhere = format!("/sign-in/with/{}/idp_018bcfe568007707870707070707070a", house.tenant(Org::Adatum));
    let (one, other) = (site.get(&elsewhere, "").await, site.get(&nowhere, "").await);
    assert_eq!((one.status, one.bytes), (404, other.bytes));
    for path in [elsewhere, nowhere] {
        let provider = Provider { id: String::new(), begin: path };
        assert_eq!(site.get(&format!("{}/callback?state=x&code=x", provider.begin), "").await.status, 404);
        assert_eq!(site.post(&format!("{}/logout", provider.begin), "logout_token=x").await.status, 404);
    }
}
