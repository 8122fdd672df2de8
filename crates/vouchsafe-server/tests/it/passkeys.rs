//! People come in by a pass and a passkey, and nobody comes in otherwise. Each attack is a test.

use axum::Router;
use axum::body::Body;
use http::{Method, Request, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use vouchsafe_app::{App, NewPerson, Who};
use vouchsafe_core::person::PersonKind;
use vouchsafe_core::time::Duration;
use vouchsafe_server::{Server, Settings, router};
use vouchsafe_signin::passkey::RelyingParty;
use vouchsafe_testkit::authenticator::Authenticator;

use crate::house::*;

const ORIGIN: &str = "https://support.example";
const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const AUTHENTICATION_ADMINISTRATOR: &str = "c4e39bd9-1100-46d3-8c65-fb160da0071f";

/// The house under a name that passkeys can be bound to.
pub(crate) struct Site<'h> {
    pub(crate) house: &'h House,
    pub(crate) app: App,
    router: Router,
}

impl<'h> Site<'h> {
    pub(crate) fn of(house: &'h House) -> Self {
        let app = house.app.clone().with_passkeys(RelyingParty::at(ORIGIN).unwrap());
        let settings = Settings { public_url: Some(ORIGIN.to_owned()), ..Settings::default() };
        let router = router(Server::new(app.clone(), settings));
        Self { house, app, router }
    }

    pub(crate) async fn exchange(&self, request: Request<Body>) -> Reply {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }

    /// What the script sends.
    pub(crate) async fn send(&self, path: &str, cookie: &str, body: &Value) -> Reply {
        let request = Request::post(path)
            .header(header::HOST, "support.example")
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, cookie);
        self.exchange(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// What a page without the script sends or shows.
    pub(crate) async fn page(&self, method: Method, path: &str, cookie: &str, form: &str) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "support.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookie);
        self.exchange(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// A call of the API that must succeed, as somebody with a token.
    pub(crate) async fn ok(&self, who: Somebody, ask: Ask) -> Value {
        let reply = self.api(who, ask).await;
        assert!((200..300).contains(&reply.status), "{}", reply.text());
        if reply.bytes.is_empty() { Value::Null } else { reply.json() }
    }

    pub(crate) async fn api(&self, who: Somebody, ask: Ask) -> Reply {
        let ask = ask.bearer(self.house.token(who)).with("host", "support.example");
        let mut request = Request::builder().method(ask.method).uri(ask.path);
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        self.exchange(request.body(Body::from(ask.body)).unwrap()).await
    }

    /// A pass from an administrator.
    pub(crate) async fn pass(&self, by: Somebody, of: Who) -> String {
        let path = format!("/v1.0/users/{}/authentication/temporaryAccessPassMethods", of.user);
        let made = self.ok(by, Ask::post(path, &json!({}))).await;
        let (pass, url) = (text(&made["temporaryAccessPass"]), text(&made["enrolmentUrl"]));
        assert_eq!(url, format!("{ORIGIN}/enrol#{pass}"), "the secret is behind the #, which nobody is sent");
        pass
    }

    async fn enrol_reply(&self, pass: &str, key: &mut Authenticator) -> Reply {
        let asked = self.send("/passkeys/enrol/options", "", &json!({ "pass": pass })).await;
        if asked.status != 200 {
            return asked;
        }
        let credential = key.create(&asked.json()["options"]);
        let sent = json!({ "pass": pass, "name": "Phone", "credential": credential });
        self.send("/passkeys/enrol", "", &sent).await
    }

    /// Enrols with a pass; gives the cookie of the session that this begins.
    pub(crate) async fn enrol(&self, pass: &str, key: &mut Authenticator) -> String {
        let reply = self.enrol_reply(pass, key).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        cookie_of(&reply)
    }

    pub(crate) async fn options(&self) -> Value {
        let asked = self.send("/passkeys/sign-in/options", "", &json!({})).await;
        assert_eq!(asked.status, 200, "{}", asked.text());
        asked.json()["options"].clone()
    }

    async fn sign_in_reply(&self, key: &mut Authenticator, cookie: &str) -> Reply {
        let credential = key.sign(&self.options().await);
        self.send("/passkeys/sign-in", cookie, &json!({ "credential": credential })).await
    }

    async fn sign_in(&self, key: &mut Authenticator) -> String {
        let reply = self.sign_in_reply(key, "").await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        cookie_of(&reply)
    }

    /// Whether a cookie opens the account page.
    async fn opens(&self, cookie: &str) -> bool {
        self.page(Method::GET, "/account", cookie, "").await.status == 200
    }
}

fn cookie_of(reply: &Reply) -> String {
    let line = reply.header("set-cookie").unwrap();
    assert!(line.starts_with("__Host-vouchsafe_session=vss_"), "{line}");
    assert!(line.contains("; HttpOnly") && line.contains("; Secure") && line.contains("; Path=/"), "{line}");
    line.split(';').next().unwrap().to_owned()
}

fn key(seed: u8) -> Authenticator {
    Authenticator::new(seed, ORIGIN)
}

/// What a refusal says, without what is another for each request.
fn said(reply: &Reply) -> (u16, Value) {
    (reply.status, reply.json())
}

#[tokio::test]
async fn a_pass_enrols_one_passkey_which_then_signs_in() {
    let house = House::new().await;
    let site = Site::of(&house);
    let ben = house.who("Ben Carver", Org::Adatum);
    let pass = site.pass(YUKI, ben).await;
    let mut phone = key(1);
    let first = site.enrol(&pass, &mut phone).await;
    assert!(site.opens(&first).await);
    let second = site.sign_in(&mut phone).await;
    assert_ne!(first, second, "each sign-in has a session of its own");
    let held = site.ok(YUKI, Ask::get(format!("/v1.0/users/{}/authentication/fido2Methods", ben.user))).await;
    assert_eq!(held["value"][0]["id"], phone.credential());
    // The log has the key, in the entry of the enrolment, done by its person.
    let entries = house.list(NOOR, "/v1.0/auditLogs/directoryAudits").await;
    let entry = entries.iter().find(|e| e["activityDisplayName"] == "User registered security info").unwrap();
    assert_eq!(entry["initiatedBy"]["user"]["id"], ben.user.to_string());
    let mut reader = house.app.store().read().unwrap();
    let found = reader.entries_from(house.tenant(Org::Adatum), 0, 10_000).await.unwrap();
    let public_key = text(&held["value"][0]["publicKey"]);
    assert!(found.iter().any(|entry| entry.entry.to_string().contains(&public_key)));
    // Used, over, replaced and made-up passes are told the same.
    let used = site.enrol_reply(&pass, &mut key(2)).await;
    let made_up = site.enrol_reply(&pass.replace("vse_", "vse_A"), &mut key(2)).await;
    let replaced = site.pass(YUKI, ben).await;
    let newest = site.pass(YUKI, ben).await;
    let replaced = site.enrol_reply(&replaced, &mut key(2)).await;
    house.clock.advance(Duration::hours(24));
    let over = site.enrol_reply(&newest, &mut key(2)).await;
    for reply in [&used, &made_up, &replaced, &over] {
        assert_eq!(reply.verdict(), "401 unauthenticated");
        assert_eq!(said(reply), said(&used));
    }
}

#[tokio::test]
async fn what_does_not_hold_opens_nothing_and_says_nothing() {
    let house = House::new().await;
    let site = Site::of(&house);
    let (ben, marta) = (house.who("Ben Carver", Org::Adatum), house.who("Marta Kowal", Org::Adatum));
    let (mut bens, mut martas) = (key(1), key(2));
    martas.counts = false;
    site.enrol(&site.pass(YUKI, ben).await, &mut bens).await;
    site.enrol(&site.pass(YUKI, marta).await, &mut martas).await;

    let sign_in = async |credential: Value| {
        site.send("/passkeys/sign-in", "", &json!({ "credential": credential })).await
    };
    let mut refused = Vec::new();
    // Answered twice.
    let answered = bens.sign(&site.options().await);
    assert_eq!(sign_in(answered.clone()).await.status, 200);
    refused.push(("a replayed assertion", sign_in(answered).await));
    // A passkey that does not count its signatures, answered twice.
    let answered = martas.sign(&site.options().await);
    assert_eq!(sign_in(answered.clone()).await.status, 200);
    refused.push(("a replayed assertion without a count", sign_in(answered).await));
    // On another site, and on a page of the same host without TLS.
    for origin in ["https://support.example.evil", "http://support.example", "https://a.support.example"] {
        origin.clone_into(&mut bens.origin);
        refused.push(("another origin", sign_in(bens.sign(&site.options().await)).await));
    }
    ORIGIN.clone_into(&mut bens.origin);
    let mut foreign = site.options().await;
    foreign["rpId"] = json!("evil.example");
    refused.push(("another relying party", sign_in(bens.sign(&foreign)).await));
    // Somebody who only holds the device.
    bens.verifies = false;
    refused.push(("no user verification", sign_in(bens.sign(&site.options().await)).await));
    bens.verifies = true;
    // Somebody else's account under the own key, and a key that nobody enrolled.
    let mut forged = martas.clone();
    forged.pretend(&bens);
    refused.push(("another user's account", sign_in(forged.sign(&site.options().await)).await));
    let mut unknown = key(9);
    unknown.pretend(&bens);
    refused.push(("an unknown key", sign_in(unknown.sign(&site.options().await)).await));
    // A copy of the passkey, behind in its count.
    let mut copy = bens.clone();
    assert_eq!(sign_in(bens.sign(&site.options().await)).await.status, 200);
    refused.push(("a copy", sign_in(copy.sign(&site.options().await)).await));
    bens = copy.clone();
    bens.sign(&site.options().await);
    // Challenges that are not for this: made up, for enrolling, too old.
    let mut made_up = site.options().await;
    made_up["challenge"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    refused.push(("a made-up challenge", sign_in(bens.sign(&made_up)).await));
    let pass = site.pass(YUKI, ben).await;
    let enrol = site.send("/passkeys/enrol/options", "", &json!({ "pass": pass })).await.json();
    let mut crossed = site.options().await;
    crossed["challenge"] = enrol["options"]["challenge"].clone();
    refused.push(("a challenge for enrolling", sign_in(bens.sign(&crossed)).await));
    let old = site.options().await;
    house.clock.advance(Duration::minutes(5));
    refused.push(("an old challenge", sign_in(bens.sign(&old)).await));
    refused.push(("no assertion at all", sign_in(json!({ "id": "x" })).await));
    // A tampered signature.
    let mut tampered = bens.sign(&site.options().await);
    tampered["response"]["signature"] = bens.sign(&site.options().await)["response"]["signature"].clone();
    refused.push(("another signature", sign_in(tampered).await));

    for (what, reply) in &refused {
        assert_eq!(reply.verdict(), "401 unauthenticated", "{what}: {}", reply.text());
        assert_eq!(reply.header("set-cookie"), None, "{what}");
        assert_eq!(said(reply), said(&refused[0].1), "{what} is told as any other");
    }
    assert_eq!(sign_in(bens.sign(&site.options().await)).await.status, 200);
}

#[tokio::test]
async fn ten_failures_lock_a_passkey_for_a_while_and_nobody_else() {
    let house = House::new().await;
    let site = Site::of(&house);
    let (mut bens, mut martas) = (key(1), key(2));
    site.enrol(&site.pass(YUKI, house.who("Ben Carver", Org::Adatum)).await, &mut bens).await;
    site.enrol(&site.pass(YUKI, house.who("Marta Kowal", Org::Adatum)).await, &mut martas).await;
    "https://evil.example".clone_into(&mut bens.origin);
    for _ in 0..10 {
        assert_eq!(site.sign_in_reply(&mut bens, "").await.status, 401);
    }
    ORIGIN.clone_into(&mut bens.origin);
    let locked = site.sign_in_reply(&mut bens, "").await;
    let unknown = site.sign_in_reply(&mut key(9), "").await;
    assert_eq!(said(&locked), said(&unknown), "that it is locked is told to nobody");
    assert_eq!(site.sign_in_reply(&mut martas, "").await.status, 200);
    house.clock.advance(Duration::minutes(15));
    assert_eq!(site.sign_in_reply(&mut bens, "").await.status, 200);
}

#[tokio::test]
async fn a_session_is_new_at_each_sign_in_and_ends_in_every_way_that_it_should() {
    let house = House::new().await;
    let site = Site::of(&house);
    let ben = house.who("Ben Carver", Org::Adatum);
    let mut phone = key(1);
    let planted = site.enrol(&site.pass(YUKI, ben).await, &mut phone).await;
    // Whoever planted a cookie in the browser holds nothing after the sign-in.
    let after = cookie_of(&site.sign_in_reply(&mut phone, &planted).await);
    assert!(!site.opens(&planted).await && site.opens(&after).await);
    // Idle for an hour, and used for twelve.
    house.clock.advance(Duration::minutes(59));
    assert!(site.opens(&after).await);
    house.clock.advance(Duration::minutes(60));
    assert!(!site.opens(&after).await);
    let used = site.sign_in(&mut phone).await;
    for _ in 0..13 {
        house.clock.advance(Duration::minutes(55));
        assert!(site.opens(&used).await);
    }
    house.clock.advance(Duration::minutes(6));
    assert!(!site.opens(&used).await, "twelve hours are over, used or not");
    // By the button: one of them, all others.
    let (one, two, three) =
        (site.sign_in(&mut phone).await, site.sign_in(&mut phone).await, site.sign_in(&mut phone).await);
    let shown = site.page(Method::GET, "/account", &one, "").await.text();
    let ids: Vec<&str> = shown.split(r#"name="sessionId" value=""#).skip(1).map(|part| &part[..36]).collect();
    assert_eq!(ids.len(), 2, "this one has no button");
    let ended =
        site.page(Method::POST, "/account/sessions/end", &one, &format!("sessionId={}", ids[0])).await;
    assert_eq!(ended.status, 303);
    assert_eq!((site.opens(&two).await, site.opens(&three).await), (true, false), "the newest was first");
    let again =
        site.page(Method::POST, "/account/sessions/end", &one, &format!("sessionId={}", ids[0])).await;
    assert_eq!(again.status, 404);
    site.page(Method::POST, "/account/sessions/end-others", &one, "").await;
    assert!(site.opens(&one).await && !site.opens(&two).await);
    // Nobody ends somebody else's.
    let mut other = key(2);
    let martas = site.enrol(&site.pass(YUKI, house.who("Marta Kowal", Org::Adatum)).await, &mut other).await;
    let newest = site.sign_in(&mut phone).await;
    let shown = site.page(Method::GET, "/account", &one, "").await.text();
    let id = shown.split(r#"name="sessionId" value=""#).nth(1).map(|part| &part[..36]).unwrap();
    let tried = site.page(Method::POST, "/account/sessions/end", &martas, &format!("sessionId={id}")).await;
    assert_eq!((tried.status, site.opens(&newest).await), (404, true));
    // With its passkey; and with its account, also after that is enabled again.
    let path = format!("/v1.0/users/{}", ben.user);
    site.ok(YUKI, Ask::patch(&path, &json!({ "accountEnabled": false }))).await;
    assert!(!site.opens(&one).await);
    assert_eq!(site.sign_in_reply(&mut phone, "").await.status, 401);
    site.ok(YUKI, Ask::patch(&path, &json!({ "accountEnabled": true }))).await;
    assert!(!site.opens(&one).await);
    let last = site.sign_in(&mut phone).await;
    let method = format!("{path}/authentication/fido2Methods/{}", phone.credential());
    site.ok(YUKI, Ask::new(Method::DELETE, method)).await;
    assert!(!site.opens(&last).await);
    assert_eq!(site.sign_in_reply(&mut phone, "").await.status, 401);
}

#[tokio::test]
async fn a_link_enrols_nothing_once_its_person_may_do_more_than_whoever_made_it() {
    let house = House::new().await;
    let site = Site::of(&house);
    let (ben, marta) = (house.who("Ben Carver", Org::Adatum), house.who("Marta Kowal", Org::Adatum));
    let give = |who: Who, role: &str| {
        let body = json!({ "principalId": who.user, "roleDefinitionId": role });
        Ask::post("/v1.0/roleManagement/directory/roleAssignments", &body)
    };
    site.ok(YUKI, give(marta, AUTHENTICATION_ADMINISTRATOR)).await;
    let roles = site.ok(YUKI, Ask::get("/v1.0/roleManagement/directory/roleAssignments")).await;
    for held in
        roles["value"].as_array().unwrap().iter().filter(|held| held["principalId"] == json!(ben.user))
    {
        let path = format!("/v1.0/roleManagement/directory/roleAssignments/{}", text(&held["id"]));
        site.ok(YUKI, Ask::new(Method::DELETE, path)).await;
    }
    let pass = site.pass(MARTA, ben).await;
    site.ok(YUKI, give(ben, GLOBAL_ADMINISTRATOR)).await;
    let refused = site.enrol_reply(&pass, &mut key(1)).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    let methods = format!("/v1.0/users/{}/authentication/fido2Methods", ben.user);
    assert_eq!(site.ok(YUKI, Ask::get(&methods)).await["value"], json!([]));
    site.enrol(&site.pass(YUKI, ben).await, &mut key(1)).await;
}

#[tokio::test]
async fn no_token_removes_its_persons_own_passkey() {
    let house = House::new().await;
    let site = Site::of(&house);
    let marta = house.who("Marta Kowal", Org::Adatum);
    let (mut first, mut second) = (key(1), key(2));
    site.enrol(&site.pass(YUKI, marta).await, &mut first).await;
    site.enrol(&site.pass(YUKI, marta).await, &mut second).await;
    let method = format!("/v1.0/users/{}/authentication/fido2Methods/{}", marta.user, first.credential());
    let refused = site.api(MARTA, Ask::new(Method::DELETE, method)).await;
    assert_eq!(refused.verdict(), "403 forbidden");
    site.sign_in(&mut first).await;
}

#[tokio::test]
async fn junk_keeps_nobody_from_signing_in() {
    let house = House::new().await;
    let site = Site::of(&house);
    let mut phone = key(1);
    site.enrol(&site.pass(YUKI, house.who("Ben Carver", Org::Adatum)).await, &mut phone).await;
    for _ in 0..1_100 {
        let junk = site.send("/passkeys/enrol/options", "", &json!({ "pass": "x" })).await;
        assert_eq!(junk.status, 401);
    }
    site.sign_in(&mut phone).await;
}

#[tokio::test]
async fn another_site_cannot_use_a_visitors_session_or_passkey() {
    let house = House::new().await;
    let site = Site::of(&house);
    let mut phone = key(1);
    let cookie = site.enrol(&site.pass(YUKI, house.who("Ben Carver", Org::Adatum)).await, &mut phone).await;
    let credential = phone.sign(&site.options().await);
    let body = json!({ "credential": credential }).to_string();
    for path in [
        "/passkeys/sign-in/options",
        "/passkeys/sign-in",
        "/passkeys/enrol/options",
        "/passkeys/enrol",
        "/passkeys/add/options",
        "/passkeys/add",
        "/passkeys/decide/options",
        "/account/passkeys/remove",
        "/account/sessions/end",
        "/account/sessions/end-others",
        "/people",
    ] {
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let request = Request::post(path).header(header::HOST, "support.example").header(name, value);
            let request =
                request.header(header::COOKIE, &cookie).header(header::CONTENT_TYPE, "application/json");
            let reply = site.exchange(request.body(Body::from(body.clone())).unwrap()).await;
            assert_eq!((reply.status, reply.header("set-cookie")), (403, None), "{path} {name}");
        }
    }
    assert_eq!(site.send("/passkeys/sign-in", "", &json!({ "credential": credential })).await.status, 200);
    for path in ["/sign-in", "/enrol", "/account"] {
        let page = site.page(Method::GET, path, &cookie, "").await;
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"), "{path}");
    }
    let policy = site.page(Method::GET, "/", &cookie, "").await;
    assert!(
        !policy.header("content-security-policy").unwrap().contains("script-src"),
        "elsewhere no script at all"
    );
}

#[tokio::test]
async fn whoever_recovers_waits_a_day_and_cannot_shorten_it() {
    let house = House::new().await;
    let site = Site::of(&house);
    let ben = house.who("Ben Carver", Org::Adatum);
    let methods = format!("/v1.0/users/{}/authentication/fido2Methods", ben.user);
    let (mut first, mut recovered, mut added) = (key(1), key(2), key(3));
    site.enrol(&site.pass(YUKI, ben).await, &mut first).await;
    let path = format!("/v1.0/users/{}/authentication/temporaryAccessPassMethods", ben.user);
    let offered = site.ok(YUKI, Ask::post(path, &json!({ "lifetimeInMinutes": 60 }))).await;
    assert_eq!((&offered["isRecovery"], &offered["lifetimeInMinutes"]), (&json!(true), &json!(60)));
    let cookie = site.enrol(&text(&offered["temporaryAccessPass"]), &mut recovered).await;
    // The session may add a passkey; it waits as long as the one it goes back to.
    let asked = site.send("/passkeys/add/options", &cookie, &json!({})).await.json();
    let credential = added.create(&asked["options"]);
    let sent = json!({ "name": "Second", "credential": credential });
    assert_eq!(site.send("/passkeys/add", &cookie, &sent).await.status, 200);
    let held = site.ok(YUKI, Ask::get(&methods)).await;
    let from = |n: usize| text(&held["value"][n]["signsFromDateTime"]);
    assert_eq!(from(0), text(&held["value"][0]["createdDateTime"]));
    assert!(from(1) > from(0) && from(2) == from(1), "{held}");
    // All administrators can see it in the log.
    let entries = house.list(NOOR, "/v1.0/auditLogs/directoryAudits").await;
    assert!(entries.iter().any(|e| e["activityDisplayName"] == "Admin registered security info"));
    // A session that is not fresh, or began otherwise, changes nothing about how one signs in.
    house.clock.advance(Duration::minutes(15));
    let late = site.send("/passkeys/add/options", &cookie, &json!({})).await;
    assert_eq!(late.verdict(), "403 forbidden", "{}", late.text());
    let chosen = site.app.sign_in(ben).await.unwrap().expose();
    let chosen = format!("__Host-vouchsafe_session={chosen}");
    assert_eq!(site.send("/passkeys/add/options", &chosen, &json!({})).await.status, 403);
    let form = format!("credential={}", first.credential());
    assert_eq!(site.page(Method::POST, "/account/passkeys/remove", &chosen, &form).await.status, 303);
    assert_eq!(site.ok(YUKI, Ask::get(&methods)).await["value"].as_array().unwrap().len(), 3);
    let fresh = site.sign_in(&mut first).await;
    site.page(
        Method::POST,
        "/account/passkeys/remove",
        &fresh,
        &format!("credential={}", added.credential()),
    )
    .await;
    assert_eq!(site.ok(YUKI, Ask::get(&methods)).await["value"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn nobody_makes_a_pass_for_oneself_for_somebody_above_or_for_another_tenant() {
    let house = House::new().await;
    let site = Site::of(&house);
    let adatum = house.tenant(Org::Adatum);
    let clerk = NewPerson {
        tenant: adatum,
        display_name: "Una Clerk".to_owned(),
        user_principal_name: "una@adatum.example".to_owned(),
        kind: PersonKind::User,
        roles: vec!["Authentication Administrator".to_owned()],
        employer: String::new(),
        location: String::new(),
        expertise: Vec::new(),
    };
    let una = Who::of(adatum, site.app.add_person(clerk).await.unwrap());
    let token = site.app.issue_token(una, Duration::days(1)).await.unwrap().expose();
    let offer = async |token: &str, of: Who| {
        let path = format!("/v1.0/users/{}/authentication/temporaryAccessPassMethods", of.user);
        house.raw(Ask::post(path, &json!({})).bearer(token)).await.verdict()
    };
    let yuki = house.who("Yuki Tanabe", Org::Adatum);
    assert_eq!(offer(&token, yuki).await, "403 forbidden", "whoever makes a pass could use it");
    assert_eq!(offer(&token, una).await, "403 forbidden");
    assert_eq!(offer(&token, house.who("Ben Carver", Org::Adatum)).await, "201");
    assert_eq!(offer(house.token(BEN), yuki).await, "404 notFound");
    // The vendor, and any other tenant, finds nobody there: promise 9.
    for who in [DMITRI, MEERA, INES, ALEX, OMAR] {
        let ben = house.who("Ben Carver", Org::Adatum).user;
        for ask in [
            Ask::get(format!("/v1.0/users/{ben}")),
            Ask::patch(format!("/v1.0/users/{ben}"), &json!({ "accountEnabled": false })),
            Ask::new(Method::DELETE, format!("/v1.0/users/{ben}")),
            Ask::post(format!("/v1.0/users/{ben}/authentication/temporaryAccessPassMethods"), &json!({})),
            Ask::get(format!("/v1.0/users/{ben}/authentication/fido2Methods")),
            Ask::new(Method::DELETE, format!("/v1.0/users/{ben}/authentication/fido2Methods/x")),
        ] {
            let line = format!("{who:?} {} {}", ask.method, ask.path);
            assert_eq!(house.send(who, ask).await.verdict(), "404 notFound", "{line}");
        }
    }
}

#[tokio::test]
async fn an_invited_person_has_no_right_and_no_way_in_until_given_one() {
    let house = House::new().await;
    let site = Site::of(&house);
    let invite = json!({ "displayName": "Uma Novak", "userPrincipalName": "uma@adatum.example" });
    let uma = house.ok(YUKI, Ask::post("/v1.0/users", &invite)).await;
    assert_eq!((&uma["accountEnabled"], &uma["roles"]), (&json!(true), &json!([])));
    house.refused(YUKI, Ask::post("/v1.0/users", &invite), "409 conflict").await;
    let elsewhere = json!({ "displayName": "Uma", "userPrincipalName": "uma@contoso.example" });
    house.refused(YUKI, Ask::post("/v1.0/users", &elsewhere), "400 invalidRequest").await;
    house.refused(MARTA, Ask::post("/v1.0/users", &invite), "403 forbidden").await;
    let who = Who::of(house.tenant(Org::Adatum), text(&uma["id"]).parse().unwrap());
    let mut phone = key(1);
    let cookie = site.enrol(&site.pass(YUKI, who).await, &mut phone).await;
    assert_eq!(site.page(Method::GET, "/people", &cookie, "").await.status, 403);
    // Deleted is gone for good.
    house.send(YUKI, Ask::new(Method::DELETE, format!("/v1.0/users/{}", who.user))).await;
    assert!(!site.opens(&cookie).await);
    assert_eq!(site.sign_in_reply(&mut phone, "").await.status, 401);
    house.refused(YUKI, Ask::get(format!("/v1.0/users/{}", who.user)), "404 notFound").await;
    let back = json!({ "accountEnabled": true });
    house.refused(YUKI, Ask::patch(format!("/v1.0/users/{}", who.user), &back), "404 notFound").await;
    let names: Vec<Value> = house.list(NOOR, "/v1.0/auditLogs/directoryAudits").await;
    for name in ["Add user", "Delete user", "Admin registered security info", "User registered security info"]
    {
        assert!(names.iter().any(|entry| entry["activityDisplayName"] == name), "{name}");
    }
}

#[tokio::test]
async fn the_pages_invite_hand_out_a_link_once_and_end_accounts() {
    let house = House::new().await;
    let site = Site::of(&house);
    let yuki = house.who("Yuki Tanabe", Org::Adatum);
    let cookie = format!("__Host-vouchsafe_session={}", site.app.sign_in(yuki).await.unwrap().expose());
    let form = "idempotencyKey=k1&displayName=Uma+Novak&userPrincipalName=uma%40adatum.example";
    let invited = site.page(Method::POST, "/people", &cookie, form).await;
    let uma = invited.header("location").unwrap().to_owned();
    assert!(uma.starts_with("/people/usr_"), "{uma}");
    let wrong =
        site.page(Method::POST, "/people", &cookie, "displayName=U&userPrincipalName=u%40x.example").await;
    assert!(wrong.status == 400 && wrong.text().contains("domain of your organisation"), "{}", wrong.text());
    let link = site.page(Method::POST, &format!("{uma}/pass"), &cookie, "idempotencyKey=k2").await.text();
    let pass = link.split("/enrol#").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let again = site.page(Method::POST, &format!("{uma}/pass"), &cookie, "idempotencyKey=k2").await.text();
    assert!(!again.contains("/enrol#") && again.contains("not shown again"), "{again}");
    let mut phone = key(1);
    let umas = site.enrol(&pass, &mut phone).await;
    let shown = site.page(Method::GET, &uma, &cookie, "").await.text();
    let version = shown.split(r#"name="version" value=""#).nth(1).unwrap().split('"').next().unwrap();
    let form = format!("version={version}&accountEnabled=false");
    assert_eq!(site.page(Method::POST, &format!("{uma}/enable"), &cookie, &form).await.status, 303);
    assert!(!site.opens(&umas).await);
    let shown = site.page(Method::GET, &uma, &cookie, "").await.text();
    assert!(shown.contains("Disabled") && !shown.contains("Make an enrolment link"), "{shown}");
}
