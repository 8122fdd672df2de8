//! People sign in at identity providers of their organisation, get accounts and roles by what these say, and are signed out by
//! them. What hostile ones, and others, try instead is in `oidc_attacks.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Method, Request, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use vouchsafe_app::App;
use vouchsafe_app::federation::Federation;
use vouchsafe_core::id::IdentityProviderId;
use vouchsafe_core::identity_provider::{IdentityProvider, NewProvider, ProviderText};
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_server::issuers::Issuers;
use vouchsafe_server::issuers::network::Networks;
use vouchsafe_server::{Server, Settings, router};
use vouchsafe_signin::passkey::RelyingParty;
use vouchsafe_store::edge::Clock as _;

use crate::house::*;
use crate::issuer::{Issuer, SECRET, Signing, url_decoded};
use crate::rows::Stage;

pub(crate) const PROVIDERS: &str = "/v1.0/identityProviders";
const ASSIGNMENTS: &str = "/v1.0/roleManagement/directory/roleAssignments";
const ORIGIN: &str = "https://support.example";
/// How long the tests wait for an issuer.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(500);

/// The house, which asks issuers on loopback.
pub(crate) struct Site<'h> {
    pub(crate) house: &'h House,
    router: Router,
}

/// An identity provider at this service.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    pub(crate) id: String,
    /// `/sign-in/with/…`
    pub(crate) begin: String,
}

/// A browser on its way.
#[derive(Debug, Clone)]
pub(crate) struct Away {
    /// What the issuer was asked.
    pub(crate) asked: BTreeMap<String, String>,
    /// The cookie that the browser keeps.
    pub(crate) cookie: String,
}

impl<'h> Site<'h> {
    pub(crate) fn of(house: &'h House) -> Self {
        Self::asking(house, loopback())
    }

    /// A site that asks the internet and these networks.
    pub(crate) fn asking(house: &'h House, networks: Networks) -> Self {
        Self::with_own(house, networks, Vec::new())
    }

    /// The same with these in the vendor's configuration file.
    fn with_own(house: &'h House, networks: Networks, own: Vec<IdentityProvider>) -> Self {
        let fetch = Arc::new(Issuers::new(networks, PATIENCE).unwrap());
        let app: App = house.app.clone().with_federation(Federation::new(fetch, own));
        let app = app.with_passkeys(RelyingParty::at(ORIGIN).unwrap());
        let settings = Settings { public_url: Some(ORIGIN.to_owned()), ..Settings::default() };
        Self { house, router: router(Server::new(app, settings)) }
    }

    pub(crate) async fn exchange(&self, request: Request<Body>) -> Reply {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }

    /// What a browser with these cookies is shown.
    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Reply {
        let request = Request::get(path)
            .header(header::HOST, "support.example")
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookie);
        self.exchange(request.body(Body::empty()).unwrap()).await
    }

    /// What an issuer's server posts.
    pub(crate) async fn post(&self, path: &str, form: &str) -> Reply {
        let request = Request::post(path)
            .header(header::HOST, "support.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.exchange(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Sets an identity provider up for Adatum, with more in the body.
    pub(crate) async fn provider(&self, issuer: &Issuer, more: Value) -> Provider {
        let mut body = json!({
            "displayName": "Adatum sign-in", "issuer": issuer.url, "clientId": "vouchsafe", "clientSecret": SECRET,
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let made = self.house.ok(YUKI, Ask::post(PROVIDERS, &body)).await;
        let id = text(&made["id"]);
        Provider { begin: format!("/sign-in/with/{}/{id}", self.house.tenant(Org::Adatum)), id }
    }

    /// Begins a sign-in as a browser does.
    pub(crate) async fn begin(&self, provider: &Provider, query: &str) -> Away {
        let reply = self.get(&format!("{}{query}", provider.begin), "").await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let address = reply.header("location").unwrap();
        let cookie = reply.header("set-cookie").unwrap();
        for locked in ["__Host-vouchsafe_sign_in=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(locked), "{cookie}");
        }
        let asked = url_decoded(address.split_once('?').unwrap().1);
        Away { asked, cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    /// Comes back with a code.
    pub(crate) async fn back(&self, provider: &Provider, away: &Away, code: &str) -> Reply {
        let path = format!("{}/callback?state={}&code={code}", provider.begin, away.asked["state"]);
        self.get(&path, &away.cookie).await
    }

    /// What an issuer says of somebody now.
    pub(crate) fn claims(&self, issuer: &Issuer, name: &str, nonce: &str) -> Value {
        let now = self.house.clock.now().as_millis() / 1_000;
        json!({
            "iss": issuer.url, "aud": "vouchsafe", "sub": format!("sub-{name}"), "nonce": nonce, "iat": now,
            "exp": now + 300, "sid": format!("sid-{name}"), "name": name,
            "preferred_username": format!("{}@adatum.example", name.to_lowercase().replace(' ', ".")),
        })
    }

    /// Goes there and comes back as somebody, of whom the issuer says `more` or other things.
    pub(crate) async fn comes(&self, issuer: &Issuer, provider: &Provider, name: &str, more: Value) -> Reply {
        let away = self.begin(provider, "").await;
        let mut claims = self.claims(issuer, name, &away.asked["nonce"]);
        for (name, value) in more.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        issuer.lets_in("code", &away.asked, claims);
        self.back(provider, &away, "code").await
    }

    /// As [`Site::comes`], and is let in; gives the cookie of the session.
    pub(crate) async fn let_in(
        &self,
        issuer: &Issuer,
        provider: &Provider,
        name: &str,
        more: Value,
    ) -> String {
        let reply = self.comes(issuer, provider, name, more).await;
        assert_eq!((reply.status, reply.header("location")), (303, Some("/")), "{}", reply.text());
        session_of(&reply).unwrap()
    }

    /// Whether a cookie opens a page.
    pub(crate) async fn opens(&self, cookie: &str) -> bool {
        self.get("/account", cookie).await.status == 200
    }

    /// The names of the roles of somebody, with whether each has an end.
    async fn roles_of(&self, user: &str) -> Vec<(String, bool)> {
        let held = self.house.list(YUKI, ASSIGNMENTS).await;
        let of = held.iter().filter(|one| one["principalId"] == user);
        of.map(|one| (text(&one["roleDefinitionId"]), !one["endDateTime"].is_null())).collect()
    }

    async fn user(&self, name: &str) -> Option<String> {
        let users = self.house.ok(YUKI, Ask::get("/v1.0/users")).await;
        let mut users = users["value"].as_array().unwrap().iter();
        users.find(|user| user["displayName"] == name).map(|user| text(&user["id"]))
    }

    /// Activities of Adatum's log, the newest first.
    async fn activities(&self) -> Vec<String> {
        let path = "/v1.0/auditLogs/directoryAudits";
        let entries = self.house.ok(YUKI, Ask::get(path).query(&[("$top", "20")])).await;
        entries["value"].as_array().unwrap().iter().map(|one| text(&one["activityDisplayName"])).collect()
    }
}

async fn providers(house: &House) -> Vec<Value> {
    house.ok(YUKI, Ask::get(PROVIDERS)).await["value"].as_array().unwrap().clone()
}

fn loopback() -> Networks {
    Networks::of(vec!["127.0.0.0/8".parse().unwrap()])
}

/// The session that an answer begins.
pub(crate) fn session_of(reply: &Reply) -> Option<String> {
    let lines = reply.headers.get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    let line = lines.into_iter().find(|line| line.starts_with("__Host-vouchsafe_session=vss_"))?;
    Some(line.split(';').next().unwrap().to_owned())
}

#[tokio::test]
async fn a_person_signs_in_whichever_way_the_issuer_signs() {
    let (house, issuer) = (House::new().await, Issuer::new().await);
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    for signing in [Signing::Rs256, Signing::Ps256, Signing::Es256, Signing::EdDsa] {
        issuer.signs(signing);
        let cookie = site.let_in(&issuer, &provider, "Ben Carver", json!({})).await;
        let page = site.get("/account", &cookie).await;
        assert!(page.status == 200 && page.text().contains("ben.carver@adatum.example"), "{signing:?}");
    }
    let linked = site.activities().await.iter().filter(|name| *name == "Add external identity").count();
    assert_eq!(linked, 1, "once, at the first time");
    // The document and the keys are asked for once.
    assert_eq!(
        (issuer.asked_for("document"), issuer.asked_for("keys"), issuer.asked_for("token")),
        (1, 1, 4)
    );
}

#[tokio::test]
async fn only_who_was_invited_comes_in_unless_the_tenant_says_otherwise() {
    let (house, issuer) = (House::new().await, Issuer::new().await);
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    let stranger = site.comes(&issuer, &provider, "Nadia Voss", json!({})).await;
    assert_eq!((stranger.status, session_of(&stranger)), (403, None));
    assert!(stranger.text().contains("ask an administrator"), "{}", stranger.text());
    assert_eq!(site.user("Nadia Voss").await, None);
    let path = format!("{PROVIDERS}/{}", provider.id);
    house.ok(YUKI, Ask::patch(&path, &json!({ "justInTimeAccounts": true }))).await;
    site.let_in(&issuer, &provider, "Nadia Voss", json!({})).await;
    assert_eq!(site.activities().await[..2], ["Add external identity", "Add user"]);
    let nadia = site.user("Nadia Voss").await.unwrap();
    // The name may become somebody else's at the issuer; the account stays with the subject.
    let renamed = json!({ "preferred_username": "nadia.berg@adatum.example" });
    site.let_in(&issuer, &provider, "Nadia Voss", renamed).await;
    let successor = json!({ "sub": "another", "preferred_username": "nadia.voss@adatum.example" });
    assert_eq!(site.comes(&issuer, &provider, "Nadia Voss", successor).await.status, 403);
    // A name that is none of the organisation's, and none at all.
    for name in [json!("eve@evil.example"), json!("eve"), Value::Null] {
        let other = json!({ "sub": "eve", "preferred_username": name });
        let reply = site.comes(&issuer, &provider, "Eve", other).await;
        assert!(matches!(reply.status, 400 | 403) && session_of(&reply).is_none(), "{}", reply.text());
    }
    // Who was disabled stays out, and gets no second account.
    house.ok(YUKI, Ask::patch(format!("/v1.0/users/{nadia}"), &json!({ "accountEnabled": false }))).await;
    assert_eq!(site.comes(&issuer, &provider, "Nadia Voss", json!({})).await.status, 403);
    house.gone(YUKI, &format!("/v1.0/users/{nadia}")).await;
    assert_eq!(site.comes(&issuer, &provider, "Nadia Voss", json!({})).await.status, 403);
    assert_eq!(site.user("Nadia Voss").await, None);
}

#[tokio::test]
async fn an_address_counts_only_if_the_issuer_has_seen_it_and_claims_that_are_asked_for_must_be_there() {
    let (house, issuer) = (House::new().await, Issuer::new().await);
    let site = Site::of(&house);
    let more = json!({
        "claimsMapping": { "userPrincipalName": "email" },
        "requiredClaims": [{ "claim": "hd", "value": "adatum.example" }],
    });
    let provider = site.provider(&issuer, more).await;
    let with = |verified: Value, hd: Value| json!({ "email": "ben.carver@adatum.example", "email_verified": verified, "hd": hd });
    for (verified, hd) in [
        (json!(false), json!("adatum.example")),
        (Value::Null, json!("adatum.example")),
        (json!(true), json!("evil.example")),
        (json!(true), Value::Null),
    ] {
        let reply = site.comes(&issuer, &provider, "Ben Carver", with(verified, hd)).await;
        assert_eq!((reply.status, session_of(&reply)), (403, None));
    }
    site.let_in(&issuer, &provider, "Ben Carver", with(json!(true), json!("adatum.example"))).await;
}

#[tokio::test]
async fn groups_give_roles_and_take_them_back() {
    let (house, issuer) = (House::new().await, Issuer::new().await);
    let site = Site::of(&house);
    let (reader, approver) = ("f2ef992c-3afb-46b9-b7cf-a126ee74c451", crate::rows::SUPPORT_ADMINISTRATOR);
    let more = json!({ "roleMappings": [
        { "group": "readers", "roleDefinitionId": reader }, { "group": "approvers", "roleDefinitionId": approver },
    ] });
    let provider = site.provider(&issuer, more).await;
    let ben = site.user("Ben Carver").await.unwrap();
    let groups = |groups: &[&str]| json!({ "groups": groups });
    site.let_in(&issuer, &provider, "Ben Carver", groups(&["readers", "choir"])).await;
    assert_eq!(site.roles_of(&ben).await, [(reader.to_owned(), true)]);
    let cookie = site.let_in(&issuer, &provider, "Ben Carver", groups(&["approvers"])).await;
    assert_eq!(site.roles_of(&ben).await, [(approver.to_owned(), true)]);
    assert_eq!(site.activities().await[..2], ["Add member to role", "Remove member from role"]);
    assert_eq!(site.get("/access-requests/pending", &cookie).await.status, 200);
    // An issuer that does not tell changes nothing; no group is none.
    let untold = json!({ "_claim_names": { "groups": "src1" } });
    site.let_in(&issuer, &provider, "Ben Carver", untold).await;
    assert_eq!(site.roles_of(&ben).await, [(approver.to_owned(), true)]);
    site.let_in(&issuer, &provider, "Ben Carver", json!({})).await;
    assert_eq!(site.roles_of(&ben).await, []);
    // What an administrator gave for good stays.
    house.ok(YUKI, Ask::post(ASSIGNMENTS, &json!({ "principalId": ben, "roleDefinitionId": reader }))).await;
    site.let_in(&issuer, &provider, "Ben Carver", groups(&[])).await;
    assert_eq!(site.roles_of(&ben).await, [(reader.to_owned(), false)]);
}

#[tokio::test]
async fn a_session_that_began_elsewhere_enrols_no_passkey_and_ends_with_its_identity_provider() {
    let (house, issuer) = (House::new().await, Issuer::new().await);
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    let path = format!("{PROVIDERS}/{}", provider.id);
    let cookie = site.let_in(&issuer, &provider, "Ben Carver", json!({})).await;
    let add = Request::post("/passkeys/add/options")
        .header(header::HOST, "support.example")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, &cookie);
    let added = site.exchange(add.body(Body::from("{}")).unwrap()).await;
    assert_eq!(added.verdict(), "403 forbidden", "{}", added.text());
    // A change leaves people where they are; an end does not.
    house.ok(YUKI, Ask::patch(&path, &json!({ "displayName": "Other" }))).await;
    assert!(site.opens(&cookie).await);
    house.ok(YUKI, Ask::patch(&path, &json!({ "isEnabled": false }))).await;
    assert!(!site.opens(&cookie).await);
    assert_eq!(site.get(&provider.begin, "").await.status, 404);
    house.ok(YUKI, Ask::patch(&path, &json!({ "isEnabled": true }))).await;
    let cookie = site.let_in(&issuer, &provider, "Ben Carver", json!({})).await;
    let away = site.begin(&provider, "").await;
    house.gone(YUKI, &path).await;
    assert!(!site.opens(&cookie).await);
    issuer.lets_in("late", &away.asked, site.claims(&issuer, "Ben Carver", &away.asked["nonce"]));
    assert_eq!(site.back(&provider, &away, "late").await.status, 404);
    assert_eq!(site.activities().await[0], "Delete identity provider");
}

#[tokio::test]
async fn the_issuer_signs_people_out() {
    let (house, issuer) = (House::new().await, Issuer::new().await);
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    let logout = format!("{}/logout", provider.begin);
    let event = "http://schemas.openid.net/event/backchannel-logout";
    let token = |id: &str, more: Value| {
        let now = house.clock.now().as_millis() / 1_000;
        let mut claims = json!({
            "iss": issuer.url, "aud": "vouchsafe", "iat": now, "exp": now + 120, "jti": id, "events": { event: {} },
        });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        format!("logout_token={}", issuer.token_of("logout+jwt", &claims))
    };
    let session =
        async |sid: &str| site.let_in(&issuer, &provider, "Ben Carver", json!({ "sid": sid })).await;
    let (first, second) = (session("one").await, session("two").await);
    let other = site.let_in(&issuer, &provider, "Noor Aziz", json!({})).await;
    // One session by its id.
    let told = site.post(&logout, &token("a", json!({ "sid": "one", "sub": "sub-Ben Carver" }))).await;
    assert_eq!((told.status, told.header("cache-control")), (200, Some("no-store")));
    assert!(!site.opens(&first).await && site.opens(&second).await && site.opens(&other).await);
    // All of one person.
    assert_eq!(site.post(&logout, &token("b", json!({ "sub": "sub-Ben Carver" }))).await.status, 200);
    assert!(!site.opens(&second).await && site.opens(&other).await);
    // Not twice, not without its event, not an ID token, not of another issuer.
    let mine = json!({ "sub": "sub-Noor Aziz" });
    let id_token = site.claims(&issuer, "Noor Aziz", "n");
    let foreign = Issuer::new().await;
    for wrong in [
        token("b", mine.clone()),
        token("c", json!({ "sub": "sub-Noor Aziz", "events": {} })),
        token("d", json!({ "sub": "sub-Noor Aziz", "nonce": "n" })),
        token("e", json!({ "sub": "sub-Noor Aziz", "aud": "them" })),
        format!("logout_token={}", issuer.token_of("JWT", &id_token)),
        format!("logout_token={}", foreign.token_of("logout+jwt", &id_token)),
        "logout_token=x".to_owned(),
        String::new(),
    ] {
        let reply = site.post(&logout, &wrong).await;
        assert_eq!(reply.status, 400, "{wrong}: {}", reply.text());
        assert_eq!(reply.json(), json!({ "error": "invalid_request" }));
    }
    assert!(site.opens(&other).await);
    assert_eq!(site.post(&logout, &token("f", mine)).await.status, 200);
    assert!(!site.opens(&other).await);
}

#[tokio::test]
async fn identity_providers_are_the_tenants_own_and_their_secret_is_never_shown() {
    let (house, issuer) = (House::new().await, Issuer::new().await);
    let site = Site::of(&house);
    let provider = site.provider(&issuer, json!({})).await;
    let path = format!("{PROVIDERS}/{}", provider.id);
    let seen = house.ok(YUKI, Ask::get(&path)).await;
    assert_eq!(seen["hasClientSecret"], true);
    assert_eq!(seen["scope"], "openid profile email");
    let base = text(&seen["signInUrl"]);
    assert_eq!(seen["redirectUri"], format!("{base}/callback"));
    assert_eq!(seen["backchannelLogoutUri"], format!("{base}/logout"));
    let body = json!({ "displayName": "Twice", "issuer": issuer.url, "clientId": "vouchsafe" });
    house.refused(YUKI, Ask::post(PROVIDERS, &body), "409 conflict").await;
    // Those of the vendor are in its file, and the vendor has no hand in a customer's.
    house.refused(DMITRI, Ask::post(PROVIDERS, &body), "403 forbidden").await;
    house.refused(DMITRI, Ask::patch(&path, &json!({ "isEnabled": false })), "404 notFound").await;
    house.refused(PRIYA, Ask::get(&path), "404 notFound").await;
    for who in [MARTA, NOOR] {
        house.refused(who, Ask::patch(&path, &json!({ "isEnabled": false })), "403 forbidden").await;
    }
    house.refused(BEN, Ask::get(PROVIDERS), "403 forbidden").await;
    house.ok(YUKI, Ask::patch(&path, &json!({ "clientSecret": "another" }))).await;
    let log = house.ok(YUKI, Ask::get("/v1.0/auditLogs/directoryAudits")).await.to_string();
    let all = format!("{seen}{log}{}", house.ok(YUKI, Ask::get(PROVIDERS)).await);
    assert!(log.contains("Add identity provider") && log.contains("Update identity provider"));
    assert!(!all.contains("s3cret") && !all.contains("another"), "{all}");
    // With the wrong secret the issuer refuses, and nobody is told why.
    let reply = site.comes(&issuer, &provider, "Ben Carver", json!({})).await;
    assert_eq!((reply.status, session_of(&reply)), (503, None));
    assert!(!reply.text().contains("invalid_client"), "{}", reply.text());
}

#[tokio::test]
async fn the_vendors_own_are_in_its_file_and_nobody_of_the_vendor_decides_for_a_customer() {
    let (house, issuer) = (House::new().await, Issuer::new().await);
    let stage = Stage::set(&house).await;
    let vendor = house.tenant(Org::Provider);
    let id: IdentityProviderId = "idp_018bcfe568007707870707070707070a".parse().unwrap();
    let secret = house.app.store().master().seal_client_secret(vendor, id, SECRET).unwrap();
    let new = NewProvider {
        id,
        issuer: issuer.url.clone(),
        client_id: "vouchsafe".to_owned(),
        secret: Some(secret),
    };
    let text = ProviderText { display_name: "Northwind staff".to_owned(), ..ProviderText::default() };
    let own = IdentityProvider::configured(vendor, new, text, Timestamp::from_micros(0)).unwrap();
    let site = Site::with_own(&house, loopback(), vec![own]);
    let staff = Provider { id: id.to_string(), begin: format!("/sign-in/with/{vendor}/{id}") };
    let button = site.get("/sign-in", "").await.text();
    assert!(button.contains("Northwind staff") && button.contains(&staff.begin), "{button}");
    // One person at the issuer, with an account on either side and no link between them.
    let same = |name: &str| json!({ "sub": "one-and-the-same", "preferred_username": name });
    let customer = site.provider(&issuer, json!({})).await;
    site.let_in(&issuer, &customer, "Yuki Tanabe", same("yuki.tanabe@adatum.example")).await;
    let approve = |name: &str| {
        Ask::post(format!("/v1.0/support/accessRequests/{}/approve", stage.id(name)), &json!({}))
    };
    house.ok(YUKI, approve("approving")).await;
    site.let_in(&issuer, &staff, "Dmitri Haas", same("dmitri.haas@northwind.example")).await;
    house.refused(YUKI, approve("previewing"), "403 forbidden").await;
    house.ok(MARTA, approve("previewing")).await;
}

#[tokio::test]
async fn the_pages_set_one_up_and_say_what_is_wrong() {
    let (house, issuer) = (House::new().await, Issuer::new().await);
    let site = Site::of(&house);
    let who = house.who("Yuki Tanabe", Org::Adatum);
    let secret = house.app.sign_in(who).await.unwrap().expose();
    let cookie = format!("__Host-vouchsafe_session={secret}");
    let send = async |method: Method, path: &str, form: &str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "support.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, &cookie);
        site.exchange(request.body(Body::from(form.to_owned())).unwrap()).await
    };
    let list = "/settings/identity-providers";
    assert!(send(Method::GET, list, "").await.text().contains("There is none"));
    let form = |issuer: &str, roles: &str| {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("idempotencyKey", "k1")
            .append_pair("displayName", "Adatum <sign-in>")
            .append_pair("issuer", issuer)
            .append_pair("clientId", "vouchsafe")
            .append_pair("clientSecret", SECRET)
            .append_pair("scope", "openid profile")
            .append_pair("claimsMapping.userPrincipalName", "preferred_username")
            .append_pair("claimsMapping.groups", "groups")
            .append_pair("requiredClaims", "hd = adatum.example")
            .append_pair("roleMappings", roles);
        form.finish()
    };
    for (issuer, roles, said) in [
        ("http://evil.example", "", "The issuer must be https"),
        (issuer.url.as_str(), "readers", "Write a group, = and the name of a role"),
        (issuer.url.as_str(), "readers = Support Engineer", "is no role of your organisation"),
    ] {
        let reply = send(Method::POST, list, &form(issuer, roles)).await;
        assert_eq!(reply.status, 400, "{}", reply.text());
        assert!(reply.text().contains(said) && !reply.text().contains(SECRET), "{said}: {}", reply.text());
    }
    let made = send(Method::POST, list, &form(&issuer.url, "readers = global reader")).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let one = made.header("location").unwrap().to_owned();
    let page = send(Method::GET, &one, "").await.text();
    for shown in ["Adatum &#60;sign-in&#62;", "readers = Global Reader", "hd = adatum.example", "/callback"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("s3cret"));
    let change = format!("version=1&{}", form(&issuer.url, ""));
    assert_eq!(send(Method::POST, &one, &change).await.status, 303);
    let seen = providers(&house).await;
    assert_eq!((seen[0]["isEnabled"].clone(), seen[0]["roleMappings"].clone()), (json!(false), json!([])));
    // After a quarter of an hour the session is too old for this.
    house.clock.advance(Duration::minutes(15));
    let late = send(Method::POST, &format!("{one}/delete"), "version=2").await;
    assert!(late.header("set-cookie").unwrap().contains("notFresh"));
    assert_eq!(providers(&house).await.len(), 1);
}
